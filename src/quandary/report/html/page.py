"""The report as one HTML file: no script, nothing fetched, charts drawn beforehand."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from quandary.ask.changes.ladder import Ladder
from quandary.ask.results import ClaimResult, TestResult, Verdict
from quandary.base.characters import visible
from quandary.base.problems import counted
from quandary.case.model import DecisionEvent
from quandary.report.analyses.equilibria_found import search_line
from quandary.report.analyses.ladder import LADDERS, asides, clones_said, ladder_parts
from quandary.report.analyses.ladder import sentence as ladder_sentence
from quandary.report.analyses.ladder import title as ladder_title
from quandary.report.analyses.outside import outside_lines, outside_sheet
from quandary.report.charts.chart import Chart
from quandary.report.charts.collection import charts_of
from quandary.report.charts.days import timeline_aside
from quandary.report.charts.outcomes import is_certain, outcomes_sheet
from quandary.report.charts.rendering import inlined, svg_of
from quandary.report.charts.verdicts import checks_sheet
from quandary.report.dossier import Dossier
from quandary.report.html.analysis import QuoteMark, analysis_html, quote_span
from quandary.report.html.choices import choices
from quandary.report.html.diagram import diagram_sheet, diagram_svg
from quandary.report.html.equilibria import several_equilibria
from quandary.report.html.sliders import sliders_body
from quandary.report.palette import style_variables, with_variables
from quandary.report.sheets import Paragraph, Sheet
from quandary.report.why.critique import GRADES, closing_lines, counts_said, item_words
from quandary.report.why.critique import TITLE as CRITIQUE
from quandary.report.words.claims import (
    VERDICTS,
    aside_said,
    history,
    reading_history,
    said_on,
    test_query,
    untested,
    verdict_said,
    why_said,
)
from quandary.report.words.contents import (
    dilemma_sheet,
    is_dilemma,
    joint_said,
    numbers_sheet,
    questions_sheet,
    rule_lines,
    rule_sheet,
    short_source,
    sources_sheet,
)
from quandary.report.words.headline import (
    beside_headline,
    headline_aside,
    interval_titled,
    leading_title,
    unless_clause,
)
from quandary.report.words.method import method_lines
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import asides_said, brief_answer, check_title, notes, question_title
from quandary.report.words.rests import rests_said
from quandary.report.words.turning import flips_lines, flips_sheet
from quandary.report.words.units import unit_told
from quandary.report.words.wording import day
from quandary.version import __version__

STYLES = {
    Verdict.HOLDS: ("good", "✓"),
    Verdict.LEANS_TRUE: ("unsure", "↗"),
    Verdict.TOSS_UP: ("unsure", "≈"),
    Verdict.LEANS_FALSE: ("unsure", "↘"),
    Verdict.FAILS: ("bad", "✗"),
    Verdict.NOT_TESTABLE: ("plain", "–"),
}
DIAGRAM = 736.0
"""Pixels below which the diagram scrolls instead of shrinking: its letters stay readable."""

CONTENTS = (
    ("moves", "What moves the answer"),
    ("equilibria", "Which equilibrium"),
    ("timeline", "What was seen"),
    ("analysis", "The analysis"),
    ("claims", "Claims"),
    ("ladders", LADDERS),
    ("critique", CRITIQUE),
    ("happens", "What happens"),
    ("questions", "Questions"),
    ("choices", "Why it is chosen"),
    ("decisions", "What each actor does"),
    ("game", "What leads to what"),
    ("checks", "Checks"),
    ("numbers", "Every number"),
    ("sources", "Sources"),
    ("method", "How it was made"),
)


@dataclass(frozen=True)
class DrawnChart:
    """A chart drawn for the page."""

    title: str
    svg: Markup
    sheet: Sheet


def page(dossier: Dossier, *, sliders: bool = False) -> str:
    """Return the whole report as HTML text that opens anywhere, offline; a script only with ``sliders``."""
    here = files(__package__)
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["linked"] = _linked
    template = environment.from_string((here / "report.html.j2").read_text(encoding="utf-8"))
    body = {
        **_head(dossier),
        **_pictures(dossier),
        **_claims(dossier),
        **_tables(dossier),
        **(sliders_body(dossier) if sliders else {"sliders": None}),
        "style": Markup((here / "style.css").read_text(encoding="utf-8")),
        "variables": Markup(style_variables()),
        "version": __version__,
    }
    text = template.render(body)
    shown = [(name, title) for name, title in CONTENTS if f' id="{name}"' in text]
    return visible(template.render({**body, "contents": shown})).replace(" %", "\N{NO-BREAK SPACE}%")


def _head(dossier: Dossier) -> dict[str, Any]:
    report = dossier.report
    headline, run = report.headline, report.findings.run
    answer, interval, unlesses, note = report.case.title, None, [], ""
    if headline is not None:
        unit = unit_told(headline.query)
        phrase = brief_answer(headline.query, headline.answer, report.case.words)
        asks = leading_title(report.names, headline.leading)
        answer = f"{asks}{':' if headline.leading.named else ''} {phrase}"
        if headline.answer.mean is not None and not headline.answer.is_truth:
            spread = interval_titled(headline.answer, unit)
            interval = f"{spread[0].upper()}{spread[1:]}: what the ranges given leave open."
        clauses = [unless_clause(unless, report.names, unit) for unless in headline.unlesses]
        unlesses = [f"{clause[0].upper()}{clause[1:]}." for clause in clauses]
        note = f"Every world is one draw of all that is unsure: {counted(run.done, 'world')}. Line: 90 % of them."
    limits = [f"INTERRUPTED: {run.done:,} of {run.worlds:,} worlds were finished."] if not run.complete else []
    limits += [problem.message for problem in run.warnings]
    limits += beside_headline(report)
    return {
        "title": report.case.title,
        "kicker": f"As of {day(report.as_of)}"
        if headline is None
        else f"{report.case.title}, as of {day(report.as_of)}",
        "aside": headline_aside(report),
        "answer": answer,
        "interval": interval,
        "outside": [line for one in report.outside for line in outside_lines(report.names, one, report.leading)],
        "outside_sheets": [outside_sheet(report.names, one) for one in report.outside],
        "limits": limits,
        "unlesses": unlesses,
        "headline_note": note,
        "evidence": [f"{day(item.on)}: {report.names.clause(item.saw)}" for item in dossier.evidence],
        "noise_line": f"A rank correlation below {dossier.noise:.2f} may be chance.",
        **_turning(dossier),
        "clones": clones_said(report.names, dossier.clones, headline) if headline and dossier.clones else "",
        "ladders_title": LADDERS,
        "ladders": [_ladder(report.names, ladder) for ladder in dossier.ladders],
        "critique_title": CRITIQUE,
        "critique": _critique(dossier),
        "equilibria": several_equilibria(dossier),
        "method": [*method_lines(report), search_line(report.names, dossier.equilibria, dossier.not_searched)],
        "sha256": report.case.sha256,
        "case_file": report.named,
    }


def _critique(dossier: Dossier) -> dict[str, Any] | None:
    """Return a critique's items, each with what would mend it; ``None`` where there is none."""
    found, names = dossier.critique, dossier.report.names
    if found is None:
        return None
    items = [(GRADES[item.grade], item_words(names, found, item)) for item in found.items]
    return {"counts": f"Worst first: {counts_said(found)}", "items": items, "closing": list(closing_lines(found))}


def _ladder(names: CaseNames, ladder: Ladder) -> dict[str, Any]:
    parts = list(ladder_parts(names, ladder, titled=False))
    before = [*asides(names, ladder), ladder_sentence(names, ladder)]
    said = [part.text for part in parts if isinstance(part, Paragraph) and part.text]
    return {
        "title": ladder_title(names, ladder),
        "asides": asides(names, ladder),
        "sentence": ladder_sentence(names, ladder),
        "sheet": replace(next(part for part in parts if isinstance(part, Sheet)), caption=ladder_title(names, ladder)),
        "lines": said[len(before) :],
    }


def _turning(dossier: Dossier) -> dict[str, Any]:
    headline, found, names = dossier.report.headline, dossier.flips, dossier.report.names
    if headline is None or found is None:
        few = "Too few worlds count to rank what would change the answer."
        return {"flips": None, "flips_lines": [few] if headline is not None else []}
    return {
        "flips": flips_sheet(names, found, headline.query),
        "flips_lines": flips_lines(names, found, headline.query),
    }


def _pictures(dossier: Dossier) -> dict[str, Any]:
    report = dossier.report
    charts = charts_of(dossier)
    decisions = {f"outcome-{v.id}" for v in report.case.story if isinstance(v, DecisionEvent)}
    outcomes = [replace(c, title=f"{c.title} ■") if c.name in decisions else c for c in charts.outcomes]
    certain = [
        report.names.is_state(o.variable, max(o.states, key=lambda s: o.states[s].mean or 0.0))
        for o in report.findings.outcomes
        if is_certain(o)
    ]
    diagram = inlined(
        diagram_svg(report.names, dossier.seen), "Influence diagram; the table below says the same", DIAGRAM
    )
    return {
        "headline": _drawn(charts.headline),
        "tornado": _drawn(charts.tornado),
        "claims_chart": _drawn(charts.claims),
        "checks_chart": _drawn(charts.checks),
        "timeline": _drawn(charts.timeline),
        "timeline_aside": "" if dossier.timeline is None else timeline_aside(report.names, dossier.timeline),
        "outcomes": [_drawn(chart) for chart in outcomes],
        "outcomes_sheet": outcomes_sheet(report.names, report.findings.outcomes),
        "certain": "; ".join(certain),
        "diagram": Markup(with_variables(diagram)),
        "diagram_sheet": diagram_sheet(report.names, dossier.seen),
    }


def _drawn(chart: Chart | None) -> DrawnChart | None:
    if chart is None:
        return None
    return DrawnChart(chart.title, Markup(with_variables(inlined(svg_of(chart.spec), chart.description))), chart.sheet)


def _claims(dossier: Dossier) -> dict[str, Any]:
    report = dossier.report
    marks = []
    for result in report.findings.claims:
        span = quote_span(report.case, result.claim)
        if span is not None:
            marks.append(QuoteMark(*span, result.claim.id, *_worst(result)))
    found = {mark.claim for mark in marks}
    told = [_claim(dossier, result, result.claim.id in found) for result in report.findings.claims]
    tests = [test for result in report.findings.claims for test in result.tests]
    restating = sum(1 for test in tests if test.rests_on is not None and test.rests_on.restates)
    verdicts = Counter(VERDICTS[test.verdict] for test in tests if test.rests_on is None or not test.rests_on.restates)
    counts = ", ".join(f"{verdict} {number}" for verdict, number in verdicts.items())
    readings = counted(sum(verdicts.values()), "reading")
    tested = [f"{readings} of claims tested: {counts}."] if verdicts else []
    restated = [f"{counted(restating, 'reading')} more only restate the case."] if restating else []
    text = report.case.text
    return {
        "claims": [claim for claim in told if claim["tests"]],
        "recorded": [claim for claim in told if not claim["tests"]],
        "verdict_line": " ".join((*tested, *restated)),
        "analysis": Markup(analysis_html(text, marks)) if text else None,
    }


def _worst(result: ClaimResult) -> tuple[str, str]:
    """Return class and words of a claim's badge in the text: the verdict of each reading, the worst one's colour."""
    if not result.tests:
        return "plain", result.claim.kind if result.claim.kind != "claim" else "not testable"
    order = ("good", "plain", "unsure", "bad")
    styles = [STYLES[test.verdict] for test in result.tests]
    style, sign = max(styles, key=lambda s: order.index(s[0]))
    words = dict.fromkeys(
        f"{VERDICTS[test.verdict]}{', few worlds' if test.few_worlds else ''}" for test in result.tests
    )
    return style, f"{sign} {' / '.join(words)}"


def _claim(dossier: Dossier, result: ClaimResult, in_text: bool) -> dict[str, Any]:
    claim = result.claim
    source = short_source(dossier.report.case.sources, claim.source, claim.speaker) if claim.source else None
    return {
        "id": claim.id,
        "quote": claim.quote,
        "paraphrase": claim.paraphrase,
        "speaker": claim.speaker,
        "source": source,
        "in_text": in_text,
        "tests": [_test(dossier, result, test) for test in result.tests],
        "reason": None if result.tests else f"{claim.kind}: {untested(result)}",
        "said": said_on(result),
        "history": history(result) if len(result.tests) != 1 else reading_history(result, result.tests[0]),
    }


def _test(dossier: Dossier, result: ClaimResult, test: TestResult) -> dict[str, str]:
    names = dossier.report.names
    style, sign = STYLES[test.verdict]
    return {
        "name": names.reading(result.claim, test.name) if len(result.tests) > 1 else "",
        "verdict": verdict_said(test),
        "style": style,
        "sign": sign,
        "aside": aside_said(names, test),
        "why": why_said(names, result, test, dossier.report.numbers),
        "rests": rests_said(names, test, dossier.report.numbers),
        "history": reading_history(result, test) if len(result.tests) > 1 else "",
        "query": _query_title(names, result, test),
    }


def _query_title(names: CaseNames, result: ClaimResult, test: TestResult) -> str:
    query = test_query(result, test)
    return "" if query is None else query_title(names, query)


def _tables(dossier: Dossier) -> dict[str, Any]:
    report = dossier.report
    case, findings, names = report.case, report.findings, report.names
    by_actor: dict[str, list[dict[str, Any]]] = {}
    for rule in dossier.rules:
        if rule.rows:
            by_actor.setdefault(rule.actor, []).append({"sheet": rule_sheet(names, rule), "lines": rule_lines(rule)})
    dilemmas = [
        {
            "title": question_title(names, result.question),
            "sheet": dilemma_sheet(names, result),
            "notes": notes(names, result.answer),
        }
        for result in findings.questions
        if is_dilemma(result)
    ]
    together = joint_said(findings.joint)
    met = sum(bool(check.overlaps) for check in findings.checks)
    unsourced = sum(number.unsourced for number in report.numbers.values())
    sourced = len(report.numbers) - unsourced
    told = f"{sourced} of {len(report.numbers)} uncertain numbers carry a reason or a source."
    if unsourced:
        told += " 1 does not and stands first." if unsourced == 1 else f" {unsourced} do not and stand first."
    return {
        "actors": [{"name": names.actor(actor), "rules": rules} for actor, rules in by_actor.items()],
        "rule_worlds": counted(dossier.rules[0].worlds, "world") if dossier.rules else "",
        "choices": choices(dossier),
        "questions": questions_sheet(report),
        "dilemmas": dilemmas,
        "checks_asides": asides_said(names, [(check_title(names, c.check), c.answer.aside) for c in findings.checks]),
        "checks": checks_sheet(names, findings.checks) if findings.checks else None,
        "checks_line": f"{met} of {counted(len(findings.checks), 'check')} overlap. {together}".strip(),
        "numbers": numbers_sheet(names, report.numbers, case.sources),
        "sourced_line": told,
        "sources": sources_sheet(case.sources.values()),
    }


def _linked(cell: str) -> str | Markup:
    """Return a cell as it is, a web address as a link."""
    if re.fullmatch(r"https?://\S+", cell):
        return Markup('<a rel="noreferrer" href="{0}">{0}</a>').format(cell)
    return cell
