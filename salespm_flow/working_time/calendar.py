"""The nouns of working time, and which days are worked; must not know YAML, plans, or how holidays are found."""

from dataclasses import field
from datetime import date, datetime, time, tzinfo
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import CalendarError
from salespm_flow.nouns import dataclass
from salespm_flow.working_time.country import is_year_provisional, public_days


class Weekday(StrEnum):
    """A day of the week, in the order of `date.weekday`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_WEEKDAYS = tuple(Weekday)
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours worked without a break, from `start` until before `end`; an `end` of 00:00 is the end of the day, 24:00."""

    start: time
    end: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When people work. `work` and `off` are exceptions that beat country and week; a day in both is worked.

    Shifts are ordered, do not overlap, and end on the day they start; every working day has the same ones.

    Raises:
        CalendarError: the shifts break this rule (`first_misplaced_shift` tells before which one).
    """

    id: str
    zone: tzinfo
    country: str | None
    week: tuple[Weekday, ...]
    shifts: tuple[Shift, ...]
    off: frozenset[date]
    work: frozenset[date]
    # Every question about a calendar looks its years up by it: hashing all of it anew would be most of the answer.
    _hash: int = field(init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        return self._hash

    def __post_init__(self) -> None:
        content = (self.id, self.zone, self.country, self.week, self.shifts, self.off, self.work)
        object.__setattr__(self, "_hash", hash(content))
        wrong = first_misplaced_shift(self.shifts)
        if wrong is not None:
            hours = f"{wrong.start:%H:%M}-{wrong.end:%H:%M}"
            raise CalendarError(
                Bilingual(
                    f"日历“{self.id}”的工作时段 {hours} 顺序不对、与前一时段重叠或跨过午夜。",
                    f"In the calendar '{self.id}' the hours {hours} are out of order, overlap or cross midnight.",
                ),
                Bilingual(
                    "时段须按先后排列、互不重叠、当天结束，例如 09:00-12:00、13:00-18:00。",
                    "Hours are in order, apart, and end on the same day, such as 09:00-12:00, 13:00-18:00.",
                ),
            )


def plain_calendar(zone: tzinfo) -> Calendar:
    """The calendar where none is named: Monday to Friday, 09:00-12:00 and 13:00-18:00, no public holidays."""
    return Calendar(
        id="plain",
        zone=zone,
        country=None,
        week=_WEEKDAYS[:5],
        shifts=(Shift(time(9), time(12)), Shift(time(13), time(18))),
        off=frozenset(),
        work=frozenset(),
    )


def first_misplaced_shift(shifts: tuple[Shift, ...]) -> Shift | None:
    """The first shift that starts before the one before it ends, or does not end after its own start; None if well."""
    free_from = MIDNIGHT
    is_day_full = False
    for shift in shifts:
        ends_at_midnight = shift.end == MIDNIGHT
        if is_day_full or shift.start < free_from or (shift.end <= shift.start and not ends_at_midnight):
            return shift
        free_from, is_day_full = shift.end, ends_at_midnight
    return None


def is_working_day(calendar: Calendar, day: date) -> bool:
    """True where `day` is worked: exceptions of the calendar first, then make-up days and holidays, then the week.

    Raises:
        CalendarError: the calendar's country is not known.
        TypeError: `day` is a datetime, whose date depends on a zone that the caller must choose.
    """
    if isinstance(day, datetime):
        # A datetime passes as a date for the type checker but never equals one, so exceptions would be missed.
        raise TypeError("a date is needed, not a datetime")
    if day in calendar.work:
        return True
    if day in calendar.off:
        return False
    if calendar.country is not None:
        decreed = public_days(calendar.country, day.year)
        if day in decreed.make_up:
            return True
        if day in decreed.holidays:
            return False
    return _WEEKDAYS[day.weekday()] in calendar.week


def is_provisional(calendar: Calendar, year: int) -> bool:
    """True where the public holidays of `year` are not announced, estimated or unknown; False without a country.

    In China (and the other countries that move working days by decree) that is every year after the last one with a
    make-up working day in the installed holiday data; `country.is_year_provisional` states the whole rule.

    Raises:
        CalendarError: the calendar's country is not known.
    """
    return calendar.country is not None and is_year_provisional(calendar.country, year)
