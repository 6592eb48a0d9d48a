"""One difference between two versions of a workflow, and what it means for the projects that run on the older one."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.expr.values import Value
from salespm_flow.nouns import dataclass


class Impact(StrEnum):
    """What a difference asks of those who run projects, from nothing to rethinking."""

    SAFE = "safe"
    MAPPING = "mapping"
    BREAKING = "breaking"

    @property
    def rank(self) -> int:
        """How bad it is, 0 for safe."""
        return tuple(Impact).index(self)


IMPACTS: Final[Mapping[Impact, Bilingual]] = {
    Impact.SAFE: Bilingual("安全", "safe"),
    Impact.MAPPING: Bilingual("需要映射", "needs mapping"),
    Impact.BREAKING: Bilingual("不兼容", "breaking"),
}


class Nature(StrEnum):
    """What happened to the subject."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    CHANGED = "changed"
    RETARGETED = "retargeted"
    TIGHTENED = "tightened"
    LOOSENED = "loosened"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Values of fields under which the two versions answer differently, and which way; a field without value is None.

    `is_partial`: beside the fields, it hangs on something that no field says, such as a risk or a child project.
    """

    values: Mapping[str, Value]
    was_allowed: bool
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`path` is the place in the document, such as `states.negotiation.exit`; `subject` the id it is told under.

    `before` and `after` are the texts that were and are there, empty where there is none. `span` is the place in the
    newer version, `former_span` the one in the older.
    """

    path: str
    subject: str
    nature: Nature
    impact: Impact
    message: Bilingual
    before: str = ""
    after: str = ""
    span: Span | None = None
    former_span: Span | None = None
    examples: tuple[Example, ...] = ()


def worst(differences: Iterable[Difference]) -> Impact:
    """The worst impact among the differences, safe where there are none."""
    return max((one.impact for one in differences), key=lambda impact: impact.rank, default=Impact.SAFE)
