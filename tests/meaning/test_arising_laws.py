"""Decisions that arise only sometimes: the numbers that define them, and random cases beside the reference."""

from __future__ import annotations

from math import isclose

import pytest
from tests.meaning.branches import BranchLostError
from tests.meaning.histories import Settings
from tests.meaning.language_cases import WAR, WITHDRAWN, asked_blind, detection, remembered
from tests.meaning.random_stories import arising_story, drawer_of, settings_of
from tests.meaning.stories import Story, arises, both, is_, not_, text, yaml_of
from tests.meaning.story_questions import (
    answers,
    asking,
    disagreements,
    do_text,
    outcomes,
    questions,
    solved_by,
    study_of,
)
from tests.meaning.views import happened, solved
from tests.tried import tried

pytestmark = pytest.mark.slow

CASES = range(tried(300, 30))

TABLE: list[tuple[Settings, float, float, float | None]] = [
    ({}, 0.35, 0.18, 0.56),
    ({"detection": "found"}, 0.5, 0.30, 0.5),
    ({"detection": "missed"}, 0.0, 0.02, None),
    ({"policy": "lax"}, 0.2, 0.06, 0.8),
    ({"policy": "tight"}, 0.5, 0.30, 0.5),
    ({"settle": "hold"}, 0.0, 0.32, 0.0),
]
"""What is set, P(withdraw), P(war), P(withdraw | arises); ``None``: it never arises."""


@pytest.mark.parametrize(("settings", "withdrawn", "war", "asked"), TABLE)
def test_the_numbers_that_define_it(settings: Settings, withdrawn: float, war: float, asked: float | None) -> None:
    """Soft is found in 75 % (3/8 of all), hard in 50 % (2/8): found in 5/8. What fits is better by 20 points, 4 : 1.
    Where hold is set, it is held where it arises: .625 x 50 % + .375 x 2 % = 32 %; everywhere it would be 50 %."""
    game = happened(solved(detection()), settings)
    study = study_of(yaml_of(detection()))
    told = [asking("P", WITHDRAWN, None, do_text(settings))[0], asking("P", WAR, None, do_text(settings))[0]]
    wanted = [withdrawn, war]
    if asked is not None:
        told.append(asking("P", WITHDRAWN, arises("settle"), do_text(settings))[0])
        wanted.append(asked)
    found = [game.probability(WITHDRAWN), game.probability(WAR), game.probability(WITHDRAWN, arises("settle"))]
    assert found[: len(wanted)] == pytest.approx(wanted, abs=1e-6)
    assert answers(study, told, evidence=False) == pytest.approx(wanted, abs=1e-6)


def test_to_be_asked_tells_that_the_condition_holds_and_no_more() -> None:
    """The alarm rings in 90 % of fires (30 %) and 20 % of cats: to one who is asked, fire is as likely as .27 / (.27 +
    .14). To run is worth 60 in a fire and 40 else, to stay 50. To one who sees that the guard was not asked, fire is as
    likely as .03 / (.03 + .56)."""
    study = study_of(yaml_of(asked_blind()))
    asked, unasked = 0.27 / 0.41, 0.03 / 0.59

    def chosen(fire: float) -> float:
        odds = 3 ** ((40 + 20 * fire - 50) / 10)
        return odds / (1 + odds)

    queries = [
        "P(arises(guard))",
        "P(guard = runs | arises(guard))",
        "P(watchman = calls | not arises(guard))",
        "P(watchman = calls | guard = runs)",
    ]
    wanted = [0.41, chosen(asked), chosen(unasked), chosen(asked)]
    assert answers(study, queries, evidence=False) == pytest.approx(wanted, abs=1e-9)
    game = solved(asked_blind())
    assert isclose(game.probability(is_("guard", "runs"), arises("guard")), chosen(asked), abs_tol=1e-9)
    assert isclose(game.probability(is_("watchman", "calls"), not_(arises("guard"))), chosen(unasked), abs_tol=1e-9)


@pytest.mark.parametrize("forgets", [(), ("first",)])
def test_what_was_seen_where_it_did_not_arise_is_remembered(forgets: tuple[str, ...]) -> None:
    """Left is better by 20 x (.8 - .2) = 12 points after a sign of it, whether the first question was asked or not; who
    forgets that question does not know whether it was, and still knows the sign."""
    story, chosen = remembered(forgets), 3**1.2 / (1 + 3**1.2)
    study = study_of(yaml_of(story))
    told = [f"P(guess = left | sign = left, {asked})" for asked in ("arises(first)", "not arises(first)")]
    assert answers(study, told, evidence=False) == pytest.approx([chosen, chosen], abs=1e-9)
    for given in (arises("first"), not_(arises("first"))):
        found = solved(story).probability(is_("guess", "left"), both(is_("sign", "left"), given))
        assert found == pytest.approx(chosen, abs=1e-9)


def test_where_a_decision_cannot_arise_nothing_is_said_of_it() -> None:
    """Soft ones are 3/8 and hard ones 2/8 of the 5/8 that are found: withdraw is best for 60 %."""
    study = study_of(yaml_of(detection()))
    queries = ["best(us.settle = withdraw)", "best(us.settle = withdraw | detection = missed)", "margin(us.settle)"]
    found = answers(study, queries, evidence=False)
    assert found == pytest.approx([0.6, float("nan"), 20.0], abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("seed", CASES)
def test_the_program_answers_as_the_reference(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``when``, and in the dummy encoding: an extra option that ``only`` allows exactly where the condition is
    false; where the owner does not see that, a hidden chance tells it."""
    story = arising_story(seed)
    try:
        asked = list(questions(story, seed))
    except BranchLostError:
        pytest.skip("not checked: the reference lost the branch")
    solved_by(monkeypatch, compiled=seed % 2 == 0)
    assert not disagreements(study_of(yaml_of(story)), asked)
    assert not disagreements(study_of(yaml_of(story, dummy=True)), asked, dummy=True)


@pytest.mark.parametrize("seed", [seed for seed in range(tried(300, 20)) if arising_story(seed).evidence is not None])
def test_the_evidence_weighs_as_in_the_dummy_encoding(seed: int) -> None:
    """What a ``do`` sets aside, and what is left, are the same in both spellings; so is what an actor faces where it is
    asked."""
    story = arising_story(seed)
    pairs = [*what_ifs(story, seed), *faced(story, seed)]
    mine = outcomes(study_of(yaml_of(story)), [first for first, _ in pairs])
    theirs = outcomes(study_of(yaml_of(story, dummy=True)), [second for _, second in pairs])
    for pair, one, other in zip(pairs, mine, theirs, strict=True):
        assert one == other or (isinstance(one, float) and one == pytest.approx(other, abs=2e-5, nan_ok=True)), pair


def what_ifs(story: Story, seed: int) -> list[tuple[str, str]]:
    """Return queries with an intervention on variables that always arise, in both spellings."""
    drawer = drawer_of(story, seed)
    names, found = [item.name for item in story.items], []
    for settings in settings_of(drawer, 4):
        if any(item.when is not None for item in story.decisions if item.name in settings):
            continue
        for form in ("do", "do_foreseen"):
            last = do_text(settings, form)
            found.append(asking("P", drawer.condition(names), None, last))
            found.append(asking("P", drawer.condition(names), drawer.condition(names, 1), last))
            found.append(asking("E", drawer.pick(drawer.actors), None, last))
        found.append(asking("would", drawer.condition(names), None, do_text(settings)))
    return found


def faced(story: Story, seed: int) -> list[tuple[str, str]]:
    """Return queries about stakes that clash and what news costs; in the dummy encoding, where it is asked."""
    drawer, found = drawer_of(story, seed), []
    names = [item.name for item in story.items]
    for item in story.decisions:
        of, asked = f"{item.by}.{item.name}", arises(item.name) if item.when else None
        given, other = drawer.condition(names, 1), drawer.condition(names, 1)
        heads = [("clash", of), ("both", of), ("both", f"{of}: gain")]
        found += [(asking(head, told, given)[0], asking(head, told, both(given, asked))[1]) for head, told in heads]
        mine, theirs = asking("drop", of, given)[0], asking("drop", of, both(given, asked))[1]
        found.append((f"{mine} against ({text(other)})", f"{theirs} against ({text(both(other, asked), True)})"))
    return found
