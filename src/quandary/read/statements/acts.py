"""Content of acts of saying that take no clause: "issued a warning against", "denied meeting", "put the odds at".

Also "As the minister has warned, ...": the main clause is what he said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound, content, inside_quote
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import TELLING, agent_of, is_passive, own_subject, source_of, subject_of
from quandary.read.statements.clauses import clause_complement
from quandary.read.statements.cutting import cut
from quandary.read.words import cues
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_AUTHOR = {"i", "we"}
_NOMINAL = {
    "warning": ("against", "of", "about", "over"),
    "caution": ("against",),
    "call": ("for",),
    "appeal": ("for",),
    "demand": ("for",),
    "plea": ("for",),
}
_VOICING = word_set("voicing")
_GERUND = word_set("cue_gerund")
_CHANCES = {"chance", "odds", "odd", "probability", "likelihood", "risk"}
_PUTTING = {"put", "place", "set", "estimate", "rate", "give", "see", "assess", "peg", "reckon"}


def nominal_acts(frame: Frame) -> Iterator[ContentFound]:
    """Yield "against travel to the border" of "issued warnings against travel to the border"."""
    for noun in frame.doc:
        prepositions = _NOMINAL.get(noun.lemma_.lower())
        verb = noun.head
        if prepositions is None or noun.pos_ != "NOUN" or noun.dep_ not in {"dobj", "nsubjpass"}:
            continue
        if verb.lemma_ not in _VOICING or inside_quote(frame, noun) or any(c.dep_ == "neg" for c in verb.children):
            continue
        phrases = (c for c in (*noun.rights, *verb.rights) if c.dep_ == "prep" and c.i > noun.i)
        phrase = next((c for c in phrases if c.lower_ in prepositions), None)
        source = agent_of(verb) if noun.dep_ == "nsubjpass" else subject_of(verb)
        if phrase is None:
            continue
        first = phrase.i + 1 if phrase.lower_ == "for" else phrase.i
        end = phrase.right_edge.i + 1
        while (more := next((c for c in verb.rights if c.dep_ == "prep" and c.left_edge.i == end), None)) is not None:
            end = more.right_edge.i + 1
        yield from _found(frame, noun, source, (first, end), noun.text, rule="nominal act")


def gerunds(frame: Frame) -> Iterator[ContentFound]:
    """Yield "discussing the loan" of "denied discussing the loan"."""
    for verb in frame.doc:
        if verb.pos_ != "VERB" or verb.lemma_ not in _GERUND or inside_quote(frame, verb):
            continue
        if is_passive(verb) or any(c.dep_ == "neg" for c in verb.children) or clause_complement(frame, verb):
            continue
        for act in verb.rights:
            plain = act.dep_ in {"xcomp", "ccomp", "dobj", "advcl"} and act.pos_ in {"VERB", "AUX"}
            if plain and act.left_edge.i == verb.i + 1 and act.left_edge.tag_ == "VBG":
                place = (verb.i + 1, act.right_edge.i + 1)
                yield from _found(frame, verb, source_of(verb), place, verb.text, rule="gerund")


def ruled_out(frame: Frame) -> Iterator[ContentFound]:
    """Yield "a boycott" of "ruled out a boycott" and of "refused to rule out a boycott"."""
    for verb in frame.doc:
        if verb.lemma_ != "rule" or verb.pos_ != "VERB" or inside_quote(frame, verb):
            continue
        particle = next((c for c in verb.rights if c.lower_ == "out" and c.dep_ in {"prt", "advmod", "prep"}), None)
        if particle is None:
            continue
        thing = next((c for c in verb.rights if c.dep_ in {"dobj", "ccomp", "xcomp", "pcomp"} and c.i > verb.i), None)
        thing = thing or next((c for c in particle.rights if c.dep_ in {"pobj", "pcomp"}), None)
        if thing is None or is_passive(verb):
            continue
        head = verb.head if verb.dep_ == "xcomp" else verb
        negated = [c.text for v in (head, verb) for c in v.children if c.dep_ == "neg"]
        before = "not " if negated else f"{head.text} to " if head is not verb else ""
        first = max(thing.left_edge.i, particle.i + 1)
        place = (first + (frame.doc[first].lower_ == "that"), thing.right_edge.i + 1)
        yield from _found(frame, verb, source_of(verb), place, f"{before}{verb.text} out", rule="ruled out")


def put_at(frame: Frame) -> Iterator[ContentFound]:
    """Yield "the chance of war at 30 percent" of "put the chance of war at 30 percent"."""
    for noun in frame.doc:
        verb = noun.head
        if noun.lemma_.lower() not in _CHANCES or noun.dep_ not in {"dobj", "dative", "nsubj", "nsubjpass"}:
            continue
        if (noun.dep_ == "nsubj" and noun.i < verb.i) or verb.lemma_ not in _PUTTING or inside_quote(frame, noun):
            continue
        if not any(t.like_num for t in frame.doc[noun.left_edge.i : frame.sentence_of(noun.i)[1]]):
            continue
        if noun.dep_ == "nsubjpass":
            yield from _found(
                frame, verb, agent_of(verb), (noun.left_edge.i, verb.right_edge.i + 1), verb.text, rule="put at"
            )
            continue
        first = next((c.left_edge.i for c in verb.rights if c.dep_ in {"dobj", "dative", "nsubj"}), noun.left_edge.i)
        last = max(
            [noun.right_edge.i] + [c.right_edge.i for c in verb.rights if c.dep_ in {"prep", "dobj", "npadvmod"}]
        )
        yield from _found(frame, verb, source_of(verb), (first, last + 1), verb.text, rule="put at")


def passives(frame: Frame) -> Iterator[ContentFound]:
    """Yield "of moving tanks" of "was accused by the minister of moving tanks"."""
    wanted = {"accuse": {"of"}, "blame": {"for"}, "suspect": {"of"}, "criticize": {"for"}, "criticise": {"for"},
              "condemn": {"for"}, "praise": {"for"}, "denounce": {"for"}, "fault": {"for"}}  # fmt: skip
    for verb in frame.doc:
        if verb.lemma_ not in wanted or not is_passive(verb) or inside_quote(frame, verb):
            continue
        source = agent_of(verb)
        phrases = [c for c in _rights(verb) if c.dep_ == "prep" and c.lower_ in wanted[verb.lemma_]]
        if source is None or not phrases:
            continue
        place = (phrases[0].i, phrases[0].right_edge.i + 1)
        yield from _found(frame, verb, source, place, verb.text, rule="passive")


def _rights(verb: Token) -> Iterator[Token]:
    """Yield what stands after a verb, and after the noun of its "by"."""
    for child in verb.rights:
        yield child
        if child.dep_ == "agent":
            for noun in child.children:
                yield from noun.rights


def as_said(frame: Frame) -> Iterator[ContentFound]:
    """Yield the main clause of "As the minister has warned, the dam could burst"."""
    for verb in frame.doc:
        if verb.lemma_ not in cues.SAYING or verb.dep_ != "advcl" or inside_quote(frame, verb):
            continue
        opens = min([verb.i, *(c.left_edge.i for c in verb.lefts)])
        finite = verb.tag_ in {"VBD", "VBZ", "VBP"} or any(c.tag_ in {"VBD", "VBZ", "VBP"} for c in verb.lefts)
        takes = any(
            c.dep_ in {"dobj", "ccomp", "xcomp", "oprd"} and c.lower_ != "it" and not _is_told(verb, c)
            for c in verb.rights
        )
        subject = own_subject(verb)
        if frame.doc[opens].lower_ != "as" or not finite or takes or subject is None or subject.lower_ in _AUTHOR:
            continue
        if any(c.lower_ == "if" for c in verb.children) or any(
            c.dep_ == "aux" and c.lower_ == "will" for c in verb.lefts
        ):
            continue
        start, end = frame.sentence_of(verb.i)
        closes = verb.right_edge.i + 1
        if any(t.i in frame.held for t in frame.doc[start:end]):
            continue
        if closes < end and frame.doc[closes].text != "," and frame.doc[closes].text != ".":
            continue
        ahead = closes >= end - 1  # the aside comes last: what stands before it is the content
        place = (start, opens) if ahead else (closes, end) if _opens_sentence(frame, start, opens) else (start, end)
        if not any(
            t.tag_ in {"VBD", "VBZ", "VBP", "MD"}
            for t in frame.doc[place[0] : place[1]]
            if t.i not in range(opens, closes)
        ):
            continue
        yield from _found(frame, verb, subject, place, verb.text, rule="as said", whole=True)


def _opens_sentence(frame: Frame, start: int, opens: int) -> bool:
    """Return whether nothing but "and", "but" or a mark stands before an aside."""
    return all(t.pos_ == "CCONJ" or t.is_punct for t in frame.doc[start:opens])


def _is_told(verb: Token, noun: Token) -> bool:
    return verb.lemma_ in TELLING and noun.dep_ == "dobj" and noun.pos_ in {"PROPN", "NOUN", "PRON"}


def _found(
    frame: Frame,
    cue: Token,
    source: Token | None,
    place: tuple[int, int],
    words: str,
    *,
    rule: str,
    whole: bool = False,
) -> Iterator[ContentFound]:
    if source is None or source.lower_ in _AUTHOR | {"it", "that", "there"}:
        return
    start, end = place[0], min(place[1], frame.sentence_of(cue.i)[1])
    kept = content(frame, start, end if whole else cut(frame, cue, start, end)) if end > start else None
    if kept is not None:
        begins, ends, form, tokens = kept
        verb = cue if cue.pos_ == "VERB" else None
        yield ContentFound(frame, begins, ends, tokens, form, words, rule, source, verb=verb)
