"""Which people a report names: of many the busiest, with how many more there are."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from salespm_flow.report.management.sheet import Sheet

# A table of people tells so many of them.
NAMED: Final = 30
_T = TypeVar("_T")


def busiest(people: Mapping[str, _T], weight: Callable[[_T], int]) -> Mapping[str, _T]:
    """Those of the greatest weight, at most `NAMED`, in the order in which they were given."""
    ranked = sorted(people, key=lambda name: (-weight(people[name]), name))
    kept = frozenset(ranked[:NAMED])
    return {name: one for name, one in people.items() if name in kept}


def others(sheet: Sheet, count: int) -> str:
    """That so many people with less are not listed; empty where there are none."""
    return (
        sheet.text(
            f"另有 {sheet.count(count)} 人未列出：以上是事情最多的人",
            f"{sheet.count(count)} more people are not listed: these have the most to do",
        )
        if count > 0
        else ""
    )
