"""A run and an answer as JSON: probabilities in 0..1, null and never NaN, a schema name and the version."""

from __future__ import annotations

import json
import math
from typing import Any

from quandary.ask.answer import Answer
from quandary.ask.results import CheckResult, ClaimResult, QuestionResult, TestResult
from quandary.base.characters import escaped_json
from quandary.base.problems import Problem
from quandary.report.record import Report
from quandary.report.words.claims import history, untested
from quandary.report.words.headline import headline_sentence
from quandary.report.words.unconverged import unconverged_json
from quandary.version import __version__


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


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return the JSON form of one answer (``quandary.ask/1``)."""
    body: dict[str, Any] = {
        "schema": "quandary.ask/1",
        "version": __version__,
        "query": answer.query,
        **spread(answer),
    }
    body |= {
        "mc_error": answer.mc_error,
        "worlds": answer.worlds,
        "effective_worlds": answer.effective_worlds,
        "undefined": answer.undefined,
        "undefined_because": answer.why_undefined or None,
    }
    if answer.holds_in is not None:
        body["holds_in"] = answer.holds_in
    if answer.parts:
        body["parts"] = {name: spread(part) for name, part in answer.parts.items()}
    return body | {"dropped": list(answer.dropped), "notes": list(answer.notes)}


def run_json(report: Report) -> dict[str, Any]:
    """Return the JSON form of a run (``quandary.run/1``)."""
    case, findings = report.case, report.findings
    run = findings.run
    return {
        "schema": "quandary.run/1",
        "version": __version__,
        "case": {"title": case.title, "path": case.path, "sha256": case.sha256},
        "as_of": report.as_of.isoformat(),
        "worlds": run.done,
        "effective_worlds": run.effective_worlds,
        "seed": run.seed,
        "mc_error": report.headline.answer.mc_error if report.headline else None,
        "headline": headline_sentence(report),
        "evidence": list(run.evidence),
        "outcomes": {o.variable: {state: spread(a) for state, a in o.states.items()} for o in findings.outcomes},
        "claims": [_claim(c) for c in findings.claims],
        "questions": {q.question.id: _question(q) for q in findings.questions},
        "checks": [_check(c) for c in findings.checks],
        "warnings": [warning(p) for p in (*report.problems, *run.warnings) if not p.is_error],
        **unconverged_json(run.unconverged),
        "redrawn": run.redrawn,
        "complete": run.complete,
    }


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


def _claim(result: ClaimResult) -> dict[str, Any]:
    claim = result.claim
    return {
        "id": claim.id,
        "speaker": claim.speaker,
        "quote": claim.quote,
        "kind": claim.kind,
        "source": claim.source,
        "history": result.history.value,
        "history_said": history(result),
        "not_testable": None if result.tests else untested(result),
        "tests": {test.name: _test(result, test) for test in result.tests},
    }


def _test(result: ClaimResult, test: TestResult) -> dict[str, Any]:
    found = test.by_construction
    return {
        "query": test.query,
        "verdict": test.verdict.value,
        "verdict_unseen": test.verdict_unseen.value if test.verdict_unseen else None,
        "by_construction": {
            "status": found.status.value,
            "searched": found.searched,
            "smallest_margin": found.smallest_margin,
            "reason": found.reason,
        },
        "history": result.history.value,
        "holds_in": test.holds_in,
        "holds_in_unseen": test.holds_in_unseen,
        "effect": spread(test.effect) if test.effect else None,
        "effect_unseen": spread(test.effect_unseen) if test.effect_unseen else None,
        "carrier": test.carrier.name if test.carrier else None,
        "undefined": test.answer.undefined,
        "dropped": list(test.answer.dropped),
    }


def _question(result: QuestionResult) -> dict[str, Any]:
    body = answer_json(result.answer)
    del body["schema"], body["version"]
    return {"asks": result.question.asks} | body


def _check(result: CheckResult) -> dict[str, Any]:
    return {
        "id": result.check.id,
        "query": result.check.written,
        "known_low": result.low,
        "known_high": result.high,
        **spread(result.answer),
        "overlaps": result.overlaps,
        "mean_inside": result.mean_inside,
    }
