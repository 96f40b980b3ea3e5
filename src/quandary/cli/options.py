"""Options that several commands share, typed once."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Optional

import typer

from quandary.base.problems import Problem, Refusal
from quandary.cli.outcome import told_to_people
from quandary.quantities.worlds import checked_worlds

__all__ = [
    "AsJson",
    "AsOf",
    "CaseArgument",
    "Force",
    "Memory",
    "NoEvidence",
    "Quiet",
    "Seed",
    "Text",
    "Worlds",
    "checked_worlds",
    "read_day",
]

CaseArgument = Annotated[
    str, typer.Argument(help="A case file, its folder, or the name of a case that ships.", metavar="CASE")
]
Worlds = Annotated[int, typer.Option("--worlds", "-w", help="How many worlds to draw.")]
Seed = Annotated[int, typer.Option("--seed", "-s", min=0, help="The seed; the same seed gives the same answer.")]
AsOf = Annotated[
    Optional[str],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--as-of", metavar="DATE", help="Use evidence and resolutions up to this day (default: the case's)."),
]
NoEvidence = Annotated[bool, typer.Option("--no-evidence", help="Leave the evidence out: the prior.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Text = Annotated[
    Optional[Path],  # noqa: UP045 - as above
    typer.Option("--text", metavar="FILE", help="Check the quotes against this text of the case's article."),
]
Force = Annotated[bool, typer.Option("--force", help="Write over what is there already.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _allow(context: typer.Context, written: str | None) -> None:
    """Allow the command that the option is given to so much memory."""
    if written is None or context.resilient_parsing:
        return
    from quandary.base.memory import for_tables, memory

    with told_to_people():
        context.with_resource(memory(for_tables(read_size(written))))


Memory = Annotated[
    Optional[str],  # noqa: UP045 - as above
    typer.Option("--memory", metavar="SIZE", callback=_allow, help="How much it may take, as 8GiB (default: 2GiB)."),
]

UNITS = {"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}


def read_size(written: str) -> int:
    """Return the bytes of a size written as a number with its unit, as ``8GiB``; anything else is refused (Q810)."""
    found = re.fullmatch(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*([KMGT]iB)\s*", written, re.ASCII)
    size = int(float(found[1]) * UNITS[found[2]]) if found else 0
    if size < UNITS["MiB"]:
        message = f'"{written}" is not a size of memory from 1MiB on'
        raise Refusal(Problem("Q810", message, hint="write a number and KiB, MiB, GiB or TiB, for example 8GiB"))
    return size


def read_day(written: str | None) -> date | None:
    """Return the day written as YYYY-MM-DD, ``None`` for none; anything else is refused."""
    if written is None:
        return None
    try:
        if DAY.fullmatch(written):
            return date.fromisoformat(written)
        raise ValueError
    except ValueError:
        message = f'"{written}" is not a day'
        raise Refusal(Problem("Q806", message, hint="write it as YYYY-MM-DD, for example 2022-01-19")) from None
