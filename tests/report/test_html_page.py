"""The page: one file, nothing fetched, no script; its structure read by an HTML parser."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from tests.report.dossiers import flagship, flagship_page, small, small_page

from quandary.compile import UncertainNumber
from quandary.report import page

VOID = {"meta", "link", "img", "br", "hr", "input", "path", "line", "ellipse", "rect", "polygon", "circle", "use"}
PAGES = {"template": small_page, "flagship": flagship_page}


class Reader(HTMLParser):
    """Reads a page into a flat list of (tag, attributes, text inside) and checks that tags nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[int] = []
        self.feed(text)
        assert not self._open, [self.found[i][0] for i in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in VOID:
            self._open.append(len(self.found) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.found[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for index in self._open:
            self.found[index][2].append(data)

    def all(self, *tags: str) -> list[tuple[str, dict[str, str], str]]:
        return [(tag, attributes, "".join(text)) for tag, attributes, text in self.found if tag in tags]


@pytest.fixture(scope="module", params=PAGES)
def text(request: pytest.FixtureRequest) -> str:
    return PAGES[request.param]()


@pytest.fixture(scope="module")
def reader(text: str) -> Reader:
    return Reader(text)


@pytest.mark.slow
def test_nothing_is_fetched_and_nothing_runs(text: str, reader: Reader) -> None:
    assert not reader.all("script", "link", "img", "iframe", "object", "embed", "source", "video", "base", "form")
    for _, attributes, _ in reader.found:
        assert not {"src", "srcset", "poster", "data", "background"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
        assert "xlink:href" not in attributes
    styles = "".join(body for _, _, body in reader.all("style"))
    assert "url(" not in styles
    assert "@import" not in styles
    assert "default-src 'none'" in text


@pytest.mark.slow
def test_links_lead_somewhere(reader: Reader) -> None:
    ids = [attributes["id"] for _, attributes, _ in reader.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for _, attributes, _ in reader.all("a")]
    assert links
    for link in links:
        assert link[1:] in ids if link.startswith("#") else link.startswith(("https://", "http://"))


def test_landmarks_and_language(reader: Reader) -> None:
    for tag in ("header", "nav", "main", "footer", "h1", "title"):
        assert len(reader.all(tag)) == 1, tag
    ((_, root, _),) = reader.all("html")
    assert root["lang"] == "en"
    assert reader.all("nav")[0][1]["aria-label"]
    for _, attributes, _ in reader.all("section"):
        assert attributes.get("aria-labelledby") or attributes.get("aria-label")


def test_headings_stand_in_order(reader: Reader) -> None:
    levels = [int(tag[1]) for tag, _, _ in reader.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_captions_and_scopes(reader: Reader) -> None:
    tables = len(reader.all("table"))
    assert tables > 5
    assert len(reader.all("caption")) == tables
    assert all(body.strip() for _, _, body in reader.all("caption"))
    assert all(attributes["scope"] in ("col", "row", "colgroup") for _, attributes, _ in reader.all("th"))
    assert all(body.strip() for _, _, body in reader.all("th"))


def test_pictures_say_what_they_show(reader: Reader) -> None:
    pictures = [one for _, one, _ in reader.all("svg") if one.get("aria-hidden") != "true"]
    assert len(pictures) > 4
    diagram = [one for one in pictures if one.get("class") == "dg"]
    assert len(diagram) == 1
    for attributes in pictures:
        assert "viewbox" in attributes
        if attributes not in diagram:
            assert attributes["role"] == "img"
            assert len(attributes["aria-label"]) > 20
    nodes = [one for _, one, _ in reader.all("g") if one.get("class", "").startswith("nd ")]
    assert nodes
    assert all(one["role"] == "img" and one["tabindex"] == "0" and ": " in one["aria-label"] for one in nodes)


def test_every_chart_has_a_table_beside_it(text: str) -> None:
    for section in re.split(r'<section class="panel"', text)[1:]:
        if 'role="img"' in section:
            assert "<table" in section, section[:80]


def test_sections_fold_and_open_without_script(reader: Reader) -> None:
    panels = [one for _, one, _ in reader.all("section") if one.get("class") == "panel"]
    assert len(panels) > 7
    closed = [one for _, one, _ in reader.all("details") if "open" not in one]
    assert len(closed) > len(panels)
    assert len(reader.all("summary")) == len(reader.all("details"))
    assert all(body.strip() for _, _, body in reader.all("summary"))


def test_a_page_to_be_printed_whole_has_all_open() -> None:
    assert all("open" in one for _, one, _ in Reader(page(small(), whole=True)).all("details"))


def test_what_can_be_ticked_or_moved_has_a_name() -> None:
    text = small_page(sliders=True)
    read = Reader(text)
    labels = {one.get("for", "") for _, one, _ in read.all("label")}
    wrapped = re.findall(r'<label><input type="(?:radio|checkbox)"', text)
    inputs = read.all("input")
    assert len(inputs) > 4
    assert len(wrapped) + sum(one["id"] in labels for _, one, _ in inputs) == len(inputs)


def test_charts_take_the_colours_of_the_page(reader: Reader) -> None:
    for tag, attributes, _ in reader.found:
        for name in ("fill", "stroke"):
            colour = attributes.get(name, "none")
            assert colour.startswith(("none", "var(--", "transparent", "currentColor")), (tag, attributes)


SIGNED = {
    "holds": "holds",
    "leans-true": "leans true",
    "toss-up": "toss-up",
    "leans-false": "leans false",
    "fails": "fails",
    "given": "",
    "recorded": "",
}


def test_verdicts_are_sign_and_word_and_underline(text: str) -> None:
    found = re.findall(
        r'<span class="v ([a-z-]+)"><svg class="m"[^>]*><use href="#v-([a-z-]+)"/></svg><span>(.*?)</span>', text
    )
    assert len(found) == len(re.findall(r'class="v ', text)) > 10
    for style, sign, word in found:
        assert style == sign
        assert SIGNED[style] in word or re.fullmatch(r"[&gtl; 0-9]+|–", word)
        assert f'<symbol id="v-{sign}"' in text
    style = text.partition("<style>")[2].partition("</style>")[0]
    assert ".v>span{text-decoration:underline solid" in style
    for words in ("dashed", "double", "dotted"):
        assert f"text-decoration-style:{words}" in style


def test_the_first_words_are_the_answer(reader: Reader) -> None:
    ((_, _, heading),) = reader.all("h1")
    assert "\N{NO-BREAK SPACE}%" in heading


def test_the_footer_says_how_it_was_made() -> None:
    dossier = small()
    footer = Reader(page(dossier)).all("footer")[0][2]
    assert dossier.report.case.sha256 in footer
    assert "seed 1" in footer
    assert "Monte Carlo error" in footer


@pytest.mark.slow
def test_the_flagship_stays_small() -> None:
    assert len(page(flagship()).encode()) < 1_000_000


def test_numbers_without_a_reason_stand_first_and_say_so() -> None:
    dossier = small()
    numbers = dict(dossier.report.numbers)
    name = list(numbers)[-1]
    bare: UncertainNumber = replace(numbers[name], because=None, source=None)
    text = page(replace(dossier, report=replace(dossier.report, numbers={**numbers, name: bare})))
    rows = text.partition("Every uncertain number")[2]
    assert rows.index("NO SOURCE") < rows.index("judgement")
    assert '<tr role="row" class="flagged">' in rows
    assert f"{len(numbers) - 1} of {len(numbers)} uncertain numbers carry a reason or a source. 1 does not" in text


def test_what_an_author_writes_is_escaped() -> None:
    dossier = small()
    case = replace(dossier.report.case, title="<script>alert(1)</script> & co", text="<img src=x onerror=alert(1)>\n")
    text = page(replace(dossier, report=replace(dossier.report, case=case)))
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in text


def test_a_case_that_asks_nothing_still_makes_a_page() -> None:
    dossier = small()
    findings = replace(dossier.report.findings, claims=(), questions=(), checks=())
    case = replace(dossier.report.case, text=None, sources={})
    report = replace(dossier.report, headline=None, findings=findings, case=case)
    bare = replace(dossier, report=report, swings=(), flips=None, timeline=None, rules=(), evidence=(), seen={})
    read = Reader(page(bare))
    assert [body for _, _, body in read.all("h1")] == [f"{case.title}: the case asks no question."]
    assert {"happens", "game", "numbers", "method"} <= {attributes.get("id") for _, attributes, _ in read.found}
    assert not {"moves", "claims", "questions", "checks"} & {attributes.get("id") for _, attributes, _ in read.found}
