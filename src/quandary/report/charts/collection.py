"""Every chart of a report."""

from __future__ import annotations

from dataclasses import dataclass

from quandary.report.charts.chart import Chart
from quandary.report.charts.days import timeline_chart
from quandary.report.charts.outcomes import is_certain, outcome_chart, spread_chart
from quandary.report.charts.tornado import tornado_chart
from quandary.report.charts.verdicts import checks_chart, claims_chart
from quandary.report.dossier import Dossier
from quandary.report.words.headline import headline_aside, leading_title


@dataclass(frozen=True)
class Charts:
    """The charts of a report by their place in it; ``None`` where there is nothing to draw."""

    headline: Chart | None
    tornado: Chart | None
    claims: Chart | None
    checks: Chart | None
    timeline: Chart | None
    outcomes: tuple[Chart, ...]

    def all(self) -> tuple[Chart, ...]:
        """Return the charts there are, in the order of the report."""
        single = (self.headline, self.tornado, self.timeline, self.claims, self.checks)
        return tuple(chart for chart in single if chart is not None) + self.outcomes


def charts_of(dossier: Dossier) -> Charts:
    """Return every chart of a report: specifications only, nothing is drawn."""
    report = dossier.report
    headline = report.headline
    findings = report.findings
    drawn = headline is not None and report.over_fillings is None
    asks = "" if headline is None else leading_title(report.names, headline.leading)
    asks = f"{headline_aside(report)} {asks}".strip()
    return Charts(
        None if headline is None or not drawn else spread_chart("headline", asks, headline.query, headline.answer),
        None if headline is None or not drawn else tornado_chart(report.names, headline, dossier.swings),
        claims_chart(report.names, findings.claims),
        checks_chart(report.names, findings.checks),
        None if dossier.timeline is None else timeline_chart(report.names, dossier.timeline),
        tuple(outcome_chart(report.names, o) for o in findings.outcomes if not is_certain(o) and not o.fillings),
    )
