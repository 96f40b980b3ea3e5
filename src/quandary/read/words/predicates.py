"""What verbs make of the thing they are said of (``predicates.toml``): it ends, it stays, it goes one of two ways."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Effect = Literal["ends", "keeps", "turns"]


@dataclass(frozen=True, slots=True)
class Predicates:
    """Classes of predicates: ``states`` gives a verb's class and the state in which it is not so."""

    states: dict[str, tuple[Effect, str]]
    carriers: dict[str, str]
    nominal_carriers: dict[str, str]
    befalls: frozenset[str]
    causes: dict[str, frozenset[str]]
    chances: dict[str, frozenset[str]]
    events: frozenset[str]
    endings: tuple[str, ...]
    forces: frozenset[str]
    bodies: frozenset[str]
    open: tuple[str, ...]
    idioms: dict[str, tuple[str, ...]]
    nouns: dict[str, str]
    frames: dict[str, str]
    standing: frozenset[str]
    instruments: frozenset[str]
    needed: frozenset[str]


@cache
def predicates() -> Predicates:
    """Return the lexicon of predicates."""
    data = tomllib.loads((files(__package__) / "predicates.toml").read_text(encoding="utf-8"))
    states: dict[str, tuple[Effect, str]] = {}
    kinds: tuple[Effect, ...] = ("ends", "keeps", "turns")
    for kind in kinds:
        for other, verbs in data[kind].items():
            for verb in verbs.split():
                states.setdefault(verb, (kind, other))
    agents = data["agents"]
    return Predicates(
        states,
        {verb: way for way, verbs in data["carriers"].items() for verb in verbs.split()},
        {noun: way for way, nouns in data["nominal_carriers"].items() for noun in nouns.split()},
        frozenset(data["befalls"]["verbs"].split()),
        {name: frozenset(verbs.split()) for name, verbs in data["causes"].items()},
        {name: frozenset(words.split()) for name, words in data["chances"].items()},
        frozenset(data["events"]["nouns"].split()),
        tuple(data["events"]["endings"].split()),
        frozenset(agents["forces"].split()),
        frozenset((agents["bodies"] + " " + agents["forces"]).split()),
        tuple(data["open"]["phrases"]),
        {name: tuple(phrases) for name, phrases in data["idioms"].items()},
        data["nouns"],
        {sort: way for way, sorts in data["frames"].items() for sort in sorts.split()},
        frozenset(data["standing"]["nouns"].split()),
        frozenset(data["instruments"]["nouns"].split()),
        frozenset(data["instruments"]["needed"].split()),
    )
