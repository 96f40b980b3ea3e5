"""The annotated development articles, scored by the scorer that lies beside them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from quandary.read import lay_out, read_article
from quandary.report import plain, read_document

FLOORS = {"a_span": 0.85, "full_span_speaker_kind": 0.72, "author_claims": 0.55}
GIVEN_MATCH = {
    "speaker_given_match": 0.9,
    "kind_strict_given_match": 0.75,
    "kind_lenient_given_match": 0.93,
}
RECALL = {"direct": 0.97, "indirect": 0.80, "mixed": 0.75}


@pytest.fixture(scope="module")
def found(model: Any, request: pytest.FixtureRequest) -> dict[str, Any]:
    folder = Path(str(request.config.getoption("--shared"))) / "reading"
    if not folder.is_dir():
        pytest.skip("outside truth not at hand: no folder reading")
    results = {}
    for gold in sorted(folder.glob("*.gold.json")):
        name = gold.name.removesuffix(".gold.json")
        text = (folder / f"{name}.txt").read_text(encoding="utf-8")
        results[name] = plain(read_document(read_article(lay_out(text, identity=name), model=model)))
    return results


@pytest.fixture(scope="module")
def scores(found: dict[str, Any], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = Path(str(request.config.getoption("--shared"))) / "reading"
    path = tmp_path_factory.mktemp("reading") / "found.json"
    path.write_text(json.dumps(found), encoding="utf-8")
    command = [sys.executable, str(folder / "score.py"), str(path), "--gold", str(folder), "--json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True, timeout=300).stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", FLOORS)
def test_f1(name: str, scores: Any) -> None:
    assert scores["prf"][name][2] >= FLOORS[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", GIVEN_MATCH)
def test_given_a_match(name: str, scores: Any) -> None:
    assert scores["given_match"][name] >= GIVEN_MATCH[name]


def test_the_date_of_publication(found: dict[str, Any], request: pytest.FixtureRequest) -> None:
    """The one that the page gives, and none where it gives none."""
    folder = Path(str(request.config.getoption("--shared"))) / "reading"
    gold = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.gold.json")}
    given = {name.removesuffix(".gold.json"): annotated["published"] for name, annotated in gold.items()}
    assert given == {name: reading["published"] for name, reading in found.items()}


@pytest.mark.parametrize("form", RECALL)
def test_recall(form: str, scores: Any) -> None:
    hit, of = scores["recall_by_type"][form]
    assert hit / of >= RECALL[form]


def test_all_statements_of_the_seed(found: dict[str, Any], request: pytest.FixtureRequest) -> None:
    folder = Path(str(request.config.getoption("--shared"))) / "reading"
    gold = json.loads((folder / "seed.gold.json").read_text(encoding="utf-8"))
    ours = {(s["start"], s["end"]): s for s in found["seed"]["statements"]}
    for statement in gold["statements"]:
        if not statement["optional"]:
            mine = ours[statement["start"], statement["end"]]
            names = {statement["speaker"], *statement["speaker_aliases"]}
            assert mine["speaker"] in names
            assert mine["kind"] == statement["kind"]
