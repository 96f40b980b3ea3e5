"""Reported content in phrases: accusing of, blaming on, calling names, warning of, vowing to, according to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound, content, inside_quote, quotes_in
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.marks import Quote
from quandary.read.parsing.subjects import agent_of, is_passive, source_of
from quandary.read.statements.clauses import clause_complement
from quandary.read.statements.cutting import cut
from quandary.read.words import cues
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_VERDICTS = word_set("verdicts") | {
    "justified",
    "warranted",
    "lawful",
    "legal",
    "illegal",
    "unlawful",
    "necessary",
    "fair",
}
_CONDITION = {"if", "unless", "should"}


def reported_phrases(frame: Frame) -> Iterator[ContentFound]:
    """Yield content that a verb takes as a phrase rather than a clause."""
    for verb in frame.doc:
        if verb.pos_ != "VERB" or inside_quote(frame, verb) or verb.dep_ in {"amod", "compound"}:
            continue
        if any(c.dep_ == "neg" for c in verb.children) or any(c.i in frame.held for c in verb.rights):
            continue
        if (is_passive(verb) and agent_of(verb) is None) or (verb.tag_ == "VBN" and verb.dep_ == "acl"):
            continue
        if clause_complement(frame, verb) is not None and verb.lemma_ not in cues.NAMING | cues.URGED_AS_CONTENT:
            continue
        place = _phrase(frame, verb)
        if place is None:
            continue
        source = source_of(verb)
        if source is None or source.lower_ in {"i", "we", "you"}:
            continue
        kept = content(frame, place[0], cut(frame, verb, place[0], place[1]))
        if kept is not None:
            start, end, form, tokens = kept
            yield ContentFound(frame, start, end, tokens, form, verb.text, "phrase", source, verb=verb)


def nominal_warnings(frame: Frame) -> Iterator[ContentFound]:
    """Yield "of dangerous consequences" of "with the minister warning of ...", which parsers take for a noun."""
    for noun in frame.doc:
        if noun.lower_ not in {"warning", "complaining"} or noun.pos_ not in {"NOUN", "PROPN"}:
            continue
        name = [c for c in noun.children if c.dep_ in {"compound", "nsubj"} and c.pos_ == "PROPN"]
        phrase = next((c for c in noun.rights if c.dep_ == "prep" and c.lower_ in {"of", "against"}), None)
        if not name or phrase is None or inside_quote(frame, noun):
            continue
        kept = content(frame, phrase.i, cut(frame, noun, phrase.i, phrase.right_edge.i + 1))
        if kept is not None:
            start, end, form, tokens = kept
            yield ContentFound(frame, start, end, tokens, form, noun.text, "phrase", name[-1], verb=None)


def _phrase(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return the token range of what a verb takes as content, or ``None``."""
    lemma = verb.lemma_.lower()
    for applies, rule in _RULES:
        if lemma in applies:
            place = rule(frame, verb)
            if place is not None:
                return place
    return None


def _extent(frame: Frame, verb: Token, first: int) -> tuple[int, int]:
    """Return ``first`` up to the end of the verb's last dependant that no comma parts from it."""
    _, sentence_end = frame.sentence_of(verb.i)
    end = first + 1
    for child in verb.rights:
        if child.dep_ in {"punct", "cc", "conj"} or child.right_edge.i < first:
            continue
        if child.i > first and child.left_edge.nbor(-1).text == "," and child.dep_ in {"advcl", "prep", "npadvmod"}:
            break
        end = max(end, child.right_edge.i + 1)
    return first, min(end, sentence_end)


def _accused(frame: Frame, verb: Token) -> tuple[int, int] | None:
    if not any(t.lower_ == "of" for t in frame.doc[verb.i + 1 : frame.sentence_of(verb.i)[1]]):
        return None
    place = _object_extent(frame, verb)
    charge = next((c for c in verb.rights if c.dep_ == "prep" and c.lower_ == "of"), None)
    if place is None or charge is None:
        return place
    return place[0], max(place[1], min(charge.right_edge.i + 1, frame.sentence_of(verb.i)[1]))


def _blamed(frame: Frame, verb: Token) -> tuple[int, int] | None:
    if not any(t.lower_ in {"on", "for"} for t in frame.doc[verb.i + 1 : frame.sentence_of(verb.i)[1]]):
        return None
    return _object_extent(frame, verb)


def _object_extent(frame: Frame, verb: Token) -> tuple[int, int] | None:
    first = _first_object(verb)
    return None if first is None else _extent(frame, verb, first)


def _first_object(verb: Token) -> int | None:
    for child in verb.rights:
        if child.dep_ in {"dobj", "oprd", "ccomp", "dative", "attr", "xcomp", "nsubj"} and child.left_edge.i > verb.i:
            return child.left_edge.i
    return None


def _named(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return the object and what it is called, where words in quotation marks say it is the source's wording."""
    first = _first_object(verb)
    if first is None:
        return None
    place = _extent(frame, verb, first)
    low, high = frame.start_of(frame.doc[place[0]]), frame.end_of(frame.doc[place[1] - 1])
    quotes = quotes_in(frame, low, high)
    following = frame.doc[verb.i + 1]
    if following.tag_ in {"RP", "IN"} and following.lower_ != "as":
        return None  # "called in forces", "called off the talks"
    if quotes and all(_is_name(frame, q) for q in quotes):
        return None  # "the hill troops called “Lonely Rose”": a name, no statement
    if not quotes:
        said_as = verb.lemma_ == "describe" and any(t.lower_ == "as" for t in frame.doc[place[0] : place[1]])
        names = [c for c in verb.rights if c.dep_ == "oprd"]
        called = verb.lemma_ in {"call", "brand", "label"} and (
            (bool(names) and names[0].left_edge.i > first)
            or _has_name_within(verb)
            or any(c.dep_ == "advmod" and c.lower_ in _VERDICTS for c in verb.rights)
        )
        return place if said_as or called else None
    as_or_call = verb.lemma_ in {"call", "brand", "dub", "label", "term", "deem", "declare"} or any(
        t.lower_ in {"as", "for"} for t in frame.doc[place[0] : place[1]]
    )
    return place if as_or_call and sum(q.end - q.start for q in quotes) > 5 else None


def _judged(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return "the strike justified" of "found the strike justified"."""
    first = next((c.left_edge.i for c in verb.rights if c.dep_ in {"dobj", "nsubj", "ccomp", "oprd"}), None)
    if first != verb.i + 1:
        return None
    end = frame.sentence_of(verb.i)[1]
    for said in frame.doc[first + 1 : min(end, first + 12)]:
        if said.tag_ in {"VBZ", "VBP", "MD", "TO", "IN", "WDT", "WP"}:
            return None
        finite = any(c.dep_ in {"aux", "auxpass"} for c in said.children)
        if said.lower_ in _VERDICTS and not finite and said.nbor(-1).pos_ in {"NOUN", "PROPN", "PRON"}:
            return first, said.i + 1
    return None


def _has_name_within(verb: Token) -> bool:
    """Return whether what a thing is called hangs on the thing: "called the alliance's moves a threat"."""
    for thing in verb.rights:
        if thing.dep_ == "dobj":
            if any(c.dep_ in {"acl", "amod"} and c.pos_ == "ADJ" for c in thing.rights):
                return True  # "called its moves defensive in nature"
            return any(c.dep_ in {"dobj", "oprd", "attr"} and c.left_edge.dep_ == "det" for c in thing.rights)
    return False


def _is_name(frame: Frame, quote: Quote) -> bool:
    """Return whether quoted words are a name or a nickname: every word of weight begins with a capital."""
    words = [t for t in frame.doc if quote.start <= frame.start_of(t) < quote.end and t.is_alpha]
    heavy = [t for t in words if t.pos_ not in {"DET", "ADP", "CCONJ", "PRON", "PART"}]
    return 0 < len(heavy) <= 4 and all(t.text[0].isupper() for t in heavy)


def _with_quote(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return an object phrase of which a substantial part is quoted: urged an "end to the violence"."""
    first = _first_object(verb)
    if first is None:
        return None
    place = _extent(frame, verb, first)
    low, high = frame.start_of(frame.doc[place[0]]), frame.end_of(frame.doc[place[1] - 1])
    quoted = [t for t in frame.doc[place[0] : place[1]] if t.is_alpha and inside_quote(frame, t)]
    marked = quotes_in(frame, low, high)
    last = quoted[-1].i if quoted else place[1]
    if len(quoted) <= 2 and marked and any(t.pos_ == "NOUN" for t in frame.doc[last + 1 : last + 3]):
        return None  # "announced “targeted” sanctions": an act, and a word about it
    return place if marked else None


def _warned_of(frame: Frame, verb: Token) -> tuple[int, int] | None:
    for child in verb.rights:
        if child.dep_ == "prep" and child.lower_ in {"of", "against"} and verb.lemma_ in {"warn", "caution"}:
            return child.i, min(child.right_edge.i + 1, frame.sentence_of(verb.i)[1])
    return None


def _committed(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return "to retaliate" of "vowed to retaliate"."""
    for child in verb.rights:
        if child.dep_ in {"xcomp", "ccomp"} and any(c.tag_ == "TO" for c in child.children):
            _, end = frame.sentence_of(verb.i)
            last = max(
                [child.right_edge.i]
                + [s.right_edge.i for s in verb.rights if s.dep_ in {"advcl", "prep"} and s.i > child.i]
            )
            return child.left_edge.i, min(_past_list(verb, last) + 1, end)
    return None


def _threatened(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return a threat that names its condition or quotes its words."""
    place = _committed(frame, verb)
    if place is None:
        return None
    words = {t.lower_ for t in frame.doc[place[0] : place[1]]}
    low, high = frame.start_of(frame.doc[place[0]]), frame.end_of(frame.doc[place[1] - 1])
    return place if words & _CONDITION or quotes_in(frame, low, high) else None


def _urged(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return "both sides to talk" of "urged both sides to talk"."""
    for child in verb.rights:
        if child.dep_ in {"xcomp", "ccomp"} and any(c.tag_ == "TO" for c in child.children):
            _, end = frame.sentence_of(verb.i)
            if child.lemma_ in {"name", "identify", "quote"}:
                continue  # "who asked not to be named"
            if _is_act(verb, child):
                continue
            first = min([t.left_edge.i for t in verb.rights if t.dep_ in {"dobj", "nsubj"}] + [child.left_edge.i])
            if first > verb.i:
                return first, min(_past_list(verb, child.right_edge.i) + 1, end)
    return None


_OCCASIONS = {
    "attend",
    "visit",
    "join",
    "discuss",
    "speak",
    "meet",
    "come",
    "comment",
    "respond",
    "dine",
    "sit",
    "observe",
    "perform",
}


def _is_act(verb: Token, asked: Token) -> bool:
    """Return whether asking somebody to an occasion, or for a word, is told as an act: "invited them to discuss it"."""
    if asked.lemma_ not in _OCCASIONS or verb.lemma_ not in {"invite", "ask"}:
        return False
    return is_passive(verb) or verb.dep_ == "relcl" or asked.lemma_ in {"comment", "respond"}


def _called_for(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return "a meeting" of "called for a meeting", "both to talk" of "called on both to talk"."""
    for child in verb.rights:
        mark = next((c for c in child.lefts if c.lower_ == "for"), None) if child.dep_ in {"advcl", "ccomp"} else None
        if mark is not None and mark.i == verb.i + 1 and any(c.tag_ == "TO" for c in child.lefts):
            return mark.i + 1, min(child.right_edge.i + 1, frame.sentence_of(verb.i)[1])  # "for the war to end"
        if child.dep_ in {"prep", "prt"} and child.lower_ in {"for", "on"}:
            first = child.i + 1
            _, end = frame.sentence_of(verb.i)
            last = max(
                [child.right_edge.i] + [s.right_edge.i for s in verb.rights if s.dep_ == "xcomp" and s.i > child.i]
            )
            last = _past_list(verb, _past_infinitive(frame, last, end))
            infinitive = any(t.tag_ == "TO" for t in frame.doc[first : last + 1])
            if first <= last and (child.lower_ == "for" or infinitive):
                return first, min(last + 1, end)
    return None


def _past_list(verb: Token, last: int) -> int:
    """Return the end of a list of infinitives whose later ones hang on the cue: "to leave and make peace"."""
    if verb.tag_ in {"VBD", "VBG", "VBN", "VBZ"}:
        for joined in verb.rights:
            bare = joined.tag_ in {"VB", "VBP"} and not any(c.dep_ in {"nsubj", "aux"} for c in joined.lefts)
            if joined.dep_ == "conj" and bare and joined.i > last and joined.left_edge.i - last <= 4:
                last = max(last, joined.right_edge.i)
    return last


def _past_infinitive(frame: Frame, last: int, end: int) -> int:
    """Return the end of "to lay down their guns" where it follows ``last`` at once."""
    if last + 1 < end and frame.doc[last + 1].tag_ == "TO":
        return int(min(frame.doc[last + 1].head.right_edge.i, end - 1))
    return last


def _attributed(frame: Frame, verb: Token) -> tuple[int, int] | None:
    """Return "the famine to the siege" of "attributes the famine to the siege"."""
    if not any(c.dep_ in {"prep", "dative"} and c.lower_ == "to" for c in verb.rights):
        return None
    return _object_extent(frame, verb)


_RULES = (
    (frozenset(("attribute", "ascribe")), _attributed),
    (cues.ACCUSING, _accused),
    (cues.BLAMING, _blamed),
    (cues.NAMING | cues.NAMED_WITH_AS, _named),
    (frozenset(("find",)), _judged),
    (frozenset(("warn", "caution")), _warned_of),
    (cues.COMMITTING, _committed),
    (frozenset(("threaten",)), _threatened),
    (cues.URGED_AS_CONTENT, _urged),
    (frozenset(("call", "appeal")), _called_for),
    (cues.WITH_QUOTED_OBJECT, _with_quote),
)
