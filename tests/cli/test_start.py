"""Help and explain start without the heavy libraries; nothing imports what it must not."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "pydantic", "pandas", "altair", "spacy", "networkx", "lark", "ruamel")


def _loaded_after(arguments: list[str]) -> set[str]:
    program = (
        "import sys\n"
        "from quandary.cli import main\n"
        f"sys.argv = ['quandary', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    code = stop.code\n"
        "print('LOADED', *sorted({m.split('.')[0] for m in sys.modules} | set(sys.modules)), sep='\\n')\n"
        "sys.exit(code or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split("LOADED\n")[1].splitlines())


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "Q804"], ["explain"], ["--version"]])
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    assert not _loaded_after(arguments) & set(HEAVY)
