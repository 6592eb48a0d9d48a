"""Builds a working calendar in the workspace's time zone."""

import re
from collections.abc import Iterator
from datetime import date, time

from salespm_flow.definition.build.reader import Findings, Reader, literal_of
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.source import Source
from salespm_flow.working_time import Calendar, Shift, Weekday, first_misplaced_shift, plain_calendar

_DATE = SimpleType(Scalar.DATE)
_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])\s*-\s*(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_COUNTRY_LENGTH = 2


def build_calendar(findings: Findings, root: MapNode, source: Source) -> Calendar:
    """The calendar that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "calendar")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    reader.title("title", source.id)
    plain = plain_calendar(findings.zone)
    return Calendar(
        id=source.id,
        zone=findings.zone,
        country=_read_country(reader),
        week=tuple(_read_week(reader)) if reader.has("week") else plain.week,
        shifts=_read_shifts(reader) if reader.has("hours") else plain.shifts,
        off=frozenset(_read_days(reader, "off")),
        work=frozenset(_read_days(reader, "work")),
    )


def _read_country(reader: Reader) -> str | None:
    country = reader.scalar("country")
    if country is None:
        return None
    reader.findings.places["country"] = country
    text = country.text
    if len(text) == _COUNTRY_LENGTH and text.isascii() and text.isalpha() and text.isupper():
        return text
    message = Bilingual(f"{shown(text)} 不是国家代码", f"{shown(text)} is no country code")
    hint = Bilingual("两个大写字母，例如 CN", "two capital letters, such as CN")
    reader.findings.error("SF316", message, country.span, hint)
    return None


def _read_week(reader: Reader) -> Iterator[Weekday]:
    for day in reader.names("week"):
        try:
            yield Weekday(day.text)
        except ValueError:
            reader.findings.unreadable(day, Bilingual(" " + " | ".join(Weekday), " | ".join(Weekday)))


def _read_shifts(reader: Reader) -> tuple[Shift, ...]:
    shifts: tuple[Shift, ...] = ()
    for hours in reader.names("hours"):
        shift = _read_shift(reader.findings, hours)
        if shift is None:
            continue
        if first_misplaced_shift((*shifts, shift)) is not None:
            message = Bilingual(
                f"工作时段 {shown(hours.text)} 顺序不对、与前一时段重叠或跨过午夜",
                f"The hours {shown(hours.text)} are out of order, overlap or cross midnight",
            )
            reader.findings.error("SF336", message, hours.span)
            continue
        shifts = (*shifts, shift)
    return shifts


def _read_shift(findings: Findings, hours: ScalarNode) -> Shift | None:
    match = _HOURS.fullmatch(hours.text.strip())
    if match is None:
        findings.unreadable(hours, Bilingual('时段，例如 "09:00-12:00"', 'hours such as "09:00-12:00"'))
        return None
    end = time(0) if match[3] is None else time(int(match[3]), int(match[4]))
    return Shift(time(int(match[1]), int(match[2])), end)


def _read_days(reader: Reader, key: str) -> Iterator[date]:
    for day in reader.names(key):
        value = literal_of(reader.findings, day, _DATE)
        if isinstance(value, date):
            yield value
