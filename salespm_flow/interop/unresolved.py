"""Finds the keys that projects hold and no row of a reference has any more. Changes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import Final

from salespm_flow.engine.running.runner import Runner
from salespm_flow.errors import PinnedDefinitionError
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field, FieldType, ListOf, RefTo
from salespm_flow.model.library import Reference
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.suggest import nearest_name

EXAMPLES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedKey:
    """A key that no row has: where it stands (`needs.product` in a record), in how many projects, and some of those.

    `meant` is the key of the row that it is an alias of, else the key most like it, None where nothing is.
    """

    reference: str
    workflow: str
    field: str
    key: str
    projects: int
    examples: tuple[str, ...]
    meant: str | None
    is_alias: bool


@dataclass(slots=True)
class _Holders:
    count: int = 0
    examples: list[str] = field(default_factory=list)


def unresolved_keys(runner: Runner, only: str | None = None) -> tuple[UnresolvedKey, ...]:
    """Every key in a stored project that its reference does not have, the commonest first; `only` names one reference.

    A reference that cannot be loaded now resolves nothing. Computed fields hold no keys of their own.
    """
    references = runner.library.references
    held: dict[tuple[str, str, str, str], _Holders] = {}
    for project in runner.store.projects():
        workflow = _definition(runner, project)
        if workflow is None:
            continue
        found = {
            (table, workflow.id, place, key)
            for place, table, key in _keys_of(project, workflow)
            if only in {None, table} and not _has(references, table, key)
        }
        for one in sorted(found):
            holders = held.setdefault(one, _Holders())
            holders.count += 1
            if len(holders.examples) < EXAMPLES:
                holders.examples.append(project.id)
    every = sorted(held, key=lambda one: (one[:3], -held[one].count, one[3]))
    return tuple(_told(one, held[one], references.get(one[0])) for one in every)


def _has(references: Mapping[str, Reference], table: str, key: str) -> bool:
    return table in references and key in references[table].rows


def _definition(runner: Runner, project: Project) -> Workflow | None:
    try:
        return runner.definitions.pinned(project.pin).workflow
    except PinnedDefinitionError:  # what the store has lost is for verify to tell
        return runner.library.workflows.get(project.pin.workflow)


def _keys_of(project: Project, workflow: Workflow) -> Iterator[tuple[str, str, str]]:
    """The place, reference and key of everything that the project refers to; of records the newest rows of each key."""
    yield from _keys_in(project.fields, workflow.fields.values(), "")
    for record in workflow.records.values():
        rows = project.records.get(record.id, ())
        if record.key is not None:
            rows = tuple({row.values.get(record.key): row for row in rows}.values())
        for row in rows:
            yield from _keys_in(row.values, record.fields.values(), f"{record.id}.")


def _keys_in(values: Mapping[str, Value], fields: Iterable[Field], prefix: str) -> Iterator[tuple[str, str, str]]:
    for one in fields:
        yield from ((f"{prefix}{one.id}", table, key) for table, key in _keys(values.get(one.id), one.type))


def _keys(value: Value, declared: FieldType) -> Iterator[tuple[str, str]]:
    match declared, value:
        case RefTo(reference=table), str():
            yield table, value
        case ListOf(item=item), tuple():
            for one in value:
                yield from _keys(one, item)
        case _:
            return


def _told(one: tuple[str, str, str, str], holders: _Holders, reference: Reference | None) -> UnresolvedKey:
    table, workflow, place, key = one
    alias = None if reference is None else reference.keys.get(key)
    near = alias if alias is not None or reference is None else nearest_name(key, reference.rows)
    return UnresolvedKey(
        reference=table,
        workflow=workflow,
        field=place,
        key=key,
        projects=holders.count,
        examples=tuple(holders.examples),
        meant=near,
        is_alias=alias is not None,
    )
