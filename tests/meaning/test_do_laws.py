"""The laws of ``do``, world by world and without evidence, over random small cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from tests.laws.diagrams import random_diagram
from tests.meaning.asked import (
    EXACT,
    SOLVED,
    Asked,
    after,
    asked_case,
    leading_astray,
    many,
    newly_reached,
    probability,
    query_of,
    same,
    seeds,
    solved_on_a_tree,
)
from tests.meaning.random_cases import (
    NOTHING,
    Condition,
    RandomCase,
    all_are,
    do_text,
    is_,
    query_text,
    random_case,
    text,
    with_evidence,
)
from tests.meaning.reference import Array, Reference, descendants, reference_of, seeing

from quandary.ask import DiagramQuestions
from quandary.engine import DiagramGame, compiled_code_available
from quandary.solve import solve

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def solved_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have games solved by tables or by compiled code, as the test's ``way`` says; without one some so and some so."""
    callspec = getattr(request.node, "callspec", None)
    chosen = "" if callspec is None else str(callspec.params.get("way", ""))
    if chosen == "compiled":
        pytest.importorskip("numba")
    here = {"tables": lambda game: False, "compiled": lambda game: True}
    monkeypatch.setattr("quandary.engine.playing.diagram_game.worthwhile", here.get(chosen, _even))


def _even(game: DiagramGame) -> bool:
    return compiled_code_available() and len(game.diagram.variables) % 2 == 0


apart = pytest.mark.parametrize("way", ["tables", "compiled"])


def plain_case(seed: int) -> Asked:
    """Return a random case without evidence."""
    return asked_case(seed, seen=0.0)


def agree(found: list[Array], wanted: list[Array], queries: list[str], room: float) -> None:
    """Assert that answers agree; expectations are on a scale of a hundred points."""
    for mine, theirs, query in zip(found, wanted, queries, strict=True):
        scale = 1 if query.startswith("P") else 100
        same(mine / scale, theirs / scale, room)


Pair = tuple[str, str, str]
"""A law, and two queries of which the first gives what the second gives wherever that has a value."""


def equal_where_defined(pairs: Sequence[Pair], asked: Asked, *, evidence: bool = False) -> None:
    """Assert what the pairs say."""
    found = iter(asked.values([query for _, *both in pairs for query in both], evidence=evidence))
    for (law, *both), first, second in zip(pairs, found, found, strict=False):
        defined = ~np.isnan(second)
        scale = max(1.0, float(np.abs(second[defined]).max(initial=0.0)))
        gap = np.abs(first[defined] - second[defined]).max(initial=0.0)
        assert gap <= EXACT * scale, (law, both, first, second)


@apart
@many
@given(seed=seeds)
def test_do_is_truncated_factorisation(way: str, seed: int) -> None:
    """Rules are mechanisms like the tables of chance: all that ``do`` changes is the set variables' own mechanism. The
    rules may come from the diagram or from the tree of all histories. What an actor faces at a decision is told in the
    game after ``do`` too: the best option's worth less the second best's, over the sets that it comes to."""
    asked = plain_case(seed)
    drawn, do = asked.drawn, asked.drawn.settings()
    others: list[Condition] = [(), (), (drawn.piece(),), (drawn.piece(), drawn.piece())]
    asking: list[tuple[Condition, Condition]] = [((drawn.piece(),), other) for other in others]
    queries = [probability(target, other, do=do) for target, other in asking]
    queries += [query_text("E(north)", text(others[2]), do_text(do)), query_text("E(south)", do_text(do))]
    chosen = [name for name in drawn.owners if name not in dict(do)][-1:]
    queries += [query_text(f"margin({name})", text(others[2]), do_text(do)) for name in chosen]
    found = asked.values(queries)
    references = [(asked.reference, EXACT)] + ([(asked.by_tree, SOLVED)] if way == "tables" else [])
    for reference, room in references:
        game = after(asked, reference, do)
        wanted = [game.probability(target, other, do=do) for target, other in asking]
        wanted += [game.expected("north", others[2], do=do), game.expected("south", do=do)]
        wanted += [game.margin(name, others[2], do=do) for name in chosen]
        agree(found, wanted, queries, room)


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
    yield "root", probability(target, do=do), probability(target, one)
    yield "root", probability(target, other, do=do), probability(target, other, one)
    yield "root", query_text("E(north)", do_text(do)), query_text("E(north)", text(one))


def pairs_given_what_is_seen(drawn: RandomCase) -> Iterator[Pair]:
    """For any variable at all, given what its mechanism sees ``do`` equals conditioning."""
    name = str(drawn.rng.choice([n for n in drawn.names if drawn.parents[n]] or list(drawn.names)))
    sets, target, other = drawn.sets(name), (drawn.piece(),), (drawn.piece(),)
    seen, k = all_are(sets[drawn.rng.integers(len(sets))]), int(drawn.rng.integers(drawn.cards[name]))
    one, do = is_(name, k), ((name, k),)
    yield "parents", probability(target, seen, do=do), probability(target, seen, one)
    yield "parents", probability(target, seen, other, do=do), probability(target, seen, other, one)
    yield "parents", query_text("E(south)", text(seen), do_text(do)), query_text("E(south)", text(seen), text(one))


def pairs_of_arcs_out(drawn: RandomCase, reference: Reference) -> Iterator[Pair]:
    """Without what it sees they are equal too where x and y are d-separated once the arcs out of x are cut: rule 2 of
    the do-calculus (Pearl 2009, section 3.4)."""
    single = [(x, (y,)) for x in drawn.names for y in drawn.names if reference.apart_once_cut(x, (y,))]
    double = [(x, (y, z)) for x, (y,) in single for z in drawn.names if y < z and reference.apart_once_cut(x, (y, z))]
    telling = [(x, ys) for x, ys in single + double if drawn.parents[x] and set(ys) & reference.below([x])]
    chosen = telling or single
    for number in drawn.rng.permutation(len(chosen))[:2].tolist():
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
    sets = drawn.sets(name)
    pairs: list[Pair] = []
    for number in drawn.rng.permutation(len(sets))[:2].tolist():
        seen, k = text(all_are(sets[number])), int(drawn.rng.integers(drawn.cards[name]))
        for head in (f"E({drawn.owners[name]})", f"P({text((drawn.piece(),))})"):
            chosen = query_text(head, seen, text(is_(name, k)))
            pairs.append(("advice", query_text(head, seen, do_text(((name, k),))), chosen))
    equal_where_defined(pairs, Asked(drawn, worlds=2), evidence=True)


@many
@given(seeds)
def test_it_does_not_matter_that_it_was_foreseen_where_no_rule_hangs_on_it(seed: int) -> None:
    """``do`` and ``do_foreseen`` agree, evidence and weights included, if the variable's mechanism is relevant to no
    decision. (Newly reached sets with several equilibria are another matter: ``test_two_branches``.)"""
    asked = asked_case(seed, deciding=0.4)
    drawn, reference = asked.drawn, asked.structure
    names = [n for n in drawn.names if not reference.relevant(n)]
    assume(names)  # else nothing is to be said of the case
    name = str(drawn.rng.choice(names))
    k = int(drawn.rng.integers(drawn.cards[name]))
    targets: list[tuple[Condition, Condition]] = [((drawn.piece(),), ()), ((drawn.piece(),), (drawn.piece(),))]
    queries = [probability(*both, do=((name, k),), form=form) for both in targets for form in ("do", "do_foreseen")]
    found = iter(asked.answers(queries, evidence=True))
    for sudden, foreseen in zip(found, found, strict=True):
        same(sudden.draws, foreseen.draws)
        same(sudden.weights, foreseen.weights)
        assert sudden.dropped == foreseen.dropped


@apart
@many
@given(seed=seeds)
def test_newly_reached_sets_answer_with_all_else_fixed(way: str, seed: int) -> None:
    """Newly reached is what no full-support behaviour reaches in the own game and some does after ``do``. There every
    actor answers by its logit rule to what the truncated factorisation makes it believe; elsewhere rules stay. The
    branch is that of the tree of all histories after ``do``, every other set a move of chance there."""
    asked = asked_case(seed, seen=0.0, zeros=0.25, bars=0.5, deciding=0.65)
    reference = asked.reference
    do = leading_astray(asked, reference)
    newly = newly_reached(reference, do)
    possible = reference.possible(do)
    others = [s for s in reference.information_sets() if s[0] not in dict(do) and s not in newly]
    others = [s for s in others if possible[reference.holds(seeing(s))].any()]
    game = after(asked, reference, do)
    for which, told in newly.items():
        answer = game.response(which, do)
        np.testing.assert_allclose(game.rule(which)[:, told], answer[:, told], rtol=0, atol=SOLVED)
    if newly and all(worlds.all() for worlds in newly.values()) and way == "tables":
        on_a_tree = solved_on_a_tree(asked, reference, do)
        for which in newly:
            np.testing.assert_allclose(game.rule(which), on_a_tree.rule(which), rtol=0, atol=SOLVED)
    some = [others[k] for k in asked.drawn.rng.permutation(len(others))[:2].tolist()]
    for which, rule in zip(some, asked.rules_after(do, some), strict=True):
        here = possible[reference.holds(seeing(which))].any(axis=0)
        np.testing.assert_allclose(rule[:, here], reference.rule(which)[:, here], rtol=0, atol=EXACT)


@many
@given(seeds)
def test_a_diagram_from_a_file_is_asked_by_the_same_laws(seed: int) -> None:
    """Newly reached sets, and truncated factorisation with their rules, in questions to a diagram of one world."""
    diagram = random_diagram(seed, worlds=1, variables=4, bars=True)
    solution = solve(diagram)
    assume(solution.converged.all())
    reference, questions = reference_of(diagram, solution.behaviour), DiagramQuestions(diagram, "logit")
    rng = np.random.default_rng([seed, 1])
    drawn = RandomCase(NOTHING, (), dict(reference.cards), dict(reference.parents), dict(reference.owners), rng)

    def answered(target: Condition, *given_: Condition) -> Array:
        query = probability(target, *given_, do=do)
        return np.broadcast_to(questions.ask(query_of(query), query).draws, (1,))

    do = drawn.settings()
    for which, worlds in newly_reached(reference, do).items():
        rule = np.stack([answered(is_(which[0], k), seeing(which)) for k in range(drawn.cards[which[0]])])
        reference = reference.with_rule(which, rule, worlds)
    for which in newly_reached(reference, do):
        np.testing.assert_allclose(reference.rule(which), reference.response(which, do), rtol=0, atol=SOLVED)
    for other in ((), (drawn.piece(),)):
        target: Condition = (drawn.piece(),)
        same(answered(target, other), reference.probability(target, other, do=do), EXACT)
