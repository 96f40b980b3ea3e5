"""Whether the words of the first screen are the same at every seed: ``python bench/report/seeds.py CASE WORLDS SEEDS``.

Numbers may differ by what drawing leaves; words may not. Only a reading that is on the edge at some seed may have the
verdict on the other side of that border at another.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from quandary.ask import TestResult, Verdict
from quandary.report import Report, needs_no_test, telling_words, word_changing
from quandary.use import HANDS, RunRequest, studied

CASE, WORLDS, SEEDS = "kazakhstan-2022", 10_000, 20

Reading = tuple[str, str]


@dataclass(frozen=True)
class ReadingWords:
    """What is said of one reading: its verdict, the one beyond a border that it is near, and whether it is a test."""

    verdict: Verdict
    edge: Verdict | None
    needless: bool
    hardly: bool


@dataclass(frozen=True)
class ScreenWords:
    """The words of one screen: ``said`` by what they are about, and what is said of each reading."""

    said: Mapping[str, str]
    readings: Mapping[Reading, ReadingWords]


def words_of(report: Report) -> ScreenWords:
    """Return the words of a run's first screen."""
    headline, case = report.headline, report.case
    said = {}
    if headline is not None:
        unless = word_changing(headline, case.words)
        said["answer"] = " to ".join(sorted(telling_words(headline, case.words)))
        said["unless"] = "" if unless is None else f"{unless.number.name} {'high' if unless.above else 'low'}"
    said["hangs on"] = ", ".join(one.number.name for one in report.hangs_on)
    said["checks missed"] = ", ".join(check.check.id for check in report.findings.checks if check.overlaps is False)
    readings = {(claim.claim.id, test.name): _reading(test) for claim in report.findings.claims for test in claim.tests}
    return ScreenWords(said, readings)


def _reading(test: TestResult) -> ReadingWords:
    hardly = test.size is not None and (test.size.hardly_any or test.size.edge)
    return ReadingWords(test.verdict, test.edge, needs_no_test(test), hardly)


def differences(screens: Mapping[int, ScreenWords]) -> list[str]:
    """Return what the screens of several seeds say differently, a line each; empty where their words are the same."""
    found = []
    for about in dict.fromkeys(name for one in screens.values() for name in one.said):
        by_word: dict[str, list[int]] = {}
        for seed, one in screens.items():
            by_word.setdefault(one.said.get(about, ""), []).append(seed)
        if len(by_word) > 1:
            found.append(f"{about}: {_listed(by_word)}")
    for reading in dict.fromkeys(name for one in screens.values() for name in one.readings):
        by_seed = {seed: one.readings[reading] for seed, one in screens.items() if reading in one.readings}
        verdicts: dict[str, list[int]] = {}
        for seed, said in by_seed.items():
            verdicts.setdefault(said.verdict.value, []).append(seed)
        if len(verdicts) > 1 and not neighbours(list(by_seed.values())):
            found.append(f"{' '.join(reading)}: {_listed(verdicts)}")
        for what, words in (("needs no test", [s.needless for s in by_seed.values()]), ("hardly", _hardly(by_seed))):
            if len(set(words)) > 1:
                found.append(f"{' '.join(reading)}: {what} at {sum(words)} of {len(words)} seeds")
    return found


def neighbours(readings: Sequence[ReadingWords]) -> bool:
    """Return whether verdicts differ only across one border that some of them are on the edge of."""
    borders = [{one.verdict, one.edge} for one in readings if one.edge is not None]
    return any({one.verdict for one in readings} <= border for border in borders)


def _hardly(by_seed: Mapping[int, ReadingWords]) -> list[bool]:
    return [one.hardly for one in by_seed.values()]


def _listed(by_word: Mapping[str, Sequence[int]]) -> str:
    return "; ".join(f"{word or 'nothing'} at seeds {', '.join(map(str, seeds))}" for word, seeds in by_word.items())


def main(case: str, worlds: int, seeds: int) -> None:
    """Print what differs between the seeds."""
    screens = {}
    for seed in range(1, seeds + 1):
        screens[seed] = words_of(studied(RunRequest(case=case, worlds=worlds, seed=seed), HANDS)[1])
        print(f"seed {seed}: {screens[seed].said}", flush=True)
    found = differences(screens)
    edges = {" ".join(name) for one in screens.values() for name, said in one.readings.items() if said.edge is not None}
    print(f"on the edge at some seed: {', '.join(sorted(edges)) or 'none'}")
    print("\n".join(found) if found else f"the same words at all {seeds} seeds")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        given[0] if given else CASE, *(int(one) for one in (*given[1:3], *(str(WORLDS), str(SEEDS))[len(given[1:3]) :]))
    )
