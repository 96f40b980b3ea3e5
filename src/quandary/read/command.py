"""What ``quandary read`` does, as a function from its arguments to the text that is printed."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from quandary.base.files import check_ordinary, check_place, path_of, write_folder
from quandary.base.problems import Problem, Refusal
from quandary.case.draft import Draft
from quandary.case.draft_writer import written_draft
from quandary.read.contract import to_json
from quandary.read.drafting.draft import draft_of
from quandary.read.extractor import extract
from quandary.read.intake.intake import LARGEST_FILE, read_bytes, read_file
from quandary.read.records import Article, ArticleReading
from quandary.read.report import summary
from quandary.version import __version__

ARTICLE = "article.txt"
"""The article's text beside a draft."""


def carry_out(
    source: str,
    out: Path | None,
    *,
    as_json: bool,
    review: bool,
    extractor: str,
    endpoint: str | None,
    model: str | None,
    force: bool = False,
) -> str:
    """Return what the command prints, after writing the draft where ``out`` asks for one.

    Raises ``Refusal`` for input that cannot be read, and for a place that is taken.
    """
    if review and source == "-":
        message = "a review needs the keyboard, but the article comes from standard input"
        raise Refusal(Problem("Q806", message, hint="save the article in a file and review that"))
    case = _place(out, force=force) if out is not None else None
    article = _article(source)
    if case is not None:
        if os.path.lexists(case):
            check_place(case, force=force)  # again: it may be what was read
        _check_article(case, article, force=force)
    reading = extract(extractor, article, endpoint=endpoint, model=model)
    draft = draft_of(reading)
    if review:
        from quandary.read.drafting.review import walk_through

        draft = walk_through(draft, article, sys.stdin, sys.stderr)
    if case is not None:
        _write(case, draft, article, force=force)
    if as_json:
        return json.dumps(to_json(reading, __version__), ensure_ascii=False, indent=2)
    if case is None and review:
        return written_draft(draft)
    return summary(reading, draft, case, source)


def _article(source: str) -> Article:
    if source == "-":
        return read_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), "-")
    return read_file(path_of(source))


def _place(out: Path, *, force: bool) -> Path:
    """Return the case to write: ``out`` itself if it names a YAML file, else ``case.yaml`` in that folder."""
    case = out if out.suffix in {".yaml", ".yml"} else out / "case.yaml"
    if case.parent.is_dir():
        check_ordinary(case)
        check_place(case, force=force)
    return case


def _check_article(case: Path, article: Article, *, force: bool) -> None:
    """Refuse (Q805) a folder with another article in it, and to write over the file that is being read."""
    place = case.parent / ARTICLE
    if os.path.lexists(place):
        check_ordinary(place)
        check_place(place, force=force, same=article.text.encode("utf-8"))


def _write(case: Path, draft: Draft, article: Article, *, force: bool) -> None:
    """Write the article's text and the draft beside it, both or neither; the same text there already is used."""
    contents = {ARTICLE: article.text, case.name: written_draft(draft)}
    write_folder(case.parent, contents, force=force, kept=[ARTICLE])


def reading_of(path: Path) -> ArticleReading:
    """Return what the built-in rules find in a file."""
    return extract("rules", read_file(path))
