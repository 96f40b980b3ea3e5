"""The same bytes on any number of processors, in threads or in processes; the same words and 1e-12 without numba."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quandary.engine import compiled_code_available
from quandary.use import write_template

pytestmark = pytest.mark.slow

DRIVER = """
import json, os, sys
commands, all_settings = json.loads(sys.argv[1])
from typer.testing import CliRunner
import quandary.ask.study
from quandary.cli import build_app
cores = quandary.ask.study._cores
for settings in all_settings:
    if settings["processors"]:
        os.sched_setaffinity(0, settings["processors"])
    workers = settings["workers"]
    quandary.ask.study._cores = (lambda: workers) if workers else cores
    os.environ["QUANDARY_RUNNER"] = settings["runner"]
    told = []
    for command in commands:
        done = CliRunner().invoke(build_app(), command)
        assert done.exit_code == 0, (command, done.output, done.exception)
        told.append(done.stdout)
    print(json.dumps(told))
"""

CORRELATED = """
quandary: 1
title: Two who doubt each other
as_of: 2024-05-01
actors:
  north: {name: North, rationality: x2 to x6 per 10}
  south: {name: South, rationality: x2 to x6 per 10}
assumptions:
  fear: {value: 20 to 60, because: judgement}
  hope: {value: 10 to 50, because: judgement}
  rain: {value: 20% to 42%, because: judgement}
  wind: {value: 20% to 42%, because: judgement}
correlations:
  - {between: [fear, hope], value: -0.6, because: judgement}
  - {between: [rain, wind], value: 0.5, because: judgement}
story:
  - {chance: sky, states: [wet, stormy, clear], odds: {wet: rain, stormy: wind, clear: rest}}
  - {decision: arm, by: north, sees: [sky], options: [arm, wait]}
  - {decision: reply, by: south, sees: [sky], options: [arm, wait]}
stakes:
  north:
    safety:
      worth: [{arm = arm and reply = arm: 40}, {arm = arm: 100 - fear}, {reply = arm: 0}, {otherwise: 40 + hope}]
  south:
    safety:
      worth: [{arm = arm and reply = arm: 40}, {reply = arm: 100 - fear}, {arm = arm: 0}, {otherwise: 40 + hope}]
questions:
  race: P(arm = arm and reply = arm)
  calm: P(arm = wait | sky = clear)
"""


def commands(folder: Path) -> list[list[str]]:
    """Return what is run: runs, questions, flips, reports and solutions, of a few thousand worlds and of few."""
    template, race = str(folder / "dam"), str(folder / "race.yaml")
    flagship = "kazakhstan-2022"
    return [
        [
            "ask",
            flagship,
            "P(invasion | do(unrest = regime_threat)) - P(invasion | do(unrest = none))",
            "-w",
            "640",
            "-q",
        ],
        ["ask", flagship, "P(invasion)", "--json", "-w", "640", "-q"],
        ["run", template, "--json", "-w", "520", "-q"],
        ["run", template, "-w", "640", "-q"],
        ["flips", template, "P(outcome = clash)", "--json", "-w", "560", "-q"],
        ["report", template, "-f", "json", "-w", "500", "-q"],
        ["solve", template, "--json", "--world", "499", "-q"],
        ["run", race, "--json", "-w", "8001", "-q"],
        ["report", race, "-f", "json", "-w", "700", "-q"],
        ["run", race, "--json", "-w", "17", "-q"],
    ]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cases")
    write_template(folder / "dam")
    (folder / "race.yaml").write_text(CORRELATED, encoding="utf-8")
    return folder


def outputs(folder: Path, *settings: Surroundings, kernel: str = "") -> Iterator[list[str]]:
    """Yield for each of the settings what every command prints, the seconds that it took left out; in one process."""
    told = json.dumps([commands(folder), [asdict(one) for one in settings]])
    environment = {**os.environ, "QUANDARY_KERNEL": kernel}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, told], capture_output=True, text=True, env=environment, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        yield [re.sub(r'\b[0-9.]+\s+s\b|"seconds": [0-9.e-]+', "", text) for text in json.loads(line)]


@dataclass(frozen=True)
class Surroundings:
    """The processors that may be used (all where none is named), as how many they count, and who works."""

    processors: list[int] = field(default_factory=list)
    workers: int = 0
    runner: str = ""


def two_processors() -> list[int]:
    return sorted(os.sched_getaffinity(0))[:2] if sys.platform == "linux" else []


OTHERS = {
    "two processors": Surroundings(two_processors()),
    "16 threads": Surroundings(workers=16, runner="threads"),
    "16 processes": Surroundings(workers=16),
}


@pytest.fixture(scope="module")
def told(cases: Path) -> dict[str, list[str]]:
    """Return what every command prints on one processor, and in the other settings."""
    names = ["one processor", *OTHERS]
    return dict(zip(names, outputs(cases, Surroundings(two_processors()[:1]), *OTHERS.values()), strict=True))


@pytest.mark.parametrize("name", OTHERS)
def test_the_same_bytes_on_any_number_of_processors(name: str, cases: Path, told: dict[str, list[str]]) -> None:
    for command, one, other in zip(commands(cases), told["one processor"], told[name], strict=True):
        assert one == other, command


@pytest.mark.skipif(not compiled_code_available(), reason="no numba here")
def test_the_same_words_without_compiled_code(cases: Path, told: dict[str, list[str]]) -> None:
    (plain,) = outputs(cases, Surroundings(), kernel="numpy")
    for command, one, other in zip(commands(cases), told["one processor"], plain, strict=True):
        if one.startswith("{"):
            alike(json.loads(one), json.loads(other), " ".join(command))
        else:
            assert one == other, command


def alike(one: Any, other: Any, where: str) -> None:
    """Compare JSON: numbers to 1e-12 of their size, all else to the letter."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for key in one:
            alike(one[key], other[key], f"{where} {key}")
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for first, second in zip(one, other, strict=True):
            alike(first, second, where)
    elif isinstance(one, float):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13, err_msg=where)
    else:
        assert one == other, where
