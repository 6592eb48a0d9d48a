"""Whose figures are asked for: the projects of a person, a team or a product, one project, or all of them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final

from salespm_flow.errors import CalendarError
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Library, organisation_of
from salespm_flow.model.organisation import Organisation, Person, units_upwards
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.rules.period import Period
from salespm_flow.working_time import Calendar, working_days_count

PRODUCT: Final = "product"


class SubjectKind(StrEnum):
    """What a subject is."""

    STORE = "store"
    PROJECT = "project"
    PERSON = "person"
    TEAM = "team"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose projects count.

    All of the store; one with its children; those that a person owns, or the people of a unit and of the units under
    it; those whose field `product` is the one named.
    """

    kind: SubjectKind = SubjectKind.STORE
    id: str = ""


EVERYTHING: Final = Subject()


def test_of(subject: Subject, workflow: Workflow, library: Library) -> Callable[[Project], bool]:
    """Whether a project of the workflow counts for the subject."""
    name = subject.id
    match subject.kind:
        case SubjectKind.STORE:
            return lambda _project: True
        case SubjectKind.PROJECT:
            return lambda project: name in {project.id, None if project.parent is None else project.parent.project}
        case SubjectKind.PERSON:
            return lambda project: project.owner == name
        case SubjectKind.TEAM:
            people = frozenset(person.id for person in members(organisation_of(workflow, library), name))
            return lambda project: project.owner in people
        case SubjectKind.PRODUCT:
            return lambda project: _is(project.fields, name)


def _is(fields: Mapping[str, Value], product: str) -> bool:
    return fields.get(PRODUCT) == product


def members(organisation: Organisation | None, unit: str) -> tuple[Person, ...]:
    """The people of the unit and of all units under it, those who have left among them."""
    if organisation is None:
        return ()
    return tuple(
        person
        for person in organisation.people.values()
        if any(one.id == unit for one in units_upwards(organisation, person.unit))
    )


def capacity(
    subject: Subject, organisation: Organisation | None, calendar: Calendar, period: Period
) -> timedelta | None:
    """The hours that the subject's people can work in the period: their working days, those away taken out.

    None where nobody's hours are known, the period is open, or the subject has no people of its own.
    """
    people = _people(subject, organisation)
    hours = [_hours(person, calendar, period) for person in people if person.hours is not None]
    known = [one for one in hours if one is not None]
    return sum(known, timedelta(0)) if known else None


def _people(subject: Subject, organisation: Organisation | None) -> Iterable[Person]:
    if organisation is None:
        return ()
    match subject.kind:
        case SubjectKind.STORE:
            return organisation.people.values()
        case SubjectKind.TEAM:
            return members(organisation, subject.id)
        case SubjectKind.PERSON:
            found = organisation.people.get(subject.id)
            return () if found is None else (found,)
        case _:
            return ()


def _hours(person: Person, calendar: Calendar, period: Period) -> timedelta | None:
    start, end = period.start, period.end
    if start is None or end is None or person.hours is None:
        return None
    try:
        after = end + timedelta(days=1)
        if person.left_on is not None:
            after = min(after, max(person.left_on, start))
        days = working_days_count(calendar, start, after)
        for away in person.away:
            first, last = max(away.first, start), min(away.last + timedelta(days=1), after)
            days -= working_days_count(calendar, first, last) if first < last else 0
    except (CalendarError, OverflowError):
        return None
    return person.hours * days
