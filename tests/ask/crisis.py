"""A small crisis with all that questions need: private type, barred options, weighted and plain stakes, evidence."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import quandary
from quandary.ask import Study
from quandary.case import Case

TEXT = """
quandary: 1
title: A small crisis
as_of: 2022-01-08
actors:
  empire: {name: The empire, rationality: x2 to x6 per 10}
  rival: {name: The rival, rationality: x2 to x4 per 10}
assumptions:
  war_cost: {value: 20 to 60, because: a guess}
story:
  - chance: mood
    private: empire
    states: [calm, angry]
    odds: {angry: 20% to 50%, calm: rest}
  - chance: weather
    states: [fair, foul]
    odds: {foul: 30% to 60%, fair: rest}
  - chance: unrest
    given: [weather]
    states: [none, threat]
    odds:
      - weather = foul: {threat: 20% to 40%, none: rest}
      - otherwise: {threat: 10% to 50%, none: rest}
  - decision: deploy
    by: empire
    sees: [unrest]
    options: [stay, go]
    only:
      - unrest = none: [stay]
  - chance: operation
    given: [unrest, deploy]
    states: [none, success, fail]
    odds:
      - deploy = stay: {none: 100%}
      - otherwise: {success: 60% to 90%, fail: rest}
  - decision: reply
    by: rival
    sees: [deploy]
    options: [yield, resist]
  - decision: push
    by: empire
    sees: [operation, reply]
    options: [hold, probe, attack]
  - chance: harvest
    given: [weather]
    states: [good, bad]
    odds:
      - weather = foul: {bad: 40% to 70%, good: rest}
      - otherwise: {bad: 5% to 15%, good: rest}
stakes:
  empire:
    glory:
      weight: 20% to 60%
      worth:
        - push = attack and reply = yield: 80 to 100
        - push = attack: 20 to 70
        - push = probe: 40 to 60
        - otherwise: 20 to 40
    order:
      weight: 20% to 60%
      worth:
        - operation = success: 70 to 90
        - operation = fail: 5 to 20
        - unrest = threat: 20 to 60
        - otherwise: 90 to 100
      effects:
        - push = attack and operation = fail: -15 to -5 points
    purse: {weight: 10% to 20%, worth: [{push = attack: 100 - war_cost}, {otherwise: 100}]}
    nerve: {worth: [{push = attack and mood = angry: 2 to 12}, {otherwise: 0}]}
  rival:
    pride: {weight: 50%, worth: [{reply = resist: 60 to 90}, {otherwise: 30 to 50}]}
    safety:
      weight: 50%
      worth: [{push = attack and reply = resist: 0 to 20}, {push = attack: 30 to 50}, {otherwise: 80 to 100}]
events:
  war: push = attack
evidence:
  - {on: 2022-01-02, saw: weather = foul, because: seen}
  - {on: 2022-01-05, saw: unrest = threat and deploy = go, because: seen}
  - {on: 2022-02-01, saw: operation = success, because: seen later}
claims:
  - id: crisis_pacifies
    speaker: A
    quote: "the crisis makes war less likely"
    tests:
      sign: P(war | do(unrest = threat)) < P(war | do(unrest = none))
    resolved: {on: 2022-01-20, as: did_not, because: war}
  - id: harvest_untouched
    speaker: B
    quote: "the harvest decides"
    tests:
      same: P(harvest = bad | do(push = attack)) = P(harvest = bad | do(push = hold))
      less: P(harvest = bad | do(push = attack)) < P(harvest = bad | do(push = hold))
  - id: glory_in_war
    speaker: C
    quote: "a victory would be glorious"
    tests:
      worth: E(empire.glory | do(push = attack), do(reply = yield)) > E(empire.glory | do(push = hold))
    resolved: {on: 2022-01-07, as: void, because: no war by then}
  - id: bad_weather
    speaker: D
    quote: "bad weather means bad harvests"
    tests:
      mostly: P(harvest = bad | do(weather = foul)) > P(harvest = bad | do(weather = fair))
  - id: must_stop
    speaker: E
    kind: normative
    quote: "it must stop"
questions:
  war: P(war)
  torn: {asks: Is it a dilemma?, query: dilemma(empire.push | operation = fail) against operation = success}
checks:
  - {id: threat, asks: P(unrest = threat), evidence: false, range: 20% to 30%, because: a guess}
  - {id: war_seen, asks: P(war), range: 99% to 100%, because: a guess}
"""


def case_of(text: str) -> Case:
    """Return the case that a text says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return quandary.load(path).case


@cache
def crisis() -> Case:
    return case_of(TEXT)


@cache
def study(worlds: int = 24, seed: int = 1, use_evidence: bool = True) -> Study:
    """Return a study shared by tests that only ask; its answers do not depend on what was asked before."""
    return Study(crisis(), worlds=worlds, seed=seed, use_evidence=use_evidence, threads=2)
