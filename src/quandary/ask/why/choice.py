"""Why an actor chooses as it does: its options by its stakes, what speaks for each, and what would turn the choice.

Sets of the decision that offer the same options are averaged, by P_w(h, e) with e the evidence before the decision:
what can come of the choice is set aside. Options are valued given only what their owner saw (``option_worths.py``).

What a number *adds* to an option: a stake's worth for option v is a sum over its lines, S(v) = sum_i a_i(v) x_i, of
how likely line i applies after v (times the stake's weight) times its number x_i. Let m be the mean over the options, M
what the rules of the worth come to on average, for each unit of weight. Rule i then adds (a_i(v) - m a_i) (x_i - M):
how much oftener it counts than after the other options, times how far it lies above what the stake is worth anyway. An
effect k adds (a_k(v) - m a_k) x_k. Over all lines of all stakes that sums to how far the option lies above the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.answer import NEAR_COUNTED, Answer, AnswerDraws
from quandary.ask.games.evidence import reach
from quandary.ask.games.playing import Played, support_of
from quandary.ask.games.situation import ratio
from quandary.ask.games.worths import with_worths
from quandary.ask.inquiry import Conditions, Interventions, variables_of
from quandary.ask.query.measures import TIE
from quandary.ask.query.queries import Query, prepare
from quandary.ask.query.summarising import answer
from quandary.ask.study import Study
from quandary.ask.turning.advice import nothing_to_choose
from quandary.ask.turning.information import decision_named, is_decision
from quandary.ask.turning.option_worths import States, allowed_at, evenly_played, states_of_set
from quandary.ask.turning.vantage import Vantage, vantage
from quandary.ask.why.choice_look import BatchChoice, ChoiceLook, coin_edge, doubling, surveyed
from quandary.ask.why.tipping import NumberChange, turning_numbers
from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import STOPS
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case, DecisionEvent, Stake
from quandary.compile.amounts import Amount, DrawnBlock
from quandary.game.graphs.graph import graph_of
from quandary.language import heads
from quandary.language.parser import parse_query
from quandary.language.printing import written
from quandary.language.syntax import Ask, Name, SetVariable, arises
from quandary.quantities.arithmetic import difference
from quandary.quantities.summary import effective_number, mean_reach, weighted_mean

SPEAKING = 3
"""How many numbers are named for each option, on either side."""

MOST = 0.5
"""The share of worlds and situations above which these are most."""

FACED = 6
"""How many situations are told one by one, the likeliest."""


@dataclass(frozen=True)
class AskedChoice:
    """A decision whose choice is to be explained, the option asked about, if one is, and conditions that are given."""

    decision: DecisionEvent
    option: str | None = None
    given: Conditions = ()

    @property
    def query(self) -> str | None:
        """Return the query for how likely the option is, ``None`` where none is named."""
        if self.option is None:
            return None
        given = ", ".join(written(piece) for piece in self.given)
        return f"P({self.decision.id} = {self.option}{' | ' + given if given else ''})"


@dataclass(frozen=True, eq=False)
class SpeakingNumber:
    """One line of a stake as it bears on one option.

    ``worth`` is its mean number, in points on the stake's own scale, ``applies`` how likely it counts after the option
    (0 to 1). ``adds`` is by how many points of worth it lifts the option above the mean of the options.
    """

    stake: Stake
    amount: Amount
    worth: float
    applies: float
    adds: float


@dataclass(frozen=True, eq=False)
class ExplainedOption:
    """One option: what each stake comes to, weighted, in points of worth, their sum, and how often it is chosen.

    ``best_in`` is in what weighted share of worlds and situations no other option is worth more, ``near_in`` in what
    share the odds that worth makes between it and the best option of the table are within x1.25 (1 for that one), and
    ``near_reach`` how far other worlds may move that share.
    ``counted`` is how often counting options would have it chosen. ``speaking`` are all lines that add something, from
    the most for it to the most against.
    """

    option: str
    stakes: tuple[Answer, ...]
    total: Answer
    chosen: float
    best_in: float
    near_in: float
    counted: float
    speaking: tuple[SpeakingNumber, ...]
    near_reach: float = 0.0

    @property
    def near_edge(self) -> bool:
        """Return whether other worlds may say otherwise of whether it is nearly as good as the best in most worlds."""
        return abs(self.near_in - MOST) < self.near_reach

    @property
    def speaks_for(self) -> tuple[SpeakingNumber, ...]:
        """Return the numbers that speak most for it."""
        return tuple(one for one in self.speaking if one.adds > 0)[:SPEAKING]

    @property
    def speaks_against(self) -> tuple[SpeakingNumber, ...]:
        """Return the numbers that speak most against it."""
        return tuple(one for one in reversed(self.speaking) if one.adds < 0)[:SPEAKING]


@dataclass(frozen=True, eq=False)
class ChoiceTable:
    """Options by stakes where the same options are open, the best first.

    ``weight`` is how likely that is, of all that the evidence leaves possible, ``effective_worlds`` what its numbers
    rest on. ``lead`` is the sum of the best less that of the second; ``changes`` are the single numbers that would make
    the second as good. ``double`` is how many points of worth two options have to be apart for one to be chosen twice
    as often, at the middle of the owner's rationality. ``flips_in`` is in what share of worlds and situations every
    option is chosen nearly as counting options would have it; ``coin_edge`` says that other worlds may say otherwise of
    whether it is a coin flip.
    """

    options: tuple[ExplainedOption, ...]
    weight: float
    effective_worlds: float
    lead: Answer
    changes: tuple[NumberChange, ...]
    double: float
    flips_in: float
    coin_edge: bool = False

    @property
    def indifferent(self) -> tuple[ExplainedOption, ...]:
        """Return the options between which the owner is nearly indifferent, the best among them; empty without two.

        In most worlds and situations worth makes the best at most x1.25 as likely as the others; those on the edge
        of that are among them.
        """
        near = tuple(one for one in self.options if one.near_in > MOST or one.near_edge)
        return near if len(near) > 1 else ()

    @property
    def indifferent_edge(self) -> tuple[ExplainedOption, ...]:
        """Return those of them of which other worlds may say otherwise."""
        return tuple(one for one in self.indifferent if one.near_edge)

    @property
    def is_coin_flip(self) -> bool:
        """Return whether every option is chosen nearly as counting options would have it.

        On average, and in most worlds and situations: sure choices that differ between situations are no coin flip.
        """
        near = all(abs(one.chosen - one.counted) <= NEAR_COUNTED for one in self.options)
        return near and self.flips_in > MOST

    @property
    def is_clear(self) -> bool:
        """Return whether the lead is more than what the drawing of worlds leaves open."""
        return self.lead.mean is not None and self.lead.mean > max(2 * (self.lead.mc_error or 0.0), 1e-9)


@dataclass(frozen=True)
class FacedSituation:
    """One information set: what was seen, how likely it is, which option is best there and by how much.

    ``alike`` are the options that nothing is better than there: more than the best alone where the lead is nothing.
    """

    saw: States
    weight: float
    best: str
    second: str
    lead: float
    alike: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ChoiceExplanation:
    """Why an actor chooses as it does at a decision.

    ``stakes`` are the owner's, in the order of the case: the columns of each table. ``tables`` come with the likeliest
    menu of options first. ``situations`` are the likeliest of ``sets`` that are possible and offer a choice;
    ``best_in`` says how likely it is, in these, that an option (or some alike) is the best, the likeliest first.
    ``no_choice`` is how likely only one option is open; ``arises`` how likely the decision arises at all, given what
    stands at it, ``None`` for one without ``when``.
    """

    asked: AskedChoice
    vantage: Vantage
    stakes: tuple[Stake, ...]
    tables: tuple[ChoiceTable, ...]
    situations: tuple[FacedSituation, ...]
    sets: int
    best_in: tuple[tuple[tuple[str, ...], float], ...]
    no_choice: float
    arises: float | None = None

    @property
    def best_of_options(self) -> dict[str, float]:
        """Return how likely it is that no other option is better, option by option: several count where alike."""
        options = dict.fromkeys(option for some, _ in self.best_in for option in some)
        return {option: sum(weight for some, weight in self.best_in if option in some) for option in options}


def choice_named(case: Case, text: str) -> AskedChoice | None:
    """Return the choice written ``actor.decision [= option] [| conditions]``, ``None`` where no decision is named.

    Raises ``CaseError`` for an option or a condition that the case does not have, ``Refusal`` (Q854) for an
    intervention among the conditions.
    """
    head, bar, rest = text.partition("|")
    name, equals, option = (part.strip() for part in head.partition("="))
    if not is_decision(case, name):
        return None
    decision = decision_named(case, name)
    whole = f"{decision.by}.{decision.id}"
    asked = f"best({whole} = {option}{' | ' + rest if bar else ''})" if equals else f"margin({whole}{bar}{rest})"
    query = prepare(case, parse_query(asked))
    (ask,) = query.inquiries
    if ask.intervenes:
        message = "a choice is explained in the case's own game, without interventions"
        hint = f"ask for the numbers instead: P({decision.id} = ... | do(...)), margin({whole} | do(...))"
        raise Refusal(Problem("Q854", message, hint=hint))
    return AskedChoice(decision, option if equals else None, query.inquiries[ask].given)


def explained_choice(study: Study, asked: AskedChoice, *, by_line: bool = True) -> ChoiceExplanation:
    """Return why the owner of a decision chooses as it does, given the evidence of that moment and the conditions.

    Without ``by_line`` it is not told what speaks for an option, nor what would turn the choice: that is quicker.

    Raises ``Refusal``: Q564 where there is nothing to choose, Q854 for a condition that the choice itself can change,
    Q855 where the conditions cannot be.
    """
    base = support_of(with_worths(study.probe))
    decision, view = asked.decision, _view(study, base, asked)
    chances = evenly_played(study, base).joint(view.seen, view.weighing).values
    possible = (chances.reshape(-1, chances.shape[-1]) > 0).any(axis=1)
    allowed = allowed_at(base.diagram, decision.id, view.seen)
    choices = possible & (allowed.sum(axis=1) > 1)
    if not choices.any():
        raise Refusal(nothing_to_choose(decision) if possible.any() else _cannot_be(asked))
    menus = np.unique(allowed[choices], axis=0)
    look = ChoiceLook(
        decision.id,
        decision.by,
        view.seen,
        view.weighing,
        view.told,
        np.array([choices & (allowed == menu).all(axis=1) for menu in menus]),
        menus,
        tuple(plan for plan in study.model.worths if plan.stake.actor == decision.by),
        by_line,
        alike=study.fillings.bear_on(view.weighing),
    )
    found = surveyed(study, look)
    if not found.likely.any():
        raise Refusal(nothing_to_choose(decision) if found.sets.any() else _cannot_be(asked))
    order = np.argsort(-found.likely.sum(axis=1), kind="stable")
    numbers = [int(at) for at in np.flatnonzero(choices) if found.sets[at] > 0]
    faced = [_faced(look, found, base, allowed[at], at) for at in numbers]
    faced.sort(key=lambda one: -one.weight)
    return ChoiceExplanation(
        asked,
        view,
        tuple(plan.stake for plan in look.plans),
        tuple(_table(study, look, found, int(menu)) for menu in order if found.likely[menu].any()),
        tuple(faced[:FACED]),
        len(faced),
        _best_in(faced),
        max(0.0, 1.0 - float(found.likely.sum() / found.sets.sum())),
        _arises(study, asked),
    )


def _arises(study: Study, asked: AskedChoice) -> float | None:
    """Return how likely a decision arises, given the evidence that it cannot change and what is given."""
    decision = asked.decision
    if decision.when is None:
        return None
    choice = SetVariable(Name((decision.id,)), decision.options[0])
    ask = Ask(heads.P.name, arises(Name((decision.id,))), asked.given, (choice,))
    query = prepare(study.case, ask)
    study.need([query])
    return study.answer(query).mean


def explained_choices(study: Study, query: Query, *, by_line: bool = True) -> tuple[ChoiceExplanation, ...]:
    """Return why each decision that a query asks about is made as it is; those that leave nothing to choose left out.

    An interruption leaves those that were not explained by then. ``by_line`` is as for one choice.
    """
    found = []
    for decision in decisions_of(study, query):
        try:
            found.append(explained_choice(study, AskedChoice(decision), by_line=by_line))
        except Refusal:  # there is nothing to choose, or what was seen rules the choice out
            continue
        except STOPS:
            study.search_interrupted = True
            break
    return tuple(found)


def decisions_of(study: Study, query: Query) -> tuple[DecisionEvent, ...]:
    """Return the decisions that a query is about, without those that it sets.

    These are the ones that its targets and conditions name; where they name none, the last decision before them.
    """
    case = study.case
    named = {name for inquiry in query.all_inquiries for name in variables_of(case, inquiry)}
    set_there = {name for inquiry in query.all_inquiries for name, _ in inquiry.game.settings}
    decisions = [item for item in case.story if isinstance(item, DecisionEvent) and item.id not in set_there]
    asked = [item for item in decisions if item.id in named]
    if not asked:
        above = graph_of(study.probe.diagram).ancestors(named)
        asked = [item for item in decisions if item.id in above][-1:]
    return tuple(asked)


def _view(study: Study, base: Played, asked: AskedChoice) -> Vantage:
    """Return what the owner has seen, conditions beside the evidence; Q854 for one that the choice can change."""
    decision = asked.decision
    below = reach(study.case, base.opened, Interventions(unforeseen=((decision.id, decision.options[0]),)))
    for piece in asked.given:
        if below & set(mentioned(study.case, piece)):
            message = f'"{written(piece)}" is the choice at {decision.id} itself, or may come of it'
            hint = f"a choice is explained by what came before it; for what followed ask: P({decision.id} = ... | ...)"
            raise Refusal(Problem("Q854", message, hint=hint))
    view = vantage(study, base, decision)
    observed = set(study.probe.diagram.variable(decision.id).parents)
    told = tuple(piece for piece in asked.given if set(mentioned(study.case, piece)) <= observed)
    return replace(
        view,
        before=tuple(dict.fromkeys((*view.before, *asked.given))),
        told=tuple(dict.fromkeys((*view.told, *told))),
    )


def _cannot_be(asked: AskedChoice) -> Problem:
    given = " and ".join(written(piece) for piece in asked.given) or "what was seen"
    message = f'{given} leaves no world in which "{asked.decision.by}.{asked.decision.id}" is chosen'
    return Problem("Q855", message, hint="change the condition, or leave the evidence out (--no-evidence)")


def _table(study: Study, look: ChoiceLook, found: BatchChoice, menu: int) -> ChoiceTable:
    likely = found.likely[menu]
    open_here = [int(v) for v in np.flatnonzero(look.allowed[menu])]
    decision = study.case.variable(look.decision)
    assert isinstance(decision, DecisionEvent)
    text = f"{look.actor}.{look.decision}"
    left_out = ~(likely > 0)
    stakes = ratio(found.worths[menu], likely)  # (options, stakes, W)
    totals = stakes.sum(axis=1)

    def told(values: Array, what: str) -> Answer:
        return answer(what, AnswerDraws(values, likely), study.design.block(), left_out=left_out)

    speaking = _speaking(study, look, found.applies[menu], likely, open_here) if look.by_line else {}
    options = [
        ExplainedOption(
            decision.options[v],
            tuple(told(stakes[v, k], f"{text} = {decision.options[v]}") for k in range(len(look.plans))),
            told(totals[v], f"{text} = {decision.options[v]}"),
            float(found.chosen[menu, v].sum() / likely.sum()),
            float(found.best[menu, v].sum() / likely.sum()),
            1.0,
            float(found.counted[menu, v].sum() / likely.sum()),
            speaking.get(v, ()),
        )
        for v in open_here
    ]
    options.sort(key=lambda one: -np.inf if one.total.mean is None else -one.total.mean)
    best, second = (decision.options.index(one.option) for one in options[:2])
    lead = told(difference(totals[best], totals[second]), text)
    near = _near(study, look, found, menu, options)
    double, flips = doubling(found.precision, likely), float(found.flips[menu].sum() / likely.sum())
    weight = float(likely.sum() / found.sets.sum())
    table = ChoiceTable(
        near,
        weight,
        effective_number(likely),
        lead,
        (),
        double,
        flips,
        coin_edge(study, found, menu, open_here),
    )
    if not look.by_line:
        return table
    return replace(table, changes=turning_numbers(study, look, menu, (best, second), lead)) if table.is_clear else table


def _near(
    study: Study, look: ChoiceLook, found: BatchChoice, menu: int, options: Sequence[ExplainedOption]
) -> tuple[ExplainedOption, ...]:
    """Return the options, the best first, with how often each is nearly as good as the best one."""
    decision, likely = decision_named(study.case, f"{look.actor}.{look.decision}"), found.likely[menu]
    numbers = [decision.options.index(one.option) for one in options]
    near_in = dict(zip(look.pairs, found.near[menu].sum(axis=-1) / likely.sum(), strict=True))
    reaches = {
        pair: mean_reach(np.where(likely > 0, ratio(near, likely), np.nan), likely, study.design.block()) or 0.0
        for pair, near in zip(look.pairs, found.near[menu], strict=True)
    }
    pairs = [(min(v, numbers[0]), max(v, numbers[0])) for v in numbers]
    return tuple(
        replace(one, near_in=float(near_in.get(pair, 1.0)), near_reach=reaches.get(pair, 0.0))
        for one, pair in zip(options, pairs, strict=True)
    )


def _speaking(
    study: Study, look: ChoiceLook, applies: Array, likely: Array, open_here: Sequence[int]
) -> dict[int, tuple[SpeakingNumber, ...]]:
    """Return for each option what the lines of the stakes add to it, from the most for it to the most against."""
    drawn = DrawnBlock(study.uniforms, study.model.values(study.uniforms))
    found: dict[int, list[SpeakingNumber]] = {v: [] for v in open_here}
    shares = ratio(applies, likely)
    first = 0
    for plan in look.plans:
        amounts = plan.amounts()
        numbers = np.stack([np.broadcast_to(one.value(drawn), likely.shape) for one in amounts])
        own = shares[open_here, first : first + len(amounts)]  # (options, lines, W)
        adds = _added(own, numbers, len(plan.worth))
        weight = own[:, : len(plan.worth)].sum(axis=1)
        first += len(amounts)
        for row, v in enumerate(open_here):
            for line, amount in enumerate(amounts):
                mean = weighted_mean(adds[row, line], likely) or 0.0
                if abs(mean) > 0.0:
                    applied = weighted_mean(own[row, line], likely) or 0.0
                    whole = weighted_mean(weight[row], likely) or 0.0
                    worth = weighted_mean(numbers[line], likely) or 0.0
                    told = SpeakingNumber(plan.stake, amount, worth, applied / whole if whole else 0.0, mean)
                    found[v].append(told)
    return {v: tuple(sorted(some, key=lambda one: -one.adds)) for v, some in found.items()}


def _added(applies: Array, numbers: Array, rules: int) -> Array:
    """Return what each line of a stake adds to each option, ``(options, lines, W)``."""
    parts = applies * numbers
    weight = applies[:, :rules].sum(axis=1, keepdims=True)
    middle = parts[:, :rules].sum(axis=1).mean(axis=0)
    level = np.divide(middle, weight, out=np.zeros_like(weight), where=weight > 0)
    base = applies[:, :rules] * (numbers[:rules] - level)
    adds = np.concatenate([base, parts[:, rules:]], axis=1)
    return np.asarray(adds - adds.mean(axis=0))


def _best_in(faced: Sequence[FacedSituation]) -> tuple[tuple[tuple[str, ...], float], ...]:
    """Return how likely it is that an option (or some alike) is the best, of the situations that offer a choice."""
    whole = sum(one.weight for one in faced)
    found: dict[tuple[str, ...], float] = {}
    for one in faced:
        found[one.alike] = found.get(one.alike, 0.0) + one.weight / whole
    return tuple(sorted(found.items(), key=lambda one: -one[1]))


def _faced(look: ChoiceLook, found: BatchChoice, base: Played, allowed: Mask, at: int) -> FacedSituation:
    worths = np.where(allowed, found.set_worths[at] / found.sets[at], -np.inf)
    best, second = (int(v) for v in np.argsort(-worths, kind="stable")[:2])
    options = base.diagram.variable(look.decision).states
    return FacedSituation(
        states_of_set(base.diagram, look.seen, at),
        float(found.sets[at] / found.sets.sum()),
        options[best],
        options[second],
        difference(float(worths[best]), float(worths[second])),
        tuple(options[v] for v in np.flatnonzero(worths >= worths[best] - TIE)),
    )
