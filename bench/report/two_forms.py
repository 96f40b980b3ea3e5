"""What the flagship's answers take with each form of an intervention, in turn in one process.

``do`` leaves every rule as it is and solves only newly reached sets; ``do_foreseen`` solves what may change. Both ask
every reading and question of the case, in the same worlds.

python bench/report/two_forms.py [worlds] [rounds]
"""

from __future__ import annotations

import statistics
import sys
import time

import quandary
from quandary.ask import Study, other_form
from quandary.case import Case
from quandary.language import Expression


def spent(case: Case, queries: list[Expression], worlds: int) -> float:
    """Return the processor seconds that a fresh study takes to answer the queries, in one thread."""
    study = Study(case, worlds=worlds, threads=1)
    begun = time.process_time()
    study.need([study.prepared(query) for query in queries])
    return time.process_time() - begun


def main(worlds: int, rounds: int) -> None:
    """Print both forms' seconds, round by round, and the median ratio."""
    case = quandary.load("kazakhstan-2022").case
    own = [test.query for claim in case.claims for test in claim.tests] + [one.query for one in case.questions]
    foreseen = [other_form(query) or query for query in own]
    spent(case, [*own, *foreseen], worlds)  # code is compiled, and its tables laid out, before anything is counted
    ratios = []
    for _ in range(rounds):
        one, other = spent(case, own, worlds), spent(case, foreseen, worlds)
        ratios.append(one / other)
        print(f"{worlds:,} worlds: do {one:.2f} s, do_foreseen {other:.2f} s, ratio {ratios[-1]:.2f}")
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    main(*(numbers + [3_000, 5][len(numbers) :]))
