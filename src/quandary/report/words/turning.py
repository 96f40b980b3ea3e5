"""What would change an answer, in words and as one table: what each number carries, and where it turns the answer."""

from __future__ import annotations

from collections.abc import Mapping

from quandary.ask.query.combining import is_truth
from quandary.ask.turning.flips import Flip, Flips, PairFlip, Turn
from quandary.compile.numbers import UncertainNumber
from quandary.language.heads import Unit
from quandary.language.syntax import Expression
from quandary.quantities.influence import Index
from quandary.report.sheets import Sheet
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name, quantity_value, range_said, value_said
from quandary.report.words.units import said, unit_told
from quandary.report.words.wording import of_worlds, percent, points_of, portion, signed_size

MOST_ROWS = 12
"""Numbers that turn nothing are listed up to this many rows."""

MOST_PAIRS = 3
"""Pairs named in a report."""

NOWHERE = "not in it"


def flips_sheet(
    names: CaseNames,
    found: Flips,
    query: Expression,
    most: int = MOST_ROWS,
    *,
    narrow: bool = False,
    as_written: Mapping[str, str] | None = None,
) -> Sheet:
    """Return one row a number, the most influential first: what it carries, its range, where it turns the answer, how
    likely that is, and the answer there.

    What it settles of the whole distribution stands beside what it carries of the mean, except for a truth, where the
    two are one; a ``narrow`` sheet leaves out its interval. Ranges stand ``as_written`` where these are given, by path.
    """
    rows = []
    for flip in flips_shown(found, most):
        given = range_said(flip.number, flip.low, flip.high)
        settles = portion(max(flip.settles.value, 0.0)) if narrow else share_said(flip.settles)
        carried = (share_said(flip.influence),) if is_truth(query) else (share_said(flip.influence), settles)
        given = (as_written or {}).get(flip.number.path, given)
        rows.append((number_name(names, flip.number), *carried, given, *_turn_cells(query, flip)))
    carries = ("Carries",) if is_truth(query) else ("Carries", "Settles")
    columns = ("Number", *carries, "Range given", "Flips", "How likely", "Then")
    return Sheet(f"Where the answer passes {_level(found, query)}, by one number alone", columns, tuple(rows))


def flips_shown(found: Flips, most: int) -> list[Flip]:
    """Return the numbers to list: the most influential, and every one that turns the answer."""
    return [flip for number, flip in enumerate(found.flips) if number < most or flip.turn is not None]


def flips_lines(names: CaseNames, found: Flips, query: Expression) -> list[str]:
    """Return what the table cannot show: pairs that turn the answer only together, or that nothing does."""
    lines = []
    if found.nothing_flips:
        lines.append(f"Nothing in the ranges given flips it{across(found, query)}.")
    for pair in found.pairs[:MOST_PAIRS]:
        lines.append(f"Only together: {pair_line(names, pair, query)}.")
    return lines


def pair_line(names: CaseNames, pair: PairFlip, query: Expression) -> str:
    """Return a pair that turns the answer only together, and what the answer then is."""
    return f"{pair_clause(names, pair)}: then {level_said(query, pair.mean)} ({of_worlds(pair.share)})"


def pair_clause(names: CaseNames, pair: PairFlip) -> str:
    """Return two numbers with the third of its range that each must be in."""
    first, second = (
        f"{number_name(names, number)} in its {'upper' if above else 'lower'} third"
        for number, above in ((pair.first, pair.first_above), (pair.second, pair.second_above))
    )
    return f"{first} and {second}"


def across(found: Flips, query: Expression) -> str:
    """Return on which side of which level the answer stays."""
    what = "it stays" if unit_told(query) is Unit.WORLDS else "the mean stays"
    return f": whatever one or two of them are, {what} on its side of {_level(found, query)}"


def _level(found: Flips, query: Expression) -> str:
    unit = unit_told(query)
    if unit is Unit.WORLDS:
        return of_worlds(found.level)
    if unit is Unit.SHARE:
        return percent(found.level)
    if unit is Unit.DIFFERENCE and found.level > 0:
        return points_of(signed_size(found.level))
    return said(found.level, unit)


def level_said(query: Expression, mean: float) -> str:
    """Return what the answer is in some of the worlds: ``it is true in 77 of 100 worlds`` or ``41 %``."""
    unit = unit_told(query)
    return f"it is true in {said(mean, unit)}" if unit is Unit.WORLDS else said(mean, unit)


def turn_said(number: UncertainNumber, turn: Turn) -> str:
    """Return ``above 40 %``."""
    return f"{_side(turn)} {value_said(number, turn.threshold)}"


def _side(turn: Turn) -> str:
    return "above" if turn.above else "below"


def share_said(index: Index) -> str:
    """Return a share with its 90 % interval: ``53 % (48 to 58)``."""
    return f"{portion(max(index.value, 0.0))} ({100 * max(index.low, 0):.0f} to {100 * max(index.high, 0):.0f})"


def _turn_cells(query: Expression, flip: Flip) -> tuple[str, str, str]:
    if flip.turn is None:
        return NOWHERE, "–", "–"
    mean = flip.turn.mean
    where = f"{_side(flip.turn)} {quantity_value(flip.number, flip.turn.threshold)}"  # its unit is that of the range
    return where, percent(flip.turn.beyond), said(mean, unit_told(query))
