"""Measuring a command as a whole process: wall seconds, CPU seconds and peak memory, the median of several runs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

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
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        walls.append(time.perf_counter() - before)
        cpus.append(usage.ru_utime + usage.ru_stime)
        peaks.append(usage.ru_maxrss / 1024)
    return Measured(statistics.median(walls), statistics.median(cpus), max(peaks), runs)
