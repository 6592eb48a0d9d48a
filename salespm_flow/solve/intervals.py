"""Sets of whole numbers as unions of closed intervals. Knows nothing of what the numbers count."""

from collections.abc import Iterable

from salespm_flow.nouns import dataclass

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Intervals:
    """A set of whole numbers: its `spans`, both ends included, ascend and neither overlap nor touch."""

    spans: tuple[Span, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __contains__(self, number: int) -> bool:
        return any(low <= number <= high for low, high in self.spans)

    def span_of(self, number: int) -> Span | None:
        """The span that holds the number."""
        return next((span for span in self.spans if span[0] <= number <= span[1]), None)

    def nearest(self, number: int) -> int | None:
        """The member closest to the number, the greater of two equally close ones; None of the empty set."""
        ends = (min(max(number, low), high) for low, high in self.spans)
        return min(ends, key=lambda end: (abs(end - number), -end), default=None)

    def union(self, other: "Intervals") -> "Intervals":
        """What is in either."""
        return intervals((*self.spans, *other.spans))

    def intersection(self, other: "Intervals") -> "Intervals":
        """What is in both."""
        return intervals(
            (max(low, other_low), min(high, other_high))
            for low, high in self.spans
            for other_low, other_high in other.spans
        )

    def within(self, low: int, high: int) -> "Intervals":
        """What is in it from `low` to `high`."""
        return self.intersection(Intervals(((low, high),)))

    def complement(self, low: int, high: int) -> "Intervals":
        """What is not in it from `low` to `high`."""
        gaps: list[Span] = []
        start = low
        for first, last in self.within(low, high).spans:
            gaps.append((start, first - 1))
            start = last + 1
        return intervals((*gaps, (start, high)))


def intervals(spans: Iterable[Span]) -> Intervals:
    """The union of the spans; one whose low end is above its high end is empty."""
    joined: list[Span] = []
    for low, high in sorted(span for span in spans if span[0] <= span[1]):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return Intervals(tuple(joined))
