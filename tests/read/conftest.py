"""What the tests of reading share: one loaded model, and a way to read a snippet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from quandary.read import ArticleReading, lay_out, load_model, read_article


@pytest.fixture(scope="session")
def model() -> Any:
    return load_model()


@pytest.fixture(scope="session")
def read(model: Any) -> Callable[..., ArticleReading]:
    """Return a reader of snippets: body text alone, or a whole page with ``page=True``."""

    def of(text: str, *, page: bool = False, published: str | None = None) -> ArticleReading:
        if not page:
            text = f"Border News\n\n{published or '5 March 2030'}\n\n{text}"
        reading = read_article(lay_out(text, identity="snippet"), model=model)
        for statement in reading.statements:
            p = statement.passage
            assert text[p.start : p.end] == p.text
        return reading

    return of
