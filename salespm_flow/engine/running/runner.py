"""The shell around `decide`: loads what a decision reads, makes it durable in one transaction, retries when outrun."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.answers import WAITING, Json, accepted_answer, refused_answer, to_text
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.decide import decide, refuse
from salespm_flow.engine.definitions import Definitions, require_live
from salespm_flow.engine.draft import replay
from salespm_flow.engine.ports import AlreadyDeliveredError, Answer, Clock, StaleWriteError, Store, Write
from salespm_flow.engine.running.births import already_there, brood_of, kept_for_child
from salespm_flow.engine.running.claims import claim_reasons
from salespm_flow.engine.running.fingerprints import fingerprint_of, fingerprint_of_opening
from salespm_flow.engine.values import identity_flaw
from salespm_flow.errors import ConflictError, IdempotencyError, InputError, UnknownNameError
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import (
    Accepted,
    Decision,
    FireClock,
    Open,
    Reason,
    Rejected,
    Request,
)
from salespm_flow.model.library import Library
from salespm_flow.model.project import Clock as ProjectClock
from salespm_flow.model.project import Project, Snapshot
from salespm_flow.nouns import dataclass

RETRIES: Final = 20
# A request after a long silence fires at most so many clocks first; the rest is the next tick's.
CATCH_UP_LIMIT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a request. `project` is as stored afterwards; `tell` makes the JSON-able answer.

    `is_replay`: the same request was answered before under its key, and nothing was done now.
    """

    decision: Decision | None
    project: Project | None
    # Made when asked for: who advances many projects reads few of the answers.
    tell: Callable[[], Mapping[str, Json]]
    is_replay: bool = False

    @property
    def result(self) -> Mapping[str, Json]:
        """The JSON-able answer."""
        return self.tell()

    @property
    def is_accepted(self) -> bool:
        """Whether the request holds; one that waits for approval does."""
        if self.decision is not None:
            return isinstance(self.decision, Accepted)
        return self.result.get("status") in {"accepted", WAITING}

    @property
    def is_waiting(self) -> bool:
        """Whether the move that was asked for waits for approval."""
        return self.result.get("status") == WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision with what it takes to make it durable: the writes of the project and of the children it opens.

    `openings` are the definitions that new projects stand on, whose texts must be kept before the writes.
    """

    decision: Decision
    compiled: Compiled
    writes: tuple[Write, ...]
    children: tuple[Accepted, ...]
    openings: tuple[Compiled, ...] = ()


class Runner:
    """Runs requests against a store; every door (CLI, import, timers, messages, API) goes through here."""

    def __init__(self, store: Store, library: Library, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.definitions = Definitions(store, library)

    @property
    def library(self) -> Library:
        """The definitions in force."""
        return self.definitions.library

    def open(
        self,
        workflow: str,
        request: Open,
        *,
        at: datetime | None = None,
        key: str | None = None,
        dry_run: bool = False,
        is_draft: bool = False,
    ) -> Answered:
        """A new project exists, or every reason why not.

        Raises:
            UnknownNameError: no such workflow.
            PinnedDefinitionError: the workflow's text changed under running projects without a new version.
            IdempotencyError: the key was used for another request.
            InputError: `at` has no time zone.
            StoreError: the store failed; nothing was written.
        """
        _require_zone(at)
        asked = "" if key is None else fingerprint_of_opening(workflow, request)
        if (earlier := self._earlier(request.project, key, asked)) is not None:
            return earlier
        compiled = self.definitions.openable(workflow, is_draft=is_draft)
        if claims := claim_reasons(compiled, request):
            return _refused(request.project, None, claims)
        if (kept := kept_for_child(request.project, self.library.workflows.values())) is not None:
            return _refused(request.project, None, (kept,))
        for _ in range(RETRIES):
            # An id that is no text cannot even be looked up; deciding will say so.
            found = None if identity_flaw(request.project) else self.store.project(request.project)
            if found is not None:
                return _refused(request.project, found, (already_there(found.id),))
            now = self.clock.now()
            decided = self.decide(compiled, None, request, at=at or now, recorded_at=now)
            try:
                return self._finish(decided, request.project, None, key=key, asked=asked, dry_run=dry_run)
            except StaleWriteError:
                if (earlier := self._earlier(request.project, key, asked)) is not None:
                    return earlier
        raise _outrun(request.project)

    def apply(
        self,
        project: str,
        request: Request,
        *,
        at: datetime | None = None,
        key: str | None = None,
        dry_run: bool = False,
    ) -> Answered:
        """The request is done to the project, or every reason why not.

        What fell due before it and no tick has fired yet happens first, at its own time: a move out of a state must not
        hide that its time limit was breached.

        Raises:
            UnknownNameError: no such project.
            IdempotencyError: the key was used for another request.
            InputError: `at` has no time zone.
            ConflictError: other writers kept changing the project.
            PinnedDefinitionError: the project's definition texts are lost.
            StoreError: the store failed; nothing was written.
        """
        _require_zone(at)
        asked = "" if key is None else fingerprint_of(request)
        if (earlier := self._earlier(project, key, asked)) is not None:
            return earlier
        for _ in range(RETRIES):
            now = self.clock.now()
            snapshot, compiled = self.snapshot(project)
            if claims := claim_reasons(compiled, request):
                return _refused(project, snapshot.project, claims)
            if _overdue(snapshot.project, at or now) is not None:
                catch_up = self._imagine_caught_up if dry_run else self._catch_up
                snapshot, compiled = catch_up(snapshot, compiled, at or now)
            decided = self.decide(compiled, snapshot, request, at=at or now, recorded_at=now)
            try:
                return self._finish(decided, project, snapshot.project, key=key, asked=asked, dry_run=dry_run)
            except StaleWriteError:
                if (earlier := self._earlier(project, key, asked)) is not None:
                    return earlier
        raise _outrun(project)

    def decide_write(
        self, project: str, request: Request, *, at: datetime, delivered: Sequence[str] = ()
    ) -> tuple[Decided, bool]:
        """The request is decided and made durable with the outbox items it consumes; False if nothing was written.

        Nothing is written where nothing changes, and where another process has consumed an item meanwhile.

        Raises:
            UnknownNameError: no such project.
            ConflictError: other writers kept changing the project.
            PinnedDefinitionError: the project's definition texts are lost.
            StoreError: the store failed; nothing was written.
        """
        for _ in range(RETRIES):
            snapshot, compiled = self.snapshot(project)
            decided = self.decide(compiled, snapshot, request, at=at, recorded_at=self.clock.now())
            if not isinstance(decided.decision, Accepted) or not decided.decision.entry.changes:
                return decided, False
            first, *rest = decided.writes
            try:
                self.keep_openings(decided)
                self.store.commit((replace(first, delivered=tuple(delivered)), *rest))
            except AlreadyDeliveredError:
                return decided, False
            except StaleWriteError:
                continue
            return decided, True
        raise _outrun(project)

    def _catch_up(self, snapshot: Snapshot, compiled: Compiled, at: datetime) -> tuple[Snapshot, Compiled]:
        """What fell due by then has happened, as far as `CATCH_UP_LIMIT` goes; the project as it stands then."""
        name = snapshot.project.id
        for _ in range(CATCH_UP_LIMIT):
            clock = _overdue(snapshot.project, at)
            if clock is None or clock.due_at is None:
                break
            _, is_written = self.decide_write(name, FireClock(clock=clock.id), at=clock.due_at)
            snapshot, compiled = self.snapshot(name)
            if not is_written:
                break
        return snapshot, compiled

    def _imagine_caught_up(self, snapshot: Snapshot, compiled: Compiled, at: datetime) -> tuple[Snapshot, Compiled]:
        """As `_catch_up`, with nothing written: a dry run answers as the request itself would be answered."""
        for _ in range(CATCH_UP_LIMIT):
            clock = _overdue(snapshot.project, at)
            if clock is None or clock.due_at is None:
                break
            firing = FireClock(clock=clock.id)
            fired = self.decide(compiled, snapshot, firing, at=clock.due_at, recorded_at=self.clock.now())
            if not isinstance(fired.decision, Accepted) or not fired.decision.entry.changes:
                break
            snapshot = replace(snapshot, project=fired.decision.project, children=_with_children(snapshot, fired))
        return snapshot, compiled

    def snapshot(self, project: str) -> tuple[Snapshot, Compiled]:
        """All that a decision on the project may read, and the definition it runs on.

        Raises:
            UnknownNameError: no such project.
            PinnedDefinitionError: its definition texts are lost.
        """
        found = self.store.project(project)
        if found is None:
            raise UnknownNameError(
                Bilingual(f"没有项目“{project}”", f'there is no project "{project}"'),
                Bilingual("用 list 查看所有项目", "see all projects with list"),
            )
        return self.snapshot_of(found)

    def as_of(self, project: str, at: datetime) -> Project | None:
        """The project as it was at the effective time `at`; None if it did not exist yet."""
        # Effective time never runs backwards: what comes after the first later entry is later too.
        return replay(takewhile(lambda entry: entry.at <= at, self.store.history(project)))

    def snapshot_as_of(self, project: str, at: datetime) -> tuple[Snapshot, Compiled] | None:
        """All that the project's expressions read at the effective time `at`; None if it did not exist yet.

        KPI figures are today's, since the store keeps no older ones. Reads the histories of parent and children.

        Raises:
            PinnedDefinitionError: its definition texts are lost.
        """
        then = self.as_of(project, at)
        if then is None:
            return None
        snapshot, compiled = self.snapshot_of(then)
        children = {
            link: tuple(child for one in born if (child := self.as_of(one.id, at)) is not None)
            for link, born in snapshot.children.items()
        }
        parent = None if snapshot.parent is None else self.as_of(snapshot.parent.id, at)
        born_by_then = {link: born for link, born in children.items() if born}
        return replace(snapshot, parent=parent, children=born_by_then), compiled

    def snapshot_of(self, found: Project) -> tuple[Snapshot, Compiled]:
        """As `snapshot`, of a project that is read already."""
        compiled = self.definitions.pinned(found.pin)
        parent = found.parent.project if found.parent is not None and compiled.needs_parent else None
        kpis: dict[str, Value] = {}
        if compiled.needs_kpis:
            kpis = {name: stored.value for name, stored in self.store.kpis().items()}
        snapshot = Snapshot(
            project=found,
            children=self.store.children(found.id) if compiled.needs_children else {},
            parent=None if parent is None else self.store.project(parent),
            kpis=kpis,
        )
        return snapshot, compiled

    def _earlier(self, project: str, key: str | None, asked: str) -> Answered | None:
        answer = None if key is None else self.store.answer(project, key)
        if answer is None:
            return None
        if answer.fingerprint != asked:
            raise IdempotencyError(
                Bilingual(f"幂等键“{key}”已用于另一个请求", f'the key "{key}" was used for another request'),
                Bilingual("每个新请求使用新的键", "use a new key for each new request"),
            )
        result: dict[str, Json] = json.loads(answer.result)
        return Answered(decision=None, project=self.store.project(project), tell=lambda: result, is_replay=True)

    def decide(
        self, compiled: Compiled, snapshot: Snapshot | None, request: Request, *, at: datetime, recorded_at: datetime
    ) -> Decided:
        """What the request does, the children it opens included; nothing is written.

        Raises:
            UnknownNameError, PinnedDefinitionError: a child that is born has no definition to stand on.
            LiveDefinitionError: a calendar or reference that the project stands on cannot be loaded.
        """
        require_live(compiled)
        decision = decide(compiled, snapshot, request, at, recorded_at=recorded_at)
        if isinstance(decision, Rejected) or not decision.births:
            return _decided(decision, compiled, snapshot)
        brood = brood_of(decision, self.definitions, self.store, recorded_at)
        if brood.reasons:
            refused = refuse(compiled, snapshot, request, brood.reasons, now=at, recorded_at=recorded_at)
            return _decided(refused, compiled, snapshot)
        own = _decided(decision, compiled, snapshot)
        born = tuple(_write_of(child, None) for child in brood.children)
        return replace(own, writes=own.writes + born, children=brood.children, openings=own.openings + brood.openings)

    def keep_openings(self, decided: Decided) -> None:
        """The texts that the new projects of the decision stand on are in the store; call it before the writes."""
        for compiled in decided.openings:
            self.definitions.keep(compiled)

    def _finish(
        self, decided: Decided, project: str, before: Project | None, *, key: str | None, asked: str, dry_run: bool
    ) -> Answered:
        decision = decided.decision
        if isinstance(decision, Rejected):
            return _refused(project, before, decision.reasons)
        tell = partial(accepted_answer, decision, decided.compiled.workflow, decided.children, is_dry_run=dry_run)
        if not dry_run:
            self.keep_openings(decided)
            writes = decided.writes
            if key is not None:
                answer = Answer(key=key, fingerprint=asked, result=to_text(tell()))
                writes = (replace(writes[0], answer=answer), *writes[1:])
            self.store.commit(writes)
        return Answered(decision=decision, project=decision.project, tell=tell)


def _require_zone(at: datetime | None) -> None:
    if at is not None and at.tzinfo is None:
        raise InputError(
            Bilingual(f"时间 {at.isoformat()} 没有时区", f"the time {at.isoformat()} has no time zone"),
            Bilingual("使用带时区的时间，例如 datetime(…, tzinfo=UTC)", "give one, such as datetime(…, tzinfo=UTC)"),
        )


def _overdue(project: Project, at: datetime) -> ProjectClock | None:
    """The clock that should have fired first by then."""
    late = [
        (clock.due_at, clock.id)
        for clock in project.clocks.values()
        if clock.due_at is not None and clock.due_at <= at and not clock.is_refused
    ]
    return project.clocks[min(late)[1]] if late else None


def _with_children(snapshot: Snapshot, decided: Decided) -> Mapping[str, tuple[Project, ...]]:
    """The project's children with those that the decision opens."""
    children = dict(snapshot.children)
    for child in (born.project for born in decided.children):
        if child.parent is not None and child.parent.project == snapshot.project.id:
            children[child.parent.link] = (*children.get(child.parent.link, ()), child)
    return children


def _decided(decision: Decision, compiled: Compiled, snapshot: Snapshot | None) -> Decided:
    if isinstance(decision, Rejected):
        return Decided(decision=decision, compiled=compiled, writes=(), children=())
    if snapshot is None:
        writes, openings = (_write_of(decision, None),), (compiled,)
        return Decided(decision=decision, compiled=compiled, writes=writes, children=(), openings=openings)
    return Decided(decision=decision, compiled=compiled, writes=(_write_of(decision, snapshot.project),), children=())


def _write_of(accepted: Accepted, before: Project | None) -> Write:
    return Write(before=before, after=accepted.project, entries=(accepted.entry,), outbox=accepted.outbox)


def _refused(project: str, before: Project | None, reasons: tuple[Reason, ...]) -> Answered:
    tell = partial(refused_answer, project, reasons)
    return Answered(decision=Rejected(reasons=reasons), project=before, tell=tell)


def _outrun(project: str) -> ConflictError:
    return ConflictError(
        Bilingual(f"项目 {project} 一直被其他进程修改", f"other writers kept changing the project {project}"),
        Bilingual("请稍后重试", "try again later"),
    )
