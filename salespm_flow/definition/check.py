"""Checks documents against each other and types every expression. Knows models and places, not files."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

from salespm_flow.definition.build import Built
from salespm_flow.definition.build.reader import problem_diagnostic
from salespm_flow.definition.circles import check_circle
from salespm_flow.definition.demands import (
    Demand,
    all_actions,
    carry_demands,
    kpi_demands,
    risk_demands,
    table_demands,
    veto_demands,
    workflow_demands,
)
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.goals import check_goals
from salespm_flow.definition.kpi_rules import check_kpi_circles, check_population, check_quotient
from salespm_flow.definition.mapping_forms import check_forms
from salespm_flow.definition.migrations import check_migration
from salespm_flow.definition.nodes import ScalarNode
from salespm_flow.definition.people import check_mentions, check_people_fields
from salespm_flow.definition.quorums import check_quorums
from salespm_flow.definition.rates import check_conversion, check_key, check_rates
from salespm_flow.definition.results import check_kind, unknown
from salespm_flow.definition.risk_currencies import check_currencies, check_currency
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, Span
from salespm_flow.expr.check import check
from salespm_flow.expr.syntax import Name, walk
from salespm_flow.expr.types import MoneyType, Type, describe, kind_of
from salespm_flow.model.actions import OpenRisk
from salespm_flow.model.fields import Field, RefTo
from salespm_flow.model.goals import GoalSet
from salespm_flow.model.library import ImportMapping, Library, Reference, Workspace, organisation_named
from salespm_flow.model.migration import Migration
from salespm_flow.model.names import type_of, type_of_unit
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.rules import Kpi, KpiSet, RiskModel, Scorecard
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import Link, Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.suggest import nearest_name
from salespm_flow.working_time import Calendar

_NAME = re.compile(r"[^\W\d]\w*")
_ORGANISATION = ("organisation", Bilingual("组织", "organisation"))
_CALENDAR = ("calendar", Bilingual("日历", "calendar"))
_RISK_MODEL = ("risk_model", Bilingual("风险模型", "risk model"))
_SCORECARD = ("scorecard", Bilingual("计分卡", "scorecard"))
_GOAL_SET = ("goal_set", Bilingual("目标集", "goal set"))
_REFERENCE = ("reference", Bilingual("参照表", "reference"))
_WORKFLOW = ("workflow", Bilingual("流程", "workflow"))
FIELD = Bilingual("字段", "field")
STATE = Bilingual("状态", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that documents may refer to: the library, incomplete ones included, and what exists but cannot be read.

    `unusable` holds (kind, id) of documents with errors: what depends on them is not judged again.
    `poisoned` are the names that such documents would have declared.
    """

    library: Library
    unusable: frozenset[tuple[str, str]]
    poisoned: frozenset[str] = frozenset()

    def ids(self, kind: str) -> Collection[str]:
        """The ids of all documents of a kind."""
        tables: Mapping[str, Mapping[str, object]] = {
            "organisation": self.library.organisations,
            "calendar": self.library.calendars,
            "risk_model": self.library.risk_models,
            "scorecard": self.library.scorecards,
            "goal_set": self.library.goal_sets,
            "reference": self.library.references,
            "workflow": self.library.workflows,
        }
        return tuple(dict.fromkeys((*tables[kind], *(id_ for found, id_ in self.unusable if found == kind))))


def check_document(built: Built, world: World) -> tuple[Diagnostic, ...]:
    """Everything in which a document does not fit the others or its expressions do not fit their types."""
    match built.document:
        case Workflow() as workflow:
            found = _check_workflow(built, workflow, world)
        case RiskModel() as model:
            found = _check_risk_model(built, model, world)
        case KpiSet() | Scorecard() | GoalSet() as figures:
            found = _check_figures(built, figures, world)
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


def _check_figures(built: Built, document: KpiSet | Scorecard | GoalSet, world: World) -> Iterator[Diagnostic]:
    match document:
        case KpiSet() as kpis:
            return _check_kpis(built, kpis, world)
        case Scorecard() as scorecard:
            return _check_scorecard(built, scorecard, world)
        case GoalSet() as goals:
            return _check_goals(built, goals, world)


def _check_workflow(built: Built, workflow: Workflow, world: World) -> Iterator[Diagnostic]:
    yield from _check_place(built, "uses.organisation", _ORGANISATION, world)
    yield from _check_place(built, "uses.calendar", _CALENDAR, world)
    yield from _check_places(built, "uses.goals.", _GOAL_SET, world)
    yield from _check_places(built, "uses.risks.", _RISK_MODEL, world)
    yield from _check_places(built, "uses.scorecards.", _SCORECARD, world)
    yield from _check_fields(built, workflow.fields.values(), "fields", world)
    for record in workflow.records.values():
        yield from _check_fields(built, record.fields.values(), f"records.{record.id}.fields", world)
    for link in workflow.links.values():
        yield from _check_link(built, link, world)
    yield from _check_risk_actions(workflow, world)
    yield from check_currencies(built, workflow, world.library)
    yield from check_mentions(built, (workflow,), world.library, world.unusable)
    yield from check_people_fields(workflow, world.library, world.unusable)
    yield from check_quorums(workflow, world.library, world.unusable)
    poisoned = built.poisoned | world.poisoned | _broken_names(workflow, world)
    yield from _check_cycles(workflow)
    yield from _check_expressions(built, workflow_demands(workflow, world.library), poisoned, world.library)
    yield from _check_expressions(built, carry_demands(workflow, world.library), poisoned, world.library)


def _check_risk_model(built: Built, model: RiskModel, world: World) -> Iterator[Diagnostic]:
    users = tuple(one for one in world.library.workflows.values() if model.id in one.uses.risks)
    yield from check_mentions(built, users, world.library, world.unusable)
    yield from check_currency(built, model, world.library)
    yield from _check_expressions(built, risk_demands(model, world.library), world.poisoned, world.library)


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


def _check_place(built: Built, place: str, kind: tuple[str, Bilingual], world: World) -> Iterator[Diagnostic]:
    """The document named at a place of the file exists."""
    node = built.places.get(place)
    if node is not None:
        yield from _missing(kind, node, world)


def _check_places(built: Built, prefix: str, kind: tuple[str, Bilingual], world: World) -> Iterator[Diagnostic]:
    for place, node in built.places.items():
        if place.startswith(prefix):
            yield from _missing(kind, node, world)


def _missing(kind: tuple[str, Bilingual], node: ScalarNode, world: World) -> Iterator[Diagnostic]:
    word, title = kind
    id_ = node.text
    known = world.ids(word)
    if id_ not in known:
        message = Bilingual(f"没有{title.zh} {shown(id_)}", f"There is no {title.en} {shown(id_)}")
        yield error("SF307", node.span, message, suggestion(id_, known), fix=renaming(node, known))


def _check_fields(built: Built, fields: Iterable[Field], prefix: str, world: World) -> Iterator[Diagnostic]:
    for field in fields:
        yield from _check_place(built, f"{prefix}.{field.id}.to", _REFERENCE, world)
        yield from check_key(field, built.places.get(f"{prefix}.{field.id}.to"), world.library)


def _check_settings(built: Built, workspace: Workspace, world: World) -> Iterator[Diagnostic]:
    yield from _check_place(built, "calendar", _CALENDAR, world)
    yield from _check_place(built, "organisation", _ORGANISATION, world)
    yield from _check_place(built, "rates", _REFERENCE, world)
    place = built.places.get("rates")
    if place is not None and ("reference", workspace.rates) not in world.unusable:
        yield from check_rates(world.library, place)


def _check_columns(built: Built, reference: Reference, world: World) -> Iterator[Diagnostic]:
    yield from _check_fields(built, reference.fields.values(), "fields", world)


def _check_link(built: Built, link: Link, world: World) -> Iterator[Diagnostic]:
    yield from _check_place(built, f"links.{link.id}.workflow", _WORKFLOW, world)
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


def _check_kpis(built: Built, kpis: KpiSet, world: World) -> Iterator[Diagnostic]:
    yield from _check_place(built, "workflow", _WORKFLOW, world)
    yield from check_kpi_circles(kpis, world.library)
    for kpi in kpis.kpis.values():
        yield from _check_place(built, f"kpis.{kpi.id}.workflow", _WORKFLOW, world)
        other = next((one for one in world.library.kpi_sets.values() if one.id != kpis.id and kpi.id in one.kpis), None)
        if other is not None and other.id < kpis.id:
            message = Bilingual(
                f"指标 {shown(kpi.id)} 已在 {shown(other.id)} 中定义",
                f"The KPI {shown(kpi.id)} is already defined in {shown(other.id)}",
            )
            yield error("SF344", kpi.span, message)
        if ("workflow", kpi.workflow) in world.unusable or ("reference", kpi.of) in world.unusable:
            continue
        if kpi.workflow is not None and kpi.workflow not in world.library.workflows:
            continue
        rows = tuple(check_population(built, kpi, world.library))
        yield from rows
        if not rows:
            # An unreadable set would declare figures that this one may read.
            standing = {"kpi"} if any(kind == "kpi_set" for kind, _ in world.unusable) else set()
            poisoned = built.poisoned | world.poisoned | standing
            found = tuple(_check_expressions(built, kpi_demands(kpi, world.library), poisoned, world.library))
            yield from found or check_quotient(kpi, world.library)


def _check_table(built: Built, table: DecisionTable, world: World) -> Iterator[Diagnostic]:
    for prefix in ("inputs", "outputs"):
        for place in (place for place in built.places if place.startswith(f"{prefix}.")):
            yield from _check_place(built, place, _REFERENCE, world)
    yield from check_circle(table, world.library.decision_tables)
    poisoned = built.poisoned | world.poisoned
    yield from _check_expressions(built, table_demands(table, world.library), poisoned, world.library)


def _check_scorecard(built: Built, scorecard: Scorecard, world: World) -> Iterator[Diagnostic]:
    known = {kpi.id: kpi for kpis in world.library.kpi_sets.values() for kpi in kpis.kpis.values()}
    for criterion in scorecard.criteria.values():
        node = built.places[f"criteria.{criterion.id}.kpi"]
        kpi = known.get(criterion.kpi)
        if kpi is not None:
            found = type_of(criterion.type, {})
            yield from _check_unit(found, kpi, criterion.span)
        elif criterion.kpi not in world.poisoned and not any(kind == "kpi_set" for kind, _ in world.unusable):
            message = Bilingual(f"没有指标 {shown(criterion.kpi)}", f"There is no KPI {shown(criterion.kpi)}")
            yield error("SF308", node.span, message, suggestion(criterion.kpi, known), fix=renaming(node, known))
    poisoned = built.poisoned | world.poisoned
    yield from _check_expressions(built, veto_demands(scorecard, world.library), poisoned, world.library)


def _check_goals(built: Built, goals: GoalSet, world: World) -> Iterator[Diagnostic]:
    users = tuple(one for one in world.library.workflows.values() if goals.id in one.uses.goals)
    yield from check_mentions(built, users, world.library, world.unusable)
    # A KPI of a set that cannot be read may well be the one that seems to be missing.
    unread = any(kind == "kpi_set" for kind, _ in world.unusable)
    named = frozenset(goal.kpi for goal in goals.goals.values() if goal.kpi is not None) if unread else frozenset()
    yield from check_goals(built, goals, world.library, world.poisoned | named)


def _check_unit(found: Type, kpi: Kpi, span: Span) -> Iterator[Diagnostic]:
    wanted = type_of_unit(kpi.unit)
    fits = kind_of(found) is kind_of(wanted)
    if isinstance(found, MoneyType) and isinstance(wanted, MoneyType):
        fits = found.currency == wanted.currency
    if not fits:
        message = Bilingual(
            f"指标 {shown(kpi.id)} 的值是{describe(wanted).zh}，这里写的是{describe(found).zh}",
            f"The KPI {shown(kpi.id)} is {describe(wanted).en}, but this gives {describe(found).en}",
        )
        yield error("SF345", span, message)


def _check_course(built: Built, course: ImportMapping | Migration, world: World) -> Iterator[Diagnostic]:
    """What rows or older projects become must be there in the workflow."""
    yield from _check_place(built, "workflow", _WORKFLOW, world)
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
    yield from _check_place(built, "workflow", _WORKFLOW, world)
    if ("workflow", scenarios.workflow) not in world.unusable and built.is_whole:
        # Reading cases takes its time, and most workspaces hold a few files of them only.
        from salespm_flow.definition.cases import suite_of  # noqa: PLC0415 -- as just said

        yield from suite_of(scenarios, world.library)[1]


def _check_expressions(
    built: Built, demands: Iterable[Demand], poisoned: frozenset[str], library: Library
) -> Iterator[Diagnostic]:
    for demand in demands:
        text = unicodedata.normalize("NFC", demand.expression.text)
        if poisoned and not poisoned.isdisjoint(_NAME.findall(text)):
            continue
        node = built.expressions[demand.expression.place]
        checked = check(
            demand.expression.node,
            demand.names,
            demand.expected,
            states=demand.states,
            changeable=demand.changeable,
        )
        yield from (problem_diagnostic(problem, node) for problem in checked.problems)
        if all(problem.severity is not Severity.ERROR for problem in checked.problems):
            yield from check_kind(demand, checked.type.type)
            yield from check_conversion(checked.calls, demand.expression.place, library)
