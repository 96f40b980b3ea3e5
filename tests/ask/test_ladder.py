"""Ladders, channels switched off, clones and joint checks: against cases written so, closed forms and counting."""

from __future__ import annotations

import json
import re
from io import StringIO
from math import exp, log
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from tests.ask.test_structure import case_of
from tests.laws.cases import without_places

import quandary
from quandary.ask import (
    HIGH,
    LOW,
    LadderRung,
    Study,
    VariantStudy,
    claim_asked,
    clones,
    findings,
    ladders,
    with_clones,
    without,
)
from quandary.base import HANDLER, Refusal, register
from quandary.case import Case, without_channels, written_case
from quandary.report import CaseNames, joint_said, ladder_sheet, plain, print_parts, turning_lines
from quandary.use import HANDS, request_from, task_named

CASE = """
quandary: 2
title: A crossing
as_of: 2030-01-01
sources:
  memo: {title: A memo, author: An Envoy, published: 2029-12-01}
  paper: {title: A report, publisher: The Paper, published: 2029-12-02}
actors:
  north: {name: North, rationality: x3 per 10, because: invented}
story:
  - chance: storm
    states: [calm, gale]
    odds: {gale: 40% to 60%, calm: rest}
    because: invented
  - chance: ice
    given: [storm]
    channel: {storm: cold}
    states: [thin, thick]
    odds:
      - storm = gale: {thick: 90%, thin: rest}
      - otherwise: {thick: 30%, thin: rest}
    because: invented
  - decision: march
    by: north
    sees: [storm, ice]
    options: [stay, go]
stakes:
  north:
    gain:
      weight: 60%
      worth:
        - march = go: 60
        - otherwise: 50
      effects:
        - march = go and storm = gale: -20 to -10 points
          channel: weather
        - march = go and ice = thick: +5 to +15 points
          channel: cold
        - storm = gale and march = go: +1 to +30 points
          channel: surprise
      because: invented
    pride:
      weight: 40%
      worth:
        - march = go: 80
        - otherwise: 20
      because: invented
      channel: honour
channels:
  weather: {says: storms keep armies at home, voiced_by: memo}
  cold: {says: thick ice carries an army, voiced_by: paper, for: [storm-deters]}
  surprise: {says: nobody expects a march in a storm, voiced_by: paper}
  honour: {says: pride drives, voiced_by: A Poet, for: [other]}
claims:
  - id: storm-deters
    speaker: An Envoy
    quote: a storm deters
    tests:
      sign: P(march = go | do(storm = gale)) < P(march = go | do(storm = calm))
      half: P(march = go | do(storm = gale)) < 50%
  - id: other
    speaker: A Poet
    quote: pride
    tests: {likely: P(march = go) > 50%}
"""


def crossing() -> Case:
    return case_of(CASE)


def logit(points: float) -> float:
    return 1.0 / (1.0 + exp(-points * log(3.0) / 10.0))


def median(text: str) -> str:
    """Return the case with every range at its middle, so that closed forms hold."""
    for wide, narrow in (("40% to 60%", "50%"), ("-20 to -10", "-15"), ("+5 to +15", "+10"), ("+1 to +30", "+12")):
        assert wide in text
        text = text.replace(wide, narrow)
    return text


@pytest.mark.parametrize(
    ("off", "gale_thick", "calm_thin"),
    [
        ((), 0.6 * (10 - 15 + 10 + 12) + 0.4 * 60, 0.6 * 10 + 0.4 * 60),
        (("weather",), 0.6 * (10 + 10 + 12) + 0.4 * 60, 0.6 * 10 + 0.4 * 60),
        (("surprise", "cold"), 0.6 * (10 - 15) + 0.4 * 60, 0.6 * 10 + 0.4 * 60),
        (("honour",), 0.6 * (10 - 15 + 10 + 12), 0.6 * 10),  # its weight stays
    ],
)
def test_a_channel_switched_off_is_its_closed_form(off: tuple[str, ...], gale_thick: float, calm_thin: float) -> None:
    study = without(Study(case_of(median(CASE)), worlds=16, threads=1), off)
    assert study.ask("P(march = go | storm = gale, ice = thick)").mean == pytest.approx(logit(gale_thick), abs=1e-9)
    assert study.ask("P(march = go | storm = calm, ice = thin)").mean == pytest.approx(logit(calm_thin), abs=1e-9)


def test_an_arc_of_a_channel_is_averaged() -> None:
    study = without(Study(case_of(median(CASE)), worlds=16, threads=1), ["cold"])
    assert study.ask("P(ice = thick | storm = gale)").mean == pytest.approx(0.6)
    assert study.ask("P(ice = thick | storm = calm)").mean == pytest.approx(0.6)


def test_an_idle_stake_is_switched_off_without_moving_the_others(shared: Path) -> None:
    # removing it would move P(p) from 75 to 94 %, since the rest would weigh more
    idle = quandary.load(shared / "meaning" / "lad0" / "case.yaml").case
    gone = quandary.load(shared / "meaning" / "lad1" / "case.yaml").case
    before = Study(idle, worlds=16, threads=1).ask("P(d = p)").mean
    assert before == pytest.approx(4 / 5, abs=1e-9)
    assert Study(gone, worlds=16, threads=1).ask("P(d = p)").mean == pytest.approx(16 / 17, abs=1e-9)
    text = Path(idle.path).read_text(encoding="utf-8")
    tagged = text.replace("idle: {weight: 50%,", "idle: {channel: still, weight: 50%,") + "channels: {still: {}}\n"
    study = Study(case_of(tagged), worlds=16, threads=1)
    assert without_channels(study.case, ["still"]).case.stakes[1].weight == study.case.stakes[1].weight
    assert without(study, ["still"]).ask("P(d = p)").mean == pytest.approx(before, abs=1e-9)


def test_a_ladder_has_its_rows_in_order_and_its_channels_by_voice() -> None:
    study = Study(crossing(), worlds=400, threads=1)
    (ladder,) = ladders(study, [claim_asked(study.case, "storm-deters")])
    assert [one.id for one in ladder.own] == ["weather"]  # voiced by a memo that the envoy wrote
    assert [one.id for one in ladder.rivals] == ["cold", "surprise"]  # honour bears on another claim
    assert [(row.rung, row.name) for row in ladder.rows] == [
        (LadderRung.OWN, ""),
        (LadderRung.RIVAL, "cold"),
        (LadderRung.RIVAL, "surprise"),
        (LadderRung.ALL, ""),
        (LadderRung.BEST_REPLY, ""),
        (LadderRung.NO_RATIONALITY, ""),
        (LadderRung.READING, "half"),
        (LadderRung.FORM, "do_foreseen"),
        (LadderRung.WIDE, ""),
    ]
    own, nobody = ladder.rows[0].result, ladder.rows[5].result
    assert own is not None and own.share is not None and own.share.share == 1.0
    assert nobody is not None and nobody.share is not None and nobody.share.share == 0.0  # both sides are one half


def test_each_row_is_the_case_written_so() -> None:
    study = Study(crossing(), worlds=400, threads=1)
    (ladder,) = ladders(study, [claim_asked(study.case, "storm-deters", "half")])
    found = {(row.rung, row.name): row.result for row in ladder.rows}
    surprise = "        - storm = gale and march = go: +1 to +30 points\n          channel: surprise\n"
    cold = "        - march = go and ice = thick: +5 to +15 points\n          channel: cold\n"
    assert surprise in CASE and cold in CASE
    averaged = CASE.replace(
        "      - storm = gale: {thick: 90%, thin: rest}\n      - otherwise: {thick: 30%, thin: rest}\n",
        "      - otherwise: {thick: 60%, thin: rest}\n",
    )
    written = {
        (LadderRung.RIVAL, "cold"): CASE.replace(surprise, ""),
        (LadderRung.RIVAL, "surprise"): averaged.replace(cold, ""),
    }
    assert averaged != CASE
    for key, text in written.items():
        gone = "surprise" if key[1] == "cold" else "cold"
        told = (f"  {gone}: {{says", f"    channel: {{storm: {gone}}}")
        shorter = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(told))
        expected = Study(case_of(shorter), worlds=400, threads=1).ask("P(march = go | do(storm = gale)) < 50%")
        result = found[key]
        assert result is not None and result.share is not None
        assert result.share.share == pytest.approx(expected.share, abs=1e-12), key


def test_wider_ranges_are_the_ranges_written_wider() -> None:
    # a normal range of worth: 10 to 30 is 20 +- 10, so 1.5 times as wide it is 5 to 35
    def study(worth: str) -> Study:
        text = f"""
quandary: 2
title: wide
as_of: 2030-01-01
actors: {{a: {{name: A, rationality: x3 per 10, because: invented}}}}
story:
  - {{decision: d, by: a, options: [p, q]}}
stakes:
  a:
    v:
      worth: [{{d = p: {worth}}}, {{otherwise: 20}}]
      because: invented
claims:
  - {{id: c, speaker: S, quote: x, tests: {{likely: P(d = p) > 50%}}}}
"""
        return Study(case_of(text), worlds=64, threads=1)

    base = study("10 to 30")
    wide = VariantStudy(base, stretch=1.5).ask("P(d = p)")
    np.testing.assert_allclose(wide.draws, study("5 to 35").ask("P(d = p)").draws, atol=1e-9)


def test_what_a_change_makes_impossible_counts_nowhere() -> None:
    text = CASE.replace(
        "storm = gale: {thick: 90%, thin: rest}", "storm = gale: {thick: 'normal(70%, 9%)', thin: rest}"
    )
    study = Study(case_of(text), worlds=400, threads=1)
    variant = VariantStudy(study, stretch=1.5)
    assert 0 < variant.impossible.sum() < 40
    answer = variant.ask("P(march = go)")
    assert np.isnan(answer.draws[variant.impossible]).all()
    assert (answer.weights[variant.impossible] == 0).all()


def test_each_row_has_its_bounds_beyond_what_was_drawn() -> None:
    study = Study(crossing(), worlds=200, threads=1)
    (ladder,) = ladders(study, [claim_asked(study.case, "storm-deters")])
    for row in ladder.rows:
        assert row.result is not None and row.result.effect is not None
        known = row.result.effect.draws[~np.isnan(row.result.effect.draws)]
        assert row.bounds is not None
        assert -1 <= row.bounds.low <= known.min() <= known.max() <= row.bounds.high <= 1
        assert row.bounds.searched >= 300
    rows = {(row.rung, row.name): row for row in ladder.rows}
    nobody = rows[LadderRung.NO_RATIONALITY, ""].bounds
    assert nobody is not None and (nobody.low, nobody.high) == (0.0, 0.0)
    wide, stands = rows[LadderRung.WIDE, ""].bounds, ladder.stands.bounds
    assert wide is not None and stands is not None
    assert wide.low < stands.low and wide.high > stands.high


def test_own_bounds_are_the_ends_of_the_one_number_that_is_left() -> None:
    # with the rivals off the difference rises with the points of the weather alone
    study = Study(crossing(), worlds=200, threads=1)
    (ladder,) = ladders(study, [claim_asked(study.case, "storm-deters")])
    bounds = ladder.rows[0].bounds
    assert bounds is not None
    weather = next(one for one in study.model.quantities if one.estimate.quantile(np.array([0.5]))[0] < 0)
    base = 0.6 * 10 + 0.4 * 60
    ends = [logit(base + 0.6 * points) - logit(base) for points in weather.estimate.quantile(np.array([LOW, HIGH]))]
    assert [bounds.low, bounds.high] == pytest.approx(ends, abs=1e-9)


def test_a_ladder_says_where_it_turns_and_what_speaks_for_the_opposite() -> None:
    study = Study(crossing(), worlds=400, threads=1)
    (ladder,) = ladders(study, [claim_asked(study.case, "storm-deters")])
    assert ladder.rests_on is not None and ladder.rests_on.break_even is not None
    assert ladder.opposite is not None and ladder.opposite.id == "surprise"  # cold does the same in storm and calm
    told = list(turning_lines(CaseNames(study.case), ladder))
    assert told[0].startswith("Break-even: it hangs ")
    assert told[1] == "Opposite: “nobody expects a march in a storm” (The Paper)."


def drawn_on(width: int, encoding: str = "utf-8") -> list[str]:
    study = Study(crossing(), worlds=200, threads=1)
    (ladder,) = ladders(study, [claim_asked(study.case, "storm-deters")])
    console = Console(width=width, file=StringIO(), force_terminal=False)
    print_parts([ladder_sheet(CaseNames(study.case), ladder)], console)
    assert isinstance(console.file, StringIO)
    register()
    return console.file.getvalue().encode(encoding, HANDLER).decode(encoding).splitlines()


def test_a_ladder_is_drawn_on_one_axis_with_a_line_at_zero() -> None:
    lines = drawn_on(100)
    rows = [line for line in lines if any(sign in line for sign in "│┿●○")]
    assert len(rows) == 9
    assert max(map(len, lines)) <= 100
    zero = next(line for line in lines if " 0 " in line or line.rstrip().endswith("0")).index("0")
    for row in rows:
        assert row[zero] in "│┿●○"
    own, nobody = rows[0], rows[5]
    assert own.index("○") < zero and "●  100" in own  # the disc of what holds
    assert nobody[zero] == "●" and "⊗    0" in nobody
    assert "What the author names" in lines


def test_a_ladder_can_be_read_without_our_signs_and_where_there_is_little_room() -> None:
    plain = drawn_on(100, "ascii")
    assert not any("?" in line for line in plain)
    assert sum("|" in line or "+" in line or "*" in line for line in plain) >= 9
    narrow = drawn_on(60)
    assert not any("┿" in line for line in narrow)
    assert any("verdict" in line for line in narrow)


def test_a_ladder_is_of_a_claim() -> None:
    with pytest.raises(Refusal) as caught:
        claim_asked(crossing(), "P(march = go)")
    assert caught.value.problem.code == "Q569"


def test_an_interruption_leaves_rows_out() -> None:
    def told(done: int, _of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    study = Study(crossing(), worlds=64, threads=1)
    (ladder,) = ladders(study, [claim_asked(study.case, "storm-deters")], told)
    assert not ladder.complete
    assert 0 < len(ladder.rows) < 9
    assert all(row.result is not None for row in ladder.rows)


# --- clones ----------------------------------------------------------------------------------------------------


def test_clones_nobody_can_tell_apart_are_a_share_doubled() -> None:
    study = Study(case_of(median(CASE)), worlds=32, threads=1)
    doubled = with_clones(study, "march", "go").ask("P(march = go)")
    text = median(CASE).replace("    options: [stay, go]\n", "    options: [stay, go]\n    usual: {stay: 1, go: 2}\n")
    np.testing.assert_allclose(doubled.draws, Study(case_of(text), worlds=32, threads=1).ask("P(march = go)").draws)
    twice = case_of(
        median(CASE)
        .replace("options: [stay, go]", "options: [stay, go, go_too]")
        .replace("march = go:", "march in (go, go_too):")
        .replace("march = go and", "march in (go, go_too) and")
    )
    listed = Study(twice, worlds=32, threads=1).ask("P(march in (go, go_too))")
    np.testing.assert_allclose(doubled.draws, listed.draws, atol=1e-9)


def test_clones_are_invisible(shared: Path) -> None:
    # a visible clone of the sender's one option would make a channel of cheap talk; an invisible one changes nothing
    case = quandary.load(shared / "meaning" / "clone0" / "case.yaml").case
    study = Study(case, worlds=16, threads=1)
    found = clones(study, study.prepared("P(reply = one)"))
    assert found is not None
    assert {move.decision for move in found.moves} == {"reply"}
    same = with_clones(study, "move", "a").ask("P(reply = one)")
    np.testing.assert_allclose(same.draws, study.ask("P(reply = one)").draws, atol=1e-12)


def test_clones_are_told_of_chances_alone() -> None:
    study = Study(crossing(), worlds=16, threads=1)
    assert clones(study, study.prepared("E(north)")) is None
    found = clones(study, study.prepared("P(march = go)"))
    assert found is not None and found.depends and found.depends[0].decision == "march"


def test_counting_options_is_told_beside_the_answer(tmp_path: Path) -> None:
    study = Study(crossing(), worlds=32, threads=1)
    found = clones(study, study.prepared("P(march = go)"))
    assert found is not None
    assert found.counted == pytest.approx(0.5, abs=1e-12)
    assert not found.near_counted
    split = case_of(CASE.replace("    options: [stay, go]\n", "    options: [stay, go]\n    usual: {stay: 1, go: 3}\n"))
    found = clones(Study(split, worlds=32, threads=1), study.prepared("P(march = go)"))
    assert found is not None
    assert found.counted == pytest.approx(0.75, abs=1e-12)
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    solved = quandary.load(path).solve(worlds=32)
    mine, own = solved.clones("P(march = go)"), study.prepared("P(march = go)")
    assert mine is not None
    assert [move.mean for move in mine.moves] == [move.mean for move in clones(study, own).moves]  # type: ignore[union-attr]
    assert solved.bounds("P(march = go)")[0] is not None


# --- checks together --------------------------------------------------------------------------------------------


def test_checks_together_are_counted_world_by_world() -> None:
    text = (
        CASE
        + """
checks:
  - {id: gale, asks: P(storm = gale), range: 50% to 100%, because: invented}
  - {id: march, asks: P(march = go), range: 0% to 98%, because: invented}
  - {id: never, asks: P(storm = calm), range: 50.0001% to 100%, because: invented}
"""
    )
    study = Study(case_of(text), worlds=200, threads=1)
    found = findings(study).joint
    assert found is not None
    gale, march = study.ask("P(storm = gale)").draws, study.ask("P(march = go)").draws
    met = (gale >= 0.5).astype(int) + (march <= 0.98) + (gale <= 0.499999)
    assert found.checks == 3
    assert found.all_met.share == 0.0  # gale and calm cannot both have half
    assert found.mean == pytest.approx(float(met.mean()))
    assert f"a world meets {met.mean():.1f} of 3" in joint_said(found)


# --- told ------------------------------------------------------------------------------------------------------------


def test_channels_are_written_and_read_again() -> None:
    case = crossing()
    again = case_of(written_case(case))
    assert without_places(again) == without_places(case)
    assert [one.id for one in again.channels.values()] == ["weather", "cold", "surprise", "honour"]


def test_a_ladder_in_words_has_no_code_names_and_as_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    found = quandary.load(path).solve(worlds=64).ladder("storm-deters")
    document = found.to_dict()
    assert document["schema"] == "quandary.ladder/1"
    assert [row["rung"] for row in document["rows"]][:4] == ["own channels", *["rival channel"] * 2, "as it stands"]
    assert document["rows"][3]["change"] is None
    assert document["opposite"]["id"] == "surprise"
    told = str(found)
    assert "the author's channels only" in told
    assert not any(sign in told for sign in ("_", "="))
    assert told.count("\n") > 9


def test_each_reading_has_its_bounds_and_each_claim_its_voices(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    solved = quandary.load(path).solve(worlds=256)
    deters, other = solved.findings.claims
    assert [one.id for one in deters.own] == ["weather"]
    assert [one.id for one in deters.rivals] == ["cold", "surprise"]
    assert [one.id for one in other.own] == ["honour"]
    for test in (*deters.tests, *other.tests):
        assert test.bounds is not None
        assert test.effect is not None
        drawn = test.effect.draws[test.effect.weights > 0]
        assert test.bounds.low <= drawn.min() < drawn.max() <= test.bounds.high, "at least as wide as what was drawn"


def test_bounds_and_voices_of_claims_reach_every_form(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    request = {"case": str(path), "worlds": 64, "all": True}
    found = task_named("run").run(request_from(task_named("run").request, request), HANDS)
    claim = json.loads(json.dumps(plain(found.document())))["claims"][0]
    assert [one["voiced_by"] for one in claim["own"]] == ["memo"]
    assert [one["voiced_by"] for one in claim["rivals"]] == ["paper", "paper"]
    low, high = (claim["tests"]["sign"]["bounds"][end] for end in ("low", "high"))
    assert low < claim["tests"]["sign"]["effect"]["low"] < claim["tests"]["sign"]["effect"]["high"] < high
    page = tmp_path / "page.html"
    request = {"case": str(path), "worlds": 64, "output": str(page)}
    task_named("report").run(request_from(task_named("report").request, request), HANDS)
    card = page.read_text(encoding="utf-8").partition('id="claim-storm-deters"')[2].partition('id="claim-other"')[0]
    assert "<dt>Bounds</dt><dd>The ranges allow anything between" in card
    assert re.search("<dt>The opposite</dt><dd><p>“nobody expects a march in a storm” (.*)</p>", card)
