"""A checked tree: each node with its type, its literals bent to their neighbours' types, its names placed.

This is what every reader after the checker works on: the evaluator today, SQL later. Knows no rules.
"""

from dataclasses import replace
from enum import StrEnum

from salespm_flow.expr.signatures import Signature
from salespm_flow.expr.syntax import ListLiteral, Name, Node, RangeLiteral
from salespm_flow.expr.types import NULL, FunctionType, Typed
from salespm_flow.nouns import dataclass


class Place(StrEnum):
    """Where a name's value is found at run time."""

    FREE = "free"  # in the scope's names
    LOCAL = "local"  # a variable, or `item`: the slot itself
    ROW = "row"  # a field of the row in the slot
    ROW_OR_FREE = "row_or_free"  # a row of unknown type: a field where the row has it, else a free name


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One checked node. `parts` are its children's terms, in the order of `syntax.children`.

    `slot` is the slot a name is read from, or the first one that a quantifier, `for` or filter writes to. `signature`
    is the one that a call was matched with, `callee` the type of the name that a call applies instead.
    """

    node: Node
    typed: Typed
    parts: "tuple[Term, ...]" = ()
    place: Place = Place.FREE
    slot: int = 0
    signature: Signature | None = None
    callee: FunctionType | None = None


def element_of(term: Term, typed: Typed) -> Term:
    """A stand-in for the elements of a list or the bounds of a range, at the same place in the text.

    Of a literal it is the first one, which bends as it would alone; else it reads `item`, so that a hint about it shows
    what to do with each element.
    """
    node = term.node
    if isinstance(node, ListLiteral | RangeLiteral) and term.parts:
        return replace(term.parts[0], typed=typed)
    return Term(node=Name(name="item", start=node.start, end=node.end), typed=typed)


def is_null(term: Term) -> bool:
    """Whether the term can be nothing but null."""
    return term.typed.type == NULL
