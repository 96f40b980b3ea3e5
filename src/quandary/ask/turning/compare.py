"""Two cases side by side: where two analysts really differ, and how much each difference makes of it.

The cases are taken apart into *parts* that can be exchanged one by one (``parts.py``): an assumption, a chance event or
decision of the story, an actor, a stake, a named event, the correlations, the evidence. Where the stories do not have
the same shape (variables, states, who decides, what depends on what) story, actors, stakes, events and evidence are one
part. The parts that differ share the difference of the mean answers by their Shapley values (Shapley 1953): the
average, over all orders in which the parts could be changed from the first case to the second, of what each change
adds. The values sum to the whole.

Every mixture of parts is a case that is solved anew, with the same draws by name, and remembered. All are asked with
the same evidence: what the query's interventions set aside in one of the two cases is set aside in the other. Few parts
are done exactly, 2^n mixtures; more are sampled in orders drawn from the seed, each with its reverse (antithetic), and
the error is the standard error over pairs of orders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import factorial

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.query.queries import asked_without
from quandary.ask.study import Study
from quandary.ask.turning.parts import Part, differing, mixed
from quandary.ask.turning.structure import truth_or_number
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import heed
from quandary.case.model import Case
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.quantities.arithmetic import difference
from quandary.worlds.gathering import Progress

EXACT_PARTS = 5
"""Parts up to which every mixture is solved: 32 at most."""

PAIRS_OF_ORDERS = 8
"""Orders sampled beyond, each with its reverse."""


@dataclass(frozen=True)
class ShapleyShare:
    """What one differing part makes of the difference; ``error`` is ``None`` where it is exact.

    ``alone`` is what changing it alone, from the first case, does (``None`` where that is no case).
    """

    part: Part
    value: float
    error: float | None
    alone: float | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """One query in two cases; ``shares`` add up to the second mean minus the first, the largest first.

    ``unconverged`` worlds could not be solved in some mixture, and are in no answer of that one.
    """

    query: str
    first: Answer
    second: Answer
    shares: tuple[ShapleyShare, ...]
    exact: bool
    mixtures: int
    unconverged: tuple[int, ...] = ()


def compare(
    first: Case,
    second: Case,
    query: str | Expression,
    study_of: Callable[[Case], Study],
    *,
    seed: int = 1,
    exact_parts: int = EXACT_PARTS,
    pairs_of_orders: int = PAIRS_OF_ORDERS,
    progress: Progress | None = None,
) -> Comparison:
    """Return how a query's mean answer differs between two cases, and what each differing part makes of it.

    ``study_of`` makes the study of a case: worlds, seed and day are its own. Raises ``CaseError`` for a query that
    either case cannot answer, ``Refusal`` (Q567) where a mixture of the cases is no case or has no answer.
    """
    parts = differing(first, second)
    mixing = _Mixing(first, second, query, study_of, parts)
    ends = mixing.answer(frozenset()), mixing.answer(frozenset(parts))
    exact = len(parts) <= exact_parts
    if exact:
        shares = _exact(parts, mixing, progress)
    else:
        shares = _sampled(parts, mixing, np.random.default_rng(seed), pairs_of_orders, progress)
    alone = {part: difference(mixing.mean(frozenset([part])), mixing.mean(frozenset())) for part in parts}
    rows = [ShapleyShare(part, value, error, alone[part]) for part, (value, error) in shares.items()]
    rows.sort(key=lambda share: -abs(share.value))
    said = query if isinstance(query, str) else written(query)
    return Comparison(said, *ends, tuple(rows), exact, mixing.solved, tuple(sorted(mixing.unconverged)))


class _Mixing:
    """Mixtures of two cases, each answered once."""

    def __init__(
        self,
        first: Case,
        second: Case,
        query: str | Expression,
        study_of: Callable[[Case], Study],
        parts: Sequence[Part],
    ) -> None:
        self._cases = first, second
        self._query = query
        self._study_of = study_of
        self._whole = frozenset(parts)
        self._known: dict[frozenset[Part], Answer] = {}
        self.unconverged: set[int] = set()

    @property
    def solved(self) -> int:
        """Return how many mixtures were solved, the two cases included."""
        return len(self._known)

    def mean(self, taken: frozenset[Part]) -> float:
        """Return the mean answer of a mixture."""
        mean = self.answer(taken).mean
        assert mean is not None
        return mean

    def answer(self, taken: frozenset[Part]) -> Answer:
        """Return the answer of a mixture; a truth counts as 1 or 0."""
        if taken not in self._known:
            self._known[taken] = self._asked(taken)
        return self._known[taken]

    @cached_property
    def _aside(self) -> tuple[str, ...]:
        """Return the evidence that the query's interventions set aside in either case: neither is asked with it."""
        ends = (self._study_of(case) for case in self._cases)
        return tuple(dict.fromkeys(piece for study in ends for piece in study.dropped(study.prepared(self._query))))

    def _asked(self, taken: frozenset[Part]) -> Answer:
        first, second = self._cases
        whole = {frozenset(): first, self._whole: second}.get(taken)
        try:
            study = self._study_of(mixed(first, second, taken) if whole is None else whole)
            query = asked_without(study.prepared(self._query), self._aside)
            study.need([query])
        except CaseError as fault:
            if whole is not None:
                raise
            raise Refusal(_no_mixture(taken, fault.problems[0].message)) from None
        heed(study.stop)
        if not study.run.complete:
            raise KeyboardInterrupt
        self.unconverged.update(study.run.unconverged)
        found = truth_or_number(study, query)
        if found.mean is None:
            raise Refusal(_no_mixture(taken, "the answer is undefined in every world"))
        return found


def _no_mixture(taken: frozenset[Part], why: str) -> Problem:
    named = ", ".join(f"{kind} {name}" for kind, name in sorted(taken))
    message = f"The first case with {named} of the second gives no answer: {why}"
    return Problem("Q567", message, hint="make the cases differ in numbers only, or ask what both can answer")


def _exact(parts: Sequence[Part], mixing: _Mixing, progress: Progress | None) -> dict[Part, tuple[float, float | None]]:
    count = len(parts)
    subsets = [frozenset(chosen) for size in range(count + 1) for chosen in combinations(parts, size)]
    for number, subset in enumerate(subsets):
        mixing.mean(subset)
        if progress is not None:
            progress(number + 1, len(subsets))
    found: dict[Part, tuple[float, float | None]] = {}
    for part in parts:
        value = 0.0
        for subset in subsets:
            if part in subset:
                continue
            share = factorial(len(subset)) * factorial(count - len(subset) - 1) / factorial(count)
            value += share * difference(mixing.mean(subset | {part}), mixing.mean(subset))
        found[part] = value, None
    return found


def _sampled(
    parts: Sequence[Part], mixing: _Mixing, generator: np.random.Generator, pairs: int, progress: Progress | None
) -> dict[Part, tuple[float, float | None]]:
    added = np.zeros((pairs, len(parts)))
    for pair in range(pairs):
        order = generator.permutation(len(parts))
        for number, way in enumerate((order, order[::-1])):
            taken: frozenset[Part] = frozenset()
            for index in way:
                wider = taken | {parts[index]}
                added[pair, index] += difference(mixing.mean(wider), mixing.mean(taken)) / 2
                taken = wider
            if progress is not None:
                progress(2 * pair + number + 1, 2 * pairs)
    error = added.std(axis=0, ddof=1) / np.sqrt(pairs)
    return {part: (float(added[:, i].mean()), float(error[i])) for i, part in enumerate(parts)}
