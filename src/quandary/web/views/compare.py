"""Two cases side by side: answers, all claims, numbers that differ with who judged them, shares of the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from quandary.ask.claims.headline import headline_query
from quandary.base.places import typed_text
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.parser import parse_query
from quandary.language.printing import written
from quandary.report.html.verdict_marks import VerdictMark, verdict_marks
from quandary.report.words.claim_rows import claim_rows
from quandary.report.words.contents import quantities_written
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name
from quandary.report.words.record import Report
from quandary.report.words.screen import screen_of
from quandary.use.answers.run import RunRequest, studied
from quandary.use.requests import QUESTION
from quandary.use.results import Hands
from quandary.use.turning.compare import compared
from quandary.web.page.listing import cases_of
from quandary.web.views.drawing import ViewPart, parts_of, view

WORLDS = 1_000
"""Worlds in which cases are compared, as by the command line."""


@dataclass(frozen=True)
class ComparedClaim:
    """One claim in both cases: its marks and shares in each, none where a case has it not."""

    quote: str
    speaker: str
    first: tuple[VerdictMark, ...]
    first_told: str
    second: tuple[VerdictMark, ...]
    second_told: str

    @property
    def parts(self) -> bool:
        """Return whether the cases part on it."""
        return self.first != self.second


@dataclass(frozen=True)
class ComparedNumber:
    """A number as each case has it, and who judged it there."""

    name: str
    first: str
    first_by: str
    second: str
    second_by: str


def compare_page(given: Mapping[str, str], hands: Hands) -> str:
    """Return two cases side by side; which ones is asked where the address does not say."""
    asked = {name: given.get(name, "") for name in ("first", "second", "query")}
    cases, _ = cases_of(Path(given["folder"]))
    values: dict[str, object] = {"at": "compare", "asked": asked, "cases": cases, "found": None}
    if not asked["first"] or not asked["second"]:
        return view("compare.html.j2", "Compare", **values)
    first, second = (
        studied(RunRequest(case=given[name], worlds=WORLDS), hands)[1] for name in ("first_path", "second_path")
    )
    query, told = _shares(first.case, second.case, asked["query"], hands)
    numbers = list(_numbers(first, second))
    return view(
        "compare.html.j2",
        "Compare",
        **values
        | {
            "found": True,
            "query_written": query,
            "screens": [screen_of(first), screen_of(second)],
            "claims": sorted(_claims(first, second), key=lambda one: not one.parts),
            "numbers": numbers,
            "shares": told,
            "titles": (first.case.title, second.case.title),
        },
    )


def _shares(first: Case, second: Case, asked: str, hands: Hands) -> tuple[str, list[ViewPart]]:
    """Return the question, and what makes the difference of its answers; or why that cannot be said."""
    leading = headline_query(first)
    try:
        if asked:
            parsed = parse_query(asked, typed_text(QUESTION, asked))
        elif leading is None:
            return "", [ViewPart("The first case asks nothing that is a plain number: name a question above.", "plain")]
        else:
            parsed = leading.query
        found = compared((first, second), parsed, worlds=WORLDS, seed=1, as_of=None, evidence=True, hands=hands)
    except (CaseError, Refusal) as fault:
        problems = fault.problems if isinstance(fault, CaseError) else (fault.problem,)
        return asked, [ViewPart(_said(one), "plain") for one in problems]
    return written(parsed), list(parts_of(found.pieces()))


def _said(problem: Problem) -> str:
    hint = f": {problem.hint}" if problem.hint else ""
    return f"The difference cannot be shared out. {problem.message[:1].upper()}{problem.message[1:]}{hint}."


def _claims(first: Report, second: Report) -> Iterator[ComparedClaim]:
    """Yield every claim of both cases, those of the first in its order."""
    one, two = ({claim.claim.id: claim for claim in report.findings.claims} for report in (first, second))
    for name in dict.fromkeys((*one, *two)):
        own, other = one.get(name), two.get(name)
        told = own or other
        assert told is not None
        yield ComparedClaim(
            told.claim.quote,
            told.claim.speaker,
            () if own is None else tuple(verdict_marks(own)),
            "" if own is None else _told(first.names, own),
            () if other is None else tuple(verdict_marks(other)),
            "" if other is None else _told(second.names, other),
        )


def _told(names: CaseNames, claim: object) -> str:
    rows = claim_rows(names, claim) if getattr(claim, "tests", ()) else ()  # type: ignore[arg-type]
    return "; ".join(
        f"in {row.told} of 100 worlds" if row.told else row.remark for row in rows if row.told or row.remark
    )


def _numbers(first: Report, second: Report) -> Iterator[ComparedNumber]:
    """Yield the numbers that the cases do not have alike."""
    given = [quantities_written(report.case) for report in (first, second)]
    found: list[Mapping[str, UncertainNumber]] = [report.numbers for report in (first, second)]
    for name in dict.fromkeys((*found[0], *found[1])):
        pair = [numbers.get(name) for numbers in found]
        said = ["–" if one is None else given[at].get(one.path, one.description) for at, one in enumerate(pair)]
        if said[0] == said[1]:
            continue
        by = ["" if one is None else one.judged_by or "" for one in pair]
        at = 0 if pair[0] is not None else 1
        told = pair[at]
        assert told is not None
        names = (first, second)[at].names
        yield ComparedNumber(number_name(names, told), said[0], by[0], said[1], by[1])
