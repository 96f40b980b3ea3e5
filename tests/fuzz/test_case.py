"""Mutants of case files: no crash, no hang, and what ``check`` passes, ``run`` runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.harness import Tally, Worker, wanted
from tests.fuzz.mutation import FIGURES, WORDS, mutants

from quandary.case import TEMPLATE, shipped_folder

pytestmark = pytest.mark.slow

FOLDER = shipped_folder() / TEMPLATE
EVERYTHING = b"""quandary: 1
title: Everything at once
as_of: 2030-05-01
words: kent
sources: {memo: {title: A memo, published: 2030-04-20}}
actors:
  lord: {name: The lord, rationality: x2 to x6 per 10, because: guess}
  town: {rationality: {precision: 0.05 to 0.2}, source: memo}
  monk: {rationality: exact}
assumptions:
  cost: {value: 20 to 60, because: guess}
  share: {value: 15% to 40%, because: guess}
  both: "mixture(cost, 100 - cost, shares(1, 2))"
correlations: [{between: [cost, share], value: 0.4}]
story:
  - {chance: mood, private: lord, states: [calm, angry], odds: {angry: share, calm: rest}}
  - {chance: harvest, states: [good, poor, none], odds: {none: probable, poor: 10% to 45% of rest, good: rest}}
  - {decision: tax, by: lord, sees: [harvest], options: [low, high, ruin], only: [{harvest = none: [low]}]}
  - {decision: answer, by: town, sees: [tax], options: [pay, flee]}
  - {decision: prayer, by: monk, sees: [answer], options: [yes, no]}
  - chance: revolt
    given: [tax, answer, mood]
    states: [none, small, large]
    base:
      - tax in (high, ruin) and not answer = pay: {large: 5% to 20%, small: 10% to 30%, none: rest}
      - otherwise: {large: 1%, small: 3%, none: rest}
    effects:
      - mood = angry: {large: x2 to x5}
      - tax = ruin: {small: +1 to +6 points}
stakes:
  lord:
    gold: {weight: [{mood = angry: 10 to 20}, {otherwise: 40}], worth: [{tax = low: 20}, {otherwise: both}]}
    peace: {weight: 30%, worth: [{trouble: 0 to 20}, {otherwise: 60 to 80}], effects: [{tax = ruin: -30 to -10 points}]}
  town: {life: {worth: [{answer = flee: 40}, {otherwise: 100 - cost}]}}
  monk: {soul: {worth: [{prayer = yes: 50}, {otherwise: 49}]}}
events: {trouble: "revolt in (small, large) or answer = flee"}
evidence:
  - {on: 2030-04-20, saw: harvest != good, source: memo}
  - {on: 2030-06-01, saw: trouble}
claims:
  - {id: c1, speaker: A, quote: q, tests: {sign: "P(trouble | do(tax = ruin)) > P(trouble | do(tax = low))"}}
  - {id: c2, speaker: A, quote: q, kind: normative}
questions:
  dread: P(trouble | tax = high)
  worth: E(lord.gold | trouble) - E(lord.peace)
  torn: "clash(lord.tax: gold, peace)"
  then: would(trouble | seen answer = pay, do(tax = ruin))
checks: [{id: k, asks: P(trouble), range: 5% to 60%, because: guess}]
forecasts: [{id: f, asks: P(trouble), until: 2031-01-01}]
"""
WRITTEN = (
    b"0%", b"100%", b"150%", b"-5%", b"1 / 0", b"0 to 0", b"60 to 20", b"1e308 * 10", b"1 / (-1 to 1)", b"log(0)",
    b"rest", b"exact", b"likely", b"never", b"normal(0, 1)", b"uniform(0, 1)", b"beta(0.5, 0.5)", b"x2 to x5", b"x0",
    b"+5 points", b"50% of rest", b"x2 to x6 per 10", b"x1000000 per 1", b"5000", b"-20", b"1e-300", b"cost",
    b"share", b"mixture(cost, 5)", b"source", b"because", b"trouble", b"otherwise", b"not trouble",
    b"harvest = good and harvest = poor", b"[]", b'""', b"2029-01-01", b"2031-01-01", b"P(trouble) / 0",
    b"P(trouble)", b"lord", b"town", b"0.3", b"30% to 60%",
)  # fmt: skip
"""What stands in cases, to be put where something else stood: most such mutants are still cases."""


VALUES = (b"0", b"0.001", b"1", b"2", b"10", b"33.3", b"50", b"99", b"99.9", b"100", b"150", b"5000", b"-5", b"1e-300")


def rewritten(count: int, seed: int = 7) -> Iterator[bytes]:
    """Yield the seeds with one to three words, figures or values changed for something that the language writes."""
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        data = (EVERYTHING, FOLDER.joinpath("case.yaml").read_bytes())[number % 2]
        for _ in range(draw.choice((1, 1, 2, 3))):
            figures = draw.random() < 0.6
            found = list((FIGURES if figures else WORDS).finditer(data))
            old = draw.choice(found[8:])
            others = VALUES if figures and draw.random() < 0.8 else (*WRITTEN, draw.choice(found).group())
            data = data[: old.start()] + draw.choice(others) + data[old.end() :]
        yield data


def test_mutants_of_cases(tmp_path: Path) -> None:
    count = wanted(24)
    seeds = [EVERYTHING, FOLDER.joinpath("case.yaml").read_bytes()]
    tally = Tally(tmp_path)
    path = tmp_path / "case.yaml"
    (tmp_path / "analysis.md").write_bytes(FOLDER.joinpath("analysis.md").read_bytes())
    passed = 0
    with Worker() as worker:
        for given in (*rewritten(count // 2), *mutants(seeds, count - count // 2)):
            path.write_bytes(given)
            checked = worker.run("check", str(path), folder=tmp_path)
            tally.add(checked, given)
            if checked.code == 0:
                passed += 1
                done = worker.run("run", str(path), "-w", "16", "-q", "--no-search", folder=tmp_path)
                tally.add(done, given, f"check passed, run left with {done.code}" if done.code else "")
    assert passed, "no mutant was a case"
    tally.check(count)


@pytest.mark.parametrize("given", [EVERYTHING], ids=["everything"])
def test_the_seed_is_a_case(given: bytes, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_bytes(given)
    with Worker() as worker:
        assert worker.run("check", str(tmp_path / "case.yaml")).code == 0
        assert worker.run("run", str(tmp_path / "case.yaml"), "-w", "16", "-q", "--no-search").code == 0
