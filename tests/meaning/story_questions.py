"""What is asked of a small case, in the language of queries, beside what the reference says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from tests.meaning.histories import Settings, Tree
from tests.meaning.random_stories import Drawer, drawer_of, is_certain, never_seen, settings_of, with_share
from tests.meaning.stories import Belief, Chance, Condition, Decision, Story, arises, both, is_, text
from tests.meaning.views import Solved, View, believing, happened, solved, with_belief, would

import quandary
from quandary.ask import Study
from quandary.base import CaseError
from quandary.engine import compiled_code_available
from quandary.language import parse_query

SOLVED = 2e-7
"""Rounding of two solutions of one game, found in two ways; a hundred times that for points of worth."""


@dataclass(frozen=True)
class Question:
    """A query, the same in the dummy encoding where that can ask it, and what the reference answers."""

    written: str
    wanted: float
    dummy: str | None = None
    evidence: bool = False

    @property
    def room(self) -> float:
        return SOLVED if self.written.startswith(("P", "would", "best")) else 100 * SOLVED


def study_of(words: str) -> Study:
    """Return the case that a text says, asked in few worlds: its numbers are the same in all."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(words, encoding="utf-8")
        return Study(quandary.load(path).case, worlds=2, threads=1)


def answers(study: Study, queries: Sequence[str], *, evidence: bool) -> list[float]:
    """Return the answers to queries, which are the same in every world."""
    if not queries:
        return []
    found = study.answers([parse_query(query) for query in queries], evidence=evidence)
    for answer in found:
        np.testing.assert_allclose(answer.draws, answer.draws[0], rtol=0, atol=1e-12)
    return [float(answer.draws[0]) for answer in found]


def disagreements(
    study: Study, questions: Iterable[Question], *, dummy: bool = False
) -> list[tuple[str, float, float]]:
    """Return the questions that the program answers otherwise than the reference: query, program, reference."""
    found = []
    listed = [q for q in questions if not dummy or q.dummy is not None]
    for evidence in (False, True):
        chosen = [q for q in listed if q.evidence == evidence]
        for q, told in zip(
            chosen, answers(study, [_written(q, dummy) for q in chosen], evidence=evidence), strict=True
        ):
            if not np.isclose(told, q.wanted, rtol=0, atol=q.room, equal_nan=True):
                found.append((f"{_written(q, dummy)}{' with the evidence' if evidence else ''}", told, q.wanted))
    return found


def _written(question: Question, dummy: bool) -> str:
    return question.written if not dummy or question.dummy is None else question.dummy


# --- one question ---------------------------------------------------------------------------------------------------


def query(head: str, given: Sequence[str]) -> str:
    behind = ", ".join(part for part in given if part)
    return f"{head} | {behind})" if behind else f"{head})"


def do_text(settings: Settings, form: str = "do") -> str:
    return f"{form}({', '.join(f'{name} = {state}' for name, state in settings.items())})" if settings else ""


def asking(
    head: str, told: object, given: Condition | None = None, last: str = "", before: str = ""
) -> tuple[str, str]:
    """Return a query in today's language and in the dummy encoding."""
    made = []
    for dummy in (False, True):
        of = text(told, dummy) if isinstance(told, tuple) else str(told)
        condition = text(given, dummy) if given is not None else ""
        made.append(query(f"{head}({of}", [f"{before}{condition}" if condition else "", last]))
    return made[0], made[1]


def _question(forms: tuple[str, str], wanted: float, *, evidence: bool, dummy: bool = True) -> Question:
    return Question(forms[0], wanted, forms[1] if dummy else None, evidence)


# --- what is asked of a case ------------------------------------------------------------------------------------------


def questions(story: Story, seed: int) -> Iterator[Question]:
    """Yield what is asked of a case as it stands, with and without its evidence, and of what-ifs without it."""
    drawer, game = drawer_of(story, seed), solved(story)
    for evidence in (False, True) if story.evidence is not None else (False,):
        yield from standing(drawer, game, story.evidence if evidence else None, evidence=evidence)
    for settings in settings_of(drawer, 3 if not story.beliefs else 1):
        free = all(item.when is None for item in story.decisions if item.name in settings)
        for form, changed in (("do", happened(game, settings)), ("do_foreseen", solved(story, settings))):
            yield from after(drawer, changed, do_text(settings, form), settings, dummy=free)
        yield from counterfactuals(drawer, game, settings, dummy=free)
    if story.beliefs:
        yield from of_beliefs(drawer, game)


def of_beliefs(drawer: Drawer, game: Solved) -> Iterator[Question]:
    """Yield questions about who believes what."""
    story = game.story
    (settings,) = settings_of(drawer, 1)
    for perceiver, belief in story.beliefs.items():
        if any(owner == perceiver for owner, _ in story.stakes):
            yield Question(f"E({perceiver}, as it sees it)", game.as_it_sees_it(perceiver))
        changes: list[tuple[str, Belief | None]] = [(f"true_beliefs({perceiver})", None)]
        hidden = set(never_seen(story, perceiver))
        for name in sorted({*belief.odds, *drawer.some(sorted(hidden), 1)}):
            item = story.item(name)
            assert isinstance(item, Chance)
            state, share = drawer.pick(item.states), int(drawer.rng.integers(5, 96))
            if any(is_certain(told) for _, told in belief.odds.get(name, item.odds)):
                continue  # of nothing no rest can be shared
            odds = with_share(item, belief.odds.get(name, item.odds), state, share)
            told = f"believes {perceiver}.{name}.{state} = {share}%"
            changes.append((told, replace(belief, odds={**belief.odds, name: odds})))
        for told, other in changes:
            quietly = believing(game, perceiver, other)
            foreseen = solved(with_belief(story, perceiver, other))
            yield from after(drawer, quietly, f"do({told})", {}, dummy=False)
            yield from after(drawer, foreseen, f"do_foreseen({told})", {}, dummy=False)
            beside = f"do({told}), {do_text(settings)}"
            yield from after(drawer, happened(quietly, settings), beside, settings, dummy=False)
            anew = solved(with_belief(story, perceiver, other), settings)
            for last, set_too, second in (
                (f"do({told})", {}, quietly),
                (beside, settings, quietly),
                (f"{beside}, replan", settings, anew),
            ):
                yield from had_believed(drawer, game, last, set_too, second.facts)


def standing(drawer: Drawer, game: Solved, seen: Condition | None, *, evidence: bool) -> Iterator[Question]:
    """Yield questions about a case as it stands, given what was seen."""
    names = [item.name for item in drawer.items]
    for item in game.story.decisions:
        there = arises(item.name) if item.when else None
        if there is not None:
            yield _question(asking("P", there), game.probability(there, seen), evidence=evidence)
        for option in item.options:
            target = is_(item.name, option)
            yield _question(asking("P", target), game.probability(target, seen), evidence=evidence)
            yield _question(asking("P", target, there), game.probability(target, both(there, seen)), evidence=evidence)
        yield from at_decision(drawer, game, item, seen, evidence=evidence)
    for _ in range(4):
        target, given = drawer.condition(names), drawer.condition(names, 1)
        yield _question(asking("P", target), game.probability(target, seen), evidence=evidence)
        yield _question(asking("P", target, given), game.probability(target, both(given, seen)), evidence=evidence)
    for actor in game.story.actors:
        if any(owner == actor for owner, _ in game.story.stakes):
            given = drawer.condition(names, 1)
            yield _question(asking("E", actor), game.expected(actor, seen), evidence=evidence)
            yield _question(asking("E", actor, given), game.expected(actor, both(given, seen)), evidence=evidence)


def at_decision(
    drawer: Drawer,
    game: Solved,
    item: Decision,
    seen: Condition | None,
    last: str = "",
    *,
    evidence: bool,
    dummy: bool = True,
) -> Iterator[Question]:
    """Yield questions about what an actor faces; in the dummy encoding they are about where it is asked."""
    there = arises(item.name) if item.when else None
    for given in (None, drawer.condition([other.name for other in drawer.items], 1)):
        for option in item.options:
            forms = (
                asking("best", f"{item.by}.{item.name} = {option}", given, last)[0],
                asking("best", f"{item.by}.{item.name} = {option}", both(given, there), last)[1],
            )
            yield _question(forms, game.best(item.name, option, both(given, seen)), evidence=evidence, dummy=dummy)
        forms = asking("margin", f"{item.by}.{item.name}", given, last)
        yield _question(forms, game.margin(item.name, both(given, seen)), evidence=evidence, dummy=dummy)


def after(drawer: Drawer, game: Solved, last: str, settings: Settings, *, dummy: bool) -> Iterator[Question]:
    """Yield questions about what is after an intervention, which ``last`` says in words of queries."""
    names = [item.name for item in drawer.items]
    for _ in range(3):
        target, given = drawer.condition(names), drawer.condition(names, 1)
        yield _question(asking("P", target, None, last), game.probability(target), evidence=False, dummy=dummy)
        yield _question(asking("P", target, given, last), game.probability(target, given), evidence=False, dummy=dummy)
    for item in game.story.decisions:
        target, there = is_(item.name, drawer.pick(item.options)), arises(item.name) if item.when else None
        forms = asking("P", target, there, last)
        yield _question(forms, game.probability(target, there), evidence=False, dummy=dummy)
        if item.name not in settings:
            yield from at_decision(drawer, game, item, None, last, evidence=False, dummy=dummy)
    for actor in game.story.actors:
        yield _question(asking("E", actor, None, last), game.expected(actor), evidence=False, dummy=dummy)


def counterfactuals(drawer: Drawer, game: Solved, settings: Settings, *, dummy: bool) -> Iterator[Question]:
    """Yield questions about what would have been, where the change leads to no place that no rule was made for."""
    names = [item.name for item in drawer.items]
    view = game.facts
    seen, target = drawer.condition(names, 1), drawer.condition(names)
    if leads_astray(view, settings) or view.chance(seen) == 0:
        return
    forms = asking("would", target, seen, do_text(settings), before="seen ")
    yield _question(forms, would(view, target, seen, settings), evidence=False, dummy=dummy)


def had_believed(drawer: Drawer, game: Solved, last: str, settings: Settings, other: View) -> Iterator[Question]:
    """Yield questions about what would have been had somebody believed something else, who would then choose so."""
    names, view = [item.name for item in drawer.items], game.facts
    astray = leads_astray(view, settings) or any(which not in other.rules for which in view.tree.sets)
    for seen in (None, drawer.condition(names, 1)):
        target = drawer.condition(names)
        if not astray and view.chance(seen) > 0:
            forms = asking("would", target, seen, last, before="seen ")
            yield _question(forms, would(view, target, seen, settings, other), evidence=False, dummy=False)


def leads_astray(view: View, settings: Settings) -> bool:
    """Return whether an intervention leads to sets that the game does not reach."""
    return any(which not in view.rules for which in Tree(view.tree.story, settings).sets)


def solved_by(monkeypatch: pytest.MonkeyPatch, *, compiled: bool) -> None:
    """Have games solved by compiled code, where that is at hand, or by tables."""
    chosen = compiled and compiled_code_available()
    monkeypatch.setattr("quandary.engine.playing.diagram_game.worthwhile", lambda game: chosen)


def outcomes(study: Study, queries: Sequence[str]) -> list[float | str]:
    """Return what comes of each query, asked with the evidence: its answer, or the code of the fault."""
    found: list[float | str] = []
    for one in queries:
        try:
            found += answers(study, [one], evidence=True)
        except CaseError as error:
            found.append(error.problems[0].code)
    return found
