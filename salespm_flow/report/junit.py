"""Findings as JUnit XML: a test case for each file, which fails where one of its findings fails the whole.

Of JUnit there is no standard; this is the part that CI systems agree on.
"""

from collections.abc import Iterator, Sequence

from salespm_flow.diagnostics import Diagnostic
from salespm_flow.report.findings import FindingsReport
from salespm_flow.report.xml import HEAD, attributes, text


def render(report: FindingsReport) -> str:
    """The XML document."""
    judgement = report.judgement
    by_file: dict[str, list[Diagnostic]] = {file: [] for file in judgement.paths}
    for found in judgement.findings:
        by_file.setdefault(found.span.file, []).append(found)

    def failed(findings: Sequence[Diagnostic]) -> bool:
        return any(map(judgement.is_failure, findings))

    counts = attributes(tests=len(by_file), failures=sum(map(failed, by_file.values())), errors=0)
    cases = "".join(line for file, findings in by_file.items() for line in _case(file, findings, report))
    name = attributes(name="salespm-flow validate")
    return f"{HEAD}<testsuites{name}{counts}>\n<testsuite{name}{counts}>\n{cases}</testsuite>\n</testsuites>\n"


def _case(file: str, findings: Sequence[Diagnostic], report: FindingsReport) -> Iterator[str]:
    name = report.name(file)
    head = f"<testcase{attributes(classname='salespm-flow', name=name, file=name)}"
    if not findings:
        yield f"{head}/>\n"
        return
    yield f"{head}>\n"
    # A test case has one failure; readers drop the others.
    first = next(filter(report.judgement.is_failure, findings), None)
    lines = "\n".join(
        f"{name}:{found.span.line}:{found.span.column}: {found.severity.value} {found.code} {report.message(found)}"
        for found in findings
    )
    if first is None:
        yield f"<system-out>{text(lines)}</system-out>\n</testcase>\n"
        return
    said = attributes(message=f"{first.code} {report.message(first)}", type=first.severity.value)
    yield f"<failure{said}>{text(lines)}</failure>\n</testcase>\n"
