"""What every tool's process does: read one job a line from standard input, do it, answer with one line of JSON.

Needs nothing but the standard library, as it runs in the environment of every peer. Whatever a tool prints goes to
standard error. A process may take so many bytes (``BENCH_BYTES``) and no more, so that "its memory" means the same for
all. ``BENCH_CLOCK=cpu`` measures the process's own time, for a machine that does other work as well.
"""

import contextlib
import json
import os
import platform
import resource
import statistics
import sys
import time
import traceback
from importlib import metadata

READY = "ready"
CLOCK = time.process_time if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter


def timed(run, budget=0.5, most=9):
    """Return the median seconds of several runs and the last run's result; one run where it takes longer than that.

    The first run warms the process and does not count, unless it is the only one.
    """
    started = CLOCK()
    result = run()
    first = CLOCK() - started
    seconds = []
    while first <= budget and len(seconds) < most and sum(seconds) < budget:
        started = CLOCK()
        result = run()
        seconds.append(CLOCK() - started)
    return statistics.median(seconds or [first]), result


def about(packages):
    """Return the versions of Python and of those packages that are installed here."""
    found = {"Python": platform.python_version()}
    for name in packages:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return {"versions": found}


def serve(jobs):
    """Say that the imports are done, then answer jobs until standard input ends; an error is an answer too."""
    limit = int(os.environ.get("BENCH_BYTES", str(6 << 30)))
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    jobs = {"about": about, **jobs}
    answers.write(READY + "\n")
    answers.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = jobs[asked.pop("job")](**asked)
        except BaseException as fault:  # a peer may raise anything, an exit included
            told = " ".join(str(fault).split()) or traceback.extract_tb(fault.__traceback__)[-1].line
            answer = {"error": f"{type(fault).__name__}: {told}"[:160] if told else type(fault).__name__}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
