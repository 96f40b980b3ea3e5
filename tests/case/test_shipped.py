"""A case that is not there is refused with what may have been meant; files of games are no cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from quandary.base import Refusal
from quandary.case import find_case
from quandary.use import opened


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "strait").mkdir()
    (tmp_path / "strait" / "case.yaml").write_text("quandary: 1\n", encoding="utf-8")
    (tmp_path / "network.bif").write_text("network n { }\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("strat", "strait"),
        ("strait/case.yml", "strait/case.yaml"),
        ("network.bf", "network.bif"),
        ("kazakstan-2022", "kazakhstan-2022"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_the_nearest_name_is_proposed(named: str, meant: str) -> None:
    with pytest.raises(Refusal) as refused:
        find_case(named)
    assert refused.value.problem.code == "Q804"
    assert refused.value.problem.hint == f'did you mean "{meant}"?'


@pytest.mark.usefixtures("folder")
def test_far_from_every_name_the_shipped_cases_are_named() -> None:
    for named in ("zzzzzz", "nowhere/zzzzzz"):
        with pytest.raises(Refusal) as refused:
            find_case(named)
        assert "kazakhstan-2022" in (refused.value.problem.hint or "")


@pytest.mark.usefixtures("folder")
def test_a_file_of_a_network_is_no_case() -> None:
    with pytest.raises(Refusal) as refused:
        opened("network.bif")
    assert refused.value.problem.code == "Q804"
    assert 'quandary ask "network.bif"' in (refused.value.problem.hint or "")
