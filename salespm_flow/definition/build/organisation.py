"""Builds an organisation and checks it against itself: nothing in it refers to another document."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from datetime import date, timedelta
from typing import Final

from salespm_flow.definition.build.fields import check_not_reserved
from salespm_flow.definition.build.parties import RESERVED_ROLES
from salespm_flow.definition.build.reader import Findings, Reader, integer_of, literal_of, normalise, scalar_of
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.organisation import (
    HIGHEST_LEVEL,
    LOWEST_LEVEL,
    Absence,
    Organisation,
    Person,
    Role,
    Skill,
    Unit,
    units_upwards,
)
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass

UNIT: Final = Bilingual("部门", "unit")
PERSON: Final = Bilingual("人员", "person")
ROLE: Final = Bilingual("角色", "role")
SKILL: Final = Bilingual("技能", "skill")
_DATE: Final = SimpleType(Scalar.DATE)
# Which code and noun an unknown name of a section has.
_SECTIONS: Final[Mapping[str, tuple[str, Bilingual]]] = {
    "units": ("SF370", UNIT),
    "people": ("SF371", PERSON),
    "roles": ("SF372", ROLE),
    "skills": ("SF373", SKILL),
}


@dataclass(slots=True)
class _Mentions:
    """The names that the document gives to its own parts, by section, for when all parts are read."""

    findings: Findings
    places: list[tuple[str, ScalarNode]] = field(default_factory=list)

    def name(self, reader: Reader, key: str, section: str) -> str | None:
        """The name under a key, noted as one of the section."""
        scalar = reader.scalar(key)
        return None if scalar is None else self.note(scalar, section)

    def note(self, scalar: ScalarNode, section: str) -> str:
        """The name that the scalar writes, noted as one of the section."""
        self.places.append((section, scalar))
        return normalise(scalar.text)

    def levels(self, reader: Reader, key: str) -> Mapping[str, int]:
        """The levels by skill under a key."""
        levels: dict[str, int] = {}
        for id_, name, node in reader.entries(key):
            scalar = scalar_of(self.findings, node)
            level = None if scalar is None else integer_of(self.findings, scalar)
            self.note(name, "skills")
            if level is not None and LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
                levels[id_] = level
            elif level is not None:
                message = Bilingual(
                    f"技能级别 {level} 不在 {LOWEST_LEVEL} 到 {HIGHEST_LEVEL} 之间",
                    f"The level {level} is not between {LOWEST_LEVEL} and {HIGHEST_LEVEL}",
                )
                self.findings.error("SF375", message, node.span)
        return levels

    def report(self, known: Mapping[str, Collection[str]]) -> None:
        """Every name that no part of its section has is recorded."""
        for section, scalar in self.places:
            if normalise(scalar.text) not in known[section]:
                code, noun = _SECTIONS[section]
                self.findings.unknown(code, noun, scalar, known[section])


def build_organisation(findings: Findings, root: MapNode, source: Source) -> Organisation:
    """The organisation that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "organisation")
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)
    mentions = _Mentions(findings)
    built = Organisation(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        source=source,
        skills=_read_skills(reader),
        roles=_read_roles(reader, mentions),
        units=_read_units(reader, mentions),
        people=_read_people(reader, mentions),
        span=root.span,
    )
    mentions.report({"units": built.units, "people": built.people, "roles": built.roles, "skills": built.skills})
    _check_units(findings, built)
    _check_held(findings, built)
    return built


def _read_skills(reader: Reader) -> Mapping[str, Skill]:
    skills: dict[str, Skill] = {}
    for id_, key, node in reader.entries("skills"):
        inner = Reader(reader.findings, node, "organisation.skill")
        skills[id_] = Skill(id=id_, title=inner.title("title", id_), family=inner.text("family"), span=key.span)
    return skills


def _read_roles(reader: Reader, mentions: _Mentions) -> Mapping[str, Role]:
    roles: dict[str, Role] = {}
    for id_, key, node in reader.entries("roles"):
        check_not_reserved(reader.findings, key, RESERVED_ROLES, ROLE)
        inner = Reader(reader.findings, node, "organisation.role")
        roles[id_] = Role(
            id=id_,
            title=inner.title("title", id_),
            unit=mentions.name(inner, "unit", "units"),
            skills=mentions.levels(inner, "skills"),
            is_outside=inner.flag("outside") or False,
            span=key.span,
        )
    return roles


def _read_units(reader: Reader, mentions: _Mentions) -> Mapping[str, Unit]:
    units: dict[str, Unit] = {}
    for id_, key, node in reader.entries("units"):
        inner = Reader(reader.findings, node, "organisation.unit")
        units[id_] = Unit(
            id=id_,
            title=inner.title("title", id_),
            parent=mentions.name(inner, "parent", "units"),
            manager=mentions.name(inner, "manager", "people"),
            span=key.span,
        )
    return units


def _read_people(reader: Reader, mentions: _Mentions) -> Mapping[str, Person]:
    people: dict[str, Person] = {}
    for id_, key, node in reader.entries("people"):
        check_not_reserved(reader.findings, key, RESERVED_ROLES, PERSON)
        people[id_] = _read_person(Reader(reader.findings, node, "organisation.person"), (id_, key), mentions)
    return people


def _read_person(reader: Reader, named: tuple[str, ScalarNode], mentions: _Mentions) -> Person:
    id_, key = named
    roles = tuple(mentions.note(role, "roles") for role in reader.names("roles"))
    left_on = reader.literal("left_on", _DATE)
    return Person(
        id=id_,
        title=reader.title("title", id_),
        unit=mentions.name(reader, "unit", "units"),
        roles=tuple(dict.fromkeys(roles)),
        skills=mentions.levels(reader, "skills"),
        hours=_read_hours(reader),
        rate=reader.money("rate"),
        deputy=_read_deputy(reader, id_, mentions),
        away=_read_absences(reader),
        left_on=left_on if isinstance(left_on, date) else None,
        span=key.span,
    )


def _read_hours(reader: Reader) -> timedelta | None:
    hours = reader.duration("hours")
    if hours is None or (isinstance(hours, timedelta) and timedelta() < hours <= timedelta(days=1)):
        return hours
    message = Bilingual("一天的工时应在 0 到 24 小时之间", "The hours of a day are more than none and at most 24")
    reader.findings.error("SF313", message, reader.place("hours"), Bilingual("例如 8h", "for example 8h"))
    return None


def _read_deputy(reader: Reader, person: str, mentions: _Mentions) -> str | None:
    deputy = mentions.name(reader, "deputy", "people")
    if deputy != person:
        return deputy
    message = Bilingual(f"{shown(person)} 不能是自己的代理人", f"{shown(person)} cannot be his or her own deputy")
    reader.findings.error("SF374", message, reader.place("deputy"))
    return None


def _read_absences(reader: Reader) -> tuple[Absence, ...]:
    absences: list[Absence] = []
    for days in reader.names("away"):
        absence = _read_absence(reader.findings, days)
        if absence is None:
            continue
        if absence.last < absence.first:
            message = Bilingual(f"{shown(days.text)} 的首尾颠倒", f"{shown(days.text)} ends before it begins")
            reader.findings.error("SF377", message, days.span)
        elif any(absence.first <= other.last and other.first <= absence.last for other in absences):
            message = Bilingual(f"{shown(days.text)} 与另一段重叠", f"{shown(days.text)} overlaps another absence")
            reader.findings.error("SF377", message, days.span)
        else:
            absences.append(absence)
    return tuple(absences)


def _read_absence(findings: Findings, days: ScalarNode) -> Absence | None:
    parts = re.split(r"\s*\.\.\s*", days.text.strip())
    if len(parts) > 2 or not all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", part) for part in parts):  # noqa: PLR2004
        expected = "2026-05-06..2026-05-10"
        findings.unreadable(days, Bilingual(f"日期或日期段，例如 {expected}", f"a day or days such as {expected}"))
        return None
    ends = []
    for part in parts:
        plain = ScalarNode(value=part, text=part, span=days.span, is_quoted=True, start=days.start)
        end = literal_of(findings, plain, _DATE)
        if not isinstance(end, date):
            return None
        ends.append(end)
    return Absence(first=ends[0], last=ends[-1])


def _check_units(findings: Findings, built: Organisation) -> None:
    """A unit that comes back to itself has no top; each ring is told once."""
    told: set[str] = set()
    for unit in built.units.values():
        above = [one.id for one in units_upwards(built, unit.parent)]
        if unit.id in above and unit.id not in told:
            told.update(above)
            message = Bilingual(f"部门 {shown(unit.id)} 最终属于自己", f"The unit {shown(unit.id)} belongs to itself")
            findings.error("SF374", message, unit.span)


def _check_held(findings: Findings, built: Organisation) -> None:
    held = {role for person in built.people.values() for role in person.roles}
    for role in _unheld(built, held):
        message = Bilingual(f"没有人担任角色 {shown(role.id)}", f"Nobody holds the role {shown(role.id)}")
        hint = Bilingual(
            "写入某人的 `roles`；由外部的人担任时写 outside: true",
            "add it to somebody's `roles`, or say outside: true where outsiders hold it",
        )
        findings.warn("SF376", message, role.span, hint)


def _unheld(built: Organisation, held: Collection[str]) -> Iterator[Role]:
    return (role for role in built.roles.values() if role.id not in held and not role.is_outside)
