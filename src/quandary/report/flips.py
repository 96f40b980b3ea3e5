"""What would change an answer, in words, as a table, and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from quandary.ask.combining import is_truth
from quandary.ask.flips import Flip, Flips, PairFlip, Turn
from quandary.ask.influence import Index
from quandary.ask.results import Run
from quandary.ask.subject import Subject
from quandary.case.model import Case
from quandary.case.numbers import UncertainNumber
from quandary.language.syntax import Compare
from quandary.report.headline import quantity_value
from quandary.report.names import quantity_name
from quandary.report.units import Unit, said, unit_of
from quandary.report.wording import counted, likelihood, percent
from quandary.version import __version__

MOST_ROWS = 12
"""Numbers that turn nothing are listed up to this many rows."""

ROUNDING = 1e-9
"""A value below this is zero: what reading a range leaves."""

Found = list[tuple[Subject, Flips]]


def print_flips(case: Case, found: Found, run: Run, console: Console) -> None:
    """Print, for every subject, one sentence, the numbers that matter, and the pairs that act together."""
    for subject, flips in found:
        for part in _parts(subject, flips):
            console.print(part)
    console.print(Text(_footer(case, run), style="dim"))


def _parts(subject: Subject, found: Flips) -> Iterator[RenderableType]:
    yield Text(subject.title, style="bold underline")
    if subject.claim is not None:
        yield Text(f'{subject.claim.speaker}: "{subject.claim.quote}"')
    if subject.query.text != subject.title:
        yield Text(subject.query.text, style="dim")
    yield Text(sentence(subject, found), style="bold")
    yield Text("")
    if found.flips:
        yield _numbers(subject, found)
    else:
        yield Text("No number alone carries more of it than chance would.")
    if found.pairs:
        yield Text("\nOnly together:", style="bold")
        for pair in found.pairs:
            yield Text(
                f"  {pair_clause(pair)}: then {level_said(subject, pair.mean)} ({percent(pair.share)} of worlds)"
            )
    rest = max(0.0, 1.0 - found.explained)
    if found.flips:
        yield Text(
            f"\nOne by one these numbers carry {percent(min(found.explained, 1.0))} of the answer's variance; "
            f"the other {percent(rest)} lies in how numbers act together and in the many that matter little.",
            style="dim",
        )
    yield Text("")


def sentence(subject: Subject, found: Flips) -> str:
    """Return the answer and the nearest thing that flips it, or that nothing in the ranges given does."""
    answer = _answer(subject, found)
    turning = [flip for flip in found.flips if flip.turn is not None]
    if turning:
        flip = turning[0]
        assert flip.turn is not None
        where = f"{number_name(flip.number)} is {turn_said(flip.number, flip.turn)}"
        return f"{answer}; it flips if {where}: then {level_said(subject, flip.turn.mean)}."
    if found.pairs:
        return f"{answer}; nothing alone flips it, but {pair_clause(found.pairs[0])} do together."
    return f"{answer}. Nothing in the ranges given flips it{_across(subject, found)}."


def _answer(subject: Subject, found: Flips) -> str:
    if is_truth(subject.query.expression):
        return f"Holds in {percent(found.mean)} of worlds"
    unit = unit_of(subject.query.expression)
    text = said(found.mean, unit)
    return f"{likelihood(found.mean).capitalize()}, {text}" if unit is Unit.SHARE else text


def _across(subject: Subject, found: Flips) -> str:
    unit = unit_of(subject.query.expression)
    if is_truth(subject.query.expression):
        return f": whatever one or two of them are, it stays on its side of {percent(found.level)} of worlds"
    return f": whatever one or two of them are, the mean stays on its side of {said(found.level, unit).lstrip('+')}"


def level_said(subject: Subject, mean: float) -> str:
    """Return what the answer is in some of the worlds: ``it holds in 77 %`` or ``41 %``."""
    if is_truth(subject.query.expression):
        return f"it holds in {percent(mean)} of worlds"
    return said(mean, unit_of(subject.query.expression))


def number_name(number: UncertainNumber) -> str:
    """Return a number in words, with its line."""
    return quantity_name(number.name, {number.name: number})


def number_said(number: UncertainNumber, value: float) -> str:
    """Return a number's value as its own reading writes it; rationality as a factor for 10 points."""
    if number.what.startswith("rationality"):
        return f"x{math.exp(10 * value):.3g} per 10"
    return quantity_value(number, 0.0 if abs(value) < ROUNDING else value)


def turn_said(number: UncertainNumber, turn: Turn) -> str:
    """Return ``above 40 %``."""
    return f"{'above' if turn.above else 'below'} {number_said(number, turn.threshold)}"


def pair_clause(pair: PairFlip) -> str:
    """Return two numbers with the third of its range that each must be in."""
    first, second = (
        f"{number_name(number)} in its {'upper' if above else 'lower'} third"
        for number, above in ((pair.first, pair.first_above), (pair.second, pair.second_above))
    )
    return f"{first} and {second}"


def _numbers(subject: Subject, found: Flips) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("carries", justify="right", no_wrap=True)
    table.add_column("number", overflow="fold", min_width=24)
    table.add_column("range given", justify="right")
    table.add_column("flips")
    table.add_column("how likely", justify="right")
    table.add_column("then", justify="right")
    shown = [f for i, f in enumerate(found.flips) if i < MOST_ROWS or f.turn is not None]
    for flip in shown:
        low, high = (number_said(flip.number, end) for end in (flip.low, flip.high))
        table.add_row(
            share_said(flip.influence),
            number_name(flip.number),
            f"{low} to {high}",
            *_turn_cells(subject, flip),
        )
    if len(found.flips) > len(shown):
        left = counted(len(found.flips) - len(shown), "more number")
        table.add_row("", f"and {left} that carry less and flip nothing", "", "", "")
    return table


def _turn_cells(subject: Subject, flip: Flip) -> tuple[str, str, str]:
    if flip.turn is None:
        return "not in it", "", ""
    mean = flip.turn.mean
    text = percent(mean) if is_truth(subject.query.expression) else said(mean, unit_of(subject.query.expression))
    return turn_said(flip.number, flip.turn), percent(flip.turn.beyond), text


def share_said(index: Index) -> str:
    """Return a share of variance with its 90 % interval: ``53 % (48 to 58)``."""
    return f"{percent(max(index.value, 0.0))} ({100 * max(index.low, 0):.0f} to {100 * index.high:.0f})"


def _footer(case: Case, run: Run) -> str:
    return (
        f"{case.title}; {counted(run.done, 'world')} ({run.effective_worlds:,.0f} effective), seed {run.seed}. "
        "Carries: the share of the answer's variance over worlds that the number carries alone (first-order Sobol "
        "index from the worlds drawn, with its 90 % interval). Flips: beyond this value the answer is more often on "
        "the other side. How likely: that, in the range given."
    )


def flips_json(case: Case, found: Found, run: Run) -> dict[str, Any]:
    """Return the JSON form (``quandary.flips/1``)."""
    return {
        "schema": "quandary.flips/1",
        "version": __version__,
        "case": {"title": case.title, "path": case.path, "sha256": case.sha256},
        "worlds": run.done,
        "seed": run.seed,
        "answers": [_flips_json(subject, flips) for subject, flips in found],
        "complete": run.complete,
    }


def _flips_json(subject: Subject, found: Flips) -> dict[str, Any]:
    return {
        "title": subject.title,
        "claim": None if subject.claim is None else subject.claim.id,
        "test": subject.test,
        "query": found.query,
        "kind": "share of worlds" if is_truth(subject.query.expression) else unit_of(subject.query.expression).value,
        "compares": isinstance(subject.query.expression, Compare),
        "mean": found.mean,
        "level": found.level,
        "said": sentence(subject, found),
        "nothing_flips": found.nothing_flips,
        "explained": found.explained,
        "effective_worlds": found.effective_worlds,
        "numbers": [_flip_json(flip) for flip in found.flips],
        "pairs": [_pair_json(pair) for pair in found.pairs],
    }


def number_json(number: UncertainNumber) -> dict[str, Any]:
    """Return a number's name, meaning and line."""
    return {"name": number.name, "what": number_name(number), "line": number.place.line or None}


def index_json(index: Index) -> dict[str, float]:
    """Return a share of variance with its 90 % interval."""
    return {"value": index.value, "low": index.low, "high": index.high}


def _flip_json(flip: Flip) -> dict[str, Any]:
    turn = flip.turn
    return number_json(flip.number) | {
        "index": index_json(flip.influence),
        "range": [flip.low, flip.high],
        "flips": None
        if turn is None
        else {
            "threshold": turn.threshold,
            "above": turn.above,
            "probability": turn.beyond,
            "probability_given_evidence": turn.beyond_weighted,
            "mean": turn.mean,
        },
    }


def _pair_json(pair: PairFlip) -> dict[str, Any]:
    return {
        "numbers": [
            number_json(pair.first) | {"third": "upper" if pair.first_above else "lower"},
            number_json(pair.second) | {"third": "upper" if pair.second_above else "lower"},
        ],
        "share": pair.share,
        "mean": pair.mean,
        "interaction": index_json(pair.influence),
    }
