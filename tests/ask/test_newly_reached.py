"""Information sets that only an intervention leads to: solved there, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

import quandary
from quandary.ask import Study

CASE = """
quandary: 1
title: Where nobody had been
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x4 per 10, because: invented}
  b: {name: B, rationality: x4 per 10, because: invented}
story:
  - {chance: mood, states: [calm, angry], odds: {angry: 30%, calm: rest}, because: invented}
  - {chance: x, states: [u, v], odds: {v: 0%, u: rest}, because: invented}
  - {decision: act, by: a, sees: [x], options: [l, r]}
  - {decision: reply, by: b, sees: [x, act], options: [w, z]}
stakes:
  a:
    s:
      worth: [{x = u and act = l: 60}, {x = v and act = r: 60}, {reply = z: 55}, {otherwise: 50}]
      because: invented
  b:
    s:
      worth: [{mood = angry and reply = w: 60}, {act = l and reply = z: 58}, {x = v and reply = z: 56}, {otherwise: 50}]
      because: invented
"""


def odds(gap: float) -> float:
    """Return how probable an option is that is better by so many points than the only other."""
    return 4 ** (gap / 10) / (1 + 4 ** (gap / 10))


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = Path(tmp_path_factory.mktemp("reached") / "case.yaml")
    path.write_text(CASE)
    return Study(quandary.load(path).case, worlds=16, threads=1)


def test_what_is_chosen_where_nobody_had_been(study: Study) -> None:
    """By hand: after x = v B's best is worth 53 or 58 (act = l), 53 or 56 (act = r); A looks ahead to that."""
    after_l, after_r = odds(58 - 53), odds(56 - 53)
    assert study.ask("P(reply = z | act = l, do(x = v))").mean == pytest.approx(after_l, abs=1e-9)
    assert study.ask("P(reply = z | act = r, do(x = v))").mean == pytest.approx(after_r, abs=1e-9)
    assert study.ask("P(act = r | do(x = v))").mean == pytest.approx(odds(60 - (50 + 5 * after_l)), abs=1e-9)


def test_sets_already_reached_keep_their_rule(study: Study) -> None:
    both = study.ask("P(act = r | do(mood = angry, x = u))")
    assert both.mean == pytest.approx(study.ask("P(act = r)").mean, abs=1e-12)
    whole = study.ask("P(act = r | do(mood = angry, x = v))").mean
    # that mood was set to angry is seen by nobody, but only here are the sets after x = v reached: beliefs are of the
    # changed tables
    sure = odds(58 - 60)
    assert whole == pytest.approx(odds(60 - (50 + 5 * sure)), abs=1e-9)
