"""``quandary solve FILE``: the equilibria of one game: a case at one world, a diagram, or a game file."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Optional

import typer

from quandary.base.problems import Problem, Refusal
from quandary.cli.clock import Clock
from quandary.cli.options import AsJson, Memory, Quiet, Seed, Worlds, checked_worlds
from quandary.cli.outcome import Exit, leave_unless, told_to_people
from quandary.cli.progress import progress_bar
from quandary.cli.streams import document, echo_lines

FileArgument = Annotated[
    str,
    typer.Argument(
        help="A game file (.efg, .nfg, .json, .bif, .bifxml, .xdsl, .net), or a case: file, folder or shipped name.",
        metavar="FILE",
    ),
]
WorldNumber = Annotated[
    Optional[int],  # noqa: UP045 - typer reads the annotation at run time
    typer.Option("--world", help="Of a case, this world (counted from 0) instead of the one at every median."),
]
DURATION = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(ms|s|m|h|)\s*")
STEEPEST = 1e100
"""Beyond this precision the numbers of a solver overflow."""

UNITS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "h": 3600.0}
CONCEPTS = "logit, sequential, subgame, pure, perfect, mixed, zero_sum, correlated, gambit"


class LogitForm(StrEnum):
    """Which game the logit response is taken in."""

    AGENT = "agent"
    STRATEGIC = "strategic"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def solve(
        file: FileArgument,
        concept: Annotated[str, typer.Option("--concept", "-c", help=f"One of {CONCEPTS}.")] = "logit",
        rationality: Annotated[
            Optional[str],  # noqa: UP045 - typer reads the annotation at run time
            typer.Option(help='The logit precision of every player, or "trace" for the branch from uniform play on.'),
        ] = None,
        form: Annotated[LogitForm, typer.Option(help="Logit at each information set, or over whole strategies.")] = (
            LogitForm.AGENT
        ),
        limit: Annotated[str, typer.Option(help="Stop searching after this long, and keep what was found.")] = "30s",
        world: WorldNumber = None,
        worlds: Worlds = 10_000,
        seed: Seed = 1,
        memory: Memory = None,
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        """Solve one game by a solution concept: every equilibrium it finds, checked, and what was not searched."""
        with told_to_people(as_json=as_json):
            from quandary.base.stopping import INTERRUPTED
            from quandary.onegame.search import Request
            from quandary.solving import WorldChoice, solve_file

            seconds = read_duration(limit)
            trace = rationality == "trace"
            precision = None if trace or rationality is None else read_precision(rationality)
            request = Request(_folded(concept), precision, trace, form is LogitForm.STRATEGIC, seconds)
            chosen = WorldChoice(world, checked_worlds(worlds), seed)
            with progress_bar(quiet=quiet) as progress:
                clock = Clock(seconds, progress)
                clock.tell("reading the game")
                solved = solve_file(file, request, world=chosen, proceed=clock.proceed)
            if as_json:
                from quandary.report.as_json import dumps
                from quandary.report.one_game.equilibria import solved_json

                document(dumps(solved_json(solved)))
            else:
                from quandary.report.one_game.equilibria import solved_lines

                echo_lines(solved_lines(solved))
            leave_unless(INTERRUPTED not in {solved.stopped, solved.statements_stopped})
            if not solved.equilibria and not solved.all_listed:
                raise typer.Exit(Exit.UNSOLVED)


def read_duration(written: str) -> float:
    """Return seconds from ``30s``, ``2m``, ``500ms`` or a plain number of seconds; anything else is refused."""
    match = DURATION.fullmatch(written)
    seconds = float(match[1]) * UNITS[match[2]] if match else 0.0
    if seconds <= 0:
        hint = "write it as 30s, 2m or 500ms"
        raise Refusal(Problem("Q806", f'"{written}" is no time limit', hint=hint))
    return seconds


def read_precision(written: str) -> float:
    """Return a logit precision from zero to ``STEEPEST``; anything else is refused."""
    try:
        value = float(written)
    except ValueError:
        value = float("nan")
    if not 0 <= value < float("inf"):
        hint = 'name a number, zero or more (per unit of payoff), or "trace"'
        raise Refusal(Problem("Q806", f'"{written}" is no rationality', hint=hint))
    if value > STEEPEST:
        hint = 'for exact choice use the concept "sequential", which takes no rationality'
        raise Refusal(
            Problem("Q806", f"a rationality of more than {STEEPEST:g} cannot be told from exact choice", hint=hint)
        )
    return value


def _folded(concept: str) -> str:
    return concept.strip().casefold().replace("-", "_")
