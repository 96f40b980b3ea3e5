"""Any stage of the way from text to answer, in a stable printed form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from quandary.base.problems import Problem, Refusal, counted
from quandary.quantities.worlds import checked_worlds
from quandary.use.requests import About, CaseName, Memory, Seed
from quandary.use.results import Hands, Piece, Result
from quandary.use.studies import loaded_case, study

if TYPE_CHECKING:
    from quandary.report.documents.cases import ShowDocument

WORLDS, WORLDS_OF_A_RUN = 1_000, 10_000
SHOWN_WORLDS = 5


class Stage(StrEnum):
    """What can be shown."""

    CASE = "case"
    GAME = "game"
    RELEVANCE = "relevance"
    WORLDS = "worlds"
    SOLUTION = "solution"


@dataclass(frozen=True, kw_only=True)
class ShowRequest:
    """A case and a stage of the way."""

    case: CaseName
    stage: Annotated[Stage, About("Which stage to print.")] = Stage.GAME
    world: Annotated[int | None, About("With --stage worlds: this world (from 0), and whether it converges.")] = None
    worlds: Annotated[
        int | None,
        About(f"How many worlds to draw (default: {WORLDS:,}; {WORLDS_OF_A_RUN:,} with --world).", "-w"),
    ] = None
    seed: Seed = 1
    memory: Memory = None


@dataclass(frozen=True)
class ShowResult(Result):
    """The lines of one stage."""

    stage: Stage
    lines: tuple[str, ...]

    def document(self) -> ShowDocument:
        """Return what was found as ``quandary.show/1``."""
        from quandary.report.documents.cases import show_document

        return show_document(self.stage.value, self.lines)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the lines."""
        yield from self.lines


def run(request: ShowRequest, hands: Hands) -> ShowResult:
    """Return a stage: the case as read, the game, who must think about whom, the worlds drawn, the solution."""
    world, stage = request.world, request.stage
    if world is not None and stage is not Stage.WORLDS:
        message = f"--world goes with --stage worlds, not with {stage.value}"
        raise Refusal(Problem("Q806", message, hint="add --stage worlds, or leave --world out"))
    usual = WORLDS if world is None else WORLDS_OF_A_RUN
    count = checked_worlds(usual if request.worlds is None else request.worlds)
    return ShowResult(stage, tuple(_lines(request.case, stage, count, request.seed, world)))


def _lines(named: str, stage: Stage, worlds: int, seed: int, world: int | None) -> Iterator[str]:
    """Yield the lines of one stage in a stable form.

    Of ``worlds`` the first few, or the one numbered ``world`` (from 0) and whether it converges; Q461 where there is
    none of that number.
    """
    from quandary.ask.games.worths import seen_by
    from quandary.case.writer import written_case
    from quandary.game.graphs.requisite import prune
    from quandary.report.analyses.stages import converged_line, game_lines, relevance_lines, solution_lines, world_lines
    from quandary.report.words.naming.beliefs import belief_lines
    from quandary.report.words.naming.names import CaseNames
    from quandary.solve.solver import solve

    case, _ = loaded_case(named)
    if stage is Stage.CASE:
        yield from written_case(case).splitlines()
        return
    asked = study(case, worlds, seed)
    numbers = asked.model.quantities
    if stage is Stage.WORLDS and world is not None:
        if not 0 <= world < worlds:
            hint = f"worlds are counted from 0 to {worlds - 1:,}; --worlds says how many are drawn"
            raise Refusal(Problem("Q461", f"there is no world {world}", hint=hint))
        yield from world_lines(numbers, asked.uniforms.between(world, world + 1), f"world {world:,} of {worlds:,}")
        yield converged_line(asked.converges(world))
    elif stage is Stage.WORLDS:
        shown = min(worlds, SHOWN_WORLDS)
        yield from world_lines(numbers, asked.uniforms.between(0, shown), f"the first {counted(shown, 'world')}")
    elif stage is Stage.SOLUTION:
        yield from solution_lines(solve(asked.model.diagram(asked.uniforms, worlds).diagram))
        for belief in case.believes.values():
            seen = seen_by(asked.model.diagram(asked.uniforms, worlds), (belief.actor,))
            yield f"As {belief.actor} sees it"
            yield from solution_lines(solve(seen))
        yield from belief_lines(CaseNames(case))
    elif stage is Stage.GAME:
        yield from game_lines(asked.probe.diagram)
    else:
        diagram = asked.probe.diagram
        pruned = prune(diagram)
        yield from relevance_lines(diagram, pruned.diagram, pruned.dropped)
