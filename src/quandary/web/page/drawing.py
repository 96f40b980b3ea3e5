"""The parts of a page as HTML, each put in place by itself, and the page made of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import DictLoader, Environment
from markupsafe import Markup

from quandary.base.characters import visible
from quandary.base.problems import Problem
from quandary.case.model import DecisionEvent
from quandary.report.html.analysis import QuoteMark, analysis_html, quote_span
from quandary.report.html.cards import claim_card
from quandary.report.html.choices import choices
from quandary.report.html.first_page import first_page
from quandary.report.html.verdict_marks import KEY, verdict_mark, verdict_marks
from quandary.report.media.order import outcomes_ordered
from quandary.report.words.claim_rows import worlds_told
from quandary.report.words.contents import questions_sheet
from quandary.report.words.method import method_lines
from quandary.report.words.wording import brief_percent
from quandary.use.answers.sessions.session import Session
from quandary.version import __version__
from quandary.web.page.nodes import drawn_nodes, node_told
from quandary.web.page.numbers import NumberSlider, slider_of, value_now
from quandary.web.page.shown import SETTLED, ShownCase
from quandary.web.page.timeline import day_steps

FIRST_NUMBERS = 6
"""Numbers that stand on the page at once; the others are a step away."""

PLACED = re.compile(r' style="left:(-?[\d.]+)%(?:;width:(-?[\d.]+)%)?"')
BADGE = re.compile(r'class="ch" href="#claim-([^"]*)"')


@dataclass(frozen=True)
class PageView:
    """What of a page its address asks for: an open claim, filters, a node, a part that is fetched later otherwise."""

    claim: str = ""
    speaker: str = ""
    verdict: str = ""
    search: str = ""
    node: str = ""
    show: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> PageView:
        """Return the view that a query string asks for."""
        return cls(**{name: given.get(name, "")[:200] for name in cls.__dataclass_fields__})


@cache
def environment() -> Environment:
    """Return the templates, the report's own among them."""
    own, report = files(__package__) / "templates", files("quandary.report.html") / "template"
    texts = {
        one.name: one.read_text(encoding="utf-8")
        for folder in (report, own)
        for one in folder.iterdir()
        if one.name.endswith(".j2")
    }
    made = Environment(loader=DictLoader(texts), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    made.filters["linked"] = lambda cell: cell
    return made


def rendered(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever a template shows
    """Return a template with its values; places become data that the style sheet draws, since no style is inline."""
    text = environment().get_template(template).render(values)
    return PLACED.sub(_placed, visible(text)).replace(" %", "\N{NO-BREAK SPACE}%")


def _placed(found: re.Match[str]) -> str:
    left, width = found.groups()
    wide = "" if width is None else f' data-w="{min(max(round(float(width)), 0), 100)}"'
    return f' data-l="{min(max(round(float(left)), 0), 100)}"{wide}'


@dataclass
class Drawer:
    """Draws the parts of a case's page. ``case`` is how its address names it.

    ``numbers`` are those that it was opened with, ``first`` the places of those that stand on the page at once,
    ``touched`` those that were ever moved.
    """

    session: Session
    case: str
    shown: ShownCase
    read_only: bool = False
    numbers: list[NumberSlider] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def parts(self) -> dict[str, str]:
        """Return all parts that change with answers and moves, by the id of the element each is."""
        made = {
            "banner": self._banner(),
            "status": self._status(),
            "moves": self._moves(),
            "evidence": self._evidence(),
        }
        if self.shown.answers is None:
            return made
        self._choose_numbers()
        return {
            **made,
            "answer": self._answer(),
            **self._rows(),
            "article": self._article(),
            "happens": self._happens(),
            "choices": self._choices(),
            **self._numbers(),
            "method": self._method(),
        }

    def quick(self) -> dict[str, str]:
        """Return the parts that first answers change."""
        made = {"status": self._status(), "moves": self._moves(), "banner": self._banner()}
        if self.shown.answers is None:
            return made
        return {**made, "answer": self._answer(), **self._rows(), "article": self._article()}

    def answer_parts(self) -> dict[str, str]:
        """Return the parts that the first answer changes."""
        answer = {} if self.shown.answers is None else {"answer": self._answer()}
        return {"status": self._status(), **answer}

    def parts_of_moves(self) -> str:
        """Return the part that says what was moved."""
        return self._moves()

    def parts_of_numbers(self) -> dict[str, str]:
        """Return the numbers, and the day of the evidence, as moves leave them."""
        return {"status": self._status(), "evidence": self._evidence(), **self._numbers()}

    def page(self, view: PageView, stamp: int) -> str:
        """Return the whole page."""
        case = self.session.state.case
        report = self.shown.report
        parts = {name: Markup(text) for name, text in self.parts().items()}
        claims = [] if report is None else report.findings.claims
        speakers = sorted({one.claim.speaker for one in claims})
        return rendered(
            "case.html.j2",
            title=case.title,
            head=self._title(),
            case=self.case,
            stamp=stamp,
            view=view,
            parts=parts,
            first=[f"num-{place}" for place in self.first],
            claims=[self._listed_claim(one, view) for one in claims],
            counts=self._counts(),
            speakers=speakers,
            key=KEY,
            version=__version__,
            ready=self.shown.answers is not None,
            node=Markup(self.part("node", view.node) if view.node else ""),
            diagram=Markup(self.part("diagram", "") if view.show == "diagram" else ""),
            every=Markup(self.part("numbers", "") if view.show == "numbers" else ""),
            card=Markup(self.part("card", view.claim) if view.claim else ""),
            nodes=drawn_nodes(self.shown) if report is not None else None,
            numbers=len(self.session.state.model.quantities),
            query=lambda **changed: self._query(view, changed),
        )

    def part(self, kind: str, name: str) -> str:
        """Return a part that is fetched when somebody looks: a card, a node, the diagram, all numbers, the diff."""
        dossier = self.shown.dossier
        if kind == "diff":
            return rendered("diff.html.j2", lines=self.session.diff().splitlines(), case=self.case)
        if dossier is None:
            return ""
        if kind == "card":
            found = [one for one in dossier.report.findings.claims if one.claim.id == name]
            return (
                rendered(
                    "card.html.j2",
                    claim=claim_card(dossier, found[0], found[0].claim.id in self.in_text()),
                    case=self.case,
                )
                if found
                else ""
            )
        if kind == "node":
            return rendered("node.html.j2", node=node_told(dossier, name), case=self.case)
        if kind == "diagram":
            return drawn_nodes(self.shown).svg
        if kind == "numbers":
            return "".join(self._number(one) for one in self.numbers if one.place not in self.first)
        if kind == "summary":
            return rendered(
                "one_page.html.j2",
                case=self.case,
                head=self._title(),
                title=dossier.report.case.title,
                version=__version__,
                **first_page(dossier),
                sha256=dossier.report.case.sha256,
                headline=None,
            )
        return ""

    def _title(self) -> str:
        report = self.shown.report
        case = self.session.state.case
        if report is None or report.headline is None:
            return case.title
        said = first_page(self.shown.dossier)["summary"].answer  # type: ignore[arg-type]  # there is one with a report
        return f"{said} {case.title}"

    def _query(self, view: PageView, changed: Mapping[str, str]) -> str:
        values = {name: getattr(view, name) for name in view.__dataclass_fields__} | dict(changed)
        return "?" + urlencode({"case": self.case, **{name: value for name, value in values.items() if value}})

    def _banner(self) -> str:
        found: list[tuple[str, list[Problem]]] = []
        if self.shown.conflict:
            found.append(
                ("The file was changed by somebody else, and your moves do not fit it", list(self.shown.conflict))
            )
        if self.shown.faults:
            found.append(
                (
                    "The case has no answers as it stands; those below are of the last text that had",
                    list(self.shown.faults),
                )
            )
        return rendered("banner.html.j2", groups=found, has_answers=self.shown.answers is not None, case=self.case)

    def _status(self) -> str:
        return rendered(
            "status.html.j2", shown=self.shown, settled=self.shown.phase == SETTLED, version=self.shown.version
        )

    def _answer(self) -> str:
        dossier = self.shown.dossier
        assert dossier is not None
        return rendered(
            "answer.html.j2",
            phase=self.shown.phase,
            moved=bool(self.session.moves),
            was=self.shown.first,
            **first_page(dossier),
            title=self.session.state.case.title,
        )

    def _rows(self) -> dict[str, str]:
        report = self.shown.report
        assert report is not None
        made = {}
        for result in report.findings.claims:
            shares = [
                (test.share.share, verdict_mark(test).style)
                for test in result.tests
                if test.share is not None and test.fillings is None
            ]
            made[f"row-{result.claim.id}"] = rendered(
                "row.html.j2",
                id=result.claim.id,
                claim=result.claim,
                marks=verdict_marks(result),
                points=[(style, round(100 * share, 1)) for share, style in shares],
                right_in=" / ".join(dict.fromkeys(worlds_told(share) for share, _ in shares)),
                settling=self.shown.is_settling(result.claim.id),
                href=f"?{urlencode({'case': self.case, 'claim': result.claim.id})}#row-{result.claim.id}",
            )
        return made

    def in_text(self) -> set[str]:
        """Return the claims whose words stand in the case's own text."""
        return {
            one.id for one in self.session.state.case.claims if quote_span(self.session.state.case, one) is not None
        }

    def _article(self) -> str:
        report = self.shown.report
        assert report is not None
        if not report.case.text:
            return rendered("article.html.j2", text=None)
        marks = []
        for result in report.findings.claims:
            span = quote_span(report.case, result.claim)
            if span is not None:
                marks.append(QuoteMark(*span, result.claim.id, tuple(verdict_marks(result))))
        text = BADGE.sub(self._badge, analysis_html(report.case.text, marks))
        return rendered("article.html.j2", text=Markup(text))

    def _badge(self, found: re.Match[str]) -> str:
        claim = found.group(1)
        grey = " set" if self.shown.is_settling(claim) else ""
        address = urlencode({"case": self.case, "claim": claim}).replace("&", "&amp;")
        return f'class="ch{grey}" data-claim="{claim}" href="?{address}#row-{claim}"'

    def _counts(self) -> str:
        report = self.shown.report
        if report is None:
            return ""
        tested = sum(1 for one in report.findings.claims if one.tests)
        return f"{tested} of {len(report.findings.claims)} are tested."

    def _listed_claim(self, result: Any, view: PageView) -> dict[str, Any]:  # noqa: ANN401 - a claim's result
        styles = {mark.style for mark in verdict_marks(result)}
        words = f"{result.claim.quote} {result.claim.speaker}".lower()
        kept = (
            (not view.speaker or result.claim.speaker == view.speaker)
            and (not view.verdict or view.verdict in styles)
            and (not view.search or view.search.lower() in words)
        )
        return {"id": result.claim.id, "hidden": not kept, "open": result.claim.id == view.claim}

    def _happens(self) -> str:
        report = self.shown.answers.report  # type: ignore[union-attr]  # drawn with answers only
        names = report.names
        decisions = {one.id for one in report.case.story if isinstance(one, DecisionEvent)}
        rows = [
            {
                "title": names.variable(one.variable),
                "decides": one.variable in decisions,
                "states": [
                    {
                        "name": names.state(one.variable, state),
                        "told": "open" if state in one.fillings else brief_percent(answer.mean),
                        "at": round(100 * (answer.mean or 0.0), 1),
                        "low": round(100 * (answer.low or 0.0), 1),
                        "width": round(100 * ((answer.high or 0.0) - (answer.low or 0.0)), 1),
                    }
                    for state, answer in sorted(one.states.items(), key=lambda item: -(item[1].mean or 0.0))
                ],
            }
            for one in outcomes_ordered(report)
        ]
        return rendered("happens.html.j2", rows=rows, questions=questions_sheet(report))

    def _choices(self) -> str:
        dossier = self.shown.dossier
        assert dossier is not None
        return rendered("choices.html.j2", choices=choices(dossier), fresh=self.shown.phase == SETTLED)

    def _evidence(self) -> str:
        state, names = self.session.state, None
        if self.shown.answers is not None:
            names = self.shown.answers.report.names
        return rendered("evidence.html.j2", case=self.case, **day_steps(state, names, self.shown))

    def _moves(self) -> str:
        moves = self.session.moves
        return rendered(
            "moves.html.j2",
            case=self.case,
            count=len(moves),
            changed=self.session.changed,
            read_only=self.read_only,
            was=self.shown.first,
            now=self.answer_said() if self.shown.answers is not None else "",
        )

    def answer_said(self) -> str:
        """Return the answer in one sentence."""
        dossier = self.shown.dossier
        return "" if dossier is None else str(first_page(dossier)["summary"].answer)

    def _method(self) -> str:
        report = self.shown.answers.report  # type: ignore[union-attr]  # drawn with answers only
        return rendered(
            "method.html.j2", lines=list(method_lines(report)), sha256=report.case.sha256, version=__version__
        )

    def _choose_numbers(self) -> None:
        """Choose, once, which numbers stand on the page: those that the answer hangs on first."""
        if self.numbers or self.shown.answers is None:
            return
        report = self.shown.answers.report
        sized = [one for one in self.session.state.model.quantities if not one.unknown and one.estimate.exact is None]
        self.numbers = [slider_of(report.names, one, place) for place, one in enumerate(sized)]
        order = [*self._carrying(), *(one.name for one in sized)]
        named = {one.number.name: one.place for one in self.numbers}
        self.first = [named[name] for name in dict.fromkeys(order) if name in named][:FIRST_NUMBERS]

    def _numbers(self) -> dict[str, str]:
        """Return the numbers that stand on the page, and all that were ever moved."""
        self.touched |= self._moved()
        shown = [one for one in self.numbers if one.place in self.first or one.number.name in self.touched]
        return {f"num-{one.place}": self._number(one) for one in shown}

    def _carrying(self) -> list[str]:
        """Return the numbers that the answer hangs on, that which moves it most first."""
        from quandary.ask.turning.swings import swings

        answers = self.shown.answers
        if answers is None or answers.report.headline is None or answers.report.over_fillings is not None:
            return []
        report, headline = answers.report, answers.report.headline
        assert headline is not None
        turning = [*(one.number.name for one in report.hangs_on), *(one.number.name for one in headline.unlesses)]
        return [*turning, *(one.number.name for one in swings(answers.study, headline.answer))]

    def _moved(self) -> set[str]:
        return {move.target[1] for move in self.session.moves if move.target[0] == "number"} - self._put_back()

    def _put_back(self) -> set[str]:
        """Return the numbers whose moves were put back and not made again since."""
        gone: set[str] = set()
        for move in self.session.moves:
            if move.target[0] == "number":
                (gone.add if move.kind == "reset" else gone.discard)(move.target[1])
        return gone

    def _number(self, one: NumberSlider) -> str:
        moved = one.number.name in self._moved()
        by_name = {number.name: number for number in self.session.state.model.quantities}
        text, at = "", one.middle
        if moved:
            now = by_name.get(one.number.name)
            last = [m for m in self.session.moves if m.target == ("number", one.number.name) and m.kind != "reset"][-1]
            text = str(getattr(last, "value", getattr(last, "word", "")))
            if now is None:
                at = _leading_number(text, one.middle)
            else:
                at = slider_of(self.shown.answers.report.names, now, one.place).middle  # type: ignore[union-attr]
                text = f"{text}, {value_now(now)}" if text not in value_now(now) else text
        return rendered(
            "number.html.j2",
            case=self.case,
            one=one,
            moved=moved,
            text=text,
            at=f"{min(max(at, one.least), one.most):.10g}",
        )


def _leading_number(text: str, otherwise: float) -> float:
    found = re.search(r"[-+]?\d+(?:\.\d+)?", text)
    return float(found.group()) if found else otherwise
