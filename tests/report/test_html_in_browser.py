"""The page as a browser shows it: how tall and wide, how large its letters, what prints, and without JavaScript."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader
from tests.report.browser import CHROMIUM, Browser
from tests.report.dossiers import flagship, flagship_page, long_named, small, small_page
from tests.report.test_html_sliders import unpacked

from quandary.quantities import effective_number, weighted_mean, weighted_quantiles
from quandary.report import FEWEST, WIDTH, Dossier, page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here to look at the page with"),
]

WIDTHS = (360, 768, 1280, 1920)
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true })"
HEIGHT = "document.documentElement.scrollHeight"
BEYOND = """[...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1
 && !one.closest('.dgw, .vh, .scroll, svg, pre')).map(one => one.tagName + '.' + one.className).slice(0, 5).join(' ')"""
OVERLAPPING = """[...document.querySelectorAll('.list summary')].filter(row => {
 const words = row.querySelector('.q'), strip = row.querySelector('.strip');
 const ends = [...words.children].map(one => one.getBoundingClientRect());
 const box = strip.getBoundingClientRect();
 const beside = one => one.right > box.left + 1 && one.left < box.right;
 return ends.some(one => beside(one) && one.bottom > box.top && one.top < box.bottom)
}).length"""
CUT = """[...document.querySelectorAll('.dg text')].filter(one => one.getBoundingClientRect().right
 > one.closest('svg').getBoundingClientRect().right).map(one => one.textContent).join('; ')"""
HIDDEN = """[...document.querySelectorAll('main *')].filter(one => getComputedStyle(one).visibility === 'hidden'
 || getComputedStyle(one).display === 'none').filter(one => one.innerText && !one.matches('.nl, .nl *, .zoom, .zoom *')
 && !one.closest('details:not([open]) > :not(summary)')).length"""
AXE = Path(getattr(find_spec("axe_playwright_python"), "origin", "")).with_name("axe.min.js")
FAULTS = """axe.run().then(found => found.violations.map(one => one.id + ' ' + one.nodes[0].target))"""
LETTERS = """Math.min(...[...document.querySelectorAll('.dg text')].map(one =>
 parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a))"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = Browser(tmp_path_factory.mktemp("profile"))
    yield found
    found.close()


def test_the_flagship_as_opened_is_short_and_nothing_stands_out_at_the_side(browser: Browser, tmp_path: Path) -> None:
    browser.show(flagship_page(), tmp_path)
    for width in WIDTHS:
        browser.resize(width)
        assert browser.asked(HEIGHT) < (12_000 if width < 768 else 8_000 if width < 1280 else 6_000), width
        assert browser.asked("document.documentElement.scrollWidth") <= width
        assert browser.asked(BEYOND) == "", width
    browser.asked(OPEN)
    for width in WIDTHS:
        browser.resize(width)
        assert browser.asked("document.documentElement.scrollWidth") <= width
        assert browser.asked(BEYOND) == "", width


def test_nothing_stands_out_at_the_side_with_long_names(browser: Browser, tmp_path: Path) -> None:
    browser.show(page(long_named()), tmp_path)
    for opened in (False, True):
        if opened:
            browser.asked(OPEN)
        for width in WIDTHS:
            browser.resize(width)
            assert browser.asked("document.documentElement.scrollWidth") <= width
            assert browser.asked(BEYOND) == "", width
            assert browser.asked(OVERLAPPING) == 0, width
    browser.resize(1280)
    assert browser.asked(CUT) == ""


def test_shares_of_many_readings_stay_in_their_column(browser: Browser, tmp_path: Path) -> None:
    report = small().report
    claims = tuple(replace(one, tests=one.tests * 5) for one in report.findings.claims)
    many = replace(report, findings=replace(report.findings, claims=claims))
    browser.show(page(replace(small(), report=many)), tmp_path)
    for width in WIDTHS:
        browser.resize(width)
        assert browser.asked("document.documentElement.scrollWidth") <= width
        assert browser.asked("[...document.querySelectorAll('.nn')].every(one => one.scrollWidth <= one.clientWidth)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_as_opened_and_with_every_section_opened(
    browser: Browser, tmp_path: Path, scheme: str
) -> None:
    browser.show(small_page(), tmp_path)
    browser.colours(scheme)
    browser.asked(AXE.read_text(encoding="utf-8"))
    for opened in (False, True):
        if opened:
            browser.asked(OPEN)
        browser.resize(1280 if opened else 360)
        assert browser.awaited(FAULTS) == [], opened
    browser.colours("light")
    browser.asked("document.querySelector('h1, h2').outerHTML = '<img src=x>'")
    assert any(one.startswith("image-alt") for one in browser.awaited(FAULTS)), "it looks"


def test_the_diagram_can_be_read_and_on_a_phone_opens_whole_and_can_be_zoomed(browser: Browser, tmp_path: Path) -> None:
    browser.show(flagship_page(), tmp_path)
    browser.asked(OPEN)
    for width in (1280, 1920):
        browser.resize(width)
        assert browser.asked(LETTERS) >= 12.0
    browser.resize(360)
    fits = "document.querySelector('.dgw').scrollWidth <= document.querySelector('.dgw').clientWidth"
    assert browser.asked(fits)
    assert browser.asked("getComputedStyle(document.querySelector('.nl')).display") == "block"
    browser.asked("document.getElementById('zoom-3').click()")
    assert browser.asked(LETTERS) >= 12.0
    assert not browser.asked(fits)


def long_worded(dossier: Dossier) -> Dossier:
    """Return a dossier whose claims, title and question are as long as people write them, and longer."""
    report = dossier.report
    claims = tuple(
        replace(one, claim=replace(one.claim, quote=f"{one.claim.quote} {'and so on and so forth ' * 20}"))
        for one in report.findings.claims
    )
    assert report.headline is not None
    leading = replace(report.headline.leading, title="Will it come to that in the end, and if so when? " * 6)
    return replace(
        dossier,
        report=replace(
            report,
            case=replace(report.case, title="A long title of a long crisis " * 6),
            findings=replace(report.findings, claims=claims),
            headline=replace(report.headline, leading=leading),
        ),
    )


PRINTED: dict[str, Callable[[], str]] = {
    "flagship": flagship_page,
    "template": small_page,
    "long words": lambda: page(long_worded(flagship())),
    "long names": lambda: page(long_named()),
}


@pytest.mark.parametrize("made", PRINTED)
def test_a_print_is_one_page_of_a4(browser: Browser, tmp_path: Path, made: str) -> None:
    browser.show(PRINTED[made](), tmp_path)
    browser.resize(1280)
    browser.colours("dark")
    paper = PdfReader(io.BytesIO(browser.printed()))
    browser.colours("light")
    assert len(paper.pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in paper.pages[0].mediabox[2:]] == [210, 297]
    assert "seed 1" in paper.pages[0].extract_text()


def test_all_is_printed_where_that_is_asked_for(browser: Browser, tmp_path: Path) -> None:
    browser.show(small_page(), tmp_path)
    browser.asked("document.getElementById('all').click()")
    sha = small().report.case.sha256
    for text in (browser.printed(), printed_whole(browser, tmp_path)):
        paper = PdfReader(io.BytesIO(text))
        assert len(paper.pages) > 2
        words = re.sub(r"\s", "", "".join(one.extract_text() for one in paper.pages))
        assert sha in words
        assert "Everyuncertainnumber" in words


def printed_whole(browser: Browser, folder: Path) -> bytes:
    browser.show(page(small(), whole=True), folder)
    return browser.printed()


def test_without_javascript_everything_can_be_opened_and_read(browser: Browser, tmp_path: Path) -> None:
    text = flagship_page(sliders=True)
    browser.resize(1280)
    browser.show(text, tmp_path, scripts=False)
    shown = browser.asked("document.body.innerText")
    assert flagship().report.case.title in shown
    for result in flagship().report.findings.claims:
        if result.tests:
            assert result.claim.quote in shown
    assert browser.asked(HIDDEN) == 0
    browser.asked(OPEN)
    assert browser.asked("document.body.innerText").count("\n") > 3 * shown.count("\n")
    for wanted in ("Every uncertain number", "Solved beside known ranges", "What leads to what"):
        assert wanted in browser.asked("document.body.innerText")
    browser.show(text, tmp_path)


@pytest.mark.parametrize("held", [(0, 0, 0), (1, 0, 0), (13, 0, 0), (1, 13, 13)])
def test_the_script_says_what_python_says(browser: Browser, tmp_path: Path, held: tuple[int, ...]) -> None:
    dossier = small()
    cells, values, weights = unpacked(dossier)
    held = held[: len(dossier.held)]
    kept = np.ones(len(values), dtype=bool)
    for place, start in enumerate(held):
        if start:
            kept &= (cells[place] >= start - 1) & (cells[place] < start - 1 + WIDTH)
    text = small_page(sliders=True)
    for place, start in enumerate(held):
        text = text.replace(
            f'id="hold-{place + 1}" min="0" max="13" value="0"', f'id="hold-{place + 1}" max="13" value="{start}"'
        )
    browser.show(text, tmp_path)
    status = unescape(browser.asked("document.querySelector('[role=status]').textContent"))
    status = status.replace("\N{NO-BREAK SPACE}", " ")
    assert f"{kept.sum():,} of {len(values):,} worlds" in status
    if effective_number(weights[kept]) < FEWEST:
        assert "too few" in status
        return
    numbers = [float(found) for found in re.findall(r"([\d.]+) %", status)]
    mean = weighted_mean(values[kept], weights[kept])
    low, high = weighted_quantiles(values[kept], weights[kept], (0.05, 0.95))
    assert mean is not None
    assert low is not None
    assert high is not None
    assert numbers == pytest.approx([100 * mean, 90, 100 * low, 100 * high], abs=0.51)
