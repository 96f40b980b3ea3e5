"""What would have been: Pearl's firing squad, explicit Gumbel noise, sharp bounds by linear programming, and laws."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog
from tests.ask.alarm import ALARM
from tests.ask.crisis import case_of, crisis, study
from tests.formats.outside import at_hand

import quandary
from quandary.ask import Mechanisms, Study, Twin, bound, gumbel_conditional, mechanisms_of, network
from quandary.base import Array, CaseError, Refusal
from quandary.game import Diagram, Table, graph_of
from quandary.onegame import read_diagram

Sampled = dict[str, np.ndarray[tuple[int, ...], np.dtype[np.intp]]]


def mechanisms(diagram: Diagram, settings: dict[str, int] | None = None) -> Mechanisms:
    names = tuple(v.name for v in diagram.variables)
    made = {n: state(n, k, diagram.cardinality(n)) for n, k in (settings or {}).items()}
    return Mechanisms(names, {n: diagram.cardinality(n) for n in names}, diagram.tables, made)


def state(name: str, index: int, card: int) -> Table:
    marks = np.zeros((card, 1))
    marks[index] = 1.0
    return Table((name,), marks)


def twin_of(diagram: Diagram, settings: dict[str, int], seen: dict[str, int], asked: dict[str, int]) -> Twin:
    changed = frozenset(graph_of(diagram).descendants(settings))
    known, wanted = (tuple(state(n, k, diagram.cardinality(n)) for n, k in found.items()) for found in (seen, asked))
    return Twin(mechanisms(diagram), mechanisms(diagram, settings), changed, known, wanted)


def random_network(seed: int, worlds: int = 1, sparse: bool = False) -> Diagram:
    """Return A -> B -> D, A -> C -> D, B -> C and D -> E, with two or three states each."""
    random = np.random.default_rng(seed)
    cards = {name: int(random.integers(2, 4)) for name in "ABCDE"}
    tables = []
    for name, parents in {"A": "", "B": "A", "C": "AB", "D": "BC", "E": "D"}.items():
        shape = tuple(cards[p] for p in parents)
        odds = random.dirichlet(np.full(cards[name], 0.7), size=(worlds, *shape))
        if sparse:
            odds = np.where(odds < 0.15, 0.0, odds)
            odds = odds / odds.sum(axis=-1, keepdims=True)
        tables.append((name, Table((*parents, name), np.moveaxis(odds, 0, -1))))
    return network(tables)


def played(model: Mechanisms, noise: dict[str, Array]) -> Sampled:
    """Return what happens under explicit noise: X = argmax (log p + G)."""
    found: Sampled = {}
    for name in model.names:
        table = model.table(name)
        odds = table.values[..., 0]
        rows = odds[tuple(found[p] for p in table.axes[:-1])]
        with np.errstate(divide="ignore"):
            found[name] = (np.log(rows) + noise[name]).argmax(axis=-1)
    return found


@pytest.mark.parametrize("states", [2, 3, 5])
def test_the_coupling_is_that_of_shared_gumbel_noise(states: int) -> None:
    random = np.random.default_rng(states)
    p, q = random.dirichlet(np.ones(states), size=2)
    if states == 5:
        p[1], q[3] = 0.0, 0.0
        p, q = p / p.sum(), q / q.sum()
    joint = p[:, None] * gumbel_conditional(p[:, None], q[:, None])[..., 0]
    np.testing.assert_allclose(joint.sum(axis=1), p, atol=1e-14)
    np.testing.assert_allclose(joint.sum(axis=0), q, atol=1e-14)
    draws = 400_000
    noise = random.gumbel(size=(draws, states))
    with np.errstate(divide="ignore"):
        first, second = (np.log(p) + noise).argmax(axis=1), (np.log(q) + noise).argmax(axis=1)
    counted = np.zeros((states, states))
    np.add.at(counted, (first, second), 1.0 / draws)
    np.testing.assert_allclose(counted, joint, atol=4.5 * 0.5 / np.sqrt(draws))


def test_an_outcome_whose_odds_rose_is_not_left_for_one_whose_odds_fell() -> None:
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.3, 0.1])
    rows = gumbel_conditional(p[:, None], q[:, None])[..., 0]
    assert rows[0, 1] == rows[0, 2] == rows[1, 2] == 0.0
    assert rows[2, 0] > 0
    np.testing.assert_allclose(gumbel_conditional(p[:, None], p[:, None])[..., 0], np.eye(3), atol=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_twin_network_gives_what_explicit_noise_gives(seed: int) -> None:
    diagram = random_network(seed, sparse=seed % 2 == 1)
    random = np.random.default_rng(100 + seed)
    draws = 300_000
    noise = {v.name: random.gumbel(size=(draws, len(v.states))) for v in diagram.variables}
    settings = {"B": 0} if seed % 3 else {"A": 1, "C": 0}
    actual, altered = played(mechanisms(diagram), noise), played(mechanisms(diagram, settings), noise)
    seen = {"C": int(actual["C"][0]), "E": int(actual["E"][0])}
    asked = {"E": int(altered["E"][1])}
    twin = twin_of(diagram, settings, seen, asked)
    agree = np.logical_and.reduce([actual[n] == k for n, k in seen.items()])
    agree &= altered["E"] == asked["E"]
    assert twin.probability()[0] == pytest.approx(agree.mean(), abs=4.5 * 0.5 / np.sqrt(draws))
    for upper, sign in ((False, -1), (True, 1)):
        assert sign * (bound(twin, upper=upper)[0] - twin.probability()[0]) >= -1e-12


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_bounds_hold_for_other_noise_too(seed: int) -> None:
    """Inverse distribution functions over states in any order are noise as well: their answer lies within."""
    diagram = random_network(seed)
    random = np.random.default_rng(seed)
    draws = 100_000
    uniform = {v.name: random.random(draws) for v in diagram.variables}
    order = {v.name: random.permutation(len(v.states)) for v in diagram.variables}
    turned = {v.name: random.random() < 0.5 for v in diagram.variables}

    def happening(model: Mechanisms) -> Sampled:
        found: Sampled = {}
        for name in model.names:
            table = model.table(name)
            rows = table.values[..., 0][tuple(found[p] for p in table.axes[:-1])]
            rows = np.broadcast_to(rows, (draws, model.cards[name]))[:, order[name]]
            level = uniform[name]
            if turned[name] and model.parents(name):
                level = np.where(found[model.parents(name)[-1]] == 0, level, 1.0 - level)
            cut = (np.cumsum(rows, axis=1) < level[:, None]).sum(axis=1)
            found[name] = order[name][np.minimum(cut, model.cards[name] - 1)]
        return found

    settings = {"B": 1}
    actual, altered = happening(mechanisms(diagram)), happening(mechanisms(diagram, settings))
    twin = twin_of(diagram, settings, {"D": int(actual["D"][0])}, {"E": int(altered["E"][1])})
    both = (actual["D"] == actual["D"][0]) & (altered["E"] == altered["E"][1])
    room = 4.5 * 0.5 / np.sqrt(draws)
    assert bound(twin, upper=False)[0] - room <= both.mean() <= bound(twin, upper=True)[0] + room


@pytest.mark.parametrize("seed", range(5))
def test_bounds_are_sharp_for_one_effect_of_one_cause(seed: int) -> None:
    """All response types of Y to X, by linear programming (Balke & Pearl 1994)."""
    random = np.random.default_rng(seed)
    causes, effects = 3, 3
    odds = random.dirichlet(np.ones(effects), size=causes)
    weights = random.dirichlet(np.ones(causes))
    diagram = network([("X", Table(("X",), weights[:, None])), ("Y", Table(("X", "Y"), odds[..., None]))])
    types = list(itertools.product(range(effects), repeat=causes))
    rows = [[1.0 * (kind[x] == y) for kind in types] for x in range(causes) for y in range(effects)]
    seen, was, asked, made = 1, 0, 2, 2
    gain = np.array([weights[was] * (kind[was] == seen) * (kind[made] == asked) for kind in types])
    gain += [weights[made] * (kind[made] == seen) * (kind[made] == asked) for kind in types]
    gain += [weights[1] * (kind[1] == seen) * (kind[made] == asked) for kind in types]
    twin = twin_of(diagram, {"X": made}, {"Y": seen}, {"Y": asked})
    for upper, sign in ((False, 1), (True, -1)):
        best = linprog(sign * gain, A_eq=rows, b_eq=odds.ravel(), bounds=(0, 1))
        only = twin_of(diagram, {"X": made}, {"X": was, "Y": seen}, {"Y": asked})
        alone = np.array([weights[was] * (kind[was] == seen) * (kind[made] == asked) for kind in types])
        sharp = linprog(sign * alone, A_eq=rows, b_eq=odds.ravel(), bounds=(0, 1))
        assert bound(only, upper=upper)[0] == pytest.approx(sign * float(sharp.fun or 0.0), abs=1e-9)
        assert -sign * (bound(twin, upper=upper)[0] - sign * float(best.fun or 0.0)) >= -1e-9


def test_the_probability_of_necessity_is_bounded_as_tian_and_pearl_say() -> None:
    """PN between max(0, 1 - P(y|x')/P(y|x)) and min(1, P(not y|x')/P(y|x)) (Tian & Pearl 2000, exogenous cause)."""
    with_cause, without = 0.3, 0.8
    table = np.array([[0.2, 0.8], [0.7, 0.3]])[..., None]
    diagram = network([("X", Table(("X",), np.array([[0.4], [0.6]]))), ("Y", Table(("X", "Y"), table))])
    twin = twin_of(diagram, {"X": 0}, {"X": 1, "Y": 1}, {"Y": 0})
    seen = 0.6 * with_cause
    assert bound(twin, upper=False)[0] / seen == pytest.approx(max(0.0, 1 - without / with_cause))
    assert bound(twin, upper=True)[0] / seen == pytest.approx(min(1.0, (1 - without) / with_cause))


def test_the_firing_squad(textbook: Path) -> None:
    path = at_hand(textbook / "maids" / "firing_squad.json")
    diagram = read_diagram(path.read_text(encoding="utf-8"))
    place = {v.name: v.states for v in diagram.variables}
    seen, settings, asked = {"D": place["D"].index("t")}, {"A": place["A"].index("f")}, {"D": place["D"].index("f")}
    twin = twin_of(diagram, settings, seen, asked)
    known = twin_of(diagram, {}, seen, {}).probability()[0]
    assert twin.probability()[0] / known == pytest.approx(1 / 6, abs=1e-9)
    for upper in (False, True):
        assert bound(twin, upper=upper)[0] / known == pytest.approx(1 / 6, abs=1e-9)


def test_worlds_are_answered_each_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    diagram = random_network(3, worlds=7)
    twin = twin_of(diagram, {"A": 0}, {"D": 1}, {"E": 0})
    whole = twin.probability()
    lowest = bound(twin, upper=False)
    for entries in (1, 60, 120, 240, 480):
        monkeypatch.setattr("quandary.ask.query.counterfactual.twin.AT_ONCE", entries)
        monkeypatch.setattr("quandary.ask.query.counterfactual.coupling_bounds.AT_ONCE", entries)
        np.testing.assert_allclose(twin.probability(), whole, atol=1e-14)
        np.testing.assert_allclose(bound(twin, upper=False), lowest, atol=1e-14)
    for world in range(7):
        alone = twin.in_worlds(slice(world, world + 1))
        assert alone.probability()[0] == pytest.approx(whole[world], abs=1e-14)


def test_too_large_a_table_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quandary.ask.query.counterfactual.twin.MOST_ENTRIES", 10)
    with pytest.raises(Refusal, match="Q542"):
        twin_of(random_network(0), {"A": 0}, {"E": 1}, {"E": 0}).probability()


def test_coarser_bounds_still_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = twin_of(random_network(4), {"B": 0}, {"D": 1, "A": 0}, {"E": 0})
    fine = [bound(twin, upper=upper)[0] for upper in (False, True)]
    for cells in (8, 1):
        monkeypatch.setattr("quandary.ask.query.counterfactual.coupling_bounds.MOST_CELLS", cells)
        coarse = [bound(twin, upper=upper)[0] for upper in (False, True)]
        assert coarse[0] <= fine[0] + 1e-12
        assert coarse[1] >= fine[1] - 1e-12


# --- in a case ----------------------------------------------------------------------------------------------------


def close(first: str, second: str, asked: Study) -> None:
    one, other = asked.ask(first), asked.ask(second)
    np.testing.assert_allclose(one.draws, other.draws, atol=1e-9)
    np.testing.assert_allclose(one.weights, other.weights, atol=1e-9)


def test_without_anything_seen_below_the_change_it_is_do_unseen() -> None:
    asked = study(use_evidence=False)
    close("would(war | do(operation = fail))", "P(war | do(operation = fail))", asked)
    close("would(war | seen weather = foul, do(deploy = go))", "P(war | weather = foul, do(deploy = go))", asked)


def test_what_was_so_already_changes_nothing() -> None:
    asked = study(use_evidence=False)
    close(
        "would(war | seen operation = fail and mood = angry, do(operation = fail))",
        "P(war | operation = fail, mood = angry)",
        asked,
    )
    bounds = asked.ask("would(war | seen operation = fail, do(operation = fail))").parts
    np.testing.assert_allclose(bounds["lowest"].draws, bounds["highest"].draws, atol=1e-12)


def test_evidence_below_the_change_is_kept() -> None:
    """In the case's evidence the unrest was a threat; had it not been, nobody may go, so war is as after staying."""
    answer = study().ask("would(operation = none | do(unrest = none))")
    np.testing.assert_allclose(answer.draws, 1.0)
    assert answer.dropped == ()
    np.testing.assert_allclose(answer.weights, study().found.evidence)


@pytest.mark.slow
def test_a_case_gives_what_explicit_noise_gives_in_one_world() -> None:
    asked = Study(crisis(), worlds=16, seed=4, threads=1)
    answer = asked.ask("would(war | seen push = hold, do(operation = fail))")
    situation = asked.first_situation()
    model = mechanisms_of(situation.played).in_worlds(slice(0, 1))
    index = {v.name: v.states.index for v in situation.played.opened.variables}
    random = np.random.default_rng(1)
    draws = 1_000_000
    noise = {name: random.gumbel(size=(draws, model.cards[name])) for name in model.names}
    actual = played(model, noise)
    settings = {"operation": state("operation", index["operation"]("fail"), model.cards["operation"])}
    altered = played(Mechanisms(model.names, model.cards, model.tables, settings), noise)
    seen = {"weather": "foul", "unrest": "threat", "deploy": "go", "push": "hold"}
    agree = np.logical_and.reduce([actual[name] == index[name](word) for name, word in seen.items()])
    expected = (altered["push"] == index["push"]("attack"))[agree].mean()
    assert agree.sum() > 1000
    assert answer.draws[0] == pytest.approx(expected, abs=4.5 * 0.5 / np.sqrt(agree.sum()))
    lowest, highest = answer.parts["lowest"].draws, answer.parts["highest"].draws
    assert (lowest <= answer.draws + 1e-12).all()
    assert (answer.draws <= highest + 1e-12).all()


def test_replan_lets_those_who_choose_know() -> None:
    """With nothing seen below the change, replanning is do(...), where keeping the rules is do(...)."""
    asked = study(use_evidence=False)
    close("would(reply = resist | do(push = attack), replan)", "P(reply = resist | do_foreseen(push = attack))", asked)
    close("would(reply = resist | do(push = attack))", "P(reply = resist)", asked)
    gap = asked.ask("P(reply = resist | do_foreseen(push = attack)) - P(reply = resist)").mean
    assert gap is not None
    assert abs(gap) > 0.01


def test_a_would_without_a_change_is_a_fault() -> None:
    with pytest.raises(CaseError, match="Q543"):
        study().ask("would(war | seen operation = fail)")


def test_it_can_be_compared() -> None:
    answer = study().ask("would(war | do(operation = fail)) < P(war)")
    assert answer.holds_in is not None


def test_situations_that_never_arise_are_named(tmp_path: Path) -> None:
    """In silence nobody may leave and so nobody meets a thief: what the guard would do then is nobody's choice."""
    path = tmp_path / "case.yaml"
    path.write_text(ALARM, encoding="utf-8")
    asked = Study(quandary.load(path).case, worlds=16, threads=1)
    odd = asked.ask("would(shout = loud | seen alarm = silent, do(go = leave))")
    assert any(note.startswith("shout may come to situations") for note in odd.notes)
    for fine in (
        "would(shout = loud | seen alarm = rings, do(go = leave))",
        "would(shout = loud | seen alarm = silent, do(alarm = rings))",
        "would(shout = loud | seen alarm = silent, do(go = leave), replan)",
    ):
        assert not [note for note in asked.ask(fine).notes if "never arise" in note], fine


# x and y both take the certain good while all is calm; after a clash it is matching pennies between players so precise,
# in some worlds, that no choice is found
PENNIES_AFTER = """
quandary: 2
title: Pennies after a clash
as_of: 2030-05-01
actors:
  a: {rationality: x2 to x1e30 per 1, because: invented}
  b: {rationality: x2 to x1e30 per 1, because: invented}
story:
  - {chance: mode, states: [calm, clash], odds: {clash: 1% to 2%, calm: rest}, because: invented}
  - {decision: x, by: a, options: [h, t]}
  - {decision: y, by: b, options: [h, t]}
stakes:
  a:
    k:
      because: invented
      weight: 100%
      worth:
        - mode = calm and x = h: 90
        - mode = calm: 10
        - x = h and y = h: 60 to 100
        - x = t and y = t: 60 to 100
        - otherwise: 0 to 10
  b:
    k:
      because: invented
      weight: 100%
      worth:
        - mode = calm and y = h: 90
        - mode = calm: 10
        - x = h and y = t: 60 to 100
        - x = t and y = h: 60 to 100
        - otherwise: 0 to 10
"""


def test_worlds_in_which_the_game_anew_is_not_solved_are_left_out_and_named() -> None:
    case = case_of(PENNIES_AFTER)
    plain = Study(case, worlds=240, threads=1)
    plain.ask("P(x = h)")
    assert plain.run.unconverged == ()
    foreseen = Study(case, worlds=240, threads=1)
    foreseen.ask("P(x = h | do_foreseen(mode = clash))")
    lost = foreseen.run.unconverged
    assert lost
    study = Study(case, worlds=240, threads=1)
    query = "would(x = h | mode = calm, do(mode = clash), replan)"
    answer = study.ask(query)
    assert study.run.unconverged == lost
    assert np.isnan(answer.draws[list(lost)]).all()
    assert (answer.worlds, answer.undefined) == (240 - len(lost), 0)
    assert {part.worlds for part in answer.parts.values()} == {240 - len(lost)}
    assert study.ask("P(x = h)").worlds == 240
    reading = study.answers([f"{query} > 50%"])[0]
    assert reading.worlds == 240 - len(lost)
