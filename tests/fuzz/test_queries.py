"""Mutants of queries: an answer or a fault with a sentence, whatever is asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fuzz.harness import Tally, Worker, wanted
from tests.fuzz.mutation import mutants

from quandary.case import TEMPLATE, shipped_folder

pytestmark = pytest.mark.slow

FOLDER = shipped_folder() / TEMPLATE
QUERIES = (
    b"P(conflict)",
    b"P(conflict | dam = fill, do(drought = dry)) < P(conflict | do(drought = normal)) "
    b"and not P(conflict | do(drought = dry)) > 50%",
    b"P(outcome in (quarrel, clash) or answer != strike | not dam = share)",
    b"E(belmar.water | conflict) - E(arlan) / 2 ^ 3",
    b"best(belmar.answer = strike | dam = fill) + weight(arlan.peace) * swing(belmar.water)",
    b"dilemma(belmar.answer: water, peace | dam = fill) against dam = share",
    b"drop(belmar.answer | dam = fill) against dam = share, drought = dry",
    b"clash(arlan.dam: power_supply + peace, peace | drought = dry) > 20%",
    b"would(conflict | seen dam = fill, answer = complain, replan, do_unseen(drought = normal))",
    b"max(abs(P(conflict) - 0.5), log(exp(margin(belmar.answer))), sqrt(P(dam = fill))) / P(dam = share)",
)
PIECES = (
    "P(", "E(", "would(", "best(", "dilemma(", "do(", "do_unseen(", "seen ", "replan", ")", "(", "|", ",", " and ",
    " or ", " not ", " in ", "conflict", "dam = fill", "dam", "answer", "belmar.answer", "arlan", "belmar.water",
    "outcome = clash", "drought != dry", "against ", ":", " + ", " - ", " / ", " ^ ", " * ", "0", "1e308", "50%",
    "-1", " < ", " = ", ">=", "otherwise", "rest", "source", "log(", "min(", "resolve = angry",
)  # fmt: skip


def pieced(count: int, seed: int = 5) -> Iterator[bytes]:
    """Yield queries put together from pieces of the language."""
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        yield "".join(draw.choice(PIECES) for _ in range(draw.randint(1, 12))).encode()


def test_mutants_of_queries(tmp_path: Path) -> None:
    count = wanted(40)
    tally = Tally(tmp_path)
    with Worker() as worker:
        for given in (*mutants(QUERIES, count - count // 4), *pieced(count // 4)):
            query = given.replace(b"\0", b"?").decode("utf-8", "surrogateescape")
            if query.startswith("-"):
                query = f" {query}"
            done = worker.run("ask", str(FOLDER), query, "-w", "16", "-q", folder=tmp_path)
            silent = "nan" if done.code == 0 and "nan" in done.out.casefold().split(query.casefold())[-1] else ""
            tally.add(done, given, silent)
    tally.check(count)


def test_the_seeds_are_answered(tmp_path: Path) -> None:
    with Worker() as worker:
        for query in QUERIES:
            done = worker.run("ask", str(FOLDER), query.decode(), "-w", "16", "-q", folder=tmp_path)
            assert done.code == 0, (query, done.err)
