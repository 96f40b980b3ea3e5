"""Game files by their ending: one table of what is read and written, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from quandary.base.files import Unread, UnreadableError, read_bounded
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import Proceed, always
from quandary.game.diagram import Diagram
from quandary.game.reduction.averaging import average_out
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree
from quandary.game.trees.unroll import idle, unroll
from quandary.onegame.formats.bayes.bif import WORDS as BIF_WORDS
from quandary.onegame.formats.bayes.bif import read_bif
from quandary.onegame.formats.bayes.bifxml import WORDS as BIFXML_WORDS
from quandary.onegame.formats.bayes.bifxml import read_bifxml
from quandary.onegame.formats.bayes.hugin import WORDS as NET_WORDS
from quandary.onegame.formats.bayes.hugin import read_net
from quandary.onegame.formats.bayes.network_writing import write_bif, write_xdsl
from quandary.onegame.formats.bayes.xdsl import WORDS as XDSL_WORDS
from quandary.onegame.formats.bayes.xdsl import read_xdsl
from quandary.onegame.formats.decoding import decoded, lines_of
from quandary.onegame.formats.endings import ENDINGS, UNREAD
from quandary.onegame.formats.gambit.efg import WORDS as EFG_WORDS
from quandary.onegame.formats.gambit.efg import read_efg, write_efg
from quandary.onegame.formats.gambit.efg_tree import efg_of, tree_of
from quandary.onegame.formats.gambit.nfg import WORDS as NFG_WORDS
from quandary.onegame.formats.gambit.nfg import nfg_of, read_nfg, strategic_form_of, write_nfg
from quandary.onegame.formats.json.diagram_json import read_diagram, write_diagram
from quandary.onegame.formats.json.json_tables import WORDS as JSON_WORDS
from quandary.onegame.formats.vocabulary import Vocabulary

BYTES_AT_MOST = 100_000_000
AnyGame = Diagram | Tree | StrategicForm


@dataclass(frozen=True)
class FileFormat:
    """One kind of file: its endings, what it is, how a text of it is read (``read(text, name, proceed)``), its words.

    ``strict`` formats are written in the encoding that they say, or in UTF-8.
    """

    ending: str
    summary: str
    read: Callable[[str, str, Proceed], AnyGame]
    words: Vocabulary
    also: tuple[str, ...] = ()
    strict: bool = False


def _efg_tree(text: str, name: str, proceed: Proceed) -> Tree:
    return tree_of(read_efg(text, name, proceed), proceed)


def _nfg_form(text: str, name: str, proceed: Proceed) -> StrategicForm:
    return strategic_form_of(read_nfg(text, name, proceed))


def _unasked(read: Callable[[str, str], AnyGame]) -> Callable[[str, str, Proceed], AnyGame]:
    """Return a reader that asks nobody on the way: a library takes the text apart in one step."""
    return lambda text, name, _: read(text, name)


FORMATS: tuple[FileFormat, ...] = (
    FileFormat(".efg", "Gambit extensive game", _efg_tree, EFG_WORDS),
    FileFormat(".nfg", "Gambit strategic game", _nfg_form, NFG_WORDS),
    FileFormat(
        ".json",
        "diagram, maid-json/1 or quandary-diagram/1",
        _unasked(read_diagram),
        JSON_WORDS,
        strict=True,
    ),
    FileFormat(".bif", "Bayesian network, interchange format", read_bif, BIF_WORDS),
    FileFormat(
        ".bifxml",
        "Bayesian network or influence diagram, XML interchange format",
        _unasked(read_bifxml),
        BIFXML_WORDS,
        also=(".xmlbif",),
        strict=True,
    ),
    FileFormat(
        ".xdsl",
        "Bayesian network or influence diagram of GeNIe",
        _unasked(read_xdsl),
        XDSL_WORDS,
        strict=True,
    ),
    FileFormat(".net", "Bayesian network or influence diagram of Hugin", read_net, NET_WORDS),
)
BEGINNINGS = (
    ("EFG", ".efg"),
    ("NFG", ".nfg"),
    ("<?xml", ".xdsl or .bifxml"),
    ("{", ".json"),
    ("network", ".bif"),
    ("net", ".net"),
)
"""How games begin, whatever their file is called."""


WRITTEN: dict[type[AnyGame], tuple[str, str]] = {
    Diagram: ("a diagram", ".json or .efg, its strategic form as .nfg; as .bif without decisions, .xdsl of one player"),
    Tree: ("a tree", ".efg, its strategic form as .nfg"),
    StrategicForm: ("a strategic form", ".nfg"),
}
"""What each kind of game is called, and the endings that it can be written with."""


_NEXT = {
    Unread.MISSING: "check its name and folder",
    Unread.FOLDER: "name a game file in it",
    Unread.SPECIAL: "save the game in a file, and name that",
    Unread.REFUSED: "name a file that you may read",
}


def read_game(path: Path, proceed: Proceed = always) -> AnyGame:
    """Return the game in a file, by its ending. Raises ``CaseError`` with the place and reason of every fault.

    Raises ``Stopped`` where ``proceed`` says no.
    """
    start = Place(str(path), 1, 1)
    ending = path.suffix.lower()
    known = next((f for f in FORMATS if ending in (f.ending, *f.also)), None)
    if known is None:
        raise CaseError([_unread(path, start)])
    try:
        content = read_bounded(path, BYTES_AT_MOST)
    except UnreadableError as fault:
        if fault.why is Unread.LARGE:
            most = f"games of up to {BYTES_AT_MOST / 1e6:.0f} MB are read"
            raise CaseError([Problem("Q602", f"the file has {fault.size / 1e6:,.1f} MB.", start, most)]) from None
        raise CaseError([Problem("Q601", f"{fault.sentence(str(path))}.", start, _NEXT[fault.why])]) from None
    try:
        return known.read(decoded(content, str(path), strict=known.strict), str(path), proceed)
    except CaseError as fault:
        lines = lines_of(content)
        raise CaseError(problem.with_lines(lines) for problem in fault.problems) from None


def _unread(path: Path, start: Place) -> Problem:
    """Return the fault of a file that does not end like a game that is read."""
    ending = path.suffix.lower()
    if ending in UNREAD:
        what, instead = UNREAD[ending]
        return Problem("Q601", f'files ending in "{ending}", {what}, are not read.', start, instead)
    message = f'files ending in "{path.suffix}" are not read as games.'
    try:
        content = read_bounded(path, BYTES_AT_MOST)
    except OSError:
        content = b""
    beginning = content[:100].lstrip(b"\xef\xbb\xbf \t\r\n").decode("latin-1")
    start = replace(start, lines=lines_of(content))
    meant = next((kind for word, kind in BEGINNINGS if beginning.startswith(word)), None)
    if meant:
        return Problem("Q601", message, start, f"this one begins as {meant} does: call it so")
    return Problem("Q601", message, start, f"known endings: {', '.join(ENDINGS)}; a case ends in .yaml")


def written_as(
    game: AnyGame, ending: str, world: int = 0, *, title: str = "", average: bool = False, which: str | None = None
) -> str:
    """Return one world of a game as the text of a file with that ending.

    A diagram becomes ``.json``, ``.bif`` or ``.xdsl``, or ``.efg`` through the tree of its histories, without chance
    variables on which nothing depends. With ``average``, chance that nobody sees is averaged out of the tree first (the
    comment names it): the same decisions and expected payoffs in a far smaller file. A tree becomes ``.efg``, a
    strategic form ``.nfg``. ``which`` says in the comment which world this is (the number, if it is not given).
    Raises ``Refusal`` (Q610) for any other pair.
    """
    if which is None:
        which = f"world {world}"
    comment = f"written by Quandary, {which}" if which else "written by Quandary"
    if isinstance(game, Diagram) and ending == ".json":
        return write_diagram(game, world, title=title)
    if isinstance(game, Diagram) and ending in (".bif", ".xdsl"):
        write = write_bif if ending == ".bif" else write_xdsl
        return write(game, world, title=title)
    if isinstance(game, Diagram) and ending == ".efg":
        gone: tuple[str, ...] = ()
        if average:
            game, gone = average_out(game)
        if gone:
            comment += f"; averaged out: {', '.join(gone)}"
        if game.usual:
            comment += f"; not written, for want of a place: what is usual at {', '.join(game.usual)}"
        game = unroll(game, without=idle(game), title=title or game.title).tree
    if isinstance(game, Tree) and ending == ".efg":
        return write_efg(efg_of(game, world, comment=comment))
    if isinstance(game, StrategicForm) and ending == ".nfg":
        return write_nfg(nfg_of(game, world, comment=comment))
    kind, instead = WRITTEN[type(game)]
    raise Refusal(Problem("Q610", f'{kind} cannot be written as "{ending}".', hint=f"it can be written as {instead}"))
