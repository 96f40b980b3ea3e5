"""Remarks on an answer: sentences whose names are data, so that code and people are each told them in their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quandary.base.problems import CaseError, Problem, Refusal
from quandary.language.printing import written
from quandary.language.syntax import Expression, Is, Name


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


def actor(name: str) -> RemarkedName:
    """Return an actor as a remark names it."""
    return RemarkedName("actor", (name,))


def variables(names: Sequence[str]) -> RemarkedName:
    """Return variables as a remark names them."""
    return RemarkedName("variables", tuple(names))


def conditions(holding: Sequence[Expression]) -> RemarkedName:
    """Return conditions that hold together as a remark names them."""
    return RemarkedName("condition", conditions=tuple(holding))


def settings(setting: Sequence[tuple[str, str]]) -> RemarkedName:
    """Return variables in states as a remark names them."""
    return conditions([Is(Name((name,)), (state,)) for name, state in setting])
