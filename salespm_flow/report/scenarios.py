"""What came of scenarios in the forms that machines read: JUnit XML and the program's own JSON. Knows no terminal."""

from collections.abc import Iterable, Iterator, Mapping

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.report.findings import json_text
from salespm_flow.report.xml import HEAD, attributes, text
from salespm_flow.scenario.coverage import Coverage, Kind
from salespm_flow.scenario.results import CaseResult, Failure, SuiteResult


def junit(suites: Iterable[SuiteResult], language: Language) -> str:
    """A test suite for each file, a test case for each case; all that did not hold is one failure."""
    found = tuple(suites)
    cases = sum(len(suite.results) for suite in found)
    failed = sum(len(suite.failed) for suite in found)
    inner = "".join(line for suite in found for line in _suite(suite, language))
    counts = attributes(name="salespm-flow test", tests=cases, failures=failed, errors=0)
    return f"{HEAD}<testsuites{counts}>\n{inner}</testsuites>\n"


def _suite(suite: SuiteResult, language: Language) -> Iterator[str]:
    counts = attributes(name=suite.document, tests=len(suite.results), failures=len(suite.failed), errors=0)
    yield f"<testsuite{counts}>\n"
    for result in suite.results:
        line = result.case.span.line
        head = f"<testcase{attributes(classname=suite.document, name=result.case.id, file=suite.file, line=line)}"
        if result.is_passed:
            yield f"{head}/>\n"
            continue
        first = attributes(message=headline(result.failures[0], language), type=result.failures[0].key)
        lines = "\n".join(line for failure in result.failures for line in told(failure, language))
        yield f"{head}>\n<failure{first}>{text(lines)}</failure>\n</testcase>\n"
    yield "</testsuite>\n"


def headline(failure: Failure, language: Language) -> str:
    """The failing expectation on one line, with its place."""
    span = failure.span
    what = f"{failure.key}.{failure.subject}" if failure.subject else failure.key
    step = "" if failure.step is None else Bilingual(f"，第 {failure.step} 步", f", step {failure.step}").of(language)
    return f"{span.file}:{span.line}:{span.column}: {what}{step}"


def told(failure: Failure, language: Language) -> Iterator[str]:
    """The failing expectation in lines: where, what was expected, what was got, and why."""
    yield headline(failure, language)
    yield f"  {Bilingual('期望：', 'expected: ').of(language)}{failure.wanted}"
    yield f"  {Bilingual('实际：', 'got:      ').of(language)}{failure.got}"
    yield from (f"  - {note.of(language)}" for note in failure.notes)


def answer(
    suites: Iterable[SuiteResult], coverage: Mapping[str, Coverage], more: Mapping[str, object] | None = None
) -> str:
    """The answer of `test` as stable JSON."""
    found = tuple(suites)
    is_passed = all(result.is_passed for suite in found for result in suite.results)
    return json_text(
        {
            "status": "passed" if is_passed else "failed",
            "suites": [_suite_answer(suite) for suite in found],
            "coverage": {name: coverage_answer(one) for name, one in coverage.items()},
            **(more or {}),
        }
    )


def _suite_answer(suite: SuiteResult) -> dict[str, object]:
    return {
        "id": suite.document,
        "workflow": suite.workflow,
        "file": suite.file,
        "cases": [_case_answer(result) for result in suite.results],
    }


def _case_answer(result: CaseResult) -> dict[str, object]:
    return {
        "id": result.case.id,
        "title": {"zh": result.case.title.zh, "en": result.case.title.en},
        "line": result.case.span.line,
        "status": "passed" if result.is_passed else "failed",
        "steps": result.steps,
        "failures": [_failure_answer(failure) for failure in result.failures],
    }


def _failure_answer(failure: Failure) -> dict[str, object]:
    return {
        "file": failure.span.file,
        "line": failure.span.line,
        "column": failure.span.column,
        "step": failure.step,
        "key": failure.key,
        "subject": failure.subject or None,
        "expected": failure.wanted,
        "got": failure.got,
        "notes": [{"zh": note.zh, "en": note.en} for note in failure.notes],
    }


def coverage_answer(coverage: Coverage) -> dict[str, object]:
    """The counts of each kind, what was never seen, and how often each state and transition was (the heat map)."""
    kinds = {kind.value: coverage.of(kind) for kind in Kind}
    return {
        "total": {"covered": coverage.whole.covered, "total": coverage.whole.total, "percent": coverage.whole.percent},
        "kinds": {
            name: {"covered": tally.covered, "total": tally.total, "percent": tally.percent}
            for name, tally in kinds.items()
        },
        "missed": [
            {
                "kind": item.kind.value,
                "id": item.id,
                "way": item.way or None,
                "file": item.place.file,
                "line": item.place.line,
            }
            for item in coverage.missed
        ],
        "impossible": [{"kind": item.kind.value, "id": item.id, "way": item.way} for item in coverage.impossible],
        "heat": {"states": coverage.heat(Kind.STATES), "transitions": coverage.heat(Kind.TRANSITIONS)},
    }
