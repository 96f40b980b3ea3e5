"""The laws of evidence under ``do``: what is set aside, what worlds weigh, and what may be compared with what."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from tests.meaning.asked import EXACT, Asked, after, asked_case, many, probability, same, seeds
from tests.meaning.random_cases import (
    Condition,
    RandomCase,
    Settings,
    do_text,
    piece_text,
    query_text,
    random_case,
    state,
    text,
    with_evidence,
)
from tests.meaning.reference import Reference, descendants, reference_of

from quandary.ask import Answer
from quandary.base import CaseError
from quandary.game import do as intervened
from quandary.language import parse_condition, written
from quandary.solve import solve

pytestmark = pytest.mark.slow


def told(pieces: Condition) -> tuple[str, ...]:
    """Return pieces of evidence as the program names them."""
    return tuple(written(parse_condition(piece_text(piece))) for piece in pieces)


def with_chance(asked: Asked) -> None:
    """Take a case whose evidence cannot be, in any world, for no example."""
    assume((asked.reference.chance(asked.drawn.evidence) > 0).any())


def told_or_refused(asked: Asked, query: str) -> Answer | None:
    """Return the answer to a comparison, ``None`` where it is refused (Q524) for asking its sides with unlike
    evidence."""
    try:
        return asked.answers([query], evidence=True)[0]
    except CaseError as error:
        assert [problem.code for problem in error.problems] == ["Q524"]
        return None


@many
@given(seeds)
def test_what_is_set_aside_and_what_worlds_weigh(seed: int) -> None:
    """A piece is set aside where it mentions a set variable or a descendant of one, and never otherwise; it counts
    neither inside a world, which is P(y | b, e kept, do), nor in its weight, which is P(b, e kept | do)."""
    asked = asked_case(seed, seen=1.0)
    drawn, do = asked.drawn, asked.drawn.settings()
    with_chance(asked)
    game = after(asked, asked.reference, do)
    kept, aside = game.split(drawn.evidence, do)
    asking: list[tuple[Condition, Condition]] = [((drawn.piece(),), ()), ((drawn.piece(),), (drawn.piece(),))]
    queries = [probability(target, other, do=do) for target, other in asking]
    queries += [query_text("E(north)", text(other), do_text(do)) for _, other in asking]
    answers = asked.answers(queries, evidence=True)
    wanted = [game.probability(target, other, kept, do=do) for target, other in asking]
    wanted += [game.expected("north", other, kept, do=do) for _, other in asking]
    for answer, values, (_, other) in zip(answers, wanted, asking * 2, strict=True):
        np.testing.assert_allclose(answer.draws, values, rtol=EXACT, atol=EXACT)
        same(answer.weights, game.chance(other, kept, do=do), EXACT)
        assert sorted(answer.dropped) == sorted(told(aside))
    same(game.chance(kept, do=do), asked.reference.chance(kept), EXACT)  # what stands is no more likely for the change
    _sides(asked, do, game)


def _sides(asked: Asked, do: Settings, game: Reference) -> None:
    """Both sides of a comparison, or of a difference, are asked with what neither sets aside, and worlds weigh that."""
    drawn, other_do = asked.drawn, asked.drawn.settings()
    kept, aside = asked.reference.split(drawn.evidence, do, other_do)
    asking = [((drawn.piece(),), (drawn.piece(),) if drawn.rng.random() < 0.3 else ()) for _ in range(2)]
    first, second = (probability(t, b, do=one) for (t, b), one in zip(asking, (do, other_do), strict=True))
    games = game, after(asked, asked.reference, other_do)
    values = [one.probability(t, b, kept, do=d) for one, (t, b), d in zip(games, asking, (do, other_do), strict=True)]
    less, difference = asked.answers([f"{first} < {second}", f"{first} - {second}"], evidence=True)
    for answer in (less, difference):
        same(answer.draws, values[0] - values[1], EXACT)
        same(answer.weights, asked.reference.chance(kept), EXACT)
        assert sorted(answer.dropped) == sorted(told(aside))
    assert difference.holds_in is None  # it is a number, and neither true nor false


@many
@given(seeds)
def test_what_everybody_had_foreseen_reaches_every_rule_that_may_change(seed: int) -> None:
    """``do_foreseen`` sets aside what lies below its variable or below a rule that may change with it. All play the
    changed game as solved anew; what is set aside counts neither inside a world nor in its weight."""
    asked = asked_case(seed, seen=1.0)
    drawn, do = asked.drawn, asked.drawn.settings()
    with_chance(asked)
    changed = intervened(asked.diagram, {name: state(number) for name, number in do})
    solution = solve(changed)
    assume(solution.converged.all())
    game = reference_of(changed, solution.behaviour)
    kept, aside = asked.reference.split_if_foreseen(drawn.evidence, do)
    target, other = (drawn.piece(),), (drawn.piece(),)
    for given_ in ((), other):
        (answer,) = asked.answers([probability(target, given_, do=do, form="do_foreseen")], evidence=True)
        same(answer.draws, game.probability(target, given_, kept))
        same(answer.weights, game.chance(given_, kept))
        assert sorted(answer.dropped) == sorted(told(aside))


@many
@given(seeds)
def test_an_effect_that_is_none_is_never_found(seed: int) -> None:
    """Where x is no cause of y, no comparison between settings of x is true in any world, whatever was seen of both."""
    drawn = random_null(seed)
    asked, (x, y) = Asked(drawn), _unconnected(drawn)
    with_chance(asked)
    reference = asked.reference
    one, other = ((x, 0),), ((x, drawn.cards[x] - 1),)
    target: Condition = (((y, frozenset([0])),),)
    beside = (drawn.piece(tuple(n for n in drawn.names if n not in reference.below([x]))),)
    for given_ in ((), beside):
        pair = [probability(target, given_, do=do) for do in (one, other)]
        less, more, alike = asked.answers([f"{pair[0]} {sign} {pair[1]}" for sign in ("<", ">", "=")], evidence=True)
        defined = ~np.isnan(less.draws)
        same(less.draws[defined], np.zeros(defined.sum()), EXACT)
        if defined.any() and less.weights[defined].any():
            assert (less.holds_in, more.holds_in, alike.holds_in) == (0.0, 0.0, 1.0)
    _as_things_stand(asked, x, target)


def _as_things_stand(asked: Asked, x: str, target: Condition) -> None:
    """Things as they stand are compared with ``do`` only where nothing is set aside, or the sides would be asked with
    unlike evidence: refused (Q524). ``would`` keeps all that was seen, and finds no effect where there is none."""
    do: Settings = ((x, int(asked.drawn.rng.integers(asked.drawn.cards[x]))),)
    _, aside = asked.reference.split(asked.drawn.evidence, do)
    stands, changed = probability(target), probability(target, do=do)
    would = query_text(f"would({text(target)})", do_text(do))
    for query in (f"{stands} < {changed}", f"{would} < {changed}", f"{stands} - {changed}"):
        answer = told_or_refused(asked, query)
        assert (answer is None) == bool(aside), query
        if answer is not None:
            assert not answer.holds_in
    answer = told_or_refused(asked, f"{stands} = {would}")
    assert answer is not None
    assert answer.holds_in == 1.0


def random_null(seed: int) -> RandomCase:
    """Return a case in which some x is no cause of some y, and a child of both was seen where they have one."""
    drawn = random_case(seed, seen=0.8, arcs=0.7, variables=(4, 5))
    x, y = _unconnected(drawn)
    common = tuple(n for n in drawn.names if n in _below(drawn, x) & _below(drawn, y))
    return with_evidence(drawn, (drawn.piece(common), *drawn.evidence[:1])) if common else drawn


def _unconnected(drawn: RandomCase) -> tuple[str, str]:
    """Return the first x and y such that y is no descendant of x, those with a common descendant before others."""
    pairs = [(x, y) for x in drawn.names for y in drawn.names if y not in _below(drawn, x)]
    shared = [p for p in pairs if _below(drawn, p[0]) & _below(drawn, p[1]) - set(p)]
    return (shared or pairs)[0]


def _below(drawn: RandomCase, name: str) -> set[str]:
    return descendants(drawn.parents, [name])
