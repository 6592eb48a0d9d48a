"""How a table is to be written: language, headers, encoding, time zone. Knows no file format."""

from datetime import tzinfo
from enum import StrEnum

from salespm_flow.diagnostics import Language
from salespm_flow.interop.table import Column
from salespm_flow.model.fields import MoneyOf
from salespm_flow.nouns import dataclass


class Headers(StrEnum):
    """What names the columns: stable ids, or what people call them."""

    ID = "id"
    TITLE = "title"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """`zone` is where moments are told; `encoding` is a codec's name and serves text formats."""

    zone: tzinfo
    language: Language
    headers: Headers = Headers.ID
    encoding: str = "utf-8"

    def header(self, column: Column) -> str:
        """What stands above the column; a title of money names the currency, which the cells do not."""
        if self.headers is Headers.ID:
            return column.id
        title = column.title.of(self.language)
        return f"{title} ({column.type.currency})" if isinstance(column.type, MoneyOf) else title
