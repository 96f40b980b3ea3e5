"""Quotes matched to their text exactly, white space and quotation marks folded, and kept as spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from quandary.base.places import Place
from quandary.base.problems import Problem, Severity
from quandary.case.checks.known import numbers
from quandary.case.model import Case

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


@dataclass(frozen=True)
class _Quoted:
    """One quote of the case: whose it is, in words, and where it stands."""

    whose: str
    quote: str
    source: str | None
    place: Place
    paraphrase: bool = False


def matched(case: Case, article: str | None, places: Mapping[str, Place]) -> tuple[Case, tuple[Problem, ...]]:
    """Return the case with the span of every claim's quote whose text is at hand, and the faults found.

    A quote of the source ``article`` is matched to ``article``, a quote without a source to the case's own prose;
    this goes for the quotes of numbers too.
    """
    quotes = list(_quotes(case, places))
    problems = [fault for quoted in quotes if (fault := _fault(case, quoted, article)) is not None]
    problems.extend(_not_checked(case, quotes, article))
    claims = []
    for claim in case.claims:
        text = _text_of(case, claim.source, article)[0]
        claims.append(claim if text is None else replace(claim, span=find_quote(claim.quote, text)))
    return replace(case, claims=tuple(claims)), tuple(problems)


def _quotes(case: Case, places: Mapping[str, Place]) -> Iterator[_Quoted]:
    """Yield the quotes of claims, then those of numbers; one quote around several numbers counts once."""
    for claim in case.claims:
        place = places.get(f"claims.{claim.id}.quote", claim.place)
        yield _Quoted(f'claim "{claim.id}"', claim.quote, claim.source, place, claim.paraphrase)
    seen: set[tuple[str, str | None]] = set()
    for _, sourced in numbers(case):
        key = (sourced.quote or "", sourced.source)
        if sourced.quote and key not in seen:
            seen.add(key)
            yield _Quoted(f'"{sourced.path}"', sourced.quote, sourced.source, sourced.place)


def _text_of(case: Case, source: str | None, article: str | None) -> tuple[str | None, str]:
    if source is None:
        return case.text, case.text_path or "the text"
    return (article if source == ARTICLE else None), f'source "{source}"'


def _fault(case: Case, quoted: _Quoted, article: str | None) -> Problem | None:
    text, named = _text_of(case, quoted.source, article)
    if text is None or quoted.paraphrase or find_quote(quoted.quote, text) is not None:
        return None
    message = f"the quote of {quoted.whose} does not stand in {named}"
    hint = "copy the words exactly, or mark the claim `paraphrase: true`"
    return Problem("Q174", message, quoted.place, hint)


def _not_checked(case: Case, quotes: list[_Quoted], article: str | None) -> list[Problem]:
    """Return one warning for each source whose text is not at hand, with the number of its quotes."""
    unread: dict[str, list[_Quoted]] = {}
    for quoted in quotes:
        if _text_of(case, quoted.source, article)[0] is None and not quoted.paraphrase:
            unread.setdefault(quoted.source or "", []).append(quoted)
    found = []
    for source, some in unread.items():
        count = f"{len(some)} quote{'s' if len(some) > 1 else ''}"
        if source:
            message = f'{count} of source "{source}" not checked: its text is not at hand'
            hint = "give it with --text FILE" if source == ARTICLE else None
        else:
            message = f"{count} not checked: no source is named, and the case has no text"
            hint = "name the prose with `text: analysis.md`, or give the quote a source"
        found.append(Problem("Q313", message, some[0].place, hint, Severity.WARNING))
    return found
