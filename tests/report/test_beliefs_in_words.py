"""What is set together is said together; cuts of a belief and of a condition; a headline says how often it arises."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.report.dossiers import run_of
from typer.testing import CliRunner

import quandary
from quandary.case import Case
from quandary.cli import build_app
from quandary.language import parse_query
from quandary.report import CaseNames, page, query_words

HERE = Path(__file__).parent
BELIEVING, ARISING = str(HERE / "believing.yaml"), str(HERE / "arising.yaml")


def shown(*words: str) -> str:
    result = CliRunner().invoke(build_app(), [*words, "--quiet"])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def case_of(path: str) -> Case:
    return quandary.load(path).case


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "P(e_strike | do(d_watch = o_fly, believes a_ussr.v_resolve.s_high = 30%))",
            "the probability of a strike on the missiles if it happens that Washington's watch is flights over the "
            "island and if Moscow took it to be 30 % likely that Washington's resolve is firm",
        ),
        (
            "P(e_strike | do(d_watch = o_fly, believes a_ussr.v_resolve.s_high = 30%)) < "
            "P(e_strike | do(d_watch = o_rest, believes a_ussr.v_resolve.s_high = 30%))",
            "the probability of a strike on the missiles is lower if it happens that Washington's watch is flights "
            "over the island than if it happens that Washington's watch is no flights, both if Moscow took it to be "
            "30 % likely that Washington's resolve is firm",
        ),
        (
            "P(e_strike | do(believes a_ussr.v_resolve.s_high = 30%)) - P(e_strike | do(true_beliefs(a_ussr)))",
            "how much higher the probability of a strike on the missiles is if Moscow took it to be 30 % likely that "
            "Washington's resolve is firm than if Moscow saw everything as it is",
        ),
        (
            "E(a_ussr, as it sees it) > E(a_ussr)",
            "the expected worth of what comes for Moscow, as Moscow sees it, is above the expected worth of what comes "
            "for Moscow",
        ),
        (
            "E(a_ussr) < E(a_ussr, as it sees it)",
            "the expected worth of what comes for Moscow is below the expected worth of what comes for Moscow, as "
            "Moscow sees it",
        ),
        (
            "E(a_ussr, as it sees it) - 3 > 2",
            "the difference between the expected worth of what comes for Moscow, as Moscow sees it, and 3 is above 2",
        ),
        (
            "E(a_ussr, as it sees it | do(d_watch = o_fly)) > E(a_ussr, as it sees it | do(d_watch = o_rest))",
            "the expected worth of what comes for Moscow, as Moscow sees it, is higher if it happens that Washington's "
            "watch is flights over the island than if it happens that Washington's watch is no flights",
        ),
        (
            "2 < E(a_ussr, as it sees it) and P(e_strike) > 10%",
            "2 is below the expected worth of what comes for Moscow, as Moscow sees it, and the probability of a "
            "strike on the missiles is above 10 %",
        ),
    ],
)
def test_what_is_set_together_is_said_together(query: str, said: str) -> None:
    assert query_words(CaseNames(case_of(BELIEVING)), parse_query(query)) == said


def test_a_cut_of_a_belief_is_an_actor_who_sees_rightly() -> None:
    told = json.loads(shown("flips", BELIEVING, "e_strike", "--structure", "--worlds", "32", "--json"))
    (cut,) = (c for c in told["cuts"] if c["kind"] == "belief" and c["part"] == "v_resolve")
    study = quandary.load(BELIEVING).solve(worlds=32, seed=1)
    (after,) = (one["mean"] for one in cut["answers"])
    assert after == pytest.approx(study.ask("P(e_strike | do_foreseen(true_beliefs(a_ussr)))").mean, abs=1e-9)
    # of the case as it stands the belief about Washington's planes moves nothing: no choice of Moscow hangs on it
    (idle,) = (c for c in told["cuts"] if c["kind"] == "belief" and c["part"] == "a_us.w_eyes")
    assert idle["answers"][0]["mean"] == pytest.approx(study.ask("P(e_strike)").mean, abs=1e-9)


def test_a_cut_of_a_condition_is_a_decision_that_always_arises() -> None:
    told = json.loads(shown("flips", ARISING, "e_war", "--structure", "--worlds", "32", "--json", "--no-evidence"))
    (cut,) = (c for c in told["cuts"] if c["kind"] == "condition")
    study = quandary.load(ARISING).solve(worlds=32, seed=1, evidence=False)
    # whether it was asked tells its owner nothing about what it wants here, so it is as if all were found
    assert cut["answers"][0]["mean"] == pytest.approx(study.ask("P(e_war | do(v_detection = s_found))").mean, abs=1e-9)


def test_a_headline_says_how_often_its_choice_arises() -> None:
    told = shown("run", BELIEVING, "--worlds", "64", "--no-search")
    assert "arises 79." in told.split("It hangs on")[0]
    found = json.loads(shown("run", BELIEVING, "--worlds", "64", "--no-search", "--json"))
    arising = found["headline_arising"]
    assert arising["decision"] == "d_response"
    assert arising["arises"] * arising["then"] == pytest.approx(found["questions"]["q_strike"]["mean"])
    assert "headline_arising" not in json.loads(
        shown("run", str(HERE / "coded.yaml"), "--worlds", "32", "--json", "--no-search")
    )


def test_why_says_how_often_a_decision_arises() -> None:
    told = shown("why", ARISING, "a_us.d_settle", "--worlds", "32")
    assert re.search(r"The settlement arises only when the arsenal is found, in 6[23][.]?[0-9]? % of what", told)
    found = json.loads(shown("why", ARISING, "a_us.d_settle", "--worlds", "32", "--json"))
    often = quandary.load(ARISING).solve(worlds=32, seed=1, evidence=False).ask("P(arises(d_settle))").mean
    assert found["choice"]["arises"] == pytest.approx(often, abs=1e-9)


def test_the_legend_of_a_diagram_has_a_broken_box_only_where_one_is_drawn() -> None:
    words = "someone decides, but only sometimes"
    assert words in page(run_of(ARISING, 16)[1])
    assert words not in page(run_of(str(HERE / "coded.yaml"), 16)[1])


def test_a_ladder_switches_off_what_an_actor_believes(tmp_path: Path) -> None:
    text = (
        Path(BELIEVING)
        .read_text(encoding="utf-8")
        .replace("known_to: [a_us]", "known_to: [a_us]\n    channel: h_error")
    )
    text += "\nchannels:\n  h_error: {says: Moscow misreads Washington}\n"
    start, end = text.index("      r_error:"), text.index("\nquestions:")
    text = f"{text[:start]}      r_much: {{title: much, query: P(e_strike) > 30%}}\n{text[end:]}"
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    found = quandary.load(path).solve(worlds=64, seed=1).ladder("c_error").found
    shares = {row.rung.value: row.result.share.share for row in found.rows if row.result and row.result.share}
    assert shares["as it stands"] == pytest.approx(1)
    assert shares["own channels"] == pytest.approx(0)
    rightly = (
        quandary.load(BELIEVING).solve(worlds=64, seed=1).ask("P(e_strike | do_foreseen(true_beliefs(a_ussr))) > 30%")
    )
    assert rightly.holds_in == pytest.approx(0)
