"""One wall around readers of foreign formats: each reads in a process of its own, bounded in time and memory.

A parser written by others may loop, fill the memory, or end the process it runs in, and one written in C cannot be
interrupted. So the file's bytes go to a child process (forked where that is safe, else started anew), and plain data
comes back as JSON; whatever else happens is one ``IsolationError`` with its reason.
"""

from __future__ import annotations

import contextlib
import dataclasses
import faulthandler
import gc
import importlib
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, Refusal, Severity

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]
Reader = Callable[[bytes], Plain]
"""A function at the top of a module, from a file's bytes to plain data; it may raise ``CaseError`` or ``Refusal``."""

_HOME = Path(__file__).resolve().parents[1]
_MEGABYTE = 1_000_000
_OUT_OF_MEMORY = 77


class Ended(Enum):
    """How a reader failed; the value completes the sentence ``the file cannot be read: ...``."""

    DAMAGED = "it is damaged"
    SLOW = "it takes too long to read"
    MEMORY = "it takes too much memory to read"
    LARGE = "there is too much in it"


class IsolationError(Exception):
    """A foreign reader did not come to an end with a file: how, and in ``cause`` what it raised, for a developer."""

    def __init__(self, ended: Ended, cause: str) -> None:
        super().__init__(f"{ended.value} ({cause})")
        self.ended = ended
        self.cause = cause

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what it is made of in another process."""
        return type(self), (self.ended, self.cause)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader may take: processor seconds, bytes beyond those that the process has, bytes of its answer.

    Time is that of the processor, so that a busy machine refuses no more than a quiet one; a reader that waits without
    computing is ended after four times as long. Memory is bounded where the system can do so (not on macOS or Windows).
    """

    seconds: int = 10
    memory: int = 1000 * _MEGABYTE
    answer: int = 50 * _MEGABYTE


def can_fork() -> bool:
    """Return whether processes may be forked here: on Linux, while no other thread could hold a lock.

    A worker of ``multiprocessing.Pool`` is a daemon, which may have no children of its own.
    """
    known = sys.modules.get("multiprocessing.process")  # not imported: this is no worker
    is_daemon = known is not None and known.current_process().daemon
    return sys.platform == "linux" and threading.active_count() == 1 and not is_daemon


def isolated(reader: Reader, data: bytes, limits: Limits | None = None) -> Plain:
    """Return what ``reader`` makes of ``data`` in a process of its own.

    Raises the ``CaseError`` or ``Refusal`` that the reader raised, and ``IsolationError`` for whatever a library raised
    and for a bound that was passed. An error that comes from Quandary's own lines is no fault of the file: it is raised
    here as ``RuntimeError``, so that it is seen as the bug that it is.
    """
    limits = limits or Limits()
    written, status = _forked(reader, data, limits) if can_fork() else _started(reader, data, limits)
    if len(written) > limits.answer:
        raise IsolationError(Ended.LARGE, f"an answer of more than {limits.answer} bytes")
    if status == 0:
        with contextlib.suppress(ValueError):
            return _answered(json.loads(written))
    if status in (_OUT_OF_MEMORY, -signal.SIGKILL):  # killed from outside: the system ran out of memory
        raise IsolationError(Ended.MEMORY, f"ended with status {status}")
    raise IsolationError(Ended.SLOW if status in _OUT_OF_TIME else Ended.DAMAGED, f"ended with status {status}")


_OUT_OF_TIME = {-int(getattr(signal, "SIGXCPU", 24)), None}


def _answered(told: dict[str, Any]) -> Plain:
    """Return a child's answer, or raise what it tells."""
    if "answer" in told:
        answer: Plain = told["answer"]
        return answer
    if "problems" in told:
        problems = [_problem(p) for p in told["problems"]]
        raise Refusal(problems[0]) if told["refusal"] else CaseError(problems)
    if told["ours"]:
        bug = RuntimeError(told["cause"])
        bug.add_note(told["trace"])
        raise bug
    raise IsolationError(Ended[told["ended"]], told["cause"])


def _problem(told: dict[str, Any]) -> Problem:
    place = Place(**told["place"] | {"lines": ()})
    return Problem(told["code"], told["message"], place, told["hint"], Severity(told["severity"]))


# --- in the child


def _told(reader: Reader, data: bytes) -> bytes:
    """Return what a child says of its work as JSON: an answer, problems, or how it ended."""
    told = _outcome(reader, data)
    try:
        return json.dumps(told).encode("ascii")
    except (TypeError, ValueError) as fault:  # the reader gave more than plain data, which no file should make it do
        return json.dumps({"ours": True, "cause": f"{reader.__qualname__}: {fault}", "trace": ""}).encode("ascii")


def _outcome(reader: Reader, data: bytes) -> dict[str, Any]:
    try:
        return {"answer": reader(data)}
    except (CaseError, Refusal) as fault:
        problems = fault.problems if isinstance(fault, CaseError) else (fault.problem,)
        told = [dataclasses.asdict(p.with_lines(())) | {"severity": p.severity.value} for p in problems]
        return {"problems": told, "refusal": isinstance(fault, Refusal)}
    except MemoryError:
        return {"ours": False, "ended": Ended.MEMORY.name, "cause": "MemoryError"}
    except RecursionError:
        return {"ours": False, "ended": Ended.DAMAGED.name, "cause": "RecursionError"}
    except BaseException as fault:  # whatever a library may raise, also what is no Exception
        last = traceback.extract_tb(fault.__traceback__)[-1]
        cause = f"{type(fault).__name__}: {fault!s:.200} at {Path(last.filename).name}:{last.lineno}"
        ours = Path(last.filename).is_relative_to(_HOME)
        trace = "".join(traceback.format_exception(fault))[-4000:] if ours else ""
        return {"ours": ours, "ended": Ended.DAMAGED.name, "cause": cause, "trace": trace}


def _work(reader: Reader, data: bytes, limits: Limits, answers: int) -> NoReturn:
    """Read, write the answer to the descriptor ``answers``, and end this process without ceremony."""
    status = 1
    try:
        _bound(limits)
        told = _told(reader, data)
        if len(told) > limits.answer:
            told = told[: limits.answer + 1]
        rest = memoryview(told)
        while rest:
            rest = rest[os.write(answers, rest) :]
        status = 0
    except MemoryError:
        status = _OUT_OF_MEMORY
    finally:
        os._exit(status)


def _bound(limits: Limits) -> None:
    """Bound this process, and leave it no place to print to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who waits hears Ctrl-C, and ends this process
    faulthandler.disable()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdout = sys.stderr = os.fdopen(nowhere, "w")
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + limits.seconds
    _lower(resource.RLIMIT_CPU, seconds, seconds + 1)
    with contextlib.suppress(OSError):  # only Linux tells how much address space a process has
        has = int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
        _lower(resource.RLIMIT_AS, has + limits.memory, has + limits.memory)


def _lower(which: int, soft: int, hard: int) -> None:
    """Lower a limit of this process; one that is lower already stays."""
    import resource

    now = resource.getrlimit(which)[1]
    if now != resource.RLIM_INFINITY:
        soft, hard = min(soft, now), min(hard, now)
    resource.setrlimit(which, (soft, hard))


# --- in the parent


def _forked(reader: Reader, data: bytes, limits: Limits) -> tuple[bytes, int | None]:
    """Return what a forked child wrote and how it ended: its code, minus its signal, or ``None`` after the time."""
    here, there = os.pipe()
    with warnings.catch_warnings():
        # newer Pythons warn of the threads of numerical libraries, which hold no lock that a reader of files could want
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.close(here)
            gc.freeze()  # to look for circles in what was there before would only copy its pages
            _work(reader, data, limits, there)
        finally:
            os._exit(1)
    status: int | None = None
    try:
        os.close(there)
        written = b"".join(_received(here, limits))
        _, ended = os.waitpid(child, 0)
        child = 0
        status = os.waitstatus_to_exitcode(ended)
    except TimeoutError:
        written = b""
    finally:
        os.close(here)
        if child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return written, status


def _received(answers: int, limits: Limits) -> Iterator[bytes]:
    """Yield what comes through a pipe until it is closed; raises ``TimeoutError`` when that is too late."""
    waiting = select.poll()
    waiting.register(answers, select.POLLIN)
    latest = time.monotonic() + _patience(limits)
    while waiting.poll(max(0.0, 1000 * (latest - time.monotonic()))):
        part = os.read(answers, 1 << 16)
        if not part:
            return
        yield part
    raise TimeoutError


def _patience(limits: Limits) -> float:
    return 4.0 * limits.seconds + 5.0  # a new process needs a moment to start


def _started(reader: Reader, data: bytes, limits: Limits) -> tuple[bytes, int | None]:
    """Return the same of a process that is started anew."""
    code = f"_serve({reader.__module__!r}, {reader.__qualname__!r}, {limits!r})"
    code = f"from quandary.base.isolation import Limits, _serve; {code}"
    with started(code) as child:
        try:
            written, _ = child.communicate(data, timeout=_patience(limits))
        except subprocess.TimeoutExpired:
            return b"", None
        finally:
            child.kill()
    return written, child.returncode


def _serve(module: str, name: str, limits: Limits) -> NoReturn:
    """Do the work of a process that was started anew: bytes come by standard input, the answer leaves by output."""
    data = sys.stdin.buffer.read()
    answers = os.dup(1)
    _work(getattr(importlib.import_module(module), name), data, limits, answers)


# --- work of our own in a process that can be ended

ASKED_EVERY = 0.05
"""Seconds between two questions whether to wait on for a process."""

ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
HEARD = {signal.SIGINT, *ENDING}
"""Signals that end a command: who waits hears them and ends the processes, which hear none from the keyboard."""

Given = TypeVar("Given")
Answer = TypeVar("Answer")


def attended(work: Callable[[Given], Answer], given: Given, ask: Callable[[], None]) -> Answer:
    """Return what a function at the top of a module makes of what it is given, in a process of its own.

    ``ask`` is called from time to time; where it raises, the process is ended: so work is stopped that hears neither
    signals nor clocks. What goes in and out is pickled; a fault of the work is raised as itself.
    """
    ask()
    done, answer = (_attended_fork if can_fork() else _attended_start)(work, given, ask)
    if not done:
        raise answer
    return cast("Answer", answer)


def forked(target: Callable[..., object], *arguments: object) -> ForkProcess:
    """Return a forked process that calls ``target``; Ctrl-C is not heard there. Only where ``can_fork`` says so."""
    import multiprocessing

    child = multiprocessing.get_context("fork").Process(target=_quietly, args=(target, arguments), daemon=True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)  # until the child has said what it makes of them
    try:
        child.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    except BaseException:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if child.pid is not None:
            child.kill()
        raise
    return child


def started(code: str) -> subprocess.Popen[bytes]:
    """Return a Python process that is started anew and runs ``code``; Ctrl-C is not heard there."""
    path = os.pathsep.join(part for part in sys.path if part)
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return subprocess.Popen(
        [sys.executable, "-P", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        **apart,
    )


def _quietly(target: Callable[..., object], arguments: tuple[object, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in ENDING:
        if signal.getsignal(ending) != signal.SIG_IGN:
            signal.signal(ending, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
    gc.freeze()  # what was there before the fork stays; to look for circles in it would only copy its pages
    target(*arguments)


def _done(work: Callable[[Given], Answer], given: Given) -> tuple[bool, Answer | Exception]:
    """Return whether the work came to its end, and its answer or its fault."""
    try:
        return True, work(given)
    except Exception as fault:
        return False, fault


def _attended_fork(work: Callable[[Given], Answer], given: Given, ask: Callable[[], None]) -> tuple[bool, Any]:
    import multiprocessing

    here, there = multiprocessing.Pipe(duplex=False)
    child = forked(lambda: there.send(_done(work, given)))
    there.close()
    try:
        while not here.poll(ASKED_EVERY):
            ask()
        answer: tuple[bool, Any] = here.recv()
    except (EOFError, OSError):  # it ended before its answer, or in the midst of it
        return False, MemoryError("a process was ended by the system")
    finally:
        child.kill()
        child.join()
        here.close()
    return answer


def _attended_start(work: Callable[[Given], Answer], given: Given, ask: Callable[[], None]) -> tuple[bool, Any]:
    data: bytes | None = pickle.dumps((work, given))
    with started("from quandary.base.isolation import attend; attend()") as child:
        try:
            while True:
                try:
                    written, _ = child.communicate(data, timeout=ASKED_EVERY)
                    break
                except subprocess.TimeoutExpired:
                    data = None
                    ask()
        finally:
            child.kill()
    if child.returncode:
        return False, MemoryError("a process was ended by the system")
    answer: tuple[bool, Any] = pickle.loads(written)
    return answer


def attend() -> None:
    """Do what is asked of a process that was started anew: work comes by standard input, its end goes to output."""
    work, given = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(_done(work, given)))
