"""The one guarded path: what a request does to a project, as a pure function.

Order inside one decision: the given fields, then guards, gates and checks, the kernel's step, actions, risk rules, then
autos, raised events and completions to a fixpoint.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.actions import carry_out
from salespm_flow.engine.clocks import BREACH, TIMER, WARN, after_firing, silence_clocks
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.draft import Draft, draft_of
from salespm_flow.engine.inputs import field_reasons, guesses, row_reasons, unknown_field, value_reasons
from salespm_flow.engine.moves import fire, settle, start
from salespm_flow.engine.records import add_row, completed
from salespm_flow.engine.tasks import close_task
from salespm_flow.engine.turn import THE_SYSTEM, RefusalError, Turn
from salespm_flow.engine.values import identity_flaw, label, text_flaw
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import (
    Accepted,
    AddRow,
    Advance,
    Annotate,
    CompleteTask,
    Decision,
    FireClock,
    Open,
    Reason,
    ReasonKind,
    Reassess,
    Receive,
    Rejected,
    Request,
    SetFields,
)
from salespm_flow.model.history import ClockSet, Doing, Entry, FieldSet, Noted, Opened
from salespm_flow.model.project import Snapshot, TaskStatus
from salespm_flow.statechart import kernel


def decide(
    compiled: Compiled,
    snapshot: Snapshot | None,
    request: Request,
    now: datetime,
    *,
    recorded_at: datetime | None = None,
) -> Decision:
    """What the request does at the effective time `now`; `snapshot` is None exactly for Open.

    A `now` before the project's last event counts as that event's time, so that effective time never runs backwards.
    Pure: reads nothing but its arguments and changes none of them. What cannot be computed (an expression that takes
    too many steps, a date beyond the calendar) refuses, with the error's code as the reason's id.
    """
    turn = _turn(compiled, snapshot, request, now)
    try:
        _carry_out(turn, request)
    except RefusalError as refusal:
        reasons = refusal.reasons
    except SalesPMFlowError as error:
        # Not the caller's fault nor a bug, and a timer or message that stopped here must not stop all others.
        reasons = (_incomputable(error),)
    else:
        return _accepted(turn, request, recorded_at)
    return refuse(compiled, snapshot, request, reasons, now=now, recorded_at=recorded_at)


def refuse(
    compiled: Compiled,
    snapshot: Snapshot | None,
    request: Request,
    reasons: tuple[Reason, ...],
    *,
    now: datetime,
    recorded_at: datetime | None = None,
) -> Decision:
    """The refusal for these reasons: an answer to people, a record in the history where nobody waits for an answer.

    A clock whose firing is refused is marked, once; it is due again after the next change. A refused message is noted.
    """
    if isinstance(request, FireClock | Receive) and snapshot is not None:
        turn = _turn(compiled, snapshot, request, now)
        name = request.clock if isinstance(request, FireClock) else request.name
        if isinstance(request, FireClock):
            clock = snapshot.project.clocks.get(request.clock)
            if clock is None or clock.due_at is None or clock.is_refused or clock.due_at > turn.now:
                return Rejected(reasons=reasons)
            turn.change(ClockSet(clock=replace(clock, is_refused=True)))
        turn.change(Noted(topic="refused", name=name, reasons=tuple(dict.fromkeys(reason.id for reason in reasons))))
        return _accepted(turn, request, recorded_at)
    return Rejected(reasons=reasons)


def _turn(compiled: Compiled, snapshot: Snapshot | None, request: Request, now: datetime) -> Turn:
    actor = THE_SYSTEM if isinstance(request, FireClock | Receive | Reassess) else request.actor
    hops = request.hops if isinstance(request, Receive | Open) else 0
    comment = request.comment if isinstance(request, Advance | SetFields | Receive) else ""
    if snapshot is None:
        project = request.project if isinstance(request, Open) else ""
        draft = Draft(project, now)
    else:
        now = max(now, snapshot.project.updated_at)
        draft = draft_of(snapshot.project, now)
    draft.revision += 1
    return Turn(compiled, draft, snapshot, actor, now=now, comment=comment, hops=hops)


def _carry_out(turn: Turn, request: Request) -> None:
    _require_texts(turn, request)
    match request:
        case Advance():
            _require_trigger(turn, request.trigger)
            _advance(turn, request)
        case Open():
            _open(turn, request)
        case SetFields():
            _set(turn, request.fields)
            settle(turn)
        case AddRow():
            _add_row(turn, request)
        case CompleteTask():
            _complete_task(turn, request)
        case FireClock():
            _fire_clock(turn, request)
        case Receive():
            _receive(turn, request)
        case Annotate():
            _annotate(turn, request)
        case Reassess():
            settle(turn)


def _accepted(turn: Turn, request: Request, recorded_at: datetime | None) -> Accepted:
    doing, name, comment = _described(turn, request)
    entry = Entry(
        project=turn.draft.id,
        number=turn.draft.revision,
        doing=doing,
        name=name,
        actor=turn.actor.id,
        role=turn.actor.role,
        at=turn.now,
        recorded_at=recorded_at or turn.now,
        comment=comment,
        changes=tuple(turn.draft.changes),
    )
    return Accepted(project=turn.draft.freeze(), entry=entry, outbox=tuple(turn.outbox), births=tuple(turn.births))


_DOINGS: Final[Mapping[type[Request], Doing]] = {
    Open: Doing.OPEN,
    Advance: Doing.ADVANCE,
    SetFields: Doing.SET,
    AddRow: Doing.RECORD,
    CompleteTask: Doing.TASK,
    FireClock: Doing.TIMER,
    Receive: Doing.MESSAGE,
    Annotate: Doing.IMPORT,
    Reassess: Doing.TICK,
}


def _described(turn: Turn, request: Request) -> tuple[Doing, str, str]:
    """What the history says was asked for: the doing, its name and the comment."""
    doing = _DOINGS[type(request)]
    match request:
        case Advance():
            return doing, request.trigger, request.comment
        case SetFields():
            return doing, ", ".join(request.fields), request.comment
        case Receive():
            return doing, request.name, request.comment
        case Open():
            return doing, turn.compiled.workflow.id, request.comment
        case AddRow(record=name, comment=comment) | CompleteTask(task=name, comment=comment):
            return doing, name, comment
        case FireClock(clock=name):
            return doing, name, ""
        case Annotate() | Reassess():
            return doing, "", ""


def _open(turn: Turn, request: Open) -> None:
    turn.change(Opened(pin=turn.compiled.pin, owner=request.owner, parent=request.parent))
    fields = turn.compiled.workflow.fields
    reasons: list[Reason] = [reason for name, value in request.fields.items() for reason in _given(turn, name, value)]
    reasons += [
        _missing(field.id, field.title)
        for field in fields.values()
        if field.is_required and field.default is None and request.fields.get(field.id) is None
    ]
    if reasons:
        raise RefusalError(tuple(reasons))
    for field in fields.values():
        value = request.fields.get(field.id)
        value = field.default if value is None else value
        if value is not None:
            turn.change(FieldSet(field=field.id, value=value))
    start(turn)


def _given(turn: Turn, name: str, value: Value) -> list[Reason]:
    """Reasons against a value given at the start; who may change the field later does not matter yet."""
    field = turn.compiled.workflow.fields.get(name)
    if field is None:
        return [unknown_field(name, turn.compiled.workflow.id, turn.compiled.workflow.fields)]
    return [] if value is None else value_reasons(turn, field, value)


def _missing(name: str, title: Bilingual) -> Reason:
    shown = label(name, title)
    message = Bilingual(f"新建时必须填写{shown.zh}", f"{shown.en} must be given at the start")
    return Reason(id=name, kind=ReasonKind.MISSING, message=message, rule=None, values={name: None})


def _advance(turn: Turn, request: Advance) -> None:
    """The fields are set and the trigger has moved the project, or every reason against either is raised."""
    unfit = field_reasons(turn, request.fields) if request.fields else ()
    bad = {reason.id for reason in unfit}
    if not unfit:
        _write(turn, request.fields)
    elif turn.draft.is_open and not any(reason.kind is ReasonKind.ROLE for reason in unfit):
        # Nothing of this turn is kept any more; the sound values only spare their reasons.
        _write(turn, {name: value for name, value in request.fields.items() if name not in bad})
    try:
        fire(turn, request.trigger)
    except RefusalError as refusal:
        raise RefusalError((*unfit, *(reason for reason in refusal.reasons if reason.id not in bad))) from None
    if unfit:
        raise RefusalError(unfit)
    settle(turn)


def _require_texts(turn: Turn, request: Request) -> None:
    """Ids and the comment are text that can be stored and shown."""
    identities = [("actor", turn.actor.id)]
    if turn.actor.role:
        identities.append(("role", turn.actor.role))
    if isinstance(request, Open):
        identities += [("project", request.project), ("owner", request.owner)]
    reasons = [_unfit(name, flaw) for name, text in identities if (flaw := identity_flaw(text)) is not None]
    if turn.comment and (flaw := text_flaw(turn.comment)) is not None:
        reasons.append(_unfit("comment", flaw))
    if reasons:
        raise RefusalError(tuple(reasons))


def _unfit(name: str, flaw: Bilingual) -> Reason:
    return _reason(name, ReasonKind.VALUE, Bilingual(f"{name} {flaw.zh}", f"{name} {flaw.en}"))


def _incomputable(error: SalesPMFlowError) -> Reason:
    return _reason(error.code, ReasonKind.LIMIT, error.message)


def _require_trigger(turn: Turn, trigger: str) -> None:
    # Names with dots are the engine's own events: nobody may claim that a child or a clock has spoken.
    if "." in trigger or trigger not in turn.compiled.triggers:
        guess = guesses(trigger, [event for event in turn.compiled.triggers if "." not in event and event != "*"])
        zh, en = f"流程没有转移“{trigger}”{guess.zh}", f'the workflow has no transition "{trigger}"{guess.en}'
        raise RefusalError((_reason(trigger, ReasonKind.VALUE, Bilingual(zh, en)),))


def _set(turn: Turn, values: Mapping[str, Value]) -> None:
    if reasons := field_reasons(turn, values):
        raise RefusalError(reasons)
    _write(turn, values)


def _write(turn: Turn, values: Mapping[str, Value]) -> None:
    for name, value in values.items():
        default = turn.compiled.workflow.fields[name].default
        turn.change(FieldSet(field=name, value=default if value is None else value))


def _add_row(turn: Turn, request: AddRow) -> None:
    record = turn.compiled.workflow.records.get(request.record)
    if record is None:
        zh, en = f"没有记录表“{request.record}”", f'there is no record "{request.record}"'
        raise RefusalError((_reason(request.record, ReasonKind.VALUE, Bilingual(zh, en)),))
    if reasons := row_reasons(turn, record, completed(turn, record, request.values)):
        raise RefusalError(reasons)
    add_row(turn, record, request.values)
    settle(turn)


def _complete_task(turn: Turn, request: CompleteTask) -> None:
    task = turn.draft.tasks.get(request.task)
    if task is None:
        zh, en = f"没有任务“{request.task}”", f'there is no task "{request.task}"'
        raise RefusalError((_reason(request.task, ReasonKind.VALUE, Bilingual(zh, en)),))
    if task.status is not TaskStatus.OPEN:
        zh, en = f"任务“{task.id}”已经结束（{task.status}）", f'the task "{task.id}" is already {task.status}'
        raise RefusalError((_reason(task.id, ReasonKind.STATE, Bilingual(zh, en)),))
    close_task(turn, task, TaskStatus.DONE)
    settle(turn)


def _fire_clock(turn: Turn, request: FireClock) -> None:
    clock = turn.draft.clocks.get(request.clock)
    if not turn.draft.is_open or clock is None or clock.due_at is None or clock.due_at > turn.now:
        zh, en = f"没有到期的时钟“{request.clock}”", f'no clock "{request.clock}" is due'
        raise RefusalError((_reason(request.clock, ReasonKind.STATE, Bilingual(zh, en)),))
    if clock.id.startswith(TIMER):
        timer = turn.compiled.workflow.timers[clock.id.removeprefix(TIMER)]
        after_firing(turn, clock, timer)
        carry_out(turn, timer.do)
    else:
        after_firing(turn, clock, None)
        stage = WARN if clock.id.startswith(WARN) else BREACH
        turn.change(Noted(topic=stage.removesuffix("."), name=clock.id.removeprefix(stage)))
        turn.queue.append((clock.id, False))
    settle(turn)


def _receive(turn: Turn, request: Receive) -> None:
    """A message moves the project, or is recorded as unheard or refused; it is never an error for the sender."""
    if not turn.draft.is_open or not kernel.candidates(turn.compiled.chart, turn.draft.leaves, request.name):
        turn.change(Noted(topic="unheard", name=request.name))
    else:
        fire(turn, request.name)
    settle(turn)


def _annotate(turn: Turn, request: Annotate) -> None:
    for note in request.notes:
        turn.change(note)
    silence_clocks(turn, request.quiet_until)


def _reason(name: str, kind: ReasonKind, message: Bilingual) -> Reason:
    return Reason(id=name, kind=kind, message=message, rule=None, values={})
