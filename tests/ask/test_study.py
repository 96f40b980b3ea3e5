"""Worlds streamed in blocks over threads: the same answers, whatever the blocks; what is done survives Ctrl-C."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.ask.crisis import crisis, study

from quandary.ask import Study, findings, gathering
from quandary.ask.claims.construction import by_construction
from quandary.base import CaseError
from quandary.language import parse_condition

QUERIES = (
    "P(war)",
    "P(war | do_foreseen(operation = fail)) - P(war | do(operation = fail))",
    "margin(empire.push | operation = fail)",
)


def batches(worlds: int, size: int) -> tuple[slice, ...]:
    return tuple(slice(begin, min(begin + size, worlds)) for begin in range(0, worlds, size))


def test_batches_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Study(crisis(), worlds=50, threads=1).answers(QUERIES)
    monkeypatch.setattr(gathering, "batches_of", lambda worlds: batches(worlds, 7))
    pieces = Study(crisis(), worlds=50, threads=3).answers(QUERIES)
    for one, other in zip(whole, pieces, strict=True):
        np.testing.assert_allclose(one.draws, other.draws, rtol=0, atol=1e-8)
        np.testing.assert_allclose(one.weights, other.weights, rtol=0, atol=1e-8)


def test_the_same_seed_gives_the_same_answer_and_another_seed_another() -> None:
    first, again, other = (Study(crisis(), worlds=32, seed=s, threads=1).ask("P(war)").mean for s in (5, 5, 6))
    assert first == again
    assert first != other


def test_later_questions_use_what_is_kept() -> None:
    asked = Study(crisis(), worlds=32, threads=1)
    first = asked.ask("P(war)")
    solved = asked.run.seconds["solve"]
    asked.ask("P(war | operation = fail)")
    assert asked.run.seconds["solve"] == solved
    assert asked.ask("P(war)").mean == first.mean


def test_nothing_is_kept_without_room_and_answers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "KEPT_BYTES", 0)
    asked = Study(crisis(), worlds=32, threads=1)
    first = asked.ask("P(war)").mean
    asked.ask("P(war | operation = fail)")
    assert asked.ask("P(war)").mean == first


def test_an_interruption_keeps_finished_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "batches_of", lambda worlds: batches(worlds, 8))
    calls = []

    def interrupt(done: int, worlds: int) -> None:
        calls.append((done, worlds))
        if len(calls) == 2:
            raise KeyboardInterrupt

    asked = Study(crisis(), worlds=80, threads=1, progress=interrupt)
    found = findings(asked)
    assert not found.run.complete
    assert 16 <= found.run.done < 80
    assert calls[0] == (8, 80)
    assert found.outcomes[0].states["angry"].worlds == found.run.done
    answer = next(q.answer for q in found.questions if q.question.id == "war")
    assert answer.mean is not None
    assert answer.undefined == 0


def test_progress_reaches_the_end() -> None:
    seen: list[tuple[int, int]] = []
    Study(crisis(), worlds=20, threads=2, progress=lambda done, worlds: seen.append((done, worlds))).ask("P(war)")
    assert seen[-1] == (20, 20)


def test_evidence_is_used_up_to_a_day() -> None:
    assert len(study().evidence) == 2
    later = Study(crisis(), worlds=16, threads=1, as_of=date(2022, 2, 1))
    assert len(later.evidence) == 3
    assert later.ask("P(operation = success)").mean == pytest.approx(1.0)
    assert Study(crisis(), worlds=16, threads=1, as_of=date(2022, 1, 1)).evidence == ()


def test_a_world_that_does_not_converge_is_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from quandary.ask.games import playing
    from quandary.solve import solve

    def failing(*args: object, **named: object) -> object:
        solution = solve(*args, **named)  # type: ignore[arg-type]
        converged = solution.converged.copy()
        converged[3] = False
        return replace(solution, converged=converged)

    whole = study(worlds=16, seed=3).ask("P(war)")
    monkeypatch.setattr(playing, "solve", failing)
    asked = Study(crisis(), worlds=16, seed=3, threads=1)
    answer = asked.ask("P(war)")
    assert asked.run.unconverged == (3,)
    assert answer.worlds == 15
    assert answer.undefined == 0
    others = np.arange(16) != 3
    wanted = np.average(whole.draws[others], weights=whole.weights[others])
    assert answer.mean == pytest.approx(wanted, abs=1e-8)


def test_the_standard_error_shrinks_with_more_worlds() -> None:
    few = Study(crisis(), worlds=64, use_evidence=False).ask("P(unrest = threat)").mc_error
    many = Study(crisis(), worlds=1024, use_evidence=False).ask("P(unrest = threat)").mc_error
    assert few is not None
    assert many is not None
    assert many < few


def test_little_left_after_the_evidence_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Study(crisis(), worlds=400, threads=1)
    asked.ask("P(war)")
    assert not asked.run.warnings
    weights = np.full(400, 1e-9)
    weights[:3] = 1.0
    asked.found.evidence[:] = weights
    (warning,) = asked.run.warnings
    assert warning.code == "Q520"


def test_evidence_that_cannot_happen_is_a_fault() -> None:
    items = crisis().evidence
    impossible = replace(items[0], saw=parse_condition("unrest = none and deploy = go"))
    asked = Study(replace(crisis(), evidence=(items[0], impossible)), worlds=8, threads=1)
    with pytest.raises(CaseError) as caught:
        asked.ask("P(war)")
    (problem,) = caught.value.problems
    assert problem.code == "Q522"
    assert "given the evidence before it" in problem.message
    assert problem.place == impossible.place


def test_an_interrupted_search_keeps_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(by_construction, "evaluated", interrupt)
    asked = Study(crisis(), worlds=24, threads=1)
    found = findings(asked, by_construction.Budget())
    assert not asked.run.complete
    assert not found.run.complete
    assert found.claims[0].tests[0].share is not None
