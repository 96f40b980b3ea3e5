"""What is refused before work on a picture or a report begins: its name, its place, a missing extra."""

from __future__ import annotations

from pathlib import Path

from quandary.base.files import check_place
from quandary.base.problems import Problem, Refusal

EXTRA = "report"


def check_chart(chart: Path, *, force: bool) -> None:
    """Refuse a chart's file by its ending (Q850), its place (Q805), or for want of the extra (Q801)."""
    from quandary.report.charts.rendering import PICTURES

    if not chart.name.endswith(PICTURES):
        hint = "end it in .svg, .png, .pdf or .vl.json"
        raise Refusal(Problem("Q850", f'"{chart}" does not say what to draw', hint=hint))
    check_own_place(chart, force=force)
    check_drawing("a chart")


def check_own_place(path: Path | None, *, force: bool) -> None:
    """Refuse (Q805) to write over anything but a report or a picture that we made."""
    from quandary.report.mark import is_ours

    if path is not None:
        check_place(path, force=force, replaceable=is_ours)


def check_drawing(what: str) -> None:
    """Refuse (Q801) with one clear sentence where the extra that draws is missing."""
    from quandary.report.charts.rendering import need_drawing

    try:
        need_drawing()
    except ImportError:
        hint = f"pip install 'quandary[{EXTRA}]'"
        raise Refusal(Problem("Q801", f"{what} needs the extra `{EXTRA}`, which is not installed", hint=hint)) from None
