"""The rules of ``solve.branch.rules`` as compiled code, each for one world: the same source, compiled."""

from __future__ import annotations

from quandary.engine.compiled.compiling import inner, stands_for
from quandary.solve.branch import rules


@stands_for(rules.either)
def _chosen(mark: bool, yes: float, no: float) -> float:
    return yes if mark else no


largest_leap = inner(rules.largest_leap)
target_of = inner(rules.target_of)
pull_measured = inner(rules.pull_measured)
refused = inner(rules.refused)
arrived = inner(rules.arrived)
settled = inner(rules.settled)
stuck = inner(rules.stuck)
to_be_shaken = inner(rules.to_be_shaken)
shaking = inner(rules.shaking)
shaking_column = inner(rules.shaking_column)
slope_along = inner(rules.slope_along)
next_step = inner(rules.next_step)
even_growth = inner(rules.even_growth)
odds_unit = inner(rules.odds_unit)
scale_unit = inner(rules.scale_unit)
corrected_well = inner(rules.corrected_well)
corrected_easily = inner(rules.corrected_easily)
next_length = inner(rules.next_length)
refined = inner(rules.refined)
