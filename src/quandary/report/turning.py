"""What would change the headline, as a table: where each number turns it, and how likely the given range makes that."""

from __future__ import annotations

from collections.abc import Mapping

from quandary.ask.flips import Flips
from quandary.case.numbers import UncertainNumber
from quandary.report.headline import quantity_value
from quandary.report.names import quantity_name
from quandary.report.sheets import Sheet
from quandary.report.units import Unit, said
from quandary.report.wording import percent

MOST = 10


def flips_sheet(found: Flips, numbers: Mapping[str, UncertainNumber], unit: Unit) -> Sheet:
    """Return one row a number, the most influential first: its range, where the answer turns, and how likely that is.

    Influence is the share of the answer's variance that the number carries alone, with its 90 % interval.
    """
    rows = []
    for flip in found.flips[:MOST]:
        own = flip.number
        turn, likely, answer = "nowhere in its range", "–", "–"
        if flip.turn is not None:
            turn = f"{'above' if flip.turn.above else 'below'} {quantity_value(own, flip.turn.threshold)}"
            likely, answer = percent(flip.turn.beyond), said(flip.turn.mean, unit)
        influence = f"{percent(flip.influence.value)} ({percent(flip.influence.low)} to {percent(flip.influence.high)})"
        given = f"{quantity_value(own, flip.low)} to {quantity_value(own, flip.high)}"
        rows.append((quantity_name(own.name, numbers), influence, given, turn, likely, answer))
    columns = ("Number", "Influence", "Range given", "Turns the answer", "How likely", "Answer there")
    caption = f"Where the answer passes {said(found.level, unit)}, by one number alone"
    return Sheet(caption, columns, tuple(rows))


def flips_lines(found: Flips, numbers: Mapping[str, UncertainNumber], unit: Unit) -> list[str]:
    """Return what the table cannot show: pairs that turn the answer only together, or that nothing does."""
    lines = []
    if found.nothing_flips:
        lines.append("Nothing in the ranges given flips it.")
    for pair in found.pairs[:3]:
        first = f"{quantity_name(pair.first.name, numbers)} {'high' if pair.first_above else 'low'}"
        second = f"{quantity_name(pair.second.name, numbers)} {'high' if pair.second_above else 'low'}"
        lines.append(
            f"Only together: {first} and {second}, in {percent(pair.share)} of worlds: {said(pair.mean, unit)}."
        )
    return lines
