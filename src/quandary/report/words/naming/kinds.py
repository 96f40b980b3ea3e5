"""Kinds of equilibria in words and as tables: what is mostly chosen in each, how common it is, the answer under it."""

from __future__ import annotations

from quandary.ask.equilibria.equilibria import GameEquilibria
from quandary.ask.equilibria.kind_answers import Kind, KindAnswer, Trait
from quandary.ask.inquiry import ITSELF, Game
from quandary.base.problems import counted
from quandary.case.model import DecisionEvent
from quandary.language.heads import Unit
from quandary.report.sheets import Sheet
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title
from quandary.report.words.units import said, said_interval, unit_told
from quandary.report.words.wording import listing, of_worlds, percent

MOST_KINDS = 12
"""Kinds listed in words; JSON holds all."""

MOSTLY = 0.5
"""An option is chosen mostly where no other is more than so many times as likely."""


def game_said(names: CaseNames, game: Game) -> str:
    """Return which game is meant: ``in the game itself`` or ``if it happens that the dam is shared``."""
    if game == ITSELF:
        return "in the game itself"
    settings = [
        names.setting(name, state, foreseen=foreseen)
        for foreseen, settings in ((True, game.foreseen), (False, game.unforeseen))
        for name, state in settings
    ]
    return listing(settings)


def kind_said(names: CaseNames, kind: Kind) -> str:
    """Return a kind in words: ``north, road: mostly left (97 %); south, way: mostly left (95 %)``."""
    return "; ".join(choice_clauses(names, kind))


def choice_clauses(names: CaseNames, kind: Kind) -> list[str]:
    """Return a clause for each decision: who decides what, and what is mostly chosen."""
    clauses: dict[str, list[str]] = {}
    for trait in kind.traits:
        clauses.setdefault(trait.decision, []).append(_situated(names, trait))
    return [f"{_who(names, decision)}: {', '.join(parts)}" for decision, parts in clauses.items()]


def _who(names: CaseNames, decision: str) -> str:
    item = names.case.variable(decision)
    who = names.actor(item.by) if isinstance(item, DecisionEvent) else ""
    return f"{who}, {names.variable_inside(decision)}"


def _situated(names: CaseNames, trait: Trait) -> str:
    top = max(trait.options.values())
    likely = [
        f"{names.state(trait.decision, option)} ({percent(p)})"
        for option, p in trait.options.items()
        if p >= MOSTLY * top
    ]
    said_mostly = f"mostly {likely[0]}" if len(likely) == 1 else f"mixes {listing(likely)}"
    if not trait.seen:
        item = names.case.variable(trait.decision)
        sometimes = isinstance(item, DecisionEvent) and item.when is not None
        return f"{said_mostly} where it arises" if sometimes else said_mostly
    seen = listing([names.is_state(name, state) for name, state in trait.seen])
    return f"{said_mostly} when {seen}"


def kinds_sheet(names: CaseNames, found: GameEquilibria) -> Sheet:
    """Return one row a kind: what is chosen, in what share of worlds it exists and is the one selected, the answers."""
    kinds = found.kinds[:MOST_KINDS]
    queries = [answer.query for answer in kinds[0].answers] if kinds else []
    one = len(queries) == 1
    answers = (
        ["Answer if played"] if one else [f"{query_title(names, query.expression)}, if played" for query in queries]
    )
    rows = tuple(
        (
            kind_said(names, kind),
            of_worlds(kind.share),
            of_worlds(kind.selected),
            *(answer_said(answer) for answer in kind.answers),
        )
        for kind in kinds
    )
    return Sheet(
        f"Equilibria found {game_said(names, found.game)}", ("Equilibrium", "Exists in", "Selected in", *answers), rows
    )


def kind_lines(names: CaseNames, kind: Kind) -> list[str]:
    """Return a kind in lines: how common it is, what is chosen, the answers if it is played."""
    return [
        f"exists in {of_worlds(kind.share)}, selected in {of_worlds(kind.selected)}",
        *choice_clauses(names, kind),
        *(
            f"{query_title(names, answer.query.expression)}, if played: {answer_said(answer)}"
            for answer in kind.answers
        ),
    ]


def kinds_lines(found: GameEquilibria) -> list[str]:
    """Return what the table of kinds cannot show."""
    lines = []
    if len(found.kinds) > MOST_KINDS:
        lines.append(f"{counted(len(found.kinds) - MOST_KINDS, 'more kind')} of equilibrium not listed here.")
    return lines


def answer_said(answer: KindAnswer) -> str:
    """Return an answer where one kind is played: ``41 % (22 to 63 %)``."""
    unit = unit_told(answer.query.expression)
    told = said(answer.mean, unit)
    if answer.mean is None or unit is Unit.WORLDS:
        return told
    if answer.low is None or answer.high is None or not answer.low <= answer.mean <= answer.high:
        return told
    return f"{told} ({said_interval(answer.low, answer.high, unit)})"
