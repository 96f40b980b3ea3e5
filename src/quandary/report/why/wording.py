"""An explanation in words, for the terminal and for notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from quandary.ask.query.combining import comparison_of, is_truth
from quandary.base.places import Place
from quandary.base.problems import counted
from quandary.case.model import Source
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.report.why.why import AnswerExplanation, Behind, NumberExplanation
from quandary.report.words.claims import day_said, forced_and_other, without_size
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name, value_said
from quandary.report.words.naming.queries import query_title, query_words
from quandary.report.words.questions import answer_phrase, dilemma_lines, dropped_sentence, notes
from quandary.report.words.rests import bounds_said
from quandary.report.words.units import (
    ends_said,
    error_said,
    interval_said,
    moved_said,
    said,
    said_interval,
    unit_of,
    unit_words,
)
from quandary.report.words.wording import day, number, signed

HALF = 0.5
"""What is 1 or 0 in a world is true above this."""


Explanation = AnswerExplanation | NumberExplanation


def explanations_lines(names: CaseNames, found: Sequence[Explanation]) -> Iterator[str]:
    """Yield explanations as lines of text; what asks the same has its headings one below the other and one answer.

    A question, a forecast and an event may share a name, and be one query.
    """
    alike: dict[object, list[AnswerExplanation]] = {}
    for one in found:
        if isinstance(one, AnswerExplanation):
            alike.setdefault(_asked(one), []).append(one)
    for one in found:
        if isinstance(one, NumberExplanation):
            yield from explanation_lines(names, one)
        elif (same := alike[_asked(one)])[0] is one:
            yield from explanation_lines(names, one, same[1:])


def _asked(found: AnswerExplanation) -> object:
    """Return what the answer of an explanation is the answer to: the query, what was seen, the day; and its verdict."""
    return found.query, found.evidence, found.on, found.verdict


def explanation_lines(names: CaseNames, found: Explanation, same: Sequence[AnswerExplanation] = ()) -> Iterator[str]:
    """Yield an explanation as lines of text; with code also where each number stands in the case.

    ``same`` are others with the very same answer: they add their headings, their places and their reasons.
    """
    if isinstance(found, NumberExplanation):
        yield from _number_lines(names, found)
        return
    whole = (found, *same)
    yield from (_titled(names, one) for one in whole)
    if when := day_said(found.on, found.days_late):
        yield f"  {when[0].upper()}{when[1:]}."
    yield from (f"  {line}" for line in _answer_lines(names, found))
    asked = query_words(names, found.query)
    if not any(one.kind == "query" or asked.casefold() in one.what.casefold() for one in whole):
        yield f"  Asked: {asked}"
    if names.code:
        yield f"  Query: {written(found.query)}"
    if names.code:
        yield from (f"  In the case: {where(one.place)}: {one.line}" for one in whole if one.line)
    reasons = dict.fromkeys(line for one in whole for line in _reason_lines(one.because, one.source, None))
    yield from (f"  {line}" for line in reasons)
    if found.seen:
        yield f"  Given what was seen: {names.days(found.seen)}"
    yield from _behind_lines(names, found)
    yield from _world_lines(found)


def _titled(names: CaseNames, found: AnswerExplanation) -> str:
    what = query_title(names.plain, found.query) if found.kind == "query" else found.what
    told = what if found.kind in ("query", "headline") else f"{sentence(found.kind)}: {what}"
    return f"{told} [{found.id}]" if names.code and found.kind != "headline" else told


def _answer_lines(names: CaseNames, found: AnswerExplanation) -> Iterator[str]:
    answer = found.answer
    if answer.dropped:
        yield dropped_sentence(names, answer.dropped)
    if heads.DILEMMA.asks(found.query):
        yield from (line[0].upper() + line[1:] for line in dilemma_lines(names, found.query, answer))
    else:
        phrase = answer_phrase(found.query, answer, found.case.words)
        phrase = phrase[0].upper() + phrase[1:]
        yield f"{found.verdict}: {phrase[0].lower()}{phrase[1:]}" if found.verdict else phrase
        comparison, effect = comparison_of(found.query), None if found.judged is None else found.judged.effect
        if comparison is not None and effect is not None and effect.mean is not None:
            unit = unit_of(comparison)
            yield f"Left side against right: {moved_said(effect.mean, unit)} ({interval_said(effect, unit, sign=True)})"
        if found.judged is not None:
            told = (*without_size(found.query), *forced_and_other(found.judged, found.query))
            yield from (f"{line[0].upper()}{line[1:]}." for line in told)
    if found.bounds is not None:
        yield bounds_said(found.bounds, found.query)
    yield from _rests_lines(names, found)
    yield from notes(names, answer)
    error = ""
    if answer.mc_error is not None:
        error = f", Monte Carlo error {error_said(answer.mc_error, unit_of(found.query))}"
    yield (
        f"From {counted(answer.worlds, 'world')} ({answer.effective_worlds:,.0f} effective), seed {found.seed}{error}."
    )


def _rests_lines(names: CaseNames, found: AnswerExplanation) -> Iterator[str]:
    """Yield what a verdict rests on, and where the lines that decide it stand."""
    if found.rests is None:
        return
    for told in replace(found.rests, names=names).said(whole=True):
        yield f"It {told}."
    if not names.code:
        return
    rests = found.rests.found
    groups = (rests.restates, rests.edge, *rests.lines, *rests.perhaps)
    lines = dict.fromkeys(line for group in groups for line in group)
    for line in lines:
        yield f"  {where(line.place)}: {line.place.written}"


def _behind_lines(names: CaseNames, found: AnswerExplanation) -> Iterator[str]:
    if not found.behind:
        yield "  No uncertain number goes with it more than chance explains."
        return
    yield "  Goes most with (rank correlation; mean answer in the lowest and the highest fifth of worlds):"
    for behind in found.behind:
        yield f"    {behind.swing.correlation:+.2f}  {number_name(names, behind.swing.number)}"
        yield from (f"           {line}" for line in _one_behind(names, found, behind))
    if found.others:
        others = counted(found.others, "other uncertain number")
        yield f"    {others}: at most {found.noise:.2f}, which chance explains"


def _one_behind(names: CaseNames, found: AnswerExplanation, behind: Behind) -> Iterator[str]:
    unit = unit_of(found.query)
    swing = behind.swing
    if swing.low is not None and swing.high is not None:
        yield f"{_ends(swing.low, swing.high, unit)}; read as {swing.number.description}"
    if names.code:
        yield f"{where(swing.number.place)}: {behind.line}"
    yield from _reason_lines(swing.number.because, behind.source, swing.number.quote)


def _ends(low: float, high: float, unit: Unit) -> str:
    """Return a mean answer in the lowest fifth and in the highest, the unit of moves said once."""
    if unit in (Unit.DIFFERENCE, Unit.POINTS):
        told = signed if unit is Unit.DIFFERENCE else number
        return f"{told(low)} to {told(high)}{unit_words(unit)}"
    first, second = ends_said(low, high, unit)
    return f"{first} to {second}" if first != second or unit is not Unit.SHARE else said_interval(low, high, unit)


def _reason_lines(because: str | None, source: Source | None, quote: str | None) -> Iterator[str]:
    if because:
        yield f"because: {because}"
    if quote:
        yield f"quote: “{quote}”"
    if source is not None:
        yield f"source: {source_words(source)}"


def _world_lines(found: AnswerExplanation) -> Iterator[str]:
    if not found.worlds:
        return
    yield "  Drawn worlds, low, middle and high (values of the numbers above, in their order):"
    unit = unit_of(found.query)
    for world in found.worlds:
        values = ", ".join(
            value_said(behind.swing.number, value) for behind, value in zip(found.behind, world.values, strict=True)
        )
        answer = said(world.answer, unit)
        if is_truth(found.query) and comparison_of(found.query) != found.query:
            answer = "true" if world.answer > HALF else "false"
        yield f"    world {world.world:,}: {answer}" + (f"; with {values}" if values else "")


def _number_lines(names: CaseNames, found: NumberExplanation) -> Iterator[str]:
    own = found.number
    yield sentence(number_name(names, own))
    low, median, high = (value_said(own, value) for value in (found.low, found.median, found.high))
    yield f"  Read as {own.description}: 5 % below {low}, half below {median}, 95 % below {high}"
    if names.code:
        yield f"  In the case: {where(own.place)}: {found.line}"
    yield from (f"  {line}" for line in _reason_lines(own.because, found.source, own.quote))
    if own.unsourced:
        yield "  NO SOURCE: it carries neither a reason nor a source"
    if found.moves:
        yield "  Goes with (rank correlation):"
        for name, correlation in found.moves:
            yield f"    {correlation:+.2f}  {names.marked(found.titles[name], name)}"
    else:
        yield "  Goes with no question or claim more than chance explains"
    draws = f"; name of its draws: {own.name}" if names.code else ""
    yield f"  From {counted(found.worlds, 'world')}, seed {found.seed}{draws}"


def where(place: Place) -> str:
    """Return a place in a few letters: ``case.yaml:340``."""
    return f"{place.file.replace(chr(92), '/').rsplit('/', 1)[-1]}:{place.line}"


def source_words(source: Source) -> str:
    """Return a source in words, with its day and address."""
    parts = [source.author, source.title, source.publisher, day(source.published) if source.published else None]
    told = ", ".join(dict.fromkeys(part for part in parts if part)) or source.id
    return f"{told} <{source.url}>" if source.url else told
