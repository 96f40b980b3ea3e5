"""The documents are run: cases load and solve, commands end well, JSON keys exist, links lead somewhere."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.solved_once import solved_once
from typer.testing import CliRunner

import quandary
from quandary.base import Place
from quandary.cli import build_app
from quandary.compile import read_case
from quandary.language import parse_condition, parse_quantity, parse_query, written

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)(?:#[^)\s]*)?\)")
PARSERS = {"quantity": parse_quantity, "condition": parse_condition, "query": parse_query}
SERVED = ("sh api", "python api")
"""Run against a server by tests/web/test_serve.py."""
RUN = ("yaml case", "sh run", "python run", "json keys=", *PARSERS, *SERVED)
SHOWN = ("text", "")
ENDS = re.compile(r"exit (\d+)(?:: (.+))?")
JSON_COMMANDS = {
    "run": ["run", "kazakhstan-2022", "--worlds", "16", "--quiet", "--no-search", "--json"],
    "ask": ["ask", "kazakhstan-2022", "P(invasion)", "--worlds", "16", "--quiet", "--json"],
    "problems": ["check", "broken.yaml", "--json"],
    "timeline": ["timeline", "kazakhstan-2022", "--worlds", "16", "--quiet", "--json"],
    "paths": [
        *(
            "paths",
            "kazakhstan-2022",
            "invasion",
            "--change",
            "unrest: none to regime_threat",
            "--through",
            "attention",
        ),
        *("--worlds", "16", "--quiet", "--json"),
    ],
    "equilibria": ["equilibria", "case.yaml", "P(road = left)", "--worlds", "24", "--quiet", "--json"],
    "solve": ["solve", "dam.efg", "-c", "pure", "--quiet", "--json"],
    "suppose": [
        *("suppose", "kazakhstan-2022", "P(invasion)", "--announce", "talks: concession"),
        *("--worlds", "16", "--quiet", "--json"),
    ],
}


@pytest.fixture(scope="module", autouse=True)
def shared_solutions() -> Iterator[None]:
    with solved_once():
        yield


@dataclass(frozen=True)
class Block:
    """A fenced block: its label, its text, and the line of the page on which it starts."""

    label: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        yield Block(match[1].strip(), match[2], text.count("\n", 0, match.start()) + 1)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def runs(block: Block) -> bool:
    return block.label.startswith(RUN)


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in PAGES if any(map(runs, blocks(p)))], ids=name)
def test_a_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sections: dict[str, Any] = {}
    for block in blocks(page):
        where = f"{name(page)}:{block.line}"
        if block.label == "yaml case":
            sections |= YAML().load(block.text)
            run_case(sections, tmp_path / "case.yaml", where)
        elif block.label == "sh run":
            run_commands(block.text, where)
        elif block.label == "python run":
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(compile(block.text, where, "exec"), {})
            assert printed.getvalue().strip(), where
        elif block.label in PARSERS:
            check_parsing(block, name(page))
        elif block.label.startswith("json keys="):
            check_keys(block, where)


def run_case(sections: dict[str, Any], path: Path, where: str) -> None:
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(sections, stream)
    loaded = read_case(path)
    assert loaded.case is not None, (where, loaded.problems)
    story = loaded.case.story[-1]
    options = getattr(story, "states", None) or getattr(story, "options")  # noqa: B009 - either kind of item
    answer = quandary.load(path).solve(worlds=32, seed=1).ask(f"P({story.id} = {options[0]})")
    assert answer.mean is not None, where
    assert 0 <= answer.mean <= 1, where


def run_commands(text: str, where: str) -> None:
    """Run each line; behind ``  #`` stands what it prints, or ``exit N``, or both as ``exit N: what it prints``."""
    for line in text.splitlines():
        command, _, comment = line.partition("  # ")
        words = shlex.split(command)
        assert words[:1] == ["quandary"], f"{where}: {line}"
        ends = ENDS.fullmatch(comment.strip())
        result = CliRunner().invoke(build_app(), words[1:])
        assert result.exit_code == (int(ends[1]) if ends else 0), f"{where}: {line}\n{result.output}"
        assert printed((ends[2] or "") if ends else comment, result.output), f"{where}: {line}\n{result.output}"


def printed(words: str, output: str) -> bool:
    """Return whether the words stand in an output, however its lines are broken; `5 %` does not stand in `75 %`."""
    start = r"(?<![\w.,+-])"
    return re.search(start + re.escape(" ".join(words.split())), " ".join(output.split())) is not None


@pytest.mark.parametrize(
    ("words", "found"),
    [("75 %", True), ("5 %", False), ("75 % (70", True), ("", True), ("5 points", False), ("+5 points", True)],
)
def test_what_a_page_says_is_printed(words: str, found: bool) -> None:
    assert printed(words, "likely, 75 %\n (70 to\n 80 %), +5 points\n") is found


def check_parsing(block: Block, file: str) -> None:
    parse = PARSERS[block.label]
    for offset, line in enumerate(block.text.splitlines(), start=1):
        node = parse(line, Place(file, block.line + offset, 1))
        assert parse(written(node), Place(file, 1, 1)) == node


def check_keys(block: Block, where: str) -> None:
    command = JSON_COMMANDS[block.label.removeprefix("json keys=")]
    Path("broken.yaml").write_text("quandary: 1\ntitel: Broken\n", encoding="utf-8")
    result = CliRunner().invoke(build_app(), command)
    shown, printed = json.loads(block.text), json.loads(result.stdout)
    assert not missing(shown, printed), (where, missing(shown, printed))
    if "schema" in shown:
        assert shown["schema"] == printed["schema"], where


def missing(shown: Any, printed: Any, path: str = "") -> list[str]:
    """Return the paths that ``shown`` has and ``printed`` has not; of a list, any item may have them."""
    if isinstance(shown, dict):
        if not isinstance(printed, dict):
            return [path]
        absent = [f"{path}.{key}" for key in shown if key not in printed]
        return absent + [p for k in shown if k in printed for p in missing(shown[k], printed[k], f"{path}.{k}")]
    if isinstance(shown, list):
        if not isinstance(printed, list):
            return [path]
        found = [[missing(item, candidate, f"{path}[]") for candidate in printed] for item in shown]
        return [p for candidates in found for p in min(candidates, key=len, default=[f"{path}[]"])]
    return []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_says_how_it_is_run(page: Path) -> None:
    labels = [(b.line, b.label) for b in blocks(page) if not runs(b) and b.label not in SHOWN]
    assert not labels


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_generated_parts_are_in_step() -> None:
    generate = _generate()
    stale = [name(p) for p, text in generate.renewed(generate.MAKERS) if p.read_text(encoding="utf-8") != text]
    assert not stale, "run `make fix`"


def test_every_fault_has_a_heading() -> None:
    page = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    catalogue = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "src/quandary/base/faults").glob("*.toml"))
    codes = re.findall(r"^\[(Q\d{3})\]$", catalogue, re.MULTILINE)
    assert len(codes) == len(set(codes))
    assert re.findall(r"^### (Q\d{3}):", page, re.MULTILINE) == sorted(codes)


def _generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
