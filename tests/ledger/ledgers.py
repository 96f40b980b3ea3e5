"""A ledger as a test uses it: tasks by their names, and a real PostgreSQL where one is installed."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from quandary.ledger import Store, address_of
from quandary.use import HANDS, Hands, request_from, task_named

MEI = "Mei Lin"
ASKED = "Will troops cross the line?"
UNTIL = "2027-03-31"


def do(task: str, hands: Hands = HANDS, **given: Any) -> Any:
    """Return the result of a task of the ledger, from what a request says."""
    found = task_named(f"ledger {task}")
    return found.run(request_from(found.request, given), hands)


def add(place: str, text: str = ASKED, forecast: str = "12%", hands: Hands = HANDS, **given: Any) -> Any:
    """Return what became of a forecast in one line."""
    usual: dict[str, Any] = {"until": UNTIL, "who": MEI}
    return do("add", hands, text=text, forecast=forecast, ledger=place, **{**usual, **given})


def said(result: Any) -> str:
    """Return what people read of a result, as one text."""
    return "\n".join(str(getattr(piece, "text", piece)) for piece in result.pieces())


def opened(place: str, **given: Any) -> Store:
    return Store(address_of(place), **given)


def alter(place: str, *statements: str) -> None:
    """Do to a ledger's database what somebody does who goes round the program."""
    from sqlalchemy import create_engine

    engine = create_engine(address_of(place))
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def binaries() -> Path | None:
    """Return the folder of the programs of the newest PostgreSQL that is installed as Debian does."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Yield the address of a server of PostgreSQL without its database; what it keeps goes with it.

    Its programs refuse root, for whom they run as ``postgres``.
    """
    root = os.geteuid() == 0
    folder = Path(tempfile.mkdtemp(prefix="quandary-pg-"))
    as_user = ["runuser", "-u", "postgres", "--"] if root else []
    user = "postgres" if root else getpass.getuser()
    data = folder / "data"

    def run(*words: str) -> None:
        done = subprocess.run([*as_user, *words], capture_output=True, text=True, check=False, timeout=300, cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        if root:
            shutil.chown(folder, "postgres")
        run(str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", user, "--no-sync")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w", "-s", "-l", str(folder / "log")]
        run(*control, "-o", options, "start")
        try:
            yield f"postgresql://{user}@127.0.0.1:{port}"
        finally:
            run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
