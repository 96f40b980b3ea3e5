"""Who is held at a rule that never takes an option, while others choose anew: they have a rule for it all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

import quandary
from quandary.ask import Study

CASE = """
quandary: 2
title: Held
as_of: 2030-01-01
actors:
  a: {name: A, rationality: exact}
  b: {name: B, rationality: x4 per 10, because: invented}
story:
  - {chance: weather, states: [fair, foul], odds: {fair: 50%, foul: rest}, because: invented}
  - {chance: kind, private: a, states: [mild, harsh], odds: {harsh: 50%, mild: rest}, because: invented}
  - {decision: move, by: a, options: [stay, go, wait]}
  - {decision: reply, by: b, sees: [move], options: [yield, resist]}
stakes:
  a: {s: {worth: [{move = stay: 60}, {otherwise: 10}], because: invented}}
  b:
    s:
      worth:
        - {move = go and reply = resist and weather = fair: 80}
        - {move = go and reply = resist: 60}
        - {move = stay and reply = yield: 80}
        - {move = wait and reply = yield and kind = harsh: 70}
        - {otherwise: 50}
      because: invented
"""


def odds(gap: float) -> float:
    """Return how probable an option is that is better by so many points than the only other."""
    return 4 ** (gap / 10) / (1 + 4 ** (gap / 10))


def study(text: str, tmp_path: Path) -> Study:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return Study(quandary.load(path).case, worlds=16, threads=1)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("P(reply = resist | do(move = go))", odds(70 - 50)),
        ("P(reply = resist | do_foreseen(weather = fair), do(move = go))", odds(80 - 50)),
        ("P(reply = resist | do_foreseen(weather = foul), do(move = go))", odds(60 - 50)),
        ("P(reply = resist | do_foreseen(weather = fair))", odds(50 - 80)),
        ("P(reply = yield | do_foreseen(weather = fair), do(move = wait))", odds(60 - 50)),
        ("P(move = stay | do_foreseen(weather = fair))", 1.0),
    ],
)
def test_what_is_chosen_where_an_exact_choice_never_leads(query: str, wanted: float, tmp_path: Path) -> None:
    """B, told the weather, answers what A would never do; A, who cares for nothing of this, keeps its rule."""
    assert study(CASE, tmp_path).ask(query).mean == pytest.approx(wanted, abs=1e-9)


def test_what_is_barred_stays_barred(tmp_path: Path) -> None:
    text = CASE.replace("move, by: a, options", "move, by: a, only: [{kind = mild: [stay, go]}], options")
    asked = study(text, tmp_path)
    found = asked.ask("P(reply = yield | do_foreseen(weather = fair), do(move = wait), kind = harsh)").mean
    assert found == pytest.approx(odds(70 - 50), abs=1e-9)
    assert asked.ask("P(move = wait | do_foreseen(weather = fair))").mean == 0.0
