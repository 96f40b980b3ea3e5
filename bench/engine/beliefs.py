"""What it costs that actors may see things wrongly, pair by pair: without beliefs beside another version, and with one.

python bench/engine/beliefs.py OTHER [CASE] [worlds] [pairs]; OTHER is the `src` folder of the other version, and may
be this one's own. Seconds are the processor's, of a process that has loaded and compiled everything before; the
belief is about what another actor wants, and is what the case has.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

OWN = Path(__file__).resolve().parents[2] / "src"

TIMED = """
import sys, time
from dataclasses import replace
from quandary.ask import Study
from quandary.compile import read_case

path, worlds, believing = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
case = read_case(path).case
if believing:
    from quandary.case.model import Belief, BelievedWorth, DecisionEvent
    def own(rule):
        return replace(rule, value=replace(rule.value, path=f'believes.{rule.value.path}'))
    actor = next(item.by for item in case.story if isinstance(item, DecisionEvent))
    stake = next(stake for stake in case.stakes if stake.actor != actor and stake.worth)
    worth = BelievedWorth(stake.actor, stake.id, tuple(own(rule) for rule in stake.worth))
    case = replace(case, believes={actor: Belief(actor, worths=(worth,))})
last = case.story[-1]
query = f"P({last.id} = {(getattr(last, 'states', None) or last.options)[0]})"
for seed in (1, 2):
    begun = time.process_time()
    Study(case, worlds=worlds, seed=seed, threads=1).ask(query)
print(time.process_time() - begun)
"""


def seconds(source: Path, case: str, worlds: int, *more: str, timed: str = TIMED) -> float:
    """Return the processor's seconds that a version takes for one query of a case."""
    command = [sys.executable, "-c", timed, case, str(worlds), *more]
    done = subprocess.run(command, env={"PYTHONPATH": str(source)}, check=True, capture_output=True, text=True)
    return float(done.stdout)


def told(ratios: list[float]) -> str:
    """Return the median ratio, and the smallest and largest."""
    return f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"


def main(other: str, case: str, worlds: int, pairs: int) -> None:
    """Print what a case without beliefs takes beside the other version, and with a belief beside without."""
    plain, theirs, believing = [], [], []
    for _ in range(pairs):
        theirs.append(seconds(Path(other), case, worlds))
        plain.append(seconds(OWN, case, worlds))
        believing.append(seconds(OWN, case, worlds, "believing"))
    print(f"{case}, {worlds} worlds, {pairs} pairs")
    print(f"without beliefs, beside the other version: {told([a / b for a, b in zip(plain, theirs, strict=True)])}")
    print(f"with a belief, beside without: {told([a / b for a, b in zip(believing, plain, strict=True)])}")


if __name__ == "__main__":
    flagship = str(OWN / "quandary" / "cases" / "kazakhstan-2022" / "case.yaml")
    named = sys.argv[1:] + [str(OWN), flagship, "2000", "5"][len(sys.argv) - 1 :]
    main(named[0], named[1], int(named[2]), int(named[3]))
