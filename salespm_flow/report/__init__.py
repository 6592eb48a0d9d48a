"""Writes findings in the forms that people and machines read: each one file with `render`, and a line in `FORMATS`.

A form gets all there is to say and returns a text; it opens no file and knows no terminal.
"""

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType

from salespm_flow.report.findings import FindingsReport

Form = Callable[[FindingsReport], str]

# Where each form is, as `render` of a module: one run imports one form.
FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "human": "salespm_flow.report.human",
        "concise": "salespm_flow.report.concise",
        "json": "salespm_flow.report.answer",
        "sarif": "salespm_flow.report.sarif",
        "github": "salespm_flow.report.github",
        "gitlab": "salespm_flow.report.gitlab",
        "junit": "salespm_flow.report.junit",
        "checkstyle": "salespm_flow.report.checkstyle",
    }
)


def render(form: str, report: FindingsReport) -> str:
    """The findings in a form of `FORMATS`.

    Raises:
        KeyError: there is no such form.
    """
    writer: Form = importlib.import_module(FORMATS[form]).render
    return writer(report)
