"""Path effects in words and as JSON."""

from __future__ import annotations

from typing import Any

from quandary.ask.answer import Answer
from quandary.ask.changes.paths import Paths
from quandary.base.problems import counted
from quandary.language.heads import Unit
from quandary.report.as_json import spread
from quandary.report.words.units import said, said_interval
from quandary.report.words.wording import listing
from quandary.version import __version__


def path_lines(found: Paths, seed: int) -> list[str]:
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
    if found.dropped:
        lines.append(f"  (evidence on {listing(found.dropped)} is set aside: the change can reach it)")
    made = f"{counted(found.total.worlds, 'world')} ({found.total.effective_worlds:,.0f} effective), seed {seed}"
    lines.append(f"  {made}; rules are those of the game itself; the interval is the central 90 % of worlds")
    return lines


def paths_json(found: Paths, seed: int, *, complete: bool = True) -> dict[str, Any]:
    """Return the JSON form of path effects (``quandary.paths/1``)."""
    answers = ("start", "end", "total", "direct", "through", "alone")
    return {
        "schema": "quandary.paths/1",
        "version": __version__,
        "asked": found.asked,
        "change": {"variable": found.change.variable, "from": found.change.start, "to": found.change.end},
        "mediators": list(found.through_what),
        **{name: spread(getattr(found, name)) | {"mc_error": getattr(found, name).mc_error} for name in answers},
        "witnesses": list(found.witnesses),
        "on_the_way": found.on_the_way,
        "unplayed": list(found.unplayed),
        "dropped": list(found.dropped),
        "worlds": found.total.worlds,
        "effective_worlds": found.total.effective_worlds,
        "seed": seed,
        "complete": complete,
    }


def _said(answer: Answer) -> str:
    return said(answer.mean, Unit.DIFFERENCE)


def _spread(answer: Answer) -> str:
    return f"{_said(answer)} ({said_interval(answer.low, answer.high, Unit.DIFFERENCE)})"
