"""An answer: a distribution over worlds, never a bare number.

Its remarks are sentences whose names are data, so that code and people are each told them in their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.language.printing import written
from quandary.language.syntax import Expression, Is, Name

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class RemarkedName:
    """What a remark names: an actor, variables, or conditions that hold together."""

    kind: Literal["actor", "variables", "condition"]
    names: tuple[str, ...] = ()
    conditions: tuple[Expression, ...] = ()

    @property
    def text(self) -> str:
        """Return it as the case's code has it."""
        if self.kind == "condition":
            return " and ".join(written(condition) for condition in self.conditions)
        return ", ".join(self.names)


@dataclass(frozen=True)
class Remark:
    """A sentence on an answer, in parts: words, and what they name."""

    parts: tuple[str | RemarkedName, ...]

    @property
    def text(self) -> str:
        """Return the sentence with code names."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class RemarkedProblem(Problem):
    """A fault whose message is a remark too, so that an answer that lacks something can say why in words."""

    remark: Remark | None = None


def reason_of(fault: CaseError | Refusal) -> Remark:
    """Return what a fault says as a remark: the first where there are several."""
    problem = fault.problems[0] if isinstance(fault, CaseError) else fault.problem
    told = problem.remark if isinstance(problem, RemarkedProblem) else None
    return told or Remark((problem.message,))


def named_actor(name: str) -> RemarkedName:
    """Return an actor as a remark names it."""
    return RemarkedName("actor", (name,))


def named_variables(names: Sequence[str]) -> RemarkedName:
    """Return variables as a remark names them."""
    return RemarkedName("variables", tuple(names))


def named_conditions(holding: Sequence[Expression]) -> RemarkedName:
    """Return conditions that hold together as a remark names them."""
    return RemarkedName("condition", conditions=tuple(holding))


def named_settings(setting: Sequence[tuple[str, str]]) -> RemarkedName:
    """Return variables in states as a remark names them."""
    return named_conditions([Is(Name((name,)), (state,)) for name, state in setting])


NEAR_COUNTED = 0.03
"""A choice within this of what counting options gives is near a coin flip, if it is so in most worlds too."""

MOST = 0.5
"""More than this share of worlds are most."""


@dataclass(frozen=True, eq=False)
class AnswerDraws:
    """A query's value in every world and the weight of each world.

    ``values`` is NaN where the query is undefined (P(. | probability zero)); ``weights`` are the
    probabilities of the evidence (and, for a single conditional query, of its condition), not normalised.
    Both have shape ``(W,)``.
    """

    values: Array
    weights: Array

    @property
    def undefined(self) -> int:
        """Return in how many worlds the query has no value."""
        return int(np.isnan(self.values).sum())


@dataclass(frozen=True)
class CountedChoice:
    """How likely a choice is, and what counting options would make it, both 0 to 1 and means over the same worlds.

    ``near_in`` is the share of worlds in which the two are within ``NEAR_COUNTED``. ``reach`` is how far other worlds
    may move the difference of the two, ``near_reach`` how far that share.
    """

    chance: float
    counted: float
    near_in: float
    reach: float = 0.0
    near_reach: float = 0.0

    @property
    def edge(self) -> bool:
        """Return whether other worlds may say otherwise of whether the choice is near a coin flip."""
        if not 1e-9 < self.counted < 1 - 1e-9:
            return False
        apart = abs(self.chance - self.counted)
        surely = apart + self.reach <= NEAR_COUNTED and self.near_in - self.near_reach > MOST
        perhaps = apart - self.reach <= NEAR_COUNTED and self.near_in + self.near_reach > MOST
        return perhaps and not surely

    @property
    def near(self) -> bool:
        """Return whether the two lie so near together that the choice is near a coin flip.

        What counting makes certain leaves nothing to choose; sure choices that differ from world to world are no flip.
        """
        return (
            abs(self.chance - self.counted) <= NEAR_COUNTED and self.near_in > MOST and 1e-9 < self.counted < 1 - 1e-9
        )


@dataclass(frozen=True)
class ArisingChoice:
    """How likely it is that a decision arises, and then what is asked of it: means over the same worlds, 0 to 1.

    ``then`` is ``None`` where it never arises.
    """

    decision: str
    arises: float
    then: float | None


@dataclass(frozen=True, eq=False)
class Answer:
    """What a query's draws say.

    ``mean`` is the forecast (weighted), ``median`` and ``low``..``high`` (5 % and 95 %) the analyst's doubt,
    ``mc_error`` the standard error of the mean over blocks of worlds, ``holds_in`` the weighted share of
    worlds in which a comparison holds (``None`` for a number; the other figures are then about its left minus
    its right side). ``is_truth``: the query is so or not so in a world (comparison, ``best``, ``both``, ``clash``), so
    that it counts worlds and has no interval: ``low`` to ``high`` is that of a comparison's sides, else ``None``.
    ``reach`` is how far the mean over as many other worlds may lie from this one (``mean_reach``). ``aside`` is
    the evidence that interventions set aside, ``why_undefined`` says why worlds have no value. ``parts`` holds, by
    name, the answers to the parts of a question that has several (``dilemma``: drop, margin, clash; the headline is the
    drop). ``draws`` is the value in every world (NaN where undefined) and ``weights`` what each world weighs, both of
    shape ``(W,)``. ``counting`` says, of how likely a choice is, what counting options would make it; ``arising``, of
    one that arises only sometimes, how often that is.
    """

    query: str
    mean: float | None
    median: float | None
    low: float | None
    high: float | None
    mc_error: float | None
    worlds: int
    effective_worlds: float
    undefined: int
    draws: Array = field(repr=False)
    weights: Array = field(repr=False)
    holds_in: float | None = None
    aside: tuple[Expression, ...] = ()
    remarks: tuple[Remark, ...] = ()
    why_undefined: str = ""
    is_truth: bool = False
    reach: float | None = None
    parts: Mapping[str, Answer] = field(default_factory=dict)
    counting: CountedChoice | None = None
    arising: ArisingChoice | None = None

    @property
    def dropped(self) -> tuple[str, ...]:
        """Return the evidence that interventions set aside, as the case writes it."""
        return tuple(written(condition) for condition in self.aside)

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Return the central 90 % interval over worlds; of a truth there is none."""
        return (None, None) if self.is_truth else (self.low, self.high)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return the remarks as sentences with the case's code names."""
        return tuple(remark.text for remark in self.remarks)

    @property
    def share(self) -> float | None:
        """Return the weighted share of worlds in which a truth holds, ``None`` for a number."""
        return (self.mean if self.holds_in is None else self.holds_in) if self.is_truth else None

    def to_pandas(self) -> pandas.DataFrame:
        """Return the draws as a data frame with columns ``value`` and ``weight``, one row a world.

        Raises ``Refusal`` (Q801) when the extra ``pandas`` is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            message = "a data frame needs the extra `pandas`, which is not installed"
            raise Refusal(Problem("Q801", message, hint="pip install 'quandary[pandas]'")) from None
        return pd.DataFrame({"value": self.draws, "weight": self.weights})
