"""Judges definitions beyond their shape and types: analyses of whole workflows, severities, suppressions, fixes.

An analysis is one file `lint/<name>.py` with one function `findings`, a line in `ANALYSES`, its codes from SF610 on in
`lint/analysis_codes` (title, and severity where it is no error), and a page for each with two examples in
`docs/reference/codes`. It gets one sound workflow under inspection and yields findings that point into the files of the
workflow or of what it uses, as bad as `lint/codes` says. Whether a workspace wants to hear of it is not its business.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from salespm_flow.nouns import dataclass

if TYPE_CHECKING:
    from salespm_flow.lint.inspection import Inspection


def _always(_inspection: "Inspection") -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One analysis: the module of this package that has it, and whether it is worth importing for a workflow.

    `is_strict`: it asks for what not everybody wants to hear, and runs only where that is asked for.
    """

    module: str
    concerns: "Callable[[Inspection], bool]" = _always
    is_strict: bool = False


# In the order in which causes come before their effects.
ANALYSES: Mapping[str, Analysis] = MappingProxyType(
    {
        "reachability": Analysis(module="reachability"),
        "completion": Analysis(module="completion"),
        "endless": Analysis(module="endless", concerns=lambda one: one.has_autos),
        "guards": Analysis(module="guards", concerns=lambda one: one.has_conditions),
        "deadlock": Analysis(module="deadlock", concerns=lambda one: one.asks_for_states),
        "timing": Analysis(module="timing", concerns=lambda one: bool(one.workflow.timers)),
        "movers": Analysis(module="movers", concerns=lambda one: one.organisation is not None),
        "needs": Analysis(module="needs", concerns=lambda one: one.has_places_to_edit),
        "unread": Analysis(module="unread", concerns=lambda one: one.has_names),
        "duties": Analysis(module="duties", concerns=lambda one: one.has_approvals),
        "messages": Analysis(module="messages", concerns=lambda one: one.has_family),
        "risk_scales": Analysis(module="risk_scales", concerns=lambda one: bool(one.workflow.uses.risks)),
        "untitled": Analysis(module="untitled", is_strict=True),
        "people": Analysis(module="people", is_strict=True),
        "titles": Analysis(module="titles", is_strict=True),
        "elements": Analysis(module="elements", is_strict=True),
    }
)
