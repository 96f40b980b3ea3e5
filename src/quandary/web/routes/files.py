"""Routes of files: what the folder holds, a file's bytes, a new version of one; never over what another has made."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import HTTPException
from fastapi.responses import JSONResponse, Response

from quandary.base.confinement import outside
from quandary.base.files import UnreadableError, read_bounded, rewrite_files, write_files
from quandary.base.problems import Problem, Refusal
from quandary.case.shipped import shipped_names
from quandary.web.faults import problems_response
from quandary.web.places import inside
from quandary.web.routes.tasks import fault_responses
from quandary.web.settings import ServerSettings

MOST_LISTED = 10_000
LARGEST = 64_000_000

FILE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "description": "from the folder on"},
        "bytes": {"type": "integer", "description": "its size"},
    },
    "required": ["path", "bytes"],
    "additionalProperties": False,
}
LISTING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "files": {"type": "array", "items": FILE, "description": "the files of the folder, hidden ones left out"},
        "shipped": {"type": "array", "items": {"type": "string"}, "description": "the cases that ship"},
        "complete": {"type": "boolean", "description": f"false where there are more than {MOST_LISTED:,}"},
    },
    "required": ["files", "shipped", "complete"],
    "additionalProperties": False,
}

LISTED: Any = {"200": {"description": "What there is.", "content": {"application/json": {"schema": LISTING}}}}
READ: Any = {"200": {"description": "Its bytes; ETag is its version.", "content": {"application/octet-stream": {}}}}
WROTE: Any = {
    status: {"description": what} for status, what in (("201", "It was made."), ("204", "It was written anew."))
}
BODY: Any = {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}
VERSION: Any = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The version that is replaced, as ETag said it; without it only a new file is made.",
}


def file_routes(settings: ServerSettings) -> APIRouter:
    """Return a router with the routes of files."""
    router = APIRouter(prefix="/api/files", tags=["files"])
    root = settings.folder

    @router.get("", openapi_extra={"responses": {**LISTED, **fault_responses()}}, response_class=JSONResponse)
    async def list_files() -> Response:
        """List the files of the folder that is served, and the cases that ship."""
        found: list[dict[str, Any]] = []
        for path, size in _walk(root):
            if len(found) == MOST_LISTED:
                break
            found.append({"path": path, "bytes": size})
        shipped = list(shipped_names())
        return JSONResponse({"files": found, "shipped": shipped, "complete": len(found) < MOST_LISTED})

    @router.get(
        "/{path:path}", openapi_extra={"responses": {**READ, **fault_responses("404", "422")}}, response_class=Response
    )
    async def read_file(path: str) -> Response:
        """Return the bytes of a file."""
        data = _bytes_of(root / _inside(path, root), path)
        return Response(data, media_type="application/octet-stream", headers={"etag": version_of(data)})

    @router.put(
        "/{path:path}",
        openapi_extra={
            "requestBody": BODY,
            "parameters": [VERSION],
            "responses": {**WROTE, **fault_responses("404", "412", "422", "428")},
        },
        response_class=Response,
    )
    async def write_file(path: str, request: Request) -> Response:
        """Write a file: a new one, or in the place of the version that `If-Match` names."""
        if settings.read_only:
            raise Refusal(Problem("Q822", "the folder is served read-only", hint="ask who serves it"))
        place = root / _inside(path, root)
        return _written(place, await request.body(), request.headers.get("if-match"))

    return router


def version_of(data: bytes) -> str:
    """Return what tells one version of a file from any other, as HTTP writes it."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _written(place: Path, data: bytes, version: str | None) -> Response:
    if not os.path.lexists(place):
        if version is not None:
            return _changed("there is no such file any more", 412)
        if not place.parent.is_dir():
            raise HTTPException(404, "there is no such folder")
        write_files({place: data})
        return Response(status_code=201, headers={"etag": version_of(data)})
    if version is None:
        return _changed("the file is there already", 428)
    held = _bytes_of(place, place.name)
    if version.strip() != version_of(held):
        return _changed("the file was changed by somebody else meanwhile", 412)
    rewrite_files({place: data}, {place: held})
    return Response(status_code=204, headers={"etag": version_of(data)})


def _changed(message: str, status: int) -> Response:
    hint = "read it again, and send If-Match with the version that you mean to replace"
    return problems_response([Problem("Q805", message, hint=hint)], status)


def _inside(named: str, root: Path) -> Path:
    path = inside(named, root)
    if path is None:
        raise Refusal(outside(named))
    return path


def _bytes_of(path: Path, named: str) -> bytes:
    try:
        return read_bounded(path, LARGEST)
    except UnreadableError as fault:
        raise HTTPException(404, fault.sentence(named)) from None


def _walk(root: Path) -> Iterator[tuple[str, int]]:
    """Yield the ordinary files below a folder with their sizes, sorted; nothing that is hidden, no link followed."""
    try:
        entries = sorted(os.scandir(root), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            for path, size in _walk(Path(entry.path)):
                yield f"{entry.name}/{path}", size
        elif entry.is_file(follow_symlinks=False):
            yield entry.name, entry.stat(follow_symlinks=False).st_size
