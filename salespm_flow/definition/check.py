"""Checks documents against each other and types every expression. Knows models and places, not files."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from salespm_flow.definition.build import Built
from salespm_flow.definition.build.actions import CATEGORY_PLACE
from salespm_flow.definition.build.reader import normalise
from salespm_flow.definition.circles import check_circle
from salespm_flow.definition.demands import (
    all_actions,
    carry_demands,
    risk_demands,
    table_demands,
    workflow_demands,
)
from salespm_flow.definition.figures import check_figures
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.mapping_forms import check_forms
from salespm_flow.definition.migrations import check_migration
from salespm_flow.definition.people import check_mentions, check_people_fields
from salespm_flow.definition.quorums import check_quorums
from salespm_flow.definition.rates import check_key, check_rates
from salespm_flow.definition.results import unknown
from salespm_flow.definition.risk_currencies import check_currencies, check_currency
from salespm_flow.definition.suggest import did_you_mean, renaming, suggestion
from salespm_flow.definition.world import (
    CALENDAR,
    GOAL_SET,
    ORGANISATION,
    REFERENCE,
    RISK_MODEL,
    SCORECARD,
    WORKFLOW,
    World,
    check_expressions,
    check_place,
    check_places,
)
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.expr.syntax import Name, walk
from salespm_flow.model.actions import OpenRisk
from salespm_flow.model.fields import Field, RefTo
from salespm_flow.model.goals import GoalSet
from salespm_flow.model.library import ImportMapping, Reference, Workspace, organisation_named
from salespm_flow.model.migration import Migration
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.rules import CATEGORIES, KpiSet, RiskModel, Scorecard
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import Link, Workflow
from salespm_flow.suggest import nearest_name
from salespm_flow.working_time import Calendar

FIELD = Bilingual("字段", "field")
STATE = Bilingual("状态", "state")


def check_document(built: Built, world: World) -> tuple[Diagnostic, ...]:
    """Everything in which a document does not fit the others or its expressions do not fit their types."""
    match built.document:
        case Workflow() as workflow:
            found = _check_workflow(built, workflow, world)
        case RiskModel() as model:
            found = _check_risk_model(built, model, world)
        case KpiSet() | Scorecard() | GoalSet() as figures:
            found = check_figures(built, figures, world)
        case DecisionTable() as table:
            found = _check_table(built, table, world)
        case Reference() as reference:
            found = _check_columns(built, reference, world)
        case ImportMapping() | Migration() as course:
            found = _check_course(built, course, world)
        case Scenarios() as scenarios:
            found = _check_scenarios(built, scenarios, world)
        case Workspace() as workspace:
            found = _check_settings(built, workspace, world)
        case Calendar() | Organisation():
            found = iter(())
    return tuple(dict.fromkeys(found))


def _check_workflow(built: Built, workflow: Workflow, world: World) -> Iterator[Diagnostic]:
    yield from check_place(built, "uses.organisation", ORGANISATION, world)
    yield from check_place(built, "uses.calendar", CALENDAR, world)
    yield from check_places(built, "uses.goals.", GOAL_SET, world)
    yield from check_places(built, "uses.risks.", RISK_MODEL, world)
    yield from check_places(built, "uses.scorecards.", SCORECARD, world)
    yield from _check_fields(built, workflow.fields.values(), "fields", world)
    for record in workflow.records.values():
        yield from _check_fields(built, record.fields.values(), f"records.{record.id}.fields", world)
    for link in workflow.links.values():
        yield from _check_link(built, link, world)
    yield from _check_risk_actions(workflow, world)
    yield from _check_categories(built, world)
    yield from check_currencies(built, workflow, world.library)
    yield from check_mentions(built, (workflow,), world.library, world.unusable)
    yield from check_people_fields(workflow, world.library, world.unusable)
    yield from check_quorums(workflow, world.library, world.unusable)
    poisoned = built.poisoned | world.poisoned | _broken_names(workflow, world)
    yield from _check_cycles(workflow)
    yield from check_expressions(built, workflow_demands(workflow, world.library), poisoned, world.library)
    yield from check_expressions(built, carry_demands(workflow, world.library), poisoned, world.library)


def _check_risk_model(built: Built, model: RiskModel, world: World) -> Iterator[Diagnostic]:
    users = tuple(one for one in world.library.workflows.values() if model.id in one.uses.risks)
    yield from check_mentions(built, users, world.library, world.unusable)
    yield from _check_categories(built, world)
    yield from check_currency(built, model, world.library)
    yield from check_expressions(built, risk_demands(model, world.library), world.poisoned, world.library)


def _broken_names(workflow: Workflow, world: World) -> frozenset[str]:
    """The names that stand for what does not exist or is broken: nothing that mentions them can be typed."""
    library = world.library
    standing = {"kpi"} if any(kind == "kpi_set" for kind, _ in world.unusable) else set()
    if any(_is_broken("risk_model", name, library.risk_models, world) for name in workflow.uses.risks):
        standing.add("risk")
    if any(_is_broken("goal_set", name, library.goal_sets, world) for name in workflow.uses.goals):
        standing.add("goal")
    organisation = organisation_named(workflow, library)
    if organisation is not None and _is_broken("organisation", organisation, library.organisations, world):
        standing |= {"owner", "actor"}
    fields = {
        field.id
        for field in workflow.fields.values()
        if isinstance(field.type, RefTo) and _is_broken("reference", field.type.reference, library.references, world)
    }
    links = {
        link.id for link in workflow.links.values() if _is_broken("workflow", link.workflow, library.workflows, world)
    }
    return frozenset(fields | links | standing)


def _is_broken(kind: str, id_: str, known: Collection[str], world: World) -> bool:
    return id_ not in known or (kind, id_) in world.unusable


def _check_fields(built: Built, fields: Iterable[Field], prefix: str, world: World) -> Iterator[Diagnostic]:
    for field in fields:
        yield from check_place(built, f"{prefix}.{field.id}.to", REFERENCE, world)
        yield from check_key(field, built.places.get(f"{prefix}.{field.id}.to"), world.library)


def _check_settings(built: Built, workspace: Workspace, world: World) -> Iterator[Diagnostic]:
    yield from check_place(built, "calendar", CALENDAR, world)
    yield from check_place(built, "organisation", ORGANISATION, world)
    yield from check_place(built, "rates", REFERENCE, world)
    place = built.places.get("rates")
    if place is not None and ("reference", workspace.rates) not in world.unusable:
        yield from check_rates(world.library, place)


def _check_columns(built: Built, reference: Reference, world: World) -> Iterator[Diagnostic]:
    yield from _check_fields(built, reference.fields.values(), "fields", world)


def _check_link(built: Built, link: Link, world: World) -> Iterator[Diagnostic]:
    yield from check_place(built, f"links.{link.id}.workflow", WORKFLOW, world)
    child = world.library.workflows.get(link.workflow)
    if child is None or ("workflow", link.workflow) in world.unusable:
        return
    # A required field whose name was only mistyped is told once.
    meant = {nearest_name(name, child.fields) for name in link.carry if name not in child.fields}
    for name in link.carry:
        node = built.places[f"links.{link.id}.carry.{name}"]
        place = node.span
        field = child.fields.get(name)
        if field is None:
            message = Bilingual(
                f"流程 {shown(child.id)} 没有字段 {shown(name)}", f"{shown(child.id)} has no field {shown(name)}"
            )
            yield error("SF340", place, message, suggestion(name, child.fields), fix=renaming(node, child.fields))
        elif field.formula is not None:
            message = Bilingual(
                f"{shown(name)} 由公式计算，不能传入", f"{shown(name)} is computed and cannot be carried"
            )
            yield error("SF340", place, message)
    for field in child.fields.values():
        if field.is_required and field.default is None and field.id not in link.carry and field.id not in meant:
            message = Bilingual(
                f"流程 {shown(child.id)} 必填的字段 {shown(field.id)} 没有传入",
                f"{shown(child.id)} requires the field {shown(field.id)}, which is not carried",
            )
            yield error("SF342", link.span, message, Bilingual("请写入 `carry`", "add it to `carry`"))


def _check_risk_actions(workflow: Workflow, world: World) -> Iterator[Diagnostic]:
    for action in all_actions(workflow):
        if not isinstance(action, OpenRisk):
            continue
        if not workflow.uses.risks:
            message = Bilingual("动作 risk 需要风险模型", "The action risk needs a risk model")
            yield error("SF341", action.span, message, Bilingual("请写入 uses: {risks: […]}", "add uses: {risks: […]}"))
            continue
        model = world.library.risk_models.get(workflow.uses.risks[0])
        if model is None:
            continue
        for step, scale in ((action.probability, model.probabilities), (action.impact, model.impacts)):
            if scale and step not in scale:
                listed = ", ".join(str(one) for one in scale)
                message = Bilingual(f"等级 {step} 不在量表中", f"The step {step} is not on the scale")
                yield error("SF309", action.span, message, Bilingual(f"可用：{listed}", f"known: {listed}"))


def _check_categories(built: Built, world: World) -> Iterator[Diagnostic]:
    """Every risk category is one of the language's or of the workspace's own."""
    known = tuple(dict.fromkeys((*CATEGORIES, *world.library.workspace.risk_categories)))
    for place, node in built.places.items():
        if place.startswith(CATEGORY_PLACE) and normalise(node.text) not in known:
            message = Bilingual(f"没有风险类别 {shown(node.text)}", f"There is no risk category {shown(node.text)}")
            listed = ", ".join(known)
            own = Bilingual(
                f"可用：{listed}；在 salespm.yaml 的 risk_categories 中可自定义",
                f"known: {listed}; or add your own to risk_categories in salespm.yaml",
            )
            hint = did_you_mean(node.text, known) or own
            yield error("SF309", node.span, message, hint, fix=renaming(node, known))


def _check_cycles(workflow: Workflow) -> Iterator[Diagnostic]:
    """Conditions and computed fields that come back to themselves would never end."""
    given = dict(workflow.conditions)
    given |= {field.id: field.formula for field in workflow.fields.values() if field.formula is not None}
    reads = {
        name: {node.name for node, _ in walk(expression.node) if isinstance(node, Name) and node.name in given}
        for name, expression in given.items()
    }
    told: set[str] = set()
    for name, expression in given.items():
        reached = _reachable(name, reads)
        if name in reached and name not in told:
            told |= reached
            message = Bilingual(f"{shown(name)} 最终引用了自己", f"{shown(name)} comes back to itself")
            yield error("SF343", expression.place, message)


def _reachable(start: str, reads: Mapping[str, Collection[str]]) -> frozenset[str]:
    found: set[str] = set()
    pending = list(reads[start])
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending.extend(reads[name])
    return frozenset(found)


def _check_table(built: Built, table: DecisionTable, world: World) -> Iterator[Diagnostic]:
    for prefix in ("inputs", "outputs"):
        for place in (place for place in built.places if place.startswith(f"{prefix}.")):
            yield from check_place(built, place, REFERENCE, world)
    yield from check_circle(table, world.library.decision_tables)
    poisoned = built.poisoned | world.poisoned
    yield from check_expressions(built, table_demands(table, world.library), poisoned, world.library)


def _check_course(built: Built, course: ImportMapping | Migration, world: World) -> Iterator[Diagnostic]:
    """What rows or older projects become must be there in the workflow."""
    yield from check_place(built, "workflow", WORKFLOW, world)
    workflow = world.library.workflows.get(course.workflow)
    if workflow is None or ("workflow", course.workflow) in world.unusable:
        return
    if isinstance(course, Migration):
        yield from check_migration(built, course, workflow)
    else:
        yield from _check_mapping(built, course, workflow)


def _check_mapping(built: Built, mapping: ImportMapping, workflow: Workflow) -> Iterator[Diagnostic]:
    for column in mapping.fields.values():
        field = workflow.fields.get(column.field)
        if field is None:
            yield unknown("SF303", FIELD, column.field, (column.span, workflow.fields))
        elif field.formula is not None:
            message = Bilingual(
                f"{shown(field.id)} 由公式计算，不能导入", f"{shown(field.id)} is computed, not imported"
            )
            yield error("SF317", column.span, message)
    yield from check_forms(mapping, workflow)
    names = [state.name for state in workflow.states.values()]
    known = frozenset((*names, *workflow.states))
    for text, state in mapping.state_values.items():
        if state not in known:
            yield unknown("SF301", STATE, state, (built.places[f"state.values.{text}"].span, names))
    for state in mapping.entered:
        if state not in known:
            yield unknown("SF301", STATE, state, (built.places[f"entered.{state}"].span, names))


def _check_scenarios(built: Built, scenarios: Scenarios, world: World) -> Iterator[Diagnostic]:
    yield from check_place(built, "workflow", WORKFLOW, world)
    if ("workflow", scenarios.workflow) not in world.unusable and built.is_whole:
        # Reading cases takes its time, and most workspaces hold a few files of them only.
        from salespm_flow.definition.cases import suite_of  # noqa: PLC0415 -- as just said

        yield from suite_of(scenarios, world.library)[1]
