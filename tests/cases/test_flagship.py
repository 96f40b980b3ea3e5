"""The flagship answers as ``expected.yaml`` says, on 2,000 worlds, and keeps the rules it was written under."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

import quandary
from quandary.case.loader import load_case
from quandary.case.model import ChanceEvent, DecisionEvent
from quandary.cli import build_app

FOLDER = Path(__file__).resolve().parents[2] / "src" / "quandary" / "cases" / "kazakhstan-2022"
CASE = FOLDER / "case.yaml"
RAW: dict[str, Any] = YAML(typ="safe").load(CASE.read_text(encoding="utf-8"))
EXPECTED: dict[str, Any] = YAML(typ="safe").load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))
TESTS = [(claim, test) for claim, tests in EXPECTED["claims"].items() for test in tests]
DECISIONS = ("request", "deployment", "transfer", "talks", "ukraine", "west_response")
STATEMENTS = 26


def printed(*options: str) -> dict[str, Any]:
    arguments = ["run", str(CASE), "--quiet", "--json", *options]
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 0, result.output
    body: dict[str, Any] = json.loads(result.stdout)
    return body


@pytest.fixture(scope="module")
def run() -> dict[str, Any]:
    """Return the JSON of a run as ``expected.yaml`` asks for it, with the search for truth by construction."""
    return printed("--worlds", str(EXPECTED["worlds"]), "--seed", str(EXPECTED["seed"]))


@pytest.mark.parametrize(("claim", "test"), TESTS, ids=[f"{c}.{t}" for c, t in TESTS])
def test_verdicts(run: dict[str, Any], claim: str, test: str) -> None:
    (found,) = (c for c in run["claims"] if c["id"] == claim)
    assert found["tests"][test]["verdict"] in EXPECTED["claims"][claim][test]


def test_every_reading_is_expected(run: dict[str, Any]) -> None:
    assert {(c["id"], t) for c in run["claims"] for t in c["tests"]} == set(TESTS)


def test_every_world_is_solved(run: dict[str, Any]) -> None:
    assert run["not_converged"] == 0
    assert run["complete"] is True
    assert run["worlds"] == EXPECTED["worlds"]


def test_answers() -> None:
    study = quandary.load(CASE).solve(worlds=EXPECTED["worlds"], seed=EXPECTED["seed"])
    for answer in EXPECTED["answers"]:
        low, high = (_number(end) for end in answer["within"])
        found = study.ask(answer["query"])
        mean = found.parts["drop"].mean if answer["query"].startswith("dilemma") else found.mean
        assert mean is not None
        assert low <= mean <= high, (answer, mean)


def test_later_evidence_waits_for_a_later_day(run: dict[str, Any]) -> None:
    small = ("--worlds", "64", "--no-search")
    later = printed(*small, "--as-of", "2022-02-28")
    assert run["outcomes"]["ukraine"]["full_invasion"]["mean"] < 1
    assert later["outcomes"]["ukraine"]["full_invasion"]["mean"] == pytest.approx(1)
    assert later["outcomes"]["operation"]["success"]["mean"] == pytest.approx(1)
    history = {c["id"]: c["history"] for c in run["claims"]}
    assert history["called-in-forces"] == "came_true"
    assert {history[c] for c in ("dilemma", "lose-kazakhstan", "china-hurts", "spiraled")} == {"open"}
    assert {c["id"]: c["history"] for c in later["claims"]}["dilemma"] == "void"
    assert {c["id"]: c["history"] for c in later["claims"]}["lose-kazakhstan"] == "open"


# --- what must hold whatever the numbers are ------------------------------------------------------------------


def test_reversing_what_russia_wants_in_ukraine_lowers_the_probability_of_invasion(tmp_path: Path) -> None:
    stake = RAW["stakes"]["russia"]["ukraine_influence"]
    worth = [{when: f"100 - ({value})" for when, value in rule.items()} for rule in stake["worth"]]
    effects = [{when: _negated(value) for when, value in rule.items()} for rule in stake["effects"]]
    russia = RAW["stakes"]["russia"] | {"ukraine_influence": stake | {"worth": worth, "effects": effects}}
    reversed_ = written({**RAW, "stakes": {**RAW["stakes"], "russia": russia}}, tmp_path)
    means = [_mean(path, "P(invasion)", worlds=200) for path in (CASE, reversed_)]
    assert means[1] < means[0] - 0.05


def test_without_rationality_play_is_uniform(tmp_path: Path) -> None:
    actors = {name: {**actor, "rationality": {"precision": 0}} for name, actor in RAW["actors"].items()}
    path = written({**RAW, "actors": actors, "evidence": []}, tmp_path)
    for query, uniform in {
        "P(request = csto | unrest = regime_threat)": 1 / 3,
        "P(request = none | unrest = none)": 1,
        "P(deployment = large | request = csto)": 1 / 3,
        "P(transfer = pull | operation = fail)": 1 / 2,
        "P(talks = concession)": 1 / 2,
        "P(ukraine = full_invasion)": 1 / 4,
        "P(west_response = strong | ukraine = limited_op)": 1 / 2,
    }.items():
        assert _mean(path, query, worlds=32) == pytest.approx(uniform, abs=1e-9), query


def test_no_decision_has_odds() -> None:
    decisions = [item for item in RAW["story"] if "decision" in item]
    assert tuple(item["decision"] for item in decisions) == DECISIONS
    for item in decisions:
        assert not {"odds", "base", "effects", "given", "states"} & set(item)
    case = load_case(CASE)
    assert {item.id for item in case.story if isinstance(item, DecisionEvent)} == set(DECISIONS)
    chances = [item for item in case.story if isinstance(item, ChanceEvent)]
    assert len(chances) + len(DECISIONS) == 18
    moves = {option for d in decisions for option in d["options"]} - {"none"}
    assert not moves & {state for chance in chances for state in chance.states}, "a move in disguise"


# --- statements and sources -----------------------------------------------------------------------------------


def test_all_statements_are_there() -> None:
    case = load_case(CASE)
    assert len(case.claims) == STATEMENTS
    assert len({claim.quote for claim in case.claims}) == STATEMENTS
    assert sum(bool(claim.tests) for claim in case.claims) == len(EXPECTED["claims"])


def test_every_number_has_a_reason() -> None:
    from quandary.case.loader import read_case

    loaded = read_case(CASE)
    assert not [p for p in loaded.problems if p.code == "Q310"]
    assert not [p for p in loaded.problems if p.is_error]


def test_nothing_later_is_used_for_a_number() -> None:
    case = load_case(CASE)
    later = ("tass", "cna", "deaths", "rferl_sanctions", "ovd_info", "refusals", "inform")
    dated = {s.id for s in case.sources.values() if s.published is not None and s.published > case.as_of}
    assert dated <= set(later)
    numbers = "".join(str(RAW[section]) for section in ("actors", "assumptions", "story", "stakes", "checks"))
    assert not [source for source in later if f"'source': '{source}'" in numbers]
    for evidence in case.evidence:
        assert evidence.source not in later or evidence.on > case.as_of


def _number(end: str | float) -> float:
    return float(end[:-1]) / 100 if isinstance(end, str) and end.endswith("%") else float(end)


def _negated(points: str) -> str:
    low, high = (float(end) for end in points.removesuffix(" points").split(" to "))
    return f"{-high:+} to {-low:+} points"


def _mean(path: Path, query: str, *, worlds: int) -> float:
    mean = quandary.load(path).solve(worlds=worlds, seed=1).ask(query).mean
    assert mean is not None
    return mean


def written(raw: dict[str, Any], folder: Path) -> Path:
    """Write a changed case beside a copy of its prose and return its path."""
    path = folder / "case.yaml"
    (folder / "analysis.md").write_bytes((FOLDER / "analysis.md").read_bytes())
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe").dump(raw, stream)
    return path
