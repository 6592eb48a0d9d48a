"""Public holidays and make-up working days of a country and year; the only user of `holidays`, loaded when first asked.

Must not know calendars. Rejected: one holiday object kept for many years, because it grows by itself when a day of
another year is looked up, which is not safe while other threads read it.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import CalendarError
from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from holidays import HolidayBase

# Countries whose government moves working days to weekends by a yearly announcement. For them a year without an
# announcement looks like a plain year, not like an unknown one, so it has to be told apart here.
_ANNOUNCED_YEARLY = frozenset({"AZ", "BY", "CN", "HU", "KG", "KZ", "LV", "MM", "RU", "TW", "UZ", "VN"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDays:
    """What a country decrees for one year; `is_estimated` where a date still waits for the sight of the moon."""

    holidays: frozenset[date]
    make_up: frozenset[date]
    is_estimated: bool


@lru_cache(maxsize=1024)
def public_days(country: str, year: int) -> PublicDays:
    """The holidays and the make-up working days (调休) inside `year`; both are empty for years nothing is known of.

    Raises:
        CalendarError: `country` is not a known code.
    """
    found = _load(country, range(year, year + 1))
    # The library lists some make-up days of other years beside those of the year asked for.
    return PublicDays(
        holidays=frozenset(day for day in found if day.year == year),
        make_up=frozenset(day for day in found.weekend_workdays if day.year == year),
        is_estimated=_has_estimated_name(found),
    )


@lru_cache(maxsize=1024)
def is_year_provisional(country: str, year: int) -> bool:
    """True where the holidays of `year` may still change or are not known.

    That is so for a year (1) outside the years the library covers for the country, (2) after the last one with a
    make-up working day, in a country that announces these yearly, (3) with a holiday the library marks as estimated.
    For all other countries holidays follow from law, so no year is provisional.

    Raises:
        CalendarError: `country` is not a known code.
    """
    if not _covers(country, year):
        return True
    last = _last_announced_year(country)
    return (last is not None and year > last) or public_days(country, year).is_estimated


def supported_countries() -> tuple[str, ...]:
    """Every accepted country code, ISO 3166 alpha-2, in alphabetical order; for schemas and did-you-mean."""
    from holidays import list_supported_countries  # noqa: PLC0415 - 90 ms, paid only by those who name a country

    return tuple(sorted(list_supported_countries(include_aliases=False)))


@lru_cache(maxsize=256)
def _last_announced_year(country: str) -> int | None:
    """The last year with a make-up working day; None for countries that do not announce such days yearly."""
    if country not in _ANNOUNCED_YEARLY:
        return None
    bounds = _load(country, range(0))
    every = _load(country, range(bounds.start_year, bounds.end_year + 1))
    return max((day.year for day in every.weekend_workdays), default=None)


def _covers(country: str, year: int) -> bool:
    bounds = _load(country, range(0))
    return bounds.start_year <= year <= bounds.end_year


def _has_estimated_name(found: HolidayBase) -> bool:
    """True where a holiday's name carries the library's own mark, in whatever language it chose for the names."""
    label: str | None = getattr(found, "estimated_label", None)
    if label is None:
        return False
    mark = found.tr(label).replace("%s", "").strip(" ()（）")
    return any(mark in name for name in found.values())


def _load(country: str, years: range) -> HolidayBase:
    from holidays import country_holidays  # noqa: PLC0415 - 90 ms, paid only by those who name a country

    # The library looks its argument up among all its names, functions included, so it must not see unknown ones.
    if country not in _known_codes():
        raise CalendarError(
            Bilingual(
                f"没有国家代码“{country}”的节假日数据。", f"No holidays are known for the country code '{country}'."
            ),
            Bilingual(
                "请使用 ISO 3166 两位大写国家代码，例如 CN、DE、US；不需要公共假日时删去 country。",
                "Use an ISO 3166 code of two capitals such as CN, DE or US; leave country out for no public holidays.",
            ),
        )
    return country_holidays(country, years=years, expand=False)


@lru_cache(maxsize=1)
def _known_codes() -> frozenset[str]:
    return frozenset(supported_countries())
