"""Made-up sentences of many constructions: the tests, owners and actors that a draft gives each, in ``made_up.yaml``.

They were written down from a run and read against each sentence: a test says what the sentence says, or it is a gap.
So they guard against change: each must stay as it is or become better, and none may be turned round.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from quandary.base import CaseError
from quandary.case import Claim, Gap, written_draft
from quandary.language import parse_query
from quandary.read import ArticleReading, draft_of, lay_out, read_article, walk_through

Reader = Callable[..., ArticleReading]
ITEMS = YAML(typ="safe", pure=True).load((Path(__file__).with_name("made_up.yaml")).read_text(encoding="utf-8"))
SAME = re.compile(r"P\((?P<left>.+)\) [<>] P\((?P<right>.+)\)")


def drafted(text: str, model: Any) -> Any:
    reading = read_article(lay_out(text, identity="made-up"), model=model)
    return YAML(typ="safe", pure=True).load(written_draft(draft_of(reading)))


def queries_in(case: Any) -> list[str]:
    found = [query for claim in case.get("claims") or [] for query in (claim.get("tests") or {}).values()]
    return [query for query in found if not ("do(" in query and query.endswith("0.5"))]


@pytest.mark.parametrize("item", ITEMS, ids=[item["text"].split(". ", 1)[-1][:50] for item in ITEMS])
def test_a_draft_says_what_the_sentence_says(item: Any, model: Any) -> None:
    case = drafted(item["text"], model)
    assert queries_in(case) == item["tests"]
    story = case["story"] if isinstance(case["story"], list) else []
    assert {event["decision"]: event["by"] for event in story if "decision" in event} == item["by"]
    assert set(item["actors"]) == set(case["actors"])


def test_most_are_right_and_no_two_sides_are_the_same() -> None:
    queries = [query for item in ITEMS for query in item["tests"]]
    assert sum(query != "???" for query in queries) > 0.75 * len(queries)
    for query in queries:
        match = SAME.fullmatch(query)
        assert match is None or match["left"] != match["right"]
        assert query == "???" or parse_query(query)


def test_each_test_stands_below_its_sentence(read: Reader) -> None:
    text = written_draft(
        draft_of(read("Lifting the ban on Kora would make a revolt less likely, Minister Ana Quill said."))
    )
    lines = [line.strip() for line in text.splitlines()]
    at = next(number for number, line in enumerate(lines) if line.startswith("sign: P("))
    assert lines[at - 1] == "# revolt is less likely if ban on kora: lift than if ban on kora: keep"


def test_an_open_direction_offers_both_readings(read: Reader) -> None:
    text = written_draft(
        draft_of(read("Even if the council lifts the ban, the farmers will march, said Ana Quill, an aide."))
    )
    (line,) = (one for one in text.splitlines() if "direction open" in one)
    assert "???" in line
    assert "more likely" in line
    assert "less likely" in line


@pytest.mark.parametrize(
    ("key", "expected"), [("t", "P(revolt = revolt | do(ban = lift)) > "), ("o", "???"), ("n", None)]
)
def test_a_review_has_a_key_for_each_answer(read: Reader, key: str, expected: str | None) -> None:
    reading = read("Lifting the ban would make a revolt less likely, Minister Ana Quill said.")
    draft = draft_of(reading)
    before = next(n for n, p in enumerate(draft.proposals) if p.section == "claims")
    screen = StringIO()
    walked = walk_through(draft, reading.article, StringIO("s\n" * before + key + "\n"), screen)
    assert "[t]urned round" in screen.getvalue()
    assert "# revolt is less likely if ban: lift than if ban: keep" in screen.getvalue()
    claim = walked.proposals[before].entry
    assert isinstance(claim, Claim)
    assert walked.proposals[before].status == "accepted"
    if expected is None:
        assert not claim.tests
        assert isinstance(claim.not_testable, Gap)
    elif expected == "???":
        assert isinstance(claim.tests[0].query, Gap)
    else:
        assert claim.tests[0].written.startswith(expected)
        assert "# revolt is more likely if ban: lift than if ban: keep" in written_draft(walked)


@pytest.mark.parametrize(
    "sentence",
    [
        "On 2 May 2030 Kora cancelled a planned attack on Zell.",
        "On 2 May 2030 Kora called off a strike against Zell.",
        "Kora denied on 2 May 2030 that its army attacked Zell.",
        "Kora threatened to attack Zell on 2 May 2030.",
        "Kora shelved plans for an invasion of Zell on 2 May 2030.",
        "A possible attack on Zell was discussed on 2 May 2030.",
    ],
)
def test_what_was_cancelled_denied_or_only_talked_of_is_no_evidence(read: Reader, sentence: str) -> None:
    case = YAML(typ="safe", pure=True).load(written_draft(draft_of(read(sentence))))
    assert not case.get("evidence")


def test_a_long_article_keeps_nine_variables(read: Reader) -> None:
    nouns = (
        "bridge",
        "harbour",
        "dam",
        "mine",
        "tunnel",
        "depot",
        "canal",
        "tower",
        "market",
        "airfield",
        "refinery",
        "palace",
    )
    said = " ".join(f"If the army bombs the {noun}, the rebels will burn the {noun} archive." for noun in nouns)
    text = written_draft(
        draft_of(read(f"“{said} If the army bombs the dam, a revolt will follow,” said Ana Quill, an aide."))
    )
    case = YAML(typ="safe", pure=True).load(text)
    assert 3 <= len(case["story"]) <= 9


@pytest.mark.parametrize("item", ITEMS[::9], ids=[str(n) for n in range(len(ITEMS[::9]))])
def test_a_draft_has_only_named_gaps(item: Any, model: Any, tmp_path: Path) -> None:
    from quandary.use import opened

    path = tmp_path / "case.yaml"
    reading = read_article(lay_out(item["text"], identity="made-up"), model=model)
    path.write_text(written_draft(draft_of(reading)), encoding="utf-8")
    try:
        problems = opened(str(path), None).problems
    except CaseError as fault:
        problems = fault.problems
    assert {p.code for p in problems if p.is_error} <= {"Q173", "Q233"}
