"""One harness for all fuzz targets: inputs go to a command in a process of its own, and every outcome is counted.

A target makes inputs (``mutation.mutants``), tries each (``Worker.run``) and ends with ``Tally.check``. What counts as
a failure: exit 70 or a traceback, no end after 10 seconds, more than 2 GiB of memory, an undocumented exit code, and
what the target itself calls accepted in silence. ``QUANDARY_FUZZ=N`` tries N inputs a target; ``make fuzz`` 20,000.
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

WORKER = Path(__file__).with_name("worker.py")
SOURCE = Path(__file__).resolve().parents[2] / "src"
LONGEST = 10.0
"""Seconds of processor time after which an input hangs, so that a busy machine finds no more hangs than a quiet one."""
WAITING = 6.0
"""So many times as long may pass on the clock: what only waits hangs, too."""
MEMORY = 2 << 30
"""Bytes of memory in use beyond which an input is too costly."""
WATCHED = 0.02
"""Seconds between two looks at a working process."""
LAST = 300.0
"""Seconds that a process which was ended, or says no more, may take to be gone."""
START = 60.0
"""Seconds that a new process may take for its first answer: it imports, and on a loaded machine slowly."""
DOCUMENTED = {0, 1, 2, 3, 130}
SHOWN = 5


def wanted(usual: int) -> int:
    """Return how many inputs a target tries: ``usual``, unless ``QUANDARY_FUZZ`` says otherwise."""
    return int(os.environ.get("QUANDARY_FUZZ", usual))


@dataclass(frozen=True)
class Trial:
    """What came of one command: its exit code (``None`` if it was killed), what it printed, and why it was killed."""

    arguments: tuple[str, ...]
    code: int | None
    out: str = ""
    err: str = ""
    killed: str = ""

    @property
    def failure(self) -> str:
        """Return what is wrong with the outcome whatever was put in, or nothing."""
        if self.killed:
            return self.killed
        if self.code == 70 or "Traceback (most recent call last)" in self.err + self.out:
            return "crash"
        if self.code not in DOCUMENTED:
            return f"exit {self.code}"
        if self.code and not (self.err + self.out).strip():
            return "refused without a word"
        return ""


class Worker:
    """A process that runs commands of ``quandary`` one after the other; it is replaced when one had to be killed."""

    def __init__(self, environment: dict[str, str] | None = None, program: Path = WORKER) -> None:
        self._program = program
        path = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._environment = {**os.environ, "PYTHONPATH": path, **(environment or {})}
        self._environment.pop("QUANDARY_DEBUG", None)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def run(self, *arguments: str, folder: Path | None = None, longest: float = LONGEST) -> Trial:
        """Return the outcome of one command, run in a folder."""
        fresh = self._process is None
        process = self._process or self._started()
        assert process.stdin is not None
        parts = [base64.b64encode(os.fsencode(part)).decode("ascii") for part in arguments]
        process.stdin.write(json.dumps({"arguments": parts, "folder": str(folder or "")}).encode() + b"\n")
        process.stdin.flush()
        reply, killed = self._reply(process, longest + (START if fresh and self._program == WORKER else 0))
        if killed:
            self._end()
            return Trial(arguments, None, killed=killed)
        found = json.loads(reply)
        out, err = (base64.b64decode(found[name]).decode("utf-8", "replace") for name in ("out", "err"))
        return Trial(arguments, found["code"], out, err)

    def _started(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            [sys.executable, str(self._program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self._environment
        )
        return self._process

    def _reply(self, process: subprocess.Popen[bytes], longest: float) -> tuple[bytes, str]:
        """Return the process's line, or why it has none: it hangs, takes too much memory, or died."""
        assert process.stdout is not None
        end, line = time.monotonic() + WAITING * longest, b""
        latest = _processor_time(process.pid) + longest
        while not line.endswith(b"\n"):
            if select.select([process.stdout], [], [], WATCHED)[0]:
                part = os.read(process.stdout.fileno(), 1 << 20)
                if not part:
                    return b"", f"died ({process.wait(LAST)})"
                line += part
            elif time.monotonic() > end or _processor_time(process.pid) > latest:
                return b"", f"no end after {longest:g} s"
            elif _memory(process.pid) > MEMORY:
                return b"", "over 2 GiB of memory"
        return line, ""

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(LAST)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()


@dataclass
class Tally:
    """Outcomes counted, and the inputs that failed kept; ``check`` is the end of every target."""

    kept: Path
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def add(self, trial: Trial, given: bytes = b"", silent: str = "") -> None:
        """Count an outcome; ``silent`` says what was accepted though it should not have been."""
        wrong = trial.failure or (f"accepted: {silent}" if silent else "")
        self.counts[wrong or f"exit {trial.code}"] += 1
        if wrong:
            path = self.kept / f"failure-{len(self.failures)}"
            path.write_bytes(given)
            said = (trial.err.strip() or trial.out.strip())[-400:]
            self.failures.append(f"{wrong}: quandary {' '.join(map(repr, trial.arguments))}  [{path}]\n    {said}")

    def check(self, least: int = 1) -> None:
        """Fail with the first failures; at least so many inputs must have been tried."""
        tried = sum(self.counts.values())
        assert tried >= least, f"only {tried} inputs were tried"
        assert not self.failures, "\n".join(
            [f"{len(self.failures)} of {tried} inputs failed ({dict(self.counts)}):", *self.failures[:SHOWN]]
        )


def try_files(
    tally: Tally,
    inputs: Iterable[bytes],
    name: str,
    *arguments: str,
    silent: Callable[[bytes, Trial], str] | None = None,
    beside: Sequence[tuple[str, bytes]] = (),
) -> None:
    """Write each input to a file of this name in the tally's folder and run the command on it.

    ``{}`` in an argument stands for the file; ``silent`` says of an outcome what should not have been accepted.
    """
    folder = tally.kept / "tried"
    folder.mkdir(exist_ok=True)
    for other, text in beside:
        (folder / other).write_bytes(text)
    path = folder / name
    with Worker() as worker:
        for given in inputs:
            path.write_bytes(given)
            trial = worker.run(*(part.replace("{}", str(path)) for part in arguments), folder=folder)
            tally.add(trial, given, silent(given, trial) if silent and trial.code == 0 else "")


def _processor_time(process: int) -> float:
    """Return the seconds of processor time of a process and of its ended children, 0 where the system does not say."""
    try:
        told = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, told[11:15])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    """Return the bytes of memory that a process uses, or 0 where the system does not say."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
