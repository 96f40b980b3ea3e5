"""Random moves of a case that is held open, and the run of its file that its answers are held to."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from quandary.ask import written_numbers
from quandary.base import CaseError, Refusal
from quandary.case import ChanceEvent
from quandary.report import plain
from quandary.use import (
    HANDS,
    ArcMove,
    CaseMove,
    EvidenceDayMove,
    LikelihoodMove,
    OptionMove,
    OrderMove,
    RangeMove,
    RunRequest,
    RunResult,
    Session,
    SessionAnswers,
    loaded_case,
    studied_case,
)

WORTH = re.compile(r"[0-9]+(?:\.[0-9]+)?")
WRITTEN = re.compile(r"(?:[+-](?=[0-9])|(?=[0-9A-Za-z]))[0-9A-Za-z.%+-]+(?: [0-9A-Za-z.%+-]+)*")
WORDS = ("likely", "unlikely", "almost certain", "about even")


def copied(case: Path, to: Path) -> Path:
    """Return a copy of a case that can be written to."""
    if case.is_file():
        return Path(shutil.copy(case, to / "case.yaml"))
    return Path(shutil.copytree(case, to / case.name))


def random_move(session: Session, chance: random.Random) -> CaseMove:
    """Return a move that the case may or may not stand."""
    case = session.state.case
    kind = chance.choices(("range", "word", "option", "order", "arc", "day"), weights=(60, 8, 8, 6, 8, 10))[0]
    if kind == "option":
        decision = chance.choice([item for item in case.story if hasattr(item, "options")])
        return OptionMove(decision=decision.id, option=chance.choice(decision.options))
    if kind == "order":
        stake = chance.choice(case.stakes)
        item = chance.choice([one for one in case.story if hasattr(one, "states")])
        return OrderMove(of=f"{stake.actor}.{stake.id}", rising=tuple(f"{item.id} = {one}" for one in item.states))
    if kind == "arc":
        listening = [item for item in case.story if isinstance(item, ChanceEvent) and item.given]
        if listening:
            item = chance.choice(listening)
            return ArcMove(variable=item.id, parent=chance.choice(item.given))
    if kind == "day":
        return EvidenceDayMove(day=chance.choice([None, *(one.on for one in case.evidence)]))
    numbers = [(one.path, one.place) for one in session.state.model.quantities]
    path, place = chance.choice([*numbers, *((one.path, one.place) for one in written_numbers(case))])
    if kind == "word":
        return LikelihoodMove(number=path, word=chance.choice(WORDS))
    return RangeMove(number=path, value=jittered(session, place, chance))


def jittered(session: Session, place: Any, chance: random.Random) -> str:
    """Return what is written at a place with every number in it somewhat other, in the same order."""
    file = session.text.file(place.file)
    assert file is not None
    found = WRITTEN.match(file.lines[place.line - 1], place.column - 1)
    if found is None:
        return "20% to 40%"
    factor = chance.uniform(0.8, 1.2)
    if " " not in found.group() and chance.random() < 0.5:  # a number that nobody doubted becomes a range
        return f"{_times(found.group(), 0.7)} to {_times(found.group(), 1.1)}"
    return _times(found.group(), factor)


def _times(written: str, factor: float) -> str:
    return WORTH.sub(lambda one: f"{float(one.group()) * factor:.3g}", written)


def moved(session: Session, chance: random.Random) -> CaseMove:
    """Make random moves until one stands; what is refused leaves everything as it was."""
    while True:
        move = random_move(session, chance)
        before = session.text, session.version, session.moves
        try:
            session.move(move)
        except (CaseError, Refusal):
            assert (session.text, session.version, session.moves) == before
            continue
        return move


def assert_a_fresh_run_says_the_same(session: Session, found: SessionAnswers | None, path: Path) -> None:
    """Hold a session's answers to a run of its file, saved, to the last bit; without answers, that this fails too."""
    session.save()
    own = session.settings
    request = RunRequest(case=str(path), worlds=own.worlds, seed=own.seed, as_of=session.as_of, search=False)
    if found is None:
        try:
            _run(request)
        except (CaseError, Refusal):
            return
        raise AssertionError("the session failed where a fresh run does not")
    study, document = _run(request)
    assert without_seconds(plain(found.result.document())) == without_seconds(document)
    assert found.study.worlds == study.worlds
    assert found.study.found.values.keys() == study.found.values.keys()
    for inquiry, values in study.found.values.items():
        assert np.array_equal(found.study.found.values[inquiry], values, equal_nan=True), inquiry
    for inquiry, chances in study.found.within.items():
        assert np.array_equal(found.study.found.within[inquiry], chances), inquiry
    assert np.array_equal(found.study.evidence_weights, study.evidence_weights)


def _run(request: RunRequest) -> tuple[Any, Any]:
    case, problems = loaded_case(request.case)
    study, report = studied_case(case, problems, request, HANDS)
    return study, plain(RunResult(report).document())


def without_seconds(document: Any) -> Any:
    """Return a document without times, which are no answers."""
    if isinstance(document, dict):
        return {name: without_seconds(value) for name, value in document.items() if "seconds" not in name}
    return [without_seconds(one) for one in document] if isinstance(document, list) else document
