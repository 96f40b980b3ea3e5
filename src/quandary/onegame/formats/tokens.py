"""Tokens of Gambit's text formats: quoted strings, numbers, words and braces, each with its place.

White space and commas only separate. Inside quotes everything counts; ``\\"`` is a quotation mark and
``\\\\`` a backslash, any other backslash stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.base.stopping import Proceed, always, go_on
from quandary.onegame.formats.numbers import why_not

CHARACTERS_AT_MOST = 50_000_000

READING = "reading the game"
"""What ``proceed`` is told that is being done."""

ASKED_EVERY = 2_000
"""Tokens between two questions whether to read on."""

AROUND = "look here and just before it: something is missing, or stands here that does not belong"
TORN = "the file seems cut off: get it whole, or add what is missing"
PLAIN_NUMBER = "write a plain number: 3, -0.5, 1e-3 or 1/3"

_TOKEN = re.compile(
    r"""[\s,]*(?:
        (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?:/[+-]?[0-9]+(?:\.[0-9]*)?)?(?=[\s,{}"]|$))
      | (?P<brace>[{}])
      | (?P<word>[^\s,{}"]+)
      | (?P<open>")
      | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r'\\(["\\])')
_TO_ESCAPE = re.compile(r'"|\\(?=["\\]|\Z)')


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: ``text`` (content without quotes), ``number``, ``brace``, ``word`` or ``end``."""

    kind: str
    content: str
    offset: int


class Tokens:
    """A reader's position in a file. Every complaint is a ``CaseError`` with a place and a next step.

    Whether to read on is asked on the way, and ``Stopped`` raised if not.
    """

    def __init__(self, text: str, file: str, proceed: Proceed = always) -> None:
        self.source = text
        self.file = file
        self._proceed = proceed
        self._taken = 0
        if len(text) > CHARACTERS_AT_MOST:
            message = f"the file is longer than {CHARACTERS_AT_MOST:,} characters."
            self.refuse("Q602", message, 0, "cut the game down, or solve it with the program that wrote it")
        self._stream = self._scan()
        self.current = next(self._stream)

    def _scan(self) -> Iterator[Token]:
        at = 0
        while True:
            match = _TOKEN.match(self.source, at)
            kind = str(match.lastgroup) if match else "open"
            start = match.start(kind) if match else at
            if kind == "open":
                message = "a quotation mark is opened here and never closed."
                self.refuse("Q603", message, start, 'close it; a quotation mark inside a text is written \\"')
            content = match.group(kind) if match else ""
            if kind == "text":
                content = _ESCAPED.sub(r"\1", content[1:-1])
            yield Token(kind, content, start)
            if match:
                at = match.end()
            if kind == "end":
                while True:
                    yield Token("end", "", start)

    def take(self, kind: str, what: str, content: str | None = None, *, hint: str = AROUND) -> Token:
        """Return the current token and move on; complain if it is not of that kind (and content)."""
        token = self.current
        if token.kind != kind or (content is not None and token.content != content):
            if token.kind == "end":
                self.refuse("Q603", f"expected {what}, the file ends.", token.offset, TORN)
            self.refuse("Q603", f"expected {what}, found {_shown(token)}.", token.offset, hint)
        self.current = next(self._stream)
        self._taken += 1
        if self._taken % ASKED_EVERY == 0:
            go_on(self._proceed, READING, self.current.offset, len(self.source))
        return token

    def is_at(self, kind: str, content: str | None = None) -> bool:
        """Return whether the current token is of that kind (and content)."""
        return self.current.kind == kind and (content is None or self.current.content == content)

    def count(self, what: str) -> int:
        """Take a whole number of zero or more, below a million million."""
        token = self.take("number", what, hint="write a whole number, such as 0 or 12")
        if not token.content.isascii() or not token.content.isdigit() or len(token.content) > 12:
            message = f"expected {what}, a whole number, found {_shown(token)}."
            self.refuse("Q603", message, token.offset, "write a whole number, such as 0 or 12")
        return int(token.content)

    def number(self, what: str) -> str:
        """Take a number and return it as it was written; complain about one that no float can stand for."""
        token = self.take("number", what, hint=PLAIN_NUMBER)
        reason = why_not(token.content)
        if reason:
            hint = "measure payoffs in another unit" if "held" in reason else PLAIN_NUMBER
            self.refuse("Q604", f"{_shown(token)} has no finite value here: it {reason}.", token.offset, hint)
        return token.content

    def place(self, offset: int) -> Place:
        """Return the place of a character."""
        line = self.source.count("\n", 0, offset) + 1
        return Place(self.file, line, offset - (self.source.rfind("\n", 0, offset) + 1) + 1)

    def problem(self, code: str, message: str, offset: int, hint: str) -> Problem:
        """Return a problem at a character, with the next step."""
        return Problem(code, message, self.place(offset), hint)

    def refuse(self, code: str, message: str, offset: int, hint: str) -> NoReturn:
        """Raise ``CaseError`` with one problem at a character."""
        raise CaseError([self.problem(code, message, offset, hint)])


def quoted(text: str) -> str:
    """Return text in quotation marks, as it reads back."""
    return '"' + _TO_ESCAPE.sub(lambda m: "\\" + m.group(0), text) + '"'


def labels_beyond_ascii(text: str) -> tuple[str, ...]:
    """Return the quoted texts of a game file that hold more than ASCII, each once: Gambit 16.7 and later refuse such
    names."""
    found = (m.group("text") for m in _TOKEN.finditer(text))
    return tuple(dict.fromkeys(label[1:-1] for label in found if label and not label.isascii()))


def _shown(token: Token) -> str:
    content = token.content if len(token.content) <= 40 else token.content[:37] + "..."
    return quoted(content) if token.kind == "text" else f'"{content}"'
