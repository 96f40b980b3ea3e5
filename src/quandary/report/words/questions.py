"""Answers to questions in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.query.combining import ROUNDING
from quandary.ask.results import QuestionResult, Run
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.syntax import Compare, Expression
from quandary.report.words.names import in_titles
from quandary.report.words.units import error_said, interval_said, likely, said, unit_of, with_interval, worlds_of
from quandary.report.words.wording import listing, percent


def question_lines(case: Case, asks: str, result: QuestionResult) -> list[str]:
    """Return one or a few lines: the question, its answer, and what was left out."""
    query, answer = result.question.query, result.answer
    if heads.DILEMMA.asks(query):
        lines = [asks, *dilemma_lines(answer, query.stakes)]
    else:
        stop = "" if asks.endswith(("?", ".", ":", "!")) else ":"
        lines = [f"{asks}{stop} {answer_phrase(query, answer, case.words)}"]
    before = [aside_sentence(case, answer.aside)] if answer.aside else []
    return [*before, *lines, *notes(answer)]


def undefined_in_every_world(answer: Answer) -> str:
    """Return that an answer has no value, and why."""
    return f"undefined in every world{_why(answer)}"


def undefined_in(answer: Answer) -> str:
    """Return in how many worlds an answer has no value, and why."""
    return f"undefined in {counted(answer.undefined, 'world')}{_why(answer)}"


def _why(answer: Answer) -> str:
    return f": {answer.why_undefined}" if answer.why_undefined else ""


def answer_phrase(query: Expression, answer: Answer, words: str | None = None) -> str:
    """Return the answer as a phrase: word (by the case's table), mean and interval; a truth's share of worlds."""
    phrase = brief_answer(query, answer, words)
    if answer.mean is None or answer.is_truth:
        return phrase
    return f"{phrase} ({interval_said(answer, unit_of(query))})"


def brief_answer(query: Expression, answer: Answer, words: str | None = None) -> str:
    """Return the answer as a phrase without its interval."""
    if answer.mean is None:
        return undefined_in_every_world(answer)
    if answer.holds_in is not None:
        return f"true in {worlds_of(answer)}"
    phrase = likely(answer, query, words)
    return phrase[0].upper() + phrase[1:]


def dilemma_lines(answer: Answer, stakes: tuple[tuple[str, ...], ...] = ()) -> list[str]:
    """Return a dilemma's three parts, a line each."""
    parts = answer.parts
    if all(part.mean is None for part in parts.values()):
        return [undefined_in_every_world(answer)]
    lines = []
    drop, margin, clash = (parts.get(head.name) for head in (heads.DROP, heads.MARGIN, heads.CLASH))
    if drop is not None and drop.mean is None:
        lines.append("how far its best option falls is undefined: what it is compared with has probability zero")
    elif drop is not None:
        word = "falls: by" if (drop.mean or 0) > 0 else "does not fall: its drop is"
        lines.append(f"its best option's value {word} {with_interval(drop, Unit.POINTS)}")
    if margin is not None and margin.mean is None:
        lines.append(f"how far the best option leads the second is {undefined_in_every_world(margin)}")
    elif margin is not None:
        lines.append(f"the best option leads the second by {with_interval(margin, Unit.POINTS)}")
    if clash is not None:
        wanted = listing([" with ".join(group).replace("_", " ") for group in stakes]) or "every stake"
        lines.append(f"no option is near best for {wanted} at once in {worlds_of(clash)}")
    return lines


def notes(answer: Answer, *, brackets: bool = True) -> list[str]:
    """Return what limits an answer: worlds without a value, remarks.

    All but the remarks stand in ``brackets``.
    """
    lines = []
    lowest, highest = (answer.parts.get(name) for name in heads.WOULD.between)
    if lowest is not None and highest is not None:
        low, high = percent(lowest.mean), percent(highest.mean)
        if low == high:
            lines.append(f"{low} whatever ties the two worlds together")
        else:
            lines.append(
                f"between {low} and {high} whatever ties the two worlds together; the answer takes Gumbel noise"
            )
    if answer.undefined and answer.mean is not None:
        lines.append(undefined_in(answer))
    if counts_in_part(answer):
        lines.append("a world in which several situations can arise counts by the likelihood of those that have it")
    return [*answer.notes, *(f"({line})" if brackets else line for line in lines)]


def aside_sentence(case: Case, aside: Sequence[Expression], *, questions: str = "This asks") -> str:
    """Return what interventions set aside, as it is said before an answer: a world in which it was not seen."""
    seen = [f"“{in_titles(case, condition)}”" for condition in aside]
    return f"{questions} about a world in which {listing(seen)} {'was' if len(seen) == 1 else 'were'} not seen."


def asides_said(case: Case, asked: Iterable[tuple[str, Sequence[Expression]]]) -> list[str]:
    """Return the same of several things that are answered side by side: a sentence for each world they ask about.

    ``asked`` names each with what it sets aside; those that set nothing aside are not spoken of.
    """
    names: dict[tuple[Expression, ...], list[str]] = {}
    for name, aside in asked:
        if aside:
            names.setdefault(tuple(aside), []).append(f"“{name}”")
    return [
        aside_sentence(case, aside, questions=f"{listing(said)} ask{'s' if len(said) == 1 else ''}")
        for aside, said in names.items()
    ]


def counts_in_part(answer: Answer) -> bool:
    """Return whether an answer is so in a part of some worlds: at some information sets and not at others."""
    if not answer.is_truth or answer.holds_in is not None:
        return False
    known = answer.draws[answer.weights > 0]
    return bool((np.minimum(known, 1.0 - known) > ROUNDING).any())


def more_than_asked(run: Run) -> list[str]:
    """Return that more worlds were drawn than asked for, where they were."""
    if run.asked_for is None or run.worlds <= run.asked_for:
        return []
    return [f"{counted(run.asked_for, 'world was', 'worlds were')} asked for; of these too few count for a verdict."]


def exact_lines(query: Expression, answer: Answer) -> list[str]:
    """Return an answer that is one number, in words and with twelve digits, and how decisions were made."""
    if answer.mean is None:
        phrase = f"undefined{_why(answer)}"
    elif answer.holds_in is not None:
        phrase = "true" if answer.holds_in else "false"
        if isinstance(query, Compare):
            phrase += f" (left minus right: {answer.mean:.12g})"
    else:
        unit = unit_of(query)
        phrase = f"{answer.mean:.12g}" if unit is Unit.NUMBER else f"{said(answer.mean, unit)} ({answer.mean:.12g})"
    return [f"{answer.query}: {phrase}", *(f"  {note}" for note in answer.notes)]


def asked_lines(case: Case, query: Expression, answer: Answer, run: Run) -> list[str]:
    """Return the answer to one question asked on its own, with how it was made."""
    if heads.DILEMMA.asks(query):
        lines = [answer.query, *(f"  {line}" for line in dilemma_lines(answer, query.stakes))]
    else:
        lines = [f"{answer.query}: {answer_phrase(query, answer, case.words)}"]
    if answer.aside:
        lines.insert(0, aside_sentence(case, answer.aside))
    lines += [f"  {note}" for note in notes(answer)]
    made = f"  {counted(answer.worlds, 'world')} ({answer.effective_worlds:,.0f} effective), seed {run.seed}"
    if answer.mean is not None:
        of_sides = " of the difference of its sides" if isinstance(query, Compare) else ""
        made += f", Monte Carlo error{of_sides} {error_said(answer.mc_error, unit_of(query))}"
        if not answer.is_truth:
            made += "; the interval is the central 90 % of worlds"
    return [*lines, made, *(f"  {line}" for line in more_than_asked(run))]
