"""The first screen of a run, before any medium renders it: answer, strip, what it hangs on, the claims, checks.

The terminal and the page are made from the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quandary.ask.claims.verdicts import few_count_for
from quandary.ask.outside import OutsideComparison, OutsideFigure, PooledForecast, counts_as, named_views
from quandary.ask.results import CheckResult, JointChecks
from quandary.ask.turning.headline import Headline
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.quantities.estimate import log_odds, of_log_odds
from quandary.report.words.claim_rows import NUMBERS_IN_WORDS, ClaimTable, claim_table
from quandary.report.words.headline import answer_sentence, beside_headline, brief_said, listed_sentence, question_asked
from quandary.report.words.method import limit_lines
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import ROUNDING, number_name
from quandary.report.words.questions import check_title, dropped_sentence
from quandary.report.words.record import Report
from quandary.report.words.units import interval_said, said_interval, unit_told
from quandary.report.words.unknowns import check_found, contradiction_lines, unknowns_sentence
from quandary.report.words.wording import brief_percent, day, in_hundred_worlds, listing, percent, percent_interval

NINE_IN_TEN = "nine worlds in ten"
"""What a range is, said once on a screen."""

FEW_WORLDS = "Few worlds count: other worlds may give other shares."
"""What is said once where too few worlds count for every claim."""

MOST_MISSED = 2
"""Missed checks that are named."""

StripKind = Literal["inside", "class", "crowd", "pool"]
"""Whose figure a row of the strip is; each has its own sign: round, diamond, ring, bar."""

STRIP_LABELS: dict[StripKind, str] = {
    "inside": "this case",
    "class": "past cases",
    "crowd": "others",
    "pool": "together",
}


@dataclass(frozen=True)
class StripRow:
    """One voice on the strip from 0 to 1: its probability, its range where it has one, and what is said beside it.

    Of figures that count as one (``several``) it is their mean in log-odds, and the range from end to end of all.
    """

    kind: StripKind
    probability: float
    low: float | None
    high: float | None
    note: str
    several: tuple[float, ...] = ()

    @property
    def label(self) -> str:
        """Return what the row is called."""
        return STRIP_LABELS[self.kind]

    @property
    def told(self) -> str:
        """Return the probability as it is told; of several figures from the least to the most."""
        if self.several:
            return percent_interval(min(self.several), max(self.several))
        return brief_percent(self.probability)


@dataclass(frozen=True)
class HangsRow:
    """A number that the answer hangs on, and the answer in the fifths of worlds where it is least and most."""

    number: str
    name: str
    least: str
    most: str


@dataclass(frozen=True)
class Screen:
    """All that the first screen says, in order; what a case has not is empty.

    ``unknowns`` says that numbers are unknown, ``contradictions`` which claims no numbers make both true. ``aside`` is
    what the question's own interventions set aside. ``answer`` has its range where no strip shows it; ``beside`` it
    stands that checks weigh worlds, and that a choice is near a coin flip.
    ``claims_aside`` is the evidence that some claims with a row set aside and the question does not.
    ``strip_line`` says why nothing was pooled, ``listed`` what other ways to list the options would give,
    ``hangs_line`` that no number carries much alone. ``limits`` are what an analyst must know before trusting a figure.
    """

    title: str
    as_of: str
    unknowns: str
    question: str
    aside: str
    answer: str
    beside: tuple[str, ...]
    strip: tuple[StripRow, ...]
    strip_line: str
    listed: str
    hangs_on: tuple[HangsRow, ...]
    hangs_line: str
    claims: ClaimTable | None
    claims_aside: tuple[Expression, ...]
    contradictions: tuple[str, ...]
    checks: str
    limits: tuple[str, ...]
    made: str


def screen_of(report: Report) -> Screen:
    """Return what the first screen of a run says."""
    headline = report.headline
    strip, strip_line = strip_rows(report)
    run = report.findings.run
    claims = claim_table(report)
    few = [FEW_WORLDS] if claims is not None and claims.few_worlds else []
    question = aside = answer = ""
    if headline is not None:
        question = question_asked(report.names, headline.leading)
        aside = dropped_sentence(report.names, headline.answer.dropped) if headline.answer.dropped else ""
        answer = answer_sentence(report, headline, ranged=not strip)
    return Screen(
        title=report.case.title,
        as_of=f"as of {day(report.as_of)}{'' if run.evidence or not report.case.evidence else ', nothing seen yet'}",
        unknowns=unknowns_sentence(report.findings.unknowns),
        question=question,
        aside=aside,
        answer=answer,
        beside=tuple(beside_headline(report)),
        strip=strip,
        strip_line=strip_line,
        listed=listed_sentence(report),
        hangs_on=hangs_rows(report),
        hangs_line=hangs_line(report),
        claims=claims,
        claims_aside=_claims_aside(report, claims),
        contradictions=tuple(contradiction_lines(report.names, report.findings.unknowns, report.findings.claims)),
        checks=checks_sentence(report.names, report.findings.checks, report.findings.joint),
        limits=(*few, *limit_lines(report)),
        made=f"{run.done:,} worlds, seed {run.seed}, {report.seconds:.1f} s.",
    )


def _claims_aside(report: Report, table: ClaimTable | None) -> tuple[Expression, ...]:
    shown = {(row.claim, name) for row in (() if table is None else table.rows) for name in row.readings}
    tests = [test for one in report.findings.claims for test in one.tests if (one.claim.id, test.name) in shown]
    own = set() if report.headline is None else set(report.headline.answer.aside)
    return tuple(dict.fromkeys(piece for test in tests for piece in test.aside if piece not in own))


def strip_rows(report: Report) -> tuple[tuple[StripRow, ...], str]:
    """Return the rows of the strip, and why nothing was pooled; no rows where the answer is no chance.

    Beside the case's own answer stand what others say of the same event, and the pool of all.
    """
    headline = report.headline
    if headline is None or headline.answer.mean is None or unit_told(headline.query) is not Unit.SHARE:
        return (), ""
    rows = [_inside(headline)] if report.over_fillings is None else []
    compared = compared_outside(report)
    if compared is None or not compared.figures:
        return tuple(rows), ""
    rows += _voices(compared)
    if report.over_fillings is not None:
        return tuple(rows), "No figure of all together: what the case says itself hangs on numbers that nobody has put."
    if compared.pool is None:
        return tuple(rows), f"No figure of all together: {compared.why_no_pool}."
    return (*rows, StripRow("pool", compared.pool.probability, None, None, _weights(compared.pool))), ""


def _weights(pool: PooledForecast) -> str:
    """Return what weighs how much in a pool: ``this case, past cases and others, weighed alike``."""
    groups = pool.groups
    if len({round(weight, 12) for weight in groups.values()}) == 1:
        return f"{listing([STRIP_LABELS[group] for group in groups])}, weighed alike"
    return listing([f"{STRIP_LABELS[group]} {percent(weight)}" for group, weight in groups.items()])


def compared_outside(report: Report) -> OutsideComparison | None:
    """Return what others say of the headline's own event."""
    leading = report.leading
    if leading is None:
        return None
    return next((one for one in report.outside if written(leading) == written(heads.P.of(one.event))), None)


def _inside(headline: Headline) -> StripRow:
    answer = headline.answer
    assert answer.mean is not None
    told = interval_said(answer, Unit.SHARE)
    if told != said_interval(answer.low, answer.high, Unit.SHARE):
        return StripRow("inside", answer.mean, None, None, told)
    return StripRow("inside", answer.mean, answer.low, answer.high, f"{told}: {NINE_IN_TEN}")


def _voices(compared: OutsideComparison) -> list[StripRow]:
    """Return a row for each voice; figures that count as one are one."""
    views = named_views(compared.figures, compared.left_out)
    voices: dict[int, list[OutsideFigure]] = {}
    for figure in compared.figures:
        voices.setdefault(id(counts_as(figure.view, views)), []).append(figure)
    return [_voice(figures) for figures in voices.values()]


def _voice(figures: Sequence[OutsideFigure]) -> StripRow:
    first = figures[0]
    if len(figures) == 1:
        return StripRow(first.view.kind, first.probability, first.low, first.high, _named(first))
    several = tuple(figure.probability for figure in figures)
    mean = float(of_log_odds(sum(float(log_odds(one)) for one in several) / len(several)))
    ends = [end for one in figures for end in (one.low, one.probability, one.high) if end is not None]
    what = "kinds of past cases" if first.view.kind == "class" else "voices"
    note = f"{_small(len(figures))} {what}, which count as one"
    return StripRow(first.view.kind, mean, min(ends), max(ends), note, several)


def _named(figure: OutsideFigure) -> str:
    view = figure.view
    if view.kind == "crowd":
        return view.name if view.on is None else f"{view.name}, {day(view.on)}"
    return view.name if view.n is None else f"{view.n:,} {view.name}"


def hangs_rows(report: Report) -> tuple[HangsRow, ...]:
    """Return the numbers that carry most of the headline, that which carries most first."""
    headline = report.headline
    if headline is None or report.over_fillings is not None:
        return ()
    unit = unit_told(headline.query)
    return tuple(
        HangsRow(
            one.number.name, number_name(report.names, one.number), *(brief_said(v, unit) for v in (one.low, one.high))
        )
        for one in report.hangs_on
    )


def hangs_line(report: Report) -> str:
    """Return that no number carries much of the headline alone, or that too few worlds say, or nearly; else nothing."""
    if report.headline is None or report.over_fillings is not None:
        return ""
    answer = report.headline.answer
    if answer.low is None or answer.high is None or answer.high - answer.low < ROUNDING:
        return ""
    few, edge = few_count_for(answer)
    if edge:
        return f"On the edge of too few worlds to say what it hangs on: {answer.effective_worlds:,.0f} count."
    if few:
        return f"Too few worlds count, {answer.effective_worlds:,.0f}, to say what it hangs on."
    if report.hangs_on:
        return ""
    return "It hangs on many numbers: none surely carries as much as an eighth of what is open."


def checks_sentence(names: CaseNames, checks: Sequence[CheckResult], joint: JointChecks | None = None) -> str:
    """Return how many checks are missed, and which, in one sentence; empty without checks.

    Where all are met, it says too in how many worlds they are so at once.
    """
    if not checks:
        return ""
    if any(check.fillings is not None for check in checks):
        return _open_checks(names, checks)
    missed = [check for check in checks if check.overlaps is False]
    unknown = sum(check.overlaps is None for check in checks)
    if len(checks) == unknown == 1:
        return "The one check could not be compared."
    left = f" {_in_words(unknown)} could not be compared." if unknown else ""
    if not missed:
        met = len(checks) - unknown
        if not met:
            return f"None of the {_small(len(checks))} checks could be compared."
        every = "The one check" if len(checks) == 1 else f"{'All' if not unknown else 'The other'} {_small(met)} checks"
        every = f"{every} against what is known elsewhere"
        near = sum(check.edge for check in checks if check.overlaps)
        edge = f"{'' if len(checks) == 1 else f'{_small(near)} of them '}on the edge of being missed"
        at_once = f", {edge}" if near else ""
        at_once += "" if joint is None else f", each by itself; all at once in {in_hundred_worlds(joint.all_met.share)}"
        return f"{every} {'is' if len(checks) == 1 else 'are'} met{at_once}.{left}"
    if len(checks) == 1:
        lead = "The one check is missed"
    else:
        verb = "is" if len(missed) == 1 else "are"
        lead = f"{_in_words(len(missed))} of {_small(len(checks))} checks {verb} missed"
        lead = f"One check of {_small(len(checks))} is missed" if len(missed) == 1 else lead
    named = "; ".join(_missed(names, check) for check in missed[:MOST_MISSED])
    more = f"; and {_small(len(missed) - MOST_MISSED)} more" if len(missed) > MOST_MISSED else ""
    return f"{lead}: {named}{more}.{left}"


def _open_checks(names: CaseNames, checks: Sequence[CheckResult]) -> str:
    """Return how checks stand of which some hang on unknown numbers."""
    if len(checks) == 1:
        found, known = check_found(checks[0]), said_interval(checks[0].low, checks[0].high, _unit(checks[0]))
        stands = {None: "is open", True: "is met whatever these are", False: "is missed whatever these are"}
        return f"The one check {stands[checks[0].overlaps]}: {found} here, {known} elsewhere."
    open_ones = sum(check.fillings is not None and check.overlaps is None for check in checks)
    counts = [(open_ones, "open"), (sum(check.overlaps is True for check in checks), "met")]
    counts.append((sum(check.overlaps is False for check in checks), "missed"))
    counts.append((sum(check.fillings is None and check.overlaps is None for check in checks), "without an answer"))
    told = listing([f"{_small(count)} {'is' if count == 1 else 'are'} {what}" for count, what in counts if count])
    return f"Of {_small(len(checks))} checks {told}."


def _unit(check: CheckResult) -> Unit:
    return unit_told(check.check.query)


def _missed(names: CaseNames, check: CheckResult) -> str:
    unit = unit_told(check.check.query)
    here = brief_said(check.answer.share if check.answer.is_truth else check.answer.mean, unit)
    known = said_interval(check.low, check.high, unit)
    edge = ", on the edge of being met" if check.edge else ""
    return f"“{check_title(names, check.check)}” is {here} here, {known} elsewhere{edge}"


def _small(count: int) -> str:
    return NUMBERS_IN_WORDS[count] if count < len(NUMBERS_IN_WORDS) else f"{count:,}"


def _in_words(count: int) -> str:
    told = _small(count)
    return f"{told[0].upper()}{told[1:]}"
