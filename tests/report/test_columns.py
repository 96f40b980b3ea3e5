"""Tables on a terminal of any width break at spaces only, and lose nothing."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from quandary.report import TableColumns

HEADS = (("number", False), ("carries", True), ("range given", True), ("how likely", True))
ROWS = (
    ("the points on russia.momentum when unrest = regime_threat (line 346)", "18 % (11 to 25)", "-3 to 6", "–"),
    ("a_name_that_is_longer_than_most_terminals_of_forty_columns_are_wide", "34 %", "x2 to x5", "5 %"),
    ("日本 の 名前", "1 %", "", "about 1 in 25,000"),
)


def shown(table: TableColumns, width: int) -> list[str]:
    console = Console(width=width, file=io.StringIO(), record=True, markup=False, highlight=False)
    console.print(table)
    return console.export_text().splitlines()


def words(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    return sorted(word for row in rows for cell in row for word in cell.replace(";", "").split())


@pytest.mark.parametrize("width", [68, 80, 100, 118, 132, 200])
def test_every_word_is_whole(width: int) -> None:
    table = TableColumns(HEADS, rows=list(ROWS))
    lines = shown(table, width)
    assert all(len(line) <= width for line in lines)
    told = [word.strip(";") for line in lines for word in line.split()]
    assert set(words(ROWS)) <= set(told)


def test_a_wide_terminal_takes_a_row_a_line() -> None:
    lines = shown(TableColumns(HEADS, rows=list(ROWS)), 200)
    assert len(lines) == 1 + len(ROWS)
    assert [lines[0].split()[0], lines[0].rstrip()[-10:]] == ["number", "how likely"]


def test_a_long_name_is_not_squeezed_where_other_cells_can_break_too() -> None:
    heads = (("number", False), ("needed", True), ("now", True), ("90 % range", True), ("because", False))
    name = "the worth of the government of Belmar's water when Belmar's answer is an air strike"
    row = (name, "below 42.9 points of worth", "45.7 points of worth", "30 to 70 points of worth", "judgement")
    lines = shown(TableColumns(heads, rows=[row]), 80)
    assert len(lines) <= 5  # the head, and four of the row, where the name alone took eleven


def test_a_terminal_too_narrow_takes_lines_a_row() -> None:
    lines = shown(TableColumns(HEADS, rows=[ROWS[0]]), 40)
    assert [line.rstrip() for line in lines] == [
        "the points on russia.momentum when",
        "unrest = regime_threat (line 346)",
        "  carries 18 % (11 to 25); range given",
        "  -3 to 6; how likely –",
    ]


@pytest.mark.slow
@given(
    st.lists(
        st.lists(st.from_regex(r"[a-z_.]{1,12}( [a-z_.]{1,12}){0,6}", fullmatch=True), min_size=4, max_size=4),
        min_size=1,
        max_size=6,
    ),
    st.integers(40, 120),
)
def test_no_word_is_ever_cut(rows: list[list[str]], width: int) -> None:
    table = TableColumns(HEADS, rows=[tuple(row) for row in rows])
    told = {word.strip(";") for line in shown(table, width) for word in line.split()}
    assert {word for row in rows for cell in row for word in cell.split()} <= told


def test_a_number_stays_with_its_sign_and_the_beginning_of_a_line_where_it_was() -> None:
    cell = "quiet along the whole of the border 61 % (43 to 78 %); a clash of soldiers 10 %"
    for width in range(30, 80):
        lines = shown(TableColumns([("what", False), ("said", False)], rows=[("  a river", cell)]), width)
        assert all(len(line) <= width for line in lines)
        assert not any(part.startswith("%") for line in lines for part in line.split("  "))
        assert any(line.startswith("  a") for line in lines)
