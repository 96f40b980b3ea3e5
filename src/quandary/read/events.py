"""Who did what to whom, when and where, with the PLOVER type of each event."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import inside_quote
from quandary.read.parsing.grammar import Frame, Page
from quandary.read.parsing.subjects import agent_of, is_passive, subject_of
from quandary.read.people.speakers import Speakers
from quandary.read.records import ArticleStatement, Event
from quandary.read.words.countries import country_of
from quandary.read.words.dates import DateFound, dates_in

if TYPE_CHECKING:
    from spacy.tokens import Token

_UNREAL = {"will", "would", "could", "may", "might", "should", "must", "can", "shall", "'ll", "wo", "ca", "to"}
_ADVERSARY = {"against", "on", "at", "with", "to", "from", "of", "over", "for"}


@dataclass(frozen=True)
class EventLexicon:
    """Verbs (with a particle or an object word where one decides) and nouns by PLOVER type."""

    verbs: dict[str, list[tuple[str | None, str]]]
    nouns: dict[str, str]
    carriers: frozenset[str]
    modes: dict[str, str]
    undoing: frozenset[str]
    unreal: frozenset[str]
    not_yet: frozenset[str]


@cache
def plover() -> EventLexicon:
    """Return the lexicon of events."""
    data = tomllib.loads((files("quandary.read") / "plover.toml").read_text(encoding="utf-8"))
    verbs: dict[str, list[tuple[str | None, str]]] = {}
    for kind, words in data["verbs"].items():
        for entry in words.split():
            verb, _, particle = entry.partition("+")
            verbs.setdefault(verb, []).append((particle or None, kind))
    for options in verbs.values():
        options.sort(key=lambda o: o[0] is None)  # the more particular first
    nouns = {word: kind for kind, words in data["nouns"].items() for word in words.split()}
    undone = (frozenset(data["undone"][name].split()) for name in ("verbs", "nouns", "adjectives"))
    return EventLexicon(verbs, nouns, frozenset(data["carriers"]["words"].split()), data["mode"], *undone)


def code_verb(verb: Token) -> tuple[str, str | None] | None:
    """Return the PLOVER type and mode of a verb with its particles and objects, or ``None``."""
    lexicon = plover()
    lemma = verb.lemma_.lower()
    if any(c.dep_ == "prt" and c.lower_ == "off" for c in verb.children) and lemma in {"call", "break", "put", "fend"}:
        return None  # "called off a strike"
    near = {t.lower_ for c in verb.rights for t in (c, *c.children)} | {c.lemma_.lower() for c in verb.rights}
    near |= {t.lemma_.lower() for t in verb.doc[verb.i + 1 : verb.i + 4]}
    for particle, kind in lexicon.verbs.get(lemma, ()):
        if particle is None or particle in near:
            return kind, lexicon.modes.get(lemma)
    return None


def events_of(page: Page, statements: Sequence[ArticleStatement], speakers: Speakers) -> list[Event]:
    """Return the events the article reports as having happened, in order; those in a source's words name the source."""
    found: list[Event] = []
    for frame in page.frames:
        for token in frame.doc:
            coded = _coded(frame, token)
            if coded is not None:
                found.append(_event(page, frame, token, coded, statements=statements, speakers=speakers))
    return _without_repeats(found)


def _coded(frame: Frame, token: Token) -> tuple[str, str | None] | None:
    if inside_quote(frame, token) or token.i in frame.held:
        return None
    if token.pos_ == "VERB" and token.dep_ not in {"amod", "compound"}:
        return code_verb(token) if _happened(token) else None
    if token.pos_ == "NOUN" and token.lower_ in plover().nouns and _noun_is_event(frame, token):
        return plover().nouns[token.lower_], plover().modes.get(token.lower_)
    return None


def _happened(verb: Token) -> bool:
    """Return whether a verb reports something that took place: no modal, no condition, no negation, no purpose."""
    chain = [verb, *(a for a in verb.ancestors if a.dep_ in {"ROOT", "conj", "xcomp", "advcl"})][:3]
    if _is_undone(verb):
        return False
    if any(c.lower_ in _UNREAL and c.dep_ == "aux" for c in verb.children) or any(
        c.dep_ == "neg" for c in verb.children
    ):
        return False
    if any(c.dep_ == "mark" and c.lower_ in {"if", "unless"} for v in chain for c in v.children):
        return False
    if (
        verb.dep_ == "conj"
        and any(c.lower_ in _UNREAL for c in verb.head.children if c.dep_ == "aux")
        and verb.tag_ == "VB"
    ):
        return False
    return verb.tag_ in {"VBD", "VBN", "VBZ", "VBP", "VBG"} and not (
        verb.tag_ == "VBN" and verb.dep_ == "ROOT" and not list(verb.children)
    )


def _is_undone(token: Token) -> bool:
    """Return whether what a word says was cancelled, denied, planned or only talked of: it is no event."""
    if any(c.lower_ in plover().not_yet and c.dep_ in {"amod", "compound"} for c in token.lefts):
        return True
    if any(c.lower_ == "no" and c.dep_ == "det" for c in token.lefts):
        return True
    up, steps = token, 0
    while up.head != up and steps < 4:
        link, up, steps = up.dep_, up.head, steps + 1
        if link in {"nsubj", "relcl", "appos", "agent", "parataxis", "poss"} or (link == "conj" and up.pos_ == "VERB"):
            return False
        if up.pos_ == "VERB" and link in {"dobj", "xcomp", "ccomp", "pcomp", "pobj", "prep", "nsubjpass"}:
            if link == "ccomp" and up.lemma_ not in {"deny", "doubt", "fear", "threaten", "reject", "dismiss"}:
                return False
            if up.lemma_.lower() in plover().undoing and link != "prep":
                return True
        if up.pos_ == "NOUN" and up.lemma_.lower() in plover().unreal:
            return True
    return False


def _noun_is_event(frame: Frame, noun: Token) -> bool:
    head = noun.head
    if _is_undone(noun):
        return False
    if noun.dep_ in {"nsubj", "nsubjpass", "dobj"} and head.lemma_ in plover().carriers and _happened(head):
        return True
    if (
        noun.dep_ == "pobj"
        and head.lower_ in {"as", "of", "to"}
        and head.head.lemma_ in plover().carriers | {"react", "respond"}
    ):
        return True
    by = any(c.dep_ == "prep" and c.lower_ in {"of", "by"} for c in noun.rights)
    _, end = frame.sentence_of(noun.i)
    return by and bool(dates_in(frame.doc[noun.i : min(end, noun.i + 12)].text, None))


def _event(
    page: Page,
    frame: Frame,
    token: Token,
    coded: tuple[str, str | None],
    *,
    statements: Sequence[ArticleStatement],
    speakers: Speakers,
) -> Event:
    start, end = frame.sentence_of(token.i)
    span = _clause(frame, token, start, end)
    low, high = frame.start_of(frame.doc[span[0]]), frame.end_of(frame.doc[span[1] - 1])
    at = frame.start_of(token)
    said_by = next((s.speaker for s in statements if s.passage.start <= at < s.passage.end), None)
    when = _when(page, frame, token, start, end)
    actor = _who(frame, _actor(token), speakers)
    if actor is None and token.pos_ == "VERB" and not is_passive(token):
        actor = speakers.opening_person(frame, start)
    return Event(
        page.article.passage(low, high),
        actor,
        _who(frame, _target(token), speakers),
        coded[0],
        coded[1],
        when.on if when else None,
        when.text if when else None,
        when.precision if when and when.on else None,
        _place(token),
        said_by,
    )


def _clause(frame: Frame, token: Token, start: int, end: int) -> tuple[int, int]:
    """Return the token range of the clause: its subject to its last close dependant."""
    low, high = token.i, token.i + 1
    for child in token.children:
        if child.dep_ in {"nsubj", "nsubjpass", "det", "amod", "compound", "aux", "auxpass", "poss"}:
            low = min(low, child.left_edge.i)
        elif (
            child.dep_ in {"dobj", "prep", "agent", "prt", "npadvmod", "advmod", "xcomp", "oprd", "dative"}
            and child.i > token.i
        ):
            stop = next(
                (
                    t.i
                    for t in frame.doc[child.i : child.right_edge.i + 1]
                    if t.dep_ in {"relcl", "advcl", "acl"} and t.i > child.i
                ),
                child.right_edge.i + 1,
            )
            high = max(high, stop)
    return max(low, start), min(max(high, token.i + 1), end)


def _actor(token: Token) -> Token | None:
    if token.pos_ == "VERB":
        return subject_of(token)
    for child in token.children:
        if child.dep_ == "poss":
            return child
        if child.dep_ in {"prep", "agent"} and child.lower_ in {"by", "of"}:
            return next((c for c in child.children if c.dep_ == "pobj"), None)
    return None


def _target(token: Token) -> Token | None:
    passive = next((c for c in token.children if c.dep_ == "nsubjpass"), None)
    if passive is not None and agent_of(token) is not None:
        return passive
    for child in token.rights:
        if child.dep_ in {"dobj", "dative"}:
            return child
    if token.lemma_ == "call":  # "called in forces from ally Russia"
        allies = [t for t in token.subtree if t.ent_type_ in {"GPE", "ORG"} and t.i > token.i]
        if allies:
            return allies[0]
    for child in token.rights:
        if child.dep_ == "prep" and child.lower_ in _ADVERSARY - ({"of", "over"} if token.pos_ == "NOUN" else {"over"}):
            return next((c for c in child.children if c.dep_ == "pobj" and not _is_time(c)), None)
    return passive


def _is_time(token: Token) -> bool:
    return token.ent_type_ in {"DATE", "TIME"}


def _who(frame: Frame, head: Token | None, speakers: Speakers) -> str | None:
    if head is None or head.i in frame.held or head.dep_ == "expl" or head.lower_ in {"there", "what", "that", "this"}:
        return None
    name = speakers.of_phrase(frame, head).name
    return None if name == "unnamed" else name


def _when(page: Page, frame: Frame, token: Token, start: int, end: int) -> DateFound | None:
    """Return the date expression of the clause, else of the sentence, nearest to the event."""
    text = frame.doc[start:end].text
    found = [_anchored(page, frame, start, d) for d in dates_in(text, page.article.published)]
    base = frame.doc[start].idx
    at = token.idx - base
    inside = [d for d in found if abs(d.start - at) < 90 or len(found) == 1]
    return min(inside, key=lambda d: abs(d.start - at), default=None)


def _anchored(page: Page, frame: Frame, start: int, found: DateFound) -> DateFound:
    """Return "overnight" as the night before the day that the paragraph last named, where it names one."""
    published = page.article.published
    if published is None or not re.search(r"overnight|last night", found.text, re.I):
        return found
    named = [d for d in dates_in(frame.doc[:start].text, published) if d.on and d.precision == "day"]
    if named and named[-1].on is not None and 0 <= (published - named[-1].on).days <= 7:
        return replace(found, on=named[-1].on - timedelta(1))
    return found


def _place(token: Token) -> str | None:
    for child in token.rights:
        if child.dep_ == "prep" and child.lower_ in {"in", "at", "near"}:
            for place in child.children:
                if place.ent_type_ in {"GPE", "LOC", "FAC"} or country_of(place.text):
                    return " ".join(t.text for t in place.subtree if t.ent_type_ in {"GPE", "LOC", "FAC"} or t == place)
    return None


def _without_repeats(events: list[Event]) -> list[Event]:
    """Return the events without a noun event that lies inside a verb event of the same type."""
    ends: dict[str, int] = {}  # of each type, how far the longer ones reach that began no later
    spans = {(e.plover, e.trigger.start, e.trigger.end) for e in events}
    inside: set[tuple[str, int, int]] = set()
    for plover_type, start, end in sorted(spans, key=lambda span: (span[1], -span[2])):
        if end <= ends.get(plover_type, -1):
            inside.add((plover_type, start, end))
        ends[plover_type] = max(end, ends.get(plover_type, -1))
    return [e for e in events if (e.plover, e.trigger.start, e.trigger.end) not in inside]
