"""What a phrase may be about, in the terms of a case (``concepts.toml``)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_FIRST = ("operation", "withdrawal", "request", "regime")


@dataclass(frozen=True, slots=True)
class PhraseConcept:
    """What a phrase may be about and how a case writes it."""

    name: str
    kind: str
    words: re.Pattern[str]
    none: str
    state: str


@cache
def concepts() -> tuple[PhraseConcept, ...]:
    """Return the concepts in the order in which they are tried."""
    data = tomllib.loads((files(__package__) / "concepts.toml").read_text(encoding="utf-8"))
    return tuple(
        PhraseConcept(name, c["kind"], _pattern(c["words"]), c["none"], c["state"]) for name, c in data.items()
    )


def _pattern(phrases: list[str]) -> re.Pattern[str]:
    """Return a pattern for whole words; the words of a phrase may have up to four others between them."""
    parts = [r"\W+(?:[\w’'-]+\W+){0,4}?".join(re.escape(w) + r"(?:s|es|ed|ing)?" for w in p.split()) for p in phrases]
    return re.compile(r"(?<![\w-])(?:" + "|".join(sorted(parts, key=len, reverse=True)) + r")(?![\w])", re.I)


def concept_of(phrase: str) -> PhraseConcept | None:
    """Return what a phrase is about: the concept named by the earliest telling words, the more particular one first."""
    found = [
        (c.name not in _FIRST, m.start(), rank, c) for rank, c in enumerate(concepts()) if (m := c.words.search(phrase))
    ]
    return min(found, key=lambda f: f[:3])[3] if found else None


def slug(words: str) -> str:
    """Return words as a name of the case language."""
    words = "".join(c for c in unicodedata.normalize("NFKD", words) if not unicodedata.combining(c))
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower().replace("’", "").replace("'", "")).strip("_")
    return ("v_" + plain if plain[:1].isdigit() else plain) or "unnamed"


def core(phrase: str) -> str:
    """Return a phrase without its trailing clauses: what it is about stands before "as", "while", "which"."""
    first = re.split(r",?\s+(?:as|while|which|who|after|before|when|whose|because)\s+", phrase, maxsplit=1)[0]
    return first if len(first.split()) >= 2 else phrase
