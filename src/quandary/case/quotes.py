"""Quotes matched to their text exactly, white space and quotation marks folded, and kept as spans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from quandary.case.model import Case, Claim
from quandary.places import Place
from quandary.problems import Problem, Severity

ARTICLE = "article"
"""The source whose text may be given beside the case (``--text FILE``)."""

_SINGLE = "'\u2018\u2019\u201a\u201b\u2039\u203a`\u00b4"
_DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb'
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_IGNORED = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


def find_quote(quote: str, text: str) -> tuple[int, int] | None:
    """Return (start, end) of the quote in the text, or ``None``.

    Runs of white space count as one space, and every kind of quotation mark, apostrophe and dash as one; nothing
    else is forgiven.
    """
    folded, starts = _folded(text)
    wanted = _folded(quote)[0].strip()
    if not wanted:
        return None
    at = folded.find(wanted)
    if at < 0:
        wanted = wanted.strip("'")
        at = folded.find(wanted) if wanted else -1
    if at < 0:
        return None
    return starts[at], starts[at + len(wanted) - 1] + 1


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, where it stands in the original."""
    characters: list[str] = []
    starts: list[int] = []
    for index, character in enumerate(text):
        sign = _fold(character)
        if sign and not (sign == " " and characters and characters[-1] == " "):
            characters.append(sign)
            starts.append(index)
    return "".join(characters), starts


def _fold(character: str) -> str:
    """Return the sign that a character counts as; nothing for one that is not seen."""
    if character in _IGNORED:
        return ""
    if character.isspace():
        return " "
    if character in _SINGLE or character in _DOUBLE:
        return "'"
    return "-" if character in _DASHES else character


def matched(case: Case, article: str | None, places: Mapping[str, Place]) -> tuple[Case, tuple[Problem, ...]]:
    """Return the case with the span of every claim's quote whose text is at hand, and the faults found.

    A claim of the source ``article`` is matched to ``article``, a claim without a source to the case's own prose.
    """
    problems: list[Problem] = []
    claims = tuple(_with_span(case, claim, article, places, problems) for claim in case.claims)
    problems.extend(_not_checked(case, article))
    return replace(case, claims=claims), tuple(problems)


def _text_of(case: Case, claim: Claim, article: str | None) -> tuple[str | None, str]:
    if claim.source is None:
        return case.text, case.text_path or "the text"
    return (article if claim.source == ARTICLE else None), f'source "{claim.source}"'


def _with_span(
    case: Case, claim: Claim, article: str | None, places: Mapping[str, Place], problems: list[Problem]
) -> Claim:
    text, named = _text_of(case, claim, article)
    if text is None:
        return claim
    span = find_quote(claim.quote, text)
    if span is None and not claim.paraphrase:
        place = places.get(f"claims.{claim.id}.quote", claim.place)
        message = f'the quote of claim "{claim.id}" does not stand in {named}'
        hint = "copy the words exactly, or mark the claim `paraphrase: true`"
        problems.append(Problem("Q174", message, place, hint))
    return replace(claim, span=span)


def _not_checked(case: Case, article: str | None) -> list[Problem]:
    """Return one warning for each source whose text is not at hand, with the number of its quotes."""
    unread: dict[str, list[Claim]] = {}
    for claim in case.claims:
        if _text_of(case, claim, article)[0] is None and not claim.paraphrase:
            unread.setdefault(claim.source or "", []).append(claim)
    found = []
    for source, claims in unread.items():
        count = f"{len(claims)} quote{'s' if len(claims) > 1 else ''}"
        if source:
            message = f'{count} of source "{source}" not checked: its text is not at hand'
            hint = "give it with --text FILE" if source == ARTICLE else None
        else:
            message = f"{count} not checked: the claim names no source and the case no text"
            hint = "name the prose with `text: analysis.md`, or give the claim a source"
        found.append(Problem("Q313", message, claims[0].place, hint, Severity.WARNING))
    return found
