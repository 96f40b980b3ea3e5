"""The page printed to PDF by a Chromium that is already installed; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from quandary.base.problems import Problem, Refusal
from quandary.report.mark import marked_pdf

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PATIENCE = 60
"""Seconds to wait for the browser."""


def browser() -> str:
    """Return the path of an installed Chromium; refuses (Q851) where there is none."""
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    message = "a PDF needs Chromium or Chrome, and none is installed"
    raise Refusal(Problem("Q851", message, hint="write HTML (-o report.html) and print it from any browser"))


def printed(page: str) -> bytes:
    """Return a page as PDF, as a browser prints it; refuses (Q851) a failure."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_text(page, encoding="utf-8")
        command = [
            browser(),
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses to start for root otherwise; the page is our own
        try:
            subprocess.run([*command, source.as_uri()], check=True, capture_output=True, timeout=PATIENCE)
            return marked_pdf(target.read_bytes())
        except (subprocess.SubprocessError, OSError):
            message = "the browser could not print the report"
            hint = "write HTML (-o report.html) and print it from any browser"
            raise Refusal(Problem("Q851", message, hint=hint)) from None
