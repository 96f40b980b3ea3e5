"""Every task hears the token that is handed to it: what is done by then comes back, or nothing and ``Stopped``."""

from __future__ import annotations

import json
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from quandary.base import Stopped, StopToken
from quandary.case import TEMPLATE, shipped_folder
from quandary.report import dumps
from quandary.use import TASKS, Hands, request_from, task_named

CASE = str(shipped_folder() / TEMPLATE)
CLASH = "P(outcome = clash)"
LONG: dict[str, list[dict[str, Any]]] = {
    "run": [{}],
    "demo": [{}],
    "ask": [{"query": CLASH}],
    "why": [{"thing": CLASH}, {"thing": "belmar.answer"}, {"thing": "answer = strike"}],
    "report": [{"format": "json"}],
    "timeline": [{}],
    "paths": [{"event": "outcome = clash", "change": "dam: share to fill", "through": ["answer"]}],
    "suppose": [{"query": CLASH, "announce": ["dam: fill if drought = dry; else share"]}],
    "ladder": [{"claim": "drought-danger"}],
    "flips": [{"thing": CLASH}, {"thing": CLASH, "structure": True}],
    "information": [{"thing": "belmar.answer"}, {"thing": CLASH}, {"thing": "arlan.dam", "choose": True}],
    "equilibria": [{}],
}
"""What is asked of every task that takes long, but for comparing, migrating, and solving with a limit of its own."""

ELSEWHERE = {"compare", "critique", "migrate", "solve", "next", "ledger add", "ledger import"}
"""What takes long and is stopped in tests of its own, or gives nothing at all where it is stopped."""

MADE_OF_TWO = {"suppose"}
"""Where nothing can be said while only the first of two games is solved."""


@dataclass
class Told:
    """Gives the token once it was told so many times, and counts."""

    token: StopToken
    after: int
    times: int = field(default=0)

    def __call__(self, what: str, done: int, total: int) -> None:
        self.times += 1
        if self.times >= self.after:
            self.token.give()


def requests() -> list[Any]:
    return [
        pytest.param(name, one, id=" ".join([name, *map(str, one.values())])) for name in LONG for one in LONG[name]
    ]


def request(name: str, own: dict[str, Any]) -> object:
    case = {} if name == "demo" else {"case": CASE}
    return request_from(task_named(name).request, {**case, "worlds": 3000, **own})


def test_every_task_that_takes_long_is_stopped_here() -> None:
    assert {task.name for task in TASKS if task.takes_long} == {*LONG, *ELSEWHERE}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "own"), requests())
def test_a_task_stops_before_it_begins(name: str, own: dict[str, Any]) -> None:
    token = StopToken()
    token.give()
    told = Told(token, 1)
    with suppress(Stopped):
        assert not task_named(name).run(request(name, own), Hands(told, token)).complete
    assert not told.times


@pytest.mark.slow
@pytest.mark.parametrize(("name", "own"), requests())
def test_a_task_stops_on_its_way(name: str, own: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANDARY_RUNNER", "thread")
    token = StopToken()
    told = Told(token, 2)
    with suppress(Stopped) if name in MADE_OF_TWO else nullcontext():
        assert not task_named(name).run(request(name, own), Hands(told, token)).complete
    assert told.times == 2


def test_comparing_stops_on_its_way(tmp_path: Path) -> None:
    text = (shipped_folder() / TEMPLATE / "case.yaml").read_text(encoding="utf-8")
    other = tmp_path / "case.yaml"
    text = text.replace("{dry: 30% to 60%", "{dry: 50% to 80%").replace("{angry: 20% to 50%", "{angry: 40% to 60%")
    other.write_text(text.replace("\ntext: ", "\n# text: "), encoding="utf-8")
    token = StopToken()
    told = Told(token, 1)
    asked: object = request_from(
        task_named("compare").request, {"first": CASE, "second": str(other), "query": CLASH, "worlds": 100}
    )
    with pytest.raises(Stopped):
        task_named("compare").run(asked, Hands(told, token))
    assert told.times == 1


def test_migrating_stops_on_its_way_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANDARY_RUNNER", "thread")
    case = tmp_path / "case.yaml"
    text = (shipped_folder() / TEMPLATE / "case.yaml").read_text(encoding="utf-8")
    text = text.replace("quandary: 2", "quandary: 1").replace("\ntext: ", "\n# text: ")
    case.write_text(text, encoding="utf-8")
    token = StopToken()
    told = Told(token, 2)
    asked: object = request_from(
        task_named("migrate").request, {"case": str(case), "worlds": 3000, "keep_old": ["all"], "write": True}
    )
    found = task_named("migrate").run(asked, Hands(told, token))
    assert told.times == 2
    assert not found.complete
    assert case.read_text(encoding="utf-8") == text


@pytest.mark.slow
@pytest.mark.parametrize("own", [{}, {"concept": "subgame"}, {"concept": "pure"}, {"rationality": "trace"}], ids=str)
def test_solving_that_is_stopped_is_interrupted_and_not_out_of_time(own: dict[str, Any]) -> None:
    task, kept = task_named("solve"), 0
    asked: object = request_from(task.request, {"file": CASE, **own})
    for after in range(1, 60):
        token = StopToken()
        told = Told(token, after)
        try:
            found = task.run(asked, Hands(told, token))
        except Stopped:
            continue
        if told.times < after:
            break
        shown = found.document()
        assert shown is not None
        document = json.loads(dumps(shown))
        assert "--limit" not in str(document["next_steps"])
        assert "out of time" not in {document["stopped"], document["statements_stopped"]}
        assert found.complete == ("interrupted" not in {document["stopped"], document["statements_stopped"]})
        kept += not found.complete
    assert kept


@pytest.mark.parametrize("name", ["ledger add", "ledger import"])
def test_a_ledger_takes_nothing_of_what_was_stopped(name: str, tmp_path: Path) -> None:
    place = str(tmp_path / "ledger.sqlite")
    rows = tmp_path / "rows.csv"
    rows.write_text("question,until,said,who,forecast\n" + "Will it?,2031-01-01,2021-01-01,Ana,30%\n" * 5000)
    own: dict[str, Any] = {"from_case": CASE, "worlds": 3000} if name == "ledger add" else {"file": str(rows)}
    token = StopToken()
    told = Told(token, after=1)
    with pytest.raises(Stopped):
        task_named(name).run(request_from(task_named(name).request, {"ledger": place, **own}), Hands(told, token))
    assert told.times
    token = StopToken()
    if Path(place).exists():
        found = task_named("ledger verify").run(request_from(task_named("ledger verify").request, {"ledger": place}))
        document = found.document()
        assert document is not None
        assert '"entries": 0' in dumps(document)
