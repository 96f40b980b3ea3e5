"""Routes of the page: the list of cases, a case, its parts, its moves, and its news as they come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from markupsafe import Markup

from quandary.base.problems import Problem, Refusal
from quandary.version import __version__
from quandary.web.jobs.pool import Busy
from quandary.web.page.drawing import rendered
from quandary.web.page.listing import cases_of
from quandary.web.page.pool import CasePool, OpenCase
from quandary.web.places import case_path
from quandary.web.routes.bodies import object_in
from quandary.web.settings import ServerSettings

ASSETS = {
    "tokens.css": "text/css",
    "page.css": "text/css",
    "theme.js": "text/javascript",
    "views.css": "text/css",
    "live.js": "text/javascript",
    "patch.js": "text/javascript",
    "mark.svg": "image/svg+xml",
}
PARTS = ("card", "ladder", "node", "diagram", "numbers", "diff")
BEAT = 15.0
"""Seconds after which a stream without news sends a sign of life."""


def page_routes(settings: ServerSettings, pool: CasePool) -> APIRouter:
    """Return a router with the routes of the page."""
    router = APIRouter(tags=["page"], include_in_schema=False)
    _reading(router, settings, pool)
    _parts(router, settings, pool)
    _moving(router, settings, pool)

    @router.get("/page/{name}")
    async def asset(name: str) -> Response:
        """Return a style sheet, a script or a picture."""
        if name not in {*ASSETS, "report.css", "places.css"}:
            raise HTTPException(404, "there is no such file")
        return Response(_asset(name), media_type=ASSETS.get(name, "text/css"), headers={"cache-control": "no-cache"})

    return router


def _asset(name: str) -> bytes:
    if name == "report.css":
        return (files("quandary.report.html") / "template" / "style.css").read_bytes()
    if name == "places.css":
        rules = [f'[data-l="{at}"]{{left:{at}%}}[data-w="{at}"]{{width:{at}%}}' for at in range(101)]
        return "".join(rules).encode()
    return (files("quandary.web.page") / "assets" / name).read_bytes()


def _reading(router: APIRouter, settings: ServerSettings, pool: CasePool) -> None:
    @router.get("/")
    async def home(request: Request) -> Response:
        """List the cases of the folder and those that ship, or open the one that is served."""
        if settings.case is not None and "all" not in request.query_params:
            named = "case.yaml" if settings.case == "." else settings.case
            return RedirectResponse(f"/case?{urlencode({'case': named})}", 303)
        cases, more = await asyncio.to_thread(cases_of, settings.folder)
        return html_page(
            rendered("home.html.j2", head="Quandary", title="", version=__version__, cases=cases, more=more)
        )

    @router.get("/case")
    async def case_page(request: Request) -> Response:
        """Return a case as a page."""
        found = await _case(request, settings, pool)
        if found.faults is not None:
            return _faulty(found.faults["problems"], found.opening.case)
        status, body = await found.ask("page", view=dict(request.query_params))
        if status != 200:
            return _faulty(body["problems"], found.opening.case)
        return html_page(body)

    @router.get("/case/summary")
    async def summary(request: Request) -> Response:
        """Return a case on one page, to print."""
        found = await _case(request, settings, pool)
        status, body = await found.ask("part", kind="summary")
        if status != 200 or not body:
            return RedirectResponse(f"/case?{urlencode({'case': found.opening.case})}", 303)
        return html_page(body)


def _parts(router: APIRouter, settings: ServerSettings, pool: CasePool) -> None:
    @router.get("/case/diff")
    async def difference(request: Request) -> Response:
        """Return what moves changed in the file."""
        found = await _case(request, settings, pool)
        status, body = await found.ask("part", kind="diff")
        back = f"/case?{urlencode({'case': found.opening.case})}"
        if status != 200:
            return faults_page("What changed cannot be shown", body["problems"], back, status)
        title = "What changed"
        page = rendered("changes.html.j2", head=title, title=title, version=__version__, diff=Markup(body), back=back)
        return html_page(page)

    @router.get("/case/part")
    async def part(request: Request) -> Response:
        """Return a part that is fetched when somebody looks."""
        kind = request.query_params.get("kind", "")
        if kind not in PARTS:
            raise HTTPException(404, "there is no such part")
        found = await _case(request, settings, pool)
        status, body = await found.ask("part", kind=kind, name=request.query_params.get("name", "")[:200])
        return html_page(body) if status == 200 else JSONResponse(body, status)

    @router.get("/case/moves")
    async def moves(request: Request) -> Response:
        """Return the moves that were made and can be undone, with the version of the case that they make."""
        found = await _case(request, settings, pool)
        status, body = await found.ask("moves")
        return JSONResponse(body, status)

    @router.get("/case/events")
    async def events(request: Request) -> Response:
        """Send parts of the page as they change."""
        since = request.headers.get("last-event-id") or request.query_params.get("since", "0")
        found = await _case(request, settings, pool)
        stream = _stream(found, int(since[:20]) if since.isdigit() else 0, request.scope["leaving"])
        return StreamingResponse(stream, media_type="text/event-stream")


async def _stream(found: OpenCase, since: int, leaving: Callable[[], bool]) -> AsyncIterator[str]:
    yield ": here\n\n"
    news = found.news(since)
    waiting: asyncio.Task[Any] | None = None
    beats = 0.0
    try:
        while not leaving():
            waiting = waiting or asyncio.ensure_future(anext(news))
            done, _ = await asyncio.wait({waiting}, timeout=0.5)
            if not done:
                beats += 0.5
                if beats >= BEAT:
                    beats = 0.0
                    yield ": still here\n\n"
                continue
            try:
                stamp, parts = waiting.result()
            except StopAsyncIteration:
                return
            waiting = None
            yield f"id: {stamp}\ndata: {json.dumps(parts)}\n\n"
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await news.aclose()  # type: ignore[attr-defined]  # a generator


def _moving(router: APIRouter, settings: ServerSettings, pool: CasePool) -> None:
    async def done(request: Request, do: str) -> Response:
        given = await given_in(request)
        found = await _case(request, settings, pool, str(given.get("case", "")))
        if do == "save" and settings.read_only:
            raise Refusal(Problem("Q822", "the folder is served read-only", hint="ask who serves it"))
        values: dict[str, object] = {"move": _move(given), "gesture": given.get("gesture")} if do == "move" else {}
        if do == "reset":
            do, values = "move", {"move": {"kind": "reset", "what": ["number", str(given.get("number", ""))]}}
        status, body = await found.ask(do, **values)
        if _is_form(request):
            back = f"/case?{urlencode({'case': found.opening.case})}"
            if status == 200:
                return RedirectResponse(back, 303)
            return faults_page("This was not done", body["problems"], back, status)
        return JSONResponse(body, status)

    @router.post("/case/move")
    async def move(request: Request) -> Response:
        """Move a number, the day of the evidence, or anything else that can be moved."""
        return await done(request, "move")

    @router.post("/case/reset")
    async def reset(request: Request) -> Response:
        """Put a number back."""
        return await done(request, "reset")

    @router.post("/case/undo")
    async def undo(request: Request) -> Response:
        """Take the last move back."""
        return await done(request, "undo")

    @router.post("/case/save")
    async def save(request: Request) -> Response:
        """Write what was moved into the file."""
        return await done(request, "save")


def _move(given: Mapping[str, object]) -> object:
    """Return the move that a request names, or a form's fields make."""
    if "move" in given:
        return given["move"]
    if "day" in given:
        return {"kind": "evidence_day", "day": given["day"]}
    return {"kind": "range", "number": given.get("number", ""), "value": given.get("value", "")}


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


async def given_in(request: Request) -> dict[str, object]:
    """Return the fields of a form, or of an object of JSON. Refuses (Q823) what is neither."""
    if not _is_form(request):
        return await object_in(request)
    try:
        return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=40))
    except (ValueError, UnicodeDecodeError):
        raise Refusal(Problem("Q823", "the form is not understood", hint="send it from the page")) from None


async def _case(request: Request, settings: ServerSettings, pool: CasePool, named: str = "") -> OpenCase:
    """Return the case that a request names. Refuses (Q821) what lies outside of the folder."""
    named = named or request.query_params.get("case", "")
    if not named:
        raise HTTPException(404, "no case is named")
    path = case_path(named, settings.folder)
    try:
        return await pool.case(path, path)
    except Busy:
        raise HTTPException(503, "too many cases are open", {"retry-after": "5"}) from None


def html_page(text: str, status: int = 200) -> Response:
    """Return HTML whose forms say where they come from, to this server alone."""
    return HTMLResponse(text, status, headers={"referrer-policy": "same-origin"})


def _faulty(problems: list[dict[str, Any]], case: str) -> Response:
    return faults_page(f"{case} cannot be shown", problems, "/?all=1", 422)


def faults_page(title: str, problems: list[dict[str, Any]], back: str, status: int) -> Response:
    """Return a page that says what is wrong, with a way back."""
    page = rendered(
        "plain.html.j2", head=title, title=title, version=__version__, lines=[], problems=problems, back=back
    )
    return html_page(page, status)
