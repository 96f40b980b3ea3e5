"""``quandary report``: every format, charts in a folder, and sentences instead of tracebacks."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from tests.report.dossiers import TEMPLATE, flagship, small
from typer.testing import CliRunner, Result

from quandary.cli import build_app
from quandary.report import Sheet, markdown, plain, report_document, rows_csv, table

APP = build_app()


def call(*arguments: str) -> Result:
    return CliRunner().invoke(APP, ["report", str(TEMPLATE), "--worlds", "160", "--no-search", *arguments])


def test_html_by_the_ending_of_the_file(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("old", encoding="utf-8")
    assert "Q805" in call("-o", str(target)).stderr
    assert target.read_text(encoding="utf-8") == "old"
    done = call("-o", str(target), "--force")
    assert done.exit_code == 0, done.output
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "kB" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_markdown_json_and_csv_go_to_the_screen() -> None:
    assert call("--format", "md", "-q").stdout.startswith("**")
    assert json.loads(call("--format", "json", "-q").stdout)["schema"] == "quandary.report/2"
    rows = list(csv.DictReader(io.StringIO(call("--format", "csv", "-q").stdout)))
    assert {row["kind"] for row in rows} >= {"headline", "outcome", "claim", "question", "check", "swing"}


def test_html_without_a_file_is_refused() -> None:
    done = call()
    assert done.exit_code == 2
    assert "Q850" in done.stderr


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    done = call("-o", str(tmp_path / "report.docx"))
    assert done.exit_code == 2
    assert "Q850" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    done = call("-o", str(tmp_path / "no" / "report.md"))
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_pdf_without_a_browser_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    done = call("-o", str(tmp_path / "report.pdf"))
    assert done.exit_code == 2
    assert "Q851" in done.stderr


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    done = call("-o", str(tmp_path / "report.html"))
    assert done.exit_code == 2
    assert "Q801" in done.stderr
    assert "quandary[report]" in done.stderr
    assert call("--format", "md", "-q").exit_code == 0


@pytest.mark.slow
def test_charts_alone(tmp_path: Path) -> None:
    done = call("--charts", str(tmp_path / "charts"))
    assert done.exit_code == 0, done.output
    assert (tmp_path / "charts" / "diagram.svg").exists()
    assert (tmp_path / "charts" / "headline.vl.json").exists()


def test_no_name_is_markup_in_a_table_of_markdown() -> None:
    """What was seen and the options are heads of the table of rules."""
    sheet = Sheet("Some <b>", ("Rain | *hail*", "<script>"), (("a | b", "[c]"),))
    assert table(sheet).splitlines()[2:] == [
        r"| Rain \| \*hail\* | \<script\> |",
        "| --- | --- |",
        r"| a \| b | \[c\] |",
    ]


def test_markdown_holds_every_part() -> None:
    text = markdown(flagship())
    for heading in ("What it hangs on", "Claims", "What happens", "Questions", "What each actor does", "Checks"):
        assert f"## {heading}" in text
    assert flagship().report.case.sha256 in text
    assert len(set(_widths(text))) > 1
    for width in _widths(text):
        assert len(width) == 1  # every row of a table has as many cells as its head


def _widths(text: str) -> list[frozenset[int]]:
    tables = re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE)
    return [frozenset(row.replace("\\|", "").count("|") for row in table.splitlines()) for table in tables]


def test_csv_is_numbers_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(rows_csv(small()))))
    headline = small().report.headline
    assert headline is not None
    first = rows[0]
    assert float(first["mean"]) == headline.answer.mean
    assert not [cell for row in rows for cell in row.values() if cell[:1] in ("=", "@", "+")]


def test_json_holds_the_run_and_more() -> None:
    body = plain(report_document(small()))
    assert body["headline"]
    assert body["charts"]["headline"]["$schema"].startswith("https://vega.github.io")
    assert len(body["numbers"]) == len(small().report.numbers)
    rule = next(r for r in body["decision_rules"] if r["decision"] == "dam")
    for row in rule["rows"]:
        assert sum(row["options"].values()) == pytest.approx(1.0)
