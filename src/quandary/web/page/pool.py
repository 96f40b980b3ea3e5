"""The cases that are open for pages: a process for each, what was last told of it, and who is to be told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from quandary.web.jobs.pool import LONGEST_LINE, Busy
from quandary.web.page.worker import CaseOpening
from quandary.web.settings import ServerSettings

GONE: dict[str, Any] = {
    "problems": [{"code": "Q802", "message": "the process of this case ended", "hint": "ask again"}]
}


@dataclass(eq=False)
class Listener:
    """One page that follows a case: of each part only the newest waits for it."""

    parts: dict[str, str] = field(default_factory=dict)
    stamp: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False


@dataclass(eq=False)
class OpenCase:
    """A case that a process holds open: its parts with their stamps, and its moves, kept if the process must end."""

    opening: CaseOpening
    process: Process
    parts: dict[str, tuple[int, str]] = field(default_factory=dict)
    moves: list[Mapping[str, Any]] = field(default_factory=list)
    changed: bool = False
    listeners: set[Listener] = field(default_factory=set)
    asked: dict[int, asyncio.Future[tuple[int, Any]]] = field(default_factory=dict)
    used: float = field(default_factory=time.monotonic)
    faults: Any = None
    hearing: asyncio.Task[None] | None = None
    number: int = 0

    async def ask(self, do: str, **values: object) -> tuple[int, Any]:
        """Return the status and the body of the process's reply."""
        self.used = time.monotonic()
        self.number += 1
        number, reply = self.number, asyncio.get_running_loop().create_future()
        self.asked[number] = reply
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps({"ask": number, "do": do, **values}).encode() + b"\n")
            await self.process.stdin.drain()
            found: tuple[int, Any] = await reply
        except (BrokenPipeError, ConnectionResetError):
            return 500, GONE
        finally:
            self.asked.pop(number, None)
        return found

    async def heard(self) -> None:
        """Take what the process says until it ends."""
        assert self.process.stdout is not None
        with contextlib.suppress(ValueError):
            while line := await self.process.stdout.readline():
                self._take(json.loads(line))
        for reply in self.asked.values():
            if not reply.done():
                reply.set_result((500, GONE))
        for listener in self.listeners:
            listener.over = True
            listener.news.set()

    def _take(self, told: dict[str, Any]) -> None:
        if "reply" in told:
            reply = self.asked.get(told["reply"])
            if reply is not None and not reply.done():
                reply.set_result((told["status"], told["body"]))
        elif "parts" in told:
            stamp, self.moves, self.changed, self.faults = told["stamp"], told["moves"], told["changed"], None
            self.parts |= {name: (stamp, text) for name, text in told["parts"].items()}
            for listener in self.listeners:
                listener.parts |= told["parts"]
                listener.stamp = stamp
                listener.news.set()
        elif "faults" in told:
            self.faults = told["faults"]
        elif "ready" in told:
            self.faults = None

    async def news(self, since: int) -> AsyncIterator[tuple[int, dict[str, str]]]:
        """Yield parts that are newer than a stamp, and then others as they come, until the process ends."""
        listener = Listener()
        listener.parts = {name: text for name, (stamp, text) in self.parts.items() if stamp > since}
        listener.stamp = max((stamp for stamp, _ in self.parts.values()), default=since)
        if listener.parts:
            listener.news.set()
        self.listeners.add(listener)
        try:
            while True:
                await listener.news.wait()
                listener.news.clear()
                parts, listener.parts = listener.parts, {}
                if parts:
                    yield listener.stamp, parts
                if listener.over:
                    return
        finally:
            self.listeners.discard(listener)
            self.used = time.monotonic()


class CasePool:
    """The open cases of a server, so many at most; the one longest unused is ended for another, its moves kept."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._open: dict[str, OpenCase] = {}
        self._kept: dict[str, list[Mapping[str, Any]]] = {}
        self._opening = asyncio.Lock()

    async def case(self, named: str, path: str) -> OpenCase:
        """Return an open case; ``named`` as addresses do, ``path`` where it is. Raises ``Busy``: all are in use."""
        async with self._opening:
            found = self._open.get(named)
            if found is not None and found.process.returncode is None:
                found.used = time.monotonic()
                return found
            if found is not None:
                await self._end(named)
            while len(self._open) >= self._settings.limits.cases:
                idle = [name for name, one in self._open.items() if not one.listeners and not one.asked]
                if not idle:
                    raise Busy
                await self._end(min(idle, key=lambda name: (self._open[name].changed, self._open[name].used)))
            self._open[named] = await self._started(named, path)
            return self._open[named]

    async def close(self) -> None:
        """End all processes."""
        for named in list(self._open):
            await self._end(named)

    async def _end(self, named: str) -> None:
        gone = self._open.pop(named)
        self._kept[named] = gone.moves
        if gone.process.returncode is None:
            gone.process.kill()
        await gone.process.wait()
        if gone.hearing is not None:
            await gone.hearing
        if gone.process.stdin is not None:
            gone.process.stdin.close()

    async def _started(self, named: str, path: str) -> OpenCase:
        settings = self._settings
        moves = tuple(self._kept.pop(named, ()))
        opening = CaseOpening(str(settings.folder), named, path, settings.worlds, settings.read_only, moves)
        command = (sys.executable, "-m", "quandary.web.page.worker", json.dumps(asdict(opening)))
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE)
        found = OpenCase(opening, process)
        found.hearing = asyncio.create_task(found.heard())
        return found
