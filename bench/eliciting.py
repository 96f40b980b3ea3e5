"""How many questions it takes until the verdicts are those of the true case: in the order of `quandary next`, in the
order of the file, and in random order.

    python bench/eliciting.py [CASES] [FIRST]

A random case has six or seven variables with wide numbers, of which a claim hangs on some; its true numbers are drawn
from their ranges. A simulated respondent knows them: of a direction the side, of a size a 90 % range about the truth
(a tenth of the probability that the range had on each side of it). After each answer the case is solved anew, and what
counts is the number of answers after which every claim holds or fails as it does with the true numbers. Left out are
cases that say the true verdicts before any question, and those that do not when all has been answered (their true
numbers lie too near to an edge).
"""

from __future__ import annotations

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
    next_questions,
    ninety,
    side,
    target_states,
    unit_of_answer,
)
from quandary.base import Place
from quandary.case import CaseText, TextFile
from quandary.compile import read_case_text

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


def random_case(draw: random.Random) -> str:
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


def put(text: CaseText, place: Place, written: str) -> CaseText:
    """Return the text with other words at a place, which are the last of a line that are to be changed."""
    lines = text.main.data.decode().splitlines(keepends=True)
    line = lines[place.line - 1]
    assert place.end_column is not None
    lines[place.line - 1] = line[: place.column - 1] + written + line[place.end_column - 1 :]
    return CaseText((TextFile(text.main.path, "".join(lines).encode()),))


def answered(text: CaseText, place: Place, written: str) -> CaseText:
    """Return the text with a number judged, as `quandary elicit` writes it, without parsing it each time."""
    before = text.main.data.decode().splitlines()[place.line - 1][: place.column - 1]
    if before.endswith("{value: "):
        return put(text, place, f'"{written}"')
    return put(text, place, f'{{value: "{written}", judged_by: respondent}}')


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

    def truth(self, candidate: Candidate) -> float:
        """Return the true value of a number, drawn from the range that it had when it was first asked for."""
        return self.truths[candidate.number.name]

    def learn(self, study: Study) -> None:
        """Draw the true value of every number."""
        for number in study.model.quantities:
            uniform = random.Random(f"{self.seed} {number.name}").uniform(0.05, 0.95)
            self.truths[number.name] = float(number.estimate.quantile(np.array([uniform]))[0])

    def answer(self, candidate: Candidate) -> JudgedAnswer:
        """Return what is true of a candidate, as a person would say it."""
        truth = self.truth(candidate)
        unit = unit_of_answer(None, candidate)
        if candidate.aspect is Aspect.DIRECTION:
            assert candidate.neutral is not None
            return side(unit, 1 if truth > candidate.neutral else -1, candidate.low, candidate.high, candidate.neutral)
        levels = (np.arange(2000) + 0.5) / 2000
        at = float(np.mean(candidate.number.estimate.quantile(levels) <= truth))
        ends = np.clip([at - NEAR, at + NEAR], 0.002, 0.998)
        low, high = candidate.number.estimate.quantile(ends).tolist()
        return ninety(unit, low, high)


def true_verdicts(text: CaseText, respondent: Respondent) -> list[bool]:
    """Return whether each claim is true with the true numbers."""
    study = study_of(text)
    respondent.learn(study)
    exact = text
    for number in sorted(study.model.quantities, key=lambda one: -one.place.column):
        truth = respondent.truths[number.name]
        exact = put(exact, number.place, f"{100 * truth:.9g}%" if number.estimate.percent else f"x{truth:.9g}")
    return [share is not None and share > 0.5 for share in shares(study_of(exact))]


Choice = Callable[[Study], Sequence[Candidate]]


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
        asked = choose(study)
        if not asked or count > MOST:
            return None
        for one in asked:
            given = respondent.answer(one)
            text = answered(text, one.number.place, given.text)
            count += 1


def informed(study: Study) -> Sequence[Candidate]:
    """Choose what `quandary next` names first; where nothing tells more than chance, the first in the file."""
    found = next_questions(study)
    if not found.questions:
        return in_file(study)
    asked = found.questions[0].asked
    return sorted(asked, key=lambda one: -one.number.place.column)


def in_file(study: Study) -> Sequence[Candidate]:
    """Choose what stands first in the file."""
    return candidates(study.case, study.model)[:1]


def at_random(seed: int) -> Choice:
    """Return what chooses at random."""
    draw = random.Random(seed)

    def choose(study: Study) -> Sequence[Candidate]:
        left = candidates(study.case, study.model)
        return [draw.choice(left)] if left else []

    return choose


def trial(seed: int) -> Trial | None:
    """Return one measurement; ``None`` for a case with nothing to ask, or whose verdicts are never the true ones."""
    text = CaseText((TextFile("case.yaml", random_case(random.Random(seed)).encode()),))
    respondent = Respondent(seed)
    truths = true_verdicts(text, respondent)
    needed = [answers_needed(text, respondent, truths, choose) for choose in (informed, in_file, at_random(seed))]
    if any(one is None or one == 0 for one in needed):
        return None
    return Trial(*(one or 0 for one in needed), len(respondent.truths))


def spread(values: Sequence[float]) -> str:
    """Return the least, the quartiles and the most."""
    low, middle, high = statistics.quantiles(values, n=4)
    quartiles = f"quartiles {low:g} {middle:g} {high:g}"
    return f"mean {statistics.mean(values):5.2f}; least {min(values):g}, {quartiles}, most {max(values):g}"


def report(found: Sequence[Trial], tried: int) -> None:
    """Print how many answers it took."""
    numbers = statistics.mean(one.numbers for one in found)
    print(f"{len(found)} cases of {tried} tried; {numbers:.1f} wide numbers a case")
    for title, values in (
        ("as next says", [one.informed for one in found]),
        ("in the order of the file", [one.in_file for one in found]),
        ("in random order", [one.at_random for one in found]),
    ):
        print(f"  {title:26}{spread(values)}")
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
