"""`test`: runs scenarios through the engine, shows what did not hold, and counts what was covered."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import arguments, count_option, flag, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from salespm_flow.definition.workspace import Loaded
    from salespm_flow.model.cases import Case
    from salespm_flow.model.scenarios import Scenarios
    from salespm_flow.scenario.coverage import Coverage
    from salespm_flow.scenario.suites import SuitesRun

FORMATS: Final = ("human", "json", "junit")
USAGE: Final = 2
ALL: Final = "all"


def run(
    session: Session,
    names: tuple[str, ...],
    *,
    match: str | None,
    coverage: bool,
    fail_under: str | None,
    update: bool,
    watch: bool,
    generate: bool,
    explore: int | None,
    mutate: bool,
    output: str | None,
) -> int:
    """The scenarios ran: 0 where all held, 1 where one did not or too little was covered, 2 where none was meant."""
    limits = _limits(fail_under)
    if generate or explore is not None or mutate:
        _refuse_several(generate, explore is not None, mutate, watch or update)
        return _beyond(session, names, generate=generate, explore=explore, output=output, least=limits.get(ALL))

    def once() -> int:
        return _run_once(session, names, match, limits=limits, with_coverage=coverage, update=update, output=output)

    if not watch:
        return once()
    from salespm_flow.cli.commands.watching import watch as watched

    return watched(session, lambda: _watched_places(session), lambda: _afresh(session, once))


def _watched_places(session: Session) -> "list[Path]":
    from pathlib import Path

    from salespm_flow.definition.drafts import SETTINGS

    workspace = session.loaded.library.workspace
    root = Path(workspace.root)
    return [root / SETTINGS, *(root / folder for folder in workspace.definitions)]


def _afresh(session: Session, once: "Callable[[], int]") -> int:
    """What was read before is read again."""
    for name in ("loaded", "library", "zone"):
        session.__dict__.pop(name, None)
    return once()


def _refuse_several(*asked: bool) -> None:
    if sum(asked) > 1:
        raise BilingualUsageError(
            Bilingual(
                "--generate、--explore、--mutate、--update、--watch 一次只能用一个",
                "--generate, --explore, --mutate, --update and --watch go one at a time",
            )
        )


def _beyond(
    session: Session,
    names: tuple[str, ...],
    *,
    generate: bool,
    explore: int | None,
    output: str | None,
    least: int | None,
) -> int:
    """What needs more than one run: scenarios written by themselves, random walks, changed definitions."""
    from salespm_flow.cli.commands import scenario_work
    from salespm_flow.cli.lookup import find_workflow

    loaded = load_scenarios(session)
    if generate:
        if len(names) != 1:
            raise BilingualUsageError(Bilingual("--generate 要写一个流程", "--generate takes the name of one workflow"))
        return scenario_work.generate(session, loaded, find_workflow(session, names[0]), output)
    documents = wanted_documents(session, loaded, names)
    if explore is not None:
        return scenario_work.walk_about(session, loaded, documents, explore, output=output)
    return scenario_work.change_and_see(session, loaded, documents, least)


def _run_once(
    session: Session,
    names: tuple[str, ...],
    match: str | None,
    *,
    limits: "Mapping[str, int]",
    with_coverage: bool,
    update: bool,
    output: str | None,
) -> int:
    from time import perf_counter

    from salespm_flow.scenario.suites import run_documents

    loaded = load_scenarios(session)
    documents = wanted_documents(session, loaded, names)
    began = perf_counter()
    ran = run_documents(documents, loaded.library, _wanted(match))
    seconds = perf_counter() - began
    if not any(True for _ in ran.results):
        raise BilingualUsageError(Bilingual("没有匹配的情景", "no scenario matches"))
    _report(session, ran, loaded, seconds=seconds, with_coverage=with_coverage or bool(limits), output=output)
    if update:
        _update(session, ran, loaded)
    is_covered = _is_covered(session, ran.coverage, limits)
    return 0 if ran.is_passed and is_covered else 1


def load_scenarios(session: Session) -> "Loaded":
    """The workspace with its files of scenarios; what is wrong in these is told.

    Raises:
        DefinitionError: a file of scenarios has errors: what it would test is not known.
    """
    from salespm_flow.definition.workspace import load
    from salespm_flow.errors import DefinitionError

    loaded = load(session.root, with_scenarios=True)
    session.loaded = loaded
    wrong = tuple(found for found in loaded.errors if _is_of_scenarios(loaded.texts.get(found.span.file, "")))
    if wrong:
        raise DefinitionError(Bilingual("情景文件有错误", "the files of scenarios have errors"), wrong)
    return loaded


def _is_of_scenarios(text: str) -> bool:
    return "\nkind: scenarios" in text


def wanted_documents(session: Session, loaded: "Loaded", names: tuple[str, ...]) -> "tuple[Scenarios, ...]":
    """The files of scenarios that are named by their ids, their workflows or their paths; without names all.

    Raises:
        UnknownNameError: a name is none of these.
    """
    from pathlib import Path

    from salespm_flow.definition.suggest import suggestion
    from salespm_flow.errors import UnknownNameError

    documents = tuple(session.library.scenarios.values())
    if not names:
        return documents
    found: dict[str, Scenarios] = {}
    for name in names:
        path = Path(name).resolve()
        meant = [one for one in documents if name in {one.id, one.workflow} or _is_at(path, one, loaded)]
        if not meant:
            known = [*(one.id for one in documents), *(one.workflow for one in documents)]
            raise UnknownNameError(
                Bilingual(f"没有情景文件“{name}”", f'there are no scenarios "{name}"'), suggestion(name, known)
            )
        found |= {one.id: one for one in meant}
    return tuple(found.values())


def _is_at(path: "Path", document: "Scenarios", loaded: "Loaded") -> bool:
    """Whether the document stands in the file or in the folder."""
    file = loaded.paths.get(document.source.path)
    return file is not None and (file.resolve() == path or path in file.resolve().parents)


def _wanted(match: str | None) -> "Callable[[Scenarios, Case], bool]":
    """Whether the document's or the scenario's id or title holds all the words of one of the alternatives."""
    if not match:
        return lambda _document, _case: True
    alternatives = [part.split() for part in match.casefold().split(",")]

    def is_wanted(document: "Scenarios", case: "Case") -> bool:
        text = f"{document.id} {case.id} {case.title.zh} {case.title.en}".casefold()
        return any(all(word in text for word in words) for words in alternatives)

    return is_wanted


def _limits(fail_under: str | None) -> "Mapping[str, int]":
    """The least percent of each kind, `all` for everything together.

    Raises:
        BilingualUsageError: the text is neither a percent nor a list of them by kind.
    """
    from salespm_flow.scenario.coverage import Kind

    limits: dict[str, int] = {}
    for part in () if fail_under is None else fail_under.split(","):
        name, _, percent = part.rpartition("=")
        kind = name.strip() or ALL
        if not percent.strip().isdecimal() or kind not in {ALL, *Kind}:
            listed = " | ".join(Kind)
            raise BilingualUsageError(
                Bilingual(
                    f"--fail-under 应为百分数，或“类别=百分数”（类别：{listed}）",
                    f"--fail-under takes a percent, or KIND=PERCENT with a kind of {listed}",
                )
            )
        limits[kind] = int(percent)
    return limits


def _is_covered(session: Session, coverage: "Mapping[str, Coverage]", limits: "Mapping[str, int]") -> bool:
    from salespm_flow.cli.output import write_message
    from salespm_flow.scenario.coverage import Kind

    is_enough = True
    for name, one in coverage.items():
        for kind, least in limits.items():
            tally = one.whole if kind == ALL else one.of(Kind(kind))
            if tally.percent < least:
                is_enough = False
                zh = f"{name}：{kind} 覆盖 {tally.covered}/{tally.total}（{tally.percent}%），要求 {least}%"
                en = f"{name}: {kind} covered {tally.covered}/{tally.total} ({tally.percent}%), {least}% is asked for"
                write_message(session.text(zh, en))
    return is_enough


def _report(
    session: Session, ran: "SuitesRun", loaded: "Loaded", *, seconds: float, with_coverage: bool, output: str | None
) -> None:
    from salespm_flow.cli.output import write_message, write_piece

    form = session.choices.format or FORMATS[0]
    if form == FORMATS[0]:
        from salespm_flow.cli.commands.testing import tell_coverage, tell_suites

        tell_suites(session, ran.suites, loaded.texts)
        if with_coverage:
            tell_coverage(session, ran.coverage.values())
        write_message(_summary(session, ran, seconds))
        return
    from salespm_flow.report.scenarios import answer, junit

    text = junit(ran.suites, session.language) if form == "junit" else answer(ran.suites, ran.coverage)
    if output is None:
        write_piece(text)
        return
    from salespm_flow.cli.files import write_file

    write_file(output, text.encode("utf-8", "backslashreplace"))
    write_message(_summary(session, ran, seconds))


def _summary(session: Session, ran: "SuitesRun", seconds: float) -> str:
    results = tuple(ran.results)
    failed = sum(not result.is_passed for result in results)
    return session.text(
        f"{len(results)} 个情景，{len(results) - failed} 个通过，{failed} 个失败（{seconds:.2f} 秒）",
        f"{len(results)} scenario(s): {len(results) - failed} passed, {failed} failed ({seconds:.2f} s)",
    )


def _update(session: Session, ran: "SuitesRun", loaded: "Loaded") -> None:
    """The expectations that did not hold say what was got."""
    from salespm_flow.cli.files import write_file
    from salespm_flow.cli.output import write_message
    from salespm_flow.scenario.goldens import brought_up_to_date

    failures = tuple(failure for result in ran.results for failure in result.failures)
    texts = brought_up_to_date(failures, loaded.texts)
    for file, text in texts.items():
        write_file(loaded.paths[file], text.encode(), was=loaded.texts[file].encode())
        write_message(session.text(f"已改写 {file}", f"rewritten: {file}"))
    rest = sum(failure.rewritten is None for failure in failures)
    if rest:
        write_message(session.text(f"{rest} 处须由你改写", f"{rest} expectation(s) are yours to rewrite"))


COMMAND: Final = BilingualCommand(
    "test",
    Bilingual(
        "用真正的引擎在内存中运行情景（kind: scenarios），列出不符合期望的地方。全部符合则退出码为 0，否则为 1。\n"
        "例：salespm-flow test sales_pipeline -k 审批 --coverage",
        "Runs scenarios (kind: scenarios) through the engine in memory and shows what did not hold. Exits with 0 where "
        "all held, else with 1.\n"
        "Example: salespm-flow test sales_pipeline -k approval --coverage",
    ),
    (
        arguments(
            "names", "[NAME]...", Bilingual("情景文件、流程的标识，或路径", "Scenarios or workflows by id, or paths")
        ),
        option(
            "match",
            "-k",
            Bilingual("只运行含这些词的情景；逗号表示或", "Run only scenarios with these words; a comma means or"),
            metavar="WORDS",
        ),
        flag("coverage", "--coverage", Bilingual("显示覆盖情况", "Show what was covered")),
        option(
            "fail_under",
            "--fail-under",
            Bilingual(
                "覆盖低于此百分数时退出码为 1，如 90 或 states=100,guards=95",
                "Exit with 1 below this percent, such as 90 or states=100,guards=95",
            ),
            metavar="PERCENT",
        ),
        flag("update", "--update", Bilingual("把期望改写成实际的结果", "Rewrite what is expected to what was got")),
        flag("watch", "--watch", Bilingual("文件一变就再运行", "Run again whenever a file changes")),
        flag(
            "generate",
            "--generate",
            Bilingual("为流程写出尚缺的情景", "Write the scenarios that a workflow still lacks"),
        ),
        count_option(
            "explore",
            "--explore",
            Bilingual("随机走流程 N 次，检验不变式", "Hold invariants against N random walks"),
        ),
        flag(
            "mutate",
            "--mutate",
            Bilingual("改动流程，看哪些情景会发现", "Change the workflow and see which scenarios notice"),
        ),
        option("output", "--output", Bilingual("写入文件", "Write into a file"), metavar="FILE"),
        *shared_options(FORMATS),
    ),
    run,
)
