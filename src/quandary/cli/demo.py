"""``quandary demo``: the flagship, from anywhere."""

from __future__ import annotations

import typer

from quandary.cli.options import AsJson, Memory, Quiet, Seed, Worlds
from quandary.cli.run import run_case

FLAGSHIP = "kazakhstan-2022"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""

    @app.command()
    def demo(
        worlds: Worlds = 10_000, seed: Seed = 1, memory: Memory = None, as_json: AsJson = False, quiet: Quiet = False
    ) -> None:
        """Run the flagship: the January 2022 crisis in Kazakhstan and what it meant for Ukraine."""
        run_case(
            FLAGSHIP,
            worlds=worlds,
            seed=seed,
            as_of=None,
            no_evidence=False,
            no_search=False,
            text=None,
            as_json=as_json,
            quiet=quiet,
        )
