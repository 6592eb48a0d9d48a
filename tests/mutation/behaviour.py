"""How many changes of behaviour the shipped scenarios notice: `python -m tests.mutation.behaviour`.

Every mutant of every shipped workflow, of its risk rules and of the decision tables that they call, is held against the
scenarios of the workflow. Writes `docs/behaviour-mutation.md`; two processes take a minute or two.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from multiprocessing import Pool
from pathlib import Path
from typing import Final

from salespm_flow.definition.cases import suite_of
from salespm_flow.definition.workspace import load
from salespm_flow.model.cases import Case
from salespm_flow.model.library import Library
from salespm_flow.scenario.bench import bench_of
from salespm_flow.scenario.mutating import MutantResult, MutationReport, files_of_others, mutate

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "behaviour-mutation.md"
LEAST: Final = 90
OPENING: Final = """\
# What the shipped scenarios notice

Every behavioural mutation (an operator flipped or shifted, an amount or a length of time moved, a check, an action or
an approval dropped, a target swapped, another probability, another role) is applied at every place of every shipped
workflow, of its risk rules and of the decision tables that they call; one of the workflow's scenarios has to fail.
`make mutation` tries them all and writes this page. What an overlay inherits is tried where it is written.

| workflow | noticed | of | percent | equivalent |
|---|---|---|---|---|
"""
# Why what is not noticed makes no difference to anybody, by a part of what was changed.
REASONS: Final = {
    "appetite dropped": "the risks of a deal reach 16 at most; only an overlay with worse ones can be beyond appetite",
    "default(c.tru": "an empty trust counts as 0 or 1; both are below 3",
    "default(discount, 0%) > table": "the discount begins at 0 % by the default of its field",
    "discount, 7%) > steep": "an empty discount counts as 0 % or 7 %; neither is steep",
    "discount_limit = ": "no answer of the decision table of limits is above this parameter",
    "medium_key.limit": "the parameter of the workflow stops a larger discount first",
    "large.limit": "the parameter of the workflow stops a larger discount first",
    "spend_amber": "overspending is a high risk from 80 % on, which turns the light amber before",
    "spent_share, 0%) > spend": "overspending is a high risk from 80 % on, which turns the light amber before",
    "smart dropped": "validation refuses a goal that is not SMART, so no workspace that loads has one",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the page's table."""

    workflow: str
    noticed: int
    total: int
    equivalent: int

    @property
    def percent(self) -> int:
        """The whole percent noticed, rounded down."""
        return 100 if self.total == 0 else self.noticed * 100 // self.total


@cache
def library() -> Library:
    """The shipped definitions with their scenarios."""
    return load(with_scenarios=True).library


def cases_of(workflow: str) -> tuple[Case, ...]:
    """All cases of the workflow's scenarios."""
    documents = (one for one in library().scenarios.values() if one.workflow == workflow)
    return tuple(case for document in documents for case in suite_of(document, library())[0].cases)


def others(workflow: str) -> frozenset[str]:
    """The files whose mutants are tried with other workflows."""
    return files_of_others(library(), workflow, {one.workflow for one in library().scenarios.values()})


def report_of(workflow: str) -> MutationReport:
    """The mutants of the workflow, held against its scenarios."""
    bench = bench_of(library().workflows[workflow], library())
    return mutate(bench, cases_of(workflow), elsewhere=others(workflow))


def rows_of(page: str) -> tuple[Row, ...]:
    """The lines of the page's table."""
    cells = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `"))
    return tuple(
        Row(workflow=name.strip("`"), noticed=int(noticed), total=int(total), equivalent=int(equivalent))
        for name, noticed, total, _, equivalent in cells
    )


def page_of(reports: Iterable[MutationReport]) -> str:
    """The whole page."""
    known = tuple(reports)
    lines = [OPENING.rstrip("\n")]
    for one in known:
        total = one.noticed + len(one.survivors)
        lines.append(f"| `{one.workflow}` | {one.noticed} | {total} | {one.percent} | {len(one.equivalents)} |")
    lines += ["", "## Not noticed", ""]
    lines += [line for one in known for line in _listed(one.survivors)]
    lines += ["", "## Equivalent, by proof", ""]
    lines += ["Neither form ever holds where the other does not, or a parameter has switched both off.", ""]
    lines += [line for one in known for line in _listed(one.equivalents, is_proven=True)]
    return "\n".join(lines) + "\n"


def _listed(results: Iterable[MutantResult], *, is_proven: bool = False) -> Iterator[str]:
    for one in results:
        place, change = one.mutant.place, one.mutant.change.en
        why = "" if is_proven else next((f": {why}" for part, why in REASONS.items() if part in change), "")
        yield f"- `{Path(place.file).name}:{place.line}` {one.mutant.kind.value}, `{change}`{why}"


def main() -> int:
    """The page is written; 1 where a workflow has fewer than 90 percent."""
    with Pool(2) as pool:
        reports = pool.map(report_of, sorted(library().workflows), chunksize=1)
    PAGE.write_text(page_of(reports), encoding="utf-8")
    short = [one.workflow for one in reports if one.percent < LEAST]
    sys.stderr.write("".join(f"{name}: below {LEAST} %\n" for name in short))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
