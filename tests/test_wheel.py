"""The wheel as somebody installs it: an empty environment, the default install, the demonstration."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent


def _run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [*map(str, command)], cwd=folder, env=kept, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_wheel_runs_the_demonstration_in_an_empty_environment(tmp_path: Path) -> None:
    built = _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=ROOT)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "quandary/cases/kazakhstan-2022/case.yaml" in names
    assert not [name for name in names if name.startswith(("tests/", "bench/"))]
    venv.create(tmp_path / "empty")
    python = tmp_path / "empty" / "bin" / "python"
    options = ("--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--no-compile")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "install", *options]
    installed = _run(*pip, wheel, folder=tmp_path)
    if installed.returncode and ("No matching distribution" in installed.stderr or "onnection" in installed.stderr):
        pytest.skip("the package index cannot be reached, so the wheel was built but not installed")
    assert installed.returncode == 0, installed.stderr
    shown = _run(python.with_name("quandary"), "demo", "--worlds", "16", "--quiet", folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "Will Russia invade Ukraine before 2023?" in shown.stdout
