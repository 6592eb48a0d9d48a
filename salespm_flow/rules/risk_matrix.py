"""Puts risks into the cells of their model's matrix. Knows no projects beyond their names."""

from collections.abc import Iterable

from salespm_flow.model.project import Risk
from salespm_flow.model.risk_matrix import Cell, RiskMatrix
from salespm_flow.model.rules import RiskModel
from salespm_flow.rules.risk import assess


def matrix_of(model: RiskModel, risks: Iterable[tuple[str, Risk]], *, is_residual: bool = False) -> RiskMatrix:
    """The matrix of these risks, each with its project; with `is_residual` where they are to lie after their responses.

    A risk without a residual stays where it is.
    """
    placed: dict[tuple[int, int], list[str]] = {}
    for project, risk in risks:
        steps = (risk.probability, risk.impact)
        if is_residual and risk.residual is not None:
            steps = (risk.residual.probability, risk.residual.impact)
        placed.setdefault(steps, []).append(f"{project} {risk.id}")
    ranks = {level.id: rank for rank, level in enumerate(model.levels)}
    rows = []
    for probability in sorted(model.probabilities, reverse=True):
        cells = []
        for impact in sorted(model.impacts):
            score, level = assess(model, probability, impact)
            found = tuple(placed.pop((probability, impact), ()))
            cells.append(
                Cell(
                    probability=probability,
                    impact=impact,
                    score=score,
                    level=level,
                    rank=ranks[level],
                    risks=found,
                )
            )
        rows.append(tuple(cells))
    return RiskMatrix(
        title=model.title,
        probabilities=model.probabilities,
        impacts=model.impacts,
        levels=model.levels,
        rows=tuple(rows),
        outside=tuple(name for left in placed.values() for name in left),
    )
