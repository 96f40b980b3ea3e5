"""``quandary read`` on mutants of articles of every form: a reading, or one sentence and a documented code."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.harness import Tally, Trial, try_files, wanted
from tests.fuzz.mutation import mutants
from tests.read.files import PAGE, PROSE, parts_of, pdf_of, word_file, zipped

pytestmark = pytest.mark.slow

LINES = ["Talks fail", "By Ann Lee", "5 March 2021", PROSE, f"{PROSE} “We are patient,” said Ivo Marsh."]
MARKDOWN = f"""---
title: "Talks fail"
author: Ann Lee
date: 2021-03-05
---

# Talks fail

![map](map.png) {PROSE} See [here](http://border.example/a_(b)).

> “We are patient,” said **Ivo Marsh**. If Arlan attacks, war is *likely*.

- {PROSE}
"""
READ_BY_WORD = ("word/document.xml", "[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/styles.xml")


def word_mutants(count: int) -> Iterator[bytes]:
    """Yield mutants of a Word file: of its packed bytes, and, so that more of it is reached, of single parts."""
    whole = word_file(LINES, "Ann Lee")
    parts = parts_of(whole)
    for number in range(count):
        draw = random.Random(number)
        kind = draw.randrange(8)
        if kind == 0:
            yield from mutants([whole], 1, seed=number)
        elif kind == 1:
            yield zipped(part for part in parts if part[0] != draw.choice(parts)[0])
        else:
            name = draw.choice(READ_BY_WORD if kind < 7 else [part[0] for part in parts])
            yield zipped((n, next(mutants([p], 1, seed=number)) if n == name else p) for n, p in parts)


def pdf_mutants(count: int) -> Iterator[bytes]:
    """Yield mutants of a PDF, packed and not."""
    yield from mutants(
        [pdf_of([line.translate({8220: 34, 8221: 34}) for line in LINES], packed=p) for p in (False, True)], count
    )


LONGEST = 50_000
"""Bytes of a mutant: five times a long article, which the parser of English reads in some seconds on a busy machine."""


def text_mutants(text: str, count: int) -> Iterator[bytes]:
    """Yield mutants of a text in three encodings."""
    seeds = [text.encode(), text.encode(), text.encode("utf-16"), text.encode("cp1252")]
    yield from (mutant[:LONGEST] for mutant in mutants(seeds, count))


def without_a_word(given: bytes, trial: Trial) -> str:
    """Return what was taken that should not have been: a text with nothing in it."""
    return "" if trial.out.strip() else "nothing was said"


TARGETS = {
    "article.docx": (word_mutants, 70),
    "article.pdf": (pdf_mutants, 70),
    "article.html": (lambda count: text_mutants(PAGE, count), 50),
    "article.md": (lambda count: text_mutants(MARKDOWN, count), 50),
    "article.txt": (lambda count: text_mutants("\n\n".join(LINES), count), 50),
}


@pytest.mark.parametrize("name", TARGETS)
def test_an_article(name: str, tmp_path: Path) -> None:
    make, usual = TARGETS[name]
    tally = Tally(tmp_path)
    try_files(tally, make(wanted(usual)), name, "read", "{}", silent=without_a_word)
    tally.check(least=wanted(usual))
    assert tally.counts["exit 0"] > 10, tally.counts
