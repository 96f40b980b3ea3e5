"""Why the choices that the headline asks about are made, for the page."""

from __future__ import annotations

from typing import Any

from quandary.report.analyses.choice import brief_choice
from quandary.report.dossier import Dossier
from quandary.report.sheets import Paragraph, Sheet


def choices(dossier: Dossier) -> list[dict[str, Any]]:
    """Return each choice: its title, and its sentences and tables in their order, each as ``line`` or ``sheet``."""
    names = dossier.report.names
    found = []
    for one in dossier.choices:
        decision = one.asked.decision
        parts = [
            {"line": part.text} if isinstance(part, Paragraph) else {"sheet": part}
            for part in brief_choice(names, one)
            if isinstance(part, Sheet) or part.text
        ]
        title = f"{names.actor(decision.by)}: {names.variable(decision.id)}"
        found.append({"title": title, "parts": parts})
    return found
