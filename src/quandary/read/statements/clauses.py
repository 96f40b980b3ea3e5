"""Reported content in clauses: "said that ...", with quoted fragments or without."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quandary.read.parsing.finds import ContentFound, content, inside_quote
from quandary.read.parsing.grammar import Frame
from quandary.read.parsing.subjects import TELLING, agent_of, is_passive, own_subject, source_of
from quandary.read.statements.cutting import cut, split_at_that, without_that
from quandary.read.statements.edges import author_resumes
from quandary.read.statements.preposed import is_parenthetical, preposed
from quandary.read.words import cues
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Token

_STILL_SAID = {"say", "argue", "add", "suggest", "note", "claim", "confirm"}
_DENYING = {"deny", "dispute", "exclude"}
_WANTING = {"demand", "insist", "recommend", "propose", "request", "suggest"}
_INQUIRERS = word_set("inquirers")
_AVOIDING = {"decline", "refuse", "fail", "avoid", "stop", "hesitate"}


def reported_clauses(frame: Frame) -> Iterator[ContentFound]:
    """Yield the content of every verb of saying or thinking in the frame, outermost first."""
    for verb in frame.doc:
        if not is_cue(frame, verb):
            continue
        complement = clause_complement(frame, verb)
        around = preposed(frame, verb) if complement is None or is_parenthetical(frame, verb) else None
        if around is not None:
            yield around
        elif complement is not None:
            yield from _after(frame, verb, complement)
        else:
            yield from _behind_lost_that(frame, verb)


def is_cue(frame: Frame, verb: Token) -> bool:
    """Return whether a token is a verb that gives content to a source here."""
    if verb.lemma_.lower() not in cues.CLAUSE or verb.pos_ not in {"VERB", "AUX"} or inside_quote(frame, verb):
        return False
    if verb.dep_ in {"amod", "compound"} or _is_asked(verb) or _is_order(verb):
        return False
    if verb.lemma_ in cues.THINKING and frame.doc[frame.sentence_of(verb.i)[1] - 1].text == "?":
        return False  # "can anyone believe that ...?" gives nothing to anyone
    if verb.dep_ == "xcomp" and verb.head.lemma_ in _AVOIDING:
        return False
    if is_passive(verb) and agent_of(verb) is None and not _is_quoted_as(verb):
        return _announced(verb)
    if any(c.tag_ == "MD" for c in verb.children) and verb.lemma_ not in _STILL_SAID:
        return False  # "will conclude that", "may think that": nobody has said so
    if _nobody(own_subject(verb)):
        return False
    negated = any(c.dep_ == "neg" for c in verb.children)
    return not negated or verb.lemma_ in cues.THINKING | _DENYING


def _nobody(subject: Token | None) -> bool:
    """Return whether nobody says it: "no one said that", "none of the ministers", "neither side"."""
    if subject is None:
        return False
    words = {subject.lower_, *(c.lower_ for c in subject.children if c.dep_ in {"det", "neg", "preconj"})}
    if subject.i and subject.lower_ == "one":
        words.add(f"{subject.nbor(-1).lower_} one")
    return bool(words & {"none", "nobody", "no-one", "no", "neither", "nothing", "no one", "few", "hardly"})


def _is_asked(verb: Token) -> bool:
    """Return whether a participle tells what was said to the subject: "asked whether war was near, he said"."""
    bare = verb.tag_ == "VBN" and not any(c.dep_ in {"aux", "auxpass", "nsubj"} for c in verb.children)
    return bare and verb.dep_ in {"advcl", "acl", "relcl"}


def _is_order(verb: Token) -> bool:
    """Return whether the author asks the reader to say or think: "tell me", "imagine that ..."."""
    return verb.tag_ == "VB" and verb.dep_ == "ROOT" and not any(c.dep_ in {"aux", "nsubj"} for c in verb.children)


def _is_quoted_as(verb: Token) -> bool:
    return verb.dep_ == "pcomp" and verb.head.lower_ == "as"


def _announced(verb: Token) -> bool:
    return any(c.dep_ == "agent" for c in verb.children)


def clause_complement(frame: Frame, verb: Token) -> Token | None:
    """Return the head of the clause that follows the verb as what is said, or ``None``."""
    _, end = frame.sentence_of(verb.i)
    for child in verb.rights:
        if child.i >= end or child.i in frame.held:
            continue
        bare = is_clause(child) and (verb.lemma_ not in cues.NEED_THAT or _finds(verb))
        if child.dep_ == "ccomp" and (is_marked(child) or bare or _is_wanted(verb, child)):
            return child
        if child.dep_ == "ccomp" and verb.lemma_ not in cues.NEED_THAT and _lost_subject(child) is not None:
            return child
        if child.dep_ in {"dep", "advcl"} and is_marked(child):
            return child
    return _behind_adjunct(frame, verb, end)


def _lost_subject(clause: Token) -> Token | None:
    """Return the subject that a place before it swallowed: "said Friday in Munich major powers have agreed"."""
    first = min([clause.i, *(c.i for c in clause.lefts if c.dep_ in {"aux", "auxpass", "neg"})])
    if first == 0 or own_subject(clause) is not None or clause.doc[first].tag_ not in {"VBP", "VBZ", "VBD", "MD"}:
        return None
    noun = clause.doc[first - 1]
    place = noun.head
    double = noun.dep_ == "pobj" and any(c.dep_ == "pobj" and c.i < noun.left_edge.i for c in place.rights)
    return noun if double and place.head == clause.head else None


def _finds(verb: Token) -> bool:
    """Return whether those who look into things find or show something: "the panel finds the minister must go"."""
    subject = own_subject(verb)
    return (
        verb.lemma_ in {"find", "show"}
        and subject is not None
        and (subject.lemma_.lower() in cues.DOCUMENT_NOUNS | _INQUIRERS or subject.lower_ in _INQUIRERS)
    )


def _is_wanted(verb: Token, clause: Token) -> bool:
    """Return whether a clause in the bare form says what is demanded: "demanding the commission step down"."""
    bare = clause.tag_ == "VB" and not any(c.dep_ == "aux" for c in clause.children)
    return bare and verb.lemma_ in _WANTING and own_subject(clause) is not None


def _behind_adjunct(frame: Frame, verb: Token, end: int) -> Token | None:
    """Return the clause of "claimed at the time that ...", which parsers hang on the noun before "that"."""
    for child in verb.rights:
        told = verb.lemma_ in TELLING and child.dep_ in {"dobj", "dative"}
        if child.i >= end or not (told or child.dep_ in {"prep", "npadvmod", "advmod"}):
            continue
        for word in frame.doc[child.i + 1 : min(child.right_edge.i + 1, end)]:
            clause = word.head
            gap = {"nsubj", "nsubjpass", "dobj", "attr"}
            if word.lower_ != "that" or word.dep_ in gap or clause.dep_ not in {"relcl", "acl", "ccomp"}:
                continue
            if clause.i > word.i and is_clause(clause) and not _within(clause, verb, child):
                return clause
    return None


def _within(clause: Token, verb: Token, adjunct: Token) -> bool:
    """Return whether another verb or noun of saying between the cue and a clause has the better claim to it."""
    up = clause.head
    while up not in (verb, adjunct) and up.head is not up:
        if up.lemma_.lower() in cues.CLAUSE | cues.CLAIM_NOUNS and up.pos_ in {"VERB", "NOUN"}:
            return True
        up = up.head
    return up.lemma_.lower() in cues.CLAIM_NOUNS


def is_marked(verb: Token) -> bool:
    """Return whether a clause begins with "that" or "whether"."""
    return any(c.dep_ == "mark" and c.lower_ in {"that", "whether"} for c in verb.children)


def is_clause(head: Token) -> bool:
    """Return whether a verb heads a finite clause with a subject of its own."""
    if any(c.dep_ == "aux" and c.tag_ == "TO" for c in head.children):
        return False
    has_subject = any(c.dep_ in {"nsubj", "nsubjpass", "expl", "csubj", "attr"} for c in head.children)
    finite = head.tag_ in {"VBD", "VBZ", "VBP", "MD"} or any(
        c.tag_ in {"VBD", "VBZ", "VBP", "MD"} for c in head.children if c.dep_ in {"aux", "auxpass", "cop"}
    )
    return has_subject and finite


def _after(frame: Frame, verb: Token, head: Token) -> Iterator[ContentFound]:
    """Yield the content after a cue; a second "that" starts another statement."""
    _, sentence_end = frame.sentence_of(verb.i)
    start = min(t.i for t in head.subtree if t.i > verb.i)
    while start < head.i and frame.doc[start].dep_ == "advmod" and frame.doc[start].nbor().lower_ == "that":
        start += 1  # "said only that ..."
    for token in frame.doc[verb.i + 1 : start]:
        if token.lower_ in {"that", "if", "as"} and token.i >= start - 2 and token.dep_ in {"mark", "advmod"}:
            start = token.i
            break
    lost = _lost_subject(head)
    start = lost.left_edge.i if lost is not None else _past_day(frame, verb, head, start)
    end = head.right_edge.i + 1
    for sibling in verb.rights:
        if sibling.i > head.i and (_belongs(sibling) or _is_its_verb(head, sibling)):
            end = max(end, sibling.right_edge.i + 1)
    end = _past_cut_verb(frame, verb, min(end, sentence_end), sentence_end)
    end = author_resumes(frame, verb, head, end)
    source = _outside_quote(frame, verb, source_of(verb))
    main = _main_subject(frame, verb, head)
    if main is not None:
        end, source = main.left_edge.i - 1, main
    if source is not None and (source.lower_ in {"i", "we", "you"} or source.text == "us"):
        return  # the author's own voice, or his reader's
    infinitive = verb.tag_ == "VB" and any(c.tag_ == "TO" for c in verb.lefts)
    hollow = source is not None and source.lower_ == "it" and verb.head.lemma_ == "be"  # "it is wrong to say that"
    if infinitive and (source is None or hollow or start <= source.i < end):
        return  # "to maintain power destroyed him": the cue's object, no speaker
    for low, high in split_at_that(frame, head, start, cut(frame, verb, start, end)):
        place = content(frame, without_that(frame, low), high)
        if place is not None:
            begins, ends, form, tokens = place
            yield ContentFound(frame, begins, ends, tokens, form, _cue_words(verb), "clause", source, verb=verb)


def _past_day(frame: Frame, verb: Token, head: Token, start: int) -> int:
    """Return the start of the content past the day of the cue: "said on Monday it would go"."""
    subject = own_subject(head)
    if start != verb.i + 1 or subject is None or subject.left_edge.i <= start:
        return start
    between = frame.doc[start : subject.left_edge.i]
    dated = all(t.ent_type_ in {"DATE", "TIME"} or t.pos_ == "ADP" for t in between)
    return int(subject.left_edge.i) if dated else start


def _past_cut_verb(frame: Frame, verb: Token, end: int, sentence_end: int) -> int:
    """Return the end past a verb before which the parser ended the content: "that the ship it sent | will sail"."""
    if end >= sentence_end or verb.dep_ in {"relcl", "acl", "csubj"}:
        return end
    following = frame.doc[end]
    if following.tag_ not in {"MD", "VBD", "VBZ", "VBP"} or following in verb.ancestors or following.i in frame.held:
        return end
    main = following.head if following.dep_ in {"aux", "auxpass"} else following
    if main in verb.ancestors or main.lemma_.lower() in cues.QUOTING or following.lemma_.lower() in cues.QUOTING:
        return end
    return int(max(end, min(main.right_edge.i + 1, sentence_end)))


def _main_subject(frame: Frame, verb: Token, head: Token) -> Token | None:
    """Return the main clause's subject that the parser gave to a fronted one: "Noting that it failed, he left"."""
    if verb.tag_ != "VBG" or verb.i != frame.sentence_of(verb.i)[0]:
        return None
    subjects = [c for c in head.lefts if c.dep_ == "nsubj"]
    if len(subjects) < 2 or subjects[-1].left_edge.nbor(-1).text != ",":
        return None
    return subjects[-1]


def _behind_lost_that(frame: Frame, verb: Token) -> Iterator[ContentFound]:
    """Yield the rest after "said that", where a phrase behind "that" made the parser take it for the object."""
    _, end = frame.sentence_of(verb.i)
    that = next((t for t in frame.doc[verb.i + 1 : min(verb.i + 3, end)] if t.lower_ == "that"), None)
    source = source_of(verb)
    if that is None or that.dep_ not in {"dobj", "mark"} or source is None or source.lower_ in {"i", "we", "you"}:
        return
    if that.i + 1 >= end or frame.doc[that.i + 1].pos_ not in {"ADP", "SCONJ", "ADV"}:
        return  # "said that much"
    if not any(t.tag_ in {"VBD", "VBZ", "VBP", "MD"} for t in frame.doc[that.i + 1 : end]):
        return
    place = content(frame, that.i + 1, cut(frame, verb, that.i + 1, end))
    if place is not None:
        begins, ends, form, tokens = place
        yield ContentFound(frame, begins, ends, tokens, form, _cue_words(verb), "clause", source, verb=verb)


def _outside_quote(frame: Frame, verb: Token, source: Token | None) -> Token | None:
    """Return who speaks where the parse hung the cue on quoted words: 'said "we are glad", adding that ...'."""
    if source is None or not inside_quote(frame, source):
        return source
    for up in verb.ancestors:
        subject = own_subject(up)
        if subject is not None and not inside_quote(frame, up) and not inside_quote(frame, subject):
            return subject
    return None


def _cue_words(verb: Token) -> str:
    """Return the cue as it stands, its negation kept: "do not believe"."""
    negation = next((c for c in verb.children if c.dep_ == "neg"), None)
    return f"not {verb.text}" if negation is not None else verb.text


def _is_its_verb(head: Token, sibling: Token) -> bool:
    """Return whether a clause with "whether" is the subject of the verb behind it: "whether he goes depends on ..."."""
    asks = any(c.lower_ in {"whether", "how", "what", "when", "who", "why", "where"} for c in head.lefts)
    follows = sibling.dep_ == "ccomp" and sibling.left_edge.i == head.right_edge.i + 1
    return asks and follows and own_subject(sibling) is None and sibling.tag_ in {"VBZ", "VBD", "VBP"}


def _belongs(sibling: Token) -> bool:
    """Return whether a later part of the cue's clause is part of what was said (a wrongly attached adjunct)."""
    after_comma = sibling.left_edge.i > 0 and sibling.left_edge.nbor(-1).text in {",", "-"}
    if sibling.dep_ in {"prep", "advmod", "npadvmod", "agent"}:
        return not after_comma
    if sibling.dep_ == "advcl":
        return not after_comma or any(c.lower_ in {"if", "unless", "because"} for c in sibling.children)
    if sibling.dep_ == "conj" and own_subject(sibling) is None:
        return sibling.lemma_ == "be" or is_passive(sibling)  # "said it had failed and was over"
    if sibling.dep_ in {"ccomp", "conj"}:
        return sibling.lemma_.lower() not in cues.QUOTING and own_subject(sibling) is not None
    return sibling.dep_ in {"dobj", "acomp", "oprd", "xcomp", "dep"}
