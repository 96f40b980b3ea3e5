"""A ``Case`` as YAML from nothing: ``read(written_case(case))`` is the case again, up to places, path and digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap

from quandary.case.model import (
    Actor,
    Belief,
    Case,
    ChanceEvent,
    Channel,
    Check,
    Claim,
    Conventions,
    DecisionEvent,
    EventDefinition,
    Evidence,
    Forecast,
    OddsRule,
    OutsideView,
    PoolWeights,
    Question,
    Resolution,
    Rule,
    Source,
    Sourced,
    Stake,
    Test,
)
from quandary.case.yaml.yaml_writing import (
    dumped,
    listing,
    mapping,
    number_or_text,
    optional_text,
    round_trip,
    text_value,
)
from quandary.language.printing import written
from quandary.language.syntax import Factor, Interval, Likelier, Number, Otherwise, Unknown


def written_case(case: Case) -> str:
    """Return the YAML of a case; its prose stays in the file that ``text`` names."""
    return dumped(round_trip(), _case(case))


Notes = tuple[str | None, str | None, str | None]
NO_NOTES: Notes = (None, None, None)


def _notes(sourced: Sourced) -> Notes:
    return sourced.because, sourced.source, sourced.quote


def _shared(numbers: Iterable[Sourced]) -> Notes:
    """Return the notes that all numbers have, which then stand once around them; none where they differ."""
    found = {_notes(sourced) for sourced in numbers}
    return found.pop() if len(found) == 1 else NO_NOTES


def _written_notes(notes: Notes) -> dict[str, str | None]:
    because, source, quote = notes
    return {"because": optional_text(because), "source": source, "quote": optional_text(quote)}


def _quantity(sourced: Sourced, around: Notes = NO_NOTES) -> Any:  # noqa: ANN401 - a scalar or a mapping
    value = number_or_text(written(sourced.quantity))
    notes, called = _notes(sourced), optional_text(sourced.called)
    asked = {"judged_by": optional_text(sourced.judged_by), "not_known_by": optional_text(sourced.not_known_by)}
    beside = {"called": called, **({} if notes in (around, NO_NOTES) else _written_notes(notes)), **asked}
    if not any(beside.values()):
        return value
    return mapping({"value": value, **beside}, flow=True)


def _rules(rules: Sequence[Rule], around: Notes) -> Any:  # noqa: ANN401 - a scalar, mapping or list
    if len(rules) == 1 and isinstance(rules[0].condition, Otherwise):
        return _quantity(rules[0].value, around)
    return listing(_rule(rule, around) for rule in rules)


def _rule(rule: Rule, around: Notes) -> CommentedMap:
    return mapping({written(rule.condition): _quantity(rule.value, around), "channel": rule.channel})


def _odds(rules: Sequence[OddsRule], around: Notes, states: Sequence[str], *, effects: bool = False) -> Any:  # noqa: ANN401
    if len(rules) == 1 and isinstance(rules[0].condition, Otherwise) and not effects:
        return _states(rules[0], around, states)
    made = []
    for rule in rules:
        shared = around if around != NO_NOTES else _shared(quantity for _, quantity in rule.odds)
        notes = {} if around != NO_NOTES else _written_notes(shared)
        made.append(mapping({written(rule.condition): _states(rule, shared, states), **notes, "channel": rule.channel}))
    return listing(made)


def _states(rule: OddsRule, around: Notes, states: Sequence[str]) -> Any:  # noqa: ANN401 - a mapping, or unknown
    nobody = all(isinstance(one.quantity, Unknown) and _notes(one) == around and not one.called for _, one in rule.odds)
    if nobody and tuple(state for state, _ in rule.odds) == tuple(states):
        return text_value(written(Unknown()))
    return mapping({state: _quantity(quantity, around) for state, quantity in rule.odds}, flow=True)


def _case(case: Case) -> CommentedMap:
    return mapping(
        {
            "quandary": case.version,
            "title": text_value(case.title),
            "as_of": case.as_of,
            "text": optional_text(case.text_path),
            "words": optional_text(case.words),
            "unknown": _conventions(case.unknown),
            "sources": mapping({name: _source(source) for name, source in case.sources.items()}) or None,
            "actors": mapping({name: _actor(actor) for name, actor in case.actors.items()}) or None,
            "assumptions": mapping({name: _quantity(one.value) for name, one in case.assumptions.items()}) or None,
            "correlations": listing(
                mapping({"between": listing([c.first, c.second], flow=True), "value": c.value}, flow=True)
                for c in case.correlations
            ),
            "story": listing(
                _chance(item) if isinstance(item, ChanceEvent) else _decision(item) for item in case.story
            ),
            "stakes": _stakes(case.stakes) or None,
            "believes": mapping({name: _belief(belief) for name, belief in case.believes.items()}) or None,
            "channels": mapping({name: _channel(channel) for name, channel in case.channels.items()}) or None,
            "events": mapping({name: _event(event) for name, event in case.events.items()}) or None,
            "evidence": listing(_evidence(seen) for seen in case.evidence),
            "claims": listing(_claim(claim) for claim in case.claims),
            "questions": mapping({question.id: _question(question) for question in case.questions}) or None,
            "checks": listing(_check(check) for check in case.checks),
            "forecasts": listing(_forecast(forecast) for forecast in case.forecasts),
            "outside": listing(_outside(view) for view in case.outside),
            "pool": _pool(case.pool),
        }
    )


def _source(source: Source) -> CommentedMap:
    return mapping(
        {
            "title": optional_text(source.title),
            "publisher": optional_text(source.publisher),
            "author": optional_text(source.author),
            "published": source.published,
            "url": optional_text(source.url),
            "sha256": optional_text(source.sha256),
        }
    )


def _actor(actor: Actor) -> CommentedMap:
    sourced = actor.rationality
    if actor.is_precision:
        precision = _quantity(sourced)
        rationality: Any = mapping({"precision": precision}, flow=True)
    else:
        rationality = _quantity(sourced)
    order = optional_text(" < ".join(actor.weights) or None)
    return mapping({"name": text_value(actor.name), "rationality": rationality, "weights": order})


def _conventions(told: Conventions) -> CommentedMap | None:
    if told == Conventions(place=told.place):
        return None
    (low, high), per = told.rationality, told.per
    factor = written(Factor(Number(told.factor)))
    return mapping({"factor": factor, "rationality": written(Likelier(Interval(low, high), per))}, flow=True)


def _chance(item: ChanceEvent) -> CommentedMap:
    around = _shared(quantity for rule in (*item.odds, *item.base, *item.effects) for _, quantity in rule.odds)
    return mapping(
        {
            "chance": item.id,
            "title": optional_text(item.title),
            "private": item.private,
            "given": listing(item.given, flow=True),
            "channel": mapping(dict(item.arcs), flow=True) or None,
            "states": _named(item.states, item.words),
            "odds": _odds(item.odds, around, item.states) if item.odds else None,
            "base": _odds(item.base, around, item.states) if item.base else None,
            "effects": _odds(item.effects, around, item.states[-1:], effects=True),
            **_written_notes(around),
        }
    )


def _decision(item: DecisionEvent) -> CommentedMap:
    only = (CommentedMap({written(r.condition): listing(r.options, flow=True)}) for r in item.only)
    around = _shared(share for rule in item.usual for _, share in rule.odds)
    divided = tuple(kind.id for kind in item.kinds) or item.options
    return mapping(
        {
            "decision": item.id,
            "title": optional_text(item.title),
            "by": item.by,
            "when": None if item.when is None else text_value(written(item.when)),
            "sees": listing(item.sees, flow=True),
            "forgets": listing(item.forgets, flow=True),
            "options": _named(item.options, item.words),
            "only": listing(only),
            "kinds": mapping({kind.id: listing(kind.options, flow=True) for kind in item.kinds}, flow=True) or None,
            "usual": _odds(item.usual, around, divided) if item.usual else None,
            **_written_notes(around),
        }
    )


def _stakes(stakes: Sequence[Stake]) -> CommentedMap:
    made = CommentedMap()
    for stake in stakes:
        around = _shared(rule.value for rule in (*stake.weight, *stake.worth, *stake.effects))
        body = {
            "title": optional_text(stake.title),
            "weight": _rules(stake.weight, around),
            "worth": None if stake.ordered else _rules(stake.worth, around),
            "order": _order(stake) if stake.ordered else None,
            "effects": listing(_rule(rule, around) for rule in stake.effects),
            "channel": stake.channel,
            **_written_notes(around),
        }
        made.setdefault(stake.actor, CommentedMap())[stake.id] = mapping(body)
    return made


def _order(stake: Stake) -> Any:  # noqa: ANN401 - a scalar
    return text_value(" < ".join(written(rule.condition) for rule in stake.worth))


def _belief(belief: Belief) -> CommentedMap:
    numbers = [number for own in belief.odds for rule in own.odds for _, number in rule.odds]
    numbers += [rule.value for own in belief.worths for rule in own.worth]
    around = _shared(numbers)
    return mapping(
        {
            **{own.variable: _odds(own.odds, around, ()) for own in belief.odds},
            **{f"{own.actor}.{own.stake}": _rules(own.worth, around) for own in belief.worths},
            "known_to": listing(belief.known_to, flow=True),
            "channel": belief.channel,
            **_written_notes(around),
        }
    )


def _channel(channel: Channel) -> CommentedMap:
    return mapping(
        {
            "says": optional_text(channel.says),
            "voiced_by": optional_text(channel.voiced_by),
            "for": listing((text_value(claim) for claim in channel.claims), flow=True),
        }
    )


def _named(names: Sequence[str], words: Sequence[tuple[str, str]]) -> Any:  # noqa: ANN401 - a list or a mapping
    """Return states or options, with their words where they have some; one without is called by its name."""
    if not words:
        return listing(names, flow=True)
    said = dict(words)
    return mapping({name: text_value(said.get(name, name)) for name in names}, flow=True)


def _event(event: EventDefinition) -> Any:  # noqa: ANN401 - a scalar or a mapping
    condition = text_value(written(event.condition))
    if event.title is None:
        return condition
    return mapping({"condition": condition, "title": text_value(event.title)})


def _evidence(seen: Evidence) -> CommentedMap:
    return mapping(
        {
            "on": seen.on,
            "saw": text_value(written(seen.saw)),
            "because": optional_text(seen.because),
            "source": seen.source,
        }
    )


def _claim(claim: Claim) -> CommentedMap:
    return mapping(
        {
            "id": text_value(claim.id),
            "title": optional_text(claim.title),
            "speaker": text_value(claim.speaker),
            "quote": text_value(claim.quote),
            "kind": None if claim.kind == "claim" else text_value(claim.kind),
            "source": claim.source,
            "paraphrase": claim.paraphrase or None,
            "on": claim.on,
            "could": claim.could or None,
            "joins": listing((text_value(other) for other in claim.joins), flow=True),
            "tests": CommentedMap({test.name: _test(claim, test) for test in claim.tests}) or None,
            "note": optional_text(claim.note),
            "not_testable": optional_text(claim.not_testable),
            "resolved": _resolution(claim.resolved, *_settled(claim)),
        }
    )


def _settled(claim: Claim) -> tuple[str, str]:
    return ("kept", "broken") if claim.is_commitment else ("came_true", "did_not")


def _test(claim: Claim, test: Test) -> Any:  # noqa: ANN401 - a scalar or a mapping
    if test.resolved is None and test.title is None:
        return text_value(test.written)
    resolved = _resolution(test.resolved, *_settled(claim))
    return mapping({"query": text_value(test.written), "title": optional_text(test.title), "resolved": resolved})


def _resolution(resolved: Resolution | None, yes: str | bool, no: str | bool) -> CommentedMap | None:
    if resolved is None:
        return None
    outcome = resolved.outcome if isinstance(resolved.outcome, str) else yes if resolved.outcome else no
    return mapping(
        {
            "on": resolved.on,
            "as": outcome,
            "because": optional_text(resolved.because),
            "source": resolved.source,
        },
        flow=True,
    )


def _question(question: Question) -> Any:  # noqa: ANN401 - a scalar or a mapping
    if question.asks is None and question.title is None:
        return text_value(question.written)
    query = text_value(question.written)
    return mapping({"asks": optional_text(question.asks), "title": optional_text(question.title), "query": query})


def _check(check: Check) -> CommentedMap:
    return mapping(
        {
            "id": check.id,
            "title": optional_text(check.title),
            "asks": text_value(check.written),
            "range": _quantity(check.range),
            "evidence": None if check.with_evidence else False,
        }
    )


def _forecast(forecast: Forecast) -> CommentedMap:
    return mapping(
        {
            "id": forecast.id,
            "title": optional_text(forecast.title),
            "asks": text_value(forecast.written),
            "until": forecast.until,
            "rule": optional_text(forecast.rule),
            "resolved": _resolution(forecast.resolved, True, False),
        }
    )


def _outside(view: OutsideView) -> CommentedMap:
    number = _quantity(view.value, _notes(view.value))
    is_class = view.kind == "class"
    return mapping(
        {
            "of": text_value(written(view.of)),
            "id": None if view.id == view.name else view.id,
            "class": text_value(view.name) if is_class else None,
            "rate": number if is_class else None,
            "n": view.n,
            "by": None if is_class else text_value(view.name),
            "said": None if is_class else number,
            "on": view.on,
            "how": optional_text(view.how),
            "same_as": optional_text(view.same_as),
            "pooled": None if view.pooled else False,
            **_written_notes(_notes(view.value)),
        }
    )


def _pool(pool: PoolWeights) -> CommentedMap | None:
    if pool == PoolWeights(place=pool.place):
        return None
    return mapping(
        {
            "inside": _plain(pool.inside),
            "class": _plain(pool.of_class),
            "crowd": _plain(pool.crowd),
            "because": optional_text(pool.because),
        },
        flow=True,
    )


def _plain(value: float) -> int | float:
    return int(value) if value.is_integer() else value
