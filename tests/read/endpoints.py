"""A local endpoint that answers as a test says, and what flawless answers say of three articles."""

from __future__ import annotations

import contextlib
import copy
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ANSWERS = Path(__file__).parent / "answers"
Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


@dataclass
class Local:
    """An endpoint on this machine: its address, the bodies, paths and headers it was sent, and what it answers."""

    answer: Answer
    port: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    reason: str | None = None
    location: str | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextlib.contextmanager
def serving(*answers: Answer) -> Iterator[Local]:
    """Yield an endpoint that gives one answer after another, the last for ever."""
    left = list(answers)

    def next_answer(body: dict[str, Any]) -> tuple[int, bytes]:
        return (left.pop(0) if len(left) > 1 else left[0])(body)

    local = Local(next_answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            local.bodies.append(body)
            local.headers.append(dict(self.headers))
            status, data = local.answer(body)
            with contextlib.suppress(OSError):
                self.send_response(status, local.reason)
                if local.location is not None:
                    self.send_header("Location", local.location)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def do_GET(self) -> None:
            local.bodies.append({})
            self.send_error(405)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    local.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield local
    server.shutdown()
    server.server_close()
    thread.join(300)
    assert not thread.is_alive(), "the server did not end in 300 s"


def saying(content: object, finish: str = "stop") -> Answer:
    """Return an answer of status 200 with a text, or an object, as its content."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"message": {"content": text}, "finish_reason": finish}
    return lambda _: (200, json.dumps({"choices": [choice]}).encode())


def failing(status: int) -> Answer:
    """Return an answer of another status."""
    return lambda _: (status, b"{}")


def flawless(name: str) -> dict[str, list[dict[str, Any]]]:
    """Return what a flawless answer says of an article, to be spoiled at will."""
    loaded = YAML(typ="safe", pure=True).load(ANSWERS / f"{name}.yaml")
    return copy.deepcopy(dict(loaded))
