"""One door to files: ordinary ones only, bounded before they are read; and writing so that nothing is half written."""

from __future__ import annotations

import os
import stat
import tempfile
from enum import Enum
from pathlib import Path


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

    def told(self, shown: str) -> str:
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
    try:
        _ordinary(path, os.stat(path), largest)  # noqa: PTH116 - pathlib follows a loop of links by another error
        # between the two looks a pipe may have taken the name: it is opened without waiting, and looked at again
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags), "rb") as stream:
            _ordinary(path, os.fstat(stream.fileno()), largest)
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


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write ``content`` to ``path`` by way of a temporary file beside it and one rename.

    A link is followed, so that what it leads to is written. What is there but is no file (``/dev/null``, a pipe) is
    written to as it is: a rename would put a file in its place. Raises ``OSError``, which names ``path``, when the
    folder cannot be written; ``path`` is then as it was.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from None
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
