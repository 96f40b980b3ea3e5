"""Several equilibria of a case's worlds, as a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from quandary.ask.equilibria.equilibria import AnswerRange, EquilibriaOfWorlds, GameEquilibria
from quandary.ask.equilibria.kind_answers import Kind, Trait
from quandary.case.model import Case
from quandary.language.printing import written
from quandary.report.analyses.equilibria_found import found_sentences, game_sentence, range_sentence
from quandary.report.documents.cases import CaseDocument, case_document
from quandary.report.documents.document import ResultDocument, document, key
from quandary.report.words.naming.kinds import kind_said
from quandary.report.words.naming.names import CaseNames


@document
class TraitDocument:
    """What is chosen at a decision in an equilibrium."""

    decision: str = key("the decision")
    seen: Mapping[str, str] = key("the situation, by variable; empty: on the whole")
    probabilities: Mapping[str, float] = key("each option's mean probability, 0 to 1, where the decision arises")


@document
class KindAnswerDocument:
    """One query's answer where one equilibrium is played, in the query's unit."""

    query: str = key("the query")
    mean: float | None = key("the mean, or of a truth the share of worlds; null where it has no value")
    low: float | None = key("of a number: 5 % of the worlds lie below")
    high: float | None = key("of a number: 95 % of the worlds lie below")


@document
class KindDocument:
    """One kind of equilibrium, over the worlds that have it."""

    said: str = key("what is chosen, in words")
    choices: Sequence[TraitDocument] = key("what is chosen")
    worlds: int = key("how many worlds have it")
    share: float | None = key("their weighted share, 0 to 1")
    share_selected: float | None = key("the weighted share of worlds in which it is the one selected, 0 to 1")
    answers: Sequence[KindAnswerDocument] = key("the answers where it is played")


@document
class GameEquilibriaDocument:
    """What the search found in one game: the case's own, or the one after interventions."""

    do: Mapping[str, str] = key("what is set, by variable, and nobody foresaw")
    do_foreseen: Mapping[str, str] = key("what is set, by variable, and everybody had foreseen")
    arrived: float = key("the share of starts that led to an equilibrium, 0 to 1")
    log_odds_searched: int = key("over how many log-odds was searched; 0: every world has exactly one equilibrium")
    worlds_with_several: int = key("how many worlds have several")
    share_with_several: float | None = key("their weighted share, 0 to 1")
    most_in_one_world: int = key("the most found in one world")
    said: str = key("the result in words")
    equilibria: Sequence[KindDocument] = key("the kinds of equilibria, the one selected most often first")


@document
class AnswerRangeDocument:
    """What one answer depends on which equilibrium is played, in the query's unit."""

    query: str = key("the query")
    set_aside: Sequence[str] = key("the evidence that its interventions set aside, as the case writes it")
    selected: float | None = key("the mean with the equilibria selected")
    lowest: float | None = key("the mean where every world plays what gives least")
    highest: float | None = key("the mean where every world plays what gives most")
    share_that_depends: float | None = key("the weighted share of worlds in which it makes a difference, 0 to 1")
    said: str = key("the result in words")


@document
class EquilibriaDocument(ResultDocument):
    """What a search of worlds found beside the equilibrium selected."""

    SCHEMA: ClassVar[str] = "quandary.equilibria/2"
    case: CaseDocument = key("which case it was")
    seed: int = key("the seed of the draws")
    worlds: int = key("how many worlds were searched")
    not_converged: int = key("how many worlds could not be solved, which were not searched")
    not_converged_worlds: Sequence[int] = key("their numbers, from 0")
    starts: int = key("from how many starts each world was searched")
    said: Sequence[str] = key("the result in words, one sentence a game")
    games: Sequence[GameEquilibriaDocument] = key("the case's own game, then one for each intervention asked for")
    answers: Sequence[AnswerRangeDocument] = key("what each query asked depends on")
    complete: bool = key("whether all of the work was done, or an interruption cut it short")


def equilibria_document(case: Case, found: EquilibriaOfWorlds) -> EquilibriaDocument:
    """Return what a search for other equilibria found."""
    names = CaseNames(case)
    return EquilibriaDocument(
        case=case_document(case),
        seed=found.seed,
        worlds=found.worlds,
        not_converged=len(found.unconverged),
        not_converged_worlds=found.unconverged,
        starts=found.starts,
        said=found_sentences(names, found),
        games=[_game(names, found, game) for game in found.games],
        answers=[_range(found, one) for one in found.ranges],
        complete=found.complete,
    )


def _range(found: EquilibriaOfWorlds, one: AnswerRange) -> AnswerRangeDocument:
    said = range_sentence(found, one)
    aside = [written(piece) for piece in one.aside]
    return AnswerRangeDocument(one.query.text, aside, one.selected, one.lowest, one.highest, one.depends, said)


def _game(names: CaseNames, found: EquilibriaOfWorlds, game: GameEquilibria) -> GameEquilibriaDocument:
    return GameEquilibriaDocument(
        do=dict(game.game.unforeseen),
        do_foreseen=dict(game.game.foreseen),
        arrived=game.arrived,
        log_odds_searched=game.size,
        worlds_with_several=game.several,
        share_with_several=game.share,
        most_in_one_world=game.most,
        said=game_sentence(names, found, game),
        equilibria=[_kind(names, kind) for kind in game.kinds],
    )


def _kind(names: CaseNames, kind: Kind) -> KindDocument:
    answers = [KindAnswerDocument(one.query.text, one.mean, one.low, one.high) for one in kind.answers]
    choices = [_trait(trait) for trait in kind.traits]
    return KindDocument(kind_said(names, kind), choices, kind.worlds, kind.share, kind.selected, answers)


def _trait(trait: Trait) -> TraitDocument:
    return TraitDocument(trait.decision, dict(trait.seen), trait.options)
