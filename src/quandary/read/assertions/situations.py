"""What a clause or an event noun says of one thing: which state it is in, and whose doing that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quandary.read.assertions.things import (
    TURNS_OBJECT,
    amount_of,
    doer_of,
    has_no,
    has_state,
    idiom_of,
    inner_of,
    is_event_noun,
    is_held,
    is_left,
    is_nominal_end,
    kept_as,
    lemma_of,
    lost_object,
    moved_by,
    named_state,
    negated,
    nominal_end,
    object_of,
    phrase_of,
    place_words,
    promised_by,
    to_place,
    way_of,
    with_particle,
)
from quandary.read.parsing.grammar import ParsedPart
from quandary.read.parsing.subjects import agent_of, is_passive, own_subject
from quandary.read.people.agents import Agents
from quandary.read.records import Article, Passage, Situation
from quandary.read.words import cues
from quandary.read.words.predicates import predicates

if TYPE_CHECKING:
    from spacy.tokens import Token

_NOT = frozenset(("not", "n't", "never", "no", "nobody", "neither", "hardly", "scarcely", "none"))
_GIVING = frozenset(("win", "earn", "give", "cost", "grant", "buy", "hand", "lend", "bring"))
_APART = frozenset(("advcl", "mark", "punct", "conj", "cc", "parataxis", "relcl", "appos"))
_CALLING = frozenset(("call", "bring", "order", "put"))
_EMPTY = frozenset(("difference", "sense", "point", "way", "thing", "case", "matter"))
"""Nouns of a turn of phrase, which name nothing: "makes no difference"."""
_LIGHT = frozenset(("be", "have", "do", "make", "take", "get", "give", "put"))


@dataclass(frozen=True, slots=True)
class Teller:
    """Who says a passage, of which type of actor, and whether in his own words: whom "I", "we", "he" and "it" mean."""

    name: str
    type: str | None
    direct: bool

    def meant_by(self, pronoun: str) -> bool:
        """Return whether a pronoun of the passage may mean who says it: an office's holder, or one who is many."""
        if self.direct:
            return pronoun in {"i", "we"} and self.type in {"leader", "organisation", "state", "group"}
        return pronoun in {"he", "she"} and self.type == "leader"


class SituationsFound:
    """Reads situations off the parse of one part of the page."""

    def __init__(self, article: Article, part: ParsedPart, agents: Agents, teller: Teller | None = None) -> None:
        self.article = article
        self.part = part
        self.agents = agents
        self.teller = teller
        self.speaker = teller.name if teller is not None and teller.type in {"organisation", "state"} else None
        self.theme_of_it: Token | None = None
        self.subject: str | None = None
        self.meant: dict[int, Token] = {}  # pronouns of one clause and the nouns of the other that they mean

    def read(self, head: Token, *, caused: bool = False, subject: Token | None = None) -> Situation | None:
        """Return what the clause or noun headed by ``head`` says.

        ``caused`` leaves out its subject, which is a cause; ``subject`` is who is moved to do it, where that is
        another verb's object.
        """
        if head.pos_ in {"NOUN", "PROPN"} and head.tag_ != "VBG":
            return self._of_noun(head)
        return self._of_verb(head, caused=caused, subject=subject)

    def _of_verb(self, verb: Token, *, caused: bool, subject: Token | None) -> Situation | None:
        subject = None if caused else own_subject(verb) or subject or promised_by(verb)
        subject = self._meant(subject)
        outer = verb
        if verb.tag_ == "MD":  # "cannot or will not hold": the verb is the second one's
            verb = next((c for c in verb.rights if c.dep_ == "conj" and c.tag_ == "VB"), verb)
            if verb is outer:
                return None
        positive = not negated(verb)
        for _ in range(4):
            inner = inner_of(verb)
            if inner is None or inner.i - verb.i > 10:
                break
            moved = None if caused and verb == outer else moved_by(verb, inner)
            if moved is not None and verb.lemma_.lower() in predicates().causes["permits"]:
                return self._permitted(outer, verb, inner, subject, positive=positive)
            way = way_of(verb, inner)
            if way is None:
                if object_of(verb) is None and inner.dep_ == "xcomp" and not has_state(verb):
                    return None  # "struggles to hold the town" says neither that it does nor that it does not
                break
            subject = moved or subject
            if way != "do" or negated(inner):
                positive = positive != ((way != "do") != negated(inner))
            verb = inner
        if subject is None and not caused:
            subject = own_subject(verb)
        if any((c.dep_ == "nsubj" and c.tag_ == "EX") or c.dep_ == "expl" for c in verb.children):
            thing = next((c for c in verb.children if c.dep_ in {"attr", "nsubj", "dobj"} and c.pos_ == "NOUN"), None)
            found = self._of_noun(thing, counted=True) if thing is not None else None
            return found if found is None or positive else turned(found)
        return self.predicate(outer, verb, subject, positive=positive, caused=caused)

    def _meant(self, token: Token | None) -> Token | None:
        return self.meant.get(token.i, token) if token is not None else None

    def passed(self, noun: Token) -> Situation:
        """Return that a bill or a plan is passed, which is how it does anything."""
        return self._made(
            noun, phrase_of(noun, 1), "pass", "reject", None, chosen=True, holds=True, positive=True, there=False
        )

    def _permitted(
        self, outer: Token, verb: Token, inner: Token, subject: Token | None, *, positive: bool
    ) -> Situation | None:
        """Return that somebody permits what another is to do."""
        agent = self._agent(subject)
        theme = object_of(inner) or moved_by(verb, inner)
        if theme is None or not phrase_of(theme):
            return None
        said = lemma_of(verb)
        words = f"{said} {lemma_of(inner)} {phrase_of(theme)}"
        return self._made(outer, words, said, "none", agent, chosen=True, holds=True, positive=positive, there=False)

    def done(self, verb: Token, theme: Token | None) -> Situation | None:
        """Return what a participle says of a thing: "the deal, if signed", "if attacked, the League"."""
        thing = phrase_of(theme) if theme is not None else ""
        if not thing:
            return None
        said, kind, other = named_state(verb) or (with_particle(verb), "turns", "none")
        if kind == "turns" and other not in TURNS_OBJECT:
            thing = f"{said} {thing}"
        return self._made(
            verb, thing, said, other, self._agent(agent_of(verb)), chosen=True, holds=kind != "ends",
            positive=not negated(verb), there=kind != "turns",
        )  # fmt: skip

    def predicate(
        self, outer: Token, verb: Token, subject: Token | None, *, positive: bool, caused: bool = False
    ) -> Situation | None:
        """Return what a verb says of its object, or of its subject where it has none; ``outer`` heads the clause.

        What is ``caused`` by a thing is chosen by nobody, unless somebody is moved to do it.
        """
        passive = is_passive(verb)
        theme = object_of(verb)
        doer = agent_of(verb) if passive else subject
        if passive and theme is None:
            theme = own_subject(verb)
        elif theme is None and verb.dep_ == "acl" and verb.tag_ == "VBN":
            theme, doer = verb.head, agent_of(verb)
        theme = self._meant(theme)
        agent = self._agent(doer)
        befalls = verb.lemma_.lower() in predicates().befalls
        someone = subject is not None and subject.lower_ in _PERSONAL
        unsaid = subject is None and not caused
        chosen = not befalls and (passive or agent is not None or unsaid or someone)
        agent = agent if chosen else None
        if theme is not None and theme.pos_ == "PRON" and subject is not None and subject.pos_ in {"NOUN", "PROPN"}:
            theme = None if theme.lower_ in _SOMEONE else theme  # "notifies us": what it does, to whomever
        fixed = self._kept(outer, verb, theme, agent, chosen=chosen, positive=positive)
        if fixed is None and (theme is None or idiom_of(verb)):
            fixed = self._fixed(outer, verb, subject, positive=positive)
        if fixed is not None:
            return fixed
        named = None if theme is not None and is_held(verb, theme) else named_state(verb)
        transitive = theme is not None
        if not transitive and not passive and lost_object(verb):
            return None
        if theme is None:
            theme = subject
        left = theme is not None and transitive and is_left(verb, theme)
        way = transitive and not passive and not left
        if named is None or (way and named[1] == "turns" and named[2] not in TURNS_OBJECT):
            return self._plain(outer, verb, theme, agent, transitive=transitive, chosen=chosen, positive=positive)
        said, kind, other = named
        if not transitive and agent is not None and kind != "turns":
            return None  # what it is done to was not found
        thing = self._told_of(verb, theme, subject, named, left=left, placed=not transitive and agent is not None)
        if thing is None:
            return None
        return self._made(
            outer, thing, said, other, agent, chosen=chosen, holds=kind != "ends", positive=positive,
            there=kind != "turns",
        )  # fmt: skip

    def _told_of(
        self, verb: Token, theme: Token | None, subject: Token | None, named: tuple[str, str, str], *, left: bool,
        placed: bool,
    ) -> str | None:  # fmt: skip
        """Return the name of what a verb of a known class is said of; ``left``: a place, ``placed``: where one goes."""
        thing = self._thing(theme) if theme is not None else None
        if thing is None or theme is None:
            return None
        said, kind, other = named
        if (
            kind == "turns"
            and other == "reject"
            and (theme.lemma_ in _SOMEBODY or self.agents.name_of(theme) is not None)
        ):
            thing = f"{said} {thing}"  # somebody is backed
        if left:
            whose = phrase_of(subject) if subject is not None and subject.pos_ == "NOUN" else ""
            thing = f"{whose} {said} {thing}"
        if kind == "turns" and placed and place_words(verb):
            thing = f"{said} {place_words(verb)}"
        return thing

    def _kept(
        self, outer: Token, verb: Token, theme: Token | None, agent: str | None, *, chosen: bool, positive: bool
    ) -> Situation | None:
        """Return in which state a verb puts or keeps its object: "keep the port closed"."""
        kept = kept_as(verb) if theme is not None else None
        if theme is None or kept is None or not phrase_of(theme):
            return None
        states = (kept.lower_, _OPPOSITES.get(kept.lower_, "none"))
        thing = phrase_of(theme)
        return self._made(outer, thing, *states, agent, chosen=chosen, holds=True, positive=positive, there=False)

    def _fixed(self, outer: Token, verb: Token, subject: Token | None, *, positive: bool) -> Situation | None:
        """Return what a turn of phrase says, a copula, or a verb of staying with its adjective ("stays open")."""
        idiom = idiom_of(verb)
        if idiom is not None:
            return self._made(outer, idiom, idiom, "none", None, chosen=False, holds=True, positive=positive)
        lemma = verb.lemma_.lower()
        becomes = lemma in {"become", "turn", "grow", "get", "go"} and any(c.dep_ == "acomp" for c in verb.rights)
        if lemma == "be" or becomes:
            return self._copula(verb, subject, positive=positive)
        sort = next((c for c in verb.rights if c.dep_ in {"acomp", "oprd"} and c.pos_ == "ADJ"), None)
        if sort is None or subject is None or lemma not in {"stay", "remain", "keep"}:
            return None
        states = (sort.lower_, _OPPOSITES.get(sort.lower_, "none"))
        thing = phrase_of(subject)
        return self._made(outer, thing, *states, None, chosen=False, holds=True, positive=positive, there=False)

    def _plain(
        self, outer: Token, verb: Token, theme: Token | None, agent: str | None, *, transitive: bool, chosen: bool,
        positive: bool,
    ) -> Situation | None:  # fmt: skip
        """Return what a verb of no class says: it is done, or it is not."""
        lemma = lemma_of(verb)
        said = with_particle(verb)
        other = predicates().states.get(said, ("", ""))[1] or "none"
        if theme is None or lemma == "be" or (theme.pos_ == "PROPN" and transitive and lemma in _GIVING):
            return None  # the parse has whom it is given to, and not what
        amount = amount_of(theme)
        thing = phrase_of(theme)
        if not thing or (transitive and lemma in _LIGHT and theme.lemma_.lower() in _EMPTY):
            return None
        event = theme.pos_ == "NOUN" and transitive and (is_event_noun(theme) or is_nominal_end(theme))
        if event and (said in _LIGHT | _CALLING or is_held(verb, theme)):
            noun = self._of_noun(theme, counted=True)
            if noun is None:
                return None
            one = noun if positive else turned(noun)
            if said in {"have", "get"}:
                return one  # "we will have a recession" is nobody's doing
            return replace(one, agent=agent, chosen=agent is not None)
        if amount < 0:
            positive = not positive
        words = f"{said} {thing}" if transitive else f"{thing} {said} {place_words(verb)}"
        if not transitive and agent is not None:
            words = f"{thing} {said} {place_words(verb)}"
        elif transitive and agent is None:
            extra = place_words(verb)
            words = f"{said} {thing} {extra}"
        return self._made(outer, words, said, other, agent, chosen=chosen, holds=True, positive=positive, there=False)

    def _copula(self, verb: Token, subject: Token | None, *, positive: bool) -> Situation | None:
        if subject is None or subject.pos_ not in {"NOUN", "PROPN"}:
            return None
        said = [c for c in verb.rights if c.dep_ in {"acomp", "attr", "advmod", "prt"} and c.lower_ not in _NOT]
        said.sort(key=lambda c: c.dep_ not in {"acomp", "attr"})  # "was apparently unhappy" says unhappy
        sort = next((c for c in said if c.dep_ != "advmod" or not c.lower_.endswith("ly")), None)
        if sort is None:
            return None
        if sort.lower_ in {"over", "finished", "dead", "off", "gone"}:
            return self._made(
                verb, phrase_of(subject), "end", "continue", None, chosen=False, holds=False, positive=positive
            )
        other = _OPPOSITES.get(sort.lower_)
        if sort.pos_ == "ADJ" and other is None and sort.tag_ != "VBN":
            return None  # "is dangerous" judges, and is nothing that happens
        words = f"{phrase_of(subject)} {sort.lower_}"
        return self._made(verb, words, sort.lower_, other or "none", None, chosen=False, holds=True, positive=positive)

    def _of_noun(self, noun: Token, *, counted: bool = False) -> Situation | None:
        """Return what an event noun says: it happens; "an end to the blockade", "a defeat in the south".

        ``counted`` tells that a "no" before it is counted with its verb.
        """
        positive = counted or not has_no(noun)
        lemma = noun.lemma_.lower()
        agent = self._agent(doer_of(noun))
        amount = amount_of(noun)
        ended = nominal_end(noun)
        if ended is not None:
            goal, said, other, holds = ended
            return self._made(noun, phrase_of(goal), said, other, agent, chosen=True, holds=holds, positive=positive)
        thing = phrase_of(noun)
        if not thing or noun.pos_ == "PROPN" or lemma in _EMPTY:
            return None
        meant = next((c for c in noun.rights if c.dep_ == "acl" and c.tag_ == "VB"), None)
        way = predicates().nominal_carriers.get(lemma)
        if meant is not None and way is not None:
            found = self._of_verb(meant, caused=False, subject=doer_of(noun))
            return turned(found) if found is not None and (way == "not") == positive else found
        gerund = next(
            (c for c in noun.children if c.dep_ == "amod" and c.tag_ == "VBG" and c.i == noun.left_edge.i), None
        )
        if gerund is not None and (named := named_state(gerund)) is not None:
            return self._made(
                noun, thing, named[0], named[2], None, chosen=True, holds=named[1] != "ends", positive=True
            )
        if amount:
            less = "fewer" if noun.tag_ in {"NNS", "NNPS"} else "less"
            said, other = ("more", less) if amount > 0 else (less, "more")
            return self._made(
                noun, thing, said, other, agent, chosen=agent is not None, holds=amount > 0, positive=positive
            )
        acl = next((c for c in noun.children if c.dep_ in {"acl", "amod"} and c.tag_ == "VBN"), None)
        said = lemma
        if acl is not None and (named := named_state(acl)) is not None:
            said = named[0]
            holds = named[1] != "ends"
            return self._made(noun, thing, said, named[2], agent, chosen=True, holds=holds, positive=positive)
        return self._made(noun, thing, said, "none", agent, chosen=agent is not None, holds=True, positive=positive)

    def _thing(self, theme: Token) -> str | None:
        """Return the name of what a verb is said of."""
        if theme.pos_ == "PRON":
            known = theme.lower_ in {"it", "them"} and self.theme_of_it is not None
            return phrase_of(self.theme_of_it) if known and self.theme_of_it is not None else None
        return phrase_of(theme) or None

    def _agent(self, doer: Token | None) -> str | None:
        if doer is None:
            return None
        if doer.pos_ == "PRON":
            return self._pronoun(doer)
        found = self.agents.name_of(doer)
        if found is not None and doer.dep_ in {"nsubj"}:
            self.subject = found
        return found

    def _pronoun(self, doer: Token) -> str | None:
        """Return whom a pronoun means, only where one party alone can be meant."""
        if self.teller is not None and self.teller.meant_by(doer.lower_):
            before = doer.doc[: doer.i]
            other = any(e.label_ == "PERSON" and e.sent == doer.sent for e in before.ents)
            return self.teller.name if self.teller.direct or not other else None
        if doer.lower_ != "it":
            return None
        teller = doer.head.head if doer.head.dep_ == "ccomp" else None
        if teller is not None and teller.lemma_ in cues.SAYING and (said_by := own_subject(teller)) is not None:
            one = said_by.tag_ in {"NN", "NNP"}  # "leaders said it may": none of them
            return self.agents.name_of(said_by) if one else self.speaker if said_by.pos_ == "PRON" else None
        named = {
            self.agents.proper(token)
            for token in doer.sent
            if token.pos_ == "PROPN"
            and token.dep_ in {"nsubj", "nsubjpass", "dobj", "pobj", "dative", "appos"}
            and token.head.lemma_ not in cues.SAYING
        }
        parties = named | {self.subject, self.speaker}
        parties.discard(None)
        return parties.pop() if len(parties) == 1 else None

    def _clause(self, head: Token) -> Passage:
        """Return the passage of a clause or phrase without the clauses that hang on it or are joined to it."""
        first, last = head, head
        for child in head.lefts:
            if child.dep_ in _APART:
                first = head  # what stands before an aside belongs to no one stretch
            elif child.left_edge.i < first.i:
                first = child.left_edge
        for child in head.rights:
            if child.dep_ == "punct" and child.text in {"'", '"'}:
                continue
            if child.dep_ in _APART:
                break
            last = child.right_edge
        last = to_place(last) if head.pos_ == "NOUN" else last
        return self.article.passage(self.part.start_of(first), self.part.end_of(last))

    def _made(
        self, head: Token, thing: str, said: str, other: str, agent: str | None, *, chosen: bool, holds: bool,
        positive: bool, there: bool = True,
    ) -> Situation:  # fmt: skip
        made = Situation(
            self._clause(head), thing.strip(), said, other, agent, chosen, holds, "there" if there else "way"
        )
        return made if positive else turned(made)


_OPPOSITES = {"open": "closed", "closed": "open", "shut": "open", "quiet": "unrest", "high": "low", "low": "high"}
_SOMEBODY = frozenset(("country", "nation", "people", "state"))
_SOMEONE = frozenset(("us", "me", "you", "him", "her", "them"))
_PERSONAL = frozenset(("he", "she", "they", "we", "i", "you"))


def turned(one: Situation) -> Situation:
    """Return the situation that is not so."""
    return replace(one, said=one.other, other=one.said, holds=not one.holds, turned=not one.turned)
