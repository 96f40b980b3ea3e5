"""Worlds that the solver could not finish, in words and as JSON: no answer may leave them out without a word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from shlex import quote
from typing import Any

from quandary.ask.results import NAMED
from quandary.base.problems import counted
from quandary.report.sheets import Paragraph, ReportPart
from quandary.report.words.wording import listing


def unconverged_lines(lost: Sequence[int], worlds: int, seed: int, named: str) -> list[str]:
    """Return a line that says how many of the worlds did not converge and how to see each, or nothing if all did.

    ``named`` is the case as the command line has it.
    """
    if not lost:
        return []
    first = listing([str(world) for world in lost[:NAMED]])
    which = first if len(lost) <= NAMED else f"the first are {first}"
    count = f"{counted(len(lost), 'world')} of {worlds:,} did not converge and {'is' if len(lost) == 1 else 'are'}"
    see = f"quandary show {quote(named)} --stage worlds --world {lost[0]} --worlds {worlds} --seed {seed}"
    return [f"{count} in no answer ({which}; --json names all); `{see}` shows one."]


def unconverged_json(lost: Sequence[int]) -> dict[str, Any]:
    """Return how many worlds did not converge, and all of them by number, from 0."""
    return {"not_converged": len(lost), "not_converged_worlds": [int(world) for world in lost]}


def with_unconverged(
    lost: Sequence[int],
    made: tuple[int, int, str],
    body: Callable[[], dict[str, Any]],
    parts: Callable[[], Iterable[ReportPart]],
) -> tuple[Callable[[], dict[str, Any]], Callable[[], Iterable[ReportPart]]]:
    """Return a result's JSON and its parts, both with the worlds that did not converge.

    ``made`` is how many worlds were drawn, by which seed, and the case as the command line has it.
    """
    return (
        lambda: body() | unconverged_json(lost),
        lambda: [*parts(), *(Paragraph(line) for line in unconverged_lines(lost, *made))],
    )
