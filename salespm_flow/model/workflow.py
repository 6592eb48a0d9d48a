"""A workflow: states, transitions, gates, timers and links, as frozen nouns. Knows no run-time state."""

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.model.actions import Action
from salespm_flow.model.expression import Duration, Effort, Expression, Party
from salespm_flow.model.fields import Field, Parameter, Record
from salespm_flow.model.priority import Priority
from salespm_flow.model.source import Source
from salespm_flow.nouns import dataclass


class Domain(StrEnum):
    """Which half of the business a workflow runs."""

    SALES = "sales"
    DELIVERY = "delivery"


class Function(StrEnum):
    """The management function of a state."""

    PLAN = "plan"
    ORGANISE = "organise"
    IMPLEMENT = "implement"
    CONTROL = "control"
    EVALUATE = "evaluate"


class Outcome(StrEnum):
    """How a project ended; the list is closed."""

    WON = "won"
    DELIVERED = "delivered"
    LOST = "lost"
    CANCELLED = "cancelled"
    RETURNED = "returned"

    @property
    def is_success(self) -> bool:
        """Whether the outcome is a success."""
        return self in (Outcome.WON, Outcome.DELIVERED)


class StateKind(StrEnum):
    """The shape of a state; a region is a compound (or parallel) child of a parallel state."""

    ATOMIC = "atomic"
    COMPOUND = "compound"
    PARALLEL = "parallel"
    FINAL = "final"


class Memory(StrEnum):
    """How much of itself a state remembers when it is left."""

    SHALLOW = "shallow"
    DEEP = "deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A field or record that must be present."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An expression that must be true, with what to say when it is not."""

    id: str
    that: Expression
    span: Span
    message: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What entering, leaving or one transition asks for, and what it does."""

    require: tuple[Requirement, ...] = ()
    check: tuple[Check, ...] = ()
    do: tuple[Action, ...] = ()


class Quorum(StrEnum):
    """How many approvers it takes where no number says so: any one (或签) or all of them (会签)."""

    ANY = "any"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who must agree to a transition while `when` is true or unknown; without `when`, always.

    `excepted` may not approve even where `by` covers them. `after` orders requests: it is not made before that one of
    the same transition is granted. At `due` without a verdict it goes to `escalate` too.
    """

    id: str
    title: Bilingual
    by: tuple[Party, ...]
    span: Span
    when: Expression | None = None
    quorum: Quorum | int = Quorum.ANY
    excepted: tuple[Party, ...] = ()
    due: Duration | None = None
    escalate: Party | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """Who may waive a transition's requirements, checks, approvals and the gates of states; with a comment or not."""

    by: tuple[Party, ...]
    span: Span
    needs_comment: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """How long a stay may last, from entry."""

    span: Span
    warn: Duration | None = None
    breach: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTask:
    """A task made at entry; `accountable` is one party, `responsible` defaults to it.

    `needs` are tasks that must be done before it: of the same state, of one around it or of an earlier one.
    """

    id: str
    title: Bilingual
    accountable: Party
    responsible: Party
    span: Span
    consulted: tuple[Party, ...] = ()
    informed: tuple[Party, ...] = ()
    due: Duration | None = None
    effort: Effort | None = None
    needs: tuple[str, ...] = ()
    priority: Priority = Priority.NORMAL
    checklist: tuple[Bilingual, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state by its full dotted `path`; `name` is the shortest suffix of it that is unique in the workflow.

    `probability` (0..1) and `owner_role` are already inherited; regions and states without one have None.
    `initial` holds full paths: one for a compound state, none for atomic, final and parallel ones.
    """

    path: str
    name: str
    title: Bilingual
    kind: StateKind
    span: Span
    parent: str | None = None
    children: tuple[str, ...] = ()
    initial: tuple[str, ...] = ()
    is_region: bool = False
    memory: Memory | None = None
    function: Function | None = None
    probability: Decimal | None = None
    owner_role: str | None = None
    skills: Mapping[str, int]
    tools: tuple[str, ...] = ()
    sla: Sla | None = None
    tasks: tuple[StateTask, ...] = ()
    entry: Gate = Gate()
    exit: Gate = Gate()
    is_aside: bool = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a transition leads; with `is_history` the state resumes where it was left."""

    path: str
    is_history: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A transition. `sources` are full paths with `any` expanded; `events` are patterns, empty for an auto.

    `to` is empty when the transition only acts. `is_forward` None means: decided by file order of the states.
    """

    id: str
    title: Bilingual
    sources: tuple[str, ...]
    to: tuple[Target, ...]
    events: tuple[str, ...]
    span: Span
    is_auto: bool = False
    when: Expression | None = None
    gate: Gate = Gate()
    by: tuple[Party, ...] | None = None
    needs_comment: bool = False
    is_forward: bool | None = None
    reenters: bool = False
    approvals: Mapping[str, Approval] = field(default_factory=lambda: MappingProxyType({}))
    override: Override | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """Does something while `state` is active: exactly one of `after`, `every` and `at` is given."""

    id: str
    state: str
    do: tuple[Action, ...]
    span: Span
    after: Duration | None = None
    every: Duration | None = None
    at: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A contract with a child workflow: child field → expression over the parent."""

    id: str
    title: Bilingual
    workflow: str
    carry: Mapping[str, Expression]
    span: Span
    is_many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """The other documents that a workflow stands on, by id."""

    organisation: str | None = None
    calendar: str | None = None
    goals: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    scorecards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """A whole definition. `states` holds every state and region by full path in document order (parents first).

    The root is `initial` (one path) over `roots`, or parallel over region `roots` when `is_parallel`.
    `roles` are all roles the workflow names: until an organisation exists they are the known ones. `purpose` is what
    the workflow is for, None where the document does not say.
    """

    id: str
    version: int
    title: Bilingual
    domain: Domain
    source: Source
    uses: Uses
    parameters: Mapping[str, Parameter]
    fields: Mapping[str, Field]
    records: Mapping[str, Record]
    conditions: Mapping[str, Expression]
    links: Mapping[str, Link]
    roots: tuple[str, ...]
    initial: tuple[str, ...]
    is_parallel: bool
    states: Mapping[str, State]
    transitions: Mapping[str, Transition]
    timers: Mapping[str, Timer]
    roles: tuple[str, ...]
    span: Span
    purpose: Bilingual | None = None
