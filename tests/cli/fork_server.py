"""The process that ``forks.ForkServer`` starts: it forks a child for each request, and waits for its end."""

from __future__ import annotations

import base64
import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

OURS = f"{os.sep}quandary{os.sep}"


def serve(warm: bool) -> None:
    """Answer requests until there are no more; a child leaves by an exception, to end as an interpreter does."""
    if warm:
        _import_everything()
        gc.freeze()  # no child need look for rubbish among what is there already
    asking, answering = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    for line in asking:
        request = json.loads(line)
        child = os.fork()
        if not child:
            asking.close()
            answering.close()
            _become(request)
        _, status = os.waitpid(child, 0)
        answering.write(json.dumps({"code": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
        answering.flush()


def _import_everything() -> None:
    import quandary

    for found in pkgutil.walk_packages(quandary.__path__, "quandary."):
        if not found.name.endswith("__main__") and "compiled" not in found.name:
            importlib.import_module(found.name)


def _become(request: dict[str, Any]) -> NoReturn:
    """Be a command that a shell has just started."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    kept = Path(request["kept"])
    os.environ.update({name: value for name, value in request["environment"].items() if value is not None})
    for name, value in request["environment"].items():
        if value is None:
            os.environ.pop(name, None)
    tempfile.tempdir = None
    os.chdir(request["folder"])
    if request["gone"]:
        gone = tempfile.mkdtemp()
        os.chdir(gone)
        os.rmdir(gone)  # noqa: PTH106 - as short as the call before
    sys.argv = ["quandary", *(os.fsdecode(base64.b64decode(part)) for part in request["arguments"])]
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        target = os.devnull if number == 0 else str(kept / name.removeprefix("std"))
        _set_up(number, request[name], target)
        missing = request[name] == "closed"
        setattr(sys, name, None if missing else open(number, mode, encoding=request["encoding"], closefd=False))  # noqa: SIM115
    if request["largest"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["largest"], request["largest"]))
    from quandary.__main__ import main

    _count(request, kept / "calls")
    main()
    raise SystemExit(0)


def _set_up(number: int, how: str, target: str) -> None:
    """Make a standard stream what a shell's ``>file``, ``>&-``, ``>/dev/full`` or a pipe whose reader left makes it."""
    if how == "closed":
        os.close(number)
        return
    if how == "broken":
        reader, opened = os.pipe()
        os.close(reader)
    else:
        path = "/dev/full" if how == "full" else target
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(opened, number)
    os.close(opened)


def _count(request: dict[str, Any], told: Path) -> None:
    """Count calls of functions, to send the signals at theirs; the count is written at the end."""
    if not request["signals"]:
        return
    due = [(at, getattr(signal, name)) for name, at in request["signals"]]
    process, anywhere, calls = os.getpid(), request["anywhere"], 0

    def called(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        if event != "call" or not (anywhere or OURS in frame.f_code.co_filename):
            return
        calls += 1
        while due and calls >= due[0][0]:
            if os.getpid() == process:
                os.kill(process, due.pop(0)[1])
            else:
                due.clear()

    sys.setprofile(called)
    import atexit

    atexit.register(lambda: told.write_text(str(calls), encoding="ascii") if os.getpid() == process else None)


if __name__ == "__main__":
    serve(sys.argv[1] == "warm")
