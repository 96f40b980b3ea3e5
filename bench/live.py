"""From a move to its answers: processor and wall time, as pairs against a fresh run of the edited file.

    PYTHONPATH=src python bench/live.py [CASE] [--moves 5] [--worlds 10000] [--blocks 1,2,4,10] [--threads 2] [--coarse]

For each number of blocks of 500 worlds (and for the first answers as they are set) it makes random moves of ranges and
prints the medians, in milliseconds of processor and of wall time from the move on: the move itself, the headline, the
coarse verdicts, the first and the last refined ones, done; beside them a fresh run of the same text without searches.
With ``--coarse`` only the first answers are measured. ``QUANDARY_KERNEL=numpy`` in the environment measures without
numba. Processor time is that of this process: with ``QUANDARY_RUNNER=threads`` that of all workers.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.use.moving import jittered

import quandary
from quandary.base import CaseError, Refusal, StopToken
from quandary.use import HANDS, RangeMove, RunRequest, Session, SessionEvent, studied_case

BLOCK = 500


class Times:
    """When each stage came, in milliseconds from the start: processor and wall."""

    def __init__(self) -> None:
        self.stages: dict[str, tuple[float, float]] = {}
        self._begun = time.process_time(), time.perf_counter()

    def lap(self, stage: str) -> None:
        now = time.process_time(), time.perf_counter()
        self.stages[stage] = 1000 * (now[0] - self._begun[0]), 1000 * (now[1] - self._begun[1])


def measured(session: Session, chance: random.Random, *, coarse: bool) -> Times | None:
    """Make a random move of a range and return when its answers came; ``None`` where the case does not stand it."""
    number = chance.choice([one for one in session.state.model.quantities if one.path == one.name])
    value = jittered(session, number.place, chance)
    times = Times()
    try:
        session.move(RangeMove(number=number.path, value=value))
    except (CaseError, Refusal):
        return None
    times.lap("move")

    def tell(event: SessionEvent) -> None:
        if event.kind == "verdicts":
            times.lap("verdicts" if "verdicts" not in times.stages else "refined")
            if event.worlds > BLOCK:
                times.stages.setdefault("first refined", times.stages.get("refined", times.stages["verdicts"]))
        elif event.kind not in times.stages:
            times.lap(event.kind)

    stop = StopToken()
    if coarse:
        stop.give()
    session.answers(tell, stop)
    return times


def fresh(session: Session, worlds: int) -> tuple[float, float]:
    """Return the milliseconds of a fresh run of the text as it stands."""
    times = Times()
    loaded = quandary.load(session.text)
    studied_case(loaded.case, (), RunRequest(case=session.named, worlds=worlds, search=False), HANDS)
    times.lap("fresh")
    return times.stages["fresh"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", nargs="?", default="kazakhstan-2022")
    parser.add_argument("--moves", type=int, default=5)
    parser.add_argument("--worlds", type=int, default=10_000)
    parser.add_argument("--blocks", default="1,2,4,10")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--coarse", action="store_true")
    asked = parser.parse_args()
    firsts = [(250, 100), *((BLOCK * int(one), BLOCK * int(one)) for one in asked.blocks.split(","))]
    chance = random.Random(asked.seed)
    session = quandary.open(asked.case, worlds=asked.worlds, threads=asked.threads)
    session.answers()
    print(
        f"{asked.case}, {asked.worlds:,} worlds, {asked.threads} threads; processor / wall ms, medians of {asked.moves}"
    )
    for headline, verdicts in firsts:
        session.settings = type(session.settings)(
            asked.worlds, 1, threads=asked.threads, first_headline=headline, first_verdicts=verdicts
        )
        found: list[Times] = []
        runs: list[tuple[float, float]] = []
        while len(found) < asked.moves:
            one = measured(session, chance, coarse=asked.coarse)
            if one is None:
                continue
            found.append(one)
            if not asked.coarse:
                runs.append(fresh(session, asked.worlds))
        told = [f"first {headline:>5}/{verdicts:<5}"]
        for stage in ("move", "headline", "verdicts", "first refined", "refined", "done"):
            own = [times.stages[stage] for times in found if stage in times.stages]
            if own:
                told.append(f"{stage} {_median(own)}")
        if runs:
            told.append(f"fresh {_median(runs)}")
        print("  ".join(told), flush=True)
    return 0


def _median(times: list[tuple[float, float]]) -> str:
    return " / ".join(f"{statistics.median(column):,.0f}" for column in zip(*times, strict=True))


if __name__ == "__main__":
    sys.exit(main())
