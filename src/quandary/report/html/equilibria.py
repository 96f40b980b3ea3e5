"""The page's part on several equilibria: what was found, and a table of kinds for each game that has several."""

from __future__ import annotations

from typing import Any

from quandary.report.analyses.equilibria_found import found_sentences, range_sentence
from quandary.report.dossier import Dossier
from quandary.report.words.naming.kinds import kinds_lines, kinds_sheet


def several_equilibria(dossier: Dossier) -> dict[str, Any] | None:
    """Return what the page says of several equilibria; ``None`` where none were found."""
    found, names = dossier.equilibria, dossier.report.names
    if found is None or not found.any_several:
        return None
    return {
        "sentences": [*found_sentences(names, found), *(range_sentence(found, one) for one in found.ranges)],
        "sheets": [
            {"sheet": kinds_sheet(names, game), "lines": kinds_lines(game)} for game in found.games if game.kinds
        ],
    }
