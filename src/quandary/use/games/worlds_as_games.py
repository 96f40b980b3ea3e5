"""The game in a file, or one world of a case as a game."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from quandary.ask.games.worths import seen_by
from quandary.base.arrays import Array
from quandary.base.files import path_of
from quandary.base.places import NOWHERE
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import Proceed, always, go_on
from quandary.compile.compiler import compile_case
from quandary.language.names import unknown
from quandary.onegame.formats.endings import is_game_file
from quandary.onegame.formats.files import AnyGame, read_game
from quandary.onegame.formats.tokens import READING
from quandary.quantities.design import Design
from quandary.use.studies import loaded_case

if TYPE_CHECKING:
    from quandary.case.model import Case
    from quandary.game.diagram import Diagram

MEDIAN = "the median world"
ONLY_WORLD = "the file's only world"
CASE_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class WorldChoice:
    """Which world of a case: ``number`` counted from 0 in a design of ``worlds`` and ``seed``; ``None``: the median.

    ``seen_by`` names the actor whose believed tables stand in it; ``None``: the case's own.
    """

    number: int | None = None
    worlds: int = 10_000
    seed: int = 1
    seen_by: str | None = None


@dataclass(frozen=True, eq=False)
class SolvedSubject:
    """A game of one world, and how it is told: the file, a title, which world, by which seed where it was drawn.

    ``believing`` are the actors of its case who see some things otherwise.
    """

    file: str
    title: str
    world: str
    game: AnyGame
    seed: int | None = None
    believing: tuple[str, ...] = ()


def subject(named: str, world: WorldChoice | None = None, proceed: Proceed = always) -> SolvedSubject:
    """Return the game in a file that ends like a game file, or else one world of the case of that name.

    A file that ends otherwise than games and cases do is refused (Q601), so that no game is taken for a broken case.

    Raises ``CaseError`` with every fault of the file, ``Refusal`` (Q461) for a world that cannot be had,
    ``Stopped`` where ``proceed`` says no.
    """
    path = path_of(named)
    if is_game_file(path) or (path.suffix and path.suffix.lower() not in CASE_ENDINGS and path.is_file()):
        if world is not None and world.number is not None:
            message = "a game file holds one world only"
            raise Refusal(Problem("Q461", message, hint="leave --world out, or name a case"))
        if world is not None and world.seen_by is not None:
            message = "a game file says nothing of what its players believe"
            raise Refusal(Problem("Q461", message, hint="leave --seen-by out, or name a case"))
        game = read_game(path, proceed)
        return SolvedSubject(named, game.title or path.stem, ONLY_WORLD, game)
    case, _ = loaded_case(named)
    go_on(proceed, READING, 0, 0)
    asked = world or WorldChoice()
    diagram, which = _case_world(case, asked)
    go_on(proceed, READING, 0, 0)
    seed = None if asked.number is None else asked.seed
    return SolvedSubject(named, case.title, which, diagram, seed, tuple(case.believes))


def _case_world(case: Case, world: WorldChoice) -> tuple[Diagram, str]:
    model, actor = compile_case(case), world.seen_by
    if actor is not None and actor not in case.believes:
        if actor not in case.actors:
            raise Refusal(unknown("actor", actor, NOWHERE, case.actors))
        message = f'"{actor}" sees the game as the case has it'
        raise Refusal(Problem("Q461", message, hint="leave --seen-by out"))
    beliefs = () if actor is None else (actor,)
    seen = "" if actor is None else f", as {actor} sees it"
    if world.number is None:
        compiled = model.diagram({name: np.full(1, 0.5) for name in model.names}, 1)
        if not bool(np.broadcast_to(compiled.valid, (1,))[0]):
            message = "the world in which every uncertain number is at its median is impossible"
            raise Refusal(Problem("Q461", message, hint="name one by number: --world 0"))
        return seen_by(compiled, beliefs), MEDIAN + seen
    if not 0 <= world.number < world.worlds:
        message = f"there is no world {world.number}"
        raise Refusal(Problem("Q461", message, hint=f"worlds are counted from 0 to {world.worlds - 1:,}"))
    draws = model.draw(Design(world.seed, world.worlds))
    drawn: Mapping[str, Array] = draws.between(world.number, world.number + 1)
    which = f"world {world.number:,} of {world.worlds:,}, seed {world.seed}{seen}"
    return seen_by(model.diagram(drawn, 1), beliefs), which
