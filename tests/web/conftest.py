"""One server for all tests of a worker that do not need one of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.web.servers import Served, serving

from quandary.use import write_template


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a folder with the template in it."""
    folder: Path = tmp_path_factory.mktemp("served")
    write_template(folder / "dam")
    with serving(folder) as found:
        yield found
