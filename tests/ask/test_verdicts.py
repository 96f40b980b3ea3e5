"""Verdicts with a direction and a noise: shares of worlds, few worlds, worlds without a value, what cannot be asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ask.crisis import case_of
from tests.ask.readings import result_of

from quandary.ask import (
    Study,
    Verdict,
    edge_of,
    findings,
    trial,
    verdict_of,
    with_enough_worlds,
)
from quandary.case import Case
from quandary.quantities import Share
from quandary.report import AnswerExplanation
from quandary.use import HANDS, AskRequest, WhyRequest, task_named

ask: Any = task_named("ask").run
why: Any = task_named("why").run

MIRRORED = {
    Verdict.HOLDS: Verdict.FAILS,
    Verdict.LEANS_TRUE: Verdict.LEANS_FALSE,
    Verdict.TOSS_UP: Verdict.TOSS_UP,
    Verdict.LEANS_FALSE: Verdict.LEANS_TRUE,
    Verdict.FAILS: Verdict.HOLDS,
}

URN = """
quandary: 1
title: An urn
as_of: 2030-01-01
assumptions:
  level: {{value: "0% to 100%", because: nobody knows}}
story:
  - {{chance: ball, states: [red, blue], odds: {{red: level, blue: rest}}}}
  - chance: sign
    given: [ball]
    states: ['on', 'off']
    odds: [{{ball = red: {{'on': {on}, 'off': rest}}}}, {{otherwise: {{'on': {off}, 'off': rest}}}}]
evidence:
  - {{on: 2029-12-01, saw: sign = on, because: seen}}
"""


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (1.0, Verdict.HOLDS),
        (0.9, Verdict.HOLDS),
        (0.899, Verdict.LEANS_TRUE),
        (0.6, Verdict.LEANS_TRUE),
        (0.599, Verdict.TOSS_UP),
        (0.401, Verdict.TOSS_UP),
        (0.4, Verdict.LEANS_FALSE),
        (0.101, Verdict.LEANS_FALSE),
        (0.1, Verdict.FAILS),
        (0.0, Verdict.FAILS),
        (None, Verdict.NOT_TESTABLE),
    ],
)
def test_a_verdict_is_a_share_of_worlds(share: float | None, verdict: Verdict) -> None:
    assert verdict_of(share) is verdict


@given(st.one_of(st.floats(0, 1), st.sampled_from([0.1, 0.4, 0.6, 0.9])), st.floats(0, 0.08), st.floats(0, 0.08))
def test_verdict_and_edge_are_mirrored(share: float, below: float, above: float) -> None:
    found = Share(share, max(share - below, 0.0), min(share + above, 1.0))
    opposite = Share(1 - share, 1 - found.high, 1 - found.low)
    assert verdict_of(opposite.share) is MIRRORED[verdict_of(share)]
    edge, other = edge_of(found), edge_of(opposite)
    assert (edge is None) == (other is None)
    assert edge is None or other is MIRRORED[edge]


@pytest.mark.parametrize(
    ("share", "edge"),
    [
        (Share(0.93, 0.901, 0.95), None),
        (Share(0.93, 0.9, 0.95), Verdict.LEANS_TRUE),
        (Share(0.9, 0.88, 0.92), Verdict.LEANS_TRUE),
        (Share(0.88, 0.86, 0.9), Verdict.HOLDS),
        (Share(0.61, 0.58, 0.64), Verdict.TOSS_UP),
        (Share(0.42, 0.39, 0.45), Verdict.LEANS_FALSE),
        (Share(0.15, 0.08, 0.3), Verdict.FAILS),
        (Share(0.85, 0.55, 0.97), Verdict.HOLDS),
        (Share(1.0, 0.99, 1.0), None),
    ],
)
def test_an_interval_that_reaches_a_border_names_what_lies_beyond(share: Share, edge: Verdict | None) -> None:
    assert edge_of(share) is edge


@pytest.mark.parametrize("query", ["P(ball = red) > 0.3", "P(sign = on) > 50% and P(ball = red) > 0.2"])
def test_the_opposite_of_a_reading_has_the_mirrored_verdict(query: str) -> None:
    case = case_of(URN.format(on="70% to 90%", off="10% to 30%"))
    found, opposite = result_of(case, query), result_of(case, f"not ({query})")
    assert found.share is not None
    assert opposite.share is not None
    assert opposite.share.share == pytest.approx(1 - found.share.share, abs=1e-12)
    assert opposite.verdict is MIRRORED[found.verdict]


def test_the_share_is_the_posterior_of_the_assumption() -> None:
    """A level uniform on 0 to 1 has the density 2 x once a red ball was seen: P(level > 0.3) is 1 - 0.09."""
    text = URN.format(on="100%", off="0%").replace("0% to 100%", "uniform(0%, 100%)")
    assert result_of(case_of(text), "P(ball = red) > 99%").verdict is Verdict.HOLDS
    other = "  - {chance: other, states: [red, blue], odds: {red: level, blue: rest}}\nevidence:"
    case = case_of(text.replace("evidence:", other))
    for seed in range(5):
        found = result_of(case, "P(other = red) > 30%", worlds=2000, seed=seed).share
        assert found is not None
        assert found.share == pytest.approx(0.91, abs=0.01)
        assert found.low <= 0.91 <= found.high


@pytest.mark.parametrize("border", [0.1, 0.4, 0.6, 0.9])
def test_twenty_seeds_give_one_word_or_the_edge(border: float) -> None:
    """The reading holds in just the share of worlds that is a border: the worst that can be asked."""
    text = URN.format(on="50%", off="50%").replace("0% to 100%", "uniform(0%, 100%)")
    case = replace(case_of(text), evidence=())
    clear = set()
    for seed in range(1, 21):
        found = result_of(case, f"P(ball = red) > {100 * (1 - border):g}%", worlds=500, seed=seed)
        assert found.edge is not None or found.share is not None
        if found.edge is None:
            clear.add(found.verdict)
    assert len(clear) <= 1


def test_twenty_seeds_of_independent_worlds_give_one_word_or_the_edge() -> None:
    """Without strata, and with weights: thresholds of a uniform draw, the worst place of each border."""
    from quandary.quantities import share_of

    generator = np.random.default_rng(11)
    split = 0
    for border in (0.1, 0.4, 0.6, 0.9):
        for _ in range(25):
            words = set()
            for _ in range(20):
                truth = (generator.random(1600) < border).astype(float)
                found = share_of(truth, generator.gamma(2.0, size=1600), np.repeat(np.arange(16), 100))
                assert found is not None
                if edge_of(found) is None:
                    words.add(verdict_of(found.share))
            split += len(words) > 1
    assert split <= 4, "one in a hundred is what the level of the interval allows"


# --- few worlds -----------------------------------------------------------------------------------------------------

RARE = """
quandary: 1
title: A rare sign
as_of: 2030-01-01
assumptions:
  how: {{value: '{spread}', because: nobody knows}}
story:
  - {{chance: ball, states: [red, blue], odds: {{red: 50%, blue: rest}}}}
  - chance: sign
    states: [shown, none]
    odds: {{shown: '0.01% * min(how, 9000)', none: rest}}
evidence:
  - {{on: 2029-12-01, saw: sign = shown, because: seen}}
claims:
  - {{id: red, speaker: A, quote: "it is red", tests: {{half: P(ball = red) >= 50%}}}}
"""


def rare(spread: str) -> Case:
    return case_of(RARE.format(spread=spread))


def test_more_worlds_are_drawn_where_too_few_count_and_the_answer_is_that_of_so_many() -> None:
    case = rare("lognormal(1, 1.2)")
    study = Study(case, worlds=800, threads=1)
    study.need([])
    before = study.run.effective_worlds
    assert before < 400
    larger = with_enough_worlds(study)
    found = findings(larger)
    (result,) = found.claims[0].tests
    assert result.effective_worlds >= 400
    assert not result.few_worlds
    assert found.run.asked_for == 800
    assert found.run.worlds > 800
    plain = Study(case, worlds=found.run.worlds, threads=1)
    (again,) = findings(plain).claims[0].tests
    assert (again.share, again.effective_worlds) == (result.share, result.effective_worlds)


def test_too_few_after_ten_times_as_many_are_few_worlds() -> None:
    study = with_enough_worlds(Study(rare("lognormal(1, 4)"), worlds=400, threads=1))
    found = findings(study)
    (result,) = found.claims[0].tests
    assert found.run.worlds == 4000
    assert result.effective_worlds < 400
    assert result.verdict is Verdict.HOLDS
    assert result.few_worlds


def test_ask_and_why_draw_more_worlds_as_a_run_does(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(RARE.format(spread="lognormal(1, 1.2)"), encoding="utf-8")
    asked = ask(AskRequest(case=str(path), query="P(ball = red) >= 50%", worlds=800), HANDS)
    explained = why(WhyRequest(case=str(path), thing="red", worlds=800), HANDS)
    (claim,) = explained.found
    assert isinstance(claim, AnswerExplanation)
    for found, told in ((asked.run, asked.judged), (explained.run, claim.judged)):
        assert found is not None
        assert told is not None
        assert (found.asked_for, told.few_worlds) == (800, False)
        assert found.worlds > 800
        assert told.effective_worlds >= 400
    assert any("800 worlds were asked for" in piece for piece in asked.pieces() if isinstance(piece, str))
    few = ask(AskRequest(case=str(path), query="P(ball = red) >= 50%", worlds=100), HANDS)
    assert few.run is not None
    assert few.run.worlds == 100
    assert any("few worlds" in piece for piece in few.pieces() if isinstance(piece, str))
    plain = ask(AskRequest(case=str(path), query="P(ball = red)", worlds=800), HANDS)
    assert plain.run is not None
    assert plain.run.worlds == 800


def test_who_asks_for_few_worlds_gets_them() -> None:
    study = with_enough_worlds(Study(rare("lognormal(1, 1.2)"), worlds=100, threads=1))
    assert study.worlds == 100
    assert findings(study).claims[0].tests[0].few_worlds


# --- worlds without a value ---------------------------------------------------------------------------------------

HOLED = """
quandary: 1
title: A condition that may not be
as_of: 2030-01-01
assumptions:
  edge: {{value: 'uniform({ends})', because: nobody knows}}
story:
  - {{chance: first, states: [a, b], odds: {{a: 'max(0, edge) * 1%', b: rest}}}}
  - {{chance: second, states: [c, d], odds: {{c: 60% to 80%, d: rest}}}}
"""


@pytest.mark.parametrize(("ends", "testable"), [("-20, 80", True), ("-80, 20", False)])
def test_undefined_worlds_are_named_and_over_half_of_them_are_no_test(ends: str, testable: bool) -> None:
    case = case_of(HOLED.format(ends=ends))
    found = result_of(case, "P(second = c | first = a) > 50%", worlds=1000)
    assert len(found.undefined) == pytest.approx(200 if testable else 800, abs=2)
    study = Study(case, worlds=1000, threads=1)
    study.need([])
    without = np.flatnonzero(study.model.values(study.uniforms)["edge"] <= 0)
    assert list(found.undefined) == without.tolist()
    assert (found.verdict is Verdict.HOLDS) == testable
    assert (found.share is None) == (not testable)
    assert (found.reason is None) == testable


# --- forms, and what cannot be asked ------------------------------------------------------------------------------


def test_what_cannot_be_asked_is_not_testable_and_check_warns_of_it() -> None:
    claims = """
claims:
  - id: mixed
    speaker: A
    quote: "a red ball shows the sign more often"
    tests: {mixed: P(sign = on) < P(sign = on | do(ball = red)), plain: P(ball = red) > 10%}
questions: {gap: P(sign = on) - P(sign = on | do(ball = red))}
checks: [{id: gap, asks: P(sign = on) - P(sign = on | do(ball = red)), range: 0% to 1%}]
"""
    case = case_of(URN.format(on="70% to 90%", off="10% to 30%") + claims)
    found = findings(Study(case, worlds=64, threads=1))
    mixed, plain = found.claims[0].tests
    assert mixed.verdict is Verdict.NOT_TESTABLE
    assert mixed.reason is not None
    assert "same evidence" in mixed.reason
    assert mixed.set_aside == ("sign = on",)
    assert plain.verdict is not Verdict.NOT_TESTABLE
    assert found.questions[0].answer.mean is None
    assert found.checks[0].overlaps is None
    warned = [problem for problem in trial(case) if problem.code == "Q524"]
    asked = (case.claims[0].tests[0], case.questions[0], case.checks[0])
    assert [problem.place.line for problem in warned] == [one.place.line for one in asked]
    assert not any(problem.is_error for problem in warned)
