"""One table: every command under every bad condition ends in a documented code, a sentence, and nothing half written.

A part of the table by default; all of it with ``QUANDARY_FUZZ``, as ``make fuzz`` sets it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.cli.forks import Condition, Ended, ForkServer
from tests.fuzz.harness import DOCUMENTED
from tests.solve.games import random_form

from quandary.onegame import written_as
from quandary.use import NAMES, request_from, task_named, write_template

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")]
WHOLE = "QUANDARY_FUZZ" in os.environ
FEW = ("--worlds", "16", "--quiet")
STRAIT = """Talks on the strait fail

5 March 2021

“If Arlan closes the dam, we will respond,” said Ivo Marsh, the minister of Belmar. The drought may lead to a war.
"""
KEPT = ("--ledger", "kept.sqlite")
COMMANDS: dict[str, tuple[str, ...]] = {
    "run": ("run", "dam", *FEW, "--no-search"),
    "run --json": ("run", "dam", *FEW, "--no-search", "--json"),
    "demo": ("demo", *FEW, "--json"),
    "check": ("check", "dam"),
    "check a faulty case": ("check", "faulty.yaml", "--json"),
    "ask": ("ask", "dam", "P(conflict)", *FEW),
    "ask --json": ("ask", "dam", "P(conflict)", *FEW, "--json"),
    "ask --chart": ("ask", "dam", "P(conflict)", *FEW, "--chart", "new.vl.json"),
    "why": ("why", "dam", "clash", *FEW, "--json"),
    "report": ("report", "dam", *FEW, "--no-search", "-o", "new.md"),
    "report to the screen": ("report", "dam", *FEW, "--no-search", "-f", "csv"),
    "solve": ("solve", "form.nfg", "--quiet"),
    "solve --json": ("solve", "form.nfg", "-c", "mixed", "--quiet", "--json"),
    "export": ("export", "form.nfg", "--to", "nfg"),
    "export -o": ("export", "form.nfg", "--to", "nfg", "-o", "new.nfg"),
    "show": ("show", "dam", "--stage", "game", "--worlds", "16"),
    "new": ("new", "new"),
    "schema": ("schema",),
    "explain": ("explain", "Q804"),
    "read": ("read", "strait.txt", "--json"),
    "read -o": ("read", "strait.txt", "-o", "new"),
    "timeline": ("timeline", "dam", *FEW, "--json"),
    "paths": (
        *("paths", "dam", "conflict", "--change", "drought: normal to dry", "--through", "dam"),
        *(*FEW, "--json"),
    ),
    "suppose": ("suppose", "dam", "P(conflict)", "--announce", "dam: share", *FEW, "--json"),
    "migrate": ("migrate", "dam", *FEW, "--json"),
    "ladder": ("ladder", "dam", "drought-danger", *FEW, "--json"),
    "critique": ("critique", "dam", *FEW, "--no-search", "--json"),
    "flips": ("flips", "dam", "P(conflict)", "--worlds", "480", "--quiet"),
    "flips --structure": ("flips", "dam", "P(conflict)", "--structure", *FEW, "--json"),
    "information": ("information", "dam", "belmar.answer", *FEW, "--json"),
    "compare": ("compare", "dam", "other", "P(conflict)", *FEW, "--json"),
    "next": ("next", "dam", *FEW, "--json"),
    "elicit": ("elicit", "dam", "--worlds", "16", "--json"),
    "elicit in a conversation": ("elicit", "dam", "--worlds", "16"),
    "elicit --answer": (
        *("elicit", "dam", "--worlds", "16", "-o", "dam/own.yaml"),
        *("--answer", '{"question": "story.drought.odds.dry", "answer": "20% to 40%"}'),
    ),
    "equilibria": ("equilibria", "dam", "P(conflict)", *FEW, "--starts", "2", "--json"),
    "ledger add": ("ledger", "add", "Will it rain?", "12%", "--until", "2999-12-31", *KEPT, "--who", "Mei", "--json"),
    "ledger import": ("ledger", "import", "rows.csv", *KEPT, "--who", "Mei", "--json"),
    "ledger list": ("ledger", "list", *KEPT),
    "ledger show": ("ledger", "show", "#1", *KEPT, "--json"),
    "ledger show --chart": ("ledger", "show", "#1", *KEPT, "--chart", "new.vl.json"),
    "ledger resolve": ("ledger", "resolve", "#1", "no", *KEPT, "--json"),
    "ledger score": ("ledger", "score", *KEPT, "--json"),
    "ledger today": ("ledger", "today", *KEPT),
    "ledger verify": ("ledger", "verify", *KEPT, "--json"),
    "ledger export": ("ledger", "export", "new.csv", *KEPT),
    "ledger forget": ("ledger", "forget", "Ana Sol", *KEPT, "--json"),
    "ledger backup": ("ledger", "backup", "new.sqlite", *KEPT),
    "ledger restore": ("ledger", "restore", "kept.sqlite", "--ledger", "new.sqlite"),
    "ledger demo": ("ledger", "demo", "--json"),
    "help": ("--help",),
    "wrong usage": ("ask", "dam"),
}
LOST = {"stderr closed": Condition(stderr="closed"), "stderr full": Condition(stderr="full"),
        "stderr broken": Condition(stderr="broken"), "stdin closed": Condition(stdin="closed"),
        "all but stdout closed": Condition(stdin="closed", stderr="closed")}  # fmt: skip
"""What is said there is lost; the answer and the exit code stay."""
UNREAD = {
    "stdout broken": Condition(stdout="broken"),
    "stdout and stderr broken": Condition("file", "broken", "broken"),
}
"""Nobody reads; the exit code stays."""
REFUSED = {
    "stdout closed": Condition(stdout="closed"),
    "stdout full": Condition(stdout="full"),
    "stdout and stderr full": Condition("file", "full", "full"),
    "all closed": Condition("closed", "closed", "closed"),
}
"""The answer cannot be written: code 2."""
ODD = {
    "no home": Condition(environment={"HOME": None}),
    "home that is not there": Condition(environment={"HOME": "/no/such/home"}),
    "no temporary folder": Condition(environment={"TMPDIR": "/no/such/folder"}),
    "a dumb terminal": Condition(environment={"TERM": "dumb"}),
    "no terminal": Condition(environment={"TERM": None, "NO_COLOR": "1"}),
    "one column": Condition(environment={"COLUMNS": "1", "LINES": "1"}),
    "no columns": Condition(environment={"COLUMNS": "0"}),
    "junk for columns": Condition(environment={"COLUMNS": "-3x", "FORCE_COLOR": "junk"}),
    "ascii": Condition(encoding="ascii"),
    "latin-1": Condition(encoding="latin-1"),
}
"""The answer may look otherwise; the exit code stays."""
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
WRITING = ("ledger export", "ledger show --chart", "ledger backup", "ledger restore",
           "ask --chart", "report", "read -o", "export -o", "new")  # fmt: skip
SILENT = ("report", "export -o", "wrong usage")
"""Commands that say nothing on standard output."""
PLACES = int(os.environ.get("PLACES", "24")) if WHOLE else 1
"""At so many calls each command is interrupted."""


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer() as started:
        yield started


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the commands need."""
    folder = tmp_path_factory.mktemp("made")
    write_template(folder / "dam")
    write_template(folder / "other")
    text = (folder / "dam" / "case.yaml").read_text(encoding="utf-8")
    (folder / "other" / "case.yaml").write_text(text.replace("30% to 60%", "20% to 40%", 1), encoding="utf-8")
    (folder / "faulty.yaml").write_text(text.replace("by: belmar", "by: Belmarr"), encoding="utf-8")
    (folder / "strait.txt").write_text(STRAIT, encoding="utf-8")
    form = written_as(random_form(np.random.default_rng(1), [3, 4]), ".nfg", title="form")
    (folder / "form.nfg").write_text(form, encoding="utf-8")
    (folder / "rows.csv").write_text("question,forecast,said\nWill it snow?,20%,2026-01-01\n", encoding="utf-8")
    kept = str(folder / "kept.sqlite")
    for given in ({"text": "Will it pour?", "forecast": "20%"}, {"text": "Will it hail?", "forecast": "30%"}):
        ledger("add", **given, until="2026-01-31", on="2026-01-01", who="Ana Sol", ledger=kept)
    ledger("resolve", question="#3", outcome="no", ledger=kept)
    return folder


def ledger(task: str, **given: str) -> None:
    """Do a task of the ledger."""
    found = task_named(f"ledger {task}")
    found.run(request_from(found.request, given))


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "place"
    shutil.copytree(made, folder)
    return folder


_plain: dict[tuple[str, bool], Ended] = {}


def plain(server: ForkServer, made: Path, place: Path, name: str, *, counted: bool = False) -> Ended:
    """Return how a command ends where nothing is wrong; with the calls it takes, which are slow to count."""
    if (name, counted) not in _plain:
        never = Condition(signals=(("SIGINT", 10**12),), anywhere=True)
        ended = run(server, made, place, name, never if counted else Condition())
        assert ended.code == code(name), ended
        _plain[name, counted] = ended
    return _plain[name, counted]


def code(name: str) -> int:
    """Return the exit code of a command where nothing is wrong."""
    return {"check a faulty case": 1, "wrong usage": 2}.get(name, 0)


def chosen(conditions: dict[str, Condition], count: int) -> list[tuple[str, str]]:
    """Return pairs of a command and a condition: all, or so many in which each condition has its turn."""
    if WHOLE:
        return [(name, condition) for name in COMMANDS for condition in conditions]
    names = random.Random(" ".join(conditions)).sample([*COMMANDS], count)
    return [(name, [*conditions][at % len(conditions)]) for at, name in enumerate(names)]


def sound(ended: Ended, name: str, folder: Path) -> None:
    """Hold what holds always: a documented code, no traceback, a whole document or none, nothing left behind."""
    told = f"{name}: {ended}"
    assert ended.code in DOCUMENTED, told
    for sign in ("Traceback", "Exception ignored", "Error:" if name != "wrong usage" else "Traceback"):
        assert sign not in ended.out + ended.err, told
    if "--json" in COMMANDS[name] and ended.out:
        found = json.loads(ended.out)
        if ended.code == 130:
            assert found["complete"] is False, told
    assert not [path.name for path in folder.rglob(".*")], told


def written(folder: Path) -> dict[str, bytes]:
    """Return what a command wrote."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {str(name): path.read_bytes() for name, path in found.items() if name.parts[0].startswith("new")}


def test_every_command_is_in_the_table() -> None:
    assert {" ".join(words[: len(name.split())]) for words in COMMANDS.values() for name in NAMES} >= set(NAMES)


def test_what_is_lost_changes_nothing(server: ForkServer, made: Path, place: Path) -> None:
    for name, condition in [("flips", "stderr closed"), *chosen(LOST, 6)]:
        usual = plain(server, made, place, name)
        ended = run(server, made, place, name, LOST[condition])
        assert (ended.code, timeless(ended.out)) == (usual.code, timeless(usual.out)), f"{name}, {condition}: {ended}"


def test_nobody_reads(server: ForkServer, made: Path, place: Path) -> None:
    for name, condition in chosen(UNREAD, 4):
        ended = run(server, made, place, name, UNREAD[condition])
        assert ended.code == code(name), f"{name}, {condition}: {ended}"


def test_the_answer_cannot_be_written(server: ForkServer, made: Path, place: Path) -> None:
    for name, condition in [("run --json", "stdout full"), *chosen(REFUSED, 5)]:
        ended = run(server, made, place, name, REFUSED[condition])
        assert ended.code == (code(name) if name in SILENT else 2), f"{name}, {condition}: {ended}"
        if name not in SILENT and "stderr" not in condition and "all" not in condition:
            assert "Q815" in ended.err, f"{name}, {condition}: {ended}"


def test_odd_surroundings(server: ForkServer, made: Path, place: Path) -> None:
    for name, condition in chosen(ODD, len(ODD)):
        ended = run(server, made, place, name, ODD[condition])
        assert ended.code == code(name), f"{name}, {condition}: {ended}"
        if WHOLE and "--json" in COMMANDS[name]:
            assert same(ended.out, plain(server, made, place, name).out), f"{name}, {condition}: {ended}"


def test_the_folder_is_gone(server: ForkServer, made: Path, place: Path) -> None:
    for name, _ in chosen({"gone": Condition()}, 4):
        ended = run(server, made, place, name, Condition(gone=True))
        assert ended.code in (0, 1, 2), f"{name}: {ended}"
        assert ended.code == 0 or ended.err + ended.out, f"{name}: {ended}"


@pytest.mark.parametrize("name", WRITING)
def test_the_disk_is_full(name: str, server: ForkServer, place: Path) -> None:
    """A bound on the size of files stands for a disk without room: the system refuses to write on."""
    ended = server.run([*COMMANDS[name]], place, Condition(largest=100))
    # What goes to standard error is a file here as well, and may be lost.
    assert ended.code == 2, ended
    sound(ended, name, place)
    assert written(place) == {}


def interruptions(name: str, calls: int, places: int = PLACES) -> Iterator[Condition]:
    """Yield signals at calls all over a command, the same for the same name: one alone, or two."""
    draw = random.Random(name)
    for number in range(places):
        at = draw.randrange(20, calls)
        signal = SIGNALS[number % 3]
        if number % 2 == 0:
            yield Condition(signals=((signal, at),), anywhere=True)
        else:
            yield Condition(signals=((signal, at), ("SIGINT", at + draw.choice((0, 5, 500, 50_000)))), anywhere=True)


def test_signals_at_any_moment(server: ForkServer, made: Path, place: Path) -> None:
    for name, _ in chosen({"signals": Condition()}, 6):
        if name in ("demo", "read") and not WHOLE:  # whose calls take long to count
            continue
        usual = plain(server, made, place, name, counted=True)
        for condition in interruptions(name, usual.calls):
            ended = run(server, made, place, name, condition)
            told = f"{name}, {condition}: {ended}"
            assert ended.code in (usual.code, 130), told
            if ended.code == 130:
                assert "nterrupted" in ended.err, told
            else:
                assert timeless(ended.out) == timeless(usual.out), told


def test_signals_while_importing(made: Path, place: Path) -> None:
    """A process that has imported nothing yet is interrupted in the midst of it."""
    with ForkServer(warm=False) as cold:
        for name in ("run --json", "check") if WHOLE else ("check",):
            usual = run(cold, made, place, name, Condition(signals=(("SIGINT", 10**12),), anywhere=True))
            for condition in interruptions(f"{name} cold", usual.calls, 10 * PLACES if WHOLE else 3):
                ended = run(cold, made, place, name, condition)
                assert ended.code in (usual.code, 130), f"{name}, {condition}: {ended}"
                assert ended.code == 0 or "nterrupted" in ended.err, f"{name}, {condition}: {ended}"


def test_killed(server: ForkServer, made: Path, place: Path) -> None:
    """What is killed leaves whole files or none, under their names."""
    for name in WRITING if WHOLE else WRITING[-2:]:
        usual = plain(server, made, place, name, counted=True)
        run(server, made, place, name, Condition())
        whole = written(place)
        assert whole
        draw = random.Random(name)
        for number in range(PLACES):
            renewed(made, place)
            at = usual.calls - draw.randrange(1, 4_000 if number % 2 else 60_000)
            ended = server.run([*COMMANDS[name]], place, Condition(signals=(("SIGKILL", max(1, at)),), anywhere=True))
            assert ended.code in (-9, 0), ended
            for path, data in written(place).items():
                assert sizes_like(path, data, whole), f"{name} at {at}: {path}"


def run(server: ForkServer, made: Path, place: Path, name: str, condition: Condition, *, keep: bool = False) -> Ended:
    """Return how a command ends in a fresh folder; what holds always is held."""
    renewed(made, place)
    ended = server.run([*COMMANDS[name]], place, condition)
    sound(ended, name, place)
    return ended


def renewed(made: Path, place: Path) -> None:
    shutil.rmtree(place)
    shutil.copytree(made, place)


def sizes_like(path: str, data: bytes, whole: dict[str, bytes]) -> bool:
    """Return whether bytes are those of a whole file, but for figures such as the seconds that a run took."""
    return path in whole and data.endswith(whole[path][-1:]) and abs(len(data) - len(whole[path])) < 80


def timeless(text: str) -> str:
    """Return text without what differs from run to run."""
    differing = " s", '"seconds"', '"head"', "Head: "
    return "\n".join(line for line in text.splitlines() if not any(sign in line for sign in differing))


def same(first: str, second: str) -> bool:
    return bool(_without_times(json.loads(first)) == _without_times(json.loads(second)))


def _without_times(body: Any) -> Any:
    if isinstance(body, dict):
        return {key: _without_times(value) for key, value in body.items() if key not in ("seconds", "head")}
    return [_without_times(part) for part in body] if isinstance(body, list) else body
