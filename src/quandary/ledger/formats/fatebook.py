"""Fatebook: its CSV export (a row a forecast, 0 to 1), and the CSV that it imports (in percent).

Columns as Sage-Future/fatebook writes and reads them. Times of an export have no zone and no zeros before single
digits: they are taken as UTC. An option of a question with several is a question of its own, linked to the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from quandary.ledger.formats import tables, values
from quandary.ledger.formats.items import Item, UnreadRow
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.records import LedgerForecast, LedgerQuestion, LedgerResolution, OutcomeKind, QuestionKind

TITLE, OPTION, WHO, SAID = "Question title", "Multiple choice option", "Forecast created by", "Forecast created at"
CREATED, CREATOR = "Question created at", "Question created by"
MIDNIGHT = "T00:00:00"
PROBABILITY = "Forecast (scale = 0-1)"
COLUMNS = (TITLE, WHO, PROBABILITY, SAID, "Question resolve by", "Resolution")
IMPORTED = ("questionTitle", "forecast", "qCreatedAt", "resolution", "resolvedAt", "resolveBy", "fCreatedAt", "tags")
"""Columns of the file that Fatebook imports, with ``notes`` at the end."""


def read(path: Path, encoding: str | None = None) -> Iterator[Item | UnreadRow]:
    """Yield what each row of an export says; of a file made for import too."""
    shared = _shared_stamps(path, encoding)
    for line, row in tables.rows(path, encoding):
        if isinstance(row, str):
            yield UnreadRow(path.name, line, row)
            continue
        try:
            yield _exported(row, shared) if TITLE in row else _to_import(row)
        except ValueError as fault:
            yield UnreadRow(path.name, line, str(fault))


def written(found: Iterable[QuestionHistory], person: str) -> Iterator[str]:
    """Yield the lines of a file that Fatebook imports: one person's forecasts of binary questions, in percent."""
    yield from tables.written((*IMPORTED, "notes"), (row for history in found for row in _rows(history, person)))


def fits(history: QuestionHistory) -> bool:
    """Return whether Fatebook can take a question: it has a day, and asks for yes or no."""
    return history.question.kind == QuestionKind.BINARY and bool(history.question.until)


def _stamp(row: Mapping[str, str]) -> str:
    """Return who made a question and when, by which it is known again though its title was edited: an export has no
    numbers of questions. Empty where that is not told to the second.
    """
    creator, made = row.get(CREATOR, "").strip(), values.day_or_time(row.get(CREATED, ""))
    return f"fatebook:{made}:{creator}" if creator and made[10:19] not in ("", MIDNIGHT) else ""


def _shared_stamps(path: Path, encoding: str | None) -> frozenset[str]:
    """Return the stamps that questions of several titles have: such are not known by them."""
    titles: dict[str, int] = {}
    shared = set()
    for _, row in tables.rows(path, encoding):
        if isinstance(row, str) or TITLE not in row:
            continue
        with suppress(ValueError):
            stamp, title = _stamp(row), hash(row[TITLE].strip())
            if stamp and titles.setdefault(stamp, title) != title:
                shared.add(stamp)
    return frozenset(shared)


def _exported(row: Mapping[str, str], shared: Collection[str]) -> Item:
    title, option = row[TITLE].strip(), row.get(OPTION, "").strip()
    if not title:
        message = "it has no title"
        raise ValueError(message)
    stamp = _stamp(row)
    place = "" if not stamp or stamp in shared else f"{stamp} [{option}]" if option else stamp
    question = LedgerQuestion(
        text=f"{title} [{option}]" if option else title,
        opened=values.day(row.get(CREATED, "")),
        until=values.day(row.get("Question resolve by", "")),
        tags=values.tags_of(row.get("Question tags", "")),
        linked=title if option else "",
        same_as=place,
        notes=row.get("Question notes", "").strip(),
    )
    said = values.day_or_time(row[SAID])
    forecast = LedgerForecast("", "", said, probability=values.probability(row[PROBABILITY])) if said else None
    who = row[WHO].strip()
    resolution = _resolution(row.get("Resolution", ""), row.get("Resolved at", ""), option)
    return Item(question, ((who, forecast),) if forecast else (), resolution)


def _to_import(row: Mapping[str, str]) -> Item:
    if not row.get("questionTitle", "").strip():
        message = "it has no title"
        raise ValueError(message)
    question = LedgerQuestion(
        text=tables.meant(row["questionTitle"]).strip(),
        opened=values.day(row.get("qCreatedAt", "")),
        until=values.day(row.get("resolveBy", "")),
        tags=values.tags_of(tables.meant(row.get("tags", ""))),
        notes=tables.meant(row.get("notes", "")).strip(),
    )
    said = values.day_or_time(row.get("fCreatedAt", "")) or question.opened
    told = row.get("forecast", "").strip()
    if not told or not said:
        message = "it has no forecast with its day"
        raise ValueError(message)
    # the file is in percent whether or not the sign is there
    forecast = LedgerForecast("", "", said, probability=values.probability(told if told.endswith("%") else f"{told}%"))
    resolution = _resolution(row.get("resolution", ""), row.get("resolvedAt", ""), "")
    return Item(question, (("", forecast),), resolution)


def _resolution(told: str, at: str, option: str) -> LedgerResolution | None:
    text = told.strip()
    if not text:
        return None
    day = values.day_or_time(at)
    if not day:
        message = "it is resolved, but not when"
        raise ValueError(message)
    if text.upper() in ("AMBIGUOUS", "OTHER") and not option:
        return LedgerResolution("", OutcomeKind.AMBIGUOUS, day)
    if option and text.upper() not in ("YES", "NO"):
        outcome = OutcomeKind.YES if text.casefold() == option.casefold() else OutcomeKind.NO
        return LedgerResolution("", OutcomeKind.AMBIGUOUS if text.upper() == "AMBIGUOUS" else outcome, day)
    return LedgerResolution("", OutcomeKind.YES if values.yes_or_no(text) else OutcomeKind.NO, day)


def _rows(history: QuestionHistory, person: str) -> Iterator[dict[str, object]]:
    question, resolution = history.question, history.resolution
    outcome = "" if resolution is None else resolution.outcome.value.upper()
    for one in history.said:
        forecast = one.forecast
        if forecast.by != person or forecast.probability is None or not fits(history):
            continue
        yield {
            "questionTitle": question.text,
            "forecast": f"{100 * forecast.probability:.12g}%",
            "qCreatedAt": question.opened or forecast.said[:10],
            "resolution": outcome if outcome in ("YES", "NO", "AMBIGUOUS") else "",
            "resolvedAt": "" if resolution is None else resolution.day[:10],
            "resolveBy": question.until,
            "fCreatedAt": forecast.said[:10],
            "tags": ", ".join(question.tags),
            "notes": question.notes,
        }
