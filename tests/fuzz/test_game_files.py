"""Readers of games and networks: mutants of one small valid file of each format, by the command and in this process.

Accepted in silence would be a row of probabilities that does not sum to one, and a file that is read as another than it
reads back as: both are tried on everything that is accepted.
"""

from __future__ import annotations

import random
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.formats.samples import BIF, BIFXML, EFG, JSON, NET, NFG, XDSL
from tests.fuzz.harness import LONGEST, Tally, Trial, Worker, wanted
from tests.fuzz.mutation import mutants

from quandary.base import CaseError, Refusal
from quandary.game import Diagram, Tree, faults
from quandary.onegame import AnyGame, read_game, written_as

pytestmark = pytest.mark.slow

SAMPLES = {".efg": EFG, ".nfg": NFG, ".json": JSON, ".bif": BIF, ".bifxml": BIFXML, ".xdsl": XDSL, ".net": NET}
NOISY = """<smile><nodes><cpt id="a"><state id="x"/><state id="y"/><probabilities>0.5 0.5</probabilities></cpt>
<noisymax id="b"><state id="u"/><state id="v"/><parents>a</parents><strengths>1 0</strengths>
<parameters>0.5 0.5 0 1 0.1 0.9</parameters></noisymax>
<deterministic id="c"><state id="u"/><state id="v"/><parents>b</parents>
<resultingstates>u v</resultingstates></deterministic>
<decision id="d"><state id="go"/><state id="stay"/><parents>c</parents></decision>
<utility id="w"><parents>d b</parents><utilities>1 2 3 4</utilities></utility>
<utility id="z"><parents>d</parents><utilities>0 1</utilities></utility>
<mau id="all"><parents>w z</parents><weights>1 -0.5</weights></mau></nodes></smile>
"""
OUTCOMES = 'NFG 1 D "Fight" { "A" "B" } { { "x" "y" } { "u" "v" } } "note" { { "o" 1, -1/2 } { "p" 0, 3 } } 1 2 0 1'
SEEDS = {ending: [text.encode()] for ending, text in SAMPLES.items()}
SEEDS[".xdsl"].append(NOISY.encode())
SEEDS[".nfg"].append(OUTCOMES.encode())

COMMANDS = {
    ".efg": ("solve", "{}", "-c", "pure", "--limit", "2s", "-q"),
    ".nfg": ("solve", "{}", "-c", "pure", "--limit", "2s", "-q"),
    ".json": ("ask", "{}", "P(sky = wet | act = go)"),
    ".bif": ("ask", "{}", "P(sky = wet | mood = low)"),
    ".bifxml": ("ask", "{}", "P(sky = wet | mood = low) + E(joy)"),
    ".xdsl": ("ask", "{}", "P(sky = wet | mood = low) + E(joy)"),
    ".net": ("export", "{}", "--to", "json"),
}


def test_commands_end_with_a_documented_code(tmp_path: Path) -> None:
    tally, least = Tally(tmp_path), 0
    with Worker() as worker:
        for ending, arguments in COMMANDS.items():
            path = tmp_path / f"game{ending}"
            for given in mutants(SEEDS[ending], wanted(25), seed=len(ending)):
                path.write_bytes(given)
                trial = worker.run(*(part.replace("{}", str(path)) for part in arguments))
                tally.add(trial, given, _no_answer(trial) if trial.code == 0 else "")
                least += 1
    tally.check(least=least)


def _no_answer(trial: Trial) -> str:
    return "" if trial.out.strip() else "a game, and nothing was said of it"


@pytest.mark.parametrize("ending", SAMPLES)
def test_readers_read_or_refuse(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"game{ending}"
    with _bounded():
        for given in mutants(SEEDS[ending], wanted(400), seed=7):
            path.write_bytes(given)
            signal.setitimer(signal.ITIMER_REAL, LONGEST)
            try:
                game = read_game(path)
            except CaseError as fault:
                _is_told(given, fault)
                continue
            assert _is_sound(game), given
            assert _reads_back(game, path, tmp_path), given


def _is_told(given: bytes, fault: CaseError) -> None:
    """Every fault has a code, a line of the file, a reason and a next step."""
    lines = (
        max(text.count(b"\n") + text.count(b"\r") for text in (given, given.decode("utf-8", "replace").encode())) + 1
    )
    for problem in fault.problems:
        assert problem.code and problem.message and problem.hint, (given, problem)
        assert 1 <= problem.place.line <= lines, (given, problem)


def _is_sound(game: AnyGame) -> bool:
    """Return whether probabilities are probabilities and payoffs are numbers."""
    if isinstance(game, Diagram):
        return not faults(game)
    if not np.isfinite(game.payoffs).all():
        return False
    chances = [s.chances for s in game.sets if s.chances is not None] if isinstance(game, Tree) else []
    return all((c >= 0).all() and np.allclose(c.sum(axis=0), 1.0, atol=1e-12) for c in chances)


def _reads_back(game: AnyGame, path: Path, folder: Path) -> bool:
    """Return whether what is written from an accepted file reads back as the same, where it can be written."""
    ending = path.suffix if path.suffix in (".efg", ".nfg", ".bif", ".xdsl") else ".json"
    try:
        text = written_as(game, ending)
    except Refusal as refusal:
        return refusal.problem.code == "Q610"
    again = folder / f"again{ending}"
    again.write_text(text, encoding="utf-8")
    other = read_game(again)
    if isinstance(game, Diagram) and isinstance(other, Diagram):
        named = {v.name: v.states for v in game.variables}
        tables = [(table, other.tables[name].over(table.axes)) for name, table in game.tables.items()]
        same = all(np.array_equal(table.values, again_values) for table, again_values in tables)
        return same and named == {v.name: v.states for v in other.variables}
    if isinstance(game, Tree) and isinstance(other, Tree):
        return len(game.set_of) == len(other.set_of) and np.array_equal(game.set_of, other.set_of)
    assert not isinstance(game, Diagram | Tree) and not isinstance(other, Diagram | Tree)
    return np.array_equal(game.payoffs, other.payoffs)


@contextmanager
def _bounded() -> Iterator[None]:
    """Hold this process to 4 GiB more than it has, and a reading to ten seconds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (4 << 30), hard))
    before = signal.signal(signal.SIGALRM, _hangs)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _hangs(*_: object) -> None:
    raise AssertionError(f"a reader takes longer than {LONGEST:g} s")


# --- rows that do not sum to one ----------------------------------------------------------------------------

ROWS = {
    ".efg": ('EFG 2 R "" { "A" } c "" 1 "" { "x" %s "y" %s } 0 t "" 1 "" { 1 } t "" 2 "" { 0 }', "Q607"),
    ".json": (JSON.replace('"wet": 0.3, "dry": 0.7', '"wet": %s, "dry": %s'), "Q410"),
    ".bif": (BIF.replace("0.3, 0.7", "%s, %s"), "Q607"),
    ".bifxml": (BIFXML.replace("0.3 0.7", "%s %s"), "Q607"),
    ".xdsl": (XDSL.replace("0.3 0.7", "%s %s"), "Q607"),
    ".net": (NET.replace("% a comment", "").replace("0.3 0.7", "%s %s"), "Q607"),
}


@pytest.mark.parametrize("ending", ROWS)
def test_rows_that_do_not_sum_to_one_are_refused(ending: str, tmp_path: Path) -> None:
    text, code = ROWS[ending]
    path = tmp_path / f"game{ending}"
    draw = random.Random(ending)
    for _ in range(wanted(200) // 2):
        first = draw.choice((0.3, draw.random(), draw.uniform(-1, 2)))
        second = 1 - first + draw.choice((-1, 1)) * draw.choice((0.0011, 0.01, draw.uniform(0.01, 3)))
        path.write_text(text % (repr(first), repr(second)), encoding="utf-8")
        with pytest.raises(CaseError) as raised:
            read_game(path)
        assert raised.value.problems[0].code == code


SELF = {
    ".bif": (BIF, "( mood | sky )", "( mood | mood )"),
    ".net": (NET, "( mood | sky )", "( mood | mood )"),
    ".bifxml": (BIFXML, "<FOR>mood</FOR><GIVEN>sky", "<FOR>mood</FOR><GIVEN>mood"),
    ".xdsl": (XDSL, '<state id="high"/><parents>sky', '<state id="high"/><parents>mood'),
}


@pytest.mark.parametrize("ending", SELF)
def test_a_parent_of_itself_is_refused_by_name(ending: str, tmp_path: Path) -> None:
    text, old, new = SELF[ending]
    assert old in text
    path = tmp_path / f"game{ending}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CaseError) as raised:
        read_game(path)
    (problem,) = raised.value.problems
    assert problem.code == "Q609"
    assert problem.message == '"mood" is a parent of itself.'
