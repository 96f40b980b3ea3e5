"""Channels: which rules, stakes and arcs of a case belong to one, and the case in which some are switched off.

Switched off is what says nothing: a stake whose worth is the same everywhere, its weight kept, so that all other
stakes weigh what they weighed; an effect of x1 or 0 points; a rule of first match that is left out, so that what comes
after it counts; an arc over which the odds are averaged, which only a game can do (``Switched.arcs``); an actor that
sees everything as the case has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from quandary.base.places import NOWHERE, Place
from quandary.case.model import Case, ChanceEvent, OddsRule, Rule, Sourced, Stake
from quandary.language.syntax import Number, Otherwise

SAME = 50.0
"""What a weighted stake that is switched off is worth everywhere; any number makes the same choices."""

AnyRule = TypeVar("AnyRule", Rule, OddsRule)


@dataclass(frozen=True)
class ChannelTag:
    """One ``channel:`` of a case: the channel's name, the kind of what belongs to it, and where that stands.

    ``why_not`` says why it cannot be switched off, empty where it can.
    """

    channel: str
    kind: str
    place: Place
    why_not: str = ""


@dataclass(frozen=True, eq=False)
class Switched:
    """A case some of whose channels are switched off, but for ``arcs``: (parent, child) to be averaged over."""

    case: Case
    arcs: tuple[tuple[str, str], ...]


def channel_tags(case: Case) -> Iterator[ChannelTag]:
    """Yield every ``channel:`` of the case, in order."""
    for item in case.story:
        if isinstance(item, ChanceEvent):
            for _, channel in item.arcs:
                yield ChannelTag(channel, "arc", item.place)
            yield from _first_match(item.odds)
            yield from _first_match(item.base)
            yield from (ChannelTag(r.channel, "effect", r.place) for r in item.effects if r.channel)
    for stake in case.stakes:
        if stake.channel:
            yield ChannelTag(stake.channel, "stake", stake.place)
        for rule in stake.weight:
            if rule.channel:
                yield ChannelTag(rule.channel, "rule", rule.place, "no weight stands for nothing")
        yield from _first_match(stake.worth)
        yield from (ChannelTag(r.channel, "effect", r.place) for r in stake.effects if r.channel)
    for belief in case.believes.values():
        if belief.channel:
            yield ChannelTag(belief.channel, "belief", belief.place)
        believed: list[Rule | OddsRule] = [rule for own in belief.odds for rule in own.odds]
        believed += [rule for own in belief.worths for rule in own.worth]
        for one in believed:
            if one.channel:
                why_not = "it is only a part of what an actor believes"
                yield ChannelTag(one.channel, "rule", one.place, why_not)


def _first_match(rules: Sequence[Rule | OddsRule]) -> Iterator[ChannelTag]:
    for number, rule in enumerate(rules):
        if rule.channel:
            last = isinstance(rule.condition, Otherwise) or number + 1 == len(rules)
            yield ChannelTag(rule.channel, "rule", rule.place, "no rule comes after it" if last else "")


def without_channels(case: Case, off: Collection[str]) -> Switched:
    """Return the case in which these channels are switched off."""
    story = tuple(_chance(item, off) if isinstance(item, ChanceEvent) else item for item in case.story)
    stakes = tuple(without_stake(stake) if stake.channel in off else _stake(stake, off) for stake in case.stakes)
    arcs = tuple(
        (parent, item.id)
        for item in case.story
        if isinstance(item, ChanceEvent)
        for parent, channel in item.arcs
        if channel in off
    )
    believes = {actor: belief for actor, belief in case.believes.items() if belief.channel not in off}
    return Switched(replace(case, story=story, stakes=stakes, believes=believes), arcs)


def without_stake(stake: Stake) -> Stake:
    """Return a stake that is worth the same everywhere, its weight kept."""
    worth = SAME if stake.weight else 0.0
    path = f"stakes.{stake.actor}.{stake.id}.worth"
    everywhere = Rule(Otherwise(), Sourced(Number(worth, place=NOWHERE), path, place=stake.place), stake.place)
    return replace(stake, worth=(everywhere,), effects=())


def _chance(item: ChanceEvent, off: Collection[str]) -> ChanceEvent:
    return replace(item, odds=_left(item.odds, off), base=_left(item.base, off), effects=_left(item.effects, off))


def _stake(stake: Stake, off: Collection[str]) -> Stake:
    return replace(stake, worth=_left(stake.worth, off), effects=_left(stake.effects, off))


def _left(rules: tuple[AnyRule, ...], off: Collection[str]) -> tuple[AnyRule, ...]:
    return tuple(rule for rule in rules if rule.channel not in off)
