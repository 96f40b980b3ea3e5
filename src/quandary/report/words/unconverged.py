"""Worlds that the solver could not finish, in words: no answer may leave them out without a word."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from quandary.ask.results import NAMED
from quandary.base.problems import counted
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
