"""The equilibria of one game: a case at one world, a diagram, or a game file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from quandary.base.stopping import INTERRUPTED
from quandary.quantities.worlds import checked_worlds
from quandary.use.requests import About, GameFile, Memory, Seed, SeenBy, WorldNumber, Worlds
from quandary.use.results import Hands, Piece, Result
from quandary.use.values import STEEPEST, TRACE, read_duration, read_rationality

if TYPE_CHECKING:
    from quandary.report.documents.game import SolveDocument
    from quandary.report.one_game.solved import SolvedGame

CONCEPTS = "logit, sequential, subgame, pure, perfect, mixed, zero_sum, correlated, gambit"


class LogitForm(StrEnum):
    """Which game the logit response is taken in."""

    AGENT = "agent"
    STRATEGIC = "strategic"


@dataclass(frozen=True, kw_only=True)
class SolveRequest:
    """A game, the solution concept, and how long it may take (``limit``, in seconds)."""

    file: GameFile
    concept: Annotated[str, About(f"One of {CONCEPTS}.", "-c")] = "logit"
    rationality: Annotated[
        float | str | None,
        About(
            'The logit precision of every player, or "trace" for the branch from uniform play on.',
            read=read_rationality,
            least=0,
            most=STEEPEST,
        ),
    ] = None
    form: Annotated[LogitForm, About("Logit at each information set, or over whole strategies.")] = LogitForm.AGENT
    limit: Annotated[
        float,
        About(
            "Stop searching after this long, and keep what was found.", read=read_duration, written="30s", least=0.001
        ),
    ] = 30.0
    world: WorldNumber = None
    seen_by: SeenBy = None
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None


@dataclass(frozen=True, eq=False)
class SolveResult(Result):
    """Every equilibrium that was found, checked, and what was not searched."""

    found: SolvedGame

    @property
    def complete(self) -> bool:
        """Return whether nobody interrupted the search; a limit that ran out is said, and is no interruption."""
        return INTERRUPTED not in {self.found.stopped, self.found.statements_stopped}

    @property
    def unsolved(self) -> bool:
        """Return whether no equilibrium was found and there may be one."""
        return not self.found.equilibria and not self.found.all_listed

    def document(self) -> SolveDocument:
        """Return what was found as ``quandary.solve/1``."""
        from quandary.report.documents.game import solve_document

        return solve_document(self.found)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the equilibria in words."""
        from quandary.report.one_game.equilibria import solved_lines

        yield from solved_lines(self.found)


def run(request: SolveRequest, hands: Hands) -> SolveResult:
    """Return every equilibrium that a solution concept finds, checked, and what was not searched."""
    from quandary.onegame.formats.tokens import READING
    from quandary.onegame.search import Request
    from quandary.use.games.searching import solve_file
    from quandary.use.games.worlds_as_games import WorldChoice

    rationality = request.rationality
    trace = rationality == TRACE
    precision = None if isinstance(rationality, str) or rationality is None else rationality
    concept = request.concept.strip().casefold().replace("-", "_")
    asked = Request(concept, precision, trace, request.form is LogitForm.STRATEGIC, request.limit)
    world = WorldChoice(request.world, checked_worlds(request.worlds), request.seed, request.seen_by)
    limit = hands.limit(request.limit)
    limit.proceed(READING, 0, 0)
    return SolveResult(solve_file(request.file, asked, world=world, proceed=limit.proceed))
