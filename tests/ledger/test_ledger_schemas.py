"""What the ledger's commands print as JSON follows its schema."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from quandary.cli import build_app
from quandary.report import DOCUMENTS, schema_of

ROWS = """question,until,said,who,forecast,resolution
Will it rain?,2021-03-01,2021-02-01,Ana,30%,no
And snow?,,x,Ana,1 %,
"""
COMMANDS = (
    "ledger add 'Will they sign?' 12% --until 2031-03-31 --who Mei",
    "ledger add 'Who wins?' 'Ana 60%, Ben 40%' --option Ana --option Ben --until 2031-03-31 --who Mei",
    "ledger import rows.csv",
    "ledger list",
    "ledger show '#1'",
    "ledger today",
    "ledger resolve '#1' no",
    "ledger score --against Ana --of Mei",
    "ledger score --why 'Will they sign?'",
    "ledger verify",
    "ledger export all.csv",
    "ledger forget Ana",
    "ledger backup copy.sqlite",
    "ledger restore copy.sqlite --force",
    "ledger demo",
)


def test_what_the_ledger_prints_follows_the_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUANDARY_LEDGER", str(tmp_path / "ledger.sqlite"))
    (tmp_path / "rows.csv").write_text(ROWS, encoding="utf-8")
    tried = set()
    for command in COMMANDS:
        words = shlex.split(command)
        done = CliRunner().invoke(build_app(), [*words, "--json"])
        assert done.exit_code == 0, (command, done.output)
        body: Any = json.loads(done.stdout)
        task = " ".join(words[:2])
        schema = schema_of(DOCUMENTS[task])
        faults = [f"{list(e.absolute_path)}: {e.message[:300]}" for e in Draft202012Validator(schema).iter_errors(body)]
        assert not faults, command
        if task == "ledger demo":
            assert len(body["questions"]) == 13
        tried.add(task)
    assert tried == {task for task in DOCUMENTS if task.startswith("ledger ")}
