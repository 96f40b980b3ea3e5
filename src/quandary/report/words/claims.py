"""Claims in words: the verdict and one line on why."""

from __future__ import annotations

from collections.abc import Mapping

from quandary.ask.answer import Answer
from quandary.ask.results import ByConstructionStatus, ClaimResult, History, TestResult, Verdict
from quandary.base.problems import clause, counted
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Compare, Expression
from quandary.report.words.names import number_name
from quandary.report.words.questions import undefined_in, undefined_in_every_world
from quandary.report.words.units import interval_said, moved_said, unit_of
from quandary.report.words.wording import of_worlds, percent

VERDICTS = {
    Verdict.HOLDS: "holds",
    Verdict.FRAGILE: "FRAGILE",
    Verdict.FAILS: "fails",
    Verdict.BY_CONSTRUCTION_TRUE: "true by construction",
    Verdict.BY_CONSTRUCTION_FALSE: "false by construction",
    Verdict.NOT_TESTABLE: "not testable",
}
HISTORIES = {
    History.OPEN: "open",
    History.VOID: "void: its condition did not happen",
    History.CAME_TRUE: "came true",
    History.DID_NOT: "did not come true",
}


def test_query(result: ClaimResult, test: TestResult) -> Expression | None:
    """Return the syntax of one tested reading."""
    return next((t.query for t in result.claim.tests if t.name == test.name), None)


def why(result: ClaimResult, test: TestResult, numbers: Mapping[str, UncertainNumber]) -> str:
    """Return one line on why a reading got its verdict."""
    parts = [f"in {_share(test)}"] if test.holds_in is not None else [undefined_in_every_world(test.answer)]
    query = test_query(result, test)
    if test.effect is not None and isinstance(query, Compare):
        parts.append(_effect(test.effect, query))
    if test.verdict in (Verdict.BY_CONSTRUCTION_TRUE, Verdict.BY_CONSTRUCTION_FALSE):
        parts = [_by_construction(test)]
    if test.verdict is Verdict.FRAGILE and test.carrier is not None:
        carrier = numbers.get(test.carrier.name)
        parts.append(f"carried by {test.carrier.name if carrier is None else number_name(carrier)}")
    if test.forms_differ and test.verdict_unseen is not None:
        parts.append(f"if nobody knew of the intervention: {VERDICTS[test.verdict_unseen]}")
    if test.answer.undefined and test.holds_in is not None:
        parts.append(undefined_in(test.answer))
    return "; ".join(parts)


def _share(test: TestResult) -> str:
    """Return the share of worlds; where rounding would hide on which side of a threshold it lies, more digits."""
    held = test.holds_in
    if held is not None and test.verdict is Verdict.FRAGILE and percent(held) in ("10 %", "90 %"):
        digits = next((d for d in (1, 2, 3) if round(100 * held, d) not in (10.0, 90.0)), 0)
        return f"{100 * held:.{digits}f} % of worlds"
    return of_worlds(held)


def _effect(effect: Answer, query: Compare) -> str:
    unit = unit_of(query)
    return f"difference {moved_said(effect.mean, unit)} ({interval_said(effect, unit)})"


def _by_construction(test: TestResult) -> str:
    found = test.by_construction
    if found.status is ByConstructionStatus.PROVED:
        return f"proved: {found.reason}"
    line = f"no counter-example in {counted(found.searched, 'world')} of the ranges' outer corners"
    if found.smallest_margin is not None:
        line += f", smallest margin {found.smallest_margin:.2g}"
    return f"{line}; the case restates its author here: add the channels that others voiced"


def untested(result: ClaimResult) -> str:
    """Return why a statement carries no verdict."""
    kind = result.claim.kind
    if result.reason:
        return clause(result.reason)
    article = "an" if kind[:1] in "aeiou" else "a"
    return f"{article} {kind}: nothing to test"


def history(result: ClaimResult) -> str:
    """Return what history said, empty while the claim is open."""
    return "" if result.history is History.OPEN else HISTORIES[result.history]
