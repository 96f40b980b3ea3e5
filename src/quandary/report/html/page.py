"""The report as one HTML file: no script, nothing fetched, charts drawn beforehand."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment
from markupsafe import Markup

from quandary.base.characters import visible
from quandary.base.problems import counted
from quandary.case.model import DecisionEvent
from quandary.report.analyses.equilibria_found import search_line
from quandary.report.analyses.ladder import clones_said
from quandary.report.analyses.outside import outside_lines, outside_sheet
from quandary.report.charts.chart import Chart
from quandary.report.charts.collection import charts_of
from quandary.report.charts.days import timeline_aside
from quandary.report.charts.outcomes import is_certain, outcomes_sheet
from quandary.report.charts.palette import style_variables, with_variables
from quandary.report.charts.rendering import inlined, svg_of
from quandary.report.charts.verdicts import checks_sheet
from quandary.report.dossier import Dossier, seen_days
from quandary.report.faults import carrying
from quandary.report.html.analysis import QuoteMark, analysis_html, quote_span
from quandary.report.html.cards import claim_card
from quandary.report.html.choices import choices
from quandary.report.html.diagram import (
    DiagramStates,
    diagram_sheet,
    drawn_diagram,
    kind_said,
    nodes_in_order,
)
from quandary.report.html.equilibria import several_equilibria
from quandary.report.html.first_page import first_page
from quandary.report.html.sliders import sliders_body
from quandary.report.html.verdict_marks import KEY, verdict_marks
from quandary.report.media.order import outcomes_ordered
from quandary.report.sheets import Sheet
from quandary.report.why.critique import GRADES, closing_lines, counts_said, item_words
from quandary.report.why.critique import TITLE as CRITIQUE
from quandary.report.words.claims import VERDICTS
from quandary.report.words.contents import (
    dilemma_sheet,
    headline_lines,
    is_dilemma,
    joint_said,
    numbers_sheet,
    quantities_written,
    questions_sheet,
    rule_lines,
    rule_sheet,
    sources_sheet,
)
from quandary.report.words.method import method_lines
from quandary.report.words.naming.beliefs import belief_lines
from quandary.report.words.questions import asides_said, check_title, notes, question_title
from quandary.report.words.screen import checks_sentence
from quandary.report.words.turning import flips_lines, flips_sheet
from quandary.report.words.wording import brief_percent
from quandary.version import __version__

CONTENTS = (
    ("claims", "Claims"),
    ("analysis", "The analysis"),
    ("moves", "What it hangs on"),
    ("spread", "Inside and outside"),
    ("critique", CRITIQUE),
    ("happens", "What happens"),
    ("questions", "Questions"),
    ("choices", "Why it is chosen"),
    ("decisions", "What each actor does"),
    ("game", "What leads to what"),
    ("timeline", "What was seen"),
    ("equilibria", "Which equilibrium"),
    ("checks", "Checks"),
    ("numbers", "Every number"),
    ("sources", "Sources"),
    ("method", "How it was made"),
)

LONGEST_OPEN = 6_000
"""Letters of an analysis that stands open on a narrow page; a longer one is folded there."""

TEMPLATES = ("macros.html.j2", "summary.html.j2", "claims.html.j2", "report.html.j2")


@dataclass(frozen=True)
class DrawnChart:
    """A chart drawn for the page."""

    title: str
    svg: Markup
    sheet: Sheet


def page(dossier: Dossier, *, sliders: bool = False, whole: bool = False) -> str:
    """Return the whole report as HTML text that opens anywhere, offline; a script only with ``sliders``.

    A print of it is its first page, unless the reader asks for all; with ``whole`` all is open, and printed.
    """
    here = files(__package__) / "template"
    texts = {name: (here / name).read_text(encoding="utf-8") for name in TEMPLATES}
    environment = Environment(loader=DictLoader(texts), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["linked"] = _linked
    template = environment.get_template("report.html.j2")
    body = {
        **first_page(dossier),
        **_head(dossier),
        **_pictures(dossier),
        **_diagram(dossier),
        **_claims(dossier),
        **_tables(dossier),
        **(sliders_body(dossier) if sliders else {"sliders": None, "no_sliders": ""}),
        "style": Markup((here / "style.css").read_text(encoding="utf-8")),
        "variables": Markup(style_variables()),
        "version": __version__,
        "whole": whole,
        "open_all": Markup(" open") if whole else "",
    }
    text = template.render(body)
    shown = [(name, title) for name, title in CONTENTS if f' id="{name}"' in text]
    return visible(template.render({**body, "contents": shown})).replace(" %", "\N{NO-BREAK SPACE}%")


def _head(dossier: Dossier) -> dict[str, Any]:
    report = dossier.report
    headline, worlds = report.headline, report.findings.run.done
    return {
        "outside": [line for one in report.outside for line in outside_lines(report.names, one, report.leading)],
        "outside_sheets": [outside_sheet(report.names, one) for one in report.outside],
        "headline_note": f"A world is one draw of all that is unsure: {counted(worlds, 'world')}. Line: 90 % of them.",
        "noise_line": f"A rank correlation below {dossier.noise:.2f} may be chance.",
        **_turning(dossier),
        "clones": clones_said(report.names, report.clones, headline) if headline and report.clones else "",
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


def _turning(dossier: Dossier) -> dict[str, Any]:
    headline, found, names = dossier.report.headline, dossier.flips, dossier.report.names
    if headline is None:
        return {"flips": None, "flips_lines": []}
    ranges = headline_lines(dossier.report, headline)
    if found is None:
        return {"flips": None, "flips_lines": ["Too few worlds count to rank what would change the answer.", *ranges]}
    lines = [*flips_lines(names, found, headline.query), *ranges]
    as_written = quantities_written(dossier.report.case)
    return {"flips": flips_sheet(names, found, headline.query, as_written=as_written), "flips_lines": lines}


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
    return {
        "headline": _drawn(charts.headline),
        "tornado": _drawn(charts.tornado),
        "checks_chart": _drawn(charts.checks),
        "timeline": _drawn(charts.timeline),
        "timeline_aside": "" if dossier.timeline is None else timeline_aside(report.names, dossier.timeline),
        "outcomes": [_drawn(chart) for chart in outcomes],
        "outcomes_sheet": outcomes_sheet(report.names, outcomes_ordered(report)),
        "beliefs": list(belief_lines(report.names)),
        "certain": "; ".join(certain),
    }


def _diagram(dossier: Dossier) -> dict[str, Any]:
    names = dossier.report.names
    outcomes = {one.variable: one.states for one in dossier.report.findings.outcomes}
    open_ones = {one.variable for one in dossier.report.findings.outcomes if one.fillings}
    best = {name: max(states, key=lambda s: states[s].mean or 0.0) for name, states in outcomes.items()}
    likely = {
        name: f"{names.state(name, best[name])} {brief_percent(states[best[name]].mean)}"
        for name, states in outcomes.items()
        if name not in open_ones
    }
    states = DiagramStates(dossier.seen, seen_days(names, dossier.evidence), likely)
    return {
        "diagram": Markup(with_variables(drawn_diagram(names, states).in_page)),
        "nodes": [
            {"title": node.title, "kind": kind_said(names, node), "state": node.state, "seen_on": node.seen_on}
            for node in nodes_in_order(names, states)
        ],
        "sometimes": any(isinstance(item, DecisionEvent) and item.when is not None for item in names.case.story),
        "diagram_sheet": diagram_sheet(names, dossier.seen),
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
            marks.append(QuoteMark(*span, result.claim.id, tuple(verdict_marks(result))))
    found = {mark.claim for mark in marks}
    told = [claim_card(dossier, result, result.claim.id in found) for result in report.findings.claims]
    tests = [test for result in report.findings.claims for test in result.tests]
    restating = sum(1 for test in tests if test.rests_on is not None and test.rests_on.restates)
    verdicts = Counter(VERDICTS[test.verdict] for test in tests if test.rests_on is None or not test.rests_on.restates)
    counts = ", ".join(f"{verdict} {number}" for verdict, number in verdicts.items())
    readings = counted(sum(verdicts.values()), "reading")
    tested = [f"{readings} of claims tested: {counts}."] if verdicts else []
    restated = [f"{counted(restating, 'reading')} more only restate the case."] if restating else []
    text = report.case.text
    aside = [(c.claim.quote, a) for c in report.findings.claims for a in dict.fromkeys(t.aside for t in c.tests)]
    return {
        "claims_asides": asides_said(report.names, aside),
        "claims": [claim for claim in told if claim["tests"]],
        "recorded": [claim for claim in told if not claim["tests"]],
        "verdict_line": " ".join((*tested, *restated)),
        "analysis": Markup(analysis_html(text, marks)) if text else None,
        "analysis_open": len(text or "") <= LONGEST_OPEN,
        "key": KEY,
    }


def _tables(dossier: Dossier) -> dict[str, Any]:
    report = dossier.report
    case, findings, names = report.case, report.findings, report.names
    by_actor: dict[str, list[dict[str, Any]]] = {}
    for rule in dossier.rules:
        if rule.rows:
            by_actor.setdefault(rule.actor, []).append(
                {"sheet": rule_sheet(names, rule), "lines": rule_lines(names, rule)}
            )
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
    checks_line = f"{met} of {counted(len(findings.checks), 'check')} overlap. {together}".strip()
    if any(check.fillings is not None for check in findings.checks):
        checks_line = checks_sentence(names, findings.checks)
    unsourced = sum(number.unsourced for number in report.numbers.values())
    sourced = len(report.numbers) - unsourced
    told = f"{carrying(sourced, len(report.numbers))}."
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
        "checks_line": checks_line,
        "numbers": numbers_sheet(names, report.numbers, dossier.flips),
        "sourced_line": told,
        "sources": sources_sheet(case.sources.values()),
    }


def _linked(cell: str) -> str | Markup:
    """Return a cell as it is, a web address as a link."""
    if re.fullmatch(r"https?://\S+", cell):
        return Markup('<a rel="noreferrer" href="{0}">{0}</a>').format(cell)
    return cell
