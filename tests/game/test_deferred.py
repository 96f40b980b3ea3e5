"""Tables made when first looked at."""

from __future__ import annotations

import numpy as np
import pytest

from quandary.game import Deferred, Table


def test_a_table_is_made_once_and_only_when_looked_at() -> None:
    made: list[str] = []

    def make(name: str) -> Table:
        made.append(name)
        return Table((name,), np.ones((2, 1)))

    tables = Deferred(["a", "b", "c"], make)
    assert list(tables) == ["a", "b", "c"]
    assert len(tables) == 3
    assert "a" in tables
    assert tables["b"] is tables["b"]
    assert tables["b"].axes == ("b",)
    assert made == ["b"]
    with pytest.raises(KeyError):
        tables["d"]
    assert made == ["b"]
