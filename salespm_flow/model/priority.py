"""How urgent work is."""

from enum import StrEnum


class Priority(StrEnum):
    """How urgent a task is, the least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"
