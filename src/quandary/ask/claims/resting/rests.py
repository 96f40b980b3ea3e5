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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np

from quandary.ask.claims.construction.by_construction import Points
from quandary.ask.claims.construction.margins import margin_of
from quandary.ask.claims.judging import Reading
from quandary.ask.claims.resting.ends import Ends, ends_of, told_apart_by
from quandary.ask.gathering import Gathering
from quandary.ask.inquiry import variables_of
from quandary.ask.lines import VARIANT, CaseLine, NeutralModel, Variant, case_lines
from quandary.ask.query.combining import is_truth, usual_level
from quandary.ask.query.queries import Query, prepare
from quandary.ask.results import AnswerSide, ClaimResult, QuestionResult, RestsOn
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.compile.numbers import UncertainNumber
from quandary.compile.stakes import plain_weights
from quandary.game.interventions import affected
from quandary.language.heads import Unit
from quandary.language.syntax import Ask, Compare, Expression, Number
from quandary.language.units import query_unit
from quandary.quantities.estimate import Scale
from quandary.quantities.influence import Sample
from quandary.quantities.separating.boxes import Boxes, find_boxes
from quandary.quantities.separating.inequalities import (
    Inequality,
    best_cut,
    best_inequality,
    has_both_sides,
    likeliest,
)

DECIDES = 0.95
"""The share of either side that what decides a reading sorts right."""

TELLS = 0.85
"""The share of either side below which an inequality is not enough, and boxes are looked for."""

CUTS = 12
"""Numbers whose cuts are tried: those of which the two sides differ most."""

LOOKED_AT = 10_000
"""Worlds looked at, at most: the first of those that count."""

PAIRED = 8
"""Lines of one table or stake of which every pair is tried, where no line alone decides."""

NEUTRAL_WORLDS = 16
"""Worlds solved for each line at its neutral value."""

FEWEST_NEUTRAL = 4
MOST_SOLVED = 4_000
"""Worlds solved in one pass, at most, as long as each line has ``FEWEST_NEUTRAL``: of many lines each has fewer."""

SHALLOW = 1e-12
"""How near to 0 or 1 a probability is taken on the scale of odds."""


@dataclass(frozen=True)
class Alike:
    """A reading that comes out alike nearly everywhere: whether it ``holds`` there."""

    query: Query
    holds: bool


def rests_on(study: Study, readings: Sequence[Reading]) -> tuple[RestsOn | None, ...]:
    """Return what the verdict on each reading rests on, of readings that the study has been asked.

    ``None`` for one that is refused or has no value in any world that counts.
    """
    lines = case_lines(study.model)
    columns = own_columns(study)
    found: dict[int, RestsOn] = {}
    alike: dict[int, Alike] = {}
    for number, reading in enumerate(readings):
        known = None if study.refusal(reading.query) is not None else _sample(study, reading.query)
        if known is None:
            continue
        sample, kept = known
        if has_both_sides(sample):
            own = {name: column[kept] for name, column in columns.items()}
            found[number] = separated(own, sample, lines, ends_of(study.case, reading.query))
        else:
            holds = bool(np.average(sample.values, weights=sample.weights) > 0.5)
            alike[number] = Alike(reading.query, holds)
    turned = _turned(study, list(alike.values()), lines)
    for (number, one), variants in zip(alike.items(), turned, strict=True):
        found[number] = _decided(variants, ends_of(study.case, one.query))
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


def _turned(study: Study, asked: Sequence[Alike], lines: Sequence[CaseLine]) -> list[list[Variant]]:
    """Return for each reading the lines that turn it; where none does alone, pairs of one table or stake, or all of it.

    Only lines are tried that stand between what the reading sets or conditions on and what it asks.
    """
    neutral = [line for line in lines if line.kind in ("effect", "dependence")]
    between = [_between(study, one.query, neutral) for one in asked]
    found = _turning(study, asked, [[(line,) for line in some] for some in between])
    for sets in (_pairs, _wholes):
        rest = [number for number, variants in enumerate(found) if not variants]
        again = _turning(study, [asked[n] for n in rest], [list(sets(between[n])) for n in rest])
        for number, variants in zip(rest, again, strict=True):
            found[number] = variants
    return [_without_repeats(variants) for variants in found]


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


def _turning(study: Study, asked: Sequence[Alike], tried: Sequence[Sequence[Variant]]) -> list[list[Variant]]:
    """Return which of its variants turn each reading in most worlds; all are solved in one pass."""
    variants = list(dict.fromkeys(variant for some in tried for variant in some))
    if not variants:
        return [[] for _ in asked]
    count = min(max(FEWEST_NEUTRAL, min(NEUTRAL_WORLDS, MOST_SOLVED // len(variants))), study.worlds)
    worlds = np.linspace(0, study.worlds - 1, count).round().astype(int)
    drawn = [study.uniforms.between(world, world + 1) for world in worlds.tolist()]
    names = study.model.names
    points = np.array([[float(one[name][0]) for name in names] for one in drawn]).reshape(count, len(names))
    which = np.repeat(np.arange(1, len(variants) + 1), count)
    columns = np.concatenate([np.tile(points, (len(variants), 1)), which[:, None]], axis=1)
    model = NeutralModel.of(study.model, variants)
    margins = _margins(study, model, Points((*names, VARIANT), columns), [one.query for one in asked])
    found = []
    for one, margin, own in zip(asked, margins, tried, strict=True):
        table = margin.reshape(len(variants), count)
        otherwise = ((table <= 0) if one.holds else (table > 0)).sum(axis=1)
        judged = (~np.isnan(table)).sum(axis=1)
        most = dict(zip(variants, (judged > 0) & (2 * otherwise > judged), strict=True))
        found.append([variant for variant in own if most[variant]])
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
    effects = {
        (line.owner, name) for one in variants for line in one if line.kind == "effect" for name in line.mentions
    }

    def repeats(variant: Variant) -> bool:
        return len(variant) == 1 and variant[0].kind == "dependence" and (variant[0].owner, variant[0].over) in effects

    return [variant for variant in variants if not repeats(variant)]


def _log_odds(values: Array) -> Array:
    inside = np.clip(values, SHALLOW, 1 - SHALLOW)
    return np.asarray(np.log(inside / (1 - inside)))
