"""Reading large tables by a mapping, against the bare readers, in processes of their own: time, and memory at its peak.

A million rows of CSV and 100,000 of XLSX; their twice shorter halves tell whether memory grows with the file.
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import openpyxl

from benchmarks.measure import Result, result

CSV_ROWS: Final = 1_000_000
XLSX_ROWS: Final = 100_000
RUNS: Final = 3
HEADER: Final = ("id", "rep", "product", "stage", "opened_on", "closed_on", "size", "value")
SETTINGS: Final = "salespm: 1\nkind: workspace\nid: bench\nversion: 1\ncurrency: EUR\ndefinitions: [flows]\n"
WORKFLOW: Final = """\
salespm: 1
kind: workflow
id: deals
version: 1
domain: sales
fields: {product: {type: text}, size: {type: integer}, value: {type: money, currency: EUR}, won_on: {type: date}}
initial: open
states: {open: {}, won: {final: true, outcome: won}}
transitions: {win: {from: open, to: won}}
"""
MAPPING: Final = """\
salespm: 1
kind: mapping
id: ID
version: 1
workflow: deals
format: FORMAT
key: id
owner: rep
state: {from: stage, values: {Open: open, Won: won}}
fields: {product: product, size: size, value: value, won_on: closed_on}
entered: {open: opened_on, won: closed_on}
"""
# Each program prints how many rows it read, in how many seconds, and the most memory it had, in KiB.
TOLD: Final = """
import json, resource, time
start = time.perf_counter()
rows = sum(1 for _ in read())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([rows, time.perf_counter() - start, peak]))
"""
OURS: Final = """
import sys
from datetime import UTC
from pathlib import Path
from salespm_flow.definition.row_files import settled
from salespm_flow.definition.workspace import load
from salespm_flow.interop.cells import Meaning
from salespm_flow.interop.import_row import read_rows
from salespm_flow.interop.table_import import file_of
library = load(Path(sys.argv[1])).library
mapping = library.mappings[sys.argv[2]]
meaning = Meaning(mapping=mapping, workflow=library.workflows["deals"], references={}, zone=UTC)
def read():
    return read_rows(settled(file_of(mapping, Path(sys.argv[3]))), meaning)
"""
BARE: Final[Mapping[str, str]] = {
    "csv": """
import csv, sys
def read():
    rows = csv.reader(open(sys.argv[3], encoding="utf-8", newline=""))
    next(rows)
    return rows
""",
    "xlsx": """
import sys, openpyxl
def read():
    rows = openpyxl.load_workbook(sys.argv[3], read_only=True).worksheets[0].iter_rows(values_only=True)
    next(rows)
    return rows
""",
}


def run(folder: Path) -> tuple[Result, ...]:
    """For each format: our time as a multiple of the bare reader's, and how memory grows with the file."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        root = Path(name)
        _define(root)
        return (*_measured(root, "csv", CSV_ROWS, _write_csv), *_measured(root, "xlsx", XLSX_ROWS, _write_xlsx))


def _measured(root: Path, form: str, rows: int, write: Callable[[Path, int], None]) -> Iterator[Result]:
    whole, half = root / f"whole.{form}", root / f"half.{form}"
    write(whole, rows)
    write(half, rows // 2)
    ours, bare = (OURS + TOLD, BARE[form] + TOLD)
    times, growth = [], []
    for _ in range(RUNS):
        taken, peak = _told(ours, root, whole, rows)
        peer, _ = _told(bare, root, whole, rows)
        _, less = _told(ours, root, half, rows // 2)
        times.append((taken, peer))
        growth.append((peak, less))
        print(f"{form}: {rows:,} rows, {peak / 1024:.0f} MiB; half of them {less / 1024:.0f} MiB", file=sys.stderr)
    yield result(
        f"{rows:,} rows of {form.upper()} as typed rows of a mapping", f"the bare reader of {form.upper()}", times
    )
    memory = [(peak / 1024, less / 1024) for peak, less in growth]
    yield result(
        f"peak memory of {rows:,} rows of {form.upper()}", "half as many rows", memory, limit=1.2, is_memory=True
    )


def _told(program: str, root: Path, file: Path, rows: int) -> tuple[float, float]:
    """Seconds and KiB of the program in a process of its own, once it has read all rows."""
    words = [sys.executable, "-c", program, str(root), f"bench_{file.suffix[1:]}", str(file)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found, taken, peak = json.loads(done.stdout)
    if found != rows:
        raise ValueError(found)
    return taken, peak


def _define(root: Path) -> None:
    (root / "flows").mkdir()
    (root / "salespm.yaml").write_text(SETTINGS, encoding="utf-8")
    (root / "flows" / "deals.yaml").write_text(WORKFLOW, encoding="utf-8")
    for form in BARE:
        text = MAPPING.replace("FORMAT", form).replace("ID", f"bench_{form}")
        (root / "flows" / f"{form}.yaml").write_text(text, encoding="utf-8")


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    for number in range(count):
        opened, closed = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}", f"2026-{number % 12 + 1:02}-15"
        stage = "Won" if number % 3 else "Open"
        yield (
            f"D{number}",
            f"rep{number % 50}",
            f"Item {number % 200}",
            stage,
            opened,
            closed,
            str(number % 90),
            "1500.5",
        )


def _write_csv(place: Path, count: int) -> None:
    with place.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(_rows(count))


def _write_xlsx(place: Path, count: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER)
    for row in _rows(count):
        *texts, size, value = row
        sheet.append([*texts, int(size), float(value)])
    book.save(place)
