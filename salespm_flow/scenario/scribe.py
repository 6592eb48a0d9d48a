"""Plays a way on a stage through the engine and writes every step down: values solved from guards, people who may."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from salespm_flow.diagnostics import Span
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.remedies.remedy import Remedy, remedies, smallest
from salespm_flow.engine.remedies.trial import world_of
from salespm_flow.expr.syntax import Name
from salespm_flow.expr.values import Value
from salespm_flow.lint.space import AUTOMATIC, Move
from salespm_flow.model.cases import Case, CaseStep
from salespm_flow.model.decision import Actor, Advance, Reason, ReasonKind, Rejected
from salespm_flow.model.expression import Duration
from salespm_flow.model.organisation import has_left, holders
from salespm_flow.model.project import Clock
from salespm_flow.model.scenarios import Doing, Status
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Transition
from salespm_flow.scenario.bench import Bench
from salespm_flow.scenario.observation import Observation
from salespm_flow.scenario.running import begin, perform
from salespm_flow.scenario.stage import PROJECT, Stage
from salespm_flow.solve.change import FieldChange, RowChange
from salespm_flow.solve.propose import propose
from salespm_flow.solve.world import Demand, Goal, Presence

NOWHERE: Final = Span(file="", line=1, column=1, end_line=1, end_column=1)
_COMMENT: Final = "见会议纪要"
# What the solver writes for any text, and what a person would.
_STAND_IN: Final = "…"
_EXAMPLE: Final = "示例"
_STRANGER: Final = "someone_else"
_MOST_TRIES: Final = 6
_MOST_VOTES: Final = 12
# What no value and no other person's word can mend.
_HOPELESS: Final = frozenset({ReasonKind.ROLE, ReasonKind.STATE, ReasonKind.CLOSED})
Told = tuple[str, tuple[str, ...]]


class Scribe:
    """A stage with the steps that were taken on it and what was seen after each."""

    def __init__(self, bench: Bench, case: Case, told: "set[Told]", span: Span = NOWHERE) -> None:
        self.bench = bench
        self.case = case
        self.stage = Stage(bench, case.now, case.fails)
        self.span = span
        self.steps: list[tuple[CaseStep, Observation]] = []
        self.reasons = begin(self.stage, case)
        # What was refused before and why, so that a reader is not told it again.
        self.told = told

    def close(self) -> None:
        """The memory is free again."""
        self.stage.close()

    @property
    def compiled(self) -> Compiled:
        """The definition of the project."""
        return self.bench.tested

    # ------------------------------------------------------------------------------------------------- the moves

    def take(self, move: Move) -> bool:
        """Whether the project has made the move, with all that it takes before."""
        transition = self.compiled.workflow.transitions[move.arrows[0].id]
        event = move.event
        if event == AUTOMATIC or event.startswith("done."):
            return self._let_happen(transition)
        if event.startswith("sla."):
            return self.wait_for(event)
        if event not in self.compiled.triggers:
            return False
        if "." in event:
            return self._hear(event, transition)
        return self.advance(event, transition)

    def _hear(self, event: str, transition: Transition) -> bool:
        """Whether the message has moved the project, which was given first what its gates ask for."""
        before = self._taken()
        comment = _COMMENT if transition.needs_comment else ""
        self.do(Doing.RECEIVE, event, comment=comment)
        if self._taken() != before:
            return True
        self._undo_last()
        if not self._meet_gates(transition):
            return False
        self.do(Doing.RECEIVE, event, comment=comment)
        return self._taken() != before

    def wait_for(self, clock: str) -> bool:
        """Whether the project has moved when the clock of that id was due."""
        project = self.stage.project()
        found: Clock | None = None if project is None else project.clocks.get(clock)
        if found is None or found.due_at is None:
            return False
        before = self._taken()
        self.do(Doing.TICK, "", until=found.due_at)
        return self._taken() != before

    def _let_happen(self, transition: Transition) -> bool:
        if transition.id in self._taken():
            return True
        return self._meet_gates(transition) and transition.id in self._taken()

    def _taken(self) -> tuple[str, ...]:
        return tuple(self._transitions())

    def _transitions(self) -> Iterator[str]:
        for entry in self.stage.entries_of(PROJECT):
            for change in entry.changes:
                yield from getattr(change, "transitions", ())

    # ------------------------------------------------------------------------------------------------ asking for

    def advance(self, trigger: str, transition: Transition, *, through: bool = True) -> bool:
        """Whether the trigger has moved the project, which was given first what the engine asked for.

        Without `through`, approvals are left waiting.
        """
        return any(self._advance_as(trigger, transition, actor, through=through) for actor in self._everybody())

    def _advance_as(self, trigger: str, transition: Transition, actor: Actor, *, through: bool) -> bool:
        comment = _COMMENT if transition.needs_comment else ""
        if not self.prepare(trigger, actor, comment):
            return False
        self._tell_who_may_not(trigger, transition, comment)
        seen = self.do(Doing.ADVANCE, trigger, actor=actor, comment=comment)
        if seen.status is Status.WAITING and through:
            return self._approve_all()
        return seen.status is not Status.REFUSED

    def ask(self, trigger: str) -> bool:
        """Whether somebody was let have what he asks for; else nobody has asked."""
        for comment in ("", _COMMENT):
            for actor in self._everybody():
                if not self._against(trigger, actor, comment):
                    self.do(Doing.ADVANCE, trigger, actor=actor, comment=comment)
                    return True
        return False

    def ask_in_vain(self, trigger: str) -> None:
        """Somebody was refused what he asks for; one whose role is not the reason, where there is one."""
        heard = (one for one in self.compiled.workflow.transitions.values() if trigger in one.events)
        comment = _COMMENT if any(one.needs_comment for one in heard) else ""
        everybody = tuple(self._everybody())
        reasons = {one: {reason.id for reason in self._against(trigger, one, comment)} for one in everybody}
        self.do(Doing.ADVANCE, trigger, actor=min(everybody, key=lambda one: "role" in reasons[one]), comment=comment)

    def prepare(self, trigger: str, actor: Actor, comment: str = "") -> bool:
        """Whether the engine would now let the actor have what he asks for; every refusal on the way is told once."""
        for _ in range(_MOST_TRIES):
            reasons = self._against(trigger, actor, comment)
            if not reasons:
                return True
            if any(reason.kind in _HOPELESS for reason in reasons):
                return False
            self._tell_refusal(trigger, actor, comment, reasons)
            if not self._mend(trigger, actor, comment, reasons):
                return False
        return False

    def _against(self, trigger: str, actor: Actor, comment: str) -> tuple[Reason, ...]:
        request = Advance(trigger=trigger, actor=actor, comment=comment)
        decision = self.stage.runner.apply(PROJECT, request, at=self.stage.now, dry_run=True).decision
        return decision.reasons if isinstance(decision, Rejected) else ()

    def _tell_refusal(self, trigger: str, actor: Actor, comment: str, reasons: Sequence[Reason]) -> None:
        told = (trigger, tuple(sorted({reason.id for reason in reasons})))
        if told not in self.told:
            self.told.add(told)
            self.do(Doing.ADVANCE, trigger, actor=actor, comment=comment)

    def _tell_who_may_not(self, trigger: str, transition: Transition, comment: str) -> None:
        """Once for each transition, somebody tries who may not, where nothing else stands against it."""
        told = (trigger, ("role",))
        if transition.by is None or told in self.told:
            return
        for actor in self._everybody():
            if {reason.id for reason in self._against(trigger, actor, comment)} == {"role"}:
                self.told.add(told)
                self.do(Doing.ADVANCE, trigger, actor=actor, comment=comment)
                return

    def _mend(self, trigger: str, actor: Actor, comment: str, reasons: Sequence[Reason]) -> bool:
        """Whether something was changed that speaks against the refusal."""
        if any(reason.kind is ReasonKind.CHILD for reason in reasons):
            return self._feed_children(reasons)
        found = self.remedy_for(trigger, actor, comment)
        return found is not None and found.size > 0 and self.change(found.changes, found.rows)

    def remedy_for(self, trigger: str, actor: Actor, comment: str) -> Remedy | None:
        """The smallest change after which the engine would not refuse."""
        snapshot, compiled = self.stage.runner.snapshot(PROJECT)
        request = Advance(trigger=trigger, actor=actor, comment=comment)
        return smallest(remedies(compiled, snapshot, request, propose, now=self.stage.now))

    def _feed_children(self, reasons: Sequence[Reason]) -> bool:
        """Whether what a child must be given is there now."""
        wanted: list[Demand] = []
        for reason in reasons:
            for link in self.compiled.workflow.links.values():
                carried = link.carry.get(reason.id)
                if carried is not None and isinstance(carried.node, Name):
                    wanted.append(Presence(carried.node.name))
        return bool(wanted) and self.demand(wanted)

    def _meet_gates(self, transition: Transition) -> bool:
        """Whether the transition's guards and gates are met now."""
        workflow = self.compiled.workflow
        gates = [transition.gate, *(workflow.states[path].exit for path in transition.sources[:1])]
        gates += [workflow.states[target.path].entry for target in transition.to]
        wanted: list[Demand] = [] if transition.when is None else [Goal(transition.when.node)]
        for gate in gates:
            wanted += [Presence(need.name) for need in gate.require]
            wanted += [Goal(check.that.node) for check in gate.check]
        return not wanted or self.demand(wanted)

    def demand(self, wanted: Iterable[Demand]) -> bool:
        """Whether fields and rows were found, and could be written, under which all that is wanted holds."""
        project = self.stage.project()
        if project is None:
            return False
        snapshot, compiled = self.stage.runner.snapshot(PROJECT)
        world = world_of(compiled, snapshot, Actor(id=project.owner), self.stage.now)
        found = propose(world, wanted)
        if found is None:
            return False
        return (not found.fields and not found.rows) or self.change(found.fields, found.rows)

    # ------------------------------------------------------------------------------------------- values and votes

    def change(self, fields: Sequence[FieldChange], rows: Sequence[RowChange]) -> bool:
        """Whether these values stand now, each written by somebody who may."""
        values = {change.field: readable(change.after) for change in fields}
        if values and not self.write(Doing.SET, "", values):
            # Not one person may write all of them.
            for name, value in values.items():
                if not self.write(Doing.SET, "", {name: value}):
                    return False
        for row in rows:
            columns: dict[str, Value] = {change.field: readable(change.after) for change in row.values}
            key = self.compiled.workflow.records[row.record].key
            if key is not None and not row.is_new:
                columns[key] = row.key
            if not self.write(Doing.APPEND, row.record, columns):
                return False
        return True

    def write(self, doing: Doing, record: str, values: dict[str, Value]) -> bool:
        """Whether somebody has set the fields, or added the row to the record."""
        for actor in self._everybody():
            seen = self.do(doing, record, actor=actor, values=values)
            if seen.status is Status.ACCEPTED:
                return True
            self._undo_last()
        return False

    def _approve_all(self) -> bool:
        for _ in range(_MOST_VOTES):
            project = self.stage.project()
            if project is None:
                return False
            waiting = [one for one in project.approvals.values() if one.status is ApprovalStatus.PENDING]
            if not waiting:
                return True
            if not self.vote(Doing.APPROVE, waiting[0].approval, waiting[0].approvers):
                return False
        return False

    def vote(self, doing: Doing, approval: str, approvers: Sequence[str]) -> bool:
        """Whether somebody has voted so."""
        return self.vote_as(doing, approval, self._parties(approvers))

    def vote_as(self, doing: Doing, approval: str, actors: Iterable[Actor]) -> bool:
        """Whether one of them has voted so."""
        for actor in actors:
            seen = self.do(doing, approval, actor=actor)
            if seen.status is not Status.REFUSED:
                return True
            self._undo_last()
        return False

    def do(
        self,
        doing: Doing,
        named: str,
        *,
        actor: Actor | None = None,
        values: "dict[str, Value] | None" = None,
        comment: str = "",
        until: datetime | None = None,
        length: Duration | None = None,
    ) -> Observation:
        """What is seen after the step, which is written down."""
        step = CaseStep(
            number=len(self.steps) + 1,
            doing=doing,
            span=self.span,
            named=named,
            values=values or {},
            actor=actor,
            comment=comment,
            until=until,
            length=length,
        )
        seen = perform(self.stage, step)
        self.steps.append((step, seen))
        return seen

    def _undo_last(self) -> None:
        """The step that came to nothing is not told."""
        self.steps.pop()

    # --------------------------------------------------------------------------------------------------- people

    def _everybody(self) -> Iterator[Actor]:
        """The owner, then all whom the organisation knows; without one, somebody in each role."""
        project = self.stage.project()
        owner = self.case.owner if project is None else project.owner
        organisation = self.compiled.organisation
        if organisation is None:
            yield Actor(id=owner)
            yield from (Actor(id=owner, role=role) for role in self.compiled.workflow.roles)
            yield Actor(id=_STRANGER)
            return
        yield Actor(id=owner)
        today = self.stage.now.astimezone(self.compiled.zone).date()
        # One of each role first: who is asked is who does this kind of work.
        firsts = (next(iter(holders(organisation, role)), None) for role in self.compiled.workflow.roles)
        named = (person.id for person in firsts if person is not None)
        for person in dict.fromkeys((*named, *organisation.people)):
            if person != owner and not has_left(organisation, person, today):
                yield Actor(id=person)

    def _parties(self, approvers: Sequence[str]) -> Iterator[Actor]:
        for one in approvers:
            kind, _, name = one.partition(":")
            if kind == "person":
                yield Actor(id=name)
            elif self.compiled.organisation is None:
                yield Actor(id=name, role=name)
            else:
                yield from (Actor(id=person.id) for person in holders(self.compiled.organisation, name))


def readable(value: Value) -> Value:
    """The value, a text that stands for any other with a word that says so."""
    match value:
        case str():
            return value.replace(_STAND_IN, _EXAMPLE)
        case tuple():
            return tuple(readable(one) for one in value)
        case _:
            return value
