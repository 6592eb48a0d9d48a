"""What is wrong in one expression, by character offsets; `definition` turns offsets into file positions."""

from salespm_flow.diagnostics import Bilingual, Severity
from salespm_flow.nouns import dataclass

# With so many findings a text is no expression, and nobody reads on.
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class Remedy:
    """What may be written from `start` to before `end` instead; a safe one means the same, another one is a guess."""

    start: int
    end: int
    text: str
    is_safe: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding in an expression's text; `start` and `end` are character offsets, the end exclusive."""

    code: str
    message: Bilingual
    start: int
    end: int
    hint: Bilingual | None = None
    severity: Severity = Severity.ERROR
    remedy: Remedy | None = None
