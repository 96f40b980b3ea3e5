"""Lint at birth: what will keep a question from being settled, said while its author is still there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from quandary.ledger.moments import day, moment
from quandary.ledger.records import LedgerQuestion, QuestionKind

VAGUE = (
    *("significant", "significantly", "substantial", "substantially", "major", "serious", "seriously", "soon"),
    *(
        "escalate",
        "escalates",
        "escalation",
        "deteriorate",
        "deteriorates",
        "improve",
        "improves",
        "crisis",
        "tensions",
    ),
    *("better", "worse", "meaningful", "meaningfully", "widespread", "many", "several", "some", "large-scale", "near"),
)
"""Words that two honest people can settle in two ways, where no rule says what they mean."""
WORD = re.compile(r"[\w-]+")
TWO = re.compile(r"\?\s*\S.*\?|\band(?:/or)?\s+(?:will|does|do|is|are|would)\b", re.IGNORECASE | re.DOTALL)
LONG = 3
"""Letters up to which words of a title need no capital."""
TO_LAG = {
    "ucdp": ("UCDP's yearly data", 210),
    "icb": ("the International Crisis Behavior data", 730),
    "sipri": ("SIPRI's yearly data", 120),
    "v-dem": ("V-Dem's yearly data", 110),
    "acled": ("ACLED's weekly data", 14),
    "world bank": ("the World Bank's yearly data", 270),
}
"""Sources of data by a name that a rule or source has, and how many days after the end of a time they speak of it,
about: UCDP's come in June of the next year, ICB's years later, SIPRI's and V-Dem's in March, ACLED's weekly.
"""


@dataclass(frozen=True)
class Flaw:
    """What is wrong with a question as it was asked, and what would mend it; ``fatal``: nobody could settle it."""

    what: str
    mend: str
    fatal: bool = False


def flaws(question: LedgerQuestion, today: date) -> tuple[Flaw, ...]:
    """Return what is wrong with a question, the worst first."""
    found = [*_of_days(question, today), *_of_rule(question), *_of_text(question), *_of_source(question)]
    return tuple(sorted(found, key=lambda flaw: not flaw.fatal))


def unscorable(found: tuple[Flaw, ...]) -> str:
    """Return why a question with such flaws cannot be scored; empty where it can."""
    return "; ".join(flaw.what for flaw in found if flaw.fatal)


def _of_days(question: LedgerQuestion, today: date) -> list[Flaw]:
    if not question.until:
        return [Flaw("it has no last day, so it can never be wrong", "say by when: --until 2027-03-31", fatal=True)]
    if question.opened and moment(question.opened) > moment(question.until, end=True):
        return [Flaw("it ends before it opens", "mend one of the days", fatal=True)]
    if moment(question.until, end=True) <= today.toordinal():
        return [Flaw(f"its last day, {question.until}, has passed", "settle it: quandary ledger resolve")]
    return []


def _of_rule(question: LedgerQuestion) -> list[Flaw]:
    found = []
    if not question.rule:
        found.append(Flaw("no rule says what counts", 'say what does: --rule "Troops cross the line of 1 January"'))
    if not question.source:
        found.append(Flaw("no source will settle it", "name who will tell: --settled-by"))
    return found


def _of_text(question: LedgerQuestion) -> list[Flaw]:
    found = []
    text = question.text
    fatal = not question.rule
    if not text.strip():
        return [Flaw("it has no text", "write what is asked", fatal=True)]
    if TWO.search(text):
        found.append(Flaw("it asks two things", "ask them apart", fatal=fatal))
    vague = _vague(text)
    if vague and not question.rule:
        said = ", ".join(f'"{word}"' for word in vague)
        found.append(Flaw(f"{said} can be settled in two ways", "say in a rule what counts: --rule", fatal=True))
    if question.kind in (QuestionKind.CHOICE, QuestionKind.ORDERED) and len(question.options) < 2:
        found.append(Flaw("it has no two options", "name them: --option A --option B", fatal=True))
    return found


def _of_source(question: LedgerQuestion) -> list[Flaw]:
    told = f"{question.source} {question.rule}".casefold()
    found = []
    for sign, (name, lag) in TO_LAG.items():
        if re.search(rf"\b{re.escape(sign)}\b", told) and question.until:
            last = day(moment(question.until))
            ready = last + min(timedelta(days=lag), date.max - last)
            closes = f"{name} speak of {question.until} only about {ready.isoformat()}"
            found.append(Flaw(closes, "expect it to be settled then, or name a quicker source"))
    return found


def _vague(text: str) -> list[str]:
    """Return the vague words of a text; one with a capital within it is a name, unless all is written so."""
    words = WORD.findall(text)
    title = all(word[:1].isupper() for word in words if len(word) > LONG)
    meant = (word for place, word in enumerate(words) if place == 0 or title or not word[:1].isupper())
    return [word for word in dict.fromkeys(word.casefold() for word in meant) if word in VAGUE]
