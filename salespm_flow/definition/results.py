"""Whether what an expression gives is what its place asks for. Knows types and places, not documents."""

from collections.abc import Collection, Iterator

from salespm_flow.definition.demands import Demand
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.suggest import suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic, Span
from salespm_flow.expr.types import Kind, MoneyType, RecordType, Type, describe, kind_of


def unknown(code: str, kind: Bilingual, name: str, at: tuple[Span, Collection[str]]) -> Diagnostic:
    """The finding about a name at a span that none of the known ones is."""
    span, known = at
    message = Bilingual(f"未知的{kind.zh} {shown(name)}", f"Unknown {kind.en} {shown(name)}")
    return error(code, span, message, suggestion(name, known))


def check_kind(demand: Demand, found: Type) -> Iterator[Diagnostic]:
    """The result is of a kind that is asked for, and a row of the columns that its record has."""
    place = demand.expression.place
    kind = kind_of(found)
    if demand.kinds and kind not in demand.kinds and kind not in {Kind.UNKNOWN, Kind.NULL}:
        wanted, actual = demand.accepted(), describe(found)
        message = Bilingual(f"应为{wanted.zh}，实际是{actual.zh}", f"Expected {wanted.en}, found {actual.en}")
        yield error("SF346", place, message)
    if demand.columns is not None and isinstance(found, RecordType):
        yield from _check_row(demand.columns, found, place)


def _check_row(columns: RecordType, found: RecordType, place: Span) -> Iterator[Diagnostic]:
    """A row gives only columns that the record has, and all that it requires."""
    for name in found.fields:
        if name not in columns.fields:
            yield unknown("SF347", Bilingual("列", "column"), name, (place, tuple(columns.fields)))
    for name, typed in columns.fields.items():
        if name not in found.fields and not typed.nullable:
            message = Bilingual(f"缺少必填的列 {shown(name)}", f"The required column {shown(name)} is missing")
            yield error("SF347", place, message)
        given = found.fields.get(name)
        if given is not None and not _fits(given.type, typed.type):
            wanted, actual = describe(typed.type), describe(given.type)
            message = Bilingual(
                f"列 {shown(name)} 应为{wanted.zh}，实际是{actual.zh}",
                f"The column {shown(name)} takes {wanted.en}, not {actual.en}",
            )
            yield error("SF347", place, message)


def _fits(found: Type, wanted: Type) -> bool:
    """Whether a column takes the type; text stands for enum values and keys, and a bare number for money."""
    kinds = (kind_of(found), kind_of(wanted))
    if kinds[0] in {Kind.UNKNOWN, Kind.NULL}:
        return True
    if isinstance(found, MoneyType) and isinstance(wanted, MoneyType):
        return found.currency in {None, wanted.currency}
    texts = {Kind.TEXT, Kind.ENUM, Kind.REF}
    return kinds[0] is kinds[1] or (kinds[0] in texts and kinds[1] in texts) or kinds == (Kind.NUMBER, Kind.MONEY)
