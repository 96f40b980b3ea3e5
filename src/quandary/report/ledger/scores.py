"""Scores as people read them: how sure and how right, the parts of the score, who beside whom, and each day's part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from quandary.base.problems import counted
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.moments import day
from quandary.ledger.scores.beside import Beside, Published
from quandary.ledger.scores.calibration import Reliability
from quandary.ledger.scores.card import ScoreLine
from quandary.ledger.scores.confidence import Confidence
from quandary.ledger.scores.scored import Part, Scored
from quandary.ledger.scores.skill import LEAST, Difference
from quandary.ledger.scores.summary import ScoreSummary
from quandary.report.ledger.said import forecast_told, name_of, outcome_told
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.wording import UNDEFINED, listing, number, percent, percent_interval
from quandary.report.words.wording import day as day_said

SCORE = 4
"""Decimals of a score."""
MOST_TOLD = 5
"""Sentences on confidence; what is beyond is in the table."""
MOMENT = 1e-6
"""Days: so little before midnight is the day before."""
SURE = 0.9
"""The probability by which a correction is told."""


def score_parts(found: ScoreSummary) -> Iterator[ReportPart]:
    """Yield a ledger's scores: sentences first, then the tables behind them."""
    whole = found.whole
    if whole is None:
        on = f' tagged "{found.tag}"' if found.tag else ""
        yield Paragraph(f"Nothing{on} in {found.place} can be scored yet.")
        yield from _skipped(found.skipped)
        return
    few = ""
    if all(line.few for line in found.lines):
        few = f" {'That is few' if whole.few else 'Each has few'}: differences of this size are mostly chance."
    on = f' tagged "{found.tag}"' if found.tag else ""
    several = "" if found.who else ", of several forecasters"
    count = f"{counted(whole.forecasts, 'forecast')} of {counted(whole.questions, 'settled question')}{on}{several}"
    yield Paragraph(f"{count}.{few}")
    for told in _confident(found):
        yield Paragraph(told, "strong")
    if whole.parts is not None:
        together = "" if found.who else "All together, which is nobody's skill: "
        yield Paragraph(together + parts_told(whole))
    if whole.ranges:
        promised = f"; they were to hold {percent(whole.promised)}" if whole.promised is not None else ""
        yield Paragraph(f"Ranges that held what came: {whole.held} of {whole.ranges}{promised}.")
    yield from _skipped(found.skipped)
    yield from _headed(lines_sheet(found.by, found.lines))
    if any(one is not None and one.gap.clusters >= LEAST for one in found.confidences):
        yield from _headed(confidence_sheet(found))
    if found.reliability is not None and found.reliability.counts.sum() >= LEAST:
        yield from _headed(reliability_sheet(found.reliability, together=not found.who))
    if len(found.published) > 1 or any(one.peer is not None for one in found.published):
        yield from _headed(published_sheet(found.published, found.names))
    if found.beside:
        yield Paragraph()
    for pair in found.beside:
        for line in beside_told(pair, found.names):
            yield Paragraph(line)
    yield Paragraph()
    rules = dict.fromkeys(rule for line in found.lines for rule, _ in line.means)
    yield Paragraph(f"Scores are losses: less is better, 0 is perfect. {_measures(tuple(rules))}", "aside")
    yield Paragraph(f"Head: {found.head}", "aside")


def _headed(sheet: Sheet) -> Iterator[ReportPart]:
    """Yield a table under what it shows."""
    yield Paragraph()
    yield Paragraph(sheet.caption, "strong")
    yield sheet


def _measures(rules: Sequence[str]) -> str:
    """Return what scores of each rule somebody gets who knows nothing."""
    told = {
        "brier": "saying 50 % always gives a Brier score of 0.25 and a log score of 0.69",
        "interval, of scale": "interval and CRPS scores are in shares of the question's scale",
        "crps, of scale": "interval and CRPS scores are in shares of the question's scale",
    }
    said = "; ".join(dict.fromkeys(told[rule] for rule in rules if rule in told))
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _confident(found: ScoreSummary) -> Iterator[str]:
    """Yield what is to be said of confidence: of the only line there is, or of each that is more than chance."""
    pairs = [pair for pair in zip(found.lines, found.confidences, strict=True) if pair[1] is not None]
    clear = [(line, sure) for line, sure in pairs if sure is not None and sure.over is not None]
    for line, sure in (pairs if len(pairs) == 1 else clear)[:MOST_TOLD]:
        if sure is not None:
            yield confidence_told(sure, _subject(found, line))
    if len(clear) > MOST_TOLD:
        yield f"{len(clear) - MOST_TOLD:,} more are in the table below."
    if len(pairs) > 1 and not clear:
        told = [sure for _, sure in pairs if sure is not None and sure.gap.clusters >= LEAST]
        if not told:
            yield "Too few settled questions that do not hang together to tell over- from under-confidence of anybody."
        else:
            yield "Nothing beyond chance shows over- or under-confidence; the table below has each."


def _subject(found: ScoreSummary, line: ScoreLine) -> str:
    """Return whose confidence a line is of: ``Mei``, ``Mei on russia``, ``Mei (2026-03)``."""
    if found.by == "who":
        return f"{line.name} on {found.tag}" if found.tag else line.name
    if not found.who:
        return line.name
    return f"{found.who} on {line.name}" if found.by == "tag" else f"{found.who} ({line.name})"


def confidence_told(found: Confidence, who: str) -> str:
    """Return whether somebody is over-confident, in a sentence that a person can act on."""
    gap = found.gap
    told = (
        f"sure of the side taken by {percent(found.said)} on average, which came in {percent(found.came)} of "
        f"{counted(gap.questions, 'forecast')}"
    )
    if gap.clusters < LEAST:
        linked = " that do not hang together" if gap.clusters < gap.questions else ""
        return f"{who}: {told}. Too few questions{linked} to tell over- from under-confidence."
    size = f"{_points(abs(gap.mean))} too {'sure' if gap.mean >= 0 else 'unsure'}"
    between = f"{_points_range(gap)} with {percent(gap.share)} confidence"
    if found.over is None:
        return f"Nothing beyond chance shows {who} to be over- or under-confident: {told} ({size}; {between})."
    read = f"Read a 90 % of {who} as about {percent(found.meant(SURE))}."
    return f"{who} is {'over' if found.over else 'under'}-confident: {told}. That is {size} ({between}). {read}"


def confidence_sheet(found: ScoreSummary) -> Sheet:
    """Return a row for each group: how sure, how often right, and what that shows."""
    rows = []
    for line, sure in zip(found.lines, found.confidences, strict=True):
        if sure is None:
            continue
        gap = sure.gap
        said = "too few" if gap.clusters < LEAST else "chance explains it"
        if sure.over is not None:
            said = "over-confident" if sure.over else "under-confident"
        between = UNDEFINED if gap.clusters < LEAST else f"{_hundredths(gap.low)} to {_hundredths(gap.high)}"
        rows.append(
            (line.name, percent(sure.said), percent(sure.came), _hundredths(gap.mean), between, said),
        )
    columns = (found.by.capitalize(), "Sure by", "Right in", "Points too sure", "95 % between", "So")
    return Sheet("How sure of the side taken, and how often right", columns, tuple(rows), numeric=frozenset({1, 2, 3}))


def _rule(name: str) -> str:
    return name.upper() if name == "crps" else f"{name[:1].upper()}{name[1:]}".replace("Crps", "CRPS")


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
    told = not all(line.few for line in lines)  # where all are few the first sentence says so
    rows = tuple(
        (
            line.name + (" (few)" if line.few and told else ""),
            f"{line.forecasts:,}",
            *(_score(line.mean(rule)) for rule in rules),
            UNDEFINED if line.right is None else percent(line.right),
            UNDEFINED if line.sharpness is None else _score(line.sharpness),
        )
        for line in lines
    )
    columns = (by.capitalize(), "Forecasts", *(_rule(rule) for rule in rules), "Right side", "Sharpness")
    return Sheet(f"Mean scores by {by}", columns, rows, numeric=frozenset(range(1, len(columns))))


def reliability_sheet(found: Reliability, *, together: bool = False) -> Sheet:
    """Return what was said beside how often it came, by the steps of the isotonic fit."""
    rows = []
    for step in found.steps:
        said = percent(step.least) if step.least == step.most else percent_interval(step.least, step.most)
        band = percent_interval(step.low, step.high)
        within = "yes" if step.within else "more often" if step.came > step.high else "less often"
        rows.append((said, f"{step.count:,}", percent(step.mean), percent(step.came), band, within))
    columns = ("Said", "Forecasts", "Mean", "Came", "If right", "Within")
    caption = (
        f"What was said, and how often it came{', all forecasters together' if together else ''} "
        f'("If right": {percent(found.share)} of the time by chance)'
    )
    return Sheet(caption, columns, tuple(rows), numeric=frozenset({1, 2, 3}))


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


def why_parts(history: QuestionHistory, found: Sequence[Scored], names: Mapping[str, str]) -> Iterator[ReportPart]:
    """Yield each day's part of the scores of one question."""
    question = history.question
    yield Paragraph(f"#{history.number}  {question.text}", "title")
    yield Paragraph(f"Came: {outcome_told(history.resolution, question)}.")
    for one in found:
        rules = list(one.last)
        days = sum(part.days for part in one.parts)
        rows = tuple(
            (
                _stood(part),
                number(part.days),
                percent(part.days / days) if days else UNDEFINED,
                forecast_told(part.forecast, question),
                *(_score(part.scores.get(rule)) for rule in rules),
            )
            for part in one.parts
        )
        weighted = ("Weighted by days", number(days), "", "", *(_score(one.mean.get(rule)) for rule in rules))
        last = ("The last alone", "", "", "", *(_score(one.last[rule]) for rule in rules))
        columns = ("Stood", "Days", "Weight", "Said", *(_rule(rule) for rule in rules))
        numeric = frozenset({1, 2, *range(4, len(columns))})
        yield from _headed(Sheet(name_of(one.by, names), columns, (*rows, weighted, last), numeric=numeric))
    if not found:
        yield Paragraph("Nothing that was said in time can be scored.")
    yield Paragraph()
    for formula in _formulas(found):
        yield Paragraph(formula, "aside")


def _stood(part: Part) -> str:
    """Return from which day to which a forecast stood, both counted."""
    first, last = day(part.start), day(max(part.end - MOMENT, part.start))
    return day_said(first) if first == last else f"{day_said(first)} to {day_said(last)}"


FORMULAS = {
    "brier": "Brier: (probability - what came)², of options their sum",
    "log": "Log: minus the natural logarithm of the probability of what came",
    "spherical": "Spherical: 1 - probability of what came / length of all",
    "ranked": "Ranked: the squared differences of cumulative probabilities, summed",
    "crps": "CRPS: the integral of (cumulative probability - whether it had come)², in the question's unit",
    "interval": "Interval: the width, and for a miss 2 / (1 - share) times how far off, in the question's unit",
}


def _formulas(found: Sequence[Scored]) -> list[str]:
    return [f"{FORMULAS[rule]}." for rule in dict.fromkeys(rule for one in found for rule in one.last)]


def _skipped(skipped: Mapping[str, int] | None) -> Iterator[ReportPart]:
    if skipped:
        told = listing([f"{count:,} {reason}" for reason, count in sorted(skipped.items())])
        yield Paragraph(f"Not scored: {told}.", "aside")


def _score(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.{SCORE}f}"


def _points(value: float) -> str:
    told = _hundredths(value)
    return f"{told} percentage point{'' if told == '1' else 's'}"


def _points_range(gap: Difference) -> str:
    ends = sorted((gap.low, gap.high)) if gap.mean >= 0 else sorted((-gap.low, -gap.high))
    return f"{_hundredths(ends[0])} to {_hundredths(ends[1])}"


def _hundredths(value: float) -> str:
    return f"{round(100 * value) + 0:d}" if isfinite(value) else f"{value:.0f}"
