"""Writes a table as JSON lines: one object a row, keys are the ids of the columns."""

import json
from decimal import Decimal
from typing import BinaryIO

from salespm_flow.engine.answers import Json, plain
from salespm_flow.expr.values import Value
from salespm_flow.interop.table import Column, ExportTable
from salespm_flow.interop.writing import Style


def write_json_lines(table: ExportTable, stream: BinaryIO, _style: Style) -> int:
    """The number of objects that the stream now holds; values are as in the program's other JSON, moments in UTC."""
    count = 0
    for row in table.rows:
        answer = {one.id: _json(value, one) for value, one in zip(row, table.columns, strict=True)}
        # U+2028 and U+2029 end a line for some readers.
        line = json.dumps(answer, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        stream.write(line.encode("utf-8", "backslashreplace") + b"\n")
        count += 1
    return count


def _json(value: Value, column: Column) -> Json:
    return int(value) if column.is_count and isinstance(value, Decimal) else plain(value)
