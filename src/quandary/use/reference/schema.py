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
    schema: Annotated[
        int | None,
        About("With --task: this version of its document, where it has two (default: the newest).", least=1),
    ] = None


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
        for name, given in (("--request", request.request), ("--schema 1", request.schema is not None)):
            if given:
                raise Refusal(Problem("Q806", f"{name} goes with --task", hint=f"name the task: --task run {name}"))
        text = files("quandary.case.schema").joinpath("case.schema.json").read_text(encoding="utf-8")
        return SchemaResult(text.rstrip("\n") + "\n")
    task = task_named(request.task)
    if request.request and request.schema is not None:
        raise Refusal(Problem("Q806", "a request has one schema", hint="leave --schema out"))
    schema = request_schema(task.request) if request.request else _result_schema(task.name, request.schema)
    return SchemaResult(json.dumps(schema, ensure_ascii=False, indent=2) + "\n")


def _result_schema(task: str, version: int | None) -> dict[str, Any]:
    from quandary.report.documents.schema import DOCUMENTS, document_of, schema_of

    if task not in DOCUMENTS:
        message = f"{task} makes a file and no document"
        raise Refusal(Problem("Q806", message, hint="leave --task out for the schema of case files"))
    document = DOCUMENTS[task] if version is None else document_of(task, version)
    if document is None:
        message = f"the document of {task} has no two versions, or none that is {version}"
        raise Refusal(Problem("Q806", message, hint="leave --schema out for the newest"))
    return schema_of(document)
