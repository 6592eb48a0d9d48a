"""A project while changes are applied to it: the one fold that deciding, reading the past and verifying share."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from salespm_flow.expr.values import Value
from salespm_flow.model.history import (
    ApprovalChanged,
    Change,
    ClockCleared,
    ClockSet,
    Closed,
    CompletionsPending,
    Entry,
    FieldSet,
    Migrated,
    Moved,
    Noted,
    Opened,
    OutcomeReached,
    OwnerChanged,
    RiskChanged,
    RowAdded,
    TaskChanged,
)
from salespm_flow.model.project import ApprovalRequest, Clock, ParentLink, Pin, Project, Risk, Row, Task
from salespm_flow.model.workflow import Outcome

NOWHERE: Final = Pin(workflow="", version=0, digest="")


class Draft:
    """The mutable state of one project; `changes` lists what was applied since it was made, in order."""

    __slots__ = (
        "approvals",
        "at",
        "changed",
        "changes",
        "clocks",
        "closed_at",
        "entered",
        "fields",
        "id",
        "leaves",
        "memory",
        "opened_at",
        "outcome",
        "outcome_at",
        "owner",
        "parent",
        "pending",
        "pin",
        "records",
        "revision",
        "risks",
        "state",
        "tasks",
    )

    def __init__(self, project: str, at: datetime) -> None:
        self.id = project
        self.at = at
        self.changes: list[Change] = []
        self.pin = NOWHERE
        self.revision = 0
        self.owner = ""
        self.state = ""
        self.leaves: tuple[str, ...] = ()
        self.memory: Mapping[str, tuple[str, ...]] = {}
        self.entered: dict[str, datetime] = {}
        self.changed: dict[str, datetime] = {}
        self.fields: dict[str, Value] = {}
        self.records: dict[str, tuple[Row, ...]] = {}
        self.tasks: dict[str, Task] = {}
        self.risks: dict[str, Risk] = {}
        self.approvals: dict[str, ApprovalRequest] = {}
        self.clocks: dict[str, Clock] = {}
        self.pending: tuple[str, ...] = ()
        self.opened_at = at
        self.outcome: Outcome | None = None
        self.outcome_at: datetime | None = None
        self.closed_at: datetime | None = None
        self.parent: ParentLink | None = None

    @property
    def is_open(self) -> bool:
        """Whether the root has not completed."""
        return self.closed_at is None

    def fork(self) -> "Draft":
        """A draft of its own that stands where this one does."""
        twin = Draft(self.id, self.at)
        for name in self.__slots__:
            value = getattr(self, name)
            # What changes in place is copied, all else is frozen.
            setattr(twin, name, value.copy() if isinstance(value, dict | list) else value)
        return twin

    def change(self, change: Change) -> None:
        """The change is applied and recorded."""
        self.changes.append(change)
        self.apply(change)

    def apply(self, change: Change) -> None:  # noqa: C901, PLR0912 -- one arm for each kind of change, nothing else
        """The change is part of the state; `at` is its effective time."""
        match change:
            case FieldSet():
                if change.value is None:
                    self.fields.pop(change.field, None)
                else:
                    self.fields[change.field] = change.value
                self._note_change(change.field)
            case Moved():
                self.leaves = change.leaves
                self.memory = change.memory
                self.state = change.state
                for path in change.entered:
                    self.entered[path] = self.at
            case ClockSet():
                self.clocks[change.clock.id] = change.clock
            case ClockCleared():
                self.clocks.pop(change.id, None)
            case TaskChanged():
                self.tasks[change.task.id] = change.task
            case RiskChanged():
                self.risks[change.risk.id] = change.risk
            case RowAdded():
                self.records[change.record] = (*self.records.get(change.record, ()), change.row)
                self._note_change(change.record)
            case ApprovalChanged():
                self.approvals[change.approval.id] = change.approval
            case OwnerChanged():
                self.owner = change.owner
            case CompletionsPending():
                self.pending = change.events
            case OutcomeReached():
                self.outcome = change.outcome
                self.outcome_at = self.at
            case Opened():
                self.pin = change.pin
                self.owner = change.owner
                self.parent = change.parent
            case Closed():
                self.closed_at = self.at
            case Migrated():
                self._migrate(change)
            case Noted():
                pass

    def _migrate(self, change: Migrated) -> None:
        self.pin = change.pin
        self.leaves, self.memory, self.state = change.leaves, change.memory, change.state
        for kept, gone, new in (
            (self.entered, change.forgotten, change.entered),
            (self.fields, change.dropped, change.fields),
            (self.changed, change.unchanged, change.changed),
        ):
            for name in gone:
                kept.pop(name, None)
            kept.update(new)  # type: ignore[arg-type]  # each is of its own map's type

    def _note_change(self, name: str) -> None:
        # What the opening itself writes is where the project starts from, not a change of it.
        if self.revision > 1:
            self.changed[name] = self.at

    def freeze(self) -> Project:
        """The project as it stands, one revision on if anything was recorded since the draft was made."""
        return Project(
            id=self.id,
            pin=self.pin,
            revision=self.revision,
            owner=self.owner,
            state=self.state,
            leaves=self.leaves,
            memory=self.memory,
            entered=MappingProxyType(self.entered),
            fields=MappingProxyType(self.fields),
            records=MappingProxyType(self.records),
            tasks=MappingProxyType(self.tasks),
            risks=MappingProxyType(self.risks),
            clocks=MappingProxyType(self.clocks),
            pending=self.pending,
            opened_at=self.opened_at,
            updated_at=self.at,
            outcome=self.outcome,
            outcome_at=self.outcome_at,
            closed_at=self.closed_at,
            parent=self.parent,
            changed=MappingProxyType(self.changed),
            approvals=MappingProxyType(self.approvals),
        )


def draft_of(project: Project, at: datetime) -> Draft:
    """A draft of the project that takes changes effective at `at`."""
    draft = Draft.__new__(Draft)  # every slot is set below: what a new draft starts with would only be thrown away
    draft.id = project.id
    draft.at = at
    draft.changes = []
    draft.pin = project.pin
    draft.revision = project.revision
    draft.owner = project.owner
    draft.state = project.state
    draft.leaves = project.leaves
    draft.memory = project.memory
    draft.entered = dict(project.entered)
    draft.fields = dict(project.fields)
    draft.records = dict(project.records)
    draft.tasks = dict(project.tasks)
    draft.risks = dict(project.risks)
    draft.approvals = dict(project.approvals)
    draft.clocks = dict(project.clocks)
    draft.pending = project.pending
    draft.opened_at = project.opened_at
    draft.outcome = project.outcome
    draft.outcome_at = project.outcome_at
    draft.closed_at = project.closed_at
    draft.parent = project.parent
    draft.changed = dict(project.changed)
    return draft


def replay(entries: Iterable[Entry]) -> Project | None:
    """The project after the entries, which are one project's, oldest first; None without any."""
    draft: Draft | None = None
    for entry in entries:
        if draft is None:
            draft = Draft(entry.project, entry.at)
        draft.at = entry.at
        draft.revision = entry.number
        for change in entry.changes:
            draft.apply(change)
    return None if draft is None else draft.freeze()
