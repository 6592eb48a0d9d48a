"""The way back: exactly to what was where nothing has happened since, else by the migration turned round. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from salespm_flow.evolve.configuration import counterpart
from salespm_flow.evolve.registers import clock_changes
from salespm_flow.evolve.relocation import Relocated, set_anew
from salespm_flow.expr.values import Value
from salespm_flow.model.history import ApprovalChanged, Change, ClockSet, CompletionsPending, Entry, Migrated
from salespm_flow.model.migration import Branch, FieldCourse, Filling, Migration
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The migration that a project came by: its entry, and the change that it was."""

    entry: Entry
    change: Migrated


def arrival_in(project: Project, entries: Iterable[Entry]) -> Arrival | None:
    """How the project came to the version it runs on; None where it began on it. `entries` are newest first."""
    for entry in entries:
        for change in entry.changes:
            if isinstance(change, Migrated):
                return Arrival(entry=entry, change=change) if change.pin == project.pin else None
    return None


def undone(project: Project, arrival: Arrival, now: datetime) -> Project | None:
    """The project as before the migration that was the last thing that happened to it, one revision on.

    Out of that entry alone; None where it does not keep what it replaced, then only the whole history tells.
    """
    change = arrival.change
    kept = change.replaced
    if kept is None:
        return None
    set_here = {one.clock.id for one in arrival.entry.changes if isinstance(one, ClockSet)}
    clocks = {name: clock for name, clock in project.clocks.items() if name not in set_here}
    return replace(
        project,
        revision=project.revision + 1,
        updated_at=now,
        pin=change.former,
        leaves=kept.leaves,
        state=kept.state,
        memory=kept.memory,
        entered=_put_back(project.entered, change.entered, kept.entered),
        fields=_put_back(project.fields, change.fields, change.dropped),
        changed=_put_back(project.changed, change.changed, kept.changed),
        clocks=clocks | {clock.id: clock for clock in kept.clocks},
        approvals={**project.approvals, **{one.id: one for one in kept.approvals}},
        pending=kept.pending,
    )


def _put_back(now: Mapping[str, Thing], came: Mapping[str, Thing], went: Mapping[str, Thing]) -> dict[str, Thing]:
    return {name: one for name, one in now.items() if name not in came} | dict(went)


def restored(project: Project, before: Project, arrival: Arrival) -> Relocated:
    """The project as it was `before` the migration, the last thing that happened to it, at its next revision."""
    changes: list[Change] = [
        Migrated(
            pin=before.pin,
            former=project.pin,
            leaves=before.leaves,
            memory=before.memory,
            state=before.state,
            states={new: old for old, new in arrival.change.states.items()},
            entered=set_anew(before.entered, project.entered),
            forgotten=tuple(name for name in project.entered if name not in before.entered),
            fields=set_anew(before.fields, project.fields),
            dropped=set_anew(project.fields, before.fields),
            changed=set_anew(before.changed, project.changed),
            unchanged=tuple(name for name in project.changed if name not in before.changed),
        ),
        *clock_changes(project.clocks, before.clocks),
        *(ApprovalChanged(approval=one) for one in set_anew(before.approvals, project.approvals).values()),
    ]
    if before.pending != project.pending:
        changes.append(CompletionsPending(events=before.pending))
    return Relocated(project=before, changes=tuple(changes))


def turned_round(migration: Migration, old: Workflow, new: Workflow) -> Migration:
    """The migration back from `new` to `old`: several parts become the one state that they were.

    What only the newer version has finds no way back but by the states around it, and its fields are given up.
    """
    states: dict[str, tuple[Branch, ...]] = {}
    for name, branches in migration.states.items():
        was = name if name in old.states else next((s.path for s in old.states.values() if s.name == name), name)
        for branch in branches:
            target = branch.to
            if target is not None:
                path = target if target in new.states else next(s.path for s in new.states.values() if s.name == target)
                states.setdefault(path, (Branch(to=was, span=branch.span),))
    moved = {path: branches[0].to for path, branches in states.items()}
    for path, state in new.states.items():
        if path not in states and counterpart(path, old, moved) is None:
            states[path] = (Branch(to=None, span=state.span),)
        elif path not in states and not state.children and path in old.states and old.states[path].children:
            inner = old.states[path].initial
            states[path] = (Branch(to=inner[0] if inner else path, span=state.span),)
    return replace(
        migration,
        from_version=migration.to_version,
        to_version=migration.from_version,
        states=states,
        fields=_fields_back(migration, old, new),
        transitions={now: was for was, now in migration.transitions.items()},
        timers={now: was for was, now in migration.timers.items()},
        defaults=dict[str, Filling](),
    )


def _fields_back(migration: Migration, old: Workflow, new: Workflow) -> Mapping[str, FieldCourse]:
    courses: dict[str, FieldCourse] = {}
    for name, course in migration.fields.items():
        if course.to is not None:
            values = {now: was for was, now in course.values.items()}
            courses[course.to] = FieldCourse(field=course.to, to=name, span=course.span, values=values)
    for name, field in new.fields.items():
        known = old.fields.get(name)
        if name not in courses and field.formula is None and (known is None or known.formula is not None):
            courses[name] = FieldCourse(field=name, to=None, span=field.span, values={})
    return courses


def given_up(arrival: Arrival, migration: Migration) -> Mapping[str, Value]:
    """The values that the migration removed, which a way back gives again."""
    gone = {name for name, course in migration.fields.items() if course.to is None}
    return {name: value for name, value in arrival.change.dropped.items() if name in gone}
