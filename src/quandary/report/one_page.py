"""What a report's first page says, in every medium: the screen of a run, how sure, why it may be wrong, sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quandary.base.problems import counted
from quandary.case.model import Source
from quandary.quantities.words import telling_table
from quandary.report.analyses.choice import choice_sentence
from quandary.report.analyses.outside import outside_lines
from quandary.report.dossier import Dossier
from quandary.report.words.claim_rows import ClaimRow
from quandary.report.words.headline import interval_titled, unless_clause
from quandary.report.words.questions import aside_of
from quandary.report.words.record import Report
from quandary.report.words.screen import Screen, compared_outside, screen_of
from quandary.report.words.units import is_chance, unit_told
from quandary.report.words.wording import all_carrying, day

MOST_CLAIMS, MOST_SOURCES, MOST_SEEN = 6, 10, 4
"""What stands on the page at most; the rest stands below it."""


@dataclass(frozen=True)
class Summary:
    """The first page. ``interval`` is empty where the answer has none; ``unlesses`` where ``hangs_on`` says it better.

    ``claims`` are the rows shown, ``claims_aside`` names what some of them set aside, ``more_claims`` is how many
    tested claims stand only below.
    """

    screen: Screen
    answer: str
    interval: str
    unlesses: tuple[str, ...]
    claims: tuple[ClaimRow, ...]
    claims_aside: str
    more_claims: int
    how_sure: tuple[str, ...]
    why_wrong: tuple[str, ...]
    sources: str
    method: str


def summary_of(dossier: Dossier) -> Summary:
    """Return what the first page says."""
    report = dossier.report
    screen = screen_of(report)
    run = report.findings.run
    rows = () if screen.claims is None else screen.claims.rows[:MOST_CLAIMS]
    tested = 0 if screen.claims is None else screen.claims.tested + screen.claims.needless
    return Summary(
        screen=screen,
        answer=screen.answer or ("" if screen.question else f"{report.case.title}: the case asks no question."),
        interval=_interval(report),
        unlesses=() if screen.hangs_on or screen.hangs_line else tuple(_unlesses(report)),
        claims=rows,
        claims_aside=_claims_aside(report, screen),
        more_claims=tested - len({row.claim for row in rows}),
        how_sure=tuple(_how_sure(dossier, screen)),
        why_wrong=tuple(_why_wrong(dossier, screen)),
        sources=_source_line(report),
        method=f"{_words_line(report)}{counted(run.done, 'world')}, seed {run.seed}.",
    )


def _claims_aside(report: Report, screen: Screen) -> str:
    if not screen.claims_aside:
        return ""
    return aside_of(report.names, screen.claims_aside, questions="Some of these claims ask")


def _interval(report: Report) -> str:
    headline = report.headline
    if headline is None or headline.answer.mean is None or headline.answer.is_truth or report.over_fillings is not None:
        return ""
    told = interval_titled(headline.answer, headline.query)
    return f"{told[0].upper()}{told[1:]}."


def _unlesses(report: Report) -> Iterator[str]:
    headline = report.headline
    if headline is not None and report.over_fillings is None:
        yield from (unless_clause(one, report.names, unit_told(headline.query)) for one in headline.unlesses)


def _how_sure(dossier: Dossier, screen: Screen) -> Iterator[str]:
    """Yield how near the best courses are to each other, what hangs on how options are listed, and what others say."""
    report = dossier.report
    if dossier.choices and report.over_fillings is None:
        decision = dossier.choices[0].asked.decision
        who = f"{report.names.actor(decision.by)}, {report.names.variable_inside(decision.id)}"
        said = choice_sentence(report.names, dossier.choices[0])
        yield f"{who}: {said[:1].lower()}{said[1:]}"
    if screen.listed:
        yield screen.listed
    own = compared_outside(report)
    for one in report.outside:
        if one is not own:
            yield from outside_lines(report.names, one, report.leading)


def _why_wrong(dossier: Dossier, screen: Screen) -> Iterator[str]:
    """Yield which checks are missed, which numbers rest on nothing, several equilibria, and what was seen."""
    report = dossier.report
    if screen.checks:
        yield screen.checks
    bare = sum(number.unsourced for number in report.numbers.values())
    if bare:
        verb = "carries" if bare == 1 else "carry"
        yield f"{bare:,} of {counted(len(report.numbers), 'uncertain number')} {verb} neither a reason nor a source."
    elif report.numbers:
        put = sum(not number.unknown for number in report.numbers.values())
        if put:
            yield f"{all_carrying(put)}; a reason may be judgement."
    if dossier.equilibria is not None and dossier.equilibria.any_several:
        yield "The game has several equilibria; the answer is that of the one which leads on from even play."
    seen = dossier.evidence
    if seen:
        first = f"{counted(len(seen) - MOST_SEEN, 'earlier piece')} of evidence; " if len(seen) > MOST_SEEN else ""
        yield f"It takes as seen: {first}{report.names.days(seen[-MOST_SEEN:])}."


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
