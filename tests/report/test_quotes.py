"""Quotes cut to a width: never longer, never without the words that turn or hedge what is said."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from quandary.report import TURNS, cut_quote

PLAIN = ("Moscow", "wants", "order", "the", "border", "of", "quiet", "winter", "treaty", "long", "talks")
TURNING = ("not", "never", "if", "may", "unless", "less", "won't", "fails", "only", "could,")


@given(st.lists(st.sampled_from(PLAIN + TURNING), min_size=1, max_size=30), st.integers(8, 90))
def test_what_turns_a_sentence_is_never_left_out(words: list[str], width: int) -> None:
    quote = " ".join(words)
    cut = cut_quote(quote, width)
    if cut is None:
        assert cell_len(quote) > width
        return
    assert cell_len(cut) <= width
    if cut != quote:
        kept = cut.removesuffix(" …").split()
        assert cut.endswith(" …")
        assert words[: len(kept)] == kept, "nothing is left out of its middle"
        assert not any(TURNS.fullmatch(re.sub(r"[^\w'’]", "", word.lower())) for word in words[len(kept) :])
        assert kept[-1] not in {"the", "of"}, "what it leads to would be missed"


@pytest.mark.parametrize(
    ("quote", "width"),
    [
        ("the army is not ready to march before the thaw", 30),
        ("they will leave if the bridges are mended by the spring", 40),
        ("an attack would be far less likely than last year", 34),
    ],
)
def test_a_quote_that_cannot_be_cut_honestly_stays_whole(quote: str, width: int) -> None:
    cut = cut_quote(quote, width)
    assert cut is None or {word for word in quote.split() if TURNS.fullmatch(word)} <= set(cut.split())
