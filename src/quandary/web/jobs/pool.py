"""Jobs: tasks that wait for a worker, are at work, or are done; and the workers, which are started when needed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from quandary.base.problems import Problem
from quandary.report.documents.document import dumps
from quandary.report.documents.problems import problems_document
from quandary.web.settings import ServerSettings

LONGEST_LINE = 512 << 20


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"


@dataclass(eq=False)
class WebJob:
    """One task for one request: where it stands, how far it is, and in the end its answer as JSON text."""

    task: str
    request: Mapping[str, object]
    key: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    state: JobState = JobState.WAITING
    progress: Mapping[str, Any] | None = None
    status: int | None = None
    body: str = ""
    stopping: bool = False
    begun: float = field(default_factory=time.time)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Wake whoever waits for news of it."""
        self.changed.set()
        self.changed = asyncio.Event()

    def end(self, status: int, body: str) -> None:
        """Note its answer."""
        self.status, self.body, self.state = status, body, JobState.DONE
        self.tell()

    async def done(self) -> None:
        """Wait for its end."""
        while self.state is not JobState.DONE:
            await self.changed.wait()

    async def news(self) -> AsyncIterator[WebJob]:
        """Yield the job whenever something about it is new, for the last time at its end."""
        while True:
            changed = self.changed
            yield self
            if self.state is JobState.DONE:
                return
            await changed.wait()


class Busy(Exception):  # noqa: N818 - nothing went wrong
    """As many jobs wait as may wait."""


class JobPool:
    """The jobs of a server. All of it runs in the server's event loop; the work itself in other processes.

    ``worker`` is the module that such a process runs.
    """

    def __init__(self, settings: ServerSettings, worker: str = "quandary.web.jobs.worker") -> None:
        self._settings = settings
        self._worker = worker
        self._queue: asyncio.Queue[WebJob] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._idle = 0
        self.jobs: dict[str, WebJob] = {}

    def submit(self, task: str, request: Mapping[str, object]) -> WebJob:
        """Return a new job, which waits for a worker. Raises ``Busy``."""
        limits = self._settings.limits
        if self._queue.qsize() >= limits.waiting:
            raise Busy
        job = WebJob(task, request)
        self.jobs[job.key] = job
        self._forget()
        if self._idle <= self._queue.qsize() and len(self._workers) < limits.workers:
            self._workers.append(asyncio.create_task(self._work()))
        self._queue.put_nowait(job)
        return job

    def stop(self, job: WebJob) -> None:
        """Ask for a job to end with what it has."""
        job.stopping = True
        if job.state is JobState.WAITING:
            job.end(409, _problem("the job was stopped before it began"))
        job.tell()

    async def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    def _forget(self) -> None:
        """Keep as many answers as may be kept, the newest ones."""
        done = [job for job in self.jobs.values() if job.state is JobState.DONE]
        held = sum(len(job.body) for job in done)
        while done and (len(self.jobs) > self._settings.limits.kept or held > self._settings.limits.kept_bytes):
            oldest = done.pop(0)
            held -= len(oldest.body)
            del self.jobs[oldest.key]

    async def _work(self) -> None:
        """Carry out jobs in one process after another: a new one where one has ended."""
        process: Process | None = None
        try:
            while True:
                self._idle += 1
                try:
                    job = await self._queue.get()
                finally:
                    self._idle -= 1
                if job.state is JobState.DONE:  # stopped while it waited
                    continue
                job.state = JobState.WORKING
                job.tell()
                if process is None or process.returncode is not None:
                    process = await self._started()
                await _carried_out(process, job, self._settings.limits.grace)
        finally:
            if process is not None and process.returncode is None:
                process.kill()
                await process.wait()

    async def _started(self) -> Process:
        command = (sys.executable, "-m", self._worker, str(self._settings.folder))
        return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE)


async def _carried_out(process: Process, job: WebJob, grace: float) -> None:
    """Have a worker carry out a job; one that ends meanwhile, or does not stop when asked, is ended and said."""
    assert process.stdin is not None
    watching = asyncio.create_task(_stopped(process, job, grace))
    try:
        process.stdin.write(_line({"task": job.task, "request": job.request}))
        await process.stdin.drain()
        await _heard(process, job)
    except (BrokenPipeError, ConnectionResetError, ValueError):
        process.kill()
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    if job.state is not JobState.DONE:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        said = "the job was ended: it did not stop by itself" if job.stopping else "the process that worked on it ended"
        job.end(409 if job.stopping else 500, _problem(said))


async def _heard(process: Process, job: WebJob) -> None:
    """Take what a worker says of a job, until its answer or the worker's end."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        told = json.loads(line)
        if "progress" in told:
            job.progress = told["progress"]
            job.tell()
        elif "status" in told:
            job.end(told["status"], told["body"])
            return


async def _stopped(process: Process, job: WebJob, grace: float) -> None:
    """Pass the wish to stop on; end the worker where it does not heed it."""
    async for news in job.news():
        if news.stopping:
            break
    if job.state is JobState.DONE:
        return
    assert process.stdin is not None
    with contextlib.suppress(OSError):
        process.stdin.write(_line({"stop": True}))
        await process.stdin.drain()
    await asyncio.sleep(grace)
    with contextlib.suppress(ProcessLookupError):
        process.kill()


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _problem(message: str) -> str:
    return dumps(problems_document([Problem("Q802", message, hint="ask again")]))
