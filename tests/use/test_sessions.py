"""A case held open: moves as data, few lines of text, first answers, stopping, undoing, saving, conflicts."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from tests.use.moving import copied

import quandary
from quandary.base import CaseError, Refusal, StopToken
from quandary.case import TEMPLATE, shipped_folder
from quandary.use import (
    MOVES,
    ArcMove,
    CaseMove,
    DoneEvent,
    EvidenceDayMove,
    FailedEvent,
    Following,
    HeadlineEvent,
    LikelihoodMove,
    OptionMove,
    OrderMove,
    RangeMove,
    ResetMove,
    Session,
    SessionEvent,
    StoppedEvent,
    VerdictsEvent,
    move_from,
    move_schema,
)

TEMPLATE_CASE = shipped_folder() / TEMPLATE
DRY = RangeMove(number="story.drought.odds.dry", value="50% to 80%")
ANGRY = RangeMove(number="story.resolve.odds.angry", value="60% to 90%")


def opened(folder: Path, worlds: int = 160) -> Session:
    return quandary.open(copied(TEMPLATE_CASE, folder), worlds=worlds, threads=1)


def changed_lines(session: Session) -> list[str]:
    lines = session.diff().splitlines()
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def test_moves_change_few_lines_and_keep_comments(tmp_path: Path) -> None:
    session = opened(tmp_path)
    session.move(RangeMove(number="actors.arlan.rationality", value="x3 to x5 per 10"))
    assert changed_lines(session) == [
        "-  arlan: {name: Arlan, rationality: x2 to x6 per 10, because: judgement}",
        "+  arlan: {name: Arlan, rationality: x3 to x5 per 10, because: judgement}",
    ]
    session.undo()
    session.move(LikelihoodMove(number="story.drought.odds.dry", word="unlikely"))
    assert changed_lines(session) == [
        "-    odds: {dry: 30% to 60%, normal: rest}",
        "+    odds: {dry: unlikely, normal: rest}",
    ]
    session.undo()
    session.move(OptionMove(decision="answer", option="complain"))
    assert changed_lines(session) == [
        "-      - dam = share: [accept, complain]      # nobody bombs a dam that shares its water",
        "+      - dam = share: [accept]      # nobody bombs a dam that shares its water",
        "+      - {otherwise: [accept, strike]}",
    ]
    session.undo()
    session.move(EvidenceDayMove(day=session.state.case.evidence[0].on))
    assert not session.changed
    assert session.as_of == session.state.case.evidence[0].on
    session.undo()
    assert session.as_of is None
    assert session.undo() is None


LISTENING = """
quandary: 2
title: arcs
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x2 to x6 per 10, because: invented}
story:
  - chance: heat
    states: [low, high]
    odds: {high: 20% to 40%, low: rest}
    because: invented
  - chance: noise
    states: [low, high]
    odds: {high: 20% to 40%, low: rest}
    because: invented
  - chance: riot
    given: [heat, noise]        # both were seen before
    states: [no, yes]
    base: {"yes": 10% to 20%, "no": rest}
    because: invented
    effects:
      - heat = high: {"yes": x2 to x3}      # of 2019
        because: invented
      - noise = high: {"yes": x2 to x4}
        because: invented
  - decision: act
    by: a
    sees: [riot]
    options: [wait, go]
stakes:
  a:
    calm:
      worth:
        - riot = no and act = wait: 80 to 100
        - act = go: 40 to 60
        - otherwise: 0 to 20
      because: invented
questions:
  riot: {asks: "Is there a riot?", query: P(riot = yes)}
"""


def test_an_arc_and_its_effects_go_and_an_order_takes_the_place_of_worths(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(LISTENING)
    session = quandary.open(path, worlds=64, threads=1)
    session.move(ArcMove(variable="riot", parent="heat"))
    assert [line for line in changed_lines(session) if line[0] == "+"] == [
        "+    given: [noise]        # both were seen before"
    ]
    assert session.state.case.variable("riot").given == ("noise",)  # type: ignore[union-attr]
    session.move(OrderMove(of="a.calm", rising=("riot = yes", "riot = no")))
    assert session.state.case.stakes[0].ordered
    session.move(ResetMove(what=("arc", "riot", "heat")))
    assert session.state.case.variable("riot").given == ("heat", "noise")  # type: ignore[union-attr]
    assert session.state.case.stakes[0].ordered
    with pytest.raises(Refusal, match="no move of"):
        session.move(ResetMove(what=("arc", "riot", "noise")))


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (RangeMove(number="story.drought.odds.wet", value="10% to 20%"), "Q817"),
        (RangeMove(number="story.drought.odds.dry", value="twenty to forty apples"), None),
        (LikelihoodMove(number="story.drought.odds.dry", word="surely maybe"), "Q208"),
        (OptionMove(decision="dam", option="burst"), "Q817"),
        (OptionMove(decision="drought", option="dry"), "Q817"),
        (ArcMove(variable="outcome", parent="drought"), "Q817"),
        (ArcMove(variable="outcome", parent="answer"), "Q818"),
        (OrderMove(of="arlan.glory", rising=("a", "b")), "Q817"),
        (ResetMove(what=("number", "story.drought.odds.dry")), "Q817"),
    ],
)
def test_what_cannot_be_moved_is_refused_and_nothing_changes(tmp_path: Path, move: CaseMove, code: str | None) -> None:
    session = opened(tmp_path)
    before = session.text, session.version
    with pytest.raises((CaseError, Refusal)) as raised:
        session.move(move)
    fault = raised.value
    assert isinstance(fault, CaseError | Refusal)
    codes = [one.code for one in (fault.problems if isinstance(fault, CaseError) else (fault.problem,))]
    assert code is None or code in codes
    assert (session.text, session.version, session.moves) == (*before, ())


def test_moves_travel_as_json() -> None:
    moves = [
        DRY,
        LikelihoodMove(number="n", word="likely"),
        OrderMove(of="a.b", rising=("x", "y")),
        ArcMove(variable="a", parent="b"),
        OptionMove(decision="a", option="b"),
        EvidenceDayMove(),
        EvidenceDayMove(day=quandary.load(TEMPLATE_CASE).case.as_of),
        ResetMove(what=("number", "n")),
    ]
    assert {move.kind for move in moves} == set(MOVES)
    for move in moves:
        assert move_from(json.loads(json.dumps(move.to_dict()))) == move
    assert [kind["properties"]["kind"]["const"] for kind in move_schema()["oneOf"]] == list(MOVES)
    for wrong in ({}, {"kind": "rnage"}, {"kind": "range", "number": "n"}, {"kind": "range", "number": 1, "value": ""}):
        with pytest.raises(CaseError) as raised:
            move_from(wrong)
        assert {problem.code for problem in raised.value.problems} == {"Q819"}


def test_first_answers_come_whatever_the_token_says(tmp_path: Path) -> None:
    session, events, stop = opened(tmp_path), list[SessionEvent](), StopToken()
    stop.give()
    assert session.answers(events.append, stop) is None
    assert [type(event) for event in events] == [HeadlineEvent, VerdictsEvent, StoppedEvent]
    assert json.loads(json.dumps([event.to_dict() for event in events]))[1]["verdicts"]


def test_answers_come_better_and_better_and_then_done(tmp_path: Path) -> None:
    session, events = opened(tmp_path, 4_000), list[SessionEvent]()
    session.answers()
    session.move(ANGRY)
    found = session.answers(events.append)
    assert found is not None
    done = [event.worlds for event in events if isinstance(event, HeadlineEvent)]
    assert done == sorted(set(done))
    assert done[-1] < 4_000
    assert isinstance(events[-1], DoneEvent)
    assert {event.version for event in events} == {session.version}
    assert json.loads(json.dumps(events[-1].to_dict()))["answers"]["schema"] == "quandary.run/2"
    assert found.report.headline is not None
    mean = found.report.headline.answer.mean
    for event in events:
        if isinstance(event, HeadlineEvent) and event.answer is not None:
            assert mean is not None
            assert event.answer.low is not None
            assert event.answer.high is not None
            assert event.answer.low <= mean <= event.answer.high
    last = [event for event in events if isinstance(event, VerdictsEvent)][-1]
    said = {(claim.claim.id, test.name): test.verdict.value for claim in found.findings.claims for test in claim.tests}
    assert {(one.claim, one.test): one.verdict for one in last.verdicts if not one.settling}.items() <= said.items()


def test_a_move_that_changes_nothing_moves_no_first_answer(tmp_path: Path) -> None:
    session, events = opened(tmp_path, 320), list[SessionEvent]()
    before = session.answers()
    assert before is not None
    assert before.report.headline is not None
    session.move(RangeMove(number="stakes.belmar.water.weight", value="50% to 70%"))
    session.move(RangeMove(number="story.drought.odds.dry", value="31% to 60%"))
    session.move(RangeMove(number="story.drought.odds.dry", value="30% to 60%"))
    stop = StopToken()
    stop.give()
    session._done.clear()  # the text is that of the answers kept, which would come at once
    session.answers(events.append, stop)
    first = events[0]
    assert isinstance(first, HeadlineEvent)
    assert first.answer is not None
    assert first.answer.mean == pytest.approx(before.report.headline.answer.mean, abs=1e-9)
    assert first.answer.low == pytest.approx(first.answer.high, abs=1e-9)


def test_what_was_answered_before_an_undone_move_is_there_at_once(tmp_path: Path) -> None:
    session, events = opened(tmp_path), list[SessionEvent]()
    first = session.answers()
    session.move(DRY)
    session.answers()
    assert session.undo() == DRY
    assert session.answers(events.append) is first
    assert [event.kind for event in events] == ["done"]
    assert events[0].version == session.version


def test_faults_that_only_worlds_show_are_told(tmp_path: Path) -> None:
    session, events = opened(tmp_path), list[SessionEvent]()
    session.move(RangeMove(number="story.drought.odds.dry", value="0%"))  # which is what was seen
    assert session.answers(events.append) is None
    assert isinstance(events[-1], FailedEvent)
    assert events[-1].problems
    assert json.loads(json.dumps(events[-1].to_dict()))["problems"][0]["code"] == events[-1].problems[0].code
    session.undo()
    assert session.answers() is not None


def test_of_moves_that_wait_the_newest_is_worked_out(tmp_path: Path) -> None:
    session, events, entered, go_on = opened(tmp_path), list[SessionEvent](), threading.Event(), threading.Event()

    def tell(event: SessionEvent) -> None:
        events.append(event)
        if not entered.is_set():
            entered.set()
            assert go_on.wait(60)

    with Following(session, tell) as following:
        assert entered.wait(60)  # the first headline: its state is finished coarse, then left
        first = session.version
        for value in ("31% to 60%", "32% to 60%", "33% to 60%"):
            last = following.move(RangeMove(number="story.drought.odds.dry", value=value))
        go_on.set()
        assert following.wait(60)
    assert [(event.kind, event.version) for event in events[:3]] == [
        ("headline", first),
        ("verdicts", first),
        ("stopped", first),
    ]
    assert {event.version for event in events} == {first, last}
    assert (events[-1].kind, events[-1].version) == ("done", last)


def test_saving_writes_few_lines_and_a_change_outside_is_a_conflict(tmp_path: Path) -> None:
    session = opened(tmp_path)
    path = Path(session.text.main.path)
    before = path.read_text()
    assert session.save() == ()
    session.move(DRY)
    assert session.save() == (path,)
    assert path.read_text() == before.replace("dry: 30% to 60%", "dry: 50% to 80%")
    assert not session.diff()
    session.undo()
    assert changed_lines(session)[1] == "+    odds: {dry: 30% to 60%, normal: rest}"
    session.move(ANGRY)
    outside = path.read_text().replace("title: The dam at Ostrel", "title: The dam")
    path.write_text(outside)
    with pytest.raises(Refusal, match="changed by somebody else"):
        session.save()
    assert path.read_text() == outside
    assert session.take_up()
    assert session.state.case.title == "The dam"
    assert session.moves == (ANGRY,)
    session.save()
    assert path.read_text() == outside.replace("angry: 20% to 50%", "angry: 60% to 90%")
    assert not session.take_up()


def test_a_move_that_a_changed_file_has_no_place_for_is_said_and_nothing_lost(tmp_path: Path) -> None:
    session = opened(tmp_path)
    path = Path(session.text.main.path)
    session.move(OptionMove(decision="answer", option="complain"))
    own = session.text
    path.write_text(path.read_text().replace("complain", "protest"))
    with pytest.raises(CaseError, match="changed outside"):
        session.take_up()
    assert session.text == own
    assert session.moves
    session.undo()
    assert session.take_up()


def test_a_case_that_ships_is_not_written_to() -> None:
    session = quandary.open(TEMPLATE_CASE, worlds=32, threads=1)
    session.move(DRY)
    with pytest.raises(Refusal, match="ships"):
        session.save()
