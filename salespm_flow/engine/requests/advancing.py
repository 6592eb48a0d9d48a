"""The request Advance: fields are set and a trigger moves the project, in one decision."""

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.inputs import field_reasons
from salespm_flow.engine.moves import fire, settle
from salespm_flow.engine.reasons import guesses, reason_of
from salespm_flow.engine.requests.fields import write
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.model.decision import Advance, ReasonKind


def carry_out(turn: Turn, request: Advance) -> None:
    """The fields are set and the trigger has moved the project, or every reason against either is raised."""
    _require_trigger(turn, request.trigger)
    unfit = field_reasons(turn, request.fields) if request.fields else ()
    bad = {reason.id for reason in unfit}
    if not unfit:
        write(turn, request.fields)
    elif turn.draft.is_open and not any(reason.kind is ReasonKind.ROLE for reason in unfit):
        # Nothing of this turn is kept any more; the sound values only spare their reasons.
        write(turn, {name: value for name, value in request.fields.items() if name not in bad})
    try:
        fire(turn, request.trigger, is_override=request.is_override)
    except RefusalError as refusal:
        raise RefusalError((*unfit, *(reason for reason in refusal.reasons if reason.id not in bad))) from None
    if unfit:
        raise RefusalError(unfit)
    settle(turn)


def _require_trigger(turn: Turn, trigger: str) -> None:
    # Names with dots are the engine's own events: nobody may claim that a child or a clock has spoken. `*` names none.
    if "." in trigger or trigger == "*" or trigger not in turn.compiled.triggers:
        guess = guesses(trigger, [event for event in turn.compiled.triggers if "." not in event and event != "*"])
        zh, en = f"流程没有转移“{trigger}”{guess.zh}", f'the workflow has no transition "{trigger}"{guess.en}'
        raise RefusalError((reason_of(trigger, ReasonKind.VALUE, Bilingual(zh, en)),))
