"""Charts of claims and checks: in what share of worlds each reading holds, and how known ranges compare."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from quandary.ask.claims.verdicts import FAILS, HOLDS, LEANS_FALSE, LEANS_TRUE
from quandary.ask.results import CheckResult, ClaimResult
from quandary.base.problems import counted
from quandary.language.heads import Unit
from quandary.report.charts.chart import Chart, percent_axis, specification
from quandary.report.charts.marks import (
    LETTERS,
    LINE,
    across,
    bar,
    label_above,
    point,
    rows_by,
    span,
    two_lines,
    upright,
)
from quandary.report.sheets import Sheet
from quandary.report.words.claims import VERDICTS, verdict_label, verdict_said
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import check_title, claim_label
from quandary.report.words.units import said_interval, unit_told
from quandary.report.words.unknowns import check_found, check_verdict
from quandary.report.words.wording import listing, of_worlds, percent_interval

TALL_ROW = 58
TALL_DROP = 19
DRAWN = (Unit.SHARE, Unit.PART, Unit.WORLDS)
BORDERS = tuple(100 * border for border in (FAILS, LEANS_FALSE, LEANS_TRUE, HOLDS))
"""The borders between verdicts, in percent."""
GIVEN = {True: "what was seen", False: "nothing seen yet"}
"""With what a check is asked."""


def claims_chart(names: CaseNames, results: Sequence[ClaimResult]) -> Chart | None:
    """Return the share of worlds in which each tested reading holds, with the line on which other worlds may put it.

    ``None`` without a tested claim.
    """
    rows, lines, labels = [], [], []
    for result in results:
        for test in result.tests:
            if test.share is None or test.fillings is not None:
                continue
            share = test.share
            name = claim_label(names, result.claim)
            if len(result.tests) > 1:
                name += f" [{names.reading(result.claim, test.name)}]"
            ends = {"holds": 100 * share.share, "low": 100 * share.low, "high": 100 * share.high}
            rows.append({"claim": name, **ends, "verdict": VERDICTS[test.verdict]})
            labels.append(_said(name, verdict_label(test)))
            noise = percent_interval(share.low, share.high)
            lines.append((name, verdict_said(test), of_worlds(share.share), noise))
    if not rows:
        return None
    description = f"In what share of worlds each of {counted(len(rows), 'reading')} of a claim holds, from 0 to 100 %."
    most = max(map(len, labels))
    said = [{**row, "said": [""] * (most - len(label)) + label} for row, label in zip(rows, labels, strict=True)]
    more = (most - 2) * LINE
    drop = TALL_DROP + more // 2
    y = rows_by("claim")
    scale = across("holds", scale={"domain": [0, 100]}, axis=percent_axis("share of worlds"))
    layers = [
        upright([{"at": border} for border in BORDERS], "at", "edge", dash=(3, 3)),
        bar(y, scale, "band", height=10, drop=drop),
        span(y, across("low"), "high", "ink", width=2, drop=drop),
        point(y, "holds", "ink", drop=drop),
        label_above(y, "said", lines=most),
    ]
    spec = specification(layers, said, height={"step": TALL_ROW + more}, description=description)
    columns = ("Reading", "Verdict", "True in", "Other worlds may give")
    sheet = Sheet("Share of worlds in which each reading holds", columns, tuple(lines))
    return Chart("claims", "Which claims hold", description, spec, sheet)


def _said(name: str, verdict: str) -> list[str]:
    """Return a reading's label in lines: its name in two at most, then the whole of its verdict."""
    return [*textwrap.wrap(name, LETTERS, max_lines=2, placeholder=" …"), *textwrap.wrap(verdict, LETTERS)]


def checks_chart(names: CaseNames, results: Sequence[CheckResult]) -> Chart | None:
    """Return known ranges beside what was solved, for the checks that are shares; ``None`` without one."""
    shown = [r for r in results if r.answer.mean is not None and unit_told(r.check.query) in DRAWN]
    if not shown:
        return None
    rows = [
        {
            "check": r.check.id,
            "from": 100 * r.low,
            "to": 100 * r.high,
            **{name: 100 * (value or 0.0) for name, value in _ends(r).items()},
            "said": two_lines(f"{check_title(names.plain, r.check)}: {'overlaps' if r.overlaps else 'MISSES'}"),
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
        bar(y, known, "band", end="to", height=12, drop=TALL_DROP),
        span(y, across("low"), "high", "ink", width=2, drop=TALL_DROP),
        point(y, "mean", "ink", size=60, drop=TALL_DROP),
        label_above(y, "said", lines=2),
    ]
    spec = specification(layers, rows, height={"step": TALL_ROW}, description=description)
    return Chart("checks", "Ranges known from elsewhere", description, spec, checks_sheet(names, results))


def _given(names: CaseNames, result: CheckResult) -> str:
    """Return with what a check is asked; what its interventions set aside is not given."""
    given, aside = GIVEN[result.check.with_evidence], result.answer.aside
    return f"{given}, but not {listing([f'that {names.clause(piece)}' for piece in aside])}" if aside else given


def _ends(result: CheckResult) -> dict[str, float | None]:
    """Return a check's mean and the ends of its interval, which a truth has not."""
    answer = result.answer
    if answer.is_truth:
        return dict.fromkeys(("low", "high", "mean"), answer.share)
    return {"low": answer.low, "high": answer.high, "mean": answer.mean}


def checks_sheet(names: CaseNames, results: Sequence[CheckResult]) -> Sheet:
    """Return one row a check: with what it was asked, what was solved, the range, whether they overlap, and why."""
    rows, flagged = [], set()
    for number, result in enumerate(results):
        unit = unit_told(result.check.query)
        verdict = check_verdict(result)
        if not result.overlaps:
            flagged.add(number)
        rows.append(
            (
                check_title(names, result.check),
                query_title(names, result.check.query),
                _given(names, result),
                check_found(result),
                said_interval(result.low, result.high, unit),
                verdict,
                result.check.range.because or result.check.range.source or "no reason given",
            )
        )
    columns = ("Check", "Asked", "Given", "Solved", "Known range", "Verdict", "Because")
    return Sheet("Solved beside known ranges, which were never put in", columns, tuple(rows), frozenset(flagged))
