"""The value of knowing, of control and of study in words, as tables, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from quandary.ask.query.combining import is_truth
from quandary.ask.query.subject import AskedSubject
from quandary.ask.turning.information import Information, Worth
from quandary.ask.turning.studying import Advice, ExpectedGain, Studying
from quandary.base.problems import counted
from quandary.case.model import Case
from quandary.language.heads import Unit
from quandary.report.analyses.flips import index_json, number_json
from quandary.report.as_json import spread
from quandary.report.words.columns import TableColumns
from quandary.report.words.names import actor_name, spaced, variable_title
from quandary.report.words.turning import number_name, share_said
from quandary.report.words.units import unit_of
from quandary.report.words.wording import UNDEFINED, listing, number, number_interval, signed_size
from quandary.version import __version__

LEAST_SHOWN = 0.005
"""Points below which a value is called next to nothing."""


def print_information(case: Case, found: Information, console: Console) -> None:
    """Print what knowing and controlling variables is worth to the one who decides."""
    for part in _worths(case, found):
        console.print(part)


def _worths(case: Case, found: Information) -> Iterator[RenderableType]:
    yield Text(f"{actor_name(case, found.actor)}: {variable_title(case, found.decision)}", style="bold underline")
    yield Text(information_sentence(case, found), style="bold")
    for title, worths in (("What it is worth to know", found.knowing), ("What it is worth to control", found.control)):
        if not worths:
            continue
        yield Text(f"\n{title}", style="bold")
        yield _table(case, worths)
        idle = [variable_title(case, w.variable) for w in worths if not w.admits]
        if idle:
            yield Text(f"Worth nothing whatever the numbers, by the graph alone: {listing(idle)}.", style="dim")
    if not found.complete:
        yield Text("Interrupted: not everything was looked into.")
    yield Text("")
    yield Text(
        f"{counted(found.worlds, 'world')}, seed {found.seed}. Points of the actor's expected payoff before anything "
        f"was seen ({number(found.payoff.mean)} as the case stands), with Monte Carlo error. Each game is solved anew, "
        "and everybody knows who sees or sets what, so that a value may be negative. "
        "Seen: what seeing it is worth now.",
        style="dim",
    )


def information_sentence(case: Case, found: Information) -> str:
    """Return what is worth most to know that is not seen yet, and what is seen that is worth most."""
    actor = actor_name(case, found.actor)
    new = [w for w in found.knowing if not w.known and _clear(w)]
    has = [w for w in found.knowing if w.known and _clear(w)]
    first = f"{actor} would gain next to nothing from seeing more than it does"
    if new:
        first = f"{actor} would gain most from seeing {variable_title(case, new[0].variable)}: {_points(new[0])}"
    second = ""
    if has:
        second = f"; of what it sees {variable_title(case, has[0].variable)} is worth most, {_points(has[0])}"
    return f"{first}{second}."


def _clear(worth: Worth) -> bool:
    """Return whether a value is above zero by more than two of its errors."""
    gain = worth.gain
    return gain is not None and gain.mean is not None and gain.mean > max(2 * (gain.mc_error or 0.0), 1e-9)


def _points(worth: Worth) -> str:
    assert worth.gain is not None
    return f"{number(worth.gain.mean, 2)} points"


def _table(case: Case, worths: tuple[Worth, ...]) -> TableColumns:
    table = TableColumns((("variable", False), ("", False), ("worth", True), ("interval", True)))
    for worth in worths:
        if not worth.admits:
            continue
        title, seen = variable_title(case, worth.variable), "seen" if worth.known else ""
        gain = worth.gain
        if gain is None or gain.mean is None:
            table.add_row(title, seen, UNDEFINED, (worth.why_not or "").rstrip("."))
            continue
        if abs(gain.mean) < LEAST_SHOWN:
            table.add_row(title, seen, "next to nothing", "")
            continue
        error = "" if gain.mc_error is None else f" ± {number(gain.mc_error, 1)}"
        table.add_row(title, seen, number(gain.mean, 2) + error, number_interval(gain.low, gain.high))
    return table


def print_studying(
    case: Case, found: list[tuple[AskedSubject, Studying]], worlds: int, seed: int, console: Console
) -> None:
    """Print, for each subject, what studying each assumption would do to its doubt."""
    for subject, one in found:
        console.print(Text(subject.title, style="bold underline"))
        console.print(Text(studying_sentence(subject, one), style="bold"))
        if one.numbers:
            table = TableColumns((("doubt that would go", True), ("spread left", True), ("if this were known", False)))
            for row in one.numbers:
                table.add_row(share_said(row.share), _size(subject, row.deviation), number_name(row.number))
            console.print(table)
        console.print(Text(""))
    footer = (
        f"{case.title}; {counted(worlds, 'world')}, seed {seed}. Doubt is the answer's variance over worlds; a study "
        "that settled the number would leave the rest, in expectation. Spread is the standard deviation."
    )
    console.print(Text(footer, style="dim"))


def studying_sentence(subject: AskedSubject, found: Studying) -> str:
    """Return the answer's spread and the number whose study would narrow it most."""
    now = _size(subject, found.deviation)
    if not found.numbers:
        return f"Its spread is {now}; no number alone would narrow it by more than chance."
    first = found.numbers[0]
    left = _size(subject, first.deviation)
    return f"Its spread is {now}; knowing {number_name(first.number)} would bring it to {left}."


def _size(subject: AskedSubject, value: float) -> str:
    unit = unit_of(subject.query.expression)
    if is_truth(subject.query.expression) or unit in (Unit.SHARE, Unit.DIFFERENCE):
        return f"{signed_size(value)} points"
    return number(value)


def print_advice(case: Case, found: Advice, worlds: int, seed: int, console: Console) -> None:
    """Print the best option, and what knowing more would add to the choice."""
    console.print(Text(f"Choosing {found.decision} for {found.payoff}", style="bold underline"))
    console.print(Text(advice_sentence(found), style="bold"))
    table = TableColumns((("option", False), ("expected", True)))
    for option, mean in sorted(found.means.items(), key=lambda entry: -entry[1]):
        table.add_row(spaced(option), number(mean))
    console.print(table)
    if found.numbers:
        gains = TableColumns((("gain", True), ("if this were known before choosing", False)))
        for one, gain in found.numbers:
            gains.add_row(_gain(gain), number_name(one))
        console.print(gains)
    footer = (
        f"{case.title}; {counted(worlds, 'world')} ({found.effective_worlds:,.0f} effective), seed {seed}. Each option "
        "is set by do(...); gains are in the payoff's units, with their error, and options are scored on other worlds "
        "than those they are picked on."
    )
    console.print(Text(footer, style="dim"))


def advice_sentence(found: Advice) -> str:
    """Return the best option and what would be worth knowing before choosing."""
    first = f"Best is {spaced(found.best)}; knowing everything first would add {_gain(found.everything)}"
    if not found.numbers:
        return f"{first}. No assumption alone would change the choice often enough to be worth anything."
    one, gain = found.numbers[0]
    return f"{first}, knowing {number_name(one)} alone {_gain(gain)}."


def _gain(gain: ExpectedGain) -> str:
    return f"{number(max(gain.value, 0.0), 2)} ± {number(gain.error, 1)}"


def information_json(case: Case, found: Information) -> dict[str, Any]:
    """Return the JSON form of the values of knowing and control (``quandary.information/1``)."""
    return _head(case, found.worlds, found.seed) | {
        "actor": found.actor,
        "decision": found.decision,
        "payoff": spread(found.payoff),
        "said": information_sentence(case, found),
        "knowing": [_worth_json(worth) for worth in found.knowing],
        "control": [_worth_json(worth) for worth in found.control],
        "complete": found.complete,
    }


def studying_json(
    case: Case, found: list[tuple[AskedSubject, Studying]], worlds: int, seed: int, *, complete: bool = True
) -> dict[str, Any]:
    """Return the JSON form of the value of study (``quandary.information/1``)."""
    return _head(case, worlds, seed) | {
        "answers": [
            {
                "title": subject.title,
                "query": one.query,
                "mean": one.mean,
                "deviation": one.deviation,
                "said": studying_sentence(subject, one),
                "numbers": [
                    number_json(row.number) | {"share": index_json(row.share), "deviation": row.deviation}
                    for row in one.numbers
                ],
            }
            for subject, one in found
        ],
        "complete": complete,
    }


def advice_json(case: Case, found: Advice, worlds: int, seed: int, *, complete: bool = True) -> dict[str, Any]:
    """Return the JSON form of a choice and what knowing more adds to it (``quandary.information/1``)."""
    return _head(case, worlds, seed) | {
        "decision": found.decision,
        "payoff": found.payoff,
        "options": dict(found.means),
        "best": found.best,
        "said": advice_sentence(found),
        "everything": {"gain": found.everything.value, "error": found.everything.error},
        "numbers": [number_json(one) | {"gain": gain.value, "error": gain.error} for one, gain in found.numbers],
        "complete": complete,
    }


def _head(case: Case, worlds: int, seed: int) -> dict[str, Any]:
    return {
        "schema": "quandary.information/1",
        "version": __version__,
        "case": {"title": case.title, "path": case.path, "sha256": case.sha256},
        "worlds": worlds,
        "seed": seed,
    }


def _worth_json(worth: Worth) -> dict[str, Any]:
    gain = worth.gain
    body: dict[str, Any] = {"variable": worth.variable, "seen": worth.known, "can_be_worth_something": worth.admits}
    if gain is not None:
        body |= {"gain": {**spread(gain), "mc_error": gain.mc_error}}
    elif not worth.admits:
        body |= {"gain": {"mean": 0.0, "median": 0.0, "low": 0.0, "high": 0.0, "mc_error": 0.0}}
    else:
        body |= {"gain": None}
    return body if worth.why_not is None else body | {"why_not": worth.why_not}
