"""Writes organisations: skills, units, roles and people."""

from collections.abc import Iterator, Mapping

from salespm_flow.definition.emit import leaves
from salespm_flow.definition.nodes import MapNode, Node
from salespm_flow.model.fields import MoneyOf
from salespm_flow.model.organisation import Absence, Organisation, Person, Role, Skill, Unit

Pairs = Iterator[tuple[str, Node | None]]


def organisation(document: Organisation) -> Pairs:
    """The keys of the document after its header."""
    yield "skills", leaves.section((id_, leaves.entries(_skill(skill))) for id_, skill in document.skills.items())
    yield "units", leaves.section((id_, leaves.entries(_unit(unit))) for id_, unit in document.units.items())
    yield "roles", leaves.section((id_, leaves.entries(_role(role))) for id_, role in document.roles.items())
    yield "people", leaves.section((id_, leaves.entries(_person(one))) for id_, one in document.people.items())


def _skill(skill: Skill) -> Pairs:
    yield "title", leaves.title(skill.title, skill.id)
    yield "family", _text(skill.family)


def _unit(unit: Unit) -> Pairs:
    yield "title", leaves.title(unit.title, unit.id)
    yield "parent", _text(unit.parent)
    yield "manager", _text(unit.manager)


def _role(role: Role) -> Pairs:
    yield "title", leaves.title(role.title, role.id)
    yield "unit", _text(role.unit)
    yield "skills", _levels(role.skills)
    yield "outside", leaves.true_if(role.is_outside)


def _person(person: Person) -> Pairs:
    yield "title", leaves.title(person.title, person.id)
    yield "unit", _text(person.unit)
    yield "roles", leaves.names(person.roles)
    yield "skills", _levels(person.skills)
    yield "hours", leaves.duration(person.hours)
    yield "rate", None if person.rate is None else leaves.literal(person.rate, MoneyOf(person.rate.currency))
    yield "deputy", _text(person.deputy)
    yield "away", leaves.names(map(_days, person.away))
    yield "left_on", None if person.left_on is None else leaves.text(person.left_on.isoformat())


def _days(absence: Absence) -> str:
    first, last = absence.first.isoformat(), absence.last.isoformat()
    return first if first == last else f"{first}..{last}"


def _levels(levels: Mapping[str, int]) -> MapNode | None:
    return leaves.section((skill, leaves.number(level)) for skill, level in levels.items())


def _text(written: str | None) -> Node | None:
    return None if written is None else leaves.text(written)
