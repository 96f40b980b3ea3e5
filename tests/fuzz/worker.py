"""The process in which inputs are tried: commands come in as lines of JSON, what they printed goes out the same way.

It is started by ``harness.Worker`` and lives until its standard input ends, or until the harness kills it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

KEPT = 200_000
"""So many bytes of each stream are sent back."""


STREAMS = (0, "r"), (1, "w"), (2, "w")


def _run(arguments: list[str]) -> int:
    """Return the exit code of one command; a traceback goes to standard error and counts as 70."""
    from quandary.__main__ import main

    sys.argv = ["quandary", *arguments]
    try:
        main()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:
        traceback.print_exc()
        return 70
    return 0


def _streams() -> tuple[BinaryIO, BinaryIO]:
    """Send standard output and error to files of their own, descriptors and all."""
    out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - they last as long as the process
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    return out, err


def _printed(file: BinaryIO) -> str:
    """Return what was written to a stream's file, and empty it."""
    file.seek(0)
    text = base64.b64encode(file.read(KEPT)).decode("ascii")
    file.seek(0)
    file.truncate()
    return text


def serve() -> None:
    """Answer requests until there are no more."""
    asking = os.fdopen(os.dup(0), "rb")
    answering = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    out, err = _streams()
    home = Path.cwd()
    for line in asking:
        request = json.loads(line)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(os.dup(n), mode, encoding="utf-8") for n, mode in STREAMS)
        os.chdir(request["folder"] or home)
        code = _run([os.fsdecode(base64.b64decode(part)) for part in request["arguments"]])
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.close()
        reply = {"code": code, "out": _printed(out), "err": _printed(err)}
        answering.write(json.dumps(reply).encode() + b"\n")
        answering.flush()


if __name__ == "__main__":
    serve()
