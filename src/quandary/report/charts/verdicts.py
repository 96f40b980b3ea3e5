"""Charts of claims and checks: in what share of worlds each reading holds, and how known ranges compare."""

from __future__ import annotations

from collections.abc import Sequence

from quandary.ask.results import CheckResult, ClaimResult
from quandary.base.problems import counted
from quandary.language.heads import Unit
from quandary.report.charts.chart import Chart, percent_axis, specification
from quandary.report.charts.marks import across, bar, label_above, point, rows_by, span, upright
from quandary.report.sheets import Sheet
from quandary.report.words.claims import VERDICTS
from quandary.report.words.names import spaced
from quandary.report.words.units import said_interval, unit_told, with_interval
from quandary.report.words.wording import of_worlds

ROW = 40
DROP = 9
DRAWN = (Unit.SHARE, Unit.PART, Unit.WORLDS)
LOWEST_BAND, HIGHEST_BAND = 10, 90


def claims_chart(results: Sequence[ClaimResult]) -> Chart | None:
    """Return the share of worlds in which each tested reading holds; ``None`` without a tested claim."""
    rows, lines = [], []
    for result in results:
        for test in result.tests:
            if test.holds_in is None:
                continue
            name = spaced(result.claim.id.replace("-", " "))
            if len(result.tests) > 1:
                name += f" [{spaced(test.name)}]"
            verdict = VERDICTS[test.verdict]
            rows.append({"claim": name, "holds": 100 * test.holds_in, "verdict": verdict, "said": f"{name}: {verdict}"})
            lines.append((name, verdict, of_worlds(test.holds_in)))
    if not rows:
        return None
    description = f"In what share of worlds each of {counted(len(rows), 'reading')} of a claim holds, from 0 to 100 %."
    y = rows_by("claim")
    share = across("holds", scale={"domain": [0, 100]}, axis=percent_axis("share of worlds"))
    layers = [
        upright([{"at": LOWEST_BAND}, {"at": HIGHEST_BAND}], "at", "edge", dash=(3, 3)),
        bar(y, share, "soft", height=10, drop=DROP),
        point(y, "holds", "accent", drop=DROP),
        label_above(y, "said"),
    ]
    spec = specification(layers, rows, height={"step": ROW}, description=description)
    sheet = Sheet("Share of worlds in which each reading holds", ("Reading", "Verdict", "Holds in"), tuple(lines))
    return Chart("claims", "Which claims hold", description, spec, sheet)


def checks_chart(results: Sequence[CheckResult]) -> Chart | None:
    """Return known ranges beside what was solved, for the checks that are shares; ``None`` without one."""
    shown = [r for r in results if r.answer.mean is not None and unit_told(r.check.query) in DRAWN]
    if not shown:
        return None
    rows = [
        {
            "check": spaced(r.check.id),
            "from": 100 * r.low,
            "to": 100 * r.high,
            **{name: 100 * (value or 0.0) for name, value in _ends(r).items()},
            "said": f"{spaced(r.check.id)}: {'overlaps' if r.overlaps else 'MISSES'}",
        }
        for r in shown
    ]
    missed = [r for r in shown if not r.overlaps]
    description = (
        f"Known ranges beside what was solved: {len(shown) - len(missed)} of {counted(len(shown), 'check')} overlap."
    )
    y = rows_by("check")
    known = across("from", scale={"domain": [0, 100]}, axis=percent_axis())
    layers = [
        bar(y, known, "soft", end="to", height=12, drop=DROP),
        span(y, across("low"), "high", "accent", width=2, drop=DROP),
        point(y, "mean", "accent", size=60, drop=DROP),
        label_above(y, "said"),
    ]
    spec = specification(layers, rows, height={"step": ROW}, description=description)
    return Chart("checks", "Ranges known from elsewhere", description, spec, checks_sheet(results))


def _ends(result: CheckResult) -> dict[str, float | None]:
    """Return a check's mean and the ends of its interval, which a truth has not."""
    answer = result.answer
    if answer.is_truth:
        return dict.fromkeys(("low", "high", "mean"), answer.share)
    return {"low": answer.low, "high": answer.high, "mean": answer.mean}


def checks_sheet(results: Sequence[CheckResult]) -> Sheet:
    """Return one row a check: what was solved, the known range, whether they overlap, and why the range."""
    rows, flagged = [], set()
    for number, result in enumerate(results):
        unit = unit_told(result.check.query)
        answer = result.answer
        verdict = "undefined" if result.overlaps is None else "overlaps" if result.overlaps else "MISSES"
        if not result.overlaps:
            flagged.add(number)
        rows.append(
            (
                spaced(result.check.id),
                result.check.written,
                with_interval(answer, unit),
                said_interval(result.low, result.high, unit),
                verdict,
                result.check.range.because or result.check.range.source or "no reason given",
            )
        )
    columns = ("Check", "Asked", "Solved", "Known range", "Verdict", "Because")
    return Sheet("Solved beside known ranges, which were never put in", columns, tuple(rows), frozenset(flagged))
