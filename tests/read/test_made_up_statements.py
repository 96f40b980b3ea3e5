"""Passages made up in many styles: speakers, kinds and edges of what is said in them (``statements_made_up.txt``)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.read.statement_sets import Passage, faults, passages

from quandary.read import ArticleReading

Reader = Callable[..., ArticleReading]

PASSAGES = list(passages(Path(__file__).parent / "statements_made_up.txt"))
STYLES = list(dict.fromkeys(p.style for p in PASSAGES if p.style != "known"))


@pytest.mark.parametrize("style", STYLES)
def test_what_is_said_in_made_up_passages(read: Reader, style: str) -> None:
    wrong = {p.text: found for p in PASSAGES if p.style == style and (found := faults(p, read(p.text).statements))}
    assert wrong == {}


def test_the_set_is_as_large_as_its_heading_says() -> None:
    assert len(PASSAGES) >= 240
    assert sum(len([e for e in p.expected if not e.optional]) for p in PASSAGES) >= 225


@pytest.mark.parametrize("passage", [p for p in PASSAGES if p.style == "known"], ids=lambda p: p.text[:30])
def test_a_known_fault_is_taken_off_the_list_when_it_is_mended(read: Reader, passage: Passage) -> None:
    assert faults(passage, read(passage.text).statements) != []
