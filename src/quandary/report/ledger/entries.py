"""Questions and forecasts as people read them: what was added, what is there, what is due, what is whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from quandary.base.problems import Problem, counted
from quandary.ledger.chain import Verification
from quandary.ledger.due import APART, SOON, Due
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.importing import Imported
from quandary.ledger.lint import Flaw
from quandary.ledger.moments import moment
from quandary.ledger.records import LedgerForecast, LedgerQuestion
from quandary.ledger.scores.scored import Scored
from quandary.ledger.store.store import Appended
from quandary.report.ledger.said import (
    day_told,
    forecast_told,
    last_told,
    name_of,
    outcome_told,
    short,
    value_told,
)
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.words.wording import listing, number, percent

Added = Sequence[tuple[int, LedgerQuestion, tuple[tuple[str, LedgerForecast], ...], tuple[Flaw, ...]]]
MOST = 200
"""Questions of a list on a screen."""
UNREAD = 10
"""Rows of a file, not read, that are told one by one."""


def added_parts(place: str, appended: Appended, entries: Added) -> Iterator[ReportPart]:
    """Yield each question with what was forecast, and what is wrong with it."""
    for asked, question, forecasts, wrong in entries:
        yield Paragraph(f"#{asked}  {question.text}", "strong")
        until = f"until {day_told(question.until)}" if question.until else "with no last day"
        condition = f", if {question.condition}" if question.condition else ""
        said = "; ".join(f"{name} {forecast_told(forecast, question)}" for name, forecast in forecasts)
        yield Paragraph(f"{said or 'No forecast yet'}, {until}{condition}.", indent=2)
        if question.unscorable:
            yield Paragraph(f"Kept, but not scored: {question.unscorable}.", indent=2)
        for flaw in wrong:
            yield Paragraph(f"{flaw.what[:1].upper()}{flaw.what[1:]}; {flaw.mend}.", "aside", indent=2)
    yield Paragraph()
    yield Paragraph(_appended(place, appended))
    yield Paragraph(f"Head: {appended.head}", "aside")


def imported_parts(place: str, file: str, found: Imported) -> Iterator[ReportPart]:
    """Yield what became of a file."""
    read = found.rows - found.unread
    if found.chained is None:
        yield Paragraph(f"Read {counted(read, 'row')} of {found.rows:,} in {file} ({found.kind}).")
    else:
        yield Paragraph(f"Read {counted(read, 'entry', 'entries')} in {file}, whose chain holds.")
    if found.unread:
        yield Paragraph(f"Not read: {counted(found.unread, 'row')}.", "strong")
        for one in found.first[:UNREAD]:
            yield Paragraph(f"{one.file}, line {one.line:,}: {one.reason}.", indent=2)
        if found.unread > UNREAD:
            yield Paragraph(f"and {found.unread - UNREAD:,} more; --json lists up to {len(found.first)}.", indent=2)
    if found.repeated:
        told = f"Said twice over by the file: {counted(found.repeated, 'forecast')}, as the row before of the same day"
        yield Paragraph(f"{told}: counted once.")
    if found.chained:
        yield Paragraph("They keep their numbers, times and digests.")
    elif found.chained is False:
        told = f"{place} has entries that {file} has not, so that these were entered anew, with digests of their own."
        yield Paragraph(told)
    yield Paragraph(_appended(place, found.appended))
    yield Paragraph(f"Head: {found.appended.head}", "aside")


def _appended(place: str, appended: Appended) -> str:
    known = f"; {appended.known:,} {'was' if appended.known == 1 else 'were'} there already" if appended.known else ""
    late = " The clock is behind the ledger's last entry, whose time was taken." if appended.late else ""
    return f"{counted(appended.added, 'entry', 'entries')} added to {place}{known}.{late}"


def list_parts(
    place: str, found: Sequence[QuestionHistory], names: Mapping[str, str], counts: tuple[int, int], today: date
) -> Iterator[ReportPart]:
    """Yield a table of questions; those whose last day has passed are set apart. ``counts`` are how many match, and how
    many there are.
    """
    matching, every = counts
    if not found:
        yield Paragraph(
            f"No question of {counted(every, 'question')} in {place} is like that." if every else f"{place} is empty."
        )
        return
    shown = found[:MOST]
    now = today.toordinal()
    late = frozenset(
        row
        for row, one in enumerate(shown)
        if one.resolution is None and one.question.until and moment(one.question.until, end=True) <= now
    )
    rows = tuple(
        (
            f"#{one.number}",
            short(one.question.text),
            one.question.until + (", overdue" if row in late else "") if one.question.until else "–",
            short(last_told(one, names), 36),
            "not scored"
            if one.question.unscorable and one.resolution is None
            else outcome_told(one.resolution, one.question),
        )
        for row, one in enumerate(shown)
    )
    caption = (
        f"{counted(matching, 'question')} of {every:,} in {place}"
        if matching < every
        else f"{counted(every, 'question')} in {place}"
    )
    yield Paragraph(caption, "strong")
    yield Sheet(caption, ("", "Question", "Until", "Last said", "Came"), rows, flagged=late)
    if matching > len(shown):
        told = f"and {matching - len(shown):,} more: name a --tag or words, or go on with --after {shown[-1].number}."
        yield Paragraph(told, "aside")


def show_parts(history: QuestionHistory, names: Mapping[str, str]) -> Iterator[ReportPart]:
    """Yield one question with its history."""
    question = history.question
    yield Paragraph(f"#{history.number}  {question.text}", "title")
    facts = [
        ("Counts if", question.condition),
        ("What counts", question.rule),
        ("Settled by", question.source),
        ("Opened", day_told(question.opened) if question.opened else ""),
        ("Last day", day_told(question.until) if question.until else ""),
        ("Options", ", ".join(question.options)),
        ("Tags", ", ".join(question.tags)),
        ("Set", question.set),
        (
            "From",
            f"{question.link.case}, {question.link.name} (digest {question.link.digest[:12]})" if question.link else "",
        ),
        ("Not scored", question.unscorable),
        ("Notes", question.notes),
    ]
    for name, told in facts:
        if told:
            yield Paragraph(f"{name}: {told}", indent=2)
    for before in history.worded:
        wording = [before.rule, f"last day {day_told(before.until)}" if before.until else "", before.condition]
        about = "; ".join(part for part in wording if part)
        yield Paragraph(f"Worded before: {before.text}{f' ({about})' if about else ''}", "aside", indent=2)
    yield from _settled(history)
    yield Paragraph()
    if not history.said:
        yield Paragraph("No forecast yet.")
        return
    rows = tuple(
        (
            day_told(one.forecast.said),
            name_of(one.forecast.by, names),
            one.forecast.judge.value,
            forecast_told(one.forecast, question),
        )
        for one in history.said
    )
    yield Sheet("What was said", ("Day", "Who", "Kind", "Forecast"), rows)
    yield from _beside(history, names)


def _settled(history: QuestionHistory) -> Iterator[ReportPart]:
    """Yield how a question was settled, and as what before."""
    question, resolution = history.question, history.resolution
    if resolution is None:
        yield Paragraph("Open.", indent=2)
    else:
        source = f", {resolution.source}" if resolution.source else ""
        yield Paragraph(
            f"Came: {outcome_told(resolution, question)}, {day_told(resolution.day)}{source}.", "strong", indent=2
        )
        for one in history.corrected:
            yield Paragraph(f"Corrected: it was settled as {outcome_told(one, question)} before.", "aside", indent=2)


def _beside(history: QuestionHistory, names: Mapping[str, str]) -> Iterator[ReportPart]:
    """Yield where and how each forecast was said; what was the same for several of one forecaster once."""
    told: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for one in history.said:
        forecast = one.forecast
        quote = f"“{forecast.quote}”" if forecast.quote else ""
        derived = f"Derived: {forecast.derived}" if forecast.derived else ""
        run = ""
        if forecast.model is not None:
            seed = "" if forecast.seed is None else f", seed {forecast.seed}"
            run = f"Digest {forecast.model.digest[:12]}{seed}, Quandary {forecast.version}"
        source = "" if forecast.model is not None and forecast.source == forecast.model.case else forecast.source
        parts = tuple(part for part in (quote, source, derived, run, forecast.notes) if part)
        if parts:
            told.setdefault((name_of(forecast.by, names), parts), []).append(day_told(forecast.said))
    if told:
        yield Paragraph()
        yield Paragraph("Where and how it was said", "strong")
    for (name, parts), days in told.items():
        yield Paragraph(f"{name}, {listing(days)}: {' '.join(_ended(part) for part in parts)}", indent=2)


def _ended(text: str) -> str:
    told = text if text.startswith(("http://", "https://")) else f"{text[:1].upper()}{text[1:]}"
    return told if told.endswith((".", "”", "?", "!")) else f"{told}."


def resolved_parts(history: QuestionHistory, found: Sequence[Scored], names: Mapping[str, str]) -> Iterator[ReportPart]:
    """Yield how a question was settled, and what each forecaster scored on it."""
    question = history.question
    yield Paragraph(f"{question.text}: {outcome_told(history.resolution, question)}.", "strong")
    if not found:
        yield Paragraph("Nothing of it is scored.", indent=2)
    for one in found:
        told = ", ".join(f"{rule} {number(value)}" for rule, value in one.last.items())
        said = forecast_told(one.parts[-1].forecast, question)
        yield Paragraph(f"{name_of(one.by, names)} last said {said}: {told}.", indent=2)


def today_parts(found: Due, names: Mapping[str, str]) -> Iterator[ReportPart]:
    """Yield what is to be done on a day, each kind with its command."""
    if found.nothing:
        yield Paragraph(f"Nothing is due on {day_told(found.today.isoformat())}, nor within {SOON} days.")
        return
    for title, histories in (
        ("To settle: their last day has passed", found.overdue),
        (f"Due within {SOON} days", found.soon),
    ):
        if histories:
            yield Paragraph(title, "strong")
            yield Sheet(
                title,
                ("", "Question", "Last day", "Last said"),
                tuple(
                    (f"#{one.number}", short(one.question.text), one.question.until, short(last_told(one, names), 36))
                    for one in histories
                ),
            )
            if histories is found.overdue:
                yield Paragraph(f'    quandary ledger resolve "#{histories[0].number}" yes', "aside")
    for history, condition in found.failed:
        yield Paragraph(
            f"#{history.number} {short(history.question.text)}: its condition did not happen (#{condition.number})."
        )
        yield Paragraph(f'    quandary ledger resolve "#{history.number}" void', "aside")
    for one in found.apart:
        question = one.history.question
        model, person = (forecast_told(said, question) for said in (one.model, one.person))
        told = f"the model says {model}, {name_of(one.person.by, names)} {person}"
        yield Paragraph(f"#{one.history.number} {short(question.text)}: {told}: more than {percent(APART)} apart.")
    for broken in found.broken:
        question = broken.history.question
        came = "it has not come yet" if broken.came is None else f"it came at {value_told(broken.came, question)}"
        range_said = forecast_told(broken.forecast, question)
        told = f"{name_of(broken.forecast.by, names)} said {range_said}; {came}"
        yield Paragraph(f"#{broken.history.number} {short(question.text)}: {told}.")


def verified_parts(place: str, found: Verification) -> Iterator[ReportPart]:
    """Yield what a verification proves, and what it does not."""
    if found.broken is not None:
        return
    if found.held is False:
        return
    entries = counted(found.entries, "entry", "entries")
    if found.held:
        yield Paragraph(f"Whole: {entries} in {place}; nothing up to that head was altered or removed.")
    else:
        yield Paragraph(f"Consistent: {entries} in {place}, each of which follows from the one before.")
        yield Paragraph(
            "That nothing was removed at the end, only a head that you kept elsewhere can show: --head HASH."
        )
    yield Paragraph(f"Head: {found.head}", "aside")


def verification_problems(place: str, found: Verification) -> tuple[Problem, ...]:
    """Return what is broken, as a fault (Q917)."""
    hint = "compare with a backup: quandary ledger restore"
    if found.broken is not None:
        return (Problem("Q917", f"{place} is broken at entry {found.broken}: {found.reason}", hint=hint),)
    if found.held is False:
        message = f"{place} does not have the head that was kept: entries were altered or removed"
        return (Problem("Q917", message, hint=hint),)
    return ()
