"""Which lines of a case turn a reading where they say nothing: a few worlds solved again, all lines in one pass.

A line turns a reading if it comes out otherwise in most worlds with the line at its neutral value. A few worlds tell
that of nearly every line. Of those that they leave open, since the interval of the share reaches one half, more worlds
are solved, up to ``MOST_NEUTRAL``. What is open then is near its border by itself, and is told apart from the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

import numpy as np

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

FIRST_NEUTRAL = 16
"""Worlds solved for each line at its neutral value, to begin with."""

MOST_NEUTRAL = 256
"""Worlds solved at most for a line of which fewer leave it open whether it turns a reading."""

MORE = 4
"""How many times as many worlds are solved next."""

FEWEST_NEUTRAL = 8
"""Of so few a line is already known that turns a reading in all of them, or in none (Wilson)."""

MOST_SOLVED = 4_000
"""Worlds solved in one pass, at most, as long as each line has ``FEWEST_NEUTRAL``: of many lines each has fewer."""

HALF = 0.5


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
    for sets in (_pairs, _wholes):
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
    """Return which of its variants turn each reading; those that are still to be decided are solved in one pass."""
    shares: dict[tuple[int, Variant], Interval] = {}
    open_ = [(number, variant) for number, some in enumerate(tried) for variant in some]
    solved, wanted = 0, FIRST_NEUTRAL
    while open_ and solved < study.worlds and wanted <= MOST_NEUTRAL:
        variants = list(dict.fromkeys(variant for _, variant in open_))
        count = min(max(FEWEST_NEUTRAL, min(wanted, MOST_SOLVED // len(variants))), study.worlds)
        wanted *= MORE
        if count > solved:
            shares |= _shares(study, asked, (open_, variants), count)
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


def _shares(
    study: Study,
    asked: Sequence[Alike],
    tried: tuple[Sequence[tuple[int, Variant]], Sequence[Variant]],
    count: int,
) -> dict[tuple[int, Variant], Interval]:
    """Return in which share of so many worlds each reading comes out otherwise with each variant, as an interval.

    ``tried`` are the pairs of both, and the variants. Worlds weigh as they do in the reading's own answer; where none
    of them has an answer, nothing is turned.
    """
    pairs, variants = tried
    worlds = np.linspace(0, study.worlds - 1, count).round().astype(int)
    numbers = sorted({number for number, _ in pairs})
    weights = {number: study.draws(asked[number].query)[0].weights[worlds] for number in numbers}
    tables = _margins(study, variants, worlds.tolist(), [asked[number].query for number in numbers])
    by_number = dict(zip(numbers, tables, strict=True))
    place = {variant: row for row, variant in enumerate(variants)}
    found = {}
    for number, variant in pairs:
        margin = by_number[number][place[variant]]
        mass = np.where(np.isnan(margin), 0.0, weights[number])
        otherwise = margin <= 0 if asked[number].holds else margin > 0
        found[number, variant] = (
            wilson(float(np.average(otherwise, weights=mass)), effective_number(mass)) if mass.any() else (0.0, 0.0)
        )
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
