"""Path effects in words."""

from __future__ import annotations

from quandary.ask.answer import Answer
from quandary.ask.changes.paths import Paths
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language.heads import Unit
from quandary.report.words.questions import aside_sentence
from quandary.report.words.units import said, with_interval
from quandary.report.words.wording import listing


def path_lines(case: Case, found: Paths, seed: int) -> list[str]:
    """Return the effect, its split, and what the split rests on."""
    change, names = found.change, listing(found.through_what)
    lines = [
        f"{found.asked}: {said(found.start.mean, Unit.SHARE)} with {change.variable} = {change.start}, "
        f"{said(found.end.mean, Unit.SHARE)} with {change.variable} = {change.end}; of {_said(found.total)}, "
        f"{_said(found.through)} run through {names}.",
        f"  total     {_spread(found.total)}",
        f"  direct    {_spread(found.direct)}: {names} as without the change",
        f"  through   {_spread(found.through)}: what the change of {names} adds to that",
        f"  alone     {_spread(found.alone)}: {names} as with the change, all else without it",
    ]
    names = listing(found.through_what)
    if not found.on_the_way:
        lines.append(f"  No path from {change.variable} to {found.asked} runs through {names}.")
    if found.witnesses:
        lines.append(
            f"  On the way to {names}, and bearing on {found.asked} around it too: {listing(found.witnesses)}."
        )
        lines.append(
            "  So the split rests on an assumption that no data can test: the same Gumbel noise in both cases."
        )
    elif found.on_the_way:
        lines.append("  The split needs no assumption on noise: the mediation formula gives it.")
    if found.unplayed:
        lines.append(f"  The split takes {listing(found.unplayed)} to situations that never arise in the game itself;")
        lines.append("  what is chosen there has no meaning.")
    if found.aside:
        lines.insert(0, aside_sentence(case, found.aside))
    made = f"{counted(found.total.worlds, 'world')} ({found.total.effective_worlds:,.0f} effective), seed {seed}"
    lines.append(f"  {made}; rules are those of the game itself; the interval is the central 90 % of worlds")
    return lines


def _said(answer: Answer) -> str:
    return said(answer.mean, Unit.DIFFERENCE)


def _spread(answer: Answer) -> str:
    return with_interval(answer, Unit.DIFFERENCE)
