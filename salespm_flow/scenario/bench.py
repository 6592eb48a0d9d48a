"""A workflow and its children made ready once, for any number of cases; expectations' expressions too."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property

from salespm_flow.engine.compiled import Compiled, Path
from salespm_flow.engine.definitions import compile_newest
from salespm_flow.expr.check import check
from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.scope import Compiled as Run
from salespm_flow.expr.types import BOOLEAN
from salespm_flow.model.expression import Expression
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.coverage import Answer, impossible_answers
from salespm_flow.solve.cases import Cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An expectation's expression ready to run; `reads` are the dotted names it reads."""

    run: Run
    reads: frozenset[Path]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What cases run on. `compiled` are the tested workflow and all that it can give birth to, by id.

    `image` is that of the store that cases begin with, once one has begun.
    """

    library: Library
    workflow: Workflow
    compiled: Mapping[str, Compiled]
    image: list[bytes] = field(default_factory=list)
    _tests: dict[tuple[str, str], Claim] = field(default_factory=dict)

    @cached_property
    def impossible(self) -> frozenset[Answer]:
        """The answers that guards of the tested workflow are proven never to give."""
        cases = Cases(self.workflow, self.tested.names, self.library.references)
        return impossible_answers(self.workflow, cases)

    @property
    def tested(self) -> Compiled:
        """The tested workflow, compiled."""
        return self.compiled[self.workflow.id]

    def test(self, expression: Expression, workflow: str) -> Claim:
        """The expression over the names of that workflow."""
        key = (workflow, expression.text)
        if key not in self._tests:
            names = self.compiled[workflow].names
            run = compile_node(expression.node, names, BOOLEAN)
            self._tests[key] = Claim(run=run, reads=check(expression.node, names, BOOLEAN).reads)
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
