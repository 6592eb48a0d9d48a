"""Checks what is measured against the rest of the workspace: KPI sets, scorecards and goal sets."""

from collections.abc import Iterator

from salespm_flow.definition.build import Built
from salespm_flow.definition.demands import kpi_demands, veto_demands
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.goals import check_goals
from salespm_flow.definition.kpi_rules import check_groups, check_kpi_circles, check_population, check_quotient
from salespm_flow.definition.people import check_mentions
from salespm_flow.definition.suggest import renaming, suggestion
from salespm_flow.definition.world import WORKFLOW, World, check_expressions, check_place
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.expr.types import MoneyType, Type, describe, kind_of
from salespm_flow.model.goals import GoalSet
from salespm_flow.model.names import type_of, type_of_unit
from salespm_flow.model.rules import Kpi, KpiSet, Scorecard


def check_figures(built: Built, document: KpiSet | Scorecard | GoalSet, world: World) -> Iterator[Diagnostic]:
    """Everything in which figures do not fit the workspace."""
    match document:
        case KpiSet() as kpis:
            return _check_kpis(built, kpis, world)
        case Scorecard() as scorecard:
            return _check_scorecard(built, scorecard, world)
        case GoalSet() as goals:
            return _check_goals(built, goals, world)


def _check_kpis(built: Built, kpis: KpiSet, world: World) -> Iterator[Diagnostic]:
    yield from check_place(built, "workflow", WORKFLOW, world)
    yield from check_kpi_circles(kpis, world.library)
    for kpi in kpis.kpis.values():
        yield from check_place(built, f"kpis.{kpi.id}.workflow", WORKFLOW, world)
        other = next((one for one in world.library.kpi_sets.values() if one.id != kpis.id and kpi.id in one.kpis), None)
        if other is not None and other.id < kpis.id:
            message = Bilingual(
                f"指标 {shown(kpi.id)} 已在 {shown(other.id)} 中定义",
                f"The KPI {shown(kpi.id)} is already defined in {shown(other.id)}",
            )
            yield error("SF344", kpi.span, message)
        if ("workflow", kpi.workflow) in world.unusable or ("reference", kpi.of) in world.unusable:
            continue
        if kpi.workflow is None or kpi.workflow in world.library.workflows:
            yield from _check_rows(built, kpi, world)


def _check_rows(built: Built, kpi: Kpi, world: World) -> Iterator[Diagnostic]:
    """What the KPI counts is there, and its expressions fit it."""
    rows = tuple(check_population(built, kpi, world.library))
    yield from rows
    if rows:
        return
    # An unreadable set would declare figures that this one may read.
    standing = {"kpi"} if any(kind == "kpi_set" for kind, _ in world.unusable) else set()
    poisoned = built.poisoned | world.poisoned | standing
    found = tuple(check_expressions(built, kpi_demands(kpi, world.library), poisoned, world.library))
    yield from found or check_quotient(kpi, world.library)
    yield from check_groups(built, kpi, world.library)


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
    yield from check_expressions(built, veto_demands(scorecard, world.library), poisoned, world.library)


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
