"""What it costs that decisions may arise only sometimes, pair by pair: without `when` beside another version, and with.

python bench/engine/sometimes.py OTHER [CASE] [worlds] [pairs]; OTHER is the `src` folder of the other version, and may
be this one's own. Seconds are the processor's, of a process that has loaded and compiled everything before. `when` is
put at the last decision that can have one: it arises where an earlier chance event of the case is in its first state.
"""

from __future__ import annotations

import sys
from pathlib import Path

from beliefs import OWN, seconds, told

TIMED = """
import sys, time
from dataclasses import replace
from quandary.ask import Study
from quandary.base import CaseError
from quandary.compile import read_case

path, worlds, sometimes = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
case = read_case(path).case
if sometimes:
    from quandary.case.model import DecisionEvent
    from quandary.compile.compiler import compile_case
    from quandary.language import parse_condition
    def arising(case):
        for number in range(len(case.story) - 1, 0, -1):
            item = case.story[number]
            if not isinstance(item, DecisionEvent):
                continue
            for cause in reversed(case.story[:number]):
                if isinstance(cause, DecisionEvent):
                    continue
                made = replace(item, when=parse_condition(f"{cause.id} = {cause.states[0]}"))
                found = replace(case, story=(*case.story[:number], made, *case.story[number + 1 :]))
                try:
                    compile_case(found)
                except CaseError:
                    continue
                print(f"{made.id} where {cause.id} = {cause.states[0]}", file=sys.stderr)
                return found
        raise SystemExit("no decision can have a condition")
    case = arising(case)
last = case.story[-1]
query = f"P({last.id} = {(getattr(last, 'states', None) or last.options)[0]})"
for seed in (1, 2):
    begun = time.process_time()
    Study(case, worlds=worlds, seed=seed, threads=1).ask(query)
print(time.process_time() - begun)
"""


def main(other: str, case: str, worlds: int, pairs: int) -> None:
    """Print what a case without `when` takes beside the other version, and with one beside without."""
    plain, theirs, sometimes = [], [], []
    for _ in range(pairs):
        theirs.append(seconds(Path(other), case, worlds, timed=TIMED))
        plain.append(seconds(OWN, case, worlds, timed=TIMED))
        sometimes.append(seconds(OWN, case, worlds, "sometimes", timed=TIMED))
    print(f"{case}, {worlds} worlds, {pairs} pairs")
    print(f"without `when`, beside the other version: {told([a / b for a, b in zip(plain, theirs, strict=True)])}")
    print(f"with `when`, beside without: {told([a / b for a, b in zip(sometimes, plain, strict=True)])}")


if __name__ == "__main__":
    flagship = str(OWN / "quandary" / "cases" / "kazakhstan-2022" / "case.yaml")
    named = sys.argv[1:] + [str(OWN), flagship, "2000", "5"][len(sys.argv) - 1 :]
    main(named[0], named[1], int(named[2]), int(named[3]))
