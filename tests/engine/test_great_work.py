"""Great work is told before it begins, reckoned and never timed; a process stays within the memory it was given."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.engine.test_memory import _dense_case, _reckoned
from typer.testing import CliRunner

import quandary
from quandary.ask import Reckoned, Study
from quandary.ask.games import great_work as work
from quandary.base import BESIDES, BUDGET, GIB, TOTAL, Problem, TooLarge, enough, for_tables
from quandary.base.memory import memory
from quandary.cli import build_app
from quandary.solve import compile_all

MIB = 1 << 20
LITTLE = 512 * MIB
WORLDS = 1_000


@pytest.fixture
def dense(tmp_path: Path) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(_dense_case(20, 5, 2), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("worlds", "each", "wait"),
    [(500, 40 * MIB, "half a minute"), (10_000, 40 * MIB, "expect minutes"), (10_000, GIB, "hours"), (16, GIB, "half")],
)
def test_the_work_is_that_of_all_worlds(worlds: int, each: int, wait: str) -> None:
    told = work.great_work(Reckoned(0, each), worlds)
    assert told is not None and not told.is_error and wait in told.message
    assert work.great_work(Reckoned(0, each), work.GREAT // each - 1) is None
    fewer = re.findall(r"--worlds (\d+)", told.hint or "")
    assert all(int(n) < worlds and (int(n) * each <= work.GREAT or int(n) == work.FEWEST) for n in fewer)
    assert bool(fewer) == (worlds > 16)


def test_the_cut_that_is_named_saves_what_is_said(dense: Path) -> None:
    study = Study(quandary.load(dense).case, worlds=64, threads=1)
    found = _reckoned(study, "P(v19 = s1)")
    cut = found.cut()
    assert cut is not None and cut.need.bytes < found.heaviest
    told = work.great_work(found, work.GREAT)
    assert told is not None and f'"{cut.parent}"' in (told.hint or "")


def test_word_is_given_once_and_only_to_who_listens() -> None:
    heard: list[Problem] = []
    work.work_begins(Reckoned(0, GIB), 10_000)
    with work.great_work_told(heard.append):
        work.work_begins(Reckoned(0, GIB), 4)
        assert not heard
        work.work_begins(Reckoned(0, GIB), 10_000)
        work.work_begins(Reckoned(0, GIB), 10_000)
    assert [problem.code for problem in heard] == ["Q422"]
    with work.great_work_told(heard.append):
        work.work_begins(Reckoned(0, GIB), 10_000)
    assert len(heard) == 2, "the next command's user is told too"


@pytest.mark.slow
def test_commands_warn_before_they_begin(dense: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner, app = CliRunner(), build_app()
    ask = ["ask", str(dense), "P(v19 = s1)", "-w", "32"]
    assert "Q422" not in runner.invoke(app, ask).stderr
    assert "Q422" not in runner.invoke(app, ["check", str(dense)]).output
    monkeypatch.setattr(work, "GREAT", 1 << 10)
    loud = runner.invoke(app, ask)
    assert loud.exit_code == 0 and loud.stderr.count("Q422") == 1 and "--worlds" in loud.stderr
    assert "Q422" not in loud.stdout
    assert "Q422" not in runner.invoke(app, [*ask, "--quiet"]).stderr
    checked = runner.invoke(app, ["check", str(dense)])
    assert checked.exit_code == 0 and "Q422" in checked.output and "10,000 worlds" in checked.output


@pytest.mark.parametrize("total", [MIB, 100 * MIB, GIB, TOTAL, 8 * GIB])
def test_tables_leave_room_for_what_is_no_table(total: int) -> None:
    assert total - for_tables(total) == min(BESIDES, total // 4)
    assert for_tables(TOTAL) == BUDGET == 3 * GIB // 2


@pytest.mark.parametrize("need", [1, MIB, 300 * MIB, GIB, BUDGET, BUDGET + 1, 5 * GIB])
def test_the_size_that_is_named_is_enough(need: int) -> None:
    number, unit = re.fullmatch(r"(\d+)([MG]iB)", enough(need)).groups()  # type: ignore[union-attr]
    assert for_tables(int(number) * (GIB if unit == "GiB" else MIB)) >= need


def test_what_is_refused_is_allowed_with_what_is_named(dense: Path) -> None:
    study = Study(quandary.load(dense).case, worlds=16, threads=1)
    need = _reckoned(study, "P(v19 = s1)").heaviest
    with memory(for_tables(need)), pytest.raises(TooLarge) as refused:
        study.ask("P(v19 = s1)")
    (size,) = re.findall(r"--memory (\d+)MiB", refused.value.problem.hint or "")
    with memory(for_tables(int(size) * MIB)):
        assert study.ask("P(v19 = s1)").mean is not None


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read in /proc")
def test_a_process_stays_within_what_it_was_given(tmp_path: Path) -> None:
    """Worlds whose tables together would take three times the whole, on one worker, in a process of its own."""
    path = tmp_path / "case.yaml"
    path.write_text(_dense_case(24, 7, 1), encoding="utf-8")
    case = quandary.load(path).case
    assert _reckoned(Study(case, worlds=16, threads=1), "P(v23 = s1)").heaviest * WORLDS > 3 * LITTLE
    compile_all()  # what the child would do itself, once for a machine
    script = (  # not ru_maxrss, which may be that of who started the process
        "import re, sys\n"
        "import quandary\n"
        "from pathlib import Path\n"
        "from quandary.base import for_tables\n"
        "from quandary.base.memory import memory\n"
        f"with memory(for_tables({LITTLE})):\n"
        f"    quandary.load(sys.argv[1]).solve(worlds={WORLDS}, threads=1).ask('P(v23 = s1)')\n"
        "print(re.search(r'VmHWM:\\s+([0-9]+) kB', Path('/proc/self/status').read_text())[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, timeout=300
    )
    assert for_tables(LITTLE) // 2 < 1024 * int(done.stdout) < LITTLE
