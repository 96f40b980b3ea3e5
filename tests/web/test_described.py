"""The description of the API holds: whatever is sent by it or against it, no answer is a fault of the program."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from tests.tried import WHOLE, tried
from tests.web.servers import TOKEN, serving

from quandary.use import write_template

pytestmark = pytest.mark.slow

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    schemathesis: Any = pytest.importorskip("schemathesis")

FEW_WORLDS = 20
"""Whatever is generated, no more worlds than these are asked for: what is tried is the door, not the machine."""


def held(case: Any) -> None:
    """Keep a generated request small; where all is tried it names the case that is there now and then."""
    body = case.body
    if isinstance(body, dict):
        for name in ("worlds", "starts"):
            if isinstance(body.get(name), int) and body[name] > FEW_WORLDS:
                body[name] = FEW_WORLDS
        if case.path.endswith(("/demo", "/equilibria", "/ladder", "/flips", "/information", "/critique")):
            body["worlds"] = 16
        if WHOLE and isinstance(body.get("case"), str) and len(body["case"]) % 2:
            body["case"] = "dam"


def test_no_request_makes_the_server_fail(tmp_path: Path) -> None:
    write_template(tmp_path / "dam")
    with serving(tmp_path) as served:
        whole = served.get("/openapi.json").json
        url = f"http://127.0.0.1:{served.port}"
        api = schemathesis.openapi.from_dict(json.loads(json.dumps(whole)))
        headers = {"Authorization": f"Bearer {TOKEN}"}
        failures: list[str] = []
        names = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
        schemathesis.checks.load_all_checks()
        checks = [schemathesis.checks.CHECKS.get_one(name) for name in names]

        for found in api.get_all_operations():
            operation = found.ok()

            def once(case: Any) -> None:
                if case.path.endswith(("/events", "/demo")):  # one waits for a job, one runs the flagship
                    return
                held(case)
                answer = case.call(base_url=url, headers=headers, timeout=60)
                if answer.status_code >= 500:
                    failures.append(
                        f"{case.method} {case.path} {case.body!r}: {answer.status_code} {answer.text[:300]}"
                    )
                    return
                case.validate_response(answer, checks=checks)

            run = settings(
                max_examples=tried(4),
                deadline=None,
                phases=[Phase.generate],
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            )(given_of(operation)(once))
            run()
        assert not failures, "\n".join(failures)
        assert served.get("/api/files").status == 200


def given_of(operation: Any) -> Any:
    """Return what gives a function requests by an operation's description, and against it."""
    from hypothesis import given, strategies

    modes = schemathesis.GenerationMode
    return given(strategies.one_of(operation.as_strategy(modes.POSITIVE), operation.as_strategy(modes.NEGATIVE)))
