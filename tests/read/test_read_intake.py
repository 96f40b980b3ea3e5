"""Files in: every form that is read, and one clear sentence for what is not."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from tests.read.files import PROSE, parts_of, pdf_of, pdf_with, word_file, word_with, zipped, zipped_document

from quandary.base import Refusal
from quandary.read import find_quotes, lay_out, read_article, read_bytes, read_file


def body(text: str) -> list[str]:
    article = lay_out(text, identity="x")
    return [article.text[b.start : b.end] for b in article.body()]


def refused(data: bytes, name: str) -> str:
    with pytest.raises(Refusal) as refusal:
        read_bytes(data, name)
    assert refusal.value.problem.hint
    return refusal.value.problem.code


def test_plain_text_keeps_its_characters() -> None:
    article = read_bytes(f"Talks fail\n\n{PROSE}\n".encode(), "talks.txt")
    assert article.text == f"Talks fail\n\n{PROSE}\n"
    assert (article.title, article.id, article.format) == ("Talks fail", "talks", "text")


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    wrapped = (
        "Talks fail\n\nThe talks between Arlan and Belmar failed on Monday, and\nthe ministers of both countries went\n"
        "home without so much as a word to the waiting press, who had\nstood there since the early morning."
    )
    assert len(body(wrapped)) == 1


def test_furniture_is_left_out() -> None:
    text = (
        f"Talks fail\n\nBy Ann Lee\n\n5 March 2021\n\n{PROSE}\n\nREAD MORE: Who owns the river?\n\n{PROSE}\n\n"
        "Article Categories:\n\nLeave a Comment\n\nYour email address will not be published."
    )
    article = lay_out(text, identity="x")
    assert [article.text[b.start : b.end] for b in article.body()] == [PROSE, PROSE]
    assert (article.author, article.published) == ("Ann Lee", date(2021, 3, 5))


@pytest.mark.parametrize(
    "dateline", ["ARLAN CITY (News Agency) - ", "(News Agency) -- ", "ARLAN CITY, March 5 (NA) — ", "arlan city — "]
)
def test_a_dateline_is_not_part_of_the_sentence(dateline: str) -> None:
    assert body(f"Talks fail\n\n{dateline}{PROSE}") == [PROSE]


def test_html() -> None:
    page = f"""<!doctype html><html><head><title>Talks fail</title>
    <meta property="article:published_time" content="2021-03-05T10:00:00Z"><meta name="author" content="Ann Lee">
    <meta property="og:site_name" content="Border News"></head><body><nav><a href="/">Home</a></nav>
    <article><h1>Talks fail</h1><p>{PROSE}</p><script>alert("no")</script><p>{PROSE} “We are patient,” said
    Ivo Marsh.</p><p>{PROSE}</p></article><footer>Subscribe to our newsletter</footer></body></html>"""
    article = read_bytes(page.encode(), "page.html")
    assert article.published == date(2021, 3, 5)
    assert (article.title, article.author, article.publisher) == ("Talks fail", "Ann Lee", "Border News")
    assert PROSE in article.text
    assert "alert" not in article.text and "Subscribe" not in article.text


def test_markdown() -> None:
    head = '---\ntitle: "Talks fail"\nauthor: Ann Lee\ndate: 2021-03-05\n---\n\n'
    text = f"{head}# Talks fail\n\n{PROSE} See [here](http://x).\n"
    article = read_bytes(text.encode(), "talks.md")
    assert (article.title, article.author, article.published) == ("Talks fail", "Ann Lee", date(2021, 3, 5))
    assert "(http" not in article.text and "See here." in article.text


def test_word() -> None:
    data = word_file(["Talks fail", "5 March 2021", PROSE], "Ann Lee")
    article = read_bytes(data, "talks.docx")
    assert (article.author, article.published) == ("Ann Lee", date(2021, 3, 5))
    assert [article.text[b.start : b.end] for b in article.body()] == [PROSE]


def test_pdf() -> None:
    lines = ["Talks fail", "", "5 March 2021", "", "The talks between Arlan and Belmar failed on Monday, and the mini-"]
    lines += [
        "sters of both countries went home without a word to the waiting press,",
        "who had stood there since morning.",
    ]
    article = read_bytes(pdf_of(lines), "talks.pdf")
    assert article.format == "pdf"
    assert article.published == date(2021, 3, 5)
    assert "ministers of both countries" in article.text


def test_a_pdf_without_text_is_told_as_scanned() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    stream = BytesIO()
    writer.write(stream)
    assert refused(stream.getvalue(), "scan.pdf") == "Q704"


def test_a_locked_pdf() -> None:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    stream = BytesIO()
    writer.write(stream)
    assert refused(stream.getvalue(), "locked.pdf") == "Q703"


BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "a.txt", "Q701"),
    "blank": (lambda: b" \n\n ", "a.txt", "Q701"),
    "binary": (lambda: bytes(range(256)) * 20, "a.bin", "Q702"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 500, "a.txt", "Q702"),
    "50 MB": (lambda: b"a " * 25_000_000, "a.txt", "Q706"),
    "a book": (lambda: b"the river and the dam " * 30_000, "a.txt", "Q706"),
    "signs without end": (lambda: b"the river and, the dam ! ? " * 20_000 + b" ( ) %" * 130_000, "a.txt", "Q706"),
    "damaged PDF": (lambda: b"%PDF-1.7\nnothing here", "a.pdf", "Q703"),
    "damaged Word": (lambda: b"PK\x03\x04 no archive", "a.docx", "Q703"),
    "an archive": (lambda: zipped_document(b"<x/>").replace(b"word/document", b"some/document"), "a.docx", "Q702"),
    "a Word file that unpacks to 200 MB": (lambda: zipped_document(b"\0" * 200_000_000), "a.docx", "Q706"),
    "HTML nested without end": (lambda: b"<html><body>" + b"<div>" * 100_000 + b"x", "a.html", "Q703"),
    "HTML without an article": (lambda: b"<html><body><script>1</script></body></html>", "a.html", "Q701"),
    "Spanish": (
        "El ministro dijo el lunes que las conversaciones con los países vecinos seguirán y que no habrá "
        "guerra este año, según un portavoz del gobierno en la capital del país.".encode,
        "a.txt",
        "Q705",
    ),
    "Russian": ("Министр сказал в понедельник, что переговоры будут продолжены.".encode, "a.txt", "Q705"),
}


ENTITIES = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
BOMB = b'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">' + ENTITIES + b"]><a>&a11;</a>"
FORM = b"<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X %d 0 R >> >> /Length 11 >>\n"
FORMS = [FORM % (6 + n) + b"stream\n/X Do /X Do\nendstream" for n in range(40)]
HEAD = b"PK\x01\x02\x14\x03\x14\x00\x00"
PARAGRAPH = b"<w:p><w:r><w:t>" + PROSE.encode() + b"</w:t></w:r></w:p>"


def without(part: str) -> bytes:
    return zipped((name, content) for name, content in parts_of(word_file([PROSE])) if name != part)


def instead(part: str, by: bytes) -> bytes:
    return zipped((name, by if name == part else content) for name, content in parts_of(word_file([PROSE])))


BEHIND_THE_WALL: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "500 pages of one stream": (lambda: pdf_of([PROSE] * 100, pages=500, packed=True), "a.pdf", "Q706"),
    "forms that draw forms": (
        lambda: pdf_with([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                          b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
                          b"<< /Length 11 >>\nstream\n/X Do /X Do\nendstream", *FORMS]), "a.pdf", "Q70[346]"),
    "pages in a circle": (
        lambda: pdf_with([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] /Count 9 >>"]),
        "a.pdf", "Q70[34]"),
    "a stream of 80 MB": (lambda: pdf_of(["a" * 80_000_000], packed=True), "a.pdf", "Q703"),
    "15 million paragraphs": (lambda: word_with(b"<w:p/>" * 15_000_000), "a.docx", "Q706"),
    "4 million paragraphs, packed a thousand times": (lambda: word_with(b"<w:p/>" * 4_000_000), "a.docx", "Q706"),
    "a book in Word": (lambda: word_with(PARAGRAPH * 6_000), "a.docx", "Q706"),
    "paragraphs in paragraphs": (lambda: word_with(b"<w:p>" * 100_000 + b"</w:p>" * 100_000), "a.docx", "Q703"),
    "entities of entities": (lambda: instead("word/document.xml", BOMB), "a.docx", "Q703"),
    "no content types": (lambda: without("[Content_Types].xml"), "a.docx", "Q703"),
    "no relations": (lambda: without("_rels/.rels"), "a.docx", "Q703"),
    "no style": (lambda: instead("word/styles.xml", b"<a"), "a.docx", "Q703"),
    "another root": (lambda: instead("word/document.xml", b"<a/>"), "a.docx", "Q703"),
    "a torn archive": (lambda: word_file([PROSE])[:-40], "a.docx", "Q703"),
    "a locked archive": (lambda: word_file([PROSE]).replace(HEAD, HEAD[:-1] + b"\x01"), "a.docx", "Q703"),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", BEHIND_THE_WALL)
def test_files_made_to_break_their_reader(case: str) -> None:
    make, name, code = BEHIND_THE_WALL[case]
    assert re.fullmatch(code, refused(make(), name))


@pytest.mark.slow
def test_a_torn_stream_is_told() -> None:
    """The library gives what it can of a stream that does not unpack, without a word."""
    data = pdf_of(["Talks fail", PROSE, PROSE.upper(), PROSE], packed=True)
    at = data.index(b"stream\n") + 7
    told = set()
    for place in range(at + 2, data.index(b"\nendstream"), 5):
        try:
            article = read_bytes(data[:place] + bytes([data[place] ^ 64]) + data[place + 1 :], "a.pdf")
            told.add(any("compare" in note for note in article.notes))
        except Refusal as refusal:
            assert refusal.problem.code in ("Q703", "Q704", "Q705")
    assert told == {True}
    assert read_bytes(data, "a.pdf").notes == ()


@pytest.mark.slow
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_a_sentence(case: str) -> None:
    make, name, code = BAD[case]
    assert refused(make(), name) == code


@pytest.mark.slow
def test_pages_made_to_be_slow_are_read_in_time(model: Any) -> None:
    prose = " The minister said that the talks had failed and that he was sorry for it. " * 20
    for page in ("“" * 20_000, "'a " * 6_000, "a" * 100_000, "said " * 2_000, ", " * 5_000):
        started = time.process_time()
        reading = read_article(lay_out(page + prose, identity="x"), model=model)
        assert time.process_time() - started < 20
        assert reading.article.text == page + prose


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(60_000_000)
    with pytest.raises(Refusal, match="Q706"):
        read_file(path)


def test_another_encoding_is_read_and_told() -> None:
    article = read_bytes(
        "Caf\xe9 talks\n\nThe talks in the caf\xe9 failed and they all went home.".encode("cp1252"), "a.txt"
    )
    assert "café" in article.text
    assert any("Windows-1252" in n for n in article.notes)


def test_apostrophes_are_no_quotation_marks() -> None:
    text = "The ministers' cars didn't start in the '90s. It's Belmar's river."
    article = lay_out(text, identity="x")
    assert find_quotes(text, article.blocks)[0][0] == ()
