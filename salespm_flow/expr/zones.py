"""Time zones as they are written in an expression: an offset, `Z`, or a name behind `@`. Knows no moments."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# What a date and time or a time may end in.
WRITTEN_ZONE = r"(?P<zone>Z|[+-]\d{2}:\d{2}(:\d{2})?|@[A-Za-z0-9_+\-/]{1,64})?"

_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{2}):(?P<minutes>\d{2})(:(?P<seconds>\d{2}))?", re.ASCII)
_LARGEST = timedelta(hours=24)


@lru_cache(maxsize=128)
def zone_called(name: str) -> ZoneInfo | None:
    """The zone of that name in the IANA database; None where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_written(text: str) -> tzinfo | None:
    """The zone that a match of WRITTEN_ZONE says; None where it says one that does not exist."""
    if text == "Z":
        return UTC
    if text.startswith("@"):
        return zone_called(text[1:])
    if (found := _OFFSET.fullmatch(text)) is None:
        return None
    hours, minutes, seconds = (int(found[part] or 0) for part in ("hours", "minutes", "seconds"))
    if minutes > 59 or seconds > 59:  # noqa: PLR2004 - of an hour and of a minute
        return None
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return zone_of_offset(-length if found["sign"] == "-" else length)


def zone_of_offset(offset: timedelta) -> timezone | None:
    """The zone that is always so far from UTC; None for a day or more, or for parts of a second."""
    if abs(offset) >= _LARGEST or offset % timedelta(seconds=1):
        return None
    return timezone(offset)


def zone_name(zone: tzinfo | None) -> str | None:
    """The name by which `zone_called` finds the zone; None for an offset or none."""
    if zone is UTC:
        return "UTC"
    return zone.key if isinstance(zone, ZoneInfo) else None


def without_fold(moment: datetime) -> datetime:
    """The same moment, told by its zone's clocks where they tell it without a fold, else by its offset."""
    plain = moment.replace(fold=0)
    offset = moment.utcoffset()
    return plain if offset is None or plain.utcoffset() == offset else plain.replace(tzinfo=timezone(offset))
