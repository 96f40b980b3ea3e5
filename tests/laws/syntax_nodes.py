"""Random nodes of the language, for laws: each is one that the parser can return."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from quandary.language import (
    DISTRIBUTIONS,
    FAMILIES,
    FUNCTIONS,
    HEADS,
    NUMBER_WORDS,
    ONE_WORD_ODDS,
    RESERVED,
    QueryTarget,
    names_of_heads,
    share_bounds,
    syntax,
)
from quandary.quantities import tables

WORDS = (
    RESERVED
    | ONE_WORD_ODDS
    | {*NUMBER_WORDS}
    | {"points", "point", "pt", "pts", "percent", "percentage", "do", "do_unseen"}
)

identifiers = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda name: name not in WORDS and not name.startswith("x")
) | st.sampled_from(["unrest", "Путин", "état", "P", "x", "inner", "to_go", "best"])
names = st.lists(identifiers, min_size=1, max_size=3).map(lambda parts: syntax.Name(tuple(parts)))
plain_names = identifiers.map(lambda name: syntax.Name((name,)))
states = identifiers | st.sampled_from(["none", "2022", "rest", "exact", "x2"])

finite = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-1000, 1000).map(float)
numbers = st.builds(syntax.Number, finite, st.just(False)) | st.builds(
    syntax.Number, st.floats(-1e300, 1e300), st.just(True)
)
intervals = st.booleans().flatmap(
    lambda percent: st.builds(
        syntax.Interval,
        st.floats(-1e300, 1e300),
        st.floats(-1e300, 1e300),
        st.just(percent),
        st.none() | st.sampled_from(FAMILIES),
    )
)
phrases = sorted({phrase for table in tables().values() for phrase in table.meanings})
odds_words = st.sampled_from(phrases).map(syntax.ProbabilityWord)


def calls(inner: st.SearchStrategy[Any], kinds: dict[str, tuple[int, int]]) -> st.SearchStrategy[Any]:
    """Return calls with the right number of arguments."""
    return st.sampled_from(sorted(kinds)).flatmap(
        lambda name: st.lists(inner, min_size=kinds[name][0], max_size=min(kinds[name][1], 4)).map(
            lambda args: syntax.Call(name, tuple(args))
        )
    )


def arithmetic(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return calculations with these operands."""
    operators = st.sampled_from(["+", "-", "*", "/", "^"])
    return st.builds(syntax.Arithmetic, operators, inner, inner) | st.builds(syntax.Negate, inner)


amounts = st.recursive(
    numbers | intervals | plain_names | odds_words,
    lambda inner: arithmetic(inner) | calls(inner, {**FUNCTIONS, **DISTRIBUTIONS}),
    max_leaves=8,
)
ends = (
    numbers
    | st.builds(syntax.Factor, numbers)
    | st.builds(syntax.PointsChange, numbers)
    | st.builds(syntax.Likelier, numbers, st.floats(0, 1e300, exclude_min=True))
)
quantities = (
    amounts
    | st.builds(syntax.Factor, amounts)
    | st.builds(syntax.PointsChange, amounts)
    | st.builds(syntax.OfRest, amounts)
    | st.builds(syntax.Likelier, amounts, st.floats(0, 1e300, exclude_min=True))
    | st.just(syntax.Rest())
    | st.just(syntax.Exact())
    | st.just(syntax.Unknown())
    | st.sampled_from([syntax.Influence("raises"), syntax.Influence("lowers")])
    | st.builds(syntax.Shift, amounts, st.sampled_from(["raises", "lowers"]))
    | st.builds(syntax.OneSided, st.sampled_from(["at least", "at most", "more than", "less than"]), ends)
)


def joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return what and, or, not make of these."""
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(syntax.And, several) | st.builds(syntax.Or, several) | st.builds(syntax.Not, inner)


is_state = st.builds(syntax.Is, names, st.lists(states, min_size=1, max_size=3, unique=True).map(tuple), st.booleans())
atoms = names | is_state
conditions = st.recursive(atoms, joined, max_leaves=6)


single = identifiers.map(lambda name: syntax.Name((name,)))
chances = st.integers(1, 99).map(lambda share: syntax.Number(share / 100, percent=True))
believed = st.builds(syntax.SetBelief, single, single, identifiers, chances, st.booleans()) | st.builds(
    syntax.SetBelief, names, foreseen=st.booleans()
)


@st.composite
def asks(draw: st.DrawFn) -> syntax.Ask:
    """Return any query call but a dilemma."""
    head = HEADS[draw(st.sampled_from(names_of_heads(lambda head: not head.parts)))]
    target: Any = draw(names)
    if head.target is QueryTarget.CONDITION:
        target = draw(conditions)
    if head.target is QueryTarget.OPTION:
        target = syntax.Is(draw(names), (draw(states),))
    condition_list = draw(st.lists(conditions, max_size=3))
    settings_list = draw(st.lists(st.builds(syntax.SetVariable, names, states, st.booleans()), max_size=2))
    against: tuple[Any, ...] = ()
    if head.reference:
        against = (draw(conditions), *draw(st.lists(atoms, max_size=2)))
    groups = st.lists(identifiers, min_size=1, max_size=3, unique=True).map(tuple)
    stakes = draw(st.lists(groups, max_size=2, unique=True)) if head.lists_stakes else []
    beliefs = tuple(draw(st.lists(believed, max_size=2)))
    as_seen = head.as_seen and draw(st.booleans())
    given = tuple(condition_list), tuple(settings_list)
    return syntax.Ask(head.name, target, *given, against, tuple(stakes), beliefs, as_seen)


counted = st.recursive(numbers | asks(), lambda inner: arithmetic(inner) | calls(inner, FUNCTIONS), max_leaves=4)


def possible(comparison: syntax.Compare) -> bool:
    """Return whether no probability is compared with a number that none can reach, which is a fault (Q150)."""
    sides = (comparison.left, comparison.right)
    for side, number in (sides, sides[::-1]):
        bounds = share_bounds(side)
        if bounds and isinstance(number, syntax.Number) and not bounds[0] <= number.value <= bounds[1]:
            return False
    return True


compared = st.builds(syntax.Compare, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), counted, counted).filter(
    possible
)
queries = counted | st.recursive(compared, joined, max_leaves=3)
