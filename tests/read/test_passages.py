"""Made-up passages, each with what a draft may say of it: written down first, then read.

A written test says what its line in ``passages.txt`` says; else it is a gap, never the other way round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from quandary.case import written_draft
from quandary.language import parse_query
from quandary.read import ArticleReading, draft_of, lay_out, read_article

Reader = Callable[..., ArticleReading]
PASSAGES = [
    line.split(" => ")
    for line in Path(__file__).with_name("passages.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
SET = re.compile(r"do\((\w+) = (\w+)\)")
SIDES = re.compile(
    r"P\((?P<x>\w+) = (?P<s>\w+)(?: \| (?P<do>.+?))?\) (?P<op>[<>]) (?:P\(\w+ = \w+ \| (?P<other>.+)\)|[\d.]+)"
)


def drafted(sentence: str, model: Any) -> list[str]:
    text = f"LOMA, 6 May 2034. {sentence}"
    case = YAML(typ="safe", pure=True).load(
        written_draft(draft_of(read_article(lay_out(text, identity="p"), model=model)))
    )
    found = [query for claim in case.get("claims") or [] for query in (claim.get("tests") or {}).values()]
    return [query for query in found if not ("do(" in query and query.endswith("0.5"))]


def judged(wanted: str, queries: list[str]) -> str:
    """Return whether the drafted tests are right, asked, wrong, inverted or missing."""
    written = [q for q in queries if q != "???"]
    if wanted == "???":
        return "wrong" if written else "right"
    if not written:
        return "asked" if queries else "none"
    match = SIDES.fullmatch(written[0])
    assert match is not None, written[0]
    effect, _, cause = wanted.partition(" / ")
    if not cause:
        return "right" if effect.split("=")[0] in match["x"] + match["s"] and match["op"] == ">" else "wrong"
    sets, others = dict(SET.findall(match["do"] or "")), dict(SET.findall(match["other"] or ""))
    (x, s), (y, t), sign = effect.split("="), cause[:-2].split("="), cause[-1]
    ours = next((v for v in sets if y in v or y in sets[v] + others.get(v, "")), None)
    if ours is None or (x not in match["x"] and x not in match["s"]):
        return "other"
    assert sets != others, "equal sides"
    way = (1 if match["s"].startswith(s[:4]) else -1) * (1 if sets[ours].startswith(t[:4]) else -1)
    return "right" if way * (1 if match["op"] == ">" else -1) == (1 if sign == "+" else -1) else "inverted"


@pytest.fixture(scope="module")
def verdicts(model: Any) -> dict[str, tuple[str, list[str]]]:
    found = {}
    for sentence, wanted in PASSAGES:
        queries = drafted(sentence, model)
        assert all(query == "???" or parse_query(query) for query in queries)
        found[sentence] = (judged(wanted, queries), queries)
    return found


def test_none_is_turned_round_or_says_something_else(verdicts: dict[str, tuple[str, list[str]]]) -> None:
    assert {s: found for s, found in verdicts.items() if found[0] in {"inverted", "wrong", "other"}} == {}


def test_most_are_right(verdicts: dict[str, tuple[str, list[str]]]) -> None:
    counts = Counter(verdict for verdict, _ in verdicts.values())
    assert counts["right"] >= 0.75 * len(PASSAGES), counts
