"""From an article to a first answer: what of a draft runs before its gaps are filled, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

from quandary.ask import UNTITLED, complete_part
from quandary.case import CaseText, ChanceEvent
from quandary.compile import read_case_bytes
from quandary.use import Hands, ReadRequest, run

DRAFT = """\
quandary: 2
title: ???
as_of: ???
actors:
  orvania: {name: Orvania, rationality: unknown}
story:
  - decision: border
    by: ???  # who decides this?
    options: [open, shut]
  - chance: trade
    given: [border]
    states: [low, high]
    odds: unknown
evidence:
  - on: ???
    saw: border = shut
claims:
  - id: open-question
    speaker: A
    quote: It is far from certain
    tests:
      likelihood: ???
  - id: shut-hurts
    speaker: B
    quote: Shut it and trade falls
    tests:
      sign: P(trade = low | do(border = shut)) > P(trade = low | do(border = open))
      much: ???
questions:
  when:
    asks: When?
    query: ???
"""

ARTICLE = """\
4 May 2031. If the ceasefire collapses, the Northern Front will attack the port again, said Ilse Marne, an analyst.
"""


def held(text: str) -> CaseText:
    found = read_case_bytes(text.encode(), "case.yaml").text
    assert found is not None
    return found


def test_what_can_run_of_a_draft_stands_on_its_own_lines() -> None:
    part = complete_part(held(DRAFT))
    assert part.case is not None
    assert part.case.title == UNTITLED
    assert not part.is_dated
    assert isinstance(part.case.variable("border"), ChanceEvent)
    assert part.as_chance == {"border"}
    assert [claim.id for claim in part.case.claims] == ["shut-hurts"]
    assert [test.name for test in part.case.claims[0].tests] == ["sign"]
    assert not part.case.evidence
    assert not part.case.questions
    told = [(one.what, one.gap) for one in part.left_out]
    assert told == [
        ("border", "story/0/by"),
        ("border = shut", "evidence/0/on"),
        ("open-question", "claims/0/tests/likelihood"),
        ("shut-hurts", "claims/1/tests/much"),
        ("When?", "questions/when/query"),
    ]
    lines, before = part.text.main.data.decode().splitlines(), DRAFT.splitlines()
    assert len(lines) == len(before)
    for line in (
        "  - chance: trade",
        "      sign: P(trade = low | do(border = shut)) > P(trade = low | do(border = open))",
    ):
        assert lines.index(line) == before.index(line)


def test_a_gap_that_nothing_can_stand_for_leaves_no_run() -> None:
    part = complete_part(held(DRAFT.replace("states: [low, high]", "states: ???")))
    assert part.case is None
    assert part.problems


def test_reading_ends_with_a_first_answer(tmp_path: Path) -> None:
    article = tmp_path / "a.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    found = run(ReadRequest(article=str(article), out=tmp_path / "case"), Hands())
    assert found.answer is not None
    assert found.answer.report is not None
    assert found.answer.state is not None
    assert found.answer.state.asked
    assert "open" in {test.verdict.value for claim in found.answer.report.findings.claims for test in claim.tests}
    body = found.document()
    assert body.first_answer is not None
    assert body.first_answer.run is not None
    assert body.first_answer.next is not None
    assert body.first_answer.next.questions
    alone = run(ReadRequest(article=str(article), out=tmp_path / "draft", run=False), Hands())
    assert alone.answer is None
    assert (tmp_path / "draft" / "case.yaml").read_bytes() == (tmp_path / "case" / "case.yaml").read_bytes()
