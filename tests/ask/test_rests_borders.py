"""What a verdict rests on near a border of its definition: each case is built so that its place beside it is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import pytest
from tests.ask.built import HEAD
from tests.tried import tried

from quandary.ask import (
    Budget,
    GatheredAnswers,
    Gathering,
    NeutralModel,
    RestsOn,
    Study,
    by_construction,
    judged,
    reading_of,
    rests_on,
)
from quandary.case import TEMPLATE, Case, shipped_folder
from quandary.compile import read_case, read_case_bytes
from quandary.language import parse_query
from quandary.report import CaseNames, rests_said

SEEDS = range(1, tried(30) + 1)
SIGN = "P(y = yes | do(x = yes)) > P(y = yes | do(x = no))"
X = '  - chance: x\n    states: ["no", "yes"]\n    odds: {"yes": 50%, "no": rest}\n    because: invented\n'
Y = '  - chance: y\n    given: [x]\n    states: ["no", "yes"]\n    because: invented\n'

Said = Literal["restates", "edge", "neither"]


def case_of(text: str) -> Case:
    loaded = read_case_bytes(text.encode(), "case.yaml")
    assert loaded.case is not None, loaded.problems
    return loaded.case


def found_at_seeds(case: Case, query: str, worlds: int) -> Iterator[RestsOn]:
    for seed in SEEDS:
        study = Study(case, worlds=worlds, seed=seed, threads=1)
        reading = reading_of(case, parse_query(query), query)
        study.need(reading.queries)
        (found,) = rests_on(study, [reading])
        assert found is not None
        assert not (found.restates and found.edge)
        yield found


def said_at_seeds(case: Case, query: str, worlds: int = 2_000) -> list[Said]:
    found = found_at_seeds(case, query, worlds)
    return ["restates" if one.restates else "edge" if one.edge else "neither" for one in found]


def turned_in(share: float) -> Case:
    """Return a case whose one effect turns the reading in such a share of worlds, where it says nothing.

    The effect is so large that the reading holds everywhere. Without it x acts on y by m alone, and y is likelier after
    it in those worlds in which its odds there, drawn from a range of 20 points, lie above 40 %.
    """
    low = 40 - 20 * share
    link = '    odds: [{x = yes: {"yes": 99%, "no": rest}}, {otherwise: {"yes": 1%, "no": rest}}]\n'
    table = (
        f'    base:\n      - m = yes: {{"yes": "uniform({low:g}%, {low + 20:g}%)", "no": rest}}\n'
        '      - otherwise: {"yes": 40%, "no": rest}\n'
    )
    m, y = Y.replace("chance: y", "chance: m") + link, Y.replace("[x]", "[x, m]") + table
    return case_of(f'{HEAD}story:\n{X}{m}{y}    effects:\n      - x = yes: {{"yes": x100}}\n')


def fails_in(share: float) -> Case:
    """Return a case in which ``P(y = yes) > 40%`` fails in such a share of worlds, and one number sorts them all.

    No line of it has a neutral value, so that a reading that holds everywhere restates none.
    """
    low = 40 - 20 * share
    odds = f'    odds: {{"yes": "uniform({low:g}%, {low + 20:g}%)", "no": rest}}\n'
    return case_of(f'{HEAD}story:\n  - chance: y\n    states: ["no", "yes"]\n    because: invented\n{odds}')


def sorted_in(share: float) -> Case:
    """Return a case in which one number of the only effect sorts such a share of worlds, on either side.

    The effect is exp(f + c g) with both numbers drawn from -1 to 1: the sign of f is that of the sum but in c / 4.
    """
    named = "assumptions:\n" + "".join(f'  {name}: {{value: "uniform(-1, 1)", because: invented}}\n' for name in "fg")
    effect = f'    effects:\n      - x = yes: {{"yes": x(exp(f + {4 * (1 - share)!r} * g))}}\n'
    base = '    base: {"yes": 40%, "no": rest}\n'
    return case_of(f"{HEAD}{named}story:\n{X}{Y}{base}{effect}")


def test_no_look_solves_a_world_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look adds to the worlds of those before it, up to the most, of a line that stays open in all of them."""
    looks: list[list[tuple[object, ...]]] = []

    class Spied(Gathering):
        def gather(self, *args: Any, **kwargs: Any) -> GatheredAnswers:
            assert isinstance(self.model, NeutralModel)
            drawn = [column.tolist() for column in self.draws.between(0, self.worlds).values()]
            looks.append([(*world, self.model.variants[int(which) - 1]) for *world, which in zip(*drawn, strict=True)])
            return super().gather(*args, **kwargs)

    case = turned_in(0.5)
    study = Study(case, worlds=2_000, threads=1)
    reading = reading_of(case, parse_query(SIGN), SIGN)
    study.need(reading.queries)
    monkeypatch.setattr("quandary.ask.claims.resting.neutral.Gathering", Spied)
    rests_on(study, [reading])
    solved = [world for look in looks for world in look]
    assert len(set(solved)) == len(solved)
    assert 256 - 64 in map(len, looks)


@pytest.mark.parametrize(
    ("share", "allowed"),
    [
        (0.95, {"restates"}),
        (0.75, {"restates"}),
        (0.6, {"restates", "edge"}),
        (0.5, {"restates", "edge", "neither"}),
        (0.4, {"edge", "neither"}),
        (0.25, {"neither"}),
        (0.05, {"neither"}),
    ],
)
def test_a_line_that_turns_a_reading_in_about_half_of_the_worlds_is_on_the_edge(
    share: float, allowed: set[Said]
) -> None:
    said = said_at_seeds(turned_in(share), SIGN)
    assert set(said) <= allowed, said
    if share == 0.5:
        assert said.count("edge") > 0.8 * len(said), said


@pytest.mark.parametrize(
    ("share", "allowed"),
    [
        (0.01, {"neither"}),
        (0.04, {"neither"}),
        (0.047, {"edge", "neither"}),
        (0.05, {"edge"}),
        (0.053, {"edge", "restates"}),
        (0.07, {"restates"}),
    ],
)
def test_what_fails_in_about_one_world_of_twenty_is_on_the_edge(share: float, allowed: set[Said]) -> None:
    said = said_at_seeds(fails_in(share), "P(y = yes) > 40%")
    assert set(said) <= allowed, said


@pytest.mark.parametrize(
    ("share", "allowed"),
    [
        (0.98, {"restates"}),
        (0.955, {"edge", "restates"}),
        (0.95, {"edge"}),
        (0.945, {"edge", "neither"}),
        (0.9, {"neither"}),
    ],
)
def test_a_number_that_sorts_about_so_many_worlds_as_it_must_is_on_the_edge(share: float, allowed: set[Said]) -> None:
    said = said_at_seeds(sorted_in(share), SIGN)
    if share == 0.95:
        assert said.count("edge") > 0.8 * len(said), said
        return
    assert set(said) <= allowed, said


def test_the_templates_claim_that_hangs_on_two_lines_does_so_at_every_seed() -> None:
    case = read_case(shipped_folder() / TEMPLATE / "case.yaml").case
    assert case is not None
    query = next(claim for claim in case.claims if claim.id == "water-first").tests[0].written
    for found in found_at_seeds(case, query, 2_000):
        assert not found.restates
        assert not found.edge
        assert [[(line.owner, line.kind) for line in group] for group in found.lines] == [
            [(("outcome",), "dependence"), (("outcome",), "effect")]
        ]


def test_what_is_open_is_said() -> None:
    case = turned_in(0.5)
    study = Study(case, worlds=2_000, threads=1)
    reading = reading_of(case, parse_query(SIGN), SIGN)
    study.need(reading.queries)
    (found,) = rests_on(study, [reading])
    assert found is not None
    assert found.edge
    says = "the odds that y is yes are multiplied by 100 when x is yes"
    told = []
    for some in (found, *(replace(found, edge=(), perhaps=(found.edge * count,)) for count in (1, 3))):
        told.append(rests_said(CaseNames(case), replace(judged(study, reading), rests_on=some), {}))
    assert told[0].startswith(f"is on the edge of restating the case, which says that {says}; hangs on ")
    assert told[1].endswith(f"; hangs in about half of the worlds on what the case says: {says}")
    assert told[2].endswith("; hangs in about half of the worlds on all that the case says of y")


def test_a_drawn_world_beyond_the_box_is_no_counter_example() -> None:
    """The reading fails only below the 0.03rd percentile, beyond the central 99.9 %: some runs draw that, some not."""
    odds = '    odds: {"yes": 60% to 80%, "no": rest}\n'
    case = case_of(f'{HEAD}story:\n  - chance: y\n    states: ["no", "yes"]\n    because: invented\n{odds}')
    drawn = set()
    for worlds, seed in ((500, 1), (10_000, 1), (10_000, 2)):
        study = Study(case, worlds=worlds, seed=seed, threads=1)
        reading = reading_of(case, parse_query("P(y = yes) > 47%"), "P(y = yes) > 47%")
        study.need(reading.queries)
        drawn.add(bool((study.draws(reading.query)[0].values > 0).all()))
        (found,) = by_construction(study, [reading], Budget())
        assert found.outcome is True
    assert drawn == {True, False}
