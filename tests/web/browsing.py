"""A real browser for tests of the page, where one is installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from tests.web.servers import TOKEN, Served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu")
PATIENCE = 15_000
"""Milliseconds after which something that should have come is missing; nothing waits so long where all is well."""


@contextmanager
def browsing() -> Iterator[Any]:
    """Start a browser within the block; skips where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="the page's tests need playwright")
    if CHROMIUM is None:
        pytest.skip("the page's tests need Chromium: apt-get install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Reader:
    """Somebody with the page of a case before them; ``said`` are the console's complaints."""

    def __init__(
        self, browser: Any, served: Served, case: str, query: str = "", *, patience: int = PATIENCE, **how: Any
    ) -> None:
        self.served = served
        self.context = browser.new_context(**how)
        self.context.set_default_timeout(patience)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda line: self.said.append(line.text) if line.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda fault: self.said.append(str(fault)))
        self.address = f"http://127.0.0.1:{served.port}/case?case={quote(case)}{query}"
        self.page.goto(f"http://127.0.0.1:{served.port}/?all=1&token={TOKEN}")
        self.page.goto(self.address)
        self.page.wait_for_selector("#answer")
        self.settled()

    def settled(self) -> None:
        """Wait until all moves are made, and all worlds are in."""
        self.page.wait_for_function(
            "() => { const own = document.body.dataset, told = document.getElementById('status').dataset;"
            " return own.busy !== 'yes' && told.phase === 'settled'"
            " && Number(told.version) >= Number(own.version || 0) }"
        )

    @property
    def version(self) -> int:
        """Return the version of the case that the page shows."""
        return int(self.page.get_attribute("#status", "data-version"))

    def headline(self) -> str:
        """Return the sentence at the top."""
        return str(self.page.inner_text("#h1")).replace("\N{NO-BREAK SPACE}", " ")

    def other_than(self, said: str) -> None:
        """Wait until the sentence at the top is another."""
        script = "was => document.getElementById('h1').innerText.replace(/\\u00a0/g, ' ') !== was"
        self.page.wait_for_function(script, arg=said)

    def close(self) -> None:
        """Close it."""
        self.context.close()
