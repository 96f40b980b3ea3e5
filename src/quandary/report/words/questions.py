"""Answers to questions in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.query.combining import ROUNDING
from quandary.ask.results import QuestionResult
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.syntax import Ask, Compare, Expression
from quandary.report.words.dilemmas import dilemma_answer, dilemma_lines
from quandary.report.words.names import spaced
from quandary.report.words.units import (
    error_said,
    interval_said,
    likely,
    said,
    undefined_in,
    undefined_in_every_world,
    unit_of,
    why_undefined,
    worlds_of,
)
from quandary.report.words.wording import listing, percent


def question_lines(case: Case, asks: str, result: QuestionResult) -> list[str]:
    """Return one or a few lines: the question, its answer, and what was left out."""
    query, answer = result.question.query, result.answer
    if heads.DILEMMA.asks(query):
        first, *measures = dilemma_lines(answer, query.stakes)
        lines = [f"{asks} {first}", *measures] if dilemma_answer(answer) else [asks, first, *measures]
    else:
        stop = "" if asks.endswith(("?", ".", ":", "!")) else ":"
        lines = [f"{asks}{stop} {answer_phrase(query, answer, case.words)}"]
    before = [aside_sentence(answer.dropped)] if answer.dropped else []
    return [*before, *lines, *notes(answer)]


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


def option_lines(answer: Answer) -> list[str]:
    """Return a line for each option of a decision: in what share of worlds it is the best, the most frequent first."""
    ordered = sorted(answer.parts.items(), key=lambda part: -(part[1].share or 0.0))
    width = max(len(option) for option in answer.parts)
    return [f"{spaced(option):{width}}  best in {worlds_of(part)}" for option, part in ordered]


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


def aside_sentence(seen: Sequence[str], *, questions: str = "This asks") -> str:
    """Return what an intervention sets aside, as it is said before an answer: a world in which it was not seen."""
    return f"{questions} about a world in which {listing(seen)} {'was' if len(seen) == 1 else 'were'} not seen."


def counts_in_part(answer: Answer) -> bool:
    """Return whether an answer is so in a part of some worlds: at some information sets and not at others."""
    if not answer.is_truth or answer.holds_in is not None:
        return False
    known = answer.draws[answer.weights > 0]
    return bool((np.minimum(known, 1.0 - known) > ROUNDING).any())


def exact_lines(query: Expression, answer: Answer) -> list[str]:
    """Return an answer that is one number, in words and with twelve digits, and how decisions were made."""
    if answer.mean is None:
        phrase = f"undefined{why_undefined(answer)}"
    elif answer.holds_in is not None:
        phrase = "true" if answer.holds_in else "false"
        if isinstance(query, Compare):
            phrase += f" (left minus right: {answer.mean:.12g})"
    else:
        unit = unit_of(query)
        phrase = f"{answer.mean:.12g}" if unit is Unit.NUMBER else f"{said(answer.mean, unit)} ({answer.mean:.12g})"
    return [f"{answer.query}: {phrase}", *(f"  {note}" for note in answer.notes)]


def asked_lines(query: Expression, answer: Answer, seed: int, words: str | None = None) -> list[str]:
    """Return the answer to one question asked on its own, with how it was made; ``words`` is the case's table."""
    if heads.DILEMMA.asks(query):
        lines = [answer.query, *(f"  {line}" for line in dilemma_lines(answer, query.stakes))]
    elif isinstance(query, Ask) and heads.lists_options(query):
        lines = [f"{answer.query}:", *(f"  {line}" for line in option_lines(answer))]
    else:
        lines = [f"{answer.query}: {answer_phrase(query, answer, words)}"]
    if answer.dropped:
        lines.insert(0, aside_sentence(answer.dropped))
    lines += [f"  {note}" for note in notes(answer)]
    made = f"  {counted(answer.worlds, 'world')} ({answer.effective_worlds:,.0f} effective), seed {seed}"
    if answer.mean is not None:
        of_sides = " of the difference of its sides" if isinstance(query, Compare) else ""
        made += f", Monte Carlo error{of_sides} {error_said(answer.mc_error, unit_of(query))}"
        if not answer.is_truth:
            made += "; the interval is the central 90 % of worlds"
    return [*lines, made]
