"""Answers to questions in words."""

from __future__ import annotations

from quandary.ask.answer import Answer
from quandary.ask.results import QuestionResult
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.syntax import Compare, Expression
from quandary.report.words.units import likely, said, said_interval, unit_of
from quandary.report.words.wording import UNDEFINED, listing, of_worlds, percent


def question_lines(case: Case, asks: str, result: QuestionResult) -> list[str]:
    """Return one or a few lines: the question, its answer, and what was left out."""
    query, answer = result.question.query, result.answer
    if heads.DILEMMA.asks(query):
        lines = [asks, *dilemma_lines(answer, query.stakes)]
    else:
        stop = "" if asks.endswith(("?", ".", ":", "!")) else ":"
        lines = [f"{asks}{stop} {answer_phrase(query, answer)}"]
    return [*lines, *notes(answer)]


def undefined_in_every_world(answer: Answer) -> str:
    """Return that an answer has no value, and why."""
    return f"undefined in every world{_why(answer)}"


def undefined_in(answer: Answer) -> str:
    """Return in how many worlds an answer has no value, and why."""
    return f"undefined in {counted(answer.undefined, 'world')}{_why(answer)}"


def _why(answer: Answer) -> str:
    return f": {answer.why_undefined}" if answer.why_undefined else ""


def answer_phrase(query: Expression, answer: Answer) -> str:
    """Return the answer as a phrase: word, mean and interval."""
    phrase = brief_answer(query, answer)
    if answer.mean is None or answer.holds_in is not None:
        return phrase
    return f"{phrase} ({said_interval(answer.low, answer.high, unit_of(query))})"


def brief_answer(query: Expression, answer: Answer) -> str:
    """Return the answer as a phrase without its interval."""
    if answer.mean is None:
        return undefined_in_every_world(answer)
    if answer.holds_in is not None:
        return f"true in {of_worlds(answer.holds_in)}"
    phrase = likely(answer.mean, query)
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
        spread = said_interval(drop.low, drop.high, Unit.POINTS)
        lines.append(f"its best option's value {word} {said(drop.mean, Unit.POINTS)} ({spread})")
    if margin is not None:
        spread = said_interval(margin.low, margin.high, Unit.POINTS)
        lines.append(f"the best option leads the second by {said(margin.mean, Unit.POINTS)} ({spread})")
    if clash is not None:
        wanted = listing([" with ".join(group).replace("_", " ") for group in stakes]) or "every stake"
        lines.append(f"no option is near best for {wanted} at once in {percent(clash.mean)} of cases")
    return lines


def notes(answer: Answer, *, brackets: bool = True) -> list[str]:
    """Return what limits an answer: evidence an intervention made void, worlds without a value, remarks.

    All but the remarks stand in ``brackets``.
    """
    lines = []
    lowest, highest = (answer.parts.get(name) for name in heads.WOULD.between)
    if lowest is not None and highest is not None:
        spread = f"{percent(lowest.mean)} and {percent(highest.mean)}"
        lines.append(f"between {spread} whatever ties the two worlds together; the answer takes Gumbel noise")
    if answer.dropped:
        lines.append(f"evidence on {listing(answer.dropped)} is set aside: the intervention can change it")
    if answer.undefined and answer.mean is not None:
        lines.append(undefined_in(answer))
    return [*answer.notes, *(f"({line})" if brackets else line for line in lines)]


def exact_lines(query: Expression, answer: Answer) -> list[str]:
    """Return an answer that is one number, in words and with twelve digits, and how decisions were made."""
    if answer.mean is None:
        phrase = "undefined: its condition has probability zero"
    elif answer.holds_in is not None:
        phrase = "true" if answer.holds_in else "false"
        if isinstance(query, Compare):
            phrase += f" (left minus right: {answer.mean:.12g})"
    else:
        unit = unit_of(query)
        phrase = f"{answer.mean:.12g}" if unit is Unit.NUMBER else f"{said(answer.mean, unit)} ({answer.mean:.12g})"
    return [f"{answer.query}: {phrase}", *(f"  {note}" for note in answer.notes)]


def asked_lines(query: Expression, answer: Answer, seed: int) -> list[str]:
    """Return the answer to one question asked on its own, with how it was made."""
    if heads.DILEMMA.asks(query):
        lines = [answer.query, *(f"  {line}" for line in dilemma_lines(answer, query.stakes))]
    else:
        lines = [f"{answer.query}: {answer_phrase(query, answer)}"]
    lines += [f"  {note}" for note in notes(answer)]
    unit = unit_of(query)
    error = UNDEFINED if answer.mc_error is None else f"{answer.mc_error:.2g}"
    if answer.mc_error is not None and unit in (Unit.SHARE, Unit.DIFFERENCE):
        error = f"{100 * answer.mc_error:.2g} points"
    lines.append(
        f"  {counted(answer.worlds, 'world')} ({answer.effective_worlds:,.0f} effective), seed {seed}, "
        f"Monte Carlo error {error}; the interval is the central 90 % of worlds"
    )
    return lines
