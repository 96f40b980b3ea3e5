"""The text of a Word file; the one place where python-docx is used."""

from __future__ import annotations

import zipfile
from io import BytesIO

from quandary.base.isolation import Plain
from quandary.base.problems import Problem, Refusal

LARGEST_UNPACKED = 100_000_000
LARGEST_MARKUP = 30_000_000
"""Bytes of all parts of a file, and of those that are XML: in memory these take some thirty times as much."""
PACKED_AT_MOST, SMALL_MARKUP = 100, 5_000_000
"""XML packs to a tenth or a fiftieth; more than this many times, and beyond so many bytes, nobody wrote it."""
MOST_PARTS = 5000


def word_text(data: bytes, most: int = 2_000_000) -> Plain:
    """Return the paragraphs and the author. Runs behind the wall; reading stops after ``most`` characters.

    Raises ``Refusal``: Q702 for an archive that is no Word file, Q706 for one that unpacks to too much. Sizes are those
    that the archive declares; no part is unpacked beyond its own.
    """
    import docx

    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = archive.infolist()
    if "word/document.xml" not in {part.filename for part in parts}:
        message = "is not a text, HTML, Markdown, PDF or Word file"
        raise Refusal(Problem("Q702", message, hint="save the article in one of those forms"))
    markup = sum(p.file_size for p in parts if p.filename.lower().endswith((".xml", ".rels")))
    size = sum(p.file_size for p in parts)
    grown = markup > SMALL_MARKUP and markup > PACKED_AT_MOST * len(data)
    if grown or size > LARGEST_UNPACKED or markup > LARGEST_MARKUP or len(parts) > MOST_PARTS:
        message = f"unpacks to {size / 1e6:,.0f} MB in {len(parts):,} parts"
        raise Refusal(Problem("Q706", message, hint="open it, copy the article into a file of its own, and read that"))
    document = docx.Document(BytesIO(data))
    paragraphs: list[Plain] = []
    read = 0
    for paragraph in document.paragraphs:
        text = str(paragraph.text).strip()
        read += len(text)
        if text:
            paragraphs.append(text)
        if read > most:
            break
    author = document.core_properties.author
    return {"paragraphs": paragraphs, "author": str(author) if author else None}
