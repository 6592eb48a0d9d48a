"""Offsets and zones of dates and times: read, written, compared, moved, taken apart, across changes of the clocks."""

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.temporal import parse_datetime, parse_temporal, parse_time, write_temporal
from salespm_flow.expr.types import DATETIME, Typed
from salespm_flow.expr.unparse import unparse
from salespm_flow.expr.values import Value
from salespm_flow.solve.cases import NoStays
from salespm_flow.working_time import plain_calendar

BERLIN = ZoneInfo("Europe/Berlin")
SHANGHAI = ZoneInfo("Asia/Shanghai")
EAST = timezone(timedelta(hours=8))
# Europe/Berlin goes from +01:00 to +02:00 on 29 March 2026 at 02:00, and back on 25 October at 03:00.
NAMES = {"at": Typed(DATETIME)}


def value_of(text: str, at: datetime = datetime(2026, 3, 28, 9, tzinfo=BERLIN)) -> Value:
    """What the expression comes to in a workspace in Berlin."""
    parsed = parse(text)
    assert parsed.node is not None, parsed.problems
    assert check(parsed.node, NAMES).problems == ()
    scope = Scope(names={"at": at}, now=at, zone=BERLIN, calendar=plain_calendar(BERLIN), stays=NoStays())
    return compile_node(parsed.node, NAMES)(scope)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-05T10:00:00+08:00", datetime(2026, 1, 5, 10, tzinfo=EAST)),
        ("2026-01-05T10:00Z", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("2026-01-05T10:00:00.5@Asia/Shanghai", datetime(2026, 1, 5, 10, 0, 0, 500_000, tzinfo=SHANGHAI)),
        ("1900-01-05T10:00:00+08:05:43", datetime(1900, 1, 5, 10, tzinfo=timezone(timedelta(seconds=29_143)))),
        ("10:00:00+08:00", time(10, tzinfo=EAST)),
        ("10:00-03:30", time(10, tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
        ("10:00Z", time(10, tzinfo=UTC)),
        ("10:00@Asia/Shanghai", time(10, tzinfo=SHANGHAI)),
    ],
)
def test_a_zone_is_read_and_written_back(text: str, value: datetime | time) -> None:
    read = parse_temporal(text)
    assert (read, getattr(read, "tzinfo", None)) == (value, value.tzinfo)
    again = parse_temporal(write_temporal(value))
    assert (again, getattr(again, "tzinfo", None)) == (value, value.tzinfo)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05T10:00+8",
        "2026-01-05T10:00+24:00",
        "2026-01-05T10:00+08:61",
        "2026-01-05T10:00@Asia/Shanghia",
        "2026-01-05T10:00@../../etc/passwd",
        "2026-01-05T10:00@Asia",
        "2026-01-05T10:00@",
        "2026-01-05T10:00z",
        "2026-01-05@Asia/Shanghai",
        "10:00+99:00",
        "10:00@" + "A" * 5000,
    ],
)
def test_what_names_no_zone_is_not_read(text: str) -> None:
    assert (parse_datetime(text), parse_time(text)) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        '@"2026-01-05T10:00:00+08:00"',
        '@"2026-01-05T10:00:00Z"',
        '@"2026-01-05T10:00:00@Asia/Shanghai"',
        '@"10:00:00+08:00"',
        '@"10:00:00Z"',
        '@"10:00:00@Europe/Berlin"',
        'date and time("2026-01-05T10:00:00@Asia/Shanghai")',
    ],
)
def test_a_literal_prints_as_it_was_written(text: str) -> None:
    node = parse(text).node
    assert node is not None
    assert unparse(node) == text


@pytest.mark.parametrize(
    "claim",
    [
        # One instant, however it is written.
        '@"2026-01-05T10:00:00+08:00" = @"2026-01-05T02:00:00Z"',
        '@"2026-01-05T10:00:00@Asia/Shanghai" = @"2026-01-05T10:00:00+08:00"',
        '@"2026-01-05T03:00:00" = @"2026-01-05T02:00:00Z"',
        '@"2026-01-05T10:00:00+08:00" < @"2026-01-05T03:00:00+00:00"',
        '@"2026-01-05T10:00:00+08:00" in [@"2026-01-05T02:00:00Z"..@"2026-01-05T03:00:00Z"]',
        'date and time("2026-01-05T10:00:00@Asia/Shanghai") = @"2026-01-05T02:00:00Z"',
        'date and time(2026, 1, 5, 10, 0, 0, 8h) = @"2026-01-05T02:00:00Z"',
        'date and time(2026, 1, 5, 10, 0, 0, "Asia/Shanghai") = @"2026-01-05T02:00:00Z"',
        'date and time(2026, 7, 5, 10, 0, 0) = @"2026-07-05T08:00:00Z"',
        'date and time(@"2026-01-05", @"10:00:00+08:00") = @"2026-01-05T02:00:00Z"',
        'date and time(@"2026-07-05", @"10:00:00@Europe/Berlin") = @"2026-07-05T08:00:00Z"',
        'date and time(at, @"18:00:00") = @"2026-03-28T18:00:00"',
        'date and time(2026, 1, 5, 10, 0, 0, "Asia/Shanghia") = null',
        "date and time(2026, 1, 5, 10, 0, 0, 30h) = null",
        'count(distinct values([@"2026-01-05T10:00:00+08:00", @"2026-01-05T02:00:00Z"])) = 1',
        # Times, of which nobody knows the day.
        '@"10:00:00+08:00" = @"02:00:00Z"',
        '@"10:00:00+08:00" < @"10:00:00Z"',
        '@"10:00:00@Europe/Berlin" = @"10:00:00@Europe/Berlin"',
        '@"10:00:00@Europe/Berlin" + 15h = @"01:00:00@Europe/Berlin"',
        '@"10:00:00+08:00" - @"01:30:00Z" = 30min',
        '(@"10:00:00+08:00" < @"10:00:00") = null',
        '(@"10:00:00@Europe/Berlin" = @"10:00:00+01:00") = null',
        '(@"10:00:00+08:00" - @"10:00:00") = null',
        'time("10:00:00+08:00") = time(10, 0, 0, 8h)',
        "time(10, 0, 0, null) = time(10, 0, 0)",
        'time(10, 0, 0.5) = @"10:00:00.5"',
        'count(distinct values([@"10:00:00+08:00", @"02:00:00Z", @"02:00:00"])) = 2',
        # A day is 23 hours long in the night of the change; a month keeps the time on the clocks.
        'at + 1d = @"2026-03-29T10:00:00"',
        '@"2026-03-29T12:00:00" - @"2026-03-28T12:00:00" = 23h',
        '@"2026-10-25T12:00:00" - @"2026-10-24T12:00:00" = 25h',
        '@"2026-03-29T01:30:00" + 1h = @"2026-03-29T03:30:00"',
        'at + 1mo = @"2026-04-28T09:00:00"',
        '@"2026-03-28T08:00:00Z" + 1mo = @"2026-04-28T09:00:00"',
        '@"2026-03-28T16:00:00+08:00" - 1y = @"2025-03-28T09:00:00"',
        # Parts are read off the clocks of the workspace.
        '@"2026-03-29T00:59:00Z".hour = 1 and @"2026-03-29T01:00:00Z".hour = 3',
        '@"2026-01-05T05:00:00+08:00".day = 4 and date(@"2026-01-05T05:00:00+08:00") = @"2026-01-04"',
        '@"2026-03-29T00:59:00Z".offset = 1h and @"2026-03-29T01:00:00Z".offset = 2h',
        'at.timezone = "Europe/Berlin"',
        '@"10:00:00+08:00".offset = 8h and @"10:00:00".offset = null',
        '@"10:00:00@Asia/Shanghai".timezone = "Asia/Shanghai" and @"10:00:00+08:00".timezone = null',
        '@"10:00:00+08:00".hour = 10',
        # What is written out reads back as the same instant.
        'string(@"2026-01-05T10:00:00+08:00") = "2026-01-05T10:00:00+08:00"',
        'string(@"2026-07-05T10:00:00@Asia/Shanghai") = "2026-07-05T10:00:00+08:00"',
        'string(@"10:00:00@Asia/Shanghai") = "10:00:00@Asia/Shanghai"',
        "date and time(string(at)) = at",
    ],
)
def test_offsets_and_zones_hold_across_changes_of_the_clocks(claim: str) -> None:
    assert value_of(claim) is True


def test_a_stored_instant_moves_by_months_as_before_it_was_stored() -> None:
    zoned = datetime(2026, 3, 28, 9, tzinfo=BERLIN)
    stored = datetime.fromisoformat(zoned.isoformat())
    assert stored.tzinfo != BERLIN
    assert value_of("at + 1mo", zoned) == value_of("at + 1mo", stored) == datetime(2026, 4, 28, 9, tzinfo=BERLIN)


def test_the_second_of_two_like_hours_is_printed_by_its_offset() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)
    assert write_temporal(second) == "2026-10-25T02:30:00+01:00"
    read = parse_datetime(write_temporal(second))
    assert read is not None
    assert read.astimezone(UTC) == second.astimezone(UTC)
