"""Gambit's strategic games: every file at hand reads and pays what it is known to pay."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.outside import expected_games, files_of

from quandary.base import CaseError
from quandary.game import Game, StrategicGame
from quandary.onegame import EfgOutcome, StrategicFile, decoded, nfg_of, read_nfg, strategic_form_of, write_nfg

OUTCOMES = """NFG 1 R "Fight" { "A" "B" }
{ { "x" "y" } { "u" "v" } }
"a comment"
{ { "both" 1, 1 } { "" -1/2 2 } }
1 2 0 1
"""
PAYOFFS = 'NFG 1 D "Fight" { "A" "B" } { 2 2 } 1 1 -.5 2 0 0 1e0 1'


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "game_file" in metafunc.fixturenames:
        metafunc.parametrize("game_file", files_of(metafunc.config, "*.nfg"))
    if "paid_file" in metafunc.fixturenames:
        metafunc.parametrize("paid_file", files_of(metafunc.config, "*.nfg", equilibria))


def equilibria(known: dict[str, Any]) -> list[dict[str, Any]]:
    listed = [p for e in known.get("equilibria", []) for p in e["profiles"]]
    return listed + [p for a in known.get("answers", []) for p in a.get("equilibria", [])]


def test_outside_file_is_read_and_written(game_file: Path) -> None:
    game = read_nfg(decoded(game_file.read_bytes()), game_file.name)
    assert read_nfg(write_nfg(game)) == game
    form = strategic_form_of(game)
    again = strategic_form_of(read_nfg(write_nfg(nfg_of(form))))
    assert (form.payoffs == again.payoffs).all()
    known = expected_games(game_file).get("players", list(form.players))
    numbered = [f"Player {i}" if name == f"_{i}" else name for i, name in enumerate(known, start=1)]
    assert list(form.players) == numbered  # the list calls nameless players _1, _2


def test_outside_file_pays_what_is_known(paid_file: Path) -> None:
    """Payoffs of published equilibria, at which no strategy does better."""
    game = StrategicGame(strategic_form_of(read_nfg(decoded(paid_file.read_bytes()))))
    for facts in equilibria(expected_games(paid_file)):
        profile = [np.array([[[float(Fraction(p))] for p in rule]]) for rule in facts["profile"]]
        payoffs = [float(v[0]) for v in game.payoffs(profile).values()]
        assert payoffs == pytest.approx([float(Fraction(p)) for p in facts["payoffs"]], abs=1e-6)
        for values, payoff in zip(game.values(profile), payoffs, strict=True):
            assert values.max() - payoff < 1e-5 * max(1.0, np.abs(values).max())


def test_both_bodies_say_the_same() -> None:
    one, two = (strategic_form_of(read_nfg(text)) for text in (OUTCOMES, PAYOFFS))
    assert one.payoffs[0, :, :, 0].tolist() == [[1.0, 0.0], [-0.5, 1.0]]
    assert (one.payoffs == two.payoffs).all()
    assert two.strategies == (("1", "2"), ("1", "2"))


def test_game_in_many_worlds_agrees_with_each_alone() -> None:
    rng = np.random.default_rng(1)
    form = strategic_form_of(read_nfg(PAYOFFS))
    form = type(form)(form.players, form.strategies, rng.normal(size=(2, 2, 2, 5)))
    game: Game = StrategicGame(form)
    profile = [np.moveaxis(rng.dirichlet(np.ones(2), (1, 5)), -1, -2) for _ in range(2)]
    values = game.values(profile)
    for world in range(5):
        alone = game.in_worlds(np.array([world])).values([choice[..., [world]] for choice in profile])
        table = form.payoffs[..., world]
        assert alone[0][0, :, 0] == pytest.approx(table[0] @ profile[1][0, :, world])
        assert alone[1][0, :, 0] == pytest.approx(profile[0][0, :, world] @ table[1])
        assert all((a[..., 0] == v[..., world]).all() for a, v in zip(alone, values, strict=True))


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('NFG 2 R "" { "A" } { 2 } 1 2', "Q603", "version 1"),
        ('NFG 1 R "" { "A" "B" } { 2 } 1 2', "Q605", "1 of 2 players"),
        ('NFG 1 R "" { } { }', "Q605", "needs a player"),
        ('NFG 1 R "" { "A" } { 0 }', "Q605", "at least one strategy"),
        ('NFG 1 R "" { "A" } { 2 } 1', "Q603", "the file ends"),
        ('NFG 1 R "" { "A" } { 2 } 1 2 3', "Q603", "end of the file"),
        ('NFG 1 R "" { "A" "B" } { 99999999 2 } 1', "Q602", "more than can be held"),
        ('NFG 1 R "" { "A" "B" } { 4000 4000 } 1', "Q602", "16000000 combinations"),
        ('NFG 1 R "" { "A" } { 2 } { { "" 1 2 } } 1 1', "Q606", "pays 2 players"),
        ('NFG 1 R "" { "A" } { 2 } { { "" 1 } } 1 7', "Q606", "no outcome 7"),
    ],
)
def test_broken_files_say_why(text: str, code: str, words: str) -> None:
    with pytest.raises(CaseError) as raised:
        read_nfg(text, "broken.nfg")
    assert raised.value.problems[0].code == code
    assert words in raised.value.problems[0].message


@given(st.sampled_from([OUTCOMES, PAYOFFS]), st.data())
def test_damaged_files_give_problems_never_a_crash(text: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.text('{}"\\ 0123456789./-\n\x00', max_size=5)) + text[at + 3 :]
    try:
        game = read_nfg(text, "damaged.nfg")
    except CaseError as error:
        assert all(p.place.line >= 1 and p.code for p in error.problems)
    else:
        assert read_nfg(write_nfg(game)) == game


@st.composite
def strategic_files(draw: st.DrawFn) -> StrategicFile:
    """Return a random game in either body."""
    label = st.text(max_size=4)
    number = st.sampled_from(["0", "-1", "1/3", ".25", "7e-2"])
    players = tuple(draw(st.lists(label, min_size=1, max_size=3)))
    strategies = tuple(tuple(draw(st.lists(label, min_size=1, max_size=3))) for _ in players)
    size = int(np.prod([len(s) for s in strategies]))
    if draw(st.booleans()):
        payoffs = tuple(tuple(draw(number) for _ in players) for _ in range(size))
        return StrategicFile(draw(label), players, strategies, payoffs, comment=draw(label))
    count = draw(st.integers(0, 3))
    outcomes = {i + 1: EfgOutcome(draw(label), tuple(draw(number) for _ in players)) for i in range(count)}
    chosen = tuple(draw(st.integers(0, count)) for _ in range(size))
    return StrategicFile(draw(label), players, strategies, None, outcomes, chosen, draw(label))


@given(strategic_files())
def test_what_is_written_reads_back(game: StrategicFile) -> None:
    assert read_nfg(write_nfg(game)) == game
