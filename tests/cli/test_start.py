"""Help and explain start without the heavy libraries; nothing imports what it must not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from quandary.case import TEMPLATE, shipped_folder

pytestmark = pytest.mark.slow

HEAVY = ("numpy", "scipy", "pydantic", "pandas", "altair", "spacy", "networkx", "lark", "ruamel")


def _loaded_after(arguments: list[str], leaving: int = 0) -> set[str]:
    program = (
        "import sys\n"
        "from quandary.cli import main\n"
        f"sys.argv = ['quandary', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    code = stop.code\n"
        "print('LOADED', *sorted({m.split('.')[0] for m in sys.modules} | set(sys.modules)), sep='\\n')\n"
        "sys.exit(code or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == leaving
    return set(done.stdout.split("LOADED\n")[1].splitlines())


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "Q804"], ["explain"], ["--version"]])
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    assert not _loaded_after(arguments) & set(HEAVY)


def test_without_a_command_the_help_keeps_its_lines() -> None:
    done = subprocess.run([sys.executable, "-m", "quandary"], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2
    assert "␊" not in done.stderr
    assert "\n  equilibria " in done.stderr


@pytest.mark.parametrize("option", ["--worlds", "--seed"])
def test_what_is_no_number_is_told_in_plain_words(option: str) -> None:
    command = [sys.executable, "-m", "quandary", "run", "kazakhstan-2022", option, "1e4"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2
    assert "'1e4' is not a whole number." in done.stderr


def test_a_run_imports_what_it_needs_and_no_more() -> None:
    loaded = _loaded_after(["run", str(shipped_folder() / TEMPLATE), "--worlds", "16", "--quiet"])
    assert "numpy" in loaded
    assert not loaded & {"pandas", "altair", "scipy.stats", "scipy.optimize", "matplotlib", "spacy"}


def test_a_check_loads_what_a_few_worlds_need_and_no_graph_library() -> None:
    loaded = _loaded_after(["check", "kazakhstan-2022"])
    assert {"quandary.compile.loader", "quandary.ask.claims.trial"} <= loaded
    assert not loaded & {"networkx", "scipy.linalg", "scipy.sparse", "rich", "numba"}


def test_a_case_with_faults_of_its_text_is_not_tried(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("quandary: 1\ntitle: T\n", encoding="utf-8")
    loaded = _loaded_after(["check", str(tmp_path)], 1)
    assert not {name for name in loaded if name.startswith(("quandary.solve", "quandary.engine"))}


def test_a_run_loads_its_own_concept_and_no_other_command() -> None:
    loaded = _loaded_after(["run", str(shipped_folder() / TEMPLATE), "--worlds", "16", "--quiet", "--no-search"])
    assert {"quandary.solve.logit", "quandary.ask.claims.findings"} <= loaded
    assert not loaded & {"networkx", "quandary.solve.sequential", "quandary.solve.subgame", "quandary.solve.implied"}
    others = {
        "quandary.ask.equilibria.equilibria",
        "quandary.ask.changes.timeline",
        "quandary.report.why.why",
    }
    assert not loaded & (others | {"quandary.report.analyses.stages", "quandary.case.writer"})


def test_a_reader_that_has_seen_enough_ends_a_run_well() -> None:
    program = "from quandary.cli import main; main()"
    arguments = ["run", str(shipped_folder() / TEMPLATE), "--worlds", "16", "--quiet", "--no-search"]
    with subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdout = None  # communicate reads what is open
        try:
            _, said = process.communicate(timeout=300)
        finally:
            process.kill()
        assert (process.returncode, said) == (0, b"")


def test_a_terminal_without_typographic_signs_still_gets_the_answer() -> None:
    program = "from quandary.cli import main; main()"
    arguments = ["run", str(shipped_folder() / TEMPLATE), "--worlds", "16", "--quiet", "--no-search"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, env=environment, check=True, timeout=300
    )
    assert b'"A dry spring' in done.stdout
