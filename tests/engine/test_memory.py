"""Memory: what tables take is told before they are made, work is cut into batches that fit, and more is refused."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.laws.diagrams import random_table
from typer.testing import CliRunner

import quandary
from quandary.ask import Reckoned, Study, reckoned
from quandary.base import BUDGET, GIB, Refusal, TooLarge, allowance, in_words, shared_by
from quandary.base.memory import memory
from quandary.cli import build_app
from quandary.engine import Book, DiagramGame, Inference, Plan, Structure, structure_of
from quandary.engine.planning import table_sizes as reckoning
from quandary.engine.playing import diagram_game
from quandary.game import Chance, Decision, Diagram, Profile, Table, TreeGame, Utility, prune, unroll
from quandary.solve import LogitSettings, Sweep, Wide, agenda_of, usual_choice
from quandary.solve.logit import logit
from quandary.solve.subgame import subgame
from quandary.use import read_size

MIB = 1 << 20


def woven(seed: int, variables: int, parents: int, worlds: int, decisions: tuple[int, ...] = ()) -> Diagram:
    """Return a diagram in which every variable depends on so many earlier ones; two players move in turn."""
    rng = np.random.default_rng(seed)
    names = [f"v{i}" for i in range(variables)]
    cards = {name: int(rng.integers(2, 4)) for name in names}
    made: list[Chance | Decision] = []
    for i, name in enumerate(names):
        states = tuple(f"s{k}" for k in range(cards[name]))
        own = tuple(names[k] for k in sorted(rng.choice(i, min(i, parents), replace=False))) if i else ()
        player = f"p{len([d for d in made if isinstance(d, Decision)]) % 2}"
        made.append(Decision(name, states, player, own[:3]) if i in decisions else Chance(name, states, own))
    tables = {v.name: random_table(rng, (*v.parents, v.name), cards, worlds) for v in made if isinstance(v, Chance)}
    scopes = [(names[-1], names[-2 - k], *(names[d] for d in decisions[-2:])) for k in range(2)]
    scopes = [tuple(dict.fromkeys(scope)) for scope in scopes]
    utilities = tuple(
        Utility("u", f"p{k}", Table(scope, rng.normal(size=(*(cards[a] for a in scope), worlds))))
        for k, scope in enumerate(scopes)
    )
    precision = {"p0": np.full(1, 0.7), "p1": np.full(1, 0.7)}
    return Diagram(tuple(made), tables, utilities if decisions else (), precision if decisions else {}, worlds)


def peak(work: Callable[[], object]) -> int:
    """Return the most bytes that were allocated while something was done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


SPARSE_AND_DENSE = [(1, 24, 2, 300), (2, 20, 3, 300), (3, 16, 4, 200), (4, 13, 5, 100), (5, 12, 8, 60), (6, 11, 10, 20)]


@pytest.mark.parametrize(("seed", "variables", "parents", "worlds"), SPARSE_AND_DENSE)
def test_a_probability_takes_what_was_reckoned(seed: int, variables: int, parents: int, worlds: int) -> None:
    diagram = woven(seed, variables, parents, worlds)
    last = diagram.variables[-1].name
    need = worlds * reckoning.need_of_joint(structure_of(diagram), (last,)).bytes
    inference = Inference(diagram)
    taken = peak(lambda: inference.joint({}, (last,)))
    assert need > MIB / 4
    assert 0.6 < taken / need < 1.5


@pytest.mark.parametrize(
    ("seed", "variables", "parents", "decisions"),
    [(1, 12, 2, (3, 6)), (2, 11, 3, (2, 5, 7)), (3, 10, 5, (4, 6)), (4, 9, 8, (5,))],
)
def test_a_sweep_over_a_game_takes_what_was_reckoned(
    seed: int, variables: int, parents: int, decisions: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: False)
    worlds = 400
    game = DiagramGame(prune(woven(seed, variables, parents, worlds, decisions)).diagram)
    need = worlds * reckoning.need_of_game(game.structure).bytes
    profile = [usual_choice(point, worlds) for point in game.points]
    taken = peak(lambda: _all_values(game, profile))
    assert need > MIB / 4
    assert 0.4 < taken / need < 2.0


def _all_values(game: DiagramGame, profile: Profile) -> None:
    play = game.play(profile)
    for point in range(len(profile)):
        play.values(point)


def _asked(diagram: Diagram, keep: tuple[str, ...]) -> Table:
    return Inference(diagram).joint({}, keep)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_worlds_that_do_not_fit_together_are_taken_in_lots_with_the_same_answer(seed: int) -> None:
    diagram = woven(seed, 16, 4, 301)
    last = diagram.variables[-1].name
    need = reckoning.need_of_joint(structure_of(diagram), (last,)).bytes
    whole = _asked(diagram, (last, "v3"))
    budget = 301 * need // 7
    for workers in (1, 2):
        with memory(budget), shared_by(workers):
            taken = peak(lambda: _asked(diagram, (last, "v3")))
            parts = _asked(diagram, (last, "v3"))
        assert taken < 1.5 * budget / workers + 2 * whole.values.nbytes
        np.testing.assert_array_equal(parts.values, whole.values)


def test_payoffs_and_values_too() -> None:
    diagram = woven(5, 12, 4, 51, (3, 7))
    behaviour = {d.name: _even(diagram, d) for d in diagram.decisions}
    whole = Inference(diagram)
    own = [u for u in diagram.utilities if u.player == diagram.decisions[0].player]
    values = whole.action_values(behaviour, diagram.decisions[0].name, own)
    with memory(reckoning.need_of_game(structure_of(diagram)).bytes * 4):
        parts = Inference(diagram)
        np.testing.assert_array_equal(parts.payoff(behaviour, "p0"), whole.payoff(behaviour, "p0"))
        there = parts.action_values(behaviour, diagram.decisions[0].name, own)
    np.testing.assert_array_equal(there.values, values.values)


def _even(diagram: Diagram, decision: Decision) -> Table:
    axes = (*decision.parents, decision.name)
    shape = [diagram.cardinality(a) for a in axes]
    return Table(axes, np.full((*shape, 1), 1.0 / shape[-1]))


@pytest.mark.slow
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_solutions_are_the_same_whatever_is_allowed(seed: int, compiled: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if compiled:
        pytest.importorskip("numba")
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: compiled)
    diagram = prune(woven(seed, 9, 3, 90, (2, 4, 6))).diagram
    need = reckoning.need_of_game(structure_of(diagram)).bytes
    whole = logit(DiagramGame(diagram), LogitSettings())
    for lanes in (1, 5, 40):
        with memory(need * lanes):
            game = DiagramGame(diagram)
            assert game.affordable <= max(2, lanes // 4)
            found = logit(game, LogitSettings())
        np.testing.assert_array_equal(found.converged, whole.converged)
        for own, other in zip(found.profile, whole.profile, strict=True):
            np.testing.assert_allclose(own, other, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("always_trace", [False, True])
@pytest.mark.parametrize(("seed", "variables", "parents"), [(11, 11, 4), (12, 12, 3), (13, 10, 6)])
def test_a_solver_keeps_to_what_is_allowed(
    seed: int, variables: int, parents: int, always_trace: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagram_game, "worthwhile", lambda game: False)
    diagram = prune(woven(seed, variables, parents, 5 if always_trace else 300, (2, 5, 7))).diagram
    need = reckoning.need_of_game(structure_of(diagram)).bytes
    budget = max(24 * need, 2 * MIB)
    with memory(budget):
        game = DiagramGame(diagram)
        given = sum(table.values.nbytes for table in diagram.tables.values())
        taken = peak(lambda: logit(game, LogitSettings(always_trace=always_trace)))
    assert taken < 1.25 * budget + 2 * given


def test_backward_induction_is_the_same_whatever_is_allowed() -> None:
    diagram = woven(7, 9, 3, 60, (4,))
    whole = subgame(DiagramGame(prune(diagram).diagram))
    with memory(reckoning.need_of_game(structure_of(prune(diagram).diagram)).bytes * 6):
        game = DiagramGame(prune(diagram).diagram)
        assert game.batch_size < game.worlds
        for own, other in zip(subgame(game), whole, strict=True):
            np.testing.assert_array_equal(own, other)


def test_many_columns_of_few_worlds_are_swept_in_lots() -> None:
    for seed in range(20):
        game = DiagramGame(prune(woven(seed, 8, 3, 3, (2, 4, 6))).diagram)
        agenda = agenda_of(game)
        if agenda.carriers:
            break
    else:
        pytest.fail("no game drawn has a circle: choose other seeds")
    worlds = np.tile(np.arange(3), 7)
    whole = Sweep(game.in_worlds(worlds), agenda)
    rng = np.random.default_rng(1)
    state, scale = rng.normal(size=(whole.size, 21)), rng.uniform(0.1, 1.0, 21)
    expected = whole(state, scale)
    for lanes in (1, 2, 3, 8, 21):
        game.affordable = lanes
        np.testing.assert_array_equal(Wide(game, agenda, worlds)(state, scale), expected)


def test_more_than_is_allowed_is_refused_before_anything_is_made() -> None:
    diagram = woven(3, 40, 8, 2)
    last = diagram.variables[-1].name
    need = reckoning.need_of_joint(structure_of(diagram), (last,))
    assert need.bytes > 64 * MIB
    inference = Inference(diagram)

    def asked() -> None:
        with memory(need.bytes // 2), pytest.raises(TooLarge):
            inference.joint({}, (last,))

    assert peak(asked) < need.bytes / 8


def test_a_game_that_no_world_of_which_fits_is_refused_with_the_best_cut() -> None:
    diagram = prune(woven(2, 11, 3, 2, (2, 5, 7))).diagram
    structure = structure_of(diagram)
    need = reckoning.need_of_game(structure)
    with memory(need.bytes - 1), pytest.raises(Refusal) as refused:
        logit(DiagramGame(diagram))
    problem = refused.value.problem
    assert problem.code == "Q421"
    assert problem.hint is not None
    assert "--memory" in problem.hint
    cheapest = min(_weigh(_cut(structure, parent, child)) for parent, child in _arcs(structure))
    assert in_words(cheapest) in problem.hint  # the best of all single cuts, found here by trying every one


def _arcs(structure: Structure) -> list[tuple[str, str]]:
    return [(parent, child) for child, parents in structure.parents_of.items() for parent in parents]


def _weigh(structure: Structure) -> int:
    return reckoning.need_of_game(structure, Plan(structure)).bytes


def _cut(structure: Structure, parent: str, child: str) -> Structure:
    def shorter(own: tuple[str, ...], name: str) -> tuple[str, ...]:
        return tuple(p for p in own if p != parent) if name == child else own

    return Structure(
        structure.names,
        structure.cards,
        tuple(shorter(own, name) for own, name in zip(structure.parents, structure.names, strict=True)),
        structure.players,
        tuple(shorter(own, name) for own, name in zip(structure.tables, structure.names, strict=True)),
        structure.utilities,
    )


@pytest.mark.parametrize(("variables", "parents"), [(60, 8), (100, 12), (200, 5)])
def test_a_plan_of_a_dense_graph_takes_a_bounded_number_of_steps(
    variables: int, parents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    structure = structure_of(woven(1, variables, parents, 1)) if parents < 9 else _structure(variables, parents)
    steps, entries = [0], Book.entries

    def counted(book: Book, axes: tuple[str, ...]) -> int:
        steps[0] += 1
        return entries(book, axes)

    monkeypatch.setattr(Book, "entries", counted)
    need = reckoning.need_of_joint(structure, (structure.names[-1],), plan=Plan(structure))
    assert need.bytes > GIB
    assert steps[0] < 30 * variables * parents


def _structure(variables: int, parents: int) -> Structure:
    """Return the structure of a network whose tables would be too large to be drawn."""
    rng = np.random.default_rng(variables)
    names = tuple(f"v{i}" for i in range(variables))
    given = tuple(
        tuple(names[k] for k in sorted(rng.choice(i, min(i, parents), replace=False))) if i else ()
        for i in range(variables)
    )
    tables = tuple((*own, name) for own, name in zip(given, names, strict=True))
    return Structure(names, (2,) * variables, given, (None,) * variables, tables, ())


def test_trees_keep_to_what_is_allowed() -> None:
    diagram = woven(1, 12, 2, 1, (3, 6))
    with memory(MIB), pytest.raises(Refusal) as refused:
        unroll(diagram)
    assert refused.value.problem.code == "Q421"
    game = TreeGame(unroll(woven(1, 6, 2, 1, (3,))).tree)
    one_play = 8 * len(game.layout.order)
    with memory(40 * one_play):
        few = TreeGame(game.tree)
        assert few.affordable <= 10
        assert few.grain == few.affordable


def _reckoned(study: Study, *queries: str) -> Reckoned:
    """Return what one world of some queries takes."""
    inquiries = dict.fromkeys(inquiry for query in queries for inquiry in study.prepared(query).all_inquiries)
    return reckoned(study.case, study.probe, study.games(tuple(inquiries)))


def _dense_case(variables: int, parents: int, seed: int) -> str:
    rng = np.random.default_rng(seed)
    lines = [
        "quandary: 1",
        "title: Woven",
        "as_of: 2030-01-01",
        "actors:",
        "  a: {rationality: x2 to x6 per 10, because: j}",
    ]
    lines.append("story:")
    for i in range(variables):
        given = [f"v{k}" for k in sorted(rng.choice(i, min(i, parents), replace=False))] if i else []
        lines += [f"  - chance: v{i}", *([f"    given: [{', '.join(given)}]"] if given else []), "    states: [s0, s1]"]
        lines += ["    base:", "      - otherwise: {s0: 40% to 60%, s1: rest}", "        because: j"]
        lines += ["    effects:"] if given else []
        for name in given:
            lines += [f"      - {name} = s1: {{s1: x1.2 to x2}}", "        because: j"]
    lines += ["  - decision: d", "    by: a", "    sees: [v0]", "    options: [x, y]", "stakes:", "  a:", "    w:"]
    lines += [
        "      worth:",
        "        - d = x and v1 = s1: 10 to 20",
        "        - otherwise: 50 to 60",
        "      because: j",
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.slow
def test_check_and_ask_refuse_a_dense_case_alike_and_the_option_is_forgotten_after(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(_dense_case(24, 7, 1), encoding="utf-8")
    runner, app = CliRunner(), build_app()
    for command in (
        ["check", str(path)],
        ["ask", str(path), "P(v23 = s1)", "-w", "16"],
        ["run", str(path), "-w", "16"],
    ):
        result = runner.invoke(app, [*command, "--memory", "1MiB"])
        assert result.exit_code == (1 if command[0] == "check" else 2), result.output
        assert "Q421" in result.output
        assert "--memory" in result.output
    assert allowance().bytes == BUDGET
    assert runner.invoke(app, ["check", str(path)]).exit_code == 0
    told = json.loads(runner.invoke(app, ["check", str(path), "--json", "--memory", "1MiB"]).stdout)
    (problem,) = told["problems"]
    assert problem["line"] > 1


@pytest.mark.slow
def test_a_case_is_answered_alike_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(_dense_case(20, 5, 2), encoding="utf-8")
    case = quandary.load(path).case
    queries = ["P(v19 = s1)", "P(v18 = s1 | v19 = s1)", "E(a)", "P(v19 = s1 | do(d = x))"]
    whole = [answer.mean for answer in Study(case, worlds=64, threads=1).answers(queries)]
    for threads in (1, 2):
        study = Study(case, worlds=64, threads=threads)
        need = _reckoned(study, *queries).heaviest
        with memory(3 * need):
            assert [answer.mean for answer in study.answers(queries)] == whole
        with memory(need - 1), pytest.raises(TooLarge):
            Study(case, worlds=64, threads=threads).answers(queries)


@pytest.mark.parametrize(("written", "size"), [("8GiB", 8 * GIB), ("1.5GiB", 3 * GIB // 2), (" 512 MiB ", 512 * MIB)])
def test_sizes_are_read(written: str, size: int) -> None:
    assert read_size(written) == size


@pytest.mark.parametrize(
    "written", ["", "8", "8GB", "-1GiB", "0GiB", "1KiB", "1e9GiB", "inf GiB", "nanGiB", "9999999GiB", "٣GiB"]
)
def test_other_sizes_are_refused(written: str) -> None:
    result = CliRunner().invoke(build_app(), ["ask", "kazakhstan-2022", "P(invasion)", f"--memory={written}"])
    assert result.exit_code == 2
    assert "Q810" in result.output
