"""A workflow and its children made ready once, for any number of cases; expectations' expressions too."""

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from salespm_flow.engine.compiled import Compiled, Path
from salespm_flow.engine.definitions import compile_newest
from salespm_flow.engine.witness import Witness
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import Compiled as Run
from salespm_flow.expr.types import BOOLEAN
from salespm_flow.model.expression import Expression
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """An expectation's expression ready to run; `reads` are the dotted names it reads."""

    run: Run
    reads: frozenset[Path]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What cases run on. `compiled` are the tested workflow and all that it can give birth to, by id."""

    library: Library
    workflow: Workflow
    compiled: Mapping[str, Compiled]
    _tests: dict[tuple[str, str], Test] = field(default_factory=dict)

    @property
    def tested(self) -> Compiled:
        """The tested workflow, compiled."""
        return self.compiled[self.workflow.id]

    def watched_by(self, witness: Witness) -> "Bench":
        """The same bench, whose tested workflow tells the witness of every guard."""
        watched = {**self.compiled, self.workflow.id: replace(self.tested, witness=witness)}
        return replace(self, compiled=watched)

    def test(self, expression: Expression, workflow: str) -> Test:
        """The expression over the names of that workflow."""
        key = (workflow, expression.text)
        if key not in self._tests:
            names = self.compiled[workflow].names
            run = compile_node(expression.node, names, BOOLEAN)
            self._tests[key] = Test(run=run, reads=check(expression.node, names, BOOLEAN).reads)
        return self._tests[key]


def bench_of(workflow: Workflow, library: Library) -> Bench:
    """The workflow ready for cases, with its children and theirs."""
    family = {one.id: one for one in _family(workflow, library)}
    compiled = {name: compile_newest(one, library) for name, one in family.items()}
    return Bench(library=library, workflow=workflow, compiled=compiled)


def bench_with(bench: Bench, workflow: Workflow, library: Library) -> Bench:
    """The bench with another tested workflow of the same id, over a library that has it; children stay as they are."""
    compiled = {**bench.compiled, workflow.id: compile_newest(workflow, library)}
    return Bench(library=library, workflow=workflow, compiled=compiled)


def _family(workflow: Workflow, library: Library) -> Iterator[Workflow]:
    seen: set[str] = set()
    pending = [workflow]
    while pending:
        one = pending.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        yield one
        pending += [
            library.workflows[link.workflow] for link in one.links.values() if link.workflow in library.workflows
        ]
