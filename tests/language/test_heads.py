"""The list of heads is the only one: no other file spells a head, and a new entry works everywhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ask.crisis import TEXT

import quandary
from quandary.ask import MEASURES, probability
from quandary.base import CaseError, Refusal
from quandary.language import (
    HEADS,
    Ask,
    Head,
    Name,
    QueryTarget,
    Unit,
    head_of,
    names_of_heads,
    parse_query,
    parser,
    share_bounds,
    written,
)
from quandary.report import answer_phrase

SOURCE = Path(str(files("quandary")))
ROOMS = ("language", "case", "compile", "ask", "report", "cli")
OTHER_MEANINGS = {
    "ask/answer.py": {"weight"},  # a column: the weight of a world
    "ask/claims/construction/proving.py": {"weight"},  # kinds of a case's lines
    "ask/claims/resting/ends.py": {"weight"},
    "ask/lines.py": {"weight"},
    "ask/turning/eliciting/candidates.py": {"weight"},  # the kind of a number
    "ask/turning/eliciting/separating.py": {"weight"},
    "ask/turning/eliciting/writing.py": {"weight"},
    "ask/why/choice_look.py": {"best"},  # the best option
    "case/checks/amounts.py": {"weight"},  # keys of a stake
    "case/checks/known.py": {"weight"},
    "case/conversion/people.py": {"weight"},
    "case/draft_writer.py": {"weight"},
    "case/writer.py": {"weight"},
    "compile/amounts.py": {"weight"},
    "compile/stakes.py": {"weight"},
    "compile/unknowns/assumptions.py": {"weight"},
    "compile/unknowns/readings.py": {"weight"},
    "compile/unknowns/sharing.py": {"weight"},
    "report/analyses/advice.py": {"best"},  # the best option
    "report/analyses/equilibria_found.py": {"lowest", "highest"},  # keys of JSON: the ends of a range
    "report/analyses/information.py": {"best"},  # the best option
    "report/media/as_csv.py": {"swing"},  # a kind of row
    "report/why/critique_contents.py": {"both", "weight"},  # keys of JSON
    "report/words/headline.py": {"highest", "lowest"},  # parts of a range
    "report/words/naming/letters.py": {"both"},  # words that keep their small letter
    "report/words/naming/numbers.py": {"weight"},  # keys of a stake
    "report/words/rests.py": {"weight"},
    "report/words/unknowns.py": {"weight"},  # a kind of number
    "report/why/elicitation.py": {"weight"},
    "ask/turning/eliciting/answering.py": {"best", "weight"},  # a best guess; the kind of a number
    "ask/turning/eliciting/forms.py": {"best", "highest", "lowest"},
    "report/one_game/alike.py": {"E"},  # names of equilibria: E1, E2
    "report/one_game/equilibria.py": {"E"},
    "report/one_game/statements.py": {"weight"},  # of a tremble
}
BESIDE = re.compile(r"\b({0})\|({0})\b".format("|".join(HEADS)))
"""Two heads beside each other in a pattern."""


def spelled(path: Path) -> Iterator[str]:
    """Yield the heads that a file spells out as strings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if text in HEADS or BESIDE.search(text):
            yield text


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_no_other_file_spells_a_head(room: str) -> None:
    found = {
        name: set(spelled(path)) - OTHER_MEANINGS.get(name, set())
        for path in sorted((SOURCE / room).rglob("*.py"))
        if (name := path.relative_to(SOURCE).as_posix()) != "language/heads.py"
    }
    assert not {name: heads for name, heads in found.items() if heads}


def test_every_head_but_those_made_of_parts_is_measured() -> None:
    assert set(MEASURES) == {head.name for head in HEADS.values() if not head.parts}


@pytest.mark.parametrize("name", names_of_heads())
def test_the_example_of_a_head_is_a_query_of_it(name: str) -> None:
    head = HEADS[name]
    query = parse_query(head.example)
    assert head.asks(query)
    assert written(query) == head.example
    assert head.summary
    assert head.bounds[0] < head.bounds[1]
    assert (head.unit is Unit.SHARE) == (head.bounds == (0.0, 1.0))


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Head]:
    """Give the language one more head: an entry in the list, and what it measures."""
    head = Head("odd", QueryTarget.CONDITION, Unit.SHARE, "how odd something is", (0.0, 1.0), example="odd(war)")
    monkeypatch.setitem(HEADS, head.name, head)
    monkeypatch.setitem(MEASURES, head.name, probability)
    parser._grammar.cache_clear()
    yield head
    parser._grammar.cache_clear()


@pytest.mark.usefixtures("toy")
def test_a_new_head_is_parsed_checked_asked_and_worded(tmp_path: Path) -> None:
    query = parse_query("odd(unrest = none | operation = fail, do(push = hold))")
    assert written(query) == "odd(unrest = none | operation = fail, do(push = hold))"
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace("war: P(war)\n", "war: P(war)\n  odd: odd(war)\n"), encoding="utf-8")
    solved = quandary.load(path).solve(worlds=16)
    answer, plain = solved.asks("odd(war)", "P(war)")
    assert answer.mean == plain.mean
    assert answer_phrase(parse_query("odd(war)"), answer).endswith("%)")
    assert solved.ask("odd(war) <= 1").holds_in == 1.0
    for mistake, code in (("odd(wra)", "Q104"), ("odd(war) > 40", "Q150"), ("odd(war) > E(empire)", "Q507")):
        with pytest.raises(CaseError, match=code):
            solved.ask(mistake)
    path.write_text(TEXT.replace("war: P(war)\n", "war: odd(wra)\n"), encoding="utf-8")
    with pytest.raises(CaseError, match="Q104"):
        quandary.load(path)


def test_a_head_that_is_none_is_told_with_the_nearest() -> None:
    with pytest.raises(Refusal, match="Q132"):
        head_of(Ask("margn", Name(("push",))))
    with pytest.raises(CaseError, match='did you mean "margin"'):
        parse_query("margn(empire.push)")


@pytest.mark.parametrize(
    ("query", "low", "high"),
    [
        ("P(a) - P(b)", -1, 1),
        ("-P(a) * 2 + 1", -1, 1),
        ("abs(P(a) - 2)", 1, 2),
        ("abs(P(a) - weight(b.c) / 1)", None, None),
        ("min(P(a), 0.3) + max(P(b), 0.5)", 0.5, 1.3),
        ("(P(a) - P(b)) * (P(a) - P(b))", -1, 1),
        ("P(a) * E(b)", None, None),
        ("P(a) / P(b)", None, None),
        ("1 + 1", None, None),
        ("P(a) * 10 ^ 308 * 10 ^ 308", None, None),
    ],
)
def test_bounds_of_arithmetic_over_shares(query: str, low: float | None, high: float | None) -> None:
    found = share_bounds(parse_query(query))
    assert found == (None if low is None else pytest.approx((low, high)))


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_no_value_leaves_its_bounds(shares: list[float]) -> None:
    a, b, c = shares
    for query, value in (
        ("P(a) - P(b) * P(c)", a - b * c),
        ("abs(P(a) - P(b)) - max(P(c), 0.4)", abs(a - b) - max(c, 0.4)),
        ("-(P(a) - 0.7) * (P(b) + P(c) - 1)", -(a - 0.7) * (b + c - 1)),
        ("min(P(a), P(b) - 1, 2 * P(c))", min(a, b - 1, 2 * c)),
    ):
        low, high = share_bounds(parse_query(query)) or (0.0, 0.0)
        assert low - 1e-12 <= value <= high + 1e-12
