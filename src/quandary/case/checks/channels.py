"""Channels: each has entries, each entry a channel that is declared; voices and claims are there."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.base.problems import Problem, Severity
from quandary.case.checks.written import Written
from quandary.case.logic.channels import channel_tags
from quandary.case.model import ChanceEvent
from quandary.language.names import unknown


def names_of_channels(written: Written) -> Iterator[Problem]:
    """Yield entries of a channel that is not declared, and channels of a voice or a claim that is not there."""
    case = written.case
    for tag in channel_tags(case):
        if tag.channel not in case.channels:
            yield unknown("channel", tag.channel, tag.place, case.channels)
    voices = {*case.sources, *(claim.speaker for claim in case.claims)}
    claims = [claim.id for claim in case.claims]
    for channel in case.channels.values():
        path = f"channels.{channel.id}"
        if channel.voiced_by is not None and channel.voiced_by not in voices:
            place = written.place(f"{path}.voiced_by", channel.place)
            yield unknown("source or speaker", channel.voiced_by, place, voices)
        for claim in channel.claims:
            if claim not in claims:
                yield unknown("claim", claim, written.place(f"{path}.for.{claim}", channel.place), claims)


def channels_are_used(written: Written) -> Iterator[Problem]:
    """Yield channels to which nothing belongs."""
    used = {tag.channel for tag in channel_tags(written.case)}
    for channel in written.case.channels.values():
        if channel.id not in used:
            message = f'nothing belongs to the channel "{channel.id}"'
            hint = f"write channel: {channel.id} at the effect, stake, rule or belief that it stands for"
            yield Problem("Q322", message, channel.place, hint, Severity.WARNING)


def channels_can_be_switched_off(written: Written) -> Iterator[Problem]:
    """Yield entries of a channel without which the case would say nothing, and arcs from what is not under `given`."""
    for item in written.case.story:
        if not isinstance(item, ChanceEvent):
            continue
        for parent, _ in item.arcs:
            if parent not in item.given:
                place = written.place(f"story.{item.id}.channel.{parent}", item.place)
                yield unknown(f'variable that "{item.id}" depends on:', parent, place, item.given)
    for tag in channel_tags(written.case):
        if tag.why_not:
            message = f'this rule of the channel "{tag.channel}" cannot be switched off: {tag.why_not}'
            yield Problem(
                "Q323",
                message,
                tag.place,
                "tag an effect, a whole stake, an arc of the story, or all that an actor believes",
            )
