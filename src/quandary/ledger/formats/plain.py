"""Plain CSV: a row a forecast, by the names of its columns; Quandary's own export is such a file, and comes back whole.

Columns that a file names otherwise can be told (``forecast=probwin``), and one can be put together of several
(``question={state}: {candidate}``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from quandary.base.problems import Problem, Refusal, nearest
from quandary.ledger.formats import tables, values
from quandary.ledger.formats.items import Item, UnreadRow
from quandary.ledger.histories import QuestionHistory
from quandary.ledger.moments import day, moment
from quandary.ledger.records import (
    CaseLink,
    ForecasterKind,
    LedgerForecast,
    LedgerQuestion,
    LedgerResolution,
    OutcomeKind,
    QuestionKind,
)
from quandary.ledger.stating import stated

QUESTION_COLUMNS = (
    *("question", "kind", "options", "rule", "settled by", "opened", "closes", "until", "condition", "tags", "set"),
    *("linked", "low", "high", "case", "case digest", "case name", "same as", "unscorable", "amends", "question notes"),
)
FORECAST_COLUMNS = (
    *(
        "who",
        "judge",
        "said",
        "forecast",
        "probabilities",
        "points",
        "cumulative",
        "words",
        "read low",
        "read high",
        "quote",
    ),
    *("source", "derived", "model", "model digest", "model name", "seed", "version", "notes"),
)
RESOLUTION_COLUMNS = ("resolution", "resolved on", "resolution source", "corrects", "resolution notes")
LISTS = ("options", "probabilities", "resolution")
"""What several columns can be put together to, joined by ``|``: ``probabilities={home}|{tie}|{away}``."""
COLUMNS = (*QUESTION_COLUMNS, *FORECAST_COLUMNS, *RESOLUTION_COLUMNS)
OTHER_NAMES = {
    "title": "question",
    "text": "question",
    "probability": "forecast",
    "p": "forecast",
    "prob": "forecast",
    "forecaster": "who",
    "author": "who",
    "name": "who",
    "user": "who",
    "date": "said",
    "day": "said",
    "forecast date": "said",
    "resolves by": "until",
    "resolve by": "until",
    "deadline": "until",
    "outcome": "resolution",
    "resolved": "resolution",
    "resolved at": "resolved on",
    "resolution date": "resolved on",
    "tag": "tags",
    "resolution criteria": "rule",
    "url": "source",
}
"""Names that columns have elsewhere."""
WRITTEN_OUT = {"kind": {kind.value for kind in QuestionKind}, "judge": {judge.value for judge in ForecasterKind}}
"""What can be told of all rows at once, in place of a column: ``judge=organisation``."""
Cell = Callable[[Mapping[str, str]], str]
PART = re.compile(r"\{([^{}]*)\}")
WORDED = {OutcomeKind.VOID: "void", OutcomeKind.AMBIGUOUS: "ambiguous"}


def read(path: Path, encoding: str | None = None, told: Mapping[str, str] | None = None) -> Iterator[Item | UnreadRow]:
    """Yield what each row says. ``told`` has the column, or what is put together of columns, by the name it stands for.

    Raises ``Refusal`` (Q921) where a column that is told is not there, or where nothing is the question.
    """
    cells: dict[str, Cell] | None = None
    for line, row in tables.rows(path, encoding):
        if isinstance(row, str):
            yield UnreadRow(path.name, line, row)
            continue
        if cells is None:
            cells = {name: _cell(source, name) for name, source in _sources(tuple(row), told or {}, path).items()}
        try:
            yield _item({name: cell(row) for name, cell in cells.items()})
        except ValueError as fault:
            yield UnreadRow(path.name, line, str(fault))
        except Refusal as fault:
            yield UnreadRow(path.name, line, fault.problem.message)


def written(found: Iterable[QuestionHistory], names: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a CSV with everything that stands; ``names`` of forecasters by key. Earlier wordings and
    corrected resolutions are not in it.
    """
    yield from tables.written(COLUMNS, (row for history in found for row in _rows(history, names)))


def _sources(columns: tuple[str, ...], told: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return what each name is read from: a column, or text with columns in braces."""
    plain = {" ".join(re.split(r"[\s_]+", column.strip().casefold())): column for column in columns}
    found = {name: f"{{{plain[name]}}}" for name in COLUMNS if name in plain}
    for other, name in OTHER_NAMES.items():
        if other in plain and name not in found:
            found[name] = f"{{{plain[other]}}}"
    for name, source in told.items():
        if name not in COLUMNS:
            hint = nearest(name, COLUMNS) or f"known: {', '.join(COLUMNS)}"
            raise Refusal(Problem("Q921", f'"{name}" is nothing that a row says', hint=hint))
        if source not in columns and source in WRITTEN_OUT.get(name, ()):
            found[name] = source
            continue
        made = source if PART.search(source) else f"{{{source}}}"
        for column in PART.findall(made):
            if column not in columns:
                hint = nearest(column, columns) or f"columns: {', '.join(columns)}"
                raise Refusal(Problem("Q921", f'{path.name} has no column "{column}"', hint=hint))
        found[name] = made
    if "question" not in found:
        hint = f'say which column it is: --column "question=..."; columns: {", ".join(columns)}'
        raise Refusal(Problem("Q921", f"no column of {path.name} is the question", hint=hint))
    return found


def _cell(source: str, name: str) -> Cell:
    """Return what reads a source of a row."""
    if PART.fullmatch(source):
        column = source[1:-1]
        return lambda row: tables.meant(row[column].strip())
    if name in LISTS:
        return lambda row: PART.sub(lambda found: values.joined([row[found[1]].strip()], "", "|"), source).strip()
    return lambda row: PART.sub(lambda found: row[found[1]], source).strip()


def _kind(told: str, options: tuple[str, ...]) -> QuestionKind:
    named = told.casefold() or ("choice" if options else "binary")
    if named not in WRITTEN_OUT["kind"]:
        message = f'"{told}" is no kind of question'
        raise ValueError(message)
    kind = QuestionKind(named)
    if kind in (QuestionKind.CHOICE, QuestionKind.ORDERED) and len(set(options)) < max(2, len(options)):
        message = "it has no two options, or one stands there twice"
        raise ValueError(message)
    return kind


def _item(row: Mapping[str, str]) -> Item:
    def cell(name: str) -> str:
        return row.get(name, "")

    options = tuple(values.split(cell("options"), "|"))
    kind = _kind(cell("kind"), options)
    if not cell("question"):
        message = "it has no question"
        raise ValueError(message)
    question = LedgerQuestion(
        text=cell("question"),
        kind=kind,
        options=options,
        rule=cell("rule"),
        source=cell("settled by"),
        opened=values.day(cell("opened")),
        closes=values.day(cell("closes")),
        until=values.day(cell("until")),
        condition=cell("condition"),
        tags=values.tags_of(cell("tags")),
        set=cell("set"),
        linked=cell("linked"),
        low=values.number(cell("low")) if cell("low") else None,
        high=values.number(cell("high")) if cell("high") else None,
        link=_link(row, "case", "case digest", "case name"),
        same_as=cell("same as"),
        unscorable=cell("unscorable"),
        amends=cell("amends"),
        notes=cell("question notes"),
    )
    return Item(question, tuple(_forecasts(row, question)), _resolution(row, question))


def _forecasts(row: Mapping[str, str], question: LedgerQuestion) -> Iterator[tuple[str, LedgerForecast]]:
    told, said = row.get("forecast", ""), values.day_or_time(row.get("said", ""))
    probabilities, points, cumulative = _lists(row, question)
    words = row.get("words", "")
    if not (said or told or probabilities or points or words):
        return
    if not said:
        message = "nothing says when the forecast was said"
        raise ValueError(message)
    judge = row.get("judge", "") or ForecasterKind.PERSON.value
    if judge not in WRITTEN_OUT["judge"]:
        message = f'"{judge}" is no kind of forecaster'
        raise ValueError(message)
    if told in ("0", "1", "0.0", "1.0") and question.kind == QuestionKind.BINARY:
        told = f"{100 * float(told):g}%"  # in a column of probabilities these can only mean that
    read = stated(told, question.kind, question.options) if told else None
    low, high = row.get("read low", ""), row.get("read high", "")
    yield (
        row.get("who", ""),
        LedgerForecast(
            "",
            "",
            said,
            judge=ForecasterKind(judge),
            probability=read.probability if read else None,
            probabilities=probabilities or (read.probabilities if read else ()),
            points=points,
            cumulative=cumulative,
            low=read.low if read else None,
            high=read.high if read else None,
            share=read.share if read else None,
            words=words or (read.words if read else ""),
            read_low=values.probability(low) if low else read.read_low if read else None,
            read_high=values.probability(high) if high else read.read_high if read else None,
            quote=row.get("quote", ""),
            source=row.get("source", ""),
            derived=row.get("derived", ""),
            model=_link(row, "model", "model digest", "model name"),
            seed=_seed(row.get("seed", "")),
            version=row.get("version", ""),
            notes=row.get("notes", ""),
        ),
    )


def _lists(
    row: Mapping[str, str], question: LedgerQuestion
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Return probabilities of options, and points with their cumulative probabilities, each empty where not given."""
    probabilities, points, cumulative = (
        tuple(values.number(part) for part in values.split(row.get(name, ""), "|"))
        for name in ("probabilities", "points", "cumulative")
    )
    if points or cumulative:
        values.distribution(points, cumulative)
    return values.shares(probabilities, question.options) if probabilities else (), points, cumulative


def _link(row: Mapping[str, str], case: str, digest: str, name: str) -> CaseLink | None:
    told = row.get(case, "")
    return CaseLink(told, row.get(digest, ""), row.get(name, "")) if told else None


def _seed(cell: str) -> int | None:
    if not cell:
        return None
    if not re.fullmatch(r"-?\d{1,15}", cell):
        message = f'"{cell}" is no seed'
        raise ValueError(message)
    return int(cell)


def _resolution(row: Mapping[str, str], question: LedgerQuestion) -> LedgerResolution | None:
    told = row.get("resolution", "")
    parts = values.split(told, "|")
    if not parts:
        return None
    on = values.day_or_time(row.get("resolved on", "")) or question.until
    if not on:
        message = "it is resolved, but not when"
        raise ValueError(message)
    outcome, option, value = _came(told, parts, question)
    return LedgerResolution(
        "",
        outcome,
        on,
        option,
        value,
        source=row.get("resolution source", ""),
        corrects=row.get("corrects", ""),
        notes=row.get("resolution notes", ""),
    )


def _came(told: str, parts: list[str], question: LedgerQuestion) -> tuple[OutcomeKind, str, float | None]:
    """Return how a question came out, with its option or value."""
    for kind, word in WORDED.items():
        if told.casefold() == word:
            return kind, "", None
    if question.kind == QuestionKind.BINARY:
        if told.endswith("%"):
            return OutcomeKind.SHARE, "", values.probability(told)
        return OutcomeKind.YES if values.yes_or_no(told) else OutcomeKind.NO, "", None
    if question.kind in (QuestionKind.CHOICE, QuestionKind.ORDERED):
        return OutcomeKind.OPTION, _option(told, parts, question.options), None
    return OutcomeKind.VALUE, "", moment(told) if question.kind == QuestionKind.DAY else values.number(told)


def _option(told: str, parts: list[str], options: tuple[str, ...]) -> str:
    """Return the option that came: by its name, or by a 1 among a number for each option."""
    if told in options:
        return told
    if len(parts) == len(options) and all(re.fullmatch(r"[01](?:\.0*)?", part) for part in parts):
        ones = [option for option, part in zip(options, parts, strict=True) if float(part)]
        if len(ones) == 1:
            return ones[0]
    message = f'"{told}" is no option of the question'
    raise ValueError(message)


def _rows(history: QuestionHistory, names: Mapping[str, str]) -> Iterator[dict[str, object]]:
    question = history.question
    about: dict[str, object] = {
        "question": question.text,
        "kind": question.kind.value,
        "options": values.joined(question.options, " | ", "|"),
        "rule": question.rule,
        "settled by": question.source,
        "opened": question.opened,
        "closes": question.closes,
        "until": question.until,
        "condition": question.condition,
        "tags": values.joined(question.tags, "; ", ";,"),
        "set": question.set,
        "linked": question.linked,
        "low": _exact(question.low),
        "high": _exact(question.high),
        **_linked(question.link, "case", "case digest", "case name"),
        "same as": question.same_as,
        "unscorable": question.unscorable,
        "amends": question.amends,
        "question notes": question.notes,
        **_resolved(history),
    }
    for one in history.said:
        forecast = one.forecast
        yield about | {
            "who": names.get(forecast.by, forecast.by),
            "judge": forecast.judge.value,
            "said": forecast.said,
            "forecast": _told(forecast, question),
            "probabilities": "|".join(map(_exact, forecast.probabilities)),
            "points": "|".join(map(_exact, forecast.points)),
            "cumulative": "|".join(map(_exact, forecast.cumulative)),
            "words": forecast.words,
            "read low": _exact(forecast.read_low),
            "read high": _exact(forecast.read_high),
            "quote": forecast.quote,
            "source": forecast.source,
            "derived": forecast.derived,
            **_linked(forecast.model, "model", "model digest", "model name"),
            "seed": "" if forecast.seed is None else str(forecast.seed),
            "version": forecast.version,
            "notes": forecast.notes,
        }
    if not history.said:
        yield about


def _linked(link: CaseLink | None, case: str, digest: str, name: str) -> dict[str, object]:
    return {} if link is None else {case: link.case, digest: link.digest, name: link.name}


def _told(forecast: LedgerForecast, question: LedgerQuestion) -> str:
    if forecast.probability is not None:
        sure = forecast.probability in (0, 1)
        return f"{100 * forecast.probability:g}%" if sure else _exact(forecast.probability)
    if forecast.low is not None and forecast.high is not None and forecast.share is not None:
        ends = [_scale(value, question.kind) for value in (forecast.low, forecast.high)]
        return f"{ends[0]} to {ends[1]} ({100 * forecast.share:.15g}%)"
    return ""


def _scale(value: float, kind: QuestionKind) -> str:
    return day(value).isoformat() if kind == QuestionKind.DAY else _exact(value)


def _exact(value: float | None) -> str:
    return "" if value is None else repr(float(value)).removesuffix(".0")


def _resolved(history: QuestionHistory) -> dict[str, object]:
    resolution = history.resolution
    if resolution is None:
        return {}
    told: str = resolution.outcome.value
    if resolution.outcome == OutcomeKind.OPTION:
        told = resolution.option
    elif resolution.outcome == OutcomeKind.SHARE:
        told = f"{_exact(100 * (resolution.value or 0))}%"
    elif resolution.outcome == OutcomeKind.VALUE and resolution.value is not None:
        told = _scale(resolution.value, history.question.kind)
    return {
        "resolution": told,
        "resolved on": resolution.day,
        "resolution source": resolution.source,
        "corrects": resolution.corrects,
        "resolution notes": resolution.notes,
    }
