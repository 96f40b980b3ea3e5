"""The console command ``quandary``, and ``python -m quandary``: Ctrl-C is heard from the first import on."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command line; interrupted before a command has taken over, leave with one sentence and code 130."""
    try:
        from quandary.cli import main as command_line

        command_line()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted; nothing was written.\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
