"""Words that readers stumbled over: what a question counts, what is asked twice, what is equal or undefined."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import quandary
from quandary.ask import CountedChoice, Study
from quandary.base import CaseError
from quandary.language import parse_query
from quandary.quantities import effective_number, effective_reach
from quandary.report import Report, claim_table, markdown, screen_of
from quandary.use import HANDS, RunRequest, dossier_of, loaded_case, studied

CASE = """
quandary: 2
title: Rain
as_of: 2030-01-10
actors: {farm: {name: The farm, rationality: x2 to x6 per 10, because: test}}
story:
  - chance: rain
    states: {normal: usual, dry: a drought, wet: a flood}
    odds: {dry: 30% to 60%, wet: 5%, normal: rest}
    because: test
  - decision: sow
    by: farm
    sees: [rain]
    options: [early, late]
stakes:
  farm:
    corn:
      worth:
        - sow = early and rain = dry: 10 to 30
        - otherwise: 40 to 60
      because: test
"""


def written(folder: Path, more: str = "") -> Path:
    path = folder / "case.yaml"
    path.write_text(CASE + more, encoding="utf-8")
    return path


def ran(folder: Path, more: str, *, anchored: bool = False) -> tuple[Study, Report]:
    request = RunRequest(case=str(written(folder, more)), worlds=500, search=False, anchored=anchored)
    return studied(request, HANDS)


@pytest.mark.parametrize(
    ("events", "query", "told"),
    [
        ("", "P(rain in (dry, wet))", "Will it go wrong? (counted: a drought or a flood)"),
        ("", "P(rain != dry)", "Will it go wrong? (counted: usual or a flood)"),
        ("bad: 'rain in (dry, wet)'", "P(bad)", "Will it go wrong? (counted: a drought or a flood)"),
        ("bad: 'rain in (dry, wet)', worse: bad", "P(worse)", "Will it go wrong? (counted: a drought or a flood)"),
        (
            "",
            "P(rain = dry and sow = early)",
            "Will it go wrong? (counted: rain is a drought and sow is early)",
        ),
        ("", "P(rain = dry)", "Will it go wrong?"),
        ("", "P(rain != wet and rain != normal)", None),
    ],
)
def test_a_question_says_which_states_it_counts(events: str, query: str, told: str | None, tmp_path: Path) -> None:
    more = f"events: {{{events}}}\nquestions: {{bad_year: {{asks: Will it go wrong?, query: '{query}'}}}}\n"
    said = screen_of(ran(tmp_path, more)[1]).question
    assert said == told if told is not None else "(counted: " in said


def test_a_title_that_names_its_states_does_not_say_them_again(tmp_path: Path) -> None:
    more = "questions: {q: {asks: Will there be a drought or a flood?, query: 'P(rain in (dry, wet))'}}\n"
    assert screen_of(ran(tmp_path, more)[1]).question == "Will there be a drought or a flood?"


def test_a_dilemma_without_a_value_says_so_and_has_no_table(tmp_path: Path) -> None:
    more = "questions: {q: {asks: Is it torn?, query: 'dilemma(farm.sow | rain = dry) against rain = normal'}}\n"
    path = written(tmp_path, more)
    path.write_text(path.read_text().replace("dry: 30% to 60%", "dry: 0%"), encoding="utf-8")
    study, report = studied(RunRequest(case=str(path), worlds=100, search=False), HANDS, follow=True)
    told = markdown(dossier_of(study, report, bounds=False))
    assert "Is it torn? Undefined in every world: its condition has probability zero." in told
    assert "How far the value of its best option falls" not in told
    path.write_text(path.read_text().replace("dry: 0%", "dry: 40%"), encoding="utf-8")
    study, report = studied(RunRequest(case=str(path), worlds=100, search=False), HANDS, follow=True)
    told = markdown(dossier_of(study, report, bounds=False))
    assert "Is it torn? Yes" in told or "Is it torn? No" in told or "Is it torn? Hardly" in told
    assert "How far the value of its best option falls" in told


def test_a_critic_says_first_that_a_case_asks_nothing(tmp_path: Path) -> None:
    found = quandary.load(str(written(tmp_path))).solve(worlds=100).critique()
    assert "The case asks nothing: it has no question, no forecast, no event and no claim" in str(found)
    asked = quandary.load(str(written(tmp_path, "events: {drought: rain = dry}\n"))).solve(worlds=100).critique()
    assert "asks nothing" not in str(asked)


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("dilemma(farm.sow | rain = dry)", "against rain = another state of it"),
        ("drop(farm.sow | rain in (dry, wet))", "against rain = another state of it"),
        ("drop(farm.sow)", '"| x = v) against x = another state"'),
    ],
)
def test_a_missing_reference_is_hinted_at_in_the_words_of_the_query(query: str, hint: str) -> None:
    with pytest.raises(CaseError) as caught:
        parse_query(query)
    (problem,) = caught.value.problems
    assert problem.code == "Q146"
    assert hint in (problem.hint or "")


def test_two_questions_that_ask_the_same_are_warned_of(tmp_path: Path) -> None:
    first, second = "{asks: Will it be dry?, query: P(rain = dry)}", "{asks: 'will it  be dry?', query: P(rain = wet)}"
    both = f"questions:\n  a: {first}\n  b: {second}\n"
    _, problems = loaded_case(str(written(tmp_path, both)))
    (found,) = [one for one in problems if one.code == "Q192"]
    assert not found.is_error
    assert 'two questions read "will it be dry?": "a" and "b"' in found.message


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        ("{id: w, asks: E(farm), range: 40 to 55, because: test}", "miss by 10 points of worth: "),
        ("{id: p, asks: P(rain = dry), range: 30% to 55%, because: test}", "miss by a factor of 1.5 on the odds: "),
        (
            "{id: w, asks: E(farm), range: 40 to 55, because: test}, "
            "{id: p, asks: P(rain = dry), range: 30% to 55%, because: test}",
            "miss by a factor of 1.5 on the odds or by 10 points of worth: ",
        ),
    ],
)
def test_a_check_may_be_missed_by_so_much_in_its_own_unit(checks: str, told: str, tmp_path: Path) -> None:
    more = f"events: {{drought: rain = dry}}\nchecks: [{checks}]\n"
    assert told in screen_of(ran(tmp_path, more, anchored=True)[1]).beside[0]


def test_sides_that_are_the_same_everywhere_go_neither_way(tmp_path: Path) -> None:
    tests = "P(rain = dry | do(sow = early)) > P(rain = dry | do(sow = late))"
    small = "P(sow = early | do(rain = dry)) > P(sow = early | do(rain = normal))"
    more = (
        f'claims:\n  - {{id: even, speaker: A, kind: forecast, quote: "q", tests: {{a: "{tests}"}}}}\n'
        f'  - {{id: less, speaker: A, kind: forecast, quote: "r", tests: {{a: "{small}"}}}}\n'
    )
    table = claim_table(ran(tmp_path, more)[1])
    assert table is not None
    told = {row.claim: (row.verdict, row.remark) for row in table.rows}
    assert told["even"][0] == "neither way"
    assert told["even"][1].startswith("no difference in any world")
    assert told["less"][0] == "fails"


def test_a_choice_near_a_coin_flip_has_an_edge_where_noise_may_turn_it() -> None:
    flip = CountedChoice(chance=0.51, counted=0.5, near_in=0.9, reach=0.005, near_reach=0.05)
    assert (flip.near, flip.edge) == (True, False)
    wide = replace(flip, reach=0.021)
    assert (wide.near, wide.edge) == (True, True)
    beyond = replace(flip, chance=0.531, reach=0.002)
    assert (beyond.near, beyond.edge) == (False, True)
    far = replace(flip, chance=0.54)
    assert (far.near, far.edge) == (False, False)
    half = replace(flip, near_in=0.49)
    assert (half.near, half.edge) == (False, True)
    assert not replace(wide, counted=1.0, chance=0.99).edge


def test_other_seeds_turn_a_check_only_where_it_is_on_the_edge(tmp_path: Path) -> None:
    """The upper end of the answer's interval is 60 %: ranges begin below it, about it and beyond it."""
    lows = (40, 58, 59.5, 60, 60.5, 62, 80)
    ranges = [f"{{id: c{at}, asks: P(rain = dry), range: {low}% to 95%, because: t}}" for at, low in enumerate(lows)]
    checks = ", ".join(ranges)
    path = written(tmp_path, f"events: {{drought: rain = dry}}\nchecks: [{checks}]\n")
    found = [
        studied(RunRequest(case=str(path), worlds=300, seed=seed, search=False), HANDS)[1].findings.checks
        for seed in range(1, 13)
    ]
    for results in zip(*found, strict=True):
        said = {one.overlaps for one in results}
        assert len(said) == 1 or any(one.edge for one in results)
    first = found[0]
    assert [one.edge for one in (first[0], first[-1])] == [False, False]
    assert any(one.edge for one in first)


def test_the_effective_number_moves_no_further_than_its_reach() -> None:
    generator = np.random.default_rng(5)
    drawn = generator.gamma(0.7, size=(400, 900))
    counts = [effective_number(one) for one in drawn]
    reach = effective_reach(drawn[0])
    assert float(np.std(counts)) == pytest.approx(reach / 3, rel=0.35)
    assert effective_reach(np.ones(400)) == 0.0
