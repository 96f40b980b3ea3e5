"""The registry of tasks: what every task says of itself, and that requests are made from plain data."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, is_dataclass
from datetime import date
from enum import Enum
from math import isfinite
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from typer.testing import CliRunner

from quandary.base import CaseError, Problem, Refusal, catalogue
from quandary.case import TEMPLATE, shipped_folder
from quandary.cli import EXITS, Exit, build_app, exit_for, exit_of
from quandary.report import EARLIER_PLACES, PLACES, dumps
from quandary.use import (
    HANDS,
    NAMES,
    TASKS,
    Hands,
    LogitForm,
    RegisteredTask,
    RequestField,
    Result,
    SolveRequest,
    fields_of,
    read_duration,
    read_level,
    request_from,
    request_schema,
    task_named,
)

MADE_OF_FILES = {"export", "schema"}
"""Tasks whose result is a file's text and no document."""

EXAMPLES: dict[type, Any] = {int: 64, float: 0.5, bool: True, str: "text", Path: "a/file"}


def example(field: RequestField) -> object:
    """Return a value of a field as JSON has it."""
    if issubclass(field.kind, Enum):
        one: object = next(iter(field.kind)).value
    elif field.kind is date:
        one = "2022-01-19"
    elif field.name == "memory":
        one = "8GiB"
    elif field.name == "schema":
        one = 1
    elif field.name == "discrepancy":
        one = 2.5
    else:
        one = EXAMPLES[field.kind]
    return [one] if field.many else one


def tasks() -> list[Any]:
    return [pytest.param(task, id=task.name) for task in TASKS]


@pytest.mark.parametrize("task", tasks())
def test_a_task_says_what_it_does_and_what_it_takes(task: RegisteredTask) -> None:
    assert task.summary.endswith(".")
    request = task.request
    assert is_dataclass(request)
    assert (request.__doc__ or "").endswith(".")
    assert (task.load().__doc__ or "").startswith("Return ")
    for field in fields_of(request):
        assert field.about.help.strip(), field.name
        assert field.required or not field.about.positional or field.default in (None, (), ""), field.name
    hints = get_type_hints(task.load())
    assert hints["hands"] is Hands
    returned = getattr(hints["return"], "__args__", (hints["return"],))
    assert all(issubclass(one, Result) for one in returned)


@pytest.mark.parametrize("task", tasks())
def test_a_request_is_made_of_plain_data(task: RegisteredTask) -> None:
    given = {field.name: example(field) for field in fields_of(task.request)}
    request: Any = request_from(task.request, json.loads(json.dumps(given)))
    for field in fields_of(task.request):
        value = getattr(request, field.name)
        for one in value if field.many else [value]:
            assert isinstance(one, field.kind), field.name
    with pytest.raises(FrozenInstanceError):
        request.memory = 1


@pytest.mark.parametrize("task", tasks())
def test_a_request_has_a_schema_that_names_every_field(task: RegisteredTask) -> None:
    schema = request_schema(task.request)
    assert list(schema["properties"]) == [field.name for field in fields_of(task.request)]
    assert all(part["description"] for part in schema["properties"].values())
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("task", tasks())
def test_a_result_has_a_document(task: RegisteredTask) -> None:
    returned = get_type_hints(task.load())["return"]
    told = [one.document.__annotations__["return"] for one in getattr(returned, "__args__", (returned,))]
    documents = set(told if task.name in MADE_OF_FILES else " | ".join(told).split(" | "))
    if task.name in MADE_OF_FILES:
        assert documents == {"ResultDocument | None"}
    else:
        places = (*PLACES[task.name], *EARLIER_PLACES.get(task.name, ()))
        assert documents == {place.rpartition(".")[2] for place in places}
    done = CliRunner().invoke(build_app(), ["schema", "--task", task.name])
    if task.name in MADE_OF_FILES:
        assert done.exit_code == Exit.USAGE
        return
    assert json.loads(done.stdout)["$schema"].startswith("https://json-schema.org/")


def test_every_fault_of_a_request_is_told_at_once() -> None:
    wrong = {"file": 3, "concpt": "logit", "world": True, "limit": "soon", "form": "odd", "seed": -1, "worlds": 1.5}
    with pytest.raises(CaseError) as raised:
        request_from(SolveRequest, wrong)
    found = {(problem.code, problem.message) for problem in raised.value.problems}
    assert found == {
        ("Q819", 'a request has no "concpt"'),
        ("Q819", '3 is no value for "file"'),
        ("Q819", 'true is no value for "world"'),
        ("Q819", '1.5 is no value for "worlds"'),
        ("Q819", '"odd" is no value for "form"'),
        ("Q806", '"soon" is no time limit'),
        ("Q806", '-1 is no value for "seed"'),
    }
    assert any(problem.hint == 'did you mean "concept"?' for problem in raised.value.problems)
    with pytest.raises(CaseError, match='Q819 the request lacks "file"'):
        request_from(SolveRequest, {})


def nested(depth: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


HOSTILE: tuple[object, ...] = (
    *(
        10**400,
        -(10**400),
        10**5000,
        float("nan"),
        float("inf"),
        True,
        1.5,
        "",
        "\0",
        "\ud800",
        "x" * 100_000,
        "nan",
        "inf",
    ),
    *([], {}, ["x", 1], [["x"]], {"x": ["y"]}, nested(5000), b"x", {1}, object(), int, 1j),
)


@pytest.mark.slow
@pytest.mark.parametrize("task", tasks())
def test_a_hostile_value_is_taken_or_refused_in_a_sentence(task: RegisteredTask) -> None:
    request = task.request
    known = fields_of(request)
    least: dict[str, object] = {field.name: example(field) for field in known if field.required}
    for field in known:
        for value in HOSTILE:
            with contextlib.suppress(CaseError):
                made = getattr(request_from(request, least | {field.name: value}), field.name)
                assert not isinstance(made, float) or isfinite(made), (field.name, value)


@pytest.mark.parametrize(
    ("read", "written", "code"),
    [
        *((read_level, level, "Q563") for level in ("nan", "inf", "-inf%", "nan%", "1e400", "")),
        *((read_duration, limit, "Q806") for limit in ("9" * 400, "9" * 400 + "h", "0", "nan", "1e3", "-1s", "")),
    ],
)
def test_a_written_number_that_cannot_be_reckoned_with_is_refused(
    read: Callable[[str], float], written: str, code: str
) -> None:
    with pytest.raises(Refusal, match=code):
        read(written)


@pytest.mark.parametrize("given", [None, 5, "case", [], [["case", "x"]]])
def test_what_is_no_object_is_no_request(given: Any) -> None:
    with pytest.raises(CaseError, match=r"Q819 .* is no request"):
        request_from(SolveRequest, given)


@pytest.mark.parametrize("name", [1, None, (), "\ud800"])
def test_a_field_of_an_odd_name_is_refused(name: Any) -> None:
    with pytest.raises(CaseError, match="Q819 a request has no"):
        request_from(SolveRequest, {"file": "x", name: 1})


@pytest.mark.parametrize(
    ("given", "value"),
    [("trace", "trace"), ("40", 40.0), (40, 40.0), (2.5, 2.5), (None, None)],
)
def test_text_and_numbers_are_the_same_value(given: object, value: object) -> None:
    request = request_from(SolveRequest, {"file": "game.efg", "rationality": given, "form": "strategic"})
    assert request.rationality == value
    assert request.form is LogitForm.STRATEGIC


@pytest.mark.parametrize("given", [-1, 1e101, float("nan"), float("inf")])
def test_numbers_are_held_to_the_bounds_of_text(given: float) -> None:
    with pytest.raises(CaseError):
        request_from(SolveRequest, {"file": "game.efg", "rationality": given})


def test_a_task_is_the_same_by_either_way_in() -> None:
    case = str(shipped_folder() / TEMPLATE)
    task = task_named("ask")
    request: Any = request_from(task.request, {"case": case, "query": "P(conflict)", "worlds": 16})
    document = task.run(request, HANDS).document()
    assert document is not None
    printed = CliRunner().invoke(build_app(), ["ask", case, "P(conflict)", "--worlds", "16", "--json"]).stdout
    assert json.loads(printed) == json.loads(dumps(document))


def test_the_list_of_tasks_loads_nothing_heavy() -> None:
    program = "import sys, quandary.use.tasks as t; len(t.TASKS); print(*sorted(m.split('.')[0] for m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert not set(done.stdout.split()) & {"numpy", "scipy", "pydantic", "rich", "typer", "lark", "ruamel"}


def test_requests_are_known_without_numbers() -> None:
    """The help of one command is quick as well."""
    program = (
        "import sys, quandary.use.tasks as t, quandary.use.requests as r\n"
        "for task in t.TASKS: r.fields_of(task.request)\n"
        "print(*sorted(m.split('.')[0] for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert not set(done.stdout.split()) & {"numpy", "scipy", "pydantic", "rich", "lark", "ruamel"}


def test_names_are_those_of_commands() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for name in NAMES:
        *group, word = name.split()
        done = CliRunner().invoke(build_app(), [*group, "--help"], terminal_width=100)
        assert f"\n  {word} " in done.stdout, name


# --- the table of exit codes --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_fault_has_an_exit_code(code: str) -> None:
    assert exit_of(code) in {Exit.FAULTS, Exit.USAGE, Exit.UNSOLVED}


def test_every_row_of_the_table_is_of_some_fault() -> None:
    for beginnings, _ in EXITS:
        for beginning in beginnings.split():
            assert any(code.startswith(beginning) for code in catalogue()), beginning


def test_several_faults_leave_by_the_gravest() -> None:
    faults, usage, unsolved = Problem("Q104", "m"), Problem("Q804", "m"), Problem("Q807", "m")
    assert exit_for([usage]) == Exit.USAGE
    assert exit_for([usage, faults]) == Exit.FAULTS
    assert exit_for([faults, unsolved]) == Exit.UNSOLVED


def test_a_number_that_is_none_is_told_what_it_may_be() -> None:
    with pytest.raises(CaseError) as raised:
        request_from(task_named("flips").request, {"case": "c", "thing": "t", "level": float("nan")})
    (problem,) = raised.value.problems
    assert (problem.code, problem.hint) == ("Q806", "name a number")
