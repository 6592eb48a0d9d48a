"""Findings for a person at a terminal: place, message, the line with carets, hint."""

from salespm_flow.diagnostics import render_text
from salespm_flow.report.findings import FindingsReport


def render(report: FindingsReport) -> str:
    """The findings as text; nothing where there is none."""
    return render_text(report.judgement.findings, report.judgement.texts, report.language)
