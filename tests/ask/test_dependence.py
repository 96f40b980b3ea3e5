"""How much of an answer's distribution a number settles: closed forms, quadrature, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from tests.ask.test_flips import columns, ishigami, plain, sample

from quandary.ask import flips_of
from quandary.base import Array
from quandary.quantities import Design, Sample, first_order, leading
from quandary.quantities.dependence import dependence


@pytest.mark.parametrize("correlation", [0.0, 0.3, -0.6, 0.9])
def test_two_normals_have_the_closed_form(correlation: float) -> None:
    # Gamboa, Klein & Lagnoux 2018; also Chatterjee's limit: 3 / pi arcsin((1 + r^2) / 2) - 1 / 2
    drawn = columns("x", "y")
    first, second = (np.asarray(ndtri(column)) for column in drawn.values())
    values = correlation * first + np.sqrt(1 - correlation**2) * second
    found = dependence(drawn, sample(values))["x"]
    wanted = 3 / np.pi * np.arcsin((1 + correlation**2) / 2) - 0.5
    assert found.value == pytest.approx(wanted, abs=0.012)
    assert found.low - 0.01 <= wanted <= found.high + 0.01


def integrated(a: float = 7.0, b: float = 0.1) -> dict[str, float]:
    """Return the indices of the Ishigami function by quadrature, from exact distribution functions."""

    def circle(count: int) -> Array:
        return np.asarray(np.pi * (2 * (np.arange(count) + 0.5) / count - 1))

    t = np.linspace(-12, 19, 2001)
    parts = np.sin(circle(160))[:, None] * (1 + b * circle(160) ** 4)
    below = 2 / np.pi * np.arcsin(np.sqrt(np.clip((t - parts[..., None]) / a, 0, 1)))
    by_x, by_z, ordered = below.mean(axis=1), below.mean(axis=0), np.sort(parts.ravel())
    by_y = np.stack([np.searchsorted(ordered, t - a * np.sin(y) ** 2) / len(ordered) for y in circle(400)])
    whole = by_x.mean(axis=0)
    mass = np.diff(whole, prepend=0.0)
    spread = (mass * whole * (1 - whole)).sum()
    every = {"x": by_x, "y": by_y, "z": by_z}
    return {name: float((mass * ((one - whole) ** 2).mean(axis=0)).sum() / spread) for name, one in every.items()}


@pytest.mark.slow
def test_the_ishigami_function_by_quadrature() -> None:
    drawn = columns("x", "y", "z", "idle")
    found = dependence(drawn, sample(ishigami(drawn)))
    wanted = integrated() | {"idle": 0.0}
    assert wanted["z"] == pytest.approx(0.0242, abs=2e-4)  # though z carries none of the variance alone
    for name, value in wanted.items():
        assert found[name].value == pytest.approx(value, abs=0.008)
    assert leading(found) == ["y", "x", "z"]


@pytest.mark.slow
def test_intervals_cover_what_they_should() -> None:
    wanted = integrated() | {"idle": 0.0}
    covered = dict.fromkeys(wanted, 0)
    for seed in range(40):
        design = Design(seed, 4000)
        drawn = {name: design.column(name) for name in wanted}
        found = dependence(drawn, Sample(ishigami(drawn), np.ones(4000), design.block()))
        for name, value in wanted.items():
            covered[name] += found[name].low <= value <= found[name].high
    assert all(covered[name] >= 32 for name in ("x", "z", "idle")), covered


def test_a_threshold_is_settled_by_its_number_alone() -> None:
    drawn = columns("x", "y")
    found = dependence(drawn, sample(drawn["x"] < 0.7))
    assert found["x"].value == pytest.approx(1.0, abs=0.03)
    assert found["y"].value == pytest.approx(0.0, abs=0.005)


def test_of_a_truth_it_is_the_first_order_index() -> None:
    drawn = columns("x", "y")
    truth = sample(drawn["x"] + drawn["y"] ** 2 < 0.8)
    wanted, found = first_order(drawn, truth), dependence(drawn, truth)
    for name in drawn:
        assert found[name].value == pytest.approx(wanted[name].value, abs=1e-12)
        assert found[name].low == pytest.approx(wanted[name].low, abs=1e-12)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.sampled_from(["exp", "cube", "scale"]))
def test_the_scale_of_the_answer_does_not_matter(seed: int, scale: str) -> None:
    design = Design(seed, 640)
    drawn = {name: design.column(name) for name in ("x", "y")}
    values = drawn["x"] + 0.5 * drawn["y"]
    other = {"exp": np.exp(values), "cube": values**3, "scale": 7 * values - 3}[scale]
    weights = 0.5 + drawn["y"]
    first, second = (dependence(drawn, Sample(v, weights, design.block())) for v in (values, other))
    assert all(first[name].value == pytest.approx(second[name].value, abs=1e-9) for name in drawn)


def test_categories_in_an_answer_are_kept_together() -> None:
    drawn = columns("x", "y")
    found = dependence(drawn, sample(np.floor(4 * drawn["x"])))
    assert found["x"].value == pytest.approx(1.0, abs=0.03)


def test_a_number_that_only_widens_the_answer_is_listed_too() -> None:
    drawn = columns("moves", "widens", "idle")
    values = (2 * drawn["moves"] - 1) * (0.1 + drawn["widens"])
    found = flips_of("t", drawn, plain(*drawn), sample(values), 0.0)
    assert [flip.number.name for flip in found.flips] == ["moves", "widens"]
    moves, widens = found.flips
    assert widens.influence.value == pytest.approx(0.0, abs=0.01)
    assert widens.settles.low > 0.01
    assert found.explained == pytest.approx(moves.influence.value)


@pytest.mark.slow
def test_of_many_idle_numbers_hardly_any_is_listed() -> None:
    drawn = columns(*[f"idle{i}" for i in range(150)])
    noise = np.random.default_rng(11).random(len(drawn["idle0"]))
    found = flips_of("t", drawn, plain(*drawn), sample(noise), 0.9)
    assert len(found.flips) <= 1


def test_the_g_function_by_its_conditional_distributions() -> None:
    # Sobol's g with a = 0, 1, 9: given one input, the answer is a known factor times the product of the others
    a = np.array([0.0, 1.0, 9.0])
    drawn = columns("p", "q", "r")

    def factors(uniform: Array, which: int) -> Array:
        return np.asarray((np.abs(4 * uniform - 2) + a[which]) / (1 + a[which]))

    values = np.prod([factors(column, i) for i, column in enumerate(drawn.values())], axis=0)
    found = dependence(drawn, sample(values))
    rng = np.random.default_rng(2)
    t = np.quantile(values, (np.arange(400) + 0.5) / 400)
    points = (np.arange(300) + 0.5) / 300
    for which, name in enumerate(drawn):
        others = np.sort(np.prod([factors(rng.random(200_000), i) for i in range(3) if i != which], axis=0))
        below = np.searchsorted(others, t / factors(points, which)[:, None]) / len(others)
        whole = below.mean(axis=0)
        wanted = ((below - whole) ** 2).mean() / (whole * (1 - whole)).mean()
        assert found[name].value == pytest.approx(wanted, abs=0.012)
