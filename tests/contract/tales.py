"""Projects made by telling their history: the nouns that the suites over stores write and expect back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.draft import replay
from salespm_flow.engine.ports import Answer, Write
from salespm_flow.expr.values import Money, Months, WorkingDays
from salespm_flow.model.history import (
    Change,
    ClockCleared,
    ClockSet,
    Closed,
    CompletionsPending,
    Doing,
    Entry,
    FieldSet,
    Moved,
    Noted,
    Opened,
    OutboxItem,
    OutboxKind,
    OutcomeReached,
    RiskChanged,
    RowAdded,
    TaskChanged,
)
from salespm_flow.model.project import Clock, ParentLink, Pin, Project, Risk, Row, Task
from salespm_flow.model.source import Source
from salespm_flow.model.statuses import TaskStatus
from salespm_flow.model.workflow import Outcome

START = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
PIN = Pin(workflow="sales", version=3, digest="5a" * 32)


def source(name: str, text: str, *, path: str | None = None) -> Source:
    """A definition with that text."""
    digest = sha256(text.encode()).hexdigest()
    return Source(kind="workflow", id=name, version=3, path=path or f"{name}.yaml", text=text, digest=digest)


SOURCES = (source("sales", "salespm: 1\ntitle: 销售\n"), source("risks", "salespm: 1\nkind: risk_model\n"))


@dataclass(frozen=True, slots=True)
class Tale:
    """A project's whole history so far."""

    entries: tuple[Entry, ...]

    @property
    def project(self) -> Project:
        """The project that the history tells."""
        project = replay(self.entries)
        assert project is not None
        return project

    def told(self, *changes: Change, days: int = 1, doing: Doing = Doing.ADVANCE) -> "Tale":
        """The history with one more entry."""
        last = self.entries[-1]
        return Tale((*self.entries, entry(last.project, last.number + 1, changes, days=days, doing=doing)))

    def write(
        self,
        since: "Tale | None" = None,
        *,
        outbox: tuple[OutboxItem, ...] = (),
        delivered: tuple[str, ...] = (),
        answer: Answer | None = None,
    ) -> Write:
        """What leads from `since` (or from nothing) to here."""
        return Write(
            before=None if since is None else since.project,
            after=self.project,
            entries=self.entries if since is None else self.entries[len(since.entries) :],
            outbox=outbox,
            delivered=delivered,
            answer=answer,
        )


def entry(
    project: str, number: int, changes: tuple[Change, ...], *, days: int = 0, doing: Doing = Doing.ADVANCE
) -> Entry:
    """An entry, effective so many days after the start times its number."""
    at = START + timedelta(days=days * number, microseconds=number)
    return Entry(
        project=project,
        number=number,
        doing=doing,
        name="go",
        actor="li",
        role="sales_rep",
        at=at,
        recorded_at=at + timedelta(hours=8),
        comment="第一次 “call”\n\x00\x1f",
        changes=changes,
    )


def opened(project: str, *more: Change, parent: ParentLink | None = None, pin: Pin = PIN) -> Tale:
    """A project in its first state."""
    changes = (Opened(pin=pin, owner="li", parent=parent), moved("lead"), *more)
    return Tale((entry(project, 1, changes, doing=Doing.OPEN),))


def moved(state: str) -> Moved:
    """A move into that state."""
    return Moved(
        transitions=("go",),
        event="go",
        exited=("lead.first", "lead"),
        entered=(state, f"{state}.first"),
        leaves=(f"{state}.first",),
        memory={"lead": ("lead.first",)},
        state=state,
    )


def clock(name: str, days: int | None, *, is_refused: bool = False) -> Clock:
    """A clock due so many days after the start, or a paused one."""
    due_at = None if days is None else START + timedelta(days=days)
    return Clock(id=name, state="lead", started_at=START, due_at=due_at, is_refused=is_refused)


def notice(name: str, days: int, *, project: str = "p") -> OutboxItem:
    """Something to be told so many days after the start."""
    title = Bilingual("跟进", "Follow up")
    due_at = START + timedelta(days=days)
    return OutboxItem(
        id=name, project=project, kind=OutboxKind.NOTICE, to="role:boss", name="nudge", title=title, due_at=due_at
    )


TASK = Task(id="call", origin="lead", title=Bilingual("打电话", "Call"), who="person:li", opened_at=START)
DONE = Task(
    id="call",
    origin="lead",
    title=Bilingual("打电话", "Call"),
    who="person:li",
    opened_at=START,
    status=TaskStatus.DONE,
    due_at=START + timedelta(days=3),
    closed_at=START + timedelta(days=1),
    closed_by="li",
)
RISK = Risk(
    id="price#1",
    rule="price",
    title=Bilingual("价格", "Price"),
    category="market",
    probability=3,
    impact=4,
    score=12,
    level="high",
    owner="role:boss",
    opened_at=START,
    response=Bilingual("减轻", "Mitigate"),
)
CALL = Row(number=1, at=START, by="li", first_at=START, values={"what": "价格", "weight": Decimal("0.10"), "hot": None})


def rich_tale(project: str) -> Tale:
    """A project with something in every field, told by every kind of change."""
    return (
        opened(
            project,
            FieldSet(field="amount", value=Money(Decimal("120000.00"), "CNY")),
            FieldSet(field="客户", value="宏达 🏭"),
            FieldSet(field="signed_on", value=date(2026, 2, 28)),
            FieldSet(field="call_at", value=START),
            FieldSet(field="from_time", value=time(9, 30)),
            FieldSet(field="effort", value=timedelta(days=-1, microseconds=1)),
            FieldSet(field="contract_term", value=Months(18)),
            FieldSet(field="slack", value=WorkingDays(Decimal("2.5"))),
            FieldSet(field="tags", value=("a", None, True, Decimal(1))),
            FieldSet(field="site", value={"city": "上海", "money": Money(Decimal(-1), "USD")}),
            TaskChanged(task=TASK),
            RiskChanged(risk=RISK),
            RowAdded(record="calls", row=CALL),
            ClockSet(clock=clock("sla.warn.lead", 2)),
            ClockSet(clock=clock("sla.breach.lead", 4)),
        )
        .told(
            TaskChanged(task=DONE),
            TaskChanged(task=Task(id="again", origin="x", title=TASK.title, who="role:boss", opened_at=START)),
            ClockCleared(id="sla.breach.lead"),
            ClockSet(
                clock=Clock(
                    id="sla.warn.lead",
                    state="lead",
                    started_at=START,
                    due_at=None,
                    remaining=timedelta(hours=5),
                    remaining_days=Decimal("1.50"),
                )
            ),
            RowAdded(record="calls", row=Row(number=2, at=START, by="wu", first_at=START, values={})),
            CompletionsPending(events=("done.lead",)),
            Noted(topic="unheard", name="ping", reasons=("state",)),
        )
        .told(moved("won"), OutcomeReached(outcome=Outcome.WON), FieldSet(field="slack", value=None), Closed())
    )
