"""Any word may be a name, or is refused: no key of the language, no word of the grammar is silently taken for itself.

Every word stands once in every role. A case with that word answers what the same case with a plain name answers.
"""

from __future__ import annotations

import keyword
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from quandary.ask import Study, prepare
from quandary.base import CaseError
from quandary.case.schema import schema, schema_fields
from quandary.compile import Loaded, read_case_bytes
from quandary.language import HEADS, Expression, parse_query, vocabulary

ROLES = (
    "chance",
    "decision",
    "state",
    "option",
    "event",
    "actor",
    "assumption",
    "stake",
    "claim",
    "test",
    "question",
    "check",
    "source",
    "forecast",
)
CASE = """quandary: 1
title: Names
as_of: 2030-01-01
sources: {%(source)s: {title: S, published: 2029-01-01}}
actors: {%(actor)s: {name: A, rationality: x3 per 10, because: j, source: %(source)s}}
assumptions: {%(assumption)s: {value: 20%%, because: j}}
story:
  - chance: %(chance)s
    private: %(actor)s
    states: [%(state)s, s2]
    odds: {%(state)s: "%(assumption)s", s2: rest}
    source: %(source)s
  - decision: %(decision)s
    by: %(actor)s
    sees: [%(chance)s]
    options: [%(option)s, o2, o3]
    only:
      - %(chance)s = %(state)s: [%(option)s, o2]
  - chance: out
    given: [%(chance)s, %(decision)s]
    states: [a, b]
    base:
      - %(decision)s = %(option)s and %(chance)s in (%(state)s, s2): {a: 30%%, b: rest}
      - otherwise: {a: 10%%, b: rest}
    effects:
      - %(chance)s = %(state)s: {a: x3}
stakes:
  %(actor)s:
    %(stake)s:
      weight:
        - %(chance)s = %(state)s: 35
        - otherwise: 50
      worth:
        - %(decision)s = %(option)s and out = a: 70
        - %(event)s: 15
        - not %(event)s: 30
        - otherwise: 0
    other: {weight: 20, worth: [{out = a: 55}, {otherwise: 3}]}
events: {%(event)s: out = a}
evidence:
  - {on: 2029-12-01, saw: "%(chance)s = %(state)s", source: %(source)s}
claims:
  - id: "%(claim)s"
    speaker: me
    quote: q
    source: %(source)s
    tests: {%(test)s: P(%(event)s | do(%(decision)s = %(option)s)) > P(%(event)s | %(decision)s = o2)}
questions:
  %(question)s: E(%(actor)s.%(stake)s | %(decision)s = %(option)s)
  q2: weight(%(actor)s.%(stake)s)
  q3: best(%(actor)s.%(decision)s = %(option)s)
  q4: swing(%(actor)s.%(stake)s)
  q5: "both(%(decision)s: %(actor)s.%(stake)s + %(actor)s.other, other)"
  q6: would(%(event)s | seen %(chance)s = %(state)s, replan, do(%(decision)s = %(option)s))
  q7: drop(%(decision)s | %(event)s) against not %(event)s
checks:
  - {id: %(check)s, asks: P(%(event)s and %(chance)s = %(state)s), range: 1%% to 90%%, because: j}
forecasts:
  - {id: %(forecast)s, asks: P(%(event)s or %(decision)s != %(option)s), until: 2031-01-01}
"""
NOT_WORDS = frozenset({"true", "false", "null", "True", "False"})
"""Truth and nothing in YAML: refused as no text at all (Q117), in quotes as good as any word."""


def words() -> list[str]:
    """Return the keys of the language, the words of its grammar, and words that mean something to Python."""
    models = [m for m in vars(schema).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    models.append(schema_fields.SourcedQuantity)
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    grammar = {*HEADS, *vocabulary.INTERVENTIONS, *vocabulary.FUNCTIONS, *vocabulary.DISTRIBUTIONS}
    grammar |= {*vocabulary.FAMILY_SPELLINGS, *vocabulary.ONE_WORD_ODDS, *vocabulary.RESERVED, vocabulary.REPLAN}
    grammar |= {"against", "percent", "x", "X", "x2", "pts", "foreseen", "do_foreseen", "Source", "e", "E1"}
    python = {*keyword.kwlist, "self", "__class__", "__init__", "_", "nan", "inf", "keys", "items", "values", "axes"}
    output = {"headline", "number", "line", "world", "worlds", "seed", "mean", "lowest", "highest", "itself", "sum"}
    return sorted(w for w in keys | grammar | python | output if w.isidentifier() and w not in NOT_WORDS)


JOINING = frozenset({"and", "or", "not", "in"})
"""Words that join: a stake may have them, but no query could name it."""


REFUSED = {
    role: frozenset(w for w in words() if w.casefold() in vocabulary.RESERVED)
    for role in ("chance", "decision", "state", "option", "event", "actor", "assumption")
}
REFUSED["state"] |= vocabulary.RULE_NOTES
REFUSED["event"] |= {*vocabulary.RULE_KEYS, vocabulary.REPLAN}
REFUSED["assumption"] |= {*vocabulary.ONE_WORD_ODDS, *vocabulary.NUMBER_WORDS, "x2"}


def loaded(**names: str) -> Loaded:
    """Return the case with these names in their roles, plain names in the others."""
    given = {role: f"{role}_1" for role in ROLES} | names
    return read_case_bytes((CASE % given).encode(), Path("names.yaml"))


def answers(found: Loaded) -> list[float | None]:
    """Return what the case answers; no number of it is uncertain, so that no name reaches a draw."""
    case = found.case
    assert case is not None, [f"{p.code} {p.message}" for p in found.problems if p.is_error]
    study = Study(case, worlds=1, threads=1)
    queries: list[Expression] = [test.query for claim in case.claims for test in claim.tests]
    queries += [question.query for question in case.questions]
    queries += [check.query for check in case.checks] + [forecast.query for forecast in case.forecasts]
    return [answer.mean for answer in study.answers(queries)]


@cache
def plain() -> tuple[float | None, ...]:
    return tuple(answers(loaded()))


@pytest.mark.slow
@pytest.mark.parametrize("turn", range(12))
def test_a_word_as_a_name_means_what_a_plain_name_means(turn: int) -> None:
    """Fourteen words at a time, each in another role, until every word has stood in every role."""
    every = words()
    for start in range(turn, len(every), 12):
        names = {role: every[(start + 7 * place) % len(every)] for place, role in enumerate(ROLES)}
        names = {role: word for role, word in names.items() if word not in REFUSED.get(role, JOINING)}
        assert answers(loaded(**names)) == pytest.approx(list(plain()), rel=1e-12, abs=1e-14), names


@pytest.mark.slow
@pytest.mark.parametrize("role", sorted(REFUSED))
def test_a_word_that_means_something_else_is_refused(role: str) -> None:
    for word in sorted(REFUSED[role]):
        found = loaded(**{role: word})
        codes = {problem.code for problem in found.problems if problem.is_error}
        assert found.case is None, word
        assert codes & {"Q119", "Q130"}, (word, codes)


@pytest.mark.slow
@pytest.mark.parametrize("role", [role for role in ROLES if role not in ("claim", "event")])
@pytest.mark.parametrize("word", sorted(NOT_WORDS))
def test_truth_and_nothing_are_no_names(role: str, word: str) -> None:
    found = loaded(**{role: word})
    assert found.case is None or answers(found) == pytest.approx(list(plain()), rel=1e-12)


LISTS = (
    ("states: [state_1, s2]", "states: [state_1, s2, state_1]"),
    ("options: [option_1, o2, o3]", "options: [option_1, o2, o3, o2]"),
    ("sees: [chance_1]", "sees: [chance_1, chance_1]"),
    ("given: [chance_1, decision_1]", "given: [chance_1, decision_1, chance_1, chance_1]"),
    ("[option_1, o2]\n", "[option_1, o2, option_1]\n"),
    ("    sees: [chance_1]", "    forgets: [chance_1, chance_1]\n    sees: [chance_1]"),
    ("in (state_1, s2)", "in (state_1, s2, state_1)"),
    ("assumption_1: {value: 20%, because: j}}",
        "assumption_1: 2%, p: 1%}\ncorrelations: [{between: [p, p], value: 0}]"),
    ("actor_1.stake_1 + actor_1.other, other", "stake_1 + other, other, other"),
    ("actor_1.stake_1 + actor_1.other, other", "stake_1 + stake_1, other"),
)  # fmt: skip


@pytest.mark.parametrize(("once", "twice"), LISTS, ids=[twice.strip()[:30] for _, twice in LISTS])
def test_what_stands_twice_in_a_list_is_a_fault(once: str, twice: str) -> None:
    text = CASE % {role: f"{role}_1" for role in ROLES}
    assert once in text
    found = read_case_bytes(text.replace(once, twice, 1).encode(), Path("names.yaml"))
    told = [(problem.code, problem.message) for problem in found.problems if problem.is_error]
    assert [code for code, _ in told if code in ("Q120", "Q151")], told
    assert all("twice" in message for _, message in told), told


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("clash(decision_1: stake_1 + actor_1.stake_1)", "Q151"),
        ("both(decision_1: stake_1 + other, other + stake_1)", "Q151"),
        ("P(event_1 | do(decision_1 = option_1, decision_1 = option_1))", "Q505"),
    ],
)
def test_what_is_one_thing_under_two_names_stands_twice_too(query: str, code: str) -> None:
    case = loaded().case
    assert case is not None
    with pytest.raises(CaseError) as told:
        prepare(case, parse_query(query))
    assert [problem.code for problem in told.value.problems] == [code]
    assert "twice" in told.value.problems[0].message


@pytest.mark.parametrize("pair", ["[p, q]", "[q, p]"])
def test_two_correlations_of_one_pair_are_a_fault(pair: str) -> None:
    text = CASE % {role: f"{role}_1" for role in ROLES}
    more = f"p: 1% to 2%, q: 1 to 2}}\ncorrelations: [{{between: [p, q], value: 0.5}}, {{between: {pair}, value: 0.1}}]"
    found = read_case_bytes(text.replace("value: 20%, because: j}}", f"value: 20%}}, {more}").encode(), Path("n.yaml"))
    assert [p.code for p in found.problems if p.is_error] == ["Q214"]
    assert found.problems[0].place.line or found.problems[-1].place.line
