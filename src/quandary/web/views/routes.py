"""Routes of the pages beside that of a case; each is made in a process of its own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import RedirectResponse, Response

from quandary.base.problems import Problem, Refusal
from quandary.use.turning.elicit import BLOCK
from quandary.web.jobs.pool import Busy, JobPool, WebJob
from quandary.web.page.routes import faults_page, given_in, html_page
from quandary.web.places import case_path
from quandary.web.settings import ServerSettings

WORKER = "quandary.web.views.worker"
FINE, FAULTY = 200, 422
REFUSED = "Q575"
"""The fault of an answer that does not fit."""
KEPT = 200
"""Sittings that are kept."""
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

    @router.get("/compare")
    async def compare(request: Request) -> Response:
        """Return two cases side by side."""
        asked = _asked(request, settings)
        paths = {f"{one}_path": case_path(asked[one], settings.folder) for one in ("first", "second") if asked.get(one)}
        return await _made(pool, "compare", {**asked, **paths, "folder": "."}, "/?all=1")

    _drafting(router, settings, pool)
    return router


def _drafting(router: APIRouter, settings: ServerSettings, pool: JobPool) -> None:
    sittings = Sittings()

    @router.get("/draft")
    async def draft(request: Request) -> Response:
        """Return a draft with its questions."""
        asked = _asked(request, settings)
        named, key = asked.get("case", ""), asked.get("key", "")
        if not named:
            raise HTTPException(404, "no case is named")
        key, sitting = sittings.of(key, named)
        given = {
            "case": named,
            "path": case_path(named, settings.folder),
            "key": key,
            "show": asked.get("show", ""),
            "sitting": json.dumps(sitting),
            "read_only": "yes" if settings.read_only else "",
        }
        page = await _made(pool, "draft", given, "/?all=1")
        if page.status_code == FINE and (given["show"] or sitting["since"] >= BLOCK):
            sitting.update(since=0, was=[])
        return page

    @router.post("/draft/answer")
    async def answer(request: Request) -> Response:
        """Write an answer that a form gives, and go on to the next question."""
        given = {name: str(value) for name, value in (await given_in(request)).items()}
        named = given.get("case", "")
        path = case_path(named, settings.folder)
        key, sitting = sittings.of(given.get("key", ""), named)
        back = f"/draft?{urlencode({'case': named, 'key': key})}"
        sitting.update(by=given.get("by", ""), fault="", written=None, typed={})
        if given.get("form") == "later":
            sitting["passed"] = [*sitting["passed"], given.get("question", "")]
            return RedirectResponse(back, 303)
        if settings.read_only:
            raise Refusal(Problem("Q822", "the folder is served read-only", hint="ask who serves it"))
        job = await _done(pool, "draft answer", {**given, "path": path})
        if job.status == FINE:
            _count(sitting, json.loads(job.body), given.get("question", ""))
            return RedirectResponse(back, 303)
        problems = json.loads(job.body)["problems"]
        if all(one["code"] == REFUSED for one in problems):
            sitting.update(fault=" ".join(map(_told, problems)), typed=given)
            return RedirectResponse(back, 303)
        return faults_page("The answer was not taken as it is", problems, back, job.status or FAULTY)


class Sittings:
    """What people answered at a draft since its claims were shown, by a key that their pages carry; the newest ones."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, dict[str, Any]]] = {}

    def of(self, key: str, case: str) -> tuple[str, dict[str, Any]]:
        """Return a sitting with its key; a new one where there is none for this case."""
        found = self._kept.pop(key, None)
        if found is None or found[0] != case:
            key = secrets.token_urlsafe(6)
            found = case, {"since": 0, "was": [], "passed": [], "by": "", "written": None, "fault": "", "typed": {}}
        self._kept[key] = found
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return key, found[1]


def _count(sitting: dict[str, Any], found: Mapping[str, Any], question: str) -> None:
    """Count an answer that was written in a sitting; what is not known is not asked in it again."""
    if not sitting["since"]:
        sitting["was"] = found["before"]
    sitting.update(since=sitting["since"] + 1, written=found["written"])
    if found["written"]["text"] is None:
        sitting["passed"] = [*sitting["passed"], question]


def _told(problem: Mapping[str, Any]) -> str:
    message, hint = str(problem["message"]), problem.get("hint")
    return f"{message[:1].upper()}{message[1:]}{f': {hint}' if hint else ''}."


def _asked(request: Request, settings: ServerSettings) -> dict[str, str]:
    """Return what an address asks for; which ledger is meant only whoever serves says."""
    given = {name: value[:LONGEST] for name, value in request.query_params.items()}
    return {**given, "ledger": settings.ledger or ""}


async def _made(pool: JobPool, name: str, given: Mapping[str, object], back: str) -> Response:
    """Return a page as a process makes it, or its faults."""
    job = await _done(pool, name, given)
    if job.status == FINE:
        return html_page(job.body)
    return faults_page("This cannot be shown", json.loads(job.body)["problems"], back, job.status or FAULTY)


async def _done(pool: JobPool, name: str, given: Mapping[str, object]) -> WebJob:
    try:
        job = pool.submit(name, given)
    except Busy:
        raise HTTPException(503, "too many pages are being made", {"retry-after": "5"}) from None
    await job.done()
    return job
