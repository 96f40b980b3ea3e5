"""Who takes part: states, leaders, organisations and groups of an article, with their other names merged.

An actor acts, decides, is acted upon or spoken to, or speaks as a party; who only reports, studies or looks on is none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quandary.read.parsing.grammar import Frame, Page, ParsedPart
from quandary.read.people.bodies import bodies_in
from quandary.read.people.names import People, Person
from quandary.read.people.naming_actors import filed_the_story, is_common, only_reports, whole_name, without_office
from quandary.read.people.parties import parties_in
from quandary.read.people.taking_part import BODIES, MEMBERS, takes_part
from quandary.read.records import ArticleActor, ArticleStatement, Passage
from quandary.read.words import cues
from quandary.read.words.countries import Country, bare, countries_in, country_of
from quandary.read.words.roles import LEADERS, is_title
from quandary.read.words.wording import word_set

if TYPE_CHECKING:
    from spacy.tokens import Span

_HIGH = word_set("leader_titles")
_TELLERS = word_set("tellers")
_ONLOOKERS = word_set("onlookers")
_THINGS = word_set("named_things")
_BARE = frozenset(
    ("army", "military", "navy", "police", "government", "parliament", "opposition", "rebels", "cabinet", "guard")
)
_GENERIC = frozenset(
    ("government", "authorities", "administration", "regime", "state", "police", "parliament", "assembly", "opposition",
     "movement", "council", "court", "commission", "committee", "mission", "military", "party", "congress")
)  # fmt: skip
_GOVERNS = frozenset(("government", "authorities", "administration", "regime", "leadership"))
_OFTEN = 4
"""A state that is named so often has a part, wherever it stands in the clause."""
_SHORT = 12
"""With fewer names that act than these a text is too short to tell a body in passing from a party."""
_ISLAMIC_STATE = frozenset(("isis", "isil", "daesh", "islamic state"))
_MEANT = frozenset(
    ("bloc", "party", "group", "movement", "union", "alliance", "league", "front", "organisation", "coalition")
)
_RANKS = LEADERS | word_set("ranks")
_SMALL_WORDS = frozenset(("the", "of", "de", "al", "and", "for", "a", "an", "el"))
_SMALL = re.compile(r"^(?:the|a|an|several|some|many|two|three|its|his|her|their|these|those|other|most|all)\s+", re.I)
_ORGANISATION = re.compile(
    r"\b(?:Union|Nations|League|Council|Court|Ministry|Organi[sz]ation|Alliance|Bank|Agency|Authority|Party|Commission|"
    r"Forum|Group|Army|Forces?|Ministry|Federation|Assembly|Brigades?|Taliban|Coalition|Opposition|Service|Department|Institute|Committee|Parliament|Congress|Senate|Treaty|Bloc|Movement|Front|Corps|Guard|Fund)\b|^[A-Z]{2,6}$"
)
_DESCRIBED = re.compile(r", ((?:[a-z]+-)?[a-z]+ed by [^,]{5,110}),")


@dataclass
class _Draft:
    name: str
    type: str
    country: str | None
    role: str | None = None
    aliases: set[str] = field(default_factory=set)
    places: list[Passage] = field(default_factory=list)
    speaks: bool = False  # or takes part by its place in the clause
    core: str = ""  # of a body of people, its words without the country


def actors_of(page: Page, people: People, statements: Sequence[ArticleStatement]) -> list[ArticleActor]:
    """Return the actors of the article, most mentioned first."""
    drafts: dict[str, _Draft] = {}
    shorts: dict[str, _Draft] = {}  # organisations by the initials of their names
    acting: list[int] = []
    for person in people.persons:
        _add_person(page, drafts, people, person)
    for part in page.parts():
        acting += [part.start_of(t) for t in part.doc if t.pos_ in {"PROPN", "NOUN", "ADJ"} and takes_part(t)]
        _add_entities(page, drafts, shorts, part)
    for part in page.parts():
        acting += _add_bodies(page, drafts, part)
        if isinstance(part, Frame):
            _add_parties(page, drafts, people, part)
    for statement in statements:
        _add_speaker(drafts, people, statement)
    acting.sort()
    for draft in drafts.values():
        _named_whole(page, draft)
    kept = [d for d in _merged([*drafts.values()]) if d.places and _is_party(page, d, acting)]
    kept.sort(key=lambda d: (-len(d.places), d.places[0].start))
    return [
        ArticleActor(
            d.name,
            tuple(sorted(d.aliases - {d.name})),
            d.type,
            d.country,
            d.role,
            len(d.places),
            min(d.places, key=lambda p: p.start),
        )
        for d in kept
    ]


def _named_whole(page: Page, draft: _Draft) -> None:
    """Write a name as it should be; the form that was found stays among its aliases."""
    if draft.type == "state" and draft.country:
        return
    found, draft.name = draft.name, whole_name(page.text, draft.name, draft.places) or draft.name
    if draft.type in {"person", "leader"} or not _ORGANISATION.search(draft.name):
        plain = without_office(draft.name)
        if plain != draft.name and draft.type not in {"person", "leader"}:
            draft.type = "person"
        draft.name = plain
    if found != draft.name:
        draft.aliases.add(found.split(" (")[0])


def _is_party(page: Page, draft: _Draft, acting: list[int]) -> bool:
    """Return whether somebody takes part anywhere in the article, and is no onlooker, broadcaster, thing or place."""
    words = {w.strip(".,'").casefold() for w in draft.name.replace("-", " ").split()}
    last = draft.name.split()[-1].casefold()
    if not (draft.type == "state" and draft.country) and (words & _TELLERS or last in _THINGS):
        return False
    if draft.type == "person" and len(words) == 1 and not draft.role and not draft.speaks and len(draft.places) < 2:
        return False
    if any(w.isdigit() for w in words) or words & {"himself", "themselves", "itself"}:
        return False
    if not (draft.type == "state" and draft.country):
        unnamed = draft.core and not draft.country and " " not in draft.core
        if unnamed and len(draft.places) < 2 and draft.core in _GENERIC and len(acting) > _SHORT:
            return False
        if not draft.core and draft.type != "leader" and is_common(page.text, draft.name):
            return False
        if draft.type == "person" and filed_the_story(page.text, draft.name):
            return False
        unknown = draft.type not in {"person", "leader"} and not draft.core and not _ORGANISATION.search(draft.name)
        if unknown and only_reports(page.text, draft.places):
            return False
    elif len(draft.places) >= _OFTEN:
        return True
    role = {w.strip(".,'").casefold() for w in (draft.role or "").replace("-", " ").split()}
    if (role & (_ONLOOKERS | _TELLERS) and not role & _HIGH) or words & _ONLOOKERS:
        return False
    if draft.type != "state" and any(_is_thing(page, place) for place in draft.places[:3]):
        return False
    if draft.speaks:
        return True
    return any((at := bisect_left(acting, p.start)) < len(acting) and acting[at] < p.end for p in draft.places)


def _is_body(words: str) -> bool:
    return words.rsplit(maxsplit=1)[-1].casefold() in BODIES


def _is_thing(page: Page, place: Passage) -> bool:
    """Return whether a name is of a thing or place: "the Sierra Madre, a rusty ship", "the outpost Anvil"."""
    before = page.text[max(0, place.start - 20) : place.start].split()
    after = re.match(r",? (?:an?|the) (?:[\w-]+ ){0,3}?(\w+)", page.text[place.end : place.end + 60])
    return (bool(before) and before[-1].casefold() in _THINGS | _ONLOOKERS) or (
        after is not None and after[1].casefold() in _THINGS
    )


def _words_of(draft: _Draft) -> frozenset[str]:
    plain = draft.name.casefold().replace("’", "'").replace("-", " ").replace(".", "").split()
    return frozenset(w.removesuffix("'s") for w in plain) - _SMALL_WORDS


def _merged(drafts: list[_Draft]) -> list[_Draft]:
    """Return the drafts, one for each: a shorter name joins the one longer name that holds all its words."""
    kept: list[_Draft] = []
    for draft in drafts:
        while draft.type != "state" and " " in draft.name and draft.name.split()[0].casefold() in _RANKS:
            draft.aliases.add(draft.name)
            draft.name = draft.name.split(maxsplit=1)[1]
    for draft in sorted(drafts, key=lambda d: (-len(_words_of(d)), -len(d.places))):
        words = _words_of(draft)
        if not words:
            continue
        state = draft.type == "state" and draft.country is not None
        longer = [k for k in kept if words <= _words_of(k) and not (state and k.type != "state")]
        if re.fullmatch(r"[A-Z]{2,6}", draft.name):
            longer = longer or [k for k in kept if _initials(k.name) == draft.name]
        if words in ({"south"}, {"north"}):
            longer = [k for k in longer if k.type == "state" and k.country]
        elif draft.core in _BARE:
            longer = [k for k in longer if k.core == draft.core and k.country]
        elif state:
            longer = [k for k in longer if k.country == draft.country and k.type == "state"]
        else:
            longer = [k for k in longer if not (k.type == "state" and k.country)]
        if len(longer) == 1:
            longer[0].places += draft.places
            longer[0].aliases |= draft.aliases | {draft.name}
            longer[0].speaks |= draft.speaks
            longer[0].role = longer[0].role or draft.role
        elif draft.core and not draft.country and len(longer) > 1:
            continue  # "the coast guard" where two are told of
        elif not longer or len(words) > 1 or not draft.core or draft.core in _BARE:
            kept.append(draft)
    if any(d.type == "organisation" and d.name[:1].isupper() for d in kept):
        kept = [d for d in kept if d.core not in _MEANT or d.name[:1].isupper()]  # "the bloc" is one that has a name
    for body in kept:
        last = body.core.split()[-1] if body.core else ""
        if last and sum(d.core.split()[-1:] == [last] for d in kept) == 1:
            body.aliases.add(last)
    return kept


def _add_person(page: Page, drafts: dict[str, _Draft], people: People, person: Person) -> None:
    role = person.roles[0] if person.roles else None
    found = [c for r in person.roles for c in countries_in(r)]
    words = {w.lower().strip(",") for r in person.roles for w in r.split()}
    kind = "leader" if words & _HIGH else "person"
    draft = _Draft(person.name, kind, found[0].code if found else None, role)
    last = person.name.split()[-1]
    taken: set[int] = set()
    shared = sum(p.name.split()[-1] == last for p in people.persons) > 1
    for form in sorted({*person.forms, *(() if shared else (last,))}, key=lambda f: (-len(f), f)):
        for start, end in page.occurrences(form):
            if start not in taken:
                draft.places.append(page.article.passage(start, end))
                taken.update(range(start, end))
        if form in person.forms or any(p.text == form for p in draft.places):
            draft.aliases.add(form)
    for role_words in person.roles[:2]:
        if is_title(role_words.split()[-1]) and len(role_words.split()) <= 4:
            draft.aliases.add(f"{role_words} {person.name}")
    after = (_DESCRIBED.match(page.text, end) for _, end in page.occurrences(person.name))
    described = next((match for match in after if match), None)
    if described:
        draft.aliases.add(described.group(1))
    drafts[person.name.casefold()] = draft


def _add_entities(page: Page, drafts: dict[str, _Draft], shorts: dict[str, _Draft], frame: ParsedPart) -> None:
    for ent in frame.doc.ents:
        if ent.label_ in {
            "PERSON",
            "DATE",
            "TIME",
            "CARDINAL",
            "ORDINAL",
            "MONEY",
            "PERCENT",
            "QUANTITY",
            "LAW",
            "LANGUAGE",
        }:
            continue
        words = bare(ent.text)
        passage = page.article.passage(frame.place(ent.start_char), frame.place(ent.end_char - 1) + 1)
        hit = country_of(words)
        if hit is not None:
            if hit[1] != "demonym":
                _add_country(drafts, hit[0], words, passage)
            continue
        _add_organisation(drafts, shorts, ent, words, passage)
    for token in frame.doc:
        hit = country_of(token.text) if token.text[:1].isupper() and not token.ent_type_ else None
        if token.text in {"South", "North"} and token.dep_ in {"nsubj", "nsubjpass", "pobj", "dobj", "poss"}:
            hit = next((country_of(f"{token.text} {t}") for t in ("Korea", "Sudan") if f" {t}" in page.text), None)
        if hit is not None and hit[1] != "demonym":
            _add_country(drafts, hit[0], token.text, page.article.passage(frame.start_of(token), frame.end_of(token)))


def _add_organisation(
    drafts: dict[str, _Draft], shorts: dict[str, _Draft], ent: Span, words: str, passage: Passage
) -> None:
    whole = bool(_ORGANISATION.search(words)) or (ent.label_ == "ORG" and ent.root.dep_ in {"nsubj", "pobj", "dobj"})
    if ent.label_ in {"ORG", "NORP"} and whole and words.casefold() not in drafts and words[:1].isupper():
        inside = countries_in(words)
        if len(inside) == 1 and words.rsplit(maxsplit=1)[-1] in {"Forces", "Troops"} and len(words.split()) < 4:
            _add_country(drafts, inside[0], words, passage)
            return
        before = ent.doc[max(0, ent.start - 2) : ent.start].text.removesuffix("'s").strip()
        if ent.doc[max(0, ent.start - 1)].tag_ == "POS" and (whose := country_of(before)) and _is_body(words):
            core = words.casefold()
            draft = drafts.setdefault(
                f"body {whose[0].code} {core}", _Draft(words, "organisation", whose[0].code, core=core)
            )
            draft.aliases.add(words)
            draft.places.append(passage)
            return
        owner = re.match(r"(?:the )?[A-Z]\w*(?: [A-Z]\w*)?['’]s? ", words)
        if owner:
            words = words[owner.end() :]
            if not _ORGANISATION.search(words):
                return
        last = words.split()[-1].casefold()
        if len(inside) == 1 and last in BODIES and country_of(words.split()[0]) is not None:
            core = " ".join(words.split()[1:]).casefold()
            draft = drafts.setdefault(
                f"body {inside[0].code} {core}", _Draft(words, "organisation", inside[0].code, core=core)
            )
            draft.aliases |= {words, words.casefold()}
            draft.places.append(passage)
            return
        key, name = _organisation_key(drafts, shorts, words)
        draft = drafts.setdefault(key, _Draft(name, "organisation", inside[0].code if inside else None))
        shorts.setdefault(_initials(draft.name), draft)
        draft.aliases.add(words)
        draft.places.append(passage)
    elif words.casefold() in drafts:
        drafts[words.casefold()].places.append(passage)


def _organisation_key(drafts: dict[str, _Draft], shorts: dict[str, _Draft], words: str) -> tuple[str, str]:
    """Return the key and the fullest name of an organisation: an acronym joins the name it stands for."""
    if words.casefold() in _ISLAMIC_STATE:
        return "islamic state", "Islamic State"
    if re.fullmatch(r"[A-Z]{2,6}", words):
        spelled = shorts.get(words)
        name = spelled.name if spelled else words
        return name.casefold(), name
    short = _initials(words)
    if len(short) > 1 and short.casefold() in drafts:
        draft = drafts.pop(short.casefold())
        draft.name = words
        drafts[words.casefold()] = draft
    return words.casefold(), words


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _add_country(drafts: dict[str, _Draft], country: Country, words: str, passage: Passage) -> None:
    draft = drafts.setdefault(country.code, _Draft(country.name, "state", country.code))
    draft.aliases.add(words)
    draft.places.append(passage)


def _add_parties(page: Page, drafts: dict[str, _Draft], people: People, frame: Frame) -> None:
    """Add names that take part in what happens, and put right what was taken for a person."""
    persons = {word.casefold() for p in people.persons for form in (p.name, *p.forms) for word in form.split()}
    for words, kind, first, last in parties_in(frame):
        key = bare(words).casefold()
        known = drafts.get(key)
        token = frame.doc[last]
        placed = (
            token.ent_type_ in {"GPE", "LOC"} and token.dep_ == "pobj" and token.head.lower_ in {"in", "on", "from"}
        )
        if known is not None:
            known.speaks |= not placed and known.type != "person"
            if known.type == "person" and known.role is None and (kind != "leader"):
                known.type = kind
            continue
        if key in persons or any(key == bare(a).casefold() for d in drafts.values() for a in d.aliases):
            continue
        longer = [d for d in drafts.values() if f" {key}" in f" {d.name.casefold()}"]
        if longer:
            continue
        draft = drafts.setdefault(key, _Draft(bare(words), kind, None))
        draft.places.append(page.article.passage(frame.start_of(frame.doc[first]), frame.end_of(frame.doc[last])))
        token = frame.doc[last]
        placed = (
            token.ent_type_ in {"GPE", "LOC"} and token.dep_ == "pobj" and token.head.lower_ in {"in", "on", "from"}
        )
        draft.speaks |= not placed


def _add_bodies(page: Page, drafts: dict[str, _Draft], part: ParsedPart) -> list[int]:
    """Add the bodies of people, and states by what acts for them; return where those stand."""
    acting: list[int] = []
    for body in bodies_in(part):
        start, end = part.start_of(body.first), part.end_of(body.last)
        passage = page.article.passage(start, end)
        acting.append(start)
        if body.is_state and body.country is not None:
            _add_country(drafts, body.country, body.country.name, passage)
            continue
        if body.country is not None and body.words.casefold() in {"forces", "troops", "soldiers"}:
            _add_country(drafts, body.country, body.country.name, passage)
            continue
        core = body.words.casefold().replace("protestor", "protester").replace("demonstrator", "protester")
        proper = drafts.get(core)
        if proper is not None and not proper.core:
            proper.places.append(passage)
            continue
        code = body.country.code if body.country else None
        named = (
            body.words if body.country is None else f"{(body.country.demonyms or (body.country.name,))[0]} {body.words}"
        )
        kind = "group" if body.is_band else "organisation"
        draft = drafts.setdefault(f"body {code} {core}", _Draft(named, kind, code, core=core))
        draft.aliases |= {bare(passage.text), bare(passage.text).casefold(), core}
        draft.places.append(passage)
    return acting


def _add_speaker(drafts: dict[str, _Draft], people: People, statement: ArticleStatement) -> None:
    """Make a speaker an actor or one more mention of one, whoever speaks for a state or a body among them."""
    name = statement.speaker
    person = people.by_name(name)
    if person is not None:
        drafts[person.name.casefold()].speaks = True
        return
    plain = _SMALL.sub("", name)
    if name == "unnamed" or not plain or " and " in plain or plain.split()[0].endswith("ing"):
        return
    at = statement.passage
    hit = country_of(name)
    known = next(
        (d for d in drafts.values() if name in d.aliases or plain.casefold() in (d.name.casefold(), d.core)), None
    )
    inside = countries_in(plain)
    last = plain.split()[-1].casefold()
    if hit is not None:
        _add_country(drafts, hit[0], name, at)
        drafts[hit[0].code].speaks = True
    elif known is not None:
        known.aliases.add(name)
        known.speaks = True
    elif last in cues.PEOPLE_NOUNS | MEMBERS | _ONLOOKERS or plain.split()[0].casefold() in cues.PEOPLE_NOUNS:
        if len(inside) == 1 and last in MEMBERS | cues.PEOPLE_NOUNS and last not in _ONLOOKERS:
            _add_country(drafts, inside[0], inside[0].name, at)  # "Sri Lanka's defence secretary" speaks for it
            drafts[inside[0].code].speaks = True
    elif plain[:1].isupper() and plain.split()[-1][:1].islower() and last not in BODIES and " " in plain:
        if len(inside) == 1 and last not in _ONLOOKERS:
            _add_country(drafts, inside[0], inside[0].name, at)  # "Czech politicians"
    elif plain[:1].isupper() and last in _GOVERNS and len(inside) == 1:
        _add_country(drafts, inside[0], inside[0].name, at)
        drafts[inside[0].code].speaks = True
    elif plain[:1].isupper():
        kind = "organisation" if _ORGANISATION.search(plain) else "person" if " " in plain else "group"
        drafts[name.casefold()] = _Draft(plain, kind, inside[0].code if inside else None, places=[at], speaks=True)
