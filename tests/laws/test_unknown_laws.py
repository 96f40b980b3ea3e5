"""Laws of numbers that nobody has put: flat over what their place allows, and nothing else changes."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from quandary.ask import Study
from quandary.base import Array
from quandary.case import Case
from quandary.compile import Model, broken, compile_case, read_case_bytes, shifted
from quandary.quantities import Design

HEAD = "quandary: 2\ntitle: T\nas_of: 2030-01-01\n"
WORLDS = 20_000
NEAR = 5 / np.sqrt(WORLDS)
"""Five standard errors of the mean of something between 0 and 1, and more, for its standard deviation is below one."""


def _case(body: str) -> Case:
    loaded = read_case_bytes((HEAD + body).encode(), "case.yaml")
    assert loaded.case is not None, [problem.message for problem in loaded.problems]
    return loaded.case


@cache
def _model(body: str) -> Model:
    return compile_case(_case(body))


def _table(body: str, name: str, worlds: int = WORLDS, seed: int = 1) -> Array:
    model = _model(body)
    found = model.diagram(model.draw(Design(seed, worlds)), worlds).diagram.tables[name].values
    return np.broadcast_to(found, (*found.shape[:-1], worlds))


def _root(states: int, odds: str = "unknown") -> str:
    names = ", ".join(f"s{number}" for number in range(states))
    return f"story:\n  - {{chance: x, states: [{names}], odds: {odds}}}\n"


@pytest.mark.parametrize("states", [2, 3, 4, 7])
def test_unknown_odds_have_the_moments_of_a_flat_dirichlet(states: int) -> None:
    """Of k states: mean 1/k, variance (k - 1) / (k^2 (k + 1)), covariance -1 / (k^2 (k + 1))."""
    odds = _table(_root(states), "x")
    assert odds.sum(axis=0) == pytest.approx(np.ones(WORLDS))
    spread = states**2 * (states + 1)
    wanted = np.full((states, states), -1 / spread)
    np.fill_diagonal(wanted, (states - 1) / spread)
    assert odds.mean(axis=1) == pytest.approx(np.full(states, 1 / states), abs=NEAR)
    assert np.cov(odds) == pytest.approx(wanted, abs=NEAR / 2)


def test_unknown_odds_share_what_the_known_ones_leave() -> None:
    """40 % leaves 60 % for three, of which `rest` is one: each .2 on average, with .36 times the variance 1/18."""
    odds = _table(_root(4, "{s2: 40%, s0: unknown, s1: unknown, s3: rest}"), "x")
    assert odds[2] == pytest.approx(np.full(WORLDS, 0.4))
    assert odds[[0, 1, 3]].mean(axis=1) == pytest.approx(np.full(3, 0.2), abs=NEAR)
    assert odds[[0, 1, 3]].var(axis=1) == pytest.approx(np.full(3, 0.36 / 18), abs=NEAR / 4)


BOUNDS = [
    (("at least 30%", "unknown", "unknown"), (0.3, 0.0, 0.0), (1.0, 1.0, 1.0)),
    (("unknown", "at most 20%", "unknown"), (0.0, 0.0, 0.0), (1.0, 0.2, 1.0)),
    (("unknown", "at most 50%", "at most 30%"), (0.0, 0.0, 0.0), (1.0, 0.5, 0.3)),
    (("at most 40%", "at most 50%", "at least 20%", "at most 30%"), (0.0, 0.0, 0.2, 0.0), (0.4, 0.5, 1.0, 0.3)),
    (("more than half", "rest"), (0.5, 0.0), (1.0, 1.0)),
]


@pytest.mark.parametrize(("written", "lower", "upper"), BOUNDS)
def test_bounded_odds_are_flat_on_what_is_allowed(
    written: tuple[str, ...], lower: tuple[float, ...], upper: tuple[float, ...]
) -> None:
    """Beside the slow way: flat Dirichlet draws, of which those between the bounds are kept."""
    states = len(written)
    odds = _table(_root(states, "{" + ", ".join(f"s{n}: {one}" for n, one in enumerate(written)) + "}"), "x")
    drawn = np.random.default_rng(5).dirichlet(np.ones(states), 400_000).T
    low, high = np.array(lower)[:, None], np.array(upper)[:, None]
    kept = drawn[:, ((drawn >= low) & (drawn <= high)).all(axis=0)]
    assert (odds >= low - 1e-9).all()
    assert (odds <= high + 1e-9).all()
    error = 5 / np.sqrt(kept.shape[1]) + 5 / np.sqrt(WORLDS)
    assert odds.mean(axis=1) == pytest.approx(kept.mean(axis=1), abs=error * float(kept.std(axis=1).max()))
    assert np.cov(odds) == pytest.approx(np.cov(kept), abs=error * float(kept.var(axis=1).max()) * 2)
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(odds, share, axis=1) == pytest.approx(np.quantile(kept, share, axis=1), abs=0.02)


def test_what_cannot_be_parted_so_still_sums_to_the_whole() -> None:
    parts = broken([np.array([0.3]), np.array([0.6])], [0.0, 0.0, 0.0], [0.2, 0.2, 0.2], np.ones(1))
    assert parts.sum(axis=0) == pytest.approx(np.ones(1))


ORDERED = """actors: {a: {name: A, rationality: x4 per 10}}
story:
  - {chance: x, states: [s0, s1, s2, s3, s4], odds: {s0: 20%, s1: 20%, s2: 20%, s3: 20%, s4: rest}}
stakes: {a: {w: {order: s2 < s0 < s4 < s1 < s3}}}
"""


def test_ordered_worths_have_the_moments_of_order_statistics() -> None:
    """The i-th of m sorted uniforms: mean i/(m + 1), covariance i (m + 1 - j) / ((m + 1)^2 (m + 2)) for i <= j."""
    model = _model(ORDERED)
    compiled = model.diagram(model.draw(Design(1, WORLDS)), WORLDS)
    worth = compiled.worths["a", "w"].over(("x",))[[2, 0, 4, 1, 3]] / 100
    assert (np.diff(worth, axis=0) >= 0).all()
    assert worth[0] == pytest.approx(np.zeros(WORLDS))
    assert worth[4] == pytest.approx(np.ones(WORLDS))
    assert worth[1:4].mean(axis=1) == pytest.approx(np.array([1, 2, 3]) / 4, abs=NEAR)
    wanted = [[min(i, j) * (4 - max(i, j)) / (16 * 5) for j in (1, 2, 3)] for i in (1, 2, 3)]
    assert np.cov(worth[1:4]) == pytest.approx(np.array(wanted), abs=NEAR / 2)


def _weights(told: str, stakes: str = "u: {worth: 1}, v: {worth: 2}, w: {worth: 3}") -> Array:
    model = _model(
        f"actors: {{a: {{name: A, rationality: x4 per 10, weights: {told}}}}}\n"
        "story: [{chance: x, states: [s, t], odds: {s: 20%, t: rest}}]\n"
        f"stakes: {{a: {{{stakes}}}}}\n"
    )
    compiled = model.diagram(model.draw(Design(1, WORLDS)), WORLDS)
    return np.stack([np.broadcast_to(table.values, (WORLDS,)) for table in compiled.weights.values()])


def test_unknown_weights_are_flat_on_the_simplex() -> None:
    weights = _weights("unknown")
    assert weights.mean(axis=1) == pytest.approx(np.full(3, 1 / 3), abs=NEAR)
    assert weights.var(axis=1) == pytest.approx(np.full(3, 1 / 18), abs=NEAR / 2)


def test_unknown_weights_share_what_known_ones_leave() -> None:
    weights = _weights("unknown", "u: {worth: 1}, v: {weight: 40%, worth: 2}, w: {worth: 3}")
    assert weights[1] == pytest.approx(np.full(WORLDS, 0.4))
    assert weights[0].mean() == pytest.approx(0.3, abs=NEAR)
    assert weights[0].var() == pytest.approx(0.36 / 12, abs=NEAR / 2)


def test_ordered_weights_have_the_moments_of_the_order_polytope() -> None:
    """Sorted parts of a flat Dirichlet: sums of independent exponentials over their sum (Renyi 1953).

    The i-th least of k has the mean of 1/(k j) summed over j from k + 1 - i to k (rank-order centroids). A part that is
    the sum of a_j times flat Dirichlet ones has the variance (k sum a_j^2 - (sum a_j)^2) / (k^2 (k + 1)).
    """
    weights = _weights("w < u < v")[[2, 0, 1]]
    assert (np.diff(weights, axis=0) >= -1e-12).all()
    rows = np.array([[1 / j if j >= 4 - i else 0.0 for j in (1, 2, 3)] for i in (1, 2, 3)])
    assert weights.mean(axis=1) == pytest.approx(rows.sum(axis=1) / 3, abs=NEAR)
    wanted = (3 * rows @ rows.T - np.outer(rows.sum(axis=1), rows.sum(axis=1))) / (9 * 4)
    assert np.cov(weights) == pytest.approx(wanted, abs=NEAR / 2)


def _parents(count: int, states: str = '"no", "yes"') -> str:
    names = [f"p{number}" for number in range(count)]
    parents = "".join(f"  - {{chance: {name}, states: [a, b], odds: {{a: 50%, b: rest}}}}\n" for name in names)
    return f"story:\n{parents}  - {{chance: y, given: [{', '.join(names)}], states: [{states}], odds: unknown}}\n"


@pytest.mark.parametrize("count", [1, 2, 6])
def test_even_parents_do_not_make_knowledge_of_ignorance(count: int) -> None:
    """The 90 % interval of an unknown child of six even parents is at least as wide as .1 to .9; with rows apart it
    would be .44 to .56, and of one parent, whose two rows are apart, it is .16 to .84 (a triangular distribution)."""
    table = _table(_parents(count), "y")
    low, high = np.quantile(table[..., 1, :].reshape(-1, WORLDS).mean(axis=0), [0.05, 0.95])
    if count == 1:
        assert [low, high] == pytest.approx([np.sqrt(0.05 / 2), 1 - np.sqrt(0.05 / 2)], abs=0.01)
    else:
        assert low <= 0.1
        assert high >= 0.9


def test_unknown_effects_move_a_scale_by_its_cumulative_odds() -> None:
    """Every parent's effect multiplies the odds of "this or more" by one factor, whichever cut is looked at."""
    table = _table(_parents(2, "low, mid, high"), "y", 500)
    above = np.cumsum(table[..., ::-1, :], axis=-2)[..., ::-1, :][..., 1:, :]
    odds = above / (1 - above)
    factors = odds[1] / odds[0]
    assert factors[..., 0, :] == pytest.approx(factors[..., 1, :], rel=1e-6)
    assert factors[0] == pytest.approx(factors[1], rel=1e-6)
    assert (np.abs(np.log(factors)) <= np.log(20) + 1e-6).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_shift_raises_every_state_or_more_and_keeps_the_sum(seed: int) -> None:
    random = np.random.default_rng(seed)
    odds = random.dirichlet(np.ones(5)).reshape(5, 1)
    moved = shifted(odds, range(5), np.array([1.0 + 10 * random.random()]))
    assert moved.sum() == pytest.approx(1.0)
    assert (np.cumsum(moved[::-1])[:-1] > np.cumsum(odds[::-1])[:-1]).all()
    assert shifted(odds, range(5), np.ones(1)) == pytest.approx(odds)
    back = shifted(moved, range(5), np.full(1, 0.25))
    assert shifted(back, range(5), np.full(1, 4.0)) == pytest.approx(moved)
    part = shifted(odds, [1, 3, 4], np.full(1, 3.0))
    assert part[[0, 2]] == pytest.approx(odds[[0, 2]])
    assert part.sum() == pytest.approx(1.0)


GAME = """actors:
  a: {name: A, rationality: RATIONALITY}
story:
  - {chance: x, states: [s, t, u], odds: ODDS}
  - decision: d
    by: a
    sees: [x]
    options: [go, stay]
  - chance: y
    given: [d, x]
    states: ["no", "yes"]
    base: {"yes": 30%, "no": rest}
    effects:
      - d = go: {"yes": EFFECT}
      - x = u: {"yes": x0.5}
stakes:
  a:
    w: {worth: [{y = yes: WORTH}, {otherwise: 40}]}
EVIDENCE
"""
UNKNOWN = {"ODDS": "unknown", "RATIONALITY": "unknown", "EFFECT": "raises", "WORTH": "unknown", "EVIDENCE": ""}
QUERIES = ("P(y = yes)", "P(d = go | x = s)", "P(x = s | y = yes)", "E(a)")


def _filled(**told: str) -> str:
    text = GAME
    for gap, number in {**UNKNOWN, **told}.items():
        text = text.replace(gap, number)
    return text


def _answers(body: str, worlds: int, seed: int = 1, queries: tuple[str, ...] = QUERIES) -> list[Array]:
    study = Study(_case(body), worlds=worlds, seed=seed, threads=1)
    return [answer.draws for answer in study.answers(queries)]


def test_a_filled_case_is_the_unknown_case_in_the_world_of_its_filling() -> None:
    """Each world of the unknown case is the case with its numbers written in."""
    worlds, body = 16, _filled()
    study = Study(_case(body), worlds=worlds, seed=3, threads=1)
    draws = [answer.draws for answer in study.answers(QUERIES)]
    model = study.model
    compiled = model.diagram(study.uniforms.between(0, worlds), worlds)
    for world in range(0, worlds, 3):
        first, second, third = (float(compiled.diagram.tables["x"].values[n, world]) for n in range(3))
        factor = float(
            model.estimates["story.y.effects[d = go].yes"].quantile(study.uniforms["story.y.effects[d = go].yes"])[
                world
            ]
        )
        worth = float(compiled.worths["a", "w"].over(("y",))[1, world])
        times = float(np.exp(10 * np.broadcast_to(compiled.diagram.precision["a"], (worlds,))[world]))
        filled = _filled(
            ODDS=f"{{s: {100 * first:.14f}%, t: {100 * second:.14f}%, u: rest}}",
            RATIONALITY=f"x{times:.14f} per 10",
            EFFECT=f"x{factor:.14f}",
            WORTH=f"{worth:.14f}",
        )
        assert third == pytest.approx(1 - first - second)
        for found, one in zip(draws, _answers(filled, 1), strict=True):
            assert found[world] == pytest.approx(one[0], abs=1e-7)


def test_conditioned_on_a_filling_the_unknown_case_is_the_filled_one() -> None:
    """Worlds in which the unknown odds lie near 35 %, weighed by a kernel, answer as the case with 35 % written in."""
    unknown = _filled(RATIONALITY="x4 per 10", WORTH="80", ODDS="{s: unknown, t: unknown}")
    filled = _filled(RATIONALITY="x4 per 10", WORTH="80", ODDS="{s: 35%, t: rest}")
    study = Study(_case(unknown), worlds=16_000, seed=1, threads=1)
    found = study.ask("P(y = yes)").draws
    near = np.exp(-0.5 * ((study.uniforms["story.x.odds.s"] - 0.35) / 0.02) ** 2)
    told = _answers(filled, 4_000, 2, ("P(y = yes)",))[0]
    error = 5 * float(told.std()) / np.sqrt(near.sum())
    assert np.average(found, weights=near) == pytest.approx(told.mean(), abs=error)


IRRELEVANT = """  - {chance: z, states: [q, r, v], odds: unknown}
  - {chance: zz, given: [z], states: [q, r], odds: unknown}
"""


@pytest.mark.parametrize("evidence", ["", "evidence: [{on: 2029-12-01, saw: y = yes}]"])
@pytest.mark.parametrize("ranges", [False, True])
def test_an_irrelevant_unknown_changes_nothing(evidence: str, ranges: bool) -> None:
    """Bit for bit, with evidence that ranges are weighed by too."""
    told = {"ODDS": "{s: 10% to 40%, t: 20% to 30%, u: rest}", "RATIONALITY": "x2 to x6 per 10", "EFFECT": "x2 to x5"}
    body = _filled(EVIDENCE=evidence, **(told | {"WORTH": "20 to 60"} if ranges else {}))
    more = body.replace("stakes:\n", IRRELEVANT + "stakes:\n", 1)
    assert more != body
    for worlds in (1, 500):
        first = Study(_case(body), worlds=worlds, seed=7, threads=1)
        second = Study(_case(more), worlds=worlds, seed=7, threads=1)
        for one, other in zip(first.answers(QUERIES), second.answers(QUERIES), strict=True):
            assert np.array_equal(one.draws, other.draws, equal_nan=True)
            assert np.array_equal(one.weights, other.weights)
            assert (one.mean, one.low, one.high) == (other.mean, other.low, other.high)


def test_the_same_seed_gives_the_same_answers_by_any_number_of_workers() -> None:
    body = _filled(EVIDENCE="evidence: [{on: 2029-12-01, saw: y = yes}]")
    runs = [Study(_case(body), worlds=2_000, seed=5, threads=threads).answers(QUERIES) for threads in (1, 2)]
    for one, other in zip(*runs, strict=True):
        assert np.array_equal(one.draws, other.draws)
        assert np.array_equal(one.weights, other.weights)


def test_fillings_are_conditioned_on_the_evidence_and_not_weighed_by_it() -> None:
    """Of a coin of unknown odds one head was seen: weighed, the odds would be 2/3 on average; each by itself, 1/2."""
    body = (
        _root(2)
        + "  - {chance: y, given: [x], states: [q, r], odds: [{x = s0: {q: 1%, r: rest}}, "
        + "{otherwise: {q: 99%, r: rest}}]}\n"
    )
    body += "evidence: [{on: 2029-12-01, saw: y = r}]\n"
    study = Study(_case(body), worlds=4_000, seed=1, threads=1)
    answer = study.ask("P(x = s0)")
    odds = study.uniforms["story.x.odds.s0"]
    posterior = 0.99 * odds / (0.99 * odds + 0.01 * (1 - odds))
    assert answer.draws == pytest.approx(posterior)
    assert np.unique(answer.weights).tolist() == [1.0]
    assert answer.mean == pytest.approx(posterior.mean())


def test_ranges_alone_are_weighed_by_the_evidence_as_ever() -> None:
    body = _root(2, "{s0: 20% to 80%, s1: rest}") + "evidence: [{on: 2029-12-01, saw: x = s0}]\n"
    study = Study(_case(body + "assumptions: {k: unknown}\n"), worlds=400, seed=1, threads=1)
    answer = study.ask("P(x = s0)")
    assert len(np.unique(answer.weights)) > 100


def test_two_effects_of_unknown_direction_tell_the_sign_together_and_nothing_alone() -> None:
    """As `xor.yaml` of the shared small cases: f and g each say nothing of the sign of their product."""
    body = """story:
  - {chance: x, states: ["no", "yes"], odds: {"yes": 50%, "no": rest}}
  - {chance: m, given: [x], states: ["no", "yes"], base: {"yes": 50%, "no": rest}, effects: [{x = yes: unknown}]}
  - chance: y
    given: [m]
    states: ["no", "yes"]
    base: {"yes": 50%, "no": rest}
    effects: [{m = yes: {"yes": unknown}}]
"""
    study = Study(_case(body), worlds=4_000, seed=1, threads=1)
    gap = study.ask("P(y = yes | do(x = yes)) - P(y = yes | do(x = no))").draws
    up = gap > 0
    first, second = (study.uniforms[f"story.{one}].yes"] > 0.5 for one in ("m.effects[x = yes", "y.effects[m = yes"))
    assert np.array_equal(up, first == second)
    assert up.mean() == pytest.approx(0.5, abs=0.05)
    for known in (first, second):
        assert up[known].mean() == pytest.approx(0.5, abs=0.06)
