"""The outside view in words and as a table: what the case says, what others say, and what comes of pooling them."""

from __future__ import annotations

from collections.abc import Iterator

from quandary.ask.outside import OutsideComparison, OutsideFigure, PooledForecast, PoolPart
from quandary.case.model import Source
from quandary.language import heads
from quandary.language.printing import written
from quandary.language.syntax import Expression
from quandary.report.sheets import Sheet
from quandary.report.words.naming.letters import sentence
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.wording import UNDEFINED, day, listing, percent, percent_interval

GROUP_NAMES = {"inside": "the inside", "class": "classes of cases", "crowd": "what others said"}

FRACTIONS = {2: "one half", 3: "one third", 1: "all"}


def outside_lines(names: CaseNames, found: OutsideComparison, leading: Expression | None) -> Iterator[str]:
    """Yield the event from both sides, and the pool on a line of its own; no headline's event is named."""
    if not found.figures:
        return
    voices = "; ".join((f"from the inside {percent(found.inside.mean)}", *map(_voice, found.figures)))
    if leading is not None and written(leading) == written(heads.P.of(found.event)):
        yield f"{sentence(voices)}."
    else:
        event = names.happening(found.event)
        yield f"{sentence(event)}: {voices}."
    if found.pool is None:
        yield f"Not pooled: {found.why_no_pool}."
    else:
        yield pool_sentence(found.pool)


def _voice(figure: OutsideFigure) -> str:
    view, rate = figure.view, percent(figure.probability)
    if view.kind == "crowd":
        return f"{view.name} {rate}"
    which = f"of {view.n:,} cases" if view.n is not None else "of cases"
    return f"{which} ({view.name}) {rate} came to it"


def pool_sentence(pool: PooledForecast) -> str:
    """Return the pool with its weights: ``Pooled in log-odds, one third each for ...: 33 %.``"""
    groups = pool.groups
    weights = {round(weight, 12) for weight in groups.values()}
    if len(weights) == 1 and len(groups) in FRACTIONS:
        names = listing([GROUP_NAMES[group] for group in groups])
        told = f"{FRACTIONS[len(groups)]}{' each' if len(groups) > 1 else ''} for {names}"
    else:
        told = listing([f"{percent(weight)} for {GROUP_NAMES[group]}" for group, weight in groups.items()])
    return f"Pooled in log-odds, {told}: {percent(pool.probability)}."


def outside_sheet(names: CaseNames, found: OutsideComparison) -> Sheet:
    """Return one row a voice: what it says, its range, its day, its weight in the pool, and where it is from."""
    pooled = iter(() if found.pool is None else found.pool.parts)
    inside, first = found.inside, next(pooled, None)
    rows: list[tuple[str, ...]] = [
        (
            "From the inside",
            percent(inside.mean),
            percent_interval(inside.low, inside.high),
            UNDEFINED,
            UNDEFINED if first is None else percent(first.weight),
            "this case",
        )
    ]
    rows += [_row(names, figure, next(pooled, None) if figure.view.pooled else None) for figure in found.figures]
    if found.pool is not None:
        rows.append(("Pooled", percent(found.pool.probability), UNDEFINED, UNDEFINED, percent(1.0), "log-odds"))
    event = names.happening(found.event)
    columns = ("Voice", "Says", "90 % range", "Day", "Weight", "From")
    return Sheet(f"Inside and outside: {event}", columns, tuple(rows), numeric=frozenset({1, 2, 4}))


def _row(names: CaseNames, figure: OutsideFigure, part: PoolPart | None) -> tuple[str, ...]:
    view = figure.view
    name = view.name if view.n is None else f"{view.name} ({view.n:,} cases)"
    source = names.case.sources.get(view.value.source or "")
    told = [view.how, None if source is None else _source(source), view.value.because]
    said_on = view.on or (None if source is None else source.published)
    return (
        name,
        percent(figure.probability),
        percent_interval(figure.low, figure.high),
        day(said_on) if said_on is not None else UNDEFINED,
        UNDEFINED if part is None else percent(part.weight),
        "; ".join(one for one in told if one) or UNDEFINED,
    )


def _source(source: Source) -> str:
    parts = [part for part in (source.author, source.title, source.publisher) if part]
    return ", ".join(dict.fromkeys(parts)) or source.id
