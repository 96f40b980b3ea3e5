"""Routes of jobs: where one stands, its answer, its news as they come, and its end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter
from fastapi.exceptions import HTTPException
from fastapi.responses import JSONResponse, Response, StreamingResponse

from quandary.web.jobs.pool import JobPool, JobState, WebJob
from quandary.web.routes.tasks import answer_of, fault_responses, job_record

REFERENCE: dict[str, Any] = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}}


def job_routes(pool: JobPool) -> APIRouter:
    """Return a router with the routes of jobs."""
    router = APIRouter(prefix="/api/jobs", tags=["jobs"])

    def job_of(key: str) -> WebJob:
        job = pool.jobs.get(key)
        if job is None:
            raise HTTPException(404, "there is no such job, or its answer is no longer kept")
        return job

    found = {"200": {"description": "Where it stands.", **REFERENCE}, **fault_responses("404", "422")}

    _watching(router, job_of)

    @router.get("", openapi_extra={"responses": {"200": _listed(), **fault_responses()}}, response_class=JSONResponse)
    async def list_jobs() -> Response:
        """List the jobs that are known, the oldest first."""
        return JSONResponse([job_record(job) for job in pool.jobs.values()])

    @router.get("/{key}", openapi_extra={"responses": found}, response_class=JSONResponse)
    async def show_job(key: str) -> Response:
        """Say where a job stands."""
        return JSONResponse(job_record(job_of(key)))

    @router.delete("/{key}", openapi_extra={"responses": found}, response_class=JSONResponse)
    async def stop_job(key: str) -> Response:
        """Ask a job to stop with what it has; its answer says that it is a part."""
        job = job_of(key)
        if job.state is not JobState.DONE:
            pool.stop(job)
        return JSONResponse(job_record(job))

    return router


def _watching(router: APIRouter, job_of: Callable[[str], WebJob]) -> None:
    """Add the routes of a job's answer and of its news."""
    result = {"200": {"description": "The result of its task.", "content": {"application/json": {}}}}

    @router.get(
        "/{key}/result",
        openapi_extra={"responses": {**result, **fault_responses("404", "409", "422", "500", "507")}},
        response_class=JSONResponse,
    )
    async def job_result(key: str) -> Response:
        """Return the answer of a job that is done, as its task's route would have."""
        job = job_of(key)
        if job.state is not JobState.DONE:
            raise HTTPException(409, "the job is not done yet")
        return answer_of(job)

    events = {
        "200": {"description": "Events `job`, the last one when it is done.", "content": {"text/event-stream": {}}}
    }

    @router.get(
        "/{key}/events",
        openapi_extra={"responses": {**events, **fault_responses("404", "422")}},
        response_class=StreamingResponse,
    )
    async def job_events(key: str) -> Response:
        """Send where a job stands whenever that changes, as server-sent events."""
        return StreamingResponse(_events(job_of(key)), media_type="text/event-stream")


async def _events(job: WebJob) -> AsyncIterator[str]:
    async for news in job.news():
        yield f"event: job\ndata: {json.dumps(job_record(news))}\n\n"


def _listed() -> dict[str, Any]:
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/Job"}}
    return {"description": "All of them.", "content": {"application/json": {"schema": schema}}}
