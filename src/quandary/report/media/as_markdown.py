"""A report as Markdown: the same words and tables as the page, without pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quandary.base.characters import visible
from quandary.report.analyses.choice import brief_choice
from quandary.report.analyses.equilibria_found import found_sentences, range_sentence, ranges_asides, search_line
from quandary.report.analyses.ladder import LADDERS, clones_said, ladder_parts, title
from quandary.report.analyses.outside import outside_lines, outside_sheet
from quandary.report.charts.days import timeline_aside, timeline_sheet
from quandary.report.charts.outcomes import outcomes_sheet
from quandary.report.charts.tornado import tornado_sheet
from quandary.report.charts.verdicts import checks_sheet
from quandary.report.dossier import Dossier
from quandary.report.mark import marked_markdown
from quandary.report.sheets import Sheet
from quandary.report.why.critique import GRADES, closing_lines, counts_said, item_words
from quandary.report.why.critique import TITLE as CRITIQUE
from quandary.report.words.contents import (
    claims_sheet,
    dilemma_sheet,
    is_dilemma,
    joint_said,
    numbers_sheet,
    questions_sheet,
    recorded_sheet,
    rule_lines,
    rule_sheet,
    sources_sheet,
)
from quandary.report.words.headline import beside_headline, headline_sentence, unless_clause
from quandary.report.words.method import method_lines
from quandary.report.words.naming.kinds import kinds_lines, kinds_sheet
from quandary.report.words.turning import flips_lines, flips_sheet
from quandary.report.words.units import unit_of, unit_told
from quandary.report.words.wording import day
from quandary.version import __version__


def markdown(dossier: Dossier) -> str:
    """Return the report as Markdown text, with the mark of Quandary as its last line."""
    return marked_markdown(visible("\n".join(_lines(dossier))) + "\n")


def _lines(dossier: Dossier) -> Iterator[str]:
    report = dossier.report
    case, findings, names = report.case, report.findings, report.names
    yield f"**{_plain(headline_sentence(report))}**\n"
    told = [line for compared in report.outside for line in outside_lines(names, compared, report.leading)]
    yield from (f"{_plain(line)}\n" for line in (*beside_headline(report), *told))
    yield f"# {_plain(case.title)}, as of {day(report.as_of)}\n"
    if report.headline is not None and report.headline.unlesses:
        unit = unit_told(report.headline.query)
        yield "Unless:\n"
        yield from (f"- {_plain(unless_clause(u, names, unit))}" for u in report.headline.unlesses)
        yield ""
    if findings.run.evidence:
        yield f"Seen by then: {_plain(names.days(dossier.evidence))}.\n"
    yield from _outside(dossier)
    if report.headline is not None and dossier.swings:
        yield "## What moves the answer\n"
        yield table(tornado_sheet(names, dossier.swings, unit_of(report.headline.query)))
    if report.headline is not None and dossier.flips is not None:
        yield from (f"{_plain(line)}\n" for line in flips_lines(names, dossier.flips, report.headline.query))
        if dossier.flips.flips:
            yield table(flips_sheet(names, dossier.flips, report.headline.query))
    yield from _several(dossier)
    yield from _timeline(dossier)
    if findings.claims:
        yield "## Claims\n"
    yield from (table(sheet) for sheet in (claims_sheet(report), recorded_sheet(report)) if sheet.rows)
    yield from _ladders(dossier)
    yield "## What happens\n"
    yield table(outcomes_sheet(names, findings.outcomes))
    if findings.questions:
        yield "## Questions\n"
        yield from (table(sheet) for sheet in (questions_sheet(report),) if sheet.rows)
    yield from (table(dilemma_sheet(names, result)) for result in findings.questions if is_dilemma(result))
    yield from _choices(dossier)
    yield from _rules(dossier)
    if findings.checks:
        yield "## Checks\n"
        yield f"{table(checks_sheet(names, findings.checks))}\n{_plain(joint_said(findings.joint))}\n"
    yield "## Every number and its reason\n"
    yield table(numbers_sheet(names, report.numbers, case.sources))
    if case.sources:
        yield "## Sources\n"
        yield table(sources_sheet(case.sources.values()))
    yield "## How it was made\n"
    yield from (f"- {_plain(line)}" for line in method_lines(report))
    yield f"- {_plain(search_line(names, dossier.equilibria, dossier.not_searched))}"
    yield f"- Case file {_plain(report.named)}, SHA-256 `{case.sha256}`. Quandary {__version__}."


def _timeline(dossier: Dossier) -> Iterator[str]:
    if dossier.timeline is None:
        return
    yield "## How the answer moved with what was seen\n"
    if aside := timeline_aside(dossier.report.names, dossier.timeline):
        yield f"{_plain(aside)}\n"
    yield table(timeline_sheet(dossier.report.names, dossier.timeline))


def _critique(dossier: Dossier) -> Iterator[str]:
    if dossier.critique is not None:
        yield f"## {CRITIQUE}\n"
        yield f"{counts_said(dossier.critique)}\n"
        for item in dossier.critique.items:
            words = item_words(dossier.report.names, dossier.critique, item)
            yield f"- **{GRADES[item.grade]}**: {_plain(words.said)} Do: {_plain(words.do)}"
        yield from (f"\n{_plain(line)}\n" for line in closing_lines(dossier.critique))


def _ladders(dossier: Dossier) -> Iterator[str]:
    """Yield the ladder of each reading that leans or is tossed, and what a critic would say."""
    names = dossier.report.names
    if dossier.ladders:
        yield f"## {LADDERS}\n"
    for ladder in dossier.ladders:
        yield f"### {_plain(title(names, ladder))}\n"
        for part in ladder_parts(names, ladder, titled=False):
            if isinstance(part, Sheet):
                yield table(part)
            elif part.text:
                yield f"{_plain(part.text)}\n"
    yield from _critique(dossier)


def _several(dossier: Dossier) -> Iterator[str]:
    headline, found, names = dossier.report.headline, dossier.equilibria, dossier.report.names
    if headline is not None and dossier.clones is not None:
        yield f"{_plain(clones_said(names, dossier.clones, headline))}\n"
    if found is None or not found.any_several:
        return
    yield "## Which equilibrium is played\n"
    yield from (f"{_plain(line)}\n" for line in ranges_asides(names, found))
    yield from (f"{_plain(line)}\n" for line in found_sentences(names, found))
    yield from (f"{_plain(range_sentence(found, one))}\n" for one in found.ranges)
    for game in found.games:
        if game.kinds:
            yield table(kinds_sheet(names, game))
            yield from (f"{_plain(line)}\n" for line in kinds_lines(game))


def _outside(dossier: Dossier) -> Iterator[str]:
    if dossier.report.outside:
        yield "## Inside and outside\n"
        yield from (table(outside_sheet(dossier.report.names, one)) for one in dossier.report.outside)


def _choices(dossier: Dossier) -> Iterator[str]:
    names = dossier.report.names
    if dossier.choices:
        yield "## Why it is chosen\n"
    for found in dossier.choices:
        decision = found.asked.decision
        yield f"### {_plain(names.actor(decision.by))}: {_plain(names.variable(decision.id))}\n"
        for part in brief_choice(names, found):
            yield table(part) if isinstance(part, Sheet) else f"{_plain(part.text)}\n"


def _rules(dossier: Dossier) -> Iterator[str]:
    actor = None
    for rule in dossier.rules:
        if not rule.rows:
            continue
        if actor is None:
            yield "## What each actor does\n"
        if rule.actor != actor:
            actor = rule.actor
            yield f"### {_plain(dossier.report.names.actor(actor))}\n"
        yield table(rule_sheet(dossier.report.names, rule))
        yield from (f"{_plain(line)}\n" for line in rule_lines(rule))


def table(sheet: Sheet) -> str:
    """Return a sheet as a Markdown table under its caption."""
    lines = [f"{_plain(sheet.caption)}\n", _row(sheet.columns), _row(("---",) * len(sheet.columns))]
    return "\n".join([*lines, *(_row(tuple(_cell(cell) for cell in row)) for row in sheet.rows)]) + "\n"


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|").replace("\n", " ")


def _plain(text: str) -> str:
    """Return text in which no sign counts as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split("\n")))
