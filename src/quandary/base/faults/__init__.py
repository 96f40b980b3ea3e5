"""The catalogue of fault codes, as data: one TOML file a room, read only when someone asks."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from quandary.base.problems import Problem, Refusal, nearest


@dataclass(frozen=True)
class FaultEntry:
    """What a code means: title, explanation, a broken example and its mend (either may be empty)."""

    code: str
    title: str
    explanation: str
    example: str = ""
    fix: str = ""

    def text(self) -> str:
        """Return the entry as text for a terminal."""
        parts = [f"{self.code}  {self.title}", "", self.explanation.strip()]
        for label, text in (("Broken:", self.example), ("Mended:", self.fix)):
            if text.strip():
                body = "\n".join(f"    {line}" for line in text.strip("\n").splitlines())
                parts += ["", label, body]
        return "\n".join(parts)


@cache
def catalogue() -> dict[str, FaultEntry]:
    """Return every code's entry, in order of the code."""
    entries: dict[str, FaultEntry] = {}
    for resource in files(__package__).iterdir():
        if resource.name.endswith(".toml"):
            for code, body in tomllib.loads(resource.read_text(encoding="utf-8")).items():
                if code in entries:
                    raise ValueError(f"{code} stands twice in the catalogue")
                entries[code] = FaultEntry(
                    code, body["title"], body["explanation"], body.get("example", ""), body.get("fix", "")
                )
    return dict(sorted(entries.items()))


def entry(code: str) -> FaultEntry:
    """Return one code's entry; an unknown code is refused with the nearest one."""
    known = catalogue()
    found = known.get(code.strip().upper())
    if found is None:
        hint = nearest(code.upper(), known) or "`quandary explain` without a code lists them all"
        raise Refusal(Problem("Q803", f'there is no fault code "{code}"', hint=hint))
    return found
