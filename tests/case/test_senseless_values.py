"""Every key that says which of a few things something is, and every key that names something, with senseless values."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from quandary.compile import read_case

CASE: dict[str, Any] = {
    "quandary": 2,
    "title": "A crossing",
    "as_of": "2030-05-01",
    "sources": {"s": {"title": "T"}},
    "actors": {"us": {"rationality": "x2 to x3 per 10"}, "them": {"rationality": "x2 to x3 per 10"}},
    "assumptions": {"k": "10% to 20%", "m": "10% to 20%"},
    "correlations": [{"between": ["k", "m"], "value": 0.3}],
    "story": [
        {"chance": "mood", "private": "them", "states": ["calm", "bold"], "odds": {"bold": "20%", "calm": "rest"}},
        {"decision": "move", "by": "us", "options": ["go", "stay"], "sees": []},
        {
            "chance": "war",
            "given": ["mood", "move"],
            "states": ["fought", "avoided"],
            "base": {"fought": "10%", "avoided": "rest"},
            "effects": [{"move = go": {"fought": "x2"}, "channel": "c"}],
        },
    ],
    "stakes": {"us": {"peace": {"weight": "100%", "worth": [{"war = fought": 10}, {"otherwise": 60}]}}},
    "channels": {"c": {"says": "it does", "voiced_by": "s", "for": ["a"]}},
    "events": {"conflict": "war = fought"},
    "evidence": [{"on": "2030-04-14", "saw": "move = go", "source": "s"}],
    "claims": [
        {
            "id": "a",
            "speaker": "The analyst",
            "quote": "A move makes war likelier.",
            "paraphrase": True,
            "kind": "conditional claim",
            "could": False,
            "source": "s",
            "tests": {
                "sign": {
                    "query": "P(conflict | do(move = go)) > 10%",
                    "resolved": {"on": "2030-06-01", "as": "came_true"},
                }
            },
        }
    ],
    "questions": {"q": "P(conflict)"},
    "checks": [{"id": "low", "asks": "P(conflict)", "evidence": False, "range": "10% to 30%"}],
    "forecasts": [{"id": "f", "asks": "P(conflict)", "until": "2031-01-01"}],
    "outside": [{"id": "crises", "of": "conflict", "class": "crises", "rate": "6% to 10%"}],
}
NOTHING: list[Any] = [None, "", "  "]
WRONG: list[Any] = [[], {}, True]
OTHER: list[Any] = ["nonsense", 7]
CHOICES = {
    "quandary": [*NOTHING, *WRONG, *OTHER],
    "claims.0.kind": [*NOTHING, *WRONG, *OTHER, "claim nonsense"],
    "claims.0.paraphrase": [*NOTHING, [], {}, *OTHER, "true", "yes"],
    "claims.0.could": [*NOTHING, [], {}, *OTHER, "true", "no"],
    "claims.0.tests.sign.resolved.as": [*NOTHING, [], {}, *OTHER, "true", "lost"],
    "checks.0.evidence": [*NOTHING, [], {}, *OTHER, "false", 0],
}
NAMES = {
    key: [*NOTHING, *WRONG, 7, "two words"]
    for key in (
        "story.0.chance",
        "story.0.private",
        "story.1.decision",
        "story.1.by",
        "story.2.given.0",
        "story.0.states.0",
        "story.1.options.0",
        "story.2.effects.0.channel",
        "correlations.0.between.0",
        "claims.0.id",
        "checks.0.id",
        "forecasts.0.id",
        "outside.0.id",
        "claims.0.source",
        "evidence.0.source",
        "channels.c.voiced_by",
        "channels.c.for.0",
    )
}
NAMES["claims.0.id"].remove(7)  # a claim may be called by a number in quotation marks only
NAMES["claims.0.id"].append(7)
CONDITIONS = {key: [*NOTHING, *WRONG, "otherwise", 7] for key in ("evidence.0.saw", "events.conflict", "outside.0.of")}
PARTS = {
    "story.0.odds": [[], {}, True, "nonsense"],
    "story.2.base": [[], {}, True, "nonsense"],
    "story.2.effects": [[], {}, True, "nonsense"],
    "stakes.us.peace.weight": [[], {}, True],
    "stakes.us.peace.worth": [[], {}, True],
}
TABLE = {**CHOICES, **NAMES, **CONDITIONS, **PARTS}


def errors(tree: object, path: Path) -> list[str]:
    path.write_text(json.dumps(tree), encoding="utf-8")
    return [f"{problem.code} {problem.message}" for problem in read_case(path).problems if problem.is_error]


def at(tree: Any, steps: list[str]) -> Any:
    for step in steps:
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    return tree


def with_value(path: str, value: object) -> object:
    tree = deepcopy(CASE)
    *steps, last = path.split(".")
    inside = at(tree, steps)
    inside[int(last) if isinstance(inside, list) else last] = value
    return tree


def test_the_case_itself_is_sound(tmp_path: Path) -> None:
    assert errors(CASE, tmp_path / "case.yaml") == []


@pytest.mark.parametrize("path", TABLE)
def test_a_senseless_value_is_a_fault(path: str, tmp_path: Path) -> None:
    for value in TABLE[path]:
        if value is None and path.rsplit(".", 1)[-1].isdigit():
            continue  # an empty item of a list is told of by the list
        found = errors(with_value(path, value), tmp_path / "case.yaml")
        assert found, f"{path}: {value!r}"
        assert all(len(told) > 15 for told in found)


@pytest.mark.parametrize("section", ["claims.0.tests", "questions"])
@pytest.mark.parametrize("name", ["", "  ", "\N{SOFT HYPHEN}", "-", "a/b"])
def test_a_reading_and_a_question_have_a_name(section: str, name: str, tmp_path: Path) -> None:
    assert errors(with_value(section, {name: "P(conflict) > 10%"}), tmp_path / "case.yaml")


def test_a_section_may_be_left_empty_and_null_written_out_may_not(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    whole = json.dumps({key: value for key, value in CASE.items() if key != "forecasts"})[:-1]
    path.write_text(f"{whole}, forecasts: }}", encoding="utf-8")
    assert not [problem for problem in read_case(path).problems if problem.is_error]
    for nothing in ("null", "~"):
        path.write_text(f"{whole}, forecasts: {nothing}}}", encoding="utf-8")
        (told,) = [problem for problem in read_case(path).problems if problem.is_error]
        assert told.message == f'"forecasts" is {nothing}, which says nothing'


QUOTES = {
    "Moscow may strike.": True,
    "Moscow might strike.": True,
    "It could lead to unrest.": True,
    "May it strike? It Might.": True,
    "Moscow strikes in May 2022.": False,
    "By 9 May it strikes.": False,
    "May 2022 is too late.": False,
    "Mayors couldn't strike, mightily.": False,
    "The maypole stands.": False,
}


@pytest.mark.parametrize("quote", QUOTES)
def test_a_possibility_that_is_not_marked_is_a_warning(quote: str, tmp_path: Path) -> None:
    def warned(**keys: object) -> bool:
        tree = deepcopy(CASE)
        claim = tree["claims"][0]
        del claim["could"]
        claim |= {"quote": quote, **keys}
        (tmp_path / "case.yaml").write_text(json.dumps(tree), encoding="utf-8")
        return any(problem.code == "Q318" for problem in read_case(tmp_path / "case.yaml").problems)

    assert warned() is QUOTES[quote]
    assert not warned(could=True)
    assert not warned(could=False)


def test_what_has_no_condition_is_not_void(tmp_path: Path) -> None:
    def warned(kind: str, query: str) -> bool:
        tree = deepcopy(CASE)
        test = {"query": query, "resolved": {"on": "2030-06-01", "as": "void"}}
        tree["claims"][0] |= {"kind": kind, "tests": {"sign": test}}
        (tmp_path / "case.yaml").write_text(json.dumps(tree), encoding="utf-8")
        return any(problem.code == "Q316" for problem in read_case(tmp_path / "case.yaml").problems)

    assert warned("claim", "P(conflict) > 10%")
    assert not warned("claim", "P(conflict | move = go) > 10%")
    assert not warned("conditional claim", "P(conflict) > 10%")
    assert warned("commitment", "P(conflict | move = go) > 10%")
    assert not warned("conditional commitment", "P(conflict | move = go) > 10%")
