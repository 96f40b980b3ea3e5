"""``solve`` and ``export`` as a user meets them: the JSON contract, worlds of a case, files that open again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from quandary.base import Refusal
from quandary.cli import build_app
from quandary.game import Diagram, StrategicForm, Tree
from quandary.onegame import quoted, read_game
from quandary.use import TimeLimit, read_duration, read_rationality, write_template

APP = build_app()
ENTRY = """EFG 2 R "Entry" { "Entrant" "Incumbent" }
"a threat that is not believed"
p "" 1 1 "arrive" { "out" "in" } 0
t "" 1 "stay" { 1, 5 }
p "" 2 1 "answer" { "fight" "accommodate" } 0
t "" 2 "war" { -1, -1 }
t "" 3 "share" { 2, 2 }
"""
PENNIES = """NFG 1 R "Pennies" { "Odd" "Even" } { { "h" "t" } { "h" "t" } } "" -1 1 1 -1 1 -1 -1 1"""


def call(*arguments: str) -> Result:
    return CliRunner().invoke(APP, [*arguments, "--quiet"] if arguments[0] == "solve" else list(arguments))


def solved(*arguments: str, code: int = 0) -> dict[str, Any]:
    done = call("solve", *arguments, "--json")
    assert done.exit_code == code, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def entry(tmp_path: Path) -> str:
    path = tmp_path / "entry.efg"
    path.write_text(ENTRY, encoding="utf-8")
    return str(path)


@pytest.fixture
def pennies(tmp_path: Path) -> str:
    path = tmp_path / "pennies.nfg"
    path.write_text(PENNIES, encoding="utf-8")
    return str(path)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("cases") / "dam"
    write_template(folder)
    return str(folder)


def test_the_json_contract(entry: str) -> None:
    found = solved(entry, "--concept", "pure")
    assert {"schema", "version", "file", "concept", "equilibria", "complete", "searched"} <= found.keys()
    assert found["schema"] == "quandary.solve/1"
    assert found["file"] == entry and found["concept"] == "pure" and found["complete"] is True
    assert len(found["equilibria"]) == 2
    threat = next(e for e in found["equilibria"] if e["values"]["Entrant"] == 1.0)
    assert threat["behaviour"] == {
        "Entrant": {"arrive": {"out": 1.0, "in": 0.0}},
        "Incumbent": {"answer": {"fight": 1.0, "accommodate": 0.0}},
    }
    assert threat["regret"] == 0.0 and threat["residual"] == 0.0


@pytest.mark.parametrize("concept", ["perfect", "subgame", "sequential"])
def test_refinements_drop_the_threat(entry: str, concept: str) -> None:
    (found,) = solved(entry, "--concept", concept)["equilibria"]
    assert found["values"] == {"Entrant": 2.0, "Incumbent": 2.0}


def test_rationality_and_the_branch(pennies: str) -> None:
    (point,) = solved(pennies, "--rationality", "3")["equilibria"]
    assert point["behaviour"]["Odd"]["strategy"]["h"] == pytest.approx(0.5)
    traced = solved(pennies, "--rationality", "trace")
    precisions = [e["precision"] for e in traced["equilibria"]]
    assert precisions[0] == 0.0 and precisions == sorted(precisions) and len(precisions) > 3
    assert traced["complete"] is True
    assert "up to precision 500" in traced["searched"]  # 1,000 payoff differences of 2
    text = call("solve", pennies, "--rationality", "trace").stdout
    assert "precision" in text and "Odd, strategy: h" in text


def test_strategic_form_logit_is_told_apart(entry: str) -> None:
    agent = solved(entry, "--rationality", "1")
    whole = solved(entry, "--rationality", "1", "--form", "strategic")
    assert "agent logit" in agent["searched"] and "not the agent form" in whole["searched"]
    assert whole["game"]["kind"] == "strategic form"
    assert agent["equilibria"][0]["values"] != whole["equilibria"][0]["values"]


def test_every_concept_answers_or_says_why_not(entry: str, pennies: str) -> None:
    for file, concepts in ((entry, "logit subgame pure perfect mixed correlated"), (pennies, "zero-sum mixed pure")):
        for concept in concepts.split():
            done = call("solve", file, "-c", concept)
            assert done.exit_code == 0, done.output
            assert "Searched: " in done.stdout and "Regret: " in done.stdout
            assert "Traceback" not in done.output
    assert "There is none of this kind." in call("solve", pennies, "-c", "pure").stdout
    assert "0.5, t 0.5" in call("solve", pennies, "-c", "zero_sum").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["-c", "pur"], 2, 'did you mean "pure"?'),
        (["-c", "zero_sum"], 2, "not to a constant"),
        (["--rationality", "much"], 2, "no rationality"),
        (["--limit", "soon"], 2, "no time limit"),
        (["-c", "pure", "--rationality", "2"], 2, "has no rationality"),
        (["--world", "3"], 2, "one world only"),
        (["--rationality", "1e300"], 2, "sequential"),
    ],
)
def test_refusals_are_sentences(entry: str, arguments: Sequence[str], code: int, sentence: str) -> None:
    done = call("solve", entry, *arguments)
    assert done.exit_code == code
    assert sentence in done.output


def test_without_gambit_one_sentence_says_how_to_get_it(entry: str) -> None:
    from quandary.onegame import installed

    if installed():
        pytest.skip("the extra quandary[gambit] is installed here")
    done = call("solve", entry, "-c", "gambit")
    assert done.exit_code == 2
    assert "pip install 'quandary[gambit]'" in done.output


def test_a_case_at_its_median_and_at_other_worlds(case: str) -> None:
    median = solved(case)
    assert median["world"] == "the median world" and median["game"]["kind"] == "diagram"
    other = solved(case, "--world", "7", "--worlds", "160")
    again = solved(case, "--world", "7", "--worlds", "160")
    assert other["world"] == "world 7 of 160, seed 1"
    assert other["equilibria"] == again["equilibria"] != median["equilibria"]
    done = call("solve", case, "--world", "160", "--worlds", "160")
    assert done.exit_code == 2 and "there is no world 160" in done.output


def test_a_case_opens_as_a_diagram_a_tree_and_a_matrix(case: str, tmp_path: Path) -> None:
    games = {}
    for ending in ("json", "efg"):
        path = tmp_path / f"dam.{ending}"
        done = call("export", case, "--to", ending, "-o", str(path))
        assert done.exit_code == 0, done.output
        games[ending] = read_game(path)
    diagram, tree = games["json"], games["efg"]
    assert isinstance(diagram, Diagram) and isinstance(tree, Tree)
    assert set(tree.players) == set(diagram.players)
    decisions = {d.name for d in diagram.decisions}
    assert {s.label.split(" | ")[0] for s in tree.sets if s.player} == decisions
    median = solved(case)["equilibria"][0]["values"]
    (from_json,) = solved(str(tmp_path / "dam.json"))["equilibria"]
    assert from_json["values"] == pytest.approx(median, abs=1e-6)


def test_an_exported_file_says_which_world_it_holds_and_keeps_the_title(case: str, tmp_path: Path) -> None:
    chosen = ("--world", "7", "--worlds", "160")
    assert '"written by Quandary, world 7 of 160, seed 1' in call("export", case, "--to", "efg", *chosen).stdout
    assert '"written by Quandary, the median world' in call("export", case, "--to", "efg").stdout
    path = tmp_path / "other.json"
    assert call("export", case, "--to", "json", "-o", str(path)).exit_code == 0
    title = solved(case)["title"]
    assert solved(str(path))["title"] == title
    for ending in ("efg", "nfg"):
        assert f"R {quoted(title)} {{" in call("export", str(path), "--to", ending).stdout


def test_letters_that_gambit_refuses_are_told(entry: str, tmp_path: Path) -> None:
    path = tmp_path / "names.efg"
    path.write_text(ENTRY.replace("Entrant", "Übersee").replace("share", "geteilt"), encoding="utf-8")
    done = call("export", str(path), "--to", "efg")
    assert done.exit_code == 0 and 'ASCII only; rename before opening it there: "Übersee"\n' in done.stderr
    assert '{ "Übersee" "Incumbent" }' in done.stdout
    assert not call("export", entry, "--to", "efg").stderr


@pytest.mark.parametrize(
    ("text", "to", "sentence"),
    [
        ('EFG 2 R "" { } t "" 0', "nfg", "without players has no strategic form"),
        (ENTRY, "json", "it can be written as .efg"),
    ],
)
def test_what_a_tree_cannot_become(text: str, to: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "game.efg"
    path.write_text(text, encoding="utf-8")
    done = call("export", str(path), "--to", to)
    assert done.exit_code == 2 and sentence in done.output


def test_a_place_that_cannot_be_written_is_named(entry: str, tmp_path: Path) -> None:
    done = call("export", entry, "--to", "nfg", "-o", str(tmp_path / "no" / "entry.nfg"))
    assert (
        done.exit_code == 2 and str(tmp_path / "no" / "entry.nfg") in done.output and "Make the folder" in done.output
    )


def test_payoffs_that_overflow_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "vast.efg"
    path.write_text(ENTRY.replace("{ -1, -1 }", "{ 1e308, -1e308 }"), encoding="utf-8")
    for concept in ("logit", "pure"):
        done = call("solve", str(path), "-c", concept)
        assert done.exit_code == 2 and "1e+308 is too large" in done.output and "Warning" not in done.output


def test_precisions_of_large_payoffs_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "large.nfg"
    path.write_text('NFG 1 R "" { "A" } { 2 } 1e20 0', encoding="utf-8")
    assert " 1e-17" in call("solve", str(path), "--rationality", "trace").stdout


def test_the_exported_tree_has_the_values_of_the_case(case: str, tmp_path: Path) -> None:
    path = tmp_path / "dam.efg"
    assert call("export", case, "--to", "efg", "-o", str(path)).exit_code == 0
    precision = "0.1"
    whole = solved(case, "--rationality", precision)["equilibria"][0]["values"]
    tree = solved(str(path), "--rationality", precision)["equilibria"][0]["values"]
    assert tree == pytest.approx(whole, abs=1e-6)


def test_a_game_file_becomes_its_reduced_matrix(entry: str, tmp_path: Path) -> None:
    path = tmp_path / "entry.nfg"
    assert call("export", entry, "--to", "nfg", "-o", str(path)).exit_code == 0
    form = read_game(path)
    assert isinstance(form, StrategicForm)
    assert form.strategies == (("out", "in"), ("fight", "accommodate"))
    np.testing.assert_array_equal(form.payoffs[0, ..., 0], [[1, 1], [-1, 2]])


def test_nothing_is_written_over_unless_told(entry: str, tmp_path: Path) -> None:
    path = tmp_path / "there.nfg"
    path.write_text("mine", encoding="utf-8")
    done = call("export", entry, "--to", "nfg", "-o", str(path))
    assert done.exit_code == 2 and path.read_text(encoding="utf-8") == "mine"
    assert call("export", entry, "--to", "nfg", "-o", str(path), "--force").exit_code == 0
    assert path.read_text(encoding="utf-8").startswith("NFG 1")


def test_what_cannot_be_written_is_refused(pennies: str) -> None:
    done = call("export", pennies, "--to", "efg")
    assert done.exit_code == 2 and "cannot be written" in done.output


def test_durations_and_precisions() -> None:
    assert read_duration("30s") == 30 and read_duration("2m") == 120 and read_duration("500ms") == 0.5
    assert read_duration("1.5") == 1.5
    assert read_rationality("0") == 0 and read_rationality("1e6") == 1e6
    for wrong in ("-1", "nan", "inf", "x"):
        with pytest.raises(Refusal):
            read_rationality(wrong)


def test_the_limit_stops_a_search_and_the_rest_is_kept() -> None:
    told: list[tuple[str, int, int]] = []
    proceed = TimeLimit(60.0, lambda *moved: told.append(moved)).proceed
    assert proceed("vertices", 1, 3) and told == [("Vertices", 1, 3)]
    assert not TimeLimit(-1.0).proceed("vertices", 1, 3)


def test_a_name_that_ends_as_another_kind_of_file_is_refused(case: str, tmp_path: Path) -> None:
    path = tmp_path / "case.efg"
    done = call("export", case, "--to", "json", "-o", str(path))
    assert done.exit_code == 2
    assert "Q850" in done.stderr
    assert "end it in .json" in done.stderr
    assert not path.exists()
    assert call("export", case, "--to", "json", "-o", str(tmp_path / "case.txt")).exit_code == 0
