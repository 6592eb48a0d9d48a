"""Dates, times and durations as ISO 8601 text, both ways. Knows no expressions.

A time, and a date and time, may end in an offset (`+08:00`, `Z`) or in a zone (`@Asia/Shanghai`), as in FEEL. Where a
zone's clocks show an hour twice the first one is meant, and of an hour that they leave out the offset before it holds.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from salespm_flow.expr.values import Months
from salespm_flow.expr.zones import WRITTEN_ZONE, zone_name, zone_written

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = r"\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
_TIME = re.compile(rf"(?P<plain>{_CLOCK}){WRITTEN_ZONE}", re.ASCII)
_DATETIME = re.compile(rf"(?P<plain>\d{{4}}-\d{{2}}-\d{{2}}T{_CLOCK}){WRITTEN_ZONE}", re.ASCII)
_MONTHS = re.compile(r"(?P<sign>-?)P(?=\d)((?P<years>\d{1,6})Y)?((?P<months>\d{1,6})M)?", re.ASCII)
_DURATION = re.compile(
    r"(?P<sign>-?)P(?=\d|T\d)((?P<weeks>\d{1,6})W)?((?P<days>\d{1,9})D)?"
    r"(T(?=\d)((?P<hours>\d{1,9})H)?((?P<minutes>\d{1,9})M)?((?P<seconds>\d{1,12}(\.\d{1,6})?)S)?)?",
    re.ASCII,
)


def parse_date(text: str) -> date | None:
    """The date written as `2026-01-05`; None for anything else."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """The time of day written as `09:30`, `09:30:15+08:00` or `09:30@Asia/Shanghai`; None for anything else."""
    if not (found := _TIME.fullmatch(text)):
        return None
    try:
        moment = time.fromisoformat(found["plain"])
    except ValueError:
        return None
    if not found["zone"]:
        return moment
    zone = zone_written(found["zone"])
    return None if zone is None else moment.replace(tzinfo=zone)


def parse_datetime(text: str) -> datetime | None:
    """The instant written as `2026-01-05T09:30:00+08:00`, or with `Z` or a zone; naive without any of them.

    None for anything else.
    """
    if not (found := _DATETIME.fullmatch(text)):
        return None
    try:
        moment = datetime.fromisoformat(found["plain"])
    except ValueError:
        return None
    if not found["zone"]:
        return moment
    zone = zone_written(found["zone"])
    return None if zone is None else moment.replace(tzinfo=zone)


def unknown_zone(text: str) -> str | None:
    """The name of a zone that does not exist, where that is what keeps the text from being read; else None."""
    found = _DATETIME.fullmatch(text) or _TIME.fullmatch(text)
    written = "" if found is None else found["zone"] or ""
    return written[1:] if written.startswith("@") and zone_written(written) is None else None


def parse_duration(text: str) -> timedelta | Months | None:
    """The duration written as `P5D`, `PT2H`, `P3M`; years and months make a Months, everything else a timedelta."""
    if found := _MONTHS.fullmatch(text):
        count = int(found["years"] or 0) * 12 + int(found["months"] or 0)
        return Months(-count if found["sign"] else count)
    if not (found := _DURATION.fullmatch(text)):
        return None
    try:
        length = timedelta(
            weeks=int(found["weeks"] or 0),
            days=int(found["days"] or 0),
            hours=int(found["hours"] or 0),
            minutes=int(found["minutes"] or 0),
            microseconds=int(Decimal(found["seconds"] or 0).scaleb(6)),
        )
        return -length if found["sign"] else length
    except OverflowError:
        return None


def parse_temporal(text: str) -> date | datetime | time | timedelta | Months | None:
    """Whatever date, time, instant or duration the text says; None where it says none."""
    readers = (parse_date, parse_datetime, parse_time, parse_duration)
    return next((value for reader in readers if (value := reader(text)) is not None), None)


def write_duration(length: timedelta) -> str:
    """The ISO 8601 text of a duration, which `parse_duration` reads back as the same."""
    sign = "-" if length < timedelta(0) else ""
    length = abs(length)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{length.microseconds:06d}".rstrip("0") if length.microseconds else ""
    days = f"{length.days}D" if length.days else ""
    parts = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction:
        parts += f"{seconds}{fraction}S"
    if not parts and not days:
        return "PT0S"
    return f"{sign}P{days}" + (f"T{parts}" if parts else "")


def write_months(months: Months) -> str:
    """The ISO 8601 text of a years-months duration."""
    sign = "-" if months.count < 0 else ""
    years, rest = divmod(abs(months.count), 12)
    text = (f"{years}Y" if years else "") + (f"{rest}M" if rest else "")
    return f"{sign}P{text or '0M'}"


def write_temporal(value: date | datetime | time | timedelta | Months) -> str:
    """The text from which `parse_temporal` reads the same value, its zone by name where it has one."""
    match value:
        case timedelta():
            return write_duration(value)
        case Months():
            return write_months(value)
        # The second of two hours that the clocks show alike can only be told by its offset.
        case datetime(tzinfo=zone, fold=0) if zone not in (None, UTC) and (name := zone_name(zone)):
            return f"{value.replace(tzinfo=None).isoformat()}@{name}"
        case datetime():
            return write_instant(value)
        case time():
            return _write_time(value)
        case _:
            return value.isoformat()


def write_instant(moment: datetime) -> str:
    """The text of a date and time with its offset, which says the same in every edition of the zones."""
    if moment.tzinfo is UTC:
        return moment.replace(tzinfo=None).isoformat() + "Z"
    return moment.isoformat()


def _write_time(moment: time) -> str:
    plain = moment.replace(tzinfo=None).isoformat()
    if moment.tzinfo is UTC:
        return f"{plain}Z"
    name = zone_name(moment.tzinfo)
    return moment.isoformat() if name is None else f"{plain}@{name}"
