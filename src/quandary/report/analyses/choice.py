"""Why an actor chooses as it does, in words and as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from quandary.ask.turning.option_worths import States
from quandary.ask.why.choice import ChoiceExplanation, ChoiceTable, ExplainedOption
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language.heads import Unit
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.conditions import condition_words, owner, role_words
from quandary.report.words.headline import quantity_value
from quandary.report.words.names import actor_name, spaced, variable_title
from quandary.report.words.units import plain
from quandary.report.words.wording import UNDEFINED, listing, number, of_worlds, percent

WORTH = "points of worth"

FEW = 400
"""Effective worlds below which a reader is warned."""


def choice_parts(case: Case, found: ChoiceExplanation, worlds: int, seed: int) -> Iterator[ReportPart]:
    """Yield the whole explanation: the sentence, what was known, a table for each menu, and what would turn it."""
    decision = found.asked.decision
    yield Paragraph(f"{actor_name(case, decision.by)}: {variable_title(case, decision.id)}", tone="title")
    yield Paragraph(choice_sentence(case, found), tone="strong")
    for line in known_lines(case, found):
        yield Paragraph(line)
    for table in found.tables:
        yield Paragraph()
        if len(found.tables) > 1:
            yield Paragraph(_menu(table), tone="strong")
        yield from _under_its_caption(options_sheet(case, found, table))
        yield Paragraph()
        for part in change_parts(case, table, places=True):
            yield replace(part, caption="") if isinstance(part, Sheet) else part
        yield Paragraph()
        yield from _under_its_caption(speaking_sheet(case, found, table))
    if found.sets > 1:
        yield Paragraph()
        yield from _under_its_caption(situations_sheet(case, found))
    yield Paragraph()
    yield Paragraph(_footer(case, found, worlds, seed), tone="aside")
    yield Paragraph()


def _under_its_caption(sheet: Sheet) -> Iterator[ReportPart]:
    """Yield a sheet's caption as a line of its own, which a terminal shows too, and the sheet."""
    yield Paragraph(f"{sheet.caption}:")
    yield replace(sheet, caption="")


def brief_choice(case: Case, found: ChoiceExplanation) -> Iterator[ReportPart]:
    """Yield what a report shows of a choice: the sentence, what was known, options by stakes, what would turn it."""
    yield Paragraph(choice_sentence(case, found), tone="strong")
    for line in known_lines(case, found):
        yield Paragraph(line)
    for table in found.tables:
        if len(found.tables) > 1:
            yield Paragraph(_menu(table), tone="strong")
        yield options_sheet(case, found, table)
        yield from change_parts(case, table, places=False)


def choice_sentence(case: Case, found: ChoiceExplanation) -> str:
    """Return which option is best, by how much, how often it is chosen; and where the option asked about stands."""
    table = found.tables[0]
    best, second = table.options[:2]
    first, next_best = spaced(best.option), spaced(second.option)
    if table.is_clear:
        told = f"Best on average is {first}, ahead of {next_best} by {_points(table.lead.mean)}"
    elif table.lead.mean is not None and abs(table.lead.mean) <= 1e-9:
        told = f"The two best, {first} and {next_best}, are worth the same"
    else:
        told = f"No difference shows between the two best, {first} and {next_best}"
    chosen = f"{first} is chosen {_share(best.chosen)}, {next_best} {_share(second.chosen)}"
    sentence = f"{told}; {chosen}."
    asked = found.asked.option
    rank = next((i for i, one in enumerate(table.options) if one.option == asked), 0)
    if rank > 1:
        behind = (best.total.mean or 0.0) - (table.options[rank].total.mean or 0.0)
        place = ("third", "fourth", "fifth", "sixth")[rank - 2] if rank < 6 else f"number {rank + 1}"
        share = _share(table.options[rank].chosen)
        sentence += (
            f" {spaced(asked or '').capitalize()} comes {place}, {_points(behind)} behind, and is chosen {share}."
        )
    if asked is not None and all(one.option != asked for one in table.options):
        sentence += f" {spaced(asked).capitalize()} is not open there."
    return sentence


def known_lines(case: Case, found: ChoiceExplanation) -> Iterator[str]:
    """Yield what the owner has seen, what only weighs, what is set aside, and how often there is no choice."""
    view, who = found.vantage, owner(case, found.asked.decision.by)
    if len(found.best_in) > 1:
        told = listing([f"{spaced(option)} in {percent(weight)}" for option, weight in found.best_in])
        yield f"What is best depends on what {who} can see by then: {told} of what is possible."
    if view.told:
        yield f"Seen by {who}: {_conditions(case, view.told)}."
    if view.hidden:
        yield f"Not seen by {who}, so that it only weighs worlds and situations: {_conditions(case, view.hidden)}."
    if view.aside:
        yield f"Set aside, as it is the choice itself or may come of it: {_conditions(case, view.aside)}."
    effective = found.tables[0].effective_worlds
    if effective < FEW:
        yield f"Only {counted(round(effective), 'effective world')} count here: take the order of options with care."
    if found.no_choice > 1e-9:
        yield f"In {percent(found.no_choice)} of what is possible only one option is open."


def options_sheet(case: Case, found: ChoiceExplanation, table: ChoiceTable) -> Sheet:
    """Return options by stakes, the best first: points of worth, their sum, how often each is chosen and best."""
    columns = ["Option", *(spaced(stake.id) for stake in found.stakes), "Sum", "Chosen", "Best"]
    rows = [
        (
            spaced(one.option),
            *(_worth(cell.mean) for cell in one.stakes),
            _worth(one.total.mean),
            percent(one.chosen),
            of_worlds(one.best_in),
        )
        for one in table.options
    ]
    caption = f"What each option comes to for {owner(case, found.asked.decision.by)}, in {WORTH} (weight x worth)"
    return Sheet(caption, tuple(columns), tuple(rows), numeric=frozenset(range(1, len(columns))), close=True)


def change_parts(case: Case, table: ChoiceTable, *, places: bool) -> Iterator[ReportPart]:
    """Yield what would have to change for the second option to be first, or why that is not told."""
    second = spaced(table.options[1].option)
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
    yield changes_sheet(case, table, places=places)


def changes_sheet(case: Case, table: ChoiceTable, *, places: bool) -> Sheet:
    """Return the single numbers that would turn the choice, the likeliest first, with ``places`` also their lines."""
    rows = []
    for change in table.changes:
        one = change.number
        needed, stands, low, high = (
            quantity_value(one, v) for v in (change.needed, change.stands, change.low, change.high)
        )
        row = [
            role_words(case, one.role),
            f"{'above' if change.above else 'below'} {needed}",
            stands,
            f"{low} to {high}",
            percent(change.beyond),
        ]
        rows.append((*row, *([str(one.place.line)] if places else []), one.because or UNDEFINED))
    columns = ("Number", "Needed", "Now", "90 % range", "How likely", *(("Line",) if places else ()), "Because")
    caption = f"What would make {spaced(table.options[1].option)} the first"
    return Sheet(caption, columns, tuple(rows), numeric=frozenset(range(1, 5 + places)))


def speaking_sheet(case: Case, found: ChoiceExplanation, table: ChoiceTable) -> Sheet:
    """Return the three numbers that speak most for each option and against it, the option asked about alone."""
    asked = [one for one in table.options if one.option == found.asked.option] or list(table.options)
    rows = [row for one in asked for row in _speaking(case, one)]
    caption = f"What speaks most for each option and against it: {WORTH} above or below the mean of the options"
    columns = ("Option", "Adds", "Number", "Written", "Counts in", "Line")
    return Sheet(caption, columns, tuple(rows), numeric=frozenset({1, 4, 5}))


def _speaking(case: Case, option: ExplainedOption) -> Iterator[tuple[str, ...]]:
    for line in (*option.speaks_for, *reversed(option.speaks_against)):
        sourced = line.amount.sourced
        yield (
            spaced(option.option),
            f"{plain(line.adds, Unit.POINTS):+.2g}" if abs(line.adds) < 1 else f"{line.adds:+.1f}",
            role_words(case, line.amount.role),
            written(sourced.quantity),
            percent(line.applies),
            str(sourced.place.line or UNDEFINED),
        )


def situations_sheet(case: Case, found: ChoiceExplanation) -> Sheet:
    """Return what is best in each of the likeliest situations."""
    rows = [dict(one.saw) for one in found.situations]
    differing = [name for name in rows[0] if len({row[name] for row in rows}) > 1]
    told = tuple(
        (
            _situation(case, one.saw, differing),
            percent(one.weight),
            spaced(one.best),
            spaced(one.second),
            _worth(one.lead),
        )
        for one in found.situations
    )
    which = "the likeliest of the" if found.sets > len(rows) else "the"
    caption = f"What is best in each situation: {which} {counted(found.sets, 'situation')} that can be"
    columns = ("Situation", "How likely", "Best", "Second", "Ahead by")
    return Sheet(caption, columns, told, numeric=frozenset({1, 4}))


def _situation(case: Case, saw: States, differing: Sequence[str]) -> str:
    return "; ".join(f"{variable_title(case, name)}: {spaced(state)}" for name, state in saw if name in differing)


def _menu(table: ChoiceTable) -> str:
    options = listing([spaced(one.option) for one in table.options])
    return f"Where the options are {options} ({percent(table.weight)} of what is possible):"


def _footer(case: Case, found: ChoiceExplanation, worlds: int, seed: int) -> str:
    effective = found.tables[0].effective_worlds
    return (
        f"{case.title}; {counted(worlds, 'world')} ({effective:,.0f} effective), seed {seed}. A cell is what is "
        "expected of a stake after the option, given what the one who decides has seen by then and nothing else, times "
        "the weight of the stake; everybody else follows the rules of the game. Situations and worlds weigh what the "
        "evidence makes them. Best: in how many worlds and situations no other option is worth more. Counts in: how "
        "likely the number counts after the option."
    )


def _conditions(case: Case, pieces: Sequence[Expression]) -> str:
    return "; ".join(condition_words(case, piece) for piece in pieces)


def _points(value: float | None) -> str:
    return f"{number(plain(value, Unit.POINTS), 2)} {WORTH}"


def _share(share: float) -> str:
    return f"{percent(share)} of the time"


def _worth(value: float | None) -> str:
    return UNDEFINED if value is None else f"{round(value, 1) + 0.0:.1f}"
