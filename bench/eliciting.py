"""How many questions it takes until the verdicts are those of the true case: in the order of `quandary next`, in the
order of the file, and in random order.

    python bench/eliciting.py [CASES] [FIRST]

Half of the random cases are of chance alone: six or seven variables with wide numbers. In the others one or two actors
choose, by stakes whose weights, worths or orders are known, or not. A claim hangs on some of the numbers; true numbers
are drawn from what is allowed. A simulated respondent knows them: of a direction the side, of a size a 90 % range about
the truth (a tenth of the probability that the range had on each side of it). After each answer the case is solved anew,
and what counts is the number of answers after which every claim holds or fails as it does with the true numbers. Left
out are cases that say the true verdicts before any question, and those that do not when all has been answered (their
true numbers lie too near to an edge), and those in which a range that the respondent gives leaves the other numbers
of a whole no room in some worlds: `elicit` refuses such an answer, and a person would give another.
"""

from __future__ import annotations

import math
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ask import (
    Aspect,
    Candidate,
    JudgedAnswer,
    Study,
    candidates,
    judged_answer,
    next_questions,
    ninety,
    side,
    target_states,
    unit_of_answer,
    with_answer,
)
from quandary.base import CaseError
from quandary.case import Case, CaseText, TextFile
from quandary.compile import compile_case, read_case_text
from quandary.quantities import Scale

WORLDS = 400
NEAR = 0.1
"""A respondent's range reaches so much of the probability that the range had on each side of the truth."""

HOLDS = 0.9
MOST = 60


@dataclass(frozen=True)
class Trial:
    """Answers until the verdicts are the true ones, by the order of asking."""

    informed: int
    in_file: int
    at_random: float
    numbers: int
    decides: bool


def random_case(draw: random.Random) -> str:
    """Return a case of chance alone, or one with decisions: one of two."""
    return case_of_chance(draw) if draw.random() < 0.5 else case_with_decisions(draw)


def case_with_decisions(draw: random.Random) -> str:
    """Return a case in which one or two actors choose, with stakes of known and of unknown numbers, and three claims.

    One actor sees the weather and may act; another, where there is one, answers it. What comes of it has three states,
    which the actors value by their order or by ranges.
    """
    two = draw.random() < 0.5
    before = ["weather", "act", *(["answer"] if two else [])]
    lines = ["quandary: 2", "title: A case", "as_of: 2030-01-01", "actors:"]
    lines += [f"  {one}: {{rationality: {_rationality(draw)}}}" for one in (("one", "other") if two else ("one",))]
    lines += [
        "story:",
        "  - chance: weather",
        "    states: [fair, foul]",
        f"    odds: {{foul: {_share(draw)}, fair: rest}}",
    ]
    lines += ["  - {decision: act, by: one, sees: [weather], options: [wait, go]}"]
    if two:
        lines += ["  - {decision: answer, by: other, sees: [act], options: [yield, hold]}"]
    lines += ["  - chance: outcome", "    states: [bad, middling, good]", f"    given: [{', '.join(before)}]"]
    lines += [
        f"    base: {{good: {_range(draw, 10, 45)}, middling: {_range(draw, 10, 45)}, bad: rest}}",
        "    effects:",
    ]
    for name, state in (("weather", "foul"), ("act", "go"), ("answer", "hold"))[: len(before)]:
        lines.append(f"      - {name} = {state}: {{good: {_effect(draw)}}}")
    lines += ["  - chance: peace", '    states: ["no", "yes"]', "    given: [outcome, weather]"]
    lines += [f'    base: {{"yes": {_share(draw)}, "no": rest}}', "    effects:"]
    lines += [
        f'      - outcome = good: {{"yes": {_effect(draw)}}}',
        f'      - weather = foul: {{"yes": {_effect(draw)}}}',
    ]
    lines += ["stakes:", *_stakes_of(draw, "one", "act = go")]
    lines += _stakes_of(draw, "other", "answer = hold") if two else []
    return "\n".join(lines + _claims(draw, two)) + "\n"


def _stakes_of(draw: random.Random, actor: str, option: str) -> list[str]:
    """Return two stakes: what the option costs or brings, and the outcome by its order or by ranges."""
    weights = draw.choice((("unknown", "unknown"), ("30% to 60%", "40% to 70%"), ("more than half", "unknown")))
    low, high = sorted(draw.sample((10, 30, 50, 70, 90), 2))
    own = draw.choice((f"{low} to {high}", "unknown"))
    ranked = draw.choice(("bad < middling < good", "bad < middling < good", "middling < bad < good"))
    ordered = f"order: {ranked}"
    if draw.random() < 0.4:
        ordered = "worth: [{outcome = good: 80 to 100}, {outcome = middling: 20 to 80}, {otherwise: 0 to 30}]"
    return [
        f"  {actor}:",
        f"    cost: {{weight: {weights[0]}, worth: [{{{option}: {own}}}, {{otherwise: 30 to 70}}]}}",
        f"    result: {{weight: {weights[1]}, {ordered}}}",
    ]


def _claims(draw: random.Random, two: bool) -> list[str]:
    """Return three claims, of which one is of a choice and none is asked twice."""
    seen = [
        "P(act = go | do(weather = foul)) > P(act = go | do(weather = fair))",
        "P(act = go) > 50%",
        "P(outcome = good | do(act = go)) > P(outcome = good | do(act = wait))",
        "P(outcome = good) > 40%",
        'P(peace = "yes" | do(act = go)) > P(peace = "yes" | do(act = wait))',
        'P(peace = "yes" | do(weather = foul)) > P(peace = "yes" | do(weather = fair))',
        'P(peace = "yes") > 50%',
    ]
    seen += (
        ["P(answer = hold | do(act = go)) > P(answer = hold | do(act = wait))", "P(answer = hold) > 50%"] if two else []
    )
    tests = [draw.choice(seen[:2]), *draw.sample(seen[2:], 2)]
    return ["claims:"] + [
        f"  - {{id: c{at}, speaker: A, quote: x, tests: {{t: '{one}'}}}}" for at, one in enumerate(tests)
    ]


def _range(draw: random.Random, low: int, high: int) -> str:
    first, last = sorted(draw.sample(range(low, high), 2))
    return f"{first}% to {last}%"


def _share(draw: random.Random) -> str:
    return draw.choice(("unknown", _range(draw, 3, 97)))


def _rationality(draw: random.Random) -> str:
    return draw.choice(("unknown", "x2 to x6 per 10", "x3 per 10"))


def _effect(draw: random.Random) -> str:
    return draw.choice(("unknown", "unknown", "raises", "lowers", "x0.25 to x4", "x1.2 to x8"))


def case_of_chance(draw: random.Random) -> str:
    """Return a case of six or seven chance variables, some of several parents, and two or three claims."""
    names = [f"v{at}" for at in range(draw.choice((6, 7)))]
    lines = ["quandary: 2", "title: A case", "as_of: 2030-01-01", "story:"]
    parents: dict[str, list[str]] = {}
    for at, name in enumerate(names):
        parents[name] = sorted(draw.sample(names[:at], min(at, draw.choice((1, 1, 2))))) if at > 1 else names[:at]
        if at and draw.random() < 0.15:
            parents[name] = []
        lines += [f"  - chance: {name}", '    states: ["no", "yes"]']
        low, high = sorted(draw.sample((3, 10, 20, 35, 50, 65, 80, 90, 97), 2))
        base = f'{{"yes": {low}% to {high}%, "no": rest}}'
        if not parents[name]:
            lines.append(f"    odds: {base}")
            continue
        lines += [f"    given: [{', '.join(parents[name])}]", f"    base: {base}", "    effects:"]
        for other in parents[name]:
            most = draw.choice((4, 8, 15))
            least = draw.choice((f"{1 / most:.3f}", "0.5", "1.2"))
            lines.append(f'      - {other} = yes: {{"yes": x{least} to x{most}}}')
    lines.append("claims:")
    for number in range(draw.choice((2, 3))):
        about = draw.choice([name for name in names if parents[name]])
        cause = draw.choice(sorted(_above(parents, about)))
        sign = f"P({about} = yes | do({cause} = yes)) > P({about} = yes | do({cause} = no))"
        test = sign if draw.random() < 0.6 else f"P({about} = yes) > {draw.choice((30, 50, 70))}%"
        lines.append(f'  - {{id: c{number}, speaker: A, quote: x, tests: {{t: "{test}"}}}}')
    return "\n".join(lines) + "\n"


def _above(parents: dict[str, list[str]], name: str) -> set[str]:
    found = set(parents[name])
    for one in parents[name]:
        found |= _above(parents, one)
    return found


def answered(text: CaseText, case: Case, candidate: Candidate, written: str) -> CaseText:
    """Return the text with a number judged, as `quandary elicit` writes it."""
    return with_answer(text, case, candidate, written, because="judgement", by="respondent")[0]


def study_of(text: CaseText) -> Study:
    """Return a case in the worlds of the measurement."""
    case = read_case_text(text).case
    assert case is not None
    return Study(case, worlds=WORLDS, seed=1, threads=1)


def shares(study: Study) -> list[float | None]:
    """Return the share of worlds in which each claim is true."""
    return [one.share for one in target_states(study)[0] if one.target.claim is not None]


class Respondent:
    """One who knows the true numbers: they are drawn once, by their names."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.truths: dict[str, float] = {}

    def learn(self, text: CaseText) -> CaseText:
        """Draw the true value of every number that can be asked for; return the text with all of them in it.

        Each is drawn from what those before it leave, so that they can be true together.
        """
        while True:
            case = read_case_text(text).case
            assert case is not None
            every = candidates(case, compile_case(case), text=text, every=True)
            sizes = (one for one in every if one.aspect is Aspect.SIZE and one.number.name not in self.truths)
            candidate = next(sizes, None)
            if candidate is None:
                return text
            number = candidate.number
            uniform = random.Random(f"{self.seed} {number.name}").uniform(0.05, 0.95)
            truth = float(number.estimate.quantile(np.array([uniform]))[0])
            self.truths[number.name] = truth
            text = answered(text, case, candidate, _exactly(candidate, truth))

    def answer(self, candidate: Candidate) -> JudgedAnswer:
        """Return what is true of a candidate, as a person would say it."""
        if candidate.aspect is Aspect.ORDER:
            return self._order(candidate)
        truth = self.truths[candidate.number.name]
        unit = unit_of_answer(None, candidate)
        if candidate.aspect is Aspect.DIRECTION:
            assert candidate.neutral is not None
            return side(unit, 1 if truth > candidate.neutral else -1, candidate.low, candidate.high, candidate.neutral)
        levels = (np.arange(2000) + 0.5) / 2000
        at = float(np.mean(candidate.number.estimate.quantile(levels) <= truth))
        ends = np.clip([at - NEAR, at + NEAR], 0.002, 0.998)
        low, high = candidate.number.estimate.quantile(ends).tolist()
        if candidate.number.role.kind == "rationality":  # told as how many times for 10 points
            low, high = math.exp(10 * low), math.exp(10 * high)
        return ninety(unit, low, high)

    def _order(self, candidate: Candidate) -> JudgedAnswer:
        values = [self.truths[one.name] for one in candidate.ranked]
        values = [values[0], 1 - values[0]] if len(values) == 1 else values  # two weights share the whole
        places = sorted(range(len(values)), key=values.__getitem__)
        found = judged_answer(None, candidate, " < ".join(str(at + 1) for at in places))
        assert not isinstance(found, str)
        return found


def _exactly(candidate: Candidate, truth: float) -> str:
    """Return one number as a case has it."""
    kind = candidate.number.role.kind
    if kind == "rationality":
        return f"x{math.exp(10 * truth):.9g} per 10"
    if kind == "factor":
        return f"x{truth:.9g}"
    in_percent = candidate.number.estimate.percent or candidate.number.scale is Scale.PROBABILITY
    return f"{100 * truth:.9g}%" if in_percent else f"{truth:.9g}"


def true_verdicts(text: CaseText, respondent: Respondent) -> list[bool]:
    """Return whether each claim is true with the true numbers."""
    return [share is not None and share > 0.5 for share in shares(study_of(respondent.learn(text)))]


Choice = Callable[[Study, CaseText], Sequence[Candidate]]


def answers_needed(text: CaseText, respondent: Respondent, truths: Sequence[bool], choose: Choice) -> int | None:
    """Return how many answers it takes until every verdict is the true one; ``None`` if it never is."""
    count = 0
    while True:
        study = study_of(text)
        if all(
            share is not None and (share >= HOLDS if truth else share <= 1 - HOLDS)
            for share, truth in zip(shares(study), truths, strict=True)
        ):
            return count
        asked = choose(study, text)
        if not asked or count > MOST:
            return None
        for one in asked:
            text = put(text, one, respondent)
            count += 1


def put(text: CaseText, asked: Candidate, respondent: Respondent) -> CaseText:
    """Return the text with what a respondent says, as the case stands after the answers before it."""
    case = read_case_text(text).case
    assert case is not None
    now = [one for one in candidates(case, compile_case(case), text=text) if one.name == asked.name]
    return answered(text, case, now[0], respondent.answer(now[0]).text) if now else text


def informed(study: Study, text: CaseText) -> Sequence[Candidate]:
    """Choose what `quandary next` names first; where nothing tells more than chance, the first in the file."""
    found = next_questions(study, text=text)
    if not found.questions:
        return in_file(study, text)
    return found.questions[0].asked


def in_file(study: Study, text: CaseText) -> Sequence[Candidate]:
    """Choose what stands first in the file."""
    return candidates(study.case, study.model, text=text)[:1]


def at_random(seed: int) -> Choice:
    """Return what chooses at random."""
    draw = random.Random(seed)

    def choose(study: Study, text: CaseText) -> Sequence[Candidate]:
        left = candidates(study.case, study.model, text=text)
        return [draw.choice(left)] if left else []

    return choose


def trial(seed: int) -> Trial | None:
    """Return one measurement; ``None`` for a case with nothing to ask, or whose verdicts are never the true ones."""
    text = CaseText((TextFile("case.yaml", random_case(random.Random(seed)).encode()),))
    respondent = Respondent(seed)
    try:
        truths = true_verdicts(text, respondent)
        needed = [answers_needed(text, respondent, truths, choose) for choose in (informed, in_file, at_random(seed))]
    except CaseError:
        return None
    if any(one is None or one == 0 for one in needed):
        return None
    decides = "decision:" in text.main.data.decode()
    return Trial(*(one or 0 for one in needed), len(respondent.truths), decides)


def spread(values: Sequence[float]) -> str:
    """Return the least, the quartiles and the most."""
    low, middle, high = statistics.quantiles(values, n=4)
    quartiles = f"quartiles {low:g} {middle:g} {high:g}"
    return f"mean {statistics.mean(values):5.2f}; least {min(values):g}, {quartiles}, most {max(values):g}"


def report(found: Sequence[Trial], tried: int) -> None:
    """Print how many answers it took: of all cases, of those of chance alone and of those with decisions."""
    print(f"{len(found)} cases of {tried} tried")
    for title, some in (
        ("all", found),
        ("chance alone", [one for one in found if not one.decides]),
        ("with decisions", [one for one in found if one.decides]),
    ):
        if len(some) > 1:
            _report_of(title, some)


def _report_of(title: str, found: Sequence[Trial]) -> None:
    numbers = statistics.mean(one.numbers for one in found)
    print(f"{title}: {len(found)} cases, {numbers:.1f} numbers that can be asked for in each")
    for order, values in (
        ("as next says", [one.informed for one in found]),
        ("in the order of the file", [one.in_file for one in found]),
        ("in random order", [one.at_random for one in found]),
    ):
        print(f"  {order:26}{spread(values)}")
    informed_sum = sum(one.informed for one in found)
    print(f"  of the file's order {informed_sum / sum(one.in_file for one in found):.2f}", end=", ")
    print(f"of a random one {informed_sum / sum(one.at_random for one in found):.2f}", flush=True)


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    found: list[Trial] = []
    tried = 0
    while len(found) < wanted:
        one = trial(seed + tried)
        tried += 1
        found += [] if one is None else [one]
        if one is not None and len(found) % 50 == 0:
            report(found, tried)


if __name__ == "__main__":
    main()
