"""The request FireClock: what is due happens, or is recorded as refused, once."""

from dataclasses import replace

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.actions import carry_out as act
from salespm_flow.engine.limits import ACCEPTANCE, APPROVAL, BREACH, ISSUE, REVIEW, TIMER, WARN
from salespm_flow.engine.moves import settle
from salespm_flow.engine.reasons import reason_of
from salespm_flow.engine.registers.clocks import after_firing
from salespm_flow.engine.registers.risks import remind
from salespm_flow.engine.requests.approval import escalate
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.model.decision import FireClock, ReasonKind
from salespm_flow.model.history import ClockSet, Noted


def carry_out(turn: Turn, request: FireClock) -> None:
    """The clock has fired and the project has settled."""
    clock = turn.draft.clocks.get(request.clock)
    if not turn.draft.is_open or clock is None or clock.due_at is None or clock.due_at > turn.now:
        zh, en = f"没有到期的时钟“{request.clock}”", f'no clock "{request.clock}" is due'
        raise RefusalError((reason_of(request.clock, ReasonKind.STATE, Bilingual(zh, en)),))
    if clock.id.startswith(TIMER):
        timer = turn.compiled.workflow.timers[clock.id.removeprefix(TIMER)]
        after_firing(turn, clock, timer)
        act(turn, timer.do)
    elif clock.id.startswith(APPROVAL):
        after_firing(turn, clock, None)
        escalate(turn, clock.id.removeprefix(APPROVAL))
    elif clock.id.startswith((REVIEW, ISSUE, ACCEPTANCE)):
        after_firing(turn, clock, None)
        remind(turn, clock.id)
    else:
        after_firing(turn, clock, None)
        stage = WARN if clock.id.startswith(WARN) else BREACH
        turn.change(Noted(topic=stage.removesuffix("."), name=clock.id.removeprefix(stage)))
        turn.queue.append((clock.id, False))
    settle(turn)


def mark_refused(turn: Turn, request: FireClock) -> bool:
    """Whether the refusal is to be recorded: the clock was due, and is now marked so that it is recorded once."""
    clock = turn.draft.clocks.get(request.clock)
    if clock is None or clock.due_at is None or clock.is_refused or clock.due_at > turn.now:
        return False
    turn.change(ClockSet(clock=replace(clock, is_refused=True)))
    return True
