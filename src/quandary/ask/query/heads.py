"""Every kind of question by its head, with one line on what it means; help, documents and tests read this."""

from __future__ import annotations

from collections.abc import Callable

from quandary.ask.games.situation import GameSituation
from quandary.ask.inquiry import Inquiry
from quandary.ask.query.counterfactual.nested import nested
from quandary.ask.query.counterfactual.would import highest, lowest, would
from quandary.ask.query.measures import best, both, clash, drop, expectation, margin, probability, swing, weight
from quandary.base.arrays import Array
from quandary.base.registry import Registry

Question = Callable[[Inquiry, GameSituation], Array]

HEADS: Registry[Question] = Registry("question", "Q509")

HEADS.add(
    "P",
    summary="the probability of a condition",
    limits="undefined in worlds where the given conditions have probability zero",
    example="P(invasion | operation = fail)",
)(probability)
HEADS.add(
    "E",
    summary="the expected payoff of an actor, or the expected worth (0 to 100) of one of its stakes",
    example="E(russia.economy | do(ukraine = stand_down))",
)(expectation)
HEADS.add(
    "weight",
    summary="the share of an actor's concern that a stake takes",
    limits="stakes that count in points have none",
    example="weight(russia.economy)",
)(weight)
HEADS.add(
    "swing",
    summary="the points that hang on a stake: its weight times its highest minus its lowest worth",
    limits="highest and lowest over all combinations the case names, however unlikely",
    example="swing(russia.economy)",
)(swing)
HEADS.add(
    "best",
    summary="how often an option is the one that pays its actor best",
    example="best(russia.ukraine = keep_coercing | operation = success)",
)(best)
HEADS.add(
    "margin",
    summary="by how many points the best option beats the second best",
    limits="information sets with a single option take no part",
    example="margin(russia.ukraine | operation = fail)",
)(margin)
HEADS.add(
    "drop",
    summary="how many points of its best payoff an actor loses by a turn of events",
    example="drop(russia.ukraine | operation = fail) against operation = success",
)(drop)
HEADS.add(
    "clash",
    summary="how often no option is near best for every stake",
    limits="near best: within 5 % of the range of a stake, or of a group of stakes (a + b)",
    example="clash(russia.ukraine | operation = fail)",
)(clash)
HEADS.add(
    "both",
    summary="how often some option is near best for every named stake",
    limits="near best: within 5 % of the range of a stake, or of a group of stakes (a + b)",
    example="both(russia.ukraine: ukraine_influence + economy, central_asia_influence)",
)(both)
HEADS.add(
    "would",
    summary="the probability of a condition had something been otherwise, given what was seen",
    limits="both worlds share Gumbel noise; lowest and highest do without that assumption",
    example="would(invasion | seen operation = success, do(deployment = stay_out))",
)(would)
HEADS.add("lowest", summary="a lower bound on would(...), whatever ties the two worlds together; a part of its answer")(
    lowest
)
HEADS.add("highest", summary="an upper bound on would(...), the same way")(highest)
HEADS.add("nested", summary="a condition's probability with mediators as they would have been; a part of path effects")(
    nested
)
