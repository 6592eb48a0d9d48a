"""The analysis of a decision table of 100 rules and 5 columns against its budget, and what one call of it takes.

Three tables: boxes that part the space without a rest (nothing to find: everything must be proven), the same with three
boxes missing, and random boxes that overlap wildly. The analysis is told apart from reading and compiling the table,
which `validate` does for every document; the call is one of the complete table.
"""

import random
from decimal import Decimal
from functools import partial
from pathlib import Path

from benchmarks.measure import Result, processor_seconds, result, seconds
from salespm_flow.definition.build import default_workspace
from salespm_flow.definition.collection import collect
from salespm_flow.definition.drafts import draft_of
from salespm_flow.model.zones import zone_named
from salespm_flow.rules.table_findings import survey
from salespm_flow.rules.table_run import TableRun, some_scope

RULES = 100
COLUMNS = 5
HIGHEST = 1000
RUNS = 15
CALLS = 200
BUDGET = 0.05
Box = tuple[tuple[int, int], ...]


def run(_folder: Path) -> tuple[Result, ...]:
    """The lines of the table."""
    rng = random.Random(7)  # noqa: S311 - the same tables every time
    whole = _parted(rng)
    kinds = (("complete", whole), ("with gaps", whole[:-3]), ("random, overlapping", _scattered(rng)))
    lines: list[Result] = []
    for name, boxes in kinds:
        survey_all = partial(_survey_all, _prepared(boxes))
        runs = [(processor_seconds(survey_all), BUDGET) for _ in range(RUNS)]
        what = f"gaps and overlaps of {RULES} rules × {COLUMNS} columns, {name}: processor time"
        lines.append(result(what, "50 ms", runs, limit=1))
    call = _prepared(whole).compiled
    values = tuple(Decimal(HIGHEST // 2) for _ in range(COLUMNS))
    calls = [
        (seconds(lambda: [call(some_scope({}), values) for _ in range(CALLS)]) / CALLS, 0.001) for _ in range(RUNS)
    ]
    lines.append(result(f"one call of that table of {RULES} rules", "1 ms", calls))
    return tuple(lines)


def _survey_all(prepared: TableRun) -> int:
    return len(tuple(survey(prepared)))


def _prepared(boxes: list[Box]) -> TableRun:
    """The table of the boxes, read and compiled."""
    text = _written(boxes)
    workspace = default_workspace(".", ())
    draft = draft_of(text, (Path("big.yaml"), "big.yaml"), zone_named("UTC"))
    library = collect([draft], workspace, zone_named("UTC")).library
    return TableRun(library.decision_tables["big"], library)


def _parted(rng: random.Random) -> list[Box]:
    """Boxes that fill the space, made by cutting one box after another in two."""
    boxes: list[Box] = [tuple((0, HIGHEST) for _ in range(COLUMNS))]
    while len(boxes) < RULES:
        box = boxes.pop(rng.randrange(len(boxes)))
        at = rng.randrange(COLUMNS)
        low, high = box[at]
        if high - low < 2:
            boxes.append(box)
            continue
        middle = rng.randrange(low + 1, high)
        boxes += [(*box[:at], (low, middle), *box[at + 1 :]), (*box[:at], (middle, high), *box[at + 1 :])]
    rng.shuffle(boxes)
    return boxes


def _scattered(rng: random.Random) -> list[Box]:
    boxes: list[Box] = []
    for _ in range(RULES):
        lows = [rng.randrange(HIGHEST - 100) for _ in range(COLUMNS)]
        boxes.append(tuple((low, rng.randrange(low + 1, HIGHEST)) for low in lows))
    return boxes


def _written(boxes: list[Box]) -> str:
    lines = ["salespm: 1", "kind: decision_table", "id: big", "version: 1", "hit: unique", "inputs:"]
    lines += [f"  c{at}: {{type: number, min: 0, max: {HIGHEST}}}" for at in range(COLUMNS)]
    lines += ["outputs: {o: {type: number}}", "rules:"]
    for number, box in enumerate(boxes):
        cells = [_cell(at, *span) for at, span in enumerate(box) if span != (0, HIGHEST)]
        lines.append(f"  r{number}: {{{', '.join((*cells, f'o: {number}'))}}}")
    return "\n".join(lines) + "\n"


def _cell(column: int, low: int, high: int) -> str:
    return f'c{column}: "[{low}..{high}{"]" if high == HIGHEST else ")"}"'
