"""Labels that say who speaks in a transcript, a briefing or an interview: "MR MARSH:", "QUESTION:", "Mara Lind:"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from quandary.read.words.roles import is_title
from quandary.read.words.wording import word_set

ASKING = word_set("asking_labels")
ANSWERING = frozenset(("a", "answer"))
_NO_LABELS = word_set("no_labels")
_WORD = r"[^\W\d_][\w.'’-]*"
_LABEL = re.compile(rf"\**(?P<label>{_WORD}(?:,? {_WORD}){{0,5}})\s*(?:\([^()]{{1,60}}\))?\s*\**:\**\s+(?=\S)")
_BARE_Q = re.compile(r"(?P<label>Q)\s+(?=[^\W\d_a-z]|[“\"—–-])")
"""Some transcripts set no colon behind the letter of a question."""
_LONGEST = 160
"""So much of a line is looked at."""
_NAMES = re.compile(r"(?:of|the|for|and|de|la|van|von|al|bin)$")


def label_of(line: str) -> tuple[str, int] | None:
    """Return the label that a line begins with, and where its words begin; ``None`` for a line without one."""
    match = _LABEL.match(line[:_LONGEST]) or _BARE_Q.match(line[:_LONGEST])
    if match is None:
        return None
    label = match.group("label").strip()
    words = label.replace(",", "").split()
    if words[0][0].islower() or any(word[0].islower() and not _NAMES.match(word) for word in words):
        return None
    low = label.lower().rstrip(".")
    office = len(words) == 2 and words[0] == "THE" and is_title(words[1])  # "THE PRESIDENT:"
    if not office and (low in _NO_LABELS or words[0].lower().rstrip(".") in _NO_LABELS):
        return None
    return label, match.end()


def labels_of(lines: Sequence[str]) -> list[tuple[str, int] | None]:
    """Return the speaker's label of each line with the place of its words, if the lines are of a transcript.

    They are where a label of questions or answers stands beside another one, or where two labels take turns. A label
    that stands once and names neither a person nor a questioner is none: "Background: ...".
    """
    found = [label_of(line) for line in lines]
    counts = Counter(hit[0].casefold() for hit in found if hit)
    asked = any(folded in ASKING | ANSWERING for folded in counts)
    turns = sum(counts.values()) >= 3 and len(counts) >= 2 and max(counts.values(), default=0) >= 2
    if not (turns or (asked and len(counts) >= 2)):
        return [None] * len(found)
    return [hit if hit and _is_voice(hit[0], counts) else None for hit in found]


def _is_voice(label: str, counts: Counter[str]) -> bool:
    folded = label.casefold()
    if folded in ASKING | ANSWERING or counts[folded] >= 2:
        return True
    words = label.split()
    return is_title(words[0]) or 2 <= len(words) <= 4
