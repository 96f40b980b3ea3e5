"""Measuring a command as a whole: wall seconds, CPU seconds and peak memory, the median of several runs.

Memory is that of the command and of the processes it forks together, a page that several share counted once (the sum of
their proportional set sizes, looked at five times a second); CPU time is theirs together, too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

QUANDARY = [sys.executable, "-m", "quandary"]


@dataclass(frozen=True)
class Measured:
    """Median wall and CPU seconds and the largest peak memory in MiB over the counted runs."""

    wall: float
    cpu: float
    peak_mib: float
    runs: int

    def __str__(self) -> str:
        return f"{self.wall:7.2f} s wall  {self.cpu:7.2f} s cpu  {self.peak_mib:7.0f} MiB  ({self.runs} runs)"


def measure(command: list[str], runs: int = 3) -> Measured:
    """Run ``command`` ``runs`` times from a cold process; raises ``RuntimeError`` when a run fails."""
    walls, cpus, peaks = [], [], []
    for _ in range(runs):
        before = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak, ended, status, usage = 0.0, 0, 0, None
        while not ended:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.2)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        walls.append(time.perf_counter() - before)
        cpus.append(usage.ru_utime + usage.ru_stime)
        peaks.append(max(peak, usage.ru_maxrss / 1024))
    return Measured(statistics.median(walls), statistics.median(cpus), max(peaks), runs)


def _memory(process: int) -> float:
    """Return the MiB that a process and its children take now, 0 where the system does not tell."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own / 1024 + sum(_memory(int(child)) for child in children)
