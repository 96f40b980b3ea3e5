"""A forecast in one line, as a new user writes it: what is kept, what is asked, what is the same question."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.ledgers import ASKED, MEI, UNTIL, add, do, said

from quandary.base import Refusal
from quandary.use import Hands


def asked(place: str, question: str = "#1") -> Any:
    return do("show", ledger=place, question=question).history


def refused(match: str, place: str, text: str = ASKED, forecast: str = "12%", **given: Any) -> None:
    with pytest.raises(Refusal, match=match) as told:
        add(place, text, forecast, **given)
    assert told.value.problem.hint


def test_one_line_keeps_question_forecast_and_who(place: str) -> None:
    found = add(place, rule="They cross it", settled_by="the UN", tag=["war", "dam"], source="a talk", quote="hardly")
    assert (found.appended.added, found.appended.known) == (2, 0)
    history = asked(place)
    question = history.question
    assert (question.text, question.until, question.rule, question.source, question.tags) == (
        ASKED, UNTIL, "They cross it", "the UN", ("war", "dam"),
    )  # fmt: skip
    assert not question.unscorable
    (one,) = history.said
    assert (one.forecast.probability, one.forecast.source, one.forecast.quote) == (0.12, "a talk", "hardly")
    told = said(found)
    assert f"#1  {ASKED}" in told and "Mei Lin 12 %" in told and found.appended.head in told
    document = found.document()
    assert (document.questions[0].number, document.questions[0].identity) == (1, history.key)


def test_the_same_text_again_is_a_second_forecast_of_the_same_question(place: str) -> None:
    """On another day, by another person, in other letters; with and without its last day."""
    add(place, on="2026-01-05", rule="They cross it", tag=["war"])
    add(place, forecast="20%", on="2026-02-05", until=None)
    add(place, "will  troops cross the LINE?", "35%", on="2026-03-05", who="Ana Sol")
    found = add(place, forecast="40%", on="2026-04-05", rule="They cross it")
    assert (found.appended.added, found.appended.known) == (1, 0)
    assert [one.number for one in do("list", ledger=place).histories] == [1]
    history = asked(place)
    assert [one.forecast.probability for one in history.said] == [0.12, 0.2, 0.35, 0.4]
    assert history.question.opened == "2026-01-05"
    add(place, "#1", "50%", until=None, on="2026-05-05")
    assert asked(place).said[-1].forecast.probability == 0.5


def test_the_same_line_twice_is_one_forecast(place: str) -> None:
    add(place)
    assert (add(place).appended.added, len(asked(place).said)) == (0, 1)


def test_the_last_of_a_day_stands_though_it_was_said_before(place: str) -> None:
    """12 %, then 15 %, then 12 % again: the third is not the first."""
    for forecast in ("12%", "15%", "12%", "12%"):
        add(place, forecast=forecast)
    assert [one.forecast.probability for one in asked(place).said] == [0.12, 0.15, 0.12]
    add(place, forecast="30%", who="Ana Sol")
    assert [one.forecast.probability for one in asked(place).said] == [0.3, 0.12, 0.15, 0.12] or [
        one.forecast.probability for one in asked(place).said
    ] == [0.12, 0.3, 0.15, 0.12]


def test_another_last_day_or_condition_is_another_question_and_what_is_settled_is_not_asked_again(place: str) -> None:
    add(place)
    add(place, until="2028-03-31")
    add(place, given="The talks fail")
    do("resolve", ledger=place, question="#1", outcome="no")
    again: tuple[dict[str, Any], ...] = ({}, {"on": "2027-01-01"}, {"text": "#1", "until": None})
    for given in again:
        with pytest.raises(Refusal, match="was settled on"):
            add(place, **given)
    assert len(do("list", ledger=place).histories) == 3
    add(place, until="2029-03-31")
    refused("is asked by #3, #8", place, until=None)


def test_what_a_question_lacked_is_added_and_what_it_says_otherwise_is_refused(place: str) -> None:
    first = add(place, until=None)
    assert asked(place).question.unscorable
    assert "--until" in said(first)
    add(place, forecast="15%", until=UNTIL, rule="They cross it", tag=["war"], on="2026-12-01")
    history = asked(place)
    assert (history.question.until, history.question.rule, history.question.unscorable) == (UNTIL, "They cross it", "")
    assert len(history.worded) == 1
    assert [one.forecast.probability for one in history.said] == [0.12, 0.15]
    refused("with another rule: They cross it", place, rule="They stop")
    assert len(asked(place).worded) == 1
    add(place, tag=["dam"])
    assert asked(place).question.tags == ("war", "dam")


def test_an_amendment_keeps_the_key_the_forecasts_and_what_it_does_not_say(place: str) -> None:
    add(place, rule="They cross it", tag=["war"], on="2026-01-05")
    key = asked(place).key
    add(place, "Will 500 troops cross the line?", "", amends="#1", who=None, until=None)
    add(place, "Will 700 troops cross the line?", "20%", amends="troops", until="2027-06-30")
    history = asked(place)
    assert (history.key, history.question.text, history.question.until) == (
        key, "Will 700 troops cross the line?", "2027-06-30",
    )  # fmt: skip
    assert (history.question.rule, history.question.tags, history.question.opened) == (
        "They cross it", ("war",), "2026-01-05",
    )  # fmt: skip
    assert [one.text for one in history.worded] == [ASKED, "Will 500 troops cross the line?"]
    assert [one.forecast.probability for one in history.said] == [0.12, 0.2]
    told = said(do("show", ledger=place, question="#1"))
    assert f"Worded before: {ASKED}" in told and "31 March 2027" in told
    refused("was worded so before", place, "Will 500 troops cross the line?", amends="#1")
    do("resolve", ledger=place, question="#1", outcome="no")
    refused("was settled on", place, "Will 900 troops cross the line?", amends="#1")


@pytest.mark.parametrize(
    ("kind", "option", "forecast", "again"),
    [("choice", ["Arlan", "Belmar"], "Arlan 60%, Belmar 40%", "Belmar 70%"),
     ("number", [], "10 to 25 (80%)", "12 to 20"),
     ("day", [], "2027-01-01 to 2027-02-01", "2027-01-10 to 2027-02-01 (50%)"),
     ("ordered", ["few", "some", "many"], "few 20%, some 30%, many 50%", "few 60%")],
)  # fmt: skip
def test_a_second_forecast_is_read_as_the_question_is(
    place: str, kind: str, option: list[str], forecast: str, again: str
) -> None:
    add(place, "What will come?", forecast, kind=kind, option=option, on="2026-01-01")
    add(place, "#1", again, on="2026-02-01", until=None)
    add(place, "What will come?", again, on="2026-03-01")
    assert len(asked(place).said) == 3
    assert len(do("list", ledger=place).histories) == 1
    refused("is no forecast of this question", place, "#1", "12%", until=None)
    if option:
        refused("with another options", place, "What will come?", forecast, option=["A", "B"])


def test_a_condition_may_name_a_question(place: str) -> None:
    add(place, "Will the talks fail?", "30%")
    add(place, given="#1")
    assert asked(place, "#3").question.condition == "Will the talks fail?"
    refused("no question", place, "Will it snow?", given="#99")


class Asked:
    """A person who answers, and what was asked of them."""

    def __init__(self, answer: str) -> None:
        self.answer, self.questions = answer, []  # type: ignore[var-annotated]

    present = True

    def say(self, line: str) -> None:
        raise AssertionError(line)

    def ask(self, prompt: str) -> str:
        self.questions.append(prompt)
        return self.answer


def test_who_is_asked_for_where_nobody_says(file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    person = Asked("  Mei   Lin \n")
    add(file, who=None, hands=Hands(dialogue=person))
    assert len(person.questions) == 1
    assert "12 %" in said(do("show", ledger=file, question="#1"))
    assert MEI in said(do("show", ledger=file, question="#1"))
    refused("nobody is said to make this forecast", file, who=None)
    with pytest.raises(Refusal, match="nobody is said"):
        add(file, who=None, hands=Hands(dialogue=Asked("")))
    monkeypatch.setenv("QUANDARY_WHO", "Ana Sol")
    never = Asked("Never")
    assert "Ana Sol" in said(add(file, "Another?", who=None, hands=Hands(dialogue=never)))
    add(file, "A third?", who="Ben", hands=Hands(dialogue=never))
    monkeypatch.delenv("QUANDARY_WHO")
    rows = tmp_path / "rows.csv"
    rows.write_text("question,forecast,said\nWill it rain?,20%,2026-01-01\n", encoding="utf-8")
    with pytest.raises(Refusal, match="some rows do not say who"):
        do("import", file=rows, ledger=file)
    do("import", Hands(dialogue=person), file=rows, ledger=file)
    assert MEI in said(do("show", ledger=file, question="rain"))
    assert not never.questions
    add(file, "No forecast yet?", "", who=None, hands=Hands(dialogue=never))
    assert not never.questions, "nobody is asked who forecasts where nothing is forecast"


@pytest.mark.slow
def test_who_is_asked_for_on_a_terminal(file: str) -> None:
    ours, theirs = pty.openpty()
    words = ["ledger", "add", ASKED, "12%", "--until", UNTIL, "--ledger", file]
    environment = {name: value for name, value in os.environ.items() if name != "QUANDARY_WHO"}
    process = subprocess.Popen(
        [sys.executable, "-m", "quandary", *words], stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment
    )
    os.close(theirs)
    told, end = b"", time.monotonic() + 120
    while b"Who says so?" not in told and time.monotonic() < end and select.select([ours], [], [], 120)[0]:
        told += os.read(ours, 4_096)
    assert b"Who says so?" in told
    os.write(ours, b"Mei Lin\n")
    out, _ = process.communicate(timeout=120)
    os.close(ours)
    assert process.returncode == 0
    assert b"Mei Lin 12" in out


def test_forgotten_and_imported_again(place: str, tmp_path: Path) -> None:
    """The same file brings the person back under another key: nobody can tell that it is the same, and that is said."""
    rows = tmp_path / "rows.csv"
    rows.write_text("question,forecast,said,who\nWill it rain?,20%,2026-01-01,Mei Lin\n", encoding="utf-8")
    do("import", file=rows, ledger=place)
    gone = do("forget", ledger=place, person=MEI)
    assert "another key" in said(gone)
    found = do("import", file=rows, ledger=place)
    assert (found.found.appended.added, found.found.appended.known) == (1, 1)
    history = asked(place)
    assert len({one.forecast.by for one in history.said}) == 2
    assert do("verify", ledger=place, head=gone.head).found.held
    told = said(do("show", ledger=place, question="#1"))
    assert told.count(MEI) == 1


def test_corrections_stand_beside_what_they_correct(place: str) -> None:
    add(place)
    do("resolve", ledger=place, question="#1", outcome="yes")
    with pytest.raises(Refusal, match="already"):
        do("resolve", ledger=place, question="#1", outcome="no")
    do("resolve", ledger=place, question="#1", outcome="no", correct=True)
    do("resolve", ledger=place, question="#1", outcome="yes", correct=True)
    history = asked(place)
    assert history.resolution.outcome == "yes"
    assert [one.outcome for one in history.corrected] == ["yes", "no"]
    with pytest.raises(Refusal, match="has no condition"):
        do("resolve", ledger=place, question="#1", outcome="void", correct=True)
