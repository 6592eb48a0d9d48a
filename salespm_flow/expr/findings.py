"""What the type rules found, collected in one place and each thing once. Knows no rules."""

from collections.abc import Iterable

from salespm_flow.diagnostics import Bilingual, Severity
from salespm_flow.expr.problems import MOST_PROBLEMS, Problem, Remedy
from salespm_flow.expr.syntax import Node
from salespm_flow.suggest import nearest_name


class Findings:
    """The findings of one expression, in source order when read."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int], Problem] = {}

    def error(
        self, code: str, node: Node, message: Bilingual, hint: Bilingual | None = None, *, remedy: Remedy | None = None
    ) -> None:
        """Add an error about the text of `node`; a second one of that code at that place is dropped."""
        self.add(Problem(code=code, message=message, start=node.start, end=node.end, hint=hint, remedy=remedy))

    def only_null(self, node: Node, hint: Bilingual | None = None) -> None:
        """Add the warning that `node` can give nothing but null."""
        message = Bilingual("结果只能是空值 null", "this can only be null")
        self.add(
            Problem(
                code="SF210",
                message=message,
                start=node.start,
                end=node.end,
                hint=hint,
                severity=Severity.WARNING,
            )
        )

    def add(self, problem: Problem) -> None:
        """Add a finding unless the same code stands at the same place, or MOST_PROBLEMS of its severity are there."""
        if self._count(problem.severity) < MOST_PROBLEMS:
            self._found.setdefault((problem.code, problem.start, problem.end), problem)

    def nearest(self, name: str, known: Iterable[str]) -> str | None:
        """The known name that was probably meant; None without one, or where no finding would be added any more."""
        if self._count(Severity.ERROR) >= MOST_PROBLEMS:
            return None
        return nearest_name(name, known)

    def _count(self, severity: Severity) -> int:
        # Apart, so that no error is lost among warnings.
        return sum(1 for problem in self._found.values() if problem.severity is severity)

    def in_order(self) -> tuple[Problem, ...]:
        """The findings by place."""
        return tuple(sorted(self._found.values(), key=lambda problem: (problem.start, problem.end, problem.code)))
