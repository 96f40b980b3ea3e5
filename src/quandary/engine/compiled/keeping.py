"""Compiled code kept on disk between runs, so that it is compiled once for a machine.

numba keeps code as a pickle, and whoever can write a pickle that is read here can run what he likes. So a file is read
only if it and its folder belong to this user and nobody else may write them, and only if its bytes are those that were
written (a digest comes first): truncated, foreign or damaged files are compiled anew and replaced. A place that cannot
be used costs time, never an answer.

The name of a file says what it was made from: all sources of the folder, the versions of numba and Python, the types of
the arguments and the kind of processor. (numba's own way compares a function with its own file only, not with the files
of what it calls.)
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import compiler, config, serialize
from numba.misc.appdirs import AppDirs

from quandary.engine.compilation import code_to_be_compiled, say_once

MARK = b"quandary: compiled code, 1\n"
"""How every file begins; a SHA-256 digest of the rest follows."""

LARGEST = 1 << 26
"""Bytes beyond which no file was written here."""

ENDING = ".code"

READING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""How a file is opened: no link is followed and no pipe waited for."""

OTHERS = stat.S_IWGRP | stat.S_IWOTH


class UnusableError(Exception):
    """Why a place or a file is not used, as the end of a sentence that begins with its name."""


@cache
def made_from() -> str:
    """Return a digest of what all code is compiled from."""
    digest = hashlib.sha256(numba.__version__.encode())
    own = Path(__file__)
    package = own.parents[2]
    kinds = ("**/compiled/*.py", "engine/programs/*.py", "*/branch/rules.py")
    for source in sorted({path for kind in kinds for path in package.glob(kind)} - {own}):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


@cache
def place() -> Path | None:
    """Return the folder that code is kept in: the first of ``places`` that can be used; ``None`` where none can.

    Says so where a folder is passed over because others may write there, or where none is left.
    """
    unsafe, reasons = [], []
    for folder in places():
        try:
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700, parents=True)
            checked(folder.lstat(), stat.S_ISDIR, "is no folder")
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise UnusableError("cannot be written")
        except (OSError, RuntimeError):
            reasons.append(f'"{folder}" cannot be written')
        except UnusableError as fault:
            reasons.append(f'"{folder}" {fault}')
            unsafe.append(reasons[-1])
        else:
            if unsafe:
                say_once(f"Compiled code is kept elsewhere, in {folder}: {unsafe[0]}.")
            return folder
    say_once(f"Compiled code cannot be kept, so that it is compiled in every run: {'; '.join(unsafe or reasons)}.")
    return None


def places() -> list[Path]:
    """Return folders that code may be kept in: what NUMBA_CACHE_DIR names, else beside the sources or the user's."""
    if config.CACHE_DIR:
        return [Path(config.CACHE_DIR) / "quandary"]
    return [
        Path(__file__).parent / "__pycache__" / "compiled",
        Path(AppDirs("quandary", False).user_cache_dir) / "code",
    ]


def checked(found: os.stat_result, kind: Any, otherwise: str) -> None:
    """Raise ``UnusableError`` unless what was found is of this kind, this user's, and nobody else may write it."""
    if not kind(found.st_mode):
        raise UnusableError(otherwise)
    if hasattr(os, "geteuid"):
        if found.st_uid != os.geteuid():
            raise UnusableError("belongs to another user")
        if found.st_mode & OTHERS:
            raise UnusableError("can be written by others")


def read(path: Path) -> bytes:
    """Return what was kept in a file. Raises ``FileNotFoundError``, and ``UnusableError`` for anything else."""
    try:
        with os.fdopen(os.open(path, READING), "rb") as file:
            checked(os.fstat(file.fileno()), stat.S_ISREG, "is no file")
            data = file.read(LARGEST)
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise UnusableError(f"cannot be read ({fault.strerror})") from None
    start = len(MARK) + 32
    if data[: len(MARK)] != MARK or hashlib.sha256(data[start:]).digest() != data[len(MARK) : start]:
        raise UnusableError("is damaged")
    return data[start:]


def write(path: Path, data: bytes) -> None:
    """Keep bytes in a file, at once or not at all, readable to this user only."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(MARK + hashlib.sha256(data).digest() + data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def look_through() -> None:
    """Look at every file once; where one cannot be used, say so and have all compiled before work is shared out."""
    folder = place()
    if folder is None:
        return
    try:
        kept = sorted(folder.glob(f"*-{made_from()}-*{ENDING}"))
    except OSError:
        return
    for path in kept:
        try:
            read(path)
        except FileNotFoundError:  # another run has just replaced it
            continue
        except UnusableError as fault:
            say_once(f'Compiled code is made anew: "{path}" {fault}.')
            code_to_be_compiled()
            return


class KeptCode:
    """What numba asks of the cache of one function (``numba.core.caching._Cache``); nothing here raises."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def cache_path(self) -> str | None:
        """Return the folder."""
        return None if place() is None else str(place())

    def load_overload(self, signature: object, target: Any) -> Any:
        """Return the code kept for these types of arguments, ``None`` where there is none that can be used."""
        target.refresh()
        path = self._path(signature, target.codegen())
        if path is None:
            return None
        try:
            return compiler.CompileResult._rebuild(target, *pickle.loads(read(path)))
        except FileNotFoundError:
            return None
        except UnusableError as fault:
            say_once(f'Compiled code is made anew: "{path}" {fault}.')
        except Exception as fault:  # whatever numba makes of what it once wrote
            say_once(f'Compiled code is made anew: "{path}" cannot be used ({type(fault).__name__}).')
        return None

    def save_overload(self, signature: object, made: Any) -> None:
        """Keep code that was just compiled, and drop what an older version of its sources left."""
        path = self._path(signature, made.codegen)
        if path is None or made.library.has_dynamic_globals or any(not part.can_cache for part in made.lifted):
            return
        try:
            write(path, serialize.dumps(made._reduce()))
            for older in path.parent.glob(f"{self.name}-*{ENDING}"):
                if f"-{made_from()}-" not in older.name:
                    older.unlink(missing_ok=True)
        except Exception as fault:
            reason = getattr(fault, "strerror", None) or type(fault).__name__
            say_once(f'Compiled code cannot be kept, so that it is compiled in every run: "{path}": {reason}.')

    def enable(self) -> None:
        """Do nothing: code is always kept where it can be."""

    def disable(self) -> None:
        """Do nothing, as above."""

    def flush(self) -> None:
        """Do nothing: a file whose sources changed is not looked at any more."""

    def _path(self, signature: object, codegen: Any) -> Path | None:
        folder = place()
        if folder is None:
            return None
        key = f"{signature} {codegen.magic_tuple()} {sys.implementation.cache_tag}"
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        return folder / f"{self.name}-{made_from()}-{digest}{ENDING}"
