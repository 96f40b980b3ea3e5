"""``quandary export CASE --to efg|nfg|json|bif|xdsl``: a case at one world, or a game file, for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer

from quandary.base.problems import Problem, Refusal
from quandary.cli.options import Force, Memory, Seed, Worlds, checked_worlds
from quandary.cli.outcome import told_to_people
from quandary.cli.signals import held
from quandary.cli.solve import FileArgument, WorldNumber
from quandary.cli.streams import contents, echo_lines
from quandary.onegame.formats.endings import ENDINGS


class Target(StrEnum):
    """The kinds of file written."""

    EFG = "efg"
    NFG = "nfg"
    JSON = "json"
    BIF = "bif"
    XDSL = "xdsl"


FOR_GAMBIT = (Target.EFG, Target.NFG)


LABELS_SHOWN = 4


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def export(
        file: FileArgument,
        to: Annotated[
            Target,
            typer.Option(
                "--to",
                help="The kind of file: Gambit's efg or nfg, a diagram's json, a network's bif or GeNIe's xdsl.",
            ),
        ],
        out: Annotated[
            Optional[Path],  # noqa: UP045 - typer reads the annotation at run time
            typer.Option("--out", "-o", metavar="FILE", help="Where to write it (default: standard output)."),
        ] = None,
        force: Force = False,
        all_chance: Annotated[
            bool, typer.Option("--all-chance", help="In a tree, keep chance that nobody sees instead of averaging it.")
        ] = False,
        world: WorldNumber = None,
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
    ) -> None:
        """Export a case at its median world (or one world by number) or a game file, names intact."""
        with told_to_people():
            from quandary.base.files import check_place, write_files
            from quandary.onegame.formats.tokens import labels_beyond_ascii
            from quandary.solving import WorldChoice, exported

            if out is not None:
                _check_ending(out, to)
                check_place(out, force=force)
            chosen = WorldChoice(world, checked_worlds(worlds), seed)
            text = exported(file, f".{to.value}", world=chosen, average=not all_chance)
            if to in FOR_GAMBIT and (odd := labels_beyond_ascii(text)):
                shown = ", ".join(f'"{label[:40]}"' for label in odd[:LABELS_SHOWN])
                more = f" and {len(odd) - LABELS_SHOWN} more" if len(odd) > LABELS_SHOWN else ""
                note = "Gambit 16.7 and later read plain ASCII only; rename before opening it there"
                echo_lines([f"Note: {note}: {shown}{more}"], err=True)
            if out is None:
                contents(text)
            else:
                with held():
                    write_files({out: text}, force=force)
                echo_lines([f"Wrote {out}"], err=True)


def _check_ending(out: Path, to: Target) -> None:
    ending = out.suffix.lower()
    if ending in ENDINGS and ending != f".{to.value}":
        message = f'"{out}" ends as another kind of file than --to {to.value} writes, and would not be read again'
        raise Refusal(Problem("Q850", message, hint=f"end it in .{to.value}, or ask for the other kind"))
