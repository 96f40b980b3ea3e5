"""From a file to its equilibria, and from a case to a game file: one world of a case, a diagram, a tree or a matrix."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.answer import Answer
from quandary.ask.query.diagrams import DiagramQuestions
from quandary.base.arrays import Array
from quandary.base.files import path_of
from quandary.base.places import NOWHERE, Place
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import OutOfTime, Proceed, always
from quandary.compile.compiler import compile_case
from quandary.game.diagram import Diagram
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree
from quandary.language.parser import parse_query
from quandary.language.syntax import Expression
from quandary.onegame.equilibria import Equilibrium, Reached
from quandary.onegame.formats.endings import is_game_file
from quandary.onegame.formats.files import AnyGame, read_game, written_as
from quandary.onegame.judging.judged import Judgements
from quandary.onegame.judging.statements import statements
from quandary.onegame.naming import Names
from quandary.onegame.next_steps import next_steps
from quandary.onegame.search import Request, Searched, as_tree, search, summary_of
from quandary.onegame.strategies import strategic_form
from quandary.pipeline import load
from quandary.quantities.design import Design
from quandary.report.one_game.solved import GameSize, NamedEquilibrium, NamedPoint, NamedRules, SolvedGame
from quandary.report.one_game.statements import named_statements

MEDIAN = "the median world"
ONLY_WORLD = "the file's only world"
SHARE_OF_STATEMENTS = 1.0 / 3.0
USUAL_SECONDS = 30.0
CASE_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class WorldChoice:
    """Which world of a case: ``number`` counted from 0 in a design of ``worlds`` and ``seed``; ``None``: the median."""

    number: int | None = None
    worlds: int = 10_000
    seed: int = 1


@dataclass(frozen=True, eq=False)
class SolvedSubject:
    """A game of one world, and how it is told: the file, a title, which world, by which seed where it was drawn."""

    file: str
    title: str
    world: str
    game: AnyGame
    seed: int | None = None


def subject(named: str, world: WorldChoice | None = None) -> SolvedSubject:
    """Return the game in a file that ends like a game file, or else one world of the case of that name.

    A file that ends otherwise than games and cases do is refused (Q601), so that no game is taken for a broken case.

    Raises ``CaseError`` with every fault of the file, ``Refusal`` (Q461) for a world that cannot be had.
    """
    path = path_of(named)
    if is_game_file(path) or (path.suffix and path.suffix.lower() not in CASE_ENDINGS and path.is_file()):
        if world is not None and world.number is not None:
            message = "a game file holds one world only"
            raise Refusal(Problem("Q461", message, hint="leave --world out, or name a case"))
        game = read_game(path)
        return SolvedSubject(named, game.title or path.stem, ONLY_WORLD, game)
    case, _ = load(named)
    asked = world or WorldChoice()
    diagram, told = _case_world(named, asked)
    return SolvedSubject(named, case.title, told, diagram, None if asked.number is None else asked.seed)


def solve_file(
    named: str, request: Request, *, world: WorldChoice | None = None, proceed: Proceed = always
) -> SolvedGame:
    """Return the equilibria that a concept finds in a file or case. Raises ``CaseError`` or ``Refusal``.

    ``proceed`` ends the search where it says no. Cut off by ``OutOfTime`` or ``KeyboardInterrupt``, a search keeps what
    it has; while the file is still being read there is nothing to keep (Q808, or ``KeyboardInterrupt``).
    """
    started = time.perf_counter()
    summary_of(request.concept)
    opened = _opened(named, world)
    found = search(opened.game, request, proceed)
    listed = found.equilibria
    judged = _judged(found, request.seconds, proceed)
    said = named_statements(judged)
    lams: tuple[float | None, ...] = found.precisions or (None,) * len(listed.found)
    return SolvedGame(
        file=named,
        title=opened.title,
        world=opened.world,
        seed=opened.seed,
        size=_size(found),
        concept=request.concept,
        summary=summary_of(request.concept),
        equilibria=tuple(
            replace(_named(e, found.names, lam), said=said[k] if said else None)
            for k, (e, lam) in enumerate(zip(listed.found, lams, strict=True))
        ),
        complete=listed.done,
        searched=listed.searched,
        limits=listed.limits,
        regret_is=_regret_is(found),
        seconds=time.perf_counter() - started,
        stopped=listed.stopped,
        limit=request.seconds,
        degenerate=listed.degenerate,
        components=listed.components,
        reached=None if listed.reached is None else _named_point(listed.reached, found.names),
        asked=request.precision,
        unsaid=judged.reason,
        statements_stopped=judged.stopped,
        limit_missing=judged.limit_missing,
        all_listed=listed.complete,
        next_steps=next_steps(found, request),
    )


def _judged(found: Searched, seconds: float, proceed: Proceed) -> Judgements:
    """Return the statements, on a share of the time limit of their own: the answer is there and waits for them.

    More work is spent on them under a longer limit. Without anybody to ask no time counts.
    """
    if found.equilibria.stopped:
        return Judgements(reason="the search was stopped")
    end = time.monotonic() + seconds * SHARE_OF_STATEMENTS

    def on_time(what: str, done: int, total: int) -> bool:
        return time.monotonic() < end and proceed(what, done, total)

    times = max(1, round(seconds / USUAL_SECONDS))
    return statements(found, proceed if proceed is always else on_time, times)


def ask_file(named: str, query: str, *, place: Place = NOWHERE) -> tuple[Expression, Answer]:
    """Return a query's syntax and its answer about the network or diagram in a file.

    In network formats decisions are made exactly, as those formats mean them; in ``.json`` by logit response at the
    file's precision. Raises ``CaseError`` for faults of file and query, ``Refusal`` (Q616) for a tree or matrix.
    """
    parsed = parse_query(query, place)
    game = read_game(path_of(named))
    if not isinstance(game, Diagram):
        message = "a tree or a matrix has no variables to ask about"
        raise Refusal(Problem("Q616", message, hint=f'its equilibria: quandary solve "{named}"'))
    concept = "logit" if named.lower().endswith(".json") else "subgame"
    return parsed, DiagramQuestions(game, concept).ask(parsed, query.strip())


def exported(named: str, ending: str, *, world: WorldChoice | None = None, average: bool = True) -> str:
    """Return a game as the text of a file with that ending, names intact.

    A case or diagram becomes ``.json``; as ``.efg`` the tree of its histories, chance that nobody sees averaged out
    unless ``average`` is false; as ``.nfg`` the reduced strategic form of that tree; as ``.bif`` or ``.xdsl`` it
    must be without decisions, or of one player.
    """
    opened = subject(named, world)
    game = opened.game
    if ending == ".nfg" and not isinstance(game, StrategicForm):
        tree = as_tree(game)
        if not tree.players:
            message = "a game without players has no strategic form."
            raise Refusal(Problem("Q610", message, hint="write it as .efg"))
        if isinstance(tree, Tree):
            game = replace(strategic_form(tree).form, title=opened.title)
    told = "" if opened.world == ONLY_WORLD else opened.world
    return written_as(game, ending, title=opened.title, average=average, told=told)


def _opened(named: str, world: WorldChoice | None) -> SolvedSubject:
    """Return the game. Raises ``Refusal`` (Q808) where the time is up before it is there."""
    doing = f'while "{named}" was being read'
    try:
        return subject(named, world)
    except OutOfTime:
        message = f"the time limit passed {doing}; nothing was solved"
        raise Refusal(Problem("Q808", message, hint="give it longer, as in --limit 5m")) from None
    except KeyboardInterrupt:
        raise KeyboardInterrupt(doing) from None


def _case_world(named: str, world: WorldChoice) -> tuple[Diagram, str]:
    case, _ = load(named)
    model = compile_case(case)
    if world.number is None:
        compiled = model.diagram({name: np.full(1, 0.5) for name in model.names}, 1)
        told = MEDIAN
        if not bool(np.broadcast_to(compiled.valid, (1,))[0]):
            message = "the world in which every uncertain number is at its median is impossible"
            raise Refusal(Problem("Q461", message, hint="name one by number: --world 0"))
        return compiled.diagram, told
    if not 0 <= world.number < world.worlds:
        message = f"there is no world {world.number}"
        raise Refusal(Problem("Q461", message, hint=f"worlds are counted from 0 to {world.worlds - 1:,}"))
    draws = model.draw(Design(world.seed, world.worlds))
    drawn: Mapping[str, Array] = draws.between(world.number, world.number + 1)
    return model.diagram(drawn, 1).diagram, f"world {world.number:,} of {world.worlds:,}, seed {world.seed}"


def _size(found: Searched) -> GameSize:
    game = found.game
    if isinstance(game, Diagram):
        return GameSize("diagram", len(game.players), len(game.chances), len(found.names))
    if isinstance(game, StrategicForm):
        return GameSize("strategic form", len(game.players), 0, len(found.names))
    used = {int(which) for which in game.set_of if which >= 0}
    chance = sum(1 for which in used if game.sets[which].player is None)
    return GameSize("tree", len(game.players), chance, len(found.names))


def _regret_is(found: Searched) -> str:
    if found.equilibria.concept == "correlated":
        return "most that any player could gain by not following its advice"
    if any(e.one_choice for e in found.equilibria.found):
        return "most that any player could gain by one choice at a set that is reached (whole strategies are too many)"
    return "most that any player could gain by changing its whole strategy"


def _named(found: Equilibrium, names: Names, precision: float | None) -> NamedEquilibrium:
    behaviour: dict[str, dict[str, Mapping[str, float | None]]] = {}
    for which, name in names.items():
        rule = found.rules.get(which)
        shares = [None] * len(name.actions) if rule is None else [_share(float(p)) for p in rule]
        behaviour.setdefault(name.player, {})[name.name] = dict(zip(name.actions, shares, strict=True))
    rules: NamedRules = behaviour
    regret = None if math.isnan(found.regret) else found.regret
    return NamedEquilibrium(
        rules, found.values, regret, found.residual, precision, found.correlation, found.remarks, found.mixes_with
    )


def _named_point(stood: Reached, names: Names) -> NamedPoint:
    precision = {player: value if math.isfinite(value) else None for player, value in stood.precision.items()}
    return NamedPoint(_named(stood.point, names, None), precision)


def _share(probability: float) -> float | None:
    return None if math.isnan(probability) else probability
