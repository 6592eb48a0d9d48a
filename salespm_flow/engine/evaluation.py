"""Evaluating a store: all KPIs of all populations in one pass over the projects, then the scorecards over them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from salespm_flow.engine.context import row_of
from salespm_flow.engine.definitions import Definitions
from salespm_flow.engine.ports import KpiValue, Store
from salespm_flow.engine.queries import scopes_of
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.types import BOOLEAN
from salespm_flow.expr.values import Value
from salespm_flow.model.library import Library
from salespm_flow.model.names import kpi_names, veto_names
from salespm_flow.model.rules import Kpi, Scorecard
from salespm_flow.model.tables import TABLE, called_tables, tables_behind
from salespm_flow.model.workflow import Workflow
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.rules.kpi import ALWAYS, KpiResult, Period, evaluate_kpis, plan_kpis
from salespm_flow.rules.scorecard import Score, score

__all__ = ["ALWAYS", "Evaluation", "Period", "evaluate", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What the whole store comes to: KPIs by id, in the order of their documents, and the scorecards over them."""

    at: datetime
    kpis: Mapping[str, KpiResult]
    scores: Mapping[str, Score]


def evaluate(store: Store, library: Library, *, at: datetime, period: Period = ALWAYS) -> Evaluation:
    """Every KPI and scorecard of the workspace over all projects of the store; reads only.

    The projects of each workflow are streamed once, however many KPIs look at them, and once more for each set of
    KPIs that has parameters of its own.
    """
    results: dict[str, KpiResult] = {}
    for (name, owner), kpis in _grouped(library).items():
        workflow = library.workflows.get(name)
        if workflow is not None:
            own = library.kpi_sets[owner].parameters if owner else {}
            parameters = {given.id: given.value for given in own.values()}
            results |= _evaluate_workflow(store, library, workflow, kpis, parameters=parameters, at=at, period=period)
    ordered = {kpi.id: results[kpi.id] for kpi in _all_kpis(library) if kpi.id in results}
    values = {name: result.value for name, result in ordered.items()}
    scores = {card.id: _score(card, values, library, at) for card in library.scorecards.values()}
    return Evaluation(at=at, kpis=ordered, scores=scores)


def keep(store: Store, evaluation: Evaluation) -> None:
    """The figures are the snapshot that guards read as `kpi.<id>` from now on."""
    store.keep_kpis(
        tuple(
            KpiValue(kpi=name, value=result.value, population=result.population, at=evaluation.at)
            for name, result in evaluation.kpis.items()
        )
    )


def _all_kpis(library: Library) -> Iterator[Kpi]:
    for kpi_set in library.kpi_sets.values():
        yield from kpi_set.kpis.values()


def _grouped(library: Library) -> dict[tuple[str, str], list[Kpi]]:
    """The KPIs that one pass answers, by workflow and by the set whose parameters they see (empty for none)."""
    grouped: dict[tuple[str, str], list[Kpi]] = {}
    for kpi_set in library.kpi_sets.values():
        owner = kpi_set.id if kpi_set.parameters else ""
        for kpi in kpi_set.kpis.values():
            grouped.setdefault((kpi.workflow or kpi_set.workflow or "", owner), []).append(kpi)
    return grouped


def _evaluate_workflow(
    store: Store,
    library: Library,
    workflow: Workflow,
    kpis: Sequence[Kpi],
    *,
    parameters: Mapping[str, Value],
    at: datetime,
    period: Period,
) -> Mapping[str, KpiResult]:
    scope = scopes_of(library)
    called = (name for kpis in library.kpi_sets.values() for name in called_tables(kpis, kpis.source))
    tables = compile_tables(tables_behind(tuple(called), library.decision_tables), library)

    def scope_of(names: Mapping[str, Value]) -> Scope:
        return scope({TABLE: tables, **parameters, **names}, at)

    # One population per workflow so far: all its KPIs see the same names.
    names = kpi_names(kpis[0], workflow, library)
    plan = plan_kpis(kpis, names)
    compiled = Definitions(store, library).newest(workflow.id)
    rows = (row_of(project, compiled, at, plan.columns) for project in store.projects(workflow=workflow.id))
    return evaluate_kpis(plan, rows, scope_of, period)


def _score(card: Scorecard, values: Mapping[str, Value], library: Library, at: datetime) -> Score:
    scope = scopes_of(library)
    names = veto_names(library)
    every: dict[str, Value] = {kpi.id: values.get(kpi.id) for kpi in _all_kpis(library)}
    vetoes: dict[str, bool | None] = {}
    for veto in card.veto.values():
        value = compile_node(veto.when.node, names, BOOLEAN)(scope({"kpi": every}, at))
        vetoes[veto.id] = value if isinstance(value, bool) else None
    return score(card, values, vetoes)
