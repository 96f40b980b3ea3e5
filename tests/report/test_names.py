"""Names as people read them: titles, conditions, numbers and queries of a case in its own words."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from quandary.base import Place
from quandary.case import Case
from quandary.compile import NumberRole, UncertainNumber, read_case
from quandary.language import parse_condition, parse_quantity, parse_query
from quandary.quantities import Scale, read_estimate
from quandary.report import CaseNames, number_name, quantity_value, query_words, range_said, role_name, value_said

CODED = Path(__file__).parent / "coded.yaml"


@cache
def case() -> Case:
    found = read_case(CODED).case
    assert found is not None
    return found


NAMES = CaseNames(case())


def number(role: NumberRole, written: str = "20% to 40%", scale: Scale = Scale.PROBABILITY) -> UncertainNumber:
    estimate = read_estimate(parse_quantity(written), scale)
    return UncertainNumber("n", "n", role, estimate, Place("case.yaml", 7, 1), scale=scale)


@pytest.mark.parametrize(
    ("written", "clause", "when"),
    [
        ("qrain = qdry", "rain in spring is scarce", "when rain in spring is scarce"),
        ("qrain != qdry", "rain in spring is not scarce", "when rain in spring is not scarce"),
        ("not qrain = qdry", "rain in spring is not scarce", "when rain in spring is not scarce"),
        (
            "qend in (qclash, qquarrel)",
            "the outcome of the quarrel is a clash or a quarrel",
            "when the outcome of the quarrel is a clash or a quarrel",
        ),
        ("qend not in (qclash, qquarrel)", "the outcome of the quarrel is neither a clash nor a quarrel", None),
        ("qtrouble", "it comes to a clash at the border", "after a clash at the border"),
        ("not qtrouble", "it does not come to a clash at the border", "without a clash at the border"),
        (
            "qtrouble and not qdrought and qmood = qangry",
            "it comes to a clash at the border and it does not come to a dry spring and Belmar's mood is angry",
            "after a clash at the border without a dry spring when Belmar's mood is angry",
        ),
        ("qdrought or qmood = qangry", "either it comes to a dry spring or Belmar's mood is angry", None),
        ("not (qdrought or qtrouble)", None, "when it is not so that either it comes to a dry spring or it comes to"),
    ],
)
def test_conditions(written: str, clause: str | None, when: str | None) -> None:
    condition = parse_condition(written)
    assert clause is None or NAMES.clause(condition) == clause
    assert when is None or NAMES.when(condition).startswith(when)
    assert written in CaseNames(case(), code=True).clause(condition)


@pytest.mark.parametrize(
    ("role", "read"),
    [
        (
            NumberRole("points", ("qbelmar", "qrest"), condition=parse_condition("qtrouble")),
            "what is added to Belmar's peace abroad after a clash at the border",
        ),
        (NumberRole("points", ("qrain",), "qdry"), "what is added to the probability that rain in spring is scarce"),
        (NumberRole("weight", ("qarlan", "qpower")), "the weight of the government of Arlan's power supply"),
        (
            NumberRole("worth", ("qarlan", "qpeace")),
            "the worth of the government of Arlan's peace at home in all other situations",
        ),
        (
            NumberRole("odds", ("qend",), "qclash"),
            "the probability that the outcome of the quarrel is a clash in all other situations",
        ),
        (
            NumberRole("factor", ("qend",), "qclash", condition=parse_condition("qrain = qdry")),
            "the factor on the odds that the outcome of the quarrel is a clash when rain in spring is scarce",
        ),
        (
            NumberRole("usual share", ("qdam",), "qtake"),
            "the usual share of filling the dam or filling half of it in Arlan's choice at the dam",
        ),
        (
            NumberRole("rationality", ("qarlan",)),
            "how strongly the government of Arlan prefers what is better",
        ),
        (NumberRole("assumption", ("qfear",)), "how much a dry spring frightens people"),
    ],
)
def test_a_number_without_a_name_gets_one_of_titles_and_conditions(role: NumberRole, read: str) -> None:
    assert role_name(NAMES, role) == read
    assert number_name(NAMES, number(role)) == read
    assert number_name(CaseNames(case(), code=True), number(role)) == f"{read} [n, line 7]"


def test_what_a_number_is_called_is_its_name() -> None:
    called = {sourced.called for event in case().story[:1] for rule in event.odds for _, sourced in rule.odds}  # type: ignore[union-attr]
    assert "how likely a dry spring is" in called


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("P(qtrouble)", "the probability of a clash at the border"),
        ("P(qrain = qdry)", "the probability that rain in spring is scarce"),
        (
            "P(qtrouble | qdrought, do(qdam = qfill))",
            "the probability of a clash at the border after a dry spring if it happens that Arlan's choice at the dam "
            "is filling the dam",
        ),
        (
            "P(qtrouble | do_foreseen(qdam = qfill))",
            "the probability of a clash at the border if everybody had foreseen that Arlan's choice at the dam is "
            "filling the dam",
        ),
        (
            "would(qtrouble | seen qdam = qfill, do(qdam = qshare))",
            "the probability of a clash at the border given what happens when Arlan's choice at the dam is filling the "
            "dam had Arlan's choice at the dam been sharing the water",
        ),
        ("E(qarlan)", "the expected worth of what comes for the government of Arlan"),
        ("E(qarlan.qpower)", "the expected worth of the government of Arlan's power supply"),
        ("weight(qarlan.qpeace)", "the share of the government of Arlan's concern that peace at home takes"),
        ("swing(qbelmar.qwell)", "what hangs on Belmar's water"),
        (
            "best(qbelmar.qreply = qstrike)",
            "how often a strike is the best choice of Belmar for Belmar's answer",
        ),
        ("margin(qbelmar.qreply)", "by how much the best option of Belmar leads the second for Belmar's answer"),
        (
            "both(qarlan.qdam: qpower, qpeace)",
            "how often some option of the government of Arlan for Arlan's choice at the dam is near best for power "
            "supply and peace at home at once",
        ),
        (
            "P(qtrouble | do(qrain = qdry)) > P(qtrouble | do(qrain = qfair))",
            "the probability of a clash at the border is higher if it happens that rain in spring is scarce than if it "
            "happens that rain in spring is fair",
        ),
        ("P(qtrouble) > 20%", "the probability of a clash at the border is above 20 %"),
        (
            "P(qtrouble) - P(qtrouble | do(qrain = qfair))",
            "how much higher the probability of a clash at the border is as things stand than if it happens that rain "
            "in spring is fair",
        ),
        ("1 - P(qtrouble)", "the probability of the opposite of this: the probability of a clash at the border"),
        (
            "P(qtrouble) / P(qdrought)",
            "the probability of a clash at the border divided by the probability of a dry spring",
        ),
    ],
)
def test_queries(written: str, words: str) -> None:
    assert query_words(NAMES, parse_query(written)) == words


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Unrest in the south", "unrest in the south"),
        ("The West's answer", "the West's answer"),
        ("Belmar's mood", "Belmar's mood"),
        ("NATO's move", "NATO's move"),
        ("German troops", "German troops"),
        ("Outcome of the talks", "the outcome of the talks"),
        ("What comes of it", "what comes of it"),
        ("A clash", "a clash"),
        ("Arlan's fleet", "Arlan's fleet"),
    ],
)
def test_only_names_keep_their_capital_inside_a_sentence(title: str, inside: str) -> None:
    assert NAMES.capitals.inside(title) == inside


@pytest.mark.parametrize(
    ("written", "scale", "value", "said"),
    [
        ("20% to 40%", Scale.PROBABILITY, 0.3, "30 %"),
        ("20 to 40", Scale.NUMBER, 30.0, "30"),
        ("normal(40, 10)", Scale.NUMBER, 40.0, "40"),  # its 90 % interval is no percentage of it
        ("beta(2, 8)", Scale.PROBABILITY, 0.2, "20 %"),
        ("x2 to x5", Scale.FACTOR, 2.5, "x2.5"),
    ],
)
def test_a_value_is_a_percentage_where_its_number_is_one(written: str, scale: Scale, value: float, said: str) -> None:
    assert quantity_value(number(NumberRole("weight", ("a", "b")), written, scale), value) == said


def test_a_value_has_its_unit() -> None:
    worth = number(NumberRole("worth", ("a", "b")), "20 to 40", Scale.NUMBER)
    added = number(NumberRole("points", ("a",), "b"), "1 to 4", Scale.NUMBER)
    assert value_said(worth, 30.0) == "30 points of worth"
    assert range_said(worth, 20.0, 40.0) == "20 to 40 points of worth"
    assert value_said(added, 2.0) == "2 percentage points"
