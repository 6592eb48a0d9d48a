"""How many of the shipped scenarios run in a second, each on a store of its own; read and compiled beforehand.

There is no peer: nobody else runs scenarios of business workflows. The limit is what a suite of thousands takes to stay
within the patience of whoever waits for it.
"""

from itertools import cycle, islice
from pathlib import Path

from benchmarks.measure import Result, result, seconds
from salespm_flow.definition.cases import suite_of
from salespm_flow.definition.workspace import load
from salespm_flow.model.cases import Case
from salespm_flow.scenario.bench import Bench, bench_of
from salespm_flow.scenario.running import run_case

RUNS = 7
CASES = 200
# A second for so many scenarios of about five steps.
LEAST_A_SECOND = 100


def run(_folder: Path) -> tuple[Result, ...]:
    """The scenarios of every shipped workflow, one after the other, against the second that they may take."""
    library = load(with_scenarios=True).library
    ready: list[tuple[Bench, Case]] = []
    for document in library.scenarios.values():
        bench = bench_of(library.workflows[document.workflow], library)
        ready += [(bench, case) for case in suite_of(document, library)[0].cases]
    chosen = tuple(islice(cycle(ready), CASES))

    def all_of_them() -> None:
        for bench, case in chosen:
            if not run_case(bench, case).is_passed:
                raise AssertionError(case.id)

    all_of_them()  # calendars of holidays are worked out when a date first asks for them
    runs = [(seconds(all_of_them), CASES / LEAST_A_SECOND) for _ in range(RUNS)]
    return (result(f"{CASES} scenarios, ready to run", f"{LEAST_A_SECOND} a second", runs, limit=1.0),)
