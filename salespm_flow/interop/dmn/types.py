"""DMN's types as field types: built-in names and item definitions, with their allowed values. Knows no expressions."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import NumberLiteral, RangeLiteral, TextLiteral
from salespm_flow.expr.types import EnumType, Kind, ListType, MoneyType, Type, kind_of
from salespm_flow.expr.unary import parse_cell
from salespm_flow.expr.values import Value
from salespm_flow.interop.dmn.source import Element
from salespm_flow.model.fields import EnumOf, FieldType, ListOf, MoneyOf, Scalar, SimpleType
from salespm_flow.nouns import dataclass

TEXT: Final = SimpleType(Scalar.TEXT)
NUMBER: Final = SimpleType(Scalar.NUMBER)
_BUILT_IN: Final[Mapping[str, FieldType]] = {
    "string": TEXT,
    "number": NUMBER,
    "boolean": SimpleType(Scalar.BOOLEAN),
    "date": SimpleType(Scalar.DATE),
    "date and time": SimpleType(Scalar.DATETIME),
    "dateTime": SimpleType(Scalar.DATETIME),
    "days and time duration": SimpleType(Scalar.DURATION),
    "dayTimeDuration": SimpleType(Scalar.DURATION),
}
_UNTYPED: Final = frozenset({"", "Any", "any"})
_MOST_LEVELS: Final = 16


class NotSupported(Exception):  # noqa: N818 - a way out of one decision, caught where decisions are read
    """Something in the file that our documents cannot say."""

    def __init__(self, message: Bilingual, span: Span) -> None:
        super().__init__(message.en)
        self.message = message
        self.span = span


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A type: a field type where it is one, named components where it is a structure; None and none: unknown.

    `values` are its allowed strings in file order, `low` and `high` its inclusive bounds.
    """

    field: FieldType | None = None
    components: "Mapping[str, Shape] | None" = None
    is_list: bool = False
    low: Value = None
    high: Value = None


UNKNOWN: Final = Shape()


class Types:
    """The item definitions of a file."""

    def __init__(self, root: Element) -> None:
        self._definitions = {one.get("name"): one for one in root.all("itemDefinition")}

    def shape(self, reference: str, span: Span, level: int = 0) -> Shape:
        """The type of that name.

        Raises:
            NotSupported: there is no such type, or none that fields can have.
        """
        name = reference.rpartition(":")[2].strip()
        if name in _UNTYPED:
            return UNKNOWN
        if name in self._definitions and level < _MOST_LEVELS:
            return self._defined(self._definitions[name], level + 1)
        if name in _BUILT_IN:
            return Shape(field=_BUILT_IN[name])
        raise NotSupported(Bilingual(f"不支持类型 {name}", f"the type {name} is not supported"), span)

    def _defined(self, item: Element, level: int) -> Shape:
        is_list = item.get("isCollection") == "true"
        components = tuple(item.all("itemComponent"))
        if components:
            inner = {one.get("name"): self._defined(one, level + 1) for one in components}
            return Shape(components=inner, is_list=is_list)
        reference = item.first("typeRef")
        if reference is None:
            kind = next((one.name for one in item.children if one.name != "description"), "itemDefinition")
            raise NotSupported(
                Bilingual(
                    f"不支持类型 {item.get('name')}（{kind}）", f"the type {item.get('name')} ({kind}) is not supported"
                ),
                item.span,
            )
        base = self.shape(reference.text, item.span, level)
        narrowed = limited(base, item.first("allowedValues", "typeConstraint"))
        if not is_list:
            return narrowed
        if narrowed.field is None:
            return Shape(components=narrowed.components, is_list=True)
        return Shape(field=narrowed.field, is_list=True)


def limited(shape: Shape, allowed: Element | None) -> Shape:
    """The shape with only the allowed values: strings make an enum, a closed range of numbers bounds."""
    text = None if allowed is None else allowed.first("text")
    if text is None or shape.is_list:
        return shape
    if shape.field == TEXT:
        values = strings_of(text.text)
        return shape if not values else Shape(field=EnumOf({value: Bilingual(value, value) for value in values}))
    node = parse(text.text.strip()).node
    match node:
        case RangeLiteral(low=NumberLiteral(value=low), high=NumberLiteral(value=high)) if shape.field == NUMBER:
            is_closed = node.low_closed, node.high_closed
            return Shape(field=NUMBER, low=low if is_closed[0] else None, high=high if is_closed[1] else None)
        case _:
            return shape


def strings_of(text: str) -> tuple[str, ...]:
    """The strings of `"a", "b"`; nothing where it is anything else, or has one that names no value."""
    parsed = parse_cell(text.strip(), "x")
    tests = getattr(parsed.node, "tests", ())
    values = [test.value for test in tests if isinstance(test, TextLiteral)]
    is_sound = values and len(values) == len(tests) and all(re.fullmatch(r"\S(.*\S)?", value) for value in values)
    return tuple(dict.fromkeys(values)) if is_sound else ()


def numbers_of(text: str) -> tuple[Decimal, ...]:
    """The numbers of `1, 2, 3`; nothing where it is anything else."""
    parsed = parse_cell(text.strip(), "x")
    tests = getattr(parsed.node, "tests", ())
    values = tuple(test.value for test in tests if isinstance(test, NumberLiteral))
    return values if len(values) == len(tests) else ()


def leaves(name: str, shape: Shape, span: Span) -> Iterator[tuple[str, Shape]]:
    """The fields of a value, by dotted name: itself, or what its structure holds at whatever depth.

    Raises:
        NotSupported: it is a list of structures.
    """
    if shape.components is None:
        yield name, shape
        return
    if shape.is_list:
        raise NotSupported(
            Bilingual(f"不支持结构的列表：{name}", f"{name} is a list of structures: not supported"), span
        )
    for component, inner in shape.components.items():
        yield from leaves(f"{name}.{component}", inner, span)


def field_type(shape: Shape) -> FieldType | None:
    """The field type of a shape that is no structure."""
    if shape.field is None or not shape.is_list:
        return shape.field
    return ListOf(shape.field)


_SCALARS: Final[Mapping[Kind, Scalar]] = {
    Kind.TEXT: Scalar.TEXT,
    Kind.NUMBER: Scalar.NUMBER,
    Kind.PERCENT: Scalar.PERCENT,
    Kind.BOOLEAN: Scalar.BOOLEAN,
    Kind.DATE: Scalar.DATE,
    Kind.DATETIME: Scalar.DATETIME,
    Kind.DURATION: Scalar.DURATION,
}


def field_type_of(type_: Type) -> FieldType | None:
    """The field type whose values an expression of this type gives; None where fields have none."""
    match type_:
        case MoneyType(currency=str(currency)):
            return MoneyOf(currency)
        case EnumType(values=values):
            return EnumOf({value: Bilingual(value, value) for value in values})
        case ListType(of=of):
            inner = field_type_of(of.type)
            return None if inner is None or isinstance(inner, ListOf) else ListOf(inner)
        case _:
            scalar = _SCALARS.get(kind_of(type_))
            return None if scalar is None else SimpleType(scalar)
