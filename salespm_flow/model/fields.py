"""Fields and records: what a project can hold, with types. Knows no storage and no YAML."""

from collections.abc import Mapping
from enum import StrEnum

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Value
from salespm_flow.model.expression import Expression, Party
from salespm_flow.nouns import dataclass


class Scalar(StrEnum):
    """A field type that needs no further word."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    PERSON = "person"
    ROLE = "role"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A type named by one word."""

    scalar: Scalar


@dataclass(frozen=True, slots=True)
class MoneyOf:
    """An amount in one declared currency (ISO 4217 code)."""

    currency: str


@dataclass(frozen=True, slots=True)
class EnumOf:
    """One of the declared ids, each with its title, in file order."""

    values: Mapping[str, Bilingual]


@dataclass(frozen=True, slots=True)
class RefTo:
    """The key of a row in a reference document."""

    reference: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """Several values of one type."""

    item: "FieldType"


FieldType = SimpleType | MoneyOf | EnumOf | RefTo | ListOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A typed field. `formula` makes it computed; `by` None means owner and owner role; bounds are inclusive.

    `editable_in` holds full state paths, None means every non-final state.
    """

    id: str
    title: Bilingual
    type: FieldType
    span: Span
    is_required: bool = False
    default: Value = None
    minimum: Value = None
    maximum: Value = None
    by: tuple[Party, ...] | None = None
    editable_in: tuple[str, ...] | None = None
    formula: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A table of a project; with `key` a row whose key exists revises it, without it rows are only added."""

    id: str
    title: Bilingual
    fields: Mapping[str, Field]
    span: Span
    key: str | None = None
    by: tuple[Party, ...] | None = None
    editable_in: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A named threshold of a document; `type` is what its literal was read as."""

    id: str
    type: FieldType
    value: Value
    span: Span
