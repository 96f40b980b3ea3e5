"""A case at one world, or a game file, written for other tools."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.files import check_place, write_files
from quandary.base.problems import Problem, Refusal
from quandary.onegame.formats.endings import ENDINGS
from quandary.quantities.worlds import checked_worlds
from quandary.use.requests import About, Force, GameFile, Memory, NamedPlace, Seed, SeenBy, WorldNumber, Worlds
from quandary.use.results import Hands, Result

if TYPE_CHECKING:
    from quandary.use.games.worlds_as_games import SolvedSubject, WorldChoice

LABELS_SHOWN = 4


class ExportFormat(StrEnum):
    """The kinds of file written."""

    EFG = "efg"
    NFG = "nfg"
    JSON = "json"
    BIF = "bif"
    XDSL = "xdsl"


FOR_GAMBIT = (ExportFormat.EFG, ExportFormat.NFG)


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """A case or a game file, the kind of file wanted, and where to write it."""

    file: GameFile
    to: Annotated[
        ExportFormat,
        About("The kind of file: Gambit's efg or nfg, a diagram's json, a network's bif or GeNIe's xdsl."),
    ]
    out: Annotated[
        Path | None,
        About("Where to write it (default: standard output).", "-o", metavar="FILE", names=NamedPlace.WRITTEN),
    ] = None
    force: Force = False
    all_chance: Annotated[bool, About("In a tree, keep chance that nobody sees instead of averaging it.")] = False
    world: WorldNumber = None
    seen_by: SeenBy = None
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None


@dataclass(frozen=True)
class ExportResult(Result):
    """The text of a file, and the place where it was written, if it was.

    ``left_out`` are actors whose beliefs it says nothing of.
    """

    text: str
    out: Path | None
    odd: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    def content(self) -> str | None:
        """Return the text where it was not written."""
        return self.text if self.out is None else None

    def notes(self, *, quiet: bool = False) -> tuple[str, ...]:
        """Return which names Gambit cannot read, whose beliefs are not in it, and what was written."""
        said = []
        if self.left_out:
            named = " or ".join(self.left_out)
            note = "The file holds the game as the case has it; what actors believe otherwise is not in it"
            said.append(f"Note: {note}: add --seen-by {named} for the game that one of them believes in")
        if self.odd:
            shown = ", ".join(f'"{label[:40]}"' for label in self.odd[:LABELS_SHOWN])
            more = f" and {len(self.odd) - LABELS_SHOWN} more" if len(self.odd) > LABELS_SHOWN else ""
            note = "Gambit 16.7 and later read plain ASCII only; rename before opening it there"
            said.append(f"Note: {note}: {shown}{more}")
        return (*said, *([] if self.out is None else [f"Wrote {self.out}"]))


def run(request: ExportRequest, hands: Hands) -> ExportResult:
    """Return a case at its median world (or one world by number) or a game file as another file, names intact."""
    from quandary.onegame.formats.tokens import labels_beyond_ascii
    from quandary.use.games.worlds_as_games import WorldChoice, subject

    out, to = request.out, request.to
    if out is not None:
        _check_ending(out, to)
        check_place(out, force=request.force)
    world = WorldChoice(request.world, checked_worlds(request.worlds), request.seed, request.seen_by)
    opened = subject(request.file, world)
    text = _written(opened, f".{to.value}", average=not request.all_chance)
    odd = tuple(labels_beyond_ascii(text)) if to in FOR_GAMBIT else ()
    if out is not None:
        with hands.writing():
            write_files({out: text}, force=request.force)
    return ExportResult(text, out, odd, opened.believing if request.seen_by is None else ())


def exported(named: str, ending: str, *, world: WorldChoice | None = None, average: bool = True) -> str:
    """Return a game as the text of a file with that ending, names intact.

    A case or diagram becomes ``.json``; as ``.efg`` the tree of its histories, chance that nobody sees averaged out
    unless ``average`` is false; as ``.nfg`` the reduced strategic form of that tree; as ``.bif`` or ``.xdsl`` it
    must be without decisions, or of one player.
    """
    from quandary.use.games.worlds_as_games import subject

    return _written(subject(named, world), ending, average=average)


def _written(opened: SolvedSubject, ending: str, *, average: bool) -> str:
    from quandary.game.strategic import StrategicForm
    from quandary.game.trees.tree import Tree
    from quandary.onegame.formats.files import written_as
    from quandary.onegame.search import as_tree
    from quandary.onegame.strategies import strategic_form
    from quandary.use.games.worlds_as_games import ONLY_WORLD

    game = opened.game
    if ending == ".nfg" and not isinstance(game, StrategicForm):
        tree = as_tree(game)
        if not tree.players:
            message = "a game without players has no strategic form."
            raise Refusal(Problem("Q610", message, hint="write it as .efg"))
        if isinstance(tree, Tree):
            game = replace(strategic_form(tree).form, title=opened.title)
    which = "" if opened.world == ONLY_WORLD else opened.world
    return written_as(game, ending, title=opened.title, average=average, which=which)


def _check_ending(out: Path, to: ExportFormat) -> None:
    ending = out.suffix.lower()
    if ending in ENDINGS and ending != f".{to.value}":
        message = f'"{out}" ends as another kind of file than --to {to.value} writes, and would not be read again'
        raise Refusal(Problem("Q850", message, hint=f"end it in .{to.value}, or ask for the other kind"))
