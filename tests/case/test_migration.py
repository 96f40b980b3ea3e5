"""A case of version 1 rewritten as one of version 2: only the words that had another sense change, in any writing."""

from __future__ import annotations

import difflib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tried import tried

from quandary.base import Refusal
from quandary.case import CaseText, TextFile, WrittenQuery, migrated, written_queries
from quandary.compile import read_case_text
from quandary.language import calls_in, parse_query

MAIN = """\
# a case of ours
quandary: 1   # the version
title: T
as_of: 2030-01-01
include: [claims.yaml]
story:
  - {chance: rain, states: [none, some], odds: {some: 20% to 40%, none: rest}}
  - chance: flood
    given: [rain]
    states: [none, some]
    odds:
      - rain = some: {some: 40% to 90%, none: rest}
      - otherwise: {some: 2%, none: rest}
evidence:
  - {on: 2029-12-31, saw: flood = some}
claims:
  - id: main.claim   # do(rain = some) stands in this comment
    speaker: S
    quote: it may rain
    tests:
      "as written": >-   # do(rain = some) here too
        P(flood = some
          | do(rain = some), rain = some)
        > P(flood = some | do_unseen(rain = none))
      quoted: "P(flood = some | do(rain = some)) > would(flood = some | do (rain = none))"   # a would is no do
      plain: P(flood = some) > 10%
questions:
  wet: P(flood = some | do(rain = some))
  dry: {asks: "If do(nothing)?", query: 'P(flood = some | do(rain = none, flood = none))'}
checks:
  # known from elsewhere
  - id: silent
    asks: P(flood = some)
    range: 10% to 20%   # from the bulletin
  - {id: told, asks: P(flood = some | do(rain = some)), range: 10% to 20%, evidence: true}
forecasts:
  - {id: f, asks: P(flood = some | do(rain = some)), until: 2030-02-01}
"""
CLAIMS = """\
claims:
  - {id: included, speaker: S, quote: q, tests: {t: {query: P(flood = some | do(rain = some)) > 1%}}}  # do(it)
"""


def case_text(main: str = MAIN) -> CaseText:
    return CaseText((TextFile("case.yaml", main.encode()), TextFile("claims.yaml", CLAIMS.encode())))


def queries(text: CaseText) -> dict[str, WrittenQuery]:
    loaded = read_case_text(text)
    assert loaded.case is not None, loaded.problems
    return {query.name: query for query in written_queries(loaded.case, text)}


def changed(before: CaseText, after: CaseText, name: str = "case.yaml") -> list[str]:
    old, new = before.file(name), after.file(name)
    assert old is not None
    assert new is not None
    lines = difflib.unified_diff(old.data.decode().splitlines(), new.data.decode().splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


VERSION = ["-quandary: 1   # the version", "+quandary: 2   # the version"]


def test_every_query_with_its_place() -> None:
    found = queries(case_text())
    assert list(found) == [
        "included.t",
        "main.claim.as written",
        "main.claim.quoted",
        "main.claim.plain",
        "wet",
        "dry",
        "silent",
        "told",
        "f",
    ]
    assert [name for name, query in found.items() if query.says_do] == [
        "included.t",
        "main.claim.as written",
        "main.claim.quoted",
        "wet",
        "dry",
        "told",
        "f",
    ]
    assert [name for name, query in found.items() if query.evidence_path] == ["silent"]


def test_without_a_wish_only_the_version_changes() -> None:
    text = case_text()
    after = migrated(text, ())
    assert changed(text, after) == VERSION
    assert after.file("claims.yaml") == text.file("claims.yaml")
    assert migrated(after, ()) == after


SAME = "P(flood = some | do(rain = none, flood = none))"


@pytest.mark.parametrize(
    ("name", "file", "before", "after"),
    [
        ("main.claim.as written", "case.yaml", "          | do(rain", "          | do_foreseen(rain"),
        ("main.claim.quoted", "case.yaml", 'quoted: "P(flood = some | do(', 'quoted: "P(flood = some | do_foreseen('),
        ("wet", "case.yaml", "wet: P(flood = some | do(", "wet: P(flood = some | do_foreseen("),
        ("dry", "case.yaml", f"query: '{SAME}'", f"query: '{SAME.replace('do(', 'do_foreseen(')}'"),
        ("silent", "case.yaml", "# from the bulletin\n", "# from the bulletin\n    evidence: false\n"),
        ("included.t", "claims.yaml", "query: P(flood = some | do(", "query: P(flood = some | do_foreseen("),
    ],
)
def test_one_query_keeps_its_sense(name: str, file: str, before: str, after: str) -> None:
    text = case_text()
    made = migrated(text, [queries(text)[name]])
    expected = {"case.yaml": MAIN.replace("quandary: 1", "quandary: 2"), "claims.yaml": CLAIMS}
    assert expected[file].count(before) == 1
    expected[file] = expected[file].replace(before, after)
    assert {one.path: one.data.decode() for one in made.files} == expected


def test_what_is_kept_is_asked_as_before_and_the_rest_as_it_was() -> None:
    """Every ``do`` outside of a ``would`` is foreseen in what is kept, and nothing else of any query changes."""
    text = case_text()
    before = queries(text)
    after = queries(migrated(text, list(before.values())))
    assert list(after) == list(before)
    for name, query in before.items():
        wanted = parse_query(query.as_meant)
        assert after[name].query == wanted, name
        foreseen = [s.foreseen for ask in calls_in(wanted) if ask.head != "would" for s in ask.do]
        assert all(foreseen) or "do_unseen" in query.written, name
        assert not after[name].says_do
        assert after[name].evidence_path is None


def test_marks_line_ends_and_gaps_between_words_stay() -> None:
    crlf = MAIN.replace("\n", "\r\n").replace("do(rain = some))\r\n", "do  (rain = some))\r\n")
    data = b"\xef\xbb\xbf" + crlf.encode()
    text = CaseText((TextFile("case.yaml", data), TextFile("claims.yaml", CLAIMS.encode())))
    after = migrated(text, [queries(text)["wet"]])
    expected = crlf.replace("quandary: 1", "quandary: 2").replace("| do  (rain", "| do_foreseen  (rain")
    assert after.main.data == b"\xef\xbb\xbf" + expected.encode()


def test_an_escaped_word_is_refused_and_not_half_changed() -> None:
    text = case_text(MAIN.replace('quoted: "P(flood = some | do(', 'quoted: "P(flood = some | d\\x6f('))
    with pytest.raises(Refusal, match="Q818"):
        migrated(text, [queries(text)["main.claim.quoted"]])


def test_names_in_quotation_marks_are_no_words() -> None:
    text = case_text()
    query = WrittenQuery(
        "question",
        "q",
        None,
        parse_query('P("do (it)" = "P(x)" | do(rain = some))'),
        'P("do (it)" = "P(x)" | do(rain = some))',
        text.main.place(),
        ("questions", "wet"),
    )
    assert query.as_meant == 'P("do (it)" = "P(x)" | do_foreseen(rain = some))'


CALLS = (
    "P(flood = some{})",
    "P(rain = some{})",
    "would(flood = some{})",
    "(2 * P(flood = some{}) - 10%)",
)
AFTER = (
    "",
    " | do(rain = some)",
    " | rain = some, do(rain = none)",
    " | do_unseen(rain = some)",
    " | do (rain = some)",
)
STYLES = (
    "{}",
    "'{}'",
    '"{}"',
    ">-\n    {}",
    "|\n    {}\n",
    "{{asks: do(it), query: '{}'}}",
    '{{asks: "do(it)", query: "{}"}}',
)


@st.composite
def written_so(draw: st.DrawFn) -> tuple[str, str]:
    """Return a query of a few calls, and the entry of a case that holds it, in some way of writing, over some lines."""
    parts = [
        draw(st.sampled_from(CALLS)).format(draw(st.sampled_from(AFTER)))
        for _ in range(draw(st.integers(min_value=1, max_value=4)))
    ]
    parts = [
        part.replace("some)", "some | do(rain = some))") if part == "would(flood = some)" else part for part in parts
    ]
    query = " + ".join(parts)
    style = draw(st.sampled_from(STYLES))
    break_ = "\n      " if "\n" in style or draw(st.booleans()) else " "
    return query, style.format(query.replace(" + ", f"{break_}+ ").replace(", do", f",{break_}do"))


@given(written_so())
@settings(max_examples=tried(150), deadline=None)
def test_any_query_in_any_writing_keeps_its_sense_and_its_shape(made: tuple[str, str]) -> None:
    """The interventions that had two senses are foreseen now, each in its place; nothing else differs, sign by sign."""
    query, entry = made
    head = "quandary: 1\ntitle: T  # do(it)\nas_of: 2030-01-01\nquestions:\n"
    rest = "\n  last: P(flood = some | do(rain = some))\n" + MAIN[MAIN.index("story:") : MAIN.index("evidence:")]
    text = CaseText((TextFile("case.yaml", f"{head}  asked: {entry}{rest}".encode()),))
    (asked, last) = queries(text).values()
    after = migrated(text, [asked])
    now_asked, now_last = queries(after).values()
    assert now_last.query == last.query
    assert now_asked.query == parse_query(asked.as_meant)
    before = parse_query(query)
    assert asked.query == before
    for old, new in zip(calls_in(before), calls_in(now_asked.query), strict=True):
        assert (old.head, old.target, old.given) == (new.head, new.target, new.given)
        assert [(s.variable, s.state) for s in old.do] == [(s.variable, s.state) for s in new.do]
    data = after.main.data.decode()
    assert data.replace("quandary: 2", "quandary: 1", 1).replace("do_foreseen", "do") == text.main.data.decode()
    heads = re.findall(r"would(?=\()|do_foreseen|do_unseen|do(?= ?\()", asked.as_meant)
    assert all(word != "do" or "would" in heads[:at] for at, word in enumerate(heads))
