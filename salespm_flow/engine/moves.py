"""Moving a project: one microstep through the machine, and the fixpoint of autos, raised events and completions."""

from collections.abc import Iterable

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.actions import carry_out
from salespm_flow.engine.clocks import drop_clocks, drop_paused, retry_refused, set_dates, start_clocks, stop_clocks
from salespm_flow.engine.gates import binds_exit, gate_reasons, is_offered, may, move_reasons, step_gates
from salespm_flow.engine.parties import resolve
from salespm_flow.engine.places import active_paths, standing
from salespm_flow.engine.registers import assess_risks, close_risks
from salespm_flow.engine.tasks import open_task, void_tasks
from salespm_flow.engine.turn import MICROSTEP_LIMIT, RefusalError, Turn
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.model.history import Closed, CompletionsPending, Moved, Noted, OutboxKind, OutcomeReached
from salespm_flow.model.workflow import Transition
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import matches
from salespm_flow.statechart.kernel import Step


def start(turn: Turn) -> None:
    """The project stands in its initial states and has settled.

    Raises:
        RefusalError: an entry gate of an initial state refuses.
    """
    step = turn.compiled.machine.start()
    states = turn.compiled.workflow.states
    reasons = [reason for path in step.entered for reason in gate_reasons(turn, states[path].entry, "")]
    if reasons:
        raise RefusalError(tuple(reasons))
    _take(turn, (), step, "")
    settle(turn)


def move(turn: Turn, trigger: str, comment: str) -> None:
    """The trigger has moved the project, and it has settled.

    Raises:
        RefusalError: with every reason, when no transition of the trigger is possible now.
    """
    if not _fire(turn, trigger, comment):
        raise RefusalError(refusals(turn, trigger, comment))
    settle(turn)


def refusals(turn: Turn, trigger: str, comment: str) -> tuple[Reason, ...]:
    """Every reason against the trigger now, over all its transitions from the present states."""
    compiled, draft = turn.compiled, turn.draft
    if not draft.is_open:
        return (_closed(turn, trigger),)
    arrows = kernel.candidates(compiled.chart, draft.leaves, trigger)
    if not arrows:
        return (_elsewhere(turn, trigger),)
    reasons: list[Reason] = []
    for arrow in arrows:
        preview = kernel.step(compiled.chart, draft.leaves, draft.memory, (arrow,))
        reasons += move_reasons(turn, compiled.workflow.transitions[arrow.id], preview, comment)
    return tuple(reasons)


def settle(turn: Turn) -> None:
    """Risks are assessed and autos, raised events and completions have run until nothing more moves.

    Raises:
        RefusalError: more microsteps than the limit, or a raised event was refused.
    """
    assess_risks(turn)
    while turn.draft.is_open and (_fire_auto(turn) or _fire_raised(turn) or _fire_completion(turn)):
        assess_risks(turn)
    turn.queue.clear()
    set_dates(turn)
    if turn.draft.changes:
        retry_refused(turn)


def _fire_auto(turn: Turn) -> bool:
    return _fire(turn, None, "", is_quiet=True)


def _fire_raised(turn: Turn) -> bool:
    if not turn.queue:
        return False
    event, must_hold = turn.queue.popleft()
    if not _fire(turn, event, "", is_quiet=not must_hold) and must_hold:
        if kernel.candidates(turn.compiled.chart, turn.draft.leaves, event):
            raise RefusalError(refusals(turn, event, ""))
        turn.change(Noted(topic="unheard", name=event))
    return True


def _fire_completion(turn: Turn) -> bool:
    for event in turn.draft.pending:
        waiting = tuple(name for name in turn.draft.pending if name != event)
        if _fire(turn, event, "", is_quiet=True):
            # Leaving the completed state may have dropped the event already, and the move may have added others.
            if event in turn.draft.pending and waiting != turn.draft.pending:
                turn.change(CompletionsPending(events=tuple(n for n in turn.draft.pending if n != event)))
            return True
    return False


def _fire(turn: Turn, event: str | None, comment: str, *, is_quiet: bool = False) -> bool:
    """Fires the event through the machine; False when nothing is enabled or (quietly) when a gate refuses.

    Raises:
        RefusalError: not quiet, and a chosen transition is refused by its own or a state's gate.
    """
    compiled, draft = turn.compiled, turn.draft
    arrows = kernel.candidates(compiled.chart, draft.leaves, event)
    if not arrows:
        return False
    transitions = compiled.workflow.transitions
    answers = {arrow.id: is_offered(turn, transitions[arrow.id]) for arrow in arrows}
    while any(answers.values()):
        step = compiled.machine.fire(draft.leaves, draft.memory, event, answers)
        if step is None:
            return False
        taken = tuple(transitions[arrow.id] for arrow in step.arrows)
        refused = {t.id: reasons for t in taken if (reasons := _refused(turn, t, step, comment))}
        if not refused:
            _take(turn, taken, step, event or "")
            return True
        if not is_quiet:
            raise RefusalError(tuple(reason for reasons in refused.values() for reason in reasons))
        # What waits for its gate must not hold back the others.
        answers |= dict.fromkeys(refused, False)
    return False


def _refused(turn: Turn, transition: Transition, step: Step, comment: str) -> tuple[Reason, ...]:
    """Every reason against a chosen transition; the cheap way first, since most moves hold."""
    own = step if len(step.arrows) == 1 else _own_step(turn, transition, step)
    holds = (
        may(turn.actor, transition.by, turn.draft.owner)
        and (not transition.needs_comment or bool(comment.strip()) or turn.actor.is_system)
        and not gate_reasons(turn, transition.gate, transition.id)
        and not any(gate_reasons(turn, gate, transition.id) for gate in step_gates(turn, (transition,), own))
    )
    return () if holds else move_reasons(turn, transition, own, comment)


def _own_step(turn: Turn, transition: Transition, step: Step) -> Step:
    arrows = tuple(arrow for arrow in step.arrows if arrow.id == transition.id)
    return kernel.step(turn.compiled.chart, turn.draft.leaves, turn.draft.memory, arrows)


def _take(turn: Turn, taken: tuple[Transition, ...], step: Step, event: str) -> None:
    """The step is part of the draft, and everything that leaving and entering does is done."""
    turn.steps += 1
    if turn.steps > MICROSTEP_LIMIT:
        raise RefusalError((_endless(taken),))
    workflow, draft = turn.compiled.workflow, turn.draft
    was_aside = any(workflow.states[path].is_aside for path in active_paths(draft.leaves))
    is_aside = any(workflow.states[target.path].is_aside for transition in taken for target in transition.to)
    is_forward = _is_forward(turn, taken, step)
    turn.change(
        Moved(
            transitions=tuple(transition.id for transition in taken),
            event=event,
            exited=step.exited,
            entered=step.entered,
            leaves=step.leaves,
            memory=step.memory,
            state=standing(step.leaves, workflow),
            is_forward=is_forward,
        )
    )
    stop_clocks(turn, step.exited, is_aside=is_aside)
    for path in step.exited:
        carry_out(turn, workflow.states[path].exit.do)
    for transition in taken:
        carry_out(turn, transition.gate.do)
    _enter(turn, step)
    drop_paused(turn, was_aside=was_aside)
    _complete(turn, step)


def _is_forward(turn: Turn, taken: tuple[Transition, ...], step: Step) -> bool:
    states = turn.compiled.workflow.states
    return not step.exited or any(binds_exit(turn, states[path], taken) for path in step.exited)


def _enter(turn: Turn, step: Step) -> None:
    states = turn.compiled.workflow.states
    start_clocks(turn, step.entered)
    for path in step.entered:
        state = states[path]
        carry_out(turn, state.entry.do)
        for task in state.tasks:
            open_task(turn, task.id, task.title, resolve(turn, task.responsible), due=task.due)
    outcomes = [states[path].outcome for path in step.entered if states[path].outcome is not None]
    for outcome in outcomes:
        if outcome is not None and outcome is not turn.draft.outcome:
            turn.change(OutcomeReached(outcome=outcome))


def _complete(turn: Turn, step: Step) -> None:
    """Completions wait for their transitions; the root's completion closes the project and tells the parent."""
    if step.is_done:
        turn.change(Closed())
        drop_clocks(turn)
        void_tasks(turn)
        close_risks(turn)
        if turn.draft.parent is not None:
            parent = turn.draft.parent
            turn.send(kind=OutboxKind.EVENT, to=parent.project, name=f"{parent.link}.done", title=None, due_at=turn.now)
        return
    left = frozenset("done." + turn.compiled.workflow.states[path].name for path in step.exited)
    heard = [event for event in step.completions if _is_heard(turn.compiled.completions, event)]
    pending = tuple(dict.fromkeys((*(name for name in turn.draft.pending if name not in left), *heard)))
    if pending != turn.draft.pending:
        turn.change(CompletionsPending(events=pending))


def _is_heard(patterns: Iterable[str], event: str) -> bool:
    return any(matches(pattern, event) for pattern in patterns)


def _closed(turn: Turn, trigger: str) -> Reason:
    message = Bilingual(f"项目 {turn.draft.id} 已关闭", f"the project {turn.draft.id} is closed")
    return Reason(id="closed", kind=ReasonKind.CLOSED, message=message, rule=None, values={}, transition=trigger)


def _elsewhere(turn: Turn, trigger: str) -> Reason:
    workflow = turn.compiled.workflow
    listening = [t for t in workflow.transitions.values() if trigger in t.events]
    names = list(dict.fromkeys(workflow.states[path].name for t in listening for path in t.sources))
    here = _names(turn, turn.draft.leaves)
    return Reason(
        id="state",
        kind=ReasonKind.STATE,
        message=Bilingual(
            f"“{trigger}”只能在 {'、'.join(names)} 状态进行，现在是 {here}",
            f'"{trigger}" is possible in {", ".join(names)}; the project is in {here}',
        ),
        rule=listening[0].span if listening else None,
        values={"states": tuple(workflow.states[path].name for path in turn.draft.leaves)},
        transition=listening[0].id if listening else trigger,
    )


def _names(turn: Turn, leaves: Iterable[str]) -> str:
    return ", ".join(turn.compiled.workflow.states[path].name for path in leaves)


def _endless(taken: tuple[Transition, ...]) -> Reason:
    names = ", ".join(transition.id for transition in taken)
    return Reason(
        id="limit",
        kind=ReasonKind.LIMIT,
        message=Bilingual(
            f"自动转换超过 {MICROSTEP_LIMIT} 步仍未停止（最后是 {names}）",
            f"the automatic transitions did not come to rest within {MICROSTEP_LIMIT} steps (last: {names})",
        ),
        rule=taken[-1].span if taken else None,
        values={},
        transition=taken[-1].id if taken else "",
    )
