"""A report as Markdown: the same words and tables as the page, without pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
from quandary.report.media.order import outcomes_ordered
from quandary.report.one_page import summary_of
from quandary.report.sheets import Sheet
from quandary.report.why.critique import GRADES, closing_lines, counts_said, item_words
from quandary.report.why.critique import TITLE as CRITIQUE
from quandary.report.words.claim_rows import ClaimRow
from quandary.report.words.contents import (
    claims_sheet,
    dilemma_sheet,
    headline_lines,
    is_dilemma,
    joint_said,
    numbers_sheet,
    quantities_written,
    questions_sheet,
    recorded_sheet,
    rule_lines,
    rule_sheet,
    sources_sheet,
)
from quandary.report.words.method import method_lines
from quandary.report.words.naming.beliefs import belief_lines
from quandary.report.words.naming.kinds import kinds_lines, kinds_sheet
from quandary.report.words.turning import flips_lines, flips_sheet
from quandary.report.words.units import unit_of
from quandary.version import __version__


def markdown(dossier: Dossier) -> str:
    """Return the report as Markdown text, with the mark of Quandary as its last line."""
    return marked_markdown(visible("\n".join(_lines(dossier))) + "\n")


def _lines(dossier: Dossier) -> Iterator[str]:
    """Yield the parts in the order of the page: the first page, claims, what it hangs on, and what stands behind."""
    report = dossier.report
    case, findings, names = report.case, report.findings, report.names
    yield from _summary(dossier)
    if findings.claims:
        yield "## Claims\n"
    yield from (table(sheet) for sheet in (claims_sheet(report), recorded_sheet(report)) if sheet.rows)
    yield from _ladders(dossier)
    yield from _hangs_on(dossier)
    yield from _outside(dossier)
    yield from _critique(dossier)
    yield "## What happens\n"
    yield table(outcomes_sheet(names, outcomes_ordered(report)))
    yield from (f"{_plain(line)}\n" for line in belief_lines(names))
    if findings.questions:
        yield "## Questions\n"
        yield from (table(sheet) for sheet in (questions_sheet(report),) if sheet.rows)
    yield from (_dilemma(dilemma_sheet(names, result)) for result in findings.questions if is_dilemma(result))
    yield from _choices(dossier)
    yield from _rules(dossier)
    yield from _timeline(dossier)
    yield from _several(dossier)
    if findings.checks:
        yield "## Checks\n"
        yield f"{table(checks_sheet(names, findings.checks))}\n{_plain(joint_said(findings.joint))}\n"
    yield "## Every number and its reason\n"
    yield table(numbers_sheet(names, report.numbers, dossier.flips))
    if case.sources:
        yield "## Sources\n"
        yield table(sources_sheet(case.sources.values()))
    yield "## How it was made\n"
    yield from (f"- {_plain(line)}" for line in method_lines(report))
    yield f"- {_plain(search_line(names, dossier.equilibria, dossier.not_searched))}"
    yield f"- Case file {_plain(report.named)}, SHA-256 `{case.sha256}`. Quandary {__version__}."


def _dilemma(sheet: Sheet) -> str:
    """Return a dilemma's sentence and its table; of one that is undefined the sentence alone."""
    return table(sheet) if sheet.rows else f"{_plain(sheet.caption)}\n"


def _summary(dossier: Dossier) -> Iterator[str]:
    """Yield the first page: the answer, voices, what it hangs on, claims, how sure, why it may be wrong, sources."""
    said = summary_of(dossier)
    screen = said.screen
    asked = [screen.question, screen.aside, said.answer]
    if not screen.aside:
        asked = [f"{screen.question} {said.answer}".strip()]
    if screen.unknowns:
        yield f"{_plain(screen.unknowns)}\n"
    yield from (f"{_plain(line)}\n" if line is screen.aside else f"**{_plain(line)}**\n" for line in asked if line)
    yield from (
        f"{_plain(line)}\n" for line in (said.interval, *screen.contradictions, *screen.beside, *screen.limits) if line
    )
    yield f"# {_plain(screen.title)}, {_plain(screen.as_of)}\n"
    if screen.strip:
        rows = tuple((row.label, row.told, row.note) for row in screen.strip)
        yield table(Sheet("Inside and outside", ("Voice", "Says", "Of it"), rows))
    if screen.strip_line:
        yield f"{_plain(screen.strip_line)}\n"
    if screen.hangs_on:
        hangs = tuple((row.name, row.least, row.most) for row in screen.hangs_on)
        yield table(Sheet("It hangs on", ("Number", "If least", "If most"), hangs))
    if screen.hangs_line:
        yield f"{_plain(screen.hangs_line)}\n"
    if said.unlesses:
        yield "Unless:\n"
        yield from (f"- {_plain(line)}" for line in said.unlesses)
        yield ""
    if said.claims_aside:
        yield f"{_plain(said.claims_aside)}\n"
    if said.claims:
        yield table(claim_rows_sheet(said.claims))
    for head, lines in (("How sure", said.how_sure), ("Why it may be wrong", said.why_wrong)):
        if lines:
            yield f"**{head}.** {_plain(' '.join(lines))}\n"
    if said.sources:
        yield f"**Sources.** {_plain(said.sources)}\n"


def claim_rows_sheet(rows: Sequence[ClaimRow]) -> Sheet:
    """Return the claims of the first page as a table."""
    cells = tuple((_claim_told(row), row.speaker, row.verdict, row.told or "–") for row in rows)
    return Sheet("What was claimed", ("Claim", "Who", "Verdict", "Right in … of 100 worlds"), cells)


def _claim_told(row: ClaimRow) -> str:
    parts = ("the same" if row.same else f"“{row.quote}”", row.reading_said, row.remark)
    return ", ".join(part for part in parts if part)


def _hangs_on(dossier: Dossier) -> Iterator[str]:
    headline, found, names = dossier.report.headline, dossier.flips, dossier.report.names
    if headline is None or (not dossier.swings and found is None):
        return
    yield "## What it hangs on\n"
    if dossier.swings:
        yield table(tornado_sheet(names, dossier.swings, unit_of(headline.query)))
    if found is not None:
        yield from (f"{_plain(line)}\n" for line in flips_lines(names, found, headline.query))
        if found.flips:
            yield table(flips_sheet(names, found, headline.query, as_written=quantities_written(dossier.report.case)))
    yield from (f"{_plain(line)}\n" for line in headline_lines(dossier.report, headline))


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
    """Yield the ladder of each reading that leans or is tossed."""
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


def _several(dossier: Dossier) -> Iterator[str]:
    found, names = dossier.equilibria, dossier.report.names
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
    report = dossier.report
    clones = ""
    if report.headline is not None and report.clones is not None:
        clones = clones_said(report.names, report.clones, report.headline)
    if report.outside or clones:
        yield "## Inside and outside\n"
    for one in report.outside:
        yield from (f"{_plain(line)}\n" for line in outside_lines(report.names, one, report.leading))
        yield table(outside_sheet(report.names, one))
    if clones:
        yield f"{_plain(clones)}\n"


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
        yield from (f"{_plain(line)}\n" for line in rule_lines(dossier.report.names, rule))


def table(sheet: Sheet) -> str:
    """Return a sheet as a Markdown table under its caption."""
    head, line = _row(sheet.columns), _row(("---",) * len(sheet.columns))
    return "\n".join([f"{_plain(sheet.caption)}\n", head, line, *map(_row, sheet.rows)]) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|").replace("\n", " ")


def _plain(text: str) -> str:
    """Return text in which no sign counts as Markdown or HTML."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", " ".join(text.split("\n")))
