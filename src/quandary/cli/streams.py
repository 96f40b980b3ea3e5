"""The door to standard output and error: all that a command says goes through it.

Text is shown with its hidden characters made visible; only the styles of our own tables pass as they are
(``TextStream.write_styled``). A document is written whole or not at all. A stream that is closed, full or no longer
read never stops a command: what is said on standard error is then lost, and an answer that cannot be written is
exit code 2.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import RawIOBase, TextIOWrapper
from typing import IO, Any, TextIO

from quandary.base.characters import Excerpt, escaped_json, one_line, visible
from quandary.base.signs import HANDLER, register
from quandary.cli import signals

_FILLING = re.compile(r" +(?=\n)")

PIECE = 1 << 16
"""Bytes written at a time."""


class _Outlet(RawIOBase):
    """Bytes to a stream until it fails; ``fault`` is then why, and the rest is thrown away."""

    def __init__(self, target: Any) -> None:  # noqa: ANN401 - any binary stream
        self._target = target
        self.fault: OSError | ValueError | None = None

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return bool(self._target.isatty())

    def fileno(self) -> int:
        number: int = self._target.fileno()
        return number

    def write(self, data: Any) -> int:  # noqa: ANN401 - bytes of any kind
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view) and self.fault is None:
            try:
                written = self._target.write(view[done : done + PIECE])
                if written is None:  # a stream that does not block, and is full just now
                    select.select([], [self._target.fileno()], [], 1.0)
                done += written or 0
                signals.progress()
            except (OSError, ValueError) as fault:
                self.fault = fault
        return len(view)


class TextStream(TextIOWrapper):
    """Standard output or error, for text of any origin; a sign that it cannot show has a plain one in its place."""

    def __init__(self, stream: TextIO) -> None:
        buffer = stream.buffer
        self.outlet = _Outlet(getattr(buffer, "raw", buffer))
        register()
        super().__init__(self.outlet, encoding=stream.encoding, errors=HANDLER, write_through=True)  # type: ignore[arg-type]
        self.told_document = False

    def write(self, text: str) -> int:
        """Write text with its hidden characters made visible."""
        return super().write(visible(text))

    def write_styled(self, text: str) -> int:
        """Write text that is visible already, with the styles of a table."""
        return super().write(text)


class Styled:
    """A screen as rich writes to it; what it is given there has been made visible (``paper.Paper``)."""

    def __init__(self, screen: TextStream) -> None:
        self._screen = screen
        self.encoding = screen.encoding

    def write(self, text: str) -> int:
        """Write text as it is; where nobody is looking, without the spaces that fill lines up."""
        return self._screen.write_styled(text if self.isatty() else _FILLING.sub("", text))

    def flush(self) -> None:
        """Hand on what was written."""
        self._screen.flush()

    def isatty(self) -> bool:
        """Return whether a person is looking."""
        return self._screen.isatty()

    def fileno(self) -> int:
        """Return the number of the stream."""
        return self._screen.fileno()


NARROWEST = 40
"""Columns at least, whatever the environment says of the terminal."""


def echo(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Print text of one line or more."""
    stream = sys.stderr if err else sys.stdout
    if not isinstance(stream, TextStream):  # a door for each: see ``open_streams``
        text = visible(text)
    stream.write(text + end)
    stream.flush()


def echo_lines(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines, in none of which a name or a quote can begin another; on a terminal they are folded at words."""
    stream = sys.stderr if err else sys.stdout
    width = max(NARROWEST, shutil.get_terminal_size().columns) if stream.isatty() else None
    for line in lines:
        shown = one_line(line)
        for part in folded(Excerpt(shown) if isinstance(line, Excerpt) else shown, width):
            echo(part, err=err)


def folded(line: str, width: int | None) -> list[str]:
    """Return a line in parts of at most that many columns, later ones indented; whole without a width.

    An excerpt of a file stays whole, so that the caret below stands under what it means.
    """
    if width is None or len(line) <= width or isinstance(line, Excerpt):
        return [line]
    indent = " " * min(len(line) - len(line.lstrip()) + 4, width // 4)
    return textwrap.wrap(
        line, width, subsequent_indent=indent, replace_whitespace=False, break_long_words=False, break_on_hyphens=False
    )


def document(json: str) -> None:
    """Print a JSON document, whole, with escapes for what is hidden and what the stream cannot show."""
    text = escaped_json(json)
    stream = sys.stdout
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = escaped_json(json, ascii_only=True)
    with signals.held():
        if isinstance(stream, TextStream):
            stream.told_document = True
            stream.write_styled(text + "\n")
        else:
            stream.write(text + "\n")
        stream.flush()


def contents(text: str) -> None:
    """Print what is to become a file: whole, in UTF-8 and unchanged, unless a person is looking."""
    stream = sys.stdout
    with signals.held():
        if not isinstance(stream, TextStream) or stream.isatty():
            echo(text, end="")
        else:
            stream.flush()
            stream.outlet.write(text.encode("utf-8", "replace"))


def takes_a_document() -> bool:
    """Return whether standard output can still be given a document: it has none yet, and does not fail."""
    stream = sys.stdout
    return not (isinstance(stream, TextStream) and (stream.told_document or stream.outlet.fault is not None))


def fault_of_output() -> str | None:
    """Return why standard output did not take what it was given; ``None`` if it did, or nobody reads it any more."""
    stream = sys.stdout
    fault = stream.outlet.fault if isinstance(stream, TextStream) else None
    if fault is None or isinstance(fault, BrokenPipeError):
        return None
    reason = (getattr(fault, "strerror", None) or str(fault)).lower()
    return "it is closed" if reason == "bad file descriptor" else reason


@contextmanager
def open_streams() -> Iterator[None]:
    """Put the door in place of standard output and error within the block."""
    before = sys.stdout, sys.stderr
    for stream in before:
        with suppress(OSError, ValueError):
            stream.flush()
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # of what is typed, no byte stops a command
    sys.stdout, sys.stderr = (TextStream(stream) if _has_bytes(stream) else stream for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _has_bytes(stream: TextIO) -> bool:
    return not isinstance(stream, TextStream) and hasattr(stream, "buffer")


def open_missing() -> None:
    """Open what this process was started without: a closed standard stream, whose number another file would get.

    Standard input is then at its end; standard output takes nothing and says so; what goes to standard error is lost.
    """
    for number, name, flags in ((0, "stdin", os.O_RDONLY), (1, "stdout", os.O_RDONLY), (2, "stderr", os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
        if getattr(sys, name) is None:
            setattr(sys, name, _text(number, "r" if number == 0 else "w"))


def _text(number: int, mode: str) -> IO[str]:
    return open(number, mode, encoding="utf-8", closefd=False)
