"""The rows of all populations, streamed: one project after the other, as it stands or as it stood.

Makes rows and gives them to whoever counts; counts nothing itself.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby, takewhile
from typing import Final

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.context import row_of, rows_of
from salespm_flow.engine.draft import replay
from salespm_flow.engine.measure.journey import Journey, journey_of
from salespm_flow.engine.measure.register_rows import REGISTERS
from salespm_flow.engine.measure.revisions import revisions_of
from salespm_flow.engine.ports import Store
from salespm_flow.expr.arithmetic import CONTEXT
from salespm_flow.expr.scope import Exchange
from salespm_flow.expr.values import Money, Reference, Value
from salespm_flow.model.fields import Field, MoneyOf
from salespm_flow.model.history import Entry
from salespm_flow.model.populations import Standing
from salespm_flow.model.project import Project
from salespm_flow.nouns import dataclass

HISTORICAL: Final = frozenset({Standing.VISITS.value, Standing.MOVES.value, Standing.REVISIONS.value})
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A project with the entries that made it what it is; none where nobody asked for them."""

    project: Project
    entries: tuple[Entry, ...] = ()


def cases(
    store: Store,
    workflows: Collection[str],
    *,
    with_history: bool,
    until: datetime | None,
    only: Collection[str] | None = None,
) -> Iterator[Case]:
    """The projects of the workflows, each once; with `until`, as they stood at that moment, by effective time.

    Streamed: what is held at a time is one page of the store and the entries of one project. With `only` nothing but
    those projects and their children is read.
    """
    if only is not None:
        yield from _named(store, workflows, _family(store, only), with_history=with_history, until=until)
        return
    if not with_history and until is None:
        for workflow in workflows:
            yield from (Case(project=project) for project in store.projects(workflow=workflow))
        return
    yield from _told(store.histories(), workflows, with_history=with_history, until=until)


def _family(store: Store, ids: Collection[str]) -> Mapping[str, Project]:
    """The projects that there are, and their children, by id."""
    found: dict[str, Project] = {}
    for name in ids:
        project = store.project(name)
        if project is not None:
            children = (child for born in store.children(name).values() for child in born)
            found |= {one.id: one for one in (project, *children)}
    return found


def _named(
    store: Store,
    workflows: Collection[str],
    family: Mapping[str, Project],
    *,
    with_history: bool,
    until: datetime | None,
) -> Iterator[Case]:
    for name, project in family.items():
        if with_history or until is not None:
            yield from _told(store.history(name), workflows, with_history=with_history, until=until)
        elif project.pin.workflow in workflows:
            yield Case(project=project)


def _told(
    entries: Iterable[Entry], workflows: Collection[str], *, with_history: bool, until: datetime | None
) -> Iterator[Case]:
    """The projects as their entries, one project's after the other's, make them."""
    for _, group in groupby(entries, key=lambda entry: entry.project):
        # Effective times never run backwards within a project.
        own = tuple(takewhile(lambda entry: until is None or entry.at <= until, group))
        project = replay(own)
        if project is not None and project.pin.workflow in workflows:
            yield Case(project=project, entries=own if with_history else ())


class Census:
    """The rows of one project in every population of its workflow, each kind made once and only when asked for."""

    def __init__(self, case: Case, compiled: Compiled, now: datetime, exchange: Exchange) -> None:
        self._case = case
        self._compiled = compiled
        self._now = now
        self._exchange = exchange
        self._row: Row | None = None
        self._journey: Journey | None = None

    def rows(self, population: str, computed: Collection[str], entered: Mapping[str, str]) -> Iterable[Row]:
        """The rows of the population.

        Args:
            population: a standing one, or a record of the workflow.
            computed: the computed fields that are read; the same for all populations of one census.
            entered: the columns of latest entries into states, with the states' paths.
        """
        project = self._case.project
        if population == Standing.PROJECTS:
            row = self._project(computed)
            return (row if not entered else {**row, **{c: project.entered.get(path) for c, path in entered.items()}},)
        own = Reference(key=project.id, row=self._project(computed))
        return ({**row, "project": own} for row in self._others(population))

    def _project(self, computed: Collection[str]) -> Row:
        if self._row is None:
            project = self._case.project
            row = row_of(project, self._compiled, self._now, computed)
            moment = project.outcome_at or self._now
            self._row = self._in_currency(row, self._compiled.workflow.fields, moment)
        return self._row

    def _others(self, population: str) -> Iterable[Row]:
        project, workflow = self._case.project, self._compiled.workflow
        if population in REGISTERS:
            return REGISTERS[population](project)
        if population == Standing.REVISIONS:
            return revisions_of(self._case.entries)
        if population in HISTORICAL:
            if self._journey is None:
                self._journey = journey_of(self._case.entries, workflow.states, self._now)
            return self._journey.visits if population == Standing.VISITS else self._journey.moves
        record = workflow.records[population]
        rows = rows_of(record, project.records.get(population, ()), project.id, self._compiled.references)
        return (self._in_currency(row, record.fields, row["at"]) for row in rows)

    def _in_currency(self, row: Row, fields: Mapping[str, Field], moment: Value) -> Row:
        """The row with every amount in its field's currency, where there is a rate; an older definition had another."""
        changed: dict[str, Value] = {}
        for field in fields.values():
            value = row.get(field.id)
            if isinstance(field.type, MoneyOf) and isinstance(value, Money) and value.currency != field.type.currency:
                on = moment.date() if isinstance(moment, datetime) else self._now.date()
                changed[field.id] = self._converted(value, field.type.currency, on)
        return {**row, **changed} if changed else row

    def _converted(self, value: Money, currency: str, on: date) -> Money:
        rate = self._exchange(value.currency, currency, on)
        if rate is None:
            return value
        times, by = rate
        return Money(CONTEXT.divide(CONTEXT.multiply(value.amount, times), Decimal(by)), currency)
