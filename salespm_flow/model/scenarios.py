"""A file of scenarios as it is written: projects to start, steps to take, what to expect. Knows no workflow's types.

Values stay texts with their places, since only the tested workflow knows their types, and a table fills `$name` first.
"""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One scalar as it is written; an empty one says nothing, as null does."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A list of scalars as it is written."""

    items: tuple[Word, ...]
    span: Span


Written = Word | Words
# A record's row: what is written by column.
WrittenRow = Mapping[str, Written]


class Doing(StrEnum):
    """What a step does; the key that it stands under."""

    ADVANCE = "advance"
    SET = "set"
    APPEND = "append"
    APPROVE = "approve"
    REJECT = "reject"
    DONE = "done"
    RECEIVE = "receive"
    TICK = "tick"
    WAIT = "wait"


class Status(StrEnum):
    """What came of a step."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    REFUSED = "refused"


class Promise(StrEnum):
    """What an invariant says of the states that a project goes through: all, none, or at least one before it closes."""

    ALWAYS = "always"
    NEVER = "never"
    EVENTUALLY = "eventually"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mock:
    """What the world outside does with a notice: so many deliveries of it fail."""

    notice: Word
    fails: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Where a scenario starts. `states` are empty where the project begins as any other; `kpis` are stored figures."""

    now: Word | None = None
    owner: Word | None = None
    state: Written | None = None
    fields: WrittenRow = field(default_factory=lambda: MappingProxyType({}))
    records: Mapping[str, tuple[WrittenRow, ...]] = field(default_factory=lambda: MappingProxyType({}))
    kpis: WrittenRow = field(default_factory=lambda: MappingProxyType({}))
    mocks: Mapping[str, Mock] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What must hold: `texts` by the key they stand under, values of `fields`, levels of `sla`, tests in `that`."""

    span: Span
    texts: Mapping[str, Written] = field(default_factory=lambda: MappingProxyType({}))
    fields: WrittenRow = field(default_factory=lambda: MappingProxyType({}))
    sla: Mapping[str, Written] = field(default_factory=lambda: MappingProxyType({}))
    that: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `named` is the trigger, approval, task, event, moment or duration; `record` that of the row `values`.

    Which of `named` and `values` is there follows from `doing`.
    """

    doing: Doing
    span: Span
    named: Word | None = None
    record: Word | None = None
    values: WrittenRow = field(default_factory=lambda: MappingProxyType({}))
    actor: Word | None = None
    role: Word | None = None
    on: Word | None = None
    comment: Word | None = None
    is_override: bool = False
    expect: Expect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows that a scenario is run with, one by one; each column fills `$<column>`."""

    columns: tuple[Word, ...]
    rows: tuple[tuple[Written, ...], ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A project's story with what must come of it."""

    id: str
    title: Bilingual
    span: Span
    given: Given
    steps: tuple[Step, ...]
    expect: Expect | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """What every project of the workflow must keep, whatever is done to it."""

    id: str
    title: Bilingual
    promise: Promise
    that: Word
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenarios:
    """A file of scenarios; its own `given` stands behind that of each."""

    id: str
    version: int
    title: Bilingual
    source: Source
    workflow: str
    given: Given
    scenarios: Mapping[str, Scenario]
    invariants: Mapping[str, Invariant]
    span: Span
