"""Comparisons as Markdown: a table a part, and a summary of the catalogue. A ratio above one: ours is faster."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from asking import Compared

PARTS = {
    "a": "Signalling: a type, a move, a reply, chance, a second move; agent logit at precision 1",
    "b": "The flagship case: six decisions of three actors, every uncertain number drawn anew in each world",
    "c": "Chains of decisions",
    "d": "Influence diagrams of one actor with memory: the best policy",
    "e": "The Gambit catalogue: logit at precision 1, file by file",
    "f": "Zero-sum games: value and maxmin behaviour",
    "g": "All extreme equilibria of square bimatrix games (ours in exact arithmetic throughout)",
}
WORST = 10
PATIENCE = 10.0
HOW = """Ratio: the peer's seconds over ours, median (smallest to largest; number of pairs), pairs run in turn, \
A B A B. Above one, ours is faster. All are warm (one run before does not count) unless it is said otherwise; reading \
files, and compiling our code, are not timed. A single game of ours is planned anew each time."""


def told(found: Sequence[Compared], how: Sequence[str]) -> str:
    """Return everything as one Markdown text: what it was measured on, then a section a part."""
    text = ["\n".join(f"- {line}" for line in how), HOW]
    if missed := [c for c in found if met(c) is False]:
        text.append("Asked for and not reached: " + "; ".join(f"{c.job} ({c.peer}): {_asked(c)}" for c in missed) + ".")
    for part, title in PARTS.items():
        rows = [c for c in found if c.part == part]
        if rows:
            text.append(f"### ({part}) {title}")
            if part == "c":
                text.append(reach(rows))
            text.append(summary(rows) if part == "e" else table(rows))
    return "\n\n".join(text) + "\n"


def table(rows: Sequence[Compared]) -> str:
    """Return comparisons as a table, the peer's own error where it failed."""
    lines = ["| job | peer | ours | peer's | ratio | asked for | |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for c in rows:
        ours = seconds(statistics.median(c.ours)) if c.ours else "–"
        if len(c.ours) > 1 and not c.ratio:
            ours += f" ({seconds(min(c.ours))} to {seconds(max(c.ours))}; {len(c.ours)})"
        theirs = seconds(statistics.median(c.theirs)) if c.theirs else "–"
        unit = f" a {c.per}" if c.per != "game" else ""
        ratio = (
            f"{figure(c.ratio)} ({figure(c.ratios[0])} to {figure(c.ratios[-1])}; {len(c.ratios)})" if c.ratio else "–"
        )
        said = "; ".join([*([c.error] if c.error else []), *c.notes]).replace("|", "/")
        asked = _asked(c)
        if asked:
            asked += " (met)" if met(c) else " (**not met**)"
        cells = (c.job, c.peer, ours + unit * bool(c.ours), theirs + unit * bool(c.theirs), ratio, asked, said)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def met(c: Compared) -> bool | None:
    """Return whether what was asked for was reached; ``None`` where nothing was, or nothing could be measured."""
    told_ = []
    if c.target is not None:
        told_.append(c.ratio is not None and c.ratio >= c.target)
    if c.most is not None:
        told_.append(bool(c.ours) and statistics.median(c.ours) <= c.most)
    return all(told_) if told_ else None


def _asked(c: Compared) -> str:
    words = []
    if c.target is not None:
        words.append(f"ratio {figure(c.target)}")
    if c.most is not None:
        words.append(f"at most {seconds(c.most)}")
    return ", ".join(words)


def reach(rows: Sequence[Compared]) -> str:
    """Return, per tool, the largest chain it solved within ten seconds and what the next one met."""
    lines = ["| tool | decisions within 10 s | then |", "| --- | --- | --- |"]
    tools: dict[str, list[Compared]] = {}
    for c in rows:
        alone = c.peer.startswith("(")
        name = f"ours, {c.peer.split(', ')[1][:-1]}" if alone else c.peer + ", one actor" * c.job.startswith("one")
        tools.setdefault(name, []).append(c)
    for name, own in tools.items():
        took = {c.size: statistics.median(c.ours if name.startswith("ours") else c.theirs or [1e9]) for c in own}
        within = [size for size, value in took.items() if value <= PATIENCE]
        largest = max(within, default=0)
        beyond = [c for c in own if c.size > largest]
        then = f"{largest:,.0f} in {seconds(took[largest])}; no larger one was tried" if within else ""
        if beyond:
            c = beyond[0]
            then = f"n = {c.size:,.0f}: " + (c.error or seconds(took[c.size]))
        lines.append(f"| {name} | {f'{largest:,.0f}' if within else 'none'} | {then} |")
    return "\n".join(lines)


def summary(rows: Sequence[Compared]) -> str:
    """Return the catalogue's medians, totals, the worst ten, failures and disagreements, and every file."""
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
    middle = statistics.median(ratios)
    lines = [
        f"- {len(both)} of {len(rows)} files were solved by both.",
        f"- Ratio: median {middle:.3g}, quartiles {ratios[quarter]:.3g} and {ratios[-1 - quarter]:.3g},"
        f" smallest {ratios[0]:.3g}, largest {ratios[-1]:.3g}; ours is faster on {sum(r > 1 for r in ratios)}."
        f" Asked for: a median of 1 ({'met' if middle >= 1 else '**not met**'}).",
        f"- Total: ours {seconds(total[0])}, pygambit {seconds(total[1])}: ratio {total[1] / total[0]:.3g}.",
        f"- {len(both) - len(apart)} equilibria agree to 1e-5 in every probability.",
        *(f"- {c.job}: probabilities apart by {'; '.join(c.notes)}" for c in apart),
        *(f"- {c.job}: {c.error}" for c in failed),
    ]
    every = "\n".join(
        f"| {c.job} | {' | '.join(seconds(statistics.median(s)) for s in (c.ours, c.theirs))} | {figure(c.ratio)} |"
        for c in sorted(both, key=lambda c: c.job)
    )
    head = "| file | ours | pygambit | ratio |\n| --- | --- | --- | --- |"
    return (
        "\n".join(lines)
        + f"\n\nThe {WORST} where ours does worst:\n\n{table(both[:WORST])}"
        + f"\n\n<details><summary>Every file</summary>\n\n{head}\n{every}\n\n</details>"
    )


def figure(value: float | None) -> str:
    """Return a ratio to three figures, without an exponent."""
    if value is None:
        return "–"
    return f"{value:.3g}" if value < 999.5 else f"{float(f'{value:.3g}'):,.0f}"


def seconds(value: float) -> str:
    """Return a time in a unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:,.3g} {unit}"
    return f"{value / 1e-6:.2g} µs"
