"""Scores as people read them: how sure and how right, the parts of the score, who beside whom, and each day's part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from quandary.ledger.histories import History
from quandary.ledger.moments import day
from quandary.ledger.scores.beside import Beside, Published
from quandary.ledger.scores.calibration import Reliability
from quandary.ledger.scores.card import ScoreLine
from quandary.ledger.scores.confidence import Confidence
from quandary.ledger.scores.scored import Scored
from quandary.ledger.scores.skill import LEAST, Difference
from quandary.ledger.scores.summary import ScoreSummary
from quandary.report.ledger.entries import counted
from quandary.report.ledger.said import forecast_told, name_of, outcome_told
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.wording import UNDEFINED, listing, number, percent
from quandary.report.words.wording import day as day_said

SCORE = 4
"""Decimals of a score."""


def score_parts(found: ScoreSummary) -> Iterator[ReportPart]:
    """Yield a ledger's scores: sentences first, then the tables behind them."""
    whole = found.whole
    if whole is None:
        yield Paragraph(f"Nothing in {found.place} can be scored yet.")
        yield from _skipped(found.skipped)
        return
    few = " That is few: differences of this size are mostly chance." if whole.few else ""
    yield Paragraph(
        f"{counted(whole.forecasts, 'forecast')} of {counted(whole.questions, 'question')} that were settled.{few}"
    )
    if found.confidence is not None:
        yield Paragraph(confidence_told(found.confidence), "strong")
    if whole.parts is not None:
        yield Paragraph(parts_told(whole))
    if whole.ranges:
        promised = f"; they were to hold {percent(whole.promised)}" if whole.promised is not None else ""
        yield Paragraph(f"Ranges that held what came: {whole.held} of {whole.ranges}{promised}.")
    yield from _skipped(found.skipped)
    yield Paragraph()
    yield lines_sheet(found.by, found.lines)
    if found.reliability is not None and len(found.reliability.said):
        yield reliability_sheet(found.reliability)
    if len(found.published) > 1:
        yield published_sheet(found.published, found.names)
    if found.beside is not None:
        for line in beside_told(found.beside, found.names):
            yield Paragraph(line)
    yield Paragraph(
        "Scores are losses: less is better, 0 is perfect. Brier of two: saying 50 % always gives 0.25.", "aside"
    )
    yield Paragraph(f"Head: {found.head}", "aside")


def confidence_told(found: Confidence) -> str:
    """Return whether somebody is over-confident, in a sentence that a person can act on."""
    gap = found.gap
    told = f"Sure of the side taken by {percent(found.said)} on average; it came in {percent(found.came)} of cases"
    range_told = f"{_points(abs(gap.mean))}, {_points_range(gap)}"
    if found.over is None:
        if gap.clusters < LEAST:
            return f"{told}. Too few to tell over- from under-confidence."
        return f"{told}. That is no more than chance makes ({range_told})."
    return f"{told}: {'over' if found.over else 'under'}-confident by {range_told}."


def parts_told(whole: ScoreLine) -> str:
    """Return the parts of the Brier score in a sentence."""
    parts = whole.parts
    if parts is None:
        return ""
    right = "" if whole.right is None else f" On the right side of even in {percent(whole.right)}."
    return (
        f"Brier score {_score(parts.score)} = miscalibration {_score(parts.miscalibration)} - discrimination "
        f"{_score(parts.discrimination)} + uncertainty {_score(parts.uncertainty)} "
        f"({counted(parts.forecasts, 'forecast')} of yes or no).{right}"
    )


def lines_sheet(by: str, lines: Sequence[ScoreLine]) -> Sheet:
    """Return a row a group, with the mean by each rule that any of them has."""
    rules = list(dict.fromkeys(rule for line in lines for rule, _ in line.means))
    rows = tuple(
        (
            line.name + (" (few)" if line.few else ""),
            f"{line.forecasts:,}",
            *(_score(line.mean(rule)) for rule in rules),
            UNDEFINED if line.right is None else percent(line.right),
            UNDEFINED if line.sharpness is None else _score(line.sharpness),
        )
        for line in lines
    )
    columns = (by.capitalize(), "Forecasts", *(rule.capitalize() for rule in rules), "Right side", "Sharpness")
    return Sheet(f"Mean scores by {by}", columns, rows, numeric=frozenset(range(1, len(columns))))


def reliability_sheet(found: Reliability) -> Sheet:
    """Return what was said beside how often it came, by the steps of the isotonic fit."""
    rows = []
    start = 0
    for stop in range(1, len(found.said) + 1):
        if stop < len(found.said) and abs(found.came[stop] - found.came[start]) < 1e-9:
            continue
        count = int(found.counts[start:stop].sum())
        low, high = float(found.low[start:stop].min()), float(found.high[start:stop].max())
        said = percent(float(found.said[start]))
        if stop - start > 1:
            said = f"{said} to {percent(float(found.said[stop - 1]))}"
        came = float(found.came[start])
        inside = bool((found.low[start:stop] - 1e-9 <= came).all() and (came <= found.high[start:stop] + 1e-9).all())
        rows.append(
            (said, f"{count:,}", percent(came), f"{percent(low)} to {percent(high)}", "yes" if inside else "no")
        )
        start = stop
    columns = ("Said", "Forecasts", "Came", f"If right, {percent(found.share)} of the time", "Within")
    return Sheet("What was said, and how often it came", columns, tuple(rows), numeric=frozenset({1, 2}))


def published_sheet(found: Sequence[Published], names: Mapping[str, str]) -> Sheet:
    """Return baseline and peer scores, the best peers first."""
    ordered = sorted(found, key=lambda one: -(one.peer if one.peer is not None else float("-inf")))
    rows = tuple(
        (
            name_of(one.by, names),
            f"{one.questions:,}",
            number(one.baseline),
            UNDEFINED if one.peer is None else number(one.peer),
            percent(one.coverage),
        )
        for one in ordered
    )
    columns = ("Who", "Questions", "Baseline score", "Peer score", "Time covered")
    caption = "Beside no knowledge and beside the others at the same time (more is better)"
    return Sheet(caption, columns, rows, numeric=frozenset({1, 2, 3, 4}))


def beside_told(found: Beside, names: Mapping[str, str]) -> Iterator[str]:
    """Yield who was better of two, where that is more than chance."""
    first, second = (name_of(key, names) for key in (found.first, found.second))
    if not found.kinds:
        yield f"{first} and {second} have no settled question in common."
    for rule, one in found.kinds:
        common = f"On {counted(one.questions, 'question')} that both forecast, over the same days"
        told = f"{common}, {first}'s {rule} score minus {second}'s is {number(one.mean)}"
        interval = f"({number(one.low)} to {number(one.high)}, {percent(one.share)} of the bootstrap)"
        if one.clusters < LEAST:
            yield f"{told}: too few to say who is better."
        elif not one.sure:
            yield f"{told} {interval}: no more than chance makes."
        else:
            yield f"{told} {interval}: {first if one.mean < 0 else second} was better."


def why_parts(history: History, found: Sequence[Scored], names: Mapping[str, str]) -> Iterator[ReportPart]:
    """Yield each day's part of the scores of one question."""
    question = history.question
    yield Paragraph(f"#{history.number}  {question.text}", "title")
    yield Paragraph(f"Came: {outcome_told(history.resolution, question)}.")
    for one in found:
        rules = list(one.last)
        days = sum(part.days for part in one.parts)
        rows = tuple(
            (
                f"{day_said(day(part.start))} to {day_said(day(part.end))}",
                number(part.days),
                percent(part.days / days) if days else UNDEFINED,
                forecast_told(part.forecast, question),
                *(_score(part.scores.get(rule)) for rule in rules),
            )
            for part in one.parts
        )
        weighted = ("Weighted by days", number(days), "", "", *(_score(one.mean.get(rule)) for rule in rules))
        last = ("The last alone", "", "", "", *(_score(one.last[rule]) for rule in rules))
        columns = ("Stood", "Days", "Weight", "Said", *(rule.capitalize() for rule in rules))
        yield Sheet(name_of(one.by, names), columns, (*rows, weighted, last), numeric=frozenset(range(1, len(columns))))
    if not found:
        yield Paragraph("Nothing that was said in time can be scored.")
    yield Paragraph(_formulas(found), "aside")


FORMULAS = {
    "brier": "Brier: (probability - what came)², of options their sum",
    "log": "log: minus the natural logarithm of the probability of what came",
    "spherical": "spherical: 1 - probability of what came / length of all",
    "ranked": "ranked: the squared differences of cumulative probabilities, summed",
    "crps": "crps: the integral of (cumulative probability - whether it had come)², in the question's unit",
    "interval": "interval: the width, and for a miss 2 / (1 - share) times how far off, in the question's unit",
}


def _formulas(found: Sequence[Scored]) -> str:
    rules = dict.fromkeys(rule for one in found for rule in one.last)
    return f"{listing([FORMULAS[rule] for rule in rules])}." if rules else ""


def _skipped(skipped: Mapping[str, int] | None) -> Iterator[ReportPart]:
    if skipped:
        told = listing([f"{count:,} {reason}" for reason, count in sorted(skipped.items())])
        yield Paragraph(f"Not scored: {told}.", "aside")


def _score(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.{SCORE}f}"


def _points(value: float) -> str:
    return f"{100 * value:.0f} percentage points"


def _points_range(gap: Difference) -> str:
    ends = sorted((gap.low, gap.high)) if gap.mean >= 0 else sorted((-gap.low, -gap.high))
    return f"{100 * ends[0]:.0f} to {100 * ends[1]:.0f} with {percent(gap.share)} probability"
