"""Which projects an export is about, and how their definitions are found. Knows no tables and no formats."""

from collections.abc import Iterator
from datetime import datetime

from salespm_flow.diagnostics import Language
from salespm_flow.engine.compiled import Compiled
from salespm_flow.engine.context import row_of
from salespm_flow.engine.queries import Test
from salespm_flow.engine.running.runner import Runner
from salespm_flow.errors import PinnedDefinitionError
from salespm_flow.expr.values import Value
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """What is exported: the projects of `workflow` that pass `test`, all of them where they are None.

    `compiled` is the definition that the test and the columns are made of; `record` names a register of it. `now` is
    the moment at which computed fields are told.
    """

    runner: Runner
    language: Language
    now: datetime
    workflow: str | None = None
    compiled: Compiled | None = None
    test: Test | None = None
    record: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether some projects are left out."""
        return self.workflow is not None or self.test is not None

    def projects(self) -> Iterator[Project]:
        """The projects, by id, streamed."""
        for project in self.runner.store.projects(workflow=self.workflow):
            if self.test is None or self.compiled is None or self.test(self.row(project), self.now):
                yield project

    def definitions(self) -> tuple[Compiled, ...]:
        """The definitions that columns are made of: the one asked for, else of every workflow that has a project."""
        if self.compiled is not None:
            return (self.compiled,)
        definitions, store = self.runner.definitions, self.runner.store
        workflows = self.runner.library.workflows
        used = (name for name in workflows if next(store.projects(workflow=name), None) is not None)
        return tuple(definitions.newest(name) for name in used)

    def row(self, project: Project) -> dict[str, Value]:
        """The project as expressions see it, by the definition that the columns are made of."""
        compiled = self.compiled or self.runner.definitions.newest(project.pin.workflow)
        return row_of(project, compiled, self.now)

    def definition(self, project: Project) -> Workflow | None:
        """The definition that the project runs on; None where the store has lost it."""
        try:
            return self.runner.definitions.pinned(project.pin).workflow
        except PinnedDefinitionError:
            return None
