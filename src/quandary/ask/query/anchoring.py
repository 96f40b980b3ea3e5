"""Worlds weighed by the checks of a case: a likelihood with a stated discrepancy.

A check says what is known from elsewhere of a number f that the case answers in each world, as a range of 90 %. On the
scale z of log-odds it is read as an observation: its middle m, with the standard deviation s for which the range is
90 %. The case is not the world: by how much it may miss what is so even with the right numbers is its *discrepancy* d,
stated as a factor on the odds. A world in which the case answers f then has the likelihood

    L = exp(-I^2 / 2),    I = (z(f) - m) / sqrt(s^2 + d^2)

for each check, I being its implausibility (Craig, Goldstein, Seheult & Smith 1997, *Case Studies in Bayesian
Statistics* III), and worlds weigh P_w(e) times the product over the checks. ``docs/decisions/anchored.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log

import numpy as np

from quandary.ask.query.combining import is_truth, number
from quandary.ask.query.queries import Query, prepare
from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.case.model import Case, Check
from quandary.language.heads import Unit
from quandary.language.syntax import Ask, Interval, Number
from quandary.language.units import query_unit

IMPLAUSIBLE = 3.0
"""A world that misses a check by more deviations than this is implausible (Pukelsheim 1994's three-sigma rule)."""

DEVIATIONS = 1.6448536269514722
"""From the middle of a normal distribution to the ends of its central 90 %."""

HUNDRED = {Unit.SHARE: 1.0, Unit.DIFFERENCE: 1.0, Unit.POINTS: 100.0}
"""The length of the scale of what checks are about, by its unit."""


@dataclass(frozen=True)
class AnchorCheck:
    """A check as an observation of its query's value.

    ``low`` and ``high`` are the ends of its range on the scale that it is compared on (log-odds where ``in_odds``),
    infinite where the range is open there; ``discrepancy`` is the standard deviation, on that scale, by which the case
    may miss it.
    """

    check: Check
    query: Query
    low: float
    high: float
    in_odds: bool
    discrepancy: float

    def implausibility(self, values: Array) -> Array:
        """Return how many deviations the values lie from what is known, ``(W,)``, infinite where there is no value."""
        with np.errstate(divide="ignore", invalid="ignore"):
            told = np.log(values / (1.0 - values)) if self.in_odds else values
        if np.isinf(self.low) or np.isinf(self.high):  # all that is known is one end
            missed = np.maximum(self.low - told, told - self.high)
            missed, known = np.maximum(missed, 0.0), 0.0
        else:
            missed, known = np.abs(told - (self.low + self.high) / 2), (self.high - self.low) / (2 * DEVIATIONS)
        deviation = float(np.hypot(known, self.discrepancy))
        found = missed / deviation if deviation > 0 else np.where(missed > 0, inf, 0.0)
        return np.asarray(np.where(np.isnan(found), inf, found))


@dataclass(frozen=True)
class LeftOutCheck:
    """A check that weighs no world, and why."""

    check: Check
    why: str


@dataclass(frozen=True)
class Anchor:
    """What worlds are weighed by: ``checks``, the ``discrepancy`` as a factor on the odds, and what is left out."""

    checks: tuple[AnchorCheck, ...]
    discrepancy: float
    left_out: tuple[LeftOutCheck, ...] = ()

    @property
    def queries(self) -> tuple[Query, ...]:
        """Return the queries of the checks."""
        return tuple(one.query for one in self.checks)

    @property
    def off(self) -> tuple[tuple[Unit, float], ...]:
        """Return the units of checks that are not told in odds, each with the deviation by which they may be missed."""
        units = ((query_unit(one.check.query), one.discrepancy) for one in self.checks if not one.in_odds)
        return tuple(dict.fromkeys((unit, off) for unit, off in units if unit is not None))

    def without(self, left_out: dict[str, str]) -> Anchor:
        """Return the anchor without the checks of these names, each with why."""
        gone = tuple(LeftOutCheck(one.check, left_out[one.check.id]) for one in self.checks if one.check.id in left_out)
        kept = tuple(one for one in self.checks if one.check.id not in left_out)
        return Anchor(kept, self.discrepancy, self.left_out + gone)


def anchor_of(case: Case, discrepancy: float) -> Anchor:
    """Return what the checks of a case weigh worlds by, ``discrepancy`` being a factor on the odds of at least 1.

    Raises ``Refusal``: Q527 where the case has no check that can weigh a world; ``CaseError`` for a faulty query.
    """
    checks: list[AnchorCheck] = []
    left_out: list[LeftOutCheck] = []
    for check in case.checks:
        made = _anchor_check(case, check, discrepancy)
        if isinstance(made, AnchorCheck):
            checks.append(made)
        else:
            left_out.append(LeftOutCheck(check, made))
    if not checks:
        told = "; ".join(f'"{one.check.id}": {one.why}' for one in left_out)
        message = f"no check of the case can weigh its worlds{f' ({told})' if told else ': it has none'}"
        raise Refusal(Problem("Q527", message, hint="write checks with a range, or leave --anchored out"))
    return Anchor(tuple(checks), discrepancy, tuple(left_out))


def _anchor_check(case: Case, check: Check, discrepancy: float) -> AnchorCheck | str:
    """Return a check as an observation, or why it is none."""
    query = prepare(case, check.query, check.written, evidence=check.with_evidence)
    unit, ends = query_unit(check.query), range_of(check)
    if is_truth(check.query) or query.parts or unit is Unit.WORLDS:
        return "it is so or not so in a world, which has no size"
    if unit not in HUNDRED or ends is None:
        return "its number has no scale to state a discrepancy on"
    low, high = ends
    in_odds = unit is Unit.SHARE and isinstance(check.query, Ask)
    if in_odds:
        low, high = _log_odds(low), _log_odds(high)
        if low == -inf and high == inf:
            return "its range leaves everything open"
        off = log(discrepancy)
    else:
        off = HUNDRED[unit] * (discrepancy - 1.0) / (2.0 * (discrepancy + 1.0))
    return AnchorCheck(check, query, low, high, in_odds, off)


def _log_odds(probability: float) -> float:
    if not 0.0 < probability < 1.0:
        return -inf if probability <= 0.0 else inf
    return log(probability / (1.0 - probability))


def range_of(check: Check) -> tuple[float, float] | None:
    """Return the ends of a check's range, the same twice for one number; ``None`` for what is no range."""
    quantity = check.range.quantity
    if isinstance(quantity, Interval):
        return quantity.low, quantity.high
    if isinstance(quantity, Number):
        return quantity.value, quantity.value
    return None


ValueOf = Callable[[Query], Callable[[Ask], Array]]
"""From a query to what gives the value of each of its calls in every world."""


@dataclass(frozen=True, eq=False)
class AnchoredWeights:
    """What each world weighs by the checks: ``weights`` (W,), 1 for the likeliest, by the checks that ``anchor`` has.

    ``plausible`` counts the worlds that miss no check by more than three deviations.
    """

    anchor: Anchor
    weights: Array
    plausible: int


def anchored_weights(anchor: Anchor, value_of: ValueOf, counts: Array) -> AnchoredWeights:
    """Return what worlds weigh by checks that have been asked; those that do not count (``counts`` 0) weigh nothing.

    A check without a value in any world that counts is left out; a world without a value of some other check weighs
    nothing. Raises ``Refusal`` (Q528) where no world that counts is plausible.
    """
    worlds, some = len(counts), counts > 0
    values = {one.check.id: np.broadcast_to(number(one.query.expression, value_of(one.query)), (worlds,))
              for one in anchor.checks}  # fmt: skip
    silent = {name: "it has no value in any world" for name, found in values.items() if np.isnan(found[some]).all()}
    anchor = anchor.without(silent)
    if not anchor.checks or not some.any():
        return AnchoredWeights(anchor, np.ones(worlds), int(some.sum()))
    missed = np.stack([one.implausibility(values[one.check.id]) for one in anchor.checks])
    plausible = int(np.count_nonzero((missed <= IMPLAUSIBLE).all(axis=0) & some))
    if not plausible:
        raise Refusal(_nothing_left(anchor, missed[:, some]))
    logarithms = -0.5 * (missed**2).sum(axis=0)
    return AnchoredWeights(anchor, np.exp(logarithms - logarithms[some].max()) * some, plausible)


def _nothing_left(anchor: Anchor, missed: Array) -> Problem:
    """Return the fault that no world comes near all checks: which one the nearest world misses, and by how much."""
    world = int(missed.max(axis=0).argmin())
    worst = int(missed[:, world].argmax())
    far = missed[worst, world]
    off = f"by {far:.1f} deviations" if np.isfinite(far) else "altogether"
    which = "the check" if len(anchor.checks) == 1 else f"all {len(anchor.checks)} checks"
    message = (
        f"no world comes near {which}: even the nearest misses "
        f'"{anchor.checks[worst].check.id}" {off}, and more than {IMPLAUSIBLE:g} is implausible'
    )
    hint = "the case contradicts its checks: look at that one"
    hint += ", or state a larger discrepancy (--discrepancy 3)" if np.isfinite(far) or anchor.discrepancy == 1 else ""
    return Problem("Q528", message, hint=hint)
