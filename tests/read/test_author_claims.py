"""What an author claims in his own voice, and what he only narrates (``author_claims_made_up.txt``)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from quandary.read import ArticleReading

Reader = Callable[..., ArticleReading]
Block = list[tuple[tuple[str, ...], str]]


def blocks() -> Iterator[tuple[str, Block]]:
    """Yield the style and the lines of every article of the set: the kinds that are right, and the sentence."""
    style = ""
    text = (Path(__file__).parent / "author_claims_made_up.txt").read_text(encoding="utf-8")
    for part in text.split("\n\n"):
        lines = [line for line in part.splitlines() if line.strip() and not line.startswith("#")]
        if lines and lines[0].startswith("== "):
            style = lines.pop(0)[3:]
        if lines:
            pairs = [line.split(" | ", 1) for line in lines]
            yield style, [(tuple(k.strip() for k in kinds.split(",")), sentence) for kinds, sentence in pairs]


BLOCKS = list(blocks())


@pytest.mark.parametrize(("style", "block"), BLOCKS, ids=[f"{style}: {block[0][1][:25]}" for style, block in BLOCKS])
def test_claims_of_a_made_up_article(read: Reader, style: str, block: Block) -> None:
    found = {c.passage.text: c.kind for c in read("\n\n".join(sentence for _, sentence in block)).author_claims}
    wrong = []
    for kinds, sentence in block:
        kind = found.get(sentence)
        if kinds == ("-",) and kind is not None:
            wrong.append(f"narration taken for {kind}: {sentence}")
        elif kinds not in {("-",), ("?",)} and kind not in kinds:
            wrong.append(f"{kind}, not {kinds[0]}: {sentence}")
    assert wrong == []


def test_the_set_is_as_large_as_asked() -> None:
    lines = [kinds for _, block in BLOCKS for kinds, _ in block]
    assert len(lines) >= 150
    assert sum(kinds == ("-",) for kinds in lines) >= 55
    assert sum(kinds not in {("-",), ("?",)} for kinds in lines) >= 80
