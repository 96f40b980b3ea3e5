"""What was read is what is quoted: no answer and no fault looks at a file again, changed or gone since."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

import quandary
from quandary.base import CaseError
from quandary.case import CaseText, TextFile, Written, read_yaml
from quandary.cli import build_app
from quandary.compile import check_case, loader, read_case
from quandary.onegame import read_game
from quandary.report import AnswerExplanation, Why, render

MAIN = """\
quandary: 1
title: T
as_of: 2030-01-01
text: analysis.md
include: [weather.yaml]
story:
  - chance: flood
    given: [rain]
    states: [none, some]
    odds:
      - rain = some: {some: 40% to 90%, none: rest}
      - otherwise: {some: 2%, none: rest}
questions: {wet: P(flood = some)}
claims:
  - {id: a, speaker: S, quote: it may rain, tests: {t: P(rain = some) > 10%}}
  - {id: b, speaker: S, quote: "a wet, wet year", source: article, tests: {t: P(flood = some) > 10%}}
sources:
  article: {title: A}
"""
WEATHER = "story:\n  - chance: rain\n    states: [none, some]\n    odds: {some: 20% to 40%, none: rest}\n"
FILES = {"case.yaml": MAIN, "weather.yaml": WEATHER, "analysis.md": "We say that it may rain.\n"}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path / "case.yaml"


def shifted(case: Path) -> None:
    """Move every line of every file down, as an editor does who writes a comment at the top."""
    for name, text in FILES.items():
        (case.parent / name).write_text("# a comment\n# of two lines\n" + text, encoding="utf-8")


def gone(case: Path) -> None:
    for name in FILES:
        (case.parent / name).unlink()


def folders(case: Path) -> None:
    gone(case)
    for name in FILES:
        (case.parent / name).mkdir()


CHANGES = pytest.mark.parametrize("change", [shifted, gone, folders])
Change = Callable[[Path], None]


@CHANGES
def test_why_quotes_the_lines_that_were_read(case: Path, change: Change) -> None:
    """The lines of the main and of an included file, after they were changed or deleted."""
    solved = quandary.load(case).solve(worlds=64)
    answer = solved.ask("P(flood = some)")
    before = quoted(answer.why())
    assert before == {"- rain = some: {some: 40% to 90%, none: rest}", "odds: {some: 20% to 40%, none: rest}"}
    change(case)
    assert quoted(answer.why()) == before
    assert quoted(solved.ask("P(rain = some)").why()) == {"odds: {some: 20% to 40%, none: rest}"}
    assert [told.line for told in solved.why("rain").explanations if hasattr(told, "number")] == [
        "odds: {some: 20% to 40%, none: rest}"
    ]
    (wet,) = solved.why("wet").explanations
    assert wet.line == "questions: {wet: P(flood = some)}"


def quoted(why: Why) -> set[str]:
    return {b.line for told in why.explanations if isinstance(told, AnswerExplanation) for b in told.behind}


def test_two_readings_of_one_path_quote_a_text_each(case: Path) -> None:
    """Load, ask, edit the file, load again: each answer quotes the text that its own case was read from."""
    first = quandary.load(case).solve(worlds=64)
    assert quoted(first.ask("P(flood = some)").why())
    shifted(case)
    (case.parent / "weather.yaml").write_text("# new\n" + WEATHER.replace("20%", "10%"), encoding="utf-8")
    second = quandary.load(case).solve(worlds=64)
    for _ in range(2):
        assert quoted(second.ask("P(flood = some)").why()) == {
            "- rain = some: {some: 40% to 90%, none: rest}",
            "odds: {some: 10% to 40%, none: rest}",
        }
        assert quoted(first.ask("P(flood = some)").why()) == {
            "- rain = some: {some: 40% to 90%, none: rest}",
            "odds: {some: 20% to 40%, none: rest}",
        }


@pytest.fixture
def changed_meanwhile(case: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Have the files changed as soon as the command has read them."""

    def arranged(change: Change) -> None:

        def checked(written: Written, **options: bool) -> object:
            change(case)
            return check_case(written, **options)

        monkeypatch.setattr(loader, "check_case", checked)

    return arranged


@CHANGES
def test_the_command_quotes_what_it_read(
    case: Path, change: Change, changed_meanwhile: Callable[[Change], None]
) -> None:
    command = ["why", str(case), "flood", "--code", "--worlds", "64", "--quiet"]
    before = CliRunner().invoke(build_app(), command)
    told = CliRunner().invoke(build_app(), [*command, "--json"])
    assert before.exit_code == 0
    assert "odds: {some: 20% to 40%, none: rest}" in before.output
    changed_meanwhile(change)
    assert CliRunner().invoke(build_app(), command).output == before.output
    if change is shifted:
        for name, text in FILES.items():
            (case.parent / name).write_text(text, encoding="utf-8")
        again = CliRunner().invoke(build_app(), [*command, "--json"])
        assert json.loads(again.output) == json.loads(told.output)


@CHANGES
def test_faults_show_the_lines_that_were_read(
    case: Path, change: Change, changed_meanwhile: Callable[[Change], None]
) -> None:
    (case.parent / "weather.yaml").write_text(WEATHER.replace("some: 20%", "sum: 20%"), encoding="utf-8")
    changed_meanwhile(change)
    output = CliRunner().invoke(build_app(), ["check", str(case)]).output
    assert (
        "    4 │     odds: {sum: 20% to 40%, none: rest}\n      │                 ^^^^^^^^^^  known are: none, some"
        in output
    )


@CHANGES
def test_faults_found_after_reading_show_the_lines_that_were_read(case: Path, change: Change) -> None:
    """A fault that only the drawn worlds have: its place is in the case, and the case is long read."""
    case.write_text(MAIN.replace("some: 40% to 90%", "some: 130% to 160%"), encoding="utf-8")
    loaded = read_case(case)
    problems = loaded.problems
    if loaded.case is not None:
        with pytest.raises(CaseError) as fault:
            quandary.load(case).solve(worlds=64).ask("P(flood = some)")
        problems = fault.value.problems
    change(case)
    assert "│       - rain = some: {some: 130% to 160%, none: rest}" in render([p for p in problems if p.is_error])


@CHANGES
def test_a_case_that_could_not_be_read_keeps_what_was_read(case: Path, change: Change) -> None:
    for data, line in (
        (b"quandary: 1\ntitle: caf\xe9 au lait\n", "    2 │ title: caf\ufffd au lait"),
        (b"quandary: 1\ntitle: [a\nb: c\n", "    2 │ title: [a"),
        (b"- quandary: 1\n", "    1 │ - quandary: 1"),
    ):
        for name, text in FILES.items():
            (case.parent / name).write_text(text, encoding="utf-8")
        case.write_bytes(data)
        loaded = read_case(case)
        assert loaded.case is None
        assert loaded.text is not None
        assert loaded.text.main.data == data
        change(case)
        assert line in render(loaded.problems)
        for name in FILES:
            path = case.parent / name
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)


def test_a_fault_in_a_game_shows_the_line_that_was_read(tmp_path: Path) -> None:
    path = tmp_path / "game.nfg"
    path.write_bytes('NFG 1 R "caf\xe9" { "a" "b" }\r\n{ 2 two }\r\n'.encode("latin-1"))
    with pytest.raises(CaseError) as fault:
        read_game(path)
    shown = render(fault.value.problems)
    assert "    2 │ { 2 two }" in shown
    assert '    1 │ NFG 1 R "café"' in shown
    path.unlink()
    assert render(fault.value.problems) == shown


def test_all_that_was_read_is_at_hand_with_its_digest(case: Path) -> None:
    article = case.parent / "article.txt"
    article.write_text("It was a wet, wet year.", encoding="utf-8")
    loaded = read_case(case, article)
    text = loaded.text
    assert text is not None
    assert loaded.case is not None
    assert [Path(file.path).name for file in text.files] == ["case.yaml", "weather.yaml"]
    assert [Path(file.path).name for file in text.beside] == ["analysis.md", "article.txt"]
    assert text.digest == loaded.case.sha256
    assert text.main.lines == tuple(MAIN.splitlines())
    weather = text.file(str(case.parent / "weather.yaml"))
    assert weather is not None
    assert weather.data == WEATHER.encode()
    assert text.file("nowhere.yaml") is None
    gone(case)
    article.unlink()
    again = loader.read_case_text(pickle.loads(pickle.dumps(text)))
    assert again == loaded
    assert again.case is not None
    assert [claim.span for claim in again.case.claims] == [(12, 23), (7, 22)]


def test_an_article_given_as_text_stays_what_it_was(case: Path) -> None:
    given = "\ufeffIt was a wet, wet year."
    loaded = read_case(case, given)
    assert loaded.text is not None
    again = loader.read_case_text(loaded.text)
    assert again == loaded
    assert again.case is not None
    assert again.case.claims[1].span == (8, 23)


def test_a_file_that_is_named_later_is_read_and_one_no_longer_named_is_kept(case: Path) -> None:
    text = quandary.load(case).text
    (case.parent / "more.yaml").write_text("assumptions: {cost: 3}\n", encoding="utf-8")
    more = text.with_entry(("include", 1), "more.yaml")
    loaded = quandary.load(more)
    assert list(loaded.case.assumptions) == ["cost"]
    gone(case)
    (case.parent / "more.yaml").unlink()
    less = quandary.load(loaded.text.without(("include", 1)))
    assert not less.case.assumptions
    assert less.text.digest == text.digest
    again = quandary.load(less.text.with_entry(("include", 1), "more.yaml"))
    assert again.case == loaded.case
    broken = loader.read_case_text(again.text.with_file(replace(again.text.main, data=b"title: [")))
    assert broken.text is not None
    mended = quandary.load(broken.text.with_file(again.text.main))
    assert mended.case == loaded.case


def test_a_text_that_was_never_a_file(tmp_path: Path) -> None:
    main = "quandary: 1\ntitle: T\nas_of: 2030-01-01\n" + WEATHER
    text = CaseText((TextFile(str(tmp_path / "none.yaml"), main.encode()),))
    assert quandary.load(text).case.story[0].id == "rain"
    with pytest.raises(CaseError) as fault:
        quandary.load(text.with_value(("story", 0, "states"), ["a", "b"]))
    assert "{some: 20% to 40%, none: rest}" in render(fault.value.problems)


@pytest.mark.parametrize("ending", ["", "claims: [{id: a\n", "seen: &here 1\n", "\tx: 1\n", "who: \x07\n"])
def test_a_copy_of_a_file_has_its_own_places(ending: str) -> None:
    """What was parsed of the first copy is used for the second, each fault and entry under its own path."""
    data = (MAIN + ending).encode()
    (tree, faults), (again, same_faults) = read_yaml(TextFile("a.yaml", data)), read_yaml(TextFile("b.yaml", data))
    assert (tree is None) == (again is None)
    assert bool(faults) == bool(ending)
    assert [replace(f, place=f.place.in_file("b.yaml")) for f in faults] == [*same_faults]
    assert {f.place.file for f in faults} <= {"a.yaml"}
    assert "b.yaml" not in repr(tree)
    assert repr(tree).replace("a.yaml", "b.yaml") == repr(again)
    assert all(f.place.written == g.place.written for f, g in zip(faults, same_faults, strict=True))
