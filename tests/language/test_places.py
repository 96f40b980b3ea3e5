"""Every node knows its place: the characters it was written with."""

from __future__ import annotations

from dataclasses import fields

from quandary.base import Place
from quandary.language import SyntaxNode, parse_condition, parse_quantity, parse_query

PLACE = Place("case.yaml", 3, 11)


def written_at(node: SyntaxNode, text: str) -> str:
    """Return the part of the text that a node's place covers."""
    assert node.place.file == "case.yaml" and node.place.line == 3
    assert node.place.end_column is not None
    return text[node.place.column - 11 : node.place.end_column - 11]


def nodes(node: SyntaxNode) -> dict[str, list[str]]:
    """Return the places of all nodes below one, by class, as (column, end column) texts."""
    found: dict[str, list[str]] = {}

    def visit(part: object) -> None:
        if isinstance(part, tuple):
            for inner in part:
                visit(inner)
        if isinstance(part, SyntaxNode):
            found.setdefault(type(part).__name__, []).append(f"{part.place.column}-{part.place.end_column}")
            for field in fields(part):
                visit(getattr(part, field.name))

    visit(node)
    return found


def all_texts(node: SyntaxNode, text: str) -> dict[str, list[str]]:
    """Return the written text of all nodes below one, by class."""
    columns = nodes(node)
    return {
        kind: [text[int(at.split("-")[0]) - 11 : int(at.split("-")[1]) - 11] for at in places]
        for kind, places in columns.items()
    }


def test_places_in_a_quantity() -> None:
    text = "100 - max(war_cost, -3) * (20 to 60)"
    found = all_texts(parse_quantity(text, PLACE), text)
    assert found == {
        "Arithmetic": [text, "max(war_cost, -3) * (20 to 60)"],
        "Number": ["100", "-3"],
        "Call": ["max(war_cost, -3)"],
        "Name": ["war_cost"],
        "Interval": ["20 to 60"],
    }


def test_places_of_factors_points_and_rest() -> None:
    for text, inner in (("x2 to x5", "x2 to x5"), ("+1 to +6 points", "+1 to +6"), ("10% of rest", "10%")):
        node = parse_quantity(text, PLACE)
        texts = [piece for pieces in all_texts(node, text).values() for piece in pieces]
        assert texts == [text, inner]


def test_places_in_a_condition() -> None:
    text = "not (a = b or russia.ukraine in (c, d)) and invasion"
    found = all_texts(parse_condition(text, PLACE), text)
    assert found == {
        "And": [text],
        "Not": ["not (a = b or russia.ukraine in (c, d))"],
        "Or": ["a = b or russia.ukraine in (c, d)"],
        "Is": ["a = b", "russia.ukraine in (c, d)"],
        "Name": ["a", "russia.ukraine", "invasion"],
    }


def test_places_in_a_query() -> None:
    text = "P(invasion | seen_it, do(unrest = none)) <= 20%"
    found = all_texts(parse_query(text, PLACE), text)
    assert found == {
        "Compare": [text],
        "Ask": ["P(invasion | seen_it, do(unrest = none))"],
        "Name": ["invasion", "seen_it", "unrest"],
        "SetVariable": ["unrest = none"],
        "Number": ["20%"],
    }


def test_a_text_begins_where_it_is_said_to() -> None:
    text = "  unrest = none"
    node = parse_condition(text, PLACE)
    assert written_at(node, text) == "unrest = none"
    assert node.place == Place("case.yaml", 3, 13, 26)


def test_places_on_later_lines_count_from_the_line_break() -> None:
    node = parse_condition("a and\n  b = c", PLACE)
    second = node.operands[1]  # type: ignore[union-attr]
    assert (second.place.line, second.place.column, second.place.end_column) == (4, 3, 8)


def test_a_text_said_twice_has_its_place_each_time() -> None:
    """The tree of the first is kept for the second."""
    text, there = "P(flood = some) > 10%", Place("other.yaml", 8, 2)
    first, second = parse_query(text, PLACE), parse_query(text, there)
    assert (second.place.file, second.place.line, second.place.column) == ("other.yaml", 8, 2)
    assert (first.place.file, first.place.line, first.place.column) == ("case.yaml", 3, 11)
    assert nodes(parse_query(text, PLACE)) == nodes(first)
    moved = {kind: [place.partition("-")[0] for place in places] for kind, places in nodes(second).items()}
    assert moved == {kind: [str(int(p.partition("-")[0]) - 9) for p in places] for kind, places in nodes(first).items()}
