"""A game solved in one world, as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from quandary.base.stopping import INTERRUPTED
from quandary.onegame.judging.judged import EquilibriumStatement
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.one_game.alike import remarks
from quandary.report.one_game.solved import (
    NamedEquilibrium,
    NamedPoint,
    NamedSignal,
    NamedStatements,
    SolvedGame,
)
from quandary.report.one_game.statements import answer_said, lacking


@document
class GameDocument:
    """How large the game is."""

    kind: str = key("tree, diagram or strategic form")
    players: int = key("how many players")
    chance_moves: int = key("how many moves of chance")
    information_sets: int = key("how many information sets of the players")


@document
class StatementDocument:
    """Whether an equilibrium has one property."""

    holds: bool | None = key("true is certified, false is proved; null where it is open or does not apply")
    answer: str = key("the same in a word: yes, no, open, in play or joined")
    because: str | None = key("why, in words")


@document
class PosteriorDocument:
    """What an observer believes at one place."""

    at: str = key("the information set, or after which move play ends without it")
    probabilities: Sequence[float] = key("of each type, 0 to 1")


@document
class SignalDocument:
    """What a sender's behaviour tells an observer of a move of chance."""

    sender: str = key("the player who moves first")
    observer: str = key("the player who sees it")
    kind: str = key("pooling, separating, ...")
    types: Sequence[Sequence[str]] = key("what the sender knows: chance's actions that it tells apart")
    prior: Sequence[float] = key("each type's probability beforehand, 0 to 1")
    posteriors: Sequence[PosteriorDocument] = key("each type's probability once the sender has moved")


@document
class TrembleDocument:
    """How an action that is never taken is trembled to: weight times eps to the power of its order."""

    order: float = key("the order")
    weight: float = key("the weight")


@document
class StatementsDocument:
    """What is said of an equilibrium beside its numbers."""

    subgame_perfect: StatementDocument = key("whether it is subgame perfect")
    sequential: StatementDocument = key("whether it is sequential")
    logit_limit: StatementDocument = key("whether the branch of logit responses from uniform play ends there")
    trembling_hand: StatementDocument = key("whether it is trembling-hand perfect")
    kind: str | None = key("what is signalled, in a word")
    signals: Sequence[SignalDocument] = key("who signals what to whom")
    beliefs: Mapping[str, Mapping[str, Mapping[str, float]]] = key(
        "by player, information set never reached, and history: its probability, 0 to 1"
    )
    trembles: Mapping[str, Mapping[str, Mapping[str, TrembleDocument]]] = key(
        "by player, information set and action never taken: the trembles that lead to these beliefs"
    )
    filled_in: Mapping[str, Mapping[str, Mapping[str, float | None]]] = key(
        "choices at sets that the equilibrium leaves open, under which the statements hold"
    )


@document
class PointDocument:
    """What every player does and gets."""

    behaviour: Mapping[str, Mapping[str, Mapping[str, float | None]]] = key(
        "by player, information set and action: its probability, 0 to 1; null where the concept leaves it open"
    )
    values: Mapping[str, float | None] = key("each player's expected payoff")
    regret: float | None = key("how far it is from an equilibrium, in payoff units: see `regret_is`")
    residual: float | None = key("how far the solver's own equations are from being met; 0 for exact methods")
    remarks: Sequence[str] = key("what else is to be known about it, in words")
    statements: StatementsDocument | None = key("what is said of it", inline=True, left_out=True)


@document
class CombinationDocument:
    """One combination of strategies in a correlated equilibrium."""

    strategies: Sequence[str] = key("one for each player")
    probability: float = key("its probability, 0 to 1")


@document
class EquilibriumDocument:
    """One equilibrium, or one point of a branch of logit responses."""

    point: PointDocument = key("what every player does and gets", inline=True)
    precision: float | None = key("on a branch: the logit precision, in one over payoff units", left_out=True)
    correlation: Sequence[CombinationDocument] | None = key("of a correlated equilibrium: its advice", left_out=True)


@document
class ReachedDocument:
    """Where a search stood that came to no equilibrium of its concept."""

    point: PointDocument = key("what every player does and gets", inline=True)
    precision: Mapping[str, float | None] = key("each player's precision there, in one over payoffs; null: exact")


@document
class ComponentDocument:
    """Equilibria that hang together."""

    number: int = key("its number, from 1")
    equilibria: Sequence[int] = key("the equilibria in it, by their numbers from 1")
    mixed_freely: Sequence[Sequence[int]] = key("those of them that are mixed with one another freely")


@document
class SolveDocument(ResultDocument):
    """The equilibria of one game by one solution concept."""

    SCHEMA: ClassVar[str] = "quandary.solve/1"
    file: str = key("the file or case, as it was named")
    title: str = key("its title")
    world: str = key("which world of a case it was")
    game: GameDocument = key("how large the game is")
    concept: str = key("the solution concept")
    equilibria: Sequence[EquilibriumDocument] = key("the equilibria found, or the points of a branch")
    complete: bool = key("whether the search came to its end")
    all_listed: bool = key("whether every equilibrium of the kind is listed")
    stopped: str | None = key("why the search ended early")
    reached: ReachedDocument | None = key("where a search stood that came to no equilibrium")
    statements_stopped: str | None = key("why not every statement was reached")
    statements_missing: str | None = key("why there are no statements")
    statements_lack: str | None = key("what would settle those that are open")
    searched: str = key("what was searched, in words")
    not_searched: Sequence[str] = key("what was not")
    next_steps: Sequence[str] = key("what would settle a search that did not come to its end")
    regret_is: str = key("what `regret` measures")
    degenerate: Sequence[str] | None = key("players who make the game degenerate; null where that was not looked at")
    components: Sequence[ComponentDocument] = key("how the equilibria hang together")


def solve_document(solved: SolvedGame) -> SolveDocument:
    """Return a solved game."""
    size = solved.size
    return SolveDocument(
        file=solved.file,
        title=solved.title,
        world=solved.world,
        game=GameDocument(size.kind, size.players, size.chance_moves, size.information_sets),
        concept=solved.concept,
        equilibria=[_equilibrium(found) for found in solved.equilibria],
        complete=solved.complete and INTERRUPTED not in (solved.stopped, solved.statements_stopped),
        all_listed=solved.all_listed,
        stopped=solved.stopped or None,
        reached=None if solved.reached is None else _reached(solved.reached),
        statements_stopped=solved.statements_stopped or None,
        statements_missing=solved.unsaid or None,
        statements_lack=lacking(solved) or None,
        searched=solved.searched,
        not_searched=solved.limits,
        next_steps=solved.next_steps,
        regret_is=solved.regret_is,
        degenerate=solved.degenerate,
        components=[
            ComponentDocument(part.number, [k + 1 for k in part.members], [[k + 1 for k in own] for own in part.sets])
            for part in solved.components
        ],
    )


def _equilibrium(found: NamedEquilibrium) -> EquilibriumDocument:
    combinations = [CombinationDocument(names, p) for names, p in found.correlation.items()]
    return EquilibriumDocument(_point(found), found.precision, combinations or None)


def _reached(stood: NamedPoint) -> ReachedDocument:
    return ReachedDocument(_point(stood.point), stood.precision)


def _point(found: NamedEquilibrium) -> PointDocument:
    said = None if found.said is None else _statements(found.said)
    return PointDocument(found.behaviour, found.values, found.regret, found.residual, remarks(found), said)


def _statements(said: NamedStatements) -> StatementsDocument:
    return StatementsDocument(
        subgame_perfect=_statement(said.subgame_perfect),
        sequential=_statement(said.sequential),
        logit_limit=_statement(said.logit_limit),
        trembling_hand=_statement(said.trembling_hand),
        kind=said.kind or None,
        signals=[_signal(signal) for signal in said.signals],
        beliefs=said.beliefs,
        trembles={
            player: {
                name: {action: TrembleDocument(order, weight) for action, (order, weight) in own.items()}
                for name, own in sets.items()
            }
            for player, sets in said.trembles.items()
        },
        filled_in=said.filled,
    )


def _statement(statement: EquilibriumStatement) -> StatementDocument:
    return StatementDocument(statement.holds, answer_said(statement), statement.because or None)


def _signal(signal: NamedSignal) -> SignalDocument:
    posteriors = [PosteriorDocument(place, own) for place, own in signal.posteriors]
    return SignalDocument(signal.sender, signal.observer, signal.kind, signal.types, signal.prior, posteriors)
