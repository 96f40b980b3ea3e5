"""Outside views say one thing each: a class with its rate, or somebody with what was said by the day of the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from quandary.base.problems import Problem, Severity, nearest
from quandary.case.checks.written import Written
from quandary.case.model import OutsideView
from quandary.language.printing import written as as_written
from quandary.language.syntax import Interval, Number, ProbabilityWord

OF_CLASS, OF_CROWD = ("rate", "n"), ("said", "on", "how")
"""The keys that only a class has, and those that only what somebody said has."""


def views_say_one_thing(written: Written) -> Iterator[Problem]:
    """Yield views that are both a class and somebody's word, neither, or without their figure."""
    for path, place in written.places.items():
        if not path.startswith("outside.") or path.count(".") != 1:
            continue
        has = {key for key in ("class", "by", *OF_CLASS, *OF_CROWD) if written.has(f"{path}.{key}")}
        hint = (
            "write {of: event, class: ..., rate: 6% to 10%, n: 401}, or {of: event, by: ..., said: 47%, on: 2022-01-08}"
        )
        if {"class", "by"} <= has:
            message = "this view is both a class of cases and what somebody said"
            yield Problem("Q129", message, written.places[f"{path}.by"], "make two entries of it")
        elif not has & {"class", "by"}:
            yield Problem("Q129", "this view has neither a class of cases nor anybody who said it", place, hint)
        else:
            kind, figure, strange = ("class", "rate", OF_CROWD) if "class" in has else ("by", "said", OF_CLASS)
            what = "a class of cases" if kind == "class" else "what somebody said"
            for key in strange:
                if key in has:
                    message = f"this view is {what}, and has the key `{key}` beside it"
                    yield Problem("Q129", message, written.places[f"{path}.{key}"], hint)
            if figure not in has:
                yield Problem("Q129", f"this view is {what}, and has no `{figure}`", place, hint)


def views_are_probabilities(written: Written) -> Iterator[Problem]:
    """Yield rates, and what was said, that are no share between 0 % and 100 %, written out."""
    for view in written.case.outside:
        quantity = view.value.quantity
        what = "the rate" if view.kind == "class" else "what was said"
        hint = "write a share such as 47%, or 6% to 10.4%"
        if isinstance(quantity, ProbabilityWord):
            continue
        if not isinstance(quantity, Number | Interval):
            message = f'{what} is a share or a range of shares, and not "{as_written(quantity)}"'
            yield Problem("Q188", message, view.value.place, hint)
            continue
        ends = (quantity.low, quantity.high) if isinstance(quantity, Interval) else (quantity.value, quantity.value)
        if not quantity.percent:
            hint = f"write {ends[0]:g}%" if ends[0] == ends[1] else f"write {ends[0]:g}% to {ends[1]:g}%"
            yield Problem("Q188", f"{what} is written in percent", view.value.place, hint)
        elif not 0 <= ends[0] <= ends[1] <= 1:
            yield Problem("Q188", f"{what} lies between 0 % and 100 %, its lower end first", view.value.place, hint)
        elif ends[0] == ends[1] and ends[0] in (0.0, 1.0):
            message = f"{what} of {100 * ends[0]:.0f} % leaves no doubt at all, and no log-odds to pool"
            yield Problem("Q188", message, view.value.place, "write what so few cases leave open, such as 0.1% to 4%")


def views_are_of_their_time(written: Written) -> Iterator[Problem]:
    """Yield what was said after the day the analysis speaks from; warn of what has no day at all."""
    case = written.case
    for view in case.outside:
        if view.on is not None and case.as_of < view.on:
            message = f"{view.name} said this on {view.on}, after as_of ({case.as_of}): hindsight"
            yield Problem("Q189", message, view.place, "take what was said by then, or move as_of")
        source = case.sources.get(view.value.source or "")
        dated = view.on or (None if source is None else source.published)
        if view.kind == "crowd" and dated is None and case.as_of < date.max:
            message = f"no day says when {view.name} said this, so that it may be hindsight"
            yield Problem("Q317", message, view.place, "write on: with its day", Severity.WARNING)


def views_that_count_as_one(written: Written) -> Iterator[Problem]:
    """Yield `same_as` that names no other view of the same event, two of them, or goes round in a circle."""
    views = written.case.outside
    for view in views:
        if view.same_as is None:
            continue
        place = view.place
        others = [one for one in views if one is not view and as_written(one.of) == as_written(view.of)]
        meant = [one for one in others if one.id == view.same_as]
        known = list(dict.fromkeys(one.id for one in others))
        if not meant:
            hint = nearest(view.same_as, known) or (f"known: {', '.join(known)}" if known else "remove it")
            message = f'same_as names "{view.same_as}", and no other view of "{as_written(view.of)}" is called that'
            yield Problem("Q187", message, place, hint)
        elif len(meant) > 1:
            message = f'same_as names "{view.same_as}", and {len(meant)} views of the event are called that'
            yield Problem("Q187", message, place, "give each an id, and name one")
        elif _leads_back(view, others):
            message = f'"{view.id}" counts as one with itself, by way of "{view.same_as}"'
            yield Problem("Q187", message, place, "leave same_as out of one of them")


def _leads_back(view: OutsideView, others: list[OutsideView]) -> bool:
    at: OutsideView | None = view
    for _ in range(len(others) + 1):
        at = next((one for one in (*others, view) if at is not None and one.id == at.same_as), None)
        if at is view:
            return True
    return False


def pools_have_weights(written: Written) -> Iterator[Problem]:
    """Yield a pool in which nothing weighs anything."""
    pool = written.case.pool
    if not pool.inside + pool.of_class + pool.crowd > 0:
        yield Problem("Q190", "nothing in this pool has a weight", pool.place, "give one of them a weight above 0")
