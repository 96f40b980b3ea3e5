"""Game files by their ending: one table of what is read and written, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from quandary.files import Unread, UnreadableError, read_bounded
from quandary.formats.bif import read_bif
from quandary.formats.bifxml import read_bifxml
from quandary.formats.diagram_json import read_diagram, write_diagram
from quandary.formats.efg import read_efg, write_efg
from quandary.formats.efg_tree import efg_of, tree_of
from quandary.formats.nfg import nfg_of, read_nfg, strategic_form_of, write_nfg
from quandary.formats.xdsl import read_xdsl
from quandary.game.averaging import average_out
from quandary.game.diagram import Diagram
from quandary.game.strategic import StrategicForm
from quandary.game.tree import Tree
from quandary.game.unroll import idle, unroll
from quandary.places import Place
from quandary.problems import CaseError, Problem, Refusal

BYTES_AT_MOST = 100_000_000
AnyGame = Diagram | Tree | StrategicForm


@dataclass(frozen=True)
class Format:
    """One kind of file: its ending, what it is, and how a text of it is read (``read(text, name)``)."""

    ending: str
    summary: str
    read: Callable[[str, str], AnyGame]


FORMATS: tuple[Format, ...] = (
    Format(".efg", "Gambit extensive game", lambda text, name: tree_of(read_efg(text, name))),
    Format(".nfg", "Gambit strategic game", lambda text, name: strategic_form_of(read_nfg(text, name))),
    Format(".json", "diagram, maid-json/1 or quandary-diagram/1", read_diagram),
    Format(".bif", "Bayesian network, interchange format", read_bif),
    Format(".bifxml", "Bayesian network or influence diagram, XML interchange format", read_bifxml),
    Format(".xdsl", "Bayesian network or influence diagram of GeNIe", read_xdsl),
)


WRITTEN: dict[type[AnyGame], tuple[str, str]] = {
    Diagram: ("a diagram", ".json or .efg, its strategic form as .nfg"),
    Tree: ("a tree", ".efg, its strategic form as .nfg"),
    StrategicForm: ("a strategic form", ".nfg"),
}
"""What each kind of game is called, and the endings that it can be written with."""


_NEXT = {
    Unread.FOLDER: "name a game file in it",
    Unread.SPECIAL: "save the game in a file, and name that",
    Unread.REFUSED: "name a file that you may read",
}


def read_game(path: Path) -> AnyGame:
    """Return the game in a file, by its ending. Raises ``CaseError`` with the place and reason of every fault."""
    start = Place(str(path), 1, 1)
    for known in FORMATS:
        if path.suffix.lower() == known.ending:
            break
    else:
        endings = ", ".join(f.ending for f in FORMATS)
        message = f'files ending in "{path.suffix}" are not read as games.'
        raise CaseError([Problem("Q601", message, start, f"known endings: {endings}")])
    try:
        content = read_bounded(path, BYTES_AT_MOST)
    except UnreadableError as fault:
        if fault.why is Unread.LARGE:
            most = f"games of up to {BYTES_AT_MOST / 1e6:.0f} MB are read"
            raise CaseError([Problem("Q602", f"the file has {fault.size / 1e6:,.1f} MB.", start, most)]) from None
        raise CaseError([Problem("Q601", f"{fault.told(str(path))}.", start, _NEXT.get(fault.why))]) from None
    return known.read(decoded(content), str(path))


def decoded(content: bytes) -> str:
    """Return bytes as text: UTF-8, with or without a mark, or else Latin-1, as old files are."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def written_as(
    game: AnyGame, ending: str, world: int = 0, *, title: str = "", average: bool = False, told: str | None = None
) -> str:
    """Return one world of a game as the text of a file with that ending.

    A diagram becomes ``.json``, or ``.efg`` through the tree of its histories, without chance variables on
    which nothing depends. With ``average``, chance that nobody sees is averaged out of the tree first (the
    comment names it): the same decisions and expected payoffs in a far smaller file. A tree becomes ``.efg``, a
    strategic form ``.nfg``. ``told`` says in the comment which world this is (the number, if it is not given).
    Raises ``Refusal`` (Q610) for any other pair.
    """
    if told is None:
        told = f"world {world}"
    comment = f"written by Quandary, {told}" if told else "written by Quandary"
    if isinstance(game, Diagram) and ending == ".json":
        return write_diagram(game, world, title=title)
    if isinstance(game, Diagram) and ending == ".efg":
        gone: tuple[str, ...] = ()
        if average:
            game, gone = average_out(game)
        if gone:
            comment += f"; averaged out: {', '.join(gone)}"
        game = unroll(game, without=idle(game), title=title or game.title).tree
    if isinstance(game, Tree) and ending == ".efg":
        return write_efg(efg_of(game, world, comment=comment))
    if isinstance(game, StrategicForm) and ending == ".nfg":
        return write_nfg(nfg_of(game, world, comment=comment))
    kind, instead = WRITTEN[type(game)]
    raise Refusal(Problem("Q610", f'{kind} cannot be written as "{ending}".', hint=f"it can be written as {instead}"))
