"""The palette: every pair of colours that is read keeps its contrast, light and dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quandary.report import DARK, LIGHT, style_variables, with_variables

VERDICTS = ("holds", "leans-true", "toss-up", "leans-false", "fails", "given")

READ_ON: tuple[tuple[str, str], ...] = (
    *((ink, paper) for ink in ("ink", "muted") for paper in ("paper", "surface", "surface-2")),
    *((one, paper) for one in (*VERDICTS, "yours", "fault") for paper in ("paper", "surface", f"{one}-tint")),
    *(("ink", f"{one}-tint") for one in (*VERDICTS, "yours", "fault")),
    ("paper", "ink"),
)
"""Which colour is text on which other: each pair keeps a contrast of at least 4.5."""

SEEN_ON: tuple[tuple[str, str], ...] = (("edge", "paper"), ("edge", "surface"), ("yours", "paper"), ("ink", "band"))
"""Lines and marks that carry meaning: each pair keeps a contrast of at least 3."""


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_can_be_read(palette: dict[str, str]) -> None:
    for ink, paper in READ_ON:
        assert contrast(palette[ink], palette[paper]) >= 4.5, (ink, paper)
    for mark, paper in SEEN_ON:
        assert contrast(palette[mark], palette[paper]) >= 3.0, (mark, paper)


def test_both_palettes_name_the_same_roles_and_no_colour_twice() -> None:
    assert list(LIGHT) == list(DARK)
    assert len(set(LIGHT.values())) == len(LIGHT)
    assert all(f"--{role}:" in style_variables() for role in LIGHT)


def test_a_drawing_follows_the_page() -> None:
    assert with_variables(f'<path fill="{LIGHT["holds"]}"/>') == '<path fill="var(--holds)"/>'


def test_pictures_in_the_documents_have_the_present_colours() -> None:
    pictures = list((Path(__file__).parents[2] / "docs" / "pictures").glob("*.svg"))
    assert len(pictures) >= 3
    for one in pictures:
        found = set(re.findall(r"#[0-9a-f]{6}", one.read_text(encoding="utf-8")))
        assert found <= set(LIGHT.values()), f"{one.name} is to be drawn anew (docs/report.md has the commands)"
