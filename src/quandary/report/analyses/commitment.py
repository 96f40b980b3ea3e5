"""A supposition in words: the answer before and after, and what each actor gains by it."""

from __future__ import annotations

from quandary.ask.changes.commitment import Sight, Suppose, Supposition
from quandary.base.problems import counted
from quandary.case.model import DecisionEvent
from quandary.language.heads import Unit
from quandary.language.syntax import Expression
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import answer_phrase, dropped_sentence
from quandary.report.words.units import interval_said, moved_said, unit_of
from quandary.report.words.wording import listing


def supposition(names: CaseNames, change: Supposition) -> str:
    """Return what is supposed, in words: an announcement with its rule, or what is seen and what not."""
    if isinstance(change, Sight):
        item = names.case.variable(change.decision)
        who = names.actor_inside(item.by) if isinstance(item, DecisionEvent) else ""
        seen = "sees" if change.seen else "does not see"
        what, where = names.variable_inside(change.variable), names.variable_inside(change.decision)
        return names.marked(f"{who} {seen} {what} at {where}", f"{change.variable} at {change.decision}")
    parts = [
        names.state(change.decision, option) + ("" if condition is None else f" {names.when(condition)}")
        for condition, option in change.rules
    ]
    if len(parts) > 1:
        parts[-1] = f"else {parts[-1]}"
    return f"{names.variable_inside(change.decision)} is announced: {'; '.join(parts)}"


def suppose_lines(names: CaseNames, query: Expression, found: Suppose, seed: int) -> list[str]:
    """Return what is supposed, the answer before and after, and the payoffs."""
    words = names.case.words
    unit = unit_of(query)
    lines = [
        f"Suppose {listing([supposition(names, change) for change in found.changes])}. {query_title(names, query)}:"
    ]
    lines.append(f"  as it is    {answer_phrase(query, found.before, words)}")
    lines.append(f"  supposed    {answer_phrase(query, found.after, words)}")
    if found.difference is not None:
        change = Unit.DIFFERENCE if unit.in_hundred else unit
        spread = "" if found.before.is_truth else f" ({interval_said(found.difference, change, sign=True)})"
        lines.append(f"  change      {moved_said(found.difference.mean, change)}{spread}")
    for actor, gain in found.payoffs.items():
        told = f"{moved_said(gain.mean, Unit.POINTS)} ({interval_said(gain, Unit.POINTS, sign=True)})"
        lines.append(f"  the worth of it all for {names.actor_inside(actor)}: {told}")
    if found.dropped:
        lines.insert(1, f"  {dropped_sentence(names, found.dropped)}")
    made = f"{counted(found.before.worlds, 'world')} ({found.before.effective_worlds:,.0f} effective), seed {seed}"
    lines.append(f"  {made}; solved anew in the same worlds; the interval is the central 90 % of worlds")
    return lines
