"""Several equilibria in words, as a table, and as JSON."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from quandary.ask.combining import is_truth
from quandary.ask.equilibria import Equilibria, Range
from quandary.case.model import Case
from quandary.report.units import Unit, said, unit_of
from quandary.report.wording import counted, percent
from quandary.version import __version__

ALL_BUT_FEW = 0.99
"""Where fewer of the starts led to an equilibrium, that is said."""


def found_sentence(found: Equilibria) -> str:
    """Return in how many worlds several equilibria were found, and what that does not say."""
    if not found.worlds:
        return "No world was searched to the end."
    if not found.size:
        return "No decision is part of a circle of decisions, so every world has exactly one logit equilibrium."
    tried = f"{counted(found.starts, 'start')} in each"
    if found.arrived < ALL_BUT_FEW:
        tried += f", {percent(found.arrived)} of which led to an equilibrium"
    if not found.several:
        searched = counted(found.worlds, "world")
        return f"No second equilibrium was found in {searched} ({tried}); that is no proof that there is none."
    share = f", {percent(found.share)} of their weight" if found.share is not None else ""
    return (
        f"Several equilibria were found in {found.several:,} of {counted(found.worlds, 'world')}{share} "
        f"({tried}); at most {found.most} in one world, and there may be more."
    )


def range_sentence(found: Equilibria, one: Range) -> str:
    """Return how a query's answer depends on which equilibrium is played."""
    if one.selected is None:
        return "No world counts for this answer."
    if not found.several:
        return f"{_said(one, one.selected)} under the one equilibrium found in each world."
    if not one.depends:
        return f"{_said(one, one.selected)}, whichever of the equilibria found is played."
    return (
        f"{_said(one, one.selected)} under the equilibrium selected; from {_said(one, one.lowest)} to "
        f"{_said(one, one.highest)}, depending on which is played (it matters in {percent(one.depends)} of worlds)."
    )


def _said(one: Range, value: float | None) -> str:
    return said(value, Unit.SHARE if is_truth(one.query.expression) else unit_of(one.query.expression))


def print_equilibria(case: Case, found: Equilibria, console: Console) -> None:
    """Print what the search found and how each answer depends on it."""
    console.print(Text(found_sentence(found), style="bold"))
    for one in found.ranges:
        console.print(Text(f"\n{one.query.text}", style="bold underline"))
        console.print(Text(range_sentence(found, one)))
        if not one.depends:
            continue
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        table.add_column("played in every world")
        table.add_column("answer", justify="right")
        rows = (("selected", one.selected), ("whichever gives least", one.lowest), ("or most", one.highest))
        for name, value in rows:
            table.add_row(name, _said(one, value))
        console.print(table)
    if found.left_out:
        console.print(Text(f"{counted(found.left_out, 'world')} did not converge and are left out."))
    if not found.complete:
        console.print(Text("Interrupted: not every world was searched."))
    footer = (
        f"\n{case.title}; {counted(found.worlds, 'world')}, seed {found.seed}. Selected is the principal branch of the "
        "logit equilibrium, which every other answer of a case rests on; worlds weigh as under it."
    )
    console.print(Text(footer, style="dim"))


def equilibria_json(case: Case, found: Equilibria) -> dict[str, Any]:
    """Return the JSON form (``quandary.equilibria/1``)."""
    return {
        "schema": "quandary.equilibria/1",
        "version": __version__,
        "case": {"title": case.title, "path": case.path, "sha256": case.sha256},
        "seed": found.seed,
        "worlds": found.worlds,
        "not_converged": found.left_out,
        "starts": found.starts,
        "arrived": found.arrived,
        "log_odds_searched": found.size,
        "worlds_with_several": found.several,
        "share_with_several": found.share,
        "most_in_one_world": found.most,
        "said": found_sentence(found),
        "answers": [
            {
                "query": one.query.text,
                "selected": one.selected,
                "lowest": one.lowest,
                "highest": one.highest,
                "share_that_depends": one.depends,
                "said": range_sentence(found, one),
            }
            for one in found.ranges
        ],
        "complete": found.complete,
    }
