"""Reading JSON that a person may have written: every misfortune is a fault with a place, none a traceback."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import NoReturn

from quandary.places import Place
from quandary.problems import CaseError, Problem

CHARACTERS_AT_MOST = 50_000_000


class JsonText:
    """A JSON text and its value. ``place_of`` finds where a name was written, for faults in what the JSON means."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.value: object = self._parsed()

    def _parsed(self) -> object:
        if len(self.text) > CHARACTERS_AT_MOST:
            self.refuse("Q602", f"the file is longer than {CHARACTERS_AT_MOST} characters.")
        try:
            return json.loads(self.text, object_pairs_hook=_no_repeats, parse_constant=_no_constants)
        except json.JSONDecodeError as error:
            place = Place(self.file, error.lineno, error.colno)
            raise CaseError([Problem("Q603", f"this is no JSON: {error.msg.lower()}.", place)]) from None
        except RecursionError:
            self.refuse("Q602", "the JSON is nested too deeply.")
        except ValueError as error:
            name = error.args[1] if len(error.args) > 1 else None
            self.refuse("Q603", str(error.args[0]), name if isinstance(name, str) else None)

    def place_of(self, name: str | None = None) -> Place:
        """Return where ``"name": "..."`` or else ``"..."`` with this content stands first; the start if nowhere."""
        written = re.escape(json.dumps(name, ensure_ascii=False))
        for pattern in (rf'"name"\s*:\s*({written})', rf"({written})"):
            if name is not None and (match := re.search(pattern, self.text)):
                at = match.start(1)
                line = self.text.count("\n", 0, at) + 1
                return Place(self.file, line, at - (self.text.rfind("\n", 0, at) + 1) + 1)
        return Place(self.file, 1, 1)

    def problem(self, code: str, message: str, name: str | None = None) -> Problem:
        """Return a problem at the place of a name."""
        return Problem(code, message, self.place_of(name))

    def refuse(self, code: str, message: str, name: str | None = None) -> NoReturn:
        """Raise ``CaseError`` with one problem."""
        raise CaseError([self.problem(code, message, name)])


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        repeated = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f'the key "{repeated}" is given twice.', found.get("name", repeated))
    return found


def _no_constants(written: str) -> NoReturn:
    raise ValueError(f"{written} is no number in JSON.")
