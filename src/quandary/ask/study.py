"""A study: one case, its worlds, and the questions put to them. Start reading ``ask`` here."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

import numpy as np

from quandary.ask.answer import Answer, AnswerDraws, Remark, named_settings, named_variables
from quandary.ask.games.evidence import StandingEvidence, conditions_of, evidence_used, left_of
from quandary.ask.games.fillings import Fillings
from quandary.ask.games.gathered import GatheredAnswers, merged
from quandary.ask.games.great_work import work_begins
from quandary.ask.games.impossible import few_count, impossible_evidence, ruled_out
from quandary.ask.games.planned import PlannedGame, plan_games
from quandary.ask.games.reckoning import reckoned
from quandary.ask.games.situation import NEAR, GameSituation
from quandary.ask.games.worths import with_worths
from quandary.ask.gathering import Gathering, Look, Take
from quandary.ask.inquiry import ITSELF, Inquiry
from quandary.ask.query.anchoring import Anchor, AnchoredWeights, anchor_of, anchored_weights
from quandary.ask.query.arising import beside, counted_beside, nothing_chosen
from quandary.ask.query.carrier import Ranked
from quandary.ask.query.combining import gap, is_truth, number, truth, why_undefined
from quandary.ask.query.counterfactual.would import unplayed
from quandary.ask.query.ordered import DrawnOrder
from quandary.ask.query.queries import Query, prepare
from quandary.ask.query.set_aside import mixed_evidence, seen_anyway
from quandary.ask.query.summarising import answer
from quandary.ask.results import AnchoredBy, Run
from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import Stopped, StopToken
from quandary.case.model import Case, Evidence
from quandary.compile.compiler import CompiledCase, Model, compile_case
from quandary.compile.drawing import WorldDraws
from quandary.game.arising import may_not_arise
from quandary.game.diagram import Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import overrides_only
from quandary.language import heads
from quandary.language.parser import parse_query
from quandary.language.printing import written
from quandary.language.syntax import Ask, Compare, Expression
from quandary.quantities.design import Design
from quandary.quantities.summary import effective_number, weighted_mean
from quandary.worlds.gathering import Progress

PROBED = 32
"""Worlds compiled ahead to plan with."""


class Study:
    """A case solved in many worlds, and answers about it.

    Worlds are solved when a question first needs them; later questions reuse what is kept. The same case, seed and
    number of worlds give the same answers. ``threads`` is how many workers share the worlds (``worlds.runners``), one
    for each processor unless told. Where ``stop`` is given, work ends with what is done (``Stopped`` where that is
    nothing). With ``anchored``, a discrepancy as a factor on the odds, worlds also weigh by the case's checks
    (``query/anchoring.py``). Raises ``CaseError`` for a case that cannot be compiled.
    """

    def __init__(
        self,
        case: Case,
        *,
        worlds: int = 10_000,
        seed: int = 1,
        as_of: date | None = None,
        use_evidence: bool = True,
        threads: int | None = None,
        near: float = NEAR,
        progress: Progress | None = None,
        stop: StopToken | None = None,
        anchored: float | None = None,
    ) -> None:
        self.case = case
        self.worlds = self.asked_for = worlds
        self.seed = seed
        self.as_of = case.as_of if as_of is None else as_of
        self.use_evidence = use_evidence
        self.evidence = evidence_used(case, self.as_of, use_evidence)
        self.threads = threads or min(_cores(), 16)
        self.near = near
        self.progress = progress
        self.stop = stop
        self.anchored = anchored
        self.search_interrupted = self.asked_edge = False
        self.failed_when_altered: Mask = np.zeros(worlds, dtype=np.bool_)
        self._found: GatheredAnswers | None = None
        self._weighed: AnchoredWeights | None = None

    def with_worlds(self, worlds: int) -> Study:
        """Return a study like this one, as it was asked for, of so many worlds; ``asked_for`` stays."""
        larger = Study(
            self.case,
            worlds=worlds,
            seed=self.seed,
            as_of=self.as_of,
            use_evidence=self.use_evidence,
            threads=self.threads,
            near=self.near,
            progress=self.progress,
            stop=self.stop,
            anchored=self.anchored,
        )
        larger.asked_for, larger.asked_edge = self.asked_for, self.asked_edge
        return larger

    @cached_property
    def model(self) -> Model:
        """Return the compiled case."""
        return compile_case(self.case)

    @cached_property
    def design(self) -> Design:
        """Return the design of the worlds' draws."""
        return Design(self.seed, self.worlds)

    @cached_property
    def uniforms(self) -> WorldDraws:
        """Return every quantity's uniform in every world, by name."""
        return self.model.draw(self.design)

    @cached_property
    def ranked(self) -> Ranked:
        """Return the quantities' uniforms, ranked: how answers go with them is asked of it."""
        return Ranked(self.uniforms)

    @cached_property
    def order(self) -> DrawnOrder:
        """Return where the worlds stand in the order of every quantity's uniforms."""
        return DrawnOrder(self.uniforms, self.model.names)

    @cached_property
    def standing(self) -> StandingEvidence:
        """Return which of the study's evidence stands in a query."""
        return StandingEvidence(self.case, self.evidence, self._opened)

    @cached_property
    def fillings(self) -> Fillings:
        """Return what worlds weigh where nobody has put numbers."""
        return Fillings(self.model, self._opened)

    @cached_property
    def _opened(self) -> Diagram:
        return prune(with_worths(self.probe), constants=False).diagram

    @cached_property
    def probe(self) -> CompiledCase:
        """Return the case compiled in a few worlds: its structure."""
        few = min(PROBED, self.worlds)
        return self.model.diagram(self.uniforms.between(0, few), few)

    @cached_property
    def anchor(self) -> Anchor | None:
        """Return what the checks weigh worlds by, ``None`` where they do not; raises what ``anchor_of`` does."""
        if self.anchored is None:
            return None
        return self._accepted(anchor_of(self.case, self.anchored))

    def _accepted(self, anchor: Anchor) -> Anchor:
        """Return the anchor without the checks that the study refuses."""
        refused = {one.check.id: self.refusal(one.query) for one in anchor.checks}
        return anchor.without({name: why.message for name, why in refused.items() if why is not None})

    @property
    def anchoring(self) -> AnchoredWeights | None:
        """Return what worlds weigh by the checks, ``None`` where they do not; raises what ``anchored_weights`` does."""
        if self._weighed is None and self.anchored is not None:
            self._weighed = self.weighed_by_checks(self.anchored)
        return self._weighed

    def weighed_by_checks(self, discrepancy: float) -> AnchoredWeights:
        """Return what worlds would weigh by the checks, which have been asked; raises as ``anchored_weights``."""
        anchor = self._accepted(anchor_of(self.case, discrepancy))
        found = self.found
        counts = np.where(found.done & found.converged[ITSELF], self._likelihood, 0.0)
        return anchored_weights(anchor, self._value_of, counts)

    @property
    def evidence_weights(self) -> Array:
        """Return what each world weighs given all that was seen, 0 where some game is not solved, ``(W,)``."""
        found = self.found
        solved = found.done & np.logical_and.reduce(list(found.converged.values()))
        return np.where(solved, self._likelihood, 0.0) * self.check_weights

    @property
    def check_weights(self) -> Array:
        """Return what each world weighs by the checks, 1 where they weigh none, ``(W,)``."""
        return self._alike if self.anchoring is None else self.anchoring.weights

    def ask(self, query: str | Expression, *, evidence: bool = True) -> Answer:
        """Return the answer to one query, as text or parsed; raises ``CaseError`` with every fault in it."""
        return self.answers([query], evidence=evidence)[0]

    def answers(self, queries: Sequence[str | Expression], *, evidence: bool = True) -> tuple[Answer, ...]:
        """Return the answers to several queries from one pass over the worlds."""
        prepared = [self.prepared(query, evidence=evidence, lists=True) for query in queries]
        self.need(prepared)
        return tuple(self.answer(query) for query in prepared)

    def prepared(self, query: str | Expression, *, evidence: bool = True, lists: bool = False) -> Query:
        """Return a query made ready for this case; raises ``CaseError`` with every fault in it."""
        if isinstance(query, str):
            return prepare(self.case, parse_query(query), query.strip(), evidence=evidence, lists=lists)
        return prepare(self.case, query, evidence=evidence, lists=lists)

    def need(self, queries: Sequence[Query]) -> None:
        """Solve whatever the queries need and no earlier question has solved.

        Raises ``CaseError`` for impossible evidence (Q522) and a query that has no one set of evidence (``refusal``);
        ``Refusal``: Q421 where one world takes more memory than is allowed, Q807 where no world could be solved, Q527
        and Q528 where the checks cannot weigh the worlds, or leave none.
        """
        refusals = dict.fromkeys(filter(None, map(self.refusal, queries)))
        if refusals:
            raise CaseError(refusals)
        known = {} if self._found is None else self._found.values
        asked = [*queries, *(() if self.anchor is None else self.anchor.queries)]
        every = [i for q in asked for i in (*q.all_inquiries, *beside(self.case, q))]
        wanted = dict.fromkeys(i for i in every if i not in known)
        if self._found is None or wanted:
            self._gather(wanted)
        if self.anchored is not None and self._found is not None:
            assert self.anchoring is not None

    def survey(self, look: Look, hand: Take) -> None:
        """Hand over what ``look`` finds in the case's own game, solved, in each batch of worlds, in their order.

        Each world weighs there what the checks make it weigh. An interruption hands over what was found by then; raises
        what ``need`` does.
        """
        self._gather((), look, hand, self._by_checks())

    def _gather(
        self,
        wanted: Iterable[Inquiry],
        look: Look | None = None,
        hand: Take | None = None,
        weights: Array | None = None,
    ) -> None:
        games = self.games(tuple(wanted))
        self._gathering.reckoned = reckoned(self.case, self.probe, games)
        work_begins(self._gathering.reckoned, self.worlds)
        found = self._gathering.gather(games, self.progress, look=look, hand=hand, weights=weights)
        if found.interrupted and not found.done.any():  # there is nothing to answer with
            raise Stopped if self.stop is not None and self.stop.given() else KeyboardInterrupt
        if self.evidence and found.done.any() and not found.evidence[found.done].any():
            raise CaseError([impossible_evidence(self.first_situation(), self.evidence)])
        if found.done.any() and not found.converged[ITSELF][found.done].any():
            message = f"none of the {np.count_nonzero(found.done):,} worlds could be solved"
            hint = "lower the rationality, or look at `quandary show CASE --stage solution`"
            raise Refusal(Problem("Q807", message, hint=hint))
        self._found = found if self._found is None else merged(self._found, found)
        self._weighed = None

    def games(self, inquiries: Sequence[Inquiry]) -> tuple[PlannedGame, ...]:
        """Return the games that inquiries need, planned."""
        return plan_games(self.case, self.probe, inquiries, self.standing)

    def answer(self, query: Query) -> Answer:
        """Return the answer to a query that ``need`` has seen; of a list, that of the option best most often."""
        if query.listing is not None:
            options = {self._option(part): self.answer(part) for part in query.parts}
            first = max(options.values(), key=lambda one: -1.0 if one.share is None else one.share)
            return replace(first, query=query.text, parts=options)
        draws, holds, left_out = self.draws(query)
        counting, arising = counted_beside(self.case, query, self.found.values, draws.weights, self.design.block())
        return answer(
            query.text,
            draws,
            self.design.block(),
            left_out=left_out,
            asked=query.expression,
            truth=holds,
            aside=self.set_aside(query),
            remarks=query.notes + self._notes(query, draws),
            why_undefined=self.why_undefined(query, np.isnan(draws.values) & ~left_out),
            parts={part.head: self.answer(part) for part in query.parts},
            counting=counting,
            arising=arising,
        )

    def draws(self, query: Query) -> tuple[AnswerDraws, Array | None, Mask]:
        """Return a query's draws, its truth in each world (``None`` for a number), and the worlds left out.

        A comparison's draws are its left minus its right side; those of ``and``, ``or`` and ``not`` are its truth.
        Worlds weigh P_w(e), e being the evidence that no intervention of the query sets aside, times the probability of
        the query's own condition where it is a single number, times ``check_weights``. A world that is not solved in
        one of the query's games is left out: NaN, and of no weight.
        """
        found = self.found
        solved = found.in_every_game(query.all_inquiries)
        holds: Array | None = None
        if isinstance(query.expression, Compare):
            values, holds = gap(query.expression, self._value_of(query)), truth(query.expression, self._value_of(query))
        elif is_truth(query.expression):
            values = holds = truth(query.expression, self._value_of(query))
        else:
            values = number(query.expression, self._value_of(query))
        values = np.broadcast_to(values, (self.worlds,))
        holds = None if holds is None else np.broadcast_to(holds, (self.worlds,))
        weights = self._weights(query)
        if not solved.all():
            values, weights = np.where(solved, values, np.nan), np.where(solved, weights, 0.0)
        return AnswerDraws(values, weights), holds, ~solved

    def dropped(self, query: Query) -> tuple[str, ...]:
        """Return the evidence that the query's interventions set aside, as written."""
        return self.standing.kept(query.basis).dropped

    def set_aside(self, query: Query) -> tuple[Expression, ...]:
        """Return the pieces of evidence that the query's interventions set aside: no side is asked with them."""
        return self.standing.kept(query.basis).aside

    def refusal(self, query: Query) -> Problem | None:
        """Return the fault (Q524) of a query that compares things as they stand with what interventions make of them.

        Interventions that set no evidence aside can be compared so: both sides are then asked with all that was seen.
        """
        if not query.basis.games or not query.as_things_stand or not self.set_aside(query):
            return None
        return mixed_evidence(query, self.set_aside(query))

    def why_undefined(self, query: Query, worlds: Mask) -> str:
        """Return why a query has no value in these worlds, empty where there are none."""
        if not worlds.any():
            return ""
        return why_undefined(query.expression, self._value_of(query, worlds), self._no_choice(query, worlds))

    def first_situation(self) -> GameSituation:
        """Return the case's own game, solved, in the first worlds (a thousand or so at most)."""
        return next(self.situations())

    def situations(self) -> Iterator[GameSituation]:
        """Yield the case's own game, solved, in one batch of worlds (a thousand or so at most) after the other."""
        return self._gathering.situations(self._by_checks())

    def converges(self, world: int) -> bool:
        """Return whether the case's own game is solved in a world; the few beside which it is solved are no more."""
        return self._gathering.converges(world)

    def forget_solved(self) -> None:
        """Keep no solved game for later questions; what was found stays."""
        self._gathering.forget()

    @property
    def workers(self) -> int:
        """Return how many workers can share the memory allowed."""
        return self._gathering.workers()

    @property
    def found(self) -> GatheredAnswers:
        """Return what all questions so far have found in all worlds."""
        if self._found is None:
            self.need([])
        assert self._found is not None
        return self._found

    def evidence_until(self, day: date | None, aside: Collection[str] = ()) -> tuple[str, ...]:
        """Return the evidence used up to a day (``None``: all of it), as written, each with its own day.

        What an answer sets ``aside`` (its ``dropped``) is left out.
        """
        return tuple(f"{item.on}: {written(item.saw)}" for item in self.seen_until(day, aside))

    def seen_until(self, day: date | None, aside: Collection[str] = ()) -> tuple[Evidence, ...]:
        """Return what ``evidence_until`` writes."""
        seen = (item for item in self.evidence if day is None or item.on <= day)
        left = ((item, left_of(item.saw, aside)) for item in seen)
        return tuple(replace(item, saw=saw) for item, saw in left if saw is not None)

    @property
    def run(self) -> Run:
        """Return how the answers so far were made."""
        found = self.found
        solved = found.done & found.everywhere
        failed = np.flatnonzero(found.done & ~found.everywhere | self.failed_when_altered)
        effective = effective_number(self.evidence_weights)
        return Run(
            worlds=self.worlds,
            asked_for=self.asked_for,
            asked_edge=self.asked_edge,
            done=int(np.count_nonzero(found.done)),
            seed=self.seed,
            effective_worlds=effective,
            probability_of_evidence=weighted_mean(found.evidence, solved.astype(np.float64)),
            unconverged=tuple(failed.tolist()),
            redrawn=self.uniforms.redrawn,
            evidence=self.evidence_until(None),
            complete=bool(found.done.all()) and not self.search_interrupted,
            warnings=few_count(effective, int(np.count_nonzero(solved)), bool(self.evidence), self.anchored),
            seconds=found.seconds,
            anchored=self._anchored_by(np.where(solved, self._likelihood, 0.0)),
        )

    @cached_property
    def _gathering(self) -> Gathering:
        return Gathering(
            self.model, self.uniforms, standing=self.standing, near=self.near, threads=self.threads, stop=self.stop
        )

    @property
    def _likelihood(self) -> Array:
        """Return what each world weighs by all that was seen, ``(W,)``."""
        return self.fillings.weights(conditions_of(self.evidence), self.found.evidence)

    def _by_checks(self) -> Array | None:
        """Return what worlds weigh beside the evidence; ``None``: all alike."""
        return None if self.anchoring is None else self.anchoring.weights

    @cached_property
    def _alike(self) -> Array:
        return np.ones(self.worlds)

    def _option(self, query: Query) -> str:
        """Return the option that a query is about."""
        return next(inquiry.option or "" for inquiry in query.inquiries.values())

    def _notes(self, query: Query, draws: AnswerDraws) -> tuple[Remark, ...]:
        anyway = seen_anyway(self.case, query, self.set_aside(query))
        return self._overriding(query) + anyway + self._unplayed(query) + self._ruled_out(query, draws)

    def _value_of(self, query: Query, worlds: Mask | slice = slice(None)) -> Callable[[Ask], Array]:
        return lambda ask: self.found.values[query.inquiries[ask]][worlds]

    def _no_choice(self, query: Query, worlds: Mask) -> Callable[[Ask], tuple[str, Mask]]:
        """Return what says why nothing is chosen, and in which worlds a call's conditions and its evidence can be."""
        known = self.found.known[self.standing.conditions(query.basis)] if query.basis.used else self._alike

        def told(ask: Ask) -> tuple[str, Mask]:
            inquiry = query.inquiries[ask]
            can_be = (known > 0) & (self.found.within.get(inquiry, known) > 0)
            return nothing_chosen(self.case, inquiry), can_be[worlds]

        return told

    def _weights(self, query: Query) -> Array:
        inquiries, found = list(query.inquiries.values()), self.found
        known = found.known[self.standing.conditions(query.basis)] if query.basis.used else self._alike
        weights = self.weighed(query, known, found.within.get(inquiries[0]) if inquiries else None)
        return weights if self.anchored is None else weights * self.check_weights

    def weighed(self, query: Query, known: Array, within: Array | None) -> Array:
        """Return what worlds weigh in a query, from the chances of its evidence and of its own condition, (W,) each."""
        weights = self.fillings.weights(self.standing.conditions(query.basis), known) if query.basis.used else known
        if query.is_predictive and within is not None:
            weights = weights * self.fillings.weights(next(iter(query.inquiries.values())).given, within)
        return weights

    def _anchored_by(self, before: Array) -> AnchoredBy | None:
        """Return what weighs the worlds beside the evidence, by which alone they weigh ``before`` (W,)."""
        found = self.anchoring
        if found is None:
            return None
        checks = tuple(one.check.id for one in found.anchor.checks)
        left_out = tuple((one.check.id, one.why) for one in found.anchor.left_out)
        before_effective = effective_number(before)
        return AnchoredBy(
            checks, found.anchor.discrepancy, left_out, found.plausible, before_effective, found.anchor.off
        )

    def _unplayed(self, query: Query) -> tuple[Remark, ...]:
        """Return a remark for each ``would`` that leads where nobody had reason to choose anything."""
        asked = [inquiry for inquiry in query.inquiries.values() if inquiry.head == heads.WOULD.name]
        found = dict.fromkeys(name for inquiry in asked for name in unplayed(inquiry, self.first_situation()))
        if not found:
            return ()
        where = " may come to situations that never arise in the game itself"
        ends = "; what is chosen there has no meaning (replan chooses anew)"
        return (Remark((named_variables(tuple(found)), where, ends)),)

    def _ruled_out(self, query: Query, draws: AnswerDraws) -> tuple[Remark, ...]:
        """Return what was seen that rules out the query's conditions, where it has no value in any world."""
        if not self.evidence or not np.isnan(draws.values).all():
            return ()
        return ruled_out(query.inquiries.values(), self.first_situation(), self.evidence)

    def _overriding(self, query: Query) -> tuple[Remark, ...]:
        """Return a remark for each intervention that sets what ``only`` bars somewhere, or what may not arise."""
        notes: dict[Remark, None] = {}
        for inquiry in query.all_inquiries:
            for name, state in (*inquiry.foreseen, *inquiry.unforeseen):
                if overrides_only(self.probe.diagram, {name: state}):
                    barred = 'an option is set that "only" does not allow everywhere: '
                    notes[Remark((barred, named_settings([(name, state)])))] = None
            for name in dict((*inquiry.foreseen, *inquiry.unforeseen, *inquiry.instead)):
                if may_not_arise(self.probe.diagram.variable(name)):
                    notes[Remark((named_variables([name]), " is set where it arises; elsewhere nothing is"))] = None
        return tuple(notes)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
