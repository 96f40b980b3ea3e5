"""A report as CSV: one row a number, long form, probabilities in 0..1, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from quandary.ask.answer import Answer
from quandary.ask.results import OverFillings
from quandary.base.characters import visible
from quandary.language.printing import written
from quandary.report.dossier import Dossier
from quandary.report.mark import COLUMNS
from quandary.report.words.claims import verdict_label
from quandary.report.words.unknowns import check_verdict

FORMULA = ("=", "+", "-", "@", "|", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Signs, some of full width, with which a spreadsheet lets a formula begin."""

Row = dict[str, object]


def rows_csv(dossier: Dossier) -> str:
    """Return CSV text: a row for each outside view, pool, outcome's state, claim's reading, question, option of a
    choice (and its stakes), check and moving number.

    ``low`` and ``high`` are the 5 % and 95 % quantiles over worlds; for ``kind`` ``swing`` they are the mean of the
    leading answer in the lowest and highest fifth of worlds, and ``mean`` is the rank correlation. What hangs on
    numbers that nobody has put has no mean; ``low`` and ``high`` are the least and the most found over fillings. Cells
    that a spreadsheet would take for a formula get an apostrophe, and hidden characters are made visible.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in _rows(dossier):
        writer.writerow({key: _safe(value) for key, value in row.items()})
    return text.getvalue()


def _rows(dossier: Dossier) -> Iterator[Row]:
    findings = dossier.report.findings
    if dossier.report.headline is not None:
        headline = dossier.report.headline
        yield _row("headline", headline.asks, headline.answer, over=dossier.report.over_fillings)
    if findings.run.anchored is not None:
        for name in findings.run.anchored.checks:
            yield {"kind": "weighted by check", "id": name}
    for compared in dossier.report.outside:
        event = written(compared.event)
        for figure in compared.figures:
            row: Row = {"kind": "outside", "id": event, "part": figure.view.name}
            yield row | {"median": figure.probability, "low": figure.low, "high": figure.high}
        if compared.pool is not None:
            yield {"kind": "pool", "id": event, "mean": compared.pool.probability}
    for outcome in findings.outcomes:
        for state, answer in outcome.states.items():
            yield _row("outcome", outcome.variable, answer, part=state, over=outcome.fillings.get(state))
    for result in findings.claims:
        for test in result.tests:
            row = _row("claim", result.claim.id, test.answer, part=test.name, over=test.fillings)
            yield row | {"query": test.query, "verdict": verdict_label(test), "history": test.history.value}
        if not result.tests:
            yield {"kind": "claim", "id": result.claim.id, "history": result.history.value}
    for question in findings.questions:
        yield _row("question", question.question.id, question.answer, over=question.fillings)
        for name, part in question.answer.parts.items():
            yield _row("question", question.question.id, part, part=name, over=question.parts.get(name))
    for found in dossier.choices:
        for menu in found.tables:
            for option in menu.options:
                yield _row("choice", found.asked.decision.id, option.total, part=option.option)
                for stake, own in zip(found.stakes, option.stakes, strict=True):
                    yield _row("choice", found.asked.decision.id, own, part=f"{option.option}, {stake.id}")
    for check in findings.checks:
        yield _row("check", check.check.id, check.answer, over=check.fillings) | {
            "verdict": check_verdict(check).lower()
        }
    for swing in dossier.swings:
        yield {
            "kind": "swing",
            "id": swing.number.name,
            "mean": swing.correlation,
            "low": swing.low,
            "high": swing.high,
        }


def _row(kind: str, name: str, answer: Answer, *, part: str = "", over: OverFillings | None = None) -> Row:
    row = _told(kind, name, answer, part)
    if over is None:
        return row
    nothing = dict.fromkeys(("mean", "median", "holds_in", "mc_error"))
    return row | nothing | {"low": over.low, "high": over.high, "verdict": "open"}


def _told(kind: str, name: str, answer: Answer, part: str) -> Row:
    return {
        "kind": kind,
        "id": name,
        "part": part,
        "query": answer.query,
        "mean": answer.mean,
        "median": answer.median,
        "low": answer.low,
        "high": answer.high,
        "holds_in": answer.share,
        "mc_error": answer.mc_error,
        "worlds": answer.worlds,
        "effective_worlds": answer.effective_worlds,
        "undefined": answer.undefined,
        "set_aside": "; ".join(answer.dropped),
    }


def _safe(value: object) -> object:
    if not isinstance(value, str):
        return value
    shown = visible(value)
    return f"'{shown}" if shown.lstrip()[:1] in FORMULA else shown
