"""A supposition in words: the answer before and after, and what each actor gains by it."""

from __future__ import annotations

from quandary.ask.changes.commitment import Sight, Suppose, Supposition
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.report.words.questions import answer_phrase, aside_sentence
from quandary.report.words.units import interval_said, moved_said, unit_of
from quandary.report.words.wording import listing


def supposition(change: Supposition) -> str:
    """Return what is supposed, in words: an announcement with its rule, or what is seen and what not."""
    if isinstance(change, Sight):
        return f"{change.variable} is {'seen' if change.seen else 'not seen'} at {change.decision}"
    parts = [option if c is None else f"{option} if {written(c)}" for c, option in change.rules]
    if len(parts) > 1:
        parts[-1] = f"else {parts[-1]}"
    return f"{change.decision} is announced: {'; '.join(parts)}"


def suppose_lines(case: Case, query: Expression, found: Suppose, seed: int) -> list[str]:
    """Return what is supposed, the answer before and after, and the payoffs."""
    unit = unit_of(query)
    lines = [f"Suppose {listing([supposition(change) for change in found.changes])}. {found.before.query}:"]
    lines.append(f"  as it is    {answer_phrase(query, found.before, case.words)}")
    lines.append(f"  supposed    {answer_phrase(query, found.after, case.words)}")
    if found.difference is not None:
        change = Unit.DIFFERENCE if unit.in_hundred else unit
        spread = "" if found.before.is_truth else f" ({interval_said(found.difference, change, sign=True)})"
        lines.append(f"  change      {moved_said(found.difference.mean, change)}{spread}")
    for actor, gain in found.payoffs.items():
        told = f"{moved_said(gain.mean, Unit.POINTS)} ({interval_said(gain, Unit.POINTS, sign=True)})"
        lines.append(f"  {actor}'s expected payoff changes by {told}")
    if found.aside:
        lines.insert(1, f"  {aside_sentence(case, found.aside)}")
    made = f"{counted(found.before.worlds, 'world')} ({found.before.effective_worlds:,.0f} effective), seed {seed}"
    lines.append(f"  {made}; solved anew in the same worlds; the interval is the central 90 % of worlds")
    return lines
