"""What running cases has seen of a workflow: whole numbers by kind, and what was never seen. Runs nothing itself."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.engine.limits import TIMER
from salespm_flow.model.expression import Expression
from salespm_flow.model.history import ApprovalChanged, Doing, Entry, Moved
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import Gate, Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.constants import is_always_given, settled
from salespm_flow.solve.cases import Cases, Verdict, Wish
from salespm_flow.solve.comparisons import Want

# What a guard at a place says: `true` or `false`.
Answer = tuple[Span, str]


class Kind(StrEnum):
    """What is counted."""

    STATES = "states"
    TRANSITIONS = "transitions"
    GUARDS = "guards"
    CRITERIA = "criteria"
    TIMERS = "timers"
    APPROVALS = "approvals"
    ROWS = "rows"


TITLES: Mapping[Kind, Bilingual] = {
    Kind.STATES: Bilingual("状态", "states"),
    Kind.TRANSITIONS: Bilingual("转移", "transitions"),
    Kind.GUARDS: Bilingual("条件两面", "guards both ways"),
    Kind.CRITERIA: Bilingual("准出条件", "exit criteria"),
    Kind.TIMERS: Bilingual("计时", "timers"),
    Kind.APPROVALS: Bilingual("审批", "approvals"),
    Kind.ROWS: Bilingual("决策表的行", "rows of decision tables"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to be seen, and how often it was. `way` tells apart the two answers of a guard, else it is empty."""

    kind: Kind
    id: str
    way: str
    place: Span
    seen: int

    @property
    def is_covered(self) -> bool:
        """Whether it was seen at all."""
        return self.seen > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of how many."""

    covered: int
    total: int

    @property
    def percent(self) -> int:
        """The whole percent covered, rounded down; all of nothing is 100."""
        return 100 if self.total == 0 else self.covered * 100 // self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All that a workflow has to be seen of, with how often each was.

    `impossible` are answers that a guard cannot give, whatever its project holds: proven, so not asked for.
    """

    workflow: str
    items: tuple[Item, ...]
    impossible: tuple[Item, ...] = ()

    def of(self, kind: Kind) -> Tally:
        """How much of that kind was seen."""
        return _tally(item for item in self.items if item.kind is kind)

    @property
    def whole(self) -> Tally:
        """How much of everything was seen."""
        return _tally(self.items)

    @property
    def missed(self) -> tuple[Item, ...]:
        """What was never seen, in the order of the kinds and of the file."""
        return tuple(item for item in self.items if not item.is_covered)

    def heat(self, kind: Kind) -> Mapping[str, int]:
        """How often each state (by path) or transition was seen."""
        return {item.id: item.seen for item in self.items if item.kind is kind}


def _tally(items: Iterable[Item]) -> Tally:
    counted = tuple(items)
    return Tally(covered=sum(item.is_covered for item in counted), total=len(counted))


@dataclass(slots=True, kw_only=True)
class Watcher:
    """Watches cases run on one workflow: a witness of its guards, and told of the entries that were written."""

    workflow: str
    judged_at: Counter[tuple[Span, bool]] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    transitions: Counter[str] = field(default_factory=Counter)
    timers: Counter[str] = field(default_factory=Counter)
    approvals: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)

    def judged(self, place: Span, *, holds: bool) -> None:
        """The guard at the place gave this answer."""
        self.judged_at[place, holds] += 1

    def matched(self, table: str, row: str) -> None:
        """The row of the decision table matched."""
        self.rows[table, row] += 1

    def merged(self, other: "Watcher") -> "Watcher":
        """What both have seen."""
        return Watcher(
            workflow=self.workflow,
            judged_at=self.judged_at + other.judged_at,
            states=self.states + other.states,
            transitions=self.transitions + other.transitions,
            timers=self.timers + other.timers,
            approvals=self.approvals + other.approvals,
            rows=self.rows + other.rows,
        )

    def saw(self, entries: Iterable[Entry]) -> None:
        """The entries of a project of this workflow were written."""
        for entry in entries:
            if entry.doing is Doing.TIMER:
                self.timers[entry.name.removeprefix(TIMER)] += 1
            for change in entry.changes:
                match change:
                    case Moved():
                        self.states.update(change.entered)
                        self.transitions.update(change.transitions)
                    case ApprovalChanged(approval=request) if request.closed_at == entry.at:
                        self.approvals[request.transition, request.approval, request.status.value] += 1
                    case _:
                        continue


def coverage_of(
    workflow: Workflow, tables: Iterable[DecisionTable], watcher: Watcher, impossible: frozenset[Answer]
) -> Coverage:
    """What the watcher has seen of the workflow and of the tables that it calls."""
    parts = (
        _places(workflow, watcher),
        _guards(workflow, watcher),
        _criteria(workflow, watcher),
        _timers(workflow, watcher),
        _approvals(workflow, watcher),
        _rows(tables, watcher),
    )
    every = tuple(item for part in parts for item in part)
    ruled_out = tuple(item for item in every if (item.place, item.way) in impossible and not item.seen)
    return Coverage(
        workflow=workflow.id, items=tuple(item for item in every if item not in ruled_out), impossible=ruled_out
    )


def impossible_answers(workflow: Workflow, cases: Cases) -> frozenset[Answer]:
    """The answers that guards and criteria can be proven never to give, such as where a parameter decides them."""
    found: set[Answer] = set()
    for guard in guards_of(workflow):
        node = guard.that.node
        # An approval is needed unless its condition is false; every other guard holds only if it is true.
        holds, fails = (Want.NOT_FALSE, Want.FALSE) if guard.is_approval else (Want.TRUE, Want.NOT_TRUE)
        known = settled(node, workflow)
        for way, want in (("true", holds), ("false", fails)):
            if known is (way == "false") or cases.together([Wish(node, want)]).verdict is Verdict.NEVER:
                found.add((guard.place, way))
    needs = (need for state in workflow.states.values() for need in state.exit.require)
    found |= {(need.span, "false") for need in needs if is_always_given(need.name, workflow)}
    return frozenset(found)


def _guards(workflow: Workflow, seen: Watcher) -> Iterator[Item]:
    return (item for one in guards_of(workflow) for item in _both_ways(Kind.GUARDS, one.id, one.place, seen))


def _places(workflow: Workflow, seen: Watcher) -> Iterator[Item]:
    for path, state in workflow.states.items():
        yield Item(kind=Kind.STATES, id=path, way="", place=state.span, seen=seen.states[path])
    for name, one in workflow.transitions.items():
        yield Item(kind=Kind.TRANSITIONS, id=name, way="", place=one.span, seen=seen.transitions[name])


def _criteria(workflow: Workflow, seen: Watcher) -> Iterator[Item]:
    for state in workflow.states.values():
        for need in state.exit.require:
            yield from _both_ways(Kind.CRITERIA, f"{state.name}.{need.name}", need.span, seen)
        for check in state.exit.check:
            yield from _both_ways(Kind.CRITERIA, f"{state.name}.{check.id}", check.span, seen)


def _approvals(workflow: Workflow, seen: Watcher) -> Iterator[Item]:
    for name, one in workflow.transitions.items():
        for approval in one.approvals.values():
            for way in (ApprovalStatus.APPROVED, ApprovalStatus.REJECTED):
                counted = seen.approvals[name, approval.id, way.value]
                id_ = f"{name}.{approval.id}"
                yield Item(kind=Kind.APPROVALS, id=id_, way=way.value, place=approval.span, seen=counted)


def _rows(tables: Iterable[DecisionTable], seen: Watcher) -> Iterator[Item]:
    for table in tables:
        for row in table.rules.values():
            counted = seen.rows[table.id, row.id]
            yield Item(kind=Kind.ROWS, id=f"{table.id}.{row.id}", way="", place=row.span, seen=counted)


def _timers(workflow: Workflow, seen: Watcher) -> Iterator[Item]:
    for timer in workflow.timers.values():
        yield Item(kind=Kind.TIMERS, id=timer.id, way="", place=timer.span, seen=seen.timers[timer.id])
    for state in workflow.states.values():
        if state.sla is None:
            continue
        for stage, length in (("warn", state.sla.warn), ("breach", state.sla.breach)):
            if length is not None:
                id_ = f"sla.{stage}.{state.name}"
                yield Item(kind=Kind.TIMERS, id=id_, way="", place=state.sla.span, seen=seen.timers[id_])


def _both_ways(kind: Kind, id_: str, place: Span, seen: Watcher) -> Iterator[Item]:
    for way, holds in (("true", True), ("false", False)):
        yield Item(kind=kind, id=id_, way=way, place=place, seen=seen.judged_at[place, holds])


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """A condition that a move is offered, let through or held back by; `place` is where its answers are told from."""

    id: str
    that: Expression
    place: Span
    is_approval: bool = False


def guards_of(workflow: Workflow) -> Iterator[Guard]:
    """Every guard of the workflow, in file order of its transitions, then of its states."""
    for transition in workflow.transitions.values():
        if transition.when is not None:
            yield Guard(id=f"{transition.id}.when", that=transition.when, place=transition.when.place)
        yield from _checks(transition.id, transition.gate)
        for approval in transition.approvals.values():
            if approval.when is not None:
                id_, when = f"{transition.id}.{approval.id}", approval.when
                yield Guard(id=id_, that=when, place=when.place, is_approval=True)
    for state in workflow.states.values():
        yield from _checks(f"{state.name}.entry", state.entry)
        yield from _checks(f"{state.name}.exit", state.exit)


def _checks(owner: str, gate: Gate) -> Iterator[Guard]:
    return (Guard(id=f"{owner}.{check.id}", that=check.that, place=check.span) for check in gate.check)
