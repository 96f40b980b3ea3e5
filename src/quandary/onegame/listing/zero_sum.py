"""Two players whose payoffs always sum to the same: the value and a maxmin behaviour for each, by linear programs.

1. The sequence form of the tree, or of the matrix of a strategic form.
2. The first player's program: the plan that maximises what it gets against the other's best answer, the answer being
   written by linear-programming duality (Koller, Megiddo & von Stengel 1996, *Games and Economic Behavior* 14, theorem
   3.1; for a matrix it is von Neumann's program). Its multipliers are the other's plan. HiGHS solves it.
3. What both can gain against each other's behaviour is counted apart from the solver (``exact_regret``). Where it is
   more than rounding, the second player's program is solved too, and where that does not help and the programs are
   small, those of both in exact numbers.

A maxmin behaviour is a Nash equilibrium; at sets off its path it may be poor play, and others may exist.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array, hstack

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import STOPS, Proceed, always, go_on, reason
from quandary.game.plain_numbers import plain
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree
from quandary.onegame.checks.deviation import Deviations
from quandary.onegame.checks.exact_regret import FormGains, TreeGains, gains_of
from quandary.onegame.equilibria import EquilibriaFound, Equilibrium, Rules
from quandary.onegame.programs.exact_program import CELLS_AT_MOST, largest_exactly, tableau_size
from quandary.onegame.programs.linear_program import NO_PART, smallest
from quandary.onegame.programs.sequence_form import Plans, SequenceForm, sequence_form
from quandary.onegame.strategies import leaf_gains

CONSTANT = 1e-9
"""Sums of payoffs that differ by less than this share of the payoffs summed count as constant."""

CLOSE = 1e-11
"""Gains of less than this share of the payoffs that count are rounding."""

NEARLY = 1e-7
"""So is this share in a program too large for exact numbers: so near HiGHS comes to its equations."""

PAIRS_AT_ONCE = 10_000
"""A program of so many pairs of sequences, at the most, is solved in a few hundredths of a second: nobody need be able
to stop HiGHS in it."""

OTHERS = "other maxmin behaviours were not searched"
NODES_BOUNDED = 200_000


def zero_sum(
    game: Tree | StrategicForm, world: int = 0, *, proceed: Proceed = always, seconds: float | None = None
) -> EquilibriaFound:
    """Return one equilibrium of maxmin behaviours; its ``residual`` is the sum of what both can gain.

    Stopped (where ``proceed`` says no, or HiGHS has worked for so many ``seconds``) in a second program, it keeps what
    the first gave; before, there are only bounds on the value. Raises ``Refusal`` (Q457) unless two play for a constant
    sum.
    """
    form = sequence_form(game, world)
    duel = _Duel(game, form, world, _constant(*form.gathered))
    try:
        first, row, answer = duel.program(0, proceed, seconds)
    except Refusal:
        if (exactly := duel.exactly(proceed)) is None:
            raise
        return _told(exactly.equilibrium)
    except STOPS as stop:
        told = "no linear program to its end"
        return EquilibriaFound("zero_sum", (), False, told, (NO_PART, *_bounds(game, world)), stopped=reason(stop))
    found = duel.found(row, answer)
    if found.settled:
        return _told(found.equilibrium)
    try:
        second, column, _ = duel.program(1, proceed, seconds)
    except Refusal:
        second, column = duel.total - first, answer
    except STOPS as stop:
        return _half_told(duel, duel.found(row, answer, NEARLY), stop)
    both = duel.found(row, column)
    if not both.settled and (exactly := duel.exactly(proceed)) is not None:
        return _told(exactly.equilibrium)
    if not duel.found(row, column, NEARLY).settled:
        message = f"the linear programs, in numbers of 16 digits, leave a gain of {both.equilibrium.regret:.3g}."
        raise Refusal(Problem("Q464", message, hint="bring the payoffs nearer to each other in size"))
    values = dict(zip(game.players, (first, second), strict=True))
    return _told(replace(both.equilibrium, values=values, residual=abs(first + second - duel.total)))


def sums_to_constant(game: Tree | StrategicForm, world: int = 0) -> bool:
    """Return whether two play for a constant sum, so that there is a value. Nobody may have forgotten anything."""
    try:
        _constant(*sequence_form(game, world).gathered)
    except Refusal:
        return False
    return True


def _half_told(duel: _Duel, found: _Found, stop: BaseException) -> EquilibriaFound:
    """Return what there is where the second program was stopped: behaviours that leave little to gain, or nothing."""
    limit = "the second program, which confirms the value, was not solved"
    if not found.settled:
        told = "one linear program of two to its end"
        return EquilibriaFound("zero_sum", (), False, told, (limit,), stopped=reason(stop))
    remark = f"the behaviour of {duel.form.players[1]} is read from the multipliers of the program of the other"
    kept = found.equilibrium
    return _told(replace(kept, residual=kept.regret, remarks=(remark,)), limit, stopped=reason(stop))


def _told(found: Equilibrium, *limits: str, stopped: str = "") -> EquilibriaFound:
    searched = "one maxmin behaviour for each player by linear programming; the value is unique"
    return EquilibriaFound(
        "zero_sum", (found,), False, searched, (OTHERS, *limits), stopped=stopped, finished=not stopped
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """Two maxmin behaviours, and whether what they leave to gain is rounding."""

    equilibrium: Equilibrium
    settled: bool


@dataclass(frozen=True, eq=False)
class _Duel:
    """A game of two for a constant sum, in one world."""

    game: Tree | StrategicForm
    form: SequenceForm
    world: int
    total: float

    @cached_property
    def spread(self) -> float:
        """Return the larger player's range of payoffs."""
        return float(np.ptp(self.form.gathered, axis=1).max()) if self.form.gathered.size else 0.0

    @cached_property
    def level(self) -> tuple[float, float]:
        """Return what is taken off each player's payoffs, so that rounding is that of their differences: nothing unless
        they are all far from zero."""
        gathered = self.form.gathered
        middles = (gathered.max(axis=1) + gathered.min(axis=1)) / 2.0 if gathered.size else np.zeros(2)
        first, second = np.where(np.abs(middles) > self.spread, middles, 0.0).tolist()
        return first, second

    @cached_property
    def levelled(self) -> SequenceForm:
        """Return the sequence form of the payoffs less their level."""
        return replace(self.form, gathered=self.form.gathered - np.array(self.level)[:, None])

    def what(self, who: int) -> str:
        """Return the name of a player's program."""
        return f"the linear program of {self.form.players[who]}"

    def program(self, who: int, proceed: Proceed, seconds: float | None) -> tuple[float, Array, Array]:
        """Return the most a player can be sure of, the plan that gives it, and the plan of the other that allows no
        more, by HiGHS.

        Maximise q . f over plans x (E x = e, x >= 0) and free q with F' q <= A' x: q . f is what the other's best
        answer leaves. The multipliers y of these inequalities satisfy F y = f: they are the other's plan.
        """
        own, other = self.form.plans[who], self.form.plans[1 - who]
        payoffs, left = self.levelled.payoffs(who), own.constraints()
        scale = float(np.abs(payoffs.data).max(initial=0.0)) or 1.0
        duals = len(other.right)
        limits = csr_array(hstack([-payoffs.T / scale, other.constraints().T]))
        equal = hstack([left, csr_array((left.shape[0], duals))])
        aim = np.concatenate([np.zeros(own.count), -other.right])
        go_on(proceed, self.what(who), 0, 0)
        best = smallest(
            aim,
            at_most_zero=limits,
            equal=equal,
            right=own.right,
            free=duals,
            proceed=always if own.count * other.count <= PAIRS_AT_ONCE else proceed,
            seconds=seconds,
            what=self.what(who),
        )
        return self.level[who] - best.value * scale, best.x[: own.count], best.multipliers

    def found(self, first: Array, second: Array, share: float | None = None) -> _Found:
        """Return two plans as behaviours, with what they pay and what they leave to gain; ``share`` of the payoffs that
        count is rounding (``CLOSE``)."""
        one, other = self.form.plans
        rules: Rules = one.rules(first) | other.rules(second)
        gain = self.gains.of(rules, CLOSE if share is None else share)
        values = dict(zip(self.form.players, gain.values, strict=True))
        return _Found(Equilibrium(rules, values, gain.regret, sum(gain.each)), gain.rounding)

    @cached_property
    def gains(self) -> TreeGains | FormGains:
        """Return what counts the gains, apart from the solver."""
        return gains_of(self.game, self.world)

    def exactly(self, proceed: Proceed) -> _Found | None:
        """Return maxmin plans by programs in exact numbers, ``None`` where these are too large."""
        plans = self.form.plans
        sizes = [tableau_size(a.count + 2 * len(b.right), b.count, len(a.right)) for a, b in (plans, plans[::-1])]
        if max(sizes) > CELLS_AT_MOST:
            return None
        payoffs = exact_payoffs_of(self.form, self.gains)
        found: list[Array] = []
        for who, other in ((0, 1), (1, 0)):
            table = payoffs if who == 0 else [[-v for v in column] for column in zip(*payoffs, strict=True)]
            plan = _most_sure(table, plans[who], plans[other], proceed)
            if plan is None:
                return None
            found.append(plan)
        return self.found(found[0], found[1])


def exact_payoffs_of(form: SequenceForm, gains: TreeGains | FormGains) -> list[list[Fraction]]:
    """Return what the first player gets of each pair of sequences, in exact numbers, up to a factor."""
    one, other = form.plans
    table = [[Fraction(0)] * other.count for _ in range(one.count)]
    paid: list[Fraction]
    if isinstance(gains, TreeGains):
        leaves, _, _ = leaf_gains(gains.tree, gains.world)
        paid = [Fraction(gains.weights_of(0)[leaf]) for leaf in leaves.tolist()]
    else:
        paid = [plain(v)[0] for v in form.gathered[0].tolist()]
    for a, b, value in zip(*form.ends.tolist(), paid, strict=True):
        table[a][b] += value
    return table


def _most_sure(payoffs: list[list[Fraction]], own: Plans, other: Plans, proceed: Proceed) -> Array | None:
    """Return the plan by which a player is sure of the most, by the program of ``_Duel.program`` in exact numbers."""
    left, right = (plans.constraints().toarray().astype(int).tolist() for plans in (own, other))
    duals, zero = len(other.right), [Fraction(0)] * own.count
    rows = [
        [*(-payoffs[x][y] for x in range(own.count)), *(r[y] for r in right), *(-r[y] for r in right)]
        for y in range(other.count)
    ]
    equal = [[*row, *[0] * (2 * duals)] for row in left]
    ahead = [Fraction(v) for v in other.right.tolist()]
    found = largest_exactly(
        [*zero, *ahead, *(-v for v in ahead)], rows, equal, [Fraction(v) for v in own.right.tolist()], proceed=proceed
    )
    return None if found is None else np.array([float(v) for v in found[1][: own.count]])


def _bounds(game: Tree | StrategicForm, world: int) -> tuple[str, ...]:
    """Return between what the value lies, by what each player is sure of when choosing evenly at random; nothing for a
    game so large that this takes long."""
    if isinstance(game, StrategicForm):
        own = game.payoffs[0, ..., 0 if game.payoffs.shape[-1] == 1 else world]
        low, high = float(own.mean(axis=0).min()), float(own.mean(axis=1).max())
    elif len(game.parent) > NODES_BOUNDED:
        return ()
    else:
        even = {which: np.full(len(s.actions), 1.0 / len(s.actions)) for which, s in enumerate(game.sets) if s.player}
        deviations, (first, second) = Deviations(game, even, world), game.players
        total = deviations.value(first) + deviations.value(second)
        low, high = total - deviations.best(second), deviations.best(first)
    told = f"the value for {game.players[0]} lies between {low:.6g} and {high:.6g}"
    return (f"{told}: so much is each sure of who chooses evenly at random",)


def _constant(first: Array, second: Array) -> float:
    """Return what the payoffs of every leaf sum to. Raises ``Refusal`` (Q457) where that is no constant."""
    total = first + second
    if not total.size:
        return 0.0
    size = np.maximum(np.abs(first), np.abs(second))
    constant = float(total[int(size.argmin())])
    if bool((np.abs(total - constant) > CONSTANT * np.maximum(size, abs(constant))).any()):
        message = f"the players' payoffs sum to between {total.min():.6g} and {total.max():.6g}, not to a constant."
        raise Refusal(Problem("Q457", message, hint='use "pure", "mixed" or "logit"'))
    return constant
