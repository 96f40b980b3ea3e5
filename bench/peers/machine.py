"""What the figures were measured on: the machine, every tool's versions, the settings of threads."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from pathlib import Path

from asking import Tool

PACKAGES = {
    "ours": ("quandary", "numpy", "scipy", "numba"),
    "pygambit": ("pygambit",),
    "pyAgrum": ("pyagrum",),
    "OpenSpiel": ("open_spiel", "cvxpy", "ecos"),
    "quantecon": ("quantecon", "numba"),
    "Nashpy": ("nashpy", "numpy"),
    "PyCID": ("pycid", "pygambit", "pgmpy"),
}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "QUANDARY_KERNEL")


def machine() -> str:
    """Return one line: processor, cores, memory, system, and how busy it is now."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{_field('/proc/cpuinfo', 'model name') or platform.processor() or platform.machine()}"
        f" ({_field('/proc/cpuinfo', 'cpu MHz') or '?'} MHz), {cores} cores, {_memory()},"
        f" {platform.system()} {platform.release()}"
    )


def busy() -> float:
    """Return how many processes ran or waited for a core over the last minute."""
    return os.getloadavg()[0]


def threads(environment: Mapping[str, str]) -> str:
    """Return the settings of threads that every tool was run with."""
    return ", ".join(f"{name}={environment.get(name, 'not set')}" for name in THREADS)


def versions(tools: Mapping[str, Tool]) -> list[str]:
    """Return a line per tool: its packages and Python, or that it is not there."""
    lines = []
    for name, tool in tools.items():
        told = tool.ask("about", 60.0, packages=PACKAGES[name])
        found = told.get("versions", {})
        lines.append(f"{name}: " + (", ".join(f"{k} {v}" for k, v in found.items()) or str(told.get("error"))))
    return lines


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")


def _memory() -> str:
    total = _field("/proc/meminfo", "MemTotal")
    return f"{int(total.split()[0]) / 2**20:.0f} GiB" if total else "memory unknown"
