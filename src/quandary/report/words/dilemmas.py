"""Whether something is a dilemma, said first, and then its three measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.claims.verdicts import LEANS_TRUE
from quandary.base.arrays import Array, Mask
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.syntax import Ask
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import stakes_listed
from quandary.report.words.units import undefined_in_every_world, with_interval, worlds_of
from quandary.report.words.wording import listing

CLOSE = 5.0
"""Points of worth under which the second option is nearly as good as the best: 5 % of the scale, as for near best."""


@dataclass(frozen=True)
class Sign:
    """One sign of a dilemma: in which worlds it is there, by what a part is in each, and how it is told either way."""

    part: heads.Head
    there: Callable[[Array], Mask]
    so: str
    not_so: str


SIGNS = (
    Sign(
        heads.DROP, lambda v: v > 0, "its best option is worth less than otherwise", "its best option is worth no less"
    ),
    Sign(heads.MARGIN, lambda v: v < CLOSE, "the second is nearly as good", "the second is clearly worse"),
    Sign(
        heads.CLASH, lambda v: v > 0.5, "none is near best for every stake", "one is mostly near best for every stake"
    ),
)
"""What makes a dilemma: a loss whatever is chosen, no clear best option, and stakes that ask for different ones."""

WORDS = ("No", "Hardly", "Yes, mildly", "Yes")
"""The answer by how many of the signs are there in most worlds."""


def dilemma_lines(names: CaseNames, query: Ask, answer: Answer) -> list[str]:
    """Return whether it is a dilemma, in one sentence, and then its three parts, a line each."""
    first = dilemma_answer(answer)
    return [*([first] if first else []), *measure_lines(names, query, answer)]


def dilemma_answer(answer: Answer) -> str:
    """Return ``Yes, mildly: its best option is worth less than otherwise, but ...``; empty where a part has no value.

    A sign is there where it is in as many worlds as make a claim lean true. All three make a dilemma, two a mild one.
    """
    parts = [answer.parts.get(sign.part.name) for sign in SIGNS]
    shares = [None if part is None else _share(part, sign.there) for part, sign in zip(parts, SIGNS, strict=True)]
    if None in shares:
        return ""
    there = [share is not None and share >= LEANS_TRUE for share in shares]
    so = [sign.so for sign, is_so in zip(SIGNS, there, strict=True) if is_so]
    not_so = [sign.not_so for sign, is_so in zip(SIGNS, there, strict=True) if not is_so]
    told = ", but ".join(listing(some) for some in (so, not_so) if some)
    return f"{WORDS[sum(there)]}: {told}."


def _share(part: Answer, there: Callable[[Array], Mask]) -> float | None:
    known = ~np.isnan(part.draws) & (part.weights > 0)
    if not known.any():
        return None
    return float(np.average(there(part.draws[known]), weights=part.weights[known]))


def measure_lines(names: CaseNames, query: Ask, answer: Answer) -> list[str]:
    """Return a dilemma's three parts with their units, a line each."""
    parts = answer.parts
    if all(part.mean is None for part in parts.values()):
        return [undefined_in_every_world(answer)]
    drop, margin, clash = (parts.get(sign.part.name) for sign in SIGNS)
    return list(_measures(drop, margin, clash, stakes_listed(names, query)))


def _measures(drop: Answer | None, margin: Answer | None, clash: Answer | None, stakes: str) -> Iterator[str]:
    if drop is not None and drop.mean is None:
        yield "how far its best option falls is undefined: what it is compared with has probability zero"
    elif drop is not None:
        word = "falls: by" if (drop.mean or 0) > 0 else "does not fall: its drop is"
        yield f"its best option's value {word} {with_interval(drop, Unit.POINTS)}"
    if margin is not None and margin.mean is None:
        yield f"how far the best option leads the second is {undefined_in_every_world(margin)}"
    elif margin is not None:
        yield f"the best option leads the second by {with_interval(margin, Unit.POINTS)}"
    if clash is not None:
        yield f"no option is near best for {stakes} at once in {worlds_of(clash)}"
