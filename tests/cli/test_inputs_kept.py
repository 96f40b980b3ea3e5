"""No command writes over a file that it has read, by whatever name, link or option."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quandary.cli import Exit, build_app
from quandary.use import write_template

APP = build_app()
FEW = ("-w", "32", "-q")
GAME = 'NFG 1 R "g" { "a" "b" } { 2 2 }\n\n1 2 3 4 5 6 7 8\n'
ARTICLE = "The minister said on 3 May 2024 that talks with the north are likely."

LINKS: dict[str, Callable[[Path, Path], object]] = {
    "itself": lambda file, _: file,
    "a link": lambda file, link: link.symlink_to(file),
    "a hard link": os.link,
    "another way": lambda file, _: None,
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder with a case in two files, its prose, a game and an article."""
    write_template(tmp_path / "dam")
    case = tmp_path / "dam" / "case.yaml"
    head, key, tail = case.read_text(encoding="utf-8").partition("\nchecks:")
    first, rest = head.split("\nquandary: 2\n")
    case.write_text(f"{first}\nquandary: 2\ninclude: [more.yaml]\n{rest}\n", encoding="utf-8")
    (tmp_path / "dam" / "more.yaml").write_text(key + tail, encoding="utf-8")
    (tmp_path / "game.nfg").write_text(GAME, encoding="utf-8")
    (tmp_path / "story.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "story.yaml").write_text(ARTICLE, encoding="utf-8")
    return tmp_path


COMMANDS = {
    "export a case": (["export", "{dam}", "--to", "json", "-o", "{out}", "--force"], "dam/case.yaml"),
    "export a part": (["export", "{dam}", "--to", "json", "-o", "{out}", "--force"], "dam/more.yaml"),
    "export a game": (["export", "{root}/game.nfg", "--to", "nfg", "-o", "{out}", "--force"], "game.nfg"),
    "report": (["report", "{dam}", "-f", "md", "-o", "{out}", "--force", "--no-search", *FEW], "dam/case.yaml"),
    "report, a part": (["report", "{dam}", "-f", "md", "-o", "{out}", "--force", "--no-search", *FEW], "dam/more.yaml"),
    "report, the prose": (
        ["report", "{dam}", "-f", "json", "-o", "{out}", "--force", "--no-search", *FEW],
        "dam/analysis.md",
    ),
    "read into the article": (["read", "{root}/story.yaml", "-o", "{out}", "--force"], "story.yaml"),
}


@pytest.mark.slow
@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_input_is_not_written_over(command: str, link: str, files: Path) -> None:
    arguments, name = COMMANDS[command]
    file = files / name
    out = file if link == "itself" else files / f"linked{file.suffix}"
    if link == "another way":
        out = file.parent / ".." / file.parent.name / file.name
    else:
        LINKS[link](file, out)
    before = {path: path.read_bytes() for path in files.rglob("*") if path.is_file()}
    done = CliRunner().invoke(APP, [part.format(root=files, dam=files / "dam", out=out) for part in arguments])
    assert done.exit_code == Exit.USAGE, done.output
    assert "Q805" in done.output and "is the file that is being read" in " ".join(done.output.split())
    assert before == {path: path.read_bytes() for path in files.rglob("*") if path.is_file()}
    assert out.is_symlink() == (link == "a link")


@pytest.mark.slow
def test_other_files_are_written_over_as_before(files: Path) -> None:
    out = files / "other.json"
    for _ in range(2):
        done = CliRunner().invoke(APP, ["export", str(files / "dam"), "--to", "json", "-o", str(out), "--force"])
        assert done.exit_code == 0, done.output
    (files / "draft").mkdir()
    for name in ("article.txt", "case.yaml"):
        (files / "draft" / name).write_text("of before", encoding="utf-8")
    done = CliRunner().invoke(APP, ["read", str(files / "story.txt"), "-o", str(files / "draft"), "--force"])
    assert done.exit_code == 0, done.output
    assert (files / "draft" / "article.txt").read_text(encoding="utf-8") == ARTICLE
