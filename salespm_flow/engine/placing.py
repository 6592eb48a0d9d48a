"""A project that stands somewhere from its first moment on, as a scenario gives it. Knows no request and no store."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.draft import Draft
from salespm_flow.engine.inputs import row_reasons, value_reasons
from salespm_flow.engine.moves import settle
from salespm_flow.engine.places import standing
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.references import with_keys
from salespm_flow.engine.registers.clocks import start_clocks
from salespm_flow.engine.registers.records import add_row, completed
from salespm_flow.engine.registers.tasks import open_state_tasks
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Accepted, Actor, AddRow, Decision, Open, Reason, ReasonKind, Rejected
from salespm_flow.model.history import Doing, Entry, FieldSet, Moved, Opened, OutcomeReached
from salespm_flow.model.workflow import StateKind, Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a project stands, by names or paths of states, and what it holds."""

    project: str
    owner: str
    states: tuple[str, ...]
    fields: Mapping[str, Value]
    records: Mapping[str, Sequence[Mapping[str, Value]]]


def place(compiled: Compiled, placement: Placement, now: datetime) -> Decision:
    """The project stands there with the clocks and tasks of its states, and has settled; else why it cannot.

    No gate is asked and no entry action is done: how the project came there is not told.
    """
    actor = Actor(id=placement.owner)
    draft = Draft(placement.project, now)
    draft.revision = 1
    turn = Turn(compiled, draft, None, actor, now=now)
    try:
        _fill(turn, placement)
        _stand(turn, placement)
        settle(turn)
    except RefusalError as refusal:
        return Rejected(reasons=refusal.reasons)
    except SalesPMFlowError as error:
        return Rejected(reasons=(reason_of(error.code, ReasonKind.LIMIT, error.message),))
    entry = Entry(
        project=draft.id,
        number=1,
        doing=Doing.OPEN,
        name=compiled.workflow.id,
        actor=actor.id,
        role="",
        at=now,
        recorded_at=now,
        comment="",
        changes=tuple(turn.draft.changes),
    )
    return Accepted(project=turn.draft.freeze(), entry=entry, outbox=tuple(turn.outbox), births=tuple(turn.births))


def _fill(turn: Turn, placement: Placement) -> None:
    """The fields and rows are there, each of its type; who may write them does not matter."""
    compiled, workflow = turn.compiled, turn.compiled.workflow
    turn.change(Opened(pin=compiled.pin, owner=placement.owner, parent=None))
    given: dict[str, Value] = {name: one.default for name, one in workflow.fields.items() if one.default is not None}
    asked = Open(project=placement.project, owner=placement.owner, actor=turn.actor, fields=placement.fields)
    fields = with_keys(asked, compiled)
    given |= fields.fields if isinstance(fields, Open) else {}
    reasons: list[Reason] = []
    for name, value in given.items():
        if value is not None:
            reasons += value_reasons(turn, workflow.fields[name], value)
            turn.change(FieldSet(field=name, value=value))
    for name, rows in placement.records.items():
        record = workflow.records[name]
        for row in rows:
            keyed = with_keys(AddRow(record=name, values=row, actor=turn.actor), compiled)
            values = keyed.values if isinstance(keyed, AddRow) else row
            # Who may add a row, and where, is asked by `append`; a row that is given is simply there.
            reasons += [
                reason
                for reason in row_reasons(turn, record, completed(turn, record, values))
                if reason.kind in {ReasonKind.VALUE, ReasonKind.MISSING}
            ]
            add_row(turn, record, values)
    if reasons:
        raise RefusalError(tuple(reasons))


def _stand(turn: Turn, placement: Placement) -> None:
    workflow = turn.compiled.workflow
    paths = tuple(turn.compiled.paths.get(name, name) for name in placement.states)
    entered = tuple(_entered(workflow, workflow.roots, paths, is_parallel=workflow.is_parallel))
    leaves = tuple(path for path in entered if workflow.states[path].kind in {StateKind.ATOMIC, StateKind.FINAL})
    turn.change(
        Moved(
            transitions=(),
            event="",
            exited=(),
            entered=entered,
            leaves=leaves,
            memory={},
            state=standing(leaves, workflow),
        )
    )
    start_clocks(turn, entered)
    for path in entered:
        state = workflow.states[path]
        open_state_tasks(turn, state)
        if state.outcome is not None:
            turn.change(OutcomeReached(outcome=state.outcome))


def _entered(workflow: Workflow, children: Sequence[str], wanted: Sequence[str], *, is_parallel: bool) -> Iterator[str]:
    """The states that are active below, parents first: those wanted and those around them, else the initial ones."""
    chosen = [path for path in children if any(one == path or one.startswith(f"{path}.") for one in wanted)]
    if is_parallel:
        taken = list(children)
    else:
        initial = [path for path in children if path in _initial_of(workflow, children)]
        taken = chosen[:1] or initial[:1]
    for path in taken:
        state = workflow.states[path]
        yield path
        yield from _entered(workflow, state.children, wanted, is_parallel=state.kind is StateKind.PARALLEL)


def _initial_of(workflow: Workflow, children: Sequence[str]) -> tuple[str, ...]:
    parent = workflow.states[children[0]].parent if children else None
    return workflow.initial if parent is None else workflow.states[parent].initial
