"""The first answer of a draft for a terminal: how its claims stand, what the run leaves out, and what to ask next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from quandary.ask.turning.eliciting.complete_part import LeftOut
from quandary.ask.turning.eliciting.gaps import StructureGap
from quandary.ask.turning.eliciting.questions import ElicitedQuestion, NextQuestions
from quandary.base.problems import Problem, counted
from quandary.report.media.first_screen import draft_lines, wrapped
from quandary.report.why.elicitation import gap_lines, listed_lines
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.record import Report
from quandary.report.words.screen import screen_of


def print_first_answer(
    report: Report,
    left_out: Sequence[LeftOut],
    asked: Sequence[StructureGap | ElicitedQuestion],
    found: NextQuestions,
    console: Console,
    *,
    most: int,
) -> None:
    """Print how the claims of a draft stand, what was left out, and the questions that settle most."""
    width = console.width
    for line in draft_lines(screen_of(report), width):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    lines = [*left_out_lines(left_out), *_question_lines(CaseNames(report.case), asked, found, most)]
    _print(lines, console)
    _print(["", f"Answer them one at a time:  quandary elicit {shlex.quote(report.named)}"], console)


def print_no_answer(
    problems: Sequence[Problem], gaps: Sequence[StructureGap], named: str, console: Console, *, most: int
) -> None:
    """Print why nothing of a draft can run yet, and what to ask first."""
    first = problems[0] if problems else None
    why = "" if first is None else f": {first.message} (line {first.place.line})"
    lines = ["─" * console.width, f"Nothing of this draft can run yet{why}."]
    if gaps:
        lines += ["", *gap_lines(gaps[:most])]
    _print([*lines, "", f"Answer them one at a time:  quandary elicit {shlex.quote(named)}"], console)


def left_out_lines(left_out: Sequence[LeftOut]) -> Iterator[str]:
    """Yield what a run leaves out of a draft, or takes otherwise: one line for each reason."""
    if not left_out:
        return
    yield ""
    yield f"This run leaves out, or takes otherwise, {counted(len(left_out), 'entry', 'entries')} of the draft:"
    for why in dict.fromkeys(one.why for one in left_out):
        told = "; ".join(f"{one.what} (line {one.line})" for one in left_out if one.why == why)
        yield f"  {why}: {told}"


def _question_lines(
    names: CaseNames, asked: Sequence[StructureGap | ElicitedQuestion], found: NextQuestions, most: int
) -> Iterator[str]:
    shown = asked[:most]
    yield ""
    if not shown:
        yield "No question would settle more of its claims than chance would."
        return
    more = f" of {len(asked)}" if len(asked) > most else ""
    yield f"What to answer first ({counted(len(shown), 'question')}{more}):"
    yield from listed_lines(names, shown, found)


def _print(lines: Sequence[str], console: Console) -> None:
    for line in lines:
        indent = len(line) - len(line.lstrip())
        hang = " " * (indent + (4 if line[indent : indent + 1].isdigit() else 2 if indent else 0))
        for number, part in enumerate(wrapped(line.strip(), max(console.width - len(hang), 20)) if line else [""]):
            console.print(
                Text(f"{hang if number else ' ' * indent}{part}"), no_wrap=True, overflow="ignore", crop=False
            )
