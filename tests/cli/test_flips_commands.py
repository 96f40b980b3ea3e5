"""``flips``, ``information`` and ``compare`` from the command line: what they print, their JSON, their refusals."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.ask.crisis import TEXT
from tests.ask.test_structure import CHAIN
from typer.testing import CliRunner

from quandary.cli import build_app

CLAIM = """
claims:
  - {id: good, speaker: A, quote: x, tests: {likely: P(harvest = good) > 50%}}
"""


@pytest.fixture
def chain_file(tmp_path: Path) -> Path:
    path = tmp_path / "chain.yaml"
    path.write_text(CHAIN + CLAIM, encoding="utf-8")
    return path


@pytest.fixture
def crisis_file(tmp_path: Path) -> Path:
    path = tmp_path / "crisis.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*words: object, code: int = 0) -> str:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(build_app(), [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


def as_json(*words: object) -> dict[str, Any]:
    body = json.loads(run(*words, "--json", "--quiet"))
    assert isinstance(body, dict)
    return body


@pytest.mark.slow
def test_flips_says_what_turns_and_what_does_not(crisis_file: Path) -> None:
    told = run("flips", crisis_file, "E(empire.glory | do(push = attack)) > 68", "-w", 1500, "-q")
    assert "it flips if" in told
    assert "glory" in told
    body = as_json("flips", crisis_file, "E(empire.glory | do(push = attack)) > 68", "-w", 1500)
    assert body["schema"] == "quandary.flips/1"
    (answer,) = body["answers"]
    assert answer["level"] == 0.5
    first = answer["numbers"][0]
    assert first["index"]["low"] > 0
    assert first["flips"] is not None
    assert first["range"][0] < first["flips"]["threshold"] < first["range"][1]
    assert (first["flips"]["mean"] > 0.5) != (answer["mean"] > 0.5)


def test_flips_says_plainly_that_nothing_does(crisis_file: Path) -> None:
    told = run("flips", crisis_file, "P(weather = fair)", "--no-evidence", "--level", "95%", "-w", 800, "-q")
    assert "Nothing in the ranges given flips it" in told


def test_structure_flips_a_claim(chain_file: Path) -> None:
    body = as_json("flips", chain_file, "good", "--structure", "-w", 16)
    assert body["schema"] == "quandary.structure/2"
    assert body["subjects"][0]["verdict"] == "holds"
    assert not any(cut["answers"][0]["flipped"] for cut in body["cuts"])
    assert {cut["part"] for cut in body["cuts"]} == {"weather", "weather = foul", "money"}
    assert "no single cut" in run("flips", chain_file, "good", "--structure", "-w", 16, "-q")


def test_information_in_words_and_json(chain_file: Path) -> None:
    told = run("information", chain_file, "lender.loan", "--control", "-w", 16, "-q")
    assert "letter is worth most, 15 points" in told
    assert "by the graph alone: noise" in told
    body = as_json("information", chain_file, "loan", "letter", "-w", 16)
    (letter,) = body["knowing"]
    assert letter["gain"]["mean"] == pytest.approx(15.2)


def test_information_for_the_analyst(crisis_file: Path) -> None:
    told = run("information", crisis_file, "E(empire.glory | do(push = attack))", "-w", 800, "-q")
    assert "Its spread is" in told
    truth = run("information", crisis_file, "E(empire.glory | do(push = attack)) > E(empire.glory)", "-w", 800, "-q")
    assert "pread" not in truth, "what is true or false in a world has no spread"
    body = as_json("information", crisis_file, "empire.push", "--choose", "--payoff", "E(rival)", "-w", 1500)
    assert body["schema"] == "quandary.information/2"
    assert body["payoff"] == "E(rival)"
    assert sum(one["weight"] for one in body["situations"]) + body["left_out"]["weight"] == pytest.approx(1.0)
    for one in body["situations"]:
        worths = [option["worth"]["mean"] for option in one["options"]]
        assert one["options"][0]["option"] == one["best"]
        assert worths == sorted(worths, reverse=True)
        assert one["lead"]["mean"] == pytest.approx(worths[0] - worths[1])


def test_a_choice_is_told_in_words(crisis_file: Path) -> None:
    told = run("information", crisis_file, "rival.reply", "--choose", "-w", 500, "-q")
    assert re.search(r"Best is (yield|resist), ahead of (yield|resist) by [0-9.]+ points of worth", told)
    assert "The rival has seen that deploy is go." in told
    assert "Not seen by the rival: that weather is foul and that unrest is threat." in told
    given = run("information", crisis_file, "rival.reply", "--choose", "--knowing", "-w", 500, "-q")
    assert "Given as well, though the rival does not see it: that weather is foul and that unrest is threat." in given
    assert re.search(r"it is best in (all the|[0-9]+ of 100|all but about 1 in [0-9,]+) worlds", told)
    push = run("information", crisis_file, "empire.push", "--choose", "-w", 800, "-q", "--as-of", "2022-03-01")
    assert "The empire has seen" in push and "operation is success" in push


def test_compare_shares_the_difference(chain_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(CHAIN.replace("foul: 30%", "foul: 60%"), encoding="utf-8")
    body = as_json("compare", chain_file, other, "P(harvest = bad)", "-w", 16)
    (share,) = body["shares"]
    assert (share["kind"], share["name"]) == ("chance", "weather")
    assert share["value"] == pytest.approx(0.3 * 0.6)
    assert "most of it lies in the chance “weather” (18.0 percentage points more)" in run(
        "compare", chain_file, other, "P(harvest = bad)", "-w", 16, "-q"
    )


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("flips", "CASE", "god"), "Q560"),
        (("flips", "CASE", "good", "unlikely"), "Q562"),
        (("flips", "CASE", "good", "--level", "often"), "Q563"),
        (("flips", "CASE", "good", "-w", "50"), "Q521"),
        (("information", "CASE", "borrow", "--choose"), "Q104"),
        (("information", "CASE", "loan", "leter"), "Q104"),
        (("information", "CASE", "loan", "--choose", "-w", "50"), "Q566"),
        (("information", "CASE", "loan", "--choose", "--payoff", "P(rain)", "-w", "500"), "Q104"),
        (("information", "CASE", "loan", "--knowing"), "Q565"),
        (("information", "CASE", "loan", "letter", "--choose"), "Q565"),
        (("information", "CASE", "loan", "--control", "--payoff", "E(lender)"), "Q565"),
    ],
)
def test_refusals(words: tuple[str, ...], fault: str, chain_file: Path) -> None:
    told = [str(chain_file) if word == "CASE" else word for word in words]
    body = json.loads(run(*told, "--json", "--quiet", code=1 if fault == "Q104" else 2))
    assert body["problems"][0]["code"] == fault
