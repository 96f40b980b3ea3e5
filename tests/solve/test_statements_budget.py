"""An answer does not wait for what is said beside it, and is not lost with it; what was finished is called so."""

from __future__ import annotations

from pathlib import Path

import pytest

from quandary.base import INTERRUPTED, OUT_OF_TIME, Stopped
from quandary.onegame import WHAT, Request
from quandary.report import plain, solve_document, solved_lines
from quandary.use import solve_file

ENTRY = """EFG 2 R "entry" { "in" "out" }
p "" 1 1 "" { "enter" "stay" } 0
p "" 2 1 "" { "fight" "share" } 0
t "" 1 "" { -1, -1 }
t "" 2 "" { 1, 1 }
t "" 3 "" { 0, 2 }
"""
MATCHING = """NFG 1 R "pennies" { "1" "2" } { 2 2 }
1 -1 -1 1 -1 1 1 -1
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    for name, text in (("entry.efg", ENTRY), ("pennies.nfg", MATCHING)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return {"entry": str(tmp_path / "entry.efg"), "pennies": str(tmp_path / "pennies.nfg")}


@pytest.mark.parametrize(
    ("stop", "said"), [(KeyboardInterrupt, INTERRUPTED), (Stopped, OUT_OF_TIME), (None, OUT_OF_TIME)]
)
@pytest.mark.parametrize("concept", ["pure", "perfect", "mixed", "sequential", "subgame"])
def test_a_stop_during_the_statements_keeps_the_answer(
    files: dict[str, str], concept: str, stop: type[BaseException] | None, said: str
) -> None:
    def proceed(what: str, _done: int, _total: int) -> bool:
        if what == WHAT and stop is not None:
            raise stop
        return what != WHAT

    solved = solve_file(files["entry"], Request(concept), proceed=proceed)
    assert solved.equilibria and solved.complete and not solved.stopped
    assert solved.statements_stopped == said
    assert solve_document(solved).complete is (said != INTERRUPTED)
    told = "\n".join(solved_lines(solved))
    assert ("INTERRUPTED" in told) == (said == INTERRUPTED)
    assert ("--limit 2m" in told) == (said == OUT_OF_TIME)


@pytest.mark.parametrize(
    ("file", "concept", "all_listed"),
    [
        ("entry", "pure", True),
        ("entry", "perfect", True),
        ("entry", "mixed", True),
        ("entry", "sequential", False),
        ("entry", "subgame", False),
        ("entry", "logit", False),
        ("entry", "correlated", False),
        ("pennies", "zero_sum", False),
        ("pennies", "logit", False),
        ("pennies", "pure", True),
    ],
)
def test_complete_says_that_the_work_was_finished(
    files: dict[str, str], file: str, concept: str, all_listed: bool
) -> None:
    body = plain(solve_document(solve_file(files[file], Request(concept))))
    assert body["complete"] is True and body["all_listed"] is all_listed


@pytest.mark.parametrize("concept", ["pure", "mixed", "zero_sum", "correlated", "sequential", "logit"])
def test_what_was_stopped_is_not_complete(files: dict[str, str], concept: str) -> None:
    body = plain(solve_document(solve_file(files["pennies"], Request(concept), proceed=lambda *_: False)))
    assert body["complete"] is False and body["all_listed"] is False and body["stopped"] == OUT_OF_TIME


def test_more_time_spends_more_work(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With next to no work allowed statements stay open and say how to spend more; a longer limit settles them."""
    for name in ("WORK_AT_MOST", "WORK_EACH", "WORK_ON_LIMIT"):
        monkeypatch.setattr(f"quandary.onegame.judging.statements.{name}", 1)
    poor = solve_file(files["entry"], Request("pure"))
    assert solve_document(poor).statements_lack and "--limit 2m" in "\n".join(solved_lines(poor))
    rich = solve_file(files["entry"], Request("pure", seconds=30_000.0))
    assert solve_document(rich).statements_lack is None
