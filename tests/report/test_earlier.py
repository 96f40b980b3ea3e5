"""``--schema 1``: today's findings under the keys and in the words of the version before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.ask.crisis import TEXT
from typer.testing import CliRunner

from quandary.ask import ByConstruction, ByConstructionStatus, History
from quandary.cli import build_app
from quandary.quantities import Share
from quandary.report import EARLIER_HISTORIES, EARLIER_STATUSES, earlier_verdict

OTHER_WAY = "P(war | do_foreseen(unrest = threat)) < P(war | do_foreseen(unrest = none))"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """Return a run of the crisis in both versions; one reading is written with ``do_foreseen``."""
    place = tmp_path_factory.mktemp("earlier") / "crisis.yaml"
    sign = "      sign: P(war | do(unrest = threat)) < P(war | do(unrest = none))\n"
    assert sign in TEXT
    place.write_text(TEXT.replace(sign, f"{sign}      foreseen: {OTHER_WAY}\n"), encoding="utf-8")
    return run_of(place), run_of(place, "--schema", "1")


def run_of(place: Path, *options: str) -> Any:
    done = CliRunner().invoke(build_app(), ["run", str(place), "-w", "500", "-q", "--json", *options])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def readings_of(document: Any) -> dict[str, Any]:
    return {f"{claim['id']}.{name}": test for claim in document["claims"] for name, test in claim["tests"].items()}


def test_the_same_readings_with_the_same_numbers(both: tuple[Any, Any]) -> None:
    now, before = both
    assert (now["schema"], before["schema"]) == ("quandary.run/2", "quandary.run/1")
    newest, old = readings_of(now), readings_of(before)
    assert list(newest) == list(old)
    for name, test in newest.items():
        assert old[name]["query"] == test["query"]
        assert old[name]["effect"] == test["effect"]
        assert old[name]["dropped"] == test["set_aside"]
        assert old[name]["holds_in"] == (test["share"] or {}).get("value")
    for key in set(now) & set(before) - {"schema", "claims", "questions", "checks"}:
        assert now[key] == before[key], key


def test_unseen_is_what_do_says_now(both: tuple[Any, Any]) -> None:
    """Of a query with ``do`` the query itself, of one with ``do_foreseen`` its other form, of one without nothing."""
    now, before = both
    newest, old = readings_of(now), readings_of(before)
    plain = old["crisis_pacifies.sign"]
    assert plain["verdict_unseen"] == plain["verdict"]
    assert plain["holds_in_unseen"] == plain["holds_in"]
    assert plain["effect_unseen"] == plain["effect"]
    foreseen, other = old["crisis_pacifies.foreseen"], newest["crisis_pacifies.foreseen"]["other_form"]
    assert other["form"] == "do"
    assert foreseen["holds_in_unseen"] == other["share"]["value"] == newest["crisis_pacifies.sign"]["share"]["value"]
    assert foreseen["effect_unseen"] == other["effect"]
    without = [old[name] for name, test in newest.items() if test["other_form"] is None and "do" not in test["query"]]
    assert all(test["verdict_unseen"] is None for test in without)


FORCED = ByConstruction(ByConstructionStatus.PROVED, True)
NOT_FOUND = ByConstruction(ByConstructionStatus.NO_COUNTER_EXAMPLE, False)
SETTLED = ByConstruction(ByConstructionStatus.SETTLED, True)


@pytest.mark.parametrize(
    ("share", "construction", "word"),
    [
        (1.0, None, "holds"),
        (0.9, None, "holds"),
        (0.899, None, "fragile"),
        (0.6, None, "fragile"),
        (0.5, None, "fragile"),
        (0.101, None, "fragile"),
        (0.1, None, "fails"),
        (0.0, None, "fails"),
        (1.0, FORCED, "by_construction_true"),
        (0.0, NOT_FOUND, "by_construction_false"),
        (1.0, SETTLED, "holds"),
        (None, None, "not_testable"),
    ],
)
def test_a_share_in_the_old_words(share: float | None, construction: ByConstruction | None, word: str) -> None:
    assert earlier_verdict(None if share is None else Share(share, 0.0, 1.0), construction) == word


def test_every_word_of_today_has_an_old_one() -> None:
    assert set(EARLIER_HISTORIES) == set(History)
    assert set(EARLIER_STATUSES) == set(ByConstructionStatus)
    assert EARLIER_HISTORIES[History.NOT_SETTLED] == "open", "nothing is said to have come about that did not"
