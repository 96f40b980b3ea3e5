"""What the first page of a report says, in every medium: answer, voices, unlesses, claims, how sure, sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from quandary.ask.outside import OutsideComparison, OutsideFigure
from quandary.ask.results import ClaimResult
from quandary.base.problems import counted
from quandary.case.model import Source
from quandary.language import heads
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.quantities.words import telling_table
from quandary.report.analyses.choice import choice_sentence
from quandary.report.analyses.ladder import clones_said
from quandary.report.analyses.outside import outside_lines, pool_sentence
from quandary.report.dossier import Dossier
from quandary.report.record import Report
from quandary.report.words.conditions import condition_words
from quandary.report.words.contents import missed_said
from quandary.report.words.headline import interval_titled, unless_clause
from quandary.report.words.names import spaced
from quandary.report.words.questions import brief_answer
from quandary.report.words.units import is_chance, unit_told
from quandary.report.words.verdict_marks import VerdictMark, verdict_mark
from quandary.report.words.wording import day, percent, percent_interval

PERCENT = (Unit.SHARE, Unit.PART)
MOST_CLAIMS, MOST_SOURCES, MOST_MISSED = 6, 12, 2
"""What stands on the page at most; the rest stands below it."""

LONGEST_QUOTE = 150
"""Letters of a quote on the page."""

Voice = Literal["inside", "class", "crowd", "pool"]


@dataclass(frozen=True)
class VoiceRow:
    """One voice on how likely the headline's event is: who, more of it, and its probability with its range."""

    voice: Voice
    who: str
    more: str
    probability: float
    low: float | None
    high: float | None

    @property
    def value(self) -> str:
        """Return the probability as people read it."""
        return percent(self.probability)

    @property
    def interval(self) -> str:
        """Return the range as people read it; empty without one."""
        return "" if self.low is None else percent_interval(self.low, self.high)


@dataclass(frozen=True)
class ClaimRow:
    """One reading on the page: what was said, by whom, its mark, and in how many of 100 worlds it is right."""

    claim: str
    quote: str
    reading: str
    speaker: str
    mark: VerdictMark
    right_in: str


@dataclass(frozen=True)
class Summary:
    """The first page. ``voices`` are empty where the headline is no probability; ``interval`` where it has none."""

    title: str
    known_on: str
    answer: str
    interval: str
    limits: tuple[str, ...]
    voices: tuple[VoiceRow, ...]
    unlesses: tuple[str, ...]
    claims: tuple[ClaimRow, ...]
    more_claims: int
    how_sure: tuple[str, ...]
    why_wrong: tuple[str, ...]
    sources: str
    method: str


def summary_of(dossier: Dossier) -> Summary:
    """Return what the first page says."""
    report = dossier.report
    run = report.findings.run
    rows = claim_rows(report.findings.claims)
    return Summary(
        title=report.case.title,
        known_on=day(report.as_of),
        answer=_answer(report),
        interval=_interval(report),
        limits=tuple(_limits(report)),
        voices=tuple(_voices(report)),
        unlesses=tuple(_unlesses(report)),
        claims=tuple(rows[:MOST_CLAIMS]),
        more_claims=max(len(rows) - MOST_CLAIMS, 0),
        how_sure=tuple(_how_sure(dossier)),
        why_wrong=tuple(_why_wrong(dossier)),
        sources=_source_line(report),
        method=f"{_words_line(report)}{counted(run.done, 'world')}, seed {run.seed}.",
    )


def _answer(report: Report) -> str:
    headline = report.headline
    if headline is None:
        return report.case.title
    return f"{headline.asks} {brief_answer(headline.query, headline.answer, report.case.words)}"


def _interval(report: Report) -> str:
    headline = report.headline
    if headline is None or headline.answer.mean is None or headline.answer.is_truth:
        return ""
    told = interval_titled(headline.answer, unit_told(headline.query))
    return f"{told[0].upper()}{told[1:]}: what the ranges given leave open."


def _limits(report: Report) -> Iterator[str]:
    run = report.findings.run
    if not run.complete:
        yield f"INTERRUPTED: {run.done:,} of {run.worlds:,} worlds were finished."
    yield from (problem.message for problem in run.warnings)


def _voices(report: Report) -> Iterator[VoiceRow]:
    """Yield the case's own answer, what others say of the event that its headline asks about, and the pool."""
    headline = report.headline
    if headline is None or headline.answer.mean is None or unit_told(headline.query) not in PERCENT:
        return
    answer = headline.answer
    yield VoiceRow("inside", "Inside", "this analysis", answer.mean, answer.low, answer.high)
    found = leading_outside(report)
    if found is None:
        return
    for figure in found.figures:
        yield _voice(figure)
    if found.pool is not None:
        yield VoiceRow("pool", "Pooled", "inside and outside", found.pool.probability, None, None)


def leading_outside(report: Report) -> OutsideComparison | None:
    """Return what others say of the event that the headline asks about."""
    leading = report.leading
    if leading is None:
        return None
    return next((one for one in report.outside if written(leading) == written(heads.P.of(one.event))), None)


def _voice(figure: OutsideFigure) -> VoiceRow:
    view = figure.view
    numbers = (figure.probability, figure.low, figure.high)
    if view.kind == "crowd":
        return VoiceRow("crowd", "Crowd", view.name if view.on is None else f"{view.name}, {day(view.on)}", *numbers)
    return VoiceRow("class", "Outside", view.name if view.n is None else f"{view.n:,} {view.name}", *numbers)


def _unlesses(report: Report) -> list[str]:
    headline = report.headline
    if headline is None:
        return []
    return [unless_clause(unless, report.case, unit_told(headline.query)) for unless in headline.unlesses]


def claim_rows(results: Sequence[ClaimResult]) -> list[ClaimRow]:
    """Return a row for each tested reading, those that could have come out otherwise first, in the case's order."""
    rows = [
        ClaimRow(
            claim=result.claim.id,
            quote=shortened(result.claim.quote),
            reading=spaced(test.name) if len(result.tests) > 1 else "",
            speaker=result.claim.speaker,
            mark=verdict_mark(test),
            right_in=right_in(None if test.share is None else test.share.share),
        )
        for result in results
        for test in result.tests
    ]
    return sorted(rows, key=lambda row: row.mark.style in ("given", "recorded"))


def right_in(share: float | None) -> str:
    """Return a share of worlds as a number of 100; what rounds to none or all and is neither, as less or more."""
    if share is None:
        return "–"
    hundred = round(100 * share)
    if hundred == 0 and share > 0:
        return "< 1"
    return "> 99" if hundred == 100 and share < 1 else str(hundred)


def shortened(quote: str) -> str:
    """Return a quote as long as a line or two can hold, whole words only."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    return f"{quote[: quote.rfind(' ', 0, LONGEST_QUOTE) or LONGEST_QUOTE]} …"


def _how_sure(dossier: Dossier) -> Iterator[str]:
    """Yield what the doubt leaves open, how near the best courses are to each other, and what others say."""
    report = dossier.report
    if dossier.choices:
        yield choice_sentence(report.case, dossier.choices[0])
    if report.headline is not None and dossier.clones is not None:
        yield clones_said(report.case, dossier.clones, report.headline)
    found = leading_outside(report)
    if found is not None and found.pool is not None:
        yield pool_sentence(found.pool)
    for one in report.outside:
        if one is not found:
            yield from outside_lines(report.case, one, report.leading)


def _why_wrong(dossier: Dossier) -> Iterator[str]:
    """Yield which checks are missed, which numbers rest on nothing, and whether several equilibria were found."""
    report = dossier.report
    yield from missed_said(report.findings.checks, MOST_MISSED)
    bare = sum(number.unsourced for number in report.numbers.values())
    if bare:
        yield f"{bare} of {len(report.numbers)} uncertain numbers carry neither a reason nor a source."
    elif report.numbers:
        yield f"All {len(report.numbers)} uncertain numbers carry a reason or a source; a reason may be judgement."
    if dossier.equilibria is not None and dossier.equilibria.any_several:
        yield "The game has several equilibria; the answer is that of the one which leads on from even play."
    if dossier.evidence:
        told = "; ".join(condition_words(report.case, item.saw) for item in dossier.evidence[-4:])
        yield f"It rests on what was seen by then: {told}."


def sources_named(report: Report) -> list[str]:
    """Return the texts that claims, evidence, outside views and numbers name, in this order, each once with its day."""
    case = report.case
    named = [
        *(claim.source for claim in case.claims),
        *(item.source for item in case.evidence if item.on <= report.as_of),
        *(view.value.source for view in case.outside),
        *(number.source for number in report.numbers.values()),
    ]
    cited = [case.sources[name] for name in dict.fromkeys(named) if name is not None and name in case.sources]
    known = (source for source in cited if source.published is None or source.published <= report.as_of)
    return list(dict.fromkeys(_cited(source) for source in known))


def _cited(source: Source) -> str:
    name = source.publisher or source.author or source.title or source.id
    return name if source.published is None else f"{name}, {day(source.published)}"


def _source_line(report: Report) -> str:
    named = sources_named(report)
    more = f" And {len(named) - MOST_SOURCES} more." if len(named) > MOST_SOURCES else ""
    return "".join(f"{name}. " for name in named[:MOST_SOURCES]).strip() + more


def _words_line(report: Report) -> str:
    """Return which table the word of likelihood follows, where the answer has one."""
    headline = report.headline
    if headline is None or not is_chance(headline.query):
        return ""
    return f"Words of likelihood follow {telling_table(report.case.words).title}. "
