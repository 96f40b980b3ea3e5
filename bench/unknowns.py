"""What a run on unknown numbers costs beside a run: a shipped case, and the same where nobody has put its numbers.

    python bench/unknowns.py [CASE] [WORLDS]

Ranges of odds, factors, weights, worths and rationality become `unknown` (factors `raises` or `lowers`, as their ranges
say); odds of several parents that stand in several rules, and numbers that others name, stay. Both are run by the
command, cold.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from measure import QUANDARY, measure
from quandary.case import Case, ChanceEvent, OddsRule, Rule, Sourced, find_case, written_case
from quandary.compile import read_case
from quandary.language import (
    Factor,
    Influence,
    Interval,
    Likelier,
    Number,
    OfRest,
    PointsChange,
    Quantity,
    Rest,
    Unknown,
)

RUNS = 3


def unknown(quantity: Quantity) -> Quantity:
    """Return what stands for a range where nobody has put it; anything else as it is."""
    match quantity:
        case Factor(Interval(low, high)):
            return Influence("raises") if low >= 1 else Influence("lowers") if high <= 1 else Unknown()
        case Interval() | Likelier(Interval()):
            return Unknown()
        case _:
            return quantity


def without(sourced: Sourced) -> Sourced:
    return replace(sourced, quantity=unknown(sourced.quantity))


def rules(listed: tuple[Rule, ...]) -> tuple[Rule, ...]:
    return tuple(replace(rule, value=without(rule.value)) for rule in listed)


def odds(listed: tuple[OddsRule, ...]) -> tuple[OddsRule, ...]:
    """Return rules in which every state is unknown that is no plain number."""
    made = []
    for rule in listed:
        whole = tuple(
            (state, one if isinstance(one.quantity, Number | Rest) else replace(one, quantity=Unknown()))
            for state, one in rule.odds
        )
        made.append(replace(rule, odds=whole))
    return tuple(made)


def of_chance(event: ChanceEvent) -> ChanceEvent:
    """Return a chance event of which the sizes are unknown, as far as one can be written so."""
    ends = (event.states[0], event.states[-1])
    effects = tuple(
        replace(rule, odds=tuple((state, without(one) if state in ends else one) for state, one in rule.odds))
        for rule in event.effects
    )
    if any(isinstance(one.quantity, PointsChange | OfRest) for rule in event.effects for _, one in rule.odds):
        return replace(event, effects=effects)  # points need a base that is known
    apart = len(event.given) > 1 and len(event.odds) > 1
    return replace(event, odds=event.odds if apart else odds(event.odds), base=odds(event.base), effects=effects)


def without_numbers(case: Case) -> Case:
    """Return a case in which nobody has put the numbers that can be left out."""
    weighted = {stake.actor for stake in case.stakes if stake.weight and len(stake.weight) > 1}
    return replace(
        case,
        actors={name: replace(one, rationality=without(one.rationality)) for name, one in case.actors.items()},
        story=tuple(of_chance(item) if isinstance(item, ChanceEvent) else item for item in case.story),
        stakes=tuple(
            replace(one, worth=rules(one.worth), weight=one.weight if one.actor in weighted else rules(one.weight))
            for one in case.stakes
        ),
    )


def main() -> None:
    named, worlds = (*sys.argv[1:], *("kazakhstan-2022", "2000")[len(sys.argv) - 1 :])[:2]
    loaded = read_case(find_case(named))
    if loaded.case is None:
        raise SystemExit(f"{named} cannot be read")
    with tempfile.TemporaryDirectory() as folder:
        found = {}
        for name, case in (("numbers", loaded.case), ("unknowns", without_numbers(loaded.case))):
            path = Path(folder) / f"{name}.yaml"
            path.write_text(written_case(replace(case, text=None, text_path=None)), encoding="utf-8")
            found[name] = path
        times = {
            name: measure([*QUANDARY, "run", str(path), "--worlds", worlds], runs=RUNS) for name, path in found.items()
        }
    for name, one in times.items():
        print(f"{name:9} {one}")
    print(f"a run on unknowns takes {times['unknowns'].cpu / times['numbers'].cpu:.2f} times the CPU seconds of a run")


if __name__ == "__main__":
    main()
