"""``quandary equilibria`` as a user meets it: sentences, JSON, faults with codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.ask.test_equilibria import SOUTH, TEXT
from typer.testing import CliRunner, Result

from quandary.cli import build_app

TEMPLATE = str(Path(__file__).resolve().parents[2] / "src" / "quandary" / "cases" / "_template")


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace("exact_like", f"{{precision: {SOUTH}}}"), encoding="utf-8")
    return str(path)


def call(case: str, *arguments: str) -> Result:
    return CliRunner().invoke(build_app(), ["equilibria", case, *arguments, "--worlds", "24", "--quiet"])


def test_it_says_in_how_many_worlds_and_what_the_answer_ranges_over(case: str) -> None:
    done = call(case, "P(road = left)")
    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    assert said.startswith("Several equilibria were found in ")
    assert "of 24 worlds" in said
    assert "there may be more" in said
    assert "under the equilibrium selected; from " in said
    assert "Equilibria found in the game itself 1 exists in all the worlds, selected in all the worlds" in said
    assert "North, road: mostly left" in said
    assert "The probability that road is left, if played: " in said


def test_json_holds_the_same(case: str) -> None:
    done = call(case, "P(road = left)", "--json", "--starts", "20")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["schema"] == "quandary.equilibria/2"
    assert (found["worlds"], found["starts"]) == (24, 20)
    (game,) = found["games"]
    assert (game["do"], game["most_in_one_world"], game["log_odds_searched"]) == ({}, 3, 2)
    assert [one["share_selected"] for one in game["equilibria"]] == [1.0, 0.0, 0.0]
    first = game["equilibria"][0]
    assert first["choices"][0]["decision"] == "road"
    assert sum(first["choices"][0]["probabilities"].values()) == pytest.approx(1.0)
    assert first["answers"][0]["low"] <= first["answers"][0]["mean"] <= first["answers"][0]["high"]
    (answer,) = found["answers"]
    assert answer["lowest"] < answer["selected"] <= answer["highest"]


def test_where_there_is_no_circle_it_says_exactly_one() -> None:
    done = call(TEMPLATE)
    assert done.exit_code == 0, done.output
    assert "exactly one logit equilibrium" in " ".join(done.stdout.split())


def test_after_do_the_other_game_is_searched_too(case: str) -> None:
    done = call(case, "P(way = left | do(road = right))", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [game["do"] for game in found["games"]] == [{}, {"road": "right"}]
    assert found["games"][1]["worlds_with_several"] == 0
    assert found["said"][1].startswith("No decision if it happens that road is right is part of a circle of decisions")


def test_faults_carry_their_code(case: str) -> None:
    done = call(case, "P(way = upwards)")
    assert done.exit_code != 0
    assert "Q" in done.output
    assert "upwards" in done.output
