"""Whether the words of the first screen are the same at every seed: ``python bench/report/seeds.py CASE WORLDS SEEDS``.

Numbers may differ by what drawing leaves; words may not. Only a reading that is on the edge at some seed may be told by
the other side of that border at another, and its claim stand elsewhere on the screen. So may the answer be told by one
word at a seed, and by that and its neighbour at another, where it is open which.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass

from quandary.ask import TestResult, Verdict
from quandary.report import (
    Report,
    Screen,
    claim_rows,
    claim_table,
    needs_no_test,
    next_lines,
    perhaps_restates,
    screen_of,
    telling_words,
    word_changing,
)
from quandary.use import HANDS, RunRequest, studied

CASE, WORLDS, SEEDS = "kazakhstan-2022", 10_000, 20

APART = ("claims", "made")
"""Parts of the screen that are not compared as a text: claims are, one by one; how the run was made is no word."""

NUMBER = re.compile(r"(?:< |> |under |over )?\d[\d,.]*(?:st|nd|rd|th)?")

NEXT = "next"
ANSWER, EITHER = "answer", " to "
"""What the answer's word is kept under, and what stands between two."""

Reading = tuple[str, str]


@dataclass(frozen=True)
class ReadingWords:
    """What is said of one reading.

    Its verdict, the one beyond a border that it is near, whether it is no test (``restating``: whether that is open),
    whether there is hardly any difference (``half``: in about half of the worlds), and whether so many worlds count
    that other seeds may call them ``few``.
    """

    verdict: Verdict
    edge: Verdict | None
    needless: bool
    hardly: bool
    restating: bool = False
    half: bool = False
    few: bool = False

    @property
    def on_edge(self) -> bool:
        """Return whether other worlds may tell it otherwise."""
        return self.edge is not None or self.restating or self.half or self.few


@dataclass(frozen=True)
class ScreenWords:
    """The words of one screen: ``said`` by what they are about, what is said of each reading, and the claims shown.

    ``told`` are the words of the rows of every claim that is a test, whether they are shown or counted. ``open`` are
    the parts that other worlds may tell otherwise, and that say so.
    """

    said: Mapping[str, str]
    readings: Mapping[Reading, ReadingWords]
    rows: Sequence[str] = ()
    told: Mapping[str, str] = field(default_factory=dict)
    open: frozenset[str] = frozenset()


def words_of(report: Report) -> ScreenWords:
    """Return the words of a run's first screen."""
    headline, case = report.headline, report.case
    said = {}
    if headline is not None:
        unless = word_changing(headline, case.words)
        said[ANSWER] = EITHER.join(sorted(telling_words(headline, case.words)))
        said["unless"] = "" if unless is None else f"{unless.number.name} {'high' if unless.above else 'low'}"
    said["hangs on"] = ", ".join(one.number.name for one in report.hangs_on)
    said["checks missed"] = ", ".join(check.check.id for check in report.findings.checks if check.overlaps is False)
    said |= parts_of(screen_of(report))
    said["the text of answer"] = said["the text of answer"].partition("#")[2]
    said[NEXT] = "; ".join(next_lines(report, everything=False))
    readings = {(claim.claim.id, test.name): _reading(test) for claim in report.findings.claims for test in claim.tests}
    table = claim_table(report)
    rows = () if table is None else tuple(dict.fromkeys(row.claim for row in table.rows))
    told = {
        claim.claim.id: "; ".join(
            " ".join((row.verdict, row.reading_said, row.remark)) for row in claim_rows(report.names, claim)
        )
        for claim in report.findings.claims
        if not all(map(needs_no_test, claim.tests))
    }
    return ScreenWords(said, readings, rows, told, frozenset(_open_parts(report)))


def _open_parts(report: Report) -> Iterator[str]:
    """Yield the parts of a screen whose words turn on a border that is near: a coin flip, checks met or missed."""
    counting = None if report.headline is None else report.headline.answer.counting
    if counting is not None and counting.edge:
        yield "the text of beside"
    if any(check.edge for check in report.findings.checks):
        yield from ("checks missed", "the text of checks")


def parts_of(screen: Screen) -> dict[str, str]:
    """Return the texts of a screen by its parts, with ``#`` for every number."""
    texts = {one.name: list(_texts(getattr(screen, one.name))) for one in fields(screen) if one.name not in APART}
    return {f"the text of {name}": NUMBER.sub("#", " / ".join(told)) for name, told in texts.items()}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _texts(getattr(value, one.name))


def _reading(test: TestResult) -> ReadingWords:
    size = test.size
    return ReadingWords(
        test.verdict,
        test.edge,
        needs_no_test(test),
        size is not None and size.hardly_any,
        perhaps_restates(test),
        size is not None and size.edge,
        test.few_edge,
    )


def differences(screens: Mapping[int, ScreenWords]) -> list[str]:
    """Return what the screens of several seeds say differently, a line each; empty where their words are the same."""
    found = []
    for about in dict.fromkeys(name for one in screens.values() for name in one.said):
        by_word: dict[str, list[int]] = {}
        for seed, one in screens.items():
            by_word.setdefault(one.said.get(about, ""), []).append(seed)
        told_open = any(about in one.open for one in screens.values())
        on_edge = (
            told_open
            or (about == ANSWER and _neighbouring(by_word))
            or (about == NEXT and _first_is_unsure(screens, by_word))
        )
        if len(by_word) > 1 and not on_edge:
            found.append(f"{about}: {_listed(by_word)}")
    for reading in dict.fromkeys(name for one in screens.values() for name in one.readings):
        by_seed = {seed: one.readings[reading] for seed, one in screens.items() if reading in one.readings}
        found += [f"{' '.join(reading)}: {told}" for told in _differing(by_seed)]
    return [*found, *_reordered(screens)]


def _differing(by_seed: Mapping[int, ReadingWords]) -> Iterator[str]:
    """Yield what is said of one reading in different words that no edge explains."""
    said = list(by_seed.values())
    verdicts: dict[str, list[int]] = {}
    for seed, one in by_seed.items():
        verdicts.setdefault(one.verdict.value, []).append(seed)
    if len(verdicts) > 1 and not neighbours(said):
        yield _listed(verdicts)
    for what, words, edge in (
        ("needs no test", [one.needless for one in said], any(one.restating or one.edge is not None for one in said)),
        ("hardly", [one.hardly for one in said], any(one.half for one in said)),
    ):
        if len(set(words)) > 1 and not edge:
            yield f"{what} at {sum(words)} of {len(words)} seeds"


def _neighbouring(answers: Iterable[str]) -> bool:
    """Return whether one of these answers is told by two words, and each of the others by some of these."""
    words = [set(one.split(EITHER)) for one in answers]
    widest = max(words, key=len)
    return len(widest) > 1 and all(one <= widest for one in words)


def _first_is_unsure(screens: Mapping[int, ScreenWords], commands: Iterable[str]) -> bool:
    """Return whether the claim that comes first in some of these commands is on the edge at some seed."""
    named = {word.rstrip(";") for one in commands for word in one.split()}
    return bool(named & _unsure(screens))


def _unsure(screens: Mapping[int, ScreenWords]) -> set[str]:
    return {claim for one in screens.values() for (claim, _), said in one.readings.items() if said.on_edge}


def _reordered(screens: Mapping[int, ScreenWords]) -> Iterator[str]:
    """Yield what differs of claims that are on no edge at any seed: where they stand, and the words of their rows."""
    unsure = _unsure(screens)
    orders: dict[str, list[int]] = {}
    for seed, one in screens.items():
        orders.setdefault(", ".join(claim for claim in one.rows if claim not in unsure), []).append(seed)
    if len(orders) > 1:
        yield f"rows of claims: {_listed(orders)}"
    for claim in dict.fromkeys(name for one in screens.values() for name in one.told if name not in unsure):
        told: dict[str, list[int]] = {}
        for seed, one in screens.items():
            told.setdefault(one.told.get(claim, ""), []).append(seed)
        if len(told) > 1:
            yield f"{claim}: {_listed(told)}"


def neighbours(readings: Sequence[ReadingWords]) -> bool:
    """Return whether verdicts differ only across one border that some of them are on the edge of."""
    borders = [{one.verdict, one.edge} for one in readings if one.edge is not None]
    return any({one.verdict for one in readings} <= border for border in borders)


def _listed(by_word: Mapping[str, Sequence[int]]) -> str:
    return "; ".join(f"{word or 'nothing'} at seeds {', '.join(map(str, seeds))}" for word, seeds in by_word.items())


def main(case: str, worlds: int, seeds: int) -> None:
    """Print what differs between the seeds."""
    screens = {}
    for seed in range(1, seeds + 1):
        screens[seed] = words_of(studied(RunRequest(case=case, worlds=worlds, seed=seed), HANDS)[1])
        one = screens[seed].said
        print(f"seed {seed}: {one.get('answer', '')}; hangs on {one['hangs on'] or 'many numbers'}", flush=True)
    found = differences(screens)
    edges = {" ".join(name) for one in screens.values() for name, said in one.readings.items() if said.on_edge}
    print(f"on the edge at some seed: {', '.join(sorted(edges)) or 'none'}")
    print("\n".join(found) if found else f"the same words at all {seeds} seeds")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        given[0] if given else CASE, *(int(one) for one in (*given[1:3], *(str(WORLDS), str(SEEDS))[len(given[1:3]) :]))
    )
