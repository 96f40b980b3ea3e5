"""``quandary solve`` cut off outside its searches: at start-up, while a file is read, in a linear program.

Real processes and real signals; a door that sleeps stands for a file that takes for ever to read.
"""

from __future__ import annotations

import gc
import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from tests.cli.test_solve_stopped import interrupt, stopping_after
from tests.solve.games import random_form
from typer.testing import CliRunner

from quandary.base import Refusal
from quandary.cli import Exit, build_app
from quandary.onegame import Request, written_as
from quandary.use import TimeLimit, solve_file
from quandary.use.games import searching

pytestmark = pytest.mark.slow

APP = build_app()
POSIX = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes and kill are POSIX")


ENDLESS = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # else ignored in the background
def sleep(path, largest):
    print("at it", file=sys.stderr, flush=True)
    time.sleep(99)
import quandary.onegame.formats.files
quandary.onegame.formats.files.read_bounded = sleep
from quandary.__main__ import main
main()
"""


ENDLESS_TEXTS = {
    ".efg": 'EFG 2 R "long" { "a" }\n' + 'p "" 1 1 "" { "in" "out" } 0\n' * 20_000,
    ".nfg": 'NFG 1 R "long" { "a" "b" } { 200 200 }\n' + "1 2 " * 40_000,
    ".bif": "network long { }\n"
    + "".join(f"variable v{n} {{ type discrete [ 2 ] {{ a, b }}; }}\n" for n in range(2_000)),
    ".net": "net { }\n" + "".join(f'node v{n} {{ states = ("a" "b"); }}\n' for n in range(2_000)),
}
"""Texts of thousands of words, none of which is refused before their end."""


@pytest.fixture
def form(tmp_path: Path) -> str:
    path = tmp_path / "form.nfg"
    path.write_text(written_as(random_form(np.random.default_rng(1), [3, 4]), ".nfg", title="form"), encoding="utf-8")
    return str(path)


@contextmanager
def started(*arguments: str, program: str | None = None) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, *(["-m", "quandary"] if program is None else ["-c", program]), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


@POSIX
def test_ctrl_c_while_a_file_is_read() -> None:
    with started("solve", "endless.efg", "--limit", "1h", program=ENDLESS) as running:
        assert running.stderr is not None and select.select([running.stderr], [], [], 300)[0], "nothing for 300 s"
        assert running.stderr.readline() == "at it\n"
        running.send_signal(signal.SIGINT)
        out, error = running.communicate(timeout=600)
    assert running.returncode == Exit.INTERRUPTED
    assert not out and error == 'Interrupted while "endless.efg" was being read; nothing was written.\n'


@pytest.mark.parametrize("ending", [".efg", ".nfg", ".bif", ".net"])
def test_the_limit_while_a_file_is_read(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "GRACE", 0.0)
    path = tmp_path / f"endless{ending}"
    path.write_text(ENDLESS_TEXTS[ending], encoding="utf-8")
    asked: list[int] = []

    def proceed(what: str, done: int, total: int) -> bool:
        asked.append(done)
        return len(asked) < 3

    with pytest.raises(Refusal) as raised:
        solve_file(str(path), Request("logit"), proceed=proceed)
    assert raised.value.problem.code == "Q808" and "was being read" in raised.value.problem.message
    assert 0 < asked[2] < len(ENDLESS_TEXTS[ending])
    done = CliRunner().invoke(APP, ["solve", str(path), "--limit", "0.001ms", "--json"])
    assert done.exit_code == Exit.UNSOLVED, done.output
    assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == ["Q808"]


@pytest.mark.parametrize("world", [[], ["--world", "3"]])
def test_the_limit_while_a_case_is_read(world: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "GRACE", 0.0)
    done = CliRunner().invoke(APP, ["solve", "kazakhstan-2022", *world, "--limit", "0.001ms", "--json"])
    assert done.exit_code == Exit.UNSOLVED, done.output
    assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == ["Q808"]


@POSIX
def test_ctrl_c_at_start_up(form: str) -> None:
    """As soon as the interpreter runs our own code, whatever is being imported; the search itself would end at once."""
    program = (
        "import sys, os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # else ignored in the background
        "class Interrupting:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        f"sys.argv = ['quandary', 'solve', {form!r}]\n"
        "from quandary.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == Exit.INTERRUPTED
    assert done.stderr == "Interrupted; nothing was written.\n" and not done.stdout


@POSIX
def test_output_that_nobody_takes_is_left_at_once(form: str) -> None:
    """The pipe is full, so that the first line waits; the command gets signals for as long as it does."""
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    with suppress(BlockingIOError):
        while os.write(theirs, b"." * 4096):
            pass
    os.set_blocking(theirs, True)
    program = (
        "import os, signal, sys, threading, time\n"
        "import quandary.cli.signals as signals\n"
        "signals.STUCK = 0.2\n"
        "def interrupting():\n"
        "    while True:\n"
        "        time.sleep(0.1)\n"
        "        if signals._state.held: os.kill(os.getpid(), signal.SIGINT)\n"
        "threading.Thread(target=interrupting, daemon=True).start()\n"
        f"sys.argv = ['quandary', 'solve', {form!r}, '--json']\n"
        "from quandary.__main__ import main\n"
        "main()\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, text=True) as running:
        _, error = running.communicate(timeout=600)
    os.close(ours)
    os.close(theirs)
    assert running.returncode == Exit.INTERRUPTED, error
    assert error == "Interrupted again: left at once.\n"


@POSIX
def test_ctrl_c_in_a_linear_program(tmp_path: Path) -> None:
    """The program hears nothing; it is at work in a process that is ended, and the command answers."""
    path = tmp_path / "large.nfg"
    game = random_form(np.random.default_rng(1), [300, 300])
    game.payoffs[1] = -game.payoffs[0]
    path.write_text(written_as(game, ".nfg", title="large"), encoding="utf-8")
    program = (
        "import sys, os, signal, threading\n"
        "import quandary.onegame.programs.linear_program as program\n"
        "import scipy.optimize\n"
        "solve, begun = program.linprog, []\n"
        "def linprog(*given, **named):\n"
        "    begun.append(threading.Timer(0.2, os.kill, (os.getppid(), signal.SIGINT)))\n"
        "    begun[-1].start()\n"
        "    while True: found = solve(*given, **named)\n"
        "program.linprog = linprog\n"
        f"sys.argv = ['quandary', 'solve', {str(path)!r}, '-c', 'zero_sum', '--limit', '1h', '--json']\n"
        "from quandary.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == Exit.INTERRUPTED, done.stderr
    found = json.loads(done.stdout)
    assert found["equilibria"] == [] and found["stopped"] == "interrupted"
    assert "no partial answer" in found["not_searched"][0]
    assert re.search(r"the value for p0 lies between -\d.* and \d", found["not_searched"][1])


@pytest.mark.parametrize(
    ("concept", "said"), [("logit", "NOT the 40 that was asked"), ("sequential", "could still gain")]
)
def test_a_point_on_the_way_is_no_equilibrium_of_what_was_asked(
    form: str, concept: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["solve", form, "-c", concept, *(["--rationality", "40"] if concept == "logit" else [])]
    monkeypatch.setattr("quandary.cli.commands.progress_bar", stopping_after(12, interrupt))
    done = CliRunner().invoke(APP, [*command, "--json"])
    assert done.exit_code == Exit.INTERRUPTED
    found = json.loads(done.stdout)
    assert found["equilibria"] == [] and found["complete"] is False and found["stopped"] == "interrupted"
    stood = found["reached"]
    assert stood["precision"].keys() == {"p0", "p1"} and stood["precision"]["p0"] > 0
    assert stood["regret"] > 0 and stood["residual"] <= 1e-9
    assert {player: list(sets) for player, sets in stood["behaviour"].items()} == {
        "p0": ["strategy"],
        "p1": ["strategy"],
    }
    done = CliRunner().invoke(APP, command)
    assert done.exit_code == Exit.INTERRUPTED
    assert "No equilibrium found." in done.stdout and said in done.stdout and "INTERRUPTED" in done.stdout


def test_a_whole_answer_has_nothing_on_the_way(form: str) -> None:
    found = json.loads(CliRunner().invoke(APP, ["solve", form, "--json"]).stdout)
    assert len(found["equilibria"]) == 1 and found["reached"] is None and found["stopped"] is None


def test_the_bar_says_what_is_being_done(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    @contextmanager
    def bar(*, quiet: bool) -> Iterator[object]:
        yield lambda what, _done, _total: told.append(what)

    monkeypatch.setattr("quandary.cli.commands.progress_bar", bar)
    for concept in ("logit", "sequential", "mixed", "pure", "correlated"):
        told.clear()
        CliRunner().invoke(APP, ["solve", form, "-c", concept])
        assert told[0] == "Reading the game" and len(set(told)) > 1, told


class Slow:
    """Something whose destructor outlasts the limit of whoever drops it."""

    def __init__(self, clock: TimeLimit) -> None:
        self.clock = clock
        self.own: Slow | None = None

    def __del__(self) -> None:
        while self.clock.proceed("tidying", 0, 0):
            pass


def test_a_limit_that_runs_out_in_a_destructor_or_a_collection_still_acts(tmp_path: Path) -> None:
    path = tmp_path / "hard.nfg"
    path.write_text(written_as(random_form(np.random.default_rng(5), [15, 15]), ".nfg", title="hard"), encoding="utf-8")
    for circle in (False, True):
        clock = TimeLimit(0.05)
        dropped = [Slow(clock)]
        if circle:
            dropped[0].own = dropped[0]

        def proceed(what: str, done: int, total: int, clock: TimeLimit = clock, dropped: list[Slow] = dropped) -> bool:
            dropped.clear()
            gc.collect()
            return clock.proceed(what, done, total)

        found = solve_file(str(path), Request("mixed"), proceed=proceed)
        assert found.stopped == "out of time" and not found.all_listed
