"""What came of running scenarios: nouns only."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.model.cases import Case
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One expectation that did not hold. `step` counts from 1; None: at the start or at the end.

    `key` is what was expected as the file writes it, with its `subject` (a field, a state). `rewritten` is the text
    that would have held in the file's place, None where no text can; `notes` say why it is so.
    """

    case: Case
    step: int | None
    key: str
    span: Span
    wanted: str
    got: str
    subject: str = ""
    rewritten: str | None = None
    notes: tuple[Bilingual, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One case that has run: the steps done, and every expectation of the first step where one did not hold."""

    case: Case
    steps: int
    failures: tuple[Failure, ...]

    @property
    def is_passed(self) -> bool:
        """Whether all held."""
        return not self.failures


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """All cases of a file, in file order; `texts` are those of the files by name."""

    document: str
    workflow: str
    file: str
    results: tuple[CaseResult, ...]

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that failed."""
        return tuple(one for one in self.results if not one.is_passed)


Texts = Mapping[str, str]
