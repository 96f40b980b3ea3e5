"""Commands under bad conditions: closed, full and broken streams, odd environments, signals at a chosen moment.

A process that has imported everything forks a child for each trial, which sets its streams up as a shell would, runs
the command through the console's entry and then ends as any interpreter does. That takes tenths of a second.
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

SERVER = Path(__file__).with_name("fork_server.py")
SOURCE = Path(__file__).resolve().parents[2] / "src"
LONGEST = 180.0
"""Seconds after which a trial hangs; a loaded machine is slow."""


@dataclass(frozen=True)
class Condition:
    """How a command is run.

    ``stdin``, ``stdout`` and ``stderr`` are "file" (stdin: nothing to read), "closed", "full" or "broken" (its reader
    has left); ``signals`` are sent at so many calls of functions of ours (of all functions, where ``anywhere``);
    ``largest`` bounds the bytes of a file that is written.
    """

    stdin: str = "file"
    stdout: str = "file"
    stderr: str = "file"
    encoding: str = "utf-8"
    environment: dict[str, str | None] = field(default_factory=dict)
    gone: bool = False
    largest: int | None = None
    signals: tuple[tuple[str, int], ...] = ()
    anywhere: bool = False


@dataclass(frozen=True)
class Ended:
    """The exit code (minus the signal that killed), what was printed, and how many calls were counted."""

    code: int
    out: str
    err: str
    calls: int


class ForkServer:
    """Runs commands in forked children."""

    def __init__(self, *, warm: bool = True) -> None:
        path = os.pathsep.join([str(SOURCE), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": "0"}
        environment.pop("QUANDARY_DEBUG", None)
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER), "warm" if warm else "cold"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def __enter__(self) -> ForkServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait(LONGEST)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def run(self, arguments: list[str], folder: Path, condition: Condition | None = None) -> Ended:
        """Return how a command ended that was run in a folder."""
        process, condition = self._process, condition or Condition()
        assert process.stdin is not None
        assert process.stdout is not None
        with tempfile.TemporaryDirectory() as kept:
            request = {
                **vars(condition),
                "arguments": [base64.b64encode(os.fsencode(part)).decode("ascii") for part in arguments],
                "folder": str(folder),
                "kept": kept,
            }
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            ready, _, _ = select.select([process.stdout], [], [], LONGEST)
            assert ready, f"no end after {LONGEST:g} s: {arguments} {condition}"
            reply = json.loads(process.stdout.readline())
            out, err, calls = (_text(Path(kept) / name) for name in ("out", "err", "calls"))
        return Ended(reply["code"], out, err, int(calls or 0))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape") if path.exists() else ""
