"""One line a finding, `file:line:column: CODE message`, as editors and `grep` read it."""

from salespm_flow.report.findings import FindingsReport


def render(report: FindingsReport) -> str:
    """The lines; nothing where there is no finding."""
    return "".join(
        f"{report.name(found.span.file)}:{found.span.line}:{found.span.column}: {found.code} {report.message(found)}\n"
        for found in report.judgement.findings
    )
