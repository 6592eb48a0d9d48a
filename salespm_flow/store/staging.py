"""What a transaction is about to write, held as nouns until it is encoded at once. Knows no connection.

A project written several times in one batch is encoded once, at the end; its readers get the noun as it was handed
over.
"""

from collections.abc import Sequence
from dataclasses import field
from typing import TypeAlias

from salespm_flow.engine.ports import Answer, Write
from salespm_flow.model.history import (
    ApprovalChanged,
    ClockCleared,
    ClockSet,
    Entry,
    RiskChanged,
    RowAdded,
    TaskChanged,
)
from salespm_flow.model.project import ApprovalRequest, Clock, Project, Risk, Row, Task
from salespm_flow.nouns import dataclass
from salespm_flow.store.chain import next_hash, output_digest
from salespm_flow.store.codec import EntryRow, OutboxRow, encode_answer, encode_entry, encode_outbox

Key: TypeAlias = tuple[str, str]
Link: TypeAlias = tuple[EntryRow, str, bytes]


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store holds of a project: None as revision where it does not exist."""

    revision: int | None
    head: bytes


@dataclass(slots=True)
class StagedProject:
    """A project to be written: as it stands in the tables, the newest noun and the hash of its last entry."""

    before: Project | None
    after: Project
    head: bytes


@dataclass(frozen=True, slots=True)
class Chained:
    """What a write adds: each entry as a row, its output's digest and its hash; the outbox as rows, by id."""

    links: Sequence[Link]
    outbox: Sequence[OutboxRow]


def chained(write: Write, stored: Stored) -> Chained:
    """The write's entries and outbox as rows, hashed and following what is stored.

    The write's last entry vouches for its outbox and its answer.

    Raises:
        ValueError: the entries do not lead from one revision to the next, or the outbox is not theirs.
    """
    outbox = sorted(map(encode_outbox, write.outbox), key=lambda row: row[0])
    output = _output(write, outbox)
    links = []
    head = stored.head
    number = stored.revision or 0
    name = write.after.id
    for entry in write.entries:
        number += 1
        if entry.number != number or entry.project != name:
            raise ValueError(f"entry {entry.number} of {entry.project} stands where {number} of {name} must")
        row = encode_entry(entry)
        told = output if number == write.after.revision else ""
        head = next_hash(head, row, told)
        links.append((row, told, head))
    if write.after.revision != number:
        raise ValueError(f"revision {write.after.revision} of {name} is not its number of entries, {number}")
    return Chained(links, outbox)


def _output(write: Write, outbox: Sequence[OutboxRow]) -> str:
    name = write.after.id
    if outbox and (not write.entries or any(row[1] != name for row in outbox)):
        raise ValueError(f"the outbox of a write of {name} was not sent by its entries")
    return output_digest(outbox, () if write.answer is None else (encode_answer(name, write.answer),))


@dataclass(slots=True)
class Staging:
    """All rows to be written, in the order they came."""

    projects: dict[str, StagedProject] = field(default_factory=dict)
    entries: list[Link] = field(default_factory=list)
    rows: list[tuple[str, str, Row]] = field(default_factory=list)
    tasks: dict[Key, Task] = field(default_factory=dict)
    risks: dict[Key, Risk] = field(default_factory=dict)
    approvals: dict[Key, ApprovalRequest] = field(default_factory=dict)
    clocks: dict[Key, Clock] = field(default_factory=dict)
    cleared: dict[Key, None] = field(default_factory=dict)
    outbox: dict[str, tuple[OutboxRow, int]] = field(default_factory=dict)
    delivered: dict[str, None] = field(default_factory=dict)
    # With the number of the entry that vouches for it; None where its write had no entries.
    answers: dict[Key, tuple[Answer, int | None]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.projects

    def stored(self, project: str) -> Stored | None:
        """What the store will hold of the project; None if no write has touched it."""
        staged = self.projects.get(project)
        return None if staged is None else Stored(staged.after.revision, staged.head)

    def add(self, write: Write, stored: Stored, chain: Chained) -> None:
        """The write will be part of the transaction; `stored` is what its project has now, `chain` its rows."""
        self.entries += chain.links
        for entry in write.entries:
            self._register(entry)
        head = chain.links[-1][2] if chain.links else stored.head
        staged = self.projects.get(write.after.id)
        if staged is None:
            self.projects[write.after.id] = StagedProject(write.before, write.after, head)
        else:
            staged.after, staged.head = write.after, head
        self._send(write, chain.outbox)

    def _register(self, entry: Entry) -> None:
        project = entry.project
        for change in entry.changes:
            match change:
                case ClockSet():
                    self.clocks[project, change.clock.id] = change.clock
                case ClockCleared():
                    # Deleted first, whatever follows: a clock set again comes last in order, as in the fold.
                    self.clocks.pop((project, change.id), None)
                    self.cleared[project, change.id] = None
                case TaskChanged():
                    self.tasks[project, change.task.id] = change.task
                case RiskChanged():
                    self.risks[project, change.risk.id] = change.risk
                case ApprovalChanged():
                    self.approvals[project, change.approval.id] = change.approval
                case RowAdded():
                    self.rows.append((project, change.record, change.row))
                case _:
                    pass

    def _send(self, write: Write, outbox: Sequence[OutboxRow]) -> None:
        for row in outbox:
            self.outbox[row[0]] = (row, write.after.revision)
        for name in write.delivered:
            self.delivered[name] = None
        if write.answer is not None:
            self.answers[write.after.id, write.answer.key] = (
                write.answer,
                write.after.revision if write.entries else None,
            )

    def clear(self) -> None:
        """Nothing is left to write."""
        for rows in (
            self.projects,
            self.entries,
            self.rows,
            self.tasks,
            self.risks,
            self.approvals,
            self.clocks,
            self.cleared,
            self.outbox,
            self.delivered,
            self.answers,
        ):
            rows.clear()
