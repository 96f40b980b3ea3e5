"""pygambit's side of the jobs; runs in pygambit's own environment. Games are read once and solved several times."""

import pygambit
from serve import serve, timed

GAMES = {}


def opened(path):
    if path not in GAMES:
        GAMES[path] = pygambit.read_efg(path) if path.endswith(".efg") else pygambit.read_nfg(path)
    return GAMES[path]


def logit(path):
    """The agent logit equilibrium (of a strategic form, where the file holds one) at precision 1."""
    game = opened(path)
    seconds, found = timed(lambda: pygambit.qre.logit_solve_lambda(game, lam=1.0))
    return {"seconds": seconds, "probabilities": [float(p) for p in list(found)[-1]]}


def one_equilibrium(path):
    """One Nash equilibrium of a two-player game in floats, by Lemke's algorithm on its strategic form."""
    game = opened(path)
    seconds, found = timed(lambda: pygambit.nash.lcp_solve(game, rational=False, use_strategic=True, stop_after=1))
    return {"seconds": seconds, "count": len(found.equilibria)}


def zero_sum(path):
    """One equilibrium of a constant-sum game by linear programming in floats, and the first player's payoff."""
    game = opened(path)
    seconds, found = timed(lambda: pygambit.nash.lp_solve(game, rational=False))
    return {"seconds": seconds, "value": float(found.equilibria[0].payoff(next(iter(game.players))))}


def every_equilibrium(path, exact):
    """Every extreme equilibrium of a bimatrix game, in floats or in rational arithmetic."""
    game = opened(path)
    seconds, found = timed(lambda: pygambit.nash.enummixed_solve(game, rational=exact))
    return {"seconds": seconds, "count": len(found.equilibria)}


if __name__ == "__main__":
    serve(
        {
            "logit": logit,
            "one_equilibrium": one_equilibrium,
            "zero_sum": zero_sum,
            "every_equilibrium": every_equilibrium,
        }
    )
