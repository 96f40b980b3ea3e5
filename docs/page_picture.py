"""Makes the picture of the page in README.md: the flagship in a real browser, light.

    PYTHONPATH=src python docs/page_picture.py

Needs Playwright and Chromium; the page is served to this machine alone while it runs.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.web.browsing import Reader, browsing
from tests.web.servers import serving

from quandary.base import write_files

CASE, WORLDS = "kazakhstan-2022", 10_000
PLACE = Path(__file__).resolve().parent / "pictures" / "page.png"
SIZE = {"width": 1120, "height": 680}
PATIENCE = 600_000


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), worlds=WORLDS) as served, browsing() as browser:
        reader = Reader(browser, served, CASE, patience=PATIENCE, viewport=SIZE, color_scheme="light")
        picture = reader.page.screenshot()
        reader.close()
    write_files({PLACE: picture}, force=True)
    sys.stdout.write(f"{PLACE.name}: {len(picture) / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()
