"""Outside folders may hold what no test knows: it is counted, with its reason, and fails nothing."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tests.formats.outside import understood, unknown_pieces

GAME = 'NFG 1 R "" { "A" } { 2 } 1 2'
KNOWN = {"solver": "enumpure_solve", "form": "strategy", "what": "", "profiles": []}


def _config(gambit: Path, textbook: Path) -> pytest.Config:
    options = {"--shared": str(gambit), "--gambit": str(gambit), "--textbook": str(textbook)}
    return cast(pytest.Config, SimpleNamespace(getoption=options.get))


def _reasons(pieces: list[Any]) -> list[str]:
    return [piece.marks[0].kwargs["reason"] for piece in pieces if piece.marks]


def test_unknown_pieces_are_each_counted(tmp_path: Path) -> None:
    gambit, textbook = tmp_path / "gambit", tmp_path / "textbook"
    (textbook / "games").mkdir(parents=True)
    gambit.mkdir()
    (gambit / "one.nfg").write_text(GAME, encoding="utf-8")
    (gambit / "two.agg").write_text("#AGG", encoding="utf-8")
    lists = [KNOWN, {**KNOWN, "solver": "other"}, {**KNOWN, "form": "tensor"}, {**KNOWN, "solver": "other"}]
    entry = {"file": "one.nfg", "qre": [], "equilibria": lists}
    (gambit / "expected.json").write_text(json.dumps({"games": [entry]}), encoding="utf-8")
    (textbook / "games" / "three.nfg").write_text(GAME, encoding="utf-8")
    answers = [{"id": "pure_nash", "equilibria": []}, {"id": "core", "value": 3}]
    (textbook / "games" / "three.json").write_text(json.dumps({"answers": answers}), encoding="utf-8")
    assert _reasons(unknown_pieces(_config(gambit, textbook))) == [
        'not checked: "qre" beside a game',
        'not checked: answers called "core"',
        "not checked: files ending in .agg",
        'not checked: lists by the solver "other", except for regret and payoffs',
        'not checked: lists by the solver "other", except for regret and payoffs',
        'not checked: lists of equilibria of the form "tensor"',
    ]


def test_folders_that_are_all_known_leave_one_test_that_passes(tmp_path: Path) -> None:
    pieces = unknown_pieces(_config(tmp_path, tmp_path))
    assert [piece.values for piece in pieces] == [("",)]


def test_a_diagram_that_says_something_unknown_is_not_checked_and_a_broken_one_fails(tmp_path: Path) -> None:
    path = tmp_path / "diagram.json"
    path.write_text('{"format": "maid-json/1", "nodes": [], "horizon": 3}', encoding="utf-8")
    with pytest.raises(pytest.skip.Exception, match=r'not checked: .*"horizon"'):
        understood(path)
    path.write_text('{"format": "maid-json/1", "nodes": 3}', encoding="utf-8")
    with pytest.raises(Exception, match="Q608"):
        understood(path)
