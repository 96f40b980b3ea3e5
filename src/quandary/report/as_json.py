"""A run and an answer as JSON: probabilities in 0..1, null and never NaN, a schema name and the version."""

from __future__ import annotations

import json
import math
from typing import Any

from quandary.ask.answer import Answer
from quandary.base.characters import escaped_json
from quandary.base.problems import Problem


def dumps(body: dict[str, Any]) -> str:
    """Return JSON text; a NaN or an infinity left in the body becomes null, hidden characters are escapes."""
    return escaped_json(json.dumps(_clean(body), ensure_ascii=False, indent=2, allow_nan=False))


def _clean(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str | int):
        return value
    number = float(value)
    return number if math.isfinite(number) else None


def spread(answer: Answer) -> dict[str, Any]:
    """Return ``{mean, median, low, high}``."""
    return {"mean": answer.mean, "median": answer.median, "low": answer.low, "high": answer.high}


def warning(problem: Problem) -> dict[str, Any]:
    """Return the JSON form of a warning."""
    place = problem.place
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "message": problem.message,
        "file": place.file or None,
        "line": place.line or None,
        "column": place.column or None,
        "hint": problem.hint,
    }
