"""A draft of what an endpoint answered, held to the same checks as any case; what fails them is set aside and named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from quandary.ask.claims.trial import trial
from quandary.base.memory import TooLarge
from quandary.base.places import NOWHERE
from quandary.base.problems import Problem, Refusal
from quandary.case.draft import Draft, Proposal, open_number
from quandary.case.draft_writer import line_of_test, proposal_at, written_draft
from quandary.case.model import Actor, ChanceEvent, Claim, DecisionEvent, OddsRule, Rule, Sourced, Stake, Test
from quandary.compile.loader import read_case_bytes
from quandary.language.printing import written
from quandary.language.syntax import (
    And,
    Ask,
    Compare,
    Condition,
    Expression,
    Influence,
    Is,
    Name,
    Number,
    Otherwise,
    Quantity,
    SetVariable,
    Unknown,
)
from quandary.read.drafting.draft_claims import claim_name, hedge_remark, only_possible
from quandary.read.drafting.draft_sections import ARTICLE, RATIONALITY, WEIGHT, head, note, span_of
from quandary.read.drafting.sentences import sentence_of
from quandary.read.endpoint.answered import AnsweredArc, AnsweredCase, AnsweredStake, AnsweredTest, AnsweredVariable
from quandary.read.intake.characters import in_one_line
from quandary.read.records import Article, ArticleActor, ArticleReading, ArticleStatement, AuthorClaim, Hedge
from quandary.read.words.cues import disowned

UNREACHED = "Q198"
"""The warning of a test whose condition cannot reach what it asks: it would say nothing."""
IDLE = "Q526"
"""The warning of a decision that changes nothing its owner cares about."""
_ROUNDS = 200
_ANY_DAY = date(2000, 1, 1)


def draft_from(answered: AnsweredCase, reading: ArticleReading) -> Draft:
    """Return the draft of all that was taken; each number in it is unknown."""
    proposals = [*_actors(answered), *_story(answered), *_stakes(answered), *_claims(answered, reading)]
    dropped = tuple(in_one_line(f"not taken: {one.text}: {one.reason}") for one in answered.dropped)
    notes = (*reading.article.notes, *map(in_one_line, answered.notes), *dropped)
    return Draft(head(reading), tuple(proposals), notes)


class CaseChecks:
    """The checks of ``check`` held against drafts of one article; each draft is checked once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Problem, ...]] = {}

    def faults(self, answered: AnsweredCase) -> list[tuple[Problem, Proposal | None]]:
        """Return what ``check`` would say of the draft, each with its entry: errors, ``UNREACHED`` and ``IDLE``.

        What its head lacks, such as a date, is the article's and no fault of the answer.
        """
        draft = _with_a_head(draft_from(answered, reading_of(answered, "", "")), answered)
        text = written_draft(draft)
        if text not in self._known:
            self._known[text] = _checked(text, answered.article.text)
        return [(problem, proposal_at(draft, problem.place.line)) for problem in self._known[text]]

    def hold(self, answered: AnsweredCase) -> None:
        """Set aside what fails the checks, until the rest passes them."""
        for _ in range(_ROUNDS):
            found = [(p, entry) for p, entry in self.faults(answered) if p.code != IDLE]
            if not found:
                return
            before = answered.size()
            for problem, entry in found:
                _set_aside(answered, problem, entry)
                if answered.size() < before and entry is not None and entry.section in ("actors", "story"):
                    break  # what hangs on it may be sound without it
            if answered.size() == before:
                answered.notes.extend(f"check will say: {p.message}" for p, _ in found)
                return


def _with_a_head(draft: Draft, answered: AnsweredCase) -> Draft:
    whole = replace(draft.head, title="draft", as_of=answered.article.published or _ANY_DAY)
    source = replace(whole.sources[ARTICLE], title="article")
    return replace(draft, head=replace(whole, sources={ARTICLE: source}), notes=())


def _checked(text: str, article: str) -> tuple[Problem, ...]:
    loaded = read_case_bytes(text.encode("utf-8"), "case.yaml", article)
    problems = loaded.problems
    if loaded.case is not None:
        try:
            problems += trial(loaded.case)
        except TooLarge as fault:
            about = loaded.case.variable(fault.about).place if fault.about is not None else NOWHERE
            problems += (replace(fault.problem, place=about),)
        except Refusal as fault:
            problems += (fault.problem,)
    return tuple(p for p in problems if p.is_error or p.code in (UNREACHED, IDLE))


def _set_aside(answered: AnsweredCase, problem: Problem, entry: Proposal | None) -> None:
    """Leave out the part of the answer that a fault is about."""
    match entry.entry if entry is not None else None:
        case Claim() as claim:
            named = {test.name for test in claim.tests if line_of_test(test) == problem.place.written}
            mine = [t for t in answered.tests if entry is not None and span_of(t.claim) == entry.span]
            for number, test in enumerate(mine):
                if not named or claim.tests[number].name in named:
                    answered.without_test(test, problem.message)
        case ChanceEvent() | DecisionEvent() as event if event.id in answered.variables:
            answered.without_variable(event.id, problem.message)
        case Actor() as actor if actor.id in answered.actors:
            answered.without_actor(actor.id, problem.message)
        case tuple() as stakes:
            answered.without_stakes(stakes[0].actor, problem.message)
        case _:
            return


def _actors(answered: AnsweredCase) -> Iterator[Proposal]:
    for actor in answered.actors.values():
        remarks = {"name": f"also: {in_one_line('; '.join(actor.aliases))}"} if actor.aliases else {}
        entry = Actor(actor.key, in_one_line(actor.name), open_number(RATIONALITY))
        yield Proposal(entry, note(actor.passage), span_of(actor.passage), remarks)


def _story(answered: AnsweredCase) -> Iterator[Proposal]:
    for variable in in_order(answered):
        entry = _chance(answered, variable) if variable.by is None else _decision(answered, variable)
        yield Proposal(entry, note(variable.passage), span_of(variable.passage), _arc_remarks(answered, variable))


def in_order(answered: AnsweredCase) -> list[AnsweredVariable]:
    """Return the variables so that causes come first, else in the order in which the article speaks of them."""
    waiting = sorted(answered.variables.values(), key=lambda v: v.passage.start)
    done: dict[str, AnsweredVariable] = {}
    while waiting:
        ready = next(v for v in waiting if set(answered.causes(v.key)) <= set(done))  # there are no circles
        waiting.remove(ready)
        done[ready.key] = ready
    return list(done.values())


def _decision(answered: AnsweredCase, variable: AnsweredVariable) -> DecisionEvent:
    assert variable.by is not None
    return DecisionEvent(variable.key, variable.by, variable.states, sees=tuple(answered.causes(variable.key)))


def _chance(answered: AnsweredCase, variable: AnsweredVariable) -> ChanceEvent:
    """Return what happens; where something bears on it, with a base and an effect of each arc, never rows apart."""
    causes = tuple(answered.causes(variable.key))
    whole = (OddsRule(Otherwise(), tuple((state, _unknown()) for state in variable.states)),)
    if not causes:
        return ChanceEvent(variable.key, variable.states, odds=whole)
    arcs = [arc for arc in answered.arcs if arc.effect == variable.key]
    signed = {arc.cause for arc in arcs if arc.state is not None}
    arcs = [arc for arc in arcs if arc.state is not None or arc.cause not in signed]
    effects = tuple(rule for arc in arcs for rule in _effects(answered, arc))
    return ChanceEvent(variable.key, variable.states, given=causes, base=whole, effects=effects)


def _effects(answered: AnsweredCase, arc: AnsweredArc) -> Iterator[OddsRule]:
    """Yield the effect of an arc; of one that names no state, an unknown one of each state but the first."""
    quantity: Quantity = Unknown() if arc.sign == "unknown" else Influence(arc.sign)
    states = (arc.state,) if arc.state is not None else answered.variables[arc.cause].states[1:]
    toward = arc.toward or answered.variables[arc.effect].states[-1]
    for state in states:
        number = Sourced(quantity, "", source=ARTICLE, quote=note(arc.passage))
        yield OddsRule(_is(arc.cause, state), ((toward, number),))


def _arc_remarks(answered: AnsweredCase, variable: AnsweredVariable) -> dict[str, str]:
    """Return what the article says of how a decision follows from an earlier one of its owner: no stake says it."""
    own = [arc for arc in _reactions(answered, variable) if answered.variables[arc.cause].by == variable.by]
    told = [f"{arc.cause} = {arc.state} {arc.sign} {arc.effect} = {arc.toward}" for arc in own]
    return {"sees": in_one_line(f"the article: {'; '.join(told)}")} if told else {}


def _reactions(answered: AnsweredCase, variable: AnsweredVariable) -> list[AnsweredArc]:
    """Return the arcs to a decision that say what makes one of its options more or less likely."""
    if variable.by is None:
        return []
    return [arc for arc in answered.arcs if arc.effect == variable.key and arc.state is not None]


def _stakes(answered: AnsweredCase) -> Iterator[Proposal]:
    """Yield the stakes of each actor.

    Who decides and is given none has one of unknown worth in each of his options. An arc to a decision is a stake too:
    in that state its owner would rather, or rather not, and in others it makes no difference to him.
    """
    for actor in answered.actors:
        mine = [stake for stake in answered.stakes if stake.actor == actor]
        own = [v for v in answered.variables.values() if v.by == actor]
        arcs = [a for v in own for a in _reactions(answered, v) if answered.variables[a.cause].by != actor]
        wanted = [_stake(stake) for stake in mine] or [_open_stake(actor, v) for v in own]
        names = {stake.id for stake in wanted}
        wanted += [_reaction(actor, arc, names) for arc in arcs]
        unsaid = {} if mine else {v.key: f"the answer does not say what {actor} wants" for v in own}
        if wanted:
            passage = mine[0].passage if mine else own[0].passage
            yield Proposal(tuple(wanted), note(passage), span_of(passage), unsaid)


def _reaction(actor: str, arc: AnsweredArc, names: set[str]) -> Stake:
    """Return a stake by which its owner's choice follows a state as an arc says; its name is added to ``names``."""
    assert arc.state is not None and arc.toward is not None
    key = f"{arc.effect}_on_{arc.cause}"
    key = next(one for one in (key, f"{key}_{arc.state}", f"{key}_{arc.state}_{arc.toward}") if one not in names)
    names.add(key)
    there, other = _is(arc.cause, arc.state), Is(Name((arc.cause,)), (arc.state,), negated=True)
    does, leaves = _is(arc.effect, arc.toward), Is(Name((arc.effect,)), (arc.toward,), negated=True)
    places: list[Condition] = [And((leaves, there)), other, And((does, there))]
    number = _unknown(source=ARTICLE, quote=note(arc.passage))
    rising = places[::-1] if arc.sign == "lowers" else places
    worth = tuple(Rule(place, number) for place in rising)
    return Stake(actor, key, open_number(WEIGHT.format(actor)), worth, ordered=arc.sign != "unknown")


def _stake(stake: AnsweredStake) -> Stake:
    quoted = {"source": ARTICLE, "quote": note(stake.passage)}
    worth = tuple(Rule(_is(stake.variable, state), _unknown(**quoted)) for state in stake.order)
    return Stake(stake.actor, stake.key, open_number(WEIGHT.format(stake.actor)), worth, ordered=True)


def _open_stake(actor: str, variable: AnsweredVariable) -> Stake:
    worth = tuple(Rule(_is(variable.key, state), _unknown()) for state in variable.states)
    return Stake(actor, variable.key, open_number(WEIGHT.format(actor)), worth)


def _claims(answered: AnsweredCase, reading: ArticleReading) -> Iterator[Proposal]:
    names: set[str] = set()
    for statement in reading.statements:
        yield _claim(answered, statement.speaker, statement, names)
    author = reading.article.author or "the article"
    for claim in reading.author_claims:
        yield _claim(answered, author, claim, names)


def _claim(answered: AnsweredCase, speaker: str, said: ArticleStatement | AuthorClaim, names: set[str]) -> Proposal:
    passage, hedge = said.passage, said.hedge
    mine = [test for test in answered.tests if test.claim == passage]
    tests = tuple(_test(test, number, hedge) for number, test in enumerate(mine, start=1))
    reported = None
    if isinstance(said, ArticleStatement) and disowned(said):
        reported = in_one_line(f"the speaker does not hold this; the article says: {said.cue}")
    elif isinstance(said, ArticleStatement) and said.type == "indirect":
        reported = "reported by the article, not in the speaker's own words"
    entry = Claim(
        claim_name(speaker, passage.text, names),
        in_one_line(speaker),
        in_one_line(passage.text),
        kind="claim" if tests else said.kind,
        source=ARTICLE,
        tests=tests,
        note=reported,
        could=only_possible(hedge),
    )
    remarks = {f"test {made.name}": _in_words(made, test) for made, test in zip(tests, mine, strict=True)}
    if hedge_told := hedge_remark(hedge):
        remarks["hedge"] = in_one_line(hedge_told)
    return Proposal(entry, entry.quote, span_of(passage), remarks)


def _in_words(made: Test, answered: AnsweredTest) -> str:
    """Return a test in the words of the rules, and in those of the answer."""
    return in_one_line(f"{sentence_of(made)} (the answer: {answered.sentence})")


def _test(test: AnsweredTest, number: int, hedge: Hedge | None) -> Test:
    left = _asked(test.effect, test.given)
    bound = Number(0.5 if test.given else _threshold(test.more, hedge))
    right: Expression = _asked(test.effect, test.against) if test.against else bound
    query = Compare(">" if test.more else "<", left, right)
    name = "sign" if test.against else "likelihood"
    return Test(f"{name}_{number}" if number > 1 else name, query, written(query))


def _threshold(more: bool, hedge: Hedge | None) -> float:
    """Return what a forecast has to pass: the end of what its word of likelihood is read as, else one half."""
    if hedge is not None and hedge.range is not None:
        if more and hedge.range.median > 0.5:
            return hedge.range.low
        if not more and hedge.range.median < 0.5:
            return hedge.range.high
    return 0.5


def _asked(effect: tuple[str, str], given: tuple[tuple[str, str], ...]) -> Ask:
    return Ask("P", _is(*effect), do=tuple(SetVariable(Name((name,)), state) for name, state in given))


def _is(variable: str, state: str) -> Condition:
    return Is(Name((variable,)), (state,))


def _unknown(**sourced: str) -> Sourced:
    return Sourced(Unknown(), "", **sourced)  # type: ignore[arg-type]  # source and quote are texts


def reading_of(answered: AnsweredCase, extractor: str, model: str) -> ArticleReading:
    """Return what was taken as a reading, its statements in the order of the article."""
    article = answered.article
    actors = tuple(
        ArticleActor(a.name, a.aliases, a.type, None, None, _mentions(article, (a.name, *a.aliases)), a.passage)
        for a in answered.actors.values()
    )
    statements = tuple(sorted(answered.statements, key=lambda s: s.passage.start))
    claims = tuple(sorted(answered.claims, key=lambda c: c.passage.start))
    return ArticleReading(
        article, statements, claims, actors, (), tuple(answered.dropped), extractor, model, tuple(answered.notes)
    )


def _mentions(article: Article, names: tuple[str, ...]) -> int:
    return sum(article.text.count(name) for name in names)
