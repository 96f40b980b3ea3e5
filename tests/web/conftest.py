"""One server and one browser for the tests of a file that need none of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.browsing import Reader, browsing
from tests.web.servers import Served, serving

from quandary.use import write_template


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a folder with the template in it."""
    folder: Path = tmp_path_factory.mktemp("served")
    write_template(folder / "dam")
    with serving(folder) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser for all tests of a file."""
    with browsing() as found:
        yield found


@pytest.fixture
def reading(browser: Any) -> Iterator[Callable[..., Reader]]:
    """Return what opens a case's page, closed at the end of the test."""
    opened: list[Reader] = []

    def read(served: Served, case: str, query: str = "", **how: Any) -> Reader:
        opened.append(Reader(browser, served, case, query, **how))
        return opened[-1]

    yield read
    for one in opened:
        one.close()


@pytest.fixture
def dam(served: Served, request: pytest.FixtureRequest) -> str:
    """Return a case of its own for a test, in the folder that is served."""
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name)[:60]
    write_template(served.folder / name)
    return f"{name}/case.yaml"
