"""A run with everything a report to hand over needs beside it: rules, what moves the headline, how days moved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quandary.ask.decision_rules import DecisionRule
from quandary.ask.swings import NumberSwing
from quandary.case.model import Case, Evidence
from quandary.language.syntax import Expression, Is
from quandary.report.names import spaced
from quandary.report.record import Report


@dataclass(frozen=True, eq=False)
class Dossier:
    """``swings`` are the numbers that move the headline most; ``noise`` the rank correlation that chance explains.

    ``evidence`` is what the run took as seen; ``seen`` names the observed state of each variable in words.
    """

    report: Report
    rules: tuple[DecisionRule, ...]
    swings: tuple[NumberSwing, ...]
    noise: float
    evidence: tuple[Evidence, ...]
    seen: dict[str, str]


def seen_states(case: Case, conditions: Sequence[Expression]) -> dict[str, str]:
    """Return the variables that pieces of evidence name as being in one state, with that state in words."""
    found = {}
    for condition in conditions:
        if isinstance(condition, Is) and not condition.negated:
            found[condition.variable.parts[-1]] = " or ".join(spaced(state) for state in condition.states)
    return {name: state for name, state in found.items() if any(item.id == name for item in case.story)}
