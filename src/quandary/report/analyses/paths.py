"""Path effects in words."""

from __future__ import annotations

from quandary.ask.answer import Answer
from quandary.ask.changes.paths import Paths
from quandary.base.problems import counted
from quandary.language.heads import Unit
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import event_words
from quandary.report.words.questions import dropped_sentence
from quandary.report.words.units import said, with_interval
from quandary.report.words.wording import listing


def path_lines(names: CaseNames, found: Paths, seed: int) -> list[str]:
    """Return the effect, its split, and what the split rests on."""
    change, asked = found.change, f"the probability {event_words(names, found.target)}"
    through = listing([names.variable_inside(name) for name in found.through_what])
    before, after = (names.is_state(change.variable, state) for state in (change.start, change.end))
    lines = [
        f"{sentence(asked)} is {said(found.start.mean, Unit.SHARE)} when {before}, "
        f"{said(found.end.mean, Unit.SHARE)} when {after}; of that difference, {_said(found.total)}, "
        f"what runs through {through} makes {_said(found.through)}.",
        f"  total     {_spread(found.total)}",
        f"  direct    {_spread(found.direct)}: {through} as without the change",
        f"  through   {_spread(found.through)}: what the change of {through} adds to that",
        f"  alone     {_spread(found.alone)}: {through} as with the change, all else without it",
    ]

    def told(variables: tuple[str, ...]) -> list[str]:
        return [names.variable_inside(name) for name in variables]

    if not found.on_the_way:
        lines.append(f"  No path from {names.variable_inside(change.variable)} to that event runs through {through}.")
    if found.witnesses:
        lines.append(
            f"  On the way to {through}, and bearing on the event around it too: {listing(told(found.witnesses))}."
        )
        lines.append(
            "  So the split rests on an assumption that no data can test: the same Gumbel noise in both cases."
        )
    elif found.on_the_way:
        lines.append("  The split needs no assumption on noise: the mediation formula gives it.")
    if found.unplayed:
        lines.append(
            f"  The split takes {listing(told(found.unplayed))} to situations that never arise in the game itself;"
        )
        lines.append("  what is chosen there has no meaning.")
    if found.dropped:
        lines.insert(0, dropped_sentence(names, found.dropped))
    made = f"{counted(found.total.worlds, 'world')} ({found.total.effective_worlds:,.0f} effective), seed {seed}"
    lines.append(f"  {made}; rules are those of the game itself; the interval is the central 90 % of worlds")
    return lines


def _said(answer: Answer) -> str:
    return said(answer.mean, Unit.DIFFERENCE)


def _spread(answer: Answer) -> str:
    return with_interval(answer, Unit.DIFFERENCE)
