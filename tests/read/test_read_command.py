"""``quandary read`` from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quandary.cli import build_app
from quandary.read.parsing import grammar

TEXT = (
    "Talks fail\n\n5 March 2021\n\nThe talks between Arlan and Belmar failed on Monday. “If Arlan closes the dam, we "
    "will respond,” said Ivo Marsh, the foreign minister of Belmar. Marsh said that war was unlikely.\n"
)
runner = CliRunner()


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "talks.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_for_people(article: Path) -> None:
    result = runner.invoke(build_app(), ["read", str(article)])
    assert result.exit_code == 0
    assert "Ivo Marsh" in result.stdout
    assert "unlikely: 5% to 40%" in result.stdout


def test_json_has_the_contract(article: Path) -> None:
    result = runner.invoke(build_app(), ["read", str(article), "--json"])
    body = json.loads(result.stdout)
    assert body["schema"] == "quandary.read/1"
    assert {
        "id",
        "title",
        "published",
        "statements",
        "author_claims",
        "actors",
        "events",
        "sentences_not_placed",
    } <= set(body)
    first, second = body["statements"]
    assert first["condition"] == "Arlan closes the dam"
    assert first["consequence"] == "we will respond"
    assert TEXT[first["start"] : first["end"]] == first["quote_text"]
    assert second["range"]["low"] == 0.05
    assert body["model"].startswith("en_core_web")


def test_standard_input_is_the_same(article: Path) -> None:
    from_file = json.loads(runner.invoke(build_app(), ["read", str(article), "--json"]).stdout)
    from_input = json.loads(runner.invoke(build_app(), ["read", "-", "--json"], input=TEXT).stdout)
    assert from_file["statements"] == from_input["statements"]


def test_out_writes_a_case_and_its_text_and_never_overwrites(article: Path, tmp_path: Path) -> None:
    out = tmp_path / "case"
    result = runner.invoke(build_app(), ["read", str(article), "-o", str(out)])
    assert result.exit_code == 0
    assert sorted(p.name for p in out.iterdir()) == ["article.txt", "case.yaml"]
    before = (out / "case.yaml").read_text(encoding="utf-8")
    again = runner.invoke(build_app(), ["read", str(article), "-o", str(out)])
    assert again.exit_code == 2
    assert (out / "case.yaml").read_text(encoding="utf-8") == before


def test_nothing_is_left_behind_when_reading_fails(tmp_path: Path) -> None:
    bad = tmp_path / "bad.bin"
    bad.write_bytes(bytes(range(256)) * 40)
    result = runner.invoke(build_app(), ["read", str(bad), "-o", str(tmp_path / "case")])
    assert result.exit_code == 2 or result.exit_code == 1
    assert not (tmp_path / "case").exists()


def test_review_from_the_terminal(article: Path) -> None:
    result = runner.invoke(build_app(), ["read", str(article), "--review"], input="a\nq\n")
    assert result.exit_code == 0
    assert "quandary: 2" in result.stdout


def test_review_and_standard_input_exclude_each_other() -> None:
    result = runner.invoke(build_app(), ["read", "-", "--review"], input=TEXT)
    assert result.exit_code == 2
    assert "Q806" in result.stderr


def test_a_missing_extra_is_one_sentence(article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    grammar.load_model.cache_clear()
    result = runner.invoke(build_app(), ["read", str(article)])
    grammar.load_model.cache_clear()
    assert result.exit_code == 2
    assert "Q801" in result.stderr
    assert "quandary[read]" in result.stderr


def test_a_missing_model_is_one_sentence(article: Path) -> None:
    result = runner.invoke(build_app(), ["read", str(article), "--model", "en_core_web_xxl"])
    assert result.exit_code == 2
    assert "en_core_web_xxl" in result.stderr


@pytest.mark.slow
def test_the_same_answer_whatever_the_hash_seed(tmp_path: Path) -> None:
    path = tmp_path / "talks.txt"
    path.write_text(
        TEXT + "\nDr José Dorn said the dam was safe. Jose Dorn of Kenya urged the EU and the European Union to help. "
        "Mr Dorn, "
        "backed by Uganda, Kenya and Sudan, called for talks. Protests began on Monday.\n",
        encoding="utf-8",
    )
    answers = set()
    for seed in ("1", "2", "77"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONWARNINGS": "ignore"}
        command = [sys.executable, "-m", "quandary", "read", str(path), "--json"]
        answers.add(
            subprocess.run(command, capture_output=True, check=True, text=True, env=environment, timeout=300).stdout
        )
    assert len(answers) == 1
