"""A Chromium that tests look at pages with: one start for many questions, asked over a pipe, without a port."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

END = b"\0"


class Browser:
    """A headless Chromium with one page; ``close`` ends it."""

    def __init__(self, profile: Path) -> None:
        theirs, self._out = os.pipe()
        self._into, ours = os.pipe()
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe")
        words = ["bash", "-c", f'exec "$0" "$@" 3<&{theirs} 4>&{ours}', str(CHROMIUM), *options]
        words += [f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(words, pass_fds=(theirs, ours), stderr=subprocess.DEVNULL)
        os.close(theirs)
        os.close(ours)
        self._asked, self._read, self._session = 0, b"", ""
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._send("Page.enable")

    def show(self, page: str, folder: Path, *, scripts: bool = True) -> None:
        """Load a page from a file of its own, with JavaScript or without, and wait for it."""
        source = folder / "page.html"
        source.write_text(page, encoding="utf-8")
        self._send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self._send("Page.navigate", url=source.as_uri())
        self._wait("Page.loadEventFired")

    def resize(self, width: int, height: int = 900) -> None:
        """Make the window so many pixels wide."""
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def colours(self, scheme: str) -> None:
        """Prefer ``light`` or ``dark``."""
        self._send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def asked(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page; it is asked from outside, also without scripts."""
        found = self._send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def awaited(self, expression: str) -> Any:
        """Return what the promise of a JavaScript expression comes to."""
        found = self._send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def printed(self) -> bytes:
        """Return the page as PDF, on the paper that its style names."""
        return base64.b64decode(self._send("Page.printToPDF", preferCSSPageSize=True)["data"])

    def close(self) -> None:
        """End the browser."""
        os.close(self._out)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._into)

    def _send(self, method: str, **parameters: object) -> dict[str, Any]:
        self._asked += 1
        body: dict[str, object] = {"id": self._asked, "method": method, "params": parameters}
        if self._session:
            body["sessionId"] = self._session
        os.write(self._out, json.dumps(body).encode() + END)
        while True:
            said = self._next()
            if said.get("id") == self._asked:
                assert "error" not in said, said
                return dict(said["result"])

    def _wait(self, event: str) -> None:
        while self._next().get("method") != event:
            pass

    def _next(self) -> dict[str, Any]:
        while END not in self._read:
            more = os.read(self._into, 1 << 16)
            assert more, "the browser has ended"
            self._read += more
        said, _, self._read = self._read.partition(END)
        return dict(json.loads(said))
