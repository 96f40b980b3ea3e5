"""A small, complete case of one's own to start from."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.files import path_of, write_folder
from quandary.base.problems import Problem, Refusal
from quandary.case.shipped import TEMPLATE, shipped_folder
from quandary.use.requests import About, Force, NamedPlace
from quandary.use.results import HANDS, Hands, Piece, Result

if TYPE_CHECKING:
    from quandary.report.documents.cases import NewDocument


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """The folder of a new case."""

    name: Annotated[str, About("The folder to make, for example `strait`.", positional=True, names=NamedPlace.WRITTEN)]
    force: Force = False


@dataclass(frozen=True)
class NewResult(Result):
    """The folder that was made."""

    folder: Path

    def document(self) -> NewDocument:
        """Return what was found as ``quandary.new/1``."""
        from quandary.report.documents.cases import NewDocument

        return NewDocument(str(self.folder / "case.yaml"))

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what was made and what to do next."""
        named = shlex.quote(str(self.folder))
        yield f"Made {self.folder / 'case.yaml'}. It runs as it is; now make it yours."
        yield ""
        yield f"    quandary run {named}      what follows from it"
        yield f"    quandary check {named}    what is missing or wrong"


def run(request: NewRequest, hands: Hands) -> NewResult:
    """Return a case of one's own: a small crisis that runs as it is, commented line by line."""
    folder = path_of(request.name)
    write_template(folder, force=request.force, hands=hands)
    return NewResult(folder)


def write_template(folder: Path, *, force: bool = False, hands: Hands = HANDS) -> None:
    """Write the template case to ``folder``, whole or not at all; a folder already there is refused.

    With ``force`` the template's files are written into it, over those of the same names.
    """
    if os.path.lexists(folder) and not force:
        raise Refusal(Problem("Q805", f'"{folder}" is already there', hint="name another folder, or add --force"))
    template = shipped_folder() / TEMPLATE
    files = [path for path in template.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    contents = {path.relative_to(template).as_posix(): path.read_bytes() for path in files}
    with hands.writing():
        write_folder(folder, contents, force=force)
