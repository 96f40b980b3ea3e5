"""The console command ``quandary``, and ``python -m quandary``: Ctrl-C is heard from the first import on."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

INTERRUPTED = 130

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Linear algebra keeps to one thread unless the reader says otherwise. Its matrices are small; threads that wait for
each other on a busy machine make it ten times slower, and their number would show in the last digits."""


def main() -> None:
    """Run the command line; interrupted before a command has taken over, leave with one sentence and code 130."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    try:
        for number in _ending():
            signal.signal(number, signal.default_int_handler)
        from quandary.cli.app import main as command_line
        from quandary.web.serving import SERVE

        command_line((SERVE,))
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if sys.stderr is not None:
            with suppress(OSError):
                sys.stderr.write("Interrupted; nothing was written.\n")
        sys.exit(INTERRUPTED)


def _ending() -> list[int]:
    """Return the signals by which a system ends a process, those left out that are ignored or answered already."""
    numbers = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]
    return [number for number in numbers if number is not None and signal.getsignal(number) == signal.SIG_DFL]


if __name__ == "__main__":
    main()
