"""``quandary solve`` stopped by its limit or by Ctrl-C (a real SIGINT): what was found is printed, and what was not."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.solve.games import random_form, random_tree
from typer.testing import CliRunner

from quandary.cli import Exit, build_app
from quandary.game import StrategicForm, Tree
from quandary.onegame import enumerated, form_regret, paths, written_as
from quandary.onegame.listing.mixed import _positive

try:
    import pty
except ImportError:  # not on Windows
    pty = None  # type: ignore[assignment]

APP = build_app()
READING = "Reading the game"
STOPPABLE = (
    "-c pure",
    "-c mixed",
    "-c zero_sum",
    "-c correlated",
    "-c sequential",
    "-c logit --rationality 30",
    "-c logit --rationality trace",
    "-c logit --form strategic",
)


@pytest.fixture(scope="module")
def games(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return files: a matrix of constant sum, a tree, one whose payoffs all tie, a matrix enumerated in seconds."""
    folder = tmp_path_factory.mktemp("games")
    rng = np.random.default_rng(5)
    form = random_form(rng, [9, 9])
    form.payoffs[1] = -form.payoffs[0]
    tree, flat = random_tree(rng, players=2, depth=3), random_tree(np.random.default_rng(15), players=2)
    made: dict[str, tuple[StrategicForm | Tree, str]] = {
        "form": (form, ".nfg"),
        "tree": (tree, ".efg"),
        "flat": (replace(flat, payoffs=flat.payoffs * 0.0), ".efg"),
        "hard": (random_form(rng, [15, 15]), ".nfg"),
    }
    paths_ = {}
    for name, (game, ending) in made.items():
        path = folder / f"{name}{ending}"
        path.write_text(written_as(game, ending, title=name), encoding="utf-8")
        paths_[name] = str(path)
    return paths_


def stopping_after(steps: int, stop: Callable[[], None]) -> Callable[..., Any]:
    """Return a progress bar that calls ``stop`` once the solver has reported so many steps."""

    @contextmanager
    def bar(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
        told = 0

        def move(what: str, _done: int, _total: int) -> None:
            nonlocal told
            told += what != READING
            if told == steps and what != READING:
                stop()

        yield move

    return bar


def counting(steps: list[int]) -> Callable[..., Any]:
    """Return a progress bar that notes every step of the search (the statements on what it found come after it)."""

    @contextmanager
    def bar(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
        def move(what: str, done: int, _total: int) -> None:
            if what not in {READING, "Statements"}:
                steps.append(done)

        yield move

    return bar


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("arguments", STOPPABLE)
def test_a_signal_ends_every_search_with_what_it_has(
    games: dict[str, str], arguments: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes at the solver's first step, so that nothing may be claimed to be complete."""
    monkeypatch.setattr("quandary.cli.commands.progress_bar", stopping_after(1, interrupt))
    file = games["tree"] if "strategic" in arguments else games["form"]
    done = CliRunner().invoke(APP, ["solve", file, *arguments.split(), "--json"])
    assert done.exit_code == Exit.INTERRUPTED, done.output
    found = json.loads(done.stdout)
    assert found["complete"] is False and found["stopped"] == "interrupted"
    assert found["searched"] and found["not_searched"]
    done = CliRunner().invoke(APP, ["solve", file, *arguments.split()])
    assert done.exit_code == Exit.INTERRUPTED and "INTERRUPTED: what is above" in done.stdout


@pytest.mark.parametrize("arguments", STOPPABLE)
def test_a_tiny_limit_ends_every_search_with_what_it_has(games: dict[str, str], arguments: str) -> None:
    file = games["tree"] if "strategic" in arguments else games["form"]
    done = CliRunner().invoke(APP, ["solve", file, *arguments.split(), "--limit", "0.001ms", "--json", "--quiet"])
    found = json.loads(done.stdout)
    assert found["complete"] is False and found["stopped"] == "out of time"
    assert done.exit_code == (Exit.FINE if found["equilibria"] else Exit.UNSOLVED)
    for equilibrium in found["equilibria"]:
        assert equilibrium["residual"] <= 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("concept", ["pure", "perfect"])
def test_a_list_that_is_cut_off_keeps_what_was_checked(
    games: dict[str, str], concept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps_taken: list[int] = []
    monkeypatch.setattr("quandary.cli.commands.progress_bar", counting(steps_taken))
    whole = json.loads(CliRunner().invoke(APP, ["solve", games["flat"], "-c", concept, "--json"]).stdout)
    assert whole["complete"] is True and whole["stopped"] is None
    count = len(whole["equilibria"])
    assert count > 10
    kept = set()
    for steps in (round(len(steps_taken) * share) for share in (0.2, 0.5, 0.8, 0.95)):
        monkeypatch.setattr("quandary.cli.commands.progress_bar", stopping_after(steps, interrupt))
        done = CliRunner().invoke(APP, ["solve", games["flat"], "-c", concept, "--json"])
        found = json.loads(done.stdout)
        assert (found["stopped"] == "interrupted") == (not found["complete"])
        early = found["stopped"] or found["statements_stopped"]
        assert done.exit_code == (Exit.INTERRUPTED if early else Exit.FINE)
        assert [e["behaviour"] for e in found["equilibria"]] == [
            e["behaviour"] for e in whole["equilibria"][: len(found["equilibria"])]
        ]
        kept.add(len(found["equilibria"]))
    assert any(0 < k < count for k in kept), kept


def test_the_branch_is_kept_up_to_where_it_was_stopped(games: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["solve", games["form"], "--rationality", "trace", "--json"]
    steps_taken: list[int] = []
    monkeypatch.setattr("quandary.cli.commands.progress_bar", counting(steps_taken))
    whole = json.loads(CliRunner().invoke(APP, command).stdout)
    monkeypatch.setattr("quandary.cli.commands.progress_bar", stopping_after(len(steps_taken) // 3, interrupt))
    found = json.loads(CliRunner().invoke(APP, command).stdout)
    assert 2 < len(found["equilibria"]) < len(whole["equilibria"])
    assert found["equilibria"][-1]["precision"] < whole["equilibria"][-1]["precision"]
    assert all(e["residual"] <= 1e-9 for e in found["equilibria"])
    assert "interrupted at precision" in " ".join(found["not_searched"])


def test_a_branch_whose_points_were_not_all_checked_is_not_called_complete(
    games: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["solve", games["form"], "--rationality", "trace", "--json"]
    steps: list[int] = []
    monkeypatch.setattr("quandary.cli.commands.progress_bar", counting(steps))
    whole = json.loads(CliRunner().invoke(APP, command).stdout)
    points = len(whole["equilibria"])
    assert whole["complete"] is True and steps[-points:] == list(range(points))
    monkeypatch.setattr("quandary.cli.commands.progress_bar", stopping_after(len(steps) - points // 2, interrupt))
    found = json.loads(CliRunner().invoke(APP, command).stdout)
    assert len(found["equilibria"]) == points
    assert found["complete"] is False and found["stopped"] == "interrupted"
    assert [e["regret"] for e in found["equilibria"]].count(None) in range(1, points)
    assert "the check was interrupted" in " ".join(found["not_searched"])
    assert "interrupted at precision" not in " ".join(found["not_searched"])


@pytest.mark.slow
@pytest.mark.skipif(pty is None, reason="terminals of this kind are POSIX")
def test_a_signal_from_outside_reaches_a_running_search(games: dict[str, str]) -> None:
    """The program as a user starts it, at a terminal; the signal comes when the bar there says that vertices are
    enumerated, which takes seconds."""
    command = [sys.executable, "-m", "quandary", "solve", games["hard"], "-c", "mixed", "--limit", "1h", "--json"]
    ours, terminal = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal, text=True) as running:
        seen = b""
        while b"Vertices of the" not in seen:
            told = select.select([ours], [], [], 1.0)[0]  # the terminal stays open when the program ends
            if told:
                seen += os.read(ours, 4096)
            assert told or running.poll() is None, f"it ended first, with {running.returncode}: {seen!r}"
        assert b"Reading the game" in seen and b"Paths of Lemke and Howson" in seen
        running.send_signal(signal.SIGINT)
        reader = threading.Thread(target=drain, args=(ours,), daemon=True)
        reader.start()
        out, _ = running.communicate(timeout=600)
    os.close(terminal)
    assert running.returncode == Exit.INTERRUPTED
    found = json.loads(out)
    assert found["complete"] is False and found["stopped"] == "interrupted"
    assert all(e["regret"] <= 1e-9 for e in found["equilibria"])
    assert found["equilibria"], "the pure ones and the ends of short paths are found first"


def drain(terminal: int) -> None:
    with suppress(OSError):
        while os.read(terminal, 4096):
            pass


@pytest.mark.parametrize("ties", [2, 3, 1000])
def test_paths_end_at_extreme_equilibria(ties: int) -> None:
    """Lemke and Howson's paths share no code with the enumeration of vertices, and end where that finds equilibria."""
    rng = np.random.default_rng(ties)
    for _ in range(60):
        payoffs = rng.integers(0, ties, size=(2, *rng.integers(1, 6, size=2))).astype(np.float64)
        listed = {(pair.first, pair.second) for pair in enumerated(payoffs[0], payoffs[1]).pairs}
        ends = set(paths(_positive(payoffs[0]), _positive(payoffs[1]), lambda *_: True))
        assert ends and ends <= listed


@pytest.mark.slow
def test_an_enumeration_cut_off_anywhere_lists_equilibria_only() -> None:
    rng = np.random.default_rng(1)
    form = random_form(rng, [6, 6])
    first, second = form.payoffs[..., 0]
    whole = {(p.first, p.second) for p in enumerated(first, second).pairs}
    sizes = []
    for steps in range(0, 200, 5):
        left = iter(range(steps))
        found = enumerated(first, second, lambda *_, left=left: next(left, None) is not None, early=0)
        assert found.complete or found.stopped == "out of time"
        pairs = {(p.first, p.second) for p in found.pairs}
        assert len(pairs) == len(found.pairs) and pairs <= whole
        sizes.append(len(pairs))
        for pair in found.pairs:
            mixture = [np.array([float(w) for w in side]) for side in (pair.first, pair.second)]
            assert max(form_regret(form, mixture).values()) <= 1e-12
    assert sizes[0] == sizes[1] == 0 or sizes[0] < sizes[-1]
    assert 0 < sizes[len(sizes) // 3] <= len(whole)
