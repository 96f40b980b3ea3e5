"""A real server on a free port of this machine, for tests to ask."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import uvicorn

from quandary.web import ServerLimits, ServerSettings, application

TOKEN = "token-of-a-test"


@dataclass
class Answered:
    """What a server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body as data."""
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """Return the codes of its faults."""
        return [one["code"] for one in self.json["problems"]]


@dataclass
class Served:
    """A server that runs: its port, its folder, and how it is asked."""

    port: int
    folder: Path
    headers: dict[str, str] = field(default_factory=lambda: {"Authorization": f"Bearer {TOKEN}"})

    def connection(self) -> HTTPConnection:
        """Return a connection to it."""
        return HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None, *, known: bool = True
    ) -> Answered:
        """Return its answer; ``known`` says that the token is sent."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection = self.connection()
        try:
            connection.request(method, path, data, {**(self.headers if known else {}), **(headers or {})})
            found = connection.getresponse()
            return Answered(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())
        finally:
            connection.close()

    def post(self, path: str, body: object = None, **headers: str) -> Answered:
        """Return the answer to a request with a body."""
        return self.ask("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def get(self, path: str) -> Answered:
        """Return the answer to a request without one."""
        return self.ask("GET", path)


@contextmanager
def serving(
    folder: Path,
    *,
    read_only: bool = False,
    limits: ServerLimits | None = None,
    worlds: int = 320,
    case: str | None = None,
    port: int = 0,
) -> Iterator[Served]:
    """Serve a folder within the block."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    port = listening.getsockname()[1]
    hosts = (f"127.0.0.1:{port}", f"localhost:{port}")
    own = limits or ServerLimits(rate=10_000.0, burst=10_000.0, grace=1.0)
    ledger = str(folder / "ledger.sqlite")
    settings = ServerSettings(
        folder, hosts, TOKEN, case=case, ledger=ledger, read_only=read_only, worlds=worlds, limits=own
    )
    served = application(settings)
    config = uvicorn.Config(served, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    served.leaving = lambda: server.should_exit
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
        assert thread.is_alive()
    try:
        yield Served(port, folder)
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()
