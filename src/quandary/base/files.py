"""The one door to files. Reading: ordinary ones only, bounded before they are read. Writing: whole or not at all,
never over what somebody else made, never through a link.

A file comes into being under a name of its own and then gets its place in one step, which fails where the place is
taken. So of two commands that write to one place at once exactly one wins, and the other is refused (Q805).
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import Enum
from pathlib import Path
from typing import Any

from quandary.base.confinement import is_outside, refuse_outside
from quandary.base.problems import Problem, Refusal


def path_of(named: str) -> Path:
    """Return the path that a person named, ``~`` and ``~user`` expanded where there is such a user.

    Refuses (Q816) what no file can be called.
    """
    try:
        os.fsencode(named)
        path = Path(os.path.expanduser(named))  # noqa: PTH111 - Path.expanduser raises for an unknown user
        with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
            path.lstat()
        return path
    except (UnicodeEncodeError, ValueError):  # a sign that names cannot hold, such as NUL
        pass
    except OSError as fault:
        if fault.errno != errno.ENAMETOOLONG:
            return path
    raise Refusal(Problem("Q816", f'no file can be called "{named}" here', hint="name another file"))


_INPUTS: ContextVar[set[tuple[int, int]] | None] = ContextVar("inputs", default=None)
"""The files, by device and number, that the command at work has read."""


@contextmanager
def inputs_kept() -> Iterator[None]:
    """Have nothing written over a file that is read within the block, by whatever name or link."""
    token = _INPUTS.set(set())
    try:
        yield
    finally:
        _INPUTS.reset(token)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _is_input(path: Path) -> bool:
    with suppress(OSError):
        return _identity(path.stat()) in (_INPUTS.get() or ())
    return False


class Unread(Enum):
    """Why a file was not read."""

    MISSING = "missing"
    FOLDER = "folder"
    SPECIAL = "special"
    LARGE = "large"
    REFUSED = "refused"


class UnreadableError(OSError):
    """A file that was not read: the reason as data, and ``told`` with the name as the user wrote it.

    ``size`` is what the system says of a file that is too large; one that only turned out so has ``largest + 1``.
    """

    def __init__(self, path: Path, why: Unread, reason: str, *, size: int = 0) -> None:
        super().__init__(None, reason, str(path))
        self.why = why
        self.reason = reason
        self.size = size

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what it is made of in another process."""
        return type(self), (Path(self.filename), self.why, self.reason), {"size": self.size}

    def sentence(self, shown: str) -> str:
        """Return the sentence, without a full stop: ``there is no file "x"``, ``"x" is a folder, not a file``."""
        return f'there is no file "{shown}"' if self.why is Unread.MISSING else f'"{shown}" {self.reason}'


_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def read_bounded(path: Path, largest: int) -> bytes:
    """Return the bytes of an ordinary file (or of what a link leads to) of at most ``largest`` bytes.

    Raises ``UnreadableError`` for all else. A pipe, device or folder is never opened for reading, so nothing waits; no
    more than ``largest + 1`` bytes are ever held, also where a file grows meanwhile or hides its size.
    """
    if is_outside(path):
        raise UnreadableError(path, Unread.REFUSED, "is outside of the folder that is served")
    try:
        _ordinary(path, os.stat(path), largest)  # noqa: PTH116 - pathlib follows a loop of links by another error
        # between the two looks a pipe may have taken the name: it is opened without waiting, and looked at again
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as stream:
            found = os.fstat(stream.fileno())
            _ordinary(path, found, largest)
            if (inputs := _INPUTS.get()) is not None:
                inputs.add(_identity(found))
            data = stream.read(largest + 1) or b""
    except UnreadableError:
        raise
    except FileNotFoundError:
        raise UnreadableError(path, Unread.MISSING, "is not there") from None
    except (OSError, ValueError) as fault:  # ValueError: a name that no file can have
        reason = getattr(fault, "strerror", None) or str(fault)
        raise UnreadableError(path, Unread.REFUSED, f"cannot be read: {reason[:1].lower()}{reason[1:]}") from None
    if len(data) > largest:
        raise _too_large(path, len(data))
    return data


def _ordinary(path: Path, found: os.stat_result, largest: int) -> None:
    """Raise ``UnreadableError`` unless this is an ordinary file that is not too large."""
    if stat.S_ISDIR(found.st_mode):
        raise UnreadableError(path, Unread.FOLDER, "is a folder, not a file")
    if not stat.S_ISREG(found.st_mode):
        kind = next((name for test, name in _SPECIAL if test(found.st_mode)), "something else")
        raise UnreadableError(path, Unread.SPECIAL, f"is no ordinary file but {kind}")
    if found.st_size > largest:
        raise _too_large(path, found.st_size)


def _too_large(path: Path, size: int) -> UnreadableError:
    return UnreadableError(path, Unread.LARGE, f"is too large: {size / 1e6:,.1f} MB", size=size)


PATIENCE = 2.0
"""Seconds to wait for another command that is writing into the same folder."""

_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV}
"""What a file system says that has no hard links."""

Replaceable = Callable[[Path], bool]


class _Fate(Enum):
    NEW = "made"
    KEPT = "there already, with the same bytes"
    REPLACED = "written over"
    STREAM = "no file, but something that takes bytes"


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write one file, over whatever file or link is there."""
    write_files({path: content}, force=True)


def write_files(
    contents: Mapping[Path, str | bytes | Iterator[str]],
    *,
    force: bool = False,
    replaceable: Replaceable = lambda _: False,
    kept: Collection[Path] = (),
) -> None:
    """Write all files or none, into folders that are there. Text may come in parts, which are not held together.

    Refuses (Q805) a place that is taken, unless ``force``, or ``replaceable`` says that the file there may be written
    over, or it is in ``kept`` and holds the same bytes. ``force`` replaces a link, never what it leads to. What is no
    file (``/dev/null``, a pipe) is written to as it is; a file that the command has read never is. Raises ``OSError``,
    which names the file, where the system cannot write; then all is as it was.
    """
    whole = {path: _bytes(given) for path, given in contents.items() if isinstance(given, str | bytes)}
    parts = {path: map(_bytes, given) for path, given in contents.items() if not isinstance(given, str | bytes)}

    def fates() -> dict[Path, _Fate]:
        return {path: _fate(path, whole.get(path) if path in kept else None, force, replaceable) for path in contents}

    temporary: dict[Path, Path] = {}
    try:
        for path, fate in fates().items():
            if fate is _Fate.STREAM:
                _sent(path, parts.get(path, [whole.get(path, b"")]))
            elif fate is not _Fate.KEPT:
                temporary[path] = _temporary(path, parts.get(path, [whole.get(path, b"")]))
        with _alone({path.parent for path in temporary}):
            _placed(temporary, {path: fate for path, fate in fates().items() if path in temporary})
    finally:
        for made in temporary.values():
            made.unlink(missing_ok=True)


def rewrite_files(contents: Mapping[Path, str | bytes], read: Mapping[Path, bytes]) -> None:
    """Write all files anew or none, each over the one of its name, which must still hold the bytes that were ``read``.

    Refuses (Q805) a file that holds others by now, is gone, or is a link. Raises ``OSError`` as ``write_files`` does.
    """
    wanted = {path: _bytes(content) for path, content in contents.items()}

    def check() -> None:
        for path in wanted:
            _refuse_changed(path, read[path])

    check()
    temporary: dict[Path, Path] = {}
    try:
        for path, data in wanted.items():
            temporary[path] = _temporary(path, [data])
        with _alone({path.parent for path in temporary}):
            check()
            _placed(temporary, dict.fromkeys(temporary, _Fate.REPLACED))
    finally:
        for made in temporary.values():
            made.unlink(missing_ok=True)


def _refuse_changed(path: Path, read: bytes) -> None:
    if path.is_symlink():
        message = f'"{path}" is a link, and nothing is written through links'
        raise Refusal(Problem("Q805", message, hint="name the file itself"))
    try:
        held: bytes | None = read_bounded(path, len(read))
    except UnreadableError:
        held = None
    if held != read:
        message = f'"{path}" was changed by somebody else just now'
        raise Refusal(Problem("Q805", message, hint="run the command again, which reads the file anew"))


def write_folder(
    folder: Path,
    contents: Mapping[str, str | bytes],
    *,
    force: bool = False,
    replaceable: Replaceable = lambda _: False,
    kept: Collection[str] = (),
) -> None:
    """Write files by their names into a folder, made with those above it where it is missing: all or none.

    Refuses as ``write_files`` does, and a place in the folder that is a pipe or a device: nobody named that.
    """
    refuse_outside(folder)
    if not _is_taken(folder):
        with _made(folder.parent):
            if _arose(folder, contents):
                return
    if not folder.is_dir():
        raise Refusal(Problem("Q805", f'"{folder}" is already there and is no folder', hint="name another folder"))
    placed = {folder / name: content for name, content in contents.items()}
    for path in placed:
        check_ordinary(path)
    made: list[Path] = []
    try:
        for parent in {path.parent for path in placed}:
            made += _make(parent)
        write_files(placed, force=force, replaceable=replaceable, kept=[folder / name for name in kept])
    except BaseException:
        _remove(made)
        raise


def check_place(
    path: Path, *, force: bool = False, replaceable: Replaceable = lambda _: False, same: bytes | None = None
) -> None:
    """Refuse (Q805) a place that ``write_files`` would refuse, or raise ``OSError``: before work is done for it.

    A file there that holds ``same`` is welcome.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    _fate(path, same, force, replaceable)


def check_ordinary(path: Path) -> None:
    """Refuse (Q805) a place that holds a pipe or a device, where writing might wait for ever."""
    if _leads_to_a_stream(path):
        message = f'"{path}" is already there and is no ordinary file'
        raise Refusal(Problem("Q805", message, hint="name another folder"))


def _fate(path: Path, same: bytes | None, force: bool, replaceable: Replaceable) -> _Fate:
    """Return what is to happen to a place; ``same`` are bytes that make a file there welcome."""
    refuse_outside(path)
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return _Fate.NEW
    if stat.S_ISLNK(mode):
        if _leads_to_a_stream(path):
            return _Fate.STREAM
        _refuse_input(path)
        if force:
            return _Fate.REPLACED
        message = f'"{path}" is a link, and nothing is written through links'
        raise Refusal(Problem("Q805", message, hint="name the file itself, or add --force to replace the link"))
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        return _Fate.STREAM
    if same is not None and path.stat().st_size == len(same) and path.read_bytes() == same:
        return _Fate.KEPT
    _refuse_input(path)
    if force or replaceable(path):
        return _Fate.REPLACED
    raise Refusal(Problem("Q805", f'"{path}" is already there', hint="name another place, or add --force"))


def _refuse_input(path: Path) -> None:
    if _is_input(path):
        message = f'"{path}" is the file that is being read, and is not written over'
        raise Refusal(Problem("Q805", message, hint="name another place"))


def _leads_to_a_stream(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _sent(path: Path, parts: Iterable[bytes]) -> None:
    """Write bytes to what is no file."""
    try:
        with path.open("wb") as stream:
            stream.writelines(parts)
    except BrokenPipeError:
        pass  # who reads has seen enough
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from None


def _temporary(path: Path, parts: Iterable[bytes]) -> Path:
    """Return a file beside the place, with the bytes and the mode that it will have there."""
    mode = path.lstat().st_mode & 0o777 if path.is_file() and not path.is_symlink() else 0o666 & ~_umask()
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from None
    made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(parts)
        made.chmod(mode)
    except BaseException as fault:
        made.unlink(missing_ok=True)
        if isinstance(fault, OSError):
            raise OSError(fault.errno, fault.strerror, str(path)) from None
        raise
    return made


def _placed(temporary: Mapping[Path, Path], fates: Mapping[Path, _Fate]) -> None:
    """Give every file its place; where one cannot have it, all is as it was."""
    undone: list[Callable[[], object]] = []
    backups: list[Path] = []
    try:
        for path, made in temporary.items():
            if fates[path] is _Fate.REPLACED:
                backup = made.with_name(f"{made.name}.before")
                if not path.is_symlink():
                    with suppress(OSError):
                        os.link(path, backup)
                        backups.append(backup)
                        undone.append(lambda backup=backup, path=path: backup.replace(path))  # type: ignore[misc]
                made.replace(path)
            elif fates[path] is _Fate.NEW:
                _link(made, path)
                undone.append(path.unlink)
    except BaseException:
        for undo in reversed(undone):
            with suppress(OSError, KeyboardInterrupt):  # once begun, all is put back
                undo()
        raise
    finally:
        for backup in backups:
            backup.unlink(missing_ok=True)


def _link(made: Path, path: Path) -> None:
    """Give a file its place; refuses where that was taken meanwhile."""
    try:
        try:
            os.link(made, path)
        except OSError as fault:
            if fault.errno not in _NO_LINKS:
                raise
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            made.replace(path)
    except FileExistsError:
        message = f'"{path}" was written by somebody else just now'
        raise Refusal(Problem("Q805", message, hint="name another place")) from None


def _arose(folder: Path, contents: Mapping[str, str | bytes]) -> bool:
    """Return whether a folder that was missing is now there with its files; not where another was quicker."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name[:40]}.") as temporary:
        made = Path(temporary) / "made"
        for name, content in contents.items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_bytes(content))
        try:
            made.rename(folder)
        except OSError:
            if _is_taken(folder):
                return False
            raise
    return True


@contextmanager
def _made(folder: Path) -> Iterator[None]:
    """Have a folder, which is removed again where it was missing and the block fails."""
    made = _make(folder)
    try:
        yield
    except BaseException:
        _remove(made)
        raise


def _make(folder: Path) -> list[Path]:
    """Make a folder with those above it; return those that were missing, the lowest first."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder.parent == folder:
            break
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
    return missing


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _is_taken(path: Path) -> bool:
    return os.path.lexists(path)


@contextmanager
def _alone(folders: Collection[Path]) -> Iterator[None]:
    """Keep other commands from these folders for the block, where the system has such locks."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    held: list[int] = []
    try:
        for folder in sorted(folders):
            with suppress(OSError):
                held.append(os.open(folder, os.O_RDONLY))
                end = time.monotonic() + PATIENCE
                while not _locked(fcntl.flock, held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB) and time.monotonic() < end:
                    time.sleep(0.01)
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)


def _locked(flock: Callable[[int, int], object], descriptor: int, how: int) -> bool:
    try:
        flock(descriptor, how)
    except BlockingIOError:
        return False
    return True


def _bytes(content: str | bytes) -> bytes:
    """Return content as bytes: text in UTF-8, where half a sign (a byte of a file's name, say) becomes a ``?``."""
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
