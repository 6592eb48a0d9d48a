"""When something is due: adding a duration to an instant. Knows no clocks of its own."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import CalendarError
from salespm_flow.expr.values import Months, WorkingDays
from salespm_flow.model.expression import Duration
from salespm_flow.working_time import Calendar, add_working_time

_DAY: Final = timedelta(days=1)


def later(start: datetime, duration: Duration, calendar: Calendar, zone: tzinfo) -> datetime:
    """The instant `duration` after `start`, in UTC.

    Whole days, weeks and months are days of the calendar: they keep the local time of day, even where clocks are moved
    meanwhile, and months end at the month's end. Anything shorter, or with hours in it, passes as time does.

    Raises:
        CalendarError: the instant lies outside the years 1 to 9999, or the calendar cannot answer.
    """
    try:
        match duration:
            case timedelta() if duration and not duration % _DAY:
                return (start.astimezone(zone) + duration).astimezone(UTC)
            case timedelta():
                return start + duration
            case WorkingDays(days=days):
                return add_working_time(calendar, start, days)
            case Months(count=count):
                return _months_later(start.astimezone(zone), count).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise _out_of_years() from error


def start_of(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day in the zone, in UTC.

    Raises:
        CalendarError: the instant lies outside the years 1 to 9999.
    """
    return moment_of(day, time.min, zone)


def moment_of(day: date, hour: time, zone: tzinfo) -> datetime:
    """The instant of a day at that time of the zone's clocks, in UTC.

    Raises:
        CalendarError: the instant lies outside the years 1 to 9999.
    """
    try:
        return datetime.combine(day, hour, zone).astimezone(UTC)
    except OverflowError as error:
        raise _out_of_years() from error


def _months_later(local: datetime, count: int) -> datetime:
    month = local.month - 1 + count
    year, month = local.year + month // 12, month % 12 + 1
    # Of a far year only the message counts, and monthrange does not mind years that dates do not have.
    # Of an hour that comes twice the first is meant, whichever of the two it began in.
    return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]), fold=0)


def _out_of_years() -> CalendarError:
    return CalendarError(
        Bilingual("时间超出公元 1 至 9999 年", "a time lies outside the years 1 to 9999"),
        Bilingual("请检查日期和时长", "check the dates and durations"),
    )
