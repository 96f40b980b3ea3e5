"""Whom the labels of a transcript mean: "MR PRICE" is Ned Price, "Q" whoever asks, "A" the one who is interviewed."""

from __future__ import annotations

import re

from quandary.read.parsing.grammar import Page
from quandary.read.people.names import People, Person
from quandary.read.people.naming import UNNAMED, Speaker
from quandary.read.words.labels import ANSWERING, ASKING
from quandary.read.words.roles import is_title

_NOT_A_NAME = r"(?:[Aa]fter|[Aa]t|[Bb]efore|[Ii]n|[Oo]n|[Oo]f|[Tt]o|[Ww]ith|[Aa]nd|[Ff]or|[Ff]rom|[Dd]uring)"
_AFTER_OFFICE = re.compile(
    rf"\b(?P<office>[A-Z][a-z]+) (?P<name>[A-Z][\w’'-]+(?: (?!{_NOT_A_NAME}\b)[A-Z][\w’'-]+(?=\s+{_NOT_A_NAME}\b|$))?)"
)
"""An office and the name behind it, in a title whose other words may have capitals too."""


class Labels:
    """Names the speakers of a page's labels, each label once."""

    def __init__(self, page: Page, people: People) -> None:
        self.page = page
        self.people = people
        self._known: dict[str, Speaker] = {}

    def speaker(self, label: str, *, signed: bool = False) -> Speaker:
        """Return whom a label means; a name that is ``signed`` below a post is taken as it stands."""
        if signed:
            person = self.people.by_name(label) if " " in label else None
            role = person.roles[0] if person is not None and person.roles else None
            return Speaker(person.name if person is not None else label, role, person=person is not None)
        if label not in self._known:
            self._known[label] = self._speaker(label)
        return self._known[label]

    def _speaker(self, label: str) -> Speaker:
        folded = label.casefold()
        if folded in ASKING:
            return Speaker(UNNAMED.name, "questioner")
        if folded in ANSWERING:
            return self._interviewed()
        words = label.split()
        titles = []
        while len(words) > 1 and (is_title(words[0].rstrip(",")) or words[0].casefold() == "the"):
            titles.append(words.pop(0))
        name = " ".join(words)
        person = self.people.by_name(name) or self._by_initials(name)
        role = " ".join(t for t in titles if len(t.rstrip(".")) > 3 and t.casefold() != "the").lower() or None
        if person is None and is_title(name):
            role = name.lower()
            headed = self._in_title(role)
            if headed is not None:
                name = headed
                person = self.people.by_name(headed)
            else:
                person = self.people.by_role(role, len(self.page.text))
        if person is not None:
            return Speaker(in_small(person.name), role or (person.roles[0] if person.roles else None), person=True)
        return Speaker(in_small(name), role, person=True)

    def _in_title(self, role: str) -> str | None:
        """Return the one name that the title sets after an office: "Remarks by President Dole at the Port"."""
        found = {match.group("name") for match in _AFTER_OFFICE.finditer(self.page.article.title or "")
                 if match.group("office").lower() == role}  # fmt: skip
        return found.pop() if len(found) == 1 else None

    def _by_initials(self, name: str) -> Person | None:
        if not re.fullmatch(r"(?:[A-Z]\.?){2,3}", name):
            return None
        plain = name.replace(".", "")
        fits = [p for p in self.people.persons if "".join(w[0] for w in p.name.split()).upper() == plain]
        return fits[0] if len(fits) == 1 else None

    def _interviewed(self) -> Speaker:
        """Return the one person who is named before the first turn; nobody where there are several."""
        first = min((q.start for f in self.page.frames for q in f.held.values() if q.label), default=0)
        named = [p for p in self.people.persons if p.first < first and " " in p.name]
        if len(named) != 1:
            return UNNAMED
        return Speaker(named[0].name, named[0].roles[0] if named[0].roles else None, person=True)


def in_small(name: str) -> str:
    """Return a name that a label sets in capitals as it is written elsewhere: "MARSH" is Marsh."""
    return re.sub(r"[^\W\d_]+", lambda m: m.group().capitalize(), name) if name.isupper() and len(name) > 3 else name
