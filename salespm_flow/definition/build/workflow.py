"""Builds a workflow document out of its parts and checks what only the whole can show."""

from collections.abc import Mapping
from functools import partial

from salespm_flow.definition.build.actions import Scope
from salespm_flow.definition.build.events import check_events
from salespm_flow.definition.build.fields import (
    RESERVED_NAMES,
    FieldOwner,
    check_not_reserved,
    read_fields,
    read_parameters,
    read_records,
)
from salespm_flow.definition.build.reader import MISSING, Findings, Reader, expression_of, normalise
from salespm_flow.definition.build.state_tree import StateTree, read_state_tree
from salespm_flow.definition.build.states import read_initial, read_states
from salespm_flow.definition.build.transitions import read_timers, read_transitions
from salespm_flow.definition.findings import point, shown
from salespm_flow.definition.nodes import MapNode, ScalarNode
from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.expression import Expression
from salespm_flow.model.source import Source
from salespm_flow.model.workflow import Domain, Link, State, StateKind, Uses, Workflow

LINK = Bilingual("链接", "link")


def build_workflow(findings: Findings, root: MapNode, source: Source) -> Workflow:
    """The workflow that the document writes, with what could be read where something is wrong."""
    reader = Reader(findings, root, "workflow")
    _touch_header(reader)
    tree = read_state_tree(findings, reader)
    path_of = partial(tree.resolve, findings)
    owner = FieldOwner(pointer="workflow.field", place="fields", path_of=path_of)
    fields, records = read_fields(reader, owner), read_records(reader, path_of)
    parameters = read_parameters(reader)
    conditions, links = _read_conditions(reader), _read_links(reader)
    scope = Scope(fields=fields, records=records, links=tuple(links))
    states = read_states(findings, tree, scope)
    transitions = read_transitions(reader, tree, states, scope)
    timers = read_timers(reader, tree, scope)
    initial, is_parallel = _read_root(reader, tree)
    domain = reader.choice("domain", Domain)
    check_events(findings, (event for each in transitions.values() for event in each.events), links)
    _check_whole(reader, states)
    return Workflow(
        id=source.id,
        version=source.version,
        title=reader.title("title", source.id),
        domain=domain or Domain.SALES,
        source=source,
        uses=_read_uses(reader),
        parameters=parameters,
        fields=fields,
        records=records,
        conditions=conditions,
        links=links,
        roots=tree.children(None),
        initial=initial,
        is_parallel=is_parallel,
        states=states,
        transitions=transitions,
        timers=timers,
        roles=tuple(findings.roles),
        span=root.span,
        purpose=reader.title("purpose", "") if reader.has("purpose") else None,
    )


def _check_whole(reader: Reader, states: Mapping[str, State]) -> None:
    """What must stand in the document is there, and no two names are one."""
    reader.require("domain")
    _check_names_differ(reader)
    _check_has_final(reader, states)


def _touch_header(reader: Reader) -> None:
    """The header's keys count as read: `read_header` has read them."""
    for key in ("salespm", "kind", "id", "version"):
        reader.node(key)


def _read_uses(reader: Reader) -> Uses:
    node = reader.node("uses")
    if node is None:
        return Uses()
    inner = Reader(reader.findings, node, "workflow.uses")
    organisation, calendar = inner.scalar("organisation"), inner.scalar("calendar")
    goals, risks, scorecards = inner.names("goals"), inner.names("risks"), inner.names("scorecards")
    places = reader.findings.places
    if organisation is not None:
        places["uses.organisation"] = organisation
    if calendar is not None:
        places["uses.calendar"] = calendar
    places |= {f"uses.goals.{name.text}": name for name in goals}
    places |= {f"uses.risks.{name.text}": name for name in risks}
    places |= {f"uses.scorecards.{name.text}": name for name in scorecards}
    return Uses(
        organisation=None if organisation is None else normalise(organisation.text),
        calendar=None if calendar is None else calendar.text,
        goals=tuple(name.text for name in goals),
        risks=tuple(name.text for name in risks),
        scorecards=tuple(name.text for name in scorecards),
    )


def _read_conditions(reader: Reader) -> Mapping[str, Expression]:
    conditions: dict[str, Expression] = {}
    for id_, name, node in reader.entries("conditions"):
        check_not_reserved(reader.findings, name, RESERVED_NAMES, Bilingual("条件", "condition"))
        expression = expression_of(reader.findings, node)
        if expression is None:
            reader.findings.poisoned.add(id_)
        else:
            conditions[id_] = expression
    return conditions


def _read_links(reader: Reader) -> Mapping[str, Link]:
    links: dict[str, Link] = {}
    for id_, key, node in reader.entries("links"):
        link = _read_link(Reader(reader.findings, node, "workflow.link"), id_, key)
        # A link without its workflow is reported; the name still counts as known.
        links[id_] = link
    return links


def _read_link(reader: Reader, id_: str, key: ScalarNode) -> Link:
    findings = reader.findings
    check_not_reserved(findings, key, frozenset({"self", "parent", "done", "sla"}), LINK)
    reader.require("workflow")
    workflow = reader.scalar("workflow")
    if workflow is not None:
        findings.places[f"links.{id_}.workflow"] = workflow
    carry: dict[str, Expression] = {}
    for field, name, node in reader.entries("carry"):
        findings.places[f"links.{id_}.carry.{field}"] = name
        expression = expression_of(findings, node)
        if expression is not None:
            carry[field] = expression
    return Link(
        id=id_,
        title=reader.title("title", id_),
        workflow="" if workflow is None else workflow.text,
        carry=carry,
        span=key.span,
        is_many=reader.flag("many") or False,
    )


def _read_root(reader: Reader, tree: StateTree) -> tuple[tuple[str, ...], bool]:
    """The root's initial state, and whether the root is parallel."""
    initial = reader.scalar("initial")
    has_states, has_regions = reader.has("states"), reader.has("regions")
    if has_states and has_regions:
        message = Bilingual("`states` 和 `regions` 只能写一个", "Only one of `states` and `regions` can be given")
        reader.findings.error("SF323", message, reader.key_place("regions"))
    if has_regions and not has_states:
        if initial is not None:
            message = Bilingual("没有 `states` 就不能写 `initial`", "`initial` needs `states` beside it")
            reader.findings.error("SF323", message, reader.key_place("initial"))
        return (), True
    if not has_states:
        for key in ("states", "initial"):
            if not reader.has(key):
                message = Bilingual(f"文档缺少 {shown(key)}", f"the document has no {shown(key)}")
                reader.findings.error(MISSING, message, point(reader.span.file, reader.span.line, reader.span.column))
        return (), False
    return read_initial(reader, initial, tree, None), False


def _check_names_differ(reader: Reader) -> None:
    """Expressions see parameters, fields, records and conditions side by side, so no two share a name."""
    seen: dict[str, str] = {}
    for key in ("parameters", "fields", "records", "conditions"):
        node = reader.node(key)
        for name, entry in node.entries.items() if isinstance(node, MapNode) else ():
            if name in seen:
                message = Bilingual(
                    f"名称 {shown(name)} 已在 {shown(seen[name])} 中使用",
                    f"The name {shown(name)} is already used under {shown(seen[name])}",
                )
                reader.findings.error("SF319", message, entry.key.span)
            else:
                seen[name] = key


def _check_has_final(reader: Reader, states: Mapping[str, State]) -> None:
    roots = [state for state in states.values() if state.parent is None]
    if not roots or reader.has("regions") or any(state.kind is StateKind.FINAL for state in roots):
        return
    message = Bilingual("没有终止状态，项目永远不会关闭", "There is no final state: a project would never close")
    hint = Bilingual("至少一个状态写 final: true", "give at least one state final: true")
    reader.findings.error("SF329", message, reader.key_place("states"), hint)
