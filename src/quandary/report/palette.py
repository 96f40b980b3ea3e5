"""The colours of the report, by role, in light and in dark; charts and page use the same."""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "paper": "#ffffff",
    "surface": "#f4f6f8",
    "ink": "#1b2026",
    "muted": "#535d69",
    "line": "#cfd5dc",
    "edge": "#6f7a86",
    "accent": "#1d5a9e",
    "soft": "#a6c3e3",
    "low": "#8a4b08",
    "good": "#17673a",
    "good-soft": "#ddf1e4",
    "unsure": "#7a4f00",
    "unsure-soft": "#fbecc8",
    "bad": "#a3261d",
    "bad-soft": "#fbe1de",
    "plain-soft": "#e6eaef",
    "actor-1": "#dbe8f7",
    "actor-2": "#e9e1f5",
    "actor-3": "#dcf0ea",
    "actor-4": "#f7e6d8",
    "chance": "#fcfdfe",
    "stake": "#f3f1e7",
}
"""Hex colours by role; no two roles share one, since a chart's hex is read back as its role."""

DARK: dict[str, str] = {
    "paper": "#13161a",
    "surface": "#1c2127",
    "ink": "#e9ebee",
    "muted": "#aab3be",
    "line": "#39414b",
    "edge": "#8b95a1",
    "accent": "#86b8f2",
    "soft": "#34577f",
    "low": "#e2a05a",
    "good": "#75d29c",
    "good-soft": "#16372a",
    "unsure": "#f0bd5e",
    "unsure-soft": "#40310f",
    "bad": "#ff978d",
    "bad-soft": "#4a211e",
    "plain-soft": "#2b323a",
    "actor-1": "#1f3650",
    "actor-2": "#352a4d",
    "actor-3": "#173b33",
    "actor-4": "#46301f",
    "chance": "#191d23",
    "stake": "#2e2b1f",
}
"""The same roles on a dark page."""


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
