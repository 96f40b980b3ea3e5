"""Run every measurement that needs no other tool: ``make bench``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCRIPTS = ("main_job.py", "engine/chain.py", "engine/solving.py")


def main() -> None:
    for script in SCRIPTS:
        path = HERE / script
        if path.exists():
            print(f"== {script}", flush=True)
            subprocess.run([sys.executable, str(path)], check=True, cwd=HERE)


if __name__ == "__main__":
    main()
