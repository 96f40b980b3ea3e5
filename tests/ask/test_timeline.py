"""The timeline: each step is what a study with that evidence alone answers; moves add up; scarce worlds are said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.ask.crisis import crisis

from quandary.ask import Study, Timeline, timeline
from quandary.base import CaseError
from quandary.case import Case, Question
from quandary.language import parse_condition, parse_query

LATER = date(2022, 3, 1)
QUERIES = (
    "P(war)",
    "P(war | operation = success)",
    "P(war | do_foreseen(unrest = threat)) - P(war | do_foreseen(unrest = none))",
    "P(harvest = bad | do(push = hold))",
    "P(reply = resist | mood = angry, do_foreseen(operation = fail))",
    "E(empire)",
    "drop(empire.push | operation = fail) against operation = success",
    "margin(empire.push)",
)


def asking(*queries: str) -> Case:
    questions = tuple(Question(f"q{i}", parse_query(q), q) for i, q in enumerate(queries))
    return replace(crisis(), questions=questions)


@pytest.fixture(scope="module")
def followed() -> Timeline:
    return timeline(asking(*QUERIES), worlds=64, as_of=LATER, threads=1, most_times=1)


def test_each_step_is_the_study_with_that_evidence_alone(followed: Timeline) -> None:
    case = asking(*QUERIES)
    assert len(followed.steps) == 4
    for count, step in enumerate(followed.steps):
        study = Study(replace(case, evidence=case.evidence[:count]), worlds=64, as_of=LATER, threads=1)
        for moment, query in zip(step.moments, QUERIES, strict=True):
            asked = study.ask(query)
            assert (moment.answer.mean is None) == (asked.mean is None), query
            if asked.mean is not None:
                assert moment.answer.mean == pytest.approx(asked.mean, abs=1e-9), query
                assert moment.answer.mc_error == pytest.approx(asked.mc_error, abs=1e-9)
            assert moment.answer.dropped == asked.dropped
        assert step.effective_worlds == pytest.approx(study.run.effective_worlds, rel=1e-9)


def test_moves_add_up(followed: Timeline) -> None:
    for before, after in zip(followed.steps, followed.steps[1:], strict=False):
        for then, now in zip(before.moments, after.moments, strict=True):
            if now.move is None:
                assert then.answer.mean is None or now.answer.mean is None
                continue
            assert then.answer.mean is not None
            assert now.answer.mean == pytest.approx(then.answer.mean + now.move.total, abs=1e-12)
            if now.move.conditioning is not None and now.move.reweighing is not None:
                assert now.move.conditioning + now.move.reweighing == pytest.approx(now.move.total, abs=1e-12)


def test_probabilities_of_the_pieces_multiply_to_that_of_all(followed: Timeline) -> None:
    pieces = [step.probability for step in followed.steps if step.probability is not None]
    whole = Study(crisis(), worlds=64, as_of=LATER, threads=1).run.probability_of_evidence
    assert np.prod(pieces) == pytest.approx(whole, rel=1e-9)


def test_evidence_about_the_weather_moves_the_harvest_inside_worlds_and_by_what_it_teaches() -> None:
    """P(foul) = a, P(bad | foul) = b, P(bad | fair) = c in each world: the step, from the draws alone."""
    case = asking("P(harvest = bad)", "P(weather = foul)", "P(harvest = bad | do_foreseen(weather = foul))")
    found = timeline(replace(case, evidence=case.evidence[:1]), worlds=200, threads=1, most_times=1)
    bad, foul, given = (moment.answer.draws for moment in found.steps[0].moments)
    move = found.steps[1].moments[0].move
    assert move is not None
    assert move.conditioning == pytest.approx(np.mean(given - bad), abs=1e-12)
    assert move.reweighing == pytest.approx(np.average(given, weights=foul) - np.mean(given), abs=1e-12)
    assert found.steps[1].probability == pytest.approx(np.mean(foul), abs=1e-12)


def test_the_order_is_that_of_dates_whatever_the_order_written() -> None:
    case = asking("P(war)")
    turned = timeline(replace(case, evidence=case.evidence[::-1]), worlds=32, as_of=LATER, threads=1, most_times=1)
    assert [step.item.on for step in turned.steps if step.item] == sorted(item.on for item in case.evidence)


@pytest.mark.slow
def test_the_error_of_a_move_is_that_seen_over_seeds() -> None:
    """The standard error told agrees with the spread of the move over independent seeds."""
    case = replace(asking("P(war)"), evidence=crisis().evidence[:2])
    moves, told = [], []
    for seed in range(1, 25):
        moment = timeline(case, worlds=64, seed=seed, threads=1, most_times=1).steps[-1].moments[0]
        assert moment.move is not None
        assert moment.move.error is not None
        moves.append(moment.move.total)
        told.append(moment.move.error)
    assert np.std(moves, ddof=1) == pytest.approx(np.sqrt(np.mean(np.square(told))), rel=0.5)


def test_more_worlds_are_drawn_while_too_few_count() -> None:
    case = replace(asking("P(war)"), evidence=crisis().evidence[:2])
    plain = timeline(case, worlds=64, threads=1, least=60, most_times=1)
    fewest = min(step.effective_worlds for step in plain.steps)
    least_first = timeline(case, worlds=64, threads=1, least=60, most_times=8)
    again = timeline(case, worlds=64, threads=1, least=60, most_times=8)
    assert fewest < 60
    assert least_first.worlds > 64
    assert least_first.asked_for == 64
    assert least_first.steps[-1].moments[0].answer.mean == again.steps[-1].moments[0].answer.mean
    at_once = Study(case, worlds=least_first.worlds, threads=1).ask("P(war)")
    assert least_first.steps[-1].moments[0].answer.mean == pytest.approx(at_once.mean, abs=1e-12)


def test_a_step_with_too_few_worlds_says_so() -> None:
    case = replace(asking("P(war)"), evidence=crisis().evidence[:2])
    found = timeline(case, worlds=64, threads=1, least=63.9, most_times=1)
    last = found.steps[-1]
    assert last.moments == ()
    assert last.too_few is not None
    assert last.too_few.code == "Q541"
    assert "unrest = threat" in last.too_few.message
    assert last.too_few.place == case.evidence[1].place
    assert found.steps[0].moments


def test_impossible_evidence_is_a_fault_that_names_the_piece() -> None:
    seen = crisis().evidence
    wrong = replace(seen[1], saw=parse_condition("unrest = none and deploy = go"))
    with pytest.raises(CaseError) as fault:
        timeline(replace(asking("P(war)"), evidence=(seen[0], wrong)), worlds=32, threads=1)
    (problem,) = fault.value.problems
    assert problem.code == "Q522"
    assert "unrest = none and deploy = go" in problem.message
    assert problem.place == wrong.place
