"""Path effects: Pearl's worked example, the mediation formula by hand, explicit noise, and laws in a case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.ask.alarm import ALARM
from tests.ask.crisis import study
from tests.ask.test_would import Sampled, mechanisms, played, random_network, state

import quandary
from quandary.ask import Change, Study, Twin, network, paths, read_change, witnesses
from quandary.base import CaseError, Refusal
from quandary.game import Diagram, Table, graph_of
from quandary.language import parse_condition


def nested(diagram: Diagram, cause: str, c: int, b: int, mediators: str, asked: tuple[str, int]) -> float:
    """Return P(asked) with the cause at c and the mediators as they would be with it at b."""
    changed = frozenset(graph_of(diagram).descendants([cause]))
    target = state(asked[0], asked[1], diagram.cardinality(asked[0]))
    first, second = mechanisms(diagram, {cause: b}), mechanisms(diagram, {cause: c})
    return float(Twin(first, second, changed, (), (target,), frozenset(mediators)).probability()[0])


def test_pearls_worked_example() -> None:
    """Training, homework, success: TE 0.46, NDE 0.32, NIE 0.035 (Pearl 2014, Psychological Methods 19, Table 1)."""
    homework = np.array([[0.60, 0.40], [0.25, 0.75]])
    success = np.array([[0.20, 0.30], [0.40, 0.80]])
    diagram = network(
        [
            ("T", Table(("T",), np.array([[0.5], [0.5]]))),
            ("M", Table(("T", "M"), homework[..., None])),
            ("Y", Table(("T", "M", "Y"), np.stack([1 - success, success], axis=-1)[..., None])),
        ]
    )
    value = {(c, b): nested(diagram, "T", c, b, "M", ("Y", 1)) for c in (0, 1) for b in (0, 1)}
    assert value[1, 1] - value[0, 0] == pytest.approx(0.46, abs=1e-12)
    assert value[1, 0] - value[0, 0] == pytest.approx(0.32, abs=1e-12)
    assert value[0, 1] - value[0, 0] == pytest.approx(0.035, abs=1e-12)
    assert witnesses(graph_of(diagram), ("T", "M", "Y"), "T", frozenset("M"), frozenset("Y")) == ()


@pytest.mark.parametrize("seed", range(4))
def test_the_mediation_formula_with_a_common_cause_before_the_change(seed: int) -> None:
    """sum over z, m of P(z) P(m | b, z) P(y | c, m, z), written out."""
    random = np.random.default_rng(seed)
    z = random.dirichlet(np.ones(3))
    t = random.dirichlet(np.ones(2), size=3)
    m = random.dirichlet(np.ones(3), size=(3, 2))
    y = random.dirichlet(np.ones(2), size=(3, 2, 3))
    diagram = network(
        [
            ("Z", Table(("Z",), z[:, None])),
            ("T", Table(("Z", "T"), t[..., None])),
            ("M", Table(("Z", "T", "M"), m[..., None])),
            ("Y", Table(("Z", "T", "M", "Y"), y[..., None])),
        ]
    )
    for c in (0, 1):
        for b in (0, 1):
            formula = np.einsum("z,zm,zm->", z, m[:, b], y[:, c, :, 1])
            assert nested(diagram, "T", c, b, "M", ("Y", 1)) == pytest.approx(formula, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_with_a_witness_it_is_what_explicit_noise_gives(seed: int) -> None:
    """A -> B -> C, B and C -> D: through C, with B a witness."""
    diagram = random_network(seed)
    draws = 300_000
    random = np.random.default_rng(50 + seed)
    noise = {v.name: random.gumbel(size=(draws, len(v.states))) for v in diagram.variables}
    before = played(mechanisms(diagram, {"A": 0}), noise)
    held = mechanisms(diagram, {"A": 1})
    found: Sampled = {}
    for name in held.names:
        table = held.table(name)
        with np.errstate(divide="ignore"):
            rows = table.values[..., 0][tuple(found[p] for p in table.axes[:-1])]
            found[name] = before[name] if name == "C" else (np.log(rows) + noise[name]).argmax(axis=-1)
    found["A"] = np.ones(draws, dtype=np.intp)
    expected = (found["E"] == 0).mean()
    assert nested(diagram, "A", 1, 0, "C", ("E", 0)) == pytest.approx(expected, abs=4.5 * 0.5 / np.sqrt(draws))
    graph = graph_of(diagram)
    assert witnesses(graph, tuple("ABCDE"), "A", frozenset("C"), frozenset("E")) == ("B",)
    assert witnesses(graph, tuple("ABCDE"), "A", frozenset("BC"), frozenset("E")) == ()
    assert witnesses(graph, tuple("ABCDE"), "A", frozenset("D"), frozenset("E")) == ()


# --- in a case ----------------------------------------------------------------------------------------------------

WAR = parse_condition("war")


def test_the_total_is_the_difference_of_do_unseen() -> None:
    asked = study()
    found = paths(asked, WAR, Change("unrest", "none", "threat"), ["operation"])
    plain = asked.ask("P(war | do(unrest = threat)) - P(war | do(unrest = none))")
    np.testing.assert_allclose(found.total.draws, plain.draws, atol=1e-9)
    np.testing.assert_allclose(found.total.weights, plain.weights, atol=1e-12)
    np.testing.assert_allclose(found.direct.draws + found.through.draws, found.total.draws, atol=1e-12)
    assert found.aside == plain.aside
    assert found.witnesses == ("deploy",)


def test_everything_runs_through_all_that_is_next() -> None:
    """deploy and operation are all that unrest changes at once of what war depends on."""
    found = paths(study(), WAR, Change("unrest", "none", "threat"), ["deploy", "operation"])
    np.testing.assert_allclose(found.direct.draws, 0.0, atol=1e-9)
    np.testing.assert_allclose(found.alone.draws, found.total.draws, atol=1e-9)
    assert np.abs(found.total.draws).max() > 0.001
    assert found.witnesses == ()


def test_nothing_runs_through_what_is_not_on_the_way() -> None:
    found = paths(study(), WAR, Change("deploy", "stay", "go"), ["harvest"])
    np.testing.assert_allclose(found.through.draws, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.alone.draws, 0.0, atol=1e-12)
    assert not found.on_the_way
    assert found.witnesses == ()


def test_situations_that_never_arise_are_named(tmp_path: Path) -> None:
    """In silence nobody may leave and so nobody meets a thief: what the guard would do then is nobody's choice."""
    path = tmp_path / "case.yaml"
    path.write_text(ALARM, encoding="utf-8")
    asked = Study(quandary.load(path).case, worlds=16, threads=1)
    loud = parse_condition("shout = loud")
    assert paths(asked, loud, Change("go", "wait", "leave"), ["find"]).unplayed == ("shout",)
    assert paths(asked, loud, Change("alarm", "silent", "rings"), ["go"]).unplayed == ()


def test_names_may_be_written_with_their_actors() -> None:
    asked = study()
    change = read_change("empire.deploy: stay to go")
    assert change == Change("empire.deploy", "stay", "go")
    found, plain = (
        paths(asked, WAR, one, [through])
        for one, through in ((change, "rival.reply"), (Change("deploy", "stay", "go"), "reply"))
    )
    assert (found.change, found.through_what) == (plain.change, plain.through_what)
    assert (found.total.mean, found.through.mean) == (plain.total.mean, plain.through.mean)
    with pytest.raises(CaseError, match="Q544"):
        paths(asked, WAR, change, ["deploy"])


def test_a_change_is_read() -> None:
    assert read_change(" unrest: none to threat ") == Change("unrest", "none", "threat")
    with pytest.raises(Refusal, match="Q545"):
        read_change("unrest = threat")


@pytest.mark.parametrize(
    ("change", "through", "code"),
    [
        (Change("unrst", "none", "threat"), ["operation"], "Q104"),
        (Change("unrest", "none", "thret"), ["operation"], "Q104"),
        (Change("unrest", "none", "threat"), ["unrest"], "Q544"),
        (Change("unrest", "none", "threat"), ["operations"], "Q104"),
        (Change("unrest", "none", "threat"), [], "Q544"),
    ],
)
def test_names_are_checked(change: Change, through: list[str], code: str) -> None:
    with pytest.raises(CaseError, match=code):
        paths(study(), WAR, change, through)


# --- decisions that arise sometimes, actors who see things wrongly -------------------------------------------------

SOMETIMES = """
quandary: 2
title: sometimes
as_of: 2030-01-01
actors:
  n: {rationality: x3 per 10, because: invented}
story:
  - {chance: x, states: [low, high], odds: {high: 50%, low: rest}, because: invented}
  - chance: c
    given: [x]
    states: [a, b]
    odds: [{x = high: {a: 80%, b: rest}}, {otherwise: {a: 30%, b: rest}}]
    because: invented
  - {decision: d, by: n, when: c = a, SEES options: [u, v]}
  - chance: w
    given: [x, d]
    states: [good, bad]
    odds:
      - x = high and d = u: {bad: 20%, good: rest}
      - x = high and d = v: {bad: 40%, good: rest}
      - x = high and not arises(d): {bad: 10%, good: rest}
      - x = low and d = u: {bad: 50%, good: rest}
      - x = low and d = v: {bad: 70%, good: rest}
      - x = low and not arises(d): {bad: 30%, good: rest}
    because: invented
stakes:
  n: {g: {worth: [{d = u: 60}, {otherwise: 50}], because: invented}}
"""


def asked_of(text: str, tmp_path: Path) -> Study:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return Study(quandary.load(path).case, worlds=16, threads=1)


@pytest.mark.parametrize("sees", ["sees: [c],", ""])
@pytest.mark.parametrize("mediator", ["d", "c"])
def test_whether_a_decision_arises_is_a_part_of_what_runs_through_it(sees: str, mediator: str, tmp_path: Path) -> None:
    """By hand: it arises in 30 or 80 %, u is then chosen in 75 %; bad follows in 55 or 25 %, else in 30 or 10 %."""
    found = paths(asked_of(SOMETIMES.replace("SEES", sees), tmp_path), parse_condition("w = bad"),
                  Change("x", "low", "high"), [mediator])  # fmt: skip
    both, crossed = (0.3 * 0.55 + 0.7 * 0.30, 0.8 * 0.25 + 0.2 * 0.10), 0.3 * 0.25 + 0.7 * 0.10
    told = [one.mean for one in (found.start, found.end, found.direct, found.through)]
    assert told == pytest.approx([*both, crossed - both[0], both[1] - crossed], abs=1e-9)
    assert found.witnesses == ()


BELIEVED = """
quandary: 2
title: believed
as_of: 2030-01-01
actors:
  one: {rationality: x3 per 10, because: invented}
  other: {rationality: x3 per 10, because: invented}
story:
  - {chance: resolve, private: other, states: [low, high], odds: {high: 60%, low: rest}, because: invented}
  - {decision: deploy, by: one, options: [refrain, deploy]}
  - {decision: response, by: other, sees: [deploy], options: [accept, strike], only: [{deploy = refrain: [accept]}]}
  - chance: war
    given: [resolve, response]
    states: [no, yes]
    odds:
      - response = accept and resolve = low: {yes: 5%, no: rest}
      - response = accept: {yes: 10%, no: rest}
      - resolve = low: {yes: 40%, no: rest}
      - otherwise: {yes: 70%, no: rest}
    because: invented
stakes:
  one: {gain: {worth: [{deploy = refrain: 50}, {response = strike: 10}, {otherwise: 90}], because: invented}}
  other:
    calm:
      worth: [{resolve = high and response = strike: 70}, {resolve = low and response = accept: 70}, {otherwise: 50}]
      because: invented
believes:
  one: {resolve: {high: 10%}, because: invented}
"""


def test_paths_run_through_what_is_chosen_by_who_sees_things_wrongly(tmp_path: Path) -> None:
    """By hand: one takes a strike to come in 18 %, and deploys by odds of 3^2.56; it comes in 10 or 90 %."""
    deployed = 3**2.56 / (1 + 3**2.56)
    struck = {"low": deployed * 0.1, "high": deployed * 0.9}
    chance = {"low": (0.05, 0.40), "high": (0.10, 0.70)}

    def crossed(state: str, mediator: str) -> float:
        accepted, strike = chance[state]
        return (1 - struck[mediator]) * accepted + struck[mediator] * strike

    found = paths(
        asked_of(BELIEVED, tmp_path), parse_condition("war = yes"), Change("resolve", "low", "high"), ["response"]
    )
    told = [one.mean for one in (found.start, found.end, found.direct, found.through, found.alone)]
    start, end, across, back = (
        crossed(*states) for states in (("low", "low"), ("high", "high"), ("high", "low"), ("low", "high"))
    )
    wanted = [start, end, across - start, end - across, back - start]
    assert told == pytest.approx(wanted, abs=1e-9)
