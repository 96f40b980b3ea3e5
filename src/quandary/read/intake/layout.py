"""From plain text to an article: title, by-line, date, paragraphs, and the page furniture that is left out."""

from __future__ import annotations

import bisect
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from quandary.read.intake.authorship import BYLINE, HEADER_ZONE, LONGEST_HEADER, author_of, cleaned
from quandary.read.intake.characters import in_one_line, readable
from quandary.read.records import Article, Block, BlockKind
from quandary.read.words.dates import DateFound, absolute_dates, date_in
from quandary.read.words.labels import label_of, labels_of
from quandary.read.words.wording import word_set

_TAIL = re.compile(
    r"^(?:article categories|categories|tags?|leave a (?:comment|reply)|comments?(?: \(\d+\))?|related(?: \w+)?"
    r"|you may also like|most (?:read|popular|viewed)|recommended(?: for you)?|more (?:from|on|stories)\b[^.]{0,60}"
    r"|share this\b.*|share (?:article|story|on)\b.*|about the author|read (?:next|also)"
    r"|newsletters?|footnotes|see also)\s*:?\s*$",
    re.I,
)
_FURNITURE = re.compile(
    r"^(?:(?:page\s+)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?$|"
    r"your email address will not be published|required fields|save my name|this article (?:has been adapted|was "
    r"(?:originally|first) published|is republished|originally appeared)|sign up|subscribe|follow us|follow \w+ on|"
    r"advertisement|story continues below|©|\(c\)|copyright|all rights reserved|click here|read more|read also|"
    r"also read|watch( now)?:|listen:|image(?: source| credit)?:|photo(?:graph)?(?: by| credit)?\b|picture:|"
    r"\(?(?:additional )?reporting by|\(?(?:editing|writing|compiled) by|source:|"
    r"(?:facebook|twitter|whatsapp|email|print|"
    r"linkedin|reddit|share)$|cookie|we use cookies|enable javascript|skip to|home\s*[>|»/]|get the latest|don'?t miss|"
    r"support (?:our|the|independent)\b|donate|loading|\d+ comments?$|"
    r"\d+ (?:shares?|views?)$|\d+[- ]min(?:ute)?s? read|"
    r"(?:related|read more|read also|also read|also see|see also|more|recommended|must read|watch|listen|sponsored|"
    r"promoted|advert|ad|paid post|partner content)\s*[:|»>]|[\d.,]+[km]? (?:comments?|shares?|views?|likes?|"
    r"reads?|replies)$|"
    r"(?:view |show |see |load |all |join )*comments?\s*(?:\(\d+\))?$|accessibility (?:links?|help)|"
    r"advertise(?:ment|r content)|"
    r"(?:about |updated |published |posted )?\d+ (?:sec|min|hour|hr|day|week|month)\w*\.? ago$|"
    r"what do you think\?|have your say|join the conversation|download (?:our|the) app|contact us|terms of|privacy)",
    re.I,
)
_DATE_WORDS = re.compile(r"\b(published|posted|updated|modified|created|issued|date|last edited)\b", re.I)
_FIRST_ISSUED = re.compile(r"\b(published|posted|created|issued)\b", re.I)
_DATELINE = re.compile(
    r"^(?:\([A-Z]{3,}[^()]{0,40}(?:\([A-Z]+\))?\)\s+)?"
    r"(?:[A-Z][A-Za-z .'’/-]{2,40}"
    r"(?:,\s*[A-Z][\w. ]{1,40}?)?(?:,\s*\w{3,9}\.?\s+\d{1,2}(?:,\s*\d{4})?)?\s*\([A-Z][\w ./]{1,40}\)\s*[-–—]{1,2}\s*"
    r"|[A-Z][A-Z .'’/-]{2,40}(?:,\s*[A-Z][\w. ]{1,40}?)?(?:,\s*\w{3,9}\.?\s+\d{1,2}(?:,\s*\d{4})?)?\s*[-–—]{1,2}\s*"
    r"|\([A-Z][\w ./]{1,20}\)\s*[-–—]{1,2}\s+|[A-Z][a-z]+(?: [A-Z][a-z]+){0,2} [-–—]{1,2} (?=[A-Z])"
    r"|[a-z]{3,20}(?: [a-z]{3,20})?(?:, [a-z]{3,20})? — (?=[A-Z]))?"
)
_TERMINAL = re.compile(r"[.!?…][\"”’“«»')\]\s]*$|[,:;][\"”’“«»')\]\s]*$")
_SEPARATOR = re.compile(r"[|•·/]|\s[-–—]+\s")
_ITEM = re.compile(
    r"^(?:[•▪‣●◦■*]|[-–—](?=\s))\s*"
    r"|^\(?\d{1,2}[:.]\d{2}\)?(?:\s*(?:[ap]\.?m\.?|GMT|UTC|[A-Z]{2,4}\b))?\s*(?:[-–—:|]\s*|\s)(?=[^\W\d_a-z]|[“\"])"
)
"""An item of a list or of a live blog begins so: a bullet, or the time of day."""
_SIGNED = re.compile(r"[”\"]\s*(?:[-–—]|--)\s*[^\W\d_][\w.,’'-]*(?: [\w.,’'-]+){0,11}$")
_BESIDE = word_set("beside_dates")
"""What may stand in small letters beside the date of a page."""
_MENU = word_set("menu")
_LABELS = word_set("labels_of_pages")
_LINKS = re.compile(r"(?:\s+(?:#\w+|pic\.[\w.]+/\S+|https?://\S+))+\s*$")
"""What a post carries behind its words."""
_STOP = re.compile(r"[.!?…][\"”’“«»')\]]*\s")
_SPACE = re.compile(r"\s")
_MARK = re.compile('["“”]')
LONGEST_PARAGRAPH = 5000
"""A longer paragraph is read in pieces, as much of the reading compares within a paragraph."""


def lay_out(
    text: str,
    *,
    identity: str,
    title: str | None = None,
    author: str | None = None,
    publisher: str | None = None,
    published: date | None = None,
    published_text: str | None = None,
    form: str = "text",
    notes: Sequence[str] = (),
) -> Article:
    """Return the article: each block named for what it is, and what the head of the page says about it.

    What the caller already knows (from the head of an HTML page) is kept; the rest is looked for in the text. The
    article's text is the ``readable`` form of the one given.
    """
    text, shown = readable(text)
    if shown:
        notes = (
            *notes,
            f"{shown:,} control character{'s' if shown > 1 else ''} of the file stand as \ufffd in the text",
        )
    title, author, publisher = _field(title), cleaned(_field(author)), _field(publisher)
    spans = _blocks(text)
    kinds = _kinds(text, spans, has_title=title is not None)
    blocks = tuple(Block(s, e, k) for (s, e), k in zip(spans, kinds, strict=True))
    blocks = tuple(_after_dateline(text, b) for b in blocks)
    if title is None:
        first = next((b for b in blocks if b.kind == "title"), None)
        title = _field(text[first.start : first.end]) if first else None
    if published is None:
        found = _published(text, blocks, date_in(published_text))
        published, published_text = (found.on, found.text) if found else (None, None)
        if found and found.readings:
            notes = (*notes, f"the date of the article is not certain: {found.words}")
    if author is None:
        author = author_of(text, blocks, title)
    return Article(
        identity, text, blocks, title, author, publisher, published, published_text, form, tuple(notes)
    )  # fmt: skip


def _field(written: str | None) -> str | None:
    """Return what the head of a file says in one field, on one line; ``None`` for nothing that can be seen."""
    line = in_one_line(written)[:LONGEST_HEADER] if written else ""
    return line if any(unicodedata.category(sign)[0] not in "CZ" for sign in line) else None


def _blocks(text: str) -> list[tuple[int, int]]:
    """Return the paragraphs: lines, joined where the text is hard-wrapped."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text) if m.group().strip()]
    pairs = [(a, b) for a, b in itertools.pairwise(lines) if not re.search(r"\n[^\S\n]*\n", text[a[1] : b[0] + 1])]
    unended = [(a, b) for a, b in pairs if not _TERMINAL.search(text[a[0] : a[1]]) and 20 <= a[1] - a[0] <= 110]
    loose = [(a, b) for a, b in unended if a[1] - a[0] >= 40 or text[b[0]].islower()]  # or a narrow column
    wrapped = len(pairs) >= 3 and len(loose) >= 0.5 * len(pairs)
    joined: list[tuple[int, int]] = []
    for start, end in lines:
        near = joined and not re.search(r"\n[^\S\n]*\n", text[joined[-1][1] : start + 1])
        own = _ITEM.match(text[start:end]) or label_of(text[start:end])
        if near and not own and (wrapped or _goes_on(text[joined[-1][0] : joined[-1][1]], text[start:end])):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [_trim(text, s, e) for start, end in joined for s, e in _pieces(text, start, end)]


def _goes_on(line: str, following: str) -> bool:
    """Return whether a line breaks in the middle of a sentence or of a quote: the next begins small, or closes it."""
    if _TERMINAL.search(line) or len(line.split()) < 4:
        return False
    left_open = line.count("“") > line.count("”")
    closes = 0 <= following.find("”") < (following.find("“") if "“" in following else len(following))
    return following[:1].islower() or (left_open and closes)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a paragraph, or, where it is longer than any, its pieces: cut at the ends of sentences outside quotes."""
    while end - start > LONGEST_PARAGRAPH:
        window = text[start : start + LONGEST_PARAGRAPH]
        half = LONGEST_PARAGRAPH // 2
        stops = [m.end() for m in _STOP.finditer(window, half)] or [m.end() for m in _SPACE.finditer(window, half)]
        marks = [m.start() for m in _MARK.finditer(window)]
        outside = [at for at in stops if bisect.bisect(marks, at) % 2 == 0]
        cut = start + (outside or stops or [LONGEST_PARAGRAPH])[-1]
        if text[start:cut].strip():
            yield start, cut
        start = cut
    if text[start:end].strip():
        yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _kinds(text: str, spans: Sequence[tuple[int, int]], *, has_title: bool) -> list[BlockKind]:
    kinds: list[BlockKind] = []
    seen_body, others = False, 0
    labels = labels_of([text[start:end] for start, end in spans])
    for number, (start, end) in enumerate(spans):
        line = text[start:end]
        following = text[spans[number + 1][0] : spans[number + 1][1]] if number + 1 < len(spans) else ""
        prose = _is_prose(line) or labels[number] is not None or _introduces(line, following)
        if (
            (_FURNITURE.match(line) and len(line) < 260)
            or _TAIL.match(line)
            or (not seen_body and _leads_elsewhere(line))
            or _stands_twice(text, spans, number)
        ):
            kinds.append("furniture")
        elif not seen_body and _is_header(line):
            kinds.append("header")
        elif (
            not has_title
            and not seen_body
            and "title" not in kinds
            and others < 3
            and len(line) < 250
            and not (_is_label(line, following) and _title_follows(text, spans[number + 1 : number + HEADER_ZONE]))
            and not line.rstrip().endswith(".")
            and labels[number] is None
        ):
            kinds.append("title")
        elif prose:
            kinds.append("body")
            seen_body = True
        else:
            kinds.append("header" if not seen_body else "heading")
        counts = kinds[-1] == "header" and len(line.split()) > 2 and not _is_header(line)
        others += counts and not _is_label(line, following)
    return _without_tail(text, spans, kinds)


def _leads_elsewhere(line: str) -> bool:
    """Return whether a line above the article is of the page's menu: "Home", "World news", "Sign in"."""
    words = re.findall(r"[^\W\d_]+", line.lower())
    return 0 < len(words) <= 12 and all(word in _MENU for word in words)


def _is_label(line: str, following: str) -> bool:
    """Return whether a line may stand above the title: a section, a publisher, or what a link follows on."""
    words = re.findall(r"[^\W\d_]+", line)
    if len(words) <= 2 or _leads_elsewhere(following) or _FURNITURE.match(following):
        return True
    low = [word.lower() for word in words]
    set_off = len(words) <= 5 and all(word[0].isupper() or word.lower() in _MENU or len(word) <= 3 for word in words)
    return set_off and (2 * sum(word in _MENU for word in low) >= len(low) or any(word in _LABELS for word in low))


def _stands_twice(text: str, spans: Sequence[tuple[int, int]], number: int) -> bool:
    """Return whether a line says the one before it again: a picture's description, and its caption."""
    if number == 0:
        return False
    (start, end), (a, b) = spans[number], spans[number - 1]
    return end - start == b - a >= 30 and text[start:end] == text[a:b]


def _title_follows(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether a line that reads more like a title stands between here and the first paragraph."""
    for start, end in spans:
        line = text[start:end]
        if _is_prose(line):
            return False
        words = len(line.split())
        if 4 <= words <= 30 and not _is_header(line) and not _FURNITURE.match(line) and not _leads_elsewhere(line):
            return True
    return False


def _is_prose(line: str) -> bool:
    line = _LINKS.sub("", line) or line
    words = line.split()
    if _TERMINAL.search(line) and len(words) >= 4:
        return True
    if _ITEM.match(line) and len(words) >= 6:
        return True  # an item of a list or of a live blog needs no full stop
    if line[0] in '“"' and len(line) < LONGEST_PARAGRAPH and _SIGNED.search(line):
        return True
    quoted = line[0] in '“"‘„«»`' and (
        _TERMINAL.search(line) is not None or (len(words) >= 3 and line[-1] in "”\"’“«»'")
    )
    return quoted or len(words) >= 25


def _introduces(line: str, following: str) -> bool:
    """Return whether a line names who speaks in the next one: "From the desk of Jon Dole:"."""
    return line.endswith(":") and len(line.split()) <= 20 and following[:1] in set('“"„«»')


def _is_header(line: str) -> bool:
    if len(line) > 160:
        return False
    tells = line.rstrip().endswith(".") and len(line.split()) >= 12  # a sentence that happens to speak of a date
    if not tells and _DATE_WORDS.search(line) and (absolute_dates(line) or re.search(r"\d", line)):
        return True
    dates = absolute_dates(line)
    if dates and len(line) - sum(d.end - d.start for d in dates) < 60 and not _TERMINAL.search(line):
        return True
    byline = BYLINE.match(line)
    return bool(byline and len(line.split()) <= 14 and not line.rstrip().endswith("."))


def _without_tail(text: str, spans: Sequence[tuple[int, int]], kinds: list[BlockKind]) -> list[BlockKind]:
    """Call everything after a tail marker furniture, if little prose follows it."""
    total = after = sum(end - start for (start, end), kind in zip(spans, kinds, strict=True) if kind == "body")
    for number, (start, end) in enumerate(spans):
        if kinds[number] == "body":
            after -= end - start
        elif _TAIL.match(text[start:end]) and total and after <= 0.2 * total:
            return kinds[:number] + ["furniture"] * (len(kinds) - number)
    return kinds


def _after_dateline(text: str, block: Block) -> Block:
    if block.kind != "body":
        return block
    item = _ITEM.match(text[block.start : block.end])
    if item and item.end() < block.end - block.start:
        return Block(block.start + item.end(), block.end, block.kind)
    match = _DATELINE.match(text[block.start : block.end])
    return Block(block.start + match.end(), block.end, block.kind) if match and match.end() else block


def _published(text: str, blocks: Sequence[Block], given: DateFound | None) -> DateFound | None:
    """Return the date of publication: what the head of the page says, else its foot, never a date in the prose.

    ``given`` is what the file's own fields say where that is ambiguous. Where the best source is ambiguous, another
    date of the page settles it if it is one of the two.
    """
    ranked = [(-1, 0, given)] if given else []
    for number, block in enumerate(blocks):
        if block.kind in ("body", "title"):
            continue
        line = text[block.start : block.end]
        for found in absolute_dates(line[:LONGEST_HEADER]):
            rank = _rank(line, found, block.kind, number)
            if rank is not None:
                ranked.append((rank, number, found))
    first = next((b for b in blocks if b.kind == "body"), None)
    if first is not None:  # a dateline with a full date stands before the first body block
        line_start = text.rfind("\n", 0, first.start) + 1
        ranked += [(4, 0, found) for found in absolute_dates(text[line_start : first.start])]
    best = min(ranked, key=lambda r: r[:2])[2] if ranked else None
    if best is None or best.on is not None:
        return best
    return next((found for _, _, found in ranked if found.on in best.readings), best)


def _rank(line: str, found: DateFound, kind: BlockKind, number: int) -> int | None:
    """Return how far a date outside the prose is trusted as that of publication, 0 first; ``None`` for not at all."""
    before = line[: found.start]
    if _FIRST_ISSUED.search(before):
        rank = 0
    elif re.search(r"\b(updated|modified|edited)\b", before, re.I):
        rank = 2
    elif _DATE_WORDS.search(before) or (kind == "header" and _stands_alone(line, found)):
        rank = 1
    else:
        return None
    return rank if kind == "header" and number <= HEADER_ZONE else 3


def _stands_alone(line: str, found: DateFound) -> bool:
    """Return whether a date is set off, at most with names and times beside it: "War began 3 May 2020" tells of one."""
    if re.search(r"://|www\.", line):
        return re.fullmatch(r"(?:\w+:)?\s*(?:https?://|www\.)\S+", line) is not None
    start = max((m.end() for m in _SEPARATOR.finditer(line, 0, found.start)), default=0)
    end = _SEPARATOR.search(line, found.end)
    beside = line[start : found.start] + " " + line[found.end : end.start() if end else len(line)]
    return all(word in _BESIDE for word in re.findall(r"(?<![\w.])[a-z][a-z.]*", beside))
