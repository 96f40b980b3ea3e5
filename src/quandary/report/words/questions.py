"""Answers to questions in words."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.claims.verdicts import LEANS_TRUE
from quandary.ask.query.combining import ROUNDING
from quandary.ask.query.subject import AskedSubject
from quandary.ask.results import OverFillings, QuestionResult, Run
from quandary.base.arrays import Array, Mask
from quandary.base.problems import counted
from quandary.case.model import Check, Claim, Question
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.syntax import Ask, Compare, Expression, Name
from quandary.report.sheets import Paragraph
from quandary.report.words.method import arising_said, counting_said, more_than_asked
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title, query_words, stakes_listed
from quandary.report.words.units import (
    between_said,
    error_said,
    has_sign,
    interval_said,
    is_size,
    likely,
    said,
    undefined_in,
    undefined_in_every_world,
    unit_of,
    why_undefined,
    with_interval,
    worlds_of,
)
from quandary.report.words.unknowns import question_over_said, span_over
from quandary.report.words.wording import listing, percent

QUOTED = 40
"""Letters of a quote that stand for a claim without a title."""


def question_title(names: CaseNames, question: Question) -> str:
    """Return a question as it is asked: the analyst's words, or the query's; with code the query behind them."""
    if question.asks is None and question.title is None:
        return query_title(names, question.query)
    asks = question.asks or question.title or ""
    return f"{asks} [{question.written}]" if names.code else asks


def check_title(names: CaseNames, check: Check) -> str:
    """Return what a check is about: its title, else its query in words."""
    if check.title is None:
        return query_title(names, check.query)
    return f"{check.title} [{check.id}: {check.written}]" if names.code else check.title


def claim_title(names: CaseNames, claim: Claim, reading: str) -> str:
    """Return a reading of a claim: who said what, and which reading where there are several."""
    which = f", {names.reading(claim, reading)}" if len(claim.tests) > 1 else ""
    return f"{claim.speaker}: “{claim.quote}”{which}"


def claim_label(names: CaseNames, claim: Claim) -> str:
    """Return a claim in few words: its title, or the beginning of its own words."""
    told = claim.title or f"“{textwrap.shorten(claim.quote, QUOTED, placeholder=' …')}”"
    return f"{told} [{claim.id}]" if names.code else told


def subject_title(names: CaseNames, subject: AskedSubject) -> str:
    """Return what is looked into, as it heads what was found: a claim's words, a question, or a query in words."""
    claim = subject.claim
    if claim is not None:
        told = claim_title(names, claim, subject.test or "")
        return f"{told} [{claim.id}, {subject.test}: {subject.query.text}]" if names.code else told
    if isinstance(subject.item, Question):
        return question_title(names, subject.item)
    return query_title(names, subject.query.expression)


def subject_head(names: CaseNames, subject: AskedSubject) -> Iterator[Paragraph]:
    """Yield what is looked into: its title, and below it what a claim's reading or a question asks in full."""
    yield Paragraph(subject_title(names, subject), tone="title")
    if subject.claim is not None or isinstance(subject.item, Question):
        yield Paragraph(f"{sentence(query_words(names, subject.query.expression))}.", tone="aside")


def question_lines(names: CaseNames, result: QuestionResult) -> list[str]:
    """Return one or a few lines: the question, its answer, and what was left out."""
    query, answer = result.question.query, result.answer
    asks = question_title(names, result.question)
    if heads.DILEMMA.asks(query):
        first, *measures = dilemma_lines(names, query, answer, result.parts)
        lines = [f"{asks} {first}", *measures] if dilemma_answer(answer) else [asks, first, *measures]
    else:
        stop = "" if asks.endswith(("?", ".", ":", "!")) else ":"
        lines = [f"{asks}{stop} {result_phrase(names, result)}"]
    before = [dropped_sentence(names, answer.dropped)] if answer.dropped else []
    return [*before, *lines, *notes(names, answer)]


def result_phrase(names: CaseNames, result: QuestionResult) -> str:
    """Return a question's answer as a phrase; where it hangs on unknown numbers, between what it lies."""
    if result.fillings is not None:
        return question_over_said(names, result.question.query, result.fillings)
    return answer_phrase(result.question.query, result.answer, names.case.words)


def answer_phrase(query: Expression, answer: Answer, words: str | None = None) -> str:
    """Return the answer as a phrase: word (by the case's table), mean and interval; a truth's share of worlds."""
    phrase = brief_answer(query, answer, words)
    if answer.mean is None or answer.is_truth:
        return phrase
    told = arising_said(answer)
    interval = interval_said(answer, unit_of(query), sign=has_sign(query), size=is_size(query))
    return f"{phrase} ({interval}){': ' if told else ''}{told}"


def brief_answer(query: Expression, answer: Answer, words: str | None = None) -> str:
    """Return the answer as a phrase without its interval."""
    if answer.mean is None:
        return undefined_in_every_world(answer)
    if answer.holds_in is not None:
        return f"true in {worlds_of(answer)}"
    phrase = likely(answer, query, words)
    return phrase[0].upper() + phrase[1:]


def option_lines(names: CaseNames, query: Ask, answer: Answer) -> list[str]:
    """Return a line for each option of a decision: in what share of worlds it is the best, the most frequent first."""
    assert isinstance(query.target, Name)
    ordered = sorted(answer.parts.items(), key=lambda part: -(part[1].share or 0.0))
    if all(part.mean is None for _, part in ordered):
        return [undefined_in_every_world(ordered[0][1])]
    told = [(names.state(query.target.parts[-1], option), part) for option, part in ordered]
    width = max(len(words) for words, _ in told)
    lines = [f"{words:{width}}  best in {worlds_of(part)}" for words, part in told]
    if sum(part.share or 0.0 for _, part in told) > 1.0 + TIED:
        lines.append("options that are as good as each other are each counted")
    return lines


TIED = 0.005
"""By how much the shares of all options exceed one where some are as good as each other."""


def notes(names: CaseNames, answer: Answer, *, brackets: bool = True) -> list[str]:
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
            told = between_said(lowest.mean, highest.mean, Unit.SHARE)
            lines.append(f"{told} whatever ties the two worlds together; the answer takes Gumbel noise")
    if answer.undefined and answer.mean is not None:
        lines.append(undefined_in(answer))
    if counts_in_part(answer):
        lines.append("a world in which several situations can arise counts by the likelihood of those that have it")
    if answer.is_truth and (told := arising_said(answer)):
        lines.append(f"the choice {told}")
    if told := counting_said(answer):
        lines.append(told)
    remarks = [sentence(names.remark(note)) for note in answer.remarks]
    return [*remarks, *(f"({line})" if brackets else line for line in lines)]


def aside_sentence(seen: Sequence[str], *, questions: str = "This asks") -> str:
    """Return what an intervention sets aside, as it is said before an answer: a world in which it was not seen.

    ``seen`` are clauses: ``unrest in Kazakhstan is a threat to the regime``.
    """
    return f"{questions} about a world in which it was not seen {listing([f'that {clause}' for clause in seen])}."


def dropped_sentence(names: CaseNames, dropped: Iterable[str], *, questions: str = "This asks") -> str:
    """Return what interventions set aside, in words; ``dropped`` names pieces of evidence as they are written."""
    return aside_sentence([names.seen(piece) for piece in dropped], questions=questions)


def aside_of(names: CaseNames, aside: Iterable[Expression], *, questions: str = "This asks") -> str:
    """Return the same of pieces of evidence."""
    return aside_sentence([names.clause(piece) for piece in aside], questions=questions)


def asides_said(names: CaseNames, asked: Iterable[tuple[str, Sequence[Expression]]]) -> list[str]:
    """Return the same of several things that are answered side by side: a sentence for each world they ask about.

    ``asked`` names each with what it sets aside; those that set nothing aside are not spoken of.
    """
    found: dict[tuple[Expression, ...], list[str]] = {}
    for name, aside in asked:
        if aside:
            found.setdefault(tuple(aside), []).append(f"“{name}”")
    return [
        aside_of(names, aside, questions=f"{listing(told)} ask{'s' if len(told) == 1 else ''}")
        for aside, told in found.items()
    ]


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


def asked_lines(names: CaseNames, query: Expression, answer: Answer, run: Run) -> list[str]:
    """Return the answer to one question asked on its own, with how it was made."""
    title = query_title(names, query)
    if heads.DILEMMA.asks(query):
        lines = [title, *(f"  {line}" for line in dilemma_lines(names, query, answer))]
    elif isinstance(query, Ask) and heads.lists_options(query):
        lines = [f"{title}:", *(f"  {line}" for line in option_lines(names, query, answer))]
    else:
        lines = [f"{title}: {answer_phrase(query, answer, names.case.words)}"]
    if answer.dropped:
        lines.insert(0, dropped_sentence(names, answer.dropped))
    lines += [f"  {note}" for note in notes(names, answer)]
    made = f"  {counted(answer.worlds, 'world')} ({answer.effective_worlds:,.0f} effective), seed {run.seed}"
    if answer.mean is not None:
        of_sides = " of the difference of its sides" if isinstance(query, Compare) else ""
        made += f", Monte Carlo error{of_sides} {error_said(answer.mc_error, unit_of(query))}"
        if not answer.is_truth:
            made += "; the interval is the central 90 % of worlds"
    return [*lines, made, *(f"  {line}" for line in more_than_asked(run, "a verdict"))]


# --- dilemmas: whether, said first, and then its three measures ---------------------------------------------

CLOSE = 5.0
"""Points of worth under which the second option is nearly as good as the best: 5 % of the scale, as for near best."""


@dataclass(frozen=True)
class DilemmaSign:
    """One sign of a dilemma: in which worlds it is there, by what a part is in each, and how it is told either way."""

    part: heads.Head
    there: Callable[[Array], Mask]
    so: str
    not_so: str


DILEMMA_SIGNS = (
    DilemmaSign(
        heads.DROP, lambda v: v > 0, "its best option is worth less than otherwise", "its best option is worth no less"
    ),
    DilemmaSign(heads.MARGIN, lambda v: v < CLOSE, "the second is nearly as good", "the second is clearly worse"),
    DilemmaSign(
        heads.CLASH, lambda v: v > 0.5, "none is near best for every stake", "one is mostly near best for every stake"
    ),
)
"""What makes a dilemma: a loss whatever is chosen, no clear best option, and stakes that ask for different ones."""

DILEMMA_WORDS = ("No", "Hardly", "Yes, mildly", "Yes")
"""The answer by how many of the signs are there in most worlds."""


OPEN_DILEMMA = "Open: it hangs on numbers that nobody has put."


def dilemma_lines(
    names: CaseNames, query: Ask, answer: Answer, over: Mapping[str, OverFillings] | None = None
) -> list[str]:
    """Return whether it is a dilemma, in one sentence, and then its three parts, a line each.

    ``over`` has what those of the parts are over fillings that hang on unknown numbers.
    """
    first = OPEN_DILEMMA if over else dilemma_answer(answer)
    return [*([first] if first else []), *measure_lines(names, query, answer, over or {})]


def dilemma_answer(answer: Answer) -> str:
    """Return ``Yes, mildly: its best option is worth less than otherwise, but ...``; empty where no part has a value.

    A sign is there where it is in as many worlds as make a claim lean true. All three make a dilemma, two a mild one.
    """
    parts = [answer.parts.get(sign.part.name) for sign in DILEMMA_SIGNS]
    shares = [
        None if part is None else _share(part, sign.there) for part, sign in zip(parts, DILEMMA_SIGNS, strict=True)
    ]
    if None in shares:
        return "That cannot be said: a part of the answer has no value." if set(shares) != {None} else ""
    there = [share is not None and share >= LEANS_TRUE for share in shares]
    so = [sign.so for sign, is_so in zip(DILEMMA_SIGNS, there, strict=True) if is_so]
    not_so = [sign.not_so for sign, is_so in zip(DILEMMA_SIGNS, there, strict=True) if not is_so]
    told = ", but ".join(listing(some) for some in (so, not_so) if some)
    return f"{DILEMMA_WORDS[sum(there)]}: {told}."


def _share(part: Answer, there: Callable[[Array], Mask]) -> float | None:
    known = ~np.isnan(part.draws) & (part.weights > 0)
    if not known.any():
        return None
    return float(np.average(there(part.draws[known]), weights=part.weights[known]))


def measure_lines(
    names: CaseNames, query: Ask, answer: Answer, over: Mapping[str, OverFillings] | None = None
) -> list[str]:
    """Return a dilemma's three parts with their units, a line each."""
    parts = answer.parts
    if all(part.mean is None for part in parts.values()):
        return [undefined_in_every_world(answer)]
    drop, margin, clash = (parts.get(sign.part.name) for sign in DILEMMA_SIGNS)
    return list(_measures(drop, margin, clash, stakes_listed(names, query), over or {}))


def _measures(
    drop: Answer | None, margin: Answer | None, clash: Answer | None, stakes: str, over: Mapping[str, OverFillings]
) -> Iterator[str]:
    if heads.DROP.name in over:
        yield f"its best option's value falls: {span_over(over[heads.DROP.name], Unit.POINTS)}"
    elif drop is not None and drop.mean is None:
        yield f"how far its best option falls is undefined{why_undefined(drop)}"
    elif drop is not None:
        word = "falls: by" if (drop.mean or 0) > 0 else "does not fall: its drop is"
        yield f"its best option's value {word} {with_interval(drop, Unit.POINTS)}"
    if heads.MARGIN.name in over:
        yield f"the best option leads the second: {span_over(over[heads.MARGIN.name], Unit.POINTS)}"
    elif margin is not None and margin.mean is None:
        yield f"how far the best option leads the second is {undefined_in_every_world(margin)}"
    elif margin is not None:
        yield f"the best option leads the second by {with_interval(margin, Unit.POINTS)}"
    if heads.CLASH.name in over:
        told = span_over(over[heads.CLASH.name], Unit.WORLDS)
        yield f"no option is near best for {stakes} at once: {told}"
    elif clash is not None:
        yield f"no option is near best for {stakes} at once in {worlds_of(clash)}"
