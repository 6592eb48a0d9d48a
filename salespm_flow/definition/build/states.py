"""Builds states from the tree: their shape, what they inherit, their gates, tasks and SLA."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from salespm_flow.definition.build.actions import Scope
from salespm_flow.definition.build.gates import read_gate
from salespm_flow.definition.build.parties import read_role
from salespm_flow.definition.build.reader import Findings, Mention, Reader, integer_of, scalar_of
from salespm_flow.definition.build.state_tree import STATE, Place, StateTree
from salespm_flow.definition.build.tasks import check_needs, read_tasks
from salespm_flow.definition.findings import shown
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Months, WorkingDays
from salespm_flow.model.expression import Duration
from salespm_flow.model.fields import Scalar, SimpleType
from salespm_flow.model.workflow import Function, Memory, Outcome, Sla, State, StateKind
from salespm_flow.nouns import dataclass

_PERCENT = SimpleType(Scalar.PERCENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inherited:
    """What a state takes from the states around it, unless it says its own."""

    probability: Decimal | None = None
    owner_role: str | None = None


def read_states(findings: Findings, tree: StateTree, scope: Scope) -> Mapping[str, State]:
    """Every state by full path, parents first."""
    states: dict[str, State] = {}
    heritage: dict[str | None, Inherited] = {None: Inherited()}
    for place in tree.places.values():
        reader = Reader(findings, place.node, "workflow.state")
        own = _read_inherited(reader, heritage[place.parent])
        if place.is_region and reader.has("probability"):
            # All regions of a state are active together: whose chance it would be, nobody could say.
            message = Bilingual("并行区域没有成功率", "A region carries no probability")
            hint = Bilingual("写在含有这些区域的状态上", "give it to the state that has the regions")
            findings.error("SF323", message, reader.key_place("probability"), hint)
        heritage[place.path] = own
        states[place.path] = _read_state(reader, place, tree, (own, scope))
    check_needs(findings, states)
    return states


def _read_inherited(reader: Reader, outer: Inherited) -> Inherited:
    probability = reader.literal("probability", _PERCENT)
    if isinstance(probability, Decimal) and not 0 <= probability <= 1:
        message = Bilingual("概率应在 0% 到 100% 之间", "A probability lies between 0% and 100%")
        reader.findings.error("SF313", message, reader.place("probability"))
        probability = None
    return Inherited(
        probability=probability if isinstance(probability, Decimal) else outer.probability,
        owner_role=read_role(reader, "owner_role") or outer.owner_role,
    )


def _read_state(reader: Reader, place: Place, tree: StateTree, given: tuple[Inherited, Scope]) -> State:
    own, scope = given
    kind = _read_kind(reader, is_region=place.is_region)
    outcome = reader.choice("outcome", Outcome)
    return State(
        path=place.path,
        name=tree.names[place.path],
        title=reader.title("title", place.id),
        kind=kind,
        span=place.key.span,
        parent=place.parent,
        children=tree.children(place.path),
        initial=_read_initial_of(reader, place, tree, kind),
        is_region=place.is_region,
        memory=reader.choice("history", Memory),
        function=reader.choice("function", Function),
        probability=None if place.is_region else _probability(own, outcome),
        owner_role=own.owner_role,
        skills=_read_skills(reader),
        tools=tuple(tool.text for tool in reader.names("tools")),
        sla=_read_sla(reader),
        tasks=read_tasks(reader, place.path),
        entry=read_gate(reader, "entry", scope),
        exit=read_gate(reader, "exit", scope),
        is_aside=reader.flag("aside") or False,
        outcome=outcome,
    )


def _probability(own: Inherited, outcome: Outcome | None) -> Decimal | None:
    """Success is certain, failure impossible, whatever a state says or inherits."""
    return own.probability if outcome is None else Decimal(int(outcome.is_success))


def _read_kind(reader: Reader, *, is_region: bool) -> StateKind:
    is_final = reader.flag("final") or False
    has_states, has_regions = reader.has("states"), reader.has("regions")
    if has_states and has_regions:
        message = Bilingual("`states` 和 `regions` 只能写一个", "Only one of `states` and `regions` can be given")
        reader.findings.error("SF323", message, reader.key_place("regions"))
    if not has_states and not has_regions and reader.has("history") and not is_final:
        message = Bilingual(
            "里面没有状态，`history` 无可记忆", "`history` has nothing to remember: there are no states inside"
        )
        reader.findings.error("SF323", message, reader.key_place("history"))
    if is_final and is_region:
        message = Bilingual("并行区域不能是终止状态", "A region cannot be final")
        hint = Bilingual("在区域里给一个状态写 final: true", "give a state inside it final: true")
        reader.findings.error("SF322", message, reader.key_place("final"), hint)
    if is_final:
        for key in ("states", "regions", "initial", "history", "exit", "sla"):
            if reader.has(key):
                message = Bilingual(
                    f"终止状态不会离开，不能写 {shown(key)}",
                    f"A final state is never left, so it takes no {shown(key)}",
                )
                reader.findings.error("SF322", message, reader.key_place(key))
        return StateKind.FINAL
    if has_regions:
        return StateKind.PARALLEL
    return StateKind.COMPOUND if has_states else StateKind.ATOMIC


def _read_initial_of(reader: Reader, place: Place, tree: StateTree, kind: StateKind) -> tuple[str, ...]:
    name = reader.scalar("initial")
    match kind:
        case StateKind.COMPOUND:
            return read_initial(reader, name, tree, place.path)
        case StateKind.ATOMIC | StateKind.PARALLEL if name is not None:
            message = Bilingual("没有 `states` 就不能写 `initial`", "`initial` needs `states` beside it")
            reader.findings.error("SF323", message, reader.key_place("initial"))
    return ()


def read_initial(reader: Reader, name: ScalarNode | None, tree: StateTree, parent: str | None) -> tuple[str, ...]:
    """The full path of the child that `initial` names; a child's own id is enough, even where it is not unique."""
    findings = reader.findings
    children = tree.children(parent)
    own_ids = {tree.places[child].id: child for child in children}
    if name is None:
        if not reader.has("initial"):
            message = Bilingual("缺少 `initial`：从哪个状态开始？", "`initial` is missing: which state comes first?")
            hint = (
                Bilingual(f"例如 initial: {next(iter(own_ids))}", f"for example initial: {next(iter(own_ids))}")
                if own_ids
                else None
            )
            findings.error("SF320", message, reader.key_place("states"), hint)
        return ()
    if name.text in own_ids:
        return (own_ids[name.text],)
    found = [path for path in tree.matches(name.text) if path in children]
    if found:
        return (found[0],)
    if tree.matches(name.text):
        message = Bilingual(f"{shown(name.text)} 不在这一层", f"{shown(name.text)} is not a direct child here")
        findings.error("SF321", message, name.span, suggestion(name.text, own_ids), fix=renaming(name, own_ids))
    else:
        findings.unknown("SF301", STATE, name, own_ids)
    return ()


def _read_skills(reader: Reader) -> Mapping[str, int]:
    skills: dict[str, int] = {}
    for id_, name, node in reader.entries("skills"):
        reader.findings.mentions.append((Mention.SKILL, name))
        scalar = scalar_of(reader.findings, node)
        level = None if scalar is None else integer_of(reader.findings, scalar)
        if level is not None:
            skills[id_] = level
    return skills


def _read_sla(reader: Reader) -> Sla | None:
    node = reader.node("sla")
    if node is None:
        return None
    inner = Reader(reader.findings, node, "workflow.sla")
    warn, breach = inner.duration("warn"), inner.duration("breach")
    if _is_at_least(warn, breach):
        message = Bilingual("预警 `warn` 必须早于超时 `breach`", "`warn` must come before `breach`")
        reader.findings.error("SF313", message, inner.place("warn"))
    return Sla(warn=warn, breach=breach, span=inner.span)


def _is_at_least(one: Duration | None, other: Duration | None) -> bool:
    """Whether the first is no shorter; False where only a date could tell."""
    match one, other:
        case timedelta(), timedelta():
            return one >= other
        case WorkingDays(days=days), WorkingDays(days=others):
            return days >= others
        case Months(count=count), Months(count=others):
            return count >= others
        case _:
            return False
