"""A run with everything a report to hand over needs beside it: rules, what moves the headline, how days moved it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quandary.ask.changes.ladder import Ladder
from quandary.ask.changes.timeline import Timeline
from quandary.ask.claims.decision_rules import DecisionRule
from quandary.ask.equilibria.equilibria import EquilibriaOfWorlds
from quandary.ask.turning.flips import Flips
from quandary.ask.turning.swings import NumberSwing
from quandary.ask.why.choice import ChoiceExplanation
from quandary.ask.why.critique.items import Critique
from quandary.base.arrays import Array
from quandary.case.model import Evidence
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Expression, Is
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.record import Report


@dataclass(frozen=True, eq=False)
class Dossier:
    """``evidence`` is what the run took as seen; ``seen`` names the observed state of each variable in words.

    About the headline: ``swings`` are the numbers that move it most, ``noise`` the rank correlation that chance
    explains, ``flips`` what would change it (``None`` where too few worlds are left to say), ``timeline`` how each
    piece of evidence moved it, ``equilibria`` what a search of some worlds found (``None`` where none was made, for the
    reason ``not_searched``). ``held`` are the few numbers that carry most of it, with their uniforms (W,);
    ``ladders`` are those of the readings that lean or are tossed. ``choices`` say why the decisions that it asks about
    are made as they are. ``critique`` is what a critic would say of the case (``None`` after an interruption).
    """

    report: Report
    rules: tuple[DecisionRule, ...]
    evidence: tuple[Evidence, ...]
    seen: dict[str, str]
    swings: tuple[NumberSwing, ...] = ()
    noise: float = 1.0
    flips: Flips | None = None
    timeline: Timeline | None = None
    equilibria: EquilibriaOfWorlds | None = None
    not_searched: str = "it was not asked for"
    held: tuple[tuple[UncertainNumber, Array], ...] = ()
    ladders: tuple[Ladder, ...] = ()
    choices: tuple[ChoiceExplanation, ...] = ()
    critique: Critique | None = None


def seen_states(names: CaseNames, conditions: Sequence[Expression]) -> dict[str, str]:
    """Return the variables that pieces of evidence name as being in one state, with that state in words."""
    found = {}
    for condition in conditions:
        if isinstance(condition, Is) and not condition.negated:
            found[condition.variable.parts[-1]] = names.states(condition.variable.parts[-1], condition.states)
    return {name: state for name, state in found.items() if any(item.id == name for item in names.case.story)}


def seen_days(names: CaseNames, evidence: Sequence[Evidence]) -> dict[str, str]:
    """Return the day on which each variable was seen to be in its state, in few letters: ``5 Jan``."""
    return {name: f"{item.on.day} {item.on:%b}" for item in evidence for name in seen_states(names, [item.saw])}
