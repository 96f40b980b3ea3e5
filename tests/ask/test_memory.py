"""Memory grows with what the answers hold, not with worlds times numbers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quandary.ask import Study, gathering
from quandary.case import TEMPLATE, shipped_folder
from quandary.use import loaded_case

NUMBERS = 120

MEASURED = r"""
import re, sys
from pathlib import Path
import quandary.compile.drawing, quandary.ask.gathering
quandary.compile.drawing.KEPT_BYTES = 0
quandary.ask.gathering.KEPT_BYTES = 0
from quandary.ask.claims.construction.by_construction import Budget, by_construction
from quandary.ask.claims.headline import LeadingQuestion
from quandary.ask.turning.headline import headline_of
from quandary.ask.claims.judging import reading_of
from quandary.ask.study import Study
from quandary.compile.loader import read_case
from quandary.language.parser import parse_query
study = Study(read_case(sys.argv[1]).case, worlds=int(sys.argv[2]), threads=1)
query = study.prepared("P(go = yes)")
study.need([query])
always = reading_of(study.case, parse_query("P(go = yes) < 1.0001 * P(go = yes) + 0.01 * P(v0 = yes)"))
study.need([always.query])
by_construction(study, [always], Budget(corners=16, rounds=2, batch=8))
headline_of(study, LeadingQuestion("Go?", query.expression), query)
print(re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in kB on Linux only")
def test_draws_are_not_all_held_at_once(tmp_path: Path) -> None:
    chances = "".join(
        f"  - {{chance: v{i}, states: [yes, no], odds: {{yes: 10% to {30 + i % 40}%, no: rest}}, because: judgement}}\n"
        for i in range(NUMBERS)
    )
    path = tmp_path / "case.yaml"
    path.write_text(
        "quandary: 1\ntitle: Many numbers\nas_of: 2024-01-01\n"
        "actors: {a: {name: A, rationality: x2 to x6 per 10, because: judgement}}\n"
        f"story:\n{chances}  - {{decision: go, by: a, sees: [v0], options: [yes, no]}}\n"
        "stakes: {a: {s: {because: judgement, worth: [{go = yes and v0 = yes: 20 to 60}, {otherwise: 30 to 50}]}}}\n",
        encoding="utf-8",
    )
    kilobytes = {}
    for worlds in (4_000, 24_000):
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(path), str(worlds)],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        kilobytes[worlds] = int(done.stdout)  # not ru_maxrss, which may be that of who started the process
    a_world = 1024 * (kilobytes[24_000] - kilobytes[4_000]) / 20_000
    assert a_world < 0.6 * 8 * NUMBERS


def test_heavy_worlds_come_in_small_batches_with_the_same_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign to stop is seen between batches; so what is heavy is divided, and an interruption keeps what is done."""
    case, _ = loaded_case(str(shipped_folder() / TEMPLATE))
    whole = Study(case, worlds=64, threads=1)
    wanted = whole.ask("P(conflict)")
    seen: list[int] = []
    reckoned = whole._gathering.reckoned
    monkeypatch.setattr(gathering, "AT_ONCE", 5 * reckoned.heaviest)
    divided = Study(case, worlds=64, threads=1, progress=lambda done, _: seen.append(done))
    found = divided.ask("P(conflict)")
    assert seen[0] <= 5
    assert max(np.diff(seen)) <= 5
    np.testing.assert_allclose(found.draws, wanted.draws, rtol=1e-9)
