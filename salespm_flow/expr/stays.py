"""Bodies of the functions that ask about the project's own stays and changes."""

from datetime import datetime

from salespm_flow.expr.arithmetic import compare
from salespm_flow.expr.conversions import text_of
from salespm_flow.expr.moments import difference, zoned
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.syntax import Operator
from salespm_flow.expr.values import Value


def in_state(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """Whether the project is in the state."""
    return scope.stays.is_in(text_of(arguments[0]))


def time_in(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """How long the current stay in the state has lasted; null while not in it."""
    entered = entered_at(scope, arguments) if in_state(scope, arguments) else None
    return difference(scope.now, zoned(scope, entered)) if isinstance(entered, datetime) else None


def entered_at(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """When the state was entered last."""
    return scope.stays.entered_at(text_of(arguments[0]))


def changed(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """Whether the field or record changed after the project was opened, or after the second argument."""
    at = scope.stays.changed_at(text_of(arguments[0]))
    if at is None:
        return False
    # Not at that moment itself: what a move brings along is written when the state is entered, and is no change since.
    return True if len(arguments) == 1 else compare(Operator.GREATER, zoned(scope, at), arguments[1])
