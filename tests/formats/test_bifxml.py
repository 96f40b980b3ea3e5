"""Networks as pyAgrum writes them, and influence diagrams in the XML interchange format.

The network is ours; pyAgrum 3.3.1 built it, saved it as .xdsl and .bifxml (the layout here is its own, shortened) and
computed P(prices = low) = 0.551: 0.4 (0.5 0.1 + 0.3 0.3 + 0.2 0.6) + 0.6 (0.1 0.25 + 0.3 0.5 + 0.6 0.95).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quandary.base import CaseError
from quandary.engine import DiagramGame, Inference
from quandary.game import Decision, Diagram
from quandary.onegame import PLAYER, read_bifxml, read_game, read_xdsl
from quandary.solve import solve

XDSL = """<?xml version="1.0" ?>
<smile version="1.0" id="unnamedBN">
  <nodes>
    <cpt id="season"><state id="dry" /><state id="wet" /><probabilities>0.4 0.6</probabilities></cpt>
    <cpt id="harvest"><state id="poor" /><state id="fair" /><state id="good" />
      <parents>season</parents><probabilities>0.5 0.3 0.2 0.1 0.3 0.6</probabilities></cpt>
    <cpt id="prices"><state id="low" /><state id="high" />
      <parents>season harvest</parents>
      <probabilities>0.1 0.9 0.25 0.75 0.3 0.7 0.5 0.5 0.6 0.4 0.95 0.05</probabilities></cpt>
  </nodes>
  <extensions><genie version="1.0" app="aGrUM 3.3.1" name="unnamedBN"></genie></extensions>
</smile>
"""

HEAD = """<?xml version="1.0" ?>
<!DOCTYPE BIF [ <!ELEMENT BIF ( NETWORK )*> ]>
<BIF VERSION="0.3"><NETWORK><NAME>food</NAME>
"""
NATURE = """
<VARIABLE TYPE="nature"><NAME>season</NAME><OUTCOME>dry</OUTCOME><OUTCOME>wet</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>harvest</NAME><OUTCOME>poor</OUTCOME><OUTCOME>fair</OUTCOME>
<OUTCOME>good</OUTCOME></VARIABLE>
<VARIABLE><NAME>prices</NAME><OUTCOME>low</OUTCOME><OUTCOME>high</OUTCOME></VARIABLE>
<DEFINITION><FOR>season</FOR><!--season | --><TABLE>0.4 0.6</TABLE></DEFINITION>
<DEFINITION><FOR>harvest</FOR><GIVEN>season</GIVEN><TABLE>0.5 0.3 0.2 0.1 0.3 0.6</TABLE></DEFINITION>
<DEFINITION><FOR>prices</FOR><GIVEN>harvest</GIVEN><GIVEN>season</GIVEN>
<TABLE>0.1 0.9 0.25 0.75 0.3 0.7 0.5 0.5 0.6 0.4 0.95 0.05</TABLE></DEFINITION>
"""
CHOICE = """
<VARIABLE TYPE="decision"><NAME>store</NAME><OUTCOME>sell</OUTCOME><OUTCOME>keep</OUTCOME></VARIABLE>
<VARIABLE TYPE="utility"><NAME>income</NAME><OUTCOME>0</OUTCOME></VARIABLE>
<DEFINITION><FOR>store</FOR><GIVEN>harvest</GIVEN></DEFINITION>
<DEFINITION><FOR>income</FOR><GIVEN>prices</GIVEN><GIVEN>store</GIVEN><TABLE>1 0 2 5</TABLE></DEFINITION>
"""
TAIL = "</NETWORK></BIF>\n"
BIFXML = HEAD + NATURE + CHOICE + TAIL


def test_pyagrums_xdsl_and_bifxml_hold_the_same_network() -> None:
    for network in (read_xdsl(XDSL), read_bifxml(HEAD + NATURE + TAIL)):
        inference = Inference(network)
        assert inference.joint({}, ("prices",)).values[:, 0] == pytest.approx([0.551, 0.449], abs=1e-12)
        given = network.tables["prices"].over(("season", "harvest", "prices"))
        assert given[0, :, 0, 0] == pytest.approx([0.1, 0.3, 0.6])


def test_genies_order_is_the_other_one() -> None:
    genie = read_xdsl(XDSL.replace("aGrUM 3.3.1", "GeNIe 4.1"))
    given = genie.tables["prices"].over(("season", "harvest", "prices"))
    assert given[0, :, 0, 0] == pytest.approx([0.1, 0.25, 0.3])


def test_an_influence_diagram_is_read_and_solved() -> None:
    """Selling pays 1 at low prices and 2 at high ones, keeping 0 and 5.

    P(low and harvest): poor 0.2 x 0.1 + 0.06 x 0.25 = 0.035 of 0.26, fair 0.12 x 0.3 + 0.18 x 0.5 = 0.126 of 0.3, good
    0.08 x 0.6 + 0.36 x 0.95 = 0.39 of 0.44. Keeping pays 5 P(high), selling 1 + P(high): keep if P(high) > 1/4.
    Keep after a poor or fair harvest, 5 (0.225 + 0.174) = 1.995, sell after a good one, 0.44 + 0.05 = 0.49: 2.485.
    """
    diagram = read_bifxml(BIFXML)
    store = diagram.variable("store")
    assert isinstance(store, Decision)
    assert (store.player, store.parents) == (PLAYER, ("harvest",))
    solution = solve(diagram, "subgame")
    game = DiagramGame(solution.diagram)
    assert game.payoffs(game.profile(solution.behaviour))[PLAYER][0] == pytest.approx(2.485)
    assert solution.behaviour["store"].values[:, 0, 0].tolist() == [0.0, 0.0, 1.0]


def test_a_decision_that_sees_nothing_has_no_definition_in_pyagrums_files() -> None:
    """Keeping whatever the harvest pays 5 P(high) = 5 x 0.449 = 2.245, selling 1 + P(high) = 1.449."""
    diagram = read_bifxml(BIFXML.replace("<DEFINITION><FOR>store</FOR><GIVEN>harvest</GIVEN></DEFINITION>", ""))
    assert diagram.variable("store").parents == ()
    assert solve(diagram, "subgame").behaviour["store"].values[:, 0].tolist() == [0.0, 1.0]
    with pytest.raises(CaseError, match="no definition"):
        read_bifxml(
            BIFXML.replace("<DEFINITION><FOR>season</FOR><!--season | --><TABLE>0.4 0.6</TABLE></DEFINITION>", "")
        )


def test_it_is_told_by_its_ending(tmp_path: Path) -> None:
    path = tmp_path / "food.bifxml"
    path.write_text(BIFXML, encoding="utf-8")
    assert isinstance(read_game(path), Diagram)


@pytest.mark.parametrize(
    ("old", "new", "code", "words", "line"),
    [
        ("</BIF>", "", "Q603", "no XML", 19),
        ("<BIF VERSION", "<XIF VERSION", "Q603", "mismatched", 18),
        ("<!DOCTYPE BIF [ <!ELEMENT", '<!DOCTYPE BIF [ <!ENTITY x "y"> <!ELEMENT', "Q603", "entity", 2),
        ("<NAME>store</NAME>", "", "Q608", "no <NAME>", 14),
        ('"decision"', '"oracle"', "Q608", '"oracle"', 14),
        ("<NAME>store</NAME>", "<NAME>season</NAME>", "Q609", "two variables", 14),
        ("<OUTCOME>dry</OUTCOME><OUTCOME>wet</OUTCOME>", "", "Q609", "no states", 5),
        ("<FOR>season</FOR>", "<FOR>harvest</FOR>", "Q609", "two definitions", 10),
        ("<GIVEN>season</GIVEN>", "<GIVEN>weather</GIVEN>", "Q609", '"weather"', 10),
        ("<GIVEN>season</GIVEN>", "<GIVEN>income</GIVEN>", "Q609", "no variable with states", 10),
        ("<GIVEN>season</GIVEN>", "<GIVEN>prices</GIVEN>", "Q609", "circle", 6),
        ("0.4 0.6", "0.4 0.7", "Q607", "sum to one", 9),
        ("0.4 0.6", "0.4", "Q607", "needs 2", 9),
        ("1 0 2 5", "1 0 2 many", "Q603", "no number", 17),
    ],
)
def test_a_broken_file_says_where_and_why(old: str, new: str, code: str, words: str, line: int) -> None:
    assert old in BIFXML
    with pytest.raises(CaseError) as raised:
        read_bifxml(BIFXML.replace(old, new, 1), "broken.bifxml")
    problem = raised.value.problems[0]
    assert problem.code == code
    assert words in problem.message
    assert problem.place.line == line


@given(st.data())
def test_damaged_files_give_problems_never_a_crash(data: st.DataObject) -> None:
    text = BIFXML
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(st.text('<>/!&;" 01.e-acTABLE\n\x00', max_size=6)) + text[at + cut :]
    try:
        read_bifxml(text, "damaged.bifxml")
    except CaseError as error:
        assert all(p.code and p.place.line >= 1 for p in error.problems)
