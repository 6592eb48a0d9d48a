"""Working calendars and the arithmetic of working days; knows neither plans, nor expressions, nor files."""

from salespm_flow.working_time.calendar import (
    Calendar,
    Shift,
    Weekday,
    first_misplaced_shift,
    is_provisional,
    is_working_day,
    plain_calendar,
)
from salespm_flow.working_time.clock import add_working_time, working_days_between
from salespm_flow.working_time.country import supported_countries
from salespm_flow.working_time.days import SPAN_LIMIT_YEARS, add_working_days, working_days_count

__all__ = [
    "SPAN_LIMIT_YEARS",
    "Calendar",
    "Shift",
    "Weekday",
    "add_working_days",
    "add_working_time",
    "first_misplaced_shift",
    "is_provisional",
    "is_working_day",
    "plain_calendar",
    "supported_countries",
    "working_days_between",
    "working_days_count",
]
