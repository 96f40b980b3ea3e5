"""Worlds weighed by checks, against posterior means by quadrature; what is refused, and that every output says so."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from math import exp, hypot, log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from tests.ask.test_structure import case_of

import quandary
from quandary.ask import Study
from quandary.base import Refusal
from quandary.use import HANDS, request_from, task_named

CASE = """
quandary: 2
title: A coin of unknown weight
as_of: 2030-01-10
assumptions:
  p: {value: "uniform(5%, 95%)", because: invented}
story:
  - {chance: coin, states: [tails, heads], odds: {heads: p, tails: rest}, because: invented}
  - chance: win
    given: [coin]
    states: ["no", "yes"]
    odds: [{coin = heads: {"yes": 80%, "no": rest}}, {otherwise: {"yes": 10%, "no": rest}}]
    because: invented
evidence:
  - {on: 2030-01-01, saw: win = yes, because: invented}
questions: {heads: {asks: Is it heads?, query: P(coin = heads)}}
claims:
  - {id: likely, speaker: Ann, quote: heads it is, tests: {more: P(coin = heads) > 60%}}
checks:
  - {id: elsewhere, asks: P(coin = heads), evidence: false, range: 30% to 60%, because: other coins}
"""


def odds(p: float) -> float:
    return log(p / (1 - p))


def likelihood(p: float, discrepancy: float = 1.5, low: float = 0.3, high: float = 0.6) -> float:
    """Return the likelihood of a world by its definition: normal in log-odds, the range being its central 90 %."""
    deviation = hypot((odds(high) - odds(low)) / 2 / 1.6448536269514722, log(discrepancy))
    return exp(-0.5 * ((odds(p) - (odds(low) + odds(high)) / 2) / deviation) ** 2)


def posterior(value: Callable[[float], float], weight: Callable[[float], float]) -> float:
    return integral(lambda p: value(p) * weight(p)) / integral(weight)


def integral(value: Callable[[float], float]) -> float:
    found: tuple[float, float] = quad(value, 0.05, 0.95)
    return found[0]


@pytest.mark.parametrize("discrepancy", [1.0, 1.5, 4.0])
def test_a_posterior_mean_is_that_of_the_integral(discrepancy: float) -> None:
    study = Study(case_of(CASE), worlds=8_000, threads=1, use_evidence=False, anchored=discrepancy)
    answer = study.ask("P(coin = heads)")
    truth = posterior(lambda p: p, lambda p: likelihood(p, discrepancy))
    assert answer.mean == pytest.approx(truth, abs=5e-4)
    weights = [integral(lambda p, k=k: likelihood(p, discrepancy) ** k) / 0.9 for k in (1, 2)]  # type: ignore[misc]
    assert answer.effective_worlds == pytest.approx(8_000 * weights[0] ** 2 / weights[1], rel=0.01)


def test_evidence_and_checks_weigh_together() -> None:
    study = Study(case_of(CASE), worlds=8_000, threads=1, anchored=1.5)
    answer = study.ask("P(coin = heads)")

    def seen(p: float) -> float:
        return 0.8 * p + 0.1 * (1 - p)

    truth = posterior(lambda p: 0.8 * p / seen(p), lambda p: seen(p) * likelihood(p))
    assert answer.mean == pytest.approx(truth, abs=5e-4)
    without = Study(case_of(CASE), worlds=8_000, threads=1).ask("P(coin = heads)")
    assert without.mean == pytest.approx(posterior(lambda p: 0.8 * p / seen(p), seen), abs=5e-4)
    anchored = study.run.anchored
    assert anchored is not None
    assert (anchored.checks, anchored.discrepancy, anchored.left_out) == (("elsewhere",), 1.5, ())
    assert anchored.effective_before == pytest.approx(without.effective_worlds)
    assert study.run.effective_worlds < anchored.effective_before


def test_a_range_that_is_open_at_one_end_weighs_by_the_other() -> None:
    text = CASE.replace("range: 30% to 60%", "range: 0% to 30%")
    answer = Study(case_of(text), worlds=8_000, threads=1, use_evidence=False, anchored=1.5).ask("P(coin = heads)")

    def one_sided(p: float) -> float:
        return exp(-0.5 * (max(odds(p) - odds(0.3), 0.0) / log(1.5)) ** 2)

    assert answer.mean == pytest.approx(posterior(lambda p: p, one_sided), abs=5e-4)


def test_points_of_worth_are_weighed_on_their_own_scale() -> None:
    text = CASE.replace("asks: P(coin = heads), evidence: false, range: 30% to 60%", "asks: E(a.s), range: 30 to 60")
    text = text.replace("story:", "actors: {a: {name: A, rationality: x3 per 10, because: invented}}\nstory:")
    text += "stakes: {a: {s: {worth: [{coin = heads: 100}, {otherwise: 0}], because: invented}}}\n"
    answer = Study(case_of(text), worlds=8_000, threads=1, use_evidence=False, anchored=1.5).ask("P(coin = heads)")
    deviation = hypot(30 / 2 / 1.6448536269514722, 100 * 0.5 / 5.0)  # x1.5 on even odds are 10 points
    truth = posterior(lambda p: p, lambda p: exp(-0.5 * ((100 * p - 45) / deviation) ** 2))
    assert answer.mean == pytest.approx(truth, abs=5e-4)


def test_a_world_without_a_value_of_a_check_weighs_nothing() -> None:
    text = CASE.replace("uniform(5%, 95%)", "uniform(-0.5, 0.5)").replace("heads: p", '"heads": "max(p, 0) * 100%"')
    text = text.replace("asks: P(coin = heads), evidence: false", "asks: P(win = yes | coin = heads), evidence: false")
    text = text.replace("range: 30% to 60%", "range: 60% to 90%")
    study = Study(case_of(text), worlds=2_000, threads=1, use_evidence=False, anchored=1.5)
    answer = study.ask("P(coin = heads)")
    assert answer.mean == pytest.approx(0.25, abs=1e-3)
    assert answer.effective_worlds == pytest.approx(1_000, rel=0.01)


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ("asks: P(coin = heads) > 0.5, range: 30% to 60%", "so or not so"),
        ("asks: P(coin = heads) / P(win = yes), range: 1 to 2", "no scale"),
        ("asks: P(coin = heads), range: 0% to 100%", "leaves everything open"),
    ],
)
def test_a_check_without_a_size_is_left_out_and_refused_alone(check: str, why: str) -> None:
    line = f"  - {{id: other, {check}, because: invented}}\n"
    study = Study(case_of(CASE + line), worlds=64, threads=1, anchored=1.5)
    study.need([])
    assert study.run.anchored is not None
    assert [name for name, _ in study.run.anchored.left_out] == ["other"]
    assert why in study.run.anchored.left_out[0][1]
    alone = CASE[: CASE.index("  - {id: elsewhere")] + line
    with pytest.raises(Refusal, match=why):
        Study(case_of(alone), worlds=64, threads=1, anchored=1.5).need([])


def test_a_check_that_has_no_value_anywhere_is_left_out() -> None:
    line = "  - {id: never, asks: P(win = yes | coin = tails and coin = heads), range: 10% to 20%, because: invented}\n"
    study = Study(case_of(CASE + line), worlds=64, threads=1, anchored=1.5)
    study.need([])
    assert study.run.anchored is not None
    assert study.run.anchored.left_out == (("never", "it has no value in any world"),)


def test_nothing_is_left_where_every_world_is_implausible() -> None:
    text = CASE.replace("range: 30% to 60%", "range: 0.01% to 0.02%")
    with pytest.raises(Refusal, match='even the nearest misses "elsewhere" by') as fault:
        Study(case_of(text), worlds=64, threads=1, anchored=1.5).need([])
    assert fault.value.problem.code == "Q528"
    with pytest.raises(Refusal) as none:
        Study(case_of(CASE[: CASE.index("checks:")]), worlds=64, threads=1, anchored=1.5).need([])
    assert none.value.problem.code == "Q527"


def test_the_same_on_any_number_of_processors_and_in_more_worlds() -> None:
    case = case_of(CASE)
    means = {Study(case, worlds=1_500, threads=n, anchored=1.5).ask("P(win = yes | coin = heads)").mean for n in (1, 2)}
    assert len(means) == 1
    assert Study(case, worlds=64, threads=1, anchored=2.0).with_worlds(128).anchored == 2.0


SAID = "Worlds are weighted by 1 check, which the case may miss by a factor of 1.5 on the odds:"


@pytest.fixture
def named(tmp_path: Path) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(CASE, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("task", "fields"),
    [
        ("run", {"search": False}),
        ("ask", {"query": "P(coin = heads)"}),
        ("ask", {"query": "P(coin = heads) > 0.5"}),
        ("why", {"thing": "heads"}),
        ("ladder", {"claim": "likely"}),
        ("flips", {"thing": "likely", "worlds": 4096}),
        ("flips", {"thing": "likely", "structure": True}),
        ("report", {"format": "md", "search": False}),
        ("report", {"format": "html", "output": "report.html", "search": False}),
        ("report", {"format": "csv", "search": False}),
    ],
)
def test_every_output_says_so(
    named: str, task: str, fields: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    one = task_named(task)
    given = {"case": named, "worlds": 64, **fields}
    result = one.run(request_from(one.request, {**given, "anchored": True}), HANDS)
    plain = one.run(request_from(one.request, {**given, "force": True} if "output" in given else given), HANDS)

    def told(found: object) -> str:
        if fields.get("format") == "html":
            return (tmp_path / "report.html").read_text(encoding="utf-8")
        return quandary_text(found)

    wanted = "weighted by check,elsewhere" if fields.get("format") == "csv" else SAID
    assert wanted not in told(plain)
    if fields.get("format") == "html":
        result = one.run(request_from(one.request, {**given, "anchored": True, "force": True}), HANDS)
    assert wanted in told(result)
    if result.document() is not None:
        from quandary.report import plain as as_plain

        assert as_plain(result.document())["anchored"]["checks"] == ["elsewhere"]
        assert "anchored" not in json.dumps(as_plain(plain.document()))


def quandary_text(result: object) -> str:
    """Return what a result shows to people, in one line."""
    from rich.console import Console

    console = Console(width=100, record=True, file=io.StringIO())
    content = result.content()  # type: ignore[attr-defined]
    if content is not None:
        return str(content)
    for piece in result.pieces():  # type: ignore[attr-defined]
        if callable(piece):
            piece(console)
        else:
            console.print(piece if isinstance(piece, str) else getattr(piece, "text", ""))
    return " ".join(console.export_text().split())


def test_a_supposition_weighs_by_the_checks_too(named: str) -> None:
    path = Path(named)
    ann = "actors: {ann: {name: Ann, rationality: x3 per 10, because: invented}}\nstory:"
    bet = "  - {decision: bet, by: ann, options: [keep, stake], because: invented}\nevidence:\n"
    worth = "stakes: {ann: {money: {worth: [{bet = keep: 50}, {otherwise: 40}], because: invented}}}\n"
    text = CASE.replace("story:", ann).replace("evidence:\n", bet)
    path.write_text(f"{text}{worth}", encoding="utf-8")
    solved, plain = (quandary.load(named).solve(worlds=256, anchored=anchored) for anchored in (1.5, None))
    expected = solved.ask("P(coin = heads)").mean
    supposed = solved.suppose("P(coin = heads)", announce="bet: stake").found
    assert supposed.before.mean == supposed.after.mean == pytest.approx(expected)
    assert supposed.difference is not None
    assert supposed.difference.effective_worlds == pytest.approx(solved.ask("P(coin = heads)").effective_worlds)
    assert plain.ask("P(coin = heads)").mean != pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("way", ["timeline", "equilibria"])
def test_what_weighs_by_the_evidence_alone_refuses(named: str, way: str) -> None:
    solved = quandary.load(named).solve(worlds=64, anchored=1.5)
    with pytest.raises(Refusal, match="by the evidence alone"):
        getattr(solved, way)()


@pytest.mark.parametrize("task", ["timeline", "information"])
def test_help_says_what_takes_no_checks(task: str) -> None:
    assert "never --anchored" in task_named(task).summary


def test_an_earlier_document_cannot_say_so(named: str) -> None:
    one = task_named("ask")
    request: Any = request_from(one.request, {"case": named, "query": "P(win = yes)", "anchored": True, "schema": 1})
    with pytest.raises(Refusal, match="cannot say"):
        one.run(request, HANDS)


def test_in_python_and_for_what_stands_beside(named: str) -> None:
    solved = quandary.load(named).solve(worlds=256, anchored=1.5)
    assert solved.run.anchored is not None
    assert "weighted by its checks" in repr(solved)
    assert SAID in " ".join(solved.ask("P(coin = heads)")._repr_html_().split())
    flips = solved.study.draws(solved.study.prepared("P(coin = heads)"))[0]
    assert np.ptp(flips.weights / solved.study.found.evidence) > 0.1
    with pytest.raises(Refusal, match="discrepancy"):
        quandary.load(named).solve(worlds=64, anchored=0.5)
