"""Faults as answers: the same code, sentence, place and next step as on the command line, with a status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from quandary.base.problems import CaseError, Problem, Refusal
from quandary.report.documents.document import plain
from quandary.report.documents.problems import problems_document

FAULTY = HTTPStatus.UNPROCESSABLE_ENTITY


def problems_response(
    problems: Sequence[Problem], status: int = FAULTY, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return faults as the document that ``quandary check --json`` prints."""
    return JSONResponse(plain(problems_document(problems)), status, headers=headers and dict(headers))


def refused(message: str, hint: str, status: int, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Return that a request is not understood (Q823), with a status of its own."""
    return problems_response([Problem("Q823", message, hint=hint)], status, headers)


async def told(_request: Request, fault: Exception) -> Response:
    """Return faults that a route raised."""
    if isinstance(fault, CaseError):
        return problems_response(fault.problems)
    if isinstance(fault, Refusal):
        return problems_response([fault.problem])
    assert isinstance(fault, HTTPException)
    phrase = HTTPStatus(fault.status_code).phrase.lower()
    return refused(
        f"{phrase}: {fault.detail}", "GET /openapi.json lists what there is", fault.status_code, fault.headers
    )
