"""What will keep a question from being settled is said when it is asked; what will not, is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.ledger.ledgers import add, do

from quandary.ledger import LedgerQuestion, QuestionKind, flaws

TODAY = date(2026, 6, 15)
GOOD: dict[str, Any] = {
    "text": "Will troops of Arlan cross the line by March?", "until": "2027-03-31",
    "rule": "They cross the line of 1 January",
    "source": "the UN observers",
}  # fmt: skip


def told(**given: Any) -> dict[str, bool]:
    """Return what is wrong, and whether it is fatal."""
    return {flaw.what: flaw.fatal for flaw in flaws(LedgerQuestion(**{**GOOD, **given}), TODAY)}


def test_a_good_question_has_no_flaw() -> None:
    assert told() == {}


@pytest.mark.parametrize(
    ("given", "what", "fatal"),
    [
        ({"until": ""}, "no last day", True),
        ({"opened": "2027-05-01"}, "ends before it opens", True),
        ({"until": "2026-06-14"}, "has passed", False),
        ({"rule": ""}, "no rule", False),
        ({"source": ""}, "no source", False),
        ({"text": "  "}, "has no text", True),
        ({"text": "Will they talk? Will they trade?"}, "asks two things", False),
        ({"text": "Will they talk? Will they trade?", "rule": ""}, "asks two things", True),
        ({"text": "Will Arlan attack and will Belmar answer?"}, "asks two things", False),
        ({"text": "Is there a truce and are the roads open?"}, "asks two things", False),
        ({"text": "Will there be significant fighting?", "rule": ""}, '"significant"', True),
        ({"text": "Will tensions escalate?", "rule": ""}, '"tensions", "escalate"', True),
        ({"text": "Tensions in Belmar?", "rule": ""}, '"tensions"', True),
        ({"text": "Will a Major War Break Out in Belmar?", "rule": ""}, '"major"', True),
        ({"text": "Will the large-scale war end?", "rule": ""}, '"large-scale"', True),
        ({"kind": QuestionKind.CHOICE, "options": ("A",)}, "no two options", True),
        ({"source": "UCDP"}, "only about 2027-10-27", False),
        ({"rule": "ACLED counts 100 deaths"}, "only about 2027-04-14", False),
        ({"rule": "As the World Bank says"}, "only about", False),
        ({"source": "ICB", "until": "9999-12-31"}, "only about 9999-12-31", False),
    ],
)
def test_flaws(given: dict[str, Any], what: str, fatal: bool) -> None:
    found = told(**given)
    assert [value for name, value in found.items() if what in name] == [fatal], found


@pytest.mark.parametrize(
    "given",
    [
        {"text": "Will Bosnia and Herzegovina join?"},
        {"text": "Will Arlan and Belmar sign by May?"},
        {"text": "Who said “Will it?” first"},
        {"text": "Will there be significant fighting?"},  # the rule says what counts
        {"text": "Will the Majority Party win?", "rule": "It gets the most seats"},
        {"text": "Will someone resign?", "source": "the press"},
        {"text": "Will Soonwald be flooded?", "rule": "r"},
        {"until": "2026-06-15"},
        {"opened": "2027-03-31"},
        {"source": "a picbook"},
        {"source": "the Acledian"},
        {"source": "UCDPx", "rule": "v-demand"},
    ],
)
def test_what_is_no_flaw(given: dict[str, Any]) -> None:
    assert told(**given) == {}


@pytest.mark.parametrize(
    "text",
    ["Will Soonwald be flooded?", "Will someone resign?", "Will the Majority Party win?", "Will the nearby dam break?"],
)
def test_words_that_only_begin_like_vague_ones_are_none(text: str) -> None:
    assert not any("two ways" in what for what in told(text=text, rule=""))


@pytest.mark.parametrize(
    ("text", "name"),
    [("Will the Better Future party win?", "Better"), ("Will Major Stone resign?", "Major"),
     ("Will the Red Crescent’s Crisis Group speak?", "Crisis")],
)  # fmt: skip
def test_names_are_not_vague(text: str, name: str) -> None:
    assert not any(f'"{name.casefold()}"' in what for what in told(text=text, rule=""))


def test_a_forecast_that_fails_is_kept_with_the_reason_and_not_scored(place: str) -> None:
    found = add(place, "Will it get worse?", "60%", until="2026-12-31", on="2026-06-15")
    (_, question, _, wrong) = found.entries[0]
    assert question.unscorable == '"worse" can be settled in two ways'
    assert wrong[0].fatal
    assert do("list", ledger=place).histories[0].question.unscorable
    do("resolve", ledger=place, question="#1", outcome="yes", on="2026-12-31")
    add(place, "Will it rain at all?", "60%", until="2026-12-31", on="2026-06-15")
    do("resolve", ledger=place, question="rain", outcome="yes", on="2026-12-31")
    scored = do("score", ledger=place).document()
    assert '"worse"' not in str(scored)
    add(place, "Will it get worse in another way?", "60%", until="2027-12-31", rule="More than 10 die", on="2026-06-15")
    assert not do("show", ledger=place, question="another way").history.question.unscorable
