"""Condition and consequence of a conditional, cause, effect and sign of a causal claim, as places in the article."""

from __future__ import annotations

import re

from quandary.read.records import Link, Passage, Sign

_IF = (
    r"(?:even\s+if|if|unless|as\s+long\s+as|so\s+long\s+as|provided\s+that|in\s+case|assuming\s+that|"
    r"in\s+the\s+event\s+(?:of|that)|without)"
)
_FRONT = re.compile(
    rf"(?:^|[,;]\s+|\b(?:that|and|but)\s+)(?P<word>{_IF})\s+(?P<condition>.+?)(?:,\s+(?:then\s+)?|\s+then\s+)(?P<consequence>.+)$",
    re.I | re.S,
)
_BACK = re.compile(rf"^(?P<consequence>.+?),?\s+(?P<word>{_IF})\s+(?P<condition>.+)$", re.I | re.S)
_OTHERWISE = re.compile(
    r"^(?P<condition>.+?)[,;.]?\s+(?:or(?:\s+else)?|otherwise),?\s+(?P<consequence>.+)$", re.I | re.S
)
_INVERTED = re.compile(r"^(?:should|were|had)\s+(?P<condition>.+?),\s+(?P<consequence>.+)$", re.I | re.S)

_RAISES = (
    r"(?:lead|leads|led|leading)\s+to|result(?:s|ed|ing)?\s+in|caus(?:e|es|ed|ing)|trigger(?:s|ed|ing)?|spark(?:s|ed|ing)?|"
    r"pav(?:e|es|ed|ing)\s+the\s+way\s+(?:for|to)|g(?:i|a)ves?\s+rise\s+to|br(?:ing|ings|ought)\s+about|provok(?:e|es|ed|ing)|"
    r"prompt(?:s|ed|ing)?|fuel(?:s|l?ed|l?ing)?|encourag(?:e|es|ed|ing)|embolden(?:s|ed|ing)?|heighten(?:s|ed|ing)?|"
    r"contribut(?:e|es|ed|ing)\s+to|inflam(?:e|es|ed|ing)|exacerbat(?:e|es|ed|ing)|worsen(?:s|ed|ing)?|strengthen(?:s|ed|ing)?|enabl(?:e|es|ed|ing)|forc(?:e|es|ed|ing)"
)
_LOWERS = (
    r"prevent(?:s|ed|ing)?|deter(?:s|red|ring)?|undermin(?:e|es|ed|ing)|weaken(?:s|ed|ing)?|fend(?:s|ed)?\s+off|"
    r"discourag(?:e|es|ed|ing)|reduc(?:e|es|ed|ing)|avert(?:s|ed|ing)?|"
    r"hinder(?:s|ed|ing)?|delay(?:s|ed|ing)?|defus(?:e|es|ed|ing)"
)
_AUX = (
    r"(?:(?:will|would|may|might|could|can|has|have|had|is|are|was|were|to|also|further|likely|not|now|only|be|been|then)"
    r"\s+)*"
)
_ACTIVE = re.compile(
    rf"^(?P<cause>.+?)\s+(?P<aux>{_AUX})(?P<verb>(?P<up>{_RAISES})|(?P<down>{_LOWERS}))\s+(?P<effect>.+)$", re.I | re.S
)
_PASSIVE = re.compile(
    r"^(?P<effect>.+?)\s+(?:is|are|was|were|been|being)\s+(?:\w+ly\s+)?(?:caused|triggered|sparked|prompted|provoked|driven|fuelled|fueled|"
    r"brought\s+about)\s+by\s+(?P<cause>.+)$", re.I | re.S)  # fmt: skip
_BECAUSE = re.compile(
    r"^(?P<effect>.+?),?\s+(?:because(?:\s+of)?|due\s+to|owing\s+to|thanks\s+to|as\s+a\s+result\s+of|stems?\s+from|stemmed\s+from)\s+(?P<cause>.+)$",
    re.I | re.S,
)
_AS_FIRST = re.compile(r"^(?:as|because|since)\s+(?P<cause>.+),\s+(?P<effect>.+?)$", re.I | re.S)
_MAKES = re.compile(
    r"^(?P<cause>.+?)\s+(?:makes?|made|renders?|rendered)\s+(?P<effect>.+?)\s+(?:(?:much|far|even)\s+)?(?P<way>less|more)\s+(?:likely|probable|possible)(?P<tail>.*)$",
    re.I | re.S,
)
_LIKELY = re.compile(r"\b(?P<way>less|more)\s+(?:likely|probable)\b", re.I)
_BLAMED = re.compile(r"^(?P<effect>.+?)\s+on\s+(?P<cause>.+)$", re.S)
_BLAMED_FOR = re.compile(r"^(?P<cause>.+?)\s+for\s+(?P<effect>.+)$", re.S)


def conditional_link(text: str, start: int, end: int) -> Link | None:
    """Return condition and consequence of the first conditional in ``start``..``end``; ``unless`` is negated."""
    body = text[start:end]
    for form in (_FRONT, _INVERTED, _BACK, _OTHERWISE):
        match = form.search(body)
        if match:
            word = match.groupdict().get("word") or ""
            condition = _clip(text, start, match, "condition")
            consequence = _clip(text, start, match, "consequence")
            if condition and consequence:
                negated = word.lower() in ("unless", "without") or form is _OTHERWISE
                return _split_conditions(text, condition, consequence, negated=negated)
    return None


def _split_conditions(text: str, condition: Passage, consequence: Passage, *, negated: bool) -> Link:
    """Return the link; "if A, or if B" gives A as its condition and B as an alternative."""
    parts = [(m.start(), m.end()) for m in re.finditer(r",?\s+(?:or|and)\s+(?:if|unless)\s+", condition.text)]
    if not parts:
        return Link(condition, consequence, negated=negated)
    starts = [0, *(end for _, end in parts)]
    ends = [*(start for start, _ in parts), len(condition.text)]
    passages = [
        Passage(condition.start + a, condition.start + b, text[condition.start + a : condition.start + b])
        for a, b in zip(starts, ends, strict=True)
    ]
    return Link(passages[0], consequence, negated=negated, alternatives=tuple(passages[1:]))


def causal_link(text: str, start: int, end: int, cue: str | None = None) -> Link | None:
    """Return cause, effect and sign of the first causal claim between ``start`` and ``end``."""
    body = text[start:end]
    if cue == "blame":
        match = _BLAMED.search(body) or _BLAMED_FOR.search(body)
        return _link(text, start, match, "raises") if match else None
    for form in (_MAKES, _AS_FIRST, _PASSIVE, _BECAUSE, _ACTIVE):
        match = form.search(body)
        if match is None:
            continue
        groups = match.groupdict()
        sign: Sign = "raises"
        if form is _ACTIVE and groups.get("down"):
            sign = "lowers"
        likely = _LIKELY.search(match.group(0))
        if likely and likely.group("way").lower() == "less":
            sign = "lowers"
        if form is _ACTIVE and re.search(r"\bnot\b", groups.get("aux") or ""):
            continue
        return _link(text, start, match, sign)
    return None


def _link(text: str, start: int, match: re.Match[str], sign: Sign) -> Link | None:
    cause, effect = _clip(text, start, match, "cause"), _clip(text, start, match, "effect")
    if cause is None or effect is None:
        return None
    comparison = re.search(
        r"\s+(?:has|have|is|are|was|were|would|will)\s+(?:now\s+)?(?:also\s+)?(?:be\s+|been\s+|become\s+)?(?:much\s+)?(?:less|more)\s+likely.*$",
        effect.text,
        re.S,
    )
    if comparison:
        effect = Passage(effect.start, effect.start + comparison.start(), effect.text[: comparison.start()])
    return Link(cause, effect, sign)


def _clip(text: str, start: int, match: re.Match[str], group: str) -> Passage | None:
    low, high = start + match.start(group), start + match.end(group)
    while low < high and text[low] in " \n\t,;:.…—-":
        low += 1
    while high > low and text[high - 1] in ' \n\t,;:.…—-"”“':
        high -= 1
    return Passage(low, high, text[low:high]) if high > low else None
