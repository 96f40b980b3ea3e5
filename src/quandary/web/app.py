"""The application: routes behind the guard, faults in plain words, OpenAPI at ``/openapi.json``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import HTTPException
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.openapi.utils import get_openapi
from fastapi.responses import Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from quandary.base.problems import CaseError, Refusal
from quandary.version import __version__
from quandary.web.faults import told
from quandary.web.guard import Guard
from quandary.web.jobs.pool import JobPool
from quandary.web.page.pool import CasePool
from quandary.web.page.routes import faults_page, page_routes
from quandary.web.routes.files import file_routes
from quandary.web.routes.jobs import job_routes
from quandary.web.routes.tasks import components, task_routes
from quandary.web.settings import ServerSettings
from quandary.web.views.routes import WORKER, view_routes

ABOUT = """Every task of Quandary as a route: the request and the result are those of the command line.

Send `Authorization: Bearer TOKEN`; `quandary serve` prints the token. Faults of a case, a question or a request are 422
with the code, the place and the next step that the command line prints. With `Prefer: respond-async` a route answers at
once with a job, which can be watched (`/api/jobs/{key}/events`), stopped (`DELETE`) and read later.
"""


def application(settings: ServerSettings) -> Guard:
    """Return the ASGI application of a server, its guard before it."""
    pool, views, cases = JobPool(settings), JobPool(settings, WORKER), CasePool(settings)

    @asynccontextmanager
    async def running(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.gather(pool.close(), views.close(), cases.close())

    app = FastAPI(
        title="Quandary",
        version=__version__,
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        lifespan=running,
        exception_handlers=dict.fromkeys((CaseError, Refusal, HTTPException, StarletteHTTPException), _shown_or_told),
    )
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.include_router(task_routes(pool, settings))
    app.include_router(job_routes(pool))
    app.include_router(file_routes(settings))
    app.include_router(page_routes(settings, cases))
    app.include_router(view_routes(settings, views))
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # FastAPI's own way to extend it
    return Guard(app, settings)


async def _shown_or_told(request: Request, fault: Exception) -> Response:
    """Return faults that a route raised: as a page to a browser that asked for one, else as their document."""
    answer = await told(request, fault)
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return answer
    problems = json.loads(bytes(answer.body))["problems"]
    if answer.status_code == HTTPStatus.NOT_FOUND:  # routes are nothing to somebody who reads pages
        problems = [{**one, "hint": "go back to the list of cases, and choose one"} for one in problems]
    return faults_page("That cannot be shown", problems, "/?all=1", answer.status_code)


def _described(app: FastAPI) -> dict[str, Any]:
    """Return the description of all routes, made once."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas |= components()
        made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
        app.openapi_schema = made
    return app.openapi_schema
