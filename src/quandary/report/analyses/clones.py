"""Clones in words: does the answer depend on how the options were listed?"""

from __future__ import annotations

from quandary.ask.changes.clones import CloneMove, Clones
from quandary.ask.claims.headline import Headline
from quandary.case.model import Case
from quandary.language.heads import Unit
from quandary.report.words.names import spaced, variable_title
from quandary.report.words.units import said, unit_told
from quandary.report.words.wording import listing

MOST_NAMED = 3


def clones_said(case: Case, found: Clones, headline: Headline) -> str:
    """Return whether listing an option twice would move the answer, and to what."""
    if not found.depends:
        return (
            "Listing any one option twice moves the answer by 3 percentage points at most, so it hardly depends on how "
            "finely options are told apart."
        )
    unit = unit_told(headline.query)
    told = listing([_said(case, move, unit) for move in found.depends[:MOST_NAMED]])
    stands = said(found.before, unit)
    return (
        f"The answer depends on how the options were listed: it would be {told}, instead of {stands}. "
        "What is usual at a decision says how it divides where all options are worth the same."
    )


def _said(case: Case, move: CloneMove, unit: Unit) -> str:
    where = variable_title(case, move.decision)
    return f"{said(move.mean, unit)} if “{spaced(move.option)}” ({where}) stood there twice"
