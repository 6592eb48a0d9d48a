"""The machine's clock, and one that stands still: the two clocks that a runner is given."""

from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """Tells the machine's time."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Tells one moment for ever, as `--now` asks."""

    moment: datetime

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self.moment.astimezone(UTC)
