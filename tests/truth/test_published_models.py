"""Models of the literature with the solution derived beside them, each with its source.

The numbers put into the models are ours unless the text says otherwise; the derivations hold for them.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from tests.truth.textbook_diagrams import all_pure, behaviour_of, probability, regret_of

from quandary.base import Array
from quandary.engine import DiagramGame
from quandary.game import Chance, Decision, Diagram, Table, TreeGame, Utility, components, do, prune, reliances, unroll
from quandary.onegame import pure, read_diagram
from quandary.solve import solve
from quandary.solve.logit import logit

ROOT = Path(__file__).resolve().parents[1]


def one(*values: float) -> Array:
    return np.array(values)[..., None]


# --- Koller & Milch (2003), "Multi-agent influence diagrams for representing and solving games", GEB 45


def tree_killer() -> Diagram:
    """Alice may poison Bob's tree for a view from her patio; Bob sees it sicken and may call a tree doctor; Alice sees
    whether the doctor came, not the tree (their first example)."""
    sick = np.array([[0.9, 0.1], [0.3, 0.7]])
    dead = np.array([[[0.95, 0.05], [0.98, 0.02]], [[0.2, 0.8], [0.7, 0.3]]])
    build = ("no", "yes")
    return Diagram(
        (
            Decision("poison", ("no", "yes"), "alice"),
            Chance("sick", ("no", "yes"), ("poison",)),
            Decision("doctor", ("no", "yes"), "bob", ("sick",)),
            Chance("dead", ("no", "yes"), ("sick", "doctor")),
            Decision("patio", build, "alice", ("poison", "doctor")),
        ),
        {
            "sick": Table(("poison", "sick"), sick[..., None]),
            "dead": Table(("sick", "doctor", "dead"), dead[..., None]),
        },
        (
            Utility("conscience", "alice", Table(("poison",), one(0.0, -1.0))),
            Utility("view", "alice", Table(("dead", "patio"), np.array([[0.0, -3.0], [0.0, 9.0]])[..., None])),
            Utility("fee", "bob", Table(("doctor",), one(0.0, -2.0))),
            Utility("tree", "bob", Table(("dead",), one(0.0, -10.0))),
        ),
        {"alice": np.ones(1), "bob": np.ones(1)},
    )


def test_tree_killer_relevance_and_solution() -> None:
    """Whom each decision relies on, from the definition (s-reachability, their section 5):

    - doctor: given a sick tree, what Bob pays and loses depends on nobody's rule: on none;
    - patio: the doctor's coming tells Alice of the tree only through Bob's rule: on doctor;
    - poison: what follows depends on both: on doctor and patio.

    The graph is acyclic, and backward induction runs doctor, patio, poison. With these numbers: for a sick tree the
    doctor saves 10 (0.8 - 0.3) = 5 > 2, else 10 (0.05 - 0.02) = 0.3 < 2, so he comes exactly to a sick tree. The
    patio pays 12 P(dead) - 3. Doctor there: P(dead) = 0.3, 0.6 > 0, build; not there: 0.05, -2.4 < 0, do not.
    Poisoning brings 0.7 x 0.6 - 1 < 0.1 x 0.6: Alice leaves the tree alone and is worth 0.06; Bob loses
    0.1 (2 + 3) + 0.9 x 0.5 = 0.95.
    """
    diagram = tree_killer()
    relied = {name: set(others) for name, others in reliances(prune(diagram).diagram).items()}
    assert relied == {"poison": {"doctor", "patio"}, "doctor": set(), "patio": {"doctor"}}
    assert components(diagram) == (("doctor",), ("patio",), ("poison",))
    solution = solve(diagram, "subgame")
    game = DiagramGame(solution.diagram)
    paid = game.payoffs(game.profile(solution.behaviour))
    assert paid["alice"][0] == pytest.approx(0.06)
    assert paid["bob"][0] == pytest.approx(-0.95)
    np.testing.assert_allclose(solution.behaviour["doctor"].values[..., 0], [[1, 0], [0, 1]])
    np.testing.assert_allclose(solution.behaviour["poison"].values[..., 0], [1, 0])
    assert regret_of(solution.diagram, solution.behaviour) <= 1e-12


def road(length: int, seed: int = 0) -> Diagram:
    """Owners west and east of a road that is built southwards. Each sees its own soil and what stands north of it on
    both sides; its payoff depends on its soil, its own building and those north, across and south (their section 6)."""
    rng = np.random.default_rng(seed)
    variables: list[Chance | Decision] = []
    tables, utilities = {}, []
    for i in range(length):
        for side in "we":
            variables.append(Chance(f"soil_{side}{i}", ("dry", "wet")))
            tables[f"soil_{side}{i}"] = Table((f"soil_{side}{i}",), one(0.5, 0.5))
        for side in "we":
            seen = (f"soil_{side}{i}", *((f"w{i - 1}", f"e{i - 1}") if i else ()))
            variables.append(Decision(f"{side}{i}", ("home", "shop"), f"owner_{side}{i}", seen))
    for i, side in product(range(length), "we"):
        around = [f"soil_{side}{i}", f"w{i}", f"e{i}"]
        around += [f"{side}{j}" for j in (i - 1, i + 1) if 0 <= j < length]
        table = Table(tuple(around), rng.normal(size=(*(2,) * len(around), 1)))
        utilities.append(Utility("plot", f"owner_{side}{i}", table))
    players = {f"owner_{side}{i}": np.ones(1) for i in range(length) for side in "we"}
    return Diagram(tuple(variables), tables, tuple(utilities), players)


@pytest.mark.slow
def test_road_falls_into_pairs_across_the_road_solved_from_the_south() -> None:
    """Neighbours across the road rely on each other; north of them nothing is relied on, for it is seen; so each pair
    is one strongly connected component, and the pairs are settled one after the other, the southernmost first."""
    assert [set(c) for c in components(road(6))] == [{f"w{i}", f"e{i}"} for i in reversed(range(6))]
    long = DiagramGame(road(12))
    result = logit(long)
    assert result.converged.all()


def test_road_on_the_diagram_and_on_its_tree() -> None:
    diagram = road(2)
    unrolled = unroll(diagram)
    tree, game = TreeGame(unrolled.tree), DiagramGame(diagram)
    theirs = unrolled.behaviour(tree, logit(tree).profile)
    ours = game.behaviour(logit(game).profile)
    for name, table in ours.items():
        np.testing.assert_allclose(table.values, theirs[name].over(table.axes), atol=1e-9)


# --- Crawford & Sobel (1982), "Strategic information transmission", Econometrica 50


def cheap_talk(bias: float) -> Diagram:
    """Three equally likely types 0, 1, 2; three costless messages; the receiver answers on a grid of halves. Losses are
    quadratic, the sender's ideal answer lies ``bias`` above its type (their leading example, made discrete)."""
    types, answers = np.arange(3.0), np.arange(0.0, 2.25, 0.5)
    gap = answers[None, :] - types[:, None]
    names = tuple(str(a) for a in answers)
    return Diagram(
        (
            Chance("type", ("0", "1", "2")),
            Decision("message", ("x", "y", "z"), "sender", ("type",)),
            Decision("answer", names, "receiver", ("message",)),
        ),
        {"type": Table(("type",), np.full((3, 1), 1 / 3))},
        (
            Utility("loss", "sender", Table(("type", "answer"), -((gap - bias) ** 2)[..., None])),
            Utility("loss", "receiver", Table(("type", "answer"), -(gap**2)[..., None])),
        ),
        {"sender": np.ones(1), "receiver": np.ones(1)},
    )


def answers_by_type(bias: float) -> set[tuple[float, ...]]:
    """Return, over all pure equilibria, what each type is answered."""
    unrolled = unroll(cheap_talk(bias))
    found = set()
    for equilibrium in pure(unrolled.tree).found:
        chosen = {unrolled.origin[k][:2]: int(np.argmax(rule)) for k, rule in equilibrium.rules.items()}
        said = [chosen["message", (t,)] for t in range(3)]
        found.add(tuple(0.5 * chosen["answer", (m,)] for m in said))
    return found


@pytest.mark.parametrize("bias", [0.1, 0.3, 0.6, 0.9])
def test_less_is_said_the_further_interests_lie_apart(bias: float) -> None:
    """The receiver answers the mean of the types that pool. Which pools hold, from the sender's incentives:

    - all apart (answers 0, 1, 2): type t gains by being taken for t + 1 if (1 - b)^2 < b^2: holds for b <= 1/2;
    - {0}, {1, 2} (answers 0, 3/2): type 0 stays if b <= 3/2 - b: holds for b <= 3/4;
    - {0, 1}, {2} (answers 1/2, 2): type 1 stays if 1/2 + b <= 1 - b: holds for b <= 1/4;
    - all together, or {0, 2} with 1 apart (answer 1 to all): holds for every b.
    """
    expected = {(1.0, 1.0, 1.0)}
    if bias <= 1 / 2:
        expected.add((0.0, 1.0, 2.0))
    if bias <= 3 / 4:
        expected.add((0.0, 1.5, 1.5))
    if bias <= 1 / 4:
        expected.add((0.5, 0.5, 2.0))
    assert answers_by_type(bias) == expected


# --- Fearon (1995), "Rationalist explanations for war", International Organization 49, appendix

STRENGTH, COST, WORST = 0.4, 0.1, 0.5


def ultimatum(grid: int) -> Diagram:
    """A demands a share x of 1; B, whose cost of war is uniform on (0, WORST) and private, accepts or fights. War gives
    A the prize with probability STRENGTH at COST. Costs stand at the middles of ``grid`` equal steps, demands at the
    ends, so that nobody is ever indifferent."""
    step = WORST / grid
    costs = (np.arange(grid) + 0.5) * step
    demands = STRENGTH + np.arange(grid + 1) * step
    first = np.stack([np.broadcast_to(demands, (grid, grid + 1)), np.full((grid, grid + 1), STRENGTH - COST)], axis=-1)
    war = np.broadcast_to(1 - STRENGTH - costs[:, None], (grid, grid + 1))
    second = np.stack([np.broadcast_to(1 - demands, (grid, grid + 1)), war], axis=-1)
    axes = ("cost", "demand", "reply")
    return Diagram(
        (
            Chance("cost", tuple(f"c{i}" for i in range(grid))),
            Decision("demand", tuple(f"x{j}" for j in range(grid + 1)), "a"),
            Decision("reply", ("accept", "fight"), "b", ("cost", "demand")),
        ),
        {"cost": Table(("cost",), np.full((grid, 1), 1 / grid))},
        (Utility("share", "a", Table(axes, first[..., None])), Utility("share", "b", Table(axes, second[..., None]))),
        {"a": np.ones(1), "b": np.ones(1)},
    )


@pytest.mark.parametrize("grid", [5, 15, 45, 135])
def test_the_risk_of_war_comes_to_its_closed_form_as_the_grid_gets_finer(grid: int) -> None:
    """B fights if its cost is below x - p. A maximises x (1 - F) + (p - c) F with F = (x - p) / C; the derivative is
    1 - (2 (x - p) + c) / C, so that x* = p + (C - c) / 2 and war has the probability (C - c) / (2 C). The grid's
    payoffs are those of the continuous model at its demands, and the objective is a parabola: the grid's best demand is
    the one nearest to x*, at most half a step away."""
    solution = solve(ultimatum(grid), "subgame")
    step = WORST / grid
    demand = STRENGTH + step * int(np.argmax(solution.behaviour["demand"].values[..., 0]))
    assert abs(demand - (STRENGTH + (WORST - COST) / 2)) <= step / 2 + 1e-12
    war = probability(solution.diagram, solution.behaviour, {"of": {"reply": "fight"}})
    assert abs(war - (WORST - COST) / (2 * WORST)) <= 0.5 / grid + 1e-12


def test_with_no_doubt_there_is_no_war() -> None:
    """With one type there is always a bargain that both prefer to war (Fearon's first result)."""
    solution = solve(ultimatum(1), "subgame")
    assert probability(solution.diagram, solution.behaviour, {"of": {"reply": "fight"}}) == 0.0


# --- Hammond et al. (2023), "Reasoning about causality in games", Artificial Intelligence 320


def test_a_causal_query_has_a_set_of_answers_and_depends_on_who_knows() -> None:
    """Their job market (after Spence), as encoded in the textbook collection: a worker, hard-working or lazy with equal
    chance, goes to university or not; a firm that sees only this hires or not. It has pure equilibria of two kinds.

    Post-policy do(university): the firm's rule stays, so that P(hired) is 1 where it hires graduates and 0 where it
    does not. Pre-policy: the firm knows that everyone goes, learns nothing, and hires, for 3/2 - 2/2 > 0: it is 1.
    """
    path = ROOT / "data" / "maids" / "job_market_maid.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    diagram = read_diagram(path.read_text(encoding="utf-8"))
    (listed,) = (a["value"] for a in whole["answers"] if a["id"] == "pure_nash")
    hired = {"of": {"D2": "j"}, "do": {"D1": "g"}}
    assert {probability(diagram, behaviour_of(diagram, entry), hired) for entry in listed} == {0.0, 1.0}
    known = do(diagram, {"D1": "g"})
    unrolled = unroll(known)
    after = pure(unrolled.tree).found
    assert {e.values["firm"] for e in after} == {0.5}
    assert len(all_pure(diagram)) == len(listed)
    for equilibrium in after:
        rule = next(r for k, r in equilibrium.rules.items() if unrolled.origin[k][0] == "D2")
        assert rule.tolist() == [1.0, 0.0]
