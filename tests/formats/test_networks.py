"""Bayesian networks from other tools: BIF and XDSL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quandary.base import CaseError, Refusal
from quandary.game import Decision, Diagram
from quandary.onegame import (
    FORMATS,
    PLAYER,
    Request,
    concept_names,
    read_bif,
    read_efg,
    read_game,
    read_xdsl,
    tree_of,
    written_as,
)
from quandary.onegame.search import search

BIF = """network "unrest" { property version 1; }
// the crowd
variable crowd { type discrete [ 2 ] { small, large }; property position = (1, 2); }
variable "police" { type discrete[3] { "none" some many }; }
variable clash {
  type discrete [ 2 ] { yes, no };
}
probability ( crowd ) { table 0.7, 0.3; }
probability ( police | crowd ) {
  (small) 0.5, 0.4, 0.1;
  (large) 0.1, 0.3, 0.6;
}
/* given
   both */
probability ( clash | crowd, police ) {
  (large, many) 0.9, 0.1;
  (large, some) 0.5, 0.5;
  default 0.1, 0.9;
}
"""

XDSL = """<?xml version="1.0" encoding="UTF-8"?>
<smile version="1.0" id="Venture">
  <nodes>
    <cpt id="Success"><state id="yes"/><state id="no"/><probabilities>0.2 0.8</probabilities></cpt>
    <decision id="Ask"><state id="ask"/><state id="skip"/></decision>
    <cpt id="Forecast"><state id="good"/><state id="poor"/><state id="none"/><parents>Success Ask</parents>
      <probabilities>0.4 0.6 0 0 0 1 0.1 0.9 0 0 0 1</probabilities></cpt>
    <decision id="Invest"><state id="invest"/><state id="keep"/><parents>Forecast</parents></decision>
    <deterministic id="Rich"><state id="rich"/><state id="poor"/><parents>Success Invest</parents>
      <resultingstates>rich poor poor poor</resultingstates></deterministic>
    <utility id="Gain"><parents>Invest Success</parents><utilities>10000 -5000 500 500</utilities></utility>
  </nodes>
  <extensions/>
</smile>
"""


def test_bif_is_read() -> None:
    diagram = read_bif(BIF)
    assert [v.name for v in diagram.variables] == ["crowd", "police", "clash"]
    assert diagram.variable("police").states == ("none", "some", "many")
    assert diagram.tables["police"].values[1, :, 0] == pytest.approx([0.1, 0.3, 0.6])
    clash = diagram.tables["clash"]
    assert clash.axes == ("crowd", "police", "clash")
    assert clash.values[:, :, 0, 0] == pytest.approx(np.array([[0.1, 0.1, 0.1], [0.1, 0.5, 0.9]]))


def test_bif_tables_run_the_child_slowest_or_as_the_sums_say() -> None:
    head = """network n { } variable a { type discrete [2] { x, y }; } variable b { type discrete [2] { u, v }; }
    probability ( a ) { table 0.5, 0.5; } probability ( b | a ) { table %s; }"""
    child_slowest = read_bif(head % "0.9, 0.2, 0.1, 0.8").tables["b"].values[..., 0]
    child_fastest = read_bif(head % "0.9, 0.1, 0.2, 0.8").tables["b"].values[..., 0]
    assert child_slowest == pytest.approx(np.array([[0.9, 0.1], [0.2, 0.8]]))
    assert child_fastest == pytest.approx(child_slowest)


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("variable crowd", "variabel crowd", "Q603", "expected network, variable or probability"),
        ("discrete [ 2 ] { small", "continuous [ 2 ] { small", "Q611", "continuous"),
        ("discrete [ 2 ] { small", "discreet [ 2 ] { small", "Q603", "expected discrete"),
        ("0.7, 0.3", "0.7, 0.7", "Q607", "sum to one"),
        ("0.7, 0.3", "0.7", "Q607", "1 numbers, where 2"),
        ("0.7, 0.3", "0.7, x", "Q603", "expected a number with a finite value"),
        ("0.7, 0.3", "nan, 0.3", "Q604", "finite value"),
        ("(large) 0.1, 0.3, 0.6;", "", "Q607", "row (large)"),
        ("(large) 0.1", "(huge) 0.1", "Q609", 'no state "huge"'),
        ("(large, many)", "(large, most)", "Q609", "fits no combination"),
        ("( police | crowd )", "( police | crowds )", "Q609", 'the parent "crowds"'),
        ("( police | crowd )", "( police | police )", "Q609", "parent of itself"),
        ('variable "police"', "variable crowd", "Q609", "two variables"),
        ("probability ( crowd ) { table 0.7, 0.3; }", "", "Q609", "no probability block"),
        ("/* given", "/ given", "Q603", "expected network"),
        ("   both */", "   both", "Q603", "comment is opened here"),
        ("default 0.1, 0.9;\n}", "default 0.1", "Q603", "the file ends"),
        ('"unrest"', '"unrest', "Q603", "never closed"),
    ],
)
def test_broken_bif_says_why(old: str, new: str, code: str, words: str) -> None:
    assert old in BIF
    with pytest.raises(CaseError) as raised:
        read_bif(BIF.replace(old, new, 1), "broken.bif")
    problem = raised.value.problems[0]
    assert problem.code == code
    assert words in problem.message
    assert problem.place.line >= 1


def test_absurd_files_are_refused_in_no_time() -> None:
    for text in ("network n { " + "/* " * 300_000, "network n { " + "{ " * 300_000, '"' * 100_001, "(" * 300_000):
        with pytest.raises(CaseError, match="Q603"):
            read_bif(text)
    for text in ("<smile>" * 50_000, "<smile><nodes>" + "<cpt>" * 50_000, "<" * 300_000, "\x00"):
        with pytest.raises(CaseError, match=r"Q60[23]"):
            read_xdsl(text)


def test_xdsl_is_read_with_memory() -> None:
    diagram = read_xdsl(XDSL)
    forecast = diagram.tables["Forecast"]
    assert forecast.axes == ("Success", "Ask", "Forecast")
    assert forecast.values[1, 0, :, 0] == pytest.approx([0.1, 0.9, 0.0])
    invest = diagram.variable("Invest")
    assert isinstance(invest, Decision)
    assert (invest.player, set(invest.parents)) == (PLAYER, {"Ask", "Forecast"})
    assert diagram.utilities[0].table.values[0, :, 0].tolist() == [10000.0, -5000.0]
    assert diagram.tables["Rich"].values[:, :, 0, 0].tolist() == [[1.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("</smile>", "", "Q603", "no XML"),
        ("<smile version", "<smiles version", "Q603", "mismatched"),
        ("<nodes>", "<!-- --><knots>", "Q603", "mismatched"),
        ("<smile ", "<!DOCTYPE smile><smile ", "Q603", "document type"),
        ('<decision id="Ask">', '<noisymax id="Ask">', "Q603", "mismatched"),
        ("<parents>Forecast</parents>", "<parents>Weather</parents>", "Q609", '"Weather"'),
        ("<parents>Forecast</parents>", "<parents>Rich</parents>", "Q609", "circle"),
        ("0.2 0.8", "0.2 0.9", "Q607", "sum to one"),
        ("0.2 0.8", "0.2", "Q607", "needs 2"),
        ("0.2 0.8", "0.2 x", "Q603", "no number"),
        ("rich poor poor poor", "rich poor poor", "Q607", "each of 4"),
        ("10000 -5000", "inf -5000", "Q604", "finite"),
        ('id="Invest"', 'id="Ask"', "Q609", "two nodes"),
        ('<cpt id="Success">', "<cpt>", "Q608", "no id"),
    ],
)
def test_broken_xdsl_says_why(old: str, new: str, code: str, words: str) -> None:
    assert old in XDSL
    with pytest.raises(CaseError) as raised:
        read_xdsl(XDSL.replace(old, new, 1), "broken.xdsl")
    problem = raised.value.problems[0]
    assert problem.code == code
    assert words in problem.message


def test_other_kinds_of_node_are_refused_by_name() -> None:
    with pytest.raises(CaseError, match="<equation> in <nodes> is continuous"):
        read_xdsl('<smile><nodes><equation id="a"/></nodes></smile>')


@given(st.sampled_from([("bif", BIF), ("xdsl", XDSL)]), st.data())
def test_damaged_networks_give_problems_never_a_crash(pair: tuple[str, str], data: st.DataObject) -> None:
    kind, text = pair
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 10))
        text = text[:at] + data.draw(st.text('{}()<>/|;," 01.e-acdipty\n\x00', max_size=6)) + text[at + cut :]
    try:
        (read_bif if kind == "bif" else read_xdsl)(text, f"damaged.{kind}")
    except CaseError as error:
        assert all(p.code and p.place.line >= 1 for p in error.problems)


def test_files_are_told_by_their_endings(tmp_path: Path) -> None:
    assert [f.ending for f in FORMATS] == [".efg", ".nfg", ".json", ".bif", ".bifxml", ".xdsl", ".net"]
    for ending, text in ((".bif", BIF), (".XDSL", XDSL)):
        path = tmp_path / f"network{ending}"
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert isinstance(read_game(path), Diagram)
    for wrong in (tmp_path / "game.txt", tmp_path / "missing.efg", tmp_path):
        with pytest.raises(CaseError, match="Q601"):
            read_game(wrong)
    folder = tmp_path / "folder.efg"
    folder.mkdir()
    with pytest.raises(CaseError, match="Q601"):
        read_game(folder)


def test_not_every_game_fits_every_file() -> None:
    with pytest.raises(Refusal, match="Q610"):
        written_as(read_bif(BIF), ".nfg")


@pytest.mark.parametrize("concept", concept_names())
def test_a_network_has_nobody_who_decides(concept: str) -> None:
    with pytest.raises(Refusal, match="nobody decides") as raised:
        search(read_bif(BIF), Request(concept))
    assert raised.value.problem.code == "Q462"


def test_a_tree_in_which_only_chance_moves_has_nobody_who_decides() -> None:
    tree = tree_of(read_efg('EFG 2 R "draw" { "A" } c "" 1 "" { "x" 1/2 "y" 1/2 } 0 t "" 1 "" { 1 } t "" 2 "" { 0 }'))
    with pytest.raises(Refusal, match="Q462"):
        search(tree, Request("pure"))
