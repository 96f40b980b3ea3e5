"""``quandary serve``: the page and the programming interface of one folder, on this machine alone, until Ctrl-C."""

from __future__ import annotations

import errno
import socket
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from quandary.base.files import path_of
from quandary.base.problems import Problem, Refusal
from quandary.case.shipped import find_case, shipped_names
from quandary.use.requests import About, NamedPlace
from quandary.use.results import Hands, Piece, Result
from quandary.use.tasks import RegisteredTask

if TYPE_CHECKING:
    from quandary.web.settings import ServerSettings

ADDRESS = "127.0.0.1"
"""Nobody but this machine is served."""

PORT = 8765
CLOSING = 2
"""Seconds that open connections are given at the end."""


@dataclass(frozen=True, kw_only=True)
class ServeRequest:
    """What is served, and where."""

    place: Annotated[
        str,
        About(
            "A folder, a case in it, or the name of a case that ships.",
            metavar="CASE-OR-FOLDER",
            positional=True,
            names=NamedPlace.CASE,
        ),
    ] = "."
    port: Annotated[int, About("The port; 0 takes a free one.", "-p", least=0, most=65535)] = PORT
    read_only: Annotated[bool, About("Write nothing, whoever asks.")] = False
    ledger: Annotated[
        str | None,
        About("The ledger (default: QUANDARY_LEDGER, or the usual one).", metavar="PLACE", names=NamedPlace.LEDGER),
    ] = None
    open: Annotated[bool, About("Open the page in the browser.")] = False


@dataclass(frozen=True)
class ServeResult(Result):
    """That a server ran and was ended."""

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield that it ended."""
        yield "The server was ended."


@dataclass(frozen=True)
class WebTask(RegisteredTask):
    """A command that is a way in itself, and so no task of the one door."""

    def load(self) -> Callable[[Any, Hands], Result]:
        """Return the function from a request and hands to a result, imported now."""
        module, _, name = self.function.rpartition(".")
        found: Callable[[Any, Hands], Result] = getattr(import_module(module), name)
        return found


SERVE = WebTask(
    "serve",
    "Serve a case or a folder to your browser and to programs on this machine: the page and the API.",
    "quandary.web.serving.run",
    prints=False,
    takes_long=False,
)


def run(request: ServeRequest, hands: Hands) -> ServeResult:
    """Serve until interrupted. Raises ``Refusal``: Q801 without the extra, Q804 for no place, Q806 for a taken port."""
    folder, case = placed(request.place)
    with closing(_bound(request.port)) as listening:
        port = listening.getsockname()[1]
        settings, server = _server(request, folder, case, port)
        address = f"http://{ADDRESS}:{port}/?token={settings.token}"
        if hands.dialogue is not None:
            hands.dialogue.say(f"Open {address}")
            hands.dialogue.say("Programs: docs/api.md says how. Ctrl-C ends the server.")
        if request.open:
            webbrowser.open(address)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
    return ServeResult()


def placed(named: str) -> tuple[Path, str | None]:
    """Return the folder that is served, and the case in it that the page opens with, if one is meant."""
    path = path_of(named)
    if named in shipped_names() and not path.exists():
        return Path.cwd(), named
    if path.is_dir():
        return path.resolve(), "." if (path / "case.yaml").is_file() else None
    found = find_case(named)
    return found.resolve().parent, found.name


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((ADDRESS, port))
        listening.listen()  # who opens the address before the server is up waits a moment
    except OSError as fault:
        listening.close()
        if fault.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        hint = "name another with --port, or 0 for a free one"
        raise Refusal(
            Problem("Q806", f"port {port} cannot be had: {(fault.strerror or '').lower()}", hint=hint)
        ) from None
    return listening


def _server(request: ServeRequest, folder: Path, case: str | None, port: int) -> tuple[ServerSettings, Any]:
    """Return the settings of a server and the server, which is not running yet."""
    try:
        import uvicorn

        from quandary.web.app import application
        from quandary.web.settings import ServerSettings
    except ImportError:
        message = "the page and its API need the extra `web`, which is not installed"
        raise Refusal(Problem("Q801", message, hint="pip install 'quandary[web]'")) from None
    hosts = (f"{ADDRESS}:{port}", f"localhost:{port}")
    settings = ServerSettings(folder, hosts, case=case, ledger=request.ledger, read_only=request.read_only)
    options: dict[str, Any] = {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "date_header": False,
    }
    served = application(settings)
    config = uvicorn.Config(served, lifespan="on", timeout_graceful_shutdown=CLOSING, **options)
    server = uvicorn.Server(config)
    served.leaving = lambda: server.should_exit
    return settings, server
