"""A report as JSON: the run, and what stands beside it, with every chart as a Vega-Lite specification."""

from __future__ import annotations

from typing import Any

from quandary.ask.claims.headline import Unless
from quandary.case.model import Source
from quandary.compile.numbers import UncertainNumber
from quandary.report.analyses.equilibria_found import equilibria_json
from quandary.report.charts.collection import charts_of
from quandary.report.documents.document import plain
from quandary.report.documents.run import run_document
from quandary.report.dossier import Dossier


def dossier_json(dossier: Dossier) -> dict[str, Any]:
    """Return the JSON form of a report (``quandary.report/1``): all that ``quandary.run/1`` holds, and more."""
    report = dossier.report
    unlesses = report.headline.unlesses if report.headline else ()
    return dict(plain(run_document(report))) | {
        "schema": "quandary.report/1",
        "unlesses": [_unless(unless) for unless in unlesses],
        "swings": [
            {"number": s.number.name, "correlation": s.correlation, "low_fifth": s.low, "high_fifth": s.high}
            for s in dossier.swings
        ],
        "decision_rules": [
            {
                "decision": rule.decision,
                "actor": rule.actor,
                "choosing": rule.choosing,
                "before_the_evidence": rule.settled,
                "worlds": rule.worlds,
                "rows": [{"known": dict(r.known), "reached": r.reached, "options": dict(r.options)} for r in rule.rows],
            }
            for rule in dossier.rules
        ],
        "numbers": [number_json(number) for number in report.numbers.values()],
        "sources": {name: _source(source) for name, source in report.case.sources.items()},
        "equilibria": None if dossier.equilibria is None else equilibria_json(report.case, dossier.equilibria),
        "charts": {chart.name: chart.spec for chart in charts_of(dossier).all()},
    }


def number_json(number: UncertainNumber) -> dict[str, Any]:
    """Return the JSON form of an uncertain number: how it was read, where it stands, why it is believed."""
    return {
        "name": number.name,
        "what": number.what,
        "read_as": number.description,
        "because": number.because,
        "source": number.source,
        "quote": number.quote,
        "line": number.place.line or None,
    }


def _unless(unless: Unless) -> dict[str, Any]:
    return {
        "number": unless.number.name,
        "above": unless.above,
        "threshold": unless.threshold,
        "mean": unless.mean,
        "beyond": unless.beyond,
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "author": source.author,
        "publisher": source.publisher,
        "published": source.published.isoformat() if source.published else None,
        "url": source.url,
    }
