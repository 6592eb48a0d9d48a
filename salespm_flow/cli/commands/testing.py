"""What `test` shows a person: failures with their lines, a summary, what is covered and what is not."""

from collections.abc import Iterable, Mapping

from salespm_flow.cli.context import Session
from salespm_flow.cli.output import write_text
from salespm_flow.cli.render import Ink, table
from salespm_flow.diagnostics import excerpt
from salespm_flow.report.scenarios import told
from salespm_flow.scenario.coverage import TITLES, Coverage, Item, Kind
from salespm_flow.scenario.results import CaseResult, Failure, SuiteResult

MISSED_SHOWN = 40


def tell_suites(session: Session, suites: Iterable[SuiteResult], texts: Mapping[str, str]) -> None:
    """Each file with its failures; a file where all passed takes one line."""
    for suite in suites:
        if not suite.results:
            continue
        passed = len(suite.results) - len(suite.failed)
        mark = session.palette.paint("✗", Ink.BAD) if suite.failed else session.palette.paint("✓", Ink.GOOD)
        write_text(f"{mark} {suite.document}  {passed}/{len(suite.results)}")
        for result in suite.failed:
            _tell_case(session, result, texts)


def _tell_case(session: Session, result: CaseResult, texts: Mapping[str, str]) -> None:
    title = session.of(result.case.title)
    shown = f"{result.case.id}  {title}" if title != result.case.scenario else result.case.id
    write_text(f"  {session.palette.paint('✗', Ink.BAD)} {session.palette.paint(shown, Ink.STRONG)}")
    for failure in result.failures:
        write_text("\n".join(f"      {line}" for line in _lines(session, failure, texts)))


def _lines(session: Session, failure: Failure, texts: Mapping[str, str]) -> Iterable[str]:
    first, *rest = told(failure, session.language)
    yield first
    lines = texts.get(failure.span.file, "").splitlines()
    if 0 < failure.span.line <= len(lines):
        source, carets = excerpt(lines[failure.span.line - 1], failure.span)
        yield f"  {source}"
        yield f"  {session.palette.paint(carets, Ink.BAD)}"
    yield from rest


def tell_coverage(session: Session, coverage: Iterable[Coverage]) -> None:
    """A row for each workflow, then what was never seen."""
    found = tuple(coverage)
    header = [
        session.text("流程", "workflow"),
        *(session.of(TITLES[kind]) for kind in Kind),
        session.text("合计", "all"),
    ]
    rows = [[one.workflow, *(_counted(one, kind) for kind in Kind), f"{one.whole.percent}%"] for one in found]
    write_text("\n" + table(header, rows, session.palette, right=frozenset(range(1, len(header)))))
    for one in found:
        if one.missed:
            write_text("\n" + session.text(f"{one.workflow} 未覆盖：", f"{one.workflow}, not covered:"))
            write_text("\n".join(f"  {_missed(session, item)}" for item in one.missed[:MISSED_SHOWN]))
        if len(one.missed) > MISSED_SHOWN:
            rest = len(one.missed) - MISSED_SHOWN
            write_text(
                session.text(f"  另有 {rest} 项（--format json 列出全部）", f"  and {rest} more (--format json)")
            )


def _counted(coverage: Coverage, kind: Kind) -> str:
    tally = coverage.of(kind)
    return f"{tally.covered}/{tally.total}" if tally.total else "—"


def _missed(session: Session, item: Item) -> str:
    way = {
        "true": session.text("从未成立", "never true"),
        "false": session.text("从未不成立", "never false"),
        "approved": session.text("从未同意", "never approved"),
        "rejected": session.text("从未拒绝", "never rejected"),
    }.get(item.way, "")
    kind = session.of(TITLES[item.kind])
    place = f"{item.place.file}:{item.place.line}"
    return "  ".join(part for part in (f"{kind}: {item.id}", way, place) if part)
