"""Files in, articles out: plain text, Markdown, HTML, PDF and Word, with one clear sentence for what cannot be read."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from quandary.base.files import Unread, UnreadableError, read_bounded
from quandary.base.isolation import Ended, IsolationError, Limits, Reader, isolated
from quandary.base.places import Place
from quandary.base.problems import Problem, Refusal
from quandary.read.intake.layout import lay_out
from quandary.read.records import Article
from quandary.read.words.dates import DateFound, date_in
from quandary.read.words.wording import word_set

LARGEST_FILE = 20_000_000
MOST_WORDS = 100_000
MOST_CHARACTERS = 1_000_000
MOST_SIGNS = 200_000
"""Words, numbers and signs in a text: the parser takes some 7 kB of memory for each."""
FEWEST_SECONDS, MOST_SECONDS, BYTES_A_SECOND = 4, 20, 250_000
"""How long a reader may compute over a file: a page of print takes some hundredths of a second."""
_NEXT = {
    Unread.MISSING: "name an article, or - for standard input",
    Unread.REFUSED: "name a file that you may read",
    Unread.FOLDER: "name one article in it",
    Unread.SPECIAL: "save the article in a file, or send it to standard input and name it -",
}
_ENGLISH = word_set("common_english")
_FEWEST_WORDS = 25
_SIGN = re.compile(r"\w+|[^\w\s]")
# Every form below takes time in proportion to the text: what stands between brackets holds no further one, so that a
# search from one opening stops at the next.
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n---[ \t]*\n", re.S)
_FIELD = re.compile(r"^(\w+):[ \t]*(\S.*)$", re.M)
_HEADING = re.compile(r"^#[ \t]+(\S.*)$", re.M)
_TARGET = r"\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\)"
_IMAGE = re.compile(rf"!\[[^\[\]]*+\]{_TARGET}")
_LINK = re.compile(rf"\[([^\[\]]++)\]{_TARGET}")
_LINE_SIGN = re.compile(r"^[ \t]{0,3}(?:#{1,6}[ \t]+|[-*+][ \t]+|>[ \t]?)", re.M)
_EMPHASIS = re.compile(r"(\*\*|__|\*|(?<!\w)_|_(?!\w)|`)")


@dataclass(frozen=True, slots=True)
class PlainText:
    """The text taken out of a file, with what the file's head says about it."""

    text: str
    form: str
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    published: DateFound | None = None
    notes: tuple[str, ...] = ()


def read_file(path: Path) -> Article:
    """Return the article in a file; raises ``Refusal`` Q70x with one sentence for what cannot be read."""
    try:
        data = read_bounded(path, LARGEST_FILE)
    except UnreadableError as fault:
        if fault.why is Unread.LARGE:
            raise Refusal(_too_large(str(path), fault.size)) from None
        code = "Q707" if fault.why in (Unread.MISSING, Unread.REFUSED) else "Q708"
        raise Refusal(Problem(code, fault.sentence(str(path)), hint=_NEXT[fault.why])) from None
    return read_bytes(data, str(path))


def read_bytes(data: bytes, name: str) -> Article:
    """Return the article in ``data``; ``name`` is its path, or ``-`` for standard input."""
    if len(data) > LARGEST_FILE:
        raise Refusal(_too_large(name, len(data)))
    if not data.strip():
        raise Refusal(Problem("Q701", f'"{name}" is empty', Place(name, 1, 1), "give a file with an article in it"))
    plain = _plain(data, name)
    text = plain.text
    if not re.search(r"\w", text):
        raise Refusal(_no_words(plain.form, name))
    words = re.findall(r"[^\W\d_]+", text)
    sizes = (
        ("words", len(words), MOST_WORDS),
        ("characters", len(text), MOST_CHARACTERS),
        ("words and signs", sum(1 for _ in _SIGN.finditer(text)), MOST_SIGNS),
    )
    for what, size, most in sizes:
        if size > most:
            message = f'"{name}" has {size:,} {what}, more than the {most:,} that are read at once'
            raise Refusal(Problem("Q706", message, hint="read it in parts"))
    _refuse_other_languages(words, text, name)
    return lay_out(
        text,
        identity=_identity(name),
        title=plain.title,
        author=plain.author,
        publisher=plain.publisher,
        published=plain.published.on if plain.published else None,
        published_text=plain.published.text if plain.published else None,
        form=plain.form,
        notes=plain.notes,
    )


def _identity(name: str) -> str:
    return "article" if name == "-" else re.sub(r"[^\w-]+", "-", Path(name).stem).strip("-") or "article"


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
        return replace(_from_page(text, name), notes=notes)
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
    need_library("pypdf", "PDF files")
    from quandary.read.intake.pdf import pdf_text

    found = behind_wall(pdf_text, data, f'the PDF "{name}"')
    text = re.sub(r"(\w)-\n(?=[a-z])", r"\1", "\n\n".join(found["pages"]))
    title = found["title"]
    notes: tuple[str, ...] = ()
    if found["flawed"]:
        notes = ("the PDF has faults; compare what was read with the original",)
    if found["columns"]:
        notes = (
            *notes,
            "the PDF gives its columns row by row; they were put one after the other: compare with the original",
        )
    return PlainText(text, "pdf", title if title and " " in title else None, notes=notes)


def _from_word(data: bytes, name: str) -> PlainText:
    need_library("docx", "Word files", "python-docx")
    from quandary.read.intake.word import word_text

    found = behind_wall(word_text, data, f'the Word file "{name}"')
    return PlainText("\n\n".join(found["paragraphs"]), "docx", None, found["author"])


def _from_page(page: str, name: str) -> PlainText:
    need_library("trafilatura", "HTML")
    from quandary.read.intake.webpage import page_text

    found = behind_wall(page_text, page.encode("utf-8", "replace"), f'the page "{name}"')
    text = re.sub(r"\n+", "\n\n", found["text"])
    dates = [date for written in found["dates"] if (date := date_in(written))]
    same = len({(date.on, date.readings) for date in dates}) == 1  # two dates of the same rank: neither is known
    return PlainText(
        text, "html", found["title"], found["author"], found["sitename"], dates[0] if same else None
    )  # fmt: skip


def need_library(module: str, what: str, package: str | None = None) -> None:
    """Refuse with Q801 where a library is missing; loaded here, so that a forked reader has it already."""
    try:
        import_module(module)
    except ImportError as missing:
        message = f"reading {what} needs {package or module}, which is not installed"
        raise Refusal(Problem("Q801", message, hint='install the extra: pip install "quandary[read]"')) from missing


def behind_wall(reader: Reader, data: bytes, what: str) -> dict[str, Any]:
    """Return what a reader of a foreign format finds in ``data``; ``what`` begins each sentence: ``the PDF "x"``.

    Raises ``Refusal``: the reader's own, Q703 for a file that is damaged, Q706 for one that takes too much.
    """
    seconds = min(MOST_SECONDS, FEWEST_SECONDS + len(data) // BYTES_A_SECOND)
    try:
        found = isolated(reader, data, Limits(seconds=seconds))
    except Refusal as refusal:
        problem = refusal.problem
        raise Refusal(replace(problem, message=f"{what} {problem.message}")) from None
    except IsolationError as fault:
        if fault.ended is Ended.DAMAGED:
            message = f"{what} is damaged and cannot be read"
            problem = Problem("Q703", message, hint="open it and save it again, or copy its text into a file")
        else:
            message = f"{what} cannot be read: {fault.ended.value}"
            problem = Problem("Q706", message, hint="open it, copy the article into a text file, and read that")
        raise Refusal(problem) from fault
    assert isinstance(found, dict)
    return found


def _from_markdown(text: str) -> PlainText:
    """Return Markdown without its signs; front matter gives title, author and date."""
    head = _FRONT_MATTER.match(text)
    fields: dict[str, str] = {}
    if head:
        lines = _FIELD.findall(head.group(1))
        fields = {k.lower(): v.strip().strip("\"'") for k, v in lines}
        text = text[head.end() :]
    title = _HEADING.search(text)
    text = _IMAGE.sub("", text)
    text = _LINK.sub(r"\1", text)
    text = _LINE_SIGN.sub("", text)
    text = _EMPHASIS.sub("", text)
    named = fields.get("title") or (title.group(1).strip() if title else None)
    published = date_in(fields.get("date"))
    return PlainText(text, "markdown", named, fields.get("author"), fields.get("publisher"), published)
