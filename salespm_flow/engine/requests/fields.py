"""The request SetFields: fields of the project get new values."""

from collections.abc import Mapping

from salespm_flow.engine.inputs import field_reasons
from salespm_flow.engine.moves import settle
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import SetFields
from salespm_flow.model.history import FieldSet


def carry_out(turn: Turn, request: SetFields) -> None:
    """The fields are set and the project has settled."""
    if reasons := field_reasons(turn, request.fields):
        raise RefusalError(reasons)
    write(turn, request.fields)
    settle(turn)


def write(turn: Turn, values: Mapping[str, Value]) -> None:
    """The values, already known to be allowed, are set; an emptied field falls back to its default."""
    for name, value in values.items():
        default = turn.compiled.workflow.fields[name].default
        turn.change(FieldSet(field=name, value=default if value is None else value))
