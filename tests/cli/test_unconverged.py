"""Worlds that do not converge: every command names them all, and any world can be shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.solved_once import solved_once
from typer.testing import CliRunner

import quandary
from quandary.cli import build_app
from quandary.use import write_template

APP = build_app()
WORLDS = 240

# matching pennies between players so precise, in some worlds, that a choice hangs on the last digits of the other's
PENNIES = """
quandary: 1
title: Pennies
as_of: 2030-05-01
actors:
  a: {rationality: x2 to x1e30 per 1, because: judgement}
  b: {rationality: x2 to x1e30 per 1, because: judgement}
story:
  - {chance: coin, states: [fair, bent], odds: {bent: 10% to 30%, fair: rest}, because: judgement}
  - {decision: x, by: a, sees: [], options: [h, t]}
  - {decision: y, by: b, sees: [], options: [h, t]}
stakes:
  a:
    k:
      because: judgement
      weight: 100%
      worth: [{x = h and y = h: 60 to 100}, {x = t and y = t: 60 to 100}, {otherwise: 0 to 10}]
  b:
    k:
      because: judgement
      weight: 100%
      worth: [{x = h and y = t: 60 to 100}, {x = t and y = h: 60 to 100}, {otherwise: 0 to 10}]
evidence:
  - {on: 2030-04-01, saw: coin = fair, because: judgement}
questions:
  q: {asks: "Heads?", query: P(x = h)}
claims:
  - {id: even, speaker: A Coin, quote: heads, tests: {more: P(x = h) > 40%}}
"""


@pytest.fixture(scope="module", autouse=True)
def shared_solutions() -> Iterator[None]:
    with solved_once():
        yield


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("pennies") / "case.yaml"
    path.write_text(PENNIES, encoding="utf-8")
    return str(path)


def call(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(APP, [*arguments])
    assert done.exit_code == code, done.output
    return " ".join(done.output.split()) if "--json" not in arguments else done.stdout


def commands(case: str) -> dict[str, list[str]]:
    few = ["-w", str(WORLDS), "-q"]
    return {
        "run": ["run", case, "--no-search", *few],
        "ask": ["ask", case, "P(x = h)", *few],
        "why": ["why", case, "P(x = h)", *few],
        "suppose": ["suppose", case, "P(y = h)", "--announce", "x: h", *few],
        "paths": ["paths", case, "y = h", "--change", "coin: fair to bent", "--through", "x", *few],
        "timeline": ["timeline", case, *few],
        "report": ["report", case, "-f", "json", *few],
        "flips": ["flips", case, "P(x = h)", "--structure", *few],
        "information": ["information", case, "a.x", "coin", *few],
        "compare": ["compare", case, case, "P(x = h)", *few],
        "equilibria": ["equilibria", case, *few],
        "ladder": ["ladder", case, "even", *few],
    }


@pytest.fixture(scope="module")
def lost(case: str) -> list[int]:
    """Return the worlds that are in no answer, as drawn and solved from Python."""
    study = quandary.load(case).solve(worlds=WORLDS).study
    study.ask("P(x = h)")
    (mask,) = study.found.converged.values()
    return [world for world in range(WORLDS) if not mask[world]]


@pytest.mark.slow
@pytest.mark.parametrize("name", commands(""))
def test_every_command_names_every_world_that_did_not_converge(name: str, case: str, lost: list[int]) -> None:
    assert len(lost) > 2
    command = commands(case)[name]
    body: dict[str, Any] = json.loads(call(*command, *([] if name == "report" else ["--json"])))
    assert body["not_converged"] == len(body["not_converged_worlds"])
    if name in ("information", "flips", "suppose", "ladder"):  # games solved anew may lose others too
        assert set(lost) <= set(body["not_converged_worlds"])
    else:
        assert body["not_converged_worlds"] == lost
    if name != "report":
        told = call(*command)
        assert f"worlds of {WORLDS} did not converge" in told
        assert f"--world {body['not_converged_worlds'][0]} --worlds {WORLDS} --seed 1" in told


@pytest.mark.slow
@pytest.mark.parametrize("command", [["flips", "P(x = h)"], ["information", "P(x = h)"]])
def test_a_refusal_for_too_few_worlds_names_them_too(command: list[str], case: str, lost: list[int]) -> None:
    name, *rest = command
    told = call(name, case, *rest, "-w", str(WORLDS), "-q", code=2)
    assert "Q521" in told
    first = ", ".join(
        map(
            str,
            json.loads(call("ask", case, "P(x = h)", "-w", str(WORLDS), "-q", "--json"))["not_converged_worlds"][:5],
        )
    )
    assert f"of {WORLDS} did not converge" in told
    assert f"{len(lost)} worlds of {WORLDS}" in told and first in told and f"--world {lost[0]} --worlds" in told


@pytest.mark.slow
def test_advice_leaves_worlds_out_that_did_not_converge(case: str, lost: list[int]) -> None:
    body = json.loads(call("information", case, "a.x", "--choose", "-w", str(WORLDS), "-q", "--json"))
    assert body["not_converged_worlds"] == lost
    assert body["situations"][0]["effective_worlds"] <= WORLDS - len(lost) + 1e-9
    told = call("information", case, "a.x", "--choose", "-w", str(WORLDS), "-q")
    assert f"{len(lost)} worlds of {WORLDS} did not converge" in told
    assert "take the order with care" in told
    assert "Q566" in call("information", case, "a.x", "--choose", "-w", "48", "-q", code=2)


@pytest.mark.slow
def test_every_world_can_be_shown(case: str, lost: list[int]) -> None:
    for world in (0, lost[0], lost[-1], lost[-1] - 1, WORLDS - 1):
        shown = call("show", case, "--stage", "worlds", "--world", str(world), "-w", str(WORLDS))
        assert f"values in world {world} of {WORLDS}" in shown and "actors.a.rationality" in shown
        assert ("does NOT converge" in shown) == (world in lost)


@pytest.mark.slow
def test_the_draws_shown_are_those_that_were_solved(case: str, lost: list[int]) -> None:
    study = quandary.load(case).solve(worlds=WORLDS).study
    number = study.model.quantities[0]
    value = float(number.estimate.quantile(study.uniforms[number.name])[lost[0]])
    shown = call("show", case, "--stage", "worlds", "--world", str(lost[0]), "-w", str(WORLDS))
    assert f"{value:.4g}" in shown.replace(",", "")


@pytest.mark.parametrize("world", ["240", "-1"])
def test_a_world_that_is_not_there_is_refused(world: str, case: str) -> None:
    told = call("show", case, "--stage", "worlds", "--world", world, "-w", str(WORLDS), code=2)
    assert "Q461" in told and "0 to 239" in told


def test_with_world_as_many_are_drawn_as_in_a_run(tmp_path: Path) -> None:
    write_template(tmp_path / "dam")
    assert "world 9,999 of 10,000" in call("show", str(tmp_path / "dam"), "--stage", "worlds", "--world", "9999")


def test_another_stage_has_no_world_of_its_own(case: str) -> None:
    assert "Q806" in call("show", case, "--world", "3", code=2)
