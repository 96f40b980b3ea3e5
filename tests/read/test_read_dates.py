"""Dates of publication and dates in sentences."""

from __future__ import annotations

from datetime import date

import pytest

from quandary.read.dates import dates_in
from quandary.read.layout import lay_out

HEADS = {
    "Saturday, January 8th, 2022": date(2022, 1, 8),
    "Published November 20th, 2019": date(2019, 11, 20),
    "PUBLISHED: 10:48, Tue, Nov 19, 2019": date(2019, 11, 19),
    "Updated 11:11 AM GMT+9, August 5, 2023": date(2023, 8, 5),
    "5 March 2021": date(2021, 3, 5),
    "2021-03-05T08:00:00Z": date(2021, 3, 5),
    "Posted on 05/03/2021": date(2021, 3, 5),
    "03/25/2021 9:00 AM EST": date(2021, 3, 25),
    "Sept. 4, 2020": date(2020, 9, 4),
    "4. 9. 2020".replace(" ", ""): date(2020, 9, 4),
    "Friday 4th of September 2020": date(2020, 9, 4),
    "2020/09/04": date(2020, 9, 4),
    "20200904": date(2020, 9, 4),
    "04/09/20": date(2020, 9, 4),
    "Published: 19:22 EDT, 4 September 2020 | Updated: 04:45 EDT, 5 September 2020": date(2020, 9, 4),
    "September 4, 2020 / 6:14 AM / 3 years ago": date(2020, 9, 4),
    "By Ann Lee | September 4, 2020 | 5 min read": date(2020, 9, 4),
}


@pytest.mark.parametrize("head", HEADS)
def test_date_of_publication(head: str) -> None:
    article = lay_out(f"River talks fail\n\n{head}\n\nThe talks failed, and everyone went home.", identity="x")
    assert article.published == HEADS[head]


def test_first_publication_before_an_update() -> None:
    text = "Talks fail\n\nUpdated 6 March 2021\n\nPublished 5 March 2021\n\nThe talks failed, and all went home."
    assert lay_out(text, identity="x").published == date(2021, 3, 5)


def test_a_date_in_the_prose_is_not_the_date_of_publication() -> None:
    text = "Talks fail\n\nThe talks failed on 5 March 2021, and everyone went home."
    assert lay_out(text, identity="x").published is None


PUBLISHED = date(2022, 1, 8)  # a Saturday
RELATIVE = {
    "The talks failed on Tuesday.": date(2022, 1, 4),
    "The talks failed yesterday.": date(2022, 1, 7),
    "The talks failed overnight.": date(2022, 1, 7),
    "The protests began on New Year’s Day.": date(2022, 1, 1),
    "The paratroopers (6 January) arrived.": date(2022, 1, 6),
    "It fell on December 25.": date(2021, 12, 25),
    "It began three days ago.": date(2022, 1, 5),
    "It began in June.": date(2021, 6, 1),
}


@pytest.mark.parametrize("sentence", RELATIVE)
def test_relative_dates(sentence: str) -> None:
    found = dates_in(sentence, PUBLISHED)
    assert [f.on for f in found] == [RELATIVE[sentence]]
    assert all(sentence[f.start : f.end] == f.text for f in found)


def test_what_cannot_be_resolved_keeps_its_words() -> None:
    assert [(f.text, f.on) for f in dates_in("It fell last week.", PUBLISHED)] == [("last week", None)]
    assert [(f.text, f.on) for f in dates_in("It fell on Tuesday.", None)] == [("Tuesday", None)]


def test_the_future_looks_ahead() -> None:
    assert dates_in("They will meet on Tuesday.", PUBLISHED, future=True)[0].on == date(2022, 1, 11)
