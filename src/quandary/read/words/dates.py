"""Dates in articles: absolute ones in every common form, relative ones resolved against the day of publication."""

from __future__ import annotations

import bisect
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
        rf"\b{_MONTH}\s+{_DAY},?\s+(?:at\s{{1,3}}[\d:.apm ]{{1,20}},?\s{{0,3}})?{_YEAR}\b",
        rf"\b{_DAY}(?:\s+day)?(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}\b",
        r"(?:^|(?<=\s))(?P<year>20\d\d)(?P<mon>[01]\d)(?P<day>[0-3]\d)(?=\s|$)",
        r"(?:^|(?<=\s))(?P<first>[0-3]?\d)(?P<sign>/)(?P<second>[0-3]?\d)/(?P<short>[0-3]\d)(?=\s|$)",
        rf"\b{_YEAR}[,\s]+{_MONTH}\s+{_DAY}\b",
        rf"\b{_YEAR}[/.](?P<mon>[01]?\d)[/.](?P<day>[0-3]?\d)\b",
        rf"\b(?P<first>[0-3]?\d)(?P<sign>[/.])(?P<second>[0-3]?\d)[/.]{_YEAR}\b",
        r"\b(?P<first>[0-3]\d)(?P<sign>-)(?P<second>[0-3]\d)-" + _YEAR + r"\b",
        r"\b(?P<year>(?:19|20)\d\d)年(?P<mon>[01]?\d)月(?P<day>[0-3]?\d)日",
    )
)


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in a text with its place and how exact it is: day, month, year, approximate, week or ambiguous.

    ``on`` is ``None`` for what cannot be told; an ambiguous date then has the days that it may mean in ``readings``.
    """

    start: int
    end: int
    text: str
    on: date | None
    precision: str = "day"
    readings: tuple[date, ...] = ()

    @property
    def words(self) -> str:
        """Return the words of the date, with its readings where it has several."""
        if not self.readings:
            return self.text
        return f"{self.text}: {' or '.join(f'{day.day} {day:%B %Y}' for day in self.readings)}"


class _Dates:
    """The dates of one text, none over another; the first that comes keeps its place."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self.found: list[DateFound] = []

    def add(self, match: re.Match[str], on: date | None, precision: str, readings: tuple[date, ...] = ()) -> None:
        """Add what matched, unless a date stands there already."""
        at = bisect.bisect(self._starts, match.start())
        if at and self.found[at - 1].end > match.start():
            return
        if at < len(self.found) and self._starts[at] < match.end():
            return
        self._starts.insert(at, match.start())
        self.found.insert(at, DateFound(match.start(), match.end(), match.group(0), on, precision, readings))


def absolute_dates(text: str) -> list[DateFound]:
    """Return the full dates (day, month and year) of a text in order of their place.

    04/02/2025 is the fourth of February or the second of April: such a date is ambiguous, with both readings.
    """
    return _absolute(text).found


def _absolute(text: str) -> _Dates:
    dates = _Dates()
    for form in _FORMS:
        for match in form.finditer(text):
            days = _readings(match)
            if len(days) == 1:
                dates.add(match, days[0], "day")
            elif days:
                dates.add(match, None, "ambiguous", days)
    return dates


def _readings(match: re.Match[str]) -> tuple[date, ...]:
    """Return the days that a full date may mean; with dots the day stands first in every country that writes so."""
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"])
    if parts.get("first"):
        first, second = int(parts["first"]), int(parts["second"])
        orders = [(first, second), (second, first)]
        if parts["sign"] == "." and second <= 12:
            orders.pop()
    else:
        month = int(parts["mon"]) if parts.get("mon") else MONTHS[parts["month"].lower().rstrip(".")]
        orders = [(int(parts["day"]), month)]
    days = (make_date(year, month, day) for day, month in orders)
    return tuple(dict.fromkeys(day for day in days if day is not None))


def date_in(written: str | None) -> DateFound | None:
    """Return the one full date in a field of a file's head; ``None`` where there is none, or several."""
    found = absolute_dates(written[:200]) if written else []
    return found[0] if len(found) == 1 else None


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
    (re.compile(r"\bFourth of July\b"), 7, 4),
)
_WEEKDAY = re.compile(
    r"\b(?P<which>next |last |this |previous )?(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
)
_AGO = re.compile(
    r"\b(?P<count>\d{1,4}|a|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?P<unit>day|week)s? ago\b", re.I
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


_OF_MONTH = re.compile(
    r"\b(?P<day>[0-3]?\d(?:st|nd|rd|th)|first|second|third|last day) (?:day )?of (?P<which>last|this|next|the previous"
    r"|the following) month\b",
    re.I,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3}


def dates_in(text: str, published: date | None, *, future: bool = False) -> list[DateFound]:
    """Return every date expression of a sentence, resolved against ``published`` where that is known.

    ``future`` says that the sentence looks ahead, so that "on Friday" is the Friday to come. What cannot be resolved
    keeps ``on=None`` and its words.
    """
    dates = _absolute(text)
    _partial(text, published, dates, future=future)
    _feasts(text, published, dates, future=future)
    _days(text, published, dates, future=future)
    _spans(text, published, dates)
    return dates.found


def in_year_near(month: int, day: int, published: date | None, *, future: bool = False) -> date | None:
    """Return a day written without its year: the one nearest to the day of publication, if that is sure.

    A sentence that does not look ahead reports what was; a day that is nearest in the time to come then may be that of
    the year before as well as one that is planned, and stays unknown.
    """
    if published is None:
        return None
    years = (published.year - 1, published.year, published.year + 1)
    near = min(
        (d for y in years if (d := make_date(y, month, day))), key=lambda d: abs((d - published).days), default=None
    )
    if near is None or future or near <= published + timedelta(1):  # a day ahead where it is already tomorrow
        return near
    return None


def _partial(text: str, published: date | None, dates: _Dates, *, future: bool) -> None:
    for match in _PARTIAL_FORMS.finditer(text):
        name = match.group("month") or match.group("month2")
        day = int(match.group("day") or match.group("day2"))
        on = in_year_near(MONTHS[name.lower().rstrip(".")], day, published, future=future)
        dates.add(match, on, "day")


_NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT = r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
_PARTIAL_FORMS = re.compile(
    rf"\b(?P<month>{_NAMES}|(?:{_SHORT})\.?)\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b"
    rf"|\b(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month2>{_NAMES}|{_SHORT})\b"
)


def _feasts(text: str, published: date | None, dates: _Dates, *, future: bool) -> None:
    for form, month, day in _FEASTS:
        for match in form.finditer(text):
            dates.add(match, in_year_near(month, day, published, future=future), "day")


def _days(text: str, published: date | None, dates: _Dates, *, future: bool) -> None:
    for match in _OF_MONTH.finditer(text):
        dates.add(match, _of_month(match, published), "day")
    for form, offset, precision in _DAYS:
        for match in form.finditer(text):
            dates.add(match, published + timedelta(offset) if published else None, precision)
    for match in _WEEKDAY.finditer(text):
        on = None
        if published:
            back = (published.weekday() - WEEKDAYS[match.group("weekday").lower()]) % 7
            which = (match.group("which") or "").strip()
            ahead = which == "next" or (future and which not in ("last", "previous"))
            on = published + timedelta((7 - back) if ahead else -back)
            if which in ("last", "previous") and back == 0:
                on = published - timedelta(7)
        dates.add(match, on, "day")
    for match in _AGO.finditer(text):
        week = match.group("unit").lower() == "week"
        dates.add(match, _ago(match.group("count").lower(), week, published), "approximate" if week else "day")


def _of_month(match: re.Match[str], published: date | None) -> date | None:
    """Return the day of "the 1st of last month"."""
    if published is None:
        return None
    which = match.group("which").lower().removeprefix("the ")
    months = 12 * published.year + published.month - 1
    months += {"last": -1, "previous": -1, "this": 0, "next": 1, "following": 1}[which]
    written = match.group("day").lower()
    if written == "last day":
        following = make_date((months + 1) // 12, (months + 1) % 12 + 1, 1)
        return following - timedelta(1) if following else None
    day = _ORDINALS.get(written) or int(re.sub(r"\D", "", written))
    return make_date(months // 12, months % 12 + 1, day)


def _ago(count: str, week: bool, published: date | None) -> date | None:
    days = int(count) if count.isdigit() else max(1, NUMBERS.get(count, 1))
    if published is None or days > 10_000:
        return None
    try:
        return published - timedelta(days * (7 if week else 1))
    except OverflowError:
        return None


def _spans(text: str, published: date | None, dates: _Dates) -> None:
    for match in _MONTH_ONLY.finditer(text):
        month = MONTHS[match.group("month").lower()]
        on = None
        if match.group("year"):
            on = make_date(int(match.group("year")), month, 1)
        elif published and re.match(r"by|until", match.group(0), re.I):
            on = make_date(published.year + (month < published.month), month, 1)
        elif published:
            on = make_date(published.year - (month > published.month), month, 1)
        dates.add(match, on, "month")
    for match in _YEAR_ONLY.finditer(text):
        dates.add(match, make_date(int(match.group("year")), 1, 1), "year")
    for match in _WEEKS.finditer(text):
        dates.add(match, None, match.group("unit").lower())
