"""What a critique's items are about, by name, and their numbers: for documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import TypeAlias

from quandary.ask.why.critique.items import (
    AsksNothing,
    Carrying,
    Detail,
    FarFromOutside,
    HeadlineBounds,
    HowListed,
    IdleRanges,
    IdleVariables,
    LateSources,
    MissedCheck,
    NearCoinFlip,
    NearlyIndifferent,
    NotMetTogether,
    NumbersUnknown,
    OneSidedSource,
    Restating,
    StuckStake,
    UndatedSources,
    Unsourced,
    WithoutStake,
)
from quandary.language.printing import written

KINDS: Mapping[type, str] = {
    AsksNothing: "asks_nothing",
    NumbersUnknown: "numbers_unknown",
    FarFromOutside: "far_from_outside",
    HowListed: "how_listed",
    NearCoinFlip: "near_coin_flip",
    MissedCheck: "missed_check",
    NotMetTogether: "not_met_together",
    NearlyIndifferent: "nearly_indifferent",
    WithoutStake: "without_stake",
    IdleVariables: "idle_variables",
    StuckStake: "stuck_stake",
    Restating: "restating",
    OneSidedSource: "one_sided",
    LateSources: "late_sources",
    UndatedSources: "undated_sources",
    IdleRanges: "idle_ranges",
    HeadlineBounds: "headline_bounds",
    Unsourced: "unsourced",
}
"""What kind of thing an item is."""


Contents: TypeAlias = tuple[Sequence[str], dict[str, float]]
"""The names and the numbers of an item."""


@singledispatch
def contents(detail: Detail) -> Contents:
    """Return what of the case an item is about, by name, and its numbers."""
    raise TypeError(detail)


@contents.register
def _(_one: AsksNothing) -> Contents:
    return [], {}


@contents.register
def _(one: NumbersUnknown) -> Contents:
    return [], {"things": float(one.things)}


@contents.register
def _(one: FarFromOutside) -> Contents:
    views = {figure.view.name: figure.probability for figure in one.compared.figures}
    pool = {} if one.compared.pool is None else {"pooled": one.compared.pool.probability}
    return [written(one.compared.event)], {"inside": one.compared.inside.mean or 0.0, **views, **pool}


@contents.register
def _(one: HowListed) -> Contents:
    twice = {f"{move.option} twice": move.mean for move in one.clones.depends}
    kinds = {} if one.kinds is None else {"by kinds": one.kinds.mean}
    names = dict.fromkeys(f"{move.decision} = {move.option}" for move in one.clones.depends)
    return list(names), {"before": one.clones.before, **twice, **kinds}


@contents.register
def _(one: NearCoinFlip) -> Contents:
    return [written(one.query)], {"chance": one.counting.chance, "counted": one.counting.counted}


@contents.register
def _(one: MissedCheck) -> Contents:
    numbers = {"mean": one.result.answer.mean or 0.0, "known_low": one.result.low, "known_high": one.result.high}
    names = [one.result.check.id]
    if one.remedy is not None:
        names.append(one.remedy.number.name)
        return names, {
            **numbers,
            "threshold": one.remedy.threshold,
            "beyond": one.remedy.beyond,
            "there": one.remedy.mean,
        }
    return _with_most(names, numbers, one.most)


def _with_most(names: list[str], numbers: dict[str, float], most: Carrying | None) -> Contents:
    if most is None:
        return names, numbers
    return [*names, most.number.name], {**numbers, "carries": most.share}


@contents.register
def _(one: NotMetTogether) -> Contents:
    numbers = {"all_met": one.joint.all_met.share, "mean": one.joint.mean, "checks": float(one.joint.checks)}
    names: list[str] = []
    if one.apart is not None:
        names = [one.apart.first.check.id, one.apart.second.check.id]
        numbers |= {"first": one.apart.first_met, "second": one.apart.second_met, "both": one.apart.both_met}
    if one.anchored is not None:
        numbers |= {"anchored": one.anchored.mean, "anchored_effective_worlds": one.anchored.effective_worlds}
    return names, numbers


@contents.register
def _(one: NearlyIndifferent) -> Contents:
    options = one.table.indifferent
    totals = {option.option: option.total.mean or 0.0 for option in options}
    within = min(option.near_in for option in options)
    return [f"{one.decision.by}.{one.decision.id}"], {**totals, "within": within, "double": one.table.double}


@contents.register
def _(one: WithoutStake) -> Contents:
    return [f"{one.decision.by}.{one.decision.id}"], {}


@contents.register
def _(one: IdleVariables) -> Contents:
    return one.names, {}


@contents.register
def _(one: StuckStake) -> Contents:
    return [f"{one.stake.actor}.{one.stake.id}"], {} if one.weight is None else {"weight": one.weight}


@contents.register
def _(one: Restating) -> Contents:
    return [claim.claim.id for claim in one.claims], {"tested": float(one.tested)}


@contents.register
def _(one: OneSidedSource) -> Contents:
    names = [one.source.id]
    names += [] if one.channel is None else [one.channel.id]
    names += [] if one.claim is None else [one.claim.claim.id]
    return names, {"lines": float(one.lines), "own": one.own, "other": one.other}


@contents.register
def _(one: LateSources) -> Contents:
    return [source.id for source in one.sources], {}


@contents.register
def _(one: UndatedSources) -> Contents:
    return [source.id for source in one.sources], {}


@contents.register
def _(one: IdleRanges) -> Contents:
    ends = ("mean", "low", "high")
    told = {f"{when}_{end}": value for when, row in (("before", one.before), ("after", one.after))
            for end, value in zip(ends, row, strict=True)}  # fmt: skip
    return [number.name for number in one.numbers], {"threshold": one.threshold, **told}


@contents.register
def _(one: HeadlineBounds) -> Contents:
    return _with_most([], {"low": one.low, "high": one.high, "searched": float(one.searched)}, one.most)


@contents.register
def _(one: Unsourced) -> Contents:
    return [number.name for number in one.numbers], {}
