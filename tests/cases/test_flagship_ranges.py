"""A range of the flagship changes only together with a line in the case's own change log."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import quandary
from quandary.case import Case, ChanceEvent, Sourced
from quandary.language import written

FOLDER = Path(__file__).resolve().parents[2] / "src" / "quandary" / "cases" / "kazakhstan-2022"


def numbers(case: Case) -> list[Sourced]:
    """Return every number of a case, in the order written."""
    found = [actor.rationality for actor in case.actors.values()]
    found += [assumption.value for assumption in case.assumptions.values()]
    for item in case.story:
        if isinstance(item, ChanceEvent):
            rules = (*item.odds, *item.base, *item.effects)
            found += [number for rule in rules for _, number in rule.odds]
    for stake in case.stakes:
        found += [rule.value for rule in (*stake.weight, *stake.worth, *stake.effects)]
    return found + [check.range for check in case.checks]


def test_a_changed_range_is_in_the_change_log() -> None:
    lines = [f"{n.path}: {written(n.quantity)}" for n in numbers(quandary.load(FOLDER / "case.yaml").case)]
    fingerprint = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    logged = re.findall(r"Fingerprint of the ranges: `(\w+)`", (FOLDER / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert logged[:1] == [fingerprint], "say in CHANGELOG.md what changed and why it was known by 8 January 2022"
