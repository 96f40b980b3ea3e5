"""What weighs worlds beside what was seen, and what counting options makes of a choice, in words."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.ask.answer import Answer
from quandary.ask.results import Run
from quandary.base.problems import counted
from quandary.report.words.naming.names import spaced
from quandary.report.words.wording import number, percent


def anchored_lines(run: Run) -> Iterator[str]:
    """Yield that worlds are weighted by checks, how many count, and which checks weigh none; nothing where none do.

    Every output of an anchored run shows it.
    """
    found = run.anchored
    if found is None:
        return
    if not found.checks:
        yield "No check weighs any world: the answers are those without anchoring."
    else:
        before, now = f"{found.effective_before:,.0f}", f"{run.effective_worlds:,.0f}"
        by = f"Worlds are weighted by {counted(len(found.checks), 'check')}"
        off = f"which the case may miss by a factor of {number(found.discrepancy)} on the odds"
        yield f"{by}, {off}: {now} effective worlds are left of {before}. So the checks are no test of these answers."
    for name, why in found.left_out:
        yield f"The check “{spaced(name)}” weighs none: {why}."


def counting_said(answer: Answer) -> str:
    """Return that a choice is near a coin flip, and what counting options gives; empty where it is not."""
    found = answer.counting
    if found is None or not found.near:
        return ""
    return f"near a coin flip: were all options worth the same, it would be {percent(found.counted)}"


def counting_sentence(answer: Answer) -> str:
    """Return the same as a sentence."""
    told = counting_said(answer)
    return f"{told[:1].upper()}{told[1:]}." if told else ""
