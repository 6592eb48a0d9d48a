"""Findings as Checkstyle XML, which many CI systems and reviewers read."""

from itertools import groupby

from salespm_flow.report.findings import FindingsReport
from salespm_flow.report.xml import HEAD, attributes


def render(report: FindingsReport) -> str:
    """The XML document: a file element for each file with findings."""
    files: list[str] = []
    for file, findings in groupby(report.judgement.findings, key=lambda found: found.span.file):
        errors = "".join(
            "<error"
            + attributes(
                line=found.span.line,
                column=found.span.column,
                severity=found.severity.value,
                message=report.message(found),
                source=f"salespm-flow.{found.code}",
            )
            + "/>\n"
            for found in findings
        )
        files.append(f"<file{attributes(name=report.name(file))}>\n{errors}</file>\n")
    return f'{HEAD}<checkstyle version="4.3">\n{"".join(files)}</checkstyle>\n'
