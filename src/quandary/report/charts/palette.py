"""The colours of the report, by role, in light and in dark; charts and page use the same.

Ink is for what is there; colour only for what it means: verdicts, what the reader moved (``yours``), faults.
"""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "paper": "#ffffff",
    "surface": "#f5f6f7",
    "surface-2": "#e9ecef",
    "ink": "#17202a",
    "muted": "#4b5763",
    "line": "#d5dbe0",
    "edge": "#717d89",
    "band": "#c3ccd4",
    "holds": "#0f5ea8",
    "holds-tint": "#e4eefa",
    "leans-true": "#2b6ca3",
    "leans-true-tint": "#edf4fa",
    "toss-up": "#57616c",
    "toss-up-tint": "#eff1f3",
    "leans-false": "#8f5e00",
    "leans-false-tint": "#fbf0da",
    "fails": "#9c1c10",
    "fails-tint": "#fce8e1",
    "given": "#454f5a",
    "given-tint": "#eef0f2",
    "yours": "#4f1d99",
    "yours-tint": "#f2ebfc",
    "fault": "#9c1f3a",
    "fault-tint": "#fdeaee",
}
"""Hex colours by role; no two roles share one, since a chart's hex is read back as its role."""

DARK: dict[str, str] = {
    "paper": "#11161b",
    "surface": "#1a2128",
    "surface-2": "#262f38",
    "ink": "#e9edf1",
    "muted": "#b2bcc6",
    "line": "#343e48",
    "edge": "#84909c",
    "band": "#47535f",
    "holds": "#66abf0",
    "holds-tint": "#14304c",
    "leans-true": "#a3c8e6",
    "leans-true-tint": "#1b2d3d",
    "toss-up": "#bcc5ce",
    "toss-up-tint": "#29323b",
    "leans-false": "#eecb6a",
    "leans-false-tint": "#392c12",
    "fails": "#ff9f83",
    "fails-tint": "#451f15",
    "given": "#c3cbd3",
    "given-tint": "#252d35",
    "yours": "#e0caff",
    "yours-tint": "#31244d",
    "fault": "#ff9fb0",
    "fault-tint": "#471a26",
}
"""The same roles on a dark page: a palette of its own, not an inversion."""


def style_variables() -> str:
    """Return the CSS that declares every colour as a variable, light by default and dark where the reader wants it.

    Print is always light.
    """
    light = "".join(f"--{role}:{colour};" for role, colour in LIGHT.items())
    dark = "".join(f"--{role}:{colour};" for role, colour in DARK.items())
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}"


def with_variables(drawing: str) -> str:
    """Return a drawing with its colours replaced by the page's variables, so that it follows light and dark."""
    for role, colour in LIGHT.items():
        drawing = drawing.replace(f'"{colour}"', f'"var(--{role})"')
    return drawing
