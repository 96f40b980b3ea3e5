"""Long lines are folded at words on a terminal, and left whole where nobody is looking."""

from __future__ import annotations

import subprocess
import sys

import pytest

from quandary.base import Excerpt
from quandary.case import TEMPLATE, shipped_folder
from quandary.cli import folded

LINE = "  Searched: all pairs of vertices of the best-answer polytopes, in exact arithmetic, complete for this game."


@pytest.mark.parametrize("width", [40, 80, 100])
def test_a_long_line_is_folded_at_words_with_an_indent(width: int) -> None:
    parts = folded(LINE, width)
    assert all(len(part) <= width for part in parts)
    assert " ".join(part.strip() for part in parts) == LINE.strip()
    assert parts[0].startswith("  Searched")
    assert all(part.startswith("      ") and part[6] != " " for part in parts[1:])


def test_what_fits_or_is_not_for_a_terminal_stays_whole() -> None:
    assert folded(LINE, None) == [LINE]
    assert folded(LINE, len(LINE)) == [LINE]
    assert folded("", 80) == [""]


@pytest.mark.parametrize("margin", ["   59 │ ", "      │ "])
def test_an_excerpt_keeps_its_columns(margin: str) -> None:
    line = margin + "a line of the case that is longer " * 4
    assert folded(Excerpt(line), 80) == [line]


@pytest.mark.slow
def test_where_nobody_is_looking_lines_end_with_their_words() -> None:
    command = [sys.executable, "-m", "quandary", "run", str(shipped_folder() / TEMPLATE), "--worlds", "100", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert "\nThe one check against what is known elsewhere is met.\n" in done.stdout
    assert not [line for line in done.stdout.splitlines() if line != line.rstrip()]
