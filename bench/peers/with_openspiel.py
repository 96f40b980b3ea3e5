"""OpenSpiel's side of the jobs; runs in its own environment (its linear programs need cvxpy and ecos)."""

import re
from fractions import Fraction
from pathlib import Path

import pyspiel
from open_spiel.python.algorithms import mmd_dilated, sequence_form_lp
from open_spiel.python.algorithms.gambit import export_gambit
from serve import serve, timed


def opened(path):
    return pyspiel.load_game(f"efg_game(filename={path})")


def zero_sum(path):
    """The value of a two-player zero-sum game and optimal behaviour, by the sequence-form linear program."""
    game = opened(path)
    seconds, found = timed(lambda: sequence_form_lp.solve_zero_sum_game(game))
    return {"seconds": seconds, "value": float(found[0])}


def logit(path):
    """OpenSpiel's solver for quantal response equilibria (of the reduced normal form, zero-sum games only)."""
    game = opened(path)
    seconds, _ = timed(lambda: mmd_dilated.MMDDilatedEnt(game, alpha=1.0))
    return {"seconds": seconds}


def export(name, path):
    """Write one of OpenSpiel's games as a file that all can read; chance in fractions, as Gambit wants them."""

    def fraction(found):
        return str(Fraction(found[0]).limit_denominator(1000))

    lines = export_gambit(pyspiel.load_game(name)).splitlines()
    lines = [re.sub(r"\b0\.\d{6,}", fraction, line) if line.lstrip().startswith("c ") else line for line in lines]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {}


if __name__ == "__main__":
    serve({"zero_sum": zero_sum, "logit": logit, "export": export})
