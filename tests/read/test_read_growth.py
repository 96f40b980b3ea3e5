"""Four times the page takes some four times the work, whatever stands on it; a scan that starts over takes sixteen.

Only the ratio of two processor times is judged, with a wide margin, and never a time by itself.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from quandary.base import Refusal
from quandary.case import written_draft
from quandary.read import draft_of, lay_out, read_article, read_bytes, without_programs

MOST = 9.0
"""Between the 4 of a fair reading and the 16 of one that starts over at each place."""
LEAST = 0.04
"""Processor seconds below which a time is noise."""


def grows_fairly(work: Callable[[int], object], size: int) -> None:
    work(size // 8)  # what is made once
    ratios = []
    for _ in range(3):
        times = []
        for times_larger in (1, 4):
            started = time.process_time()
            work(times_larger * size)
            times.append(max(LEAST, time.process_time() - started))
        ratios.append(times[1] / times[0])
        if ratios[-1] < MOST:
            return
    assert min(ratios) < MOST, ratios


MARKDOWN = [
    "[",
    "![",
    "[a](",
    "![a](b(",
    "[a](b) ",
    "[[a]](",
    "---\n\n",
    "\n---",
    "_",
    "# ",
    "#\n",
    "- ",
    "-\n",
    "**_`",
    "> ",
    "a:\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("piece", MARKDOWN)
@pytest.mark.parametrize("head", ["", "---\n"])
def test_markdown(piece: str, head: str) -> None:
    def work(size: int) -> None:
        try:
            read_bytes(f"{head}{piece * (size // len(piece))} the talks failed".encode(), "a.md")
        except Refusal as refusal:
            assert refusal.problem.code == "Q701", refusal

    grows_fairly(work, 40_000)


PROGRAMS = [
    "<script ",
    "<script>",
    "<!--",
    "<style><script ",
    "</script ",
    "<svg></svg>",
    "<svg </script",
    "<object><!--",
]


@pytest.mark.parametrize("piece", PROGRAMS)
def test_programs_in_a_page(piece: str) -> None:
    grows_fairly(lambda size: without_programs(piece * (size // len(piece))), 100_000)


LAYOUT = {
    "tail lines": "related\n",
    "heads": "By Ann Lee 5 March 2021\n\n",
    "dates": "5 March 2021 ",
    "month at": "May 5 at  ",
    "a dateline": "AB, C d",
    "spaces": " " * 8,
    "tabs": "\t",
    "marks": ".) ",
    "blank lines": "a\n \n",
    "no end": "word ",
    "by": "By ",
}


@pytest.mark.slow
@pytest.mark.parametrize("what", LAYOUT)
def test_layout(what: str) -> None:
    piece = LAYOUT[what]
    grows_fairly(lambda size: lay_out(f"AB, C{piece * (size // len(piece))}x", identity="x"), 60_000)


def many_names(size: int) -> str:
    draw = random.Random(1)
    names = ("".join([draw.choice("ABCDEFGH"), *draw.choices("aeioulmnrst", k=6)]) for _ in range(2 * size))
    return " ".join(f"President {a} {b} said that war is likely." for a, b in zip(names, names, strict=True))


LETTERS = str.maketrans("0123456789", "ABCDEFGHIJ")
ARTICLES: dict[str, Callable[[int], str]] = {
    "names": lambda size: many_names(size // 8),
    "acronyms": lambda size: " ".join(f"The {number:05}".translate(LETTERS) for number in range(size // 2)),
    "quotes": lambda size: "“We will wait for war,” he said. " * (size // 7),
    "one sentence of reports": lambda size: "he said that " * (size // 3),
    "one sentence of dates": lambda size: "Russia attacked on 5 March 2021 " * (size // 6),
    "events": lambda size: "Russia attacked Ukraine. " * (size // 3),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", ARTICLES)
def test_the_reading_of_an_article(what: str, model: Any) -> None:
    def work(size: int) -> None:
        written_draft(draft_of(read_article(lay_out(ARTICLES[what](size), identity="x"), model=model)))

    grows_fairly(work, 600)


@pytest.mark.slow
def test_a_name_with_gaps_is_found_in_time(model: Any) -> None:
    """A word of hundreds of letters is read as spaces; a name around it is one name, with one gap."""
    text = f"The talks between Arlan {'and' * 200} Belmar failed on Monday. Arlan {'and' * 200} Marsh said so."
    assert read_article(lay_out(text, identity="x"), model=model).article.text == text


@pytest.mark.slow
def test_the_model_is_loaded_without_the_command_line_of_its_library() -> None:
    code = (
        "import sys; from quandary.read import load_model; load_model(); "
        "found = {'spacy.cli', 'requests', 'weasel'} & set(sys.modules);"
        " import spacy.cli; print(sorted(found), callable(spacy.cli.download))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "[] True"
