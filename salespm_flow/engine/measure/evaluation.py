"""Evaluating a store: all KPIs of all populations in one pass over the projects, then the scorecards over them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.definitions import Definitions
from salespm_flow.engine.measure.census import HISTORICAL, Case, Census, cases
from salespm_flow.engine.measure.subjects import EVERYTHING, Subject, SubjectKind, capacity, test_of
from salespm_flow.engine.ports import KpiValue, Store
from salespm_flow.engine.queries import calendar_of, scopes_of
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import Exchange, Scope
from salespm_flow.expr.types import BOOLEAN
from salespm_flow.expr.values import Value
from salespm_flow.model.figures import in_reading_order, kpis_behind
from salespm_flow.model.library import Library, organisation_of
from salespm_flow.model.names import veto_names
from salespm_flow.model.populations import entered_column, is_reference, kpi_names
from salespm_flow.model.project import Project
from salespm_flow.model.rates import exchange_of
from salespm_flow.model.rules import Kpi, Scorecard
from salespm_flow.model.tables import TABLE, called_tables, tables_behind
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.rules.absence import missing_rate
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.rules.kpi import ALWAYS, CAPACITY, KpiPass, KpiPlan, KpiResult, Period, plan_kpis
from salespm_flow.rules.scorecard import Score, score

__all__ = ["ALWAYS", "EVERYTHING", "Evaluation", "Period", "Question", "evaluate", "evaluate_many", "keep"]

Rate = tuple[str, str, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whose figures, and of which days."""

    period: Period = ALWAYS
    subject: Subject = EVERYTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a question comes to: KPIs by id, in the order of their documents, and the scorecards over them.

    `columns` are those that each KPI reads of its rows, in the order of the row.
    """

    at: datetime
    question: Question
    kpis: Mapping[str, KpiResult]
    scores: Mapping[str, Score]
    columns: Mapping[str, tuple[str, ...]]


def evaluate(store: Store, library: Library, *, at: datetime, period: Period = ALWAYS) -> Evaluation:
    """Every KPI and scorecard of the workspace over all projects of the store; reads only."""
    return evaluate_many(store, library, (Question(period=period),), at=at)[0]


def evaluate_many(
    store: Store,
    library: Library,
    questions: Sequence[Question],
    *,
    at: datetime,
    is_past: bool = False,
    only: Collection[str] | None = None,
    samples: int = 0,
) -> tuple[Evaluation, ...]:
    """The answers to all questions, from one pass over the store; reads only.

    The projects are streamed once, however many KPIs and questions look at them. Their histories are read only where a
    population is made of them, or where the figures are those of the past.

    Args:
        store: where the projects are.
        library: the KPIs, and the definitions by which the projects are read.
        questions: whose figures, of which days.
        at: the moment that counts as now.
        is_past: whether the projects count as they stood at `at`, by effective time, instead of as they stand.
        only: the ids of the KPIs asked for, None for all; what these read is worked out too, and no scorecard.
        samples: how many of the rows behind each figure to keep.
    """
    evaluator = _Evaluator(store, library, at, only)
    desks = tuple(_Desk(evaluator, question, samples) for question in questions)
    evaluator.run(desks, until=at if is_past else None)
    return tuple(desk.evaluation() for desk in desks)


def keep(store: Store, evaluation: Evaluation) -> None:
    """The figures are the snapshot that guards read as `kpi.<id>` from now on."""
    store.keep_kpis(
        tuple(
            KpiValue(kpi=name, value=result.value, population=result.population, at=evaluation.at)
            for name, result in evaluation.kpis.items()
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Station:
    """What one pass answers: KPIs of one workflow (None for a reference), population and set of parameters.

    `entered` are the columns of latest entries into states that the basis of some KPI asks for, with the states' paths.
    """

    workflow: Workflow | None
    of: str
    plan: KpiPlan
    parameters: Mapping[str, Value]
    entered: Mapping[str, str]


class _Evaluator:
    """What all questions share: the plans, the definitions, the world of the expressions."""

    def __init__(self, store: Store, library: Library, at: datetime, only: Collection[str] | None) -> None:
        self.store = store
        self.library = library
        self.at = at
        self.missing: dict[Rate, None] = {}
        self.wanted = None if only is None else {name for one in only for name in (one, *kpis_behind(one, library))}
        self.exchange = self._noting(exchange_of(library))
        self.scoped = scopes_of(library, self.exchange)
        called = (name for kpis in library.kpi_sets.values() for name in called_tables(kpis, kpis.source))
        self.tables = compile_tables(tables_behind(tuple(called), library.decision_tables), library)
        self.references: Value = {name: tuple(table.rows.values()) for name, table in library.references.items()}
        self.definitions = Definitions(store, library)
        self.stations = tuple(self._stations())
        self.computed = {station.workflow.id: self._computed(station.workflow.id) for station in self._own()}

    def _noting(self, exchange: Exchange) -> Exchange:
        def noting(source: str, target: str, on: date) -> tuple[Decimal, Decimal] | None:
            found = exchange(source, target, on)
            if found is None:
                self.missing[source, target, on] = None
            return found

        return noting

    def scope(self, station: _Station, names: Mapping[str, Value]) -> Scope:
        return self.scoped({TABLE: self.tables, "reference": self.references, **station.parameters, **names}, self.at)

    def _stations(self) -> Iterator[_Station]:
        grouped: dict[tuple[str, str, str], list[Kpi]] = {}
        for kpi_set in self.library.kpi_sets.values():
            owner = kpi_set.id if kpi_set.parameters else ""
            for kpi in kpi_set.kpis.values():
                if self.wanted is None or kpi.id in self.wanted:
                    grouped.setdefault((kpi.workflow or "", owner, kpi.of), []).append(kpi)
        for (name, owner, of), kpis in grouped.items():
            workflow = self.library.workflows.get(name)
            if is_reference(of, workflow, self.library):
                workflow = None
            elif workflow is None:
                continue
            own = self.library.kpi_sets[owner].parameters if owner else {}
            yield _Station(
                workflow=workflow,
                of=of,
                plan=plan_kpis(kpis, kpi_names(kpis[0], workflow, self.library)),
                parameters={given.id: given.value for given in own.values()},
                entered={} if workflow is None else _entered(kpis, self.definitions.newest(workflow.id)),
            )

    def _own(self) -> Iterator["_OwnStation"]:
        for station in self.stations:
            if station.workflow is not None:
                yield _OwnStation(station, station.workflow)

    def _computed(self, workflow: str) -> frozenset[str]:
        """The computed fields that some KPI of the workflow reads."""
        plans = [own.station for own in self._own() if own.workflow.id == workflow]
        direct = (plan.plan.columns for plan in plans if plan.of == "projects")
        inner = (plan.plan.inner_columns for plan in plans)
        return frozenset().union(*direct, *inner)

    def run(self, desks: Sequence["_Desk"], *, until: datetime | None) -> None:
        """Every desk has seen every row that is its business."""
        for station in self.stations:
            if station.workflow is None:
                for row in self.library.references[station.of].rows.values():
                    _hand_out(station, row, desks)
        by_workflow: dict[str, list[_Station]] = {}
        for own in self._own():
            by_workflow.setdefault(own.workflow.id, []).append(own.station)
        with_history = any(station.of in HISTORICAL for station in self.stations)
        for case in cases(self.store, by_workflow, with_history=with_history, until=until, only=_named(desks)):
            interested = [desk for desk in desks if desk.counts(case.project)]
            if interested:
                self._visit(case, by_workflow[case.project.pin.workflow], interested)

    def _visit(self, case: Case, stations: Sequence[_Station], desks: Sequence["_Desk"]) -> None:
        name = case.project.pin.workflow
        census = Census(case, self.definitions.newest(name), self.at, self.exchange)
        for station in stations:
            for row in census.rows(station.of, self.computed[name], station.entered):
                _hand_out(station, row, desks)


def _named(desks: Sequence["_Desk"]) -> Collection[str] | None:
    """The projects that alone are asked about; None where others are too."""
    subjects = [desk.question.subject for desk in desks]
    is_named = all(subject.kind is SubjectKind.PROJECT for subject in subjects)
    return tuple(subject.id for subject in subjects) if is_named else None


def _hand_out(station: _Station, row: Mapping[str, Value], desks: Sequence["_Desk"]) -> None:
    for desk in desks:
        desk.take(station, row)


@dataclass(frozen=True, slots=True)
class _OwnStation:
    """A station with its workflow."""

    station: _Station
    workflow: Workflow


def _entered(kpis: Sequence[Kpi], compiled: Compiled) -> Mapping[str, str]:
    asked = {kpi.entered for kpi in kpis if kpi.entered is not None}
    return {entered_column(name): compiled.paths.get(name, name) for name in asked}


class _Desk:
    """Answers one question from the rows that come by."""

    def __init__(self, evaluator: _Evaluator, question: Question, samples: int) -> None:
        self.evaluator = evaluator
        self.question = question
        library = evaluator.library
        self.tests = {
            name: test_of(question.subject, workflow, library) for name, workflow in library.workflows.items()
        }
        self.passes = {
            id(station): KpiPass(station.plan, partial(evaluator.scope, station), question.period, samples=samples)
            for station in evaluator.stations
        }

    def counts(self, project: Project) -> bool:
        """Whether the project is the question's business."""
        return self.tests[project.pin.workflow](project)

    def take(self, station: _Station, row: Mapping[str, Value]) -> None:
        """The row is counted."""
        self.passes[id(station)].take(row)

    def evaluation(self) -> Evaluation:
        """The answer, once all rows came by."""
        evaluator = self.evaluator
        station_of = {kpi.id: station for station in evaluator.stations for kpi in station.plan.kpis}
        order = [kpi for kpi in _all_kpis(evaluator.library) if kpi.id in station_of]
        known: dict[str, KpiResult] = {}
        for kpi in in_reading_order(order):
            known[kpi.id] = self._result(kpi, station_of[kpi.id], known)
        results = {kpi.id: known[kpi.id] for kpi in order}
        values = {name: result.value for name, result in results.items()}
        is_whole = evaluator.wanted is None
        cards = evaluator.library.scorecards.values() if is_whole else ()
        return Evaluation(
            at=evaluator.at,
            question=self.question,
            kpis=results,
            scores={card.id: _score(card, values, evaluator.library, evaluator.at) for card in cards},
            columns={name: station.plan.columns_of[name] for name, station in station_of.items()},
        )

    def _result(self, kpi: Kpi, station: _Station, known: Mapping[str, KpiResult]) -> KpiResult:
        evaluator = self.evaluator
        extra: dict[str, Value] = {}
        if kpi.computed is not None and station.workflow is not None:
            firm = organisation_of(station.workflow, evaluator.library)
            calendar = calendar_of(evaluator.library)
            extra[CAPACITY] = capacity(self.question.subject, firm, calendar, self.question.period)
        found = self.passes[id(station)].result(kpi, known, extra)
        if found.value is None and kpi.id in station.plan.converting and evaluator.missing:
            source, target, on = next(iter(evaluator.missing))
            return replace(found, absence=missing_rate(source, target, on.isoformat()))
        return found


def _all_kpis(library: Library) -> Iterator[Kpi]:
    for kpi_set in library.kpi_sets.values():
        yield from kpi_set.kpis.values()


def _score(card: Scorecard, values: Mapping[str, Value], library: Library, at: datetime) -> Score:
    scope = scopes_of(library)
    names = veto_names(library)
    every: dict[str, Value] = {kpi.id: values.get(kpi.id) for kpi in _all_kpis(library)}
    vetoes: dict[str, bool | None] = {}
    for veto in card.veto.values():
        value = compile_node(veto.when.node, names, BOOLEAN)(scope({"kpi": every}, at))
        vetoes[veto.id] = value if isinstance(value, bool) else None
    return score(card, values, vetoes)
