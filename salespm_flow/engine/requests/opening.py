"""The request Open: a project begins in its initial states, with the fields it is given and the defaults of others."""

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.inputs import unknown_field, value_reasons
from salespm_flow.engine.moves import start
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.engine.values import label
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Open, Reason, ReasonKind
from salespm_flow.model.fields import Field
from salespm_flow.model.history import FieldSet, Opened


def carry_out(turn: Turn, request: Open) -> None:
    """The project exists and has settled."""
    turn.change(Opened(pin=turn.compiled.pin, owner=request.owner, parent=request.parent))
    fields = turn.compiled.workflow.fields
    reasons: list[Reason] = [reason for name, value in request.fields.items() for reason in _given(turn, name, value)]
    reasons += [
        _missing(field)
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


def _missing(field: Field) -> Reason:
    shown = label(field.id, field.title)
    message = Bilingual(f"新建时必须填写{shown.zh}", f"{shown.en} must be given at the start")
    return Reason(id=field.id, kind=ReasonKind.MISSING, message=message, rule=None, values={field.id: None})
