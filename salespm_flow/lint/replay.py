"""Where witnesses are replayed: a project in memory that the engine itself moves, by `decide` and nothing else.

What a guard or gate asks for is set as `why` would propose it; who may make a move makes it; approvals are given by
those who may. What cannot be had so (a child's state, a risk) leaves a witness unreplayed, and it says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Final

from salespm_flow.diagnostics import Deed, Witness
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.decide import decide
from salespm_flow.engine.definitions import compile_newest
from salespm_flow.engine.limits import TIMER
from salespm_flow.engine.remedies.remedy import remedy
from salespm_flow.engine.remedies.trial import world_of
from salespm_flow.engine.values import shown
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Value
from salespm_flow.lint.space import AUTOMATIC, Move, Space
from salespm_flow.model.decision import (
    SYSTEM,
    Accepted,
    Actor,
    AddRow,
    Advance,
    Birth,
    CastVote,
    Decision,
    FireClock,
    Open,
    ReasonKind,
    Receive,
    Rejected,
    Request,
    SetFields,
)
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.history import OutboxItem
from salespm_flow.model.library import Library
from salespm_flow.model.organisation import Organisation, has_left, holders
from salespm_flow.model.project import ParentLink, Project, Snapshot, Verdict
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import Transition, Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.solve.change import FieldChange, RowChange
from salespm_flow.solve.domain import domain_of, sample_of
from salespm_flow.solve.propose import propose
from salespm_flow.solve.world import Demand, Goal, Presence

NOW: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_TODAY: Final = date(2026, 1, 5)
_SYSTEM: Final = Actor(id=SYSTEM)
_OWNER: Final = "owner"
_CLOCKS: Final = ("sla.", TIMER)
_MOST_VOTES: Final = 12
_MOST_STEPS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A project that has come somewhere, with the deeds that led it there and all that left it on the way."""

    project: Project
    deeds: tuple[Deed, ...]
    now: datetime
    sent: tuple[OutboxItem, ...] = ()
    births: tuple[Birth, ...] = ()

    def after(self, accepted: Accepted, deeds: Sequence[Deed], now: datetime | None = None) -> "Walk":
        """The walk one decision further on."""
        return Walk(
            project=accepted.project,
            deeds=(*self.deeds, *deeds),
            now=now or self.now,
            sent=(*self.sent, *accepted.outbox),
            births=(*self.births, *accepted.births),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Relatives:
    """Projects that the walking one is told to have: a parent with the link it came by, and children by link."""

    parent: Project | None = None
    link: str = ""
    children: tuple[tuple[str, tuple[Project, ...]], ...] = ()


class Stage:
    """A workflow with all that it runs on, ready for walks."""

    def __init__(self, library: Library, workflow: Workflow, relatives: Relatives | None = None) -> None:
        self.library = library
        self.workflow = workflow
        self.relatives = relatives or Relatives()

    @cached_property
    def compiled(self) -> Compiled:
        """The workflow ready to run."""
        return compile_newest(self.workflow, self.library)

    def witness(self, way: Sequence[Move], space: Space | None = None) -> Witness:
        """The way as deeds, replayed where that succeeds."""
        walk = self.walk(way, space) if space is not None else self.walk(way)
        if walk is not None:
            return Witness(deeds=walk.deeds, is_replayed=True)
        return Witness(deeds=tuple(_supposed(way)), is_replayed=False)

    def walk(self, way: Sequence[Move], space: Space | None = None) -> Walk | None:
        """A project that has gone the way; None where the engine did not let it, or nothing was found to make it."""
        try:
            return self._walk(way, space)
        except SalesPMFlowError:
            return None

    def _walk(self, way: Sequence[Move], space: Space | None) -> Walk | None:
        walk = self.opened()
        for move in way:
            if walk is None or len(way) > _MOST_STEPS:
                return None
            walk = self.moved(walk, move)
        if walk is None or space is None or not way:
            return walk
        return walk if walk.project.leaves == space.configurations[way[-1].target].leaves else None

    def snapshot(self, project: Project) -> Snapshot:
        """The project with no family but its relatives, and no figures."""
        children = dict.fromkeys(self.workflow.links, ()) | dict(self.relatives.children)
        return Snapshot(project=project, children=children, parent=self.relatives.parent, kpis={})

    # ------------------------------------------------------------------------------------------------- one step

    def opened(self) -> Walk | None:
        """A new project, with what it must be given."""
        needed = {field.id for field in self.workflow.fields.values() if field.is_required and field.default is None}
        owner, above = self.owner(), self.relatives.parent
        parent = None if above is None else ParentLink(project=above.id, link=self.relatives.link)
        for _ in range(2):
            fields = {name: self.sample(name) for name in self.workflow.fields if name in needed}
            request = Open(project="witness", owner=owner, actor=Actor(id=owner), fields=fields, parent=parent)
            decision = decide(self.compiled, None, request, NOW)
            if isinstance(decision, Accepted):
                deed = Deed(verb="open", values=self._texts(fields), states=self.names(decision.project))
                return Walk(project=decision.project, deeds=(), now=NOW).after(decision, (deed,))
            needed |= {one.id for one in decision.reasons if one.kind is ReasonKind.MISSING}
        return None

    def moved(self, walk: Walk, move: Move) -> Walk | None:
        """The walk after the move; an auto or completion that has come by itself is no deed."""
        if move.event == AUTOMATIC or move.event.startswith("done."):
            return self._let_happen(walk, move)
        if move.event.startswith(_CLOCKS):
            return self.waited(walk, move.event)
        if "." in move.event:
            return self._heard(walk, move.event)
        if move.event not in self.compiled.triggers:
            return None
        return self._advanced(walk, move)

    def _advanced(self, walk: Walk, move: Move) -> Walk | None:
        transition = self.workflow.transitions[move.arrows[0].id]
        for actor in self.actors(transition.by, walk.project):
            asked = self.asked(walk, move.event, actor)
            if asked is not None:
                return asked
        return None

    def asked(self, walk: Walk, trigger: str, actor: Actor, *, is_held: bool = False) -> Walk | None:
        """The walk after the actor has asked for the trigger, with what it takes set before; then approved.

        `is_held`: approvals are left waiting.
        """
        request = Advance(trigger=trigger, actor=actor, comment="?")
        decision = self._decide(walk, request)
        if isinstance(decision, Rejected):
            change = remedy(self.compiled, self.snapshot(walk.project), trigger, actor=actor, now=walk.now)
            if change is None or any(reason.kind is ReasonKind.ROLE for reason in change.others):
                return None
            changed = self._changed(walk, change.changes, change.rows)
            if changed is None:
                return None
            walk = changed
            decision = self._decide(walk, request)
        if not isinstance(decision, Accepted):
            return None
        waits = bool(decision.waiting)
        after = walk.after(decision, (Deed(verb="advance", name=trigger, states=self.names(decision.project)),))
        return self._approved(after) if waits and not is_held else after

    def _approved(self, walk: Walk) -> Walk | None:
        for _ in range(_MOST_VOTES):
            pending = [one for one in walk.project.approvals.values() if one.status is ApprovalStatus.PENDING]
            if not pending:
                return walk
            voted = next(
                (
                    one
                    for actor in self._approvers(pending[0].approvers)
                    if (one := self.voted(walk, pending[0].id, actor))
                ),
                None,
            )
            if voted is None:
                return None
            walk = voted
        return None

    def voted(self, walk: Walk, request: str, actor: Actor) -> Walk | None:
        """The walk after the actor has approved the request; None where he may not."""
        vote = CastVote(approval=request, verdict=Verdict.APPROVE, actor=actor)
        decision = self._decide(walk, vote)
        if not isinstance(decision, Accepted):
            return None
        name = walk.project.approvals[request].approval
        return walk.after(decision, (Deed(verb="approve", name=name, states=self.names(decision.project)),))

    def _heard(self, walk: Walk, event: str) -> Walk | None:
        decision = self._decide(walk, Receive(name=event, hops=0))
        if not isinstance(decision, Accepted) or decision.project.entered == walk.project.entered:
            return None
        return walk.after(decision, (Deed(verb="receive", name=event, states=self.names(decision.project)),))

    def waited(self, walk: Walk, event: str) -> Walk | None:
        """The walk after this clock has come due; None where it does not run, or its firing is refused."""
        clock = walk.project.clocks.get(event)
        if clock is None or clock.due_at is None:
            return None
        later = replace(walk, now=clock.due_at)
        decision = self._decide(later, FireClock(clock=event))
        if not isinstance(decision, Accepted):
            return None
        return later.after(decision, (Deed(verb="wait", name=event, states=self.names(decision.project)),))

    def _let_happen(self, walk: Walk, move: Move) -> Walk | None:
        """What fires by itself may: its guards and gates are met."""
        sources = [arrow.source for arrow in move.arrows]
        before = {path: walk.project.entered.get(path) for path in sources}
        if not all(_is_in(walk.project, path) for path in before):
            return walk  # it has fired already, in the decision before
        demands = [
            demand
            for arrow in move.arrows
            for demand in self._demands(self.workflow.transitions[arrow.id], arrow.source)
        ]
        world = world_of(self.compiled, self.snapshot(walk.project), _SYSTEM, walk.now)
        proposal = propose(world, demands)
        return None if proposal is None else self._changed(walk, proposal.fields, proposal.rows)

    def _demands(self, transition: Transition, source: str) -> Iterator[Demand]:
        gates = [transition.gate, self.workflow.states[source].exit]
        gates += [self.workflow.states[target.path].entry for target in transition.to]
        if transition.when is not None:
            yield Goal(transition.when.node)
        for gate in gates:
            yield from (Presence(need.name) for need in gate.require)
            yield from (Goal(check.that.node) for check in gate.check)

    def _changed(self, walk: Walk, changes: Sequence[FieldChange], rows: Sequence[RowChange]) -> Walk | None:
        """The walk after these changes, made by nobody in particular."""
        if changes:
            values = {change.field: change.after for change in changes}
            decision = self._decide(walk, SetFields(fields=values, actor=_SYSTEM))
            if not isinstance(decision, Accepted):
                return None
            deed = Deed(verb="set", values=self._texts(values), states=self.states_if_moved(walk, decision.project))
            walk = walk.after(decision, (deed,))
        for row in rows:
            columns = {change.field: change.after for change in row.values}
            key = self.workflow.records[row.record].key
            if key is not None and not row.is_new:
                columns[key] = row.key
            decision = self._decide(walk, AddRow(record=row.record, values=columns, actor=_SYSTEM))
            if not isinstance(decision, Accepted):
                return None
            fields = self.workflow.records[row.record].fields
            texts = tuple((name, shown(value, fields[name].type)) for name, value in columns.items())
            states = self.states_if_moved(walk, decision.project)
            walk = walk.after(decision, (Deed(verb="add", name=row.record, values=texts, states=states),))
        return walk

    def made_true(self, walk: Walk, node: Node) -> Walk | None:
        """The walk after changes that make the condition hold; None where none were found."""
        proposal = propose(world_of(self.compiled, self.snapshot(walk.project), _SYSTEM, walk.now), [Goal(node)])
        return None if proposal is None else self._changed(walk, proposal.fields, proposal.rows)

    def _decide(self, walk: Walk, request: Request) -> Decision:
        return decide(self.compiled, self.snapshot(walk.project), request, walk.now)

    # ---------------------------------------------------------------------------------------------- who and what

    def actors(self, parties: Sequence[Party] | None, project: Project) -> Iterator[Actor]:
        """Who may be one of the parties, the owner first; everybody's moves are the owner's."""
        organisation = self.compiled.organisation
        for party in parties if parties is not None else (Party(PartyKind.OWNER),):
            match party.kind:
                case PartyKind.ROLE:
                    yield from self._holders(organisation, party.name)
                case PartyKind.PERSON:
                    yield Actor(id=party.name)
                case PartyKind.OWNER | PartyKind.ACTOR | PartyKind.REQUESTER:
                    yield Actor(id=project.owner)
                case PartyKind.MANAGER:
                    yield from (Actor(id=person) for person in (organisation.people if organisation else ()))

    def _holders(self, organisation: Organisation | None, role: str) -> Iterator[Actor]:
        if organisation is None:
            yield Actor(id=role, role=role)
            return
        yield from (
            Actor(id=person.id)
            for person in holders(organisation, role)
            if not has_left(organisation, person.id, _TODAY)
        )

    def _approvers(self, approvers: Sequence[str]) -> Iterator[Actor]:
        for one in approvers:
            kind, _, name = one.partition(":")
            if kind == "person":
                yield Actor(id=name)
            else:
                yield from self._holders(self.compiled.organisation, name)

    def owner(self) -> str:
        """Somebody who may own a project."""
        organisation = self.compiled.organisation
        if organisation is None:
            return _OWNER
        roles = [state.owner_role for state in self.workflow.states.values() if state.owner_role is not None]
        people = [person.id for role in roles for person in holders(organisation, role)]
        here = [person for person in (*people, *organisation.people) if not has_left(organisation, person, _TODAY)]
        return next(iter(here), _OWNER)

    def sample(self, name: str) -> Value:
        """Some value of the field."""
        field = self.workflow.fields[name]
        return sample_of(domain_of(field, self.library.references, self.workflow.roles), _TODAY)

    def _texts(self, values: "dict[str, Value]") -> tuple[tuple[str, str], ...]:
        fields = self.workflow.fields
        return tuple((name, "" if value is None else shown(value, fields[name].type)) for name, value in values.items())

    def names(self, project: Project) -> tuple[str, ...]:
        """The names of the states that the project is in."""
        return tuple(self.workflow.states[path].name for path in project.leaves)

    def states_if_moved(self, walk: Walk, project: Project) -> tuple[str, ...]:
        """The names of the states that the project is in now; none where it stays where the walk was."""
        return () if project.leaves == walk.project.leaves else self.names(project)


def _is_in(project: Project, path: str) -> bool:
    return any(leaf == path or leaf.startswith(f"{path}.") for leaf in project.leaves)


def _supposed(way: Sequence[Move]) -> Iterator[Deed]:
    """The deeds of a way that nobody has gone."""
    yield Deed(verb="open")
    for move in way:
        if move.event.startswith(_CLOCKS):
            yield Deed(verb="wait", name=move.event)
        elif "." in move.event and not move.event.startswith("done."):
            yield Deed(verb="receive", name=move.event)
        elif move.event and "." not in move.event:
            yield Deed(verb="advance", name=move.event)
