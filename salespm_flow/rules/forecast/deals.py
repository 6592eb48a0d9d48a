"""Open and won deals as a forecast sees them, and the few words it sorts them by. Knows no storage."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from salespm_flow.nouns import dataclass

MONTHS_A_QUARTER: Final = 3


class Category(StrEnum):
    """How firmly a deal is counted on, weakest first."""

    OMITTED = "omitted"
    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    COMMIT = "commit"


# From which declared probability on a deal belongs to a category; below the last it is omitted, as one at 0 is.
FLOORS: Final[tuple[tuple[Decimal, Category], ...]] = (
    (Decimal("0.7"), Category.COMMIT),
    (Decimal("0.4"), Category.BEST_CASE),
)


class View(StrEnum):
    """Whose probabilities a figure stands on: the definition's, or the store's own history."""

    DECLARED = "declared"
    CALIBRATED = "calibrated"


class By(StrEnum):
    """What a forecast is cut into."""

    QUARTER = "quarter"
    TEAM = "team"
    PRODUCT = "product"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """An open deal. `state` is the path of the stage it stands in, None where it stands aside.

    `amount` is in the currency of the forecast; None where the deal has none, or none that could be converted.
    """

    state: str | None
    amount: Decimal | None
    close_on: date | None
    category: Category | None = None
    labels: Mapping[By, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Win:
    """A deal that was won, and on which day."""

    day: date
    amount: Decimal | None
    labels: Mapping[By, str]


def category_of(named: Category | None, declared: Decimal | None) -> Category:
    """The category that a deal names itself, else the one of its declared probability."""
    if named is not None:
        return named
    if not declared:
        return Category.OMITTED
    return next((name for floor, name in FLOORS if declared >= floor), Category.PIPELINE)


def quarter_of(day: date) -> str:
    """The quarter of the day, as periods are written."""
    return f"{day.year:04}-Q{(day.month - 1) // MONTHS_A_QUARTER + 1}"
