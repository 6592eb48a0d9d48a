"""The functions on dates, times and durations: the present ones, those that make them, and those that count."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr import conversions, dates
from salespm_flow.expr.forms import A_DAY, A_TEXT, DAYS, TEXTS, named, partial, simple
from salespm_flow.expr.signatures import Function, Nulls, Parameter, Signature
from salespm_flow.expr.types import DATE, DATETIME, MONTHS, NUMBER, TEXT, TIME, Kind, Type

_PARTS = named(Kind.NUMBER, "year", "month", "day", "hour", "minute", "second")


def _open(parameters: tuple[Parameter, ...], result: Type) -> Signature:
    """A signature whose last argument, an offset or a zone, may be null, as if it were left out."""
    body = conversions.to_time if result == TIME else conversions.to_datetime
    return Signature(parameters=parameters, result=result, body=body, nulls=Nulls.OPEN)


DATE_FUNCTIONS: Mapping[str, Function] = {
    "now": Function(
        signatures=simple((), DATETIME, dates.now),
        description=Bilingual("当前时间", "The present instant"),
        example='now() > @"2026-01-01T00:00:00"',
    ),
    "today": Function(
        signatures=simple((), DATE, dates.today),
        description=Bilingual("今天的日期", "Today's date"),
        example="today() = date(now())",
    ),
    "date": Function(
        signatures=(
            *simple((Parameter("from", DAYS),), DATE, conversions.to_date),
            partial((A_TEXT,), DATE, conversions.to_date),
            partial(named(Kind.NUMBER, "year", "month", "day"), DATE, conversions.to_date),
        ),
        description=Bilingual(
            "由日期时间、文本或年月日得到日期", "The date of an instant, a text or year, month and day"
        ),
        example='date("2026-01-05") = date(2026, 1, 5)',
    ),
    "time": Function(
        signatures=(
            *simple((Parameter("from", frozenset({Kind.DATETIME, Kind.TIME})),), TIME, conversions.to_time),
            partial((A_TEXT,), TIME, conversions.to_time),
            partial(named(Kind.NUMBER, "hour", "minute", "second"), TIME, conversions.to_time),
            _open((*named(Kind.NUMBER, "hour", "minute", "second"), *named(Kind.DURATION, "offset")), TIME),
        ),
        description=Bilingual(
            "由日期时间、文本（可带时差或时区）或时分秒得到时刻",
            "The time of an instant, a text (with an offset or a zone, if any) or hour, minute and second",
        ),
        example='time("09:30:00+08:00") = time(9, 30, 0, 8h)',
    ),
    "date and time": Function(
        signatures=(
            *simple(named(Kind.DATETIME, "from"), DATETIME, conversions.to_datetime),
            partial((A_TEXT,), DATETIME, conversions.to_datetime),
            *simple((Parameter("date", DAYS), *named(Kind.TIME, "time")), DATETIME, conversions.to_datetime),
            partial(_PARTS, DATETIME, conversions.to_datetime),
            _open((*_PARTS, *named(Kind.DURATION, "offset")), DATETIME),
            _open((*_PARTS, Parameter("timezone", TEXTS)), DATETIME),
        ),
        description=Bilingual(
            "由文本、日期与时刻或年月日时分秒（可加时差或时区名）得到日期时间；未写明时按工作区的时区",
            "The instant of a text, of a date and a time, or of their six parts with an offset or a zone, if any; "
            "without one, in the zone of the workspace",
        ),
        example='date and time("2026-01-05T18:00:00@Asia/Shanghai") = @"2026-01-05T10:00:00Z"',
    ),
    "duration": Function(
        signatures=(partial((A_TEXT,), conversions.duration_type, conversions.to_duration),),
        description=Bilingual("由 ISO 8601 文本得到时长", "The duration of an ISO 8601 text"),
        example='duration("P5DT12H") = 5d + 12h',
    ),
    "years and months duration": Function(
        signatures=(partial((Parameter("from", DAYS), Parameter("to", DAYS)), MONTHS, dates.months_between),),
        description=Bilingual("两个日期之间的整月数", "The whole months from one date to another"),
        example='years and months duration(@"2024-12-22", @"2026-08-24") = 1y + 8mo',
    ),
    "day of year": Function(
        signatures=(partial((A_DAY,), NUMBER, dates.day_of_year),),
        description=Bilingual("一年中的第几天", "The number of the day in its year"),
        example='day of year(@"2026-02-01") = 32',
    ),
    "week of year": Function(
        signatures=(partial((A_DAY,), NUMBER, dates.week_of_year),),
        description=Bilingual("一年中的第几周（ISO 8601）", "The number of the week in its year (ISO 8601)"),
        example='week of year(@"2026-01-05") = 2',
    ),
    "day of week": Function(
        signatures=(partial((A_DAY,), TEXT, dates.day_of_week),),
        description=Bilingual(
            "星期几的英文名；数字见 `.weekday`", "The weekday's English name; `.weekday` is its number"
        ),
        example='day of week(@"2026-01-05") = "Monday"',
    ),
    "month of year": Function(
        signatures=(partial((A_DAY,), TEXT, dates.month_of_year),),
        description=Bilingual("月份的英文名；数字见 `.month`", "The month's English name; `.month` is its number"),
        example='month of year(@"2026-01-05") = "January"',
    ),
    "working days": Function(
        signatures=(
            partial(named(Kind.DATE, "from", "to"), NUMBER, dates.working_days),
            partial(named(Kind.DATETIME, "from", "to"), NUMBER, dates.working_days),
        ),
        description=Bilingual(
            "两个日期之间的工作日数，不含后者", "The working days from one date until before another"
        ),
        example='working days(@"2026-01-05", @"2026-01-12") = 5',
    ),
}
