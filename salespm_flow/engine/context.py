"""The values behind model/names: what an expression sees of a project at one moment, loaded when first read."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from salespm_flow.engine.aims import PREFIX, goal_record
from salespm_flow.engine.compiled import TEST, Compiled, Purpose
from salespm_flow.engine.draft import Draft
from salespm_flow.engine.places import active_paths
from salespm_flow.expr.scope import Conflict, Scope
from salespm_flow.expr.values import Money, Value
from salespm_flow.expr.values import Reference as ReferenceValue
from salespm_flow.model.decision import Actor
from salespm_flow.model.fields import Record, RefTo
from salespm_flow.model.library import Reference
from salespm_flow.model.organisation import roles_of
from salespm_flow.model.project import Project, Row, Snapshot
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.rules.exposure import exposure
from salespm_flow.rules.risk import summary


@dataclass(slots=True, kw_only=True)
class View:
    """One moment of a project: what the loaders of names read.

    `draft` is the project as it stands, a Draft while it is being changed; it is only read here.
    """

    compiled: Compiled
    draft: Draft | Project
    snapshot: Snapshot | None
    actor: Actor
    now: datetime

    def is_in(self, state: str) -> bool:
        """Whether the state of that name is active."""
        return self.compiled.paths[state] in active_paths(self.draft.leaves)

    def entered_at(self, state: str) -> datetime | None:
        """When the state of that name was last entered."""
        return self.draft.entered.get(self.compiled.paths[state])

    def changed_at(self, name: str) -> datetime | None:
        """When the field or record of that name last changed after the project was opened."""
        return self.draft.changed.get(name)


class Names(dict[str, Value]):
    """The names of a view; what is not a stored value is loaded once, when first read.

    `conflicts` are those of the tables called by expressions evaluated here.
    """

    __slots__ = ("conflicts", "view")

    def __init__(self, view: View) -> None:
        super().__init__(view.compiled.blank)
        self.update(view.draft.fields)
        self.view = view
        self.conflicts: list[Conflict] = []
        references = view.compiled.reference_fields
        if references:
            for field, table in references.items():
                key = self.get(field)
                if isinstance(key, str):
                    self[field] = _reference(key, view.compiled.references.get(table))

    def get(self, name: str, default: Value = None) -> Value:  # type: ignore[override]  # absent and null are one
        """The value of the name; `default` is never needed, since what is absent is null."""
        value = self[name]
        return default if value is None else value

    def __missing__(self, name: str) -> Value:
        value = self._load(name)
        self[name] = value
        return value

    def _load(self, name: str) -> Value:
        compiled = self.view.compiled
        workflow = compiled.workflow
        if (field := workflow.fields.get(name)) is not None:
            return None if field.formula is None else self.evaluate(field.formula.text, name)
        if (condition := workflow.conditions.get(name)) is not None:
            return self.evaluate(condition.text)
        if (record := workflow.records.get(name)) is not None:
            return rows_of(record, self.view.draft.records.get(name, ()), self.view.draft.id, compiled.references)
        loader = _STANDING.get(name)
        return None if loader is None else loader(self.view)

    def evaluate(self, text: str, purpose: Purpose = TEST) -> Value:
        """The value of an expression of the workflow, by its text and purpose."""
        # A scope of its own: an expression may be read inside another one, whose local variables live in its scope.
        scope = scope_over(self, self.view)
        scope.conflicts = self.conflicts
        return self.view.compiled.programs[text, purpose].run(scope)


class Overlay(dict[str, Value]):
    """Names in front of other names."""

    __slots__ = ("under",)

    def __init__(self, over: Mapping[str, Value], under: Names) -> None:
        super().__init__(over)
        self.under = under

    def get(self, name: str, default: Value = None) -> Value:  # type: ignore[override]  # as in Names
        """The value in front, else the one under it."""
        value = self[name]
        return default if value is None else value

    def __missing__(self, name: str) -> Value:
        return self.under[name]


def scope_over(names: Mapping[str, Value], view: View) -> Scope:
    """A fresh scope with full fuel over the names."""
    compiled = view.compiled
    return Scope(
        names=names,
        now=view.now,
        zone=compiled.zone,
        calendar=compiled.calendar,
        stays=view,
        exchange=compiled.exchange,
    )


def rows_of(
    record: Record, rows: Collection[Row], project: str, references: Mapping[str, Reference]
) -> tuple[Mapping[str, Value], ...]:
    """The rows of a record as expressions see them: of a keyed record the newest row of each key, oldest key first."""
    if not rows:
        return ()
    if record.key is not None:
        newest: dict[Value, Row] = {}
        for row in rows:
            newest[row.values.get(record.key)] = row
        rows = newest.values()
    tables = {field.id: field.type.reference for field in record.fields.values() if isinstance(field.type, RefTo)}
    blank = dict.fromkeys(record.fields)
    shown: list[Mapping[str, Value]] = []
    for row in rows:
        columns: dict[str, Value] = {**blank, **row.values}
        for name, table in tables.items():
            key = columns[name]
            if isinstance(key, str):
                columns[name] = _reference(key, references.get(table))
        columns |= {"at": row.at, "by": row.by, "first_at": row.first_at, "project": project}
        shown.append(columns)
    return tuple(shown)


def row_of(
    project: Project, compiled: Compiled, now: datetime, computed: Collection[str] | None = None
) -> dict[str, Value]:
    """A project as a row: its fields and the columns that every project has.

    Of the computed fields only those in `computed` have their value, None means all of them. A formula sees the
    project alone: what it reads of children, parent or KPIs is null.
    """
    workflow, references = compiled.workflow, compiled.references
    columns: dict[str, Value] = dict.fromkeys(workflow.fields)
    columns.update(project.fields)
    for name, table in compiled.reference_fields.items():
        if isinstance(key := columns[name], str):
            columns[name] = _reference(key, references.get(table))
    columns["id"] = project.id
    columns["state"] = project.state
    columns["outcome"] = None if project.outcome is None else project.outcome.value
    columns["owner"] = project.owner
    columns["opened_at"] = project.opened_at
    columns["outcome_at"] = project.outcome_at
    columns["closed_at"] = project.closed_at
    columns["cycle_time"] = None if project.outcome_at is None else project.outcome_at - project.opened_at
    columns["probability"] = probability(project.leaves, project.outcome, workflow)
    wanted = [name for name in compiled.computed if computed is None or name in computed]
    if wanted:
        names = Names(View(compiled=compiled, draft=project, snapshot=None, actor=Actor(id=project.owner), now=now))
        columns |= {name: names[name] for name in wanted}
    return columns


def probability(leaves: Iterable[str], outcome: str | None, workflow: Workflow) -> Decimal | None:
    """The chance of success in 0..1: certain once an outcome stands, else the first active state's that has one."""
    if outcome is not None:
        return Decimal(1) if outcome in ("won", "delivered") else Decimal(0)
    found = (workflow.states[leaf].probability for leaf in leaves if leaf in workflow.states)
    return next((chance for chance in found if chance is not None), None)


def _reference(key: str, table: Reference | None) -> ReferenceValue:
    return ReferenceValue(key=key, row=None if table is None else table.rows.get(key))


def _states(view: View) -> Value:
    return tuple(view.compiled.workflow.states[path].name for path in active_paths(view.draft.leaves))


def _actor(view: View) -> Value:
    actor = view.actor
    known = _person(view, actor.id)
    roles: Value = (actor.role,) if actor.role else known.get("roles", ())
    return {**known, "roles": roles}


def _risk(view: View) -> Value:
    levels = tuple(level for risks in view.compiled.risks for level in risks.model.levels)
    risks = view.draft.risks.values()
    worst, cost = summary(risks, levels), exposure(risks)
    currency = view.compiled.risk_currency
    late = sum(1 for risk in risks if risk.status == "open" and risk.done_at is None and _is_past(risk.due_at, view))
    return {
        "score": None if worst.score is None else Decimal(worst.score),
        "level": worst.level,
        "open": Decimal(worst.open),
        "exposure": Money(cost.money, currency),
        "emv": Money(cost.emv, currency),
        "days": cost.days,
        "expected_days": cost.expected_days,
        "issues": Decimal(cost.issues),
        "unanswered": Decimal(cost.unanswered),
        "overdue": Decimal(late),
    }


def _is_past(moment: datetime | None, view: View) -> bool:
    return moment is not None and moment < view.now


def _task(view: View) -> Value:
    tasks = view.draft.tasks.values()
    waiting = [task for task in tasks if task.is_open]
    return {
        "open": Decimal(len(waiting)),
        "overdue": Decimal(sum(1 for task in waiting if task.due_at is not None and task.due_at < view.now)),
        "late": Decimal(
            sum(1 for task in tasks if task.closed_at is not None and task.due_at and task.closed_at > task.due_at)
        ),
    }


def _child_row(project: Project) -> dict[str, Value]:
    return {
        **project.fields,
        "id": project.id,
        "state": project.state,
        "outcome": None if project.outcome is None else project.outcome.value,
        "owner": project.owner,
        "opened_at": project.opened_at,
        "outcome_at": project.outcome_at,
        "closed_at": project.closed_at,
        "cycle_time": None if project.outcome_at is None else project.outcome_at - project.opened_at,
    }


def _children(view: View) -> Value:
    links = view.compiled.workflow.links
    born = {} if view.snapshot is None else view.snapshot.children
    return {link: tuple(_child_row(child) for child in born.get(link, ())) for link in links}


def _child(view: View) -> Value:
    links = view.compiled.workflow.links
    born = {} if view.snapshot is None else view.snapshot.children
    return {link: _child_row(born[link][-1]) if born.get(link) else None for link in links}


def _parent(view: View) -> Value:
    parent = None if view.snapshot is None else view.snapshot.parent
    return None if parent is None else _child_row(parent)


def _reference_tables(view: View) -> Value:
    return {name: tuple(table.rows.values()) for name, table in view.compiled.references.items()}


def _owner(view: View) -> Value:
    return _person(view, view.draft.owner)


def _person(view: View, person: str) -> dict[str, Value]:
    """The id, and what the organisation says of the person; somebody whom it does not know has nothing else."""
    organisation = view.compiled.organisation
    if organisation is None:
        return {"id": person}
    found = organisation.people.get(person)
    levels = {} if found is None else found.skills
    return {
        "id": person,
        "roles": roles_of(organisation, person),
        "unit": None if found is None else found.unit,
        "skills": {skill: None if skill not in levels else Decimal(levels[skill]) for skill in organisation.skills},
    }


def _tables(view: View) -> Value:
    return view.compiled.tables


def _kpis(view: View) -> Value:
    return {} if view.snapshot is None else view.snapshot.kpis


class _Goals(Mapping[str, Value]):
    """The goals of a view by id, each worked out when first read: its pace counts the working days of its period."""

    __slots__ = ("known", "view")

    def __init__(self, view: View) -> None:
        self.view = view
        self.known: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self.known:
            kept = {} if self.view.snapshot is None else self.view.snapshot.kpis
            self.known[name] = goal_record(self.view.compiled.aims[name], kept.get(PREFIX + name), self.view.now)
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.view.compiled.aims)

    def __len__(self) -> int:
        return len(self.view.compiled.aims)


_STANDING: Final[Mapping[str, Callable[[View], Value]]] = {
    "states": _states,
    "owner": _owner,
    "actor": _actor,
    "risk": _risk,
    "task": _task,
    "kpi": _kpis,
    "goal": _Goals,
    "child": _child,
    "children": _children,
    "parent": _parent,
    "reference": _reference_tables,
    "table": _tables,
}
