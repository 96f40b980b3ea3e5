"""Metaculus: a person's own download (a folder or ZIP with ``question_data.csv`` and ``forecast_data.csv``).

Lists are Python literals; a continuous forecast is a CDF at the points of its range (201 of them); options may be null
for a time. A forecast holds from its start to its end, after which it is withdrawn unless another begins.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from quandary.base.problems import Problem, Refusal
from quandary.ledger.formats import tables, values
from quandary.ledger.formats.items import Item, UnreadRow
from quandary.ledger.records import (
    ForecasterKind,
    LedgerForecast,
    LedgerQuestion,
    LedgerResolution,
    OutcomeKind,
    QuestionKind,
)

QUESTIONS, FORECASTS = "question_data.csv", "forecast_data.csv"
KINDS = {
    "binary": QuestionKind.BINARY,
    "multiple_choice": QuestionKind.CHOICE,
    "numeric": QuestionKind.NUMBER,
    "discrete": QuestionKind.NUMBER,
    "date": QuestionKind.DAY,
}
Known = tuple[LedgerQuestion, LedgerResolution | None, list[str]]
"""A question, how it was settled, and the points of its scale."""
LARGEST = 1 << 30
"""Bytes of a file of a ZIP when unpacked."""
SMALL, DENSEST = 16 << 20, 200
"""Bytes from which a file of a ZIP may not be more than so many times as large as it is packed: tables are never."""
CROWDS = ("recency_weighted", "unweighted", "metaculus_prediction", "single_aggregation")


def read(path: Path, encoding: str | None = None) -> Iterator[Item | UnreadRow]:
    """Yield what each forecast of a download says; raises ``Refusal`` (Q920) where a file of it is missing."""
    with _folder(path) as folder:
        questions: dict[str, Known] = {}
        for line, row in tables.rows(folder / QUESTIONS, encoding):
            try:
                if isinstance(row, str):
                    raise ValueError(row)
                found = _question(row)
                questions[row["Question ID"]] = found
                yield Item(found[0], (), found[1])
            except (ValueError, KeyError) as fault:
                yield UnreadRow(QUESTIONS, line, _reason(fault))
        for line, row in tables.rows(folder / FORECASTS, encoding):
            try:
                if isinstance(row, str):
                    raise ValueError(row)
                yield _forecast(row, questions)
            except (ValueError, KeyError) as fault:
                yield UnreadRow(FORECASTS, line, _reason(fault))


def _reason(fault: Exception) -> str:
    return f"it has no column {fault}" if isinstance(fault, KeyError) else str(fault)


@contextmanager
def _folder(path: Path) -> Iterator[Path]:
    """Yield the folder of a download; a ZIP's two files are unpacked for as long as they are read."""
    if path.is_dir():
        yield path
        return
    try:
        with TemporaryDirectory() as made, zipfile.ZipFile(path) as packed:
            for name in (QUESTIONS, FORECASTS):
                inside = next((one for one in packed.infolist() if Path(one.filename).name == name), None)
                if inside is None:
                    raise Refusal(Problem("Q920", f"{path} has no {name}", hint="name what Metaculus sent"))
                bomb = inside.file_size > max(SMALL, DENSEST * inside.compress_size)
                if bomb or inside.file_size > LARGEST:
                    told = f"{path}: {name} would be {inside.file_size >> 20:,} MiB when unpacked"
                    raise Refusal(Problem("Q920", told, hint="unpack it yourself if you trust it, and name the folder"))
                _unpack(packed, inside, Path(made) / name)
            yield Path(made)
    except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as fault:
        hint = "name the folder or the ZIP that Metaculus sent"
        raise Refusal(Problem("Q920", f"{path} is no download of Metaculus", hint=hint)) from fault


def _unpack(packed: zipfile.ZipFile, inside: zipfile.ZipInfo, target: Path) -> None:
    left = LARGEST
    with packed.open(inside) as source, target.open("wb") as file:
        while part := source.read(io.DEFAULT_BUFFER_SIZE * 16):
            left -= len(part)
            if left < 0:
                raise Refusal(Problem("Q920", f"{inside.filename} is larger than it says"))
            file.write(part)


def _question(row: Mapping[str, str]) -> Known:
    kind = KINDS.get(row["Question Type"].strip())
    if kind is None:
        message = f'a question of the type "{row["Question Type"]}" is not known'
        raise ValueError(message)
    listed = row.get("MC Options (All)", "") or row.get("MC Options (Current)", "")
    options = [values.text(one) for one in values.list_of(listed)]
    question = LedgerQuestion(
        text=row["Question Title"].strip(),
        kind=kind,
        options=tuple(options),
        source=row.get("Question URL", "").strip(),
        opened=values.day(row.get("Open Time", "")),
        closes=values.day(row.get("Actual Close Time", "") or row.get("Scheduled Close Time", "")),
        until=values.day(row.get("Scheduled Close Time", "")),
        tags=tuple(values.text(one) for one in values.list_of(row.get("Categories", ""))),
        set=row.get("Default Project", "").strip(),
        low=_bound(row.get("Lower Bound", ""), kind),
        high=_bound(row.get("Upper Bound", ""), kind),
        same_as=f"metaculus:{row['Question ID'].strip()}",
    )
    return question, _resolution(row, question), [str(one) for one in values.list_of(row.get("Continuous Range", ""))]


def _bound(cell: str, kind: QuestionKind) -> float | None:
    return _number(cell, kind) if cell.strip() and kind in (QuestionKind.NUMBER, QuestionKind.DAY) else None


def _number(cell: str, kind: QuestionKind) -> float:
    """Return a point of a scale; days as ordinals with fractions, from ISO or seconds since 1970."""
    if kind != QuestionKind.DAY:
        return values.number(cell)
    try:
        at = datetime.fromtimestamp(float(cell), UTC)
    except (ValueError, OverflowError, OSError):
        at = datetime.fromisoformat(values.day_or_time(cell)).replace(tzinfo=UTC)
    return at.toordinal() + (at.hour * 3600 + at.minute * 60 + at.second) / 86_400


def _resolution(row: Mapping[str, str], question: LedgerQuestion) -> LedgerResolution | None:
    told = row.get("Resolution", "").strip()
    day = values.day_or_time(row.get("Resolution Known Time", "") or row.get("Actual Close Time", ""))
    if not told or not day:
        return None
    if told in ("annulled", "ambiguous"):
        return LedgerResolution("", OutcomeKind.VOID if told == "annulled" else OutcomeKind.AMBIGUOUS, day)
    if question.kind == QuestionKind.BINARY:
        return LedgerResolution("", OutcomeKind.YES if values.yes_or_no(told) else OutcomeKind.NO, day)
    if question.kind == QuestionKind.CHOICE:
        if told not in question.options:
            message = f'it is settled as "{told}", which is no option of it'
            raise ValueError(message)
        return LedgerResolution("", OutcomeKind.OPTION, day, option=told)
    beyond = {"above_upper_bound": question.high, "below_lower_bound": question.low}
    value = beyond[told] if told in beyond else _number(told, question.kind)
    notes = "beyond the end of the scale" if told in beyond else ""
    return LedgerResolution("", OutcomeKind.VALUE, day, value=value, notes=notes)


def _forecast(
    row: Mapping[str, str], questions: Mapping[str, tuple[LedgerQuestion, LedgerResolution | None, list[str]]]
) -> Item:
    known = questions.get(row["Question ID"])
    if known is None:
        message = f"its question {row['Question ID']} is not in {QUESTIONS}"
        raise ValueError(message)
    question, _, scale = known
    who = (row.get("Forecaster Username") or row.get("Forecaster (Anonymized)") or "unnamed").strip()
    crowd = who in CROWDS
    said = values.day_or_time(row["Start Time"])
    if not said:
        message = "nothing says when it began"
        raise ValueError(message)
    judge = ForecasterKind.CROWD if crowd else ForecasterKind.PERSON
    if values.yes_or_no(row.get("Is Bot") or "no"):
        judge = ForecasterKind.MODEL
    name = f"Metaculus crowd ({who})" if crowd else who
    given = [(name, _values(row, question, scale, said, judge))]
    if ends := values.day_or_time(row.get("End Time", "")):
        given.append((name, LedgerForecast("", "", ends, judge=judge)))
    return Item(question, tuple(given))


def _values(
    row: Mapping[str, str], question: LedgerQuestion, scale: list[str], said: str, judge: ForecasterKind
) -> LedgerForecast:
    if question.kind == QuestionKind.BINARY:
        return LedgerForecast("", "", said, judge=judge, probability=values.probability(row["Probability Yes"]))
    if question.kind == QuestionKind.CHOICE:
        per = values.list_of(row["Probability Yes Per Category"])
        told = [0.0 if one is None else values.number(str(one)) for one in per]  # null: it was no option then
        return LedgerForecast("", "", said, judge=judge, probabilities=values.shares(told, question.options))
    cumulative = [values.number(str(one)) for one in values.list_of(row["Continuous CDF"])]
    points = [_number(one, question.kind) for one in scale]
    if not points:
        message = "its question does not say at which values (Continuous Range), and scales need not be even"
        raise ValueError(message)
    values.distribution(points, cumulative)
    return LedgerForecast("", "", said, judge=judge, points=tuple(points), cumulative=tuple(cumulative))
