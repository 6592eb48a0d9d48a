"""Reasons that speak of a request itself rather than of a rule of the definition."""

from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.decision import Reason, ReasonKind


def reason_of(name: str, kind: ReasonKind, message: Bilingual) -> Reason:
    """The reason of that id; no rule of the definition asks for it."""
    return Reason(id=name, kind=kind, message=message, rule=None, values={})
