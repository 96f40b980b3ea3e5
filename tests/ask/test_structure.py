"""Structural flips: every cut agrees with the case written without it; what cannot matter does not."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import pytest
from tests.ask.crisis import TEXT, crisis

import quandary
from quandary.ask import (
    ARC,
    CHANNEL,
    EFFECT,
    OBSERVATION,
    OPTION,
    STAKE,
    AlteredStudy,
    StructuralCut,
    StructureTable,
    Study,
    cuts_of,
    structural_flips,
    subjects,
)
from quandary.base import Refusal
from quandary.case import Case

WORLDS = 48

CHAIN = """
quandary: 1
title: A chain whose answers are known
as_of: 2022-01-08
actors:
  lender: {name: The lender, rationality: exact, because: a textbook}
story:
  - chance: weather
    states: [fair, foul]
    odds: {foul: 30%, fair: rest}
  - chance: harvest
    given: [weather]
    states: [good, bad]
    base: {bad: 20%, good: rest}
    effects:
      - weather = foul: {bad: +60 points}
  - chance: letter
    given: [harvest]
    states: [praise, complaint]
    odds:
      - harvest = bad: {complaint: 100%}
      - otherwise: {praise: 100%}
  - chance: noise
    states: [a, b]
    odds: {a: 50%, b: rest}
  - decision: loan
    by: lender
    sees: [letter, noise]
    options: [lend, refuse]
stakes:
  lender:
    money:
      worth:
        - loan = lend and harvest = bad: 0
        - loan = lend: 100
        - otherwise: 40
"""

MARKED = """
quandary: 2
title: A mark of war, also left by deploying
as_of: 2022-01-08
actors:
  nobody: {name: Nobody, rationality: exact, because: a textbook}
story:
  - {chance: deploy, states: [stay, go], odds: {go: 50%, stay: rest}, because: x}
  - {chance: war, states: ["no", "yes"], odds: {"yes": 50%, "no": rest}, because: x}
  - chance: mark
    given: [war, deploy]
    states: ["off", "on"]
    odds:
      - war = yes and deploy = go: {"on": 90%, "off": rest}
      - otherwise: {"on": 20%, "off": rest}
    because: x
  - {decision: act, by: nobody, options: [wait, go]}
stakes:
  nobody:
    gain: {worth: [{act = go: 1}, {otherwise: 0}]}
evidence:
  - {on: 2022-01-01, saw: mark = on, because: x}
"""


def case_of(text: str) -> Case:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return quandary.load(path).case


@cache
def chain() -> Case:
    return case_of(CHAIN)


def one(study: Study, kind: str, subject: str, part: str) -> StructuralCut:
    (found,) = [c for c in cuts_of(study) if (c.kind, c.subject, c.part) == (kind, subject, part)]
    return found


def after(cut: StructuralCut, query: str) -> float | None:
    assert cut.made is not None
    return cut.made().ask(query).mean


def test_cuts_of_a_chain_whose_answers_are_known() -> None:
    # P(bad) = 0.2 + 0.3 * 0.6 = 0.38; the lender lends unless it reads of a bad harvest, so P(lend) = 0.62
    study = Study(chain(), worlds=16, threads=1)
    assert study.ask("P(loan = lend)").mean == pytest.approx(0.62)
    cases = {
        (EFFECT, "harvest", "weather = foul"): (0.20, 0.80),
        (ARC, "harvest", "weather"): (0.38, 0.62),
        (ARC, "letter", "harvest"): (0.38, 1.0),  # the letter says nothing: 62 beats 40, always lend
        (OBSERVATION, "lender", "letter"): (0.38, 1.0),
        (OPTION, "loan", "lend"): (0.38, 0.0),
        (OBSERVATION, "lender", "noise"): (0.38, 0.62),
    }
    for key, (bad, lend) in cases.items():
        cut = one(study, *key)
        assert after(cut, "P(harvest = bad)") == pytest.approx(bad), key
        assert after(cut, "P(loan = lend)") == pytest.approx(lend), key


def test_a_channel_is_cut_as_a_whole() -> None:
    # without the effect a bad harvest has 20 %; without the arc the letter says nothing, and the lender always lends
    effect = "      - weather = foul: {bad: +60 points}\n"
    text = CHAIN.replace(effect, f"{effect}        channel: news\n")
    text = text.replace("    given: [harvest]\n", "    given: [harvest]\n    channel: {harvest: news}\n")
    study = Study(case_of(text + "channels: {news: {says: letters tell of bad harvests}}\n"), worlds=16, threads=1)
    cut = one(study, CHANNEL, "", "news")
    assert after(cut, "P(harvest = bad)") == pytest.approx(0.20)
    assert after(cut, "P(loan = lend)") == pytest.approx(1.0)
    assert after(cut, "P(letter = complaint)") == pytest.approx(0.20)


def test_an_arc_cut_keeps_what_stood_alone_and_breaks_what_went_together() -> None:
    study = Study(chain(), worlds=16, threads=1)
    cut = one(study, ARC, "harvest", "weather")
    assert after(cut, "P(harvest = bad | weather = foul)") == pytest.approx(0.38)
    assert study.ask("P(harvest = bad | weather = foul)").mean == pytest.approx(0.8)


@cache
def table() -> StructureTable:
    study = Study(chain(), worlds=16, threads=1)
    return structural_flips(study, subjects(chain(), "P(loan = lend)"), 0.5)


def test_the_table_puts_what_flips_first_and_names_what_cannot_matter() -> None:
    found = table()
    first = found.rows[0]
    assert (first.cut.kind, first.cut.part) == (OPTION, "lend")
    assert first.answers[0].flipped
    # a lender to whom all is worth the same tosses a coin: exact choice splits ties
    assert [(row.cut.kind, row.cut.part) for row in found.rows if row.answers[0].flipped] == [
        (OPTION, "lend"),
        (STAKE, "money"),
    ]
    assert found.rows[1].answers[0].mean == pytest.approx(0.5)
    still = {(cut.kind, cut.part) for cut in found.cannot_matter}
    assert (OBSERVATION, "noise") in still


def test_no_cut_of_what_cannot_matter_moves_anything() -> None:
    study = Study(crisis(), worlds=WORLDS, threads=1, use_evidence=False)
    asked = subjects(crisis(), "P(reply = resist)")
    found = structural_flips(study, asked)
    before = study.answer(asked[0].query).mean
    assert found.cannot_matter
    for cut in found.cannot_matter:
        assert after(cut, "P(reply = resist)") == pytest.approx(before, abs=1e-9), (cut.kind, cut.subject, cut.part)


def test_cutting_an_observation_is_the_case_written_without_it() -> None:
    study = Study(crisis(), worlds=WORLDS, threads=1, use_evidence=False)
    query = "P(war | do(unrest = threat))"
    blind = case_of(TEXT.replace("    sees: [deploy]\n", ""))
    cut = one(study, OBSERVATION, "rival", "deploy")
    expected = Study(blind, worlds=WORLDS, threads=1, use_evidence=False).ask(query).mean
    assert after(cut, query) == pytest.approx(expected, abs=1e-9)
    assert study.ask(query).mean != pytest.approx(expected, abs=1e-6)


def test_an_altered_study_without_alteration_is_the_study() -> None:
    study = Study(crisis(), worlds=WORLDS, threads=1)
    same = AlteredStudy(study, lambda diagram, _: diagram)
    assert same.ask("P(war)").mean == pytest.approx(study.ask("P(war)").mean, abs=1e-12)


def test_subjects_are_found_by_name_or_read_as_queries() -> None:
    case = crisis()
    assert [s.title for s in subjects(case, "harvest_untouched")] == [
        "harvest_untouched, same",
        "harvest_untouched, less",
    ]
    assert [s.test for s in subjects(case, "harvest_untouched", "less")] == ["less"]
    assert subjects(case, "torn")[0].title == "Is it a dilemma?"
    assert subjects(case, "P(war) > 0.5")[0].query.text == "P(war) > 0.5"
    for thing, test, code in (("wra", None, "Q560"), ("must_stop", None, "Q561"), ("bad_weather", "x", "Q562")):
        with pytest.raises(Refusal) as caught:
            subjects(case, thing, test)
        assert caught.value.problem.code == code


def test_an_interruption_keeps_the_cuts_made() -> None:
    def told(done: int, _of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    study = Study(chain(), worlds=16, threads=1)
    found = structural_flips(study, subjects(chain(), "P(loan = lend)"), 0.5, told)
    assert not found.complete
    assert len(found.rows) == 2
    assert table().complete


def test_every_cut_is_asked_with_the_same_evidence() -> None:
    # do(deploy) sets aside the mark that deploying leaves. Without that arc it no longer could, and the mark would come
    # back: .5 would become P(war | mark = on), a move that no arc makes
    study = Study(case_of(MARKED), worlds=16, threads=1)
    query = "P(war = yes | do(deploy = go))"
    table = structural_flips(study, subjects(study.case, query))
    assert table.before[0].mean == pytest.approx(0.5, abs=1e-12)
    moved = {(row.cut.subject, row.cut.part): row.answers[0].mean for row in table.rows}
    assert ("mark", "deploy") in moved
    assert list(moved.values()) == pytest.approx([0.5] * len(moved), abs=1e-12)
    assert not any(row.answers[0].flipped for row in table.rows)
