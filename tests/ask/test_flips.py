"""Influence and flips on functions whose indices and thresholds are known, then on a small crisis."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ask.crisis import crisis

from quandary.ask import Study, flips, flips_of, monotone
from quandary.base import NOWHERE, Array, Mask, Refusal
from quandary.compile import NumberRole, UncertainNumber
from quandary.quantities import Design, Estimate, Sample, Uniform, first_order, leading, likely_pairs, together

WORLDS = 16_000
DESIGN = Design(3, WORLDS)


def columns(*names: str) -> dict[str, Array]:
    return {name: DESIGN.column(name) for name in names}


def sample(values: Array | Mask, weights: Array | None = None) -> Sample:
    return Sample(np.asarray(values, float), np.ones(WORLDS) if weights is None else weights, DESIGN.block())


def plain(*names: str) -> dict[str, UncertainNumber]:
    """Return numbers read as 0 to 100 times their uniform."""
    estimate = Estimate(Uniform(0.0, 100.0), "uniform")
    return {name: UncertainNumber(name, name, NumberRole("assumption", (name,)), estimate, NOWHERE) for name in names}


class Cubed(Uniform):
    def quantile(self, u: Array) -> Array:
        return super().quantile(u**3)


def ishigami(drawn: dict[str, Array], a: float = 7.0, b: float = 0.1) -> Array:
    x, y, z = (np.pi * (2 * drawn[name] - 1) for name in ("x", "y", "z"))
    return np.asarray(np.sin(x) + a * np.sin(y) ** 2 + b * z**4 * np.sin(x))


def test_first_order_indices_of_the_ishigami_function() -> None:
    # Ishigami & Homma (1990) with a = 7, b = 0.1: S = 0.3139, 0.4424, 0
    drawn = columns("x", "y", "z", "idle")
    found = first_order(drawn, sample(ishigami(drawn)))
    wanted = {"x": 0.3139, "y": 0.4424, "z": 0.0, "idle": 0.0}
    for name, value in wanted.items():
        assert found[name].value == pytest.approx(value, abs=0.02)
        assert found[name].low - 0.02 <= value <= found[name].high + 0.02
    assert leading(found) == ["y", "x"]


def test_what_two_numbers_of_the_ishigami_function_carry_only_together() -> None:
    # S13 = 0.2437, S12 = S23 = 0; five classes each blur part of it
    drawn = columns("x", "y", "z")
    whole = sample(ishigami(drawn))
    index = together(drawn["x"], drawn["z"], whole)
    assert 0.1 < index.value <= 0.26
    assert together(drawn["x"], drawn["y"], whole).value == pytest.approx(0.0, abs=0.02)


def test_first_order_indices_of_the_g_function() -> None:
    # Sobol's g with a = 0, 1, 4.5, 9: S_i = V_i / V, V_i = 1 / (3 (1 + a_i)^2), V = prod(1 + V_i) - 1
    a = np.array([0.0, 1.0, 4.5, 9.0])
    drawn = columns("p", "q", "r", "s")
    values = np.prod(
        [(np.abs(4 * column - 2) + one) / (1 + one) for column, one in zip(drawn.values(), a, strict=True)], axis=0
    )
    parts = 1 / (3 * (1 + a) ** 2)
    wanted = parts / (np.prod(1 + parts) - 1)
    found = first_order(drawn, sample(values))
    for name, value in zip(drawn, wanted, strict=True):
        assert found[name].value == pytest.approx(value, abs=0.02)


def test_weights_change_which_worlds_speak() -> None:
    drawn = columns("x", "y")
    values = np.where(drawn["y"] < 0.5, drawn["x"], 5 * drawn["y"])
    lower = sample(values, np.where(drawn["y"] < 0.5, 1.0, 1e-9))
    found = first_order(drawn, lower)
    assert found["x"].value == pytest.approx(1.0, abs=0.03)
    assert found["y"].value == pytest.approx(0.0, abs=0.03)


def test_a_known_threshold_is_found() -> None:
    drawn = columns("x", "y", "z")
    found = flips_of("t", drawn, plain(*drawn), sample(drawn["x"] < 0.7), 0.5)
    (flip,) = found.flips
    assert flip.number.name == "x"
    assert flip.influence.value == pytest.approx(1.0, abs=0.05)
    assert flip.turn is not None
    assert flip.turn.above
    assert flip.turn.threshold == pytest.approx(70, abs=3)
    assert flip.turn.beyond == pytest.approx(0.3, abs=0.03)
    assert flip.turn.mean < 0.1
    assert flip.low == pytest.approx(5.0)
    assert flip.high == pytest.approx(95.0)
    assert not found.nothing_flips


def test_two_numbers_that_flip_only_together() -> None:
    drawn = columns("x", "y", "z", "w")
    values = ~((drawn["x"] > 0.6) & (drawn["y"] < 0.4))
    found = flips_of("t", drawn, plain(*drawn), sample(values), 0.5)
    assert all(flip.turn is None for flip in found.flips)
    (pair,) = found.pairs
    ends = {pair.first.name: pair.first_above, pair.second.name: pair.second_above}
    assert ends == {"x": True, "y": False}
    assert pair.mean == pytest.approx(0.0, abs=0.02)
    assert pair.share == pytest.approx(1 / 9, abs=0.01)
    assert pair.influence.low > 0


def test_an_exclusive_or_is_seen_although_each_alone_carries_nothing() -> None:
    drawn = columns("x", "y", *[f"idle{i}" for i in range(20)])
    values = (drawn["x"] > 0.5) ^ (drawn["y"] > 0.5)
    whole = sample(values)
    assert likely_pairs(drawn, whole, 1) == [("x", "y")]
    assert together(drawn["x"], drawn["y"], whole).value > 0.5
    assert first_order(drawn, whole)["x"].value == pytest.approx(0.0, abs=0.01)


def test_nothing_flips_it_is_said() -> None:
    drawn = columns("x", "y")
    found = flips_of("t", drawn, plain(*drawn), sample(0.8 + 0.1 * drawn["x"]), 0.5)
    assert found.nothing_flips
    assert [flip.number.name for flip in found.flips] == ["x"]
    constant = flips_of("t", drawn, plain(*drawn), sample(np.ones(WORLDS)), 0.5)
    assert constant.nothing_flips
    assert constant.flips == ()


def test_pooling_makes_a_sequence_rise_and_keeps_its_sum() -> None:
    values = np.array([1.0, 3.0, 2.0, 2.0, 5.0, 4.0])
    smooth = monotone(values)
    assert (np.diff(smooth) >= 0).all()
    assert smooth.sum() == pytest.approx(values.sum())


def test_few_worlds_are_refused() -> None:
    study = Study(crisis(), worlds=100, threads=1)
    with pytest.raises(Refusal) as caught:
        flips(study, study.prepared("P(war)"))
    assert caught.value.problem.code == "Q521"


def test_flips_of_a_crisis_name_numbers_of_the_case() -> None:
    study = Study(crisis(), worlds=1500, threads=2)
    query = study.prepared("E(empire.glory | do(push = attack)) > 80")
    found = flips(study, query)
    assert found.level == 0.5
    assert found.mean == pytest.approx(study.answer(query).holds_in)
    known = {number.name for number in study.model.quantities}
    assert {flip.number.name for flip in found.flips} <= known
    assert "glory" in found.flips[0].number.name
    again = flips(study, query)
    assert [f.number.name for f in again.flips] == [f.number.name for f in found.flips]


def test_two_numbers_that_only_add_up_flip_together_among_many_idle_ones() -> None:
    drawn = columns("x", "y", *[f"idle{i}" for i in range(40)])
    values = 0.35 * (drawn["x"] > 2 / 3) + 0.35 * (drawn["y"] > 2 / 3)
    found = flips_of("t", drawn, plain(*drawn), sample(values), 0.5)
    (pair,) = found.pairs
    assert {pair.first.name, pair.second.name} == {"x", "y"}
    assert (pair.first_above, pair.second_above) == (True, True)
    assert pair.mean == pytest.approx(0.7, abs=0.01)
    assert pair.influence.value == pytest.approx(0.0, abs=0.01)


def test_pairs_that_cross_the_level_by_chance_are_not_named() -> None:
    drawn = columns(*[f"idle{i}" for i in range(40)])
    noise = np.random.default_rng(5).random(WORLDS)
    found = flips_of("t", drawn, plain(*drawn), sample(noise - 0.004 < 0.5), 0.505)
    assert abs(found.mean - found.level) < 0.02
    assert found.pairs == ()
    assert all(flip.turn is None for flip in found.flips)


def test_a_level_of_ones_own() -> None:
    drawn = columns("x")
    for level in (0.2, 0.6, 0.9):
        (flip,) = flips_of("t", drawn, plain(*drawn), sample(drawn["x"]), level).flips
        assert flip.turn is not None
        assert flip.turn.threshold == pytest.approx(100 * level, abs=2)
        assert flip.turn.above == (level > 0.5)


def test_a_number_that_skews_is_read_in_its_own_units() -> None:
    # cubed: the answer turns at u = 0.7, where the number is 34.3
    drawn = columns("x", "y")
    estimate = Estimate(Cubed(0.0, 100.0), "cubed")
    numbers = {
        name: UncertainNumber(name, name, NumberRole("assumption", (name,)), estimate, NOWHERE) for name in drawn
    }
    (flip,) = flips_of("t", drawn, numbers, sample(drawn["x"] < 0.7), 0.5).flips
    assert flip.turn is not None
    assert flip.turn.threshold == pytest.approx(34.3, abs=2)
