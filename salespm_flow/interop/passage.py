"""Takes one row through the guarded path: decides on projects in memory, so that it is written whole or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.places import is_within
from salespm_flow.engine.ports import Answer, Write
from salespm_flow.engine.running.runner import Decided, Runner
from salespm_flow.expr.values import Value
from salespm_flow.interop.import_row import ImportRow
from salespm_flow.interop.itinerary import Itinerary, Stop, stops_of, trigger_of
from salespm_flow.model.decision import (
    Accepted,
    Actor,
    Advance,
    Annotate,
    Open,
    Reason,
    ReasonKind,
    Rejected,
    Request,
    SetFields,
)
from salespm_flow.model.history import Entry, Moved, Noted, OutboxItem, OutboxKind
from salespm_flow.model.project import Project, Snapshot
from salespm_flow.nouns import dataclass

ASSUMED = "assumed"
UNRESOLVED = "unresolved"


class RefusedRowError(Exception):
    """A row cannot be imported; caught where rows are counted."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(len(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What all rows of an import stand on. `at` is the moment of the import, `as_of` stands in for missing dates."""

    runner: Runner
    itinerary: Itinerary
    at: datetime
    as_of: datetime
    kpis: Mapping[str, Value]


class Passage:
    """One row on its way. Nothing is written: `writes` says what is to be, once every decision was accepted."""

    def __init__(self, ground: Ground, row: ImportRow, actor: Actor, before: Snapshot | None) -> None:
        self.row = row
        self._ground = ground
        self._actor = actor
        self._before = None if before is None else before.project
        self._snapshot = before
        self._entries: list[Entry] = []
        self._outbox: list[OutboxItem] = []
        self._children: list[Write] = []
        self._decided: list[Decided] = []
        self._notes: list[Noted] = []

    @property
    def is_assumed(self) -> bool:
        """Whether the project stands on a date that the file does not give."""
        return any(note.topic == ASSUMED for note in self._notes)

    @property
    def entries(self) -> int:
        """How many entries the row adds to histories, those of the children it opens included."""
        return len(self._entries) + sum(len(write.entries) for write in self._children)

    def open(self) -> None:
        """The project is open and stands where the row says.

        Raises:
            RefusedRowError: with every reason.
        """
        itinerary = self._ground.itinerary
        stops = self._stops()
        fields = itinerary.opening_fields(self.row, stops)
        request = Open(project=self.row.key, owner=self.row.owner or self._actor.id, fields=fields, actor=self._actor)
        self._ask(request, stops[0].at)
        self._note_opening(stops[0])
        self._walk(stops, {name: value for name, value in self.row.fields.items() if name not in fields})
        self._annotate(self._ground.at, (Noted(topic=UNRESOLVED, name=name) for name, _ in self.row.unresolved))

    def revise(self, known_notes: frozenset[Noted]) -> None:
        """The project has what the row newly says: blank and unresolved cells empty nothing.

        Raises:
            RefusedRowError: with every reason.
        """
        project = self._project
        if self.row.owner and self.row.owner != project.owner:
            raise RefusedRowError((_other_owner(project, self.row.owner),))
        changed = {n: v for n, v in self.row.fields.items() if v is not None and project.fields.get(n) != v}
        if self._stands_in(self.row.state):
            if changed:
                self._ask(SetFields(fields=changed, actor=self._actor), self._ground.at)
        else:
            stops = self._stops()
            passed = [index for index, stop in enumerate(stops) if self._stands_in(stop.state)]
            self._walk(stops[passed[-1] + 1 if passed else -1 :], changed)
        unresolved = (Noted(topic=UNRESOLVED, name=name) for name, _ in self.row.unresolved)
        self._annotate(self._ground.at, (note for note in unresolved if note not in known_notes))

    def writes(self, answer: Answer) -> tuple[Write, ...]:
        """What makes the passage durable, remembered under the answer's key; the definitions it needs are kept."""
        for decided in self._decided:
            self._ground.runner.keep_openings(decided)
        own = Write(
            before=self._before,
            after=self._project,
            entries=tuple(self._entries),
            outbox=tuple(self._outbox),
            answer=answer,
        )
        return (own, *self._children)

    @property
    def project(self) -> Project:
        """The project as far as the row has taken it."""
        return self._project

    @property
    def _project(self) -> Project:
        if self._snapshot is None:
            raise LookupError(self.row.key)
        return self._snapshot.project

    def _stops(self) -> tuple[Stop, ...]:
        """The states that the row says it entered.

        Raises:
            RefusedRowError: it says so of a time that is yet to come.
        """
        ground = self._ground
        stops = stops_of(self.row, ground.itinerary.compiled.workflow, ground.as_of)
        early = (stop for stop in stops if stop.at > ground.at and not stop.is_assumed)
        if reasons := tuple(_yet_to_come(self._name_of(stop.state), stop.at) for stop in early):
            raise RefusedRowError(reasons)
        return stops

    def _stands_in(self, state: str) -> bool:
        return any(is_within(leaf, state) for leaf in self._project.leaves)

    def _walk(self, stops: Sequence[Stop], pending: Mapping[str, Value]) -> None:
        waiting = {name: value for name, value in pending.items() if value is not None}
        for index, stop in enumerate(stops):
            if self._stands_in(stop.state):
                continue
            leaves = self._project.leaves
            ways = self._ground.itinerary.ways(leaves, stop.state)
            if len(ways) != 1:
                raise RefusedRowError(
                    (_no_way(self._ground.itinerary.compiled, leaves, stop, tuple(w.id for w in ways)),)
                )
            is_last = index == len(stops) - 1
            fields = waiting if is_last else self._ground.itinerary.fields_for(waiting, stop, leaves, ways[0])
            waiting = {name: value for name, value in waiting.items() if name not in fields}
            is_late = stop.at < self._project.updated_at
            self._ask(Advance(trigger=trigger_of(ways[0]), actor=self._actor, fields=fields), stop.at)
            self._note_stop(stop, is_late=is_late)
        if waiting:  # the last states were reached by themselves
            self._ask(SetFields(fields=waiting, actor=self._actor), stops[-1].at)

    def _note_opening(self, first: Stop) -> None:
        """A project opens at its first known date; where the file leaves its own date blank, that is noted."""
        dates = self.row.dates
        started = [state for state in dates if self._ground.itinerary.is_initial(state)]
        if self._ground.itinerary.is_initial(first.state):
            self._note_stop(first, is_late=False)
        elif started and all(dates[state] is None for state in started):
            self._notes.append(Noted(topic=ASSUMED, name=self._name_of(started[0])))

    def _note_stop(self, stop: Stop, *, is_late: bool) -> None:
        if stop.is_assumed or is_late:
            self._notes.append(Noted(topic=ASSUMED, name=self._name_of(stop.state)))

    def _name_of(self, state: str) -> str:
        return self._ground.itinerary.compiled.workflow.states[state].name

    def _annotate(self, at: datetime, unresolved: Iterable[Noted]) -> None:
        """What was assumed or not understood is in the history, and no clock of a past stay is left running."""
        notes = (*self._notes, *unresolved)
        # Clocks that ran before this import are not its business.
        is_moved = any(isinstance(change, Moved) for entry in self._entries for change in entry.changes)
        clocks = self._project.clocks.values() if is_moved else ()
        if notes or any(clock.due_at is not None and clock.due_at <= at for clock in clocks):
            quiet_until = at if is_moved else self._project.opened_at
            self._ask(Annotate(notes=notes, quiet_until=quiet_until, actor=self._actor), self._project.updated_at)

    def _ask(self, request: Request, at: datetime) -> None:
        """The request is decided on, the project as it then stands being the next one's ground."""
        ground = self._ground
        compiled = ground.itinerary.compiled
        decided = ground.runner.decide(compiled, self._snapshot, request, at=at, recorded_at=ground.at)
        if isinstance(decided.decision, Rejected):
            raise RefusedRowError(decided.decision.reasons)
        if decided.decision.waiting:
            # A file is no approver: the row stays out, as any move does that nobody has approved.
            raise RefusedRowError(tuple(_waits(compiled, decided.decision, name) for name in decided.decision.waiting))
        own, *born = decided.writes
        self._decided.append(decided)
        self._entries += own.entries
        # People are not told today what happened years ago; projects still hear each other.
        self._outbox += (item for item in own.outbox if item.kind is OutboxKind.EVENT)
        self._children += born
        if self._snapshot is None:
            self._snapshot = Snapshot(project=own.after, children={}, parent=None, kpis=ground.kpis)
        else:
            self._snapshot = replace(self._snapshot, project=own.after)
        if born:
            self._snapshot = replace(self._snapshot, children=_with_children(self._snapshot.children, born))


def _with_children(
    children: Mapping[str, tuple[Project, ...]], born: Sequence[Write]
) -> Mapping[str, tuple[Project, ...]]:
    joined = dict(children)
    for write in born:
        if (parent := write.after.parent) is not None:
            joined[parent.link] = (*joined.get(parent.link, ()), write.after)
    return joined


def _waits(compiled: Compiled, decision: Accepted, name: str) -> Reason:
    request = decision.project.approvals[name]
    message = Bilingual(
        f"须先审批“{request.title.zh}”，导入不能代替审批",
        f'it takes the approval "{request.title.en}", which an import cannot give',
    )
    rule = compiled.workflow.transitions[request.transition].approvals[request.approval]
    reason = _reason(request.approval, ReasonKind.APPROVAL, message, {})
    return replace(reason, rule=rule.span, transition=request.transition)


def _other_owner(project: Project, owner: str) -> Reason:
    zh = f"负责人已是 {project.owner}，文件中为 {owner}：导入不能更换负责人"
    en = f"the owner is {project.owner}, the file says {owner}: an import does not change an owner"
    return _reason("owner", ReasonKind.VALUE, Bilingual(zh, en), {"owner": project.owner})


def _yet_to_come(state: str, at: datetime) -> Reason:
    zh = f"进入 {state} 的时间还没有到，历史不能写到将来"
    en = f"the time of entering {state} is yet to come; a history does not run ahead"
    return _reason("future", ReasonKind.VALUE, Bilingual(zh, en), {"at": at})


def _no_way(compiled: Compiled, leaves: tuple[str, ...], stop: Stop, ways: tuple[str, ...]) -> Reason:
    states = compiled.workflow.states
    here, there = ", ".join(states[leaf].name for leaf in leaves), states[stop.state].name
    if ways:
        zh, en = f"从 {here} 到 {there} 有多个转移：{'、'.join(ways)}", f"several lead there: {', '.join(ways)}"
        message = Bilingual(zh, f"from {here} to {there}, {en}")
    else:
        message = Bilingual(f"没有从 {here} 到 {there} 的转移", f"no transition leads from {here} to {there}")
    return _reason("way", ReasonKind.STATE, message, {"states": tuple(states[leaf].name for leaf in leaves)})


def _reason(name: str, kind: ReasonKind, message: Bilingual, values: Mapping[str, Value]) -> Reason:
    return Reason(id=name, kind=kind, message=message, rule=None, values=values)
