"""How parts of a state diagram stand out: classes of states and arrows, their looks, and what a legend calls them.

Knows neither workflows nor notations; what a class means in a picture is said by whoever gives it.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.nouns import dataclass

# In the order in which a picture's text lists them.
CLASSES: Final[Mapping[str, str]] = {
    "added": "fill:#dcfce7,stroke:#15803d,color:#14532d,stroke-width:2px",
    "removed": "fill:#fee2e2,stroke:#b91c1c,color:#7f1d1d,stroke-width:2px,stroke-dasharray:5 3",
    "changed": "fill:#fef3c7,stroke:#b45309,color:#78350f,stroke-width:2px",
    "unseen": "fill:#fee2e2,stroke:#b91c1c,color:#7f1d1d,stroke-width:2px,stroke-dasharray:5 3",
    "half_seen": "fill:#fef3c7,stroke:#b45309,color:#78350f,stroke-width:2px",
    "seen_once": "fill:#ecfdf3,stroke:#15803d,color:#14532d",
    "seen_seldom": "fill:#c3f0d2,stroke:#15803d,color:#14532d",
    "seen_often": "fill:#86d9a4,stroke:#166534,color:#0b3d20",
    "seen_most": "fill:#24794a,stroke:#14532d,color:#ffffff",
    "current": "fill:#2563eb,stroke:#1e40af,color:#ffffff,font-weight:bold",
    "success": "fill:#e7f6ec,stroke:#2f855a,color:#1c4532",
    "failure": "fill:#fdecec,stroke:#c53030,color:#63171b",
    "aside": "fill:#fff8e6,stroke:#b7791f,color:#5f370e,stroke-dasharray:4 3",
    "gathered": "fill:#f7f7f8,stroke:#8a8f98,color:#4a5058,stroke-dasharray:2 3",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Classes of the caller's choice: of states by path, in place of what they are, and of transitions by id.

    `legend` says what the classes mean, in the order in which it is read. Transitions between the same states are one
    arrow only where they are of one class. Notes stand behind the titles.
    """

    states: Mapping[str, str] = field(default_factory=dict)
    transitions: Mapping[str, str] = field(default_factory=dict)
    state_notes: Mapping[str, str] = field(default_factory=dict)
    transition_notes: Mapping[str, str] = field(default_factory=dict)
    legend: tuple[tuple[str, Bilingual], ...] = ()


NO_MARKS: Final = Marks()
LEGEND: Final = Bilingual("图例", "Legend")


def looks_of(name: str) -> Mapping[str, str]:
    """The looks of the class by property."""
    return dict(part.split(":", 1) for part in CLASSES[name].split(","))
