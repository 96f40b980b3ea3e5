"""The marks of verdicts on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

VERDICT_MARKS: Mapping[str, tuple[str, str]] = {
    "holds": ("●", "blue"),
    "leans_true": ("◕", "cyan"),
    "toss_up": ("◑", ""),
    "leans_false": ("◔", "yellow"),
    "fails": ("⊗", "red"),
    "not_testable": ("·", "dim"),
    "restates": ("≡", "dim"),
    "follows": ("⊢", "blue"),
    "open": ("◌", ""),
    "contradicts": ("⊥", "red"),
}
"""The disc before a verdict, filled as far as worlds agree, and its colour; a word stands beside it always."""
