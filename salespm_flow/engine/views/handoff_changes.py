"""What was changed on either side since a project was handed over: what the sale would carry now, what delivery holds.

Knows no face. The sale's side is worked out anew after each of its later entries, since a carried value may be made of
several fields, of rows and of formulas.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from salespm_flow.engine.compiled import carried_by
from salespm_flow.engine.context import Names, View
from salespm_flow.engine.draft import Draft
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.values import kept
from salespm_flow.expr.values import Value
from salespm_flow.model.actions import SpawnChild
from salespm_flow.model.decision import Actor
from salespm_flow.model.history import Entry, FieldSet, Migrated, Moved, RowAdded
from salespm_flow.model.project import Project, Snapshot
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedChange:
    """A carried value that somebody changed later; `entry` is of the project where it was changed."""

    entry: Entry
    field: str
    before: Value
    after: Value


def changes_since(runner: Runner, parent: Project, child: Project, link: str) -> tuple[CarriedChange, ...]:
    """Both sides' later changes of what the link carries, oldest first, until the child was closed.

    Raises:
        PinnedDefinitionError: a definition of the parent is lost.
        StoreError: the store failed.
    """
    carried = runner.definitions.pinned(parent.pin).workflow.links[link].carry
    end = child.closed_at
    found = [
        *_of_sale(runner, parent, child, link),
        *_of_delivery(runner.store.history(child.id), frozenset(carried)),
    ]
    return tuple(sorted((one for one in found if end is None or one.entry.at <= end), key=attrgetter("entry.at")))


def _of_delivery(entries: Iterable[Entry], carried: frozenset[str]) -> Iterator[CarriedChange]:
    held: dict[str, Value] = {}
    for entry in entries:
        for name, value in _given(entry):
            is_birth = entry.number == 1 and name not in held
            before = held.get(name)
            held[name] = value
            if name in carried and not is_birth and value != before:
                yield CarriedChange(entry=entry, field=name, before=before, after=value)


def _given(entry: Entry) -> Iterator[tuple[str, Value]]:
    for change in entry.changes:
        match change:
            case FieldSet():
                yield change.field, change.value
            case Migrated():
                yield from change.fields.items()
                yield from ((name, None) for name in change.dropped if name not in change.fields)
            case _:
                pass


def _of_sale(runner: Runner, parent: Project, child: Project, link: str) -> Iterator[CarriedChange]:
    offers = _Offers(runner=runner, snapshot=runner.snapshot_of(parent)[0], link=link)
    draft: Draft | None = None
    known: Mapping[str, Value] | None = None
    for entry in runner.store.history(parent.id):
        draft = draft or Draft(entry.project, entry.at)
        draft.at, draft.revision = entry.at, entry.number
        for change in entry.changes:
            draft.apply(change)
        if known is None:
            if entry.at == child.opened_at and offers.is_made_by(entry, draft.freeze()):
                known = offers.of(draft.freeze(), entry.at)
        elif any(isinstance(change, FieldSet | RowAdded | Migrated) for change in entry.changes):
            offer = offers.of(draft.freeze(), entry.at)
            for name in offer:
                if offer[name] != known.get(name):
                    yield CarriedChange(entry=entry, field=name, before=known.get(name), after=offer[name])
            known = offer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offers:
    """What a link carries; `snapshot` is the parent's of today, whose surroundings stand for those of then."""

    runner: Runner
    snapshot: Snapshot
    link: str

    def of(self, then: Project, at: datetime) -> Mapping[str, Value]:
        """What a child would get that began with the project as it was then; nothing where the link is gone."""
        compiled = self.runner.definitions.pinned(then.pin)
        found = compiled.workflow.links.get(self.link)
        if found is None:
            return {}
        seen = replace(self.snapshot, project=then)
        names = Names(View(compiled=compiled, draft=then, snapshot=seen, actor=Actor(id=then.owner), now=at))
        return {name: kept(names.evaluate(one.text, carried_by(found.id, name))) for name, one in found.carry.items()}

    def is_made_by(self, entry: Entry, then: Project) -> bool:
        """Whether a move of the entry starts a child of the link."""
        workflow = self.runner.definitions.pinned(then.pin).workflow
        moves = [change for change in entry.changes if isinstance(change, Moved)]
        gates = [workflow.transitions[name].gate for move in moves for name in move.transitions]
        gates += [workflow.states[path].entry for move in moves for path in move.entered]
        gates += [workflow.states[path].exit for move in moves for path in move.exited]
        return any(isinstance(one, SpawnChild) and one.link == self.link for gate in gates for one in gate.do)
