"""Moving a project: one microstep through the machine, and the fixpoint of autos, raised events and completions."""

from collections.abc import Iterable
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.actions import carry_out
from salespm_flow.engine.gates import (
    binds_exit,
    gate_reasons,
    is_offered,
    is_set_aside,
    lacks_comment,
    move_reasons,
    step_gates,
)
from salespm_flow.engine.overriding import waive
from salespm_flow.engine.parties import exercise
from salespm_flow.engine.places import is_complete, standing
from salespm_flow.engine.registers.approvals import after_move, hold_back, void_all, void_changed
from salespm_flow.engine.registers.clocks import (
    drop_clocks,
    drop_left_behind,
    retry_refused,
    set_dates,
    start_clocks,
    stop_clocks,
)
from salespm_flow.engine.registers.tasks import open_state_tasks, void_tasks
from salespm_flow.engine.registers.upkeep import assess_risks, close_risks
from salespm_flow.engine.turn import HOP_LIMIT, MICROSTEP_LIMIT, THE_SYSTEM, RefusalError, Turn
from salespm_flow.engine.values import label
from salespm_flow.model.decision import Actor, Reason, ReasonKind
from salespm_flow.model.history import Closed, CompletionsPending, Moved, Noted, OutboxKind, OutcomeReached
from salespm_flow.model.workflow import Transition, Workflow
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import matches
from salespm_flow.statechart.kernel import Step

_Moves = tuple[tuple[Transition, Step], ...]
# What came of an event: None where nothing is enabled or lets it, else the approval requests that it waits for.
_Came = tuple[str, ...] | None
_MOVED: Final[_Came] = ()
# A move from any state would name them all.
_NAMED_STATES: Final = 8


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


def fire(turn: Turn, trigger: str, *, is_override: bool = False) -> None:
    """The trigger has moved the project one step, or waits for approvals (`turn.waiting`); `settle` comes next.

    Raises:
        RefusalError: with every reason, when no transition of the trigger is possible now.
    """
    void_changed(turn)
    came = _fire(turn, trigger, turn.actor, is_override=is_override) if turn.draft.is_open else None
    if came is None:
        raise RefusalError(refusals(turn, trigger, turn.actor))
    turn.waiting += came


def refusals(turn: Turn, trigger: str, actor: Actor) -> tuple[Reason, ...]:
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
        reasons += move_reasons(turn, compiled.workflow.transitions[arrow.id], preview, actor)
    return tuple(reasons)


def settle(turn: Turn) -> None:
    """Risks are assessed and autos, raised events and completions have run until nothing more moves.

    Raises:
        RefusalError: more microsteps than the limit, or a raised event was refused.
    """
    void_changed(turn)
    assess_risks(turn)
    while turn.draft.is_open and (_fire_auto(turn) or _fire_raised(turn) or _fire_completion(turn)):
        void_changed(turn)
        assess_risks(turn)
    turn.queue.clear()
    set_dates(turn)
    if turn.draft.changes:
        retry_refused(turn)


# What the definition itself asks for binds nobody's role: autos, raised events and completions act as the system.


def _fire_auto(turn: Turn) -> bool:
    return _fire(turn, None, THE_SYSTEM, is_quiet=True) == _MOVED


def _fire_raised(turn: Turn) -> bool:
    if not turn.queue:
        return False
    event, must_hold = turn.queue.popleft()
    if _fire(turn, event, THE_SYSTEM, is_quiet=not must_hold) is None and must_hold:
        if kernel.candidates(turn.compiled.chart, turn.draft.leaves, event):
            raise RefusalError(refusals(turn, event, THE_SYSTEM))
        turn.change(Noted(topic="unheard", name=event))
    return True


def _fire_completion(turn: Turn) -> bool:
    return any(_fire(turn, event, THE_SYSTEM, is_quiet=True) == _MOVED for event in turn.draft.pending)


def _fire(turn: Turn, event: str | None, actor: Actor, *, is_quiet: bool = False, is_override: bool = False) -> _Came:
    """Fires the event through the machine; None when nothing is enabled or (quietly) when nothing lets it.

    Raises:
        RefusalError: not quiet, and a chosen transition is refused by its own or a state's gate.
    """
    compiled, draft = turn.compiled, turn.draft
    arrows = kernel.candidates(compiled.chart, draft.leaves, event)
    if not arrows:
        return None
    transitions = compiled.workflow.transitions
    answers = {arrow.id: is_offered(turn, transitions[arrow.id]) for arrow in arrows}
    while any(answers.values()):
        step = compiled.machine.fire(draft.leaves, draft.memory, event, answers)
        if step is None:
            return None
        moves = _moves_of(turn, step)
        if is_override and (waived := waive(turn, moves, actor)):
            _take(turn, moves, step, event or "", waived=waived)
            return _MOVED
        refused = {t.id: reasons for t, own in moves if (reasons := _refused(turn, t, own, actor))}
        if refused and not is_quiet:
            raise RefusalError(tuple(reason for reasons in refused.values() for reason in reasons))
        held = {} if refused else _held(turn, moves, event, actor, is_quiet=is_quiet)
        if not refused and not held:
            _take(turn, moves, step, event or "")
            return _MOVED
        if not is_quiet:
            return tuple(request for requests in held.values() for request in requests)
        # What waits for its gate or approval must not hold back the others.
        answers |= dict.fromkeys((*refused, *held), False)
    return None


def _held(turn: Turn, moves: _Moves, event: str | None, asker: Actor, *, is_quiet: bool) -> dict[str, tuple[str, ...]]:
    """The transitions that need approvals still, each with the requests that it waits for."""
    held: dict[str, tuple[str, ...]] = {}
    for transition, own in moves:
        if transition.approvals:
            waiting = hold_back(turn, transition, own, event, asker=asker, is_quiet=is_quiet)
            if waiting is not None:
                held[transition.id] = waiting
    return held


def _moves_of(turn: Turn, step: Step) -> _Moves:
    """The transitions taken, each with what it alone leaves and enters."""
    transitions = turn.compiled.workflow.transitions
    if len(step.arrows) == 1:
        return ((transitions[step.arrows[0].id], step),)
    chart, draft = turn.compiled.chart, turn.draft
    return tuple(
        (transitions[arrow.id], kernel.step(chart, draft.leaves, draft.memory, (arrow,))) for arrow in step.arrows
    )


def _refused(turn: Turn, transition: Transition, own: Step, actor: Actor) -> tuple[Reason, ...]:
    """Every reason against a chosen transition; the cheap way first, since most moves hold."""
    holds = (
        not lacks_comment(turn, transition)
        and not gate_reasons(turn, transition.gate, transition.id)
        and not any(gate_reasons(turn, gate, transition.id) for gate in step_gates(turn, transition, own))
        # Last, since a right counts as used only where nothing else stands against the move.
        and exercise(turn, actor, transition.by)
    )
    return () if holds else move_reasons(turn, transition, own, actor)


def _take(turn: Turn, moves: _Moves, step: Step, event: str, *, waived: tuple[str, ...] = ()) -> None:
    """The step is part of the draft, and everything that leaving and entering does is done."""
    turn.steps += 1
    if turn.steps > MICROSTEP_LIMIT:
        raise RefusalError((_endless(transition for transition, _ in moves),))
    workflow = turn.compiled.workflow
    is_forward = _is_forward(turn, moves)
    turn.change(
        Moved(
            transitions=tuple(transition.id for transition, _ in moves),
            event=event,
            exited=step.exited,
            entered=step.entered,
            leaves=step.leaves,
            memory=step.memory,
            state=standing(step.leaves, workflow),
            is_forward=is_forward,
            waived=waived,
        )
    )
    aside: list[str] = []
    for transition, own in moves:
        is_aside = any(is_set_aside(turn, workflow.states[target.path], own) for target in transition.to)
        stop_clocks(turn, own.exited, is_aside=is_aside)
        aside += own.exited if is_aside else ()
    for path in step.exited:
        carry_out(turn, workflow.states[path].exit.do)
    for transition, _ in moves:
        carry_out(turn, transition.gate.do)
    _enter(turn, step)
    drop_left_behind(turn, step)
    after_move(turn, (transition.id for transition, _ in moves), step, aside)
    if step.is_done:
        _close(turn)
    else:
        _wait(turn, step, event)


def _is_forward(turn: Turn, moves: _Moves) -> bool:
    """Whether an exit gate binds the step, had it one; so does what leaves nothing."""
    states = turn.compiled.workflow.states
    departures = [(states[path], transition, own) for transition, own in moves for path in own.exited]
    return not departures or any(binds_exit(turn, *departure) for departure in departures)


def _enter(turn: Turn, step: Step) -> None:
    states = turn.compiled.workflow.states
    start_clocks(turn, step.entered)
    for path in step.entered:
        state = states[path]
        carry_out(turn, state.entry.do)
        open_state_tasks(turn, state)
        if state.outcome is not None:
            turn.change(OutcomeReached(outcome=state.outcome))


def _close(turn: Turn) -> None:
    """Nothing of the project runs, waits or is open any more, and its parent is told."""
    turn.change(Closed())
    if turn.draft.pending:
        turn.change(CompletionsPending(events=()))
    drop_clocks(turn)
    void_all(turn)
    void_tasks(turn)
    close_risks(turn)
    parent = turn.draft.parent
    if parent is not None:
        name = f"{parent.link}.done"
        if turn.hops >= HOP_LIMIT:
            turn.change(Noted(topic="unsent", name=name, reasons=("hops",)))
        else:
            turn.send(kind=OutboxKind.EVENT, to=parent.project, name=name, title=None, due_at=turn.now)


def _wait(turn: Turn, step: Step, event: str) -> None:
    """Completions wait for a transition until one takes them, or until what was complete is so no more."""
    draft = turn.draft
    if not draft.pending and not step.completions:
        return
    kept = [name for name in draft.pending if name != event and _is_still_done(turn, step, name)]
    heard = [name for name in step.completions if _is_heard(turn.compiled.completions, name)]
    pending = tuple(dict.fromkeys((*kept, *heard)))
    if pending != draft.pending:
        turn.change(CompletionsPending(events=pending))


def _is_still_done(turn: Turn, step: Step, event: str) -> bool:
    path = turn.compiled.paths[event.removeprefix("done.")]
    # A state that was left and entered again in this step says anew whether it is complete.
    return path not in step.exited and is_complete(path, step.leaves, turn.compiled.workflow)


def _is_heard(patterns: Iterable[str], event: str) -> bool:
    return any(matches(pattern, event) for pattern in patterns)


def _closed(turn: Turn, trigger: str) -> Reason:
    message = Bilingual(f"项目 {turn.draft.id} 已关闭", f"the project {turn.draft.id} is closed")
    return Reason(id="closed", kind=ReasonKind.CLOSED, message=message, rule=None, values={}, transition=trigger)


def _elsewhere(turn: Turn, trigger: str) -> Reason:
    workflow = turn.compiled.workflow
    listening = [t for t in workflow.transitions.values() if trigger in t.events]
    named = next((t for t in listening if t.id == trigger), None)
    move = label(trigger, Bilingual(trigger, trigger) if named is None else named.title)
    there = _states(workflow, dict.fromkeys(path for t in listening for path in t.sources))
    here = _states(workflow, turn.draft.leaves)
    return Reason(
        id="state",
        kind=ReasonKind.STATE,
        message=Bilingual(
            f"{move.zh}只能在{there.zh}进行，现在是{here.zh}",
            f"{move.en} is possible in {there.en}; the project is in {here.en}",
        ),
        rule=listening[0].span if listening else None,
        values={"states": tuple(workflow.states[path].name for path in turn.draft.leaves)},
        transition=listening[0].id if listening else trigger,
    )


def _states(workflow: Workflow, paths: Iterable[str]) -> Bilingual:
    """A few states by title and id; that there are more is said by dots."""
    states = [workflow.states[path] for path in paths]
    named = [label(state.name, state.title) for state in states[:_NAMED_STATES]]
    if len(states) > _NAMED_STATES:
        named.append(Bilingual("……", "…"))
    return Bilingual("、".join(one.zh for one in named), ", ".join(one.en for one in named))


def _endless(transitions: Iterable[Transition]) -> Reason:
    taken = tuple(transitions)
    names = ", ".join(transition.id for transition in taken)
    return Reason(
        id="limit",
        kind=ReasonKind.LIMIT,
        message=Bilingual(
            f"自动转移超过 {MICROSTEP_LIMIT} 步仍未停止（最后是 {names}）",
            f"the automatic transitions did not come to rest within {MICROSTEP_LIMIT} steps (last: {names})",
        ),
        rule=taken[-1].span if taken else None,
        values={},
        transition=taken[-1].id if taken else "",
    )
