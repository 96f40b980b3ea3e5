"""Decisions that arise only sometimes: numbers worked out by hand, and the same cases written with a dummy option."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from tests.meaning.asked import same
from typer.testing import CliRunner

from quandary.ask import Study, play, sketch
from quandary.base import CaseError
from quandary.case import Case, DecisionEvent, written_case
from quandary.cli import build_app
from quandary.compile import read_case
from quandary.game import Behaviour, Diagram, TreeGame, do, unroll
from quandary.solve import CONCEPTS, LogitSettings, solve

WORTHWHILE = "quandary.engine.playing.diagram_game.worthwhile"

DIGITS = 1e-6

DETECTED = """
quandary: 2
title: when
as_of: 2030-01-01
actors:
  us: {name: Washington, rationality: x2 per 10, because: invented}
story:
  - {chance: policy, states: [lax, tight], odds: {tight: 50%, lax: rest}, because: invented}
  - {chance: type, states: [hard, soft], odds: {soft: 50%, hard: rest}, because: invented}
  - chance: detection
    given: [policy, type]
    states: [missed, found]
    odds:
      - policy = tight: {found: 100%, missed: rest}
      - type = soft: {found: 50%, missed: rest}
      - otherwise: {found: 0%, missed: 100%}
    because: invented
  - decision: settle
    by: us
    when: detection = found
    sees: [detection, type]
    options: [withdraw, hold]
  - chance: war
    given: [settle]
    states: [peace, war]
    odds:
      - settle = hold: {war: 50%, peace: rest}
      - settle = withdraw: {war: 10%, peace: rest}
      - not arises(settle): {war: 2%, peace: rest}
    because: invented
stakes:
  us:
    s:
      worth: [{type = soft and settle = withdraw: 70}, {type = hard and settle = hold: 70}, {not arises(settle): 50},
              {otherwise: 50}]
      because: invented
"""

NUMBERS = {
    "P(settle = withdraw)": 0.35,
    "P(arises(settle))": 0.625,
    "P(settle = withdraw | arises(settle))": 0.56,
    "P(not settle = withdraw)": 0.65,
    "P(war = war)": 0.18,
    "P(settle = withdraw | do(detection = found))": 0.5,
    "P(war = war | do(detection = found))": 0.30,
    "P(settle = withdraw | do(detection = missed))": 0.0,
    "P(war = war | do(detection = missed))": 0.02,
    "P(settle = withdraw | do(policy = lax))": 0.2,
    "P(settle = withdraw | do(policy = tight))": 0.5,
    "P(settle = withdraw | arises(settle), do(policy = lax))": 0.8,
    "P(settle = withdraw | arises(settle), do(policy = tight))": 0.5,
    "P(war = war | do(settle = hold))": 0.32,
    "P(war = war | do_foreseen(settle = hold))": 0.32,
    "P(detection = found | settle = withdraw)": 1.0,
    "P(arises(settle) | settle = hold)": 1.0,
}


def case_of(text: str, folder: Path, name: str = "case") -> Case:
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    loaded = read_case(path)
    assert loaded.case is not None, [problem.message for problem in loaded.problems]
    return loaded.case


def study(text: str, folder: Path, *, worlds: int = 20, name: str = "case", evidence: bool = True) -> Study:
    return Study(case_of(text, folder, name), worlds=worlds, threads=1, use_evidence=evidence)


def mean(asked: Study, query: str) -> float:
    found = asked.ask(query).mean
    assert found is not None
    return found


WAYS = [False, *([True] if find_spec("numba") is not None else [])]


@pytest.mark.parametrize("compiled", WAYS)
@pytest.mark.parametrize("query", NUMBERS)
def test_the_numbers_of_the_page(
    query: str,
    compiled: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(WORTHWHILE, lambda _: compiled)
    same(study(DETECTED, tmp_path).ask(query).draws, np.array(NUMBERS[query]), DIGITS)


Settings = tuple[tuple[str, str], ...]


def enumerated(diagram: Diagram, rules: Behaviour, truth: Mapping[str, tuple[str, ...]]) -> float:
    """Return the probability that variables are in some of their states, history by history."""
    total = 0.0
    for states in product(*(range(len(v.states)) for v in diagram.variables)):
        at = dict(zip((v.name for v in diagram.variables), states, strict=True))
        if all(diagram.variable(name).states[at[name]] in some for name, some in truth.items()):
            factors = ((rules | dict(diagram.tables))[v.name] for v in diagram.variables)  # type: ignore[operator]
            total += float(np.prod([table.values[tuple(at[a] for a in table.axes)][0] for table in factors]))
    return total


@pytest.mark.parametrize(
    ("settings", "withdraw", "war"),
    [
        ((), 0.35, 0.18),
        ((("detection", "found"),), 0.5, 0.30),
        ((("detection", "missed"),), 0.0, 0.02),
        ((("policy", "lax"),), 0.2, None),
        ((("policy", "tight"),), 0.5, None),
        ((("settle", "hold"),), 0.0, 0.32),
    ],
)
def test_the_numbers_of_the_page_on_the_tree(
    settings: Settings, withdraw: float, war: float | None, tmp_path: Path
) -> None:
    """The tree of all histories has no move where the decision does not arise but that it does not."""
    diagram = study(DETECTED, tmp_path).probe.diagram
    unrolled = unroll(diagram)
    game = TreeGame(unrolled.tree)
    rules = dict(unrolled.behaviour(game, CONCEPTS["logit"].find(game, LogitSettings()).profile))
    one = do(diagram, dict(settings))
    own = {name: rule for name, rule in rules.items() if name not in dict(settings)}
    assert enumerated(one, own, {"settle": ("withdraw",)}) == pytest.approx(withdraw, abs=DIGITS)
    if war is not None:
        assert enumerated(one, own, {"war": ("war",)}) == pytest.approx(war, abs=DIGITS)


def test_what_is_averaged_over_situations_takes_those_in_which_it_arises(tmp_path: Path) -> None:
    """Found out are hard types in .25 of all and soft ones in .375: to hold is best in .4 of what arises."""
    asked = study(DETECTED, tmp_path)
    assert mean(asked, "best(settle = hold)") == pytest.approx(0.4)
    assert mean(asked, "best(settle = withdraw)") == pytest.approx(0.6)
    assert mean(asked, "margin(us.settle)") == pytest.approx(20.0)
    assert mean(asked, "drop(us.settle | type = hard) against type = soft") == pytest.approx(0.0)
    assert mean(asked, "both(us.settle)") == pytest.approx(1.0)
    assert set(asked.ask("best(us.settle)").parts) == {"withdraw", "hold"}


def test_a_choice_is_told_with_how_often_it_arises(tmp_path: Path) -> None:
    answer = study(DETECTED, tmp_path).ask("P(settle = withdraw)")
    assert answer.arising is not None
    assert answer.counting is not None
    assert (answer.arising.arises, answer.arising.then) == pytest.approx((0.625, 0.56))
    assert (answer.counting.chance, answer.counting.counted) == pytest.approx((0.56, 0.5))


def test_to_condition_on_arising_under_a_do_that_reaches_it_is_said_to_select(tmp_path: Path) -> None:
    asked = study(DETECTED, tmp_path)
    moved = asked.ask("P(settle = withdraw | arises(settle), do(policy = lax))").notes
    assert any("change where settle arises" in note for note in moved)
    held = asked.ask("P(war = war | arises(settle), do(settle = hold))").notes
    assert not any("change where" in note for note in held)
    assert not asked.ask("P(settle = withdraw | arises(settle))").notes


# --- the same case with a dummy option ----------------------------------------------------------------------

DUMMY = [
    ("    when: detection = found\n", ""),
    ("    options: [withdraw, hold]\n",
     "    options: [withdraw, hold, none_]\n    only: [{detection = found: [withdraw, hold]}, {otherwise: [none_]}]\n"),
    ("not arises(settle)", "settle = none_"),
]  # fmt: skip


def written_otherwise(text: str, changes: list[tuple[str, str]]) -> str:
    for one, other in changes:
        assert one in text
        text = text.replace(one, other)
    return text


ASKED = [
    ("P(settle = withdraw)", "P(settle = withdraw)"),
    ("P(settle = withdraw | arises(settle))", "P(settle = withdraw | settle != none_)"),
    ("P(war = war | type = soft)", "P(war = war | type = soft)"),
    ("P(type = soft | not arises(settle))", "P(type = soft | settle = none_)"),
    ("E(us)", "E(us)"),
    ("E(us | arises(settle))", "E(us | settle != none_)"),
    *((query, query) for query in (
        "would(war = war | seen war = war, do(detection = found))",
        "would(war = war | seen war = peace, do(policy = tight))",
        "P(war = war | do_foreseen(policy = tight))",
    )),
]  # fmt: skip


@pytest.mark.parametrize(("query", "other"), ASKED)
def test_a_dummy_option_says_the_same(query: str, other: str, tmp_path: Path) -> None:
    dummy = study(written_otherwise(DETECTED, DUMMY), tmp_path, name="dummy")
    same(study(DETECTED, tmp_path).ask(query).draws, dummy.ask(other).draws, 1e-9)


# --- what the owner does not see, nested, repeated ------------------------------------------------------------

UNSEEN = """
quandary: 2
title: T
as_of: 2030-01-01
actors:
  north: {rationality: x2 to x5 per 10, because: invented}
  south: {rationality: x2 to x5 per 10, because: invented}
story:
  - {chance: plot, private: north, states: [no, yes], odds: {yes: 20% to 60%, no: rest}, because: invented}
  - {decision: probe, by: north, options: [stay, go]}
  - chance: alarm
    given: [plot, probe]
    states: [off, on]
    odds:
      - plot = yes and probe = go: {on: 60% to 90%, off: rest}
      - probe = go: {on: 20% to 50%, off: rest}
      - otherwise: {on: 5% to 10%, off: rest}
    because: invented
  - decision: reply
    by: south
    when: alarm = on and plot = yes
    options: [wait, strike]
    usual: {wait: 2, strike: 1}
    because: invented
  - {chance: noise, given: [alarm], states: [low, high], odds: [{alarm = on: {high: 70%, low: rest}}, {otherwise: {high: 30%, low: rest}}], because: invented}
  - {decision: talk, by: south, when: reply = strike or not arises(reply), sees: [noise], options: [no, yes]}
  - {decision: leave, by: north, sees: [reply], when: arises(talk), options: [no, yes]}
  - chance: war
    given: [plot, reply, talk, leave]
    states: [peace, war]
    odds:
      - reply = strike and leave = no: {war: 30% to 60%, peace: rest}
      - talk = yes: {war: 1% to 5%, peace: rest}
      - plot = yes: {war: 20% to 40%, peace: rest}
      - otherwise: {war: 5% to 10%, peace: rest}
    because: invented
stakes:
  north:
    gain: {worth: [{probe = go and war = peace: 70 to 90}, {leave = yes: 40 to 50}, {war = war: 5 to 20}, {otherwise: 50}], because: invented}
  south:
    safe: {worth: [{war = war and reply = strike: 20 to 40}, {war = war: 0 to 10}, {talk = yes: 40 to 60}, {otherwise: 55}], because: invented}
"""  # noqa: E501

ASKED_FIRST = """  - chance: asked
    given: [alarm, plot]
    private: south
    states: [no, yes]
    odds: [{alarm = on and plot = yes: {yes: 100%, no: rest}}, {otherwise: {yes: 0%, no: 100%}}]
    because: invented
  - decision: reply
    by: south
    sees: [asked]
    options: [wait, strike, none_]
    only: [{asked = yes: [wait, strike]}, {otherwise: [none_]}]
    usual: {wait: 2, strike: 1, none_: 1}
"""

TALK = """  - decision: talk
    by: south
    sees: [noise]
    options: [no, yes, none_]
    only: [{'reply in (strike, none_)': [no, yes]}, {otherwise: [none_]}]
"""

LEAVE = """  - chance: asked_too
    private: north
    given: [talk]
    states: [no, yes]
    odds: [{talk = none_: {yes: 0%, no: 100%}}, {otherwise: {yes: 100%, no: 0%}}]
    because: invented
  - decision: leave
    by: north
    sees: [reply, asked_too]
    options: [no, yes, none_]
    only: [{asked_too = yes: [no, yes]}, {otherwise: [none_]}]
"""

REPLY = """  - decision: reply
    by: south
    when: alarm = on and plot = yes
    options: [wait, strike]
    usual: {wait: 2, strike: 1}
"""

EXPLICIT = [
    (REPLY, ASKED_FIRST),
    ("  - {decision: talk, by: south, when: reply = strike or not arises(reply), sees: [noise], options: [no, yes]}\n",
     TALK),
    ("  - {decision: leave, by: north, sees: [reply], when: arises(talk), options: [no, yes]}\n", LEAVE),
]  # fmt: skip

OTHERWISE_ASKED = [
    "P(reply = strike)", "P(talk = yes)", "P(leave = yes)", "P(war = war)", "P(probe = go)", "E(north)", "E(south)",
    "P(plot = yes | reply = strike)", "P(war = war | do(probe = go))", "P(war = war | do(plot = yes))",
    "P(reply = strike | do_foreseen(probe = go))", "P(war = war | do(alarm = on), talk = yes)",
    "would(war = war | seen war = peace, do(alarm = on))", "P(plot = yes | noise = high, talk = yes)",
    "best(south.talk = yes | talk in (no, yes))", "margin(north.probe)",
]  # fmt: skip


@pytest.mark.parametrize("query", OTHERWISE_ASKED)
def test_what_the_owner_does_not_see_is_told_by_being_asked(query: str, tmp_path: Path) -> None:
    """The same case with a chance event in between that only the one who is asked sees."""
    own = study(UNSEEN, tmp_path)
    explicit = study(written_otherwise(UNSEEN, EXPLICIT), tmp_path, name="explicit")
    same(own.ask(query.replace(" | talk in (no, yes)", "")).draws, explicit.ask(query).draws, 1e-7)


def test_being_asked_is_in_no_answer(tmp_path: Path) -> None:
    """The variable that carries it is in the game only: not in the case, and no query can name it."""
    asked = study(UNSEEN, tmp_path)
    assert "reply arises" in [v.name for v in asked.probe.diagram.variables]
    assert "reply arises" not in [item.id for item in asked.case.story]
    with pytest.raises(CaseError):
        asked.ask('P("reply arises" = yes)')


def test_a_later_decision_of_the_owner_remembers_whether_it_was_asked(tmp_path: Path) -> None:
    """Who was not asked knows that there was no alarm with a plot; who was, that there was."""
    asked = study(UNSEEN, tmp_path)
    assert mean(asked, "P(plot = yes | reply = strike)") == pytest.approx(1.0)
    parents = asked.probe.diagram.variable("talk").parents
    assert {"reply", "noise", "reply arises"} == set(parents)
    assert asked.probe.diagram.agent_form_only == ()


# --- what would have been ---------------------------------------------------------------------------------------


def test_had_the_decision_been_otherwise_where_it_arose(tmp_path: Path) -> None:
    """Peace was seen. Who holds kept it anyway, and where nothing arose nothing changes: .275 x .5 and .375 x .98.
    Of .35 x .9 who withdrew in peace, war comes in 4 of 9 on the same noise, and in between 4 and 5 of 9 on any."""
    asked = study(DETECTED, tmp_path)
    answer = asked.ask("would(war = war | seen war = peace, do(settle = hold))")
    assert answer.mean == pytest.approx(0.35 * 0.4 / 0.82)
    lowest, highest = (answer.parts[name].mean for name in ("lowest", "highest"))
    assert (lowest, highest) == pytest.approx((0.35 * 0.4 / 0.82, 0.35 * 0.5 / 0.82))


def test_what_was_seen_elsewhere_stays_when_a_decision_is_set(tmp_path: Path) -> None:
    """That nothing was detected is no descendant of the decision: it conditions, and nothing arises."""
    text = DETECTED + "evidence:\n  - {on: 2029-12-01, saw: detection = missed, because: invented}\n"
    asked = study(text, tmp_path)
    answer = asked.ask("P(war = war | do(settle = hold))")
    assert answer.mean == pytest.approx(0.02)
    assert not answer.aside
    assert asked.ask("P(settle = hold)").arising is not None
    assert mean(asked, "P(arises(settle))") == 0.0


# --- a new information set, kinds, clones -------------------------------------------------------------------------

RARE = DETECTED.replace("odds: {tight: 50%, lax: rest}", "odds: {tight: 0%, lax: 100%}").replace(
    "type = soft: {found: 50%, missed: rest}", "type = soft: {found: 0%, missed: 100%}"
)


def test_a_do_may_lead_to_a_decision_that_never_arises_in_the_game(tmp_path: Path) -> None:
    """What is chosen there is solved: nobody had chosen anything."""
    path = tmp_path / "rare.yaml"
    path.write_text(RARE, encoding="utf-8")
    loaded = read_case(path)
    assert {"Q196"} == {problem.code for problem in loaded.problems}
    asked = study(RARE, tmp_path)
    assert mean(asked, "P(arises(settle))") == 0.0
    assert mean(asked, "P(settle = withdraw | do(detection = found))") == pytest.approx(0.5)
    assert mean(asked, "P(war = war | do(policy = tight))") == pytest.approx(0.30)
    assert asked.ask("best(settle = hold)").mean is None


def test_not_arising_takes_no_share_of_what_is_usual(tmp_path: Path) -> None:
    """Kinds divide among options that are open, and doubling an option moves the other option alone."""
    text = written_otherwise(DETECTED, [
        ("    options: [withdraw, hold]\n",
         "    options: [withdraw, hold, stall]\n    kinds: {give: [withdraw], stay: [hold, stall]}\n"),
        ("{otherwise: 50}]", "{settle = stall: 70}, {otherwise: 50}]"),
    ]).replace("settle = hold: {war", "settle in (hold, stall): {war").replace("x2 per 10", "x1 per 10")  # fmt: skip
    text = text.replace("      - settle in (hold, stall)", '      - "settle in (hold, stall)"')
    asked = study(text, tmp_path)
    found = [mean(asked, f"P(settle = {option} | arises(settle))") for option in ("withdraw", "hold", "stall")]
    assert found == pytest.approx([0.5, 0.25, 0.25])
    assert mean(asked, "P(arises(settle))") == pytest.approx(0.625)


HIDDEN = """
quandary: 2
title: what is asked for is not seen
as_of: 2030-01-01
actors:
  n: {rationality: x3 per 10, because: invented}
story:
  - {chance: cause, states: [yes, no], odds: {yes: 40%, no: rest}, because: invented}
  - {chance: level, states: [low, high], odds: {low: 50%, high: rest}, because: invented}
  - decision: d
    by: n
    when: cause = yes
    sees: [level]
    options: [x, y, z]
    kinds: {one: [x, y], two: [z]}
stakes:
  n: {g: {worth: [{d = x: 60}, {d = y: 40}, {otherwise: 50}], because: invented}}
"""


@pytest.mark.parametrize(
    ("more", "shares"),
    [
        ("", {"x": 4.5 / 8, "y": 0.5 / 8, "z": 3 / 8}),
        ("    usual: {one: 1, two: 3}\n", {"x": 4.5 / 14, "y": 0.5 / 14, "z": 9 / 14}),
        ("    only: [{level = low: [x, z]}]\n", {"x": 4.5 / 16 + 9 / 24, "y": 0.5 / 16, "z": 3 / 16 + 3 / 24}),
        ("    only: [{level = low: [x, y]}]\n", {"x": 4.5 / 16 + 9 / 20, "y": 0.5 / 16 + 1 / 20, "z": 3 / 16}),
        (
            "    usual: [{level = low: {one: 1, two: 3}}, {otherwise: {one: 1, two: 1}}]\n",
            {"x": 4.5 / 28 + 4.5 / 16, "y": 0.5 / 28 + 0.5 / 16, "z": 9 / 28 + 3 / 16},
        ),
    ],
)
def test_kinds_where_the_condition_is_not_seen(more: str, shares: dict[str, float], tmp_path: Path) -> None:
    """x3 per 10: x is nine times as good as y, z three times; a kind's share is divided among what is open of it."""
    asked = study(HIDDEN.replace("stakes:", f"{more}stakes:"), tmp_path)
    for option, share in shares.items():
        assert mean(asked, f"P(d = {option} | arises(d))") == pytest.approx(share, abs=1e-9)
        assert mean(asked, f"P(d = {option})") == pytest.approx(0.4 * share, abs=1e-9)


# --- equilibria and concepts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("concept", ["logit", "sequential", "subgame"])
def test_every_concept_solves_it_as_it_does_the_dummy_option(concept: str, tmp_path: Path) -> None:
    own, dummy = (study(text, tmp_path).probe.diagram for text in (DETECTED, written_otherwise(DETECTED, DUMMY)))
    rules = [
        solve(diagram, concept).behaviour["settle"].over(("type", "detection", "settle")) for diagram in (own, dummy)
    ]
    assert np.allclose(rules[0], rules[1], atol=1e-9)
    assert np.array_equal(rules[0][:, 0, :, 0], [[0.0, 0.0, 1.0]] * 2)


def test_a_kind_of_equilibrium_is_told_by_what_is_chosen_where_it_arises(tmp_path: Path) -> None:
    found = sketch([play(study(DETECTED, tmp_path).probe.diagram)], ["settle"])
    assert found.whole["settle"].options == ("withdraw", "hold")
    assert found.whole["settle"].values[0, 0, :, 0] == pytest.approx([0.56, 0.44])
    assert all(name != "settle arises" for seen in found.by_situation["settle"].seen for name, _ in seen)


def test_a_case_is_written_back_with_its_conditions(tmp_path: Path) -> None:
    case = case_of(UNSEEN, tmp_path)
    again = case_of(written_case(case), tmp_path, "again")
    assert [item.when for item in again.story if isinstance(item, DecisionEvent)] == [
        item.when for item in case.story if isinstance(item, DecisionEvent)
    ]
    assert written_case(again) == written_case(case)


def test_where_nothing_is_chosen_nothing_is_told_of_a_choice(tmp_path: Path) -> None:
    """Neither that a decision does not arise, nor that an actor is not asked, is a line of its own."""
    path = tmp_path / "case.yaml"
    path.write_text(HIDDEN, encoding="utf-8")
    told = CliRunner().invoke(build_app(), ["solve", str(path), "--quiet"])
    assert told.exit_code == 0
    assert "does not arise" not in told.stdout
    assert "d arises=yes" in told.stdout
