"""Which lines of a case turn a reading where they say nothing: a few worlds solved again, all lines in one pass.

A line turns a reading if it comes out otherwise in most worlds with the line at its neutral value. A few worlds tell
that of nearly every line. Of those that they leave open, since the interval of the share reaches one half, more worlds
are solved beside them, up to ``MOST_NEUTRAL``. What is open then is near its border by itself, and is told apart from
the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from quandary.ask.claims.construction.by_construction import Points
from quandary.ask.claims.construction.margins import margin_of
from quandary.ask.claims.resting.ends import told_apart_by
from quandary.ask.gathering import Gathering
from quandary.ask.inquiry import variables_of
from quandary.ask.lines import VARIANT, CaseLine, NeutralModel, Variant
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.base.arrays import Array
from quandary.game.interventions import affected
from quandary.quantities.shares import wilson
from quandary.quantities.summary import effective_number

PAIRED = 8
"""Lines of one table or stake of which every pair is tried, where no line alone decides."""

LOOKS = (16, 64, 256)
"""Worlds after which it is asked of each line whether it turns a reading; those that leave it open are solved on."""

FEWEST_NEUTRAL = 8
"""Of so few a line is already known that turns a reading in all of them, or in none (Wilson)."""

MOST_NEUTRAL = LOOKS[-1]
"""Worlds solved at most for a line of which fewer leave it open whether it turns a reading."""

MOST_SOLVED = 4_000
"""Worlds looked at in one pass, at most, as long as each line has ``FEWEST_NEUTRAL``: of many lines each has fewer."""

HALF = 0.5

Index = NDArray[np.intp]

Pair = tuple[int, Variant]
"""A reading, by its number, and a line or group of lines tried on it."""


@dataclass(frozen=True)
class Alike:
    """A reading that comes out alike nearly everywhere: whether it ``holds`` there."""

    query: Query
    holds: bool


@dataclass
class Turned:
    """The lines, or groups of them, that turn a reading where they say nothing.

    ``surely`` they do in most worlds. Of ``perhaps`` it is open: the share of worlds in which they do has an interval
    that reaches one half.
    """

    surely: list[Variant] = field(default_factory=list)
    perhaps: list[Variant] = field(default_factory=list)


def turned(study: Study, asked: Sequence[Alike], lines: Sequence[CaseLine]) -> list[Turned]:
    """Return for each reading what turns it; where no line does alone, pairs of one table or stake, or all of it.

    Only lines are tried that stand between what the reading sets or conditions on and what it asks.
    """
    neutral = [line for line in lines if line.kind in ("effect", "dependence")]
    between = [_between(study, one.query, neutral) for one in asked]
    found = _turning(study, asked, [[(line,) for line in some] for some in between])
    for sets in (_pairs, _more_than_pairs):
        rest = [number for number, one in enumerate(found) if not one.surely]
        again = _turning(study, [asked[n] for n in rest], [list(sets(between[n])) for n in rest])
        for number, one in zip(rest, again, strict=True):
            found[number] = Turned(one.surely, found[number].perhaps or one.perhaps)
    return [_without_repeats(one) for one in found]


def _pairs(lines: Sequence[CaseLine]) -> Iterator[Variant]:
    """Yield the pairs of lines of one table or stake, where they are few."""
    for group in _wholes(lines):
        if len(group) <= PAIRED:
            yield from combinations(group, 2)


def _wholes(lines: Sequence[CaseLine]) -> Iterator[Variant]:
    """Yield all lines of one table or stake, of each that has several."""
    for owner in dict.fromkeys(line.owner for line in lines):
        group = tuple(line for line in lines if line.owner == owner)
        if len(group) > 1:
            yield group


def _more_than_pairs(lines: Sequence[CaseLine]) -> Iterator[Variant]:
    """Return what ``_wholes`` yields, without two lines, which are a pair."""
    return (group for group in _wholes(lines) if len(group) > 2)


def _between(study: Study, query: Query, lines: Sequence[CaseLine]) -> list[CaseLine]:
    """Return the lines that can carry what a reading sets or conditions on to what it asks.

    Their conditions can be changed by it, and of a chance variable's lines, what is asked can change with them; all
    lines where the reading sets nothing.
    """
    diagram = study.probe.diagram
    told_apart = told_apart_by(study.case, query)
    if not told_apart:
        return list(lines)
    moved = affected(diagram, told_apart)
    asked = {name for inquiry in query.all_inquiries for name in variables_of(study.case, inquiry)} - told_apart
    reach = {line.owner[0]: affected(diagram, [line.owner[0]]) for line in lines if len(line.owner) == 1}

    def carries(line: CaseLine) -> bool:
        if not line.mentions & moved:
            return False
        return len(line.owner) > 1 or not asked or bool(reach[line.owner[0]] & asked)

    return [line for line in lines if carries(line)]


def _turning(study: Study, asked: Sequence[Alike], tried: Sequence[Sequence[Variant]]) -> list[Turned]:
    """Return which of its variants turn each reading; those that are still to be decided are solved in one pass.

    A look solves only worlds that no look before it has: each adds to them.
    """
    spread = _spread(study.worlds)
    weights = [study.draws(one.query)[0].weights[spread] for one in asked]
    open_ = [(number, variant) for number, some in enumerate(tried) for variant in some]
    known = {one: np.empty(0) for one in open_}
    shares: dict[Pair, Interval] = {}
    solved = 0
    for wanted in LOOKS:
        variants = len(dict.fromkeys(variant for _, variant in open_))
        if not variants:
            break
        count = min(max(FEWEST_NEUTRAL, min(wanted, MOST_SOLVED // variants)), len(spread))
        if count <= solved:
            continue
        more = _otherwise(study, asked, open_, spread[solved:count].tolist())
        known |= {one: np.concatenate((known[one], more[one])) for one in open_}
        shares |= {one: _interval(known[one], weights[one[0]][:count]) for one in open_}
        open_ = [one for one in open_ if _is_open(shares[one])]
        solved = count
    return [
        Turned(
            [variant for variant in some if shares[number, variant][0] > HALF],
            [variant for variant in some if _is_open(shares[number, variant])],
        )
        for number, some in enumerate(tried)
    ]


Interval = tuple[float, float]


def _is_open(interval: Interval) -> bool:
    low, high = interval
    return low <= HALF <= high


def _interval(otherwise: Array, weights: Array) -> Interval:
    """Return in which share of some worlds a reading comes out otherwise, as an interval; NaN has no answer.

    Worlds weigh as they do in the reading's own answer; where none of them has an answer, nothing is turned.
    """
    mass = np.where(np.isnan(otherwise), 0.0, weights)
    if not mass.any():
        return 0.0, 0.0
    share = float(np.average(np.nan_to_num(otherwise), weights=mass))
    return wilson(min(share, 1.0), effective_number(mass))


def _spread(worlds: int) -> Index:
    """Return up to ``MOST_NEUTRAL`` of so many worlds, evenly spaced, those of the first look first.

    Each look's are spread over all of them: they are in the order of van der Corput's sequence (1935), that of a
    number's binary digits, mirrored.
    """
    count = min(worlds, MOST_NEUTRAL)
    first = np.linspace(0, count - 1, min(LOOKS[0], count)).round().astype(np.intp)
    order = [*first[_mirrored(len(first))], *_mirrored(count)]
    chosen = np.linspace(0, worlds - 1, count).round().astype(np.intp)
    return chosen[list(dict.fromkeys(int(number) for number in order))]


def _mirrored(count: int) -> list[int]:
    """Return the numbers below ``count`` in the order of their binary digits, mirrored."""
    digits = max(1, (count - 1).bit_length())
    mirrored = (int(f"{number:0{digits}b}"[::-1], 2) for number in range(2**digits))
    return [number for number in mirrored if number < count]


def _otherwise(study: Study, asked: Sequence[Alike], pairs: Sequence[Pair], worlds: Sequence[int]) -> dict[Pair, Array]:
    """Return for each reading with a variant in which worlds it comes out otherwise, NaN where it has no answer."""
    numbers = sorted({number for number, _ in pairs})
    variants = list(dict.fromkeys(variant for _, variant in pairs))
    tables = dict(zip(numbers, _margins(study, variants, worlds, [asked[n].query for n in numbers]), strict=True))
    place = {variant: row for row, variant in enumerate(variants)}
    found = {}
    for number, variant in pairs:
        margin = tables[number][place[variant]]
        turns = (margin <= 0) if asked[number].holds else (margin > 0)
        found[number, variant] = np.where(np.isnan(margin), np.nan, turns)
    return found


def _margins(study: Study, variants: Sequence[Variant], worlds: Sequence[int], queries: Sequence[Query]) -> list[Array]:
    """Return the margin of each query, shape (variants, worlds), in these worlds with each variant neutral."""
    drawn = [study.uniforms.between(world, world + 1) for world in worlds]
    names, count = study.model.names, len(worlds)
    points = np.array([[float(one[name][0]) for name in names] for one in drawn]).reshape(count, len(names))
    which = np.repeat(np.arange(1, len(variants) + 1), count)
    columns = np.concatenate([np.tile(points, (len(variants), 1)), which[:, None]], axis=1)
    inquiries = tuple(dict.fromkeys(inquiry for query in queries for inquiry in query.all_inquiries))
    gathering = Gathering(
        NeutralModel.of(study.model, variants),
        Points((*names, VARIANT), columns),
        standing=study.standing,
        near=study.near,
        threads=study.threads,
        keeps=False,
        stop=study.stop,
    )
    found = gathering.gather(study.games(inquiries))
    if found.interrupted:
        raise KeyboardInterrupt
    return [margin.reshape(len(variants), count) for margin in map(partial(margin_of, found), queries)]


def _without_repeats(found: Turned) -> Turned:
    """Return what turns a reading without a table's dependences on a variable whose effect there turns it itself."""
    effects = {
        (line.owner, name)
        for one in (*found.surely, *found.perhaps)
        for line in one
        if line.kind == "effect"
        for name in line.mentions
    }

    def repeats(variant: Variant) -> bool:
        return len(variant) == 1 and variant[0].kind == "dependence" and (variant[0].owner, variant[0].over) in effects

    return Turned(*([one for one in some if not repeats(one)] for some in (found.surely, found.perhaps)))
