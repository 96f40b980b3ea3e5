"""The bar is drawn some ten times a second, however many steps are told: drawing takes longer than a step."""

from __future__ import annotations

import sys

import pytest
from rich.progress import Progress as Bar

from quandary.cli import BETWEEN, progress, progress_bar


def test_the_bar_is_drawn_rarely_and_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(1_000_000))
    drawn: list[str] = []
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(progress, "monotonic", lambda: next(moments) * BETWEEN / 100)
    monkeypatch.setattr(Bar, "update", lambda _bar, task, **told: drawn.append(f"{task} {told['description']}"))
    with progress_bar(quiet=False) as move:
        assert move is not None
        for step in range(1_000):
            move("Strategies of A" if step < 500 else "Pairs", step, 1_000)
    assert 9 <= len(drawn) <= 11
    assert set(drawn) == {"0 Strategies of A", "0 Pairs"}
