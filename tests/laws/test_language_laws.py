"""Laws of the language: what is written reads back, and no text breaks the reader."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.laws.syntax_nodes import conditions, phrases, quantities, queries
from tests.tried import tried

from quandary.base import CaseError
from quandary.language import parse_condition, parse_quantity, parse_query, syntax, written

PARSERS = (parse_quantity, parse_condition, parse_query)


@pytest.mark.slow
@settings(max_examples=tried(200), deadline=None)
@given(quantities)
def test_a_written_quantity_reads_back(quantity: syntax.Quantity) -> None:
    text = written(quantity)
    assert parse_quantity(text) == quantity
    assert written(parse_quantity(text)) == text


@pytest.mark.slow
@settings(max_examples=tried(200), deadline=None)
@given(conditions | st.just(syntax.Otherwise()))
def test_a_written_condition_reads_back(condition: syntax.Condition) -> None:
    assert parse_condition(written(condition)) == condition


@pytest.mark.slow
@settings(max_examples=tried(120), deadline=None)
@given(queries)
def test_a_written_query_reads_back(query: syntax.Expression) -> None:
    text = written(query)
    assert parse_query(text) == query
    assert written(parse_query(text)) == text


PIECES = [
    *("P", "E", "do", "do_unseen", "would", "seen", "against", "dilemma", "drop", "clash", "both", "best", "abs"),
    *("max", "mixture", "normal", "and", "or", "not", "in", "otherwise", "rest", "of", "per", "to", "points"),
    *("percent", "exact", "unlikely", "about", "even", "a", "b.c", "unrest", "none", "x", "x2", "20", "7%", "-3"),
    *("+1", "1e9", ".", ",", ":", "|", "(", ")", "[", "]", "=", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*"),
    *("/", "^", "**", "%", "#", '"', "'", "–", "\n", "\t", "ю", "½", "²", "\u2028", ""),
]
soup = st.lists(st.sampled_from(PIECES), max_size=25).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda gap: gap.join(pieces))
)


@pytest.mark.slow
@settings(max_examples=tried(600), deadline=None)
@given(st.text(max_size=60) | soup)
@example("P(a | b")
@example("x" * 20_000)
@example("20 to 60 (")
@example("٣ to ٤")
@example("1²")
def test_no_text_breaks_the_reader(text: str) -> None:
    for parse in PARSERS:
        try:
            node = parse(text)
        except CaseError as error:
            assert error.problems
            assert all(p.code and p.message and p.place.column >= 0 for p in error.problems)
        else:
            assert parse(written(node)) == node


@pytest.mark.slow
@pytest.mark.parametrize("phrase", phrases)
def test_every_phrase_of_every_table_is_a_word_of_the_language(phrase: str) -> None:
    assert parse_quantity(phrase) == syntax.ProbabilityWord(phrase)
    assert parse_quantity(f"{phrase} of rest") == syntax.OfRest(syntax.ProbabilityWord(phrase))
