"""Faults for people: place, code and sentence on the first line, then the source with a caret and the hint."""

from __future__ import annotations

import pytest
from rich.console import Console

from quandary.base import NOWHERE, CaseError, Place, Problem, Severity
from quandary.compile import Loaded, read_case_bytes
from quandary.report import MOST_ERRORS, MOST_OF_ONE_WARNING, WIDEST_LINE, render, styled, summary

SOURCE = "story:\n  - decision: mobilise\n    by: Tapei\n"
LINES = tuple(SOURCE.splitlines())
FAULT = Problem("Q104", 'unknown actor "Tapei"', Place("case.yaml", 3, 9, 14, LINES), 'did you mean "Taipei"?')


def test_an_error_is_shown_with_two_lines_and_a_caret() -> None:
    assert render([FAULT]).splitlines() == [
        'case.yaml:3:9  error Q104  unknown actor "Tapei"',
        "    2 │   - decision: mobilise",
        "    3 │     by: Tapei",
        '      │         ^^^^^  did you mean "Taipei"?',
    ]


def test_a_warning_takes_one_line_and_many_are_cut_short() -> None:
    warnings = [Problem("Q311", f"range {i}", Place("case.yaml", i, 1), "why?", Severity.WARNING) for i in range(1, 9)]
    lines = render([FAULT, *warnings]).splitlines()
    assert len(lines) == 4 + MOST_OF_ONE_WARNING + 1
    assert lines[-1] == "... and 5 more of Q311 (quandary explain Q311)"


def test_a_flood_of_errors_is_cut_short() -> None:
    errors = [Problem("Q104", f"no {i}", Place("none.yaml", i, 1)) for i in range(1, 251)]
    lines = render(errors).splitlines()
    assert len(lines) == MOST_ERRORS + 1
    assert lines[-1] == "... and 150 more errors"


def test_a_fault_without_a_place_or_a_file_keeps_its_hint() -> None:
    assert render([Problem("Q804", "no case", NOWHERE, "look again")]).splitlines() == [
        "error Q804  no case",
        "    look again",
    ]
    lines = render([Problem("Q690", 'there is no file "x"', Place("x", 0, 0), "beside it are: y")]).splitlines()
    assert lines == ['x  error Q690  there is no file "x"', "    beside it are: y"]


def test_a_warning_takes_one_line_and_keeps_its_hint() -> None:
    warning = Problem("Q313", "not checked", Place("case.yaml", 9, 1), "give it with --text FILE", Severity.WARNING)
    assert render([warning]) == "case.yaml:9:1  warning Q313  not checked (give it with --text FILE)"


def test_a_query_typed_at_the_command_line_is_shown() -> None:
    problem = Problem("Q104", 'unknown event "wr"', Place("", 0, 2, 4, ("P(wr)",)), 'did you mean "war"?')
    assert render([problem]).splitlines()[-2:] == [
        "    1 │ P(wr)",
        '      │  ^^  did you mean "war"?',
    ]


def test_a_long_line_is_cut_around_the_fault() -> None:
    line = "x" * 300 + "FAULT" + "y" * 300
    shown = render([Problem("Q130", "no", Place("f", 1, 301, 306, (line,)))]).splitlines()
    assert max(map(len, shown)) <= WIDEST_LINE + 10
    assert "FAULT" in shown[1]
    assert shown[2].index("^") == shown[1].index("FAULT")
    assert shown[2].count("^") == 5


def test_wide_letters_and_tabs_keep_the_caret_in_place() -> None:
    shown = render([Problem("Q104", "no", Place("f", 1, 6, 8, ("台\t北: no",)))]).splitlines()
    assert shown[1].endswith("台 北: no")
    assert shown[2].endswith(" │ " + " " * 7 + "^^")


def test_control_characters_never_reach_the_terminal() -> None:
    problem = Problem("Q102", "bad \x1b[31m", Place("f", 1, 1, 3, ("a\x1b[2Jb\u202e",)), "hint \x07")
    shown = render([problem])
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_a_place_outside_the_source_shows_no_lines() -> None:
    for place in (Place("case.yaml", 99, 1, lines=LINES), Place("case.yaml", 3, 99, 100, LINES)):
        assert render([Problem("Q105", "no", place)]).splitlines()[0].endswith("no")


def test_styled_says_the_same_words() -> None:
    console = Console(width=200, record=True, file=None, quiet=True)
    text = styled([FAULT])
    console.print(text)
    assert [line.rstrip() for line in text.plain.splitlines()] == render([FAULT]).splitlines()
    assert any("red" in str(span.style) for span in text.spans)


def test_the_summary_counts() -> None:
    text = b"quandary: 1\ntitle: T\nas_of: 2030-01-01\nassumptions: {a: 1 to 2, b: 3}\nstory: []\n"
    loaded = read_case_bytes(text, "case.yaml")
    assert summary(loaded) == "0 errors, 1 warning. 0 of 1 uncertain number carries a reason or a source."
    assert summary(Loaded(None, (FAULT,))) == "1 error, 0 warnings."
    assert summary(Loaded(None, ())) == "No faults."


PATH = "/home/analyst/" + "cases/" * 20 + "case.yaml"


@pytest.mark.parametrize("text", ["a" * 5_000, "a b " * 1_250, "a 'b' " * 900, "/a" * 2_500, "é" * 5_000, ".-" * 2_500])
@pytest.mark.parametrize("sentence", ['there is no "{}" here', "'{}' is none", "there is no {}", "({}) is too much"])
def test_what_a_fault_repeats_is_cut_short(text: str, sentence: str) -> None:
    problem = Problem("Q104", sentence.format(text), hint=f"for an event ask P({text})")
    quoted = sentence.startswith(('there is no "', "'")) and "/" not in text and "'" not in text
    assert len(problem.message) < (120 if quoted else 260 if " " not in text else 1_001)
    assert "…" in problem.message and text[:30] in problem.message
    assert problem.hint is not None and len(problem.hint) <= 1_000
    assert len(str(CaseError([problem]))) < 2_100


@pytest.mark.parametrize(
    "sentence",
    [
        'the case has no event "war"; it doesn\'t name any, and the article\'s own words are "peace" and "unrest"' * 2,
        f'"{PATH}" is already there',
        "the actor's own" + " word" * 100 + " is everybody's",
    ],
)
def test_what_is_short_is_repeated_as_it_is(sentence: str) -> None:
    assert Problem("Q104", sentence, hint=sentence).message == sentence
