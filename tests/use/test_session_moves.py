"""After random moves a session's answers are those of a fresh run of its file, to the last bit."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.tried import WHOLE, tried
from tests.use.moving import assert_a_fresh_run_says_the_same, copied, moved

import quandary
from quandary.case import TEMPLATE, shipped_folder

UNDONE = 0.15


def tried_moves(case: Path, to: Path, seed: int, moves: int, worlds: int) -> None:
    path = copied(case, to)
    session = quandary.open(path, worlds=worlds, seed=seed, threads=1, first_headline=40, first_verdicts=40)
    session.answers()
    chance = random.Random(seed)
    for _ in range(moves):
        if session.moves and chance.random() < UNDONE:
            session.undo()
        else:
            moved(session, chance)
        assert_a_fresh_run_says_the_same(session, found := session.answers(), path)
        if found is None:
            session.undo()


def test_template(tmp_path: Path) -> None:
    tried_moves(shipped_folder() / TEMPLATE, tmp_path, 3, tried(200, 40), 600 if WHOLE else 160)


@pytest.mark.slow
def test_a_case_of_what_meaning_is_tried_on(tmp_path: Path, shared: Path) -> None:
    tried_moves(shared / "meaning" / "law" / "case.yaml", tmp_path, 5, tried(200, 40), 600 if WHOLE else 160)


@pytest.mark.slow
def test_flagship(tmp_path: Path) -> None:
    tried_moves(shipped_folder() / "kazakhstan-2022", tmp_path, 7, tried(200, 200), 320 if WHOLE else 16)
