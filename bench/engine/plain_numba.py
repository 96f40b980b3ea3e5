"""What hand-written vectors are worth: the same jobs with the eight numbers of a row left to numba and LLVM.

    python bench/engine/plain_numba.py [--runs N] [--worlds W] [--games G]

runs each job N times a way, in turns, each time in a process of its own with code that is kept already, and prints the
processor time. The *plain* way replaces what ``engine.compiled.vectors`` and ``exponential`` say about eight numbers
at once by numba on a tuple of eight, operation by operation; addresses and what reads through them stay, so that it
is, if anything, kind to plain numba.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
JOBS = ("run of the flagship", "signalling, unit-normal payoffs", "signalling, payoffs uniform to 5")


def leave_vectors_to_numba() -> None:
    """Replace eight numbers as one value by tuples of eight, before anything that works on them is imported."""
    import numpy as np
    from numba import float64, types

    from quandary.engine.compiled import compiling, vectors

    inner, entry, put = compiling.inner, vectors.entry, vectors.put
    scope: dict[str, Any] = {"entry": entry, "put": put, "np": np}

    def made(name: str, source: str) -> Any:
        exec(source, scope)  # the sources below
        scope[name] = inner(scope[name])
        return scope[name]

    each = {
        "plus": "a[{0}] + b[{0}]",
        "less": "a[{0}] - b[{0}]",
        "times": "a[{0}] * b[{0}]",
        "over": "a[{0}] / b[{0}]",
        "fused": "a[{0}] * b[{0}] + c[{0}]",
        "larger": "a[{0}] if a[{0}] > b[{0}] else b[{0}]",
        "smaller": "a[{0}] if a[{0}] < b[{0}] else b[{0}]",
        "size": "abs(a[{0}])",
        "choose": "b[{0}] if a[{0}] > 0.0 else c[{0}]",
    }
    for name, formula in each.items():
        given = {"fused": "a, b, c", "choose": "a, b, c", "size": "a"}.get(name, "a, b")
        numbers = ", ".join(f"({formula.format(k)})" for k in range(8))
        setattr(vectors, name, made(name, f"def {name}({given}):\n    return ({numbers})\n"))
    for name, first in (("load", "8 * i"), ("load_listed", "np.int64(entry(t, i))")):
        given = "r, t, i" if name == "load_listed" else "r, i"
        numbers = ", ".join(f"entry(r, o + {k})" for k in range(8))
        setattr(vectors, name, made(name, f"def {name}({given}):\n    o = {first}\n    return ({numbers})\n"))
    for name, first in (
        ("store", "8 * i"), ("store_listed", "np.int64(entry(t, i))"), ("store_from", "i"), ("stream_from", "i")
    ):  # fmt: skip
        given = "r, t, i, a" if name == "store_listed" else "r, i, a"
        lines = "".join(f"    put(r, o + {k}, a[{k}])\n" for k in range(8))
        setattr(vectors, name, made(name, f"def {name}({given}):\n    o = {first}\n{lines}"))
    vectors.spread = made("spread", "def spread(a):\n    return (a, a, a, a, a, a, a, a)\n")
    vectors.eight = types.UniTuple(float64, 8)

    from quandary.engine.compiled import exponential, reading

    scope["number_at"] = reading.number_at
    numbers = ", ".join(f"number_at(t, i + {k})" for k in range(8))
    reading.eight_at = made("eight_at", f"def eight_at(t, i):\n    return ({numbers})\n")
    one = "def power(a):\n    a = -700.0 if not a > -700.0 else 700.0 if a > 700.0 else a\n"
    one += f"    s = a * {exponential.LOG2E!r} + {exponential.MAGIC!r}\n    p = s - {exponential.MAGIC!r}\n"
    one += f"    r = p * {-exponential.LN2_HIGH!r} + a\n    r = p * {-exponential.LN2_LOW!r} + r\n    q = r * r\n"
    terms = [repr(number) for number in exponential.SERIES]
    powers = ["r", "q", "(q * q)", "(q * q) * (q * q)"]
    while len(terms) > 1:
        power = powers.pop(0)
        pairs = [f"(({terms[i + 1]}) * {power} + ({terms[i]}))" for i in range(0, len(terms) - 1, 2)]
        terms = [*pairs, *terms[2 * len(pairs) :]]
    one += f"    e = {terms[0]} * q + r + 1.0\n"
    one += "    b = np.float64(s).view(np.int64)\n"
    one += "    return e * np.int64((b + np.int64(1023)) << np.int64(52)).view(np.float64)\n"
    made("power", one)
    numbers = ", ".join(f"power(a[{k}])" for k in range(8))
    exponential.exponential = made("exponential", f"def exponential(a):\n    return ({numbers})\n")


def work(way: str, job: int, worlds: int, games: int) -> float:
    """Return the processor time of a job, its code being kept and loaded."""
    if way == "plain":
        leave_vectors_to_numba()
    if job == 0:
        import quandary

        begun = time.process_time()
        _ = quandary.load("kazakhstan-2022").solve(worlds=worlds, threads=1).findings
        return time.process_time() - begun
    sys.path.append(str(HERE.parent / "peers"))
    from games import signalling

    from quandary.solve import solve

    game = signalling(games, uniform=None if job == 1 else 5.0)
    solve(game)
    begun = time.process_time()
    solved = solve(game)
    took = time.process_time() - begun
    assert solved.converged.mean() > 0.999
    return took


def main() -> None:
    """Print both ways' times of every job, and how many times slower the plain one is."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--runs", type=int, default=3)
    reading.add_argument("--worlds", type=int, default=10_000)
    reading.add_argument("--games", type=int, default=100_000)
    reading.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = reading.parse_args()
    if asked.one:
        print(work(asked.one[0], int(asked.one[1]), asked.worlds, asked.games))
        return
    with tempfile.TemporaryDirectory() as kept:
        for job, name in enumerate(JOBS):
            took: dict[str, list[float]] = {"vectors": [], "plain": []}
            for turn in range(asked.runs + 1):  # the first one compiles
                for way, own in took.items():
                    place = Path(kept) / way
                    place.mkdir(mode=0o700, exist_ok=True)
                    given = [sys.executable, __file__, "--one", way, str(job), "--worlds", str(asked.worlds)]
                    given += ["--games", str(asked.games)]
                    places = {**os.environ, "NUMBA_CACHE_DIR": str(place)}
                    done = subprocess.run(given, env=places, capture_output=True, text=True, check=False)
                    if done.returncode:
                        sys.exit(done.stderr)
                    if turn:
                        own.append(float(done.stdout.split()[-1]))
            fast, slow = (statistics.median(own) for own in took.values())
            told = "; ".join(f"{way} {', '.join(f'{own:.2f}' for own in all_)} s" for way, all_ in took.items())
            print(f"{name}: {told}; plain {slow / fast:.2f} times the time", flush=True)


if __name__ == "__main__":
    main()
