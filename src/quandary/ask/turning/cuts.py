"""What may be cut from a case's structure: arcs between chances, what actors see, options, effects, stakes, channels.

A cut is the smallest change of its kind:

- *arc*: a chance event stops listening to one thing it depends on; its odds are averaged over that, as likely as it is
  in the case itself given the other things the event depends on;
- *observation*: an actor no longer sees something, at its first decision that does and all later ones; up to a
  decision whose options depend on it, from which on it is known as before;
- *option*: an actor may no longer choose it, wherever another is left;
- *effect*: one rule under ``effects`` is dropped, of a chance event or of a stake;
- *condition*: a decision with ``when`` arises always, and offers all its options where it did not;
- *belief*: an actor sees rightly something that it sees otherwise than the case has it;
- *stake*: what it says is worth the same everywhere; its weight stays, so that all others weigh what they weighed;
- *channel*: everything that the case says belongs to one of its ``channels`` is switched off together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from quandary.ask.answer import Remark
from quandary.ask.changes.altering import Alteration, AlteredStudy, Likely, needed_at, not_observing, without_arc
from quandary.ask.changes.variants import without
from quandary.ask.study import Study
from quandary.base.places import NOWHERE, Place
from quandary.case.logic.channels import without_stake
from quandary.case.logic.memory import observed
from quandary.case.model import BelievedOdds, BelievedWorth, Case, ChanceEvent, DecisionEvent, OddsRule, OnlyRule, Rule
from quandary.game.diagram import Decision, Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import affected
from quandary.language.printing import written
from quandary.language.syntax import Not, Or, Otherwise

ARC, OBSERVATION, OPTION, EFFECT = "arc", "observation", "option", "effect"
CONDITION, BELIEF, STAKE, CHANNEL = "condition", "belief", "stake", "channel"
KINDS = (ARC, OBSERVATION, OPTION, EFFECT, CONDITION, BELIEF, STAKE, CHANNEL)


@dataclass(frozen=True, eq=False)
class StructuralCut:
    """One thing cut. ``subject`` is what is cut from (``slack``, ``west``), ``part`` what is cut, ``also`` the rest.

    ``reaches`` names the variables whose distribution it can change at all (``None``: not looked into). ``made``
    returns the study of the case so cut, ``None`` where it cannot be cut: ``why_not`` then says why. ``rule`` is the
    effect that is dropped; ``decisions`` are those at which something is no longer seen.
    """

    kind: str
    subject: str
    part: str
    also: str
    place: Place
    reaches: frozenset[str] | None
    made: Callable[[], Study] | None
    why_not: Remark | None = None
    rule: Rule | OddsRule | None = None
    decisions: tuple[str, ...] = ()


def cuts_of(study: Study) -> Iterator[StructuralCut]:
    """Yield every cut of the study's case, kind by kind (``KINDS``), each in order of the case."""
    yield from _arcs(study)
    yield from _observations(study)
    yield from _options(study)
    yield from _effects(study)
    yield from _conditions(study)
    yield from _beliefs(study)
    yield from _stakes(study)
    yield from _channels(study)


def _arcs(study: Study) -> Iterator[StructuralCut]:
    diagram = study.probe.diagram
    likely = Likely()

    for item in study.case.story:
        if not isinstance(item, ChanceEvent):
            continue
        reached = affected(diagram, [item.id])
        for parent in item.given:

            def cut(game: Diagram, uniforms: object, parent: str = parent, child: str = item.id) -> Diagram:
                return without_arc(game, parent, child, likely.of(child, game, uniforms))  # type: ignore[arg-type]

            made = partial(AlteredStudy, study, cut)
            yield StructuralCut(ARC, item.id, parent, "", item.place, reached, made)


def _observations(study: Study) -> Iterator[StructuralCut]:
    case, diagram = study.case, study.probe.diagram
    requisite = {d.name: set(d.parents) for d in prune(diagram, constants=False).diagram.decisions}
    for actor in case.actors:
        own = [item for item in case.story if isinstance(item, DecisionEvent) and item.by == actor]
        moves = {item.id for item in own}
        seen = dict.fromkeys(name for item in own for name in observed(case, item.id) if name not in moves)
        for name in seen:
            knowing = [item for item in own if name in observed(case, item.id)]
            before = [item.id for item in knowing]
            needing = needed_at(diagram, name, before)
            if needing:
                before = before[: before.index(needing[0])]
            place = knowing[0].place
            if needing and not before:
                yield StructuralCut(OBSERVATION, actor, name, "", place, None, None, needing[1])
                continue
            matters = any(name in requisite[decision] for decision in before)
            cut: Alteration = partial(_unseen, name, tuple(before))
            reached = affected(diagram, before) if matters else frozenset()
            made = partial(AlteredStudy, study, cut)
            also, at = ", ".join(before), tuple(before)
            yield StructuralCut(OBSERVATION, actor, name, also, place, reached, made, decisions=at)


def _unseen(name: str, decisions: tuple[str, ...], diagram: Diagram, _uniforms: object) -> Diagram:
    return not_observing(diagram, name, decisions)


def _options(study: Study) -> Iterator[StructuralCut]:
    case, diagram = study.case, study.probe.diagram
    for item in case.story:
        if not isinstance(item, DecisionEvent) or len(item.options) < 2:
            continue
        reached = affected(diagram, [item.id]) if isinstance(diagram.variable(item.id), Decision) else None
        for option in item.options:
            changed = barred(case, item, option)
            yield StructuralCut(OPTION, item.id, option, item.by, item.place, reached, partial(like, study, changed))


def _effects(study: Study) -> Iterator[StructuralCut]:
    case = study.case
    for item in case.story:
        if not isinstance(item, ChanceEvent):
            continue
        reached = affected(study.probe.diagram, [item.id])
        for number, rule in enumerate(item.effects):
            what = ", ".join(f"{state} {written(change.quantity)}" for state, change in rule.odds)
            shorter = replace(item, effects=item.effects[:number] + item.effects[number + 1 :])
            changed = replace(case, story=tuple(shorter if other is item else other for other in case.story))
            condition = written(rule.condition)
            made = partial(like, study, changed)
            yield StructuralCut(EFFECT, item.id, condition, what, rule.place, reached, made, rule=rule)
    for stake in case.stakes:
        for number, effect in enumerate(stake.effects):
            fewer = replace(stake, effects=stake.effects[:number] + stake.effects[number + 1 :])
            changed = replace(case, stakes=tuple(fewer if other is stake else other for other in case.stakes))
            subject, condition = f"{stake.actor}.{stake.id}", written(effect.condition)
            what = written(effect.value.quantity)
            made = partial(like, study, changed)
            yield StructuralCut(EFFECT, subject, condition, what, effect.place, None, made, rule=effect)


def _conditions(study: Study) -> Iterator[StructuralCut]:
    case = study.case
    for item in case.story:
        if not isinstance(item, DecisionEvent) or item.when is None:
            continue
        always = replace(item, when=Or((item.when, Not(item.when))))  # so that `arises` can still be asked of it
        changed = replace(case, story=tuple(always if other is item else other for other in case.story))
        made = partial(like, study, changed)
        yield StructuralCut(CONDITION, item.id, written(item.when), item.by, item.place, None, made)


def _beliefs(study: Study) -> Iterator[StructuralCut]:
    case = study.case
    for belief in case.believes.values():
        held: list[BelievedOdds | BelievedWorth] = [*belief.odds, *belief.worths]
        for own in held:
            fewer = replace(
                belief,
                odds=tuple(one for one in belief.odds if one is not own),
                worths=tuple(one for one in belief.worths if one is not own),
            )
            kept = {actor: fewer if actor == belief.actor else other for actor, other in case.believes.items()}
            if not (fewer.odds or fewer.worths):
                del kept[belief.actor]
            part = own.variable if isinstance(own, BelievedOdds) else f"{own.actor}.{own.stake}"
            changed = replace(case, believes=kept)
            yield StructuralCut(BELIEF, belief.actor, part, "", own.place, None, partial(like, study, changed))


def _stakes(study: Study) -> Iterator[StructuralCut]:
    case = study.case
    for stake in case.stakes:
        changed = replace(case, stakes=tuple(without_stake(stake) if one is stake else one for one in case.stakes))
        yield StructuralCut(STAKE, stake.actor, stake.id, "", stake.place, None, partial(like, study, changed))


def _channels(study: Study) -> Iterator[StructuralCut]:
    for channel in study.case.channels.values():
        says = channel.says or ""
        yield StructuralCut(CHANNEL, "", channel.id, says, channel.place, None, partial(without, study, [channel.id]))


def barred(case: Case, decision: DecisionEvent, option: str) -> Case:
    """Return the case in which an option may not be chosen, wherever ``only`` leaves another."""
    left = [
        replace(rule, options=tuple(o for o in rule.options if o != option) or rule.options) for rule in decision.only
    ]
    rest = OnlyRule(Otherwise(), tuple(o for o in decision.options if o != option), NOWHERE)
    if not any(isinstance(rule.condition, Otherwise) for rule in left):
        left.append(rest)
    changed = replace(decision, only=tuple(left))
    return replace(case, story=tuple(changed if item is decision else item for item in case.story))


def like(study: Study, case: Case) -> Study:
    """Return a study of another case, made as this one is."""
    return Study(
        case,
        worlds=study.worlds,
        seed=study.seed,
        as_of=study.as_of,
        use_evidence=bool(study.evidence),
        threads=study.threads,
        near=study.near,
        stop=study.stop,
        anchored=study.anchored,
    )
