"""Several equilibria in words and as a table."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.ask.equilibria.equilibria import AnswerRange, EquilibriaOfWorlds, GameEquilibria
from quandary.base.problems import counted
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.naming.beliefs import equilibria_line
from quandary.report.words.naming.kinds import MOST_KINDS, game_said, kind_lines, kinds_lines
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.queries import query_title
from quandary.report.words.questions import asides_said
from quandary.report.words.units import ends_said, said, unit_told
from quandary.report.words.wording import of_worlds, percent

ALL_BUT_FEW = 0.99
"""Where fewer of the starts led to an equilibrium, that is said."""


def found_sentences(names: CaseNames, found: EquilibriaOfWorlds) -> list[str]:
    """Return, for the case's own game and each game after a ``do``, in how many worlds several were found."""
    sentences = [game_sentence(names, found, game) for game in found.games]
    otherwise = equilibria_line(names.case)
    return sentences if otherwise is None else [*sentences, otherwise]


def game_sentence(names: CaseNames, found: EquilibriaOfWorlds, game: GameEquilibria) -> str:
    """Return in how many worlds a game has several equilibria, what was searched, and what that does not say."""
    after = "" if game is found.own else f" {game_said(names, game.game)}"
    if not found.worlds:
        return "No world was searched to the end."
    if not game.size:
        return f"No decision{after} is part of a circle of decisions, so every world has exactly one logit equilibrium."
    tried = f"{counted(found.starts, 'start')} in each, over {game.size} log-odds"
    if game.arrived < ALL_BUT_FEW:
        tried += f", {percent(game.arrived)} of which led to an equilibrium"
    if not game.several:
        searched = counted(found.worlds, "world")
        return f"No second equilibrium was found{after} in {searched} ({tried}); that is no proof that there is none."
    share = f", {percent(game.share)} of their weight" if game.share is not None else ""
    return (
        f"Several equilibria were found{after} in {game.several:,} of {counted(found.worlds, 'world')}{share} "
        f"({tried}); at most {game.most} in one world, and there may be more."
    )


def ranges_asides(names: CaseNames, found: EquilibriaOfWorlds) -> list[str]:
    """Return about which worlds the queries ask, where their interventions set evidence aside."""
    return asides_said(names, [(query_title(names, one.query.expression), one.aside) for one in found.ranges])


def range_sentence(found: EquilibriaOfWorlds, one: AnswerRange) -> str:
    """Return how a query's answer depends on which equilibrium is played."""
    if one.selected is None:
        return "No world counts for this answer."
    if not found.any_several:
        return f"{_said(one, one.selected)} under the one equilibrium found in each world."
    if not one.depends:
        return f"{_said(one, one.selected)}, whichever of the equilibria found is played."
    lowest, highest = ends_said(one.lowest, one.highest, unit_told(one.query.expression))
    matters = f"depending on which is played (it matters in {of_worlds(one.depends)})"
    return f"{_said(one, one.selected)} under the equilibrium selected; from {lowest} to {highest}, {matters}."


def _said(one: AnswerRange, value: float | None) -> str:
    return said(value, unit_told(one.query.expression))


def equilibria_parts(names: CaseNames, found: EquilibriaOfWorlds) -> Iterator[ReportPart]:
    """Yield what the search found, the equilibria by kind, and how each answer depends on which is played."""
    for sentence in found_sentences(names, found):
        yield Paragraph(sentence, tone="strong")
    yield from map(Paragraph, ranges_asides(names, found))
    for game in found.games:
        if game.kinds:
            yield from _kinds(names, game)
    for one in found.ranges:
        yield Paragraph()
        yield Paragraph(query_title(names, one.query.expression), tone="title")
        yield Paragraph(range_sentence(found, one))
        if one.depends:
            yield _ends(one)
    if not found.complete:
        yield Paragraph("Interrupted: not every world was searched.")
    yield Paragraph()
    yield Paragraph(f"{names.case.title}; {_footer(found)}", tone="aside")


def _ends(one: AnswerRange) -> Sheet:
    ends = (("selected", one.selected), ("whichever gives least", one.lowest), ("or most", one.highest))
    rows = tuple((name, _said(one, value)) for name, value in ends)
    return Sheet("", ("played in every world", "answer"), rows, numeric=frozenset({1}))


def _footer(found: EquilibriaOfWorlds) -> str:
    told = (
        f"{counted(found.worlds, 'world')}, seed {found.seed}. Selected is the principal branch of the "
        "logit equilibrium, which every other answer of a case rests on; worlds weigh as under it."
    )
    if found.any_several:
        told += (
            " Mostly: no other option is half as likely. Answers if played are over the worlds that have the "
            "equilibrium, mean and 90 % interval."
        )
    return told


def _kinds(names: CaseNames, game: GameEquilibria) -> Iterator[ReportPart]:
    yield Paragraph()
    yield Paragraph(f"Equilibria found {game_said(names, game.game)}", tone="title")
    for number, kind in enumerate(game.kinds[:MOST_KINDS], start=1):
        first, *rest = kind_lines(names, kind)
        yield Paragraph(f"{number:>2}  {first}", tone="strong")
        for line in rest:
            yield Paragraph(line, indent=4)
    for line in kinds_lines(game):
        yield Paragraph(line, tone="aside")


def search_line(names: CaseNames, found: EquilibriaOfWorlds | None, not_searched: str) -> str:
    """Return one line for those who ask how a run was made: what was searched for other equilibria, and found."""
    if found is None:
        return f"Other equilibria were not searched for: {not_searched}."
    return " ".join(found_sentences(names, found))
