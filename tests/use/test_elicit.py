"""Asking the analyst: conversations typed ahead, answers as JSON, what is written, and what is never asked twice."""

from __future__ import annotations

import difflib
import json
import random
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quandary.base import CaseError, Refusal
from quandary.cli import build_app
from quandary.compile import compile_case, read_case
from quandary.use import HANDS, ElicitRequest, Hands, task_named, write_template

NOTHING_KNOWN = """\
quandary: 2
title: Nothing known   # of it
as_of: 2030-01-01
actors:
  a: {name: Arlan, rationality: unknown}
story:
  - chance: dry
    states: [wet, normal, drought]
    odds: unknown
  - chance: mood
    given: [dry]
    states: [calm, angry]
    odds: unknown   # nobody knows
  - decision: act
    by: a
    sees: [mood]
    options: [wait, go]
  - chance: war
    given: [mood, act]
    states: [peace, war]
    odds: unknown
    because: told by nobody
  - chance: price
    given: [war]
    states: [low, high]
    base: {high: unknown, low: rest}
    effects:
      - war = war: {high: unknown}   # surely
stakes:
  a:
    win: {weight: unknown, worth: [{act = go: unknown}, {otherwise: 50}]}
    rest: {weight: unknown, worth: [{war = war: 0}, {otherwise: unknown}]}
claims:
  - {id: dry, speaker: A, quote: x, tests: {t: "P(war = war | do(dry = drought)) > P(war = war | do(dry = wet))"}}
  - {id: price, speaker: A, quote: x, tests: {t: "P(price = high | do(act = go)) > P(price = high | do(act = wait))"}}
"""
GAPS = """\
quandary: 2
title: A draft
as_of: 2030-01-01
actors:
  arlan: {name: Arlan, rationality: x2 to x6 per 10}
  belmar: {name: Belmar, rationality: x2 to x6 per 10}
story:
  - decision: dam
    by: ???   # who decides?
    options: [share, ???]
  - chance: clash
    given: [dam]
    states: ["no", "yes"]
    odds: {"yes": 10% to 60%, "no": rest}
stakes:
  arlan: {power: {worth: 50}}
claims:
  - {id: c, speaker: A, quote: x, tests: {t: P(clash = yes) > 30%}}
"""
MANY_GAPS = """\
quandary: 2
title: A draft
as_of: 2030-01-01
actors:
  arlan: {name: Arlan, rationality: x2 to x6 per 10}
story:
  - decision: dam
    by: ???   # who decides?
    options: [share, ???]
  - chance: clash
    given: [dam]
    states: ["no", "yes"]
    odds: {"yes": 10% to 60%, "no": rest}
stakes:
  arlan:
    power:
      worth: ???   # how good?
evidence:
  - on: ???   # on which day?
    saw: clash = no
    quote: All was calm.
claims:
  - id: c
    speaker: Mara Lind
    quote: They will fight.
    tests:
      t: ???   # what would have to be true?
  - {id: d, speaker: A, quote: x, kind: normative, tests: {t: ???}}
  - {id: e, speaker: A, quote: x, tests: {t: P(clash = yes) > 30%, u: ???}}
"""
HIDDEN = """\
quandary: 2
title: A gap, and a fault that it hides
as_of: 2030-01-01
actors:
  arlan: {name: Arlan, rationality: x2 to x6 per 10}
story:
  - decision: dam
    by: ???   # who decides?
    options: [share, fill]
stakes:
  arlan: {power: {worth: [{dam = keep: 50}, {otherwise: 0}]}}
"""
TWO_EFFECTS = """\
quandary: 2
title: Two effects of unknown direction
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x4 per 10, because: invented}
assumptions:
  f: {value: "uniform(-3, 3)", because: invented}
  g: {value: "uniform(-3, 3)", because: invented}
story:
  - {chance: x, states: ["no", "yes"], odds: {"yes": 50%, "no": rest}, because: invented}
  - chance: m
    given: [x]
    states: ["no", "yes"]
    base: {"yes": 50%, "no": rest}
    because: invented
    effects: [{x = yes: {"yes": x(exp(f))}}]
  - chance: y
    given: [m]
    states: ["no", "yes"]
    base: {"yes": 50%, "no": rest}
    because: invented
    effects: [{m = yes: {"yes": x(exp(g))}}]
"""
SIGN = """
claims:
  - {id: more, speaker: A, quote: x, tests: {sign: "P(y = yes | do(x = yes)) > P(y = yes | do(x = no))"}}
"""
FEW = ("--worlds", "1000")


@pytest.fixture
def dam(tmp_path: Path) -> Path:
    write_template(tmp_path / "dam")
    return tmp_path / "dam" / "case.yaml"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def told(*words: object, typed: str = "", code: int = 0) -> str:
    result = CliRunner(env={"COLUMNS": "100"}).invoke(build_app(), [str(word) for word in words], input=typed)
    assert result.exit_code == code, result.output
    return result.output


def as_json(*words: object, code: int = 0) -> dict[str, Any]:
    body = json.loads(told(*words, "--json", code=code))
    assert isinstance(body, dict)
    return body


def changed(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def questions(path: Path, *words: str) -> list[str]:
    body = as_json("next", path, *FEW, "-n", 1000, *words)
    return [asked["question"] for one in body["questions"] for asked in one["asked"]]


def test_an_answer_is_one_line_with_its_reason_and_who_gave_it(dam: Path) -> None:
    before = dam.read_text(encoding="utf-8")
    out = told("elicit", dam, "--by", "AB", *FEW, typed="10 to 20\nI was there: in spring\nq\n")
    assert "Question 1. It would settle about" in out
    after = dam.read_text(encoding="utf-8")
    (gone, new) = changed(before, after)
    assert gone == "-        - answer = strike: 30 to 70"
    value = '{value: 10 to 20, because: "I was there: in spring", judged_by: AB}'
    assert new == f"+        - answer = strike: {value}"
    assert "1 answer written into" in out
    assert not [p for p in read_case(dam).problems if p.is_error]


def test_it_goes_on_where_it_stopped_and_never_asks_twice(dam: Path) -> None:
    seen: set[str] = set()
    for _ in range(40):
        found = as_json("elicit", dam, *FEW)["next"]
        if found is None:
            break
        for asked in found["asked"]:
            assert asked["question"] not in seen
            seen.add(asked["question"])
            given = {"question": asked["question"], "answer": "don't know"}
            as_json("elicit", dam, *FEW, "--answer", json.dumps(given))
    assert found is None
    assert len(seen) >= 3
    assert dam.read_text(encoding="utf-8").count("not_known_by: analyst") == len(seen)
    assert "No question is left" in told("elicit", dam, *FEW)


def test_who_did_not_know_is_not_asked_and_another_is(dam: Path) -> None:
    first = questions(dam, "--by", "AB")[0]
    told("elicit", dam, "--by", "AB", *FEW, typed="d\nq\n")
    assert first not in questions(dam, "--by", "AB")
    assert first in questions(dam, "--by", "CD")


def test_what_does_not_fit_is_asked_again(dam: Path) -> None:
    out = told("elicit", dam, *FEW, typed="loads\n30\n40 to 20\n20 to 40\n\nq\n")
    assert "is not a number" in out
    assert "One number leaves no doubt" in out
    assert "The range runs downwards: write 20 to 40." in out
    assert "{value: 20 to 40, because: judgement, judged_by: analyst}" in dam.read_text(encoding="utf-8")


def test_step_by_step(dam: Path) -> None:
    out = told("elicit", dam, *FEW, typed="s\n5\nmany\n60\n20\n15\n30\nbecause\nq\n")
    assert out.index("lowest") < out.index("highest") < out.index("middle") < out.index("quartile")
    assert "Please give one number" in out
    text = dam.read_text(encoding="utf-8")
    assert "answer = strike: {value: 7.81 to 44.4, because: because, judged_by: analyst}" in text


def test_how_claims_moved_is_shown_after_a_block_and_not_after_each(dam: Path) -> None:
    out = told("elicit", dam, "--block", 2, *FEW, typed="d\nd\nd\nq\n")
    first, second, third = (out.index(f"Question {number}") for number in (1, 2, 3))
    assert "moved" not in out[first:second]
    assert "2 answers moved no claim" in out[second:third]
    assert "1 answer moved" in out[third:]


def test_the_end_of_the_input_is_the_end(dam: Path) -> None:
    before = dam.read_bytes()
    assert "Nothing was written" in told("elicit", dam, *FEW, typed="")
    assert dam.read_bytes() == before


def test_answers_as_data(dam: Path) -> None:
    """Whatever a number is, it can be answered, and answered anew."""
    name = "story.drought.odds.dry"
    for answer, text in (
        ({"low": 10, "high": 40, "best": 20, "sure": 80}, "8.75% to 42.5%"),
        ({"limits": [5, 60], "middle": 20, "quartiles": [15, 30]}, "9.66% to 48.2%"),
        ("unlikely", "unlikely"),
    ):
        given = json.dumps({"question": name, "answer": answer, "because": "so it is"})
        body = as_json("elicit", dam, *FEW, "--answer", given)
        (one,) = body["answers"]
        assert (one["text"], one["because"], one["by"]) == (text, "so it is", "analyst")
        assert body["schema"] == "quandary.elicit/1"
    odds = "odds: {dry: {value: unlikely, because: so it is, judged_by: analyst}, normal: rest}"
    assert odds in dam.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "given",
    [
        "no JSON",
        "[]",
        "7",
        '{"question": "x"}',
        '{"question": "x", "answer": "1 to 2"}',
        '{"question": "story.drought.odds.dry", "answer": 7}',
        '{"question": "story.drought.odds.dry", "answer": {"low": "a", "high": 2, "best": 1, "sure": 80}}',
        '{"question": "story.drought.odds.dry", "answer": {"limits": 7, "middle": 1, "quartiles": [1, 2]}}',
        '{"question": "story.drought.odds.dry", "answer": "20%"}',
        "[" * 5000,
    ],
)
def test_data_that_does_not_fit_writes_nothing(dam: Path, given: str) -> None:
    before = dam.read_bytes()
    body = as_json("elicit", dam, *FEW, "--answer", given, code=2)
    assert body["problems"][0]["code"] == "Q575"
    assert dam.read_bytes() == before


def test_an_answer_with_which_the_case_would_be_wrong(tmp_path: Path) -> None:
    odds = "    states: [a, b, c]\n    odds: {a: 10% to 50%, b: 5% to 10%, c: rest}\n"
    case = "quandary: 2\ntitle: T\nas_of: 2030-01-01\nstory:\n  - chance: x\n" + odds
    path = written(
        tmp_path / "case.yaml", case + "claims: [{id: c, speaker: A, quote: x, tests: {t: P(x = a) > 30%}}]\n"
    )
    given = json.dumps({"question": "story.x.odds.a", "answer": "90% to 97%"})
    body = as_json("elicit", path, *FEW, "--answer", given, code=2)
    assert "the case does not stand with that answer" in body["problems"][0]["message"]
    assert path.read_text(encoding="utf-8").endswith("> 30%}}]\n")


def test_a_copy_of_ones_own(dam: Path) -> None:
    before = dam.read_bytes()
    for name in ("AB", "CD"):
        out = dam.with_name(f"{name}.yaml")
        for _ in range(2):
            told("elicit", dam, "--by", name, "-o", out, *FEW, typed=f"{10 if name == 'AB' else 50} to 90\n\nq\n")
        assert out.read_text(encoding="utf-8").count(f"judged_by: {name}") == 2
    assert dam.read_bytes() == before
    told_apart = told("compare", dam.with_name("AB.yaml"), dam.with_name("CD.yaml"), "P(conflict)", "-w", 64, "-q")
    assert "water" in told_apart
    body = as_json("elicit", dam, "-o", dam.parent.parent / "other.yaml", *FEW, code=2)
    assert body["problems"][0]["code"] == "Q806"


def test_a_case_that_ships_is_not_written_to() -> None:
    body = as_json("elicit", "kazakhstan-2022", *FEW, code=2)
    assert "ships" in body["problems"][0]["message"]


def test_gaps_come_first_and_in_order(tmp_path: Path) -> None:
    path = written(tmp_path / "case.yaml", GAPS)
    body = as_json("next", path)
    asked = [one["asked"][0]["asks"] for one in body["questions"]]
    assert asked[:2] == ["Who decides this (dam)?", "What else could they do (dam)?"]
    out = told("elicit", path, *FEW, typed="somebody\nArlan\nfill, sell it\nq\n")
    assert 'There is no actor "somebody"' in out
    text = path.read_text(encoding="utf-8")
    assert "by: arlan\n" in text  # what the gap asked is answered, and goes with it
    assert "options: [share, fill, sell_it]" in text
    assert "Question 3." in out
    path = written(tmp_path / "case.yaml", GAPS)
    told("elicit", path, *FEW, typed="belmar\nd\nq\n")
    assert "[share, ???]" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("order", ["war = peace < war = war", "act = go < war = peace < war = war", "peace < war"])
def test_a_case_with_an_order_is_asked_about_all_else(tmp_path: Path, order: str) -> None:
    """A place in the middle of an order is an unknown number, and no entry that could be changed by itself."""
    rules = "worth: [{act = go: unknown}, {otherwise: 50}]"
    assert rules in NOTHING_KNOWN
    path = written(tmp_path / "case.yaml", NOTHING_KNOWN.replace(rules, f'order: "{order}"'))
    assert not [p for p in read_case(path).problems if p.is_error]
    asked = questions(path)
    assert asked
    assert not [one for one in asked if one.startswith("stakes.a.win.worth")]
    answered(path, "actors.a.rationality", "x2 to x6 per 10")
    assert "value: x2 to x6 per 10" in path.read_text(encoding="utf-8")


def answered(path: Path, question: str, answer: str, code: int = 0) -> dict[str, Any]:
    return as_json("elicit", path, *FEW, "--answer", json.dumps({"question": question, "answer": answer}), code=code)


@pytest.mark.parametrize(
    ("question", "wrong", "told_of", "right", "stands"),
    [
        ("stakes/arlan/power/worth", "belmar", "unknown assumption", "40 to 60", "worth: 40 to 60"),
        (
            "stakes/arlan/power/worth",
            "[{dam = share: 40",
            "cannot be read",
            "[{dam = share: 9}, {otherwise: 5}]",
            "share: 9}, {o",
        ),
        ("stakes/arlan/power/worth", "[{sea = a: 40}]", "sea", "[{otherwise: 4 to 9}]", "worth: [{otherwise: 4 to 9}]"),
        ("evidence/0/on", "belmar", "a day is written", "2029-12-31", "on: 2029-12-31\n"),
        ("evidence/0/on", "2029-13-01", "no such day", "2029-12-01", "on: 2029-12-01\n"),
        (
            "claims/0/tests/t",
            "P(clash = yes) >",
            "the text ends",
            "P(clash = yes) > 30%",
            't: "P(clash = yes) > 30%"\n',
        ),
        ("claims/0/tests/t", "P(sea = a) > 30%", '"sea"', "no test: a hope", "not_testable: a hope\n"),
        (
            "claims/1/tests/t",
            "P(clash = no) > 3",
            "between 0 and 1",
            "no test",
            "id: d, speaker: A, quote: x, kind: norm",
        ),
        ("claims/2/tests/u", "perhaps", "perhaps", "no test", "tests: {t: P(clash = yes) > 30%}}"),
    ],
)
def test_what_does_not_fit_a_gap_is_not_written_whatever_else_is_open(
    tmp_path: Path, question: str, wrong: str, told_of: str, right: str, stands: str
) -> None:
    path = written(tmp_path / "case.yaml", MANY_GAPS)
    body = answered(path, question, wrong, code=2)
    assert body["problems"][0]["code"] == "Q575"
    assert told_of in body["problems"][0]["message"]
    assert path.read_text(encoding="utf-8") == MANY_GAPS
    answered(path, question, right)
    text = path.read_text(encoding="utf-8")
    assert stands in text
    assert text.count("???") == MANY_GAPS.count("???") - 1
    new = {(p.code, p.message) for p in read_case(path).problems if p.is_error and p.code != "Q173"}
    assert not new


def test_a_gap_is_asked_with_the_words_it_rests_on(tmp_path: Path) -> None:
    path = written(tmp_path / "case.yaml", MANY_GAPS)
    out = told("elicit", path, *FEW, typed="arlan\nfill\n50\n" + "don't know\n" * 8 + "q\n")
    assert "What would have to be true (c)?" in out
    assert "Mara Lind: “They will fight.”" in out
    assert "How good (arlan power)?" in out


def test_faults_that_the_last_gap_hid_are_told_and_the_answer_stays(tmp_path: Path) -> None:
    """Else the last gap of a case with another fault could never be filled."""
    path = written(tmp_path / "case.yaml", HIDDEN)
    body = answered(path, "story/0/by", "arlan", code=1)
    assert [one["code"] for one in body["problems"] if one["severity"] == "error"] == ["Q104"]
    assert "by: arlan\n" in path.read_text(encoding="utf-8")


def test_two_directions_that_matter_only_together_are_a_pair(tmp_path: Path, shared: Path) -> None:
    path = written(tmp_path / "case.yaml", TWO_EFFECTS + SIGN)
    for case in (path, written(tmp_path / "xor.yaml", (shared / "meaning" / "xor.yaml").read_text("utf-8") + SIGN)):
        (one,) = as_json("next", case)["questions"]
        assert [asked["question"] for asked in one["asked"]] == ["f:direction", "g:direction"]
        assert one["part"] == pytest.approx(0.5, abs=0.02)
    out = told("elicit", path, "-w", 1000, typed="more\n\nless\n\nq\n")
    assert "of two parts that tell most together" in out
    text = path.read_text(encoding="utf-8")
    assert 'f: {value: "uniform(0, 3)", because: judgement, judged_by: analyst}' in text or "uniform(0, 2.7)" in text
    assert "more: toss-up, now fails" in out


@pytest.mark.parametrize("seed", range(4))
def test_unknown_numbers_are_written_out_one_by_one(tmp_path: Path, seed: int) -> None:
    """Whatever is answered in whatever order: the case stands, one line changes (two where odds become effects)."""
    path = written(tmp_path / "case.yaml", NOTHING_KNOWN)
    draw = random.Random(seed)
    answers = {
        "odds": "10% to 30%",
        "factor": "2 to 5",
        "rationality": "2 to 6",
        "worth": "20 to 40",
        "weight": "30% to 40%",
    }
    done: set[str] = set()
    elicit: Any = task_named("elicit")
    while True:
        found = elicit.run(ElicitRequest(case=str(path), worlds=64), HANDS).state.found
        left = [own for one in (*found.questions, *found.others) for own in one.asked]
        if not left:
            break
        one = draw.choice(left)
        assert one.name not in done
        done.add(one.name)
        answer = (
            draw.choice(["more", "less", "neither"])
            if one.name.endswith("direction")
            else draw.choice(["1 < 2", "2 < 1"])
            if one.name.endswith("order")
            else answers[one.number.role.kind]
        )
        if draw.random() < 0.3:
            answer = "d"
        before = path.read_text(encoding="utf-8")
        names = {number.name for number in compile_case(_case(path)).quantities}
        given = json.dumps({"question": one.name, "answer": answer, "because": "so: it is"})
        elicit.run(ElicitRequest(case=str(path), worlds=64, answer=given), HANDS)
        after = path.read_text(encoding="utf-8")
        assert len(changed(before, after)) in (2, 3)
        now = {number.name for number in compile_case(_case(path)).quantities} | {one.number.name}
        assert now >= names, "what is unknown stays so, by the same name"
    text = path.read_text(encoding="utf-8")
    assert all(comment in text for comment in ("# of it", "# nobody knows", "# surely"))
    assert len(done) >= 11


def _case(path: Path) -> Any:
    return read_case(path).case


def test_a_direction_comes_before_its_size_and_leaves_it_to_ask(tmp_path: Path) -> None:
    path = written(tmp_path / "case.yaml", NOTHING_KNOWN)
    name = "story.price.effects[war = war].high"
    everything = ("--worlds", "64")
    told("elicit", path, *everything, "--answer", json.dumps({"question": f"{name}:direction", "answer": "more"}))
    assert "war = war: {high: {value: raises, because: judgement, judged_by: analyst}}   # surely" in path.read_text(
        "utf-8"
    )
    told("elicit", path, *everything, "--answer", json.dumps({"question": name, "answer": "x2 to x4"}))
    assert "{high: {value: x2 to x4, because: judgement, judged_by: analyst}}" in path.read_text("utf-8")
    assert not [one for one in questions(path) if one.startswith(name)]


class Typist:
    """A person who types what was prepared, and is interrupted where that is ``None``."""

    present = True

    def __init__(self, typed: list[str | None]) -> None:
        self.typed = typed
        self.seen: list[str] = []

    def say(self, line: str) -> None:
        self.seen.append(line)

    def ask(self, prompt: str) -> str | None:
        self.seen.append(prompt)
        typed = self.typed.pop(0)
        if typed is None:
            raise KeyboardInterrupt
        return typed


def test_an_interruption_keeps_what_was_written(dam: Path) -> None:
    typist = Typist(["35 to 60", "so", None])
    result: Any = task_named("elicit").run(ElicitRequest(case=str(dam), worlds=1000), Hands(dialogue=typist))
    assert not result.complete
    assert len(result.answers) == 1
    assert "judged_by: analyst" in dam.read_text(encoding="utf-8")


def test_a_file_that_somebody_else_changed_is_left(dam: Path) -> None:
    class Meddler(Typist):
        def ask(self, prompt: str) -> str | None:
            if "Why" in prompt:
                dam.write_text(dam.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
            return super().ask(prompt)

    typist = Meddler(["10 to 20", "so", "q"])
    task_named("elicit").run(ElicitRequest(case=str(dam), worlds=1000), Hands(dialogue=typist))
    assert any("changed by somebody else" in line for line in typist.seen)
    assert "judged_by" not in dam.read_text(encoding="utf-8")


def test_a_case_with_faults_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "case.yaml", NOTHING_KNOWN.replace("by: a", "by: b"))
    with pytest.raises(CaseError):
        task_named("elicit").run(ElicitRequest(case=str(path)), HANDS)
    with pytest.raises(Refusal, match="no case file"):
        task_named("elicit").run(ElicitRequest(case=str(tmp_path / "none.yaml")), HANDS)


def test_what_nobody_decides_becomes_chance_of_any_odds(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(GAPS.replace("options: [share, ???]", "options: [share, fill]"), encoding="utf-8")
    request = ElicitRequest(case=str(path), answer='{"question": "story/0/by", "answer": "nobody"}', worlds=50)
    task_named("elicit").run(request, HANDS)
    case = read_case(path).case
    assert case is not None
    assert next((item.id, getattr(item, "states", None)) for item in case.story) == ("dam", ("share", "fill"))
    assert {one.name for one in compile_case(case).quantities if one.unknown} == {"story.dam.odds.share"}


ORDERS = """\
quandary: 2
title: Orders
as_of: 2030-01-01
actors:
  a: {name: Arlan, rationality: x3 per 10, weights: unknown}
story:
  - {decision: act, by: a, options: [wait, go]}
  - chance: war
    given: [act]
    states: [peace, siege, war]
    odds: [{act = go: {war: 40%, siege: 30%, peace: rest}}, {otherwise: {war: 5%, siege: 20%, peace: rest}}]
stakes:
  a:
    calm: {worth: [{war = peace: unknown}, {war = siege: unknown}, {otherwise: unknown}]}
    win: {worth: [{act = go: 55}, {otherwise: 40}]}
claims:
  - {id: c, speaker: A, quote: x, tests: {t: P(act = go) > P(act = wait)}}
"""


def test_orders_are_asked_in_pairs_and_checked(tmp_path: Path) -> None:
    path = written(tmp_path / "case.yaml", ORDERS.replace(", weights: unknown", ""))
    (asked,) = as_json("next", path)["questions"][0]["asked"]
    assert (asked["question"], asked["kind"]) == ("stakes.a.calm:order", "order")
    typed = ["2", "1", "3", "2", "3", "3", "war is hell", "q"]  # a circle, then an order
    out = told("elicit", path, *FEW, "--by", "AB", typed="\n".join([*typed, ""]))
    assert "Which is worse for Arlan's calm: (2) when war is siege, or (1) when war is peace?" in out
    assert "These contradict each other" in out
    text = path.read_text(encoding="utf-8")
    assert "{otherwise: {value: 0, because: war is hell, judged_by: AB}}" in text
    assert "{war = peace: {value: 100, because: war is hell, judged_by: AB}}" in text
    assert "{war = siege: unknown}" in text


def test_the_swing_that_matters_more_is_more_than_half(tmp_path: Path) -> None:
    path = written(tmp_path / "case.yaml", ORDERS)
    answer = {"question": "stakes.a:order", "answer": "2 < 1", "because": "so"}
    task_named("elicit").run(ElicitRequest(case=str(path), answer=json.dumps(answer), by="AB", worlds=50), HANDS)
    text = path.read_text(encoding="utf-8")
    assert "{otherwise: unknown}], weight: {value: more than half, because: so, judged_by: AB}}" in text
    assert "win: {worth: [{act = go: 55}, {otherwise: 40}], weight: unknown}" in text
    assert "weights: unknown" not in text
    asked = [own["question"] for one in as_json("next", path)["questions"] for own in one["asked"]]
    assert asked
    assert "stakes.a:order" not in asked, "nothing is asked twice"
    with pytest.raises(Refusal, match="no order"):
        answer = {"question": "stakes.a.calm:order", "answer": "1 < 2"}
        task_named("elicit").run(ElicitRequest(case=str(path), answer=json.dumps(answer), worlds=50), HANDS)
