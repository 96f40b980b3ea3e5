"""Verdicts with a direction, a size and a noise; the day of a claim; what history says of each reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.given_expect.writing import case_of

from quandary.ask import (
    ByConstructionStatus,
    Findings,
    History,
    Study,
    TestResult,
    Verdict,
    edge_of,
    findings,
    history_of,
    history_of_reading,
    judged,
    reading_of,
    size_of,
    trial,
    verdict_of,
    with_enough_worlds,
)
from quandary.case import Claim, Resolution
from quandary.language import parse_query
from quandary.quantities import Share, share_of

MIRRORED = {
    Verdict.HOLDS: Verdict.FAILS,
    Verdict.LEANS_TRUE: Verdict.LEANS_FALSE,
    Verdict.TOSS_UP: Verdict.TOSS_UP,
    Verdict.LEANS_FALSE: Verdict.LEANS_TRUE,
    Verdict.FAILS: Verdict.HOLDS,
    Verdict.NOT_TESTABLE: Verdict.NOT_TESTABLE,
    None: None,
}
