"""Who asks something of a project."""

from salespm_flow.nouns import dataclass

SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks; `role` is the role claimed, empty for none. The id `system` is reserved for the engine itself."""

    id: str
    role: str = ""

    @property
    def is_system(self) -> bool:
        """Whether the engine itself acts: exempt from `by`, from nothing else."""
        return self.id == SYSTEM
