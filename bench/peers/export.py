"""Write the games that peers read as Gambit files: ``python export.py FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from games import chain, signalling

from quandary.formats.efg import write_efg
from quandary.formats.efg_tree import efg_of
from quandary.game.unroll import unroll

CHAINS = (2, 3, 4, 5, 6, 8)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    made = {f"signalling{states}": signalling(1, states=states) for states in (2, 3)}
    made |= {f"chain{length}": chain(length) for length in CHAINS}
    for name, diagram in made.items():
        (folder / f"{name}.efg").write_text(write_efg(efg_of(unroll(diagram).tree)), encoding="utf-8")


if __name__ == "__main__":
    main()
