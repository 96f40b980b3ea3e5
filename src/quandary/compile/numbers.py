"""The record of every uncertain number: its name, how it was read, where it stands, and why the analyst
believes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, nearest
from quandary.case.model import Actor, Case
from quandary.compile.amounts import Amount, NumberRole, assumption_amount, precision_amount
from quandary.compile.unknowns.assumptions import open_assumption
from quandary.compile.unknowns.readings import UnknownUse, open_amount
from quandary.language.names import unknown_assumption
from quandary.language.syntax import Exact, is_open, names_in
from quandary.quantities.design import correlated_groups
from quandary.quantities.estimate import Estimate, Scale


@dataclass(frozen=True, eq=False)
class UncertainNumber:
    """One number with doubt, with its ``role`` and its ``path`` in the case; ``assumption`` is the id of the named
    assumption it belongs to, ``scale`` what it is read as. ``called`` is the name for people of the amount that it is
    in, and ``part`` says which uncertain number of that it is, from 1 on, of several. ``unknown``: nobody has put it.
    ``judged_by`` and ``not_known_by`` are who was asked for that amount."""

    name: str
    path: str
    role: NumberRole
    estimate: Estimate
    place: Place
    because: str | None = None
    source: str | None = None
    quote: str | None = None
    assumption: str | None = None
    scale: Scale = Scale.NUMBER
    called: str | None = None
    part: int | None = None
    unknown: bool = False
    judged_by: str | None = None
    not_known_by: str | None = None

    @property
    def what(self) -> str:
        """Return what it is: ``odds of unrest = contained``."""
        return str(self.role)

    @property
    def named(self) -> bool:
        """Return whether it is an assumption itself, known by its name."""
        return self.assumption is not None and self.name == self.assumption

    @property
    def description(self) -> str:
        """Return how it was read: ``90 % interval, logit-normal, median 7.1 %``."""
        return self.estimate.description

    @property
    def unsourced(self) -> bool:
        """Return whether it has neither a reason nor a source."""
        return self.because is None and self.source is None and not self.unknown


def plan_assumptions(case: Case, problems: list[Problem]) -> dict[str, Amount]:
    """Return the assumptions ready to evaluate, each after those it names; faults are added to
    ``problems``.
    """
    ordered: dict[str, Amount] = {}

    def visit(name: str, within: tuple[str, ...]) -> None:
        if name in ordered:
            return
        place = case.assumptions[name].place
        if name in within:
            chain = " -> ".join((*within, name))
            problems.append(Problem("Q239", f"an assumption is defined by itself: {chain}", place))
            return
        for reference in names_in(case.assumptions[name].value.quantity):
            if reference.text in case.assumptions:
                visit(reference.text, (*within, name))
        try:
            ordered[name] = open_assumption(case, name) or assumption_amount(case, name)
        except CaseError as error:
            problems.extend(error.problems)

    for name in case.assumptions:
        visit(name, ())
    return ordered


def plan_rationality(case: Case, problems: list[Problem]) -> dict[str, Amount | None]:
    """Return each actor's logit precision ready to evaluate, ``None`` for exact choice."""
    planned: dict[str, Amount | None] = {}
    for actor in case.actors.values():
        if isinstance(actor.rationality.quantity, Exact):
            planned[actor.id] = None
            continue
        try:
            planned[actor.id] = _rationality(case, actor)
        except CaseError as error:
            problems.extend(error.problems)
    return planned


def _rationality(case: Case, actor: Actor) -> Amount:
    """Return an actor's logit precision; raises ``CaseError`` where it cannot be read."""
    amount = precision_amount(case, actor)
    if not is_open(actor.rationality.quantity):
        return amount
    use = UnknownUse.PRECISION if actor.is_precision else UnknownUse.RATIONALITY
    return open_amount(case, actor.rationality, use, amount.role)


def record_numbers(
    case: Case, amounts: Iterable[Amount], assumptions: Mapping[str, Amount], problems: list[Problem]
) -> tuple[tuple[UncertainNumber, ...], tuple[tuple[str, str, float], ...]]:
    """Return the uncertain numbers by the order of ``amounts``, and the correlations between their names.

    Faults: an unknown assumption, two numbers of one name, a correlation with something that is not one
    range.
    """
    found: dict[str, UncertainNumber] = {}
    owners = {amount.sourced.path: name for name, amount in assumptions.items()}
    for amount in amounts:
        for reference in names_in(amount.quantity):
            if reference.text not in case.assumptions:
                problems.append(unknown_assumption(reference, case.assumptions))
        try:
            leaves = amount.leaves()
            for at, (name, estimate) in enumerate(leaves, start=1):
                if name in found:
                    problems.append(_same_name(found[name], amount))
                part = at if len(leaves) > 1 else None
                found[name] = _record(name, estimate, amount, owners.get(amount.sourced.path), part)
        except CaseError as error:
            problems.extend(error.problems)
    return tuple(found.values()), _correlations(case, assumptions, problems)


def _record(name: str, estimate: Estimate, amount: Amount, assumption: str | None, part: int | None) -> UncertainNumber:
    sourced = amount.sourced
    return UncertainNumber(
        name,
        sourced.path,
        amount.role,
        estimate,
        sourced.place,
        sourced.because,
        sourced.source,
        sourced.quote,
        assumption,
        _scale(name, estimate, amount),
        sourced.called,
        part,
        amount.estimate is not None,
        sourced.judged_by,
        sourced.not_known_by,
    )


def _scale(name: str, estimate: Estimate, amount: Amount) -> Scale:
    """Return what a number is read as: its amount's scale where it stands alone, inside arithmetic its own."""
    if name == amount.sourced.path:
        return amount.scale
    return Scale.PROBABILITY if estimate.percent else Scale.NUMBER


def _same_name(first: UncertainNumber, second: Amount) -> Problem:
    message = (
        f"the {second.what} stands twice under the same condition (also on line {first.place.line}), "
        "so that both numbers would be drawn as one"
    )
    hint = "join the two rules, or give each number a name under `assumptions`"
    return Problem("Q241", message, second.sourced.place, hint)


def _correlations(
    case: Case, assumptions: Mapping[str, Amount], problems: list[Problem]
) -> tuple[tuple[str, str, float], ...]:
    pairs = []
    for correlation in case.correlations:
        names = []
        for name in (correlation.first, correlation.second):
            amount = assumptions.get(name)
            leaves = amount.leaves() if amount is not None else ()
            if len(leaves) == 1:
                names.append(leaves[0][0])
            else:
                why = "is not an assumption" if amount is None else "is not a single range"
                message = f'a correlation names "{name}", which {why}'
                hint = nearest(name, case.assumptions) if amount is None else "correlate the ranges it is made of"
                problems.append(Problem("Q242", message, correlation.place, hint))
        if len(names) == 2:
            pairs.append((names[0], names[1], correlation.value))
    try:
        correlated_groups([pair for pair in pairs if abs(pair[2]) <= 1])
    except CaseError as error:
        problems += [replace(problem, place=case.correlations[0].place) for problem in error.problems]
    return tuple(pairs)
