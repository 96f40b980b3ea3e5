"""Fixtures shared by all tests; tests that need ``../shared`` say in the closing lines when they did not run."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from quandary.__main__ import ONE_THREAD
from quandary.cli import RARELY

for _name in ONE_THREAD:  # as the command does; it must be said before NumPy is imported
    os.environ.setdefault(_name, "1")
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as shells do in the background; tests send it
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")  # `--hypothesis-profile=default` searches anew

ROOT = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    data = ROOT.parent / "shared" / "data"
    parser.addoption("--shared", default=str(data), help="folder of outside truth (default: ../shared/data)")
    parser.addoption("--textbook", default=None, help="folder of textbook games (default: SHARED/textbook)")
    parser.addoption("--gambit", default=None, help="folder of Gambit games (default: SHARED/gambit)")


def pytest_collection_finish() -> None:
    """Keep the search for circles of objects away from the tests themselves, which are thousands and stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)  # as the command does


def _folder(path: Path) -> Path:
    if not path.is_dir():
        pytest.skip(f"outside truth not at hand: no folder {path.name}")
    return path


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Path:
    """Return the folder ``../shared/data``, or skip the test."""
    return _folder(Path(str(request.config.getoption("--shared"))))


@pytest.fixture
def textbook(request: pytest.FixtureRequest) -> Path:
    """Return the folder of textbook games, or skip the test."""
    named = request.config.getoption("--textbook")
    return _folder(Path(str(named)) if named else Path(str(request.config.getoption("--shared"))) / "textbook")


@pytest.fixture
def gambit(request: pytest.FixtureRequest) -> Path:
    """Return the folder of Gambit games, or skip the test."""
    named = request.config.getoption("--gambit")
    return _folder(Path(str(named)) if named else Path(str(request.config.getoption("--shared"))) / "gambit")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests did not run, and why."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons: dict[str, int] = {}
    for report in skipped:
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in reasons.items():
        said = reason.removeprefix("Skipped: ")
        unknown = said.removeprefix("not checked: ")
        line = f"{count} not run: {reason}" if unknown == said else f"{count} not checked: {unknown}"
        terminalreporter.write_line(line)
