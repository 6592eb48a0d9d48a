"""How bad findings count in a workspace: the defaults of `lint/codes`, changed by `lint:` in its settings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.codes import SEVERITIES, is_finding
from salespm_flow.model.library import SeverityChoice

_CODE = re.compile("SF[0-9]{3}")


def weighed(findings: Iterable[Diagnostic], choices: Sequence[SeverityChoice]) -> Iterator[Diagnostic]:
    """The findings as bad as the workspace says; those that it switches off are left out."""
    chosen = {choice.code: choice.severity for choice in choices}
    for found in findings:
        severity = chosen.get(found.code, found.severity)
        if severity is found.severity:
            yield found
        elif severity is not None:
            yield replace(found, severity=severity)


def check_choices(choices: Iterable[SeverityChoice]) -> Iterator[Diagnostic]:
    """The settings for codes that no finding has."""
    for choice in choices:
        # What is no code at all, the schema tells.
        if _CODE.fullmatch(choice.code) and not is_finding(choice.code):
            message = Bilingual(
                f"没有问题编号 {shown(choice.code)}", f"There is no finding of the code {shown(choice.code)}"
            )
            yield Diagnostic(
                code="SF606",
                severity=SEVERITIES["SF606"],
                message=message,
                span=choice.span,
                hint=Bilingual("用 explain 列出所有编号", "explain lists all codes"),
            )
