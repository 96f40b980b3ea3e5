"""From a file to a case: bytes, places, reasons that cover what stands inside, includes, quotes."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

import quandary
from quandary.base import CaseError
from quandary.case import Case, ChanceEvent, DecisionEvent, shipped_folder
from quandary.compile import Loaded, read_case, read_case_bytes
from quandary.language import Interval, Otherwise

HEAD = "quandary: 1\ntitle: T\nas_of: 2030-01-01\n"
RAIN = "story:\n  - {chance: rain, states: [none, some], odds: {some: 20%, none: rest}}\n"
GOOD = HEAD + RAIN


def read(text: str | bytes, name: str = "case.yaml") -> Loaded:
    return read_case_bytes(text.encode() if isinstance(text, str) else text, name)


def good(text: str) -> Case:
    loaded = read(text)
    assert loaded.case is not None, loaded.problems
    return loaded.case


def only_code(loaded: Loaded) -> str:
    (code,) = {problem.code for problem in loaded.problems if problem.is_error}
    assert loaded.case is None
    return code


def test_a_small_case() -> None:
    case = good(GOOD)
    assert case.title == "T"
    assert case.as_of == date(2030, 1, 1)
    assert case.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    (rain,) = case.story
    assert isinstance(rain, ChanceEvent)
    assert rain.states == ("none", "some")
    assert (rain.place.line, rain.place.column) == (5, 14)


def test_a_byte_order_mark_and_windows_line_ends_are_fine() -> None:
    case = good(GOOD)
    with_mark = read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert with_mark.case is not None
    assert with_mark.case.story == case.story


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_unicode_encodings_are_refused(encoding: str) -> None:
    assert only_code(read(GOOD.encode(encoding))) == "Q102"


def test_latin_1_is_refused_at_its_first_strange_letter() -> None:
    loaded = read(GOOD.replace("title: T", "title: Té").encode("latin-1"))
    assert only_code(loaded) == "Q102"
    (problem,) = loaded.problems
    assert (problem.place.line, problem.place.column) == (2, 9)
    assert "0xe9" in problem.message


@pytest.mark.parametrize("control", ["\0", "\x1b", "\x7f"])
def test_control_characters_are_refused_plain_or_as_escapes(control: str) -> None:
    assert only_code(read(GOOD.replace("title: T", f"title: T{control}"))) == "Q102"
    assert only_code(read(GOOD.replace("title: T", f'title: "T\\x{ord(control):02x}"'))) == "Q102"


def test_ten_megabytes_are_refused_in_a_sentence() -> None:
    loaded = read(GOOD + "#" * 10_000_000)
    assert only_code(loaded) == "Q103"
    assert "10.0 MB" in loaded.problems[0].message
    assert "1 MB" in loaded.problems[0].message


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    with path.open("wb") as stream:
        stream.truncate(50_000_000_000)
    loaded = read_case(path)
    assert only_code(loaded) == "Q103"
    assert "50000.0 MB" in loaded.problems[0].message


@pytest.mark.parametrize("bomb", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_deep_nesting_is_refused(bomb: str) -> None:
    assert only_code(read(HEAD + "note:\n  " + bomb)) in ("Q103", "Q105")


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 60)]
    assert "Q108" in {problem.code for problem in read("\n".join(lines)).problems}


@pytest.mark.parametrize("text", ["", " \n\n", "\n# nothing\n", "---\n", "~\n"])
def test_nothing_is_told(text: str) -> None:
    assert only_code(read(text)) in ("Q111", "Q113")


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(GOOD, encoding="utf-8")
    missing = read_case(tmp_path / "caes.yaml")
    assert only_code(missing) == "Q690"
    assert "case.yaml" in str(missing.problems[0].hint)
    folder = read_case(tmp_path)
    assert only_code(folder) == "Q690"
    assert "folder" in folder.problems[0].message
    assert only_code(read_case("a\0b")) == "Q690"


def test_loading_raises_with_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(GOOD.replace("title: T", "titel: T").replace("2030", "30"), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        quandary.load(path)
    assert {problem.code for problem in caught.value.problems} == {"Q115", "Q116", "Q118"}


def test_faults_come_in_the_order_of_the_file_and_all_at_once() -> None:
    text = HEAD + "actors: {a: {}}\n" + RAIN.replace("none: rest", "nne: rest") + "questions: {q: P(x = y)}\n"
    problems = [p for p in read(text).problems if p.is_error]
    assert [p.code for p in problems] == ["Q116", "Q104", "Q104"]
    assert [p.place.line for p in problems] == sorted(p.place.line for p in problems)


def test_reasons_cover_the_numbers_inside() -> None:
    case = good(
        HEAD
        + """
sources: {paper: {title: P}, wire: {title: W}}
story:
  - chance: rain
    states: [none, some]
    odds: {some: 20% to 30%, none: rest}
    because: outer
    source: paper
  - chance: flood
    given: [rain]
    states: [none, some, deluge]
    odds:
      - rain = none: {some: 1% to 2%, deluge: {value: 0.1% to 1%, because: inner}, none: rest}
        source: wire
      - otherwise: {some: 5%, deluge: 3%, none: rest}
    because: outer
"""
    )
    rain, flood = case.story
    assert isinstance(rain, ChanceEvent)
    assert isinstance(flood, ChanceEvent)
    some = dict(rain.odds[0].odds)["some"]
    assert (some.because, some.source, some.path) == ("outer", "paper", "story.rain.odds.some")
    first, last = flood.odds
    dry = dict(first.odds)
    assert (dry["some"].because, dry["some"].source) == (None, "wire")
    assert (dry["deluge"].because, dry["deluge"].source) == ("inner", None)
    assert dry["some"].path == "story.flood.odds[rain = none].some"
    assert isinstance(last.condition, Otherwise)
    assert dict(last.odds)["some"].because == "outer"
    assert dict(last.odds)["some"].path == "story.flood.odds.some"


def test_a_path_does_not_change_with_the_order_of_rules() -> None:
    rules = [
        "      - rain = none: {some: 1% to 2%, none: rest}\n",
        "      - rain = some: {some: 3% to 4%, none: rest}\n",
    ]
    flood = "  - chance: flood\n    given: [rain]\n    states: [none, some]\n    odds:\n"
    paths = []
    for order in (rules, rules[::-1]):
        item = good(GOOD + flood + "".join(order)).story[1]
        assert isinstance(item, ChanceEvent)
        paths.append({sourced.path for rule in item.odds for _, sourced in rule.odds})
    assert paths[0] == paths[1]


def test_forms_of_rationality_and_of_assumptions() -> None:
    case = good(
        HEAD
        + """
actors:
  a: {rationality: x2 to x6 per 10}
  b: {rationality: exact}
  c: {rationality: {precision: 0.05 to 0.2, because: d}}
  d: {rationality: {value: x2 per 10, because: e}}
assumptions:
  cost: 20 to 60
  drag: {value: 15% to 40%, because: "history", quote: "as ever"}
"""
        + RAIN
    )
    assert [actor.is_precision for actor in case.actors.values()] == [False, False, True, False]
    assert case.actors["c"].rationality.because == "d"
    assert case.actors["d"].rationality.because == "e"
    assert case.assumptions["cost"].value.path == "cost"
    assert case.assumptions["drag"].value.quantity == Interval(0.15, 0.4, percent=True)
    assert case.assumptions["drag"].value.quote == "as ever"


def test_evidence_after_as_of_is_kept_without_a_fault() -> None:
    text = (
        GOOD + "evidence:\n  - {on: 2030-02-01, saw: rain = some, source: s}\nsources: {s: {published: 2030-02-01}}\n"
    )
    loaded = read(text)
    assert loaded.case is not None
    assert loaded.case.evidence[0].on == date(2030, 2, 1)
    assert not loaded.problems


def test_a_status_and_a_quote_stand_anywhere() -> None:
    good(
        HEAD
        + """
status: draft
sources: {s: {title: S, status: accepted}}
actors: {a: {rationality: exact, status: draft, quote: q}}
story:
  - {chance: rain, states: [none, some], odds: {some: 20%, none: rest}, status: draft, quote: q, source: s}
stakes: {a: {calm: {worth: [{otherwise: 1, status: draft, quote: q}], status: draft}}}
claims: [{id: c, speaker: S, quote: q, source: s, kind: event, status: rejected}]
"""
    )


def test_text_in_several_lines_keeps_the_place_of_a_fault() -> None:
    text = GOOD + "questions:\n  q: >-\n    P(rain = some)\n      + P(rain = sun)\n"
    (problem,) = read(text).problems
    assert (problem.place.line, problem.place.column) == (9, 11)


def test_a_gap_hides_no_other_fault_and_makes_no_echo() -> None:
    loaded = read(HEAD + "assumptions:\n  cost: ???\n" + RAIN.replace("some: 20%", "some: ???"))
    assert [problem.code for problem in loaded.problems] == ["Q173", "Q173"]


def test_private_knowledge_and_memory_reach_only() -> None:
    case = good(
        HEAD
        + """
actors: {a: {rationality: exact}}
stakes: {a: {calm: {worth: 1}}}
story:
  - {chance: mood, private: a, states: [x, y], odds: {x: 20%, y: rest}}
  - {decision: first, by: a, options: [go, stay]}
  - {decision: second, by: a, options: [go, stay], only: [{mood = x and first = go: [stay]}]}
"""
    )
    second = case.story[2]
    assert isinstance(second, DecisionEvent)
    assert second.only[0].options == ("stay",)


def test_shipped_cases_load_without_errors() -> None:
    paths = sorted(shipped_folder().glob("*/case.yaml"))
    assert paths
    for path in paths:
        loaded = read_case(path)
        assert loaded.case is not None, loaded.problems
