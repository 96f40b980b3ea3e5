"""What causes what in a sentence: an effect, its cause, and which way the one moves the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quandary.read.assertions.conditions import MODALS, obliges, under_doubt
from quandary.read.assertions.situations import SituationsFound, turned
from quandary.read.assertions.things import (
    amount_of,
    has_no,
    idiom_of,
    is_event_noun,
    is_nominal_end,
    negated,
    phrase_of,
)
from quandary.read.parsing.subjects import agent_of, is_passive, own_subject
from quandary.read.records import Sign, Situation
from quandary.read.words.predicates import predicates

if TYPE_CHECKING:
    from spacy.tokens import Token

_LIGHT = frozenset(("be", "have", "take", "do", "get"))
_HOLDS = frozenset(("include", "contain", "cover", "apply", "total", "comprise", "concern", "consist", "remain",
                    "go", "come", "expire", "pass"))  # fmt: skip
_FELT = frozenset(("impact", "effect", "consequence", "influence"))
_SLIGHT = frozenset(("little", "limited", "minimal", "small", "minor", "scant", "marginal"))
LIKELY = frozenset(("likely", "probable", "possible", "unlikely", "inevitable"))


_Caused = tuple[Situation | None, Situation | None, Sign | None]


def caused_in(reader: SituationsFound, tokens: list[Token]) -> _Caused | None:
    """Return the first cause of a sentence with its effect and sign; ``None`` where it names none."""
    here = {t.i for t in tokens}
    for verb in tokens:
        if (
            verb.pos_ not in {"VERB", "AUX", "ADJ"}
            or verb.dep_ in {"amod", "compound", "relcl"}
            or is_aside(verb, here)
        ):
            continue
        if (found := _because(reader, verb, here)) is not None:
            return found
        if is_passive(verb):
            if (found := _by_cause(reader, verb)) is not None:
                return found
            continue
        subject = _cause_subject(verb, here)
        if subject is not None and (found := of_cause(reader, verb, subject)) is not None:
            return (*found[:2], None) if under_doubt(verb, here) else found
    return None


def is_aside(verb: Token, here: set[int]) -> bool:
    """Return whether a verb stands in a clause that only describes a noun."""
    return any(a.dep_ in {"relcl", "acl"} for a in (verb, *verb.ancestors) if a.i in here)


def _because(reader: SituationsFound, verb: Token, here: set[int]) -> _Caused | None:
    if not any(c.lower_ == "because" and c.dep_ in {"mark", "prep"} for c in verb.children):
        return None
    mark = next(c for c in verb.children if c.lower_ == "because")
    if mark.dep_ == "mark" and verb.head != verb and verb.head.i in here:
        norm = obliges(verb.head)  # "they should leave because X" gives a reason, and no cause
        return reader.read(verb), None if norm else unframed(reader, verb.head), "raises"
    goal = next((c for c in mark.children if c.dep_ == "pobj" and c.pos_ == "NOUN"), None)
    return (reader.read(goal), unframed(reader, verb), "raises") if goal is not None else None


def _cause_subject(verb: Token, here: set[int]) -> Token | None:
    """Return the head of what a verb has for its subject; a clause with "-ing" may hang on it in other ways."""
    helped = any(c.dep_ == "aux" and c.lower_ in MODALS | {"to", "has", "have", "had"} for c in verb.children)
    if verb.pos_ != "ADJ" and not helped and verb.tag_ not in {"VBZ", "VBP", "VBD"}:
        return None
    own = next((c for c in verb.children if c.dep_ in {"nsubj", "csubj"} and c.i < verb.i), None)
    if own is not None:
        return own
    for other in (*verb.lefts, *verb.head.lefts):
        if other.tag_ == "VBG" and other.dep_ in {"advcl", "csubj", "ccomp"} and other.i < verb.i and other.i in here:
            return other
    return None


def is_event(noun: Token) -> bool:
    """Return whether a noun or a verb in "-ing" names something that happens, or how much of a thing there is."""
    if noun.pos_ == "VERB":
        return noun.tag_ == "VBG"
    if noun.pos_ != "NOUN":
        return False
    if any(c.dep_ == "amod" and c.tag_ == "VBG" and c.i == noun.left_edge.i for c in noun.children):
        return True
    words = predicates().bodies
    if amount_of(noun):
        return True
    if noun.lemma_.lower() in words or noun.lower_ in words:
        return False
    done = (c for c in noun.children if c.dep_ == "acl" and c.tag_ == "VBN")
    acted = any(c.lemma_.lower() in predicates().states or agent_of(c) is not None for c in done)
    acted = acted or is_nominal_end(noun)
    return is_event_noun(noun) or acted


def of_cause(reader: SituationsFound, verb: Token, subject: Token) -> _Caused | None:
    """Return cause, effect and sign of a clause whose subject is something that happens."""
    words = predicates().causes
    lemma = verb.lemma_.lower()
    means = subject.lemma_.lower() in predicates().instruments and not is_nominal_end(subject)
    if means and (negated(verb) or lemma in _HOLDS | predicates().befalls):
        return None
    event = means or is_event(subject)
    if event and lemma in {"require", "need"}:
        needed = next((c for c in verb.rights if c.dep_ == "dobj" and c.lemma_.lower() in predicates().needed), None)
        if needed is None:
            return None
        open_way = negated(verb) or has_no(needed) or has_no(subject)
        return reader.read(needed), _read_cause(reader, subject), None if open_way else "raises"
    if lemma in words["depends"]:
        on = (g for c in verb.rights if c.lower_ in {"on", "upon"} for g in c.children if g.pos_ == "NOUN")
        goal = next(on, None)
        return (reader.read(goal), reader.read(subject), None) if goal is not None and event else None
    compared = _compared(reader, verb)
    if compared is not None:
        effect, sign = compared
        return _read_cause(reader, subject), effect, _if_not(verb, sign)
    if lemma in words["moves"] | words["blocks"] and (acted := _moved(verb)) is not None:
        if not event and lemma in {"help", "let", "press", "stop", "bar", "block", "push", "drive", "lead"}:
            return None
        way: Sign = "lowers" if lemma in words["blocks"] else "raises"
        moved = next((c for c in verb.rights if c.dep_ == "dobj"), None)
        return _read_cause(reader, subject), reader.read(acted, subject=moved), _if_not(verb, way)
    if lemma in words["costs"] and event:
        lost = [c for c in verb.rights if c.dep_ == "dobj" and c.pos_ == "NOUN"]
        kept = reader.read(lost[-1]) if lost else None
        effect = replace(kept, said="lost", other="kept", agent=None, chosen=False, holds=False) if kept else None
        return _read_cause(reader, subject), effect, _if_not(verb, "raises")
    chance = _chance_of(verb)
    if chance is not None:
        goal, sign = chance
        return _read_cause(reader, subject), reader.read(goal), _if_not(verb, sign)
    named = _caused_noun(verb)
    if named is not None and (event or subject.pos_ == "NOUN"):
        goal, sign = named
        return _read_cause(reader, subject), reader.read(goal), _if_not(verb, sign)
    felt = next((c for c in verb.rights if c.dep_ == "dobj" and c.lemma_.lower() in _FELT), None)
    if event and lemma == "have" and felt is not None:
        small = has_no(felt) or any(c.lower_ in _SLIGHT for c in felt.lefts) or negated(verb)
        return _read_cause(reader, subject), reader.read(felt), None if small else "raises"
    acts = any(c.dep_ == "dobj" and c.pos_ in {"NOUN", "PROPN"} for c in verb.rights) and lemma not in _LIGHT
    if event and (acts or idiom_of(verb)) and any(c.lower_ in MODALS and c.dep_ == "aux" for c in verb.children):
        return _read_cause(reader, subject), reader.read(verb, caused=True), "raises" if not negated(verb) else None
    return None


def _read_cause(reader: SituationsFound, subject: Token) -> Situation | None:
    if subject.pos_ == "NOUN" and subject.lemma_.lower() in predicates().standing and not is_nominal_end(subject):
        return None  # "the dispute may push X": it is there, and nobody says what would be so without it
    if subject.lemma_.lower() in predicates().instruments and not is_nominal_end(subject):
        return None if has_no(subject) else reader.passed(subject)
    return reader.read(subject) if is_event(subject) else None  # trucks cause nothing: what is done with them does


def _if_not(verb: Token, sign: Sign) -> Sign | None:
    """Return a sign; ``None`` where the verb is denied, since "would not lead to" says no more than that."""
    return None if negated(verb) else sign


def _compared(reader: SituationsFound, verb: Token) -> tuple[Situation | None, Sign] | None:
    """Return what is made "less likely" or "more likely", and which."""
    if verb.lemma_.lower() not in {"make", "render", "leave"} or verb.pos_ == "ADJ":
        return None
    reach = list(verb.doc[verb.i + 1 : verb.right_edge.i + 1])
    if (made := _made_hard(reader, reach)) is not None:
        return made
    for at, token in enumerate(reach):
        if token.lower_ not in LIKELY | {"harder", "easier"}:
            continue
        before = reach[at - 1].lower_ if at else ""
        sign: Sign = "lowers" if before == "less" or token.lower_ in {"unlikely", "harder"} else "raises"
        if token.lower_ in {"likely", "probable", "possible"} and before not in {"less", "more"} and at:
            sign = "raises"
        goal = next((t for t in reach[:at] if t.pos_ == "NOUN" and t.dep_ not in {"compound", "pobj"}), None)
        if goal is None:
            goal = next((t for t in reach[at:] if t.pos_ == "NOUN" and t.dep_ != "compound"), None)
        return (_with_place(reader, goal, token) if goal is not None else None), sign
    return None


_HARD: dict[str, Sign] = {"difficult": "lowers", "hard": "lowers", "harder": "lowers", "impossible": "lowers",
                          "easy": "raises", "easier": "raises", "possible": "raises"}  # fmt: skip


def _made_hard(reader: SituationsFound, reach: list[Token]) -> tuple[Situation | None, Sign] | None:
    """Return what it is made hard or easy to do: "makes it very difficult for companies to operate"."""
    if not reach or reach[0].lower_ != "it":
        return None
    at = next((n for n, t in enumerate(reach[1:4], start=1) if t.lower_ in _HARD), None)
    if at is None or any(t.lower_ in {"less", "not", "no"} for t in reach[1:at]):
        return None
    goal = next((t for t in reach[at:] if t.tag_ == "VB" and t.nbor(-1).tag_ == "TO"), None)
    if goal is None:
        return None
    whose = next(
        (g for t in reach[at:] if t.lower_ == "for" and t.i < goal.i for g in t.children if g.i < goal.i), None
    )
    return reader.read(goal, subject=whose), _HARD[reach[at].lower_]


def _with_place(reader: SituationsFound, goal: Token, likely: Token) -> Situation | None:
    """Return a situation with what stands between it and "less likely": "war in X", whatever the parse hangs it on."""
    found = reader.read(goal)
    after = goal.doc[goal.i + 1 : likely.i]
    if found is None or len(after) < 2 or after[0].pos_ != "ADP" or goal.i > likely.i:
        return found
    noun = next((t for t in after if t.pos_ in {"NOUN", "PROPN"} and t.nbor().pos_ not in {"NOUN", "PROPN"}), None)
    if noun is None or f" {after[0].lower_} " in f" {found.theme} ":
        return found
    passage = reader.article.passage(found.passage.start, reader.part.end_of(noun))
    return replace(found, theme=f"{found.theme} {after[0].lower_} {phrase_of(noun, 1)}", passage=passage)


def _moved(verb: Token) -> Token | None:
    """Return the verb of what someone is moved to or kept from: "force X to leave", "stop X from leaving"."""
    for child in verb.rights:
        if child.dep_ in {"xcomp", "ccomp"} and child.pos_ == "VERB":
            return child
        if child.dep_ == "prep" and child.lower_ == "from":
            return next((c for c in child.children if c.dep_ == "pcomp"), None)
    return None


def _chance_of(verb: Token) -> tuple[Token, Sign] | None:
    """Return what a cause makes more or less likely: "raises the risk of war"."""
    words = predicates().chances
    thing = next((c for c in verb.rights if c.dep_ == "dobj" and c.lower_ in words["words"]), None)
    if thing is None:
        return None
    goal = next(
        (g for p in thing.rights if p.lower_ in {"of", "for"} for g in p.children if g.pos_ in {"NOUN", "VERB"}), None
    )
    lemma = verb.lemma_.lower()
    if goal is None or lemma not in words["raise"] | words["lower"]:
        return None
    return goal, "raises" if lemma in words["raise"] else "lowers"


def _caused_noun(verb: Token) -> tuple[Token, Sign] | None:
    """Return the noun that a verb of causing or preventing has for its object, and the sign."""
    words = predicates().causes
    lemma = verb.lemma_.lower()
    for child in verb.rights:
        if child.dep_ in {"prep", "prt"}:
            joined = f"{lemma}+{child.lower_}"
            sign: Sign | None = (
                "raises" if joined in words["raises"] else "lowers" if joined in words["lowers"] else None
            )
            if sign is not None:
                goal = next((c for c in (*child.children, *verb.rights) if c.dep_ in {"pobj", "dobj", "pcomp"}), None)
                return (goal, sign) if goal is not None and goal.pos_ in {"NOUN", "VERB"} else None
    goal = next((c for c in verb.rights if c.dep_ == "dobj" and c.pos_ == "NOUN"), None)
    if goal is not None and goal.lower_ in {"way", "door"} and lemma in {"pave", "open", "clear"}:
        opened = [g for p in (*goal.rights, *verb.rights) if p.lower_ in {"for", "to"} for g in p.children]
        return next(((g, "raises") for g in opened if g.dep_ == "pobj" and g.pos_ == "NOUN"), None)
    if goal is None or lemma not in words["raises"] | words["lowers"]:
        return None
    return goal, "raises" if lemma in words["raises"] else "lowers"


def _by_cause(reader: SituationsFound, verb: Token) -> _Caused | None:
    """Return cause and effect of a passive: "a war could be averted by talks"."""
    words = predicates().causes
    lemma = verb.lemma_.lower()
    effect = own_subject(verb)
    by = next((g for c in verb.rights if c.dep_ == "agent" for g in c.children if g.dep_ in {"pobj", "pcomp"}), None)
    if effect is None or by is None or effect.pos_ != "NOUN" or not is_event(by):
        return None
    if lemma in words["raises"]:
        return reader.read(by), reader.read(effect), _if_not(verb, "raises")
    if lemma in words["lowers"]:
        return reader.read(by), reader.read(effect), _if_not(verb, "lowers")
    return None


def without_cause(reader: SituationsFound, tokens: list[Token]) -> Situation | None:
    """Return what a thing that neither acts nor happens is said to do: its cause is asked for, never left out."""
    for verb in tokens:
        subject = own_subject(verb) if verb.pos_ == "VERB" and not is_passive(verb) else None
        if subject is None or subject.pos_ != "NOUN" or not any(c.dep_ == "dobj" for c in verb.rights):
            continue
        ahead = any(c.dep_ == "aux" and c.lower_ in MODALS for c in verb.children)
        if verb.lemma_.lower() in {"require", "need"}:
            continue
        if ahead and reader.agents.name_of(subject) is None and verb.lemma_.lower() not in _LIGHT:
            return reader.read(verb, caused=True)
    return None


def unframed(reader: SituationsFound, verb: Token, *, hedged: bool = False) -> Situation | None:
    """Return what a clause says below frames: "it is likely that X will", "X is unlikely to".

    Where its hedge is ``hedged``, read as a number, "unlikely" turns nothing round.
    """
    if verb.pos_ in {"NOUN", "PROPN"}:
        return reader.read(verb)
    sort = next((c for c in verb.children if c.lower_ in predicates().frames and c.dep_ != "advmod"), None)
    if verb.lemma_ == "be" and sort is not None:
        inner = next(
            (c for h in (verb, sort) for c in h.children if c.dep_ in {"ccomp", "xcomp", "csubj"} and c != sort), None
        )
        subject = own_subject(verb)
        way = predicates().frames[sort.lower_]
        if way == "less" and hedged:
            return None
        if inner is not None:
            found = reader.read(inner, subject=subject)
        elif sort.lower_ in LIKELY | {"impossible", "unthinkable", "inconceivable", "hard", "difficult"}:
            found = reader.read(subject) if subject is not None else None
        else:
            return reader.read(verb)
        less = any(c.lower_ == "less" for c in sort.children)
        down = ((way != "do" and (sort.lower_ != "unlikely" or not hedged)) != negated(verb)) != less
        return turned(found) if found is not None and down else found
    return reader.read(verb)
