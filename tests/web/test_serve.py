"""``quandary serve`` as a command, and the examples of docs/api.md as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.web.servers import TOKEN, Served

pytestmark = pytest.mark.slow
DOCUMENT = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(r"```(sh|python) api\n(.*?)```", re.DOTALL)


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command; give the process and the line that says where it serves."""
    command = (sys.executable, "-m", "quandary", "serve", *arguments)
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        yield process, process.stderr.readline()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_serves_and_ends_when_told(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path, "--port", "0") as (process, line):
        found = re.fullmatch(r"Open (http://127\.0\.0\.1:(\d+)/\?token=[\w-]{20,})\n", line)
        assert found
        with socket.create_connection(("127.0.0.1", int(found[2])), 20) as wire:
            wire.sendall(f"GET /api/files HTTP/1.1\r\nHost: 127.0.0.1:{found[2]}\r\n\r\n".encode())
            assert wire.recv(100).startswith(b"HTTP/1.1 401")
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, "The server was ended.\n")
        assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), 'there is no case file, folder or shipped case "nowhere"'),
        (("--port", "70000"), "70000"),
        (("--port", "TAKEN"), "cannot be had"),
    ],
)
def test_what_cannot_be_served_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        own = [port if one == "TAKEN" else one for one in arguments]
        ended = subprocess.run(
            [sys.executable, "-m", "quandary", "serve", *own],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode in {1, 2}
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_extra_is_named_where_it_is_missing(tmp_path: Path) -> None:
    begin = "import sys; sys.modules['uvicorn'] = None; sys.argv[1:] = ['serve']"
    code = f"{begin}; from quandary.__main__ import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert "pip install 'quandary[web]'" in ended.stderr


@pytest.mark.parametrize("example", EXAMPLE.findall(DOCUMENT.read_text(encoding="utf-8")))
def test_the_examples_of_the_document_work(served: Served, tmp_path: Path, example: tuple[str, str]) -> None:
    language, text = example
    if language == "sh" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = [sys.executable, "-c", text] if language == "python" else ["bash", "-euc", text]
    environment = {**os.environ, "ADDRESS": f"http://127.0.0.1:{served.port}", "TOKEN": TOKEN}
    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "problems" not in ended.stdout
    if language == "sh":
        document = ended.stdout[ended.stdout.rindex("{", 0, ended.stdout.rindex('"schema"')) :]
        assert json.loads(document)["schema"].startswith("quandary.")
