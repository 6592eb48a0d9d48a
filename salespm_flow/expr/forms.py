"""Forms of signatures that many built-in functions share. Knows no function by name."""

from salespm_flow.expr import aggregates
from salespm_flow.expr.scope import Body
from salespm_flow.expr.signatures import Counts, Nulls, Parameter, Rule, Signature, element_of_first, same_as_first
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.types import ORDERED, UNKNOWN, Kind, ListType, Type, Typed

NUMBERS = frozenset({Kind.NUMBER, Kind.PERCENT})
AMOUNTS = NUMBERS | {Kind.MONEY}
ADDABLE = AMOUNTS | {Kind.DURATION, Kind.MONTHS, Kind.WORKING}
TEXTS = frozenset({Kind.TEXT, Kind.ENUM, Kind.REF})
DAYS = frozenset({Kind.DATE, Kind.DATETIME})
LISTS = frozenset({Kind.LIST})
RANGES = frozenset({Kind.RANGE})

A_TEXT = Parameter("text", TEXTS)
A_NUMBER = Parameter("number", NUMBERS)
A_DAY = Parameter("date", DAYS)
A_LIST = Parameter("list", LISTS)
ITS_ELEMENTS = Parameter("list", LISTS, counts=Counts.ELEMENTS)
A_POSITION = Parameter("position", frozenset({Kind.NUMBER}), counts=Counts.APART)
A_STATE = Parameter("state", frozenset({Kind.TEXT, Kind.ENUM}))
A_POINT = Parameter("point", ORDERED)
A_RANGE = Parameter("range", RANGES, counts=Counts.BOUNDS)


def list_of_elements(typed: tuple[Typed, ...], _nodes: tuple[Node, ...]) -> Type:
    """The first list's type, its elements nullable where any list's or any added value is."""
    first = typed[0].type
    return (
        ListType(Typed(first.of.type, any(_holds_null(one) for one in typed)))
        if isinstance(first, ListType)
        else UNKNOWN
    )


def _holds_null(typed: Typed) -> bool:
    return typed.type.of.nullable if isinstance(typed.type, ListType) else typed.nullable


def flat_list(typed: tuple[Typed, ...], _nodes: tuple[Node, ...]) -> Type:
    """The list of the innermost elements."""
    element = typed[0]
    nullable = False
    while isinstance(element.type, ListType):
        element = element.type.of
        nullable = nullable or element.nullable
    return ListType(Typed(element.type, nullable))


def aggregate(
    kinds: frozenset[Kind], fold: Body, nulls: Nulls, *, beside: Nulls = Nulls.SPREAD
) -> tuple[Signature, Signature]:
    """Over one list, null as `nulls` says, and over the arguments themselves, null as `beside` says."""
    return (
        Signature(
            parameters=(Parameter("list", LISTS, kinds),),
            result=element_of_first,
            body=aggregates.over_list(fold),
            nulls=nulls,
            when_empty=aggregates.zero_of if nulls is Nulls.ELEMENTS else None,
        ),
        Signature(
            parameters=(Parameter("value", kinds),),
            result=same_as_first,
            body=fold,
            nulls=beside,
            repeats=True,
            alike=True,
        ),
    )


def simple(parameters: tuple[Parameter, ...], result: Type | Rule, body: Body) -> tuple[Signature]:
    """One signature whose result is null exactly when an argument is."""
    return (Signature(parameters=parameters, result=result, body=body),)


def partial(parameters: tuple[Parameter, ...], result: Type | Rule, body: Body, *, optional: int = 0) -> Signature:
    """A signature whose result may be null for any arguments; the last `optional` of them may be left out."""
    return Signature(parameters=parameters, result=result, body=body, nulls=Nulls.ALWAYS, optional=optional)


def rounding(body: Body) -> tuple[Signature]:
    """The signature of a rounding, with or without decimal places."""
    places = Parameter("places", frozenset({Kind.NUMBER}))
    return (Signature(parameters=(Parameter("value", AMOUNTS), places), optional=1, result=same_as_first, body=body),)


def named(kind: Kind, *names: str) -> tuple[Parameter, ...]:
    """One parameter of the kind per name."""
    return tuple(Parameter(name, frozenset({kind})) for name in names)
