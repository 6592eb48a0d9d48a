"""Foreign formats in and out, one file each. Knows no face of the program."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO, Final

from salespm_flow.definition import csv_rows, sheets
from salespm_flow.definition.rows import Line, RowFile
from salespm_flow.interop.csv_table import write_csv
from salespm_flow.interop.extract import Extract
from salespm_flow.interop.history_table import history_table
from salespm_flow.interop.json_lines import write_json_lines
from salespm_flow.interop.project_table import project_table
from salespm_flow.interop.register_tables import (
    approval_table,
    clock_table,
    record_table,
    risk_table,
    task_table,
)
from salespm_flow.interop.table import ExportTable
from salespm_flow.interop.writing import Style
from salespm_flow.interop.xlsx_table import write_xlsx

# The formats that rows are imported from.
IMPORTERS: Final[Mapping[str, Callable[[RowFile], Iterator[Line]]]] = MappingProxyType(
    {"csv": csv_rows.lines_of, "xlsx": sheets.lines_of}
)
# The formats that tables are written in.
EXPORTERS: Final[Mapping[str, Callable[[ExportTable, BinaryIO, Style], int]]] = MappingProxyType(
    {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_json_lines}
)
# What can be exported.
TABLES: Final[Mapping[str, Callable[[Extract], ExportTable]]] = MappingProxyType(
    {
        "projects": project_table,
        "history": history_table,
        "records": record_table,
        "tasks": task_table,
        "risks": risk_table,
        "approvals": approval_table,
        "clocks": clock_table,
    }
)
