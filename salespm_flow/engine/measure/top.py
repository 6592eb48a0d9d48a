"""The few greatest of many, of which no more is held at a time."""

import heapq
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Top(Generic[_T]):
    """Keeps the greatest by key; of equal ones those whose name comes first, whatever the order they came in."""

    __slots__ = ("_held", "_most")

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: list[tuple[tuple[float, ...], _Later, _T]] = []

    def take(self, key: tuple[float, ...], name: str, one: _T) -> None:
        """It is held while it is among the greatest; names must differ."""
        entry = (key, _Later(name), one)
        if len(self._held) < self._most:
            heapq.heappush(self._held, entry)
        elif entry[:2] > self._held[0][:2]:
            heapq.heapreplace(self._held, entry)

    def best(self) -> tuple[_T, ...]:
        """The greatest first."""
        return tuple(one for _, _, one in sorted(self._held, key=lambda entry: entry[:2], reverse=True))


class _Later(str):
    """A name that is the less the later it comes in the alphabet."""

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        return str.__gt__(self, other)

    def __gt__(self, other: str) -> bool:
        return str.__lt__(self, other)
