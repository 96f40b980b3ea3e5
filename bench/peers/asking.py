"""Processes that answer jobs (``serve.py``), asked in turn."""

from __future__ import annotations

import json
import os
import selectors
import statistics
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from serve import READY

START_UP = 240.0
"""Seconds allowed for a tool's imports, compiled kernels included."""

HERE = Path(__file__).resolve().parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

Answer = dict[str, Any]


class Tool:
    """One tool in a process of its own, kept warm from job to job and started again after a failure or a time-out.

    Gambit's solvers hold off signals, so a job that takes too long is ended with its process.
    """

    def __init__(self, name: str, python: str | None, script: str, **environment: str) -> None:
        self.name = name
        self.python = python
        self._command = [python, script] if python else None
        self._environment = {**os.environ, **ONE_THREAD, **environment}
        self._process: subprocess.Popen[str] | None = None

    @property
    def here(self) -> bool:
        """Return whether an interpreter was named for the tool."""
        return self._command is not None

    def ask(self, job: str, limit: float, **words: object) -> Answer:
        """Return the answer to a job; ``{"error": ...}`` where it fails or takes longer than ``limit`` seconds."""
        if self._command is None:
            return {"error": "not installed here"}
        if self._process is None:
            self._process = self._started(self._command)
            if self._line(START_UP) != READY:
                self.end()
                return {"error": f"does not start in {self.python}"}
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"job": job, **words}) + "\n")
            self._process.stdin.flush()
            line = self._line(limit)
        except BrokenPipeError:
            line = ""
        if not line:
            self.end()
            late = line is None
            return {
                "error": f"not finished after {limit:.0f} s"
                if late
                else "the process ended (out of memory, or a fault)"
            }
        found: Answer = json.loads(line)
        return found

    def _started(self, command: list[str]) -> subprocess.Popen[str]:
        pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
        return subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=nowhere, text=True, cwd=HERE, env=self._environment
        )

    def _line(self, limit: float) -> str | None:
        """Return the next line said, empty where the process has ended, ``None`` where it takes too long."""
        assert self._process is not None and self._process.stdout is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stdout, selectors.EVENT_READ)
            if not ready.select(limit):
                return None
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@dataclass
class Compared:
    """One job done by us and by a peer, pair by pair; seconds are those of one game or draw.

    ``per`` says what the seconds are of. Asked for are a ratio of at least ``target`` and our own seconds of at most
    ``most``. ``notes`` are told in the table. ``error``: the peer's, in its own words.
    """

    part: str
    job: str
    peer: str
    size: float
    per: str = "game"
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    error: str = ""
    notes: tuple[str, ...] = ()
    target: float | None = None
    most: float | None = None

    @property
    def ratios(self) -> list[float]:
        """Return theirs over ours, pair by pair, smallest first; empty without a pair."""
        return sorted(b / a for a, b in zip(self.ours, self.theirs, strict=False))

    @property
    def ratio(self) -> float | None:
        """Return the median ratio: above one, ours is faster."""
        return statistics.median(self.ratios) if self.ratios else None


@dataclass(frozen=True)
class Asked:
    """One tool's side of a comparison: the job's name and words; ``divide`` makes its seconds those of a draw."""

    tool: Tool
    job: str
    words: dict[str, object]
    divide: float = 1.0


def pairs(
    compared: Compared, ours: Asked, theirs: Asked, *, rounds: int, patience: float, limit: float
) -> list[Answer]:
    """Do a job in turn, ours and the peer's, up to ``rounds`` times or until the peer has taken ``patience`` seconds.

    Fills ``compared`` and returns the last answers of both. An error of either ends it.
    """
    answers: list[Answer] = [{}, {}]
    while len(compared.theirs) < rounds and (not compared.theirs or sum(compared.theirs) * theirs.divide < patience):
        for side, seconds, place in ((ours, compared.ours, 0), (theirs, compared.theirs, 1)):
            answer = side.tool.ask(side.job, limit, **side.words)
            answers[place] = answer
            if "error" in answer:
                compared.error = answer["error"] if place else f"ours: {answer['error']}"
                return answers
            seconds.append(float(answer["seconds"]) / side.divide)
    return answers
