"""Scenarios ready to be run: one case for each row of a table, every value of its type. Knows no engine and no file."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.actor import Actor
from salespm_flow.model.expression import Duration, Expression
from salespm_flow.model.scenarios import Doing, Promise
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One thing that must hold: `key` as the file writes it, of `subject` (a field or state) where there is one.

    `wanted` is a value, a tuple of names where the key takes several, or an expression that must be true.
    """

    key: str
    wanted: Value | Expression
    span: Span
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStep:
    """One step. `named` is the trigger, approval, task, event or record; of time either `until` or `length` is given.

    Without an `actor` the owner acts; `link` names the child that it is done to.
    """

    number: int
    doing: Doing
    span: Span
    named: str = ""
    values: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    until: datetime | None = None
    length: Duration | None = None
    actor: Actor | None = None
    link: str | None = None
    comment: str = ""
    is_override: bool = False
    expect: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run. `row` counts the rows of the scenario's table from 1, None without one; `fails` are by notice.

    Without `states` the project begins as any other; else it stands in them from the start.
    """

    scenario: str
    title: Bilingual
    workflow: str
    span: Span
    now: datetime
    owner: str
    row: int | None = None
    states: tuple[str, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    records: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=lambda: MappingProxyType({}))
    kpis: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    fails: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    steps: tuple[CaseStep, ...] = ()
    expect: tuple[Expectation, ...] = ()

    @property
    def id(self) -> str:
        """The scenario, with the row of its table."""
        return self.scenario if self.row is None else f"{self.scenario}[{self.row}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedInvariant:
    """An invariant with its expression over the workflow's names."""

    id: str
    title: Bilingual
    promise: Promise
    that: Expression
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """All cases and invariants of a file."""

    document: str
    workflow: str
    cases: tuple[Case, ...]
    invariants: tuple[TypedInvariant, ...]
