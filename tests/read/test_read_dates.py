"""Dates of publication and dates in sentences."""

from __future__ import annotations

from datetime import date

import pytest

from quandary.read import dates_in, lay_out

HEADS = {
    "Saturday, January 8th, 2022": date(2022, 1, 8),
    "Published November 20th, 2019": date(2019, 11, 20),
    "PUBLISHED: 10:48, Tue, Nov 19, 2019": date(2019, 11, 19),
    "Updated 11:11 AM GMT+9, August 5, 2023": date(2023, 8, 5),
    "5 March 2021": date(2021, 3, 5),
    "2021-03-05T08:00:00Z": date(2021, 3, 5),
    "Posted on 25/03/2021": date(2021, 3, 25),
    "Posted on 05/05/2021": date(2021, 5, 5),
    "03/25/2021 9:00 AM EST": date(2021, 3, 25),
    "Sept. 4, 2020": date(2020, 9, 4),
    "4. 9. 2020".replace(" ", ""): date(2020, 9, 4),
    "Friday 4th of September 2020": date(2020, 9, 4),
    "2020/09/04": date(2020, 9, 4),
    "20200904": date(2020, 9, 4),
    "24/09/20": date(2020, 9, 24),
    "By Ann Lee 4 September 2020": date(2020, 9, 4),
    "https://news.example/2020/09/04/talks-fail": date(2020, 9, 4),
    "Posted on 04/09/2020 | Updated 4 September 2020": date(2020, 9, 4),
    "Posted on 04/09/2020 | Updated 9 September 2020": None,
    "Published: 19:22 EDT, 4 September 2020 | Updated: 04:45 EDT, 5 September 2020": date(2020, 9, 4),
    "September 4, 2020 / 6:14 AM / 3 years ago": date(2020, 9, 4),
    "By Ann Lee | September 4, 2020 | 5 min read": date(2020, 9, 4),
}


@pytest.mark.parametrize("head", HEADS)
def test_date_of_publication(head: str) -> None:
    article = lay_out(f"River talks fail\n\n{head}\n\nThe talks failed, and everyone went home.", identity="x")
    assert article.published == HEADS[head]


AMBIGUOUS = ["Posted on 05/03/2021", "03/05/2021 9:00 AM EST", "05/03/21", "05-03-2021"]


@pytest.mark.parametrize("head", AMBIGUOUS)
def test_a_date_that_may_mean_two_days_is_not_known(head: str) -> None:
    article = lay_out(f"River talks fail\n\n{head}\n\nThe talks failed, and everyone went home.", identity="x")
    assert article.published is None
    assert any("5 March 2021" in n and "3 May 2021" in n for n in article.notes)


NOT_THE_PAGE = {
    "a standfirst": "The war that began 24 February 2022\n\nThe talks failed, and everyone went home.",
    "a title": "What we know of the raid of 5 March 2021\n\nThe talks failed, and everyone went home.",
    "a heading": "The talks failed, and everyone went home.\n\n5 March 2021\n\nThe river rose, and nobody came back.",
    "a link": "See https://news.example/2019/01/02/raid\n\nThe talks failed, and everyone went home.",
    "a link in the prose": "The talks failed (https://news.example/2019/01/02/raid), and everyone went home.",
    "a picture": "The talks failed, and everyone went home.\n\nPhoto by Ann Lee, 5 March 2021",
    "a year": "Farms founded after 2020 may get help, the governor said.",
}


@pytest.mark.parametrize("what", NOT_THE_PAGE)
def test_a_date_that_is_not_of_the_page(what: str) -> None:
    assert lay_out(NOT_THE_PAGE[what], identity="x").published is None


def test_first_publication_before_an_update() -> None:
    text = "Talks fail\n\nUpdated 6 March 2021\n\nPublished 5 March 2021\n\nThe talks failed, and all went home."
    assert lay_out(text, identity="x").published == date(2021, 3, 5)


def test_a_date_in_the_prose_is_not_the_date_of_publication() -> None:
    text = "Talks fail\n\nThe talks failed on 5 March 2021, and everyone went home."
    assert lay_out(text, identity="x").published is None


PUBLISHED = date(2022, 1, 8)  # a Saturday
RELATIVE: dict[str, date | list[date] | None] = {
    "The talks failed on Tuesday.": date(2022, 1, 4),
    "The talks failed yesterday.": date(2022, 1, 7),
    "The talks failed overnight.": date(2022, 1, 7),
    "The protests began on New Year’s Day.": date(2022, 1, 1),
    "The paratroopers (6 January) arrived.": date(2022, 1, 6),
    "It fell on December 25.": date(2021, 12, 25),
    "It began three days ago.": date(2022, 1, 5),
    "It began in June.": date(2021, 6, 1),
    "It will end by June.": date(2022, 6, 1),
    "It fell on the 1st of last month.": date(2021, 12, 1),
    "It fell on the last day of last month.": date(2021, 12, 31),
    "It fell on the second of this month.": date(2022, 1, 2),
    "It fell on 25/12/2021.": date(2021, 12, 25),
    "It fell on 04/02/2021.": None,  # the fourth of February or the second of April
    "It fell on March 5.": None,  # of this year, as planned, or of the last
    "It fell on Independence Day.": [],  # every country has its own
}


@pytest.mark.parametrize("sentence", RELATIVE)
def test_relative_dates(sentence: str) -> None:
    found = dates_in(sentence, PUBLISHED)
    day = RELATIVE[sentence]
    assert [f.on for f in found] == (day if isinstance(day, list) else [day])
    assert all(sentence[f.start : f.end] == f.text for f in found)


def test_what_cannot_be_resolved_keeps_its_words() -> None:
    assert [(f.text, f.on) for f in dates_in("It fell last week.", PUBLISHED)] == [("last week", None)]
    assert [(f.text, f.on) for f in dates_in("It fell on Tuesday.", None)] == [("Tuesday", None)]
    day = [("1st of last month", None)]
    assert [(f.text, f.on) for f in dates_in("It fell on the 1st of last month.", None)] == day


def test_the_future_looks_ahead() -> None:
    assert dates_in("They will meet on Tuesday.", PUBLISHED, future=True)[0].on == date(2022, 1, 11)
    assert dates_in("They will meet on March 5.", PUBLISHED, future=True)[0].on == date(2022, 3, 5)
