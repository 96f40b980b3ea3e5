"""The tables of words of probability: whole, cited, and as given."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from quandary.language import ONE_WORD_ODDS
from quandary.quantities import DEFAULT, look_up, table_named, tables


def test_the_shipped_file_is_the_one_given(shared: Path) -> None:
    shipped = (files("quandary.quantities") / "verbal_probability.csv").read_bytes()
    assert shipped == (shared / "reading" / "verbal_probability.csv").read_bytes()


def test_every_row_is_in_one_table() -> None:
    shipped = (files("quandary.quantities") / "verbal_probability.csv").read_text(encoding="utf-8")
    assert sum(len(table.meanings) for table in tables().values()) == len(shipped.splitlines()) - 1 == 102
    assert {table.basis for table in tables().values()} == {"survey percentiles", "prescribed band"}


def test_each_meaning_rises_and_is_a_probability() -> None:
    for table in tables().values():
        assert table.citation and table.title
        for meaning in table.meanings.values():
            assert 0 <= meaning.low <= meaning.middle <= meaning.high <= 1, (table.name, meaning)


def test_one_table_is_the_default() -> None:
    assert table_named(None) is tables()[DEFAULT]
    meaning, table = look_up("about even")
    assert table.name == "capphrase" and (meaning.low, meaning.middle, meaning.high) == (0.49, 0.5, 0.51)
    assert meaning.respondents == 5174


def test_the_language_knows_every_word_that_stands_alone() -> None:
    alone = {phrase for table in tables().values() for phrase in table.meanings if " " not in phrase}
    assert alone == ONE_WORD_ODDS


@pytest.mark.parametrize(
    ("phrase", "table", "low", "high"), [("likely", "ipcc", 0.66, 1.0), ("unlikely", "nato", 0.1, 0.4)]
)
def test_another_table_by_choice(phrase: str, table: str, low: float, high: float) -> None:
    meaning, _ = look_up(phrase, table)
    assert (meaning.low, meaning.high) == (low, high)
