"""Reasons that speak of a request itself rather than of a rule of the definition, and guesses at what was meant."""

from collections.abc import Iterable

from salespm_flow.diagnostics import Bilingual
from salespm_flow.model.decision import Reason, ReasonKind
from salespm_flow.suggest import nearest_names


def reason_of(name: str, kind: ReasonKind, message: Bilingual) -> Reason:
    """The reason of that id; no rule of the definition asks for it."""
    return Reason(id=name, kind=kind, message=message, rule=None, values={})


def guesses(name: str, known: Iterable[str]) -> Bilingual:
    """The end of a message about an unknown name: what may have been meant; empty where nothing is near."""
    close = nearest_names(name, known)
    if not close:
        return Bilingual("", "")
    return Bilingual(f"，是不是：{'、'.join(close)}？", f"; did you mean {', '.join(close)}?")
