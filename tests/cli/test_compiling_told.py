"""A line says when code is compiled for this machine: once, and not where quiet was asked for."""

from __future__ import annotations

import pytest

from quandary.cli import COMPILING, progress_bar
from quandary.engine import compilation as compiling_told
from quandary.engine import compiling_begins, compiling_has_begun, told_when_compiling


@pytest.fixture(autouse=True)
def nothing_compiled_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiling_told, "_begun", [])


def test_it_is_told_once_and_only_to_those_who_listen() -> None:
    heard: list[int] = []
    with told_when_compiling(lambda: heard.append(1)):
        assert not compiling_has_begun()
        compiling_begins()
        compiling_begins()
    assert heard == [1]
    assert compiling_has_begun()


def test_who_stopped_listening_hears_nothing() -> None:
    heard: list[int] = []
    with told_when_compiling(lambda: heard.append(1)):
        pass
    compiling_begins()
    assert not heard


@pytest.mark.parametrize("quiet", [False, True])
def test_a_command_says_it_in_one_line_on_standard_error(quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(quiet=quiet):
        compiling_begins()
        compiling_begins()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == ("" if quiet else f"{COMPILING}\n")
