"""An answer to one question, typed or as an object with the numbers of a form, as the case has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quandary.ask.turning.eliciting.candidates import Aspect, Candidate
from quandary.ask.turning.eliciting.forms import (
    DONT_KNOW,
    NOT_KNOWN,
    DontKnow,
    JudgedAnswer,
    bad_answer,
    direction_of,
    idea,
    judgement,
    shelf,
    side,
)
from quandary.ask.turning.eliciting.questions import unit_of_answer

IDEA = ("low", "high", "best", "sure")
SHELF = ("limits", "middle", "quartiles")


def judged_answer(words: str | None, candidate: Candidate, said: object) -> JudgedAnswer | DontKnow:
    """Return what an answer says of a candidate, or that it is not known; ``words`` is the case's table of words.

    It is text as typed, or an object: ``{low, high, best, sure}`` or ``{limits, middle, quartiles}``, probabilities in
    percent. Raises ``Refusal`` (Q575) for what does not fit.
    """
    if candidate.aspect is Aspect.ORDER:
        return _order(candidate, said)
    unit = unit_of_answer(words, candidate)
    if candidate.aspect is Aspect.DIRECTION:
        if not isinstance(said, str):
            raise bad_answer("a direction is answered in a word", "answer more, less, neither or don't know")
        found = direction_of(said)
        if found == DONT_KNOW:
            return DONT_KNOW
        assert candidate.neutral is not None
        return side(unit, int(found), candidate.low, candidate.high, candidate.neutral)
    if isinstance(said, str):
        return judgement(unit, said)
    if isinstance(said, Mapping) and set(said) == set(IDEA):
        return idea(unit, *(_number(said[key]) for key in IDEA))
    if isinstance(said, Mapping) and set(said) == set(SHELF):
        limits, quartiles = _two(said["limits"]), _two(said["quartiles"])
        return shelf(unit, limits, _number(said["middle"]), quartiles)
    raise bad_answer(
        "that is none of the forms of an answer",
        "give text, {low, high, best, sure} or {limits: [a, b], middle: m, quartiles: [a, b]}",
    )


def _order(candidate: Candidate, said: object) -> JudgedAnswer | DontKnow:
    """Return an order from the worst to the best, or from the least to the most: ``2 < 1 < 3``, by their numbers."""
    if isinstance(said, str) and said.strip().lower() in NOT_KNOWN:
        return DONT_KNOW
    count = len(candidate.things)
    parts = [part.strip() for part in said.split("<")] if isinstance(said, str) else []
    if sorted(parts) != [str(number + 1) for number in range(count)]:
        example = " < ".join(str(number) for number in range(count, 0, -1))
        raise bad_answer("that is no order of what is asked", f"write each number once, as in {example}")
    least = "least" if candidate.number.role.kind == "weight" else "worst"
    return JudgedAnswer(" < ".join(parts), f"the {least} first")


def _two(value: Any) -> tuple[float, float]:  # noqa: ANN401 - any JSON
    if not isinstance(value, list) or len(value) != 2:
        raise bad_answer("limits and quartiles are two numbers each", "as in [5, 60]")
    return _number(value[0]), _number(value[1])


def _number(value: Any) -> float:  # noqa: ANN401 - any JSON
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise bad_answer("a form takes plain numbers", "probabilities in percent, as in 20")
    return float(value)
