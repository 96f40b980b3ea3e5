"""Where the words of an answer stand in the article, and whether it names whom they are given to."""

from __future__ import annotations

import re
from itertools import islice, pairwise

from quandary.read.records import Article, Passage

LONGEST_QUOTE = 20_000
LONGEST_NAME = 200
_LEAST_LETTERS = 4
_ARTICLES = ("The", "A", "An")
_PRONOUNS = frozenset(
    ("he", "she", "they", "it", "we", "i", "you", "his", "her", "their", "him", "them", "who", "this", "that")
) | {"one", "someone", "somebody", "nobody", "unnamed"}
_SINGLE = "'‘’‚‛‹›`´"
_DOUBLE = '"“”„‟«»'
_DASHES = "-‐‑‒–—−"
_LEAST_WORDS = 2
_FOLDED = str.maketrans({**dict.fromkeys(_SINGLE, "'"), **dict.fromkeys(_DOUBLE, '"'), **dict.fromkeys(_DASHES, "-")})
_SIGNS = {"'": f"[{_SINGLE}]", '"': f"[{_DOUBLE}]", "-": f"[{_DASHES}]"}
_LONGEST_TITLE = 4
"""Letters of an initial or a short title, after which a full stop ends no sentence."""
_MOST_BETWEEN = 2
_MOST_WORDS = 12
_MOST_PLACES = 1000
_JOINING = re.compile(r"(?:['’]s)?[^\S\n]*\n?[^\S\n]*|[\s\-‐‑–/&.'’‘“”\"«»]{1,4}")
"""What may stand between two words of a name."""


def place(article: Article, words: object, around: tuple[int, int] | None = None) -> Passage | None:
    """Return where words stand in the article's body, white space and kinds of marks apart, or ``None``.

    Of several places the first that begins inside ``around`` counts, else the first of all.
    """
    if not isinstance(words, str) or len(words.split()) < _LEAST_WORDS or len(words) > LONGEST_QUOTE:
        return None
    found = [
        match
        for match in re.finditer(_pattern(words), article.text)
        if any(b.start <= match.start() and match.start() < b.end for b in article.body())
    ]
    if not found:
        return None
    near = [match for match in found if around is not None and around[0] <= match.start() < around[1]]
    best = (near or found)[0]
    return article.passage(best.start(), best.end())


def _pattern(words: str) -> str:
    """Return the words as a pattern; where two words meet a space must stand, elsewhere it may."""
    parts = re.findall(r"\w+|\.\.\.|[^\w\s]", words.replace("…", "...").translate(_FOLDED))
    made = r"(?<!\w)" if _is_word(parts[0]) else ""
    for before, part in zip(["", *parts], parts, strict=False):
        made += "" if not before else r"\s+" if _is_word(before) and _is_word(part) else r"\s*"
        made += r"(?:…|\.\s*\.\s*\.)" if part == "..." else _SIGNS.get(part, re.escape(part))
    return made + (r"(?!\w)" if _is_word(parts[-1]) else "")


def _is_word(part: str) -> bool:
    return part[0].isalnum() or part[0] == "_"


def is_pronoun(name: str) -> bool:
    """Return whether a name names nobody."""
    return name.strip().lower() in _PRONOUNS


def is_named(article: Article, name: str, before: int | None = None) -> bool:
    """Return whether the words of a name stand together in the article; between them may be two initials or names.

    With ``before`` they must stand before the end of the paragraph after that place: nobody is a speaker who is named
    only long after his words.
    """
    words = [word.lower() for word in _words(re.sub(r"['’]s\b|^(?:the|an?)\s+", "", name.strip(), flags=re.I))]
    if not words or len(name) > LONGEST_NAME or len(words) > _MOST_WORDS:
        return False
    text = article.text if before is None else article.text[: _paragraph_after(article.text, before)]
    reach = 4 * LONGEST_NAME
    starts = re.finditer(rf"(?<!\w){re.escape(words[0])}(?!\w)", text, re.I)
    return any(_goes_on(text[found.start() : found.start() + reach], words) for found in islice(starts, _MOST_PLACES))


def _goes_on(text: str, words: list[str]) -> bool:
    """Return whether a text begins with the words of a name."""
    tokens = list(re.finditer(r"\w+", text))
    ends = {0}
    for word in words[1:]:
        ends = {
            to
            for at in ends
            for to in range(at + 1, min(at + 2 + _MOST_BETWEEN, len(tokens)))
            if tokens[to][0].lower() == word and _is_joined(text, tokens[at : to + 1])
        }
    return bool(ends)


def _is_joined(text: str, tokens: list[re.Match[str]]) -> bool:
    """Return whether words belong to one name: capitals between the first and the last, and no end of a sentence."""
    for before, after in pairwise(tokens):
        between = text[before.end() : after.start()]
        ends = "." in between and len(before[0]) > _LONGEST_TITLE
        if ends or _JOINING.fullmatch(between) is None:
            return False
    return all(token[0][0].isupper() or token[0] == "s" for token in tokens[1:-1])


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name)


def is_about(text: str, names: tuple[str, ...]) -> bool:
    """Return whether a quote has a telling word of one of some names, or one made of it ("Russian")."""
    telling: list[str] = []
    for name in names:
        words = re.findall(r"\w+", name)
        named = [word for word in words if word[0].isupper() and word not in _ARTICLES]
        telling += named or [word for word in words if len(word) >= _LEAST_LETTERS]
    return any(re.search(rf"(?<!\w){re.escape(word)}", text, re.I) for word in telling)


def _paragraph_after(text: str, place: int) -> int:
    """Return where the paragraph after the one of a place ends."""
    ends = [match.start() for match in re.finditer(r"\n\s*\S", text[place:])][:2]
    return place + ends[1] if len(ends) > 1 else len(text)


def shown(value: object, most: int = 120) -> str:
    """Return what an answer says, on one line and cut short."""
    return " ".join(str(value).split())[:most]
