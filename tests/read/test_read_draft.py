"""From a reading to a draft case: variables, arcs, claims with tests, gaps, and the walk through the proposals."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from quandary.base import CaseError
from quandary.case import Claim, Draft, Gap, written_draft
from quandary.language import parse_query
from quandary.read import ArticleReading, draft_of, extract, read_file, summary, walk_through

Reader = Callable[..., ArticleReading]
ARTICLE = (
    "Will the river run dry?\n\n8 May 2030\n\n"
    "Protests over a water price hike began in Kenya on Monday. President Ivo Marsh of Kenya called in troops from "
    "Uganda on Tuesday. Uganda deployed soldiers in Kenya on Wednesday.\n\n"
    "“The crisis in Kenya makes war in Sudan less likely,” said Pavel Dorn, an analyst. “If Uganda were to invade "
    "Sudan, it would lose Kenya.” Dorn said that a war in Sudan could lead to unrest in Uganda. “Would Uganda withdraw "
    "its troops?” he asked. The River Council said that Uganda must leave."
)


@pytest.fixture(scope="module")
def reading(read: Reader) -> ArticleReading:
    return read(ARTICLE, page=True)


@pytest.fixture(scope="module")
def draft(reading: ArticleReading) -> Draft:
    return draft_of(reading)


@pytest.fixture(scope="module")
def case(draft: Draft) -> Any:
    return YAML(typ="safe", pure=True).load(written_draft(draft))


def variables(case: Any) -> dict[str, Any]:
    return {item.get("chance") or item["decision"]: item for item in case["story"]}


def test_head(case: Any) -> None:
    assert case["quandary"] == 2
    assert str(case["as_of"]) == "2030-05-08"
    assert len(case["sources"]["article"]["sha256"]) == 64


def test_variables_and_arcs_come_from_the_text(case: Any) -> None:
    found = variables(case)
    assert {"unrest_kenya", "war_sudan", "influence_kenya", "unrest_uganda", "deployment_kenya"} <= set(found)
    assert found["war_sudan"]["by"] == "uganda"
    assert "unrest_kenya" in found["war_sudan"]["sees"]
    assert found["influence_kenya"]["given"] == ["war_sudan"]
    assert found["unrest_uganda"]["given"] == ["war_sudan"]
    assert "water_price_hike" in found["unrest_kenya"]["given"]


def test_causes_come_before_effects(case: Any) -> None:
    seen: set[str] = set()
    for name, item in variables(case).items():
        assert set(item.get("given", [])) | set(item.get("sees", [])) <= seen
        seen.add(name)


def test_claims_carry_quotes_and_tests(case: Any) -> None:
    claims = {c["quote"]: c for c in case["claims"]}
    less_likely = claims["The crisis in Kenya makes war in Sudan less likely,"]
    assert less_likely["speaker"] == "Pavel Dorn"
    assert less_likely["tests"]["sign"] == (
        "P(war_sudan = war | do(unrest_kenya = unrest)) < P(war_sudan = war | do(unrest_kenya = none))"
    )
    lose = claims["If Uganda were to invade Sudan, it would lose Kenya."]
    assert lose["tests"]["raises"] == (
        "P(influence_kenya = lost | do(war_sudan = war)) > P(influence_kenya = lost | do(war_sudan = none))"
    )
    assert claims["Uganda must leave"]["kind"] == "normative"
    assert "tests" not in claims["Uganda must leave"]


def test_what_is_only_said_to_be_possible_is_marked(case: Any) -> None:
    marked = {claim["quote"]: claim.get("could", False) for claim in case["claims"]}
    (could,) = (quote for quote, mark in marked.items() if mark)
    assert "could lead to unrest" in could


def test_every_entry_carries_its_quote_and_status(case: Any, reading: ArticleReading) -> None:
    text = " ".join(reading.article.text.split())
    entries = [*case["story"], *case["evidence"], *case["claims"], *case["actors"].values()]
    assert entries
    for entry in entries:
        assert entry["status"] == "proposed"
        assert " ".join(entry["quote"].split()) in text


def test_numbers_are_unknown_and_no_gap(case: Any) -> None:
    assert all(item["odds"] == "unknown" for item in case["story"] if "chance" in item)
    assert all(actor["rationality"] == "unknown" for actor in case["actors"].values())
    wanted = [stake for own in case["stakes"].values() for stake in own.values()]
    assert wanted
    assert all(stake["weight"] == "unknown" for stake in wanted)
    ruled = [rule for stake in wanted if stake["worth"] != "???" for rule in stake["worth"]]
    assert ruled
    assert all(list(rule.values()) == ["unknown"] for rule in ruled)
    assert not any("odds" in item for item in case["story"] if "decision" in item)


def test_evidence_is_dated_from_the_text(case: Any) -> None:
    seen = {e["saw"]: str(e["on"]) for e in case["evidence"]}
    assert seen["unrest_kenya = unrest"] == "2030-05-06"
    assert seen["deployment_kenya = deploy"] == "2030-05-08"


def test_the_loader_reads_the_draft_and_lists_its_gaps(draft: Draft, tmp_path: Path) -> None:
    from quandary.use import opened

    path = tmp_path / "case.yaml"
    path.write_text(written_draft(draft), encoding="utf-8")
    try:
        problems = opened(str(path), None).problems
    except CaseError as fault:
        problems = fault.problems
    errors = [p for p in problems if p.is_error]
    assert bool(errors) == bool(draft.gaps())
    assert {p.code for p in errors} <= {"Q173", "Q233"}, [str(p) for p in errors if p.code not in ("Q173", "Q233")]


def test_a_draft_is_the_same_twice(reading: ArticleReading) -> None:
    assert written_draft(draft_of(reading)) == written_draft(draft_of(reading))


def test_walk_through(draft: Draft, reading: ArticleReading) -> None:
    screen = StringIO()
    answers = StringIO("a\nr\ne\n- chance: rain\n  states: [none, some]\n\nnonsense\nq\n")
    walked = walk_through(draft, reading.article, answers, screen)
    assert [p.status for p in walked.proposals[:4]] == ["accepted", "rejected", "edited", "proposed"]
    text = written_draft(walked)
    assert "status: accepted" in text
    assert "- chance: rain" in text
    assert "»" in screen.getvalue()
    assert "Please answer" in screen.getvalue()


def test_the_end_of_the_input_keeps_the_rest_proposed(draft: Draft, reading: ArticleReading) -> None:
    walked = walk_through(draft, reading.article, StringIO(""), StringIO())
    assert walked.proposals == draft.proposals


def test_accept_all(draft: Draft, reading: ArticleReading) -> None:
    walked = walk_through(draft, reading.article, StringIO("A\n"), StringIO())
    assert {p.status for p in walked.proposals} == {"accepted"}


@pytest.mark.slow
def test_the_seed_article_gives_what_the_flagship_has(shared: Path) -> None:
    text = written_draft(draft_of(extract("rules", read_file(shared / "seed" / "article.txt"))))
    case = YAML(typ="safe", pure=True).load(text)
    found = variables(case)
    assert {
        "unrest_kazakhstan",
        "request_tokayev",
        "deployment_kazakhstan",
        "operation_kazakhstan",
        "war_ukraine",
    } <= set(found)
    assert {"russia", "tokayev"} <= set(case["actors"])
    tests = {c["quote"]: c.get("tests", {}) for c in case["claims"]}
    assert tests["The Kazakhstan crisis makes war in Ukraine less likely."]["sign"] == (
        "P(war_ukraine = war | do(unrest_kazakhstan = unrest)) < P(war_ukraine = war | do(unrest_kazakhstan = none))"
    )
    lose = tests["If Russia were to insist on ‘taking back’ Ukraine, it would ‘lose’ Kazakhstan."]
    assert lose["more_likely_than_not"] == "P(influence_kazakhstan = lost | do(war_ukraine = war)) > 0.5"
    assert any("dilemma(russia.war_ukraine" in str(q) for q in case["questions"].values())
    seen = {e["saw"]: str(e["on"]) for e in case["evidence"]}
    assert seen["request_tokayev = russia"] == "2022-01-05"
    assert seen["unrest_kazakhstan = unrest"] == "2022-01-01"
    assert seen["deployment_kazakhstan = deploy"] == "2022-01-06"


RANGES = {
    "rationality: ???": "rationality: x2 to x6 per 10",
    "weight: ???": "weight: 20% to 40%",
    "worth: ???": "worth: 40 to 60",
    "on: ???": "on: 2030-05-08",
}


def filled(text: str) -> str:
    """Fill every gap of a draft with some range, as an analyst would with a considered one."""
    for gap, answer in RANGES.items():
        text = text.replace(gap, answer)

    def odds(match: re.Match[str]) -> str:
        states = match["states"].split(", ")
        others = ", ".join(f"{s}: 10% to 20%" for s in states[1:])
        return f"states: [{match['states']}]\n    odds: {{{others}, {states[0]}: rest}}"

    text = re.sub(r"states: \[(?P<states>[^\]]+)\]\n +odds: \?\?\?.*", odds, text)
    return "\n".join(line for line in text.splitlines() if "???" not in line.split("#")[0]) + "\n"


def test_a_draft_whose_gaps_are_filled_is_a_case_that_runs(tmp_path: Path, draft: Draft) -> None:
    from quandary.use import opened

    path = tmp_path / "case.yaml"
    path.write_text(filled(written_draft(draft)), encoding="utf-8")
    (tmp_path / "article.txt").write_text(ARTICLE, encoding="utf-8")
    loaded = opened(str(path), tmp_path / "article.txt")
    errors = [str(p) for p in loaded.problems if p.is_error]
    assert not errors
    assert not [p for p in loaded.problems if p.code == "Q174"], "a quote does not stand in the article"


@pytest.mark.parametrize(
    "said",
    [
        "Analysts doubt that the war will spread.",
        "The ministers denied that the army would attack.",
        "Anna Quill does not believe that the war will spread.",
        "The minister dismissed claims that the war will spread.",
    ],
)
def test_what_a_speaker_doubts_or_denies_is_not_tested_as_his_claim(read: Reader, said: str) -> None:
    reading = read(said)
    (claim,) = YAML(typ="safe").load(written_draft(draft_of(reading)))["claims"]
    assert list(claim["tests"].values()) == ["???"]
    assert "does not hold this" in claim["note"]
    assert "[not held by the speaker: " in summary(reading, draft_of(reading), None, "a.txt")


def test_a_quoted_denial_is_the_speakers_own_word(read: Reader) -> None:
    reading = read("“The army will attack,” the minister denied.")
    (claim,) = YAML(typ="safe").load(written_draft(draft_of(reading)))["claims"]
    assert "does not hold" not in str(claim)


def test_the_draft_holds_records_and_its_file_says_the_same(draft: Draft, case: Any) -> None:
    claims = {p.entry.id: p.entry for p in draft.kept("claims") if isinstance(p.entry, Claim)}
    assert claims.keys() == {c["id"] for c in case["claims"]}
    for written in case["claims"]:
        claim = claims[written["id"]]
        assert (claim.speaker, claim.quote) == (written["speaker"], written["quote"])
        for test in claim.tests:
            text = written["tests"][test.name]
            assert text == "???" if isinstance(test.query, Gap) else parse_query(text) == test.query


def test_signs_in_an_article_are_kept_and_no_gaps(read: Reader) -> None:
    reading = read('“Is it \\ or "war": # ??? – they say that the war will spread,” said Anna Quill, an analyst.')
    draft = draft_of(reading)
    loaded = YAML(typ="safe", pure=True).load(written_draft(draft))
    quotes = [c["quote"] for c in loaded["claims"]]
    assert any("???" in quote for quote in quotes)
    assert all(quote in " ".join(reading.article.text.split()) for quote in quotes)
    code = [line for line in written_draft(draft).splitlines() if re.search(r"^[^#\"]*: \?\?\?", line)]
    assert draft.gaps() == len(code)


def test_what_the_analyst_typed_counts_with_its_own_gaps(draft: Draft, reading: ArticleReading) -> None:
    typed = "e\n- chance: rain  # was it ???\n  states: [none, some]\n  odds: ???\n\nA\n"
    actors = sum(p.section == "actors" for p in draft.proposals)
    answers = StringIO("s\n" * actors + typed)
    walked = walk_through(draft, reading.article, answers, StringIO())
    assert walked.proposals[actors].typed[0].startswith("- chance: rain")
    assert walked.gaps() == draft.gaps() + 1


def test_what_a_draft_leaves_out_is_told(draft: Draft, reading: ArticleReading) -> None:
    told = summary(reading, replace(draft, notes=("the others are left out",)), None, "a.txt")
    assert "note: the others are left out" in told
