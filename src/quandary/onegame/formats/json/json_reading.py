"""Reading JSON that a person may have written: every misfortune is a fault with a place, none a traceback."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import NoReturn

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem
from quandary.onegame.formats.numbers import LENGTH_AT_MOST, unfit
from quandary.onegame.formats.tokens import AROUND, CHARACTERS_AT_MOST


class _UnfitNumberError(ValueError):
    """A number that cannot be held: as written, and why."""

    def __init__(self, written: str, reason: str) -> None:
        super().__init__(reason)
        self.written = written


class JsonText:
    """A JSON text and its value. ``place_of`` finds where a name was written, for faults in what the JSON means."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.value: object = self._parsed()

    def _parsed(self) -> object:
        if len(self.text) > CHARACTERS_AT_MOST:
            message = f"the file is longer than {CHARACTERS_AT_MOST:,} characters."
            self.refuse("Q602", message, "cut the diagram down")
        try:
            value = json.loads(
                self.text,
                object_pairs_hook=_no_repeats,
                parse_constant=_no_constants,
                parse_float=_number,
                parse_int=_number,
            )
            if "\\u" in self.text:
                json.dumps(value, ensure_ascii=False).encode("utf-8")
        except json.JSONDecodeError as error:
            place = Place(self.file, error.lineno, error.colno)
            raise CaseError([Problem("Q603", f"this is no JSON: {error.msg.lower()}.", place, AROUND)]) from None
        except RecursionError:
            self.refuse("Q602", "the JSON is nested too deeply.", "no diagram is written so")
        except _UnfitNumberError as error:
            place = self._place_of_number(error.written)
            message = f'"{error.written[:40]}" has no finite value here: it {error}.'
            raise CaseError([Problem("Q604", message, place, "measure in another unit")]) from None
        except UnicodeEncodeError:
            self.refuse(
                "Q603", "a text holds half of a letter (a lone surrogate, \\ud800 to \\udfff).", "write it whole"
            )
        except ValueError as error:
            name = error.args[1] if len(error.args) > 1 else None
            hint = "keep one of them" if len(error.args) > 1 else "write a plain number: 3, -0.5 or 1e-3"
            self.refuse("Q603", str(error.args[0]), hint, name if isinstance(name, str) else None)
        return value

    def place_of(self, name: str | None = None) -> Place:
        """Return where ``"name": "..."`` or else ``"..."`` with this content stands first; the start if nowhere."""
        written = re.escape(json.dumps(name, ensure_ascii=False))
        for pattern in (rf'"name"\s*:\s*({written})', rf"({written})"):
            if name is not None and (match := re.search(pattern, self.text)):
                return self._place(match.start(1))
        return Place(self.file, 1, 1)

    def _place_of_number(self, written: str) -> Place:
        match = re.search(rf"(?<![\w.+-]){re.escape(written)}(?![\w.+-])", self.text)
        return self._place(match.start() if match else 0)

    def _place(self, at: int) -> Place:
        return Place(self.file, self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at))

    def problem(self, code: str, message: str, hint: str, name: str | None = None) -> Problem:
        """Return a problem at the place of a name, with the next step."""
        return Problem(code, message, self.place_of(name), hint)

    def refuse(self, code: str, message: str, hint: str, name: str | None = None) -> NoReturn:
        """Raise ``CaseError`` with one problem."""
        raise CaseError([self.problem(code, message, hint, name)])


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f'the key "{repeated[:40]}" is given twice.', found.get("name", repeated))
    return found


def _no_constants(written: str) -> NoReturn:
    raise ValueError(f"{written} is no number in JSON.")


def _number(written: str) -> float | int:
    if len(written) > LENGTH_AT_MOST:
        raise _UnfitNumberError(written, f"has more than {LENGTH_AT_MOST} characters")
    held = float(written)
    reason = unfit(written, held)
    if reason:
        raise _UnfitNumberError(written, reason)
    return held if "." in written or "e" in written.lower() else int(written)
