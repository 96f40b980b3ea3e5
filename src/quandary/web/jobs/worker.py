"""A process that carries out tasks one after another: a line of JSON for each request, lines of JSON for what it does.

``{"task": ..., "request": ...}`` begins one, ``{"stop": true}`` stops it with what it has. It answers by lines with
``progress`` and at the end one with ``status`` and ``body``. It is kept to the folder that is served. It runs no other
thread, so that its own work may fork: whether it is to stop it looks up itself.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from quandary.base.confinement import confine
from quandary.base.environment import checked_settings
from quandary.base.files import inputs_kept
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import STOPS, StopToken
from quandary.case.shipped import shipped_folder
from quandary.use.requests import request_from
from quandary.use.results import Hands, Result
from quandary.use.tasks import task_named
from quandary.version import __version__

if TYPE_CHECKING:
    from quandary.report.documents.document import ResultDocument

BETWEEN = 0.1
"""Seconds between two lines of progress at least."""

FINE, FAULTY, NO_ROOM, STOPPED, BUG = 200, 422, 507, 409, 500


class Asked:
    """The lines that whoever asks has sent, read when one is looked for."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._bytes = b""
        self._process = os.getpid()
        self.over = False

    def next(self) -> dict[str, Any] | None:
        """Return the next request, waited for; ``None`` when nobody asks any more."""
        while True:
            while b"\n" not in self._bytes:
                self._read()
                if self.over:
                    return None
            line, self._bytes = self._bytes.split(b"\n", 1)
            found: dict[str, Any] = json.loads(line)
            if "stop" not in found:  # else one for a job that was done when it came
                return found

    def waiting(self) -> bool:
        """Return whether a line was read already."""
        return b"\n" in self._bytes

    def stops(self) -> bool:
        """Return, without waiting, whether the job at work is to stop; only the process that reads can tell."""
        if os.getpid() == self._process:
            while not self.over and select.select([self._descriptor], [], [], 0)[0]:
                self._read()
        return self.over or b'"stop"' in self._bytes

    def _read(self) -> None:
        read = os.read(self._descriptor, 1 << 16)
        self._bytes += read
        self.over = not read


class JobStop(StopToken):
    """The stop token of one job: given by a line from whoever asked, or when nobody asks any more."""

    def __init__(self, asked: Asked) -> None:
        super().__init__()
        self._asked = asked

    def given(self) -> bool:
        """Return whether work is to stop."""
        if self._asked.stops():
            self.give()
        return super().given()


class TaskWork:
    """What one worker is at, and the pipe to whoever asked."""

    def __init__(self, out: IO[str], asked: Asked) -> None:
        self._out = out
        self._asked = asked
        self._told = 0.0

    def write(self, line: Mapping[str, Any]) -> None:
        """Send a line."""
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()

    def progress(self, what: str, done: int, total: int) -> None:
        """Send what is done, not too often."""
        now = time.monotonic()
        if now - self._told >= BETWEEN or done == total:
            self._told = now
            self.write({"progress": {"what": what, "done": done, "total": total}})

    def carry_out(self, name: str, given: Mapping[str, object]) -> None:
        """Carry out a task and send how it ended."""
        try:
            with inputs_kept():
                checked_settings()
                body = self.made(name, given, Hands(self.progress, JobStop(self._asked)))
        except CaseError as fault:
            self._ended(FAULTY, _problems(fault.problems))
        except Refusal as refusal:
            self._ended(FAULTY, _problems([refusal.problem]))
        except STOPS:
            self._ended(STOPPED, _problems([Problem("Q802", "the job was stopped before it had anything to say")]))
        except MemoryError:
            message = "there is not enough memory for this case"
            self._ended(NO_ROOM, _problems([Problem("Q802", message, hint="try fewer worlds or smaller tables")]))
        except OSError as fault:
            reason = (fault.strerror or type(fault).__name__).lower()
            named = f'"{Path(fault.filename).name}": ' if isinstance(fault.filename, str) else ""
            self._ended(FAULTY, _problems([Problem("Q802", f"{named}{reason}", hint="name another place")]))
        except Exception as bug:  # a worker lives on, and says it
            message = f"this is a fault in Quandary {__version__}, not in your case ({type(bug).__name__}: {bug})"
            self._ended(BUG, _problems([Problem("Q802", message, hint="please report it with the case")]))
        else:
            self._ended(FINE, body)

    def made(self, name: str, given: Mapping[str, object], hands: Hands) -> str:
        """Return what a task finds as text."""
        task = task_named(name)
        return _body(task.run(request_from(task.request, given), hands))

    def _ended(self, status: int, body: str) -> None:
        self.write({"status": status, "body": body})


def _body(result: Result) -> str:
    """Return a result as JSON text: its document, else what would become a file, with what is said beside it."""
    from quandary.report.documents.document import dumps

    document: ResultDocument | None = result.document()
    if document is not None:
        return dumps(document)
    return json.dumps({"content": result.content(), "notes": list(result.notes())}, ensure_ascii=False)


def _problems(problems: list[Problem] | tuple[Problem, ...]) -> str:
    from quandary.report.documents.document import dumps
    from quandary.report.documents.problems import problems_document

    return dumps(problems_document(problems))


def main(kind: type[TaskWork] = TaskWork) -> None:
    """Work until whoever asks is gone."""
    folder = Path(sys.argv[1])
    os.chdir(folder)
    confine([folder, shipped_folder()])
    out, sys.stdout = sys.stdout, sys.stderr  # nothing else is to stand among the lines
    asked = Asked(0)
    work = kind(out, asked)
    work.write({"ready": True})
    while (line := asked.next()) is not None:
        work.carry_out(line["task"], line["request"])


if __name__ == "__main__":
    main()
