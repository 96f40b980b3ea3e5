"""What is said where a decision cannot arise: the one reason that there is no answer, and each fault once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.meaning.test_when import DETECTED, mean, study
from typer.testing import CliRunner

from quandary.cli import build_app

NEVER = "the decision does not arise there"


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (f"{head} | {given})", NEVER)
        for head in ("margin(us.settle", "best(us.settle = hold", "clash(us.settle")
        for given in ("not arises(settle)", "detection = missed", "do(detection = missed)", "policy = lax, type = hard")
    ],
)
def test_where_a_decision_does_not_arise_nothing_else_is_the_reason(query: str, why: str, tmp_path: Path) -> None:
    answer = study(DETECTED, tmp_path).ask(query)
    assert (answer.mean, answer.why_undefined) == (None, why)
    assert not any("does not see" in str(note) and "settle at" in str(note) for note in answer.notes)


def test_where_one_option_may_be_all_both_reasons_are_told(tmp_path: Path) -> None:
    text = DETECTED.replace(
        "    options: [withdraw, hold]\n",
        "    options: [withdraw, hold]\n    only: [{type = hard: [hold]}]\n",
    )
    asked = study(text, tmp_path)
    assert asked.ask("margin(us.settle | detection = missed)").why_undefined == NEVER
    one_open = asked.ask("margin(us.settle | type = hard)")
    assert one_open.why_undefined == f"{NEVER}, or only one option is open where it does"
    always = study(
        text.replace("    when: detection = found\n", "").replace("not arises(settle)", "otherwise"), tmp_path
    )
    assert (
        always.ask("margin(us.settle | type = hard)").why_undefined == "wherever it is decided, only one option is open"
    )


def test_a_table_of_options_says_why_it_is_empty(tmp_path: Path) -> None:
    place = tmp_path / "case.yaml"
    place.write_text(DETECTED, encoding="utf-8")
    words = ["ask", str(place), "best(us.settle | detection = missed)", "--worlds", "16", "--quiet"]
    told = CliRunner().invoke(build_app(), words).output
    assert f"undefined in every world: {NEVER}" in told
    assert "–" not in told


def test_rules_need_not_cover_what_when_makes_impossible(tmp_path: Path) -> None:
    """A list that ends with `not arises(d)` covers everything that can be; what it leaves open is a fault."""
    war = "      - settle = hold: {war: 50%, peace: rest}\n      - settle = withdraw: {war: 10%, peace: rest}\n"
    both = "given: [detection, settle]\n    states: [peace, war]"
    text = DETECTED.replace("given: [settle]\n    states: [peace, war]", both)
    text = text.replace(war, war.replace("- settle", '- "detection = found and settle').replace(": {", '": {'))
    asked, plain = study(text, tmp_path, name="a"), study(DETECTED, tmp_path, name="b")
    for query in ("P(war = war)", "P(war = war | detection = missed)", "P(war = war | do(settle = hold))", "E(us)"):
        assert mean(asked, query) == pytest.approx(mean(plain, query), abs=1e-12)
    with pytest.raises(AssertionError, match="Q233"):
        study(text.replace('settle = withdraw": {war: 10%', 'settle = hold": {war: 10%'), tmp_path, name="c")


@pytest.mark.parametrize(
    "when", ["detection = found or detection = missed", "detection = found and detection = missed"]
)
def test_a_condition_that_cannot_fail_or_hold_is_told_once(when: str, tmp_path: Path) -> None:
    place = tmp_path / "case.yaml"
    place.write_text(DETECTED.replace("when: detection = found", f"when: {when}"), encoding="utf-8")
    told = CliRunner().invoke(build_app(), ["check", str(place)]).output
    assert "Q193" in told
    assert "Q196" not in told


@pytest.mark.parametrize(
    ("section", "key"),
    [("evidence: [{on: 2029-01-01, saw: ''}]", "saw"), ("events: {e: ' '}", "e"), ("questions: {q: ''}", "q")],
)
def test_an_empty_text_is_told_once(section: str, key: str, tmp_path: Path) -> None:
    place = tmp_path / "case.yaml"
    place.write_text(f"{DETECTED}\n{section}\n", encoding="utf-8")
    told = CliRunner().invoke(build_app(), ["check", str(place)]).output
    assert f'Q126  the text of "{key}" is empty' in told
    assert "Q136" not in told


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("drop(us.settle | not arises(settle)) against type = soft", NEVER),
        ("drop(us.settle) against detection = missed", "the decision does not arise in what it is compared with"),
        ("drop(us.settle) against type = soft and type = hard", "what it is compared with has probability zero"),
        (
            "drop(us.settle) against policy = lax and type = hard",
            f"{NEVER}, or what it is compared with has probability zero",
        ),
    ],
)
def test_a_fall_from_or_to_where_it_cannot_arise(query: str, why: str, tmp_path: Path) -> None:
    answer = study(DETECTED, tmp_path).ask(query)
    assert (answer.mean, answer.why_undefined) == (None, why)
