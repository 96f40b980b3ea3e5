"""What is said of evidence that interventions set aside."""

from __future__ import annotations

from quandary.ask.answer import Remark, named_settings
from quandary.ask.inquiry import Conditions
from quandary.ask.query.queries import Query
from quandary.base.problems import Problem
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case
from quandary.language.printing import written
from quandary.language.syntax import Is


def mixed_evidence(query: Query, aside: Conditions) -> Problem:
    """Return the fault (Q524) of a query in which things as they stand meet a world in which less was seen.

    Its parts would be asked with different evidence, and a change that does nothing would seem to do something.
    """
    what = " and ".join(written(condition) for condition in aside)
    message = (
        "this compares things as they stand with an intervention, which sets aside some of what was seen; "
        "all sides must be asked with the same evidence"
    )
    hint = f"for the side with the intervention write would(... | do(...)), which keeps what was seen ({what})"
    return Problem("Q524", message, query.expression.place, hint)


def seen_anyway(case: Case, query: Query, aside: Conditions) -> tuple[Remark, ...]:
    """Return a remark where all that a query sets was seen to be so: it asks of what was seen, with less evidence."""
    seen = {}
    for condition in aside:
        if isinstance(condition, Is) and len(condition.states) == 1 and not condition.negated:
            (name,) = mentioned(case, condition)
            seen[name] = condition.states[0]
    if len(query.basis.games) != 1:
        return ()
    game = query.basis.games[0]
    settings = sorted(set(game.settings))
    if game.of_beliefs or any(seen.get(name) != state for name, state in settings):
        return ()
    asks = " is what was seen: ask without the intervention for things as they stand"
    return (Remark((named_settings(settings), asks)),)
