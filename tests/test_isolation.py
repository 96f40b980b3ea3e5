"""The wall around readers of foreign formats: whatever one does, a reason comes back, and nothing is left running."""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from quandary.base import (
    CaseError,
    Ended,
    IsolationError,
    Limits,
    Place,
    Plain,
    Problem,
    Refusal,
    Severity,
    Stopped,
    TooLarge,
    Unread,
    UnreadableError,
    attended,
    isolated,
    isolation,
)

SMALL = Limits(seconds=1, memory=200_000_000, answer=1_000_000)
FOLDER = Path(__file__).parent


def count(data: bytes) -> Plain:
    sys.stderr.write("libraries print")
    os.write(1, b"where they please")
    return {"bytes": len(data), "odd": "\ud800 \x00 é", "list": [1, None, True, 0.5]}


def raise_one(data: bytes) -> Plain:
    raise {b"key": KeyError, b"assert": AssertionError, b"not": NotImplementedError, b"exit": SystemExit}[data]("x")


def loop(data: bytes) -> Plain:
    while True:
        pass


def wait(data: bytes) -> Plain:
    time.sleep(1000)
    return None


def fill(data: bytes) -> Plain:
    return len([bytes(10_000_000) + data for _ in range(1000)])


def fall(data: bytes) -> Plain:
    ctypes.string_at(0)
    return None


def leave(data: bytes) -> Plain:
    os._exit(0)


def nest(data: bytes) -> Plain:
    return nest(data)


def write_much(data: bytes) -> Plain:
    return "x" * 5_000_000


def no_data(data: bytes) -> Plain:
    return {1, 2}  # type: ignore[return-value]


def refuse(data: bytes) -> Plain:
    raise Refusal(Problem("Q704", "it holds pictures", Place("a.pdf", 1, 2, 3), "run OCR", Severity.WARNING))


def complain(data: bytes) -> Plain:
    raise CaseError([Problem("Q603", "one"), Problem("Q607", "two", Place("a.bif", 4, 5))])


@pytest.fixture(params=["forked", "started"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "started":
        monkeypatch.setattr(isolation, "can_fork", lambda: False)
        monkeypatch.syspath_prepend(str(FOLDER.parent))
        for value in list(globals().values()):  # a new process finds them by the name of their module
            if callable(value) and getattr(value, "__module__", None) == __name__:
                monkeypatch.setattr(value, "__module__", "tests.test_isolation")
    elif not isolation.can_fork():
        pytest.skip("no processes are forked here")
    yield request.param


def ended(reader: Callable[[bytes], Plain], data: bytes = b"") -> IsolationError:
    with pytest.raises(IsolationError) as fault:
        isolated(reader, data, SMALL)
    return fault.value


def test_plain_data_comes_back(way: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = b"\x00x" * 500_000  # more than a pipe holds
    answer = {"bytes": 1_000_000, "odd": "\ud800 \x00 é", "list": [1, None, True, 0.5]}
    assert isolated(count, data, SMALL) == answer
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.parametrize("raised", ["key", "assert", "not", "exit"])
def test_whatever_a_library_raises_is_damage(way: str, raised: str) -> None:
    assert ended(raise_one, raised.encode()).ended is Ended.DAMAGED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reader", "how"),
    [
        (loop, Ended.SLOW),
        (fill, Ended.MEMORY),
        (fall, Ended.DAMAGED),
        (leave, Ended.DAMAGED),
        (nest, Ended.DAMAGED),
        (write_much, Ended.LARGE),
    ],
)
def test_what_cannot_be_caught_ends_too(way: str, reader: Callable[[bytes], Plain], how: Ended) -> None:
    assert ended(reader).ended is how


@pytest.mark.slow
def test_one_that_waits_is_ended(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_patience", lambda limits: 0.5)
    assert ended(wait).ended is Ended.SLOW
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)  # nothing is left of it


def test_refusals_and_faults_come_through(way: str) -> None:
    with pytest.raises(Refusal) as refusal:
        isolated(refuse, b"")
    assert refusal.value.problem == Problem(
        "Q704", "it holds pictures", Place("a.pdf", 1, 2, 3), "run OCR", Severity.WARNING
    )
    with pytest.raises(CaseError) as fault:
        isolated(complain, b"")
    assert fault.value.problems == (Problem("Q603", "one"), Problem("Q607", "two", Place("a.bif", 4, 5)))


def test_a_bug_of_ours_stays_one(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RuntimeError, match="no_data"):
        isolated(no_data, b"")
    if way == "forked":
        monkeypatch.setattr(isolation, "_HOME", FOLDER)
        with pytest.raises(RuntimeError, match="KeyError: 'x' at test_isolation") as bug:
            isolated(raise_one, b"key")
        assert "raise_one" in bug.value.__notes__[0]


def test_a_child_goes_with_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    if not isolation.can_fork():
        pytest.skip("no processes are forked here")

    def stop(*_: object) -> Iterator[bytes]:
        raise KeyboardInterrupt
        yield b""

    monkeypatch.setattr(isolation, "_received", stop)
    with pytest.raises(KeyboardInterrupt):
        isolated(wait, b"")
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_lower_limit_of_the_system_stays() -> None:
    """As under ``ulimit``: a limit may be lowered, never raised."""
    program = (
        "import json, resource\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (3, 3))\n"
        "from quandary.base.isolation import isolated\n"
        "from tests.test_isolation import count\n"
        "print(json.dumps(isolated(count, b'abc')['bytes']))\n"
    )
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=600, cwd=FOLDER.parent
    )
    assert json.loads(done.stdout) == 3


def doubled(given: int) -> tuple[int, int]:
    return 2 * given, os.getpid()


def endless(_given: int) -> None:
    threading.Event().wait(600.0)


def failing(given: int) -> None:
    raise ValueError(f"no {given}")


def refusing(given: int) -> None:
    raise Refusal(Problem("Q819", f"no {given}", hint="another"))


def killed(_given: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


FAULTS = (
    CaseError([Problem("Q104", "unknown", Place("case.yaml", 3, 1), hint="known: x"), Problem("Q150", "odd")]),
    Refusal(Problem("Q819", "no", hint="yes")),
    TooLarge(1 << 40, 3, ["war", "peace"], "cut", "war"),
    IsolationError(Ended.SLOW, "late"),
    UnreadableError(Path("a/case.yaml"), Unread.LARGE, "is too large", size=9),
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_arrives_from_another_process_as_it_was(fault: Exception) -> None:
    arrived = pickle.loads(pickle.dumps(fault))
    assert type(arrived) is type(fault)
    assert (str(arrived), vars(arrived)) == (str(fault), vars(fault))


def torn(_given: int) -> None:
    def part(self: Connection, _answer: bytes) -> None:
        os.write(self.fileno(), struct.pack("!i", 100) + b"so far")
        os._exit(1)

    Connection._send_bytes = part  # type: ignore[attr-defined]


def test_an_answer_that_breaks_off_is_none() -> None:
    """As where the system ends a process for its memory while it writes; what is changed stays in the child."""
    if not isolation.can_fork():
        pytest.skip("no processes are forked here")
    with pytest.raises(MemoryError, match="ended by the system"):
        attended(torn, 0, lambda: None)


DAEMON = """
import math, multiprocessing
from quandary.base.isolation import attended, can_fork
def apart(there):
    there.send((can_fork(), attended(math.factorial, 5, lambda: None)))
here, there = multiprocessing.Pipe(duplex=False)
child = multiprocessing.get_context("fork").Process(target=apart, args=(there,), daemon=True)
child.start()
there.close()
print(*here.recv())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux only")
def test_a_daemon_has_processes_of_its_own() -> None:
    """A worker of ``multiprocessing.Pool`` is a daemon, which may fork no children."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", DAEMON], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout == "False 120\n", done.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("way")
def test_attended_work_answers_fails_and_ends() -> None:
    asked: list[int] = []
    answer, process = attended(doubled, 21, lambda: asked.append(1))
    assert answer == 42 and process != os.getpid() and asked
    with pytest.raises(ValueError, match="no 3"):
        attended(failing, 3, lambda: None)
    with pytest.raises(Refusal, match="Q819 no 3") as refused:
        attended(refusing, 3, lambda: None)
    assert refused.value.problem.hint == "another"
    with pytest.raises(MemoryError):
        attended(killed, 3, lambda: None)

    def thrice() -> None:
        asked.append(1)
        if len(asked) > 3:
            raise Stopped

    asked.clear()
    with pytest.raises(Stopped):
        attended(endless, 0, thrice)
    assert not multiprocessing.active_children()
