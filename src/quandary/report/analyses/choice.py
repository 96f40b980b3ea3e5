"""Why an actor chooses as it does, in words and as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from quandary.ask.turning.option_worths import States
from quandary.ask.why.choice import ChoiceExplanation, ChoiceTable, ExplainedOption
from quandary.base.problems import counted
from quandary.case.model import DecisionEvent
from quandary.language.heads import Unit
from quandary.language.syntax import Expression
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.method import coin_flip_said, finer, nearly_indifferent_said
from quandary.report.words.naming.beliefs import belief_lines
from quandary.report.words.naming.letters import sentence as capitalised
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import amount_name, number_name, range_said, value_said
from quandary.report.words.naming.quantities import quantity_words
from quandary.report.words.units import plain
from quandary.report.words.wording import SURE, UNDEFINED, listing, number, of_worlds, percent

WORTH = "points of worth"

FEW = 400
"""Effective worlds below which a reader is warned."""


def choice_parts(names: CaseNames, found: ChoiceExplanation, worlds: int, seed: int) -> Iterator[ReportPart]:
    """Yield the whole explanation: the sentence, what was known, a table for each menu, and what would turn it."""
    decision = found.asked.decision
    yield Paragraph(f"{names.actor(decision.by)}: {names.variable(decision.id)}", tone="title")
    yield Paragraph(choice_sentence(names, found), tone="strong")
    for line in _beside(names, found):
        yield Paragraph(line)
    for table in found.tables:
        yield Paragraph()
        if len(found.tables) > 1:
            yield Paragraph(_menu(names, found, table), tone="strong")
        yield from _under_its_caption(options_sheet(names, found, table))
        yield Paragraph()
        for part in change_parts(names, found, table):
            yield replace(part, caption="") if isinstance(part, Sheet) else part
        yield Paragraph()
        yield from _under_its_caption(speaking_sheet(names, found, table))
    if found.sets > 1:
        yield Paragraph()
        yield from _under_its_caption(situations_sheet(names, found))
    yield Paragraph()
    yield Paragraph(_footer(names, found, worlds, seed), tone="aside")
    yield Paragraph()


def _under_its_caption(sheet: Sheet) -> Iterator[ReportPart]:
    """Yield a sheet's caption as a line of its own, which a terminal shows too, and the sheet."""
    yield Paragraph(f"{sheet.caption}:")
    yield replace(sheet, caption="")


def brief_choice(names: CaseNames, found: ChoiceExplanation) -> Iterator[ReportPart]:
    """Yield what a report shows of a choice: the sentence, what was known, options by stakes, what would turn it."""
    yield Paragraph(choice_sentence(names, found), tone="strong")
    for line in _beside(names, found):
        yield Paragraph(line)
    for table in found.tables:
        if len(found.tables) > 1:
            yield Paragraph(_menu(names, found, table), tone="strong")
        yield options_sheet(names, found, table)
        yield from change_parts(names, found, table)


def _beside(names: CaseNames, found: ChoiceExplanation) -> Iterator[str]:
    """Yield how the owner sees the game, if otherwise than the case has it, how near its options are, what it knew."""
    yield from belief_lines(names, found.asked.decision.by)
    yield from indifferent_lines(names, found)
    yield from known_lines(names, found)


def choice_sentence(names: CaseNames, found: ChoiceExplanation) -> str:
    """Return which option is best, by how much, how often it is chosen; and where the option asked about stands.

    Where not all situations offer the same options, it is told of those with the likeliest menu.
    """
    table = found.tables[0]
    best, second = table.options[:2]
    decision = found.asked.decision.id
    first, next_best = names.state(decision, best.option), names.state(decision, second.option)
    if table.is_clear:
        told = f"Best on average is {first}, ahead of {next_best} by {_points(table.lead.mean)}"
    elif table.lead.mean is not None and abs(table.lead.mean) <= 1e-9:
        told = f"The two best, {first} and {next_best}, are worth the same"
    else:
        told = f"No difference shows between the two best, {first} and {next_best}"
    if len(found.tables) > 1:
        told = f"{_where(names, found, table)}, {told[0].lower()}{told[1:]}"
    chosen = f"{first} is chosen {_share(best.chosen)}, {next_best} {_share(second.chosen)}"
    sentence = f"{told}; {chosen}."
    asked = found.asked.option
    rank = next((i for i, one in enumerate(table.options) if one.option == asked), 0)
    if rank > 1:
        behind = (best.total.mean or 0.0) - (table.options[rank].total.mean or 0.0)
        place = ("third", "fourth", "fifth", "sixth")[rank - 2] if rank < 6 else f"number {rank + 1}"
        share, third = _share(table.options[rank].chosen), capitalised(names.state(decision, asked or ""))
        sentence += f" {third} comes {place}, {_points(behind)} behind, and is chosen {share}."
    if asked is not None and all(one.option != asked for one in table.options):
        sentence += f" {capitalised(names.state(decision, asked))} is not open there."
    return sentence


def indifferent_lines(names: CaseNames, found: ChoiceExplanation) -> Iterator[str]:
    """Yield that the owner is nearly indifferent, and that a choice is near a coin flip, for the likeliest menu."""
    table, decision = found.tables[0], found.asked.decision
    who, there = capitalised(names.actor_inside(decision.by)), " there" if len(found.tables) > 1 else ""
    if table.indifferent:
        named = listing([names.state(decision.id, one.option) for one in table.indifferent])
        between = "the best of them and each other" if len(table.indifferent) > 2 else "them"
        nearly = nearly_indifferent_said(edge=bool(table.indifferent_edge))
        yield (
            f"{who} is {nearly}{there} between {named}: in {of_worlds(_least(table))} and situations the "
            f"odds that worth makes between {between} are within x1.25."
        )
    if table.is_coin_flip or table.coin_edge:
        told = listing([f"{names.state(decision.id, one.option)} {percent(one.counted)}" for one in table.options])
        yield f"That is {coin_flip_said(edge=table.coin_edge)}: were all options worth the same, it would be {told}."


def _least(table: ChoiceTable) -> float:
    """Return in what share of worlds and situations, at least, options are nearly as good as the best."""
    return min(one.near_in for one in table.indifferent)


def arises_lines(names: CaseNames, decision: DecisionEvent, often: float | None = None) -> Iterator[str]:
    """Yield where a decision arises, of one that does so only sometimes: all that is said of it is about that.

    ``often`` is how likely it arises, given what stands at it.
    """
    if decision.when is not None:
        told = capitalised(names.variable_inside(decision.id))
        share = "" if often is None or often >= SURE else f", in {finer(often)} of what is possible"
        yield f"{told} arises only when {names.clause(decision.when)}{share}; all this is about where it does."


def known_lines(names: CaseNames, found: ChoiceExplanation) -> Iterator[str]:
    """Yield what the owner has seen, what only weighs, what is set aside, and how often there is no choice."""
    view, who = found.vantage, names.actor_inside(found.asked.decision.by)
    yield from arises_lines(names, found.asked.decision, found.arises)
    if len(found.best_in) > 1:
        decision = found.asked.decision.id
        told = listing([f"{_alike(names, decision, some)} in {percent(weight)}" for some, weight in found.best_in])
        yield f"What is best depends on what {who} can see by then: {told} of what is possible."
    if view.told:
        yield f"Seen by {who}: {_conditions(names, view.told)}."
    if view.hidden:
        yield f"Not seen by {who}, so that it only weighs worlds and situations: {_conditions(names, view.hidden)}."
    if view.aside:
        yield f"Set aside, as it is the choice itself or may come of it: {_conditions(names, view.aside)}."
    effective = found.tables[0].effective_worlds
    if effective < FEW:
        yield f"Only {counted(round(effective), 'effective world')} count here: take the order of options with care."
    if found.no_choice > 1e-9:
        yield f"In {percent(found.no_choice)} of what is possible only one option is open."


def options_sheet(names: CaseNames, found: ChoiceExplanation, table: ChoiceTable) -> Sheet:
    """Return options by stakes, the best first: points of worth, their sum, how often each is chosen and best."""
    stakes = (capitalised(names.stake(stake.actor, stake.id)) for stake in found.stakes)
    columns = ["Option", *stakes, "Sum", "Chosen", "Best"]
    rows = [
        (
            names.state(found.asked.decision.id, one.option),
            *(_worth(cell.mean) for cell in one.stakes),
            _worth(one.total.mean),
            percent(one.chosen),
            of_worlds(one.best_in),
        )
        for one in table.options
    ]
    caption = (
        f"What each option comes to for {names.actor_inside(found.asked.decision.by)}, in {WORTH} (weight x worth)"
    )
    return Sheet(caption, tuple(columns), tuple(rows), numeric=frozenset(range(1, len(columns))), close=True)


def change_parts(names: CaseNames, found: ChoiceExplanation, table: ChoiceTable) -> Iterator[ReportPart]:
    """Yield what would have to change for the second option to be first, or why that is not told."""
    second = names.state(found.asked.decision.id, table.options[1].option)
    if not table.is_clear:
        yield Paragraph(f"What would have to change for {second} to be first: as good as nothing.")
        return
    if not table.changes:
        yield Paragraph(
            f"No single number, anywhere in 99 % of its range, was found that would make {second} the best by itself."
        )
        return
    tried = max(change.worlds for change in table.changes)
    yield Paragraph(
        f"What would have to change for {second} to be first: one of these numbers alone, all others as drawn, "
        f"found by solving the case anew in {tried:,} worlds with that number the same in all of them."
    )
    yield changes_sheet(names, found, table)


def changes_sheet(names: CaseNames, found: ChoiceExplanation, table: ChoiceTable) -> Sheet:
    """Return the single numbers that would turn the choice, the likeliest first."""
    rows = []
    for change in table.changes:
        one = change.number
        rows.append(
            (
                number_name(names, one),
                f"{'above' if change.above else 'below'} {value_said(one, change.needed)}",
                value_said(one, change.stands),
                range_said(one, change.low, change.high),
                percent(change.beyond),
                one.because or UNDEFINED,
            )
        )
    columns = ("Number", "Needed", "Now", "90 % range", "How likely", "Because")
    caption = f"What would make {names.state(found.asked.decision.id, table.options[1].option)} the first"
    return Sheet(caption, columns, tuple(rows), numeric=frozenset(range(1, 5)))


def speaking_sheet(names: CaseNames, found: ChoiceExplanation, table: ChoiceTable) -> Sheet:
    """Return the three numbers that speak most for each option and against it, the option asked about alone."""
    asked = [one for one in table.options if one.option == found.asked.option] or list(table.options)
    rows = [row for one in asked for row in _speaking(names, found, one)]
    caption = f"What speaks most for each option and against it: {WORTH} above or below the mean of the options"
    columns = ("Option", "Adds", "Number", "Written", "Counts in", *(["Line"] if names.code else []))
    return Sheet(caption, columns, tuple(rows), numeric=frozenset({1, 4, *([5] if names.code else [])}))


def _speaking(names: CaseNames, found: ChoiceExplanation, option: ExplainedOption) -> Iterator[tuple[str, ...]]:
    for line in (*option.speaks_for, *reversed(option.speaks_against)):
        sourced = line.amount.sourced
        yield (
            names.state(found.asked.decision.id, option.option),
            f"{plain(line.adds, Unit.POINTS):+.2g}" if abs(line.adds) < 1 else f"{line.adds:+.1f}",
            amount_name(names, line.amount),
            quantity_words(names, sourced.quantity),
            percent(line.applies),
            *([str(sourced.place.line or UNDEFINED)] if names.code else []),
        )


def situations_sheet(names: CaseNames, found: ChoiceExplanation) -> Sheet:
    """Return what is best in each of the likeliest situations."""
    rows = [dict(one.saw) for one in found.situations]
    differing = [name for name in rows[0] if len({row[name] for row in rows}) > 1]
    told = tuple(
        (
            _situation(names, one.saw, differing),
            percent(one.weight),
            _alike(names, found.asked.decision.id, one.alike),
            UNDEFINED if len(one.alike) > 1 else names.state(found.asked.decision.id, one.second),
            _worth(one.lead),
        )
        for one in found.situations
    )
    which = "the likeliest of the" if found.sets > len(rows) else "the"
    caption = f"What is best in each situation: {which} {counted(found.sets, 'situation')} that can be"
    columns = ("Situation", "How likely", "Best", "Second", "Ahead by")
    return Sheet(caption, columns, told, numeric=frozenset({1, 4}))


def _alike(names: CaseNames, decision: str, options: Sequence[str]) -> str:
    return listing([names.state(decision, option) for option in options], "or")


def _situation(names: CaseNames, saw: States, differing: Sequence[str]) -> str:
    return " and ".join(names.is_state(name, state) for name, state in saw if name in differing)


def _menu(names: CaseNames, found: ChoiceExplanation, table: ChoiceTable) -> str:
    return f"{_where(names, found, table)}:"


def _where(names: CaseNames, found: ChoiceExplanation, table: ChoiceTable) -> str:
    options = listing([names.state(found.asked.decision.id, one.option) for one in table.options])
    return f"Where the options are {options} ({percent(table.weight)} of what is possible)"


def _footer(names: CaseNames, found: ChoiceExplanation, worlds: int, seed: int) -> str:
    effective = found.tables[0].effective_worlds
    return (
        f"{names.case.title}; {counted(worlds, 'world')} ({effective:,.0f} effective), seed {seed}. A cell is what is "
        "expected of a stake after the option, given what the one who decides has seen by then and nothing else, times "
        "the weight of the stake; everybody else follows the rules of the game. Situations and worlds weigh what the "
        "evidence makes them. Best: in how many worlds and situations no other option is worth more. Counts in: how "
        "likely the number counts after the option."
    )


def _conditions(names: CaseNames, pieces: Sequence[Expression]) -> str:
    return listing([f"that {names.clause(piece)}" for piece in pieces])


def _points(value: float | None) -> str:
    return f"{number(plain(value, Unit.POINTS), 2)} {WORTH}"


def _share(share: float) -> str:
    return f"{percent(share)} of the time"


def _worth(value: float | None) -> str:
    return UNDEFINED if value is None else f"{round(value, 1) + 0.0:.1f}"
