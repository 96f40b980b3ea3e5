"""Small articles as files of every form, made here: PDF by hand, Word by its library, archives part by part."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Sequence
from io import BytesIO

import docx

PROSE = "The talks between Arlan and Belmar failed on Monday, and the ministers of both countries went home."
PAGE = f"""<!doctype html><html><head><title>Talks fail</title>
<meta property="article:published_time" content="2021-03-05T10:00:00Z"><meta name="author" content="Ann Lee">
<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "2021-03-05T10:00:00Z"}}</script>
<meta property="og:site_name" content="Border News"></head><body><nav><a href="/">Home</a></nav>
<article><h1>Talks fail</h1><time datetime="2021-03-05">5 March</time><p>{PROSE}</p><script>alert("no")</script>
<p>{PROSE} “We are patient,” said Ivo Marsh.</p><p>{PROSE}</p></article>
<footer>Subscribe to our newsletter</footer></body></html>"""


def pdf_with(objects: Sequence[bytes]) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is its catalogue."""
    out = b"%PDF-1.4\n"
    places = []
    for number, part in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    size = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(out))


def shown(lines: Iterable[str]) -> bytes:
    """Return the content of a page with these lines."""
    text = b" T* ".join(b"(" + line.encode("latin-1") + b") Tj" for line in lines)
    return b"BT /F1 11 Tf 14 TL 50 780 Td " + text + b" ET"


def pdf_of(lines: Sequence[str], *, pages: int = 1, packed: bool = False) -> bytes:
    """Return a PDF whose pages all show these lines, from one stream."""
    content, how = shown(lines), b""
    if packed:
        content, how = zlib.compress(content), b"/Filter /FlateDecode "
    font = b"/Resources << /Font << /F1 4 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R %s >>" % font
    kids = b" ".join(b"%d 0 R" % (5 + number) for number in range(pages))
    return pdf_with(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, pages),
            b"<< %s/Length %d >>\nstream\n%s\nendstream" % (how, len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *[page] * pages,
        ]
    )


def word_file(paragraphs: Sequence[str], author: str = "") -> bytes:
    """Return a Word file of these paragraphs."""
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    document.core_properties.author = author
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def parts_of(archive: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of an archive: their names and bytes."""
    with zipfile.ZipFile(BytesIO(archive)) as opened:
        return [(part.filename, opened.read(part)) for part in opened.infolist()]


def zipped(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return an archive of these parts."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return stream.getvalue()


def zipped_document(content: bytes) -> bytes:
    """Return a Word file in name: an archive of nothing but this document."""
    return zipped([("word/document.xml", content)])


def word_with(body: bytes) -> bytes:
    """Return a whole Word file whose document has this XML as its body."""
    space = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = b'<w:document xmlns:w="%s"><w:body>%s</w:body></w:document>' % (space, body)
    return zipped((name, xml if name == "word/document.xml" else part) for name, part in parts_of(word_file(["x"])))
