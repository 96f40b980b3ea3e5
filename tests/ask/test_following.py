"""What follows by signs in cases: the ways in which rules and ranges say a direction, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest
from tests.tried import tried

from quandary.ask import Allowed, CaseSigns, SignProof, Study, in_the_box, never_both, prepare
from quandary.case import Case
from quandary.compile import read_case_bytes
from quandary.language import parse_query

HEAD = """quandary: 2
title: signs
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x4 per 10, because: invented}
"""
RAISES, LOWERS, EITHER = "x2 to x5", "x0.2 to x0.5", "x0.5 to x2"
FOLLOWS, NEVER, ANY = Allowed(false=False), Allowed(true=False), Allowed()


def case_of(story: str, more: str = "") -> Case:
    loaded = read_case_bytes(f"{HEAD}story:\n{story}{more}".encode(), "case.yaml")
    assert loaded.case is not None, loaded.problems
    return loaded.case


def chance(name: str, given: str = "", effects: tuple[str, ...] = (), states: str = '["no", "yes"]') -> str:
    last = "yes" if "yes" in states else "high"
    base = "base" if effects else "odds"
    rest = "no" if "yes" in states else "low"
    own = f"{last}: 20% to 40%, {'' if 'yes' in states else 'mid: 20% to 30%, '}{rest}: rest".replace("yes", '"yes"')
    rules = "".join(f"      - {rule}\n" for rule in effects)
    return (
        f"  - chance: {name}\n    states: {states}\n{f'    given: [{given}]' if given else ''}\n"
        f"    {base}: {{{own.replace('no:', chr(34) + 'no' + chr(34) + ':')}}}\n"
        f"{f'    effects:{chr(10)}{rules}' if effects else ''}    because: invented\n"
    )


def gain(worths: str) -> str:
    return f"stakes:\n  a:\n    gain: {{weight: 50%, worth: [{worths}], because: invented}}\n"


def effect(cause: str, size: str, states: str = "yes", state: str = "yes") -> str:
    return f'{cause} = "{states}": {{"{state}": {size}}}'


def allowed(case: Case, query: str) -> Allowed:
    study = Study(case, worlds=64, threads=1)
    return SignProof(study).allowed(prepare(case, parse_query(query), query))


def above(left: str, right: str) -> str:
    return f"P({left}) > P({right})"


UP = above("y = yes | do(x = yes)", "y = yes | do(x = no)")
CHAIN = chance("x") + chance("m", "x", (effect("x", RAISES),)) + chance("y", "m", (effect("m", RAISES),))
TURNED = chance("x") + chance("m", "x", (effect("x", RAISES),)) + chance("y", "m", (effect("m", LOWERS),))
OPEN = chance("x") + chance("m", "x", (effect("x", EITHER),)) + chance("y", "m", (effect("m", RAISES),))


@pytest.mark.parametrize(
    ("story", "query", "found"),
    [
        (CHAIN, UP, FOLLOWS),
        (CHAIN, UP.replace(">", "<"), NEVER),
        (CHAIN, UP.replace("= yes | do(x = yes)", "= no | do(x = yes)").replace("P(y = yes", "P(y = no"), NEVER),
        (CHAIN, f"not {UP}", NEVER),
        (CHAIN, "P(y = yes | x = yes) > P(y = yes | x = no)", FOLLOWS),
        (CHAIN, "P(y = yes | do(x = yes)) > P(y = yes)", FOLLOWS),
        (CHAIN, "P(y = yes | do(x = yes)) - P(y = yes | do(x = no)) > 0", FOLLOWS),
        (CHAIN, "P(x = yes | y = yes) > P(x = yes | y = no)", FOLLOWS),
        (CHAIN, "P(x = yes | do(y = yes)) >= P(x = yes | do(y = no))", FOLLOWS),
        (CHAIN, "P(x = yes | do(y = yes)) != P(x = yes | do(y = no))", NEVER),
        (CHAIN, f"{UP} and P(m = yes | do(x = yes)) > P(m = yes | do(x = no))", FOLLOWS),
        (CHAIN, "P(y = yes) > 50%", ANY),
        (TURNED, UP, NEVER),
        (OPEN, UP, ANY),
        (OPEN, "P(y = yes | do(m = yes)) > P(y = yes | do(m = no))", FOLLOWS),
        (CHAIN, "would(y = yes | do(x = yes)) > P(y = yes)", ANY),
    ],
)  # fmt: skip
def test_directions_in_cases(story: str, query: str, found: Allowed) -> None:
    assert allowed(case_of(story), query) == found


def test_rows_of_odds_say_a_direction_where_their_ranges_do_not_meet() -> None:
    rows = """  - chance: y
    given: [x]
    states: ["no", "yes"]
    odds:
      - x = yes: {"yes": %s, "no": rest}
      - otherwise: {"yes": 20%% to 30%%, "no": rest}
    because: invented
"""
    assert allowed(case_of(chance("x") + rows % "60% to 70%"), UP) == FOLLOWS
    assert allowed(case_of(chance("x") + rows % "20% to 70%"), UP) == ANY


def test_a_middle_state_of_three_is_no_direction_and_an_end_is() -> None:
    three = "[low, mid, high]"
    for state, found in (("high", FOLLOWS), ("low", NEVER), ("mid", ANY)):
        story = chance("x") + chance("y", "x", (effect("x", RAISES, state=state),), three)
        assert allowed(case_of(story), above("y = high | do(x = yes)", "y = high | do(x = no)")) == found
    both = (effect("x", RAISES, state="high"), effect("x", RAISES, state="low"))
    story = chance("x") + chance("y", "x", both, three)
    assert allowed(case_of(story), above("y = high | do(x = yes)", "y = high | do(x = no)")) == ANY


def test_two_states_of_three_are_compared_by_themselves() -> None:
    story = chance("x", states="[low, mid, high]") + chance("y", "x", (effect("x", RAISES, "mid"),))
    assert allowed(case_of(story), above("y = yes | do(x = mid)", "y = yes | do(x = low)")) == FOLLOWS
    assert allowed(case_of(story), above("y = yes | do(x = high)", "y = yes | do(x = low)")) == NEVER
    assert allowed(case_of(story), above("y = yes | do(x = mid)", "y = yes")) == ANY


def test_a_decision_in_between_is_refused() -> None:
    decision = "  - decision: d\n    by: a\n    sees: [x]\n    options: [go, stay]\n"
    worth = gain("{d = go and x = yes: 80}, {otherwise: 20}")
    story = chance("x") + decision + chance("y", "d", (effect("d", RAISES, "go"),))
    assert allowed(case_of(story, worth), UP) == ANY
    assert allowed(case_of(story, worth), above("y = yes | do(d = stay)", "y = yes | do(d = go)")) == NEVER


def test_what_was_seen_afterwards_is_refused_where_it_is_asked_for() -> None:
    story = CHAIN + chance("z", "y", (effect("y", RAISES),))
    assert allowed(case_of(story), above("y = yes | do(x = yes), z = yes", "y = yes | do(x = no), z = yes")) == ANY
    seen = "evidence:\n  - {on: 2029-12-01, saw: z = yes}\n"
    assert allowed(case_of(story, seen), UP) == FOLLOWS  # it is set aside
    assert allowed(case_of(story, seen), above("y = yes | x = yes", "y = yes | x = no")) == FOLLOWS  # affiliated


def test_worth_goes_with_what_it_depends_on() -> None:
    worth = gain("{y = yes: 60 to 80}, {otherwise: 10 to 30}")
    query = "E(a.gain | do(x = yes)) > E(a.gain | do(x = no))"
    assert allowed(case_of(CHAIN, worth), query) == FOLLOWS
    assert allowed(case_of(TURNED, worth), query) == NEVER
    assert allowed(case_of(CHAIN, worth), query.replace("a.gain", "a")) == FOLLOWS


def test_pairs_that_cannot_both_be_true_are_proved() -> None:
    case = case_of(OPEN)
    study = Study(case, worlds=64, threads=1)
    assert CaseSigns(study).open_effects

    def pair(one: str, other: str) -> bool:
        return never_both(study, *(prepare(case, parse_query(query), query) for query in (one, other)))

    up_m = above("m = yes | do(x = yes)", "m = yes | do(x = no)")
    assert pair(UP, UP.replace(">", "<"))
    assert pair(UP, UP.replace(">", "<="))
    assert pair("P(y = yes) > 60%", "P(y = yes) < 40%")
    assert pair(UP, up_m.replace(">", "<"))  # the way is open, and both go the same way
    assert not pair(UP, up_m)
    assert not pair("P(y = yes) > 40%", "P(y = yes) < 60%")
    assert not pair("P(y = yes) > 60%", "P(m = yes) < 40%")


def random_case(draw: Random, sizes: tuple[str, str, str] = (RAISES, LOWERS, EITHER)) -> tuple[Case, list[str]]:
    names = [f"v{i}" for i in range(draw.randint(3, 5))]
    kinds = {name: draw.random() < 0.3 for name in names}
    story = ""
    for i, name in enumerate(names):
        given = draw.sample(names[:i], min(i, draw.randint(0 if i == 0 else 1, 2)))
        effects = []
        for parent in given:
            state = draw.choice(["high", "low", "high", "mid"]) if kinds[name] else draw.choice(["yes", "yes", "no"])
            on = draw.choice(["high", "high", "mid", "low"]) if kinds[parent] else "yes"
            effects.append(effect(parent, draw.choice([sizes[0], *sizes]), on, state))
        if len(given) == 2 and draw.random() < 0.2:
            ends = ["high" if kinds[parent] else "yes" for parent in given]
            condition = " and ".join(f'{parent} = "{own}"' for parent, own in zip(given, ends, strict=True))
            effects.append(f'{condition}: {{"{"high" if kinds[name] else "yes"}": {sizes[0]}}}')
        story += chance(name, ", ".join(given), tuple(effects), "[low, mid, high]" if kinds[name] else '["no", "yes"]')
    seen = draw.choice(names)
    more = f'evidence:\n  - {{on: 2029-12-01, saw: {seen} = "{"mid" if kinds[seen] else "yes"}"}}\n'
    return case_of(story, more if draw.random() < 0.5 else ""), list(_queries(draw, names, kinds))


def _queries(draw: Random, names: list[str], kinds: dict[str, bool]) -> Iterator[str]:
    for _ in range(14):
        x, y = draw.sample(names, 2)
        top = ("high" if kinds[y] else "yes", "low" if kinds[y] else "no")[draw.random() < 0.2]
        ends = draw.sample(["low", "mid", "high"], 2) if kinds[x] else ["yes", "no"]
        form = draw.choice(['do({} = "{}")', '{} = "{}"'])
        sides = [form.format(x, end) for end in ends]
        if draw.random() < 0.3:
            third = draw.choice([name for name in names if name not in (x, y)])
            sides = [f'{side}, {third} = "{"mid" if kinds[third] else "yes"}"' for side in sides]
        yield f'P({y} = "{top}" | {sides[0]}) > P({y} = "{top}" | {sides[1]})'


def test_what_follows_in_random_cases_is_so_in_every_world() -> None:
    proved = 0
    for seed in range(tried(120, 10)):
        case, queries = random_case(Random(seed))
        study = Study(case, worlds=48, threads=1)
        asked = [prepare(case, parse_query(query), query) for query in queries]
        asked = [query for query in asked if study.refusal(query) is None]
        proof = SignProof(study)
        study.need(asked)
        for query in asked:
            may = proof.allowed(query)
            if may == ANY:
                continue
            proved += 1
            margin = np.where(in_the_box(study), study.draws(query)[0].values, np.nan)
            margin = margin[~np.isnan(margin)]
            assert may.false or np.all(margin >= -1e-9), (seed, query.text)
            assert may.true or np.all(margin <= 1e-9), (seed, query.text)
    assert proved >= tried(120, 10)
