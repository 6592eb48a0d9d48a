"""A project to try changes on: what `solve` may ask about it, and what the engine itself says of a proposal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.context import Names, Overlay, View, scope_over
from salespm_flow.engine.decide import decide
from salespm_flow.engine.draft import draft_of
from salespm_flow.engine.gates import is_present
from salespm_flow.engine.places import is_within
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.values import Reference, Value
from salespm_flow.model.decision import SYSTEM, Accepted, Actor, AddRow, Advance, Decision, Request, SetFields
from salespm_flow.model.fields import Field, Record
from salespm_flow.model.project import Snapshot
from salespm_flow.solve.change import Changed
from salespm_flow.solve.propose import Proposal
from salespm_flow.solve.world import World

_THE_SYSTEM: Final = Actor(id=SYSTEM)


def world_of(compiled: Compiled, snapshot: Snapshot, actor: Actor, now: datetime) -> World:
    """The project at this moment as `actor` sees it, open to changes of what may be edited in its states."""
    project = snapshot.project
    moment = max(now, project.updated_at)
    draft = draft_of(project, moment)
    view = View(compiled=compiled, draft=draft, snapshot=snapshot, actor=actor, now=moment)

    def scope(changed: Changed, bound: Mapping[str, Value]) -> Scope:
        names = Names(view)
        for name, value in changed.items():
            names[name] = _referring(compiled, name, value)
        return scope_over(Overlay(bound, names) if bound else names, view)

    workflow = compiled.workflow
    nouns: tuple[Field | Record, ...] = (*workflow.fields.values(), *workflow.records.values())
    return World(
        workflow=workflow,
        names=compiled.names,
        references=compiled.references,
        scope=scope,
        is_present=is_present,
        editable=frozenset(noun.id for noun in nouns if _is_editable(noun, project.leaves)),
        standing={"at": moment, "by": actor.id, "first_at": moment, "project": project.id},
        today=moment.astimezone(compiled.zone).date(),
    )


def _referring(compiled: Compiled, name: str, value: Value) -> Value:
    """The value as expressions see it: of a reference field with its row."""
    table = compiled.references.get(compiled.reference_fields.get(name, ""))
    return Reference(key=value, row=table.rows.get(value)) if table is not None and isinstance(value, str) else value


def _is_editable(noun: Field | Record, leaves: tuple[str, ...]) -> bool:
    if noun.editable_in is None:
        return True
    return any(is_within(leaf, path) for leaf in leaves for path in noun.editable_in)


def outcome_of(
    compiled: Compiled, snapshot: Snapshot, proposal: Proposal, request: Advance, *, now: datetime
) -> Decision:
    """What the engine decides on the request once the proposal is carried out, or on the first part that it refuses.

    Nobody in particular carries the proposal out: who may do so is not its question.
    """
    for part in _requests(compiled, proposal):
        decision = decide(compiled, snapshot, part, now)
        if not isinstance(decision, Accepted):
            return decision
        snapshot = replace(snapshot, project=decision.project)
    return decide(compiled, snapshot, request, now)


def _requests(compiled: Compiled, proposal: Proposal) -> tuple[Request, ...]:
    requests: list[Request] = []
    if proposal.fields:
        values = {change.field: change.after for change in proposal.fields}
        requests.append(SetFields(fields=values, actor=_THE_SYSTEM))
    for row in proposal.rows:
        columns = {change.field: change.after for change in row.values}
        key = compiled.workflow.records[row.record].key
        if key is not None and not row.is_new:
            columns[key] = row.key
        requests.append(AddRow(record=row.record, values=columns, actor=_THE_SYSTEM))
    return tuple(requests)
