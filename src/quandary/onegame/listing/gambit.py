"""All mixed equilibria through Gambit's library: the optional extra ``quandary[gambit]`` (GPL), behind this one file.

The game goes over as a .efg or .nfg text to a process of its own (Gambit's solvers hold off signals, so that only the
end of a process stops them), and comes back as JSON. Two players: all extreme equilibria, in exact arithmetic
(``enummixed``). More players: the isolated equilibria found by solving every support (``enumpoly``).
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import STOPS, Proceed, always, go_on, reason
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree, forgetful_sets
from quandary.onegame.checks.exact_regret import FormGains, TreeGains, gains_of
from quandary.onegame.equilibria import EquilibriaFound, Equilibrium
from quandary.onegame.formats.gambit.efg import write_efg
from quandary.onegame.formats.gambit.efg_tree import efg_of
from quandary.onegame.formats.gambit.nfg import nfg_of, write_nfg
from quandary.onegame.strategies import own_sets

ASKED_EVERY = 0.1
EXTRA = "quandary[gambit]"


def installed() -> bool:
    """Return whether Gambit's library is at hand."""
    return find_spec("pygambit") is not None


GAMBITS = 1e-6
"""What Gambit's floats may leave to gain, as a share of the payoffs that count."""


def gambit(game: Tree | StrategicForm, world: int = 0, *, proceed: Proceed = always) -> EquilibriaFound:
    """Return the equilibria that Gambit finds, each with our own check of its regret; none if it is stopped.

    Raises ``Refusal``: Q801 without the extra, Q453 where a player has forgotten something, Q459 where Gambit fails.
    """
    if not installed():
        message = "all mixed equilibria through Gambit need the extra `gambit`, which is not installed"
        raise Refusal(Problem("Q801", message, hint=f"pip install '{EXTRA}', or use the concept \"mixed\""))
    if isinstance(game, Tree) and (bad := forgetful_sets(game)):
        message = f'"{game.sets[bad[0]].player}" has forgotten something it knew at set {bad[0] + 1}.'
        raise Refusal(Problem("Q453", message, hint='use the concept "logit", which solves the agent form'))
    method = "enummixed" if len(game.players) == 2 else "enumpoly"
    text = write_efg(efg_of(game, world)) if isinstance(game, Tree) else write_nfg(nfg_of(game, world))
    limits: tuple[str, ...] = () if method == "enummixed" else ("equilibria that are not isolated were not searched",)
    searched = f"Gambit's {method}" + (", complete for this game" if method == "enummixed" else ", all supports")
    try:
        answer = _asked([method, "efg" if isinstance(game, Tree) else "nfg"], text, proceed)
    except STOPS as stop:
        told = f"Gambit's {method} was stopped; it hands over nothing before its end"
        return EquilibriaFound("gambit", (), False, told, ("nothing was searched to its end",), stopped=reason(stop))
    profiles = [p for i, p in enumerate(answer["profiles"]) if p not in answer["profiles"][:i]]
    gains = gains_of(game, world)
    checked = [_record(game, profile, gains) for profile in profiles]
    found = tuple(one for one in checked if one is not None)
    if wrong := len(checked) - len(found):
        limits += (f"{wrong} of what Gambit hands over leave gains too large for equilibria: left out",)
    complete = method == "enummixed" and bool(found) and len(found) == len(checked)
    if method == "enummixed" and not found:
        searched = (
            f"Gambit's {method}, which came to none, though every finite game has an equilibrium: a fault of its own"
        )
    return EquilibriaFound(
        "gambit", found, complete, f"{searched} (pygambit {answer['version']})", limits, finished=True
    )


def _asked(arguments: Sequence[str], text: str, proceed: Proceed) -> dict[str, Any]:
    """Return Gambit's answer from a process of its own, which is ended where ``proceed`` says no."""
    command = [sys.executable, "-m", "quandary.onegame.listing.gambit", *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as running:
        try:
            out, faults = _waited_for(running, text, proceed)
        except BaseException:
            running.kill()
            raise
    if running.returncode:
        why = (faults.strip().splitlines() or ["no reason given"])[-1]
        raise Refusal(Problem("Q459", f"Gambit could not solve the game: {why}", hint='use the concept "mixed"'))
    found: dict[str, Any] = json.loads(out)
    return found


def _waited_for(running: subprocess.Popen[str], text: str, proceed: Proceed) -> tuple[str, str]:
    """Return what the process writes and complains of. Raises ``Stopped`` where ``proceed`` says no."""
    given: str | None = text
    while True:
        go_on(proceed, "Gambit at work", 0, 0)
        try:
            return running.communicate(given, timeout=ASKED_EVERY)
        except subprocess.TimeoutExpired:
            given = None


def _record(
    game: Tree | StrategicForm, profile: list[list[list[float | None]]], gains: TreeGains | FormGains
) -> Equilibrium | None:
    """Return what Gambit hands over as an equilibrium with its own check, ``None`` where it is none."""
    if isinstance(game, Tree):
        rules: dict[int, Array] = {}
        for sets, listed in zip(own_sets(game).values(), profile, strict=True):
            for which, rule in zip(sets, listed, strict=True):
                rules[which] = np.array([np.nan if p is None else p for p in rule], dtype=np.float64)
    else:
        rules = {k: np.array(own[0], dtype=np.float64) for k, own in enumerate(profile)}
    gain = gains.of(rules, GAMBITS)
    values = dict(zip(game.players, gain.values, strict=True))
    return Equilibrium(rules, values, gain.regret) if gain.rounding else None


def _answer(method: str, kind: str, text: str) -> dict[str, Any]:
    """Return what Gambit finds: for each equilibrium [player][information set][action], in Gambit's order."""
    import pygambit

    read = pygambit.read_efg if kind == "efg" else pygambit.read_nfg
    game = read(io.BytesIO(text.encode("utf-8")))
    if method == "enummixed":
        found = [_behaviour(game, profile) for profile in pygambit.nash.enummixed_solve(game).equilibria]
    else:
        strategic = kind == "nfg"
        found = [_behaviour(game, p) for p in pygambit.nash.enumpoly_solve(game, use_strategic=strategic).equilibria]
    return {"version": pygambit.__version__, "profiles": found}


def _behaviour(game: Any, profile: Any) -> list[list[list[float | None]]]:  # noqa: ANN401 - Gambit's own types
    if not game.is_tree:
        return [[[float(profile[s]) for s in player.strategies]] for player in game.players]
    behaviour = profile.as_behavior() if hasattr(profile, "as_behavior") else profile
    return [[[_chance(behaviour, a) for a in s.actions] for s in player.infosets] for player in game.players]


def _chance(behaviour: Any, action: Any) -> float | None:  # noqa: ANN401 - Gambit's own types
    if not behaviour.is_defined_at(action.infoset):
        return None
    return float(behaviour[action])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_answer(sys.argv[1], sys.argv[2], sys.stdin.read())))
