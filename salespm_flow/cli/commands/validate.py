"""`validate`: everything that is wrong in definition files, in one go; and, where that is asked for, mended."""

from collections.abc import KeysView
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import arguments, choice_option, flag, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from salespm_flow.cli.commands.mending import Mended
    from salespm_flow.definition.workspace import Loaded
    from salespm_flow.lint.baseline import Baseline
    from salespm_flow.lint.judgement import Judgement, Standard

# As `report.FORMATS` has them; help must not import them. A test holds both equal.
FORMATS: Final = ("human", "concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle")
# Where the pages of the codes are published, for those who read a report elsewhere.
DOCS_VARIABLE: Final = "SALESPM_DOCS"


def run(
    session: Session,
    paths: tuple[str, ...],
    *,
    fail_on: str,
    strict: bool,
    output: str | None,
    baseline: str | None,
    write_baseline: bool,
    fix: bool,
    unsafe: bool,
    diff: bool,
    changed_since: str | None,
    watch: bool,
    save_scenario: str | None,
) -> int:
    """Every finding is told; 1 where one is as bad as `fail_on`, or where one is told at all if all is to be heard."""
    _refuse_contradictions(baseline, write_baseline=write_baseline, fix=fix or diff, unsafe=unsafe)
    asked = Asked(
        paths=paths,
        changed_since=changed_since,
        threshold=Severity.INFO if strict else Severity(fail_on),
        strict=strict,
        output=output,
        baseline=baseline,
        write_baseline=write_baseline,
        fix=fix,
        unsafe=unsafe,
        diff=diff,
        save_scenario=save_scenario,
    )
    if not watch:
        return _answer(session, asked)
    return _watched(session, asked)


def _watched(session: Session, asked: "Asked") -> int:
    """Validation was done again at every change, until somebody ended it; the last exit code."""
    if asked.fix or asked.diff or asked.write_baseline or asked.save_scenario is not None:
        raise BilingualUsageError(
            Bilingual(
                "--watch 只看不写，不能和 --fix、--diff、--write-baseline、--save-scenario 一起用",
                "--watch only looks: it does not go with --fix, --diff, --write-baseline or --save-scenario",
            )
        )
    from salespm_flow.cli.commands.watching import watch as watched

    tables: set[Path] = set()
    return watched(
        session, lambda: (*_watched_places(session, asked), *tables), lambda: _answer(session, asked, tables)
    )


class Asked(NamedTuple):
    """What the command line asks for, as it says it."""

    paths: tuple[str, ...]
    changed_since: str | None
    threshold: Severity
    strict: bool
    output: str | None
    baseline: str | None
    write_baseline: bool
    fix: bool
    unsafe: bool
    diff: bool
    save_scenario: str | None


def _answer(session: Session, asked: Asked, tables: "set[Path] | None" = None) -> int:
    """Validation was done once, and what it found told; the exit code. `tables` then holds all files of rows."""
    paths = _wanted(session, asked)

    def loaded_with(texts: "Mapping[Path, str]") -> "Loaded":
        return _loaded(session, paths, texts)

    loaded = loaded_with({})
    if tables is not None:
        tables.update(loaded.tables)
    known = None if asked.baseline is None or asked.write_baseline else _read_baseline(asked.baseline)
    standard = _standard(session, loaded, known, is_whole=paths is None)
    standard = replace(standard, threshold=asked.threshold, is_strict=asked.strict)
    judgement = _judged(loaded, standard)
    if asked.write_baseline and asked.baseline is not None:
        return _write_baseline(session, judgement, asked.baseline)
    if asked.fix or asked.diff:
        from salespm_flow.cli.commands.mending import diff_of, mend, write_mended

        mended = mend(judgement, lambda texts: _judged(loaded_with(texts), standard), with_unsafe=asked.unsafe)
        if asked.diff:
            return _show_diff(session, mended, diff_of(mended))
        write_mended(mended)
        _tell_mended(session, mended)
        judgement = mended.after
        loaded = loaded_with({}) if mended.fixed.texts else loaded
    _report(session, judgement, asked.output)
    _tell_unusable(session, loaded, judgement)
    if asked.save_scenario is not None:
        from salespm_flow.cli.commands.saving import save_scenarios

        save_scenarios(session, loaded, judgement, asked.save_scenario)
    return 1 if judgement.fails else 0


def _refuse_contradictions(baseline: str | None, *, write_baseline: bool, fix: bool, unsafe: bool) -> None:
    if write_baseline and baseline is None:
        raise BilingualUsageError(
            Bilingual("--write-baseline 要和 --baseline FILE 一起用", "--write-baseline goes with --baseline FILE")
        )
    if unsafe and not fix:
        raise BilingualUsageError(
            Bilingual("--unsafe 要和 --fix 或 --diff 一起用", "--unsafe goes with --fix or --diff")
        )


def _wanted(session: Session, asked: Asked) -> "tuple[Path, ...] | None":
    """What is to be checked: the paths given, or what has changed of them; None for all of the workspace."""
    if asked.changed_since is not None:
        from salespm_flow.cli.changed_files import changed_files

        return changed_files(session, asked.changed_since, asked.paths)
    if not asked.paths:
        return None
    from pathlib import Path

    from salespm_flow.definition.drafts import real_path

    # A file named twice is one file, and no duplicate of itself.
    distinct = {real_path(path): path for path in map(Path, reversed(asked.paths))}
    return tuple(path for place, path in reversed(distinct.items()) if not _is_within(place, distinct.keys()))


def _loaded(session: Session, paths: "tuple[Path, ...] | None", unsaved: "Mapping[Path, str]") -> "Loaded":
    from salespm_flow.definition.workspace import load, validate_paths

    return (
        load(session.root, check_shape=True, unsaved=unsaved)
        if paths is None
        else validate_paths(paths, unsaved=unsaved)
    )


def _watched_places(session: Session, asked: Asked) -> "tuple[Path, ...]":
    """Where a change matters: the settings, the folders of definitions, what was named, and the baseline."""
    from pathlib import Path

    from salespm_flow.definition.drafts import SETTINGS
    from salespm_flow.definition.workspace import read_settings

    named = [*map(Path, asked.paths), *([] if asked.baseline is None else [Path(asked.baseline)])]
    root = session.root
    if root is None:
        return tuple(named) or (Path(),)
    return (*named, root / SETTINGS, *(root / name for name in read_settings(root).definitions))


def _is_within(place: "Path", others: KeysView["Path"]) -> bool:
    """Whether one of the folders given holds the definition file or folder anyway."""
    if place.is_file() and (place.suffix not in {".yaml", ".yml"} or place.name.startswith(".")):
        return False
    return not others.isdisjoint(place.parents)


def _standard(session: Session, loaded: "Loaded", baseline: "Baseline | None", *, is_whole: bool) -> "Standard":
    from salespm_flow.lint.judgement import Standard
    from salespm_flow.model.zones import zone_named

    # Days begin where the workspace is.
    today = session.now.astimezone(zone_named(loaded.library.workspace.timezone)).date()
    return Standard(today=today, baseline=baseline, is_whole=is_whole)


def _judged(loaded: "Loaded", standard: "Standard") -> "Judgement":
    from salespm_flow.lint.judgement import judge

    return judge(loaded, standard)


def _read_baseline(file: str) -> "Baseline":
    from pathlib import Path

    from salespm_flow.lint.baseline import read_baseline

    return read_baseline(Path(file).read_text(encoding="utf-8", errors="replace"), file)


def _write_baseline(session: Session, judgement: "Judgement", file: str) -> int:
    from salespm_flow.cli.files import write_file
    from salespm_flow.cli.output import write_message
    from salespm_flow.lint.baseline import write_baseline
    from salespm_flow.lint.judgement import identified_everywhere

    write_file(file, write_baseline(identified_everywhere(judgement)).encode())
    count = len(judgement.every)
    write_message(session.text(f"基线 {file}：{count} 个问题", f"baseline {file}: {count} finding(s)"))
    return 0


def _report(session: Session, judgement: "Judgement", output: str | None) -> None:
    from salespm_flow.cli.output import write_message, write_piece

    form = session.choices.format or FORMATS[0]
    # Mostly there is nothing to say to a person, and nothing to import for it.
    text = "" if form == FORMATS[0] and not judgement.findings else _rendered(session, judgement, form)
    if output is None:
        # A finding is data here: `validate | less` is how it is read.
        write_piece(text)
    else:
        from salespm_flow.cli.files import write_file

        write_file(output, text.encode("utf-8", "backslashreplace"))
    if form == FORMATS[0] or output is not None:
        write_message(_summary(session, judgement))


def _rendered(session: Session, judgement: "Judgement", form: str) -> str:
    from pathlib import Path

    from salespm_flow.report import render
    from salespm_flow.report.findings import FindingsReport

    docs = session.environment.get(DOCS_VARIABLE) or None
    report = FindingsReport(judgement=judgement, language=session.language, base=Path.cwd(), docs=docs)
    return render(form, report)


def _summary(session: Session, judgement: "Judgement") -> str:
    errors, warnings, infos = (judgement.count(severity) for severity in Severity)
    zh, en = ["没有问题"], ["no findings"]
    if errors or warnings or infos:
        zh, en = [f"{errors} 个错误", f"{warnings} 个警告"], [f"{errors} error(s)", f"{warnings} warning(s)"]
    if infos:
        zh.append(f"{infos} 条信息")
        en.append(f"{infos} info(s)")
    if judgement.silenced:
        zh.append(f"另有 {len(judgement.silenced)} 个没有报告")
        en.append(f"{len(judgement.silenced)} silenced")
    return session.text("，".join(zh), ", ".join(en))


def _tell_unusable(session: Session, loaded: "Loaded", judgement: "Judgement") -> None:
    """That what is not reported still stops a definition, where nothing else says so."""
    from salespm_flow.cli.output import write_message

    hidden = len(loaded.errors) - sum(found.severity is Severity.ERROR for found in judgement.every)
    if hidden > 0:
        write_message(
            session.text(
                f"注意：{hidden} 个错误没有作为错误报告，出错的定义仍然不能运行",
                f"note: {hidden} error(s) are not reported as such; the definitions that they are in still cannot run",
            )
        )


def _show_diff(session: Session, mended: "Mended", text: str) -> int:
    from salespm_flow.cli.output import write_message, write_piece

    write_piece(text)
    count = len(mended.fixed.applied)
    write_message(
        session.text(f"可修正 {count} 个问题，没有写入", f"{count} finding(s) can be fixed; nothing was written")
    )
    return 1 if mended.fixed.texts or mended.after.fails else 0


def _tell_mended(session: Session, mended: "Mended") -> None:
    from salespm_flow.cli.output import write_message

    count, files = len(mended.fixed.applied), len(mended.fixed.texts)
    write_message(
        session.text(f"已修正 {count} 个问题，改了 {files} 个文件", f"fixed {count} finding(s) in {files} file(s)")
    )


COMMAND: Final = BilingualCommand(
    "validate",
    Bilingual(
        "检查定义文件，一次列出全部问题：位置、原文、编号和建议。有错误时退出码为 1。\n不写路径则检查整个工作区。",
        "Checks definition files and lists everything at once: place, excerpt, code and hint. Exits with 1 on errors.\n"
        "Without a path, checks the whole workspace.",
    ),
    (
        arguments("paths", "[PATH]...", Bilingual("文件或文件夹", "Files or folders")),
        choice_option(
            "fail_on",
            "--fail-on",
            Bilingual("有这一级别或更严重的问题时退出码为 1", "Exit with 1 on findings of this severity or worse"),
            [severity.value for severity in Severity],
        ),
        flag(
            "strict",
            "--strict",
            Bilingual(
                "也查只在要求时才报告的内容（标题、谁可以操作等）；有任何问题时退出码为 1",
                "Look also for what is told on request only (titles, who may act, …); exit with 1 on any finding",
            ),
        ),
        option("output", "--output", Bilingual("写入文件", "Write the findings into a file"), metavar="FILE"),
        option(
            "baseline",
            "--baseline",
            Bilingual("不报告这个文件里已有的问题", "Do not report the findings that this file has"),
            metavar="FILE",
        ),
        flag(
            "write_baseline",
            "--write-baseline",
            Bilingual("把现有问题写入基线文件", "Write what there is into the baseline file"),
        ),
        flag("fix", "--fix", Bilingual("改正含义明确的问题", "Fix what has one meaning")),
        flag(
            "unsafe",
            "--unsafe",
            Bilingual("也按猜测改正（如拼错的名称）", "Also fix by guessing, such as mistyped names"),
        ),
        flag("diff", "--diff", Bilingual("只显示会改什么，不写入", "Show what would be fixed; write nothing")),
        option(
            "changed_since",
            "--changed-since",
            Bilingual(
                "只检查 git 修订 REV 以来改动的文件，以及依赖它们的定义",
                "Check only what has changed since a git revision, and the definitions that depend on it",
            ),
            metavar="REV",
        ),
        option(
            "save_scenario",
            "--save-scenario",
            Bilingual(
                "把引擎重现过的问题写成会失败的情景，放进这个文件夹",
                "Write what the engine has replayed of the findings as failing scenarios into this folder",
            ),
            metavar="FOLDER",
        ),
        flag(
            "watch",
            "--watch",
            Bilingual("文件一变就重新检查，直到 Ctrl-C", "Check again at every change, until Ctrl-C"),
        ),
        *shared_options(FORMATS),
    ),
    run,
)
