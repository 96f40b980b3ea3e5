"""A case of version 1 rewritten as one of version 2: only the words that had another sense change, in any writing."""

from __future__ import annotations

import difflib

import pytest

from quandary.base.problems import Refusal
from quandary.case.migration import WrittenQuery, migrated, written_queries
from quandary.case.text import CaseText
from quandary.case.yaml.decoding import TextFile
from quandary.compile.loader import read_case_text
from quandary.language.parser import parse_query
from quandary.language.syntax import calls_in

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


@pytest.mark.parametrize(
    ("name", "file", "lines"),
    [
        (
            "main.claim.as written",
            "case.yaml",
            ["-          | do(rain = some), rain = some)", "+          | do_foreseen(rain = some), rain = some)"],
        ),
        (
            "main.claim.quoted",
            "case.yaml",
            [
                '-      quoted: "P(flood = some | do(rain = some)) > would(flood = some | do (rain = none))"   '
                "# a would is no do",
                '+      quoted: "P(flood = some | do_foreseen(rain = some)) > would(flood = some | do (rain = none))"   '
                "# a would is no do",
            ],
        ),
        (
            "wet",
            "case.yaml",
            ["-  wet: P(flood = some | do(rain = some))", "+  wet: P(flood = some | do_foreseen(rain = some))"],
        ),
        (
            "dry",
            "case.yaml",
            [
                "-  dry: {asks: \"If do(nothing)?\", query: 'P(flood = some | do(rain = none, flood = none))'}",
                "+  dry: {asks: \"If do(nothing)?\", query: 'P(flood = some | do_foreseen(rain = none, flood = none))'}",
            ],
        ),
        ("silent", "case.yaml", ["+    evidence: false"]),
        (
            "included.t",
            "claims.yaml",
            [
                "-  - {id: included, speaker: S, quote: q, tests: {t: {query: P(flood = some | do(rain = some)) > 1%}}}  "
                "# do(it)",
                "+  - {id: included, speaker: S, quote: q, "
                "tests: {t: {query: P(flood = some | do_foreseen(rain = some)) > 1%}}}  # do(it)",
            ],
        ),
    ],
)
def test_one_query_keeps_its_sense(name: str, file: str, lines: list[str]) -> None:
    text = case_text()
    after = migrated(text, [queries(text)[name]])
    own = VERSION if file == "case.yaml" else []
    assert changed(text, after, file) == own + lines


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
