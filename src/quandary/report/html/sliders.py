"""Sliders for the page: a few numbers held in a third of their worlds, and what the answer is in those drawn.

Nothing is solved or fetched in the page: it holds up to ``MOST`` drawn worlds, each with the leading answer, its
weight, and in which eighteenth of its range each of the numbers lies. The script (``sliders.js``) says how many worlds
are left, and gives no answer where too few are. Without JavaScript the row is not shown.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from markupsafe import Markup

from quandary.ask.turning.flips import LEAST
from quandary.ask.turning.headline import Headline
from quandary.base.arrays import Array
from quandary.base.problems import counted
from quandary.compile.numbers import UncertainNumber
from quandary.language.heads import Unit
from quandary.report.dossier import Dossier
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name, value_said
from quandary.report.words.units import unit_of

MOST = 4000
"""Worlds that a page holds."""

CELLS, WIDTH = 18, 6
"""Into how many classes of equal probability each number is cut, and how many of them a slider holds: a third."""

FEWEST = 30
"""Effective worlds below which no answer is given."""

TOP = 65_535
KINDS = {
    Unit.SHARE: "share",
    Unit.PART: "share",
    Unit.WORLDS: "worlds",
    Unit.DIFFERENCE: "difference",
    Unit.POINTS: "worth",
}
"""How the script tells an answer; the names stand in ``sliders.js``."""


@dataclass(frozen=True)
class Slider:
    """One number: its name, and the values at the edges between its classes."""

    name: str
    edges: tuple[str, ...]


@dataclass(frozen=True)
class Sliders:
    """What the page needs: the numbers, the worlds packed as text, and how to read the answers in them."""

    numbers: tuple[Slider, ...]
    packed: str
    worlds: int
    low: float
    high: float
    kind: str
    fewest: int = FEWEST


def sliders_of(names: CaseNames, headline: Headline, held: Sequence[tuple[UncertainNumber, Array]]) -> Sliders | None:
    """Return the sliders for numbers with their uniforms ``(W,)``, three at most; ``None`` where there is nothing."""
    answer = headline.answer
    kept = np.flatnonzero(~np.isnan(answer.draws) & (answer.weights > 0))
    kept = kept[:: max(1, -(-len(kept) // MOST))]
    if not held or not len(kept):
        return None
    code = np.zeros(len(kept), dtype=np.int64)
    for place, (_, column) in enumerate(held[:3]):
        code += CELLS**place * np.minimum((CELLS * column[kept]).astype(np.int64), CELLS - 1)
    values, weights = answer.draws[kept], answer.weights[kept]
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) / (high - low) if high > low else np.zeros(len(values))
    rows = np.stack([code, np.rint(TOP * scaled), np.maximum(np.rint(TOP * weights / weights.max()), 1)], axis=1)
    return Sliders(
        numbers=tuple(Slider(number_name(names, number), _edges(number)) for number, _ in held[:3]),
        packed=base64.b64encode(rows.astype("<u2").tobytes()).decode("ascii"),
        worlds=len(kept),
        low=low,
        high=high,
        kind=KINDS.get(unit_of(headline.query), "number"),
    )


def sliders_body(dossier: Dossier) -> dict[str, Any]:
    """Return what the page's template needs for its sliders."""
    headline = dossier.report.headline
    found = None if headline is None else sliders_of(dossier.report.names, headline, dossier.held)
    why_not = "" if found is not None else no_sliders(dossier)
    return {"sliders": found, "no_sliders": why_not, "script": Markup(script()), "script_hash": script_hash()}


def no_sliders(dossier: Dossier) -> str:
    """Return why a page has no sliders though they were asked for; empty where it has."""
    report = dossier.report
    if report.headline is None:
        return "No sliders: the case asks no question that they could move."
    if dossier.held:
        return ""
    run = report.findings.run
    if run.effective_worlds < LEAST:
        few = f"only {run.effective_worlds:,.0f} of {counted(run.done, 'world')} count by what was seen"
        return (
            f"No sliders: {few}, and fewer than {LEAST} do not tell which numbers carry the answer. Draw more worlds."
        )
    return "No sliders: no number was found to carry the answer."


def script() -> str:
    """Return the script that moves the sliders, as it stands in the page."""
    return (files(__package__) / "sliders.js").read_text(encoding="utf-8").strip()


def script_hash() -> str:
    """Return the hash by which the page's Content-Security-Policy lets this script run and no other."""
    digest = hashlib.sha256(script().encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def _edges(number: UncertainNumber) -> tuple[str, ...]:
    uniforms = np.arange(1, CELLS) / CELLS
    return tuple(value_said(number, float(value)) for value in number.estimate.quantile(uniforms))
