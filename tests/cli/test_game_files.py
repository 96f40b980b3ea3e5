"""Files of games at the command line: what is no game is said by name, with the next step and the line shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.formats.samples import BIF, EFG, JSON, NET, NFG, XDSL
from typer.testing import CliRunner, Result

from quandary.cli import build_app
from quandary.onegame import ENDINGS, FORMATS, UNREAD

APP = build_app()


def call(*arguments: str) -> Result:
    return CliRunner().invoke(APP, list(arguments))


def test_endings_are_those_of_the_formats() -> None:
    assert tuple(ending for known in FORMATS for ending in (known.ending, *known.also)) == ENDINGS
    assert not set(ENDINGS) & set(UNREAD)


@pytest.mark.parametrize("command", [("solve",), ("export", "--to", "json")])
@pytest.mark.parametrize(
    ("text", "meant"),
    [(EFG, ".efg"), (NFG, ".nfg"), (JSON, ".json"), (BIF, ".bif"), (NET, ".net"), ("so it goes", "known endings")],
)
def test_a_game_by_another_ending_is_no_broken_case(
    command: tuple[str, ...], text: str, meant: str, tmp_path: Path
) -> None:
    path = tmp_path / "game.txt"
    path.write_text(text, encoding="utf-8")
    done = call(command[0], str(path), *command[1:])
    assert done.exit_code == 2
    assert "Q601" in done.stderr
    assert meant in done.stderr
    assert "case file is a mapping" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("ending", UNREAD)
def test_files_of_other_tools_are_refused_by_name(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"game{ending}"
    path.write_text("#AGG\n", encoding="utf-8")
    for arguments in (("solve", str(path)), ("export", str(path), "--to", "nfg"), ("ask", str(path), "P(a = b)")):
        done = call(*arguments)
        assert done.exit_code == 2
        assert UNREAD[ending][0] in done.stderr
    assert any(word in UNREAD[ending][1] for word in ENDINGS), "the way round ends at a file that is read"


def test_a_case_in_yaml_is_still_a_case(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("quandary: 1\n", encoding="utf-8")
    assert "Q601" not in call("solve", str(path)).stderr


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_the_line_of_a_fault_is_shown_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "game.efg"
    text = EFG.replace("doves", "Löwen\x0b").replace("{ 0.5, 2 }", "{ 0.5, zwölf }").replace("\n", "\r\n")
    path.write_bytes(text.encode(encoding))
    done = call("solve", str(path))
    assert f"{path}:8:18" in done.stderr.replace("\n", "")
    assert '8 │ t "" 3 "" { 0.5, zwölf }' in done.stderr


def test_faults_as_json_have_place_and_next_step(tmp_path: Path) -> None:
    path = tmp_path / "net.xdsl"
    path.write_text(XDSL.replace("</nodes>", '</nodes><dynamic numslices="2"/>'), encoding="utf-8")
    (problem,) = json.loads(call("solve", str(path), "--json").stdout)["problems"]
    assert (problem["code"], problem["line"]) == ("Q611", 11)
    assert "unroll" in problem["hint"]
