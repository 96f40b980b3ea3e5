"""A critique: each item on a small case built to have it, with its numbers by arithmetic, and none on a clean case."""

from __future__ import annotations

import re
from math import exp, log
from pathlib import Path

import pytest

import quandary
from quandary.ask import AsksNothing, Critique, Grade
from quandary.report import KINDS, CaseNames, Paragraph, critique_document, critique_parts, plain

SOURCES = """
sources:
  paper: {title: A report, publisher: The Paper, published: 2029-12-01}
  memo: {title: A memo, publisher: The Office, published: 2029-11-30}
"""
CLEAN = """
quandary: 2
title: A crossing
as_of: 2030-01-01
SOURCES
actors:
  north: {name: North, rationality: x8 to x12 per 10, because: invented}
story:
  - {chance: ice, states: [thin, thick], odds: {thick: 30% to 70%, thin: rest}, source: paper}
  - {decision: march, by: north, sees: [ice], options: [stay, go], title: The march}
stakes:
  north:
    gain:
      worth:
        - march = go and ice = thick: 60 to 80
        - march = go: 20 to 40
        - otherwise: 50
      source: paper
questions: {march: {asks: Will North march?, query: P(march = go)}}
""".replace("SOURCES", SOURCES)


def criticised(text: str, folder: Path, worlds: int = 600, **options: object) -> Critique:
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    solved = quandary.load(path).solve(worlds=worlds, threads=1, **options)  # type: ignore[arg-type]
    return solved.critique().found


def found(text: str, folder: Path, kind: str, worlds: int = 600) -> tuple[Grade, str, str, dict[str, float]] | None:
    """Return the one item of a kind: its grade, sentence, remedy and numbers; ``None`` without any."""
    path = folder / "case.yaml"
    path.write_text(text, encoding="utf-8")
    solved = quandary.load(path).solve(worlds=worlds, threads=1)
    told = plain(critique_document(solved.study.case, solved.critique().found, solved.run))
    items = [item for item in told["items"] if item["kind"] == kind]
    if not items:
        return None
    (item,) = items
    return Grade(item["grade"]), item["said"], item["do"], item["numbers"]


def with_line(text: str, after: str, line: str) -> str:
    assert text.count(after) == 1
    return text.replace(after, f"{after}\n{line}")


QUIET = {"headline_bounds", "how_listed", "idle_ranges", "near_coin_flip"}
"""Kinds that a clean case of two options and a few ranges may have."""


def test_a_clean_case_has_nothing_serious(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CLEAN, encoding="utf-8")
    solved = quandary.load(path).solve(worlds=600, threads=1)
    told = plain(critique_document(solved.study.case, solved.critique().found, solved.run))
    assert {item["kind"] for item in told["items"]} <= QUIET
    assert told["complete"]
    assert told["sourced"] == told["uncertain_numbers"] == 4
    assert "nothing" not in told["said"]


def test_a_case_without_a_question_or_anything_to_compare_with_works(tmp_path: Path) -> None:
    bare = CLEAN[: CLEAN.index("questions:")]
    assert [type(one.detail) for one in criticised(bare, tmp_path).of(Grade.SERIOUS)] == [AsksNothing]
    nothing = "quandary: 2\ntitle: t\nas_of: 2030-01-01\nstory:\n"
    nothing += '  - {chance: x, states: ["no", "yes"], odds: {"yes": 50%, "no": rest}, because: invented}\n'
    found_there = criticised(nothing, tmp_path)
    assert [type(one.detail) for one in found_there.items] == [AsksNothing]
    parts = critique_parts(CaseNames(quandary.load(tmp_path / "case.yaml").case), found_there)
    first = next(parts)
    assert isinstance(first, Paragraph)
    assert "nothing was found" not in first.text


VIEW = "outside:\n  - {of: march = go, class: such crises, rate: RATE, n: 40, source: paper}\n"


@pytest.mark.parametrize(("rate", "far"), [("2% to 6%", True), ("30% to 60%", False), ("94% to 98%", True)])
def test_far_from_the_outside_view(rate: str, far: bool, tmp_path: Path) -> None:
    item = found(CLEAN + VIEW.replace("RATE", rate), tmp_path, "far_from_outside")
    assert (item is not None) is far
    if item is not None:
        grade, said, do, numbers = item
        assert grade is Grade.SERIOUS
        odds = [numbers[name] / (1 - numbers[name]) for name in ("inside", "such crises", "pooled")]
        assert odds[2] == pytest.approx((odds[0] * odds[1]) ** 0.5)
        assert f"{100 * numbers['inside']:.0f} % here" in said
        assert f"pooled {100 * numbers['pooled']:.0f} %" in do


LISTED = CLEAN.replace("options: [stay, go]", "options: [stay, raid, go]").replace(
    "query: P(march = go)", 'query: "P(march in (raid, go))"'
)


def test_how_options_were_listed_and_what_kinds_would_make_of_it(tmp_path: Path) -> None:
    flat = re.sub(r"worth:\n(.*\n){3}", "worth: [{otherwise: 50}]\n", LISTED)
    item = found(flat, tmp_path, "how_listed")
    assert item is not None
    grade, said, do, numbers = item
    assert (numbers["before"], numbers["stay twice"], numbers["raid twice"]) == pytest.approx((2 / 3, 0.5, 0.75))
    assert numbers["by kinds"] == pytest.approx(0.5)
    assert grade is Grade.SERIOUS
    assert said.startswith("The headline depends on how options were listed: it would be 50 % if “stay” (The march)")
    assert "“raid” and “go” as one kind the headline is 50 %" in do
    kinds = flat.replace("options: [stay, raid, go]", "options: [stay, raid, go], kinds: {k: [raid, go], l: [stay]}")
    remedied = found(kinds, tmp_path, "how_listed")
    assert remedied is not None
    assert remedied[3]["before"] == pytest.approx(numbers["by kinds"])
    assert "by kinds" not in remedied[3]
    sure = CLEAN.replace("x8 to x12", "x900 to x999")
    assert found(sure, tmp_path, "how_listed") is None


def check(name: str, asks: str, known: str) -> str:
    title = name.replace("_", " ")
    return f"  - {{id: {name}, title: {title}, asks: {asks}, range: {known}, because: known}}\n"


def test_a_missed_check_and_the_number_that_meets_it(tmp_path: Path) -> None:
    narrow = CLEAN.replace("thick: 30% to 70%", "thick: 30% to 34%").replace("questions:", "checks:\nquestions:")
    text = with_line(narrow, "checks:", check("thick_ice", "P(ice = thick)", "36% to 60%"))
    item = found(text, tmp_path, "missed_check")
    assert item is not None
    grade, said, do, numbers = item
    assert grade is Grade.SERIOUS
    assert said.startswith("A check is missed: “thick ice” is 32 % (30 to 34 %) here, 36 to 60 % elsewhere.")
    assert "no part of any one range alone meets the check" in do
    assert numbers["carries"] > 0.9
    reach = with_line(narrow, "checks:", check("thick_ice", "P(ice = thick)", "34.02% to 60%"))
    remedied = found(reach, tmp_path, "missed_check", worlds=2_000)
    assert remedied is not None
    _, _, do, numbers = remedied
    assert numbers["known_low"] <= numbers["there"] <= numbers["known_high"]
    assert 0 < numbers["beyond"] < 0.1
    assert "where it is above 34 %" in do
    met = with_line(narrow, "checks:", check("thick_ice", "P(ice = thick)", "33% to 60%"))
    assert found(met, tmp_path, "missed_check") is None


def test_checks_that_exclude_each_other(tmp_path: Path) -> None:
    text = CLEAN + "checks:\n" + check("low", "P(ice = thick)", "20% to 45%")
    text += check("high", "P(ice = thick)", "55% to 80%") + check("always", "P(ice = thick)", "1% to 99%")
    item = found(text, tmp_path, "not_met_together")
    assert item is not None
    grade, said, do, numbers = item
    assert grade is Grade.SERIOUS
    assert numbers["all_met"] == numbers["both"] == 0
    assert numbers["first"] == pytest.approx(0.33, abs=0.06)
    both = "All 3 checks are met together in under 1 of 100 worlds; on average a world meets"
    assert said == f"{both} {numbers['mean']:.1f} of 3."
    assert numbers["mean"] == pytest.approx(1 + numbers["first"] + numbers["second"])
    assert do.startswith("look first at “low” and “high”: met in")
    anchored = quandary.load(tmp_path / "case.yaml").solve(worlds=600, threads=1, anchored=1.5).ask("P(march = go)")
    assert numbers["anchored"] == pytest.approx(anchored.mean)
    assert numbers["anchored_effective_worlds"] == pytest.approx(anchored.effective_worlds)
    few = (
        CLEAN
        + "checks:\n"
        + check("low", "P(ice = thick)", "20% to 60%")
        + check("wide", "P(ice = thick)", "1% to 99%")
    )
    assert found(few, tmp_path, "not_met_together") is None


EVEN = CLEAN.replace("60 to 80", "50.4").replace("20 to 40", "50.4").replace("x8 to x12", "x10")


def test_near_indifference_and_a_coin_flip(tmp_path: Path) -> None:
    item = found(EVEN, tmp_path, "nearly_indifferent")
    assert item is not None
    grade, said, do, numbers = item
    assert grade is Grade.KNOW
    assert numbers["go"] - numbers["stay"] == pytest.approx(0.4)
    assert numbers["double"] == pytest.approx(10 * log(2) / log(10))
    assert numbers["within"] == pytest.approx(1.0)
    assert "North is nearly indifferent at “The march”: “go” and “stay” are 0.4 points of worth apart" in said
    assert "3 points of worth make one twice as likely" in do
    flip = found(EVEN, tmp_path, "near_coin_flip")
    assert flip is not None
    assert flip[3]["chance"] == pytest.approx(1 / (1 + exp(-0.4 * log(10) / 10)))
    assert flip[3]["counted"] == pytest.approx(0.5)
    apart = EVEN.replace("50.4", "53")  # three points are x2
    assert found(apart, tmp_path, "nearly_indifferent") is None
    assert found(apart, tmp_path, "near_coin_flip") is None


def test_an_actor_without_a_stake_in_its_own_move(tmp_path: Path) -> None:
    text = re.sub(r"worth:\n(.*\n){3}", "worth: [{ice = thick: 50 to 60}, {otherwise: 20}]\n", CLEAN)
    item = found(text, tmp_path, "without_stake")
    assert item is not None
    assert item[0] is Grade.SERIOUS
    assert item[1] == "North has no stake that “The march” can change, so its options are chosen evenly."
    assert found(text, tmp_path, "nearly_indifferent") is None
    assert found(text, tmp_path, "stuck_stake") is None
    assert found(CLEAN, tmp_path, "without_stake") is None


def test_variables_that_nothing_asked_depends_on(tmp_path: Path) -> None:
    idle = "  - {chance: gulls, given: [march], states: [few, many], odds: {many: 50%, few: rest}, source: paper}"
    text = with_line(CLEAN, "options: [stay, go], title: The march}", idle)
    item = found(text, tmp_path, "idle_variables")
    assert item is not None
    assert item[0] is Grade.NOTE
    assert item[1] == "Nothing that is asked or was seen depends on “gulls”."
    for use in (
        "evidence: [{on: 2029-12-01, saw: gulls = few, because: seen}]\n",
        "forecasts: [{id: gulls, asks: P(gulls = few), until: 2031-01-01, rule: counted}]\n",
        "checks:\n" + check("gulls", "P(gulls = few)", "20% to 70%"),
    ):
        assert found(text + use, tmp_path, "idle_variables") is None
    wanted = text.replace("- otherwise: 50", "- gulls = many: 49\n        - otherwise: 50")
    wanted = wanted.replace("odds: {many: 50%, few: rest}", "odds: [{march = go: {many: 20%, few: rest}}, "
                            "{otherwise: {many: 80%, few: rest}}]")  # fmt: skip
    assert found(wanted, tmp_path, "idle_variables") is None


def test_a_stake_that_cannot_move(tmp_path: Path) -> None:
    stuck = "    calm: {weight: 25%, worth: [{otherwise: 40}], source: paper}"
    weighted = CLEAN.replace("    gain:\n", "    gain:\n      weight: 75%\n")
    item = found(weighted.replace("questions:", f"{stuck}\nquestions:"), tmp_path, "stuck_stake")
    assert item is not None
    assert item[0] is Grade.KNOW
    assert item[1] == "North's calm cannot move: it is worth the same whatever happens, and takes 25 % of the weight."
    assert item[3] == {"weight": pytest.approx(0.25)}
    other = stuck.replace("{otherwise: 40}", "{ice = thick: 40}, {otherwise: 60}")
    own = found(weighted.replace("questions:", f"{other}\nquestions:"), tmp_path, "stuck_stake")
    assert own is not None
    assert own[0] is Grade.NOTE
    assert own[1] == "North's calm is moved by nothing that North decides, so it changes no choice."
    nothing = stuck.replace("25%", "0%")
    none = found(weighted.replace("questions:", f"{nothing}\nquestions:"), tmp_path, "stuck_stake")
    assert none is not None
    assert none[1] == "North's calm weighs nothing."


CLAIM = """claims:
  - {id: c, speaker: The Paper, quote: thick ice, paraphrase: true, kind: causal, source: paper, tests: {sign: QUERY}}
"""


def test_claims_that_restate_a_line(tmp_path: Path) -> None:
    item = found(CLEAN + CLAIM.replace("QUERY", "P(ice = thick) > 50%"), tmp_path, "restating", worlds=1_000)
    assert item is not None
    assert item[0] is Grade.KNOW
    assert item[1] == "1 claim only restates a line of the case: “thick ice” (The Paper)."
    assert item[2] == "do not count it as tested; 0 are left."
    assert found(CLEAN + CLAIM.replace("QUERY", "P(march = go) > 50%"), tmp_path, "restating", worlds=1_000) is None


EFFECTS = """      effects:
        - march = go and ice = thick: +5 to +10 points
          source: paper
          channel: cold
        - march = go and ice = thin: -10 to -5 points
          because: others
          channel: water
"""
CHANNELS = """channels:
  cold: {says: thick ice carries, voiced_by: paper}
  water: {says: thin ice does not, voiced_by: VOICE}
"""
SIDED = CLEAN.replace("      source: paper\nquestions", f"{EFFECTS}      source: paper\nquestions") + CHANNELS


def test_a_source_used_for_one_of_its_two_sides(tmp_path: Path) -> None:
    item = found(SIDED.replace("VOICE", "paper"), tmp_path, "one_sided")
    assert item is not None
    grade, said, _, numbers = item
    assert grade is Grade.KNOW
    assert numbers["own"] > 0.005
    assert numbers["other"] < -0.005
    assert "is used for one of its two sides" in said
    assert "“thin ice does not”" in said
    assert found(SIDED.replace("VOICE", "memo"), tmp_path, "one_sided") is None
    both = SIDED.replace("VOICE", "paper").replace("because: others", "source: paper")
    assert found(both, tmp_path, "one_sided") is None
    same_way = SIDED.replace("VOICE", "paper").replace("-10 to -5 points", "+1 to +5 points")
    assert found(same_way, tmp_path, "one_sided") is None


def test_a_channel_that_a_source_voices_and_no_line_has(tmp_path: Path) -> None:
    item = found(SIDED.replace("VOICE", "paper").replace("          channel: water\n", ""), tmp_path, "one_sided")
    assert item is not None
    assert "what it also says, “thin ice does not”, is in no line of the case" in item[1]


def test_a_source_used_against_its_own_claim(tmp_path: Path) -> None:
    claim = CLAIM.replace("QUERY", "P(march = go | ice = thick) < 98%")
    item = found(SIDED.replace("VOICE", "memo") + claim, tmp_path, "one_sided")
    assert item is not None
    assert item[3]["other"] > item[3]["own"] + 0.05
    assert "is used against what it says itself: “thick ice” is right in" in item[1]
    agreeing = CLAIM.replace("QUERY", "P(march = go | ice = thick) > 50%")
    assert found(SIDED.replace("VOICE", "memo") + agreeing, tmp_path, "one_sided") is None


def test_sources_later_than_the_case_or_without_a_day(tmp_path: Path) -> None:
    late = found(CLEAN.replace("2029-12-01}", "2030-02-01}"), tmp_path, "late_sources")
    assert late is not None
    assert late[1].endswith("“A report, The Paper” (1 February 2030).")
    undated = found(CLEAN.replace(", published: 2029-12-01", ""), tmp_path, "undated_sources")
    assert undated is not None
    assert undated[1] == "1 source that the case rests on has no date: “A report, The Paper”."
    unused = CLEAN.replace("sources:\n", "sources:\n  other: {title: Not cited, publisher: P}\n")
    assert found(unused, tmp_path, "undated_sources") is None
    seen_later = unused + "evidence: [{on: 2030-03-01, saw: ice = thick, source: other}]\n"
    assert found(seen_later, tmp_path, "undated_sources") is None


def test_ranges_that_never_matter(tmp_path: Path) -> None:
    idle = "  - {chance: gulls, states: [few, many], odds: {many: 20% to 50%, few: rest}, source: paper}\n"
    text = CLEAN.replace("  - {decision: march", f"{idle}  - {{decision: march")
    item = found(text, tmp_path, "idle_ranges", worlds=1_000)
    assert item is not None
    grade, said, do, numbers = item
    assert grade is Grade.NOTE
    assert numbers["after_mean"] == pytest.approx(numbers["before_mean"], abs=0.01)
    assert "never matter: each carries less than 1 % of the doubt" in said
    assert "with all at their medians the headline is" in do
    hinging = text + CLAIM.replace("QUERY", "P(gulls = many) > 33%")
    other = found(hinging, tmp_path, "idle_ranges", worlds=1_000)
    assert other is None or "story.gulls.odds.many" not in other[1]


def test_numbers_without_a_reason_and_the_bounds(tmp_path: Path) -> None:
    item = found(CLEAN.replace(", source: paper}\n  - {decision", "}\n  - {decision"), tmp_path, "unsourced")
    assert item is not None
    assert item[1].startswith("1 of 4 uncertain numbers carry neither reason nor source: ")
    bounds = found(CLEAN, tmp_path, "headline_bounds")
    assert bounds is not None
    solved = quandary.load(tmp_path / "case.yaml").solve(worlds=600, threads=1).ask("P(march = go)")
    assert bounds[3]["low"] <= solved.draws.min()
    assert bounds[3]["high"] >= solved.draws.max()
    assert "which carries" in bounds[2]


def test_items_come_worst_first_and_in_words_for_people(tmp_path: Path) -> None:
    text = SIDED.replace("VOICE", "paper").replace(", published: 2029-12-01", "") + VIEW.replace("RATE", "2% to 6%")
    text += (
        "checks:\n"
        + check("thick_ice", "P(ice = thick)", "90% to 95%")
        + check("go_march", "P(march = go)", "1% to 2%")
    )
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    solved = quandary.load(path).solve(worlds=600, threads=1)
    shown = solved.critique()
    grades = [item.grade for item in shown.found.items]
    assert grades == sorted(grades, key=list(Grade).index)
    assert {Grade.SERIOUS, Grade.KNOW, Grade.NOTE} == set(grades)
    for line in str(shown).splitlines():
        assert not re.search(r"[_=]|\bline \d", line), line
    assert shown.to_dict()["schema"] == "quandary.critique/1"


def test_a_case_of_which_too_few_worlds_count_is_criticised_in_more(tmp_path: Path) -> None:
    """Claims are then asked in more worlds than were asked for, and all items are about these."""
    rare = CLEAN + (
        "evidence: [{on: 2029-12-01, saw: ice = thick, source: paper}]\n"
        "claims:\n  - {id: c, speaker: She, quote: North marches., source: paper, tests: {sign: P(march = go) > 50%}}\n"
        "checks:\n  - {id: one, asks: P(march = go), range: 1% to 2%, because: invented}\n"
        "  - {id: two, asks: P(ice = thick), evidence: false, range: 1% to 90%, because: invented}\n"
    )
    critique = criticised(rare, tmp_path, worlds=64)
    assert critique.complete
    assert {item.detail.__class__.__name__ for item in critique.items} >= {"MissedCheck", "NotMetTogether"}


def test_the_page_lists_every_kind_of_item() -> None:
    page = (Path(__file__).parents[2] / "docs" / "critique.md").read_text(encoding="utf-8")
    listed = {name for line in page.splitlines() if line.startswith("| ") for name in re.findall(r"`([a-z_]+)`", line)}
    assert set(KINDS.values()) <= listed
