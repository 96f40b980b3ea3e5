"""Files in, articles out: plain text, Markdown, HTML, PDF and Word, with one clear sentence for what cannot be read."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path

from quandary.places import Place
from quandary.problems import Problem, Refusal
from quandary.read.layout import lay_out
from quandary.read.records import Article
from quandary.read.wording import word_set

LARGEST_FILE = 20_000_000
MOST_WORDS = 100_000
_LARGEST_UNPACKED = 100_000_000
_ENGLISH = word_set("common_english")
_FEWEST_WORDS = 25
_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n---\s*\n", re.S)


@dataclass(frozen=True, slots=True)
class PlainText:
    """The text taken out of a file, with what the file's head says about it."""

    text: str
    form: str
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: date | None = None
    notes: tuple[str, ...] = ()


def read_file(path: Path) -> Article:
    """Return the article in a file; raises ``Refusal`` Q70x with one sentence for what cannot be read."""
    size = path.stat().st_size
    if path.is_dir():
        raise Refusal(Problem("Q703", f'"{path}" is a folder', hint="name one article"))
    if size > LARGEST_FILE:
        raise Refusal(_too_large(str(path), size))
    return read_bytes(path.read_bytes(), str(path))


def read_bytes(data: bytes, name: str) -> Article:
    """Return the article in ``data``; ``name`` is its path, or ``-`` for standard input."""
    if len(data) > LARGEST_FILE:
        raise Refusal(_too_large(name, len(data)))
    if not data.strip():
        raise Refusal(Problem("Q701", f'"{name}" is empty', Place(name, 1, 1), "give a file with an article in it"))
    plain = _plain(data, name)
    text = plain.text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r"\w", text):
        raise Refusal(_no_words(plain.form, name))
    words = re.findall(r"[^\W\d_]+", text)
    if len(words) > MOST_WORDS:
        message = f'"{name}" has {len(words):,} words, more than the {MOST_WORDS:,} that are read at once'
        raise Refusal(Problem("Q706", message, hint="read it in parts"))
    _refuse_other_languages(words, text, name)
    identity = re.sub(r"[^\w-]+", "-", Path(name).stem).strip("-") or "article"
    return lay_out(
        text,
        identity=identity if name != "-" else "article",
        title=plain.title,
        author=plain.author,
        publisher=plain.publisher,
        published=plain.published,
        published_text=plain.published.isoformat() if plain.published else None,
        form=plain.form,
        notes=plain.notes,
    )


def sha256(article: Article) -> str:
    """Return the SHA-256 of the article's text, as the case names it."""
    return hashlib.sha256(article.text.encode("utf-8")).hexdigest()


def _too_large(name: str, size: int) -> Problem:
    message = f'"{name}" has {size / 1e6:.0f} MB; articles of up to {LARGEST_FILE / 1e6:.0f} MB are read'
    return Problem("Q706", message, hint="give the article alone, as text")


def _no_words(form: str, name: str) -> Problem:
    if form == "pdf":
        return Problem(
            "Q704", f'the PDF "{name}" holds pictures of pages and no text', hint="run text recognition (OCR) first"
        )
    return Problem("Q701", f'"{name}" has no words in it', hint="give a file with an article in it")


def _plain(data: bytes, name: str) -> PlainText:
    suffix = Path(name).suffix.lower()
    if data.startswith(b"%PDF"):
        return _from_pdf(data, name)
    if data.startswith(b"PK\x03\x04"):
        return _from_word(data, name)
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = f'"{name}" is not a text, HTML, Markdown, PDF or Word file'
        raise Refusal(Problem("Q702", message, hint="save the article in one of those forms"))
    text, notes = _decoded(data, name)
    head = text[:2000].lstrip().lower()
    if suffix in {".html", ".htm", ".xhtml"} or head.startswith(("<!doctype html", "<html")) or "<body" in head:
        from quandary.read.webpage import from_html

        return replace(from_html(text, name), notes=notes)
    if suffix in {".md", ".markdown"}:
        return replace(_from_markdown(text), notes=notes)
    return PlainText(text, "text", notes=notes)


def _decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the text and a note where its encoding had to be guessed."""
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16"), ()
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    text = data.decode("cp1252", errors="replace")
    odd = sum(1 for c in text if c == "\ufffd" or (ord(c) < 32 and c not in "\t\n\r\f"))
    if odd > 0.01 * len(text):
        message = f'"{name}" is not a text, HTML, Markdown, PDF or Word file'
        raise Refusal(Problem("Q702", message, hint="save the article in one of those forms"))
    return text, ("the file is not UTF-8; it was read as Windows-1252",)


def _refuse_other_languages(words: list[str], text: str, name: str) -> None:
    latin = sum(1 for c in text if "a" <= c.lower() <= "z")
    letters = sum(1 for c in text if c.isalpha())
    common = sum(1 for w in words if w.lower() in _ENGLISH)
    foreign = letters > 40 and latin < 0.6 * letters
    if foreign or (len(words) >= _FEWEST_WORDS and common < 0.12 * len(words)):
        message = f'"{name}" does not seem to be in English, the only language that is read'
        raise Refusal(Problem("Q705", message, hint="give an English text or a translation"))


def _from_pdf(data: bytes, name: str) -> PlainText:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as missing:
        raise Refusal(_needs("PDF files", "pypdf")) from missing
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refusal(Problem("Q703", f'the PDF "{name}" is locked with a password', hint="save it without one"))
        pages = [page.extract_text() for page in reader.pages]
        head = reader.metadata
        title = str(head.title) if head is not None and head.title else None
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError) as fault:
        raise Refusal(_damaged("PDF", name)) from fault
    text = "\n\n".join(pages)
    return PlainText(re.sub(r"(\w)-\n(?=[a-z])", r"\1", text), "pdf", title if title and " " in title else None)


def _from_word(data: bytes, name: str) -> PlainText:
    try:
        import docx
    except ImportError as missing:
        raise Refusal(_needs("Word files", "python-docx")) from missing
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if "word/document.xml" not in archive.namelist():
                message = f'"{name}" is not a text, HTML, Markdown, PDF or Word file'
                raise Refusal(Problem("Q702", message, hint="save the article in one of those forms"))
            if sum(entry.file_size for entry in archive.infolist()) > _LARGEST_UNPACKED:
                raise Refusal(_too_large(name, sum(entry.file_size for entry in archive.infolist())))
        document = docx.Document(BytesIO(data))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as fault:
        raise Refusal(_damaged("Word", name)) from fault
    properties = document.core_properties
    paragraphs = [p.text.strip() for p in document.paragraphs if p.text.strip()]
    return PlainText("\n\n".join(paragraphs), "docx", None, properties.author or None)


def _from_markdown(text: str) -> PlainText:
    """Return Markdown without its signs; front matter gives title, author and date."""
    head = _FRONT_MATTER.match(text)
    fields: dict[str, str] = {}
    if head:
        fields = {k.lower(): v.strip().strip("\"'") for k, v in re.findall(r"^(\w+):\s*(.+)$", head.group(1), re.M)}
        text = text[head.end() :]
    title = re.search(r"^#\s+(.+)$", text, re.M)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s{0,3}(?:#{1,6}\s+|[-*+]\s+|>\s?)", "", text, flags=re.M)
    text = re.sub(r"(\*\*|__|\*|(?<!\w)_|_(?!\w)|`)", "", text)
    published = None
    if "date" in fields:
        from quandary.read.dates import absolute_dates

        found = absolute_dates(fields["date"])
        published = found[0].on if found else None
    named = fields.get("title") or (title.group(1).strip() if title else None)
    return PlainText(text, "markdown", named, fields.get("author"), fields.get("publisher"), published)


def _damaged(form: str, name: str) -> Problem:
    return Problem(
        "Q703", f'the {form} file "{name}" is damaged and cannot be read', hint="save it again, or give its text"
    )


def _needs(what: str, package: str) -> Problem:
    return Problem(
        "Q801",
        f"reading {what} needs {package}, which is not installed",
        hint='install the extra: pip install "quandary[read]"',
    )
