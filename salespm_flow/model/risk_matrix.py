"""A risk matrix as a noun: which risks lie in which cell of a model's scales."""

from collections.abc import Mapping
from decimal import Decimal

from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.rules import Level
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One pair of steps; `rank` counts the model's levels from 0 for the lowest, `risks` are `<project> <risk>`.

    `unnamed` is how many more lie there than are named.
    """

    probability: int
    impact: int
    score: int
    level: str
    rank: int
    risks: tuple[str, ...]
    unnamed: int = 0

    @property
    def count(self) -> int:
        """How many risks lie in the cell."""
        return len(self.risks) + self.unnamed


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMatrix:
    """All cells of a model, rows from the most likely, columns from the least impact.

    `outside` are risks that lie in no cell: those that a response has left no chance.
    """

    title: Bilingual
    probabilities: Mapping[int, Decimal]
    impacts: Mapping[int, Bilingual]
    levels: tuple[Level, ...]
    rows: tuple[tuple[Cell, ...], ...]
    outside: tuple[str, ...]

    def count(self, level: str) -> int:
        """How many risks lie in the cells of a level."""
        return sum(cell.count for row in self.rows for cell in row if cell.level == level)
