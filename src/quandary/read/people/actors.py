"""Who acts: states, leaders, organisations and groups of an article, with their other names merged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from quandary.read.parsing.grammar import Frame, Page
from quandary.read.people.names import People, Person
from quandary.read.people.parties import parties_in
from quandary.read.records import ArticleActor, ArticleStatement, Passage
from quandary.read.words import cues
from quandary.read.words.countries import Country, bare, countries_in, country_of
from quandary.read.words.roles import is_title
from quandary.read.words.wording import word_set

_HIGH = word_set("leader_titles")
_GROUP_NOUNS = word_set("group_nouns")
_SMALL = re.compile(r"^(?:the|a|an|several|some|many|two|three|its|his|her|their|these|those|other|most|all)\s+", re.I)
_ORGANISATION = re.compile(
    r"\b(?:Union|Nations|League|Council|Court|Ministry|Organi[sz]ation|Alliance|Bank|Agency|Authority|Party|Commission|"
    r"Forum|Group|Army|Institute|Committee|Parliament|Congress|Senate|Treaty|Bloc|Movement|Front|Corps|Guard|Fund)\b|^[A-Z]{2,6}$"
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


def actors_of(page: Page, people: People, statements: Sequence[ArticleStatement]) -> list[ArticleActor]:
    """Return the actors of the article, most mentioned first."""
    drafts: dict[str, _Draft] = {}
    shorts: dict[str, _Draft] = {}  # organisations by the initials of their names
    for person in people.persons:
        _add_person(page, drafts, people, person)
    for frame in page.frames:
        _add_entities(page, drafts, shorts, frame)
        _add_groups(page, drafts, frame)
        _add_parties(page, drafts, people, frame)
    for statement in statements:
        _add_speaker(drafts, people, statement)
    kept = [d for d in drafts.values() if d.places]
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


def _add_entities(page: Page, drafts: dict[str, _Draft], shorts: dict[str, _Draft], frame: Frame) -> None:
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
        if ent.label_ in {"ORG", "NORP"} and _ORGANISATION.search(words) and words.casefold() not in drafts:
            inside = countries_in(words)
            key, name = _organisation_key(drafts, shorts, words)
            draft = drafts.setdefault(key, _Draft(name, "organisation", inside[0].code if inside else None))
            shorts.setdefault(_initials(draft.name), draft)
            draft.aliases.add(words)
            draft.places.append(passage)
        elif words.casefold() in drafts:
            drafts[words.casefold()].places.append(passage)
    for token in frame.doc:
        hit = country_of(token.text) if token.text[:1].isupper() and not token.ent_type_ else None
        if hit is not None and hit[1] != "demonym":
            _add_country(drafts, hit[0], token.text, page.article.passage(frame.start_of(token), frame.end_of(token)))


def _organisation_key(drafts: dict[str, _Draft], shorts: dict[str, _Draft], words: str) -> tuple[str, str]:
    """Return the key and the fullest name of an organisation: an acronym joins the name it stands for."""
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
        if known is not None:
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


def _add_groups(page: Page, drafts: dict[str, _Draft], frame: Frame) -> None:
    for token in frame.doc:
        if token.lower_ not in _GROUP_NOUNS or token.pos_ not in {"NOUN", "PROPN"} or token.dep_ == "compound":
            continue
        start = token.i
        while start > 0 and (
            (frame.doc[start - 1].pos_ == "ADJ" and country_of(frame.doc[start - 1].text))
            or (frame.doc[start - 1].dep_ == "compound" and frame.doc[start - 1].head == token)
        ):
            start -= 1
        words = frame.doc[start : token.i + 1].text
        inside = countries_in(words)
        key = f"group {words.casefold().replace('protestor', 'protester')}"
        draft = drafts.setdefault(key, _Draft(words, "group", inside[0].code if inside else None))
        draft.places.append(page.article.passage(frame.start_of(frame.doc[start]), frame.end_of(token)))


def _add_speaker(drafts: dict[str, _Draft], people: People, statement: ArticleStatement) -> None:
    """Make every speaker an actor or one more mention of one."""
    name = statement.speaker
    if people.by_name(name) is not None or name == "unnamed":
        return
    hit = country_of(name)
    key = hit[0].code if hit else name.casefold()
    at = statement.passage
    if key in drafts:
        drafts[key].aliases.add(name)
    elif f"group {key}" not in drafts:
        plain = _SMALL.sub("", name)
        inside = countries_in(plain)
        human = plain.split()[-1].lower() in cues.PEOPLE_NOUNS or plain.split()[0].lower() in cues.PEOPLE_NOUNS
        kind = "organisation" if _ORGANISATION.search(plain) else "person" if human else "group"
        drafts[key] = _Draft(
            plain, kind, inside[0].code if inside else None, places=[Passage(at.start, at.end, at.text)]
        )
