"""How a built-in function is described: parameters, result, nulls, body, documentation. Knows no function."""

from collections.abc import Callable
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.scope import Body
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.types import NULL, UNKNOWN, Kind, ListType, Type, Typed
from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass

ANY = frozenset(Kind)
Rule = Callable[[tuple[Typed, ...], tuple[Node, ...]], Type]


class Nulls(StrEnum):
    """When a function's result may be null."""

    SPREAD = "spread"  # exactly when an argument is null; the body never sees one
    ELEMENTS = "elements"  # as SPREAD, and when an element of a list is null
    ALWAYS = "always"  # also for arguments that are not null; the body never sees a null argument
    LAST = "last"  # when the last argument is null; the body takes nulls
    FIRST = "first"  # when the first argument is null; the body takes nulls
    NEVER = "never"  # the body takes nulls
    OPEN = "open"  # for any arguments; the body takes nulls


class Counts(StrEnum):
    """As what an argument counts where a signature's arguments take one common type."""

    WHOLE = "whole"
    ELEMENTS = "elements"  # a list, by its elements
    BOUNDS = "bounds"  # a range, by its bounds
    APART = "apart"  # not at all


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: a value of any of `kinds`, and where it is a list, elements of any of `elements`."""

    name: str
    kinds: frozenset[Kind]
    elements: frozenset[Kind] = ANY
    counts: Counts = Counts.WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One way to call a function.

    The last `optional` parameters may be left out; with `repeats` the last one may come any number of times, at least
    once. `alike` arguments take one common type, as their parameters count. `when_empty` gives the result for an empty
    list from the static result type, `on_texts` does for Python strings what the body does.
    """

    parameters: tuple[Parameter, ...]
    result: Type | Rule
    body: Body
    on_texts: Callable[..., Value] | None = None
    nulls: Nulls = Nulls.SPREAD
    optional: int = 0
    repeats: bool = False
    alike: bool = False
    when_empty: Callable[[Type], Value] | None = None

    def parameter(self, index: int) -> Parameter:
        """The parameter that takes the argument at `index`."""
        return self.parameters[min(index, len(self.parameters) - 1)]

    def takes(self, count: int) -> bool:
        """Whether so many arguments fit."""
        most = count if self.repeats else len(self.parameters)
        return len(self.parameters) - self.optional <= count <= most


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A built-in function under one name; the first signature that fits the arguments is taken."""

    signatures: tuple[Signature, ...]
    description: Bilingual
    example: str


def same_as_first(typed: tuple[Typed, ...], _nodes: tuple[Node, ...]) -> Type:
    """The type of the first argument whose type is known."""
    return next((one.type for one in typed if one.type not in (NULL, UNKNOWN)), UNKNOWN)


def element_of_first(typed: tuple[Typed, ...], _nodes: tuple[Node, ...]) -> Type:
    """The element type of the first argument, a list."""
    first = typed[0].type
    return first.of.type if isinstance(first, ListType) else UNKNOWN


def takes_nulls(nulls: Nulls) -> bool:
    """Whether the body of such a function is called with nulls."""
    return nulls in {Nulls.LAST, Nulls.FIRST, Nulls.NEVER, Nulls.OPEN}


def is_nullable(nulls: Nulls, typed: tuple[Typed, ...]) -> bool:
    """Whether a call with arguments of these types may give null."""
    match nulls:
        case Nulls.SPREAD:
            return any(one.nullable for one in typed)
        case Nulls.ELEMENTS:
            return any(one.nullable or (isinstance(one.type, ListType) and one.type.of.nullable) for one in typed)
        case Nulls.ALWAYS | Nulls.OPEN:
            return True
        case Nulls.FIRST:
            return typed[0].nullable
        case Nulls.LAST:
            return typed[-1].nullable
        case Nulls.NEVER:
            return False
