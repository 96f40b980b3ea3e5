"""Answers that have no value because of what was seen say which piece of evidence it is."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest
from tests.ask.crisis import TEXT

import quandary
from quandary.ask import Study


@cache
def study(seen: str) -> Study:
    text = TEXT.partition("\nevidence:")[0] + f"\nevidence:\n{seen}\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return Study(quandary.load(path).case, worlds=32, threads=1)


QUIET = "  - {on: 2021-12-01, saw: weather = foul}\n  - {on: 2022-01-02, saw: unrest = none}"


@pytest.mark.parametrize(
    "query",
    [
        "P(push = attack | operation = fail)",
        "margin(empire.push | operation = fail)",
        "dilemma(empire.push | operation = fail) against operation = none",
    ],
)
def test_the_piece_that_rules_it_out_is_named(query: str) -> None:
    answer = study(QUIET).ask(query)
    assert answer.mean is None
    (note,) = [note for note in answer.notes if "rules out" in note]
    assert note.startswith("It was seen on 2 January 2022 that unrest = none, which rules out that operation = fail;")


def test_a_reference_ruled_out_is_named_too() -> None:
    answer = study(QUIET).ask("drop(empire.push | operation = none) against operation = fail")
    assert any("rules out that operation = fail" in note for note in answer.notes)


def test_pieces_that_only_together_rule_it_out() -> None:
    seen = "  - {on: 2021-12-01, saw: unrest = none or weather = foul}\n  - {on: 2022-01-02, saw: weather = fair}"
    answer = study(seen).ask("P(push = attack | operation = fail)")
    assert any(note.startswith("All that was seen together rules out that operation = fail") for note in answer.notes)


def test_what_cannot_be_at_all_is_not_blamed_on_evidence() -> None:
    answer = study(QUIET).ask("P(push = attack | operation = fail and deploy = stay)")
    assert answer.mean is None
    assert not any("rules out" in note for note in answer.notes)


def test_answers_that_have_a_value_carry_no_such_note() -> None:
    answer = study(QUIET).ask("P(push = attack | operation = none)")
    assert answer.mean is not None
    assert not any("rules out" in note for note in answer.notes)
