"""Every sentence that a command prints for people is made of the case's own words: no code, no signs, no lines."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.report.dossiers import FLAGSHIP, TEMPLATE, run_of

import quandary
from quandary.ask import Study
from quandary.base import CaseError, Refusal
from quandary.case import Case, ChanceEvent
from quandary.report import CaseNames, Paragraph, Sheet, asked_lines, markdown, page, print_parts, print_report
from quandary.use import HANDS, request_from, task_named

CODED = Path(__file__).parent / "coded.yaml"
BELIEVED = ("believing.yaml", "arising.yaml", "envoy.yaml")
"""Cases in which somebody sees things wrongly, or a decision arises only sometimes, or both."""
MEANING = ("chain.yaml", "root.yaml", "xor.yaml", "lad0", "lad1", "law", "null", "spA", "when", "clone0", "misp")
SIGNS = re.compile(r"[_=]|\bline \d|\bdo\(|[a-z]\) ?\| ?[a-z]")
"""What no sentence holds: underscores and equals signs, lines of the case, interventions."""
FEW = {"worlds": 16}


def printed(task: str, given: dict[str, Any], *, code: bool = False) -> str:
    """Return what a command prints for people, one line a sentence or row."""
    result = task_named(task).run(request_from(task_named(task).request, given), HANDS)
    text = io.StringIO()
    console = _console(text)
    for piece in result.pieces(code=code):
        if isinstance(piece, str):
            text.write(f"{piece}\n")
        elif isinstance(piece, Paragraph | Sheet):
            print_parts([piece], console)
        else:
            piece(console)
    return text.getvalue() + str(result.content() or "")


def _console(text: io.StringIO) -> Console:
    return Console(file=text, width=10_000, color_system=None, highlight=False, markup=False, emoji=False)


def loaded(path: str) -> Case:
    return quandary.load(path).case


def asked_of(case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a command of each kind that prints sentences on a case, with what it is asked."""
    event = next(iter(case.events), None) or _somewhere(case)
    question = f"P({event})"
    yield "run", {"all": True}
    yield "run", {"search": False}
    yield "report", {"format": "md", "search": False}
    if case.evidence:
        yield "timeline", {}
    yield "ask", {"query": question}
    yield from (("ladder", {"claim": claim.id}) for claim in case.claims[:1] if claim.tests)
    for things in (case.claims, case.questions, case.checks, case.forecasts):
        yield from (("why", {"thing": thing.id}) for thing in things[:1])
    yield from (("why", {"thing": name}) for name in [*case.events, *case.assumptions][:2])
    for decision in [item for item in case.story if not isinstance(item, ChanceEvent)][:2]:
        at = f"{decision.by}.{decision.id}"
        yield "why", {"thing": at}
        yield "information", {"thing": at, "control": True}
        yield "suppose", {"query": question, "announce": [f"{decision.id}: {decision.options[0]}"]}
    chance = next((item for item in case.story if isinstance(item, ChanceEvent)), None)
    if chance is not None and len(case.story) > 2:
        change = f"{chance.id}: {chance.states[0]} to {chance.states[1]}"
        yield "paths", {"event": event, "change": change, "through": [case.story[2].id]}


def asked_more(case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what takes more worlds, or solves anew."""
    event = next(iter(case.events))
    decision = next(item for item in reversed(case.story) if not isinstance(item, ChanceEvent))
    yield "flips", {"thing": f"P({event})", "worlds": 640}
    yield "flips", {"thing": event, "structure": True}
    yield "information", {"thing": event, "worlds": 640}
    yield "information", {"thing": f"{decision.by}.{decision.id}", "choose": True, "knowing": True, "worlds": 640}
    yield "equilibria", {"thing": event, "starts": 2}
    yield "compare", {"first": case.path, "second": str(TEMPLATE), "query": "P(conflict)"}


def queries_told(case: Case, study: Study | None = None) -> str:
    """Return the answer to every question and reading as ``ask`` prints it, in the worlds of one study."""
    names, told = CaseNames(case), []
    study = study or Study(case, worlds=16, threads=1)
    asked = [*(q.query for q in case.questions), *(test.query for claim in case.claims for test in claim.tests)]
    ready = [(query, prepared) for query in asked if study.refusal(prepared := study.prepared(query)) is None]
    study.need([prepared for _, prepared in ready])
    for query, prepared in ready:
        told += asked_lines(names, query, study.answer(prepared), study.run)
    return "\n".join(told)


def _somewhere(case: Case) -> str:
    last = case.story[-1]
    return f"{last.id} = {(last.states if isinstance(last, ChanceEvent) else last.options)[0]}"


def wrong(case: Case, path: str, text: str) -> list[str]:
    """Return the lines that hold a sign of the language, or a name of the case that its words do not hold.

    Suggested commands, the case's own path and what the analyst wrote in a note are left out.
    """
    for own in (path, *(claim.note for claim in case.claims if claim.note), *_addresses(case)):
        text = text.replace(own, "").replace(own.replace("_", "\\_"), "")
    lines = [line for line in text.splitlines() if "quandary " not in line and "SHA-256" not in line]
    notes = [claim.note[:12] for claim in case.claims if claim.note]
    lines = [line for line in lines if not line.startswith("<!--") and not any(note in line for note in notes)]
    names, dotted = code_names(case), {f"{stake.actor}.{stake.id}" for stake in case.stakes}
    dotted |= {f"{item.by}.{item.id}" for item in case.story if not isinstance(item, ChanceEvent)}
    told = [(line.strip(), set(re.findall(r"\w+", line)), set(re.findall(r"\w+\.\w+", line))) for line in lines]
    return [
        line for line, words, pairs in told if any(map(SIGNS.search, cells(line))) or names & words or dotted & pairs
    ]


def cells(line: str) -> list[str]:
    """Return the cells of a row of a table in Markdown, whose signs are no part of what they say; else the line."""
    if not line.startswith("| "):
        return [line]
    return [cell.replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)]


def _addresses(case: Case) -> Iterator[str]:
    return (source.url for source in case.sources.values() if source.url)


def code_names(case: Case) -> set[str]:
    """Return the names of a case that nobody could take for words: those with an underscore, or of nonsense."""
    states = [s for v in case.story for s in (v.states if isinstance(v, ChanceEvent) else v.options)]
    kinds = [kind.id for v in case.story if not isinstance(v, ChanceEvent) for kind in v.kinds]
    tests = [test.name for claim in case.claims for test in claim.tests]
    things = (*case.story, *case.stakes, *case.questions, *case.checks, *case.forecasts, *case.claims)
    names = {*states, *kinds, *tests, *(one.id for one in things)}
    names |= {*case.actors, *case.assumptions, *case.events, *case.channels, *case.sources}
    return {name for name in names if "_" in name or (re.match(r"q[a-z]", name) and case.path == str(CODED))}


def said_wrong(path: str, asked: Iterable[tuple[str, dict[str, Any]]]) -> tuple[list[str], int]:
    """Return what is said wrong, and how many commands had an answer."""
    case, found, answered = loaded(path), [], 0
    for task, given in asked:
        try:
            text = printed(task, {**({} if task == "compare" else {"case": path}), **FEW, **given})
        except (CaseError, Refusal):
            continue  # too few worlds, or nothing to ask: a fault speaks of the file
        answered += 1
        found += [f"{task} {given}: {line}" for line in wrong(case, path, text)]
    return found, answered


def test_every_sentence_is_made_of_the_cases_words() -> None:
    case = loaded(str(CODED))
    found, answered = said_wrong(str(CODED), asked_of(case))
    assert not found, "\n".join(found)
    assert answered >= 16
    assert not wrong(case, str(CODED), queries_told(case))


@pytest.mark.parametrize("name", BELIEVED)
def test_sentences_of_what_is_believed_and_of_what_arises_only_sometimes(name: str) -> None:
    path = str(CODED.parent / name)
    case = loaded(path)
    event = next(iter(case.events))
    more = [
        ("flips", {"thing": event, "structure": True}),
        ("critique", {}),
        ("equilibria", {"thing": event, "starts": 2}),
    ]
    asked = [*asked_of(case), *more]
    if name == "envoy.yaml":  # whose decisions are one circle, so that many games take long
        asked = [one for one in asked if one[0] in ("timeline", "information", "flips", "equilibria", "paths")]
        asked += [("run", {"all": True, "search": False}), ("why", {"thing": "a_senn.d_reply"})]
    found, answered = said_wrong(path, asked)
    assert not found, "\n".join(found)
    assert answered >= 7
    assert not wrong(case, path, queries_told(case))


def test_sentences_of_the_template() -> None:
    case = loaded(str(TEMPLATE))
    found, answered = said_wrong(str(TEMPLATE), [*asked_of(case)][:5])
    assert not found, "\n".join(found)
    assert answered == 5
    assert not wrong(case, str(TEMPLATE), queries_told(case))


def test_sentences_of_what_takes_more_worlds() -> None:
    found, answered = said_wrong(str(CODED), asked_more(loaded(str(CODED))))
    assert not found, "\n".join(found)
    assert answered == 5


@pytest.mark.parametrize("name", MEANING)
def test_sentences_of_the_cases_of_meaning(shared: Path, name: str) -> None:
    path = shared / "meaning" / name
    if path.is_dir():
        path = next(path.rglob("case.yaml"), None) or next(path.rglob("*.yaml"))
    case = loaded(str(path))
    found, answered = said_wrong(str(path), [("run", {"search": False, "all": True})])
    assert not found, "\n".join(found)
    assert answered == 1
    assert not wrong(case, str(path), queries_told(case))


@pytest.mark.slow
def test_sentences_of_the_flagship() -> None:
    case = loaded(FLAGSHIP)
    study, dossier = run_of(FLAGSHIP, 48)  # as other tests of the report, for which it is made once
    screen = io.StringIO()
    print_report(dossier.report, _console(screen), everything=True)
    for text in (
        screen.getvalue(),
        markdown(dossier),
        printed("why", {**FEW, "case": FLAGSHIP, "thing": "russia.ukraine"}),
    ):
        assert not wrong(case, FLAGSHIP, text)
    assert not wrong(case, FLAGSHIP, queries_told(case, study))


class _Words(HTMLParser):
    """The words of a page, without its style and script."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("style", "script", "code") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._inside:
            self.words.append(data.strip())


@cache
def page_words(path: str) -> str:
    reader = _Words()
    reader.feed(page(run_of(path, 16)[1]))
    return "\n".join(reader.words)


@pytest.mark.slow
def test_the_page_is_made_of_the_cases_words() -> None:
    assert not wrong(loaded(str(CODED)), str(CODED), page_words(str(CODED)))


def test_code_is_said_where_it_is_asked_for() -> None:
    given = {"case": str(TEMPLATE), **FEW}
    query = "P(conflict | dam = fill)"
    assert "[P(conflict | dam = fill)]" in printed("ask", {**given, "query": query}, code=True)
    assert "conflict" not in printed("ask", {**given, "query": query})
    why = printed("why", {**given, "thing": "clash"}, code=True)
    assert re.search(r"case\.yaml:\d+: ", why)
    assert re.search(r"\[story\.\S+, line \d+\]", why) or re.search(r"\[stakes\.\S+, line \d+\]", why)
    run = printed("run", {**given, "search": False, "all": True}, code=True)
    assert "[drought = dry]" in run
    assert "[water-first]" in run or "[P(conflict)]" in run
