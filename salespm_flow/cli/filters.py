"""What commands over many projects share: the definition that a name means, and the filter of `--where`."""

from typing import TYPE_CHECKING

from salespm_flow.cli.context import Session
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual, Span, excerpt

if TYPE_CHECKING:
    from salespm_flow.engine.compiled import Compiled
    from salespm_flow.engine.queries import Test
    from salespm_flow.expr.problems import Problem


def compiled_of(session: Session, named: str) -> "Compiled":
    """The newest definition of the workflow; where its file is gone, the newest that a project still runs on.

    Raises:
        UnknownNameError, DefinitionError: there is neither.
    """
    from salespm_flow.cli.lookup import find_workflow

    definitions = session.runner.definitions
    if named not in session.library.workflows:
        pins = {project.pin for project in session.store.projects(workflow=named)}
        if pins:
            return definitions.pinned(max(pins, key=lambda pin: (pin.version, pin.digest)))
    return definitions.newest(find_workflow(session, named).id)


def filter_of(session: Session, compiled: "Compiled", where: str) -> "Test":
    """The test that the expression writes over the columns of the workflow's projects.

    Raises:
        BilingualUsageError: the expression has an error.
    """
    from salespm_flow.engine import queries

    condition = queries.filter_of(where, compiled.workflow, session.library)
    if condition.test is None:
        raise _wrong(where, condition.problems)
    return condition.test


def _wrong(text: str, problems: "tuple[Problem, ...]") -> BilingualUsageError:
    """The first error of the expression, with a mark below the place."""
    problem = next(found for found in problems if found.severity == "error")
    start, end = problem.start + 1, max(problem.end, problem.start + 1) + 1
    span = Span(file="", line=1, column=start, end_line=1, end_column=end)
    mark = "\n".join(excerpt(text.replace("\n", " ").replace("\r", " "), span))
    message = Bilingual(
        f"--where：{problem.message.zh}（{problem.code}）\n{mark}",
        f"--where: {problem.message.en} ({problem.code})\n{mark}",
    )
    return BilingualUsageError(message, problem.hint)
