"""Evidence that cannot happen in any world, or that leaves a question's conditions none: which piece is to blame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quandary.ask.answer import Remark, RemarkedName, RemarkedProblem, named_conditions
from quandary.ask.games.evidence import conditions_of
from quandary.ask.games.situation import GameSituation
from quandary.ask.inquiry import ITSELF, Inquiry
from quandary.base.problems import Problem, Severity
from quandary.case.model import Evidence

FEW = 100
"""Effective worlds below which the evidence leaves too few to rest on."""


def impossible_evidence(situation: GameSituation, items: Sequence[Evidence]) -> Problem:
    """Return the fault (Q522) of the first piece of evidence that cannot happen after those before it."""
    hint = "look for odds of 0 %, or an option that `only` bars"
    for count, item in enumerate(items, start=1):
        if not situation.chance(conditions_of(tuple(items[:count]))).any():
            ends = ", given the evidence before it." if count > 1 else "."
            seen = named_conditions([item.saw])
            remark = Remark(("The evidence ", seen, " cannot happen in any world", ends))
            return RemarkedProblem("Q522", remark.text, item.place, hint, remark=remark)
    return Problem("Q522", "The evidence together cannot happen in any world.", items[0].place, hint)


def ruled_out(inquiries: Iterable[Inquiry], situation: GameSituation, items: Sequence[Evidence]) -> tuple[Remark, ...]:
    """Return a remark for each condition of the inquiries that could be, were it not for the evidence.

    Only conditions in the case's own game are looked at; the first piece of evidence that rules one out by itself is
    named, or all of it where they do so together.
    """
    told: dict[Remark, None] = {}
    for inquiry in inquiries:
        if inquiry.game != ITSELF or not inquiry.basis.used:
            continue
        for conditions in (inquiry.given, inquiry.against):
            seen = conditions_of(tuple(items))
            if not situation.chance(conditions).any() or situation.chance((*seen, *conditions)).any():
                continue
            alone = [i for i in items if not situation.chance((*conditions_of((i,)), *conditions)).any()]
            blame: tuple[str | RemarkedName, ...] = ("All that was seen together",)
            if alone:
                on = alone[0].on
                blame = (f"It was seen on {on.day} {on:%B %Y} that ", named_conditions([alone[0].saw]), ", which")
            ends = "; --no-evidence asks without it"
            told[Remark((*blame, " rules out that ", named_conditions(conditions), ends))] = None
    return tuple(told)


def few_count(effective: float, solved: int, seen: bool, anchored: float | None) -> tuple[Problem, ...]:
    """Return a warning (Q520) where what worlds weigh by leaves too few: ``effective`` ones of those ``solved``."""
    if not (seen or anchored is not None) or not solved or effective >= min(FEW, solved / 2):
        return ()
    what = "The evidence is" if anchored is None else "The evidence and the checks are"
    message = f"{what} so unlikely in most worlds that only {effective:,.0f} of {solved:,} count."
    hint = "draw more worlds (--worlds), or look at the answers without it (--no-evidence)"
    if anchored is not None:
        hint = "draw more worlds (--worlds), or state a larger discrepancy (--discrepancy)"
    return (Problem("Q520", message, hint=hint, severity=Severity.WARNING),)
