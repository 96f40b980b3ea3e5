"""The JSON Schema of the case language, for editors; of a task's result, or of its request, for programs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Any

from quandary.base.problems import Problem, Refusal
from quandary.use.requests import About, request_schema
from quandary.use.results import Hands, Result
from quandary.use.tasks import task_named


@dataclass(frozen=True, kw_only=True)
class SchemaRequest:
    """A task; without one, the schema of case files is meant."""

    task: Annotated[
        str | None, About("Of the result of this task, such as `run`, instead of case files.", metavar="NAME")
    ] = None
    request: Annotated[bool, About("With --task: of what the task is asked, instead of its result.")] = False


@dataclass(frozen=True)
class SchemaResult(Result):
    """A JSON Schema as text."""

    text: str

    def content(self) -> str | None:
        """Return the schema."""
        return self.text


def run(request: SchemaRequest, hands: Hands) -> SchemaResult:
    """Return the schema of case files, or of a task's result or request."""
    if request.task is None:
        if request.request:
            raise Refusal(Problem("Q806", "--request goes with --task", hint="name the task: --task run --request"))
        text = files("quandary.case.schema").joinpath("case.schema.json").read_text(encoding="utf-8")
        return SchemaResult(text.rstrip("\n") + "\n")
    task = task_named(request.task)
    schema = request_schema(task.request) if request.request else _result_schema(task.name)
    return SchemaResult(json.dumps(schema, ensure_ascii=False, indent=2) + "\n")


def _result_schema(task: str) -> dict[str, Any]:
    from quandary.report.documents.registry import DOCUMENTS
    from quandary.report.documents.schema import schema_of

    if task not in DOCUMENTS:
        message = f"{task} makes a file and no document"
        raise Refusal(Problem("Q806", message, hint="leave --task out for the schema of case files"))
    return schema_of(DOCUMENTS[task])
