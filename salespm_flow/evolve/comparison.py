"""All differences between two versions of a workflow, by meaning; the whole story on one page."""

from salespm_flow.evolve.difference import Difference, Impact, worst
from salespm_flow.evolve.fields import field_differences
from salespm_flow.evolve.naming import naming_differences
from salespm_flow.evolve.states import state_differences
from salespm_flow.evolve.surroundings import surrounding_differences
from salespm_flow.evolve.transitions import transition_differences
from salespm_flow.evolve.versions import NOTHING_KNOWN, Known, Versions, side_by_side
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions and everything that differs in meaning; other words for a part of it are no difference."""

    versions: Versions
    differences: tuple[Difference, ...]

    @property
    def worst(self) -> Impact:
        """The worst impact of them all."""
        return worst(self.differences)

    def count(self, impact: Impact) -> int:
        """How many have that impact."""
        return sum(one.impact is impact for one in self.differences)


def compare_workflows(old: Workflow, new: Workflow, library: Library, known: Known = NOTHING_KNOWN) -> Comparison:
    """How `new` differs from `old`; what is `known` to be which is not guessed.

    Cost: each changed condition is analysed, exponential in its number of `or`, which is bounded.
    """
    versions = side_by_side(old, new, library, known)
    differences = (
        *state_differences(versions),
        *transition_differences(versions),
        *field_differences(versions),
        *surrounding_differences(versions),
        *naming_differences(old, new, old.span, new.span),
    )
    return Comparison(versions=versions, differences=differences)
