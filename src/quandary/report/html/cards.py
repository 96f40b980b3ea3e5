"""A claim's card: what was said and when, each reading's verdict, what it rests on, its ladder, who says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quandary.ask.changes.ladder import Ladder, LadderRow, LadderRung
from quandary.ask.claims.sizes import compared
from quandary.ask.results import ClaimResult, TestResult
from quandary.base.problems import clause
from quandary.language.heads import Unit
from quandary.language.syntax import Compare
from quandary.report.analyses.ladder import (
    allowed_said,
    asides,
    channel_said,
    ladder_footer,
    opposite_said,
    row_said,
    sentence,
    voiced_said,
)
from quandary.report.dossier import Dossier
from quandary.report.html.plots import PlotAxis, dot_plot, even_ticks
from quandary.report.html.verdict_marks import RECORDED, VerdictMark, verdict_mark, verdict_marks
from quandary.report.words.claim_rows import worlds_told
from quandary.report.words.claims import (
    aside_said,
    history,
    reading_history,
    said_on,
    test_query,
    untested,
    verdict_said,
    why_said,
)
from quandary.report.words.contents import words_of
from quandary.report.words.naming.letters import sentence as sentence_case
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title
from quandary.report.words.rests import claim_bounds_said, rests_said
from quandary.report.words.units import shift, unit_of, unit_words

DOTS = 50
"""Dots of a difference: each is two of 100 worlds."""

GROUPS = {
    LadderRung.OWN: "What the author names",
    LadderRung.RIVAL: "One rival reason added",
    LadderRung.ALL: "The case as it stands",
}
"""The heads over a ladder's rows; what follows the case as it stands changes one other thing in it."""
CHANGED = "One other thing changed"


@dataclass(frozen=True)
class LadderPlotRow:
    """A specification: its mark and share, and where its difference and range stand; ``group`` heads its first row."""

    group: str
    label: str
    mark: VerdictMark
    right_in: str
    at: float | None
    low: float
    width: float
    right: bool
    said: str


def claim_card(dossier: Dossier, result: ClaimResult, in_text: bool) -> dict[str, Any]:
    """Return what the template needs for a claim's row and its card."""
    names = dossier.report.names
    claim = result.claim
    tests = [_reading(dossier, result, test) for test in result.tests]
    _told_once(tests)
    return {
        "id": claim.id,
        "quote": claim.quote,
        "paraphrase": claim.paraphrase,
        "speaker": claim.speaker,
        "words_of": words_of(names.case, claim),
        "in_text": in_text,
        "marks": verdict_marks(result),
        "points": [test["point"] for test in tests if test["point"] is not None],
        "right_in": " / ".join(dict.fromkeys(test["right_in"] for test in tests)),
        "tests": tests,
        "reason": None if result.tests else f"{claim.kind}: {untested(result)}",
        "said": said_on(result),
        "note": claim.note,
        "own": [channel_said(names, channel) for channel in result.own],
        "others": [voiced_said(names, channel) for channel in result.rivals],
        "opposite": list(dict.fromkeys(test["opposite"] for test in tests if test["opposite"])),
        "history": history(result) if len(result.tests) != 1 else reading_history(result, result.tests[0]),
    }


def _reading(dossier: Dossier, result: ClaimResult, test: TestResult) -> dict[str, Any]:
    report = dossier.report
    mark = verdict_mark(test)
    query = test_query(result, test)
    share = None if test.share is None or test.fillings is not None else test.share.share
    asked = (one for one in dossier.ladders if one.claim.id == result.claim.id and one.reading == test.name)
    ladder = next(asked, None)
    return {
        "name": report.names.reading(result.claim, test.name) if len(result.tests) > 1 else "",
        "mark": mark,
        "verdict": verdict_said(test),
        "point": None if share is None else (mark.style, round(100 * share, 1)),
        "right_in": "" if share is None else worlds_told(share),
        "aside": aside_said(report.names, test),
        "why": why_said(report.names, result, test, report.numbers),
        "rests": rests_said(report.names, test, report.numbers),
        "history": reading_history(result, test) if len(result.tests) > 1 else "",
        "asked": "" if query is None else query_title(report.names, query),
        "effect": None if test.fillings is not None else effect_plot(result, test),
        "bounds": claim_bounds_said(result, test),
        "ladder": None if ladder is None else ladder_plot(report.names, ladder),
        "opposite": "" if ladder is None else opposite_said(report.names, ladder),
    }


def _told_once(tests: Sequence[dict[str, Any]]) -> None:
    """Keep how a ladder was made at the last one of a card."""
    ladders = [test["ladder"] for test in tests if test["ladder"] is not None]
    for ladder in ladders[:-1]:
        ladder["footer"] = ""


def effect_plot(result: ClaimResult, test: TestResult) -> dict[str, Any] | None:
    """Return the difference that a reading is about as dots, filled where it is right; ``None`` for what is no such."""
    query = test_query(result, test)
    effect = test.effect
    if effect is None or effect.low is None or effect.high is None or not isinstance(query, Compare):
        return None
    above = query.op in (">", ">=")
    if compared(query) != (query.left, query.right) or not (above or query.op in ("<", "<=")):
        return None
    if not effect.high > effect.low:
        return None
    unit = unit_of(query)
    margin = 0.25 * (effect.high - effect.low)
    axis = _axis(min(effect.low - margin, 0.0), max(effect.high + margin, 0.0), unit)
    dots = dot_plot(axis, effect.draws, effect.weights, edge=0.0, count=DOTS, above=above)
    if dots is None:
        return None
    return {
        "axis": axis,
        "dots": dots,
        "zero": axis.at(0.0),
        "said": f"Left side less right side{unit_words(unit, ', in ')}. Each dot is 2 of 100 worlds; filled: right.",
    }


def ladder_plot(names: CaseNames, ladder: Ladder) -> dict[str, Any]:
    """Return a ladder as rows on one axis, with its sentence and how it was made."""
    query = next((test.query for test in ladder.claim.tests if test.name == ladder.reading), None)
    drawn = isinstance(query, Compare) and compared(query) == (query.left, query.right)
    unit = unit_of(query) if isinstance(query, Compare) else Unit.NUMBER
    effects = [row.result.effect for row in ladder.rows if drawn and row.result is not None]
    ends = [end for one in effects if one is not None for end in (one.low, one.high) if end is not None]
    axis = _axis(min([*ends, 0.0]), max([*ends, 0.0]), unit) if ends else None
    rows: list[LadderPlotRow] = []
    seen: set[str] = set()
    for row in ladder.rows:
        group = GROUPS.get(row.rung, CHANGED)
        label = sentence_case(row_said(names, ladder, row))
        if row.result is None and row.why_not is not None:
            label = f"{label} (no answer: {clause(names.remark(row.why_not))})"
        if allowed := allowed_said(ladder, row, unit):
            label = f"{label} (the ranges allow {allowed})"
        rows.append(_ladder_row(row, label, axis, unit, "" if group in seen else group))
        seen.add(group)
    return {
        "asides": asides(names, ladder),
        "sentence": sentence(names, ladder),
        "axis": axis,
        "zero": None if axis is None else axis.at(0.0),
        "unit": unit_words(unit, "in "),
        "rows": rows,
        "footer": ladder_footer(ladder),
    }


def _ladder_row(row: LadderRow, label: str, axis: PlotAxis | None, unit: Unit, group: str) -> LadderPlotRow:
    result = row.result
    if result is None or result.share is None:
        return LadderPlotRow(group, label, RECORDED, "–", None, 0, 0, False, "")
    mark = verdict_mark(result)
    share = worlds_told(result.share.share)
    effect = result.effect
    if axis is None or effect is None or effect.mean is None or effect.low is None or effect.high is None:
        return LadderPlotRow(group, label, mark, share, None, 0, 0, False, "")
    low = axis.at(effect.low)
    said = f"{shift(effect.mean, unit)} ({shift(effect.low, unit)} to {shift(effect.high, unit)}{unit_words(unit)})"
    width = round(axis.at(effect.high) - low, 2)
    return LadderPlotRow(group, label, mark, share, axis.at(effect.mean), low, width, effect.mean > 0, said)


def _axis(low: float, high: float, unit: Unit) -> PlotAxis:
    """Return an axis of differences with round ticks, a little wider than its ends."""
    room = 0.04 * (high - low) or 1.0
    bare = PlotAxis(low - room, high + room)
    times = 100 if unit.in_hundred else 1
    ticks = tuple((bare.at(value), f"{times * value:+g}" if value else "0") for value in even_ticks(low, high))
    return PlotAxis(bare.low, bare.high, ticks)
