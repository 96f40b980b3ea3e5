"""Names as people read them."""

from __future__ import annotations

import pytest

from quandary.case.shipped import find_case
from quandary.compile.loader import load_case
from quandary.report.words.names import with_owners


@pytest.mark.slow
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("the points on russia.momentum when a = b", "the points on the Kremlin's momentum when a = b"),
        ("the weight of russia.central_asia_influence", "the weight of the Kremlin's central asia influence"),
        ("the worth of west.deterrence", "the worth of the United States and its allies' deterrence"),
        ("the odds of unrest = none", "the odds of unrest = none"),
    ],
)
def test_an_actors_stake_is_told_by_the_actors_name(written: str, read: str) -> None:
    assert with_owners(load_case(find_case("kazakhstan-2022")), written) == read
