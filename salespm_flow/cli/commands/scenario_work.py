"""What `test` does beyond running: writes scenarios, walks at random, changes definitions to see who notices."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from salespm_flow.cli.context import Session
from salespm_flow.cli.files import write_file
from salespm_flow.cli.output import write_json, write_message, write_piece, write_text
from salespm_flow.cli.progress import bar, busy
from salespm_flow.cli.render import Ink
from salespm_flow.definition.cases import suite_of
from salespm_flow.definition.vocabulary import Vocabulary
from salespm_flow.definition.workspace import Loaded
from salespm_flow.diagnostics import Bilingual, Span
from salespm_flow.errors import InputError
from salespm_flow.model.cases import Case, Suite
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.model.workflow import Workflow
from salespm_flow.scenario.bench import bench_of
from salespm_flow.scenario.coverage import Kind
from salespm_flow.scenario.exploring import explore
from salespm_flow.scenario.generating import Generator
from salespm_flow.scenario.mutating import MutationReport, files_of_others, mutate
from salespm_flow.scenario.writing import document_of, text_of

# A Monday morning: scenarios that nobody has dated are the same tomorrow.
_SOME_TIME: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
_NOWHERE: Final = Span(file="", line=1, column=1, end_line=1, end_column=1)


def generate(session: Session, loaded: Loaded, workflow: Workflow, output: str | None) -> int:
    """Scenarios for what those at hand do not cover are written, to standard output or into a file."""
    bench = bench_of(workflow, loaded.library)
    suites = tuple(_suites(loaded, workflow.id).values())
    existing = tuple(case for suite in suites for case in suite.cases)
    with busy(session.text("正在生成情景", "writing scenarios"), session):
        made = Generator(bench, _start(session, loaded, workflow, existing), existing).generate()
    if output is None:
        write_piece(made.text)
    else:
        write_file(output, made.text.encode())
    whole = made.coverage.whole
    counted = ", ".join(
        f"{kind.value} {made.coverage.of(kind).covered}/{made.coverage.of(kind).total}" for kind in Kind
    )
    count = len(made.document.scenarios)
    write_message(
        session.text(
            f"{count} 个新情景；共覆盖 {whole.percent}%（{counted}）",
            f"{count} new scenario(s); {whole.percent}% covered in all ({counted})",
        )
    )
    return 0


def walk_about(
    session: Session, loaded: Loaded, documents: Sequence[Scenarios], walks: int, *, output: str | None
) -> int:
    """So many random walks have been held against the invariants; 1 where one is broken, its scenario being written.

    Raises:
        InputError: Hypothesis is not installed.
    """
    broken: list[str] = []
    for document in documents:
        suite = suite_of(document, loaded.library)[0]
        if not suite.invariants:
            continue
        workflow = loaded.library.workflows[suite.workflow]
        bench = bench_of(workflow, loaded.library)
        start = _start(session, loaded, workflow, suite.cases)
        try:
            with busy(session.text("随机走流程", "walking about"), session):
                found = explore(bench, start, suite.invariants, walks)
        except ModuleNotFoundError as error:
            raise InputError(
                Bilingual("随机走流程需要 hypothesis", "random walks need hypothesis"),
                Bilingual("pip install 'salespm-flow[test]'", "pip install 'salespm-flow[test]'"),
            ) from error
        mark = session.palette.paint("✗", Ink.BAD) if found else session.palette.paint("✓", Ink.GOOD)
        count = len(suite.invariants)
        write_message(f"{mark} {document.id}  {count - len(found)}/{count}")
        if found:
            scenarios = tuple(one.scenario for one in found)
            broken.append(text_of(document_of(workflow, start, scenarios, bench.tested.zone)))
    text = "".join(broken)
    if output is not None and text:
        write_file(output, text.encode())
    elif text:
        write_piece(text)
    return 1 if broken else 0


def change_and_see(session: Session, loaded: Loaded, documents: Sequence[Scenarios], least: int | None) -> int:
    """Each workflow was changed in one way after the other; 1 where fewer than `least` percent were noticed."""
    names = tuple(dict.fromkeys(document.workflow for document in documents))
    reports: list[MutationReport] = []
    tested = {one.workflow for one in loaded.library.scenarios.values()}
    for name in names:
        workflow = loaded.library.workflows[name]
        cases = tuple(
            case
            for document in documents
            if document.workflow == name
            for case in suite_of(document, loaded.library)[0].cases
        )
        with bar(name, session) as told:
            others = files_of_others(loaded.library, name, tested)
            reports.append(mutate(bench_of(workflow, loaded.library), cases, told, elsewhere=others))
    if session.is_json:
        write_json({"status": "ok", "mutation": {report.workflow: _answer(report) for report in reports}})
    else:
        for report in reports:
            _tell(session, report)
    return 1 if any(report.percent < (least or 0) for report in reports) else 0


def _tell(session: Session, report: MutationReport) -> None:
    total = report.noticed + len(report.survivors)
    zh = f"{report.workflow}：{total} 处改动，发现 {report.noticed} 处（{report.percent}%）"
    en = f"{report.workflow}: {report.noticed} of {total} changes noticed ({report.percent}%)"
    if report.inherited:
        zh += f"；继承来的 {report.inherited} 处由原流程的情景检验"
        en += f"; {report.inherited} inherited ones are left to the tests of the workflow that has them"
    write_text(session.text(zh, en))
    for title, results in (
        (session.text("未被发现", "not noticed"), report.survivors),
        (session.text("等价，不计", "equivalent, not counted"), report.equivalents),
    ):
        for one in results:
            place = one.mutant.place
            told = f"{title}: {place.file}:{place.line}  {one.mutant.kind.value}  {session.of(one.mutant.change)}"
            write_text(f"  {told}")


def _answer(report: MutationReport) -> dict[str, object]:
    def listed(results: Sequence[object]) -> list[dict[str, object]]:
        return [
            {
                "kind": one.mutant.kind.value,
                "file": one.mutant.place.file,
                "line": one.mutant.place.line,
                "change": {"zh": one.mutant.change.zh, "en": one.mutant.change.en},
            }
            for one in report.results
            if one in results
        ]

    return {
        "noticed": report.noticed,
        "total": report.noticed + len(report.survivors),
        "percent": report.percent,
        "inherited": report.inherited,
        "survivors": listed(report.survivors),
        "equivalents": listed(report.equivalents),
    }


def _suites(loaded: Loaded, workflow: str) -> Mapping[str, Suite]:
    documents = (one for one in loaded.library.scenarios.values() if one.workflow == workflow)
    return {one.id: suite_of(one, loaded.library)[0] for one in documents}


def _start(session: Session, loaded: Loaded, workflow: Workflow, existing: Sequence[Case]) -> Case:
    """Where new scenarios start: when and whose the existing ones are, else on some Monday and whose is asked for."""
    owner = session.choices.actor or Vocabulary(workflow=workflow, library=loaded.library).some_owner
    now = session.at or _SOME_TIME
    if existing:
        now, owner = existing[0].now, existing[0].owner
    return Case(scenario="", title=workflow.title, workflow=workflow.id, span=_NOWHERE, now=now, owner=owner)
