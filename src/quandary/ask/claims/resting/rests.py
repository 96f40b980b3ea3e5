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
from dataclasses import replace

import numpy as np

from quandary.ask.claims.judging import Reading
from quandary.ask.claims.resting.ends import Ends, ends_of
from quandary.ask.claims.resting.neutral import Alike, Turned, turned
from quandary.ask.lines import CaseLine, Variant, case_lines
from quandary.ask.query.combining import is_truth, usual_level
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import AnswerSide, ClaimResult, QuestionResult, RestsOn
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.compile.numbers import UncertainNumber
from quandary.compile.stakes import plain_weights
from quandary.language.heads import Unit
from quandary.language.syntax import Ask, Compare, Expression, Number
from quandary.language.units import query_unit
from quandary.quantities.estimate import Scale
from quandary.quantities.influence import Sample, first_order, surely_above
from quandary.quantities.separating.boxes import Boxes, find_boxes
from quandary.quantities.separating.inequalities import (
    Inequality,
    best_cut,
    best_inequality,
    has_both_sides,
    likeliest,
    reach_of_cut,
    surely_has_both_sides,
)

DECIDES = 0.95
"""The share of either side that what decides a reading sorts right."""

TELLS = 0.85
"""The share of either side below which an inequality is not enough, and boxes are looked for."""

CUTS = 12
"""Numbers whose cuts are tried: those of which the two sides differ most."""

LOOKED_AT = 10_000
"""Worlds looked at, at most: the first of those that count."""

LEAST_CARRIED, MOST_CARRYING = 0.04, 3
"""The share of what is open from which on a number that carries it is named, and how many are."""

SHALLOW = 1e-12
"""How near to 0 or 1 a probability is taken on the scale of odds."""


def rests_on(study: Study, readings: Sequence[Reading]) -> tuple[RestsOn | None, ...]:
    """Return what the verdict on each reading rests on, of readings that the study has been asked.

    ``None`` for one that is refused or has no value in any world that counts.
    """
    lines = case_lines(study.model)
    columns = own_columns(study)
    found: dict[int, RestsOn] = {}
    alike: dict[int, Alike] = {}
    samples: dict[int, Sample] = {}
    for number, reading in enumerate(readings):
        known = None if study.refusal(reading.query) is not None else _sample(study, reading.query)
        if known is None:
            continue
        sample, kept = samples[number], _ = known
        sides = surely_has_both_sides(sample)
        if sides is not False:
            own = {name: column[kept] for name, column in columns.items()}
            rests = separated(own, sample, lines, ends_of(study.case, reading.query))
            if hangs_on_many(rests):
                rests = replace(rests, carrying=carrying(own, _margin(study, reading.query, kept, sample)))
            found[number] = rests
        if sides is not True:
            holds = bool(np.average(sample.values, weights=sample.weights) > 0.5)
            alike[number] = Alike(reading.query, holds)
    for (number, one), some in zip(alike.items(), turned(study, list(alike.values()), lines), strict=True):
        rests = _decided(some, ends_of(study.case, one.query))
        found[number] = _on_the_border(found[number], rests) if number in found else rests
    return tuple(found.get(number) for number in range(len(readings)))


def with_rests(
    study: Study, claims: Sequence[ClaimResult], readings: Sequence[Reading], questions: Sequence[QuestionResult]
) -> tuple[tuple[ClaimResult, ...], tuple[QuestionResult, ...]]:
    """Return claims with what the verdicts on their readings rest on, and questions with what decides their side.

    ``readings`` are those of all claims in order. An interruption leaves both as they were.
    """
    sides = [side_of(study, one.question.query) for one in questions]
    try:
        found = iter(rests_on(study, [*readings, *(side for side in sides if side is not None)]))
    except KeyboardInterrupt:
        study.search_interrupted = True
        return tuple(claims), tuple(questions)
    told = tuple(
        replace(claim, tests=tuple(replace(test, rests_on=next(found)) for test in claim.tests)) for claim in claims
    )
    rests = [None if side is None else next(found) for side in sides]
    return told, tuple(
        one if rest is None else replace(one, side=AnswerSide(level_told(one.question.query), rest))
        for one, rest in zip(questions, rests, strict=True)
    )


def answer_side(study: Study, expression: Expression) -> AnswerSide | None:
    """Return what decides on which side of its level an answer lies, of a query that the study has been asked.

    ``None`` where it has no such level, is refused, or has no value in any world that counts.
    """
    side = side_of(study, expression)
    if side is None:
        return None
    (found,) = rests_on(study, [side])
    return None if found is None else AnswerSide(level_told(expression), found)


def side_of(study: Study, expression: Expression) -> Reading | None:
    """Return what is so in the worlds where an answer lies above its level; of a truth the query itself.

    ``None`` for what has no such level: worth, and a question of several parts.
    """
    asked = expression
    if not is_truth(expression):
        level = usual_level(expression)
        if isinstance(expression, Ask) and not level:
            return None
        asked = Compare(">", expression, Number(level, percent=query_unit(expression) is Unit.SHARE))
    query = prepare(study.case, asked)
    return Reading("", query, None, query, None)


def level_told(expression: Expression) -> float | None:
    """Return the level of an answer; ``None`` for a truth, which has none but itself."""
    return None if is_truth(expression) else usual_level(expression)


def own_columns(study: Study) -> dict[str, Array]:
    """Return every uncertain number in the worlds looked at, each on its own scale, by name.

    Factors and precisions are logarithms, probabilities log-odds, all others as they are. The weights of stakes stand
    for what they are after division by their sum, where no condition is on any of an actor's.
    """
    drawn = study.uniforms.between(0, min(study.worlds, LOOKED_AT))
    found = {number.name: on_own_scale(number, drawn[number.name]) for number in study.model.quantities}
    for plan in study.model.weights:
        if names := plain_weights(study.case, plan.actor, drawn):
            raw = np.stack([study.model.estimates[name].quantile(drawn[name]) for name in names])
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
    edge: tuple[CaseLine, ...] = ()
    if best is not None:
        low, high = reach_of_cut(cuts[best], columns[best], sample)
        own = [line for line in lines if best in line.names and line.kind != "dependence"]
        restates = tuple(own) if own and ends is not None and all(map(ends.are_of, own)) else ()
        open_ = low < DECIDES <= high
        edge = restates if open_ else ()
        if cuts[best].sides.worse >= DECIDES:
            return RestsOn(False, () if open_ else restates, (), (best,), cuts[best], inequality, edge=edge)
    boxes: Boxes | None = None
    if has_both_sides(sample) and (inequality is None or inequality.sides.worse < TELLS):
        rarer = bool(np.average(sample.values, weights=sample.weights) <= 0.5)
        boxes = find_boxes(columns, sample, rarer)
    return RestsOn(False, (), (), _deciding(inequality, boxes), None, inequality, boxes, edge)


def hangs_on_many(found: RestsOn) -> bool:
    """Return whether no few numbers sort the worlds: neither a cut, nor an inequality, nor boxes."""
    told = found.break_even is not None and found.break_even.sides.worse >= TELLS
    return not (found.everywhere or found.cut is not None or told or found.boxes is not None)


def carrying(columns: Mapping[str, Array], sample: Sample) -> tuple[tuple[str, float], ...]:
    """Return the up to three numbers that carry most of an answer's variance, each with its share of it.

    Looked at are those that it goes most with: with their value, or with how far that lies from their middle.
    """
    if np.ptp(sample.values) == 0:
        return ()
    names = _going_with(columns, sample)
    found = first_order({name: columns[name] for name in names}, sample)
    sure = {name: one for name, one in found.items() if one.value >= LEAST_CARRIED and surely_above(one, 0.0)}
    ordered = sorted(sure, key=lambda name: (-sure[name].value, name))
    return tuple((name, sure[name].value) for name in ordered[:MOST_CARRYING])


def _going_with(columns: Mapping[str, Array], sample: Sample) -> list[str]:
    """Return the columns that a sample's values go most with, upwards, downwards or away from their middle."""
    names = [name for name in columns if np.ptp(columns[name]) > 0]
    mass = sample.weights / sample.weights.sum()
    values = sample.values - (mass * sample.values).sum()
    found = {}
    for name in names:
        column = columns[name]
        both = (column, np.abs(column - np.median(column)))
        found[name] = max(abs(float((mass * values * one).sum())) / float(np.std(one) or 1.0) for one in both)
    return sorted(names, key=lambda name: -found[name])[:CUTS]


def _deciding(inequality: Inequality | None, boxes: Boxes | None) -> tuple[str, ...]:
    """Return the numbers that decide together, by an inequality or by boxes; empty where neither decides."""
    if inequality is not None and inequality.sides.worse >= DECIDES:
        return inequality.names
    if boxes is not None and min(boxes.covered, boxes.outside) >= DECIDES:
        return tuple(dict.fromkeys(bound.name for box in boxes.boxes for bound in box.bounds))
    return ()


def _decided(found: Turned, ends: Ends | None) -> RestsOn:
    """Return what a reading rests on that comes out alike nearly everywhere, from the lines that turn it."""

    def own(variants: Sequence[Variant]) -> list[Variant]:
        return [variant for variant in variants if ends is not None and all(map(ends.are_of, variant))]

    restates, edge = (
        tuple(dict.fromkeys(line for variant in own(some) for line in variant))
        for some in (found.surely, found.perhaps)
    )
    others, perhaps = (
        tuple(variant for variant in some if variant not in own(some)) for some in (found.surely, found.perhaps)
    )
    return RestsOn(True, restates, others, edge=() if restates else edge, perhaps=perhaps)


def _on_the_border(cut: RestsOn, neutral: RestsOn) -> RestsOn:
    """Return what a reading rests on of which it is open whether it comes out alike nearly everywhere.

    It restates a line where both ways say so; where one of them does, or perhaps does, that is on the edge.
    """
    both = replace(cut, lines=neutral.lines, perhaps=neutral.perhaps)
    if cut.restates and neutral.restates:
        return both
    edge = cut.restates or neutral.restates or cut.edge or neutral.edge
    return replace(both, restates=(), edge=edge)


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


def _margin(study: Study, query: Query, kept: Mask, sample: Sample) -> Sample:
    """Return by how much a reading holds or fails in the worlds of its sample; its truth where it has no such size."""
    draws, _, _ = study.draws(query)
    return Sample(draws.values[: len(kept)][kept], sample.weights, sample.block)


def _log_odds(values: Array) -> Array:
    inside = np.clip(values, SHALLOW, 1 - SHALLOW)
    return np.asarray(np.log(inside / (1 - inside)))
