"""Strategic relevance on the examples of Koller & Milch (2003), derived from the stated graphs."""

from __future__ import annotations

import networkx as nx
from tests.game.test_requisite import TWO, diagram_of

from quandary.game import Chance, Decision, Diagram, components, prune, reliances


def tree_killer() -> Diagram:
    """Koller & Milch (2003), section 1.1 and figure 1: Alice may poison Bob's tree to gain a view for her
    patio.

    Bob sees whether the tree is sick, not why, and may call a doctor. Alice, before winter shows whether the
    tree is dead, knows what she did and whether a doctor came, and decides about the patio. She pays for
    poisoning and for the patio and enjoys the view if the tree is dead; he pays the doctor and enjoys a
    living tree.
    """
    return diagram_of(
        [
            Decision("poison", TWO, "alice"),
            Chance("sick", TWO, ("poison",)),
            Decision("doctor", TWO, "bob", ("sick",)),
            Chance("dead", TWO, ("sick", "doctor")),
            Decision("patio", TWO, "alice", ("poison", "doctor")),
        ],
        [
            ("alice", ("poison",)),
            ("alice", ("patio",)),
            ("alice", ("patio", "dead")),
            ("bob", ("doctor",)),
            ("bob", ("dead",)),
        ],
    )


def road(lots: int) -> Diagram:
    """Koller & Milch (2003), section 1 and figure 2: a road is built southwards, with lots on its west and
    east side.

    Each owner knows the suitability of his own lot and what stands just north on both sides. His utility
    depends on what he builds, on his lot and on what is built just north and south on his side and across the
    road.
    """
    variables: list[Chance | Decision] = []
    stakes: list[tuple[str, tuple[str, ...]]] = []
    for i in range(lots):
        north = (f"west{i - 1}", f"east{i - 1}") if i else ()
        for side in ("west", "east"):
            variables.append(Chance(f"land_{side}{i}", TWO))
            variables.append(Decision(f"{side}{i}", TWO, f"owner_{side}{i}", (f"land_{side}{i}", *north)))
    for i in range(lots):
        for side, across in (("west", "east"), ("east", "west")):
            near = [f"{side}{j}" for j in (i - 1, i + 1) if 0 <= j < lots]
            stakes.append((f"owner_{side}{i}", (f"land_{side}{i}", f"{side}{i}", f"{across}{i}", *near)))
    return diagram_of(variables, stakes)


def test_tree_killer_is_acyclic() -> None:
    """Derivation.

    - doctor: given sick, Bob's utilities below it depend on dead, whose parents are sick and doctor, both
      known. No rule matters.
    - patio: the view depends on dead, hence on sick, which Alice does not see. doctor, which she sees, is a
      child of sick: what it reveals depends on Bob's rule, so patio relies on doctor. Her own earlier move is
      seen, with all it was based on: no reliance.
    - poison: her later utilities depend on sick, doctor and patio below it, none of them seen: it relies on
      both rules.
    """
    diagram = tree_killer()
    assert reliances(diagram) == {"poison": ("doctor", "patio"), "doctor": (), "patio": ("doctor",)}
    assert components(diagram) == (("doctor",), ("patio",), ("poison",))


def test_tree_killer_needs_all_its_memory() -> None:
    assert prune(tree_killer()).dropped == {}


def test_road_falls_into_pairs() -> None:
    """Derivation.

    Owner west i knows what stands north. His utility holds east i and west i+1, unseen: both rules matter.
    east i+1 is neither an argument nor an ancestor of one, nor is anything further south. Rules of north
    neighbours stand behind observed moves: no path. So the pairs (west i, east i) are the components, and the
    southernmost pair is settled first.
    """
    diagram = road(4)
    found = reliances(diagram)
    assert found["west1"] == ("east1", "west2")
    assert found["east3"] == ("west3",)
    assert components(diagram) == tuple((f"west{i}", f"east{i}") for i in (3, 2, 1, 0))


def test_arcs_point_from_what_is_relied_upon() -> None:
    diagram = tree_killer()
    graph = nx.DiGraph((other, name) for name, others in reliances(diagram).items() for other in others)
    assert set(graph.edges) == {("doctor", "patio"), ("doctor", "poison"), ("patio", "poison")}
    assert nx.is_directed_acyclic_graph(graph) and all(len(part) == 1 for part in components(diagram))


def test_who_forgets_relies_on_his_own_rule() -> None:
    """Who forgets the first of two coordinated moves must guess his own rule: each decision relies on the
    other."""
    variables: list[Chance | Decision] = [Decision("one", TWO, "me"), Decision("two", TWO, "me")]
    forgetful = diagram_of(variables, [("me", ("one", "two"))])
    assert [set(part) for part in components(forgetful)] == [{"one", "two"}]
    mindful = diagram_of([Decision("one", TWO, "me"), Decision("two", TWO, "me", ("one",))], [("me", ("one", "two"))])
    assert components(mindful) == (("two",), ("one",))


def test_pruned_memory_adds_no_reliance() -> None:
    diagram = road(3)
    full = reliances(diagram)
    slim = reliances(prune(diagram).diagram)
    assert all(set(slim[name]) <= set(full[name]) for name in full)
