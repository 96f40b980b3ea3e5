"""Numbers as people read them."""

from __future__ import annotations

from datetime import date

import pytest

from quandary.report.wording import counted, day, likelihood, listing, percent, percent_interval, signed_points


@pytest.mark.parametrize(
    ("probability", "said"),
    [
        (0.0, "0 %"),
        (0.0004, "< 0.1 %"),
        (0.004, "0.4 %"),
        (0.474, "47 %"),
        (0.996, "99.6 %"),
        (0.99996, "> 99.9 %"),
        (1.0, "100 %"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_percent(probability: float | None, said: str) -> None:
    assert percent(probability) == said


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.01, "almost no chance"),
        (0.2, "unlikely"),
        (0.5, "roughly even chance"),
        (0.9, "very likely"),
        (1.0, "almost certain"),
    ],
)
def test_likelihood_follows_the_bands(probability: float, word: str) -> None:
    assert likelihood(probability) == word


def test_small_things() -> None:
    assert percent_interval(0.22, 0.71) == "22 to 71 %"
    assert percent_interval(0.0004, 0.71) == "< 0.1 % to 71 %"
    assert signed_points(-0.035) == "-3.5 points"
    assert day(date(2022, 1, 8)) == "8 January 2022"
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing(["a"]) == "a"
    assert counted(1, "world") == "1 world"
    assert counted(2000, "world") == "2,000 worlds"
