"""A route for each task: its request and its result are those of the command line, by the same schemas."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from quandary.base.problems import Problem
from quandary.report.documents.schema import DOCUMENTS, schema_of
from quandary.use.requests import request_from
from quandary.use.tasks import TASKS, RegisteredTask
from quandary.web.faults import problems_response
from quandary.web.jobs.pool import Busy, JobPool, WebJob
from quandary.web.places import confined, offered_schema
from quandary.web.routes.bodies import object_in
from quandary.web.settings import ServerSettings

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

LATER = "respond-async"
"""What a ``Prefer`` header says where only the job's address is wanted."""

LOOKED = 0.5
"""Seconds between looks whether whoever asked is still there."""

CONTENT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "content": {
            "type": ["string", "null"],
            "description": "what the command would print; null where a file was written",
        },
        "notes": {"type": "array", "items": {"type": "string"}, "description": "what is said beside it"},
    },
    "required": ["content", "notes"],
    "additionalProperties": False,
}
"""The schema of results that are no document."""

FAULTS = "Faults"
"""What the document of faults is called in the description."""


def path_of(task: RegisteredTask) -> str:
    """Return the path of a task's route."""
    return "/api/" + task.name.replace(" ", "/")


def task_routes(pool: JobPool, settings: ServerSettings) -> APIRouter:
    """Return a router with a route for each task."""
    router = APIRouter(tags=["tasks"])
    for task in TASKS:
        router.add_api_route(
            path_of(task),
            _handler(task, pool, settings),
            methods=["POST"],
            summary=task.summary,
            operation_id=task.name.replace(" ", "_"),
            openapi_extra=_description(task),
            response_class=JSONResponse,
        )
    return router


def _handler(task: RegisteredTask, pool: JobPool, settings: ServerSettings) -> Handler:
    async def carry_out(request: Request) -> Response:
        given = await object_in(request)
        made = confined(task, given, settings)
        request_from(task.request, made)  # faults are told before anything waits
        try:
            job = pool.submit(task.name, made)
        except Busy:
            problem = Problem("Q823", "too many jobs are waiting", hint="ask again in a few seconds")
            return problems_response([problem], 503, {"retry-after": "5"})
        if LATER in request.headers.get("prefer", "").lower():
            return JSONResponse(job_record(job), 202, headers={"location": f"/api/jobs/{job.key}"})
        await _awaited(job, request, pool)
        return answer_of(job)

    return carry_out


async def _awaited(job: WebJob, request: Request, pool: JobPool) -> None:
    """Wait for a job's end; stop it where whoever asked has gone."""
    waiting = asyncio.create_task(job.done())
    try:
        while not (await asyncio.wait({waiting}, timeout=LOOKED))[0]:
            if await request.is_disconnected():
                pool.stop(job)
                return
    finally:
        waiting.cancel()


def answer_of(job: WebJob) -> Response:
    """Return what a job that is done has to say."""
    assert job.status is not None
    return Response(job.body, job.status, media_type="application/json")


def job_record(job: WebJob) -> dict[str, Any]:
    """Return where a job stands."""
    return {
        "job": job.key,
        "task": job.task,
        "state": job.state.value,
        "stopping": job.stopping,
        "progress": job.progress,
        "status": job.status,
    }


JOB: dict[str, Any] = {
    "type": "object",
    "properties": {
        "job": {"type": "string", "description": "its key"},
        "task": {"type": "string", "description": "what is done"},
        "state": {"type": "string", "enum": ["waiting", "working", "done"], "description": "where it stands"},
        "stopping": {"type": "boolean", "description": "whether it was asked to stop"},
        "progress": {
            "type": ["object", "null"],
            "properties": {
                "what": {"type": "string", "description": "what is being done"},
                "done": {"type": "integer", "description": "how much of it is done"},
                "total": {"type": "integer", "description": "of how much; 0 where there is no telling"},
            },
            "required": ["what", "done", "total"],
            "additionalProperties": False,
            "description": "how far it is",
        },
        "status": {"type": ["integer", "null"], "description": "the status of its answer, once it is done"},
    },
    "required": ["job", "task", "state", "stopping", "progress", "status"],
    "additionalProperties": False,
}
"""The schema of ``job_record``."""


def _description(task: RegisteredTask) -> dict[str, Any]:
    """Return what OpenAPI says of a task's route."""
    schema = offered_schema(task)
    return {
        "requestBody": {
            "required": bool(schema["required"]),
            "content": {"application/json": {"schema": {k: v for k, v in schema.items() if k != "$schema"}}},
        },
        "parameters": [
            {
                "name": "Prefer",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "enum": [LATER]},
                "description": "`respond-async`: answer at once with the job's address.",
            }
        ],
        "responses": {
            "200": _json("What was found.", {"$ref": f"#/components/schemas/{_component(task)}"}),
            "202": _json("The job that works on it.", {"$ref": "#/components/schemas/Job"}),
            **fault_responses("409", "422", "500", "503", "507"),
        },
    }


MEANINGS = {
    "400": "The request is not understood.",
    "401": "The token is missing or wrong.",
    "403": "It comes from a page of another address.",
    "404": "There is no such thing.",
    "405": "That is not done here.",
    "408": "The body did not arrive in time.",
    "409": "It was stopped, or is not done yet.",
    "412": "The file was changed meanwhile.",
    "413": "The body is too large.",
    "422": "Faults of the case, the question or the request.",
    "428": "The file is there already: say which version you mean to replace.",
    "429": "Too many requests.",
    "500": "A fault of Quandary itself.",
    "503": "Too many jobs wait.",
    "507": "Not enough memory.",
}
"""What each status says where an answer is one of faults."""


def fault_responses(*statuses: str) -> dict[str, Any]:
    """Return answers with faults, as OpenAPI describes them; those that any request may get among them."""
    return {
        status: _json(MEANINGS[status], {"$ref": f"#/components/schemas/{FAULTS}"})
        for status in sorted({*statuses, "400", "401", "403", "405", "408", "413", "429"})
    }


def _json(meaning: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}


def _component(task: RegisteredTask) -> str:
    return "".join(part.capitalize() for part in task.name.split()) + "Result"


def components() -> dict[str, Any]:
    """Return the schemas that routes refer to: each task's result, faults, jobs."""
    made: dict[str, Any] = {"Job": JOB}
    for task in TASKS:
        whole = schema_of(DOCUMENTS[task.name]) if task.name in DOCUMENTS else CONTENT
        if task.name in CONTENT_TOO:
            whole = {"anyOf": [whole, CONTENT]}
        _take(_component(task), whole, made)
    _take(FAULTS, schema_of(DOCUMENTS["check"]), made)
    return made


CONTENT_TOO = ("report",)
"""Tasks with a document that may write a file instead."""


def _take(name: str, whole: Mapping[str, Any], made: dict[str, Any]) -> None:
    """Put a schema among the components under a name, and its own definitions under names of theirs."""
    text = json.dumps({key: value for key, value in whole.items() if key != "$schema"})
    text = text.replace('"#/$defs/', f'"#/components/schemas/{name}.')
    found = json.loads(text)
    for part in [found, *found.get("anyOf", [])]:
        for own, schema in part.pop("$defs", {}).items():
            made[f"{name}.{own}"] = schema
    made[name] = found
