"""What ``quandary read`` does, as a function from its arguments to the text that is printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from quandary.files import write_atomically
from quandary.problems import Problem, Refusal
from quandary.read.contract import to_json
from quandary.read.draft import Draft, draft_of
from quandary.read.draft_yaml import as_yaml
from quandary.read.extractor import extract
from quandary.read.intake import LARGEST_FILE, read_bytes, read_file
from quandary.read.records import Article, Reading
from quandary.read.report import summary
from quandary.version import __version__


def carry_out(
    source: str,
    out: Path | None,
    *,
    as_json: bool,
    review: bool,
    extractor: str,
    endpoint: str | None,
    model: str | None,
) -> str:
    """Return what the command prints, after writing the draft where ``out`` asks for one.

    Raises ``Refusal`` for input that cannot be read, and for a place that is taken.
    """
    if review and source == "-":
        message = "a review needs the keyboard, but the article comes from standard input"
        raise Refusal(Problem("Q806", message, hint="save the article in a file and review that"))
    case = _place(out) if out is not None else None
    article = _article(source)
    reading = extract(extractor, article, endpoint=endpoint, model=model)
    draft = draft_of(reading)
    if review:
        from quandary.read.review import walk_through

        draft = walk_through(draft, article, sys.stdin, sys.stderr)
    if case is not None:
        _write(case, draft, article)
    if as_json:
        return json.dumps(to_json(reading, __version__), ensure_ascii=False, indent=2)
    if case is None and review:
        return as_yaml(draft)
    return summary(reading, draft, case, source)


def _article(source: str) -> Article:
    if source == "-":
        return read_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), "-")
    return read_file(Path(source))


def _place(out: Path) -> Path:
    """Return the case to write: ``out`` itself if it names a YAML file, else ``case.yaml`` in that folder."""
    case = out if out.suffix in {".yaml", ".yml"} else out / "case.yaml"
    if case.exists():
        raise Refusal(Problem("Q805", f'"{case}" is already there', hint="name another folder, or move it away first"))
    return case


def _write(case: Path, draft: Draft, article: Article) -> None:
    case.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(case.parent / "article.txt", article.text)
    write_atomically(case, as_yaml(draft))


def reading_of(path: Path) -> Reading:
    """Return what the built-in rules find in a file."""
    return extract("rules", read_file(path))
