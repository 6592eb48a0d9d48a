"""The engine is made to go round a circle of automatic transitions, until it gives up."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from salespm_flow.diagnostics import Deed, Witness
from salespm_flow.engine.decide import decide
from salespm_flow.engine.remedies.trial import world_of
from salespm_flow.engine.values import shown
from salespm_flow.expr.values import Value
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.replay import NOW, Walk
from salespm_flow.lint.space import AUTOMATIC, Move
from salespm_flow.model.decision import SYSTEM, Actor, Advance, Decision, Open, ReasonKind, Rejected, Request, SetFields
from salespm_flow.solve.cases import Given, Wish
from salespm_flow.solve.propose import propose
from salespm_flow.solve.world import Demand, Goal

_SYSTEM = Actor(id=SYSTEM)


def witness_of_rounds(inspection: Inspection, number: int, wishes: Sequence[Wish | Given]) -> Witness | None:
    """How to make the engine go round and give up; None where no way was found."""
    way = inspection.space.way(number)
    while way and (way[-1].event == AUTOMATIC or way[-1].event.startswith("done.")):
        way = way[:-1]
    at_once = None if way else _at_once(inspection)
    if at_once is not None:
        return at_once
    for last in dict.fromkeys((way, way[:-1])):
        walk = inspection.stage.walk(last)
        if walk is not None:
            found = _with_values(inspection, walk, way[len(last) :], wishes)
            if found is not None:
                return found
    return None


def _at_once(inspection: Inspection) -> Witness | None:
    stage = inspection.stage
    owner = stage.owner()
    fields = {field.id: stage.sample(field.id) for field in inspection.workflow.fields.values() if field.is_required}
    decision = decide(
        stage.compiled, None, Open(project="witness", owner=owner, actor=Actor(id=owner), fields=fields), NOW
    )
    return Witness(deeds=(Deed(verb="open"),), is_replayed=True) if _gives_up(decision) else None


def _with_values(
    inspection: Inspection, walk: Walk, rest: Sequence[Move], wishes: Sequence[Wish | Given]
) -> Witness | None:
    """The walk with the values that the guards ask for, and the move that then never ends."""
    stage = inspection.stage
    demands: list[Demand] = [Goal(wish.node) for wish in wishes if isinstance(wish, Wish)]
    world = world_of(stage.compiled, stage.snapshot(walk.project), _SYSTEM, walk.now)
    proposal = propose(world, demands)
    if proposal is None or proposal.rows:
        return None
    values: dict[str, Value] = {change.field: change.after for change in proposal.fields}
    texts = tuple((name, shown(value, inspection.workflow.fields[name].type)) for name, value in values.items())
    for request, deed in _requests(values, rest):
        deeds = (*walk.deeds, replace(deed, values=texts))
        if _gives_up(decide(stage.compiled, stage.snapshot(walk.project), request, walk.now)):
            return Witness(deeds=deeds, is_replayed=True)
    return None


def _requests(values: dict[str, Value], rest: Sequence[Move]) -> Iterator[tuple[Request, Deed]]:
    if not rest:
        yield SetFields(fields=values, actor=_SYSTEM), Deed(verb="set")
        return
    event = rest[0].event
    if "." not in event:
        # Who may ask for it does not matter to what it then leads to.
        request = Advance(trigger=event, actor=_SYSTEM, fields=values, comment="?")
        yield request, Deed(verb="advance", name=event)


def _gives_up(decision: Decision) -> bool:
    return isinstance(decision, Rejected) and any(one.kind is ReasonKind.LIMIT for one in decision.reasons)
