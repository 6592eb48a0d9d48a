"""Bodies of the functions that look into lists and make lists of lists. A position counts from 1, or from the end."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from salespm_flow.expr.aggregates import elements, in_order
from salespm_flow.expr.arithmetic import equal, whole
from salespm_flow.expr.moments import instant
from salespm_flow.expr.scope import TO_COMPARE, Scope
from salespm_flow.expr.values import Money, Reference, Value

# What it takes to tell a value from others, and to remember it.
_TO_TELL_APART = 4


def contains_element(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """Whether an element of the list equals the value; a null is found by null."""
    values, wanted = arguments
    burn_nested(scope, values, wanted)
    return None if values is None else any(equal(value, wanted) is True for value in elements(values))


def append(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The list with the values behind it."""
    return None if arguments[0] is None else elements(arguments[0]) + arguments[1:]


def concatenate(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """One list of all the lists' elements."""
    return tuple(value for argument in arguments for value in elements(argument))


def distinct(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements without repetitions, each where it came first."""
    scope.burn_deep(arguments[0], _TO_TELL_APART)
    firsts: dict[object, Value] = {}
    for value in elements(arguments[0]):
        firsts.setdefault(_identity(value), value)
    return tuple(firsts.values())


def reverse(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements from last to first."""
    return elements(arguments[0])[::-1]


def positions(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The positions, from 1, at which the value stands in the list."""
    values, wanted = arguments
    burn_nested(scope, values, wanted)
    if values is None:
        return None
    found = enumerate(elements(values), start=1)
    return tuple(Decimal(position) for position, value in found if equal(value, wanted) is True)


def flatten(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements of the list and of every list within it."""
    flat: list[Value] = []
    pending = [*reversed(elements(arguments[0]))]
    while pending:
        value = pending.pop()
        if isinstance(value, tuple):
            scope.burn(len(value))
            pending.extend(reversed(value))
        else:
            flat.append(value)
    return tuple(flat)


def sublist(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements from a position, so many of them if a length is given; null where they are not all there."""
    values = elements(arguments[0])
    first = _index(arguments[1], len(values))
    length = whole(arguments[2]) if len(arguments) > 2 else None if first is None else len(values) - first  # noqa: PLR2004
    if first is None or length is None or length < 0 or first + length > len(values):
        return None
    return values[first : first + length]


def insert_before(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The list with a value in front of the position."""
    return _spliced(arguments, arguments[2:], 0)


def replace_at(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The list with another value at the position."""
    return _spliced(arguments, arguments[2:], 1)


def remove(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The list without the element at the position."""
    return _spliced(arguments, (), 1)


def _spliced(arguments: tuple[Value, ...], instead: tuple[Value, ...], count: int) -> Value:
    """The list with `instead` in place of `count` elements at the position; null where there is no such position."""
    if arguments[0] is None:
        return None
    values = elements(arguments[0])
    at = _index(arguments[1], len(values))
    return None if at is None else values[:at] + instead + values[at + count :]


def _index(position: Value, length: int) -> int | None:
    """The index, from 0, of a position in a list of that length; null where there is none such."""
    at = whole(position)
    if at is None or not 1 <= abs(at) <= length:
        return None
    return at - 1 if at > 0 else length + at


def union(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements of all the lists without repetitions."""
    return distinct(scope, (concatenate(scope, arguments),))


def ascending(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The elements from the smallest to the greatest; null where two cannot be compared."""
    return in_order(scope, elements(arguments[0]))


def mode(scope: Scope, values: tuple[Value, ...]) -> Value:
    """The most frequent values, in order; an empty list of nothing."""
    scope.burn_deep(values, _TO_TELL_APART)
    found = Counter(_identity(value) for value in values)
    most = max(found.values(), default=0)
    firsts = {_identity(value): value for value in reversed(values)}
    return in_order(scope, tuple(value for identity, value in firsts.items() if found[identity] == most))


def burn_nested(scope: Scope, values: Value, wanted: Value) -> None:
    """Take the fuel for comparing a value with the elements of a list, where that takes more than a step each."""
    if isinstance(wanted, tuple | Mapping):
        scope.burn_deep(values, TO_COMPARE)


def _identity(value: Value) -> object:
    """A hashable object, the same for two values exactly when they are equal."""
    kind = type(value)
    # Most values by far, asked for first: no two of these kinds are equal to each other.
    if kind is Decimal or kind is str or kind is date or kind is timedelta:
        return value
    if isinstance(value, Money):
        return ("money", value.amount, value.currency)
    match value:
        case tuple():
            return ("list", tuple([_identity(element) for element in value]))
        case Reference(key=key):
            return key
        case datetime():
            return ("datetime", instant(value))
        case time(tzinfo=zone) if zone is not None:
            offset = value.utcoffset()
            return ("time", value, zone) if offset is None else ("time", value)
        case Mapping():
            return ("record", frozenset([(key, _identity(element)) for key, element in value.items()]))
        case _:
            return (kind.__name__, value)
