"""What interventions set aside is named in every output, and where people read, before the first number it bears on."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

import quandary
from quandary.cli import build_app

TEXT = """
quandary: 2
title: A dry year
as_of: 2030-01-10
actors: {town: {name: The town, rationality: x2 to x4 per 10}}
story:
  - {chance: rain, title: Rain, states: [normal, dry], odds: {dry: 50%, normal: rest}, because: test}
  - chance: harvest
    title: The harvest
    given: [rain]
    states: [good, bad]
    odds: [{rain = dry: {bad: 62.6% to 63.4%, good: rest}}, {otherwise: {bad: 20% to 21%, good: rest}}]
    because: test
  - {decision: move, by: town, sees: [harvest], options: [stay, leave]}
stakes:
  town: {peace: {weight: 90% to 95%, worth: [{harvest = bad and move = stay: 0 to 50}, {otherwise: 40 to 60}]}}
evidence: [{on: 2030-01-06, saw: harvest = bad, because: seen}]
claims:
  - id: dry
    speaker: The town
    quote: "A dry year is bad."
    because: said
    tests:
      bad: P(harvest = bad | do(rain = dry)) > 62.95%
      worse: P(harvest = bad | do(rain = dry)) > P(harvest = bad | do(rain = normal)) + 42.5%
questions:
  bad: {query: P(harvest = bad | do(rain = dry)), asks: What of a dry year?}
  torn: {query: dilemma(town.move | do(rain = dry)) against rain = normal, asks: Is the town torn?}
checks: [{id: known, asks: P(harvest = bad | do(rain = dry)), range: 1% to 2%, because: test}]
"""
ASIDE = "about a world in which it was not seen that the harvest is bad"
NUMBER = re.compile(r"\b63 %|\b42\.\d|\bin (?:all|none|\d+) of", re.IGNORECASE)
LADDERS = {"md": ("What each unsettled claim hangs on",), "html": ()}
"""Parts for ladders; the page has them in the claims' cards."""
QUERY = "P(harvest = bad | do(rain = dry))"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dry") / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def printed(*words: object) -> str:
    done = CliRunner(env={"COLUMNS": "400"}).invoke(build_app(), [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.stdout


COMMANDS = {
    "run": ("run", "--no-search"),
    "ask": ("ask", QUERY),
    "ask a comparison": ("ask", f"{QUERY} > 62.95%"),
    "why a question": ("why", "bad"),
    "why a claim": ("why", "dry"),
    "flips": ("flips", "bad"),
    "flips of structure": ("flips", "bad", "--structure"),
    "timeline": ("timeline",),
    "paths": ("paths", "harvest = bad", "--change", "rain: normal to dry", "--through", "move"),
    "ladder": ("ladder", "dry"),
    "equilibria": ("equilibria", QUERY),
    "information": ("information", "bad"),
    "suppose": ("suppose", QUERY, "--hides", "move:harvest"),
}
SMALL = ("run", "equilibria", "flips of structure")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_names_it_before_the_first_number(command: str, case: Path) -> None:
    name, *rest = COMMANDS[command]
    worlds = 32 if command in SMALL else 500
    text = " ".join(printed(name, case, *rest, "--worlds", worlds).split())
    numbers = NUMBER.search(text)
    assert ASIDE in text
    assert numbers is None or text.index(ASIDE) < numbers.start()
    document = printed(name, case, *rest, "--worlds", worlds, "--json")
    assert told_in(json.loads(document))


def told_in(part: object) -> bool:
    """Return whether a document names what is set aside anywhere."""
    if isinstance(part, dict):
        own = [*part.get("set_aside", ()), *part.get("dropped", ())]
        return "harvest = bad" in own or any(told_in(value) for value in part.values())
    return isinstance(part, list) and any(told_in(value) for value in part)


@cache
def report(case: Path, ending: str) -> str:
    path = case.with_suffix(f".{ending}")
    printed("report", case, "--worlds", 400, "--no-search", "-o", path, "--force")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", ["md", "html"])
def test_a_report_names_it_before_the_number_in_each_of_its_parts(case: Path, ending: str) -> None:
    text = report(case, ending).replace("\N{NO-BREAK SPACE}", " ")
    head = text[: text.index("A dry year, as of")] if ending == "md" else text[text.index("<title>") :]
    assert head.index(ASIDE) < head.index("63 %")
    heading = {"md": "## {}\n", "html": ">{}</h2>"}[ending]
    for part in ("Claims", "Questions", "How the answer moved with what was seen", *LADDERS[ending]):
        own = text.split(heading.format(part), 1)[1].split("\n## " if ending == "md" else "<h2", 1)[0]
        numbers = NUMBER.search(own)
        assert numbers is not None
        assert own.index(ASIDE) < numbers.start(), part
    checks = text.split(heading.format("Checks"), 1)[1]
    assert checks.index("what was seen, but not that the harvest is bad") < checks.index("63 %")
    shown = text[text.index("<h1>") :] if ending == "html" else text
    assert shown.index(ASIDE) < shown.index("Likely, 63 %")
    questions = text.split(heading.format("Questions"), 1)[1]
    assert questions.index(f"{ASIDE}. Is the town torn?") > 0


@pytest.mark.parametrize("ending", ["md", "html"])
def test_a_first_page_names_what_its_claims_set_aside_where_the_headline_does_not(case: Path, ending: str) -> None:
    other = case.with_name("other.yaml")
    first = "questions:\n  plainly: {query: P(harvest = bad), asks: Is the harvest bad?}\n"
    other.write_text(TEXT.replace("questions:\n", first), encoding="utf-8")
    page = report(other, ending).replace("\N{NO-BREAK SPACE}", " ")
    page = page[page.index("<h1>") :] if ending == "html" else page
    said = f"Some of these claims ask {ASIDE}."
    assert page.index(said) < page.index("63 %")
    assert said not in report(case, ending), "there it stands over the headline"


def test_a_table_of_numbers_and_a_document_name_it(case: Path) -> None:
    rows = [line.split(",") for line in report(case, "csv").splitlines()]
    at = rows[0].index("set_aside")
    told = {row[0] for row in rows if row[at] == "harvest = bad"}
    assert told == {"headline", "claim", "question", "check"}
    document = json.loads(report(case, "json"))
    assert document["questions"]["bad"]["set_aside"] == ["harvest = bad"]
    assert document["checks"][0]["set_aside"] == ["harvest = bad"]
    assert all(test["set_aside"] == ["harvest = bad"] for test in document["claims"][0]["tests"].values())
    assert ASIDE in document["headline"]


def test_a_notebook_and_a_chart_name_it(case: Path) -> None:
    answer = quandary.load(case).solve(worlds=64).ask(QUERY)
    shown = answer._repr_html_()
    assert shown.index(ASIDE) < shown.index("63 %")
    path = case.with_suffix(".vl.json")
    printed("ask", case, QUERY, "--worlds", 64, "--chart", path, "--force")
    assert json.loads(path.read_text(encoding="utf-8"))["description"].index(ASIDE) >= 0


def test_where_nothing_is_set_aside_nothing_is_said(case: Path) -> None:
    assert "about a world" not in printed("ask", case, "P(harvest = bad)", "--worlds", 64)
    assert "about a world" not in printed("flips", case, "P(move = stay)", "--worlds", 500)
