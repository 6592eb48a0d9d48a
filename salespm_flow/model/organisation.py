"""Who works here: skills, roles, units and people, and who stands for whom. Knows no workflow and no project.

An organisation is live, as calendars are: a running project always sees the present one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date, timedelta
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Money
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass

LOWEST_LEVEL: Final = 1
HIGHEST_LEVEL: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """Something that people do well or less well; `family` groups skills, such as `pm` and `sales`."""

    id: str
    title: Bilingual
    span: Span
    family: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What people do here. `skills` are the levels it asks for; without a `unit` it stands above or outside them.

    `is_outside`: held by nobody of the organisation, such as a customer.
    """

    id: str
    title: Bilingual
    span: Span
    unit: str | None = None
    skills: Mapping[str, int]
    is_outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A department or team; `parent` is the unit that it belongs to."""

    id: str
    title: Bilingual
    span: Span
    parent: str | None = None
    manager: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days away, the last one included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone who works here. `skills` are levels 1 to 5, `hours` a working day's, `rate` the cost of an hour.

    `left_on` is the first day on which the person is no longer here.
    """

    id: str
    title: Bilingual
    span: Span
    unit: str | None = None
    roles: tuple[str, ...] = ()
    skills: Mapping[str, int]
    hours: timedelta | None = None
    rate: Money | None = None
    deputy: str | None = None
    away: tuple[Absence, ...] = ()
    left_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Skills, roles, units and people by id, in file order."""

    id: str
    version: int
    title: Bilingual
    source: Source
    skills: Mapping[str, Skill]
    roles: Mapping[str, Role]
    units: Mapping[str, Unit]
    people: Mapping[str, Person]
    span: Span
    # Who named whom as deputy, by deputy: every request asks for whom its actor stands, among thousands of people.
    _entrusted_by: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        entrusted: dict[str, tuple[str, ...]] = {}
        for person in self.people.values():
            if person.deputy is not None and person.deputy != person.id:
                entrusted[person.deputy] = (*entrusted.get(person.deputy, ()), person.id)
        object.__setattr__(self, "_entrusted_by", entrusted)

    def entrusted_to(self, deputy: str) -> tuple[str, ...]:
        """The colleagues who named that person as their deputy, in file order."""
        return self._entrusted_by.get(deputy, ())


def roles_of(organisation: Organisation, person: str) -> tuple[str, ...]:
    """The roles that the person holds; none for somebody unknown."""
    found = organisation.people.get(person)
    return () if found is None else found.roles


def holders(organisation: Organisation, role: str) -> tuple[Person, ...]:
    """Everybody who holds the role, in file order; leavers are among them until they are taken out."""
    return tuple(person for person in organisation.people.values() if role in person.roles)


def units_upwards(organisation: Organisation, unit: str | None) -> Iterator[Unit]:
    """The unit and those that it belongs to, innermost first; units that come back to themselves are given once."""
    seen: set[str] = set()
    while unit is not None and unit not in seen:
        seen.add(unit)
        found = organisation.units.get(unit)
        if found is None:
            return
        yield found
        unit = found.parent


def manager_of(organisation: Organisation, person: str) -> str | None:
    """The manager of the person's unit; one further up where that unit has none or the person leads it."""
    found = organisation.people.get(person)
    units = units_upwards(organisation, None if found is None else found.unit)
    return next((unit.manager for unit in units if unit.manager not in {None, person}), None)


def has_left(organisation: Organisation, person: str, on: date) -> bool:
    """Whether the person is known and no longer here on that day."""
    found = organisation.people.get(person)
    return found is not None and found.left_on is not None and found.left_on <= on


def is_away(organisation: Organisation, person: str, on: date) -> bool:
    """Whether the person is known and absent that day; who has left is away for good."""
    found = organisation.people.get(person)
    if found is None:
        return False
    return has_left(organisation, person, on) or any(absence.first <= on <= absence.last for absence in found.away)


def acting_for(organisation: Organisation, person: str, on: date) -> tuple[str, ...]:
    """The colleagues for whom the person stands that day: those away who named him as their deputy.

    One hop only: what was entrusted to a deputy is not passed on by him, so two who stand for each other are no cycle.
    """
    return tuple(name for name in organisation.entrusted_to(person) if is_away(organisation, name, on))


@dataclass(frozen=True, slots=True)
class Standing:
    """Whom somebody stands for, himself or an absent colleague, with the roles that count."""

    person: str
    roles: tuple[str, ...]


def standings(organisation: Organisation, person: str, on: date, claimed: str = "") -> tuple[Standing, ...]:
    """Whom the person stands for that day, himself first; nobody where he is unknown or has left.

    A claimed role is the only one that counts.
    """
    if person not in organisation.people or has_left(organisation, person, on):
        return ()
    return tuple(
        Standing(one, tuple(role for role in roles_of(organisation, one) if claimed in {"", role}))
        for one in (person, *acting_for(organisation, person, on))
    )
