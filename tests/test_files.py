"""The door to files: ordinary ones, bounded; whatever else a name can mean is refused at once, with its sentence."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from quandary.base import Refusal, UnreadableError, path_of, read_bounded

POSIX = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and devices are POSIX")


def told(path: Path, largest: int = 1000) -> str:
    with pytest.raises(UnreadableError) as fault:
        read_bounded(path, largest)
    return fault.value.sentence("x")


def test_a_file_and_a_link_to_it(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x00" * 1000)
    (tmp_path / "b").symlink_to("a")
    assert read_bounded(tmp_path / "a", 1000) == read_bounded(tmp_path / "b", 1000) == b"\x00" * 1000
    (tmp_path / "empty").touch()
    assert read_bounded(tmp_path / "empty", 0) == b""


def test_too_large_is_told_by_size(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as stream:
        stream.truncate(3_000_000_000)
    with pytest.raises(UnreadableError) as fault:
        read_bounded(tmp_path / "a", 1000)
    assert fault.value.size == 3_000_000_000
    assert fault.value.sentence("x") == '"x" is too large: 3,000.0 MB'


def test_a_file_that_hides_its_size() -> None:
    hidden = Path("/proc/self/status")  # the system calls it empty
    if not hidden.is_file():
        pytest.skip("no /proc here")
    assert read_bounded(hidden, 100_000).startswith(b"Name:")
    assert told(hidden, 10) == '"x" is too large: 0.0 MB'


def pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def loop(path: Path) -> None:
    path.symlink_to(path.name)


NOT_READ: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda path: None, 'there is no file "x"'),
    "a link to nothing": (lambda path: path.symlink_to("gone"), 'there is no file "x"'),
    "a folder": (lambda path: path.mkdir(), '"x" is a folder, not a file'),
    "a pipe": (pipe, '"x" is no ordinary file but a named pipe'),
    "a link to a pipe": (link_to_a_pipe, '"x" is no ordinary file but a named pipe'),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), '"x" is no ordinary file but a device'),
    "a socket": (listening, '"x" is no ordinary file but a socket'),
    "a link to itself": (loop, '"x" cannot be read: too many levels of symbolic links'),
}


@POSIX
@pytest.mark.parametrize("what", NOT_READ)
def test_what_is_not_read(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's name is short
    make, sentence = NOT_READ[what]
    make(Path("made"))
    assert told(Path("made")) == sentence


@POSIX
def test_a_pipe_that_takes_the_place_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the first look and the opening; nobody writes to it, and the reader does not wait."""
    (tmp_path / "a").touch()
    os.mkfifo(tmp_path / "pipe")
    looked = (tmp_path / "a").stat()
    monkeypatch.setattr("quandary.base.files.os.stat", lambda path: looked)
    assert told(tmp_path / "pipe") == '"x" is no ordinary file but a named pipe'


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "x" * 5000])
def test_a_name_that_no_file_can_have(name: str) -> None:
    assert told(Path(name)).startswith(('"x" cannot be read: ', 'there is no file "x"'))


@pytest.mark.parametrize("named", ["x" * 5_000, "a\0b", "y" * 300 + "/case.yaml"])
def test_a_name_that_no_file_can_have_is_refused(named: str) -> None:
    with pytest.raises(Refusal) as refused:
        path_of(named)
    assert refused.value.problem.code == "Q816"
    assert len(refused.value.problem.message) < 500
