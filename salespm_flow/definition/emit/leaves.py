"""Makes the nodes that documents are written from: texts, literals, titles, lists and maps. Knows no kind of document.

The nodes stand nowhere: they are for `writer` to write, and for `build` only after they were written and parsed.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from salespm_flow.definition.literals import infer_literal, write_duration, write_hours, write_value
from salespm_flow.definition.nodes import ListNode, MapEntry, MapNode, Node, Plain, ScalarNode
from salespm_flow.definition.scalars import OutOfRange, resolve
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Duration, Effort, Expression, Party, PartyKind
from salespm_flow.model.fields import FieldType, ListOf, Parameter, Scalar, SimpleType
from salespm_flow.model.priority import Priority

NOWHERE = Span(file="", line=1, column=1, end_line=1, end_column=1)


def text(written: str, *, is_quoted: bool = False) -> ScalarNode:
    """A scalar that reads as this text."""
    return _scalar(written, written, is_quoted=is_quoted)


def bare(written: str) -> ScalarNode:
    """A scalar that is written as it is and reads as whatever that is: a number, a boolean, a text."""
    value = resolve(written)
    return text(written) if isinstance(value, OutOfRange) or value is None else _scalar(value, written)


def _scalar(value: Plain, written: str, *, is_quoted: bool = False) -> ScalarNode:
    return ScalarNode(value=value, text=written, span=NOWHERE, is_quoted=is_quoted, start=(1, 1))


def number(value: int) -> ScalarNode:
    """A whole number."""
    return bare(str(value))


def true_if(is_given: bool) -> ScalarNode | None:  # noqa: FBT001 - the value itself is what is written
    """`true`, nothing where it does not hold: every flag of the language is off by default."""
    return bare("true") if is_given else None


def entries(pairs: Iterable[tuple[str, Node | None]]) -> MapNode:
    """The map of the pairs that have a value."""
    found = {key: MapEntry(key=text(key), value=node) for key, node in pairs if node is not None}
    return MapNode(entries=found, span=NOWHERE)


def section(pairs: Iterable[tuple[str, Node | None]]) -> MapNode | None:
    """The map of the pairs that have a value, nothing where none has."""
    found = entries(pairs)
    return found if found.entries else None


def names(written: Iterable[str] | None) -> ListNode | None:
    """The list of names, nothing where there are none."""
    items = tuple(text(one) for one in written or ())
    return ListNode(items=items, span=NOWHERE) if items else None


def one_or_more(written: Iterable[str]) -> Node | None:
    """One name alone, several as a list."""
    found = names(written)
    return found.items[0] if found is not None and len(found.items) == 1 else found


def title(shown: Bilingual | None, otherwise: str | None = None) -> Node | None:
    """The title, short where both languages say the same; nothing where it is what stands there without one."""
    if shown is None or (shown.zh == otherwise and shown.en == otherwise):
        return None
    if shown.zh == shown.en:
        return text(shown.zh)
    return entries((("zh", text(shown.zh)), ("en", text(shown.en))))


def titles(values: Mapping[str, Bilingual]) -> MapNode:
    """The values of a closed list, each short where both languages say the same."""
    return entries((id_, _titled(shown)) for id_, shown in values.items())


def _titled(shown: Bilingual) -> Node:
    written = title(shown) or text("")
    return written if isinstance(written, ScalarNode) else entries((("title", written),))


def expression(written: Expression | None) -> ScalarNode | None:
    """The expression as it was written."""
    return None if written is None else bare(written.text)


def expressions(written: Mapping[str, Expression]) -> MapNode | None:
    """Named expressions."""
    return section((name, expression(one)) for name, one in written.items())


def duration(written: Duration | None) -> ScalarNode | None:
    """The duration in its shortest form."""
    return None if written is None else text(write_duration(written))


def work(
    due: Duration | None, effort: Effort | None, priority: Priority, checklist: Iterable[Bilingual]
) -> Iterator[tuple[str, Node | None]]:
    """What every task says of the work itself."""
    yield "due", duration(due)
    # Never in days of 24 hours, which effort cannot be given in.
    yield "effort", text(write_hours(effort)) if isinstance(effort, timedelta) else duration(effort)
    yield "priority", None if priority is Priority.NORMAL else text(priority.value)
    items = tuple(title(one) or text("") for one in checklist)
    yield "checklist", ListNode(items=items, span=NOWHERE) if items else None


def literal(value: Value, type_: FieldType) -> Node | None:
    """The value as a literal of a declared type."""
    match type_, value:
        case _, None:
            return None
        case ListOf(item=item), tuple():
            return ListNode(items=tuple(literal(one, item) or text("") for one in value), span=NOWHERE)
        case SimpleType(scalar=Scalar.INTEGER | Scalar.NUMBER | Scalar.BOOLEAN), _:
            return bare(write_value(value, type_))
        case _:
            return text(write_value(value, type_))


def parameters(declared: Mapping[str, Parameter]) -> MapNode | None:
    """Named thresholds, each so that its form shows its type."""
    return section((name, undeclared(one.value, one.type)) for name, one in declared.items())


def undeclared(value: Value, type_: FieldType) -> Node:
    """The value as a literal whose form shows the type."""
    written = literal(value, type_) or text("")
    if isinstance(written, ScalarNode) and infer_literal(written)[0] != type_:
        return text(written.text, is_quoted=True)
    return written


def party(named: Party) -> ScalarNode:
    """The party by its word, its role or its person."""
    return text(party_name(named))


def party_name(named: Party) -> str:
    """The party as documents write it."""
    match named.kind:
        case PartyKind.ROLE:
            return named.name
        case PartyKind.PERSON:
            return f"person:{named.name}"
        case _:
            return named.kind.value


def parties(named: Iterable[Party] | None) -> ListNode | None:
    """The list of parties."""
    return names(party_name(one) for one in named or ())
