"""The cases that a server can show: those of its folder, and those that ship."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from quandary.base.problems import CaseError, Refusal
from quandary.case.shipped import find_case, shipped_names
from quandary.compile.loader import read_case
from quandary.report.words.wording import day

MOST = 200
"""Cases that are listed."""
DEEPEST = 3
"""Folders below that of the server in which cases are looked for."""


@dataclass(frozen=True)
class ListedCase:
    """A case with its title, its leading question and its day, as the list shows it; ``fault`` where it has errors."""

    named: str
    title: str
    question: str
    as_of: str
    ships: bool

    @property
    def address(self) -> str:
        """Return the query of its page."""
        return urlencode({"case": self.named})


def cases_of(folder: Path) -> tuple[list[ListedCase], bool]:
    """Return the cases, and whether there are more in the folder than are listed."""
    found = [one for _, one in zip(range(MOST + 1), _paths(folder, DEEPEST), strict=False)]
    own = [_listed(str(path.relative_to(folder)), path, ships=False) for path in found[:MOST]]
    shipped = [_listed(name, find_case(name), ships=True) for name in shipped_names() if not (folder / name).exists()]
    return [*own, *shipped], len(found) > MOST


def _paths(folder: Path, deep: int) -> Iterator[Path]:
    """Yield the case files of a folder and those below it; nothing hidden, no link followed."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for one in entries:
        if one.name.startswith(".") or one.is_symlink():
            continue
        if one.is_file() and (one.name == "case.yaml" or one.name.endswith(".case.yaml")):
            yield one
        elif deep and one.is_dir():
            yield from _paths(one, deep - 1)


def _listed(named: str, path: Path, *, ships: bool) -> ListedCase:
    try:
        case = read_case(path).case
    except (CaseError, Refusal, OSError):
        case = None
    if case is None:
        return ListedCase(named, named, "It has faults: open it to see them.", "", ships)
    question = next((one.asks for one in case.questions if one.asks), "")
    return ListedCase(named, case.title, question, day(case.as_of), ships)
