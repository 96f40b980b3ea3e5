"""Each task is a route: the same request, the same answer and the same faults as on the command line."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.web.servers import Served, serving
from typer.testing import CliRunner

from quandary.cli import build_app
from quandary.use import NAMES, TASKS, fields_of
from quandary.web import ServerLimits, offered_schema

pytestmark = pytest.mark.slow
FEW: dict[str, Any] = {"worlds": 64}
DRAWN = ("head", "key", "digest", "entered", "id", "who_key")
"""Keys of a ledger's documents that are another each time one is made."""


def as_printed(folder: Path, *arguments: str) -> Any:
    """Return the document that the command line prints."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return json.loads(CliRunner().invoke(build_app(), [*arguments, "--json"]).stdout)


def without_times(document: Any) -> Any:
    """Return a document without what is another each time: seconds that its making took, the head of a chain."""
    if isinstance(document, dict):
        return {k: without_times(v) for k, v in document.items() if "seconds" not in k and k not in DRAWN}
    return [without_times(part) for part in document] if isinstance(document, list) else document


def described(served: Served) -> Any:
    """Return the description of the server."""
    return served.get("/openapi.json").json


@pytest.mark.parametrize(
    ("path", "request_", "arguments"),
    [
        ("/api/ask", {"case": "dam", "query": "P(conflict)", **FEW}, ("ask", "dam", "P(conflict)", "--worlds", "64")),
        ("/api/run", {"case": "dam", "search": False, **FEW}, ("run", "dam", "--no-search", "--worlds", "64")),
        ("/api/check", {"case": "dam"}, ("check", "dam")),
        ("/api/explain", {"code": "Q104"}, ("explain", "Q104")),
        ("/api/next", {"case": "dam", **FEW}, ("next", "dam", "--worlds", "64")),
        ("/api/ledger/demo", {}, ("ledger", "demo")),
    ],
)
def test_a_route_answers_as_the_command_does(
    served: Served, path: str, request_: dict[str, Any], arguments: tuple[str, ...]
) -> None:
    answer = served.post(path, request_)
    assert answer.status == 200
    assert without_times(answer.json) == without_times(as_printed(served.folder, *arguments))
    name = path.removeprefix("/api/").replace("/", " ")
    component = "".join(part.capitalize() for part in name.split()) + "Result"
    whole = described(served)
    jsonschema.validate(answer.json, {"$ref": f"#/components/schemas/{component}", "components": whole["components"]})


def test_each_task_has_its_route_and_its_description(served: Served) -> None:
    whole = described(served)
    for task in TASKS:
        route = whole["paths"]["/api/" + task.name.replace(" ", "/")]["post"]
        assert route["summary"] == task.summary
        body = route["requestBody"]["content"]["application/json"]["schema"]
        assert body["properties"].keys() == offered_schema(task)["properties"].keys()
        for status, answer in route["responses"].items():
            if status not in {"202", "204"}:
                reference = answer["content"]["application/json"]["schema"]["$ref"]
                assert reference.rpartition("/")[2] in whole["components"]["schemas"]
    assert len([path for path in whole["paths"] if path.startswith("/api/")]) >= len(NAMES)
    text = json.dumps(whole)
    assert "#/$defs" not in text
    for part in text.split('"$ref": "#/components/schemas/')[1:]:
        assert part.split('"')[0] in whole["components"]["schemas"]


@pytest.mark.parametrize(
    ("path", "request_", "codes"),
    [
        ("/api/ask", {"case": "dam", "query": "P(conflict"}, ["Q131"]),
        ("/api/ask", {"case": "dam", "query": "P(conflit)"}, ["Q104"]),
        ("/api/ask", {"case": "nowhere", "query": "P(x)"}, ["Q804"]),
        ("/api/ask", {"case": "dam"}, ["Q819"]),
        ("/api/ask", {"case": "dam", "query": "P(conflict)", "worlds": -5}, ["Q806"]),
        ("/api/ask", {"case": "dam", "query": "P(conflict)", "worlds": "many", "colour": 1}, ["Q819", "Q819"]),
        ("/api/ask", b"[1, 2]", ["Q823"]),
        ("/api/ask", b"{", ["Q823"]),
        ("/api/ask", b'{"case": NaN}', ["Q823"]),
        ("/api/ask", b"[" * 100_000, ["Q823"]),
        ("/api/ask", b"\xff\xfe", ["Q823"]),
        ("/api/read", {"article": "-"}, ["Q821"]),
        ("/api/read", {"article": "x.txt", "extractor": "openai"}, ["Q819"]),
        ("/api/read", {"article": "x.txt", "endpoint": "http://127.0.0.1:1/"}, ["Q819"]),
        ("/api/ledger/list", {"ledger": "postgresql://somewhere/else"}, ["Q819"]),
        ("/api/elicit", {"case": "dam", "answer": "-", **FEW}, ["Q806"]),
    ],
)
def test_faults_are_those_of_the_command_line(served: Served, path: str, request_: object, codes: list[str]) -> None:
    answer = served.post(path, request_)
    assert (answer.status, answer.codes) == (422, codes)
    assert all(one["message"] for one in answer.json["problems"])
    if isinstance(request_, dict) and "query" in request_ and codes[0] in {"Q131", "Q104"}:
        printed = as_printed(served.folder, "ask", "dam", request_["query"])
        assert answer.json == printed


def test_a_fault_of_a_case_has_its_place(served: Served) -> None:
    text = (served.folder / "dam" / "case.yaml").read_text(encoding="utf-8").replace("states:", "statse:", 1)
    (served.folder / "analysis.md").write_bytes((served.folder / "dam" / "analysis.md").read_bytes())
    (served.folder / "faulty.yaml").write_text(text, encoding="utf-8")
    answer = served.post("/api/run", {"case": "faulty.yaml", **FEW})
    assert answer.status == 422
    first = answer.json["problems"][0]
    assert first["file"] == "faulty.yaml"
    assert "states" in first["message"]
    assert 0 < first["line"] < len(text.splitlines())


def test_only_what_a_request_may_say_is_described() -> None:
    for task in TASKS:
        offered = offered_schema(task)["properties"]
        for one in fields_of(task.request):
            machine = one.about.names is not None and one.about.names.name in {"LEDGER", "MACHINE"}
            assert (one.name in offered) != machine


def test_what_names_a_file_says_so() -> None:
    """A field that a path can stand in is kept to the folder; one that is added must say what it names."""
    for task in TASKS:
        for one in fields_of(task.request):
            if one.kind.__name__ == "Path" or one.about.metavar in {"FILE", "FOLDER", "CASE", "PLACE", "URL"}:
                assert one.about.names is not None, (task.name, one.name)


def test_a_job_is_told_of_and_read_later(served: Served) -> None:
    begun = served.post("/api/ask", {"case": "dam", "query": "P(conflict)", **FEW}, Prefer="respond-async")
    assert begun.status == 202
    place = begun.headers["location"]
    events = [line for line in served.get(f"{place}/events").body.decode().splitlines() if line.startswith("data: ")]
    last = json.loads(events[-1].removeprefix("data: "))
    assert (last["state"], last["status"]) == ("done", 200)
    assert served.get(place).json == last
    assert (
        served.get(f"{place}/result").json
        == served.post("/api/ask", {"case": "dam", "query": "P(conflict)", **FEW}).json
    )
    assert last in served.get("/api/jobs").json
    assert served.get("/api/jobs/none").status == 404


def test_a_job_is_stopped_and_the_server_goes_on(served: Served) -> None:
    much = {"case": "dam", "query": "P(conflict)", "worlds": 2_000_000, "memory": "8GiB"}
    place = served.post("/api/ask", much, Prefer="respond-async").headers["location"]
    assert served.get(f"{place}/result").status == 409
    assert served.ask("DELETE", place).json["stopping"]
    served.get(f"{place}/events")
    result = served.get(f"{place}/result")
    assert result.status in {200, 409}
    if result.status == 200:
        assert not result.json["complete"]
    assert served.post("/api/explain", {"code": "Q104"}).status == 200


def test_who_goes_away_stops_the_job(served: Served) -> None:
    connection = served.connection()
    body = json.dumps({"case": "dam", "query": "P(conflict)", "worlds": 2_000_000, "memory": "8GiB"})
    connection.request("POST", "/api/ask", body, served.headers)
    time.sleep(0.3)
    connection.close()
    for _ in range(600):
        job = served.get("/api/jobs").json[-1]
        if job["state"] == "done" or job["stopping"]:
            break
        time.sleep(0.1)
    assert job["stopping"]
    served.get(f"/api/jobs/{job['job']}/events")


def test_more_jobs_than_wait_are_refused(tmp_path: Path) -> None:
    with serving(tmp_path, limits=ServerLimits(workers=1, waiting=1)) as busy:
        answers = [busy.post("/api/explain", {"code": "Q104"}, Prefer="respond-async") for _ in range(4)]
        refused = [one for one in answers if one.status == 503]
        assert refused
        assert refused[0].headers["retry-after"]
        for one in answers:
            if one.status == 202:
                busy.get(one.headers["location"] + "/events")
        assert busy.post("/api/explain", {"code": "Q104"}).status == 200
