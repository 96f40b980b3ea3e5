"""The unknown shares of one whole (states of a chance, weights, shares of what is usual), drawn together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case, Sourced
from quandary.compile.amounts import Amount, DrawnBlock, NumberRole
from quandary.compile.unknowns.readings import UnknownKind, UnknownNumber, UnknownUse, ends_of, share_estimate
from quandary.compile.unknowns.simplex import MOST_CAPPED, broken, ordered, possible
from quandary.compile.validity import TOLERANCE
from quandary.language.printing import written
from quandary.language.syntax import OneSided, Rest
from quandary.quantities.estimate import Estimate, Scale
from quandary.quantities.families import Uniform

OF_WHAT_IS_OPEN = "; a share of what is open"
"""Said of a number that places a share between its bounds, given those before it."""


@dataclass(frozen=True, eq=False)
class SharesPlan:
    """Unknown shares of what the known ones leave, flat over all that is allowed.

    ``members`` are the numbers of those that share; ``amounts`` has one for each but the last, whose uniforms break the
    whole. ``unknown`` tells them as one of the things unknown, ``None`` where one alone takes what is left.
    """

    members: tuple[int, ...]
    amounts: tuple[Amount, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    unknown: UnknownNumber | None
    rising: bool = False

    def values(self, drawn: DrawnBlock, left: Array) -> Array:
        """Return the share of each member, ``(members, W or 1)``, ``left`` being what they share."""
        uniforms = [drawn.uniforms[amount.sourced.path] for amount in self.amounts]
        return ordered(uniforms, left) if self.rising else broken(uniforms, self.lower, self.upper, left)

    def impossible(self, left: Array) -> Mask:
        """Return the worlds in which what is left cannot be shared so."""
        return np.asarray(possible(self.lower, self.upper, left, TOLERANCE) == 0)


def plan_shares(
    case: Case,
    members: Sequence[tuple[int, str, Sourced]],
    role: NumberRole,
    kind: UnknownKind,
    path: str,
    *,
    beside_known: bool = False,
    rising: bool = False,
) -> SharesPlan:
    """Return the plan of members, each with its number, its name and what was written; raises ``CaseError`` (Q264).

    ``role`` is that of the whole, ``path`` its name; the amounts have the paths of what was written. ``beside_known``:
    other shares of the whole are known.
    """
    ends = [_ends(case, sourced) for _, _, sourced in members]
    lower, upper = tuple(low for low, _ in ends), tuple(high for _, high in ends)
    place = members[0][2].place
    if sum(high < inf for high in upper) > MOST_CAPPED:
        message = f"more than {MOST_CAPPED} shares of {role} have an upper end only"
        raise CaseError([Problem("Q264", message, place, "write unknown for some of them")])
    bounded = any(low > 0 or high < inf for low, high in ends)
    amounts = []
    for at, (_, name, sourced) in enumerate(members[:-1]):
        after = len(members) - 1 - at
        estimate = share_estimate(after, len(members), beside_known=beside_known)
        if bounded or rising:
            estimate = _between(members)
        state, of = (name, role.of) if role.kind != "weight" else (None, (*role.of, name))
        of_rest = at > 0 or beside_known or bounded or rising
        own = NumberRole(role.kind, of, state, of_rest, role.condition, role.believed_by)
        amounts.append(Amount(sourced, Scale.PROBABILITY, own, case.words, estimate))
    names = tuple(amount.sourced.path for amount in amounts)
    parts = tuple(name for _, name, _ in members)
    told = amounts[0].estimate.description.removesuffix(OF_WHAT_IS_OPEN) if amounts and amounts[0].estimate else ""
    whole = UnknownNumber(path, kind, role, place, told, names, parts) if amounts else None
    return SharesPlan(tuple(number for number, _, _ in members), tuple(amounts), lower, upper, whole, rising)


def _ends(case: Case, sourced: Sourced) -> tuple[float, float]:
    if isinstance(sourced.quantity, Rest):
        return 0.0, inf
    low, high = ends_of(case, sourced.quantity, UnknownUse.CHANCE, sourced.place)
    return low, inf if high >= 1.0 else high


def _between(members: Sequence[tuple[int, str, Sourced]]) -> Estimate:
    said = ", ".join(
        f"{name} {written(one.quantity)}" for _, name, one in members if isinstance(one.quantity, OneSided)
    )
    told = f"unknown: flat over all that is allowed ({said})" if said else "unknown: flat over all of this order"
    return Estimate(Uniform(0.0, 1.0), told + OF_WHAT_IS_OPEN, percent=True)


def left_by(known: Sequence[Array]) -> Array:
    """Return what known shares leave of the whole, ``(W or 1,)``."""
    return np.asarray(1.0 - sum(known, np.zeros(1)))
