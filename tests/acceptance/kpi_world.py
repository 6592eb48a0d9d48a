"""Projects whose histories are written down move by move, so that figures over them can be worked out by hand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.draft import replay
from salespm_flow.engine.ports import Store, Write
from salespm_flow.engine.running.runner import Runner
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.history import (
    ApprovalChanged,
    Change,
    Closed,
    Doing,
    Entry,
    FieldSet,
    Moved,
    Opened,
    OutcomeReached,
    RiskChanged,
    RowAdded,
    TaskChanged,
)
from salespm_flow.model.project import ApprovalRequest, Risk, Row, Task
from salespm_flow.model.statuses import ApprovalStatus, TaskStatus
from salespm_flow.model.workflow import Outcome

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """`04-01` or `04-01 15:00` of 2026 in Shanghai; nine in the morning where no hour is given."""
    day, _, hour = text.partition(" ")
    return datetime.fromisoformat(f"2026-{day}T{hour or '09:00'}").replace(tzinfo=SHANGHAI)


def cny(amount: int) -> Money:
    return Money(Decimal(amount), "CNY")


def same(text: str) -> Bilingual:
    return Bilingual(text, text)


class Tale:
    """One project; what is told is stored by `end`, in the order of its times."""

    def __init__(self, runner: Runner, workflow: str, name: str, opened: str, owner: str) -> None:
        compiled = runner.definitions.openable(workflow)
        runner.definitions.keep(compiled)
        self.store: Store = runner.store
        self.name = name
        self.told: list[tuple[datetime, str, str, tuple[Change, ...]]] = []
        self.rows: dict[str, int] = {}
        self.firsts: dict[tuple[str, object], datetime] = {}
        self.keys = {record.id: record.key for record in compiled.workflow.records.values()}
        self.first_leaf = compiled.workflow.initial[0]
        self.leaf = ""
        start = Moved(
            transitions=(),
            event="start",
            exited=(),
            entered=(self.first_leaf,),
            leaves=(self.first_leaf,),
            memory={},
            state=compiled.workflow.states[self.first_leaf].name,
        )
        self.leaf = self.first_leaf
        self._tell(opened, Opened(pin=compiled.pin, owner=owner), start, by=owner)

    def _tell(self, when: str, *changes: Change, by: str = "wang", name: str = "told") -> "Tale":
        self.told.append((at(when), by, name, changes))
        return self

    def fields(self, when: str, **values: Value) -> "Tale":
        return self._tell(when, *(FieldSet(field=name, value=value) for name, value in values.items()))

    def row(self, when: str, record: str, by: str = "wang", **values: Value) -> "Tale":
        number = self.rows[record] = self.rows.get(record, 0) + 1
        key = self.keys[record]
        first = self.firsts.setdefault((record, number if key is None else values.get(key)), at(when))
        row = Row(number=number, at=at(when), by=by, first_at=first, values=values)
        return self._tell(when, RowAdded(record=record, row=row), by=by)

    def move(self, when: str, transition: str, to: str, *, back: bool = False, waived: bool = False) -> "Tale":
        """The project moves to the full path `to`, leaving its leaf; `back` says that no exit gate applied."""
        old, new = self.leaf.split("."), to.split(".")
        shared = 0
        while shared < min(len(old), len(new)) - 1 and old[shared] == new[shared]:
            shared += 1
        exited = tuple(".".join(old[:count]) for count in range(len(old), shared, -1))
        entered = tuple(".".join(new[:count]) for count in range(shared + 1, len(new) + 1))
        self.leaf = to
        moved = Moved(
            transitions=(transition,),
            event=transition,
            exited=exited,
            entered=entered,
            leaves=(to,),
            memory={},
            state=to.rpartition(".")[2],
            is_forward=not back,
            waived=("rule",) if waived else (),
        )
        return self._tell(when, moved, name=transition)

    def outcome(self, when: str, outcome: str) -> "Tale":
        return self._tell(when, OutcomeReached(outcome=Outcome(outcome)), Closed())

    def task(self, name: str, opened: str, due: str | None, done: str | None, *, blocked: str = "") -> "Tale":
        status = TaskStatus.DONE if done else TaskStatus.BLOCKED if blocked else TaskStatus.OPEN
        task = Task(
            id=name,
            origin="person:wang",
            title=same(name),
            who="person:sun",
            opened_at=at(opened),
            status=status,
            due_at=None if due is None else at(due),
            closed_at=None if done is None else at(done),
            blocked=blocked,
        )
        return self._tell(done or opened, TaskChanged(task=task))

    def approval(self, name: str, asked: str, closed: str | None, status: ApprovalStatus) -> "Tale":
        request = ApprovalRequest(
            id=name,
            approval="discount",
            transition="agree",
            event="agree",
            title=same(name),
            requester="wang",
            requester_role="",
            requested_at=at(asked),
            approvers=("person:zhao",),
            status=status,
            closed_at=None if closed is None else at(closed),
        )
        return self._tell(closed or asked, ApprovalChanged(approval=request))

    def risk(self, risk: Risk) -> "Tale":
        return self._tell(f"{risk.opened_at:%m-%d %H:%M}", RiskChanged(risk=risk))

    def end(self) -> None:
        told = sorted(self.told, key=lambda one: one[0])
        entries = tuple(
            Entry(
                project=self.name,
                number=number,
                doing=Doing.OPEN if number == 1 else Doing.ADVANCE,
                name=name,
                actor=by,
                role="",
                at=moment,
                recorded_at=moment,
                comment="",
                changes=changes,
            )
            for number, (moment, by, name, changes) in enumerate(told, start=1)
        )
        project = replay(entries)
        assert project is not None
        self.store.commit((Write(before=None, after=project, entries=entries),))


def written(values: Mapping[str, Value]) -> dict[str, str]:
    """Each value as it is written in the tests: numbers to six places, amounts to two, times in hours."""
    return {name: _written(value) for name, value in values.items()}


def _written(value: Value) -> str:
    match value:
        case None:
            return "n/a"
        case Money(amount=amount, currency=currency):
            return f"{amount.quantize(Decimal('0.01')).normalize():f} {currency}"
        case timedelta():
            return f"{(Decimal(value // timedelta(seconds=1)) / 3600).normalize():f} h"
        case Decimal():
            return f"{value.quantize(Decimal('0.000001')).normalize():f}"
        case _:
            return str(value)
