"""Routes of the pages beside that of a case; each is made in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import Response

from quandary.web.jobs.pool import Busy, JobPool
from quandary.web.page.routes import faults_page, html_page
from quandary.web.settings import ServerSettings

WORKER = "quandary.web.views.worker"
LONGEST = 300
"""Letters of a field of an address that are read."""


def view_routes(settings: ServerSettings, pool: JobPool) -> APIRouter:
    """Return a router with the routes of these pages."""
    router = APIRouter(tags=["page"], include_in_schema=False)

    @router.get("/ledger")
    async def ledger(request: Request) -> Response:
        """List the questions of the ledger, and what is due."""
        return await _made(pool, "ledger", _asked(request, settings), "/")

    @router.get("/ledger/question")
    async def question(request: Request) -> Response:
        """Return one question with its history."""
        return await _made(pool, "ledger question", _asked(request, settings), "/ledger")

    @router.get("/ledger/scores")
    async def scores(request: Request) -> Response:
        """Return the scores."""
        return await _made(pool, "ledger scores", _asked(request, settings), "/ledger")

    return router


def _asked(request: Request, settings: ServerSettings) -> dict[str, str]:
    """Return what an address asks for; which ledger is meant only whoever serves says."""
    given = {name: value[:LONGEST] for name, value in request.query_params.items()}
    return {**given, "ledger": settings.ledger or ""}


async def _made(pool: JobPool, name: str, given: Mapping[str, object], back: str) -> Response:
    """Return a page as a process makes it, or its faults."""
    try:
        job = pool.submit(name, given)
    except Busy:
        raise HTTPException(503, "too many pages are being made", {"retry-after": "5"}) from None
    await job.done()
    assert job.status is not None
    if job.status == 200:
        return html_page(job.body)
    return faults_page("This cannot be shown", json.loads(job.body)["problems"], back, job.status)
