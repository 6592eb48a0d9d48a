"""The action `set`: a field takes the value of an expression. Types and bounds bind it like anyone."""

from salespm_flow.engine.inputs import value_reasons
from salespm_flow.engine.turn import RefusalError, Turn
from salespm_flow.engine.values import kept
from salespm_flow.model.actions import SetField
from salespm_flow.model.history import FieldSet


def carry_out(turn: Turn, action: SetField) -> None:
    """The field has the value; a null empties it.

    Raises:
        RefusalError: the value is outside the field's bounds, or a required field would be emptied.
    """
    value = kept(turn.evaluate(action.value.text, action.field))
    field = turn.compiled.workflow.fields[action.field]
    if reasons := value_reasons(turn, field, value):
        raise RefusalError(tuple(reasons))
    turn.change(FieldSet(field=action.field, value=field.default if value is None else value))
