"""Findings as a GitLab code quality report; fingerprints stay while lines move, so that only new findings are new."""

from salespm_flow.diagnostics import Severity
from salespm_flow.report.findings import FindingsReport, fingerprint, json_text

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: FindingsReport) -> str:
    """The report: a list with one entry a finding."""
    entries = [
        {
            "check_name": found.code,
            "description": f"{found.code} {report.message(found)}",
            "fingerprint": fingerprint(identity),
            "severity": _SEVERITIES[found.severity],
            "location": {
                "path": report.name(found.span.file),
                "lines": {"begin": found.span.line, "end": found.span.end_line},
            },
        }
        for found, identity in zip(report.judgement.findings, report.identities(), strict=True)
    ]
    return json_text(entries)
