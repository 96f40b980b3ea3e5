"""Laws of reading: every span is what stands there, on any page; the same page gives the same answer."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tried import tried

from quandary.case import written_draft
from quandary.compile import read_case_bytes
from quandary.read import draft_of, lay_out, read_article
from quandary.report import plain, read_document

_PIECES = (
    'Ivo Marsh said|the river fell|“We will wait|” he added.|"No,"|‘never’|if Arlan attacks,|that|war in Sudan is less '
    "likely|according to the council|.|,|\n\n| — |’|must|because|\n|5 March 2021|President Dorn warned of|and that|?|"
    "unless|“|”|'|\"|…|()|é|\u00a0|🌊|The crisis in Kenya"
)
PIECES = st.sampled_from(_PIECES.split("|"))
PAGES = st.lists(PIECES, min_size=1, max_size=40).map(" ".join)
QUICK = settings(max_examples=tried(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.slow
@QUICK
@given(page=PAGES)
def test_spans_stand_in_the_text(page: str, model: Any) -> None:
    reading = read_article(lay_out(page, identity="x"), model=model)
    passages = [s.passage for s in reading.statements] + [c.passage for c in reading.author_claims]
    for s in reading.statements:
        passages += [p.passage for p in s.propositions]
        passages += [
            p for link in (s.conditional, s.causal) if link for p in (link.first, link.second, *link.alternatives)
        ]
        if s.hedge:
            passages.append(s.hedge.passage)
    passages += [e.trigger for e in reading.events] + [a.first for a in reading.actors]
    for passage in passages:
        assert page[passage.start : passage.end] == passage.text
        assert passage.text.strip()
    ends = sorted((s.passage.start, s.passage.end) for s in reading.statements)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(ends)), "statements overlap"
    draft_of(reading)


@settings(QUICK, max_examples=tried(10))
@given(page=PAGES)
def test_same_page_same_answer(page: str, model: Any) -> None:
    article = lay_out(page, identity="x")
    first, second = read_article(article, model=model), read_article(article, model=model)
    assert plain(read_document(first)) == plain(read_document(second))
    assert written_draft(draft_of(first)) == written_draft(draft_of(second))


_ODD = (
    "\x00|\x1b[31m|\x7f|\x85|\x9f|\ud800|\ufeff|\ufffe|\uffff|\ufdd0\ufdd0\ufdd0|\ue000\ue000\ue000|\u2028|\u2029|\x0b|\x0c"
    "|\r|\r\n|\t|\u202e|\u200b|\U0001fffe|\U0010ffff|# |: |- |???|{|]|&a|*a|!x|%|@|`|\\|\\x00|>|---\n|...\n|<<: |null|~"
    "|status: proposed|04/02/2021|Protesters rallied in Nairobi on 04/02/2021."
)
ODD = st.sampled_from([*_ODD.split("|"), "|"])
ANY_PAGES = st.lists(st.one_of(PIECES, ODD, st.text(max_size=6)), min_size=1, max_size=40)


@pytest.mark.slow
@settings(QUICK, max_examples=tried(100))
@given(parts=ANY_PAGES, between=st.sampled_from(["", " "]))
def test_a_draft_always_loads_again(parts: list[str], between: str, model: Any) -> None:
    """Whatever characters a page holds: the loader names gaps to fill, and each quote stands in the article."""
    article = lay_out(between.join(parts), identity="x", title=parts[0], author=parts[-1], publisher=parts[0])
    draft = written_draft(draft_of(read_article(article, model=model)))
    loaded = read_case_bytes(draft.encode("utf-8"), "case.yaml", article.text)
    faults = {p.code: p.message for p in loaded.problems if p.is_error}
    assert set(faults) <= {"Q173", "Q233"}, faults
