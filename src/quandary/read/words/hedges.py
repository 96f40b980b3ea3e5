"""Words of estimative probability, and what they are read as: a range from a cited table, or a direction."""

from __future__ import annotations

import re
from functools import cache

from quandary.quantities.words import tables
from quandary.read.records import Direction, Hedge, Passage, ProbabilityRange, Sign
from quandary.read.words.stated import stated_in
from quandary.read.words.wording import whole_words

_DIRECTION = re.compile(
    r"(?<![\w-])(?P<words>(?:(?:much|far|even|significantly|somewhat|slightly)\s+)?(?P<way>less|more)\s+(?:likely|probable)"
    r"|(?:increases?|raises?|heightens?|increased|raised|heightened)\s+the\s+(?:risk|chances?|likelihood|probability|odds|danger)(?:\s+of)?"
    r"|(?:reduces?|lowers?|diminishe[sd]|decreases?|reduced|lowered|decreased)\s+the\s+(?:risk|chances?|likelihood|probability|odds|danger)(?:\s+of)?)"
    r"(?![\w-])",
    re.I,
)
_MODAL = re.compile(
    r"(?<![\w-])(?P<words>(?:(?:almost\s+)?certainly|probably|possibly|likely)\s+(?:would|will)(?:\s+not|n['’]t)?"
    r"|(?:would|will|could|may|might|should|must|shall)(?:\s+not|n['’]t|\s+(?:almost\s+certainly|certainly|probably|likely|possibly))?"
    r"|won['’]t|(?:has|have|had)\s+to|['’]ll|ought\s+to|expected|is\s+set\s+to|(?:am|is|are|was|were)\s+going\s+to)(?![\w-])",
    re.I,
)
# a modal verb is read as the table's row for that verb; "would" in reported speech is only "will" shifted back
_MODAL_ROWS = {
    "may": "may happen",
    "might": "might happen",
    "could": "could happen",
    "will": "will happen",
    "'ll": "will happen",
}
# certainty taken back: what follows has not been given any probability
_OPEN = re.compile(
    r"(?<![\w-])(?P<words>far\s+from\s+(?:certain|sure|clear|guaranteed|inevitable|assured|settled|obvious|a\s+given|over)"
    r"|anything\s+but\s+(?:certain|sure|clear|guaranteed|inevitable|assured|settled)"
    r"|(?:by\s+no\s+means|not\s+at\s+all|hardly|scarcely|not|n['’]t)\s+(?:yet\s+|at\s+all\s+|entirely\s+|fully\s+|very\s+|so\s+)?"
    r"(?:certain|sure|clear|guaranteed|inevitable|assured|known|settled|obvious|a\s+given)"
    r"|no\s+(?:guarantee|certainty|assurance|telling)|unclear|uncertain|unknown|an\s+open\s+question|remains?\s+to\s+be\s+seen"
    r"|remained\s+to\s+be\s+seen|too\s+(?:early|soon)\s+to\s+(?:say|tell|know)|in\s+doubt|doubtful|doubts?\s+(?:remain|persist|linger)(?:s|ed)?)(?![\w-])",
    re.I,
)
_ASKED = re.compile(r"\bwhether\b[^.;:,]{0,80}$", re.I)  # "whether it will hold" says nothing of how likely
_UNABLE = re.compile(r"(?:could|can)\s*(?:not|n['’]t)|cannot", re.I)
_PLAIN_WORDS = frozenset(
    ("often", "always", "never", "usually", "rarely", "frequently", "certain", "remote", "not often", "almost always")
) | {"probable", "impossible", "with high probability"}


def range_of(phrase: str) -> ProbabilityRange | None:
    """Return what a phrase is read as: the largest survey that has it first, then a prescribed band."""
    wanted = re.sub(r"\s+", " ", phrase.lower().replace("’", "'"))
    table = next((table for table in tables().values() if wanted in table.meanings), None)
    if table is None:
        return None
    found = table.meanings[wanted]
    return ProbabilityRange(found.low, found.middle, found.high, table.basis, table.citation, wanted, table.author)


@cache
def _phrases() -> re.Pattern[str] | None:
    modal = set(_MODAL_ROWS.values())
    known = dict.fromkeys(phrase for table in tables().values() for phrase in table.meanings)
    words = [phrase for phrase in known if phrase not in modal | _PLAIN_WORDS]
    return whole_words(words) if words else None


def find_hedge(text: str, start: int, end: int) -> Hedge | None:
    """Return the most telling hedge between ``start`` and ``end``: a direction, a phrase of the table, then a modal."""
    body = text[start:end]
    direction = _DIRECTION.search(body)
    if direction:
        lowers = direction.group("way") or direction.group("words").lower()
        sign: Sign = "lowers" if re.match(r"less|reduc|lower|dimin|decr", lowers, re.I) else "raises"
        passage = _passage(text, start, direction, "words")
        return Hedge(passage, None, _direction(text, start, end, direction, sign))
    stated = stated_in(body)
    if stated is not None:
        return Hedge(_passage(text, start, stated[0], "words"), stated[1])
    taken_back = _OPEN.search(body)
    if taken_back:
        return Hedge(_passage(text, start, taken_back, "words"))
    pattern = _phrases()
    phrase = pattern.search(body) if pattern else None
    modal = _best_modal(body)
    if modal is not None and phrase is not None and modal.start() <= phrase.start() < modal.end():
        return Hedge(_passage(text, start, modal, "words"), _modal_range(phrase.group(0), modal.group("words")))
    if phrase:
        return Hedge(_passage(text, start, phrase, 0), range_of(phrase.group(0)))
    if modal:
        return Hedge(_passage(text, start, modal, "words"), _modal_range(None, modal.group("words")))
    return None


def _best_modal(body: str) -> re.Match[str] | None:
    """Return the first modal that looks ahead or obliges; "would" only where there is no other."""
    found = [
        m
        for m in _MODAL.finditer(body)
        if not re.match(r"\s+(?:have|like)\b", body[m.end() : m.end() + 6])
        and not (m.group("words").startswith("May") and m.start() > 0)
        and not _ASKED.search(body, max(0, m.start() - 90), m.start())
    ]
    firm = [m for m in found if not m.group("words").lower().startswith("would")]
    ordered = firm or found
    return ordered[0] if ordered else None


def _modal_range(adverb: str | None, words: str) -> ProbabilityRange | None:
    low = words.lower().replace("’", "'")
    negated = "not" in low.split() or low.endswith("n't")
    if negated and _UNABLE.match(low):
        return None  # "could not" denies an ability; it gives no probability
    if adverb and not re.match(r"would|will|could|may|might", adverb, re.I):
        found = range_of(adverb)
    else:
        found = range_of(_MODAL_ROWS.get(low.split()[0].removesuffix("n't"), "")) if "would" not in low else None
        if low == "won't":
            found = range_of("will happen")
    if found is None or not negated:
        return found
    ends = 1 - found.high, 1 - found.median, 1 - found.low
    return ProbabilityRange(*ends, found.basis, found.source, f"not: {found.phrase}", found.author)


def _passage(text: str, start: int, match: re.Match[str], group: str | int) -> Passage:
    low, high = start + match.start(group), start + match.end(group)
    return Passage(low, high, text[low:high])


def _direction(text: str, start: int, end: int, match: re.Match[str], sign: Sign) -> Direction:
    """Return what became less or more likely and because of what: "X makes Y less likely", "as X, Y is less likely"."""
    low, high = _sentence(text, start, end, start + match.start())
    sentence = text[low:high]
    at = start + match.start() - low
    made = re.search(r"\b(?:makes?|made|making|renders?|rendered)\s+", sentence[:at])
    if made:
        return Direction(sign, _clip(text, low + made.end(), low + at), _clip(text, low, low + made.start()))
    because = re.match(r"\s*(?:as|because|since|with)\s+(?P<cause>.+),\s+", sentence[:at], re.S)
    became = re.search(
        r"\s+(?:is|are|was|were|has|have|had|would|will|seems?|looks?|became|become)\b", sentence[:at][::1]
    )
    if because:
        rest = because.end()
        verb = re.search(
            r"\s+(?:is|are|was|were|has|have|had|would|will|now|seems?|looks?|became)\b", sentence[rest:at]
        )
        stop = rest + verb.start() if verb else at
        return Direction(
            sign,
            _clip(text, low + rest, low + stop),
            _clip(text, low + because.start("cause"), low + because.end("cause")),
        )
    if became:
        return Direction(sign, _clip(text, low, low + became.start()), None)
    return Direction(sign, None, None)


def _sentence(text: str, start: int, end: int, at: int) -> tuple[int, int]:
    before = [m.end() for m in re.finditer(r"[.!?…]\s+", text[start:at])]
    after = re.search(r"[.!?…](?:\s|$)", text[at:end])
    return start + (before[-1] if before else 0), at + after.start() if after else end


def _clip(text: str, start: int, end: int) -> Passage | None:
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return Passage(start, end, text[start:end]) if end > start else None
