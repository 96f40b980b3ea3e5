"""The first screen of a run: it fits, says in words what came out, and leaves out what is not there."""

from __future__ import annotations

import io
import re
import sys
from dataclasses import replace
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console
from tests.report.dossiers import long_named

from quandary.ask import RestsOn, Study, Unless, Verdict, clones, flips
from quandary.base import HANDLER, register
from quandary.report import (
    STRIP_SIGNS,
    VERDICT_MARKS,
    Report,
    claim_table,
    needs_no_test,
    print_report,
    screen_lines,
    screen_of,
    shortened,
    word_changing,
    worlds_told,
)
from quandary.use import HANDS, RunRequest, studied, write_template

FLAGSHIP = "kazakhstan-2022"
MOST_LINES = 34
"""Lines of a screen at 100 columns."""

BARE = """
quandary: 2
title: Rain
as_of: 2030-01-10
actors: {farm: {name: The farm, rationality: x2 to x6 per 10, because: test}}
story:
  - chance: rain
    states: [normal, dry]
    odds: {dry: 30% to 60%, normal: rest}
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
ASKED = """
events: {drought: rain = dry}
questions:
  dry: {asks: Will it be dry?, query: P(drought)}
  torn: {asks: Is the farm torn?, query: dilemma(farm.sow | rain = dry) against rain = normal}
"""


def ran(case: str, worlds: int = 1000) -> Report:
    return studied(RunRequest(case=case, worlds=worlds), HANDS)[1]


def printed(report: Report, width: int = 100, *, everything: bool = False, encoding: str = "utf-8") -> list[str]:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding=encoding, errors="replace") as stream:
        print_report(report, Console(file=stream, width=width), everything=everything)
        stream.flush()
        return raw.getvalue().decode(encoding).splitlines()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("new") / "strait"
    write_template(folder)
    return str(folder)


@pytest.fixture(scope="module")
def strait(template: str) -> Report:
    return ran(template)


@pytest.fixture(scope="module")
def flagship_run() -> tuple[Study, Report]:
    study, report = studied(RunRequest(case=FLAGSHIP, worlds=500, search=False), HANDS)
    assert report.leading is not None
    return study, replace(report, clones=clones(study, study.prepared(report.leading)))


@pytest.fixture(scope="module")
def flagship(flagship_run: tuple[Study, Report]) -> Report:
    return flagship_run[1]


def bare(folder: Path, more: str = "") -> Report:
    path = folder / "case.yaml"
    path.write_text(BARE + more, encoding="utf-8")
    return ran(str(path), 200)


@pytest.mark.parametrize("which", ["strait", "flagship"])
def test_a_run_fits_on_one_screen(which: str, request: pytest.FixtureRequest) -> None:
    report = request.getfixturevalue(which)
    lines = printed(report)
    warned = len(screen_of(report).limits)  # of few worlds, which a usual run has not
    assert len(lines) - warned <= MOST_LINES
    assert all(cell_len(line) <= 100 for line in lines)
    assert sum(line[:6].strip() in ("", "Next") for line in lines[-3:]) == 3, "three commands to go on with"


def test_claims_that_need_more_lines_than_a_screen_has_are_counted(flagship: Report) -> None:
    screen = screen_of(flagship)
    assert screen.claims is not None
    long = "a closer choice than after a success, hardly any difference in half, on the edge, few worlds"
    rows = tuple(replace(row, remark=long) for row in screen.claims.rows)
    lines = [line.plain for line in screen_lines(replace(screen, claims=replace(screen.claims, rows=rows)), 100)]
    assert len(lines) + 3 - len(screen.limits) <= MOST_LINES
    quoted = {row.claim for row in rows if any(row.quote[:20] in line for line in lines)}
    told = next(int(line.split()[1]) for line in lines if "more that do not plainly hold" in line)
    before = 0 if screen.claims.others is None else screen.claims.others.claims
    assert len(quoted) < len({row.claim for row in rows})
    assert len(quoted) + told == len({row.claim for row in rows}) + before


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_no_line_is_wider_than_the_terminal(flagship: Report, width: int) -> None:
    lines = printed(flagship, width)
    commands = next(i for i, line in enumerate(lines) if line[:4] == "Next")
    assert all(cell_len(line) <= width for line in lines[:commands])


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("width", [80, 100])
def test_long_names_break_at_their_spaces_and_no_number_leaves_its_sign(width: int, everything: bool) -> None:
    lines = printed(long_named().report, width, everything=everything)
    commands = next(i for i, line in enumerate(lines) if line[:4] == "Next")
    assert all(cell_len(line) <= width for line in lines[:commands])
    assert not any(cell.startswith("%") for line in lines for cell in re.split(r" {2,}", line.strip()))
    assert "Hohenstein-Wittelsbach" in " ".join(lines)


def test_the_screen_answers_the_question_with_a_word_and_says_once_what_a_range_is(flagship: Report) -> None:
    text = "\n".join(printed(flagship))
    screen = screen_of(flagship)
    assert flagship.headline is not None
    assert (
        text.index(flagship.headline.leading.title) < text.index(screen.answer.split(",")[0]) < text.index("this case ")
    )
    assert text.count("nine worlds in ten") == 1
    assert text.count("±") == 0


def test_the_strip_puts_every_voice_in_its_place(flagship: Report) -> None:
    rows = screen_of(flagship).strip
    assert [row.kind for row in rows] == ["inside", "class", "crowd", "crowd", "pool"], "classes count as one"
    lines = printed(flagship)
    at = next(i for i, line in enumerate(lines) if "even" in line)
    begin = lines[at].index("0 %") - 0
    end = lines[at].index("100 %") + 2
    named = [line for line in lines[at + 1 :] if line[2:3].strip()]  # a long note goes on in lines without a name
    for row, line in zip(rows, named, strict=False):
        assert line[2:].startswith(row.label)
        signs = [i for i, sign in enumerate(line[: end + 1]) if sign == STRIP_SIGNS[row.kind]]
        expected = sorted(row.several or (row.probability,))
        for place, probability in zip(signs, expected, strict=True):
            assert (place - begin) / (end - begin) == pytest.approx(probability, abs=1.5 / (end - begin))


def test_what_the_answer_hangs_on_is_what_flips_ranks_first(flagship_run: tuple[Study, Report]) -> None:
    study, report = flagship_run
    assert report.headline is not None
    found = flips(study, study.prepared(report.headline.query))
    ranked = [one.number.name for one in found.flips if one.influence.value >= 0.125]
    assert [one.number.name for one in report.hangs_on] == ranked
    assert ranked
    for one in report.hangs_on:
        column = study.uniforms[one.number.name]
        answer = report.headline.answer
        least, most = np.quantile(column, 0.2), np.quantile(column, 0.8)
        for there, mean in ((column < least, one.low), (column > most, one.high)):
            assert mean == pytest.approx(np.average(answer.draws[there], weights=answer.weights[there]), abs=0.02)


def test_every_tested_reading_is_shown_or_counted_once(flagship: Report) -> None:
    table = screen_of(flagship).claims
    assert table is not None
    judged = [claim for claim in flagship.findings.claims if claim.tests]
    on_screen = {row.claim for row in table.rows}
    folded = sum(fold.claims for fold in (table.holds, table.others) if fold is not None)
    leaning = [one for one in judged if one.claim.id in on_screen and not any(test.is_test for test in one.tests)]
    assert len(on_screen) + folded == table.tested + len(leaning)
    assert table.tested + table.needless == len(judged)
    assert table.recorded == len(flagship.findings.claims) - len(judged)
    for claim in judged:
        rows = [row for row in table.rows if row.claim == claim.claim.id]
        shown = sorted(name for row in rows for name in row.readings)
        tests = sorted(test.name for test in claim.tests if not needs_no_test(test))
        assert not rows or shown == tests, "every reading that is a test has a row"
        plain = all(test.verdict is Verdict.HOLDS and test.edge is None for test in claim.tests)
        assert not (rows and plain)
    assert table.others is None or sum(len(row.readings) for row in table.rows) >= 5, "a screen is filled"


def test_a_claim_that_restates_a_line_counts_as_tested_nowhere(flagship: Report) -> None:
    claims = list(flagship.findings.claims)
    at = next(i for i, claim in enumerate(claims) if len(claim.tests) == 1 and claim.tests[0].is_test)
    before = screen_of(flagship).claims
    line: Any = "a line of the case"
    leaning = replace(claims[at].tests[0], verdict=Verdict.LEANS_TRUE, rests_on=RestsOn(False, restates=(line,)))
    assert not leaning.is_test
    claims[at] = replace(claims[at], tests=(leaning,))
    after = screen_of(replace(flagship, findings=replace(flagship.findings, claims=tuple(claims)))).claims
    assert before is not None
    assert after is not None
    assert (after.tested, after.needless) == (before.tested - 1, before.needless + 1)


def test_a_share_is_never_rounded_to_all_or_none() -> None:
    assert [worlds_told(share) for share in (0.0, 0.001, 0.3049, 0.999, 1.0)] == ["0", "< 1", "30", "> 99", "100"]


def test_a_bare_case_prints_what_happens_and_no_empty_heads(tmp_path: Path) -> None:
    lines = printed(bare(tmp_path))
    assert [line for line in lines if line.startswith("rain")]
    text = "\n".join(lines)
    text = text.split("Next")[0]
    for head in ("hangs on", "claim", "check", "Questions", "inside", "Seen by then"):
        assert head not in text


SETTLED = """
events: {drought: rain = dry}
evidence:
  - {on: 2030-01-05, saw: rain = dry, because: test}
"""


def test_of_a_settled_headline_nothing_moves(tmp_path: Path) -> None:
    """No range of 100 to 100 %, no listing twice, no count of options that is near."""
    (tmp_path / "case.yaml").write_text(BARE + SETTLED, encoding="utf-8")
    report = studied(RunRequest(case=str(tmp_path / "case.yaml"), worlds=400, all=True), HANDS)[1]
    assert report.headline is not None
    assert report.headline.answer.mean == pytest.approx(1.0)
    assert report.clones is not None
    text = " ".join(" ".join(printed(report, everything=True)).split())
    assert "Nothing that the ranges allow moves it" in text
    for never in ("100 % to 100 %", "stood there twice", "Listing any one option twice", "near the answer"):
        assert never not in text


CHECKED = (
    BARE
    + """
checks:
  - {id: often, asks: P(rain = dry) > 44%, range: 90% to 95%, because: test}
"""
)
NEVER = "  - {id: ID, asks: P(rain = dry | rain = dry and rain = normal), range: 1% to 2%, because: test}\n"


ONLY_CHANCE = """
quandary: 2
title: Rain
as_of: 2030-01-10
story: [{chance: rain, states: [normal, dry], odds: {dry: 30% to 60%, normal: rest}, because: test}]
"""


def test_a_case_of_chance_alone_explains_no_star_and_one_number_carries(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(ONLY_CHANCE, encoding="utf-8")
    text = "\n".join(printed(ran(str(tmp_path / "case.yaml"), 16), everything=True))
    assert "What happens" in text
    assert "* a decision" not in text
    assert "1 of 1 uncertain number carries a reason or a source." in text


def test_a_check_of_what_is_so_in_a_world_is_told_by_the_share_of_worlds(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CHECKED, encoding="utf-8")
    report = ran(str(tmp_path / "case.yaml"), worlds=400)
    (check,) = report.findings.checks
    assert check.answer.share is not None
    assert check.answer.share == pytest.approx(0.5, abs=0.05)
    told = f"{round(100 * check.answer.share)} of 100 worlds here, 90 to 95 % elsewhere."
    assert screen_of(report).checks.endswith(told)


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        ("checks:\n" + NEVER, "The one check could not be compared."),
        ("checks:\n" + NEVER + NEVER.replace("ID", "too"), "None of the two checks could be compared."),
    ],
)
def test_checks_without_a_value_are_named_as_checks(checks: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(BARE + checks, encoding="utf-8")
    assert screen_of(ran(str(tmp_path / "case.yaml"), worlds=16)).checks == told


def test_a_case_without_claims_answers_its_other_questions(tmp_path: Path) -> None:
    lines = printed(bare(tmp_path, ASKED))
    text = "\n".join(lines)
    assert "Will it be dry?" in text
    assert [line for line in lines if line.startswith("  Is the farm torn? ")]
    assert "claim" not in text.split("Next")[0]
    assert len(lines) <= MOST_LINES


def test_all_shows_the_rest_in_the_order_of_what_is_asked(flagship: Report) -> None:
    lines = printed(flagship, everything=True)
    heads = [lines.index(head) for head in ("What happens", "Questions", "Claims", "How it was made")]
    assert heads == sorted(heads)
    assert lines[heads[0] + 1].startswith("Russia's move on Ukraine"), "the headline asks about it"
    told = " ".join(" ".join(lines).split())
    for claim in flagship.findings.claims:
        assert f"“{claim.claim.quote}”" in told, "no quote is cut"
        if not claim.tests and claim.reason:
            assert claim.reason.rstrip(".") in told, "nor a reason"


def test_a_terminal_without_our_signs_gets_plain_ones() -> None:
    register()
    for sign in (*STRIP_SIGNS.values(), *(mark for mark, _ in VERDICT_MARKS.values()), "─━│┿·…“”’"):
        shown = sign.encode("ascii", HANDLER)
        assert b"?" not in shown
    assert len({sign.encode("ascii", HANDLER) for sign in STRIP_SIGNS.values()}) == len(STRIP_SIGNS)
    assert len({mark.encode("ascii", HANDLER) for mark, _ in VERDICT_MARKS.values()}) == len(VERDICT_MARKS)
    assert "Ω".encode("ascii", HANDLER) == b"?"


def test_words_that_do_not_change_make_no_unless(strait: Report) -> None:
    assert strait.headline is not None
    headline = strait.headline
    mean = headline.answer.mean
    assert mean is not None
    number = next(iter(strait.numbers.values()))
    near, far = (Unless(number, True, 1.0, value, 0.2) for value in (mean + 0.005, 0.97))
    for unlesses, expected in (((near,), None), ((near, far), far), ((), None)):
        assert word_changing(replace(headline, unlesses=unlesses), None) is expected


def test_a_word_that_other_worlds_may_not_change_makes_no_unless(strait: Report) -> None:
    assert strait.headline is not None
    number = next(iter(strait.numbers.values()))
    told = [replace(strait.headline, unlesses=(Unless(number, True, 1.0, 0.97, 0.2, reach),)) for reach in (0.01, 0.9)]
    assert [word_changing(one, None) is not None for one in told] == [True, False]


ORDERED = (
    BARE.split("story:", maxsplit=1)[0]
    + """story:
  - {chance: one, states: ["no", "yes"], odds: {"yes": 20% to 70%, "no": rest}, because: test}
  - {chance: two, states: ["no", "yes"], odds: {"yes": 20% to 70%, "no": rest}, because: test}
  - {chance: three, states: ["no", "yes"], odds: {"yes": 20% to 50%, "no": rest}, because: test}
sources: {s: {title: Words, publisher: Nobody, published: 2030-01-01}}
claims:
  - {id: a, speaker: She, quote: One., source: s, tests: {sign: P(one = yes) > 45%}}
  - {id: b, speaker: She, quote: Two., source: s, tests: {sign: P(two = yes) > 45%}}
  - {id: c, speaker: She, quote: Three., source: s, tests: {sign: P(three = yes) > 40%}}
"""
)


@pytest.mark.parametrize("order", ["abc", "bac", "bca"])
def test_claims_that_noise_does_not_tell_apart_stand_in_the_order_of_the_case(order: str, tmp_path: Path) -> None:
    """The first two are right in as many worlds; the third, right in fewer, comes first wherever it is written."""
    head, *claims = ORDERED.split("  - {id: ")
    text = head + "".join(f"  - {{id: {one}" for name in order for one in claims if one.startswith(name))
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
    for seed in (1, 2, 3):
        request = RunRequest(case=str(tmp_path / "case.yaml"), worlds=1000, seed=seed, search=False)
        table = claim_table(studied(request, HANDS)[1])
        assert table is not None
        assert [row.claim for row in table.rows] == ["c", *order.replace("c", "")]


def test_an_answer_on_its_level_has_no_unless(tmp_path: Path) -> None:
    """Beyond the middle of its range a number puts such an answer on either side, whatever the seed makes of it."""
    story = 'story:\n  - {chance: x, states: ["no", "yes"], odds: {"yes": "LOW%", "no": rest}, because: test}\n'
    for chance, said in (("uniform(20%, 80%)", False), ("uniform(10%, 70%)", True)):
        text = BARE.split("story:", maxsplit=1)[0] + story.replace("LOW%", chance)
        (tmp_path / "case.yaml").write_text(
            text + "questions: {q: {asks: Will it be?, query: P(x = yes)}}\n", encoding="utf-8"
        )
        for seed in (1, 2, 3, 4):
            request = RunRequest(case=str(tmp_path / "case.yaml"), worlds=1000, seed=seed, search=False)
            headline = studied(request, HANDS)[1].headline
            assert headline is not None
            assert bool(headline.unlesses) is said


# --- the words at several seeds --------------------------------------------------------------------------------------

SEEDS = Path(__file__).resolve().parents[2] / "bench" / "report" / "seeds.py"


@pytest.fixture(scope="module")
def seeds() -> Any:
    spec = util.spec_from_file_location("seeds", SEEDS)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    sys.modules["seeds"] = module  # its records look their module up
    spec.loader.exec_module(module)
    return module


def test_three_seeds_of_the_template_say_the_same(seeds: Any, template: str) -> None:
    runs = {seed: RunRequest(case=template, worlds=2000, seed=seed, search=False) for seed in (1, 2, 3)}
    screens = {seed: seeds.words_of(studied(run, HANDS)[1]) for seed, run in runs.items()}
    assert screens[1].said["answer"] == "very unlikely"
    assert seeds.differences(screens) == []


def test_only_neighbours_across_an_edge_may_change_places(seeds: Any) -> None:
    def screen(verdict: Verdict, edge: Verdict | None = None, answer: str = "likely") -> Any:
        return seeds.ScreenWords({"answer": answer}, {("c", "r"): seeds.ReadingWords(verdict, edge, False, False)})

    holds, leans, toss = Verdict.HOLDS, Verdict.LEANS_TRUE, Verdict.TOSS_UP
    assert seeds.differences({1: screen(holds, leans), 2: screen(leans)}) == []
    assert len(seeds.differences({1: screen(holds), 2: screen(leans)})) == 1, "neither is on the edge"
    assert len(seeds.differences({1: screen(holds, leans), 2: screen(toss)})) == 1, "no neighbours"
    assert len(seeds.differences({1: screen(holds, leans), 2: screen(leans, toss), 3: screen(toss)})) == 1
    assert seeds.differences({1: screen(holds), 2: screen(holds, answer="very likely")}) == [
        "answer: likely at seeds 1; very likely at seeds 2"
    ]


def test_a_long_name_is_said_whole_once_behind_all() -> None:
    text = re.sub(r"\s+", " ", " ".join(printed(long_named().report, 100, everything=True)))
    council = "Provisional Council for the Defence of the Constitution and the Borders of Belmar"
    claims = text[text.index("Claims Professor") :]
    assert claims.count(council) == 1
    assert "when how the provisional council answers … is an air strike on the dam, its power …" in claims
    assert "“Whoever fills the dam chooses the quarrel.”" in claims


def test_first_words_tell_long_names_apart() -> None:
    names = [f"what the government of the republic decides about {what} of the dam" for what in ("gates", "locks")]
    found = shortened(names)
    assert found == {
        one: f"what the government of the republic decides about {what} …"
        for one, what in zip(names, ("gates", "locks"), strict=True)
    }
    assert shortened(["much the same name", "much the same name again"]) == {}


@pytest.mark.parametrize(("count", "said"), [(300, "Too few"), (390, "On the edge"), (410, "On the edge"), (800, "")])
def test_few_worlds_for_what_it_hangs_on_have_an_edge(strait: Report, count: int, said: str) -> None:
    assert strait.headline is not None
    answer = strait.headline.answer
    kept = np.random.default_rng(1).permutation(answer.weights.size)
    weights = np.where(kept < count, 1.0, 1e-6 * (kept < 990))
    few = replace(answer, weights=weights, effective_worlds=float(count))
    told = screen_of(replace(strait, headline=replace(strait.headline, answer=few))).hangs_line
    assert told.startswith(said) and bool(told) == bool(said)
