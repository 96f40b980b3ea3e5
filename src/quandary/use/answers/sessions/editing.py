"""What a move makes of a case's text: few lines, all else as it was, comments included."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch
from typing import TYPE_CHECKING

from quandary.base.places import Place
from quandary.base.problems import Problem, Refusal, nearest
from quandary.language.syntax import Otherwise
from quandary.use.answers.sessions.moves import ArcMove, CaseMove, LikelihoodMove, OptionMove, OrderMove, RangeMove

if TYPE_CHECKING:
    from quandary.case.model import Case, ChanceEvent, DecisionEvent
    from quandary.case.text import CaseText
    from quandary.compile.compiler import Model


@singledispatch
def edited(move: CaseMove, text: CaseText, case: Case, model: Model) -> CaseText:
    """Return the text that a move makes of one, of which ``case`` and ``model`` were read; itself where none changes.

    Raises ``Refusal`` (Q817, Q818) where what is to be moved is not there or cannot be moved alone, and ``CaseError``
    (Q208) for a word that the case's table lacks. What the case then says is not looked at.
    """
    return text


@edited.register(RangeMove)
def _(move: RangeMove, text: CaseText, case: Case, model: Model) -> CaseText:
    return text.with_number_at(_place(case, model, move.number), " ".join(move.value.split()))


@edited.register(LikelihoodMove)
def _(move: LikelihoodMove, text: CaseText, case: Case, model: Model) -> CaseText:
    from quandary.quantities.words import look_up

    word = " ".join(move.word.split())
    look_up(word, case.words)
    return text.with_number_at(_place(case, model, move.number), word)


@edited.register(OrderMove)
def _(move: OrderMove, text: CaseText, case: Case, model: Model) -> CaseText:
    order = " < ".join(move.rising)
    actor, _, stake = move.of.partition(".")
    if not stake:
        path = ("actors", actor, "weights")
        if actor not in case.actors:
            raise _nothing(move.of, case.actors)
        return text.with_entry(path, order) if text.value(path) is None else text.with_value(path, order)
    if (actor, stake) not in {(one.actor, one.id) for one in case.stakes}:
        raise _nothing(move.of, [f"{one.actor}.{one.id}" for one in case.stakes])
    around = ("stakes", actor, stake)
    if text.value((*around, "order")) is not None:
        return text.with_value((*around, "order"), order)
    text = text.with_entry((*around, "order"), order)
    for key in ("worth", "effects"):
        if text.value((*around, key)) is not None:
            text = text.without((*around, key))
    return text


@edited.register(ArcMove)
def _(move: ArcMove, text: CaseText, case: Case, model: Model) -> CaseText:
    from quandary.case.logic.conditions import mentioned
    from quandary.case.model import ChanceEvent

    chance = _variable(case, move.variable)
    what = f"{move.parent} -> {move.variable}"
    if not isinstance(chance, ChanceEvent) or move.parent not in chance.given:
        raise _nothing(what, [f"{one} -> {move.variable}" for one in getattr(chance, "given", ())])
    named = {
        rule: () if isinstance(rule.condition, Otherwise) else mentioned(case, rule.condition)
        for rule in (*chance.odds, *chance.base, *chance.effects)
    }
    if any(move.parent in named[rule] for rule in (*chance.odds, *chance.base)):
        raise _not_alone(what, f'the odds of "{move.variable}" are written for what "{move.parent}" is')
    gone = [at for at, rule in enumerate(chance.effects) if move.parent in named[rule]]
    if any(set(named[chance.effects[at]]) != {move.parent} for at in gone):
        raise _not_alone(what, f'an effect on "{move.variable}" asks for more than what "{move.parent}" is')
    at = _story_place(text, case, "chance", move.variable)
    given, effects = text.value((*at, "given")), text.value((*at, "effects"))
    listed = [_named(one) for one in given] if isinstance(given, list) else []
    if move.parent not in listed or (gone and not (isinstance(effects, list) and len(effects) == len(chance.effects))):
        raise _not_alone(what, "it is not written as one entry of given and of effects")
    for number in reversed(gone):
        text = text.without((*at, "effects", number))
    if gone and len(gone) == len(chance.effects):
        text = text.without((*at, "effects"))
    return text.without((*at, "given", listed.index(move.parent)) if len(listed) > 1 else (*at, "given"))


@edited.register(OptionMove)
def _(move: OptionMove, text: CaseText, case: Case, model: Model) -> CaseText:
    from quandary.case.model import DecisionEvent

    decision = _variable(case, move.decision)
    what = f"{move.decision} = {move.option}"
    if not isinstance(decision, DecisionEvent) or move.option not in decision.options:
        raise _nothing(what, [f"{move.decision} = {one}" for one in getattr(decision, "options", ())])
    left = [one for one in decision.options if one != move.option]
    if not left:
        raise _not_alone(what, "no other option is left")
    at = (*_story_place(text, case, "decision", move.decision), "only")
    rules = text.value(at)
    if rules is not None and not (isinstance(rules, list) and len(rules) == len(decision.only)):
        raise _not_alone(what, "its rules of what may be chosen are not written as a list")
    for number, rule in enumerate(decision.only):
        fewer = [one for one in rule.options if one != move.option]
        if fewer and len(fewer) < len(rule.options):
            assert isinstance(rules, list)
            text = text.with_value((*at, number, _condition(rules[number])), fewer)
    if any(isinstance(rule.condition, Otherwise) for rule in decision.only):
        return text
    return text.with_entry((*at, len(decision.only)), {"otherwise": left})


def _condition(rule: object) -> str:
    """Return the key of a rule that holds its condition: the first, as the language has it."""
    assert isinstance(rule, dict)
    return str(next(iter(rule)))


def _place(case: Case, model: Model, name: str) -> Place:
    """Return where a number is written."""
    for number in model.quantities:
        if name in (number.path, number.name) and not (number.unknown and number.place.line == 0):
            return number.place
    from quandary.ask.turning.eliciting.candidates import written_numbers

    places = {one.path: one.place for one in written_numbers(case)}
    if name not in places:
        raise _nothing(name, places)
    return places[name]


def _variable(case: Case, name: str) -> ChanceEvent | DecisionEvent:
    for item in case.story:
        if item.id == name:
            return item
    raise _nothing(name, [item.id for item in case.story])


def _story_place(text: CaseText, case: Case, kind: str, name: str) -> tuple[str, int]:
    """Return where an event stands in the story, included files with it."""
    at = "story", next(number for number, item in enumerate(case.story) if item.id == name)
    written = text.value(at)
    if not isinstance(written, dict) or written.get(kind) != name:
        raise _not_alone(name, "it is not written as one entry of the story")
    return at


def _named(given: object) -> object:
    return next(iter(given)) if isinstance(given, dict) and len(given) == 1 else given


def _nothing(name: str, known: Iterable[str]) -> Refusal:
    near = nearest(name, known)
    return Refusal(
        Problem("Q817", f'there is nothing to move at "{name[:200]}"', hint=near or "name what the case has")
    )


def _not_alone(name: str, why: str) -> Refusal:
    return Refusal(Problem("Q818", f'"{name[:200]}" cannot be moved alone: {why}', hint="change the file itself"))
