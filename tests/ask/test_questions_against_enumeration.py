"""Every question against the enumeration of all plays, world by world."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ask.crisis import study
from tests.ask.enumeration import plays, plays_unseen

EVIDENCE = ("weather = foul", "unrest = threat", "deploy = go")


def same(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, rtol=0, atol=2e-8)


@pytest.mark.parametrize(
    ("target", "given"),
    [("war", ()), ("push = probe", ("operation = fail",)), ("mood = angry", ("reply = yield", "push != hold"))],
)
def test_a_single_probability_is_the_analysts_predictive(target: str, given: tuple[str, ...]) -> None:
    asked = study()
    game = plays(asked)
    answer = asked.ask(f"P({target} | {' and '.join(given)})" if given else f"P({target})")
    same(answer.draws, game.chance(target, *given, *EVIDENCE) / game.chance(*given, *EVIDENCE))
    same(answer.weights, game.chance(*given, *EVIDENCE))
    whole = game.chance(target, *given, *EVIDENCE).sum() / game.chance(*given, *EVIDENCE).sum()
    assert answer.mean == pytest.approx(whole, abs=1e-8)


def test_a_comparison_weighs_worlds_by_the_evidence_alone() -> None:
    asked = study()
    game = plays(asked)
    answer = asked.ask("P(war | operation = fail) < P(war | operation = success)")
    sides = [
        game.chance("war", f"operation = {how}", *EVIDENCE) / game.chance(f"operation = {how}", *EVIDENCE)
        for how in ("fail", "success")
    ]
    weights = game.chance(*EVIDENCE)
    same(answer.draws, sides[0] - sides[1])
    same(answer.weights, weights)
    assert answer.holds_in == pytest.approx(weights[sides[0] < sides[1]].sum() / weights.sum(), abs=1e-8)


def test_without_evidence_all_worlds_weigh_alike() -> None:
    asked = study(use_evidence=False)
    game = plays(asked)
    answer = asked.ask("P(unrest = threat)")
    same(answer.draws, game.chance("unrest = threat"))
    same(answer.weights, np.ones(24))
    assert answer.effective_worlds == pytest.approx(24)


@pytest.mark.parametrize(
    ("states", "kept", "dropped"),
    [
        ({"unrest": "threat"}, ("weather = foul",), ("unrest = threat", "deploy = go")),
        ({"deploy": "go"}, ("weather = foul", "unrest = threat"), ("deploy = go",)),
        ({"operation": "fail"}, ("weather = foul", "unrest = threat"), ("deploy = go",)),
        ({"reply": "yield"}, ("weather = foul", "unrest = threat"), ("deploy = go",)),
        ({"mood": "angry"}, ("weather = foul", "unrest = threat"), ("deploy = go",)),
        ({"harvest": "bad"}, EVIDENCE, ()),
        ({"unrest": "none", "deploy": "go"}, ("weather = foul",), ("unrest = threat", "deploy = go")),
    ],
)
def test_what_was_foreseen_is_known_beforehand(
    states: dict[str, str], kept: tuple[str, ...], dropped: tuple[str, ...]
) -> None:
    asked = study()
    settings = ", ".join(f"do_foreseen({name} = {state})" for name, state in states.items())
    answer = asked.ask(f"P(war | {settings})")
    game = plays(asked, states)
    same(answer.draws, game.chance("war", *kept) / game.chance(*kept))
    same(answer.weights, plays(asked).chance(*kept))
    assert answer.dropped == dropped


@pytest.mark.parametrize(
    ("states", "kept", "dropped"),
    [
        ({"operation": "fail"}, EVIDENCE, ()),
        ({"deploy": "go"}, ("weather = foul", "unrest = threat"), ("deploy = go",)),
        ({"weather": "fair"}, (), EVIDENCE),
    ],
)
def test_do_leaves_every_rule_as_it_was(
    states: dict[str, str], kept: tuple[str, ...], dropped: tuple[str, ...]
) -> None:
    asked = study()
    settings = ", ".join(f"do({name} = {state})" for name, state in states.items())
    answer = asked.ask(f"P(war | {settings})")
    game = plays_unseen(asked, states)
    same(answer.draws, game.chance("war", *kept) / game.chance(*kept))
    same(answer.weights, plays(asked).chance(*kept))
    assert answer.dropped == dropped


def test_a_condition_beside_do_weighs_worlds_by_how_likely_it_is_there() -> None:
    asked = study()
    answer = asked.ask("P(war | reply = yield, do_foreseen(operation = fail))")
    game, kept = plays(asked, {"operation": "fail"}), ("weather = foul", "unrest = threat")
    same(answer.draws, game.chance("war", "reply = yield", *kept) / game.chance("reply = yield", *kept))
    within = game.chance("reply = yield", *kept) / game.chance(*kept)
    same(answer.weights, plays(asked).chance(*kept) * within)


def test_do_on_a_barred_option_says_so() -> None:
    answer = study().ask("P(war | do_foreseen(unrest = none), do_foreseen(deploy = go))")
    assert answer.notes == ('an option is set that "only" does not allow everywhere: deploy = go',)
    both = "deploy = go and unrest = threat is what was seen: ask without the intervention for things as they stand"
    assert both in study().ask("P(war | do(unrest = threat), do(deploy = go))").notes


def test_expectations_of_an_actor_and_of_one_stake() -> None:
    asked = study()
    game = plays(asked)
    total = asked.ask("E(empire | operation = fail)")
    same(total.draws, game.mean([u.table for u in game.utilities("empire")], "operation = fail", *EVIDENCE))
    worth = asked.model.diagram(asked.uniforms, asked.worlds).worths["empire", "glory"]
    same(asked.ask("E(empire.glory)").draws, game.mean([worth], *EVIDENCE))
    changed = plays(asked, {"push": "attack"})
    kept = ("weather = foul", "unrest = threat")
    same(asked.ask("E(empire.glory | do_foreseen(push = attack))").draws, changed.mean([worth], *kept))


def test_weights_sum_to_one_and_swing_is_weight_times_span() -> None:
    asked = study()
    weights = {name: asked.ask(f"weight(empire.{name})").draws for name in ("glory", "order", "purse")}
    same(np.sum(list(weights.values()), axis=0), np.ones(24))
    worth = asked.model.diagram(asked.uniforms, asked.worlds).worths["empire", "order"].values.reshape(-1, 24)
    span = worth.max(axis=0) - worth.min(axis=0)
    same(asked.ask("swing(empire.order)").draws, weights["order"] * span)
    plain = asked.model.diagram(asked.uniforms, asked.worlds).worths["empire", "nerve"].values.reshape(-1, 24)
    same(asked.ask("swing(empire.nerve)").draws, plain.max(axis=0) - plain.min(axis=0))


@pytest.mark.parametrize("given", ["operation = fail", "operation = success", "reply = yield"])
def test_best_margin_clash_and_both_at_full_information_sets(given: str) -> None:
    asked = study()
    game = plays(asked)
    likely = game.seen("push", given, *EVIDENCE)
    values = game.options("push", [u.table for u in game.utilities("empire")])
    ordered = np.sort(values, axis=-2)

    def averaged(at_sets: np.ndarray) -> np.ndarray:
        return np.asarray(np.where(likely > 0, likely * at_sets, 0.0).reshape(-1, 24).sum(axis=0))

    same(asked.ask(f"margin(empire.push | {given})").draws, averaged(ordered[..., -1, :] - ordered[..., -2, :]))
    wins = (values[..., 1, :] >= ordered[..., -1, :] - 1e-9).astype(float)
    same(asked.ask(f"best(empire.push = probe | {given})").draws, averaged(wins))
    worths = asked.model.diagram(asked.uniforms, asked.worlds).worths
    near = True
    for stake in ("glory", "purse"):
        of_stake = game.options("push", [worths["empire", stake]])
        cells = worths["empire", stake].values.reshape(-1, worths["empire", stake].worlds)
        room = 0.05 * (cells.max(axis=0) - cells.min(axis=0))
        near = near & (of_stake >= of_stake.max(axis=-2, keepdims=True) - room - 1e-9)
    served = averaged(np.asarray(near).any(axis=-2).astype(float))
    same(asked.ask(f"both(empire.push: glory, purse | {given})").draws, served)
    same(asked.ask(f"clash(empire.push: glory, purse | {given})").draws, 1 - served)


@pytest.mark.parametrize("given", ["operation = fail", "operation = success"])
def test_stakes_in_a_group_count_together_as_they_are_weighed(given: str) -> None:
    asked = study()
    game = plays(asked)
    likely = game.seen("push", given, *EVIDENCE)
    compiled = asked.model.diagram(asked.uniforms, asked.worlds)

    def near(stakes: tuple[str, ...]) -> np.ndarray:
        tables = [u.table for u in compiled.diagram.utilities if u.player == "empire" and u.name in stakes]
        whole = game.options("push", tables)
        axes = tuple(dict.fromkeys(axis for table in tables for axis in table.axes))
        total = sum(np.asarray(table.over(axes)) for table in tables)
        cells = np.broadcast_to(total, (*np.shape(total)[:-1], 24)).reshape(-1, 24)
        room = 0.05 * (cells.max(axis=0) - cells.min(axis=0))
        return np.asarray(whole >= whole.max(axis=-2, keepdims=True) - room - 1e-9)

    served = (near(("glory", "order")) & near(("purse",))).any(axis=-2)
    wanted = np.where(likely > 0, likely * served, 0.0).reshape(-1, 24).sum(axis=0)
    same(asked.ask(f"both(empire.push: glory + order, purse | {given})").draws, wanted)
    same(asked.ask(f"clash(empire.push: order + empire.glory, purse | {given})").draws, 1 - wanted)


def test_drop_compares_best_values_at_full_information_sets() -> None:
    asked = study()
    game = plays(asked)
    best = game.options("push", [u.table for u in game.utilities("empire")]).max(axis=-2)

    def averaged(condition: str) -> np.ndarray:
        likely = game.seen("push", condition, *EVIDENCE)
        return np.asarray(np.where(likely > 0, likely * best, 0.0).reshape(-1, 24).sum(axis=0))

    answer = asked.ask("drop(empire.push | operation = fail) against operation = success")
    same(answer.draws, averaged("operation = success") - averaged("operation = fail"))
    same(answer.weights, game.chance(*EVIDENCE))


def test_a_dilemma_has_the_three_parts_that_can_be_asked_alone() -> None:
    asked = study()
    answer = asked.ask("dilemma(empire.push | operation = fail) against operation = success")
    assert list(answer.parts) == ["drop", "margin", "clash"]
    assert answer.mean == answer.parts["drop"].mean
    alone = asked.ask("margin(empire.push | operation = fail)")
    assert answer.parts["margin"].mean == alone.mean
    assert answer.parts["clash"].mean == asked.ask("clash(empire.push | operation = fail)").mean


def test_what_cannot_happen_is_undefined_and_counted() -> None:
    asked = study(use_evidence=False)
    answer = asked.ask("P(war | unrest = none and deploy = go)")
    assert answer.undefined == 24
    assert answer.mean is None
    assert answer.low is None
    assert answer.mc_error is None
    contradiction = study().ask("P(war | weather = fair) < P(war | weather = foul)")
    assert contradiction.undefined == 24
    assert contradiction.holds_in is None


def test_a_set_with_one_option_has_no_margin() -> None:
    assert study(use_evidence=False).ask("margin(empire.deploy | unrest = none)").undefined == 24
