"""The first line of every output: a sentence with word, percent, range, and the "unless" that changes the word."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.ask.answer import Answer
from quandary.ask.claims.headline import LeadingQuestion
from quandary.ask.turning.headline import Headline, Unless
from quandary.case.logic.conditions import find_variable, states_of
from quandary.case.model import DecisionEvent
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.language.syntax import And, Ask, Expression, Is, Name, Not, Or
from quandary.quantities.words import telling_table
from quandary.report.words.method import anchored_lines, arising_said, counting_sentence
from quandary.report.words.naming.letters import sentence as capitalised
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import number_name
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import aside_of
from quandary.report.words.record import Report
from quandary.report.words.units import (
    between_said,
    has_sign,
    interval_said,
    is_chance,
    is_size,
    likely,
    said,
    said_interval,
    undefined_in_every_world,
    unit_of,
    unit_told,
)
from quandary.report.words.unknowns import question_over_said
from quandary.report.words.wording import listing, percent


def leading_title(names: CaseNames, leading: LeadingQuestion) -> str:
    """Return the leading question as it is asked, or its query in words where it has none."""
    if leading.named:
        return query_title(names, leading.query)
    return f"{leading.asks} [{written(leading.query)}]" if names.code else leading.asks


def question_asked(names: CaseNames, leading: LeadingQuestion) -> str:
    """Return the leading question as a first screen asks it: with the states that it counts, where these are several.

    ``Will Russia invade? (counted: a limited operation or a full invasion)``; not where its title names them itself.
    """
    title = capitalised(leading_title(names, leading))
    counted = counted_states(names, leading.query)
    if not counted or all(one.casefold() in title.casefold() for one in counted):
        return title
    return f"{title} (counted: {listing(counted, 'or')})"


def counted_states(names: CaseNames, query: Expression) -> list[str]:
    """Return the states of which a query asks for any, in words, events expanded; of a condition on several, a clause.

    Empty where it asks about one state, or for no probability.
    """
    if not isinstance(query, Ask) or not heads.P.asks(query):
        return []
    target = query.target
    while isinstance(target, Name) and target.text in names.case.events:
        target = names.case.events[target.text].condition
    match target:
        case Is(variable, states, negated):
            item = find_variable(names.case, variable)
            any_of = [] if item is None else [one for one in states_of(item) if (one in states) != negated]
            return [] if item is None or len(any_of) < 2 else [names.state(item.id, one) for one in any_of]
        case Or() | And() | Not():
            return [names.clause(target)]
        case _:
            return []


def headline_sentence(report: Report) -> str:
    """Return the question and its answer as one paragraph; without a leading question it says what was run."""
    headline = report.headline
    if headline is None:
        return f"{report.case.title}: the case asks no question."
    asks = leading_title(report.names, headline.leading) + (":" if headline.leading.named else "")
    told = (headline_aside(report), asks, answer_sentence(report, headline, ranged=True))
    return " ".join(filter(None, told))


def answer_sentence(report: Report, headline: Headline, *, ranged: bool) -> str:
    """Return the headline's answer as one sentence: ``Likely, 59 %, unless ... (46 %).``

    It is ``ranged`` where it says between what nine worlds in ten lie. Of a choice that does not always arise it says
    how often it does, and how often it is then made. *Unless* stands where the word of likelihood (of a number that is
    no chance, its sign) is then another.
    """
    answer, unit = headline.answer, unit_told(headline.query)
    if report.over_fillings is not None:
        told = question_over_said(report.names, headline.query, report.over_fillings)
        return f"{told}."
    if answer.mean is None:
        return f"{capitalised(undefined_in_every_world(answer))}."
    sentence = capitalised(likely(answer, headline.query, report.case.words))
    unless = word_changing(headline, report.case.words)
    if told := arising_said(answer):
        sentence += f": {told}" if unless is None else f" ({told})"
    if unless is not None:
        sentence += f", unless {unless_clause(unless, report.names, unit)}"
    if ranged and not answer.is_truth:
        sentence += f"; {interval_titled(answer, headline.query)}"
    return f"{sentence}."


def headline_aside(report: Report) -> str:
    """Return what the leading question's interventions set aside, as it is said before the answer; empty for none."""
    if report.headline is None or not report.headline.answer.aside:
        return ""
    return aside_of(report.names, report.headline.answer.aside)


def word_changing(headline: Headline, words: str | None) -> Unless | None:
    """Return the nearest unless after which the answer surely has another word by the case's table, ``words``.

    Where other worlds may give either another word, the two must have none in common. A number without words changes
    its sign. Where it is open on which side of its level the answer lies, nothing is said to put it on the other.
    """
    answer = headline.answer
    if answer.mean is None:
        return None
    if not is_chance(headline.query):
        return next((one for one in headline.unlesses if one.mean * answer.mean < 0), None)
    own, table = telling_words(headline, words), telling_table(words)
    return next((one for one in headline.unlesses if not own & table.words_of(*_ends(one.mean, one.reach))), None)


def telling_words(headline: Headline, words: str | None) -> frozenset[str]:
    """Return the words of likelihood that the answer is told by: two where it is open which; none for no chance."""
    answer = headline.answer
    if answer.mean is None or not is_chance(headline.query):
        return frozenset()
    return telling_table(words).words_of(*_ends(answer.mean, answer.reach))


def _ends(chance: float, reach: float | None) -> tuple[float, float]:
    """Return between what a chance may lie that other worlds may move so far."""
    return max(chance - (reach or 0.0), 0.0), min(chance + (reach or 0.0), 1.0)


def beside_headline(report: Report) -> Iterator[str]:
    """Yield what stands beside the headline: that worlds are weighted by checks, that a choice is near a coin flip."""
    yield from anchored_lines(report.findings.run)
    if (
        report.headline is not None
        and report.over_fillings is None
        and (told := counting_sentence(report.headline.answer))
    ):
        yield told


def listed_sentence(report: Report) -> str:
    """Return between what the headline would lie with any one option listed twice, and what counting options gives.

    Empty where no choice moves it, where it is no chance, and where that was not looked into to the end.
    """
    found, headline = report.clones, report.headline
    if found is None or headline is None or not found.complete or not found.moves_it:
        return ""
    unit = unit_told(headline.query)
    means = [move.mean for move in found.moves]
    told = f"If any one option were listed twice: {_range_told(min(means), max(means), unit)}"
    if found.counted is not None:
        told += f"; if {_counting_only(report)}: {_range_told(found.counted, found.counted, unit)}"
    return f"{told}."


def _counting_only(report: Report) -> str:
    decisions = (item for item in report.case.story if isinstance(item, DecisionEvent))
    usual = any(item.usual or item.kinds for item in decisions)
    return "everybody did what is usual" if usual else "every option counted the same"


def _range_told(low: float, high: float, unit: Unit) -> str:
    """Return between what a number of hundredths lies, with its unit; ends that read alike once."""
    first, second = (brief_said(end, unit) for end in (low, high))
    if first == second:
        return first
    return between_said(low, high, unit) if unit is Unit.DIFFERENCE else said_interval(low, high, unit)


def interval_titled(answer: Answer, query: Expression) -> str:
    """Return ``nine worlds in ten lie between 34 and 82 %``; what is no such interval speaks for itself."""
    unit, sign, size = unit_of(query), has_sign(query), is_size(query)
    told = interval_said(answer, unit, sign=sign, size=size)
    if told != said_interval(answer.low, answer.high, unit, sign=sign, size=size):
        return told
    return f"nine worlds in ten lie {between_said(answer.low, answer.high, unit, sign=sign, size=size)}"


def unless_clause(unless: Unless, names: CaseNames, unit: Unit) -> str:
    """Return ``how far success emboldens Moscow lies in the lowest 18 % of its range (46 %)``."""
    where = f"lies in the {'highest' if unless.above else 'lowest'} {percent(unless.beyond)} of its range"
    then = f"{'in ' if unit is Unit.WORLDS else ''}{brief_said(unless.mean, unit)}"
    return f"{number_name(names, unless.number)} {where} ({then})"


def brief_said(value: float | None, unit: Unit) -> str:
    """Return a value with its unit in few words: a share as a percent alone."""
    return percent(value) if unit is Unit.SHARE else said(value, unit)
