"""Who wrote a text: its by-line, a name beside its date, whose statement its title names, or who signs at its foot."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from quandary.read.records import Block
from quandary.read.words.countries import country_of
from quandary.read.words.dates import MONTHS, WEEKDAYS, absolute_dates
from quandary.read.words.labels import labels_of
from quandary.read.words.roles import NOT_A_PERSON, is_title
from quandary.read.words.wording import word_set

HEADER_ZONE = 15
"""So many blocks at most are the head of a page."""
LONGEST_HEADER = 500
BYLINE = re.compile(r"^(?:written\s+)?by\b[\s:|]*(?P<who>[^|\d]*)", re.I)
_MENU, _LABELS, _NO_AUTHORS = word_set("menu"), word_set("labels_of_pages"), word_set("no_authors")
_MONTH_NAMES = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_SIGNED_BY = re.compile(r"\bby\s+((?:[^\W\d_][\w.'’-]*\s+){1,3}[^\W\d_][\w.'’-]*)\s*$")
_NAME_WORD = re.compile(r"[A-Z][^\W\d_]*(?:[.'’-][^\W\d_]*)*|de|van|von|al|bin|la|der|del|di|da|dos")
_BEFORE_DATE = re.compile(rf"[\s,|•·–—-]*(?:\b(?:on|in|at|for)\s*)?(?:\b{_MONTH_NAMES}\b\.?,?)?\s*$", re.I)
_BESIDE_NAME = re.compile(r"\s*[|•·,–—]\s*|\s+-\s+|\s+(?:on|in|at|for)\s+", re.I)
_CALLINGS = "|".join(sorted(word_set("callings")))
_NAME = r"(?:[A-Z][\w.’'-]*\s+){1,3}[A-Z][\w’'-]+"
_NAMES = rf"{_NAME}(?:(?:,\s+|,?\s+and\s+){_NAME})*"
_STATEMENT_BY = re.compile(
    r"^(?:(?:joint|press|full|public|open)\s+)*(?:statement|remarks|address|speech|message|letter|op-ed|article)\s+"
    r"(?:by|from|of)\s+(?:the\s+)?(?P<who>[A-Z][^,:;|]*?)\s*"
    r"(?:,|:|\s(?:on|about|regarding|at|in|to|following|after|before|during|for|concerning|marking)\s|$)",
    re.I,
)
_OWN_VOICE = re.compile(r"\b(?:I|we|my|our)\b")
_REPORTED = re.compile(
    rf"(?:^|(?<=[.!?]\s))(?P<who>{_NAMES})\s+(?:reported|wrote)"
    r"(?:\s+(?:on\s+)?this\s+(?:story|article|report)\b|\s+(?:from|for)\s+[A-Z][\w.,’' -]{1,40}\.?\)?$)"
    rf"|^\(?(?:(?:This|The)\s+(?:story|article|report)\s+was\s+)?(?:[Rr]eporting|[Ww]ritten|[Rr]eported|Report)\s+by\s+"
    rf"(?P<by>{_NAMES})"
)
_WRITER = re.compile(
    rf"^(?:The\s+author,\s+)?(?P<who>{_NAME})\s+is\s+(?:an?|the)\s+(?:[\w’'-]+\s+){{0,6}}?(?:{_CALLINGS})\b"
)
_FOOT = 4
"""So many paragraphs at most are the foot of a text."""
_WORD_LIST = 30
"""So many lines may follow the names of those who reported a story: notes, a list of words."""


def author_of(text: str, blocks: Sequence[Block], title: str | None) -> str | None:
    """Return who wrote the text, as the text says it; ``None`` where it does not."""
    for block in blocks[:HEADER_ZONE]:
        if block.kind in ("header", "heading"):
            line = text[block.start : block.end]
            match = BYLINE.match(line)
            if match:
                who = match.group("who")[:LONGEST_HEADER].strip()
                if line[match.end() - 1].isalpha() and line[match.end() : match.end() + 1].isdigit():
                    continue  # "marsh99" is a user's name
                if line[match.end() : match.end() + 1].isdigit():
                    who = _BEFORE_DATE.sub("", who)  # a month is one only beside its day: Helen Marsh is not in March
                who = _BESIDE_NAME.split(who)[0].strip()
                if who.lower() in _NO_AUTHORS or re.search(r"[_@]", who):
                    continue
                if who and len(who.split()) <= 6 and who[0].isupper() and not _is_day(who):
                    return who
    return _unmarked_author(text, blocks) or _of_title(text, blocks, title) or _at_foot(text, blocks)


def _unmarked_author(text: str, blocks: Sequence[Block]) -> str | None:
    """Return who signs without "By" at its head: "Posted on 5 March by Ann Lee", "Ann Lee | 5 March", a name alone."""
    head = list(itertools.takewhile(lambda b: b.kind != "body", blocks[: 2 * HEADER_ZONE]))
    lines = [text[b.start : b.end] for b in head]
    dated = [b.kind == "header" and bool(absolute_dates(line)) for b, line in zip(head, lines, strict=True)]
    for number, line in enumerate(lines):
        if head[number].kind not in ("header", "heading"):
            continue
        if dated[number]:
            signed = _SIGNED_BY.search(line)
            beside = [piece.strip() for piece in re.split(r"\s*[|•·]\s*", line)] if re.search("[|•·]", line) else []
            found = next((n for n in [*(signed.groups() if signed else ()), *beside] if _is_name(n)), None)
        else:
            near = any(dated[max(0, number - 2) : number + 3])
            name = _BESIDE_NAME.split(line)[0].strip()
            found = name if near and _is_name(name) else None
        if found is not None:
            return found
    return None


def _is_name(words: str) -> bool:
    """Return whether a line or a piece of one is a person's name and nothing else."""
    parts = words.split()
    if not 2 <= len(parts) <= 4 or not all(_NAME_WORD.fullmatch(p) for p in parts) or words.isupper():
        return False
    if not (parts[0][0].isupper() and parts[-1][0].isupper()) or country_of(words) or NOT_A_PERSON.search(words):
        return False
    plain = [p.lower().rstrip(".") for p in parts]
    barred = _MENU | _LABELS | _NO_AUTHORS
    return not any(p in barred or is_title(p) or country_of(p) for p in plain) and not any(_is_day(p) for p in plain)


def _is_day(words: str) -> bool:
    return all(word.lower().rstrip(".,") in {*WEEKDAYS, *MONTHS} for word in words.split())


def cleaned(author: str | None) -> str | None:
    """Return the author that a page's fields name, each name once; ``None`` where only a user or a day is named."""
    if author is None:
        return None
    kept: dict[str, str] = {}
    for name in re.split(r"\s*;\s*", author):
        words = name.lower().split()
        if name and not all(word in _NO_AUTHORS for word in words) and not _is_day(name):
            kept.setdefault(name.casefold(), name)
    return "; ".join(kept.values()) or None


def _of_title(text: str, blocks: Sequence[Block], title: str | None) -> str | None:
    """Return whose statement, in the first person and without labels of speakers, a title says the text is."""
    found = _STATEMENT_BY.match(title or "")
    if found is None:
        return None
    words = found["who"].split()
    while len(words) > 2 and (is_title(words[0].rstrip(",.")) or country_of(words[0]) or words[0][0].islower()):
        words.pop(0)
    who = " ".join(words)
    body = [text[b.start : b.end] for b in blocks if b.kind == "body"]
    if not _is_name(who) or any(labels_of(body)) or not any(_OWN_VOICE.search(part) for part in body):
        return None
    return who


def _at_foot(text: str, blocks: Sequence[Block]) -> str | None:
    """Return who signs at the foot: "Ann Lee and Ivo Brand reported on this story", "Ann Lee is a fellow at ..."."""
    for back, block in enumerate(reversed(blocks[-_WORD_LIST:])):
        line = text[block.start : block.end]
        if len(line) > LONGEST_HEADER:
            continue
        found = _REPORTED.search(line)
        if found is not None:
            who = " ".join((found["who"] or found["by"]).split())
            if all(_is_name(name) for name in re.split(r",\s+and\s+|,\s+|\s+and\s+", who)):
                return who
        writer = _WRITER.match(line) if back < _FOOT else None
        if writer is not None and writer["who"] not in text[: block.start] and _is_name(writer["who"]):
            return writer["who"]
    return None
