"""ForecastBench: a table of market questions with the crowd's value on a day, joined with what came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from quandary.ledger.formats import tables, values
from quandary.ledger.formats.items import Item, UnreadRow
from quandary.ledger.records import ForecasterKind, LedgerForecast, LedgerQuestion, LedgerResolution, OutcomeKind

COLUMNS = ("question_id", "source", "question", "resolution_criteria", "forecast_as_of", "crowd", "resolved")
SET = "ForecastBench"


def read(path: Path, encoding: str | None = None) -> Iterator[Item | UnreadRow]:
    """Yield what each row says: a question, what the crowd of its market gave, and how it was settled."""
    for line, row in tables.rows(path, encoding):
        if isinstance(row, str):
            yield UnreadRow(path.name, line, row)
            continue
        try:
            yield _item(row)
        except ValueError as fault:
            yield UnreadRow(path.name, line, str(fault))


def _item(row: Mapping[str, str]) -> Item:
    if not row["question"].strip():
        message = "it has no text"
        raise ValueError(message)
    market = row["source"].strip()
    question = LedgerQuestion(
        text=row["question"].strip(),
        rule=row["resolution_criteria"].strip(),
        source=row.get("url", "").strip(),
        opened=values.day(row.get("opened", "")),
        until=values.day(row.get("closes", "")),
        tags=(market,) if market else (),
        set=SET,
        same_as=f"forecastbench:{row['question_id'].strip()}",
    )
    who = f"{market.capitalize()} crowd" if market else "Crowd"
    given = LedgerForecast(
        "",
        "",
        values.day(row["forecast_as_of"]),
        judge=ForecasterKind.CROWD,
        probability=values.probability(row["crowd"]),
        source=row.get("url", "").strip(),
    )
    return Item(question, ((who, given),), _resolution(row))


def _resolution(row: Mapping[str, str]) -> LedgerResolution | None:
    if not row["resolved"].strip() or not values.yes_or_no(row["resolved"]):
        return None
    day, value = values.day(row.get("resolution_date", "")), values.probability(row.get("resolved_to", ""))
    if not day:
        message = "it is resolved, but not when"
        raise ValueError(message)
    if value in (0.0, 1.0):
        return LedgerResolution("", OutcomeKind.YES if value else OutcomeKind.NO, day)
    return LedgerResolution("", OutcomeKind.SHARE, day, value=value)
