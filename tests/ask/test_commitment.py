"""Announced policies and changed sights: a trust game and a guessing game by hand, and laws in a case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.ask.crisis import crisis, study

import quandary
from quandary.ask import Announcement, Sight, Study, Supposition, read_announcement, read_sight, suppose
from quandary.base import CaseError, Refusal
from quandary.report import CaseNames, supposition

TRUST = """
quandary: 1
title: Trust
as_of: 2022-01-08
actors:
  lender: {name: The lender, rationality: {precision: 0.1}}
  debtor: {name: The debtor, rationality: {precision: 0.2}}
story:
  - decision: lend
    by: lender
    options: [refuse, trust]
  - decision: pay
    by: debtor
    sees: [lend]
    options: [default, honour]
stakes:
  lender:
    money:
      worth:
        - lend = trust and pay = honour: 40
        - lend = trust: 0
        - otherwise: 20
  debtor:
    money:
      worth:
        - lend = trust and pay = honour: 40
        - lend = trust: 60
        - otherwise: 10
"""

GUESS = """
quandary: 1
title: Guessing
as_of: 2022-01-08
actors: {seer: {name: The seer, rationality: {precision: 0.05}}}
story:
  - chance: coin
    states: [heads, tails]
    odds: {heads: 70%, tails: rest}
  - decision: guess
    by: seer
    options: [low, high]
stakes:
  seer: {money: {worth: ["guess = high and coin = heads": 100, "guess = low and coin = tails": 60, otherwise: 0]}}
"""


@pytest.fixture
def solved(tmp_path: Path) -> Callable[[str], Study]:
    def solve(text: str) -> Study:
        path = tmp_path / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return Study(quandary.load(path).case, worlds=16, threads=1)

    return solve


def logit(better: float, precision: float) -> float:
    return float(1 / (1 + np.exp(-precision * better)))


def test_a_promise_makes_trust(solved: Callable[[str], Study]) -> None:
    """Backward induction by hand: the debtor honours with logit odds of -20 points, the lender counts on it."""
    asked = solved(TRUST)
    honours = logit(-20, 0.2)
    before, after = logit(40 * honours - 20, 0.1), logit(40 - 20, 0.1)
    found = suppose(asked, "P(lend = trust)", [read_announcement(asked.case, "pay: honour")])
    assert found.before.mean == pytest.approx(before, abs=1e-9)
    assert found.after.mean == pytest.approx(after, abs=1e-9)
    assert found.difference is not None
    assert found.difference.mean == pytest.approx(after - before, abs=1e-9)
    kept = before * (40 * honours + 60 * (1 - honours)) + (1 - before) * 10
    promised = after * 40 + (1 - after) * 10
    assert found.payoffs["debtor"].mean == pytest.approx(promised - kept, abs=1e-8)
    assert promised > kept  # the textbook reason to bind oneself


def test_a_conditional_promise_says_what_is_done_in_each_case(solved: Callable[[str], Study]) -> None:
    asked = solved(TRUST)
    rule = read_announcement(asked.case, "pay: honour if lend = trust; else default")
    assert supposition(CaseNames(asked.case), rule) == "pay is announced: honour when lend is trust; else default"
    for query in ("P(pay = honour)", "P(lend = trust)"):
        found = suppose(asked, query, [rule])
        assert found.after.mean == pytest.approx(logit(20, 0.1), abs=1e-9)


def test_seeing_the_coin(solved: Callable[[str], Study]) -> None:
    asked = solved(GUESS)
    blind = logit(0.7 * 100 - 0.3 * 60, 0.05)
    seeing = 0.7 * logit(100, 0.05) + 0.3 * logit(-60, 0.05)
    found = suppose(asked, "P(guess = high)", [read_sight(asked.case, "guess: coin", seen=True)])
    assert found.before.mean == pytest.approx(blind, abs=1e-9)
    assert found.after.mean == pytest.approx(seeing, abs=1e-9)
    assert found.payoffs["seer"].mean is not None
    assert found.payoffs["seer"].mean > 0


def test_names_may_be_written_with_their_actors(solved: Callable[[str], Study]) -> None:
    asked = solved(TRUST.replace("sees: [lend]", "sees: []"))
    sight = read_sight(asked.case, "debtor.pay: lender.lend", seen=True)
    assert sight == Sight("pay", "lend", True)
    assert suppose(asked, "P(lend = trust)", [sight]).after.mean == solved(TRUST).ask("P(lend = trust)").mean
    hidden = read_sight(solved(TRUST).case, "debtor.pay: lender.lend", seen=False)
    assert hidden == Sight("pay", "lend", False)
    assert read_announcement(asked.case, "debtor.pay: honour") == read_announcement(asked.case, "pay: honour")


def test_hiding_the_coin_undoes_seeing_it(solved: Callable[[str], Study]) -> None:
    asked = solved(GUESS.replace("by: seer", "by: seer\n    sees: [coin]"))
    found = suppose(asked, "P(guess = high)", [read_sight(asked.case, "guess: coin", seen=False)])
    assert found.after.mean == pytest.approx(logit(0.7 * 100 - 0.3 * 60, 0.05), abs=1e-9)


def test_hiding_what_was_announced_leaves_the_promise(solved: Callable[[str], Study]) -> None:
    """The lender moves first and sees nothing: it still knows the rule, being announced, not observed."""
    asked = solved(TRUST)
    changes: list[Supposition] = [
        read_sight(asked.case, "pay: lend", seen=False),
        read_announcement(asked.case, "pay: honour"),
    ]
    assert suppose(asked, "P(lend = trust)", changes).after.mean == pytest.approx(logit(20, 0.1), abs=1e-9)


# --- in a case with evidence --------------------------------------------------------------------------------------


def test_one_option_announced_is_do() -> None:
    asked = study()
    for query, done in (
        ("P(war)", "P(war | do_foreseen(reply = resist))"),
        ("E(empire)", "E(empire | do_foreseen(reply = resist))"),
        ("P(war | operation = success)", "P(war | operation = success, do_foreseen(reply = resist))"),
    ):
        found = suppose(asked, query, [Announcement("reply", ((None, "resist"),))])
        plain = asked.ask(done)
        np.testing.assert_allclose(found.after.draws, plain.draws, atol=1e-8)
        np.testing.assert_allclose(found.after.weights, plain.weights, atol=1e-8)
        assert found.aside == plain.aside


def test_what_the_change_cannot_reach_stays() -> None:
    found = suppose(study(), "P(harvest = bad)", [read_announcement(crisis(), "push: hold")])
    assert found.difference is not None
    np.testing.assert_allclose(found.difference.draws, 0.0, atol=1e-12)
    plain = study().ask("P(harvest = bad | weather = foul)", evidence=False)
    np.testing.assert_allclose(found.before.draws, plain.draws, atol=1e-9)


def test_a_comparison_is_answered_before_and_after() -> None:
    found = suppose(study(), "P(war) < 50%", [read_announcement(crisis(), "push: hold")])
    assert found.difference is None
    assert found.after.holds_in == 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("weather: fair", "not a decision"),
        ("replay: yield", "unknown decision"),
        ("reply", "No rule"),
        ("reply: surrender", "unknown option"),
        ("reply: yield now", "no option"),
        ("reply: yield if deploy = go", "in every case"),
        ("reply: yield; else resist", "in every case"),
        ("reply: yield if mood = angry; else resist", "does not see mood"),
    ],
)
def test_announcements_are_checked(text: str, words: str) -> None:
    code = "Q104" if "unknown" in words or words == "not a decision" else "Q546"
    with pytest.raises(CaseError, match=code) as fault:
        read_announcement(crisis(), text)
    assert words in fault.value.problems[0].message


@pytest.mark.parametrize(
    ("text", "seen", "words"),
    [
        ("reply: push", True, "not happened yet"),
        ("reply: deploy", True, "seen at reply as it is"),
        ("reply: mood", False, "not seen at reply as it is"),
        ("reply: mod", True, 'variable "mod"'),
        ("weather: mood", True, '"weather" is a chance event'),
        ("deploy: unrest", False, "cannot be hidden"),
    ],
)
def test_sights_are_checked(text: str, seen: bool, words: str) -> None:
    code = "Q104" if '"' in words else "Q547"
    with pytest.raises(CaseError, match=code) as fault:
        read_sight(crisis(), text, seen=seen)
    assert words in fault.value.problems[0].message


def test_what_only_bars_cannot_be_announced() -> None:
    with pytest.raises(CaseError, match="Q548"):
        suppose(study(), "P(war)", [read_announcement(crisis(), "deploy: go")])
    allowed = read_announcement(crisis(), "deploy: go if unrest = threat; else stay")
    assert suppose(study(), "P(deploy = go | unrest = threat)", [allowed]).after.mean == pytest.approx(1.0)


def test_an_announced_choice_is_no_longer_one() -> None:
    with pytest.raises(CaseError, match="Q506"):
        suppose(study(), "margin(empire.push)", [read_announcement(crisis(), "push: hold")])


def test_something_must_be_supposed() -> None:
    with pytest.raises(Refusal, match="Q549"):
        suppose(study(), "P(war)", [])
    assert read_sight(crisis(), "reply: mood", seen=True) == Sight("reply", "mood", True)
