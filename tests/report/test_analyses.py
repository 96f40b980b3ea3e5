"""Every analysis from Python: the same as the command of its name, as text, as a record, and as HTML."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.ask.crisis import TEXT
from typer.testing import CliRunner

import quandary
from quandary.base import CaseError, Refusal
from quandary.cli import build_app

WORLDS = 480


@pytest.fixture(scope="module")
def case_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("crisis") / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def solved(case_file: Path) -> quandary.Solved:
    return quandary.load(case_file).solve(worlds=WORLDS, evidence=False)


class Balance(HTMLParser):
    """Checks that what is opened is closed, and counts tables."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tables = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.tables += tag == "table"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def shows(value: object, *, tables: int = 1) -> str:
    html = value._repr_html_()  # type: ignore[attr-defined]
    balance = Balance()
    balance.feed(html)
    assert balance.open == []
    assert balance.tables >= tables
    return str(html)


@cache
def printed(*words: str) -> str:
    done = CliRunner(env={"COLUMNS": "120"}).invoke(build_app(), [*words, "--quiet"])
    assert done.exit_code == 0, done.output
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def test_flips_are_those_of_the_command(solved: quandary.Solved, case_file: Path) -> None:
    found = solved.flips("P(push = attack)")
    command = ("flips", str(case_file), "P(push = attack)", "--worlds", str(WORLDS), "--no-evidence")
    assert str(found) == printed(*command)
    assert found.to_dict() == json.loads(printed(*command, "--json"))
    ((_, flips),) = found.found
    assert flips.flips[0].number.name in {n.name for n in solved.study.model.quantities}
    assert "Carries" in shows(found)


def test_structure(solved: quandary.Solved) -> None:
    found = solved.structure("P(war)")
    assert len(found.found.rows) > 3
    assert "what is cut" in shows(found)


def test_information_control_study_and_choice(solved: quandary.Solved) -> None:
    worth = solved.information("empire.push", "reply", control=True)
    assert [w.variable for w in worth.found.knowing] == ["reply"]
    assert "worth" in shows(worth)
    assert solved.studying("P(war)").found[0][1].deviation > 0
    best = solved.choosing("empire.push")
    (first, *_) = best.found.rows
    assert first.options[0].option in ("hold", "probe", "attack")
    assert "worth" in shows(best)
    assert solved.choosing("empire.push", knowing=True).found.knowing
    assert "expected" in shows(solved.choosing("empire.push", "P(harvest = bad)"))


def test_equilibria(solved: quandary.Solved) -> None:
    found = solved.equilibria("P(war)", worlds=16, starts=4)
    assert found.found.worlds == 16
    assert found.found.ranges[0].selected is not None
    shows(found, tables=0)


def test_timeline_paths_and_suppositions(solved: quandary.Solved) -> None:
    assert "after" in shows(solved.timeline())
    split = solved.paths("war", change="unrest: none to threat", through=["operation"])
    assert split.found.total.mean == pytest.approx(split.found.direct.mean + split.found.through.mean)  # type: ignore[operator]
    assert "direct" in shows(split, tables=0)
    supposed = solved.suppose("P(war)", announce=["reply: yield"])
    assert "is announced" in shows(supposed, tables=0)
    assert supposed.to_dict()["schema"] == "quandary.suppose/1"


def test_compare_two_cases(case_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TEXT.replace("20% to 50%", "60% to 80%"), encoding="utf-8")
    found = quandary.load(case_file).compare(quandary.load(other), "P(war)", worlds=64)
    assert [share.part for share in found.found.shares] == [("chance", "mood")]
    assert "chance “mood”" in shows(found)
    assert "chance “mood”" in str(found)


def test_faults_are_those_of_the_commands(solved: quandary.Solved) -> None:
    with pytest.raises(Refusal) as refused:
        solved.information("push_it", "reply")
    assert refused.value.problem.code == "Q104"
    with pytest.raises(CaseError):
        solved.suppose("P(war)", announce=["reply: flee"])
    with pytest.raises(Refusal):
        solved.flips("peace")


def test_words_of_the_case_are_escaped(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace("title: A small crisis", "title: A <b>small</b> crisis"), encoding="utf-8")
    html = quandary.load(path).solve(worlds=WORLDS, evidence=False).flips("P(war)")._repr_html_()
    assert "<b>small</b>" not in html
    assert "&lt;b&gt;small" in html


@pytest.mark.parametrize(
    "wrong",
    [
        lambda case: case.solve(worlds=16, seed=-1),
        lambda case: case.solve(worlds=16, as_of="yesterday"),
        lambda case: case.solve(worlds=16, as_of="20220101"),
        lambda case: case.compare(case, "P(war)", worlds=16, seed=-1),
        lambda case: case.solve(worlds=16).equilibria(worlds=0),
        lambda case: case.solve(worlds=16).equilibria(worlds=16, starts=0),
    ],
)
def test_values_are_held_to_the_bounds_of_the_commands(
    case_file: Path, wrong: Callable[[quandary.LoadedCase], object]
) -> None:
    with pytest.raises(Refusal) as refused:
        wrong(quandary.load(case_file))
    assert refused.value.problem.code == "Q806"


def test_a_seed_may_be_a_number_of_numpy(case_file: Path) -> None:
    seed: Any = np.int64(2)
    plain, numpy = (quandary.load(case_file).solve(worlds=16, seed=one) for one in (2, seed))
    assert numpy.ask("P(war)").mean == plain.ask("P(war)").mean


def test_one_text_is_one_variable_and_one_policy(solved: quandary.Solved) -> None:
    change = "unrest: none to threat"
    alone, listed = (solved.paths("war", change=change, through=through) for through in ("operation", ["operation"]))
    assert alone.to_dict() == listed.to_dict()
    supposed, listed_too = (solved.suppose("P(war)", announce=rule) for rule in ("reply: yield", ["reply: yield"]))
    assert supposed.to_dict() == listed_too.to_dict()


def test_what_is_solved_says_what_it_is(solved: quandary.Solved) -> None:
    assert repr(solved) == "<case 'A small crisis' in 480 worlds, seed 1>"
