"""Writes what became of every row of an import, one line a row, as CSV. Decides nothing."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.interop.csv_table import guarded
from salespm_flow.interop.import_report import Taken
from salespm_flow.interop.import_row import ImportRow
from salespm_flow.interop.output_file import whole_file

COLUMNS: Final = ("line", "project", "fate", "reasons", "message", "unresolved")
BETWEEN: Final = Bilingual("；", "; ")


@contextmanager
def row_report(path: Path, language: Language, *, is_replacing: bool) -> Iterator[Callable[[ImportRow, Taken], None]]:
    """What is told in the block stands in the file, once the block has ended; messages are in the language.

    Raises:
        ExportError: there is a file already, or the folder takes none.
    """
    with whole_file(path, is_replacing=is_replacing) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(COLUMNS)

        def tell(row: ImportRow, taken: Taken) -> None:
            reasons = ", ".join(dict.fromkeys(reason.id for reason in taken.reasons))
            clauses = dict.fromkeys(reason.message.of(language) for reason in taken.reasons)
            message = BETWEEN.of(language).join(clauses)
            unresolved = ", ".join(f"{name}={cell}" for name, cell in row.unresolved)
            cells = (str(row.line), guarded(row.key), taken.fate.value, reasons, guarded(message), guarded(unresolved))
            writer.writerow(cells)

        try:
            yield tell
        finally:
            text.detach()
