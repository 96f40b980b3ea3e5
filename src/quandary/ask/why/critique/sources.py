"""Sources from a critic's side: used for one of their two sides, later than the day of the case, or without a day.

A source has two sides where it is cited for some lines and also speaks for itself: it voices a channel, or makes a
claim that the case tests. What is looked at are the effects that cite it (of chance variables and of stakes), since
they have a value at which they say nothing: x1, or no points. Three things are found:

1. it voices a channel to which no line of the case belongs, while it is cited for others;
2. it voices a channel none of whose lines cites it, and that moves the headline one way, while the effects that cite it
   move it the other way;
3. it makes a claim of its own, and the effects that cite it speak against that: without them the claim is right in
   clearly more worlds.

What cannot be seen: what a source says and the case does not record, whether a line says what its source says, and
rules and worths that cite it, which have no value at which they say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from quandary.ask.changes.apart import found_apart
from quandary.ask.changes.variants import VariantStudy, without
from quandary.ask.claims.judging import Reading, judged
from quandary.ask.query.queries import Query, asked_without
from quandary.ask.results import ClaimResult, TestResult
from quandary.ask.study import Study
from quandary.ask.why.critique.items import CriticItem, Grade, LateSources, OneSidedSource, UndatedSources
from quandary.base.problems import CaseError, Refusal
from quandary.base.stopping import Stopped
from quandary.case.logic.channels import channel_tags
from quandary.case.logic.evidence import evidence_in_force
from quandary.case.model import Case, ChanceEvent, OddsRule, Rule, Source, Sourced

LEAST_MOVE = 0.005
"""A move of the headline smaller than this has no direction."""

LEAST_SHARE = 0.05
"""A claim speaks against a source's own lines where it is right in so much more of the worlds without them."""

ReadyReading = tuple[ClaimResult, TestResult, Query]
"""A claim, one of its readings, and that reading's query."""


def one_sided(few: Study, headline: Query | None, tests: Sequence[ReadyReading]) -> Iterator[CriticItem]:
    """Yield the sources that are used for one of their two sides."""
    looks = list(_looked_at(few.case, tests))
    apart = [one for one in looks if one.effects]
    asked = [_asked(few, query) for one in apart for _, _, query in one.claimed if few.refusal(query) is None]
    asked += [headline] if headline is not None and any(one.rest for one in apart) else []
    with suppress(CaseError, Refusal):  # which is then found for each source
        few.need(asked)  # once for all that are looked at apart
    against = dict(zip(apart, found_apart(few, len(apart), lambda n: _against(few, headline, apart[n])), strict=False))
    if len(against) < len(apart):
        raise Stopped
    for one in looks:
        found = one.unused or against.get(one)
        if found is not None:
            yield CriticItem(Grade.KNOW, found)


@dataclass(frozen=True, eq=False)
class _Look:
    """What is looked at of a source: that a side of it is ``unused``, else its effects and what they may speak against.

    ``rest`` are channels it voices without a line of its own, ``claimed`` the readings of its claims.
    """

    source: Source
    unused: OneSidedSource | None = None
    effects: int = 0
    rest: Sequence[str] = ()
    claimed: Sequence[ReadyReading] = ()


def _looked_at(case: Case, tests: Sequence[ReadyReading]) -> Iterator[_Look]:
    tagged = {tag.channel for tag in channel_tags(case)}
    for source in case.sources.values():
        lines = len(cited_lines(case, source.id))
        voice = source.author or source.publisher
        voiced = [one for one in case.channels.values() if one.voiced_by in (source.id, voice) and one.voiced_by]
        own_channels = {rule.channel for rule in _effects(case) if _cites(rule, source.id)}
        unused = [one for one in voiced if one.id not in tagged]
        if lines and unused:
            yield _Look(source, OneSidedSource(source, lines, unused[0], unused=True))
            continue
        effects = sum(_cites(rule, source.id) for rule in _effects(case))
        rest = [one for one in voiced if one.id in tagged and one.id not in own_channels]
        claimed = [one for one in tests if voice is not None and one[0].claim.speaker == voice]
        if effects and (rest or claimed):
            yield _Look(source, None, effects, [one.id for one in rest], claimed)


def _against(few: Study, headline: Query | None, look: _Look) -> OneSidedSource | None:
    """Return a channel or a claim of the source that its own lines speak against."""
    source, lines, rest, claimed = look.source, look.effects, look.rest, look.claimed
    try:
        off = VariantStudy(few, case=without_effects_of(few.case, source.id))
        if headline is not None and rest:
            own = _move(few, off, headline)
            for name in rest:
                other = _move(few, without(few, [name]), headline)
                if own * other < 0 and min(abs(own), abs(other)) > LEAST_MOVE:
                    return OneSidedSource(source, lines, few.case.channels[name], own=own, other=other)
        for study in (few, off):  # all at once: each time a study is asked, it goes through its worlds again
            study.need([_asked(study, query) for _, _, query in claimed if study.refusal(query) is None])
        for claim, test, query in claimed:
            shares = [_share(study, test, query) for study in (few, off)]
            if shares[0] is not None and shares[1] is not None and shares[1] - shares[0] > LEAST_SHARE:
                return OneSidedSource(source, lines, claim=claim, reading=test, own=shares[0], other=shares[1])
    except (CaseError, Refusal):
        return None
    return None


def _move(study: Study, off: Study, query: Query) -> float:
    """Return how far what is switched off in another study moves an answer."""
    means = []
    for one in (study, off):
        one.need([query])
        means.append(one.answer(query).mean)
    return 0.0 if means[0] is None or means[1] is None else means[0] - means[1]


def _share(study: Study, test: TestResult, query: Query) -> float | None:
    if study.refusal(query) is not None:
        return None
    asked = _asked(study, query)
    study.need([asked])
    found = judged(study, Reading(test.name, asked, None, asked, None)).share
    return None if found is None else found.share


def _asked(study: Study, query: Query) -> Query:
    return asked_without(query, study.dropped(query))


def without_effects_of(case: Case, source: str) -> Case:
    """Return the case in which the effects that cite a source say nothing."""
    story = tuple(
        replace(item, effects=tuple(rule for rule in item.effects if not _cites(rule, source)))
        if isinstance(item, ChanceEvent)
        else item
        for item in case.story
    )
    stakes = tuple(
        replace(stake, effects=tuple(rule for rule in stake.effects if not _cites(rule, source)))
        for stake in case.stakes
    )
    return replace(case, story=story, stakes=stakes)


def _effects(case: Case) -> Iterator[Rule | OddsRule]:
    for item in case.story:
        if isinstance(item, ChanceEvent):
            yield from item.effects
    for stake in case.stakes:
        yield from stake.effects


def _cites(rule: Rule | OddsRule, source: str) -> bool:
    return any(one.source == source for one in _numbers(rule))


def _numbers(rule: Rule | OddsRule) -> tuple[Sourced, ...]:
    return (rule.value,) if isinstance(rule, Rule) else tuple(sourced for _, sourced in rule.odds)


def cited_lines(case: Case, source: str) -> tuple[Sourced, ...]:
    """Return the numbers of a case that cite a source, of its story and stakes, and its assumptions."""
    return tuple(one for one in _every_number(case) if one.source == source)


def _every_number(case: Case) -> Iterator[Sourced]:
    yield from (one.value for one in case.assumptions.values())
    for item in case.story:
        if isinstance(item, ChanceEvent):
            for rule in (*item.odds, *item.base, *item.effects):
                yield from _numbers(rule)
        else:
            for rule in item.usual:
                yield from _numbers(rule)
    for stake in case.stakes:
        for one in (*stake.weight, *stake.worth, *stake.effects):
            yield from _numbers(one)
    yield from (actor.rationality for actor in case.actors.values())


def late_and_undated(study: Study) -> Iterator[CriticItem]:
    """Yield the sources that the case rests on and that are later than the day it speaks from, or without a day.

    It rests on those of its numbers, of its checks, of what was seen by then, and of outside views without a day.
    """
    case = study.case
    cited = [one.source for one in _every_number(case)] + [check.range.source for check in case.checks]
    cited += [item.source for item in evidence_in_force(case, study.as_of)]
    cited += [view.value.source for view in case.outside if view.on is None]
    sources = [case.sources[name] for name in dict.fromkeys(cited) if name is not None and name in case.sources]
    late = tuple(one for one in sources if one.published is not None and one.published > study.as_of)
    undated = tuple(one for one in sources if one.published is None)
    if late:
        yield CriticItem(Grade.KNOW, LateSources(late))
    if undated:
        yield CriticItem(Grade.NOTE, UndatedSources(undated))
