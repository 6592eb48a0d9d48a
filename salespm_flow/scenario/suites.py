"""Runs whole files of scenarios: each workflow's bench made once, one watcher for all that tests it."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from salespm_flow.definition.cases import suite_of
from salespm_flow.model.cases import Case
from salespm_flow.model.library import Library
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Bench, bench_of
from salespm_flow.scenario.coverage import Coverage, Watcher
from salespm_flow.scenario.results import CaseResult, SuiteResult
from salespm_flow.scenario.running import run_case
from salespm_flow.scenario.watching import seen_by, watched

Wanted = Callable[[Scenarios, Case], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuitesRun:
    """Everything that came of a run: files in order, what they covered by workflow, and the benches they ran on."""

    suites: tuple[SuiteResult, ...]
    coverage: Mapping[str, Coverage]
    benches: Mapping[str, Bench]

    @property
    def results(self) -> Iterator[CaseResult]:
        """Every case."""
        return (result for suite in self.suites for result in suite.results)

    @property
    def is_passed(self) -> bool:
        """Whether every case passed."""
        return all(result.is_passed for result in self.results)


def run_documents(
    documents: Iterable[Scenarios],
    library: Library,
    wanted: Wanted,
    *,
    after_each: Callable[[CaseResult], None] | None = None,
) -> SuitesRun:
    """What comes of the wanted cases of the files, each file's workflow being in the library."""
    benches: dict[str, Bench] = {}
    watchers: dict[str, Watcher] = {}
    suites: list[SuiteResult] = []
    for document in documents:
        name = document.workflow
        if name not in benches:
            benches[name] = bench_of(library.workflows[name], library)
            watchers[name] = Watcher(workflow=name)
        bench, watcher = watched(benches[name], watchers[name]), watchers[name]
        results: list[CaseResult] = []
        for case in suite_of(document, library)[0].cases:
            if not wanted(document, case):
                continue
            results.append(run_case(bench, case, watcher.saw))
            if after_each is not None:
                after_each(results[-1])
        file = document.source.path
        suites.append(SuiteResult(document=document.id, workflow=name, file=file, results=tuple(results)))
    coverage = {name: seen_by(watchers[name], bench) for name, bench in benches.items()}
    return SuitesRun(suites=tuple(suites), coverage=coverage, benches=benches)
