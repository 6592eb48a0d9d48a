"""One decision in the making: the draft, what leaves the project, and the context that expressions see meanwhile."""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import TEST, Compiled, Purpose
from salespm_flow.engine.context import Names, View
from salespm_flow.engine.draft import Draft
from salespm_flow.expr.scope import Conflict
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import SYSTEM, Actor, Birth, Reason
from salespm_flow.model.history import Change, OutboxItem, OutboxKind
from salespm_flow.model.organisation import Standing, standings
from salespm_flow.model.project import Project, Row, Snapshot
from salespm_flow.nouns import dataclass

MICROSTEP_LIMIT: Final = 100
HOP_LIMIT: Final = 16
THE_SYSTEM: Final = Actor(id=SYSTEM)


# The fields and records of a project at some moment.
Stored = tuple[Mapping[str, Value], Mapping[str, tuple[Row, ...]]]


class RefusalError(Exception):
    """The decision under way does not hold; caught in `decide`, never seen outside the engine."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(len(reasons))
        self.reasons = reasons


def standings_of(compiled: Compiled, actor: Actor, on: date) -> tuple[Standing, ...]:
    """Whom the actor stands for that day; without an organisation the role that he claims is all that is known."""
    if compiled.organisation is None:
        return (Standing(actor.id, (actor.role,) if actor.role else ()),)
    return standings(compiled.organisation, actor.id, on, actor.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a turn has done so far."""

    draft: Draft
    outbox: tuple[OutboxItem, ...]
    births: tuple[Birth, ...]
    queue: tuple[tuple[str, bool], ...]
    steps: int


class Turn:
    """Everything that one decision works on.

    `now` is the effective time, `comment` the request's, `hops` how many messages led here. `queue` holds raised
    events, each with whether its refusal refuses the decision. `waiting` are the approval requests that the asked move
    waits for; `acting_for` is the absent colleague whose right the actor used, `role` the role
    that counted.
    """

    __slots__ = (
        "_asked",
        "_names",
        "_seen",
        "_standings",
        "_today",
        "acting_for",
        "actor",
        "births",
        "comment",
        "compiled",
        "draft",
        "hops",
        "now",
        "outbox",
        "queue",
        "role",
        "steps",
        "view",
        "waiting",
    )

    def __init__(
        self,
        compiled: Compiled,
        draft: Draft,
        snapshot: Snapshot | None,
        actor: Actor,
        *,
        now: datetime,
        comment: str = "",
        hops: int = 0,
    ) -> None:
        self.compiled = compiled
        self.draft = draft
        self.actor = actor
        self.now = now
        self.comment = comment
        self.hops = hops
        self.view = View(compiled=compiled, draft=draft, snapshot=snapshot, actor=actor, now=now)
        self.outbox: list[OutboxItem] = []
        self.births: list[Birth] = []
        self.queue: deque[tuple[str, bool]] = deque()
        self.steps = 0
        self.waiting: list[str] = []
        self.acting_for = ""
        self.role = actor.role
        self._names: Names | None = None
        self._seen = -1
        self._asked: dict[str, Stored] = {}
        self._standings: tuple[Standing, ...] | None = None
        self._today: date | None = None

    @property
    def today(self) -> date:
        """The day that it is in the workspace's time zone."""
        if self._today is None:
            self._today = self.now.astimezone(self.compiled.zone).date()
        return self._today

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Whom who asks stands for, himself first."""
        if self._standings is None:
            self._standings = standings_of(self.compiled, self.actor, self.today)
        return self._standings

    @property
    def children(self) -> Mapping[str, tuple[Project, ...]]:
        """The children that exist already, by link."""
        return {} if self.view.snapshot is None else self.view.snapshot.children

    def names(self) -> Names:
        """The context as the draft stands now."""
        if self._names is None or self._seen != len(self.draft.changes):
            self._names = Names(self.view)
            self._seen = len(self.draft.changes)
        return self._names

    def evaluate(self, text: str, purpose: Purpose = TEST) -> Value:
        """The value of one of the workflow's expressions, with full fuel."""
        return self.names().evaluate(text, purpose)

    def conflicts(self, text: str) -> tuple[Conflict, ...]:
        """The conflicts of the tables that a test calls, each once; the test's own answer counts for nothing then."""
        if text not in self.compiled.judged:
            return ()
        # Names of its own: what another test has read before would not be worked out again.
        names = Names(self.view)
        names.evaluate(text)
        return tuple(dict.fromkeys(names.conflicts))

    @contextmanager
    def speaking_as(self, actor: Actor, comment: str) -> Iterator[None]:
        """Meanwhile, somebody else acts, with other words; the history still tells of who really asks."""
        if actor == self.actor and comment == self.comment:
            yield
            return
        mine = (self.actor, self.comment, self.role, self.acting_for)
        self._act_as(actor, comment, actor.role, "")
        try:
            yield
        finally:
            self._act_as(*mine)

    def _act_as(self, actor: Actor, comment: str, role: str, acting_for: str) -> None:
        self.actor, self.comment, self.role, self.acting_for = actor, comment, role, acting_for
        self.view.actor = actor
        self._names = self._standings = None

    def remember_asking(self, request: str) -> None:
        """What the approval request of that id is about is what the draft holds now."""
        self._asked[request] = (dict(self.draft.fields), dict(self.draft.records))

    def asked_with(self, request: str) -> Stored:
        """The fields and records that the live approval request is about: had one changed before, it were void."""
        snapshot = self.view.snapshot
        if request in self._asked or snapshot is None:
            return self._asked[request]
        return snapshot.project.fields, snapshot.project.records

    def mark(self) -> "Mark":
        """Where the turn stands, to come back to."""
        return Mark(
            draft=self.draft.fork(),
            outbox=tuple(self.outbox),
            births=tuple(self.births),
            queue=tuple(self.queue),
            steps=self.steps,
        )

    def return_to(self, mark: "Mark") -> None:
        """The turn stands where it stood then; a mark serves once."""
        self.draft = self.view.draft = mark.draft
        self.outbox[:] = mark.outbox
        self.births[:] = mark.births
        self.queue = deque(mark.queue)
        self.steps = mark.steps
        self._names = None

    def change(self, change: Change) -> None:
        """The change is applied and recorded."""
        self.draft.change(change)

    def send(self, *, kind: OutboxKind, to: str, name: str, title: Bilingual | None, due_at: datetime) -> None:
        """Something leaves the project with this decision."""
        number = len(self.outbox) + 1
        item = OutboxItem(
            id=f"{self.draft.id}#{self.draft.revision}.{number}",
            project=self.draft.id,
            kind=kind,
            to=to,
            name=name,
            title=title,
            due_at=due_at,
            hops=self.hops + 1 if kind is OutboxKind.EVENT else 0,
            comment=self.comment if kind is OutboxKind.EVENT else "",
        )
        self.outbox.append(item)
