"""Bodies of the functions on texts. A delimiter is a text, never a pattern: there are no regular expressions."""

from collections.abc import Callable
from decimal import Decimal

from salespm_flow.expr.aggregates import elements
from salespm_flow.expr.arithmetic import whole
from salespm_flow.expr.conversions import text_of
from salespm_flow.expr.scope import CHARACTERS_A_STEP, Body, Scope
from salespm_flow.expr.values import Value


def on_texts(function: Callable[..., Value]) -> Body:
    """The body that hands its arguments over as Python strings."""

    def body(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
        for argument in arguments:
            if type(argument) is not str:
                return function(*map(text_of, arguments))
        return function(*arguments)

    return body


def text_length(text: str) -> Value:
    """How many characters the text has."""
    return Decimal(len(text))


def substring(_scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The characters from a position counted from 1, or from the end if negative; null where there is none such."""
    text, start = text_of(arguments[0]), whole(arguments[1])
    length = whole(arguments[2]) if len(arguments) > 2 else len(text)  # noqa: PLR2004
    if start is None or length is None or length < 0 or not 1 <= abs(start) <= len(text):
        return None
    first = start - 1 if start > 0 else len(text) + start
    return text[first : first + length]


def before(text: str, part: str) -> Value:
    """The text up to the first occurrence of the part; empty where there is none."""
    head, found, _ = text.partition(part) if part else ("", "", "")
    return head if found else ""


def after(text: str, part: str) -> Value:
    """The text behind the first occurrence of the part; empty where there is none."""
    return text.partition(part)[2] if part else text


def split(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The texts between the occurrences of the delimiter; null for an empty one."""
    text, delimiter = text_of(arguments[0]), text_of(arguments[1])
    if not delimiter:
        return None
    scope.burn(text.count(delimiter))
    return tuple(text.split(delimiter))


def join(scope: Scope, arguments: tuple[Value, ...]) -> Value:
    """The texts of the list one after the other, with the delimiter between them; nulls are left out."""
    parts = [text_of(value) for value in elements(arguments[0]) if value is not None]
    delimiter = text_of(arguments[1]) if len(arguments) > 1 else ""
    # Taken before anything is built: the same long text may stand in the list many times.
    scope.burn((sum(map(len, parts)) + len(delimiter) * len(parts)) // CHARACTERS_A_STEP)
    return delimiter.join(parts)
