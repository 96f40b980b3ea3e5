"""A choice explained, against the enumeration of all plays: options by stakes, what lines add, what would turn it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.ask.crisis import TEXT, crisis
from tests.ask.enumeration import Plays, compiled_diagram
from tests.ask.test_advice import BATTERIES
from tests.ask.test_structure import case_of
from tests.laws.cases import cases
from tests.tried import tried

from quandary.ask import ChoiceExplanation, ChoiceTable, Study, choice_named, explained_choice, gathering
from quandary.base import Array, CaseError, Refusal
from quandary.case import Case, DecisionEvent
from quandary.game import Table
from quandary.language import written


def explained(study: Study, text: str) -> ChoiceExplanation:
    asked = choice_named(study.case, text)
    assert asked is not None
    return explained_choice(study, asked)


class Reference:
    """A decision looked at play by play: P(h, e) and what tables come to for each option, set by set."""

    def __init__(self, study: Study, found: ChoiceExplanation) -> None:
        self.decision = found.asked.decision
        self.diagram = compiled_diagram(study)
        rules = study.first_situation().played.behaviour
        self.plays = Plays(study, self.diagram, rules)
        self.before = [written(piece) for piece in found.vantage.weighing]
        self.told = [written(piece) for piece in found.vantage.told]
        own = next(d for d in self.diagram.decisions if d.name == self.decision.id)
        options = Table((own.name,), np.ones((len(own.states), 1)))
        self.free = self.plays.product({own.name: self.diagram.allowed.get(own.name, options)})
        self.seen = found.vantage.seen

        self.each = study.fillings.bear_on(found.vantage.weighing)

    def sets(self) -> Iterator[tuple[tuple[str, ...], Array]]:
        """Yield each set as conditions, and P(h, e) in every world; P(h | e) where an unknown number bears on e."""
        known = self.plays.chance(*self.before) if self.each else np.ones(self.diagram.worlds)
        for states in product(*(self.diagram.variable(name).states for name in self.seen)):
            at = tuple(f"{name} = {state}" for name, state in zip(self.seen, states, strict=True))
            together = self.plays.chance(*at, *self.before)
            yield at, np.divide(together, known, out=np.zeros(self.diagram.worlds), where=known > 0)

    def open_at(self, at: tuple[str, ...]) -> tuple[str, ...]:
        """Return the options that are allowed at a set."""
        here = self.free * self.plays.holds(*at)
        return tuple(v for v in self.decision.options if (here * self.plays.holds(f"{self.decision.id} = {v}")).any())

    def worth(self, option: str, table: Table, at: tuple[str, ...]) -> Array:
        joint = self.free * self.plays.holds(f"{self.decision.id} = {option}", *at, *self.told)
        return self.plays.total(joint * table.over(self.plays.names)) / self.plays.total(joint)

    def chosen(self, option: str, at: tuple[str, ...]) -> Array:
        rule = self.plays.rules[self.decision.id]
        own = [name for name in rule.axes if name != self.decision.id]
        states = dict(one.split(" = ") for one in at)
        index = tuple(self.diagram.variable(name).states.index(states[name]) for name in own)
        row = rule.over((*own, self.decision.id))[index][self.decision.options.index(option)]
        return np.broadcast_to(row, (self.diagram.worlds,))


def agree(study: Study, found: ChoiceExplanation) -> int:
    """Compare every cell of every table with the enumeration to 1e-10; return how many were compared."""
    reference = Reference(study, found)
    menus: dict[frozenset[str], list[tuple[tuple[str, ...], Array]]] = {}
    for at, likely in reference.sets():
        if likely.sum() > 0:
            menus.setdefault(frozenset(reference.open_at(at)), []).append((at, likely))
    whole = sum(likely.sum() for some in menus.values() for _, likely in some)
    alone = sum(likely.sum() for menu, some in menus.items() if len(menu) < 2 for _, likely in some)
    assert found.no_choice == pytest.approx(alone / whole, abs=1e-9)
    assert len(found.tables) == sum(len(menu) > 1 for menu in menus)
    payoffs = {u.name: u.table for u in reference.plays.utilities(found.asked.decision.by)}
    compared = 0
    for table in found.tables:
        some = menus[frozenset(one.option for one in table.options)]
        total = sum(float(likely.sum()) for _, likely in some)
        assert table.weight == pytest.approx(total / whole, abs=1e-9)
        for one in table.options:
            worth = {}
            for stake in found.stakes:
                sums = sum((likely * reference.worth(one.option, payoffs[stake.id], at)).sum() for at, likely in some)
                worth[stake.id] = sums / total
            for stake, cell in zip(found.stakes, one.stakes, strict=True):
                assert cell.mean == pytest.approx(worth[stake.id], abs=1e-10)
                compared += 1
            assert one.total.mean == pytest.approx(sum(worth.values()), abs=1e-10)
            chosen = sum((likely * reference.chosen(one.option, at)).sum() for at, likely in some)
            assert one.chosen == pytest.approx(chosen / total, abs=1e-10)
        adds_up(table)
    return compared


def adds_up(table: ChoiceTable) -> None:
    """What lines add to an option is how far it lies above the mean of the options; the best comes first."""
    sums = [one.total.mean or 0.0 for one in table.options]
    for one, own in zip(table.options, sums, strict=True):
        assert sum(line.adds for line in one.speaking) == pytest.approx(own - np.mean(sums), abs=1e-9)
    assert sums == sorted(sums, reverse=True)
    assert table.lead.mean == pytest.approx(sums[0] - sums[1], abs=1e-9)


@pytest.mark.parametrize(
    "text", ["empire.deploy", "reply", "empire.push", "push | operation = fail", "push | mood = calm"]
)
def test_a_table_is_what_every_play_says(text: str) -> None:
    study = Study(crisis(), worlds=24, threads=1)
    found = explained(study, text)
    assert agree(study, found) >= 2 * len(found.stakes)
    if "|" in text:
        assert text.partition("| ")[2] in [written(piece) for piece in found.vantage.told]


def test_slices_of_worlds_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = explained(Study(crisis(), worlds=40, threads=1), "push").tables[0]
    monkeypatch.setattr("quandary.ask.why.choice_look.HELD_BYTES", 0)
    sliced = explained(Study(crisis(), worlds=40, threads=1), "push").tables[0]
    for one, other in zip(whole.options, sliced.options, strict=True):
        np.testing.assert_allclose(one.total.draws, other.total.draws, atol=1e-10)
        assert (one.chosen, one.best_in) == pytest.approx((other.chosen, other.best_in))


def test_what_was_not_seen_weighs_and_is_not_known() -> None:
    study = Study(case_of(BATTERIES), worlds=40, threads=1)
    found = explained(study, "estmark.response | deploy = hidden")
    assert [written(piece) for piece in found.vantage.hidden] == ["deploy = hidden"]
    assert [written(piece) for piece in found.vantage.aside] == ["response = blockade"]
    assert agree(study, found) == 6


@pytest.mark.slow
@settings(max_examples=tried(150), deadline=None)
@given(cases(), st.data())
def test_tables_of_random_cases_are_what_every_play_says(case: Case, data: st.DataObject) -> None:
    decisions = [item for item in case.story if isinstance(item, DecisionEvent)]
    assume(decisions)
    decision = data.draw(st.sampled_from(decisions))
    assume(any(stake.actor == decision.by for stake in case.stakes))
    study = Study(case, worlds=3, threads=1)
    try:
        agree(study, explained(study, f"{decision.by}.{decision.id}"))
    except CaseError as fault:
        assume(fault.problems[0].code not in ("Q212", "Q522"))
        raise
    except Refusal as refusal:
        assert refusal.problem.code in ("Q564", "Q855")


DOOR = """
quandary: 1
title: A door
as_of: 2020-01-01
actors: {keeper: {name: The keeper, rationality: x3 per 10}}
story:
  - {chance: storm, states: [no, yes], odds: {yes: 30% to 50%, no: rest}}
  - {decision: door, by: keeper, options: [open, shut]}
stakes:
  keeper:
    goods:
      worth:
        - door = open: 50 to 60
        - otherwise: 40
      effects:
        - door = open and storm = yes: -12 to -8 points
"""
"""Open is worth x - .4 y with x about 55 and y about 10: shut, at 40, is best once x is under 44."""


def test_what_would_turn_a_choice_is_the_threshold_of_the_closed_form() -> None:
    study = Study(case_of(DOOR.replace("50 to 60", "44 to 52")), worlds=2000, threads=1)
    (table,) = explained(study, "keeper.door").tables
    assert [one.option for one in table.options] == ["open", "shut"]
    middle, storm, loss = 48.0, 0.398, 9.9
    assert table.lead.mean == pytest.approx(middle - 40 - storm * loss, abs=0.1)
    changes = {change.number.path: change for change in table.changes}
    worth = changes["stakes.keeper.goods.worth[door = open]"]
    assert worth.needed == pytest.approx(40 + storm * loss, abs=0.15)
    assert not worth.above
    assert (worth.low, worth.high) == pytest.approx((44.0, 52.0))
    assert worth.beyond == pytest.approx(0.047, abs=0.015)
    assert abs(worth.lead) <= 0.02 * (table.lead.mean or 0.0)
    # neither the storm, at 60 %, nor the loss, at 15 points, reaches 8 points of worth
    assert set(changes) == {"stakes.keeper.goods.worth[door = open]"}


AS_WRITTEN = {
    "stakes.empire.glory.worth[push = attack]": "- push = attack: 20 to 70",
    "stakes.empire.glory.worth[push = probe]": "- push = probe: 40 to 60",
    "war_cost": "value: 20 to 60",
    "stakes.empire.order.worth[unrest = threat]": "- unrest = threat: 20 to 60",
}
"""Where the numbers that turn choices of the crisis stand in its text."""


@pytest.mark.parametrize(("decision", "turned"), [("push", 3), ("deploy", 1)])
def test_a_case_written_with_the_value_needed_has_no_lead(decision: str, turned: int) -> None:
    # another way to the same worlds: the case's text changed, read and compiled anew
    (table,) = explained(Study(crisis(), worlds=800, threads=1, use_evidence=False), decision).tables
    assert len(table.changes) == turned
    first, second = (one.option for one in table.options[:2])
    for change in table.changes:
        line = AS_WRITTEN[change.number.path]
        changed = TEXT.replace(line, f"{line.partition(':')[0]}: {change.needed:.12g}")
        assert changed != TEXT
        study = Study(case_of(changed), worlds=800, threads=1, use_evidence=False)
        (anew,) = explained(study, decision).tables
        sums = {one.option: one.total.mean or 0.0 for one in anew.options}
        assert sums[first] - sums[second] == pytest.approx(change.lead, abs=1e-6)
        assert abs(change.lead) <= 0.02 * (table.lead.mean or 0.0)
        assert change.above == (change.needed > change.stands)


def test_where_no_single_number_turns_it_none_is_told() -> None:
    (table,) = explained(Study(case_of(DOOR), worlds=1000, threads=1), "door").tables
    assert table.is_clear
    assert table.changes == ()


def test_what_speaks_for_an_option_is_told_by_its_lines() -> None:
    (table,) = explained(Study(case_of(DOOR), worlds=1000, threads=1), "door").tables
    opened, shut = table.options
    (gain, other), (loss,) = opened.speaks_for, opened.speaks_against
    assert (gain.applies, other.applies, loss.applies) == pytest.approx((1.0, 0.0, 0.398), abs=0.01)
    assert gain.adds == pytest.approx(3.75, abs=0.05)  # half of what 55 lies above the mean of 55 and 40
    assert other.adds == pytest.approx(3.75, abs=0.05)  # and half of what 40 lies below it
    assert loss.adds == pytest.approx(-0.398 * 9.9 / 2, abs=0.05)
    assert sorted(line.adds for line in shut.speaking) == pytest.approx(sorted(-line.adds for line in opened.speaking))


def test_equal_options_have_no_leader_and_nothing_to_turn() -> None:
    even = DOOR.replace("50 to 60", "40").replace("-12 to -8 points", "0 points")
    (table,) = explained(Study(case_of(even), worlds=500, threads=1), "door").tables
    assert not table.is_clear
    assert table.changes == ()
    assert all(not one.speaking for one in table.options)


def test_who_wants_nothing_is_told_so_by_zeros() -> None:
    case = case_of(DOOR[: DOOR.index("stakes:")])
    (table,) = explained(Study(case, worlds=16, threads=1), "door").tables
    assert [one.total.mean for one in table.options] == [0.0, 0.0]
    assert [one.chosen for one in table.options] == pytest.approx([0.5, 0.5])
    assert all(not one.stakes and not one.speaking for one in table.options)
    assert not table.is_clear


def test_options_that_are_not_open_everywhere_stand_in_tables_of_their_own() -> None:
    text = TEXT.replace("      - unrest = none: [stay]", "      - unrest = none: [stay, go]").replace(
        "options: [stay, go]", "options: [stay, go, raid]"
    )
    case = case_of(text)
    found = explained(Study(case, worlds=40, threads=1, use_evidence=False), "deploy")
    assert sorted(len(table.options) for table in found.tables) == [2, 3]
    assert sum(table.weight for table in found.tables) == pytest.approx(1.0)
    assert found.no_choice == 0.0


def test_what_is_best_where_is_counted() -> None:
    study = Study(crisis(), worlds=60, threads=1)
    found = explained(study, "push | reply = yield")
    assert sum(weight for _, weight in found.best_in) == pytest.approx(1.0)
    assert found.sets == len(found.situations)
    counted: dict[tuple[str, ...], float] = {}
    for one in found.situations:
        counted[one.alike] = counted.get(one.alike, 0.0) + one.weight
    assert dict(found.best_in) == pytest.approx(counted)
    assert sum(counted.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("empire.push = atack", "Q104"),
        ("empire.push | opration = fail", "Q104"),
        ("empire.push | war", "Q854"),
        ("empire.push = attack | do(operation = fail)", "Q854"),
        ("deploy | operation = success", "Q854"),
        ("push | operation = none", "Q855"),
        ("deploy | unrest = none", "Q855"),
    ],
)
def test_faults(text: str, code: str) -> None:
    study = Study(crisis(), worlds=32, threads=1)
    try:
        explained(study, text)
    except CaseError as fault:
        assert [problem.code for problem in fault.problems] == [code]
    except Refusal as refusal:
        assert refusal.problem.code == code
        assert refusal.problem.hint
    else:
        raise AssertionError(text)


def test_what_is_no_decision_is_no_choice() -> None:
    assert choice_named(crisis(), "unrest = threat") is None
    assert choice_named(crisis(), "P(push = attack)") is None
    assert choice_named(crisis(), "crisis_pacifies") is None


@pytest.mark.slow
def test_a_choice_is_the_same_whoever_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quandary.ask.gathering.KEPT_BYTES", 0)
    told: list[list[object]] = []
    for runner in ("thread", "threads", "fork", "spawn"):
        monkeypatch.setenv("QUANDARY_RUNNER", runner)
        study = Study(crisis(), worlds=gathering.APART, threads=2)
        (table,) = explained(study, "push").tables
        told.append([(one.total.mean, one.chosen, [line.adds for line in one.speaking]) for one in table.options])
        told[-1].append([(change.needed, change.lead) for change in table.changes])
    assert told[0] == told[1] == told[2] == told[3]
