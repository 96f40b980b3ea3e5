"""The laws of ``do``, world by world and without evidence, over random small cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from tests.meaning.asked import (
    EXACT,
    SOLVED,
    Asked,
    after,
    asked_case,
    many,
    newly_reached,
    probability,
    same,
    seeds,
)
from tests.meaning.random_cases import (
    Condition,
    RandomCase,
    Settings,
    all_are,
    do_text,
    is_,
    query_text,
    random_case,
    text,
    with_evidence,
)
from tests.meaning.reference import Array, Reference, descendants, seeing

from quandary.engine.playing import diagram_game


@pytest.fixture(params=["tables", "compiled"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have games solved by tables, and by compiled code where numba is installed."""
    if request.param == "compiled":
        pytest.importorskip("numba")
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: request.param == "compiled")
    return str(request.param)


def plain_case(seed: int) -> Asked:
    """Return a random case without evidence."""
    return asked_case(seed, seen=0.0)


def agree(found: list[Array], wanted: list[Array], queries: list[str], room: float) -> None:
    """Assert that answers agree; expectations are on a scale of a hundred points."""
    for mine, theirs, query in zip(found, wanted, queries, strict=True):
        scale = 100 if query.startswith("E") else 1
        same(mine / scale, theirs / scale, room)


def equal_where_defined(pairs: Sequence[Pair], asked: Asked, *, evidence: bool = False) -> None:
    """Assert what the pairs say."""
    found = iter(asked.values([query for _, *both in pairs for query in both], evidence=evidence))
    for (law, *both), first, second in zip(pairs, found, found, strict=False):
        defined = ~np.isnan(second)
        scale = max(1.0, float(np.abs(second[defined]).max(initial=0.0)))
        gap = np.abs(first[defined] - second[defined]).max(initial=0.0)
        assert gap <= EXACT * scale, (law, both, first, second)


@many
@given(seeds)
def test_do_is_truncated_factorisation(seed: int) -> None:
    """Rules are mechanisms like the tables of chance: all that ``do`` changes is the set variables' own mechanism. The
    rules may come from the diagram or from the tree of all histories."""
    asked = plain_case(seed)
    drawn, do = asked.drawn, asked.drawn.settings()
    targets: list[Condition] = [(drawn.piece(),) for _ in range(3)]
    others: list[Condition] = [(), (drawn.piece(),), (drawn.piece(), drawn.piece())]
    asking = [*zip(targets, others, strict=True)] + [
        (is_(n, k), ()) for n in drawn.names for k in range(drawn.cards[n])
    ]
    queries = [probability(target, other, do=do) for target, other in asking]
    queries += [query_text("E(north)", text(others[1]), do_text(do)), query_text("E(south)", do_text(do))]
    found = asked.values(queries)
    for reference, room in ((asked.reference, EXACT), (asked.by_tree, SOLVED)):
        game = after(asked, reference, do)
        wanted = [game.probability(target, other, do=do) for target, other in asking]
        wanted += [game.expected("north", others[1], do=do), game.expected("south", do=do)]
        agree(found, wanted, queries, room)


Pair = tuple[str, str, str]
"""A law, and two queries of which the first gives what the second gives wherever that has a value."""


@many
@given(seeds)
def test_do_equals_conditioning_where_it_must(seed: int) -> None:
    drawn = random_case(seed, seen=0.0)
    asked = Asked(drawn, worlds=2)
    pairs = [*root_pairs(drawn), *pairs_given_what_is_seen(drawn), *pairs_of_arcs_out(drawn, asked.structure)]
    equal_where_defined(pairs, asked)


def root_pairs(drawn: RandomCase) -> Iterator[Pair]:
    """For any root, chance or decision, ``do`` equals conditioning."""
    root = str(drawn.rng.choice(drawn.roots()))
    target, other, k = (drawn.piece(),), (drawn.piece(),), int(drawn.rng.integers(drawn.cards[root]))
    one, do = is_(root, k), ((root, k),)
    for name in drawn.names:
        yield "root", probability(is_(name, 0), do=do), probability(is_(name, 0), one)
    yield "root", probability(target, other, do=do), probability(target, other, one)
    yield "root", query_text("E(north)", text(other), do_text(do)), query_text("E(north)", text(other), text(one))


def pairs_given_what_is_seen(drawn: RandomCase) -> Iterator[Pair]:
    """For any variable at all, given what its mechanism sees ``do`` equals conditioning."""
    name = str(drawn.rng.choice([n for n in drawn.names if drawn.parents[n]] or list(drawn.names)))
    sets, target, other = drawn.sets(name), (drawn.piece(),), (drawn.piece(),)
    for number in drawn.rng.permutation(len(sets))[:2].tolist():
        seen, k = all_are(sets[number]), int(drawn.rng.integers(drawn.cards[name]))
        one, do = is_(name, k), ((name, k),)
        for at in drawn.names:
            yield "parents", probability(is_(at, 0), seen, do=do), probability(is_(at, 0), seen, one)
        yield "parents", probability(target, seen, other, do=do), probability(target, seen, other, one)
        yield "parents", *(query_text("E(south)", text(seen), way) for way in (do_text(do), text(one)))


def pairs_of_arcs_out(drawn: RandomCase, reference: Reference) -> Iterator[Pair]:
    """Without what it sees they are equal too where x and y are d-separated once the arcs out of x are cut: rule 2 of
    the do-calculus (Pearl 2009, section 3.4)."""
    single = [(x, (y,)) for x in drawn.names for y in drawn.names if reference.apart_once_cut(x, (y,))]
    double = [(x, (y, z)) for x, (y,) in single for z in drawn.names if y < z and reference.apart_once_cut(x, (y, z))]
    telling = [(x, ys) for x, ys in single + double if drawn.parents[x] and set(ys) & reference.below([x])]
    chosen = telling or single
    for number in drawn.rng.permutation(len(chosen))[:3].tolist():
        x, ys = chosen[number]
        target = all_are(tuple((y, int(drawn.rng.integers(drawn.cards[y]))) for y in ys))
        k = int(drawn.rng.integers(drawn.cards[x]))
        yield "arcs out", probability(target, do=((x, k),)), probability(target, is_(x, k))


@many
@given(seeds)
def test_to_an_owner_who_knows_what_it_sees_do_is_as_good_as_choosing(seed: int) -> None:
    """Advice: in a row (an information set, with what was seen before the decision) ``do`` equals conditioning."""
    drawn = random_case(seed, deciding=0.65, seen=0.0)
    assume(drawn.owners)
    name = str(drawn.rng.choice(list(drawn.owners)))
    free = tuple(n for n in drawn.names if n not in descendants(drawn.parents, [name]))
    if free:
        drawn = with_evidence(drawn, tuple(drawn.piece(free) for _ in range(int(drawn.rng.integers(3)))))
    sets, pairs = drawn.sets(name), []
    for number in drawn.rng.permutation(len(sets))[:3].tolist():
        seen = text(all_are(sets[number]))
        for k in range(drawn.cards[name]):
            for head in ("E(north)", "E(south)", f"P({text((drawn.piece(),))})"):
                ways = do_text(((name, k),)), text(is_(name, k))
                pairs.append(("advice", *(query_text(head, seen, way) for way in ways)))
    equal_where_defined(pairs, Asked(drawn, worlds=2), evidence=True)


@many
@given(seeds)
def test_it_does_not_matter_that_it_was_foreseen_where_no_rule_hangs_on_it(seed: int) -> None:
    """``do`` and ``do_foreseen`` agree, evidence and weights included, if the variable's mechanism is relevant to no
    decision."""
    asked = asked_case(seed, deciding=0.4)
    drawn, reference = asked.drawn, asked.structure
    names = [n for n in drawn.names if not reference.relevant(n)]
    assume(names)  # else nothing is to be said of the case
    name = str(drawn.rng.choice(names))
    k = int(drawn.rng.integers(drawn.cards[name]))
    target, other = (drawn.piece(),), (drawn.piece(),)
    targets = [(is_(n, 0), ()) for n in drawn.names] + [(target, other)]
    queries = [probability(*both, do=((name, k),), form=form) for both in targets for form in ("do", "do_foreseen")]
    found = iter(asked.answers(queries, evidence=True))
    for sudden, foreseen in zip(found, found, strict=True):
        same(sudden.draws, foreseen.draws)
        same(sudden.weights, foreseen.weights)
        assert sudden.dropped == foreseen.dropped


@many
@given(seeds)
def test_newly_reached_sets_answer_with_all_else_fixed(seed: int) -> None:
    """Newly reached is what no full-support behaviour reaches in the own game and some does after ``do``. There every
    actor answers by its logit rule to what the truncated factorisation makes it believe; elsewhere rules stay."""
    asked = asked_case(seed, seen=0.0, zeros=0.25, bars=0.5, deciding=0.6)
    reference = asked.reference
    do = _leading_astray(asked, reference)
    newly = newly_reached(reference, do)
    possible = reference.possible(do)
    sets = [
        s for s in reference.information_sets() if s[0] not in dict(do) and possible[reference.holds(seeing(s))].any()
    ]
    game = after(asked, reference, do)
    for which, rule in zip(sets, asked.rules_after(do, sets), strict=True):
        here = possible[reference.holds(seeing(which))].any(axis=0)
        told = newly.get(which, np.zeros(reference.worlds, dtype=np.bool_))
        answer = game.response(which, do)
        np.testing.assert_allclose(rule[:, told], answer[:, told], rtol=0, atol=SOLVED)
        kept = here & ~told
        np.testing.assert_allclose(rule[:, kept], reference.rule(which)[:, kept], rtol=0, atol=EXACT)


def _leading_astray(asked: Asked, reference: Reference) -> Settings:
    """Return an intervention after which some sets are newly reached, where there is one among a few."""
    tried = [asked.drawn.settings() for _ in range(6)]
    return next((do for do in tried if newly_reached(reference, do)), tried[0])
