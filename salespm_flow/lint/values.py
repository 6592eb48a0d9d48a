"""Values under which conditions come true, confirmed by the engine; and with the solver, that there are none.

Imported only where the text of the conditions alone does not settle the matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec

from salespm_flow.diagnostics import Deed, Witness
from salespm_flow.engine.decide import decide
from salespm_flow.engine.places import is_within
from salespm_flow.engine.remedies.trial import world_of
from salespm_flow.engine.values import shown
from salespm_flow.expr.values import Value
from salespm_flow.lint.inspection import Inspection
from salespm_flow.lint.replay import Walk
from salespm_flow.model.decision import SYSTEM, Accepted, Actor, SetFields
from salespm_flow.nouns import dataclass
from salespm_flow.solve.cases import Found, Given, Verdict, Wish
from salespm_flow.solve.comparisons import Want
from salespm_flow.solve.domain import key_of
from salespm_flow.solve.propose import propose
from salespm_flow.solve.world import Demand, Goal, Presence, World

_SYSTEM = Actor(id=SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Values of fields as people read them, empty for none, and the way to them, as the engine has gone it."""

    values: Mapping[str, str]
    witness: Witness
    walk: Walk | None = None


def is_excluded(inspection: Inspection, wishes: Sequence[Wish | Given]) -> bool:
    """Whether the solver, where it is installed, proves that the wishes never come true together."""
    if find_spec("z3") is None:
        return False
    demands = _demands(wishes)
    walk = inspection.stage.opened()
    if demands is None or walk is None:
        return False
    world = _world(inspection, walk)
    workflow = inspection.workflow
    stored = {field.id for field in workflow.fields.values() if field.formula is None}
    read = frozenset[str]().union(*(world.reads(demand) for demand in demands))
    computed = {field.id for field in workflow.fields.values() if field.formula is not None}
    if not read <= stored | computed | workflow.conditions.keys() | workflow.parameters.keys():
        return False
    from salespm_flow.solve.prove import Verdict as Proof  # noqa: PLC0415 - the extra may not be installed
    from salespm_flow.solve.prove import prove  # noqa: PLC0415 - as above

    return prove(replace(world, editable=frozenset(stored)), demands) is Proof.IMPOSSIBLE


def example(inspection: Inspection, source: str, wishes: Sequence[Wish | Given], found: Found) -> Example | None:
    """Values under which all wishes come true in the state; None where none were found."""
    walk = _walk_to(inspection, source)
    values: Mapping[str, Value] = found.values
    if found.verdict is not Verdict.SURE:
        demands = _demands(wishes)
        start = walk or inspection.stage.opened()
        if demands is None or start is None:
            return None
        proposal = propose(_world(inspection, start), demands)
        if proposal is None or proposal.rows:
            return None
        world = _world(inspection, start)
        read = frozenset[str]().union(*(world.reads(demand) for demand in demands)) & inspection.workflow.fields.keys()
        present = {name: key_of(world.current(name, {})) for name in sorted(read)}
        values = {**present, **{change.field: change.after for change in proposal.fields}}
    confirmed = None if walk is None else _confirmed(inspection, walk, wishes, values)
    if confirmed is not None:
        return confirmed
    if found.verdict is not Verdict.SURE:
        return None
    texts = _texts(inspection, values)
    return Example(values=texts, witness=Witness(deeds=(_deed(texts),), is_replayed=False))


def _walk_to(inspection: Inspection, source: str) -> Walk | None:
    space = inspection.space
    for number, one in enumerate(space.configurations):
        if any(is_within(leaf, source) for leaf in one.leaves):
            return inspection.stage.walk(space.way(number), space)
    return None


def _confirmed(
    inspection: Inspection, walk: Walk, wishes: Sequence[Wish | Given], values: Mapping[str, Value]
) -> Example | None:
    """The values with the way to them, where the engine takes them and the wishes are then true."""
    stored = {name: value for name, value in values.items() if _is_stored(inspection, name)}
    changed = {name: value for name, value in stored.items() if walk.project.fields.get(name) != value}
    if changed:
        request = SetFields(fields=changed, actor=_SYSTEM)
        decision = decide(inspection.stage.compiled, inspection.stage.snapshot(walk.project), request, walk.now)
        if not isinstance(decision, Accepted):
            return None
        texts = _texts(inspection, changed)
        states = inspection.stage.states_if_moved(walk, decision.project)
        walk = walk.after(decision, (replace(_deed(texts), states=states),))
    world = _world(inspection, walk)
    if not all(_holds(world, wish) for wish in wishes):
        return None
    witness = Witness(deeds=walk.deeds, is_replayed=True)
    return Example(values=_texts(inspection, stored), witness=witness, walk=walk)


def _holds(world: World, wish: Wish | Given) -> bool:
    if isinstance(wish, Given):
        return world.is_present(world.current(wish.name, {}))
    value = world.value(wish.node, {})
    match wish.want:
        case Want.TRUE:
            return value is True
        case Want.FALSE:
            return value is False
        case Want.NOT_TRUE:
            return value is not True
        case Want.NOT_FALSE:
            return value is not False


def _world(inspection: Inspection, walk: Walk) -> World:
    stage = inspection.stage
    return world_of(stage.compiled, stage.snapshot(walk.project), _SYSTEM, walk.now)


def _demands(wishes: Sequence[Wish | Given]) -> tuple[Demand, ...] | None:
    """The wishes as demands; None where one of them is about what is unknown."""
    demands: list[Demand] = []
    for wish in wishes:
        if isinstance(wish, Given):
            demands.append(Presence(wish.name))
        elif wish.want in {Want.TRUE, Want.FALSE} and not wish.states:
            demands.append(Goal(wish.node, wish.want is Want.TRUE))
        else:
            return None
    return tuple(demands)


def _is_stored(inspection: Inspection, name: str) -> bool:
    field = inspection.workflow.fields.get(name)
    return field is not None and field.formula is None


def _texts(inspection: Inspection, values: Mapping[str, Value]) -> dict[str, str]:
    fields = inspection.workflow.fields
    return {name: "" if value is None else shown(value, fields[name].type) for name, value in values.items()}


def _deed(texts: Mapping[str, str]) -> Deed:
    return Deed(verb="set", values=tuple(texts.items()))
