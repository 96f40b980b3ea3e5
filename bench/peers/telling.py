"""Comparisons as Markdown: a table a part, and a summary of the catalogue. A ratio above one: ours is faster."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from asking import Compared

PARTS = {
    "a": "Signalling: a type, a move, a reply, chance, a second move; agent logit at precision 1",
    "c": "Chains of decisions: agent logit for two players, exact choice for one actor",
    "d": "Influence diagrams of one actor with memory: the best policy",
    "e": "The Gambit catalogue: logit at precision 1, file by file",
    "f": "Zero-sum games: value and maxmin behaviour",
    "g": "All extreme equilibria of square bimatrix games (ours in exact arithmetic throughout)",
}
WORST = 10


def told(found: Sequence[Compared], how: str) -> str:
    """Return everything as one Markdown text."""
    text = [f"# Side by side ({how})", "Ratio: the peer's seconds over ours, median and spread of pairs run in turn."]
    for part, title in PARTS.items():
        rows = [c for c in found if c.part == part]
        if rows:
            text.append(f"## ({part}) {title}")
            text.append(summary(rows) if part == "e" else table(rows))
    return "\n\n".join(text) + "\n"


def table(rows: Sequence[Compared]) -> str:
    """Return comparisons as a table, the peer's own error where it failed."""
    lines = ["| job | peer | ours | peer | ratio (spread) | |", "| --- | --- | --- | --- | --- | --- |"]
    for c in rows:
        ours = seconds(statistics.median(c.ours)) if c.ours else "–"
        theirs = seconds(statistics.median(c.theirs)) if c.theirs else "–"
        unit = f" a {c.per}" if c.per != "game" else ""
        ratio = f"{c.ratio:,.3g} ({c.ratios[0]:,.3g} to {c.ratios[-1]:,.3g}; {len(c.ratios)})" if c.ratio else "–"
        told_ = "; ".join([*([c.error] if c.error else []), *c.notes]).replace("|", "/")
        lines.append(f"| {c.job} | {c.peer} | {ours}{unit} | {theirs}{unit * bool(c.theirs)} | {ratio} | {told_} |")
    return "\n".join(lines)


def summary(rows: Sequence[Compared]) -> str:
    """Return the catalogue's medians, totals, the worst ten, failures and disagreements."""
    both = sorted((c for c in rows if c.ratio), key=lambda c: c.ratio or 0.0)
    failed = [c for c in rows if c.error]
    if not both:
        return "\n".join(f"- {c.job}: {c.error}" for c in failed)
    ratios = [c.ratio or 0.0 for c in both]
    quarter = len(ratios) // 4
    total = [
        sum(statistics.median(side) for side in sides) for sides in ([c.ours for c in both], [c.theirs for c in both])
    ]
    apart = [c for c in both if c.notes and not float(c.notes[0]) <= 1e-5]
    lines = [
        f"- {len(both)} of {len(rows)} files were solved by both.",
        f"- Ratio: median {statistics.median(ratios):.3g}, quartiles {ratios[quarter]:.3g} and"
        f" {ratios[-1 - quarter]:.3g},"
        f" smallest {ratios[0]:.3g}, largest {ratios[-1]:.3g}; ours is faster on {sum(r > 1 for r in ratios)}.",
        f"- Total: ours {seconds(total[0])}, pygambit {seconds(total[1])}: ratio {total[1] / total[0]:.3g}.",
        f"- {len(both) - len(apart)} equilibria agree to 1e-5 in every probability.",
        *(f"- {c.job}: probabilities apart by {'; '.join(c.notes)}" for c in apart),
        *(f"- {c.job}: {c.error}" for c in failed),
    ]
    return "\n".join(lines) + f"\n\nThe {WORST} where ours does worst:\n\n" + table(both[:WORST])


def seconds(value: float) -> str:
    """Return a time in a unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:,.3g} {unit}"
    return f"{value / 1e-6:.2g} µs"
