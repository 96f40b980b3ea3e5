"""Conditions and parties on sentences whose tests and actors were written down before they were run."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ruamel.yaml import YAML

from quandary.case import written_draft
from quandary.read import ArticleReading, draft_of

Reader = Callable[..., ArticleReading]
SAID = "General Ana Rolf said."


@pytest.mark.parametrize(
    ("sentence", "query"),
    [
        (
            "Ecuador will send troops when the parliament approves the budget",
            "send_troops = send | do(budget = approve)",
        ),
        ("Mali would lose its base were it to expel the diplomats", "base = lose | do(expel_diplomats = expel)"),
        ("Taiwan will resist if China tries to take the island", "taiwan_resist = resist | do(take_island = take)"),
        ("Kosovo will leave if Serbia fails to form the council", "kosovo_leave = leave | do(form_council = form)"),
        ("If the talks fail, they will have no choice but to bomb the dam", "bomb_dam = bomb | do(talks = fail)"),
        ("Keep the port closed and the islands will starve", "islands_starve = starve | do(port = closed)"),
        ("Raise the fuel price and there will be riots", "riots = riot | do(fuel_price = raise)"),
        ("The junta will hold elections only after the rebels surrender", "elections = election | do(rebels_surrender"),
        ("The strike is likely to continue if the company cuts wages", "strike = continue | do(wages = cut)"),
        (
            "Should the army cross the river, the League will declare war",
            "war = declare | do(cross_river = cross)",
        ),
    ],
)
def test_a_plain_condition_is_a_test(read: Reader, sentence: str, query: str) -> None:
    case = YAML(typ="safe", pure=True).load(written_draft(draft_of(read(f"{sentence}, {SAID}"))))
    queries = [q for claim in case["claims"] for q in (claim.get("tests") or {}).values()]
    assert any(q.startswith(f"P({query}") for q in queries), queries


def test_unlikely_turns_the_effect_round(read: Reader) -> None:
    text = f"Serbia is unlikely to sign the deal if Kosovo fails to form the council, {SAID}"
    queries = YAML(typ="safe", pure=True).load(written_draft(draft_of(read(text))))["claims"][0]["tests"]
    (query,) = (q for q in queries.values() if q.count("P(") == 2)
    assert query == "P(deal = sign | do(form_council = form)) > P(deal = sign | do(form_council = none))"


@pytest.mark.parametrize(
    "sentence",
    [
        "I do not think that Iran will sign the deal if Kenya adds sanctions",
        "The town can hold out without foreign aid",
        "Even without foreign aid the town will hold out",
        "The fleet will shoot down any missile that enters the bay",
        "Nothing short of an invasion would stop the rebels from taking the city",
        "If the drought goes on, the sanctions will cause a famine",
        "The troops will stay in case the fighting resumes",
    ],
)
def test_what_the_words_leave_open_is_asked(read: Reader, sentence: str) -> None:
    case = YAML(typ="safe", pure=True).load(written_draft(draft_of(read(f"“{sentence},” {SAID}"))))
    queries = [q for claim in case["claims"] for q in (claim.get("tests") or {}).values()]
    assert set(queries) == {"???"}


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("The Sierra Madre, a ship, got no food. China's coast guard rammed it, a man told VOA.",
         {"coast guard"}, {"Sierra Madre", "VOA"}),
        ("Thailand's Election Commission asked the Constitutional Court to dissolve the Forward Party.",
         {"Election Commission", "Constitutional Court", "Forward Party"}, set()),
        ("European leaders met in Warsaw, Poland, on Friday. Germany offered tanks.", {"Germany"}, {"Poland"}),
        ("The London-based institute saw it. The Arakan Army, a rebel group, took the town. India closed the border.",
         {"Arakan Army", "India"}, {"United Kingdom", "rebel group"}),
        ("The opposition called for new elections. Trade unions went on strike.", {"opposition", "unions"}, set()),
        ("Tamil Tiger rebels declared a ceasefire. A Tamil Tiger spokesman denied it.", {"Tamil Tiger rebels"}, set()),
    ],
)  # fmt: skip
def test_an_actor_takes_part(read: Reader, text: str, wanted: set[str], unwanted: set[str]) -> None:
    names = {actor.name for actor in read(text).actors}
    assert all(any(name in listed for listed in names) for name in wanted), names
    assert not any(listed == name for listed in names for name in unwanted), names
