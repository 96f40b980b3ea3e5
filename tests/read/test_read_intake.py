"""Files in: every form that is read, and one clear sentence for what is not."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from pypdf import PdfWriter

from quandary.problems import Refusal
from quandary.read.intake import read_bytes, read_file
from quandary.read.layout import lay_out
from quandary.read.marks import find_quotes
from quandary.read.reader import read_article

PROSE = "The talks between Arlan and Belmar failed on Monday, and the ministers of both countries went home."


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
    "dateline", ["ARLAN CITY (News Agency) - ", "(News Agency) -- ", "ARLAN CITY, March 5 (NA) — "]
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
    document = docx.Document()
    document.add_paragraph("Talks fail")
    document.add_paragraph("5 March 2021")
    document.add_paragraph(PROSE)
    stream = BytesIO()
    document.save(stream)
    article = read_bytes(stream.getvalue(), "talks.docx")
    assert article.published == date(2021, 3, 5)
    assert [article.text[b.start : b.end] for b in article.body()] == [PROSE]


def pdf_of(lines: list[str]) -> bytes:
    """Return a PDF of one page with these lines of text, put together by hand."""
    shown = b" T* ".join(b"(" + line.encode("latin-1") + b") Tj" for line in lines)
    stream = b"BT /F1 11 Tf 14 TL 50 780 Td " + shown + b" ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + head + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)


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


def _zip(content: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", content)
    return stream.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b"", "a.txt", "Q701"),
    "blank": (lambda: b" \n\n ", "a.txt", "Q701"),
    "binary": (lambda: bytes(range(256)) * 20, "a.bin", "Q702"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\x00\x01" * 500, "a.txt", "Q702"),
    "50 MB": (lambda: b"a " * 25_000_000, "a.txt", "Q706"),
    "a book": (lambda: b"the river and the dam " * 30_000, "a.txt", "Q706"),
    "damaged PDF": (lambda: b"%PDF-1.7\nnothing here", "a.pdf", "Q703"),
    "damaged Word": (lambda: b"PK\x03\x04 no archive", "a.docx", "Q703"),
    "an archive": (lambda: _zip(b"<x/>").replace(b"word/document", b"some/document"), "a.docx", "Q702"),
    "a Word file that unpacks to 200 MB": (lambda: _zip(b"\0" * 200_000_000), "a.docx", "Q706"),
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


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_a_sentence(case: str) -> None:
    make, name, code = BAD[case]
    assert refused(make(), name) == code


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
