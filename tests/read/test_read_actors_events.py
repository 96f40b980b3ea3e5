"""Who acts and what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from quandary.read import ArticleActor, ArticleReading, Event

Reader = Callable[..., ArticleReading]
TEXT = (
    "President Ivo Marsh, hand-picked by the old guard as its heir, called in forces from ally Uganda overnight. "
    "Moscow has condemned the move, and Russia withdrew its ambassador on Monday. The European Union (EU) said Kenya "
    "must talk. Kenyan police arrested protesters in Nairobi yesterday. Marsh said rebels attacked a bridge. The army "
    "could attack the town. The EU would impose sanctions if talks failed."
)


def by_name(reading: ArticleReading) -> dict[str, ArticleActor]:
    return {a.name: a for a in reading.actors}


def events(reading: ArticleReading, kind: str) -> list[Event]:
    return [e for e in reading.events if e.plover == kind]


def test_aliases_are_merged(read: Reader) -> None:
    actors = by_name(read(TEXT))
    marsh = actors["Ivo Marsh"]
    assert {"Marsh", "President Ivo Marsh", "hand-picked by the old guard as its heir"} <= set(marsh.aliases)
    assert marsh.type == "leader"
    russia = actors["Russia"]
    assert "Moscow" in russia.aliases
    assert (russia.type, russia.country) == ("state", "RUS")
    assert "EU" in actors["European Union"].aliases
    assert actors["European Union"].type == "organisation"


def test_events_have_actor_target_day_and_place(read: Reader) -> None:
    reading = read(TEXT, published="8 May 2030")
    (arrest,) = events(reading, "COERCE")
    assert (arrest.actor, arrest.target, arrest.on, arrest.place) == (
        "Kenyan police",
        "protesters",
        date(2030, 5, 7),
        "Nairobi",
    )
    (request,) = [e for e in events(reading, "REQUEST") if "forces" in e.trigger.text]
    assert (request.actor, request.target) == ("Ivo Marsh", "Uganda")


def test_what_a_source_reports_is_attributed(read: Reader) -> None:
    (attack,) = events(read(TEXT), "ASSAULT")
    assert attack.attributed_to == "Ivo Marsh"


def test_what_may_happen_is_no_event(read: Reader) -> None:
    assert not events(read(TEXT), "SANCTION")


def test_triggers_stand_in_the_text(read: Reader) -> None:
    reading = read(TEXT)
    assert reading.events
    for event in reading.events:
        assert reading.article.text[event.trigger.start : event.trigger.end] == event.trigger.text
