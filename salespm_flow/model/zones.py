"""Time zones by their IANA name."""

from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=32)
def zone_named(name: str) -> ZoneInfo:
    """The zone of that name; names are checked when the workspace is read."""
    return ZoneInfo(name)
