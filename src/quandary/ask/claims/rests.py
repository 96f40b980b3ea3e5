"""What a verdict rests on: the lines that a reading restates, the numbers that it hangs on, its break-even.

A reading *restates* a line of the case if that line decides it and says the same: its own condition and target are the
reading's two ends. A line decides a reading in one of two ways. Where the reading holds in some worlds and fails in
others, one number of the line sorts them: some cut has 95 % of either side right. Where it comes out alike nearly
everywhere, it comes out otherwise with the line at its neutral value. What decides a reading and does not restate it
is what the reading *hangs on*.

All but the neutral values is read off the worlds already drawn; for those a few worlds are solved again, all lines and
readings in one pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from quandary.ask.claims.by_construction import Points
from quandary.ask.claims.ends import Ends, ends_of
from quandary.ask.claims.judging import Reading
from quandary.ask.claims.margins import margin_of
from quandary.ask.gathering import Gathering
from quandary.ask.query.queries import Query
from quandary.ask.results import RestsOn
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.compile.lines import VARIANT, CaseLine, NeutralModel, Variant, lines_of
from quandary.compile.numbers import UncertainNumber
from quandary.quantities.boxes import Boxes, find_boxes
from quandary.quantities.estimate import Scale
from quandary.quantities.influence import Sample
from quandary.quantities.separating import (
    Cut,
    Inequality,
    best_cut,
    best_inequality,
    has_both_sides,
    likeliest,
    part_of,
)

DECIDES = 0.95
"""The share of either side that what decides a reading sorts right."""

TELLS = 0.85
"""The share of either side below which an inequality is not enough, and boxes are looked for."""

CUTS = 12
"""Numbers whose cuts are tried: those of which the two sides differ most."""

LOOKED_AT = 20_000
"""Worlds looked at, at most: the first of those that count."""

NEUTRAL_WORLDS = 24
"""Worlds solved for each line at its neutral value."""

SHALLOW = 1e-12
"""How near to 0 or 1 a probability is taken on the scale of odds."""


def rests_on(study: Study, readings: Sequence[Reading]) -> tuple[RestsOn | None, ...]:
    """Return what the verdict on each reading rests on, of readings that the study has been asked.

    ``None`` for one that is refused or has no value in any world that counts.
    """
    lines = lines_of(study.model)
    columns = own_columns(study)
    found: dict[int, RestsOn] = {}
    alike: dict[int, tuple[Query, bool]] = {}
    for number, reading in enumerate(readings):
        known = None if study.refusal(reading.query) is not None else _sample(study, reading.query)
        if known is None:
            continue
        sample, kept = known
        if has_both_sides(sample):
            own = {name: column[kept] for name, column in columns.items()}
            found[number] = separated(own, sample, lines, ends_of(study.case, reading.query))
        else:
            alike[number] = reading.query, bool(np.average(sample.values, weights=sample.weights) > 0.5)
    if alike:
        turned = _turned(study, list(alike.values()), lines)
        for number, (query, _), variants in zip(alike, alike.values(), turned, strict=True):
            found[number] = _decided(variants, ends_of(study.case, query))
    return tuple(found.get(number) for number in range(len(readings)))


def own_columns(study: Study) -> dict[str, Array]:
    """Return every uncertain number in the worlds looked at, each on its own scale, by name.

    Factors and precisions are logarithms, probabilities log-odds, all others as they are. The weights of stakes stand
    for what they are after division by their sum, where no condition is on any of an actor's.
    """
    drawn = study.uniforms.between(0, min(study.worlds, LOOKED_AT))
    found = {number.name: on_own_scale(number, drawn[number.name]) for number in study.model.quantities}
    for plan in study.model.weights:
        names = [amounts[0].sourced.path for amounts in plan.rules if len(amounts) == 1]
        if len(names) < len(plan.stakes) or len(names) < 2 or not all(name in drawn for name in names):
            continue
        estimates = study.model.estimates
        raw = np.stack([estimates[name].quantile(drawn[name]) for name in names])
        found.update(zip(names, _log_odds(raw / raw.sum(axis=0)), strict=True))
    return found


def on_own_scale(number: UncertainNumber, uniforms: Array) -> Array:
    """Return a number's values in some worlds, on its own scale."""
    values = number.estimate.quantile(uniforms)
    if number.scale is Scale.PROBABILITY:
        return _log_odds(values)
    if number.scale in (Scale.FACTOR, Scale.PRECISION) and (values > 0).all():
        return np.asarray(np.log(values))
    return values


def separated(columns: Mapping[str, Array], sample: Sample, lines: Sequence[CaseLine], ends: Ends | None) -> RestsOn:
    """Return what a reading rests on that holds in some worlds and fails in others."""
    cuts = {name: best_cut(columns[name], sample) for name in likeliest(columns, sample, CUTS)}
    best = max(cuts, key=lambda name: cuts[name].sides.worse, default=None)
    inequality = best_inequality(columns, sample)
    if best is not None and cuts[best].sides.worse >= DECIDES:
        own = [line for line in lines if best in line.names and line.kind != "dependence"]
        restates = tuple(own) if own and ends is not None and all(map(ends.are_of, own)) else ()
        return RestsOn(False, restates, (), (best,), cuts[best], inequality)
    boxes: Boxes | None = None
    if inequality is None or inequality.sides.worse < TELLS:
        rarer = bool(np.average(sample.values, weights=sample.weights) <= 0.5)
        boxes = find_boxes(columns, sample, rarer)
    return RestsOn(False, numbers=_deciding(inequality, boxes), break_even=inequality, boxes=boxes)


def _deciding(inequality: Inequality | None, boxes: Boxes | None) -> tuple[str, ...]:
    """Return the numbers that decide together, by an inequality or by boxes; empty where neither decides."""
    if inequality is not None and inequality.sides.worse >= DECIDES:
        return inequality.names
    if boxes is not None and min(boxes.covered, boxes.outside) >= DECIDES:
        return tuple(dict.fromkeys(bound.name for box in boxes.boxes for bound in box.bounds))
    return ()


def _decided(variants: Sequence[Variant], ends: Ends | None) -> RestsOn:
    """Return what a reading rests on that comes out alike nearly everywhere, from the lines that turn it."""
    own = [variant for variant in variants if ends is not None and all(map(ends.are_of, variant))]
    restates = tuple(dict.fromkeys(line for variant in own for line in variant))
    return RestsOn(True, restates, tuple(variant for variant in variants if variant not in own))


def _sample(study: Study, query: Query) -> tuple[Sample, Mask] | None:
    """Return a reading's truth in the worlds looked at that have one and count, and which those are."""
    draws, truth, _ = study.draws(query)
    assert truth is not None
    some = slice(0, LOOKED_AT)
    holds, weights = truth[some], draws.weights[some]
    kept = ~np.isnan(holds) & (weights > 0)
    if not kept.any():
        return None
    return Sample(holds[kept], weights[kept], study.design.block()[some][kept]), kept


def _turned(study: Study, asked: Sequence[tuple[Query, bool]], lines: Sequence[CaseLine]) -> list[list[Variant]]:
    """Return for each reading the lines, or where no line does it alone the groups of them, that turn it."""
    single: list[Variant] = [(line,) for line in lines if line.kind in ("effect", "dependence")]
    found = _turning(study, asked, single)
    rest = [number for number, variants in enumerate(found) if not variants]
    owners = dict.fromkeys(line.owner for (line,) in single)
    groups = [tuple(line for (line,) in single if line.owner == owner) for owner in owners]
    groups = [group for group in groups if len(group) > 1]
    if rest and groups:
        again = _turning(study, [asked[number] for number in rest], groups)
        for number, variants in zip(rest, again, strict=True):
            found[number] = variants
    return [_without_repeats(variants) for variants in found]


def _turning(study: Study, asked: Sequence[tuple[Query, bool]], variants: Sequence[Variant]) -> list[list[Variant]]:
    """Return the variants in which each reading comes out otherwise in most worlds; all are solved in one pass."""
    if not variants:
        return [[] for _ in asked]
    count = min(NEUTRAL_WORLDS, study.worlds)
    worlds = np.linspace(0, study.worlds - 1, count).round().astype(int)
    drawn = [study.uniforms.between(world, world + 1) for world in worlds.tolist()]
    names = study.model.names
    points = np.array([[float(one[name][0]) for name in names] for one in drawn]).reshape(count, len(names))
    which = np.repeat(np.arange(1, len(variants) + 1), count)
    columns = np.concatenate([np.tile(points, (len(variants), 1)), which[:, None]], axis=1)
    model = NeutralModel.of(study.model, variants)
    margins = _margins(study, model, Points((*names, VARIANT), columns), [query for query, _ in asked])
    found = []
    for (_, holds), margin in zip(asked, margins, strict=True):
        table = margin.reshape(len(variants), count)
        otherwise = (table <= 0) if holds else (table > 0)
        judged = (~np.isnan(table)).sum(axis=1)
        most = (judged > 0) & (2 * (otherwise & ~np.isnan(table)).sum(axis=1) > judged)
        found.append([variants[number] for number in np.flatnonzero(most)])
    return found


def _margins(study: Study, model: NeutralModel, drawn: Points, queries: Sequence[Query]) -> list[Array]:
    inquiries = tuple(dict.fromkeys(inquiry for query in queries for inquiry in query.all_inquiries))
    gathering = Gathering(
        model,
        drawn,
        standing=study.standing,
        near=study.near,
        threads=study.threads,
        keeps=False,
        stop=study.stop,
    )
    found = gathering.gather(study.games(inquiries))
    if found.interrupted:
        raise KeyboardInterrupt
    return list(map(partial(margin_of, found), queries))


def _without_repeats(variants: Sequence[Variant]) -> list[Variant]:
    """Return variants without the dependences of a table on a variable whose effect there turns the reading itself."""
    effects = {(line.owner, name) for one in variants for line in one if line.kind == "effect" for name in line.mentions}

    def repeats(variant: Variant) -> bool:
        return len(variant) == 1 and variant[0].kind == "dependence" and (variant[0].owner, variant[0].over) in effects

    return [variant for variant in variants if not repeats(variant)]


def _log_odds(values: Array) -> Array:
    inside = np.clip(values, SHALLOW, 1 - SHALLOW)
    return np.asarray(np.log(inside / (1 - inside)))
