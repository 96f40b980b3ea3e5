"""What a user names as a file may be a pipe, a device or a folder: every command that reads one refuses it at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quandary.cli import Exit, build_app

APP = build_app()
CASE = "kazakhstan-2022"
pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and devices are POSIX")

KINDS: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a folder": lambda path: path.mkdir(),
}
TOLD = {
    "a pipe": "is no ordinary file but a named pipe",
    "an endless device": "is no ordinary file but a device",
    "a folder": "is a folder, not a file",
}
COMMANDS = {
    "check": (["check", "{}"], "made"),
    "run": (["run", "{}"], "made.yaml"),
    "ask": (["ask", "{}", "P(war)"], "made.yaml"),
    "compare": (["compare", CASE, "{}", "P(war)"], "made.yaml"),
    "solve a case": (["solve", "{}"], "made.yaml"),
    "solve a game": (["solve", "{}"], "made.efg"),
    "solve a network": (["solve", "{}"], "made.xdsl"),
    "the text of a case": (["check", CASE, "--text", "{}"], "made.txt"),
    "read": (["read", "{}"], "made.html"),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", COMMANDS)
def test_refused_with_a_sentence(command: str, kind: str, tmp_path: Path) -> None:
    arguments, name = COMMANDS[command]
    KINDS[kind](tmp_path / name)
    done = CliRunner().invoke(APP, [part.format(tmp_path / name) for part in arguments])
    assert done.exit_code in (Exit.FAULTS, Exit.USAGE)
    said = done.output
    assert ("folder" if kind == "a folder" else "is no ordinary file") in said
    assert said.count("error") <= 2 and "Traceback" not in said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", ["check", "run", "solve"])
def test_in_the_place_of_the_case_of_a_folder(command: str, kind: str, tmp_path: Path) -> None:
    KINDS[kind](tmp_path / "case.yaml")
    done = CliRunner().invoke(APP, [command, str(tmp_path)])
    assert done.exit_code in (Exit.FAULTS, Exit.USAGE)
    assert "Q690" in done.output and TOLD[kind] in " ".join(done.output.split())


def test_a_link_to_nothing_in_the_place_of_the_case_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").symlink_to("nowhere")
    done = CliRunner().invoke(APP, ["check", str(tmp_path)])
    assert "Q690" in done.output and "there is no file" in done.output and "beside" not in done.output


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("line", ["include: [made]", "text: made"])
def test_named_by_a_case(line: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(f"quandary: 1\n{line}\n", encoding="utf-8")
    KINDS[kind](tmp_path / "made")
    done = CliRunner().invoke(APP, ["check", str(tmp_path)])
    assert done.exit_code == Exit.FAULTS
    outside = kind == "an endless device"  # a link that leaves the folder of the case is not even looked at
    assert ("Q170" if outside else "Q690") in done.output


@pytest.mark.parametrize("kind", ["a pipe", "an endless device"])
@pytest.mark.parametrize("name", ["article.txt", "case.yaml"])
def test_a_draft_is_not_written_into_what_stands_in_its_folder(name: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / "source.txt").write_text("The minister said that talks with the north are likely.", encoding="utf-8")
    (tmp_path / "draft").mkdir()
    KINDS[kind](tmp_path / "draft" / name)
    for force in ([], ["--force"]):
        done = CliRunner().invoke(APP, ["read", str(tmp_path / "source.txt"), "-o", str(tmp_path / "draft"), *force])
        assert done.exit_code == Exit.USAGE
        assert "Q805" in done.output and "no ordinary file" in done.output
    assert [path.name for path in (tmp_path / "draft").iterdir()] == [name]
