"""One project on its way to another version: where it stands then, or every reason why it stays. Pure; writes nothing.

No action of a state is done and no gate of the way is asked, but for entry gates that the newer version has changed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.context import Names, View, scope_over
from salespm_flow.engine.draft import draft_of
from salespm_flow.engine.gates import gate_reasons, is_present
from salespm_flow.engine.inputs import value_reasons
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.turn import THE_SYSTEM, Turn
from salespm_flow.engine.values import label
from salespm_flow.evolve.configuration import Unplaced, counterpart, remembered
from salespm_flow.evolve.course import Course, Transfer, Way
from salespm_flow.evolve.registers import clock_changes, moved_clocks, moved_registers
from salespm_flow.evolve.track import Track, place_of, track_of
from salespm_flow.expr.scope import DEFAULT_FUEL, Scope
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.history import Change, Migrated, Replaced
from salespm_flow.model.project import Project, Snapshot
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Relocated:
    """The project on the newer version, and the changes that make it so."""

    project: Project
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """Every reason why the project does not move; they are ids of states, fields, records, links or gates."""

    reasons: tuple[Reason, ...]


Thing = TypeVar("Thing")


class _Unfit(Exception):  # noqa: N818 -- never leaves the room
    def __init__(self, reasons: Iterable[Reason]) -> None:
        super().__init__()
        self.reasons = tuple(reasons)


def relocate(
    course: Course, snapshot: Snapshot, now: datetime, *, restored: Mapping[str, Value] | None = None
) -> Relocated | Stays:
    """The project as it is after the course, effective at `now`; `restored` fills fields that have no value then."""
    try:
        return _relocated(course, snapshot, now, restored or {})
    except _Unfit as unfit:
        return Stays(reasons=unfit.reasons)


def _relocated(course: Course, snapshot: Snapshot, now: datetime, restored: Mapping[str, Value]) -> Relocated:
    project = snapshot.project
    journey = _Journey(course, snapshot, now)
    track = journey.track()
    fields = journey.fields(restored)
    lost = [link for link, born in snapshot.children.items() if link in course.links and any(c.is_open for c in born)]
    if lost:
        raise _Unfit(_orphans(lost))
    entered, renamed = _entered(course, project, track)
    clocks = moved_clocks(course, track, project, entered, now=now)
    after = Project(
        id=project.id,
        pin=course.new.pin,
        revision=project.revision + 1,
        owner=project.owner,
        state=track.state,
        leaves=track.leaves,
        memory=remembered(project.memory, course.new.workflow, course.moved) if project.memory else {},
        entered=entered,
        fields=fields,
        records=project.records,
        tasks=project.tasks,
        risks=project.risks,
        clocks=clocks,
        pending=project.pending,
        opened_at=project.opened_at,
        updated_at=now,
        outcome=project.outcome,
        outcome_at=project.outcome_at,
        closed_at=project.closed_at,
        parent=project.parent,
        changed=journey.renamed_changes() if project.changed else {},
        approvals=project.approvals,
    )
    more: tuple[Change, ...] = ()
    if track.gates or track.has_dates or project.approvals or project.pending:
        after, more = _settled(course, snapshot, track, after)
    return Relocated(
        project=after, changes=(_migrated(project, after, renamed), *clock_changes(project.clocks, clocks), *more)
    )


def _settled(course: Course, snapshot: Snapshot, track: Track, moved: Project) -> tuple[Project, tuple[Change, ...]]:
    """The project with its requests, dates and completions as they are there, and what changed for that.

    Raises:
        _Unfit: an entry gate that is asked does not hold.
    """
    draft = draft_of(moved, moved.updated_at)
    turn = Turn(course.new, draft, snapshot, THE_SYSTEM, now=draft.at)
    moved_registers(course, turn, snapshot.project, track)
    reasons = [one for path in track.gates for one in gate_reasons(turn, course.new.workflow.states[path].entry, "")]
    if reasons:
        raise _Unfit(reasons)
    return turn.draft.freeze(), tuple(turn.draft.changes)


def _migrated(project: Project, after: Project, renamed: Mapping[str, str]) -> Migrated:
    """What leads from the one to the other, with what a way back needs."""
    is_same = after.clocks is project.clocks
    return Migrated(
        pin=after.pin,
        former=project.pin,
        leaves=after.leaves,
        memory=after.memory,
        state=after.state,
        states=renamed,
        entered=set_anew(after.entered, project.entered),
        forgotten=_gone(project.entered, after.entered),
        fields=set_anew(after.fields, project.fields),
        dropped=set_anew(project.fields, after.fields),
        changed=set_anew(after.changed, project.changed) if project.changed else {},
        unchanged=tuple(name for name in project.changed if name not in after.changed) if project.changed else (),
        replaced=Replaced(
            leaves=project.leaves,
            state=project.state,
            memory=project.memory,
            entered=set_anew(project.entered, after.entered),
            changed=set_anew(project.changed, after.changed) if project.changed else {},
            clocks=() if is_same else tuple(set_anew(project.clocks, after.clocks).values()),
            approvals=tuple(set_anew(project.approvals, after.approvals).values()) if project.approvals else (),
            pending=project.pending,
        ),
    )


class _Journey:
    """What the older version says about one project."""

    def __init__(self, course: Course, snapshot: Snapshot, now: datetime) -> None:
        self.course = course
        self.snapshot = snapshot
        self.project = snapshot.project
        self.now = now
        self._made: Scope | None = None

    @property
    def _scope(self) -> Scope:
        """What expressions of the older version see, made where one is asked."""
        if self._made is None:
            draft = draft_of(self.project, self.now)
            view = View(compiled=self.course.old, draft=draft, snapshot=self.snapshot, actor=THE_SYSTEM, now=self.now)
            self._made = scope_over(Names(view), view)
        self._made.fuel = DEFAULT_FUEL
        return self._made

    def track(self) -> Track:
        """Where the project comes to."""
        targets = tuple(map(self._target, self.project.leaves))
        found = tuple(target for target in targets if target is not None)
        if len(found) < len(targets):
            self._refuse_lost(leaf for leaf, target in zip(self.project.leaves, targets, strict=True) if target is None)
        try:
            track = track_of(self.course, self.project.leaves, found)
        except Unplaced as unplaced:
            raise _Unfit(_apart(unplaced.args, self.course.new.workflow)) from unplaced
        if track.is_over:
            name, words = track.state, ("迁移会使项目结束", "the migration would end the project")
            raise _Unfit([_reason(name, ReasonKind.STATE, *words)])
        return track

    def _refuse_lost(self, lost: Iterable[str]) -> None:
        """The states are told for which there is no counterpart.

        Raises:
            _Unfit: always.
        """
        names = [self.course.old.workflow.states[leaf].name for leaf in lost]
        version = self.course.new.workflow.version
        raise _Unfit(
            _reason(
                name,
                ReasonKind.STATE,
                f"状态 {name} 在第 {version} 版里没有对应",
                f"the state {name} has no counterpart in version {version}",
            )
            for name in names
        )

    def _target(self, leaf: str) -> str | None:
        ways = self.course.ways.get(leaf)
        if ways is None:
            return self._inside(leaf)
        for way in ways:
            if self._is_open(way):
                return way.to
        return None

    def _inside(self, leaf: str) -> str | None:
        """As what is around the leaf; of a state that splits the leaves go the chosen way."""
        around = leaf.rpartition(".")[0]
        while around:
            if around in self.course.ways and self.course.moved[around] is None:
                chosen = self._target(around)
                inner = f"{chosen}{leaf.removeprefix(around)}"
                return inner if chosen is not None and inner in self.course.new.workflow.states else chosen
            around = around.rpartition(".")[0]
        return counterpart(leaf, self.course.new.workflow, self.course.moved)

    def _is_open(self, way: Way) -> bool:
        return way.when is None or way.when.run(self._scope) is True

    def fields(self, restored: Mapping[str, Value]) -> dict[str, Value]:
        """The newer fields with their values."""
        reasons: list[Reason] = []
        found = {**restored, **self._carried(reasons)}
        for supply in self.course.supplies:
            if not is_present(found.get(supply.field)):
                value = supply.value if supply.program is None else supply.program.run(self._scope)
                reasons += self._flaws(supply.field, value)
                if value is not None:
                    found[supply.field] = value
        if self.course.demands:
            reasons += self._lacking(found)
        if self.course.records:
            reasons += self._rows()
        if reasons:
            raise _Unfit(reasons)
        return found

    def _carried(self, reasons: list[Reason]) -> dict[str, Value]:
        """What the project's own values become; what does not fit is added to the reasons."""
        found: dict[str, Value] = {}
        for name, value in self.project.fields.items():
            transfer = self.course.transfers.get(name)
            if transfer is None or transfer.to is None:
                continue
            if not transfer.is_checked:
                found[transfer.to] = value
                continue
            carried = self._converted(transfer, value)
            reasons += self._flaws(transfer.to, carried)
            if carried is not None:
                found[transfer.to] = carried
        return found

    def _converted(self, transfer: Transfer, value: Value) -> Value:
        if transfer.value is not None:
            return transfer.value.run(self._scope)
        return transfer.values.get(value, value) if isinstance(value, str) else value

    def _flaws(self, field: str, value: Value) -> list[Reason]:
        return value_reasons(self.course.inspector, self.course.new.workflow.fields[field], value)

    def _lacking(self, found: Mapping[str, Value]) -> Iterator[Reason]:
        """The newer fields that must have a value and have none."""
        for name in self.course.demands:
            if not is_present(found.get(name)):
                shown = label(name, self.course.new.workflow.fields[name].title)
                words = f"{shown.zh}在新版本里必填", f"{shown.en} is required by the newer version"
                yield _reason(name, ReasonKind.MISSING, *words)

    def _rows(self) -> Iterator[Reason]:
        """What in the rows does not fit any more."""
        for name in self.course.records:
            columns = self.course.new.workflow.records[name].fields
            for row in self.project.records.get(name, ()):
                for column, value in row.values.items():
                    if column in columns:
                        yield from value_reasons(self.course.inspector, columns[column], value)

    def renamed_changes(self) -> dict[str, datetime]:
        """When each newer field or record last changed."""
        found: dict[str, datetime] = {}
        for name, at in self.project.changed.items():
            transfer = self.course.transfers.get(name)
            to = name if transfer is None else transfer.to
            if to is not None:
                found[to] = at
        return found


def _gone(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    return () if before.keys() <= after.keys() else tuple(name for name in before if name not in after)


def set_anew(after: Mapping[str, Thing], before: Mapping[str, Thing]) -> dict[str, Thing]:
    """What of `after` is not in `before` as it is."""
    if after == before:
        return {}
    # Mostly they are the very same, which costs less to see than that they are equal.
    return {name: one for name, one in after.items() if (was := before.get(name)) is not one and was != one}


def _entered(course: Course, project: Project, track: Track) -> tuple[dict[str, datetime], Mapping[str, str]]:
    """When each newer state was entered, and the states that have another path now, the active ones last."""
    found: dict[str, datetime] = {}
    renamed: dict[str, str] = {}
    for old, at in project.entered.items():
        if old not in track.states:
            new = place_of(course, old)
            if new is not None:
                found[new] = at
                if new != old:
                    renamed[old] = new
    for path, sources in track.sources.items():
        at = project.entered[sources[0]]
        found[path] = at if len(sources) == 1 else min(map(project.entered.__getitem__, sources))
    return found, {**renamed, **track.renamed} if renamed else track.renamed


def _apart(paths: Iterable[str], workflow: Workflow) -> Iterator[Reason]:
    names = ", ".join(workflow.states[path].name for path in paths)
    yield _reason("state", ReasonKind.STATE, f"{names} 不能同时成立", f"{names} cannot be active together")


def _orphans(links: Iterable[str]) -> Iterator[Reason]:
    for link in links:
        zh, en = f"关联 {link} 已移除，但子项目仍在进行", f"the link {link} is gone, but a child project is still open"
        yield _reason(link, ReasonKind.CHILD, zh, en)


def _reason(name: str, kind: ReasonKind, zh: str, en: str) -> Reason:
    return reason_of(name, kind, Bilingual(zh, en))
