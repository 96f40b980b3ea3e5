"""Evidence by its days: what is used, what is not yet, and how the answer moved with each piece."""

from __future__ import annotations

from typing import Any

from quandary.language.heads import Unit
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.units import said, unit_of
from quandary.report.words.wording import day
from quandary.use.answers.sessions.answering import SessionState
from quandary.web.page.shown import Shown

HEIGHT = 60


def day_steps(state: SessionState, names: CaseNames | None, shown: Shown) -> dict[str, Any]:
    """Return what the template of evidence needs: each piece with its day, the days to choose from, a drawn line."""
    names = names or CaseNames(state.case)
    until = state.as_of or state.case.as_of
    pieces = sorted(state.case.evidence, key=lambda one: one.on)
    moved = _moved(shown)
    return {
        "until": until,
        "own": state.case.as_of,
        "days": [{"on": on.isoformat(), "told": day(on), "at": on == until} for on in _days(state, until)],
        "pieces": [
            {
                "day": day(one.on),
                "what": names.clause(one.saw),
                "used": one.on <= until,
                "later": one.on > state.case.as_of,
                "moved": moved.get((one.on.isoformat(), str(one.saw)), ""),
            }
            for one in pieces
        ],
        "line": _line(shown),
    }


def _days(state: SessionState, until: Any) -> list[Any]:  # noqa: ANN401 - days
    from datetime import timedelta

    own = {one.on for one in state.case.evidence} | {state.case.as_of, until}
    if state.case.evidence:
        own.add(min(one.on for one in state.case.evidence) - timedelta(days=1))
    return sorted(own)


def _moved(shown: Shown) -> dict[tuple[str, str], str]:
    if shown.timeline is None:
        return {}
    unit = unit_of(shown.timeline.lines[0].query)
    found = {}
    before: float | None = None
    for step in shown.timeline.steps:
        mean = step.moments[0].answer.mean if step.moments and step.moments[0].answer is not None else None
        if step.item is not None and mean is not None and before is not None:
            change = (100 if unit.in_hundred else 1) * (mean - before)
            told = "no change" if abs(change) < 0.05 else f"{change:+.1f}".replace("-", "\N{MINUS SIGN}")
            found[step.item.on.isoformat(), str(step.item.saw)] = f"{told}: {said(mean, unit)}"
        before = mean if mean is not None else before
    return found


def _line(shown: Shown) -> dict[str, Any] | None:
    """Return the answer after each piece as a line of steps, its places in hundredths of the width."""
    if shown.timeline is None or unit_of(shown.timeline.lines[0].query) is not Unit.SHARE:
        return None
    answers = [
        step.moments[0].answer for step in shown.timeline.steps if step.moments and step.moments[0].answer is not None
    ]
    if len(answers) < 2 or any(one.mean is None or one.low is None or one.high is None for one in answers):
        return None
    places = [round(100 * number / len(answers), 2) for number in range(len(answers) + 1)]

    def stepped(values: list[float]) -> list[str]:
        return [
            f"{places[number + end]},{HEIGHT * (1 - value):.1f}"
            for number, value in enumerate(values)
            for end in (0, 1)
        ]

    means, lows, highs = ([float(getattr(one, end) or 0.0) for one in answers] for end in ("mean", "low", "high"))
    return {
        "line": " ".join(stepped(means)),
        "band": " ".join([*stepped(lows), *reversed(stepped(highs))]),
        "first": said(means[0], Unit.SHARE),
        "last": said(means[-1], Unit.SHARE),
    }
