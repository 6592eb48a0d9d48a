"""What the level of a risk is called, of whichever model it is. Knows no projects."""

from collections.abc import Mapping

from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.rules import LEVEL_TITLES, RiskModel


def level_title(level: str, rule: str, models: Mapping[str, RiskModel]) -> Bilingual:
    """The title of the level of a risk that the rule `<model>.<rule>` found; a person's is any model's that has it."""
    own = rule.partition(".")[0]
    # Stable: the model of the rule first, then the others in their order.
    ordered = sorted(models.values(), key=lambda model: model.id != own)
    found = (known.title for model in ordered for known in model.levels if known.id == level)
    return next(found, LEVEL_TITLES.get(level, Bilingual(level, level)))
