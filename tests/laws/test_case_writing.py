"""Laws of writing: what is written reads back as the same case, and is written the same again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from tests.laws.cases import cases, same_case, without_places
from tests.tried import tried

from quandary.case import Case, written_case
from quandary.compile import read_case_bytes

LAW = settings(max_examples=tried(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@given(cases())
@LAW
def test_reading_what_was_written_gives_the_same_case(case: Case) -> None:
    text = written_case(case)
    loaded = read_case_bytes(text.encode(), "case.yaml")
    assert loaded.case is not None, (loaded.problems, text)
    assert without_places(loaded.case) == without_places(case), text
    assert same_case(loaded.case, case)


@pytest.mark.slow
@given(cases())
@LAW
def test_writing_what_was_read_gives_the_same_text(case: Case) -> None:
    text = written_case(case)
    again = read_case_bytes(text.encode(), "case.yaml").case
    assert again is not None
    assert written_case(again) == text
