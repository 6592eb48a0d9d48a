"""The way back: exactly to what was where nothing has happened since, else by the migration turned round. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from salespm_flow.engine.draft import draft_of, replay
from salespm_flow.evolve.configuration import counterpart
from salespm_flow.evolve.relocation import Relocated, set_anew
from salespm_flow.expr.values import Value
from salespm_flow.model.history import ApprovalChanged, ClockCleared, ClockSet, CompletionsPending, Entry, Migrated
from salespm_flow.model.migration import Branch, FieldCourse, Filling, Migration
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The migration that a project came by: its entry's number, what it changed, and the project before it."""

    number: int
    change: Migrated
    before: Project


def arrival_of(project: Project, entries: Sequence[Entry]) -> Arrival | None:
    """How the project came to the version it runs on; None where it began on it. `entries` are its whole history."""
    for entry in reversed(entries):
        for change in entry.changes:
            if isinstance(change, Migrated):
                before = replay(entries[: entry.number - 1])
                is_here = change.pin == project.pin and before is not None
                return Arrival(number=entry.number, change=change, before=before) if is_here and before else None
    return None


def restored(project: Project, arrival: Arrival, now: datetime) -> Relocated:
    """The project as it was before the migration, which was the last thing that happened to it."""
    before = arrival.before
    draft = draft_of(project, now)
    draft.revision += 1
    draft.change(
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
            dropped={name: value for name, value in project.fields.items() if before.fields.get(name) != value},
            changed=set_anew(before.changed, project.changed),
            unchanged=tuple(name for name in project.changed if name not in before.changed),
        )
    )
    for name in project.clocks:
        if name not in before.clocks:
            draft.change(ClockCleared(id=name))
    for name, clock in before.clocks.items():
        if project.clocks.get(name) != clock:
            draft.change(ClockSet(clock=clock))
    for name, request in before.approvals.items():
        if project.approvals.get(name) != request:
            draft.change(ApprovalChanged(approval=request))
    if before.pending != project.pending:
        draft.change(CompletionsPending(events=before.pending))
    return Relocated(project=draft.freeze(), changes=tuple(draft.changes))


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
