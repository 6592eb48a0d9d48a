"""When something is due: adding a duration to an instant. Knows no clocks of its own."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from salespm_flow.expr.values import Months, WorkingDays
from salespm_flow.model.expression import Duration
from salespm_flow.working_time import Calendar, add_working_time


def later(start: datetime, duration: Duration, calendar: Calendar, zone: tzinfo) -> datetime:
    """The instant `duration` after `start`, in UTC; months keep the local time of day and end at the month's end."""
    match duration:
        case timedelta():
            return start + duration
        case WorkingDays(days=days):
            return add_working_time(calendar, start, days)
        case Months(count=count):
            local = start.astimezone(zone)
            month = local.month - 1 + count
            year, month = local.year + month // 12, month % 12 + 1
            day = min(local.day, monthrange(year, month)[1])
            return local.replace(year=year, month=month, day=day).astimezone(UTC)


def start_of(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day in the zone, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
