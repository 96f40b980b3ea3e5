"""Every statement of the flagship's article is in it, its hedges, purposes and links, and both sides of its sources."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy.stats import beta

import quandary
from quandary.case import Case, Claim

FOLDER = Path(__file__).resolve().parents[2] / "src" / "quandary" / "cases" / "kazakhstan-2022"
CASE = FOLDER / "case.yaml"
LEAST = 0.80


@pytest.fixture(scope="module")
def case() -> Case:
    return quandary.load(CASE).case


@pytest.fixture(scope="module")
def claims(case: Case) -> dict[str, Claim]:
    return {claim.id: claim for claim in case.claims}


def straight(text: str) -> str:
    """Return a text of the same length with plain quotation marks."""
    return text.translate(str.maketrans("‘’“”", "''\"\""))


def covered(text: str, case: Case) -> np.ndarray:
    """Return for each character of a text whether it lies in a quote of a claim; no quote may be missing from it."""
    found = np.zeros(len(text), dtype=bool)
    for claim in case.claims:
        places = [at.start() for at in re.finditer(re.escape(straight(claim.quote)), straight(text))]
        assert places, claim.quote
        found[places[0] : places[0] + len(claim.quote)] = True
    return found


def test_the_statements_lie_in_quotes_of_claims(shared: Path, case: Case) -> None:
    text = (shared / "reading" / "seed.txt").read_text(encoding="utf-8")
    gold = json.loads((shared / "reading" / "seed.gold.json").read_text(encoding="utf-8"))
    spans = [(statement["start"], statement["end"]) for statement in gold["statements"]]
    assert sum(end - start for start, end in spans) == 2158
    found = covered(text, case)
    assert sum(int(found[start:end].sum()) for start, end in spans) / 2158 >= LEAST
    for (start, end), statement in zip(spans, gold["statements"], strict=True):
        assert found[start:end].mean() >= 0.5, statement["quote_text"]  # and none is left out


@pytest.mark.parametrize(
    "words",
    [
        "independence must be respected",
        "restraint",
        "cow the West and subjugate Ukraine",
        "delicate relationship with China",
        "implications are enormous",
        "western flank, or should he",
        "arch opportunist",
        "enhance Russia's standing",
        "to stay in power",
        "To the extent possible",
        "much more",
        "similar to",
        "to quell",
        "to deal with disorder",
        "casualties",
    ],
)
def test_what_was_missing_once_is_there(words: str, case: Case) -> None:
    assert [claim.id for claim in case.claims if words in claim.quote]


def test_hedges_and_purposes_have_readings_of_their_own(claims: dict[str, Claim]) -> None:
    readings = {f"{claim.id}.{test.name}" for claim in claims.values() for test in claim.tests}
    assert readings >= {
        "restore-influence.to_the_extent_possible",
        "attention-south.much_more",
        "instability-inside.similar",
        "to-quell.serves",
        "china-hurts.to_stay_in_power",
        "pull-troops.deals_with_disorder",
        "pull-troops.enhances_standing",
        "casualties.sign",
    }


def test_the_editors_words_are_links_and_nobodys_claim(claims: dict[str, Claim]) -> None:
    links = {claim.id: claim.joins for claim in claims.values() if claim.kind == "link"}
    assert links == {
        "agrees": ("west-or-south", "war-less-likely"),
        "another-reason": ("instability-inside", "war-less-likely"),
    }
    assert not [link for link in links if claims[link].tests or claims[link].speaker != "EUBULLETIN"]


def test_both_sides_of_one_article_are_used(case: Case) -> None:
    hill, green = case.sources["hill"], case.sources["green"]
    assert hill.publisher == green.publisher
    assert hill.published == green.published == date(2022, 1, 8)
    voices = {channel.id: channel.voiced_by for channel in case.channels.values()}
    assert voices["urgency"] == "hill"
    assert voices["two_crises"] == "green"
    assert {voices[own] for own in ("attention", "costs_at_home", "example", "alignment")} == {"Andrey Gurkov"}
    assert {voices["emboldening"], voices["focus_kept"]} == {"pledge_times", "reuters_focus"}


def test_every_source_has_a_day_or_says_that_it_has_none() -> None:
    sources = YAML(typ="safe").load(CASE.read_text(encoding="utf-8"))["sources"]
    assert not [name for name, source in sources.items() if not source.get("published") and not source.get("note")]


# --- what the structure must let the case say -----------------------------------------------------------------


@pytest.fixture(scope="module")
def solved() -> quandary.Solved:
    return quandary.load(CASE).solve(worlds=200, seed=1)


def test_the_headlines_question_is_answered_as_asked(case: Case, solved: quandary.Solved) -> None:
    asked = {question.id: question.written for question in case.questions}
    assert asked["next_ukraine"] == "P(kz_say = bound)"
    # Moscow's hold on Kazakhstan and Moscow's loss of it are opposites: who is bound is lost less often
    bound, kept = (solved.ask(f"P(kz_alignment = lost | kz_say = {state})").mean for state in ("bound", "kept"))
    assert bound is not None
    assert kept is not None
    assert bound < kept


def test_the_west_tells_a_full_invasion_from_a_limited_one(solved: quandary.Solved) -> None:
    apart = solved.ask(
        "P(west_response = strong | do(ukraine = full_invasion)) - P(west_response = strong | do(ukraine = limited_op))"
    )
    assert np.abs(apart.draws).max() > 0.02  # it was 0.0 in every world
    assert apart.mean is not None
    assert apart.mean > 0.02


def test_chinas_stance_matters_to_russia(solved: quandary.Solved) -> None:
    assert solved.ask(
        "E(russia | do(ukraine = full_invasion, china_stance = tacit)) > "
        "E(russia | do(ukraine = full_invasion, china_stance = distance))"
    ).holds_in == pytest.approx(1)


def test_attention_is_more_than_troops(solved: quandary.Solved) -> None:
    # where no troops go at all, attention is divided all the same
    query = "P({0} | do(unrest = regime_threat, deployment = stay_out)) - P({0} | do(unrest = none))"
    attention, troops = (solved.ask(query.format(state)).mean for state in ("attention = divided", "forces = reduced"))
    assert attention is not None
    assert troops is not None
    assert attention > 0.2
    assert troops == pytest.approx(0, abs=0.001)


# --- base rates, counted anew ----------------------------------------------------------------------------------


def counted(shared: Path) -> dict[str, tuple[int, int]]:
    """Return for each class how many of how many crises came to it (Brecher and Wilkenfeld's codes)."""
    with (shared / "crises" / "icb1v14.csv").open(encoding="latin-1", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["viol"].strip() in "1234" and row["viol"].strip()]
    outside_wars = [row for row in rows if row["iwcmb"].strip() == "1"]
    after_show = [row for row in outside_wars if row["break"].strip() == "7"]  # a military act without violence
    classes = {"icb_war": (outside_wars, 4), "icb_clashes": (outside_wars, 3)}
    classes |= {"icb_war_after_show": (after_show, 4), "icb_clashes_after_show": (after_show, 3)}
    return {name: (sum(int(r["viol"]) >= least for r in some), len(some)) for name, (some, least) in classes.items()}


def test_the_base_rates_are_those_of_the_data(shared: Path, case: Case) -> None:
    numbers = counted(shared)
    views = {view.id: view for view in case.outside if view.kind == "class"}
    assert views.keys() == numbers.keys()
    shares = {name: round(100 * yes / n, 1) for name, (yes, n) in numbers.items()}
    assert shares == {"icb_war": 8.0, "icb_clashes": 34.7, "icb_war_after_show": 2.9, "icb_clashes_after_show": 19.1}
    for name, (yes, n) in numbers.items():
        low, high = (float(beta.ppf(p, yes + 0.5, n - yes + 0.5)) for p in (0.05, 0.95))  # Jeffreys
        written = views[name].value.quantity
        assert views[name].n == n
        assert (written.low, written.high) == pytest.approx((low, high), abs=0.0006), name  # type: ignore[union-attr]
        assert f"{yes} of" in (views[name].value.because or "")


def test_what_others_said_is_of_its_day_and_no_input(case: Case) -> None:
    crowd = {view.name: view for view in case.outside if view.kind == "crowd"}
    assert all(view.on is not None and view.on <= case.as_of for view in crowd.values())
    metaculus, survey = crowd["Metaculus"], crowd["TRIP survey (until 27 January, shown only)"]
    assert metaculus.on == date(2021, 12, 12)  # the last figure known from before the day; none is interpolated
    assert metaculus.pooled
    assert not survey.pooled
    assert {view.value.source for view in case.outside} == {"icb", "metaculus", "trip"}
    numbers = CASE.read_text(encoding="utf-8").partition("\nactors:")[2].partition("\nevidence:")[0]
    assert not re.findall(r"source: (?:icb|metaculus|trip)\b", numbers)
