"""Bodies of requests: objects of JSON, or faults in plain words."""

from __future__ import annotations

import json

from fastapi import Request

from quandary.base.problems import Problem, Refusal


async def object_in(request: Request) -> dict[str, object]:
    """Return the object in a body; an empty body is an empty one. Refuses (Q823) what is no JSON, or no object."""
    data = await request.body()
    if not data.strip():
        return {}
    try:
        found = json.loads(data, parse_constant=_refused_constant)
    except (ValueError, RecursionError):
        raise Refusal(Problem("Q823", "the body is no JSON", hint='send an object, as {"case": "case.yaml"}')) from None
    if not isinstance(found, dict):
        raise Refusal(Problem("Q823", "the body is no JSON object", hint='send an object, as {"case": "case.yaml"}'))
    return found


def _refused_constant(_written: str) -> float:
    raise ValueError
