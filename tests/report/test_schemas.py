"""Documents: what every task prints with ``--json`` follows the schema of its document, and nothing else does."""

from __future__ import annotations

import copy
import json
import shlex
from collections.abc import Iterator
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.ask.crisis import TEXT
from tests.ask.test_structure import CHAIN
from typer.testing import CliRunner

from quandary.cli import build_app
from quandary.report import DOCUMENTS, document, document_of, key, plain, schema_of

pytestmark = pytest.mark.slow

ARTICLE = """Talks on the river

By Ada Quill, 5 March 2021

The foreign minister of Arlan, Ivo Marsh, said on Monday that the army would "probably" cross the border if the dam
is filled. "We will not wait, and our neighbours should know it," he said. According to the council, drought makes war
more likely. The president of Belmar is unlikely to give way because the harvest was poor. Sanctions would raise the
price of grain. On 3 March 2021 soldiers of Belmar shelled the town of Ostrel, officials said.
"""
PENNIES = 'NFG 1 R "pennies" { "1" "2" } { 2 2 }\n1 -1 -1 1 -1 1 1 -1\n'
ALIKE = 'NFG 1 R "all alike" { "1" "2" } { 2 2 }\n1 1 1 1 0 1 0 1\n'
SIGNALS = """EFG 2 R "one says, one acts" { "S" "A" }
c "" 1 "" { "good" 1/2 "bad" 1/2 } 0
p "" 1 1 "" { "speak" "rest" } 0
p "" 2 1 "" { "trust" "doubt" } 0
t "" 1 "" { 2, 1 }
t "" 2 "" { 0, 0 }
t "" 3 "" { 1, 0 }
p "" 1 2 "" { "speak" "rest" } 0
p "" 2 1 "" { "trust" "doubt" } 0
t "" 4 "" { 0, -1 }
t "" 5 "" { -2, 0 }
t "" 6 "" { 1, 0 }
"""
FAR_APART = """EFG 2 R "payoffs that 16 digits cannot hold" { "1" "2" }
p "" 1 1 "" { "A" "B" } 0
p "" 2 1 "" { "X" "Y" } 0
t "" 1 "" { 40000000000000000000, -40000000000000000000 }
t "" 2 "" { 1, -1 }
p "" 2 1 "" { "X" "Y" } 0
t "" 3 "" { -1, 1 }
t "" 4 "" { 0, 0 }
"""
CLAIM = """
claims:
  - {id: good, speaker: A, quote: x, tests: {likely: P(harvest = good) > 50%}}
"""

OUTSIDE = """
outside:
  - {of: war, class: crises like this, rate: 6% to 10.4%, n: 401}
  - {of: war, by: A market, said: 47%, on: 2022-01-08, how: interpolated}
pool: {inside: 2}
"""

COMMANDS = {
    "run": "run OWN/case.yaml -w 300",
    "run without evidence": "run crisis.yaml -w 300 --no-evidence --no-search",
    "run of claims that a do is in": "run crisis.yaml -w 300",
    "run in the words before": "run OWN/case.yaml -w 300 --schema 1",
    "run of claims in the words before": "run crisis.yaml -w 300 --schema 1",
    "report": "report OWN/case.yaml -f json -w 300",
    "report in the words before": "report OWN/case.yaml -f json -w 300 --schema 1",
    "migrate": "migrate crisis.yaml -w 64 --keep-old changed",
    "migrate nothing": "migrate OWN/case.yaml",
    "check": "check OWN/case.yaml",
    "check of a broken case": "check broken.yaml",
    "ask": "ask crisis.yaml P(unrest=threat) -w 300",
    "ask whether": "ask crisis.yaml P(unrest=threat)>20% -w 300",
    "ask whether with a do": "ask crisis.yaml 'P(war | do(unrest=threat)) < P(war | do(unrest=none))' -w 300",
    "ask in the words before": "ask crisis.yaml P(unrest=threat) -w 300 --schema 1",
    "ask whether in the words before": "ask crisis.yaml P(unrest=threat)>20% -w 300 --schema 1",
    "ask in parts": "ask crisis.yaml 'dilemma(empire.push | operation = fail) against operation = success' -w 300",
    "why the headline": "why OWN/case.yaml headline -w 300",
    "why a number": "why crisis.yaml war_cost -w 300",
    "why a choice": "why crisis.yaml 'empire.push = attack | reply = yield' -w 600",
    "why a choice alone": "why crisis.yaml rival.reply -w 300",
    "run with outside views": "run outside.yaml -w 300 --no-search",
    "why a query": "why crisis.yaml P(unrest=threat) -w 300",
    "solve": "solve signals.efg -c sequential",
    "solve a case": "solve chain.yaml",
    "solve a branch": "solve signals.efg --rationality trace",
    "solve for all": "solve alike.nfg -c mixed",
    "solve for advice": "solve pennies.nfg -c correlated",
    "solve to no end": "solve far.efg -c sequential",
    "show": "show crisis.yaml --stage game",
    "new": "new made",
    "explain": "explain Q104",
    "explain all": "explain",
    "read": "read article.txt",
    "timeline": "timeline OWN/case.yaml -w 300",
    "paths": "paths chain.yaml harvest=bad --change 'weather: fair to foul' --through letter -w 300",
    "ask, anchored": "ask OWN/case.yaml P(conflict) -w 300 --anchored",
    "run, anchored": "run OWN/case.yaml -w 300 --anchored --no-search",
    "critique": "critique OWN/case.yaml -w 500",
    "ladder": "ladder kazakhstan-2022 war-less-likely -w 64",
    "suppose": "suppose crisis.yaml P(push=attack) --hides push:reply -w 300",
    "suppose a truth": "suppose crisis.yaml P(push=attack)>10% --hides push:reply -w 300",
    "flips": "flips crisis.yaml P(push=attack) -w 800 --no-evidence",
    "flips of a claim": "flips crisis.yaml E(empire.glory|do(push=attack))>68 -w 1500 --no-evidence",
    "flips by structure": "flips chain.yaml good --structure -w 16",
    "information": "information chain.yaml lender.loan --control -w 16",
    "information by study": "information crisis.yaml P(push=attack) -w 800 --no-evidence",
    "information for a choice": "information crisis.yaml empire.push --choose -w 1500 --no-evidence",
    "information for a choice, knowing": "information crisis.yaml rival.reply --choose --knowing -w 500",
    "compare": "compare chain.yaml other.yaml P(harvest=bad) -w 16",
    "equilibria": "equilibria OWN/case.yaml P(conflict) -w 20 --starts 4",
    "next": "next OWN/case.yaml -w 200",
    "elicit": "elicit OWN/case.yaml -w 200",
}
"""A command for every form that a document takes."""

FAULTS = {"check of a broken case": 1, "solve to no end": 3}
"""Exit codes other than 0."""


EARLIER = " --schema 1"


@cache
def validator(task: str, version: int | None = None) -> Draft202012Validator:
    schema = schema_of(DOCUMENTS[task] if version is None else document_of(task, version))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("documents")
    texts = {
        "crisis.yaml": TEXT,
        "chain.yaml": CHAIN + CLAIM,
        "other.yaml": CHAIN.replace("foul: 30%", "foul: 60%"),
        "outside.yaml": TEXT + OUTSIDE,
        "broken.yaml": TEXT.replace("angry: 20% to 50%", "angry: 20% to 5%"),
        "article.txt": ARTICLE,
        "pennies.nfg": PENNIES,
        "alike.nfg": ALIKE,
        "signals.efg": SIGNALS,
        "far.efg": FAR_APART,
    }
    for name, text in texts.items():
        (place / name).write_text(text, encoding="utf-8")
    printed(place, "new OWN", 0)
    return place


def printed(place: Path, command: str, code: int) -> Any:
    task = command.split(maxsplit=1)[0]
    quiet = [] if task in {"check", "show", "new", "explain", "read", "elicit"} else ["--quiet"]
    as_json = [] if task == "report" else ["--json"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        done = CliRunner().invoke(build_app(), [*shlex.split(command), *as_json, *quiet])
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def outputs() -> dict[str, Any]:
    return {}


def output(folder: Path, outputs: dict[str, Any], name: str) -> Any:
    if name not in outputs:
        outputs[name] = printed(folder, COMMANDS[name], FAULTS.get(name, 0))
    return outputs[name]


def test_every_task_is_among_the_commands() -> None:
    ledgers = {task for task in DOCUMENTS if task.startswith("ledger ")}  # tried in tests/ledger, one after the other
    assert {command.split()[0] for command in COMMANDS.values()} == set(DOCUMENTS) - ledgers - {"demo"}
    assert DOCUMENTS["demo"] is DOCUMENTS["run"]


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_printed_follows_the_schema(folder: Path, outputs: dict[str, Any], name: str) -> None:
    body = output(folder, outputs, name)
    faults = [f"{list(e.absolute_path)}: {e.message[:300]}" for e in task_of(name).iter_errors(body)]
    assert not faults
    assert body["version"]


def task_of(name: str) -> Draft202012Validator:
    command = COMMANDS[name]
    return validator(command.split()[0], 1 if command.endswith(EARLIER) else None)


LOOKED_AT = 3
"""Items of a list that are changed."""
WRONG = [[["nothing"]]]
"""What no schema of ours takes in the place of any value."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path to everything in a document, but for charts, which are specifications of another project."""
    yield path
    if isinstance(value, dict) and path[:1] != ("charts",):
        for name, item in value.items():
            yield from places(item, (*path, name))
    elif isinstance(value, list):
        for number, item in enumerate(value[:LOOKED_AT]):
            yield from places(item, (*path, number))


def at(body: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        body = body[step]
    return body


def changes(body: Any) -> Iterator[tuple[str, Any]]:
    """Yield a document with one thing changed, for every kind of place in it; each change is taken back."""
    kinds = {tuple("*" if isinstance(step, int) else step for step in path): path for path in places(body)}
    for path in kinds.values():
        here = at(body, path)
        if isinstance(here, dict):
            here["no such key"] = WRONG
            yield f"a key more at {path}", body
            del here["no such key"]
        if path:
            holder = at(body, path[:-1])
            holder[path[-1]] = WRONG
            yield f"something else at {path}", body
            holder[path[-1]] = here
    for name in body:
        yield f"without {name}", {key: item for key, item in body.items() if key != name}


def shortened(value: Any) -> Any:
    """Return a copy of a document with the items of each list that ``places`` leads to."""
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    return [shortened(item) for item in value[:LOOKED_AT]] if isinstance(value, list) else value


JUDGED = {"verdict", "share", "edge", "few_worlds", "few_edge", "not_testable", "size", "no_size", "other_form"}
OPTIONAL = {
    "ask": {"holds_in", "parts", "not_converged", "not_converged_worlds", "anchored", "counting", "fillings"} | JUDGED,
    "why": {"choice"},
    "run": {"outside", "headline_counting", "anchored", "clones"},
    "report": {"headline_side", "headline_bounds", "clones"},
    "check": {"unknown"},
}
"""Keys of a whole result that may be missing, by its task."""


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_changed_does_not(folder: Path, outputs: dict[str, Any], name: str) -> None:
    whole = output(folder, outputs, name)
    charts = {key: whole[key] for key in ("charts",) if key in whole}
    body = shortened(whole) | copy.deepcopy(charts)
    assert task_of(name).is_valid(body)
    optional = {f"without {key}" for key in OPTIONAL.get(COMMANDS[name].split()[0], ())}
    passed = [what for what, changed in changes(body) if task_of(name).is_valid(changed) and what not in optional]
    assert not passed


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


VERSIONS = [(task, None) for task in DOCUMENTS] + [(task, 1) for task in ("run", "demo", "report", "ask")]


@pytest.mark.parametrize(("task", "version"), VERSIONS)
def test_a_schema_is_strict_and_says_what_each_key_means(task: str, version: int | None) -> None:
    schema = validator(task, version).schema
    assert isinstance(schema, dict)
    found = list(objects(schema))
    assert found
    for part in found:
        assert part["additionalProperties"] is False
        assert part["description"]
        assert set(part.get("required", ())) <= set(part["properties"])  # in none where every key may be left out
        for name, about in part["properties"].items():
            assert about.get("description"), f"{part['title']}.{name}"


def schema_printed(*options: str) -> Any:
    done = CliRunner().invoke(build_app(), ["schema", *options])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("task", ["run", "report", "ask"])
def test_both_versions_are_printed(task: str) -> None:
    newest, before = schema_printed("--task", task), schema_printed("--task", task, "--schema", "1")
    assert newest == schema_of(DOCUMENTS[task]) == schema_printed("--task", task, "--schema", "2")
    assert before == schema_of(document_of(task, 1))
    assert newest["properties"]["schema"]["const"] == f"quandary.{task}/2"
    assert before["properties"]["schema"]["const"] == f"quandary.{task}/1"


@pytest.mark.parametrize(
    "options", [["--schema", "1"], ["--task", "run", "--schema", "3"], ["--task", "run", "--request", "--schema", "1"]]
)
def test_a_version_that_is_none_is_refused(options: list[str]) -> None:
    done = CliRunner().invoke(build_app(), ["schema", *options])
    assert done.exit_code == 2
    assert "Q806" in done.stderr


def test_the_words_for_unknown_numbers_are_reserved() -> None:
    words = schema_of(DOCUMENTS["run"])["$defs"]["Verdict"]["enum"]
    assert {"follows_proved", "follows_searched", "open", "contradicts"} < set(words)
    before = schema_of(document_of("run", 1))["$defs"]["EarlierTestDocument"]["properties"]["verdict"]["enum"]
    assert set(before) == {
        "holds", "fragile", "fails", "by_construction_true", "by_construction_false", "not_testable"
    }  # fmt: skip


def test_the_words_before_go_away_and_say_so(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        done = CliRunner().invoke(
            build_app(), ["ask", "crisis.yaml", "P(unrest = threat)", "-w", "16", "--json", "--quiet", "--schema", "1"]
        )
    assert "Schema 1 goes away with the next release" in done.stderr


class Colour(Enum):
    RED = "red"


@document
class Inner:
    """Some keys."""

    first: float = key("a number")
    second: int | None = key("may be missing", left_out=True)


@document
class Rest:
    """One more key."""

    last: str = key("may be missing")


@document
class Outer:
    """A document with every kind of key."""

    start: str = key("a word of Python", name="from")
    inner: Inner = key("in its place", inline=True)
    none: Rest | None = key("may be missing, all of it", inline=True, left_out=True)
    others: tuple[Inner, ...] = key("some more")
    day: date = key("a day")
    colour: Colour | None = key("a colour")
    numbers: dict[str, float | None] = key("some numbers")


def test_a_document_becomes_plain_data_in_the_order_of_its_keys() -> None:
    inner = Inner(1.5, None)
    found = plain(
        Outer("a", inner, None, (Inner(float("nan"), 2),), date(2022, 1, 8), Colour.RED, {"x": float("inf"), "y": 1.0})
    )
    expected = {
        "from": "a",
        "first": 1.5,
        "others": [{"first": None, "second": 2}],
        "day": "2022-01-08",
        "colour": "red",
        "numbers": {"x": None, "y": 1.0},
    }
    assert json.dumps(found) == json.dumps(expected)
    schema = schema_of(Outer)
    assert list(schema["properties"]) == ["from", "first", "second", "last", "others", "day", "colour", "numbers"]
    assert schema["required"] == ["from", "first", "others", "day", "colour", "numbers"]
    assert schema["properties"]["second"] == {"type": "integer", "description": "may be missing"}
    assert not Draft202012Validator(schema).is_valid(found)  # `first` is null among the others
    assert Draft202012Validator(schema).is_valid(expected | {"others": []})
