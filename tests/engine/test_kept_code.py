"""Compiled code kept on disk: what is damaged, foreign or open to others is not read, and costs time, no answer."""

from __future__ import annotations

import os
import pickle
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quandary.engine import CompilingError, DiagramGame, compiling_has_begun, given_up
from quandary.engine import compilation as compiling_told
from quandary.engine.playing import diagram_game, fused
from quandary.game import Decision, Diagram, Table, Utility
from quandary.solve.logit import logit

pytestmark = pytest.mark.skipif(find_spec("numba") is None, reason='compiled code needs "quandary[fast]"')


@pytest.fixture(autouse=True)
def nothing_said_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_begun", "_ahead", "_said", "_given_up"):
        monkeypatch.setattr(compiling_told, name, [])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder that code is kept in during the test; it is made when first asked for."""
    from quandary.engine.compiled import keeping

    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "cache"))
    keeping.place.cache_clear()
    yield tmp_path / "cache" / "quandary"
    keeping.place.cache_clear()


def doubled() -> float:
    """Return 42 by a function that is compiled, or loaded, anew."""
    from quandary.engine import entrance

    def twice(number: float) -> float:
        return 2.0 * number

    found: float = entrance(twice)(21.0)
    return found


def kept(folder: Path) -> Path:
    (path,) = folder.glob("twice-*.code")
    return path


def said() -> list[str]:
    return compiling_told._said


def test_code_is_kept_for_this_user_alone_and_loaded_without_compiling(folder: Path) -> None:
    assert doubled() == 42.0
    assert compiling_has_begun()
    assert kept(folder).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    compiling_told._begun.clear()
    assert doubled() == 42.0
    assert not compiling_has_begun()
    assert not said()


class Runs:
    """A pickle that would leave a mark on disk if it were loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = str(mark)

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (self.mark,))


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".other"))
    path.symlink_to(path.with_suffix(".other"))


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _another_user(path: Path) -> None:
    os.chown(path, 12345, -1)


DAMAGED: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: os.truncate(path, 0),
    "truncated in its mark": lambda path: os.truncate(path, 10),
    "truncated in its digest": lambda path: os.truncate(path, 40),
    "truncated by a byte": lambda path: os.truncate(path, path.stat().st_size - 1),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * 9),
    "a byte changed": lambda path: path.write_bytes(path.read_bytes()[:-9] + b"x" + path.read_bytes()[-8:]),
    "a foreign pickle": lambda path: path.write_bytes(pickle.dumps(Runs(path.parent / "mark"))),
    "a link": _link,
    "a pipe": _pipe,
    "others may write": lambda path: path.chmod(0o602),
    "the group may write": lambda path: path.chmod(0o620),
    "another user's": _another_user,
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGED)
def test_a_file_that_cannot_be_used_is_made_anew_with_one_note(damage: str, folder: Path) -> None:
    if damage == "another user's" and os.geteuid() != 0:
        pytest.skip("only root gives files away")
    doubled()
    DAMAGED[damage](kept(folder))
    assert doubled() == 42.0
    assert doubled() == 42.0
    assert len(said()) == 1
    assert said()[0].startswith("Compiled code is made anew: ")
    assert not (folder / "mark").exists()
    said().clear()
    compiling_told._begun.clear()
    assert doubled() == 42.0
    assert not compiling_has_begun()
    assert not said()


def test_a_good_file_of_another_numba_is_not_looked_at_and_goes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from quandary.engine.compiled import keeping

    monkeypatch.setattr(keeping, "made_from", lambda: "0" * 16)
    doubled()
    older = kept(folder)
    monkeypatch.undo()
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(folder.parent))
    assert doubled() == 42.0
    assert not older.exists()
    assert not said()


def test_what_numba_cannot_rebuild_is_compiled(folder: Path) -> None:
    from quandary.engine import write

    doubled()
    write(kept(folder), pickle.dumps(("nothing", "of numba's")))
    assert doubled() == 42.0
    assert len(said()) == 1


def test_a_folder_in_the_place_of_a_file_stays_and_costs_a_compilation(folder: Path) -> None:
    doubled()
    path = kept(folder)
    _directory(path)
    assert doubled() == 42.0
    assert path.is_dir()
    assert len(said()) == 1


def _made(folder: Path, mode: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(mode)


def _file_in_its_place(folder: Path) -> None:
    folder.parent.mkdir()
    folder.touch()


def _link_in_its_place(folder: Path) -> None:
    folder.parent.mkdir()
    folder.symlink_to(folder.parent)


def _folder_of_another(folder: Path) -> None:
    folder.mkdir(parents=True)
    _another_user(folder)


PLACES: dict[str, Callable[[Path], object]] = {
    "a file where a folder should be": lambda folder: folder.parent.touch(),
    "a file in its place": _file_in_its_place,
    "others may write": lambda folder: _made(folder, 0o777),
    "the group may write": lambda folder: _made(folder, 0o770),
    "a link": _link_in_its_place,
    "another user's": _folder_of_another,
}


@pytest.mark.parametrize("fault", PLACES)
def test_a_place_that_cannot_be_used_costs_a_compilation_and_one_note(fault: str, folder: Path) -> None:
    if fault == "another user's" and os.geteuid() != 0:
        pytest.skip("only root gives folders away")
    PLACES[fault](folder)
    assert doubled() == 42.0
    assert doubled() == 42.0
    assert len(said()) == 1
    assert "cannot be kept" in said()[0]
    if folder.is_dir():
        assert not list(folder.glob("*.code"))


def test_a_full_disk_costs_one_note(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        assert doubled() == 42.0
        assert doubled() == 42.0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(said()) == 1
    assert "cannot be kept" in said()[0]
    assert not list(folder.iterdir())


def test_places_open_to_others_are_passed_over_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from quandary.engine.compiled import keeping

    opened, own, blocked = tmp_path / "open", tmp_path / "own", tmp_path / "file" / "folder"
    opened.mkdir()
    opened.chmod(0o777)
    (tmp_path / "file").touch()
    for first, note in ((blocked, False), (opened, True)):
        said().clear()
        keeping.place.cache_clear()
        monkeypatch.setattr(keeping, "places", lambda first=first: [first, own])
        assert keeping.place() == own
        assert bool(said()) is note
    keeping.place.cache_clear()


def test_damaged_files_are_found_before_work_is_shared_out(folder: Path) -> None:
    from quandary.engine import look_through

    doubled()
    compiling_told._begun.clear()
    look_through()
    assert not compiling_has_begun()
    os.truncate(kept(folder), 50)
    look_through()
    assert compiling_has_begun()
    assert len(said()) == 1


def test_where_nothing_can_be_compiled_tables_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from quandary.engine.compiled import kernel
    from quandary.solve.branch.compiled import lanes, walking

    rng = np.random.default_rng(3)
    made = (Decision("a", ("x", "y"), "A"), Decision("b", ("x", "y"), "B"))
    utilities = tuple(Utility("u", p, Table(("a", "b"), rng.normal(size=(2, 2, 9)))) for p in "AB")
    diagram = Diagram(made, {}, utilities, {p: np.ones(9) for p in "AB"}, 9)
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: False)
    expected = logit(DiagramGame(diagram)).profile

    def fails(*_: object) -> None:
        raise CompilingError("LoweringError")

    for module, name in ((kernel, "run"), (walking, "walk_blocks"), (walking, "walk_lanes"), (lanes, "find_origins")):
        monkeypatch.setattr(module, name, fails)
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: not given_up())
    found = logit(DiagramGame(diagram))
    assert found.converged.all()
    for own, other in zip(found.profile, expected, strict=True):
        np.testing.assert_allclose(own, other, atol=1e-9)
    assert given_up()
    assert len(said()) == 1
    assert "NumPy" in said()[0]
    monkeypatch.undo()
    monkeypatch.setattr(compiling_told, "_given_up", [True])
    monkeypatch.setattr(fused, "WORTHWHILE", 0)
    assert not DiagramGame(diagram).compiled


def test_a_numba_that_cannot_be_loaded_is_done_without(tmp_path: Path) -> None:
    broken = tmp_path / "numba"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('too old')", encoding="utf-8")
    program = "from quandary.engine.playing.fused import compiled_code_available; print(compiled_code_available())"
    path = os.pathsep.join([str(tmp_path), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
        timeout=300,
    )
    assert done.stdout == "False\n", done.stderr
    assert done.stderr.count("\n") == 1
    assert "NumPy" in done.stderr
