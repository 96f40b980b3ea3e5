"""What is compiled ahead is all that a run needs."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import pytest

from quandary.solve import preparing

PROGRAM = """
from quandary.solve.preparing import compile_all
assert compile_all()
from numba.core import event
from quandary.ask.study import Study
import quandary
from quandary.engine.playing import diagram_game
used = []
before = diagram_game.fused_pass
def counted(*arguments):
    used.append(before(*arguments))
    return used[-1]
diagram_game.fused_pass = counted
with event.install_recorder("numba:compile") as heard:
    case = quandary.load("kazakhstan-2022").case
    Study(case, worlds=96, threads=1).answers(["P(invasion)", "P(invasion | do(request = csto))"])
    from quandary.engine.playing.fused import FusedPass
    assert [found for found in used if isinstance(found, FusedPass)]
    assert not heard.buffer, [entry for entry in heard.buffer]
print("as it should be")
"""


@pytest.mark.slow
@pytest.mark.skipif(find_spec("numba") is None, reason='compiled code needs "quandary[fast]"')
def test_a_run_compiles_nothing_more() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout == "as it should be\n", done.stderr


def test_without_numba_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "compiled_code_available", lambda: False)
    assert not preparing.compile_all()
