"""The smallest change of fields and rows that would make a refused move possible; asked by `why`, never by `decide`.

What is proposed has been decided on by the engine itself: a proposal that would not be accepted is never given.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, TypeVar

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.decide import decide
from salespm_flow.engine.remedies.trial import outcome_of, world_of
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import SYSTEM, Accepted, Actor, Advance, Reason, ReasonKind, Rejected
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.project import Snapshot
from salespm_flow.model.workflow import Check, Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.solve.change import FieldChange, RowChange
from salespm_flow.solve.domain import Choice, Free, Ordered, domain_of, value_at
from salespm_flow.solve.propose import Proposal, propose
from salespm_flow.solve.world import Demand, Goal, Presence, World

# A change under which all demands hold, or None.
Proposer = Callable[[World, Iterable[Demand]], Proposal | None]
_Item = TypeVar("_Item")
_ROUNDS: Final = 8
_SOME_COMMENT: Final = "?"
_MOST_CHOICES: Final = 8
# Said beside a change: they need a person or a word, not a value.
_BESIDE: Final = frozenset({ReasonKind.ROLE, ReasonKind.COMMENT})
_CURABLE: Final = frozenset({ReasonKind.MISSING, ReasonKind.CHECK, ReasonKind.WHEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to change so that the move is accepted; `others` are the reasons that no field mends (a role, a comment).

    With no change at all, what the others ask for suffices. While several fields change, the other values that a
    change names would do as long as the rest is as proposed.
    """

    transition: str
    changes: tuple[FieldChange, ...]
    rows: tuple[RowChange, ...]
    others: tuple[Reason, ...]

    @property
    def size(self) -> int:
        """How many fields and rows change."""
        return len(self.changes) + len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One way to make the move: the transitions to be taken, and what stands against them beside fields and rows."""

    compiled: Compiled
    snapshot: Snapshot
    world: World
    request: Advance
    now: datetime
    transitions: tuple[str, ...]
    others: tuple[Reason, ...]


def remedy(compiled: Compiled, snapshot: Snapshot, trigger: str, *, actor: Actor, now: datetime) -> Remedy | None:
    """The smallest change that makes the engine accept the trigger; None where none is needed, or none known.

    Searches a bounded number of values; takes some hundred evaluations and a few decisions.
    """
    request = Advance(trigger=trigger, actor=actor, fields={})
    return smallest(remedies(compiled, snapshot, request, propose, now=now))


def remedies(
    compiled: Compiled, snapshot: Snapshot, request: Advance, proposer: Proposer, *, now: datetime
) -> tuple[Remedy | None, ...]:
    """For each way that the refused request could go, what `proposer` proposes and the engine accepts.

    Every way asks the proposer about a world of its own, one way after the other.
    """
    decision = decide(compiled, snapshot, request, now)
    if not isinstance(decision, Rejected):
        return ()
    return tuple(
        _way(case, reasons, proposer)
        for names, reasons in _alternatives(decision.reasons)
        if (case := _case(compiled, snapshot, request, now=now, names=names, reasons=reasons)) is not None
    )


def smallest(found: Iterable[Remedy | None]) -> Remedy | None:
    """The one that changes least, None without any."""
    known = (one for one in found if one is not None)
    return min(known, key=lambda one: (one.size, len(one.others)), default=None)


def _alternatives(reasons: Sequence[Reason]) -> Iterator[tuple[tuple[str, ...], tuple[Reason, ...]]]:
    """The reasons by transition, each a way of its own; of several also all together, for regions that move as one."""
    names = tuple(dict.fromkeys(reason.transition for reason in reasons))
    for name in names:
        yield (name,), tuple(reason for reason in reasons if reason.transition == name)
    if len(names) > 1:
        yield names, tuple(reasons)


def _case(
    compiled: Compiled,
    snapshot: Snapshot,
    request: Advance,
    *,
    now: datetime,
    names: tuple[str, ...],
    reasons: tuple[Reason, ...],
) -> _Case | None:
    """The case that a change could help; None where a reason is no matter of fields, roles and comments."""
    if any(reason.kind not in _BESIDE | _CURABLE for reason in reasons):
        return None
    if any(reason.kind is ReasonKind.ROLE and not reason.transition for reason in reasons):
        return None  # who asks is nobody whom the organisation knows, which no change of fields helps
    others = tuple(reason for reason in reasons if reason.kind in _BESIDE)
    actor = _stand_in(compiled, snapshot, request.actor, others)
    return _Case(
        compiled=compiled,
        snapshot=snapshot,
        world=world_of(compiled, snapshot, actor, now),
        request=replace(request, actor=actor, comment=_SOME_COMMENT),
        now=now,
        transitions=names,
        others=others,
    )


def _way(case: _Case, reasons: tuple[Reason, ...], proposer: Proposer) -> Remedy | None:
    proposal = _verified(case, reasons, proposer)
    if proposal is None:
        return None
    return Remedy(transition=case.transitions[0], changes=proposal.fields, rows=proposal.rows, others=case.others)


def _stand_in(compiled: Compiled, snapshot: Snapshot, actor: Actor, others: Sequence[Reason]) -> Actor:
    """The actor, or where the role is wrong somebody who may: in the actor's stead as far as that is possible."""
    refused = [reason.transition for reason in others if reason.kind is ReasonKind.ROLE]
    if not refused:
        return actor
    parties = compiled.workflow.transitions[refused[0]].by or ()
    if compiled.organisation is not None:
        # Whoever may is somebody of the organisation; the engine itself stands for them all.
        return Actor(id=SYSTEM)
    return next((_as_party(party, snapshot, actor) for party in parties), Actor(id=SYSTEM))


def _as_party(party: Party, snapshot: Snapshot, actor: Actor) -> Actor:
    match party.kind:
        case PartyKind.ROLE:
            return replace(actor, role=party.name)
        case PartyKind.PERSON:
            return Actor(id=party.name)
        case PartyKind.OWNER:
            return Actor(id=snapshot.project.owner)
        case PartyKind.MANAGER | PartyKind.ACTOR | PartyKind.REQUESTER:
            return Actor(id=SYSTEM)


def _verified(case: _Case, reasons: Sequence[Reason], proposer: Proposer) -> Proposal | None:
    """A proposal that the engine accepts, with each value that it names; what a refusal adds is demanded as well."""
    demands = dict.fromkeys(_demands(case, reasons))
    for _ in range(_ROUNDS):
        proposal = proposer(case.world, demands)
        if proposal is None:
            return None
        learnt = _refusal(case, proposal)
        if learnt is None:
            proposal, learnt = _confirmed(case, proposal, demands)
            if not learnt:
                return proposal
        new = [demand for demand in _demands(case, learnt) if demand not in demands]
        if not new:
            return None
        demands |= dict.fromkeys(new)
    return None


def _refusal(case: _Case, proposal: Proposal) -> tuple[Reason, ...] | None:
    """Why the engine refuses the move even so; None where it accepts."""
    decision = outcome_of(case.compiled, case.snapshot, proposal, case.request, now=case.now)
    if isinstance(decision, Accepted):
        return None
    return decision.reasons


def _demands(case: _Case, reasons: Sequence[Reason]) -> Iterator[Demand]:
    """What the reasons ask of fields and rows, as far as it can be asked of them."""
    workflow = case.compiled.workflow
    for reason in reasons:
        if reason.transition not in case.transitions:
            continue
        match reason.kind:
            case ReasonKind.MISSING:
                yield Presence(reason.id)
            case ReasonKind.WHEN:
                when = workflow.transitions[reason.transition].when
                if when is not None:
                    yield Goal(when.node)
            case ReasonKind.CHECK:
                yield from (Goal(check.that.node) for check in _checks(workflow) if check.span == reason.rule)
            case _:
                pass


def _checks(workflow: Workflow) -> Iterator[Check]:
    for state in workflow.states.values():
        yield from (*state.entry.check, *state.exit.check)
    for transition in workflow.transitions.values():
        yield from transition.gate.check


# ---------------------------------------------------------------------------------------------------- confirmation


def _confirmed(case: _Case, proposal: Proposal, demands: Mapping[Demand, None]) -> tuple[Proposal, tuple[Reason, ...]]:
    """The proposal with no claim left that the engine refutes, or the reasons that a refuted claim brought up."""
    for spot in tuple(_spots(proposal)):
        refuted: list[Value] = []
        for value in _claimed(case, spot):
            reasons = _refusal(case, _with(proposal, spot, replace(spot.change, after=value)))
            if reasons is None:
                continue
            if any(demand not in demands for demand in _demands(case, reasons)):
                return proposal, reasons
            refuted.append(value)
        proposal = _with(proposal, spot, _without(spot.change, refuted))
    return proposal, ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where a change stands in a proposal: its number among the fields, or among the values of a row by its number."""

    change: FieldChange
    number: int
    row: int | None = None
    record: str = ""


def _spots(proposal: Proposal) -> Iterator[_Spot]:
    for number, change in enumerate(proposal.fields):
        yield _Spot(change=change, number=number)
    for row_number, row in enumerate(proposal.rows):
        for number, change in enumerate(row.values):
            yield _Spot(change=change, number=number, row=row_number, record=row.record)


def _with(proposal: Proposal, spot: _Spot, change: FieldChange) -> Proposal:
    """The proposal with another change in that place."""
    if spot.row is None:
        return replace(proposal, fields=_replaced(proposal.fields, spot.number, change))
    row = proposal.rows[spot.row]
    row = replace(row, values=_replaced(row.values, spot.number, change))
    return replace(proposal, rows=_replaced(proposal.rows, spot.row, row))


def _replaced(items: tuple[_Item, ...], number: int, item: _Item) -> tuple[_Item, ...]:
    return (*items[:number], item, *items[number + 1 :])


def _claimed(case: _Case, spot: _Spot) -> tuple[Value, ...]:
    """The values that the change says would do as well: the ends of a range, the others of a choice."""
    change = spot.change
    if change.is_any:
        # Any key will do that no other row has: there is no outermost one.
        is_key = bool(spot.record) and change.field == case.compiled.workflow.records[spot.record].key
        return () if is_key else _extremes(case, spot)
    ends = tuple(end for end in (change.low, change.high) if end is not None)
    return tuple(value for value in (*ends, *change.choices[:_MOST_CHOICES]) if value != change.after)


def _extremes(case: _Case, spot: _Spot) -> tuple[Value, ...]:
    """The outermost values of the field's type, of a choice the first ones: those that a hidden rule would refuse."""
    workflow = case.compiled.workflow
    fields = workflow.records[spot.record].fields if spot.record else workflow.fields
    match domain_of(fields[spot.change.field], case.compiled.references, workflow.roles):
        case Ordered() as domain:
            return (value_at(domain, domain.low), value_at(domain, domain.high))
        case Choice(values=values):
            return values[:_MOST_CHOICES]
        case Free():
            return ()


def _without(change: FieldChange, refuted: Sequence[Value]) -> FieldChange:
    """The change without what the engine refuses in its place."""
    if change.is_any and refuted:
        return replace(change, is_any=False)
    if refuted and (change.low in refuted or change.high in refuted):
        return replace(change, low=None, high=None)
    return replace(change, choices=tuple(value for value in change.choices[:_MOST_CHOICES] if value not in refuted))
