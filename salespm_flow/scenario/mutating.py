"""Tells which cases notice when a workflow, its risk rules or its tables behave otherwise in one small way."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from salespm_flow.model.cases import Case
from salespm_flow.model.library import Library
from salespm_flow.model.names import risk_names
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.tables import DecisionTable, called_tables, tables_behind
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Bench, bench_with
from salespm_flow.scenario.mutants import Mutant, mutants_of
from salespm_flow.scenario.rule_mutants import mutants_of_risks, mutants_of_table
from salespm_flow.scenario.running import run_case
from salespm_flow.scenario.sameness import sameness


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """A mutant, and the first case that noticed it; None where none did."""

    mutant: Mutant
    noticed_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationReport:
    """All mutants of a workflow. Equivalent ones are not counted: nothing could notice them.

    `inherited` is how many were left to the tests of the workflow that an overlay extends.
    """

    workflow: str
    results: tuple[MutantResult, ...]
    inherited: int = 0

    @property
    def noticed(self) -> int:
        """How many were noticed."""
        return sum(one.noticed_by is not None for one in self.results)

    @property
    def survivors(self) -> tuple[MutantResult, ...]:
        """Those that were not noticed and could have been."""
        return tuple(one for one in self.results if one.noticed_by is None and not one.mutant.is_equivalent)

    @property
    def equivalents(self) -> tuple[MutantResult, ...]:
        """Those that nothing can notice, by proof."""
        return tuple(one for one in self.results if one.noticed_by is None and one.mutant.is_equivalent)

    @property
    def percent(self) -> int:
        """The whole percent noticed of those that could be, rounded down."""
        total = self.noticed + len(self.survivors)
        return 100 if total == 0 else self.noticed * 100 // total


def mutate(
    bench: Bench,
    cases: Sequence[Case],
    tell: Callable[[int, int], None] | None = None,
    *,
    elsewhere: frozenset[str] = frozenset(),
) -> MutationReport:
    """Each mutant of the tested workflow, held against all cases until one notices it.

    What stands in the files `elsewhere`, as an overlay inherits it, is changed where it is written.
    """
    every = tuple(_every(bench))
    mutants = tuple(one for one in every if one.place.file not in elsewhere)
    results: list[MutantResult] = []
    # Who noticed the last one is likely to notice the next, which differs nearby.
    # One that fails anyway notices nothing.
    sound = (case for case in cases if run_case(bench, case).is_passed)
    order = sorted(sound, key=lambda case: len(case.steps))
    for number, mutant in enumerate(mutants, 1):
        found = noticed_by(mutant, bench, order)
        results.append(MutantResult(mutant=mutant, noticed_by=None if found is None else found.id))
        if found is not None:
            order.remove(found)
            order.insert(0, found)
        if tell is not None:
            tell(number, len(mutants))
    return MutationReport(workflow=bench.workflow.id, results=tuple(results), inherited=len(every) - len(mutants))


def _every(bench: Bench) -> Iterator[Mutant]:
    """The mutants of the workflow, then of its risk models, then of the tables that they call."""
    yield from mutants_of(bench.workflow, bench)
    for risks in bench.tested.risks:
        parameters = {**bench.workflow.parameters, **risks.model.parameters}
        seen = replace(bench.workflow, parameters=parameters)
        names = risk_names(risks.model, bench.workflow, bench.library)
        yield from mutants_of_risks(risks.model, sameness(seen, names, bench.library.references))
    for name in bench.tested.tables:
        yield from mutants_of_table(bench.library.decision_tables[name])


def noticed_by(mutant: Mutant, bench: Bench, cases: Iterable[Case]) -> Case | None:
    """The first case that fails on the mutant; None where all hold."""
    workflow = mutant.changed if isinstance(mutant.changed, Workflow) else bench.workflow
    changed = bench_with(bench, workflow, _with(bench.library, mutant.changed))
    return next((case for case in cases if not run_case(changed, case).is_passed), None)


def _with(library: Library, changed: Workflow | RiskModel | DecisionTable) -> Library:
    match changed:
        case Workflow():
            return replace(library, workflows={**library.workflows, changed.id: changed})
        case RiskModel():
            return replace(library, risk_models={**library.risk_models, changed.id: changed})
        case DecisionTable():
            return replace(library, decision_tables={**library.decision_tables, changed.id: changed})


def files_of_others(library: Library, workflow: str, tested: Iterable[str]) -> frozenset[str]:
    """The files whose mutants are left to the scenarios of other tested workflows.

    These are the files that the others are written in, and the risk models and tables of those that have fewer files
    (an overlay has those of its base too), or as many and come first by name.
    """
    known = [library.workflows[name] for name in tested if name in library.workflows and name != workflow]
    own = _rank(library.workflows[workflow])
    before = (one for one in known if _rank(one) < own)
    return frozenset(
        (*(one.source.path for one in known), *(path for one in before for path in _stands_on(one, library)))
    )


def _rank(workflow: Workflow) -> tuple[int, str]:
    files = {state.span.file for state in workflow.states.values()}
    files |= {transition.span.file for transition in workflow.transitions.values()}
    return len(files | {workflow.source.path}), workflow.id


def _stands_on(workflow: Workflow, library: Library) -> Iterator[str]:
    models = tuple(library.risk_models[name] for name in workflow.uses.risks if name in library.risk_models)
    for model in models:
        yield model.source.path
    documents: tuple[Workflow | RiskModel, ...] = (workflow, *models)
    for document in documents:
        for table in tables_behind(called_tables(document, document.source), library.decision_tables):
            yield table.source.path
