"""Time pygambit's agent logit at precision 1 on .efg files; runs in pygambit's own environment.

``python with_gambit.py FILE...`` prints one JSON line a file: seconds, or the error that stopped it.
"""

import json
import sys
import time

import pygambit


def main() -> None:
    for path in sys.argv[1:]:
        started = time.perf_counter()
        record = {"file": path}
        try:
            game = pygambit.read_efg(path) if path.endswith(".efg") else pygambit.read_nfg(path)
            record["read"] = time.perf_counter() - started
            started = time.perf_counter()
            found = pygambit.qre.logit_solve_lambda(game, lam=1.0)
            record["seconds"] = time.perf_counter() - started
            record["points"] = len(list(found))
        except Exception as fault:
            record["error"] = f"{type(fault).__name__}: {fault}"[:200]
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    main()
