"""Countries with their demonyms and the seats of government that stand for them in the news."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ISO code, the name used, other names, demonyms, and seats of government."""

    code: str
    name: str
    names: tuple[str, ...]
    demonyms: tuple[str, ...]
    seats: tuple[str, ...]


@cache
def countries() -> tuple[Country, ...]:
    """Return every country of the table."""
    with (files(__package__) / "countries.csv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table))

    def parts(cell: str) -> tuple[str, ...]:
        return tuple(p for p in cell.split(";") if p)

    return tuple(
        Country(r["code"], parts(r["name"])[0], parts(r["name"]), parts(r["demonym"]), parts(r["seats"])) for r in rows
    )


@cache
def _by_word() -> dict[str, tuple[Country, str]]:
    words: dict[str, tuple[Country, str]] = {}
    for country in countries():
        for form, group in (("name", country.names), ("demonym", country.demonyms), ("seat", country.seats)):
            for word in group:
                words.setdefault(word.casefold(), (country, form))
    return words


def bare(words: str) -> str:
    """Return a name without its article and possessive ending."""
    words = words.replace("’", "'").strip()
    if words[:4].lower() == "the ":
        words = words[4:]
    return words.removesuffix("'s").removesuffix("'")


def country_of(words: str) -> tuple[Country, str] | None:
    """Return the country a phrase names and how (name, demonym or seat), or ``None``."""
    return _by_word().get(bare(words).casefold())


def countries_in(words: str) -> list[Country]:
    """Return the countries named in a phrase, by name, demonym or seat, in order."""
    tokens = words.replace("’", "'").replace(",", " ").split()
    found: list[Country] = []
    at = 0
    while at < len(tokens):
        for width in (4, 3, 2, 1):
            hit = country_of(" ".join(tokens[at : at + width]))
            if hit and at + width <= len(tokens):
                if hit[0] not in found:
                    found.append(hit[0])
                at += width
                break
        else:
            at += 1
    return found
