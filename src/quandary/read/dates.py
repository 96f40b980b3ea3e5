"""Dates in articles: absolute ones in every common form, relative ones resolved against the day of publication."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thur thu", "friday fri", "saturday sat",
         "sunday sun")
    )
    for name in names.split()
}  # fmt: skip
NUMBERS = {
    w: n for n, w in enumerate(("zero", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))
}
_MONTH = r"(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FORMS = tuple(
    re.compile(form, re.I)
    for form in (
        rf"\b{_YEAR}-(?P<mon>[01]\d)-(?P<day>[0-3]\d)(?=$|[T\s,;.)|])",
        rf"\b{_MONTH}\s+{_DAY},?\s+(?:at\s+[\d:.apm ]+,?\s*)?{_YEAR}\b",
        rf"\b{_DAY}(?:\s+day)?(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}\b",
        r"(?:^|(?<=\s))(?P<year>20\d\d)(?P<mon>[01]\d)(?P<day>[0-3]\d)(?=\s|$)",
        r"(?:^|(?<=\s))(?P<first>[0-3]?\d)/(?P<second>[0-3]?\d)/(?P<short>[0-3]\d)(?=\s|$)",
        rf"\b{_YEAR}[,\s]+{_MONTH}\s+{_DAY}\b",
        rf"\b{_YEAR}[/.](?P<mon>[01]?\d)[/.](?P<day>[0-3]?\d)\b",
        rf"\b(?P<first>[0-3]?\d)[/.](?P<second>[0-3]?\d)[/.]{_YEAR}\b",
        r"\b(?P<first>[0-3]\d)-(?P<second>[0-3]\d)-" + _YEAR + r"\b",
        r"\b(?P<year>(?:19|20)\d\d)年(?P<mon>[01]?\d)月(?P<day>[0-3]?\d)日",
    )
)
_AMERICAN = re.compile(r"\b(?:[AP]\.?M\.?\s*)?(?:E[SD]T|P[SD]T|C[SD]T|ET|PT)\b")


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in a text with its place and how exact it is: day, month, year, approximate or week."""

    start: int
    end: int
    text: str
    on: date | None
    precision: str = "day"


def absolute_dates(text: str) -> list[DateFound]:
    """Return the full dates (day, month and year) of a text in order of their place."""
    found: list[DateFound] = []
    for form in _FORMS:
        for match in form.finditer(text):
            if any(f.start < match.end() and match.start() < f.end for f in found):
                continue
            on = _date_of(match, text)
            if on is not None:
                found.append(DateFound(match.start(), match.end(), match.group(0), on))
    return sorted(found, key=lambda f: f.start)


def _date_of(match: re.Match[str], text: str) -> date | None:
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"])
    if parts.get("first"):
        first, second = int(parts["first"]), int(parts["second"])
        american = bool(_AMERICAN.search(text)) and first <= 12
        day, month = (second, first) if american or second > 12 else (first, second)
    else:
        day = int(parts["day"])
        month = int(parts["mon"]) if parts.get("mon") else MONTHS[parts["month"].lower().rstrip(".")]
    return make_date(year, month, day)


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the date, or ``None`` where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


_FEASTS = (
    (re.compile(r"\bNew Year[’']s Day\b", re.I), 1, 1),
    (re.compile(r"\bNew Year[’']s Eve\b", re.I), 12, 31),
    (re.compile(r"\bChristmas Day\b", re.I), 12, 25),
    (re.compile(r"\bChristmas Eve\b", re.I), 12, 24),
    (re.compile(r"\bBoxing Day\b", re.I), 12, 26),
    (re.compile(r"\b(?:May Day|International Workers[’'] Day)\b"), 5, 1),
    (re.compile(r"\bIndependence Day\b|\bFourth of July\b"), 7, 4),
)
_WEEKDAY = re.compile(
    r"\b(?P<which>next |last |this |previous )?(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)
_AGO = re.compile(
    r"\b(?P<count>\d+|a|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?P<unit>day|week)s? ago\b", re.I
)
_DAYS = (
    (re.compile(r"\b(?:overnight|last night)\b", re.I), -1, "approximate"),
    (re.compile(r"\bday before yesterday\b", re.I), -2, "day"),
    (re.compile(r"\byesterday\b", re.I), -1, "day"),
    (re.compile(r"\b(?:today|this morning|this afternoon|this evening|tonight)\b", re.I), 0, "day"),
    (re.compile(r"\btomorrow\b", re.I), 1, "day"),
)
_WEEKS = re.compile(r"\b(?P<which>last|next|this|earlier this|later this)\s+(?P<unit>week|month|year|weekend)\b", re.I)
_MONTH_ONLY = re.compile(
    r"\b(?:in|since|during|by|of|until|early|late|mid-?)\s*(?P<month>January|February|March|April|May|June|July|August"
    r"|September|October|November|December)\b(?:\s+(?P<year>(?:19|20)\d\d))?(?!\s+\d)"
)
_YEAR_ONLY = re.compile(r"\b(?:in|since|during|by)\s+(?P<year>(?:19|20)\d\d)\b")


def dates_in(text: str, published: date | None, *, future: bool = False) -> list[DateFound]:
    """Return every date expression of a sentence, resolved against ``published`` where that is known.

    ``future`` says that the sentence looks ahead, so that "on Friday" is the Friday to come. What cannot be resolved
    keeps ``on=None`` and its words.
    """
    found = absolute_dates(text)
    _partial(text, published, found)
    _feasts(text, published, found)
    _days(text, published, found, future=future)
    _spans(text, published, found)
    return sorted(found, key=lambda f: f.start)


def _add(found: list[DateFound], match: re.Match[str], on: date | None, precision: str) -> None:
    if not any(f.start < match.end() and match.start() < f.end for f in found):
        found.append(DateFound(match.start(), match.end(), match.group(0), on, precision))


def nearest_year(month: int, day: int, published: date) -> date | None:
    """Return the day and month in the year that puts it nearest to the day of publication."""
    years = (published.year - 1, published.year, published.year + 1)
    near = [d for year in years if (d := make_date(year, month, day))]
    return min(near, key=lambda d: abs((d - published).days), default=None)


def _partial(text: str, published: date | None, found: list[DateFound]) -> None:
    for match in _PARTIAL_FORMS.finditer(text):
        name = match.group("month") or match.group("month2")
        day = int(match.group("day") or match.group("day2"))
        on = nearest_year(MONTHS[name.lower().rstrip(".")], day, published) if published else None
        _add(found, match, on, "day")


_NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT = r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
_PARTIAL_FORMS = re.compile(
    rf"\b(?P<month>{_NAMES}|(?:{_SHORT})\.?)\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b"
    rf"|\b(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month2>{_NAMES}|{_SHORT})\b"
)


def _feasts(text: str, published: date | None, found: list[DateFound]) -> None:
    for form, month, day in _FEASTS:
        for match in form.finditer(text):
            _add(found, match, nearest_year(month, day, published) if published else None, "day")


def _days(text: str, published: date | None, found: list[DateFound], *, future: bool) -> None:
    for form, offset, precision in _DAYS:
        for match in form.finditer(text):
            _add(found, match, published + timedelta(offset) if published else None, precision)
    for match in _WEEKDAY.finditer(text):
        on = None
        if published:
            back = (published.weekday() - WEEKDAYS[match.group("weekday").lower()]) % 7
            which = (match.group("which") or "").strip()
            ahead = which == "next" or (future and which not in ("last", "previous"))
            on = published + timedelta((7 - back) if ahead else -back)
            if which in ("last", "previous") and back == 0:
                on = published - timedelta(7)
        _add(found, match, on, "day")
    for match in _AGO.finditer(text):
        count = match.group("count").lower()
        days = (int(count) if count.isdigit() else max(1, NUMBERS.get(count, 1))) * (
            7 if match.group("unit").lower() == "week" else 1
        )
        precision = "approximate" if match.group("unit").lower() == "week" else "day"
        _add(found, match, published - timedelta(days) if published else None, precision)


def _spans(text: str, published: date | None, found: list[DateFound]) -> None:
    for match in _MONTH_ONLY.finditer(text):
        month = MONTHS[match.group("month").lower()]
        on = None
        if match.group("year"):
            on = make_date(int(match.group("year")), month, 1)
        elif published:
            year = published.year if month <= published.month else published.year - 1
            on = make_date(year, month, 1)
        _add(found, match, on, "month")
    for match in _YEAR_ONLY.finditer(text):
        _add(found, match, make_date(int(match.group("year")), 1, 1), "year")
    for match in _WEEKS.finditer(text):
        _add(found, match, None, match.group("unit").lower())
