"""The nouns of a change that is proposed: fields that take other values, rows that are added or revised."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import FieldType
from salespm_flow.nouns import dataclass

# Whole columns of the records that a change touches and whole values of its fields, by name.
Changed = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """A field (or column) that takes another value: `after`, and just as well any from `low` to `high` or of `choices`.

    Where `is_any`, every value of the type will do and `after` is only one of them, not a proposal. An end of None is
    open; without `low`, `high` and `choices` no other value is known to do.
    """

    field: str
    title: Bilingual
    type: FieldType
    before: Value
    after: Value
    is_any: bool = False
    low: Value = None
    high: Value = None
    choices: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A row that is added to a record, or the revision of the one whose key is `key`; `values` are what it says."""

    record: str
    title: Bilingual
    key: Value
    values: tuple[FieldChange, ...]

    @property
    def is_new(self) -> bool:
        """Whether the row is added."""
        return self.key is None
