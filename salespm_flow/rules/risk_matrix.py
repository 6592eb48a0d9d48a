"""Puts risks into the cells of their model's matrix. Knows no projects beyond their names."""

from collections.abc import Iterable, Mapping

from salespm_flow.model.project import Risk
from salespm_flow.model.risk_matrix import Cell, RiskMatrix
from salespm_flow.model.rules import RiskModel
from salespm_flow.rules.risk import assess


class MatrixCount:
    """Counts risks in the cells of a model; beyond `most` in a cell it keeps their number and no more names."""

    __slots__ = ("_counts", "_model", "_most", "_named")

    def __init__(self, model: RiskModel, most: int | None = None) -> None:
        self._model, self._most = model, most
        self._named: dict[tuple[int, int], list[str]] = {}
        self._counts: dict[tuple[int, int], int] = {}

    def take(self, project: str, risk: Risk, *, is_residual: bool = False) -> None:
        """The risk lies in its cell; with `is_residual` in the one where it is to lie after its response, if any."""
        steps = (risk.probability, risk.impact)
        if is_residual and risk.residual is not None:
            steps = (risk.residual.probability, risk.residual.impact)
        self._counts[steps] = self._counts.get(steps, 0) + 1
        named = self._named.setdefault(steps, [])
        if self._most is None or len(named) < self._most:
            named.append(f"{project} {risk.id}")

    def matrix(self) -> RiskMatrix:
        """The matrix, once all risks were taken."""
        model, named = self._model, self._named
        ranks = {level.id: rank for rank, level in enumerate(model.levels)}
        steps = [[(p, i) for i in sorted(model.impacts)] for p in sorted(model.probabilities, reverse=True)]
        inside = {one for row in steps for one in row}
        return RiskMatrix(
            title=model.title,
            probabilities=model.probabilities,
            impacts=model.impacts,
            levels=model.levels,
            rows=tuple(tuple(self._cell(one, ranks) for one in row) for row in steps),
            outside=tuple(name for one, names in named.items() if one not in inside for name in names),
        )

    def _cell(self, steps: tuple[int, int], ranks: Mapping[str, int]) -> Cell:
        score, level = assess(self._model, *steps)
        named = tuple(self._named.get(steps, ()))
        return Cell(
            probability=steps[0],
            impact=steps[1],
            score=score,
            level=level,
            rank=ranks[level],
            risks=named,
            unnamed=self._counts.get(steps, 0) - len(named),
        )


def matrix_of(model: RiskModel, risks: Iterable[tuple[str, Risk]], *, is_residual: bool = False) -> RiskMatrix:
    """The matrix of these risks, each with its project; with `is_residual` where they are to lie after their responses.

    A risk without a residual stays where it is.
    """
    count = MatrixCount(model)
    for project, risk in risks:
        count.take(project, risk, is_residual=is_residual)
    return count.matrix()
