"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request."""

from salespm_flow.diagnostics import Diagnostic, Severity
from salespm_flow.report.findings import FindingsReport

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: FindingsReport) -> str:
    """One command a finding."""
    return "".join(f"{_command(found, report)}\n" for found in report.judgement.findings)


def _command(found: Diagnostic, report: FindingsReport) -> str:
    span = found.span
    properties = {"file": report.name(span.file), "line": str(span.line), "endLine": str(span.end_line)}
    # Columns are only taken on one line; their end is the last column, not the one after it.
    if span.line == span.end_line:
        properties |= {"col": str(span.column), "endColumn": str(max(span.column, span.end_column - 1))}
    properties["title"] = found.code
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[found.severity]} {listed}::{_data(report.message(found))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
