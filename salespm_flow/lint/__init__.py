"""Judges definitions beyond their shape and types: analyses of whole workflows, severities, suppressions, fixes.

An analysis is one file `lint/<name>.py` with one function, a line in `RULES`, its codes from SF610 on in `lint/codes`
(title, and severity where it is no error), and a page for each with two examples in `docs/reference/codes`. It gets what
a workspace defines and one sound workflow of it, and yields findings that point into the workflow's own file, as bad as
`lint/codes` says. Whether a workspace wants to hear of it is not its business.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Diagnostic
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import Workflow

Rule = Callable[[Library, Workflow], Iterable[Diagnostic]]

RULES: Mapping[str, Rule] = MappingProxyType({})
