"""`init`: makes a workspace that works at once: settings, the shipped definitions with their schemas, a store."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, dry_run_option, option, shared_options
from salespm_flow.definition.templates import TEMPLATES
from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.errors import InputError
from salespm_flow.nouns import dataclass

SETTINGS: Final = "salespm.yaml"
STORE: Final = "salespm.db"
FOLDER: Final = "workflows"
TEXT: Final = """\
# yaml-language-server: $schema=schemas/workspace.schema.json
salespm: 1
kind: workspace
language: {language}                # zh | en
currency: CNY
timezone: Asia/Shanghai
calendar: cn_office
rates: exchange_rates
store: {store}
definitions: [{folder}]
"""
# The folders that stand beside the other definitions and are no examples: KPI sets, and the tests of workflows.
BESIDE: Final = ("kpis", "scenarios")


def run(session: Session, directory: str | None, *, example: str | None, template: str | None) -> int:
    """The folder is a workspace; what was there is as it was."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import Ink
    from salespm_flow.cli.usage import BilingualUsageError

    if example is not None and template is not None:
        raise BilingualUsageError(
            Bilingual("--example 与 --template 只能用一个", "--example and --template cannot be used together"),
            Bilingual("去掉其中一个", "leave one of them out"),
        )
    root = Path(directory or session.choices.workspace or ".")
    is_dry_run = session.choices.dry_run
    files = _missing_files(root, _chosen(session, example, template))
    if not is_dry_run:
        _write_files(root, files)
    made = [path.relative_to(root).as_posix() for path in files]
    made += _make_store(root, session, is_dry_run=is_dry_run)
    if session.is_json:
        write_json({"status": "ok", "dry_run": is_dry_run, "workspace": str(root), "created": made})
        return 0
    mark = session.palette.paint("✓", Ink.GOOD)
    ready = session.text(f"工作区已就绪：{root}", f"the workspace is ready: {root}")
    dry = session.text("试运行，未写入；将会新建：", "dry run, nothing was written; these would be made:")
    write_text(dry if is_dry_run else f"{mark} {ready}")
    write_text(
        "\n".join(f"  + {name}" for name in made) or session.text("  已全部存在，没有改动", "  nothing was missing")
    )
    return 0


def _chosen(session: Session, example: str | None, template: str | None) -> "_Choice":
    if template is not None:
        return _of_template(session, template)
    return _whole(session) if example is None else _of_example(session, example)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What a workspace begins with: its settings, and the contents of its definitions by their place in it."""

    settings: str
    definitions: Mapping[str, Path]


def _missing_files(root: Path, choice: _Choice) -> dict[Path, bytes]:
    """The files that a workspace has and this folder has not, with their contents."""
    from salespm_flow.definition.workspace import shipped_definitions

    schemas = shipped_definitions().parent / "schemas"
    files = {root / SETTINGS: choice.settings.encode()}
    files |= {root / place: path.read_bytes() for place, path in choice.definitions.items()}
    files |= {root / "schemas" / path.name: path.read_bytes() for path in _files_of(schemas)}
    return {path: content for path, content in files.items() if not path.exists()}


def _whole(session: Session) -> _Choice:
    """All shipped definitions but the examples."""
    from salespm_flow.definition.workspace import shipped_definitions

    shipped = shipped_definitions()
    folders = (shipped, *(shipped / beside for beside in BESIDE))
    paths = [path for folder in folders for path in _files_of(folder)]
    return _Choice(settings=_settings(session, FOLDER), definitions=_placed(paths, shipped))


def _of_template(session: Session, template: str) -> _Choice:
    """The shipped definitions that a template takes."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.definition.workspace import shipped_definitions

    shipped = shipped_definitions()
    chosen = known(template.replace("_", "-"), TEMPLATES, Bilingual("模板", "template"))
    paths = [shipped / name for name in chosen.files]
    return _Choice(settings=_settings(session, FOLDER), definitions=_placed(paths, shipped))


def _of_example(session: Session, example: str) -> _Choice:
    """An example, which stands alone and has neither a calendar nor rates of its own."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.definition.workspace import shipped_definitions

    shipped = shipped_definitions()
    examples = {path.name: path for path in sorted(shipped.iterdir()) if path.is_dir() and path.name not in BESIDE}
    source = known(example, examples, Bilingual("示例", "example"))
    settings = _settings(session, f"{FOLDER}/{example}").replace("calendar: cn_office\nrates: exchange_rates\n", "")
    return _Choice(settings=settings, definitions=_placed(_files_of(source), shipped))


def _settings(session: Session, folder: str) -> str:
    return TEXT.format(language=_language(session), store=STORE, folder=folder)


def _placed(paths: Iterable[Path], shipped: Path) -> dict[str, Path]:
    return {f"{FOLDER}/{path.relative_to(shipped).as_posix()}": path for path in paths}


def _write_files(root: Path, files: Mapping[Path, bytes]) -> None:
    try:
        root.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        place = error.filename or root
        raise InputError(
            Bilingual(f"无法写入 {place}：{error.strerror}", f"cannot write {place}: {error.strerror}")
        ) from error


def _make_store(root: Path, session: Session, *, is_dry_run: bool) -> list[str]:
    """The store that the workspace's settings name exists; its name if it is new."""
    from salespm_flow.definition.workspace import load
    from salespm_flow.store import open_store

    named = session.choices.store or load(root if (root / SETTINGS).is_file() else None).library.workspace.store
    place = named if session.choices.store or "://" in named else str(root / named)
    if "://" not in place and Path(place).exists():
        return []
    if not is_dry_run:
        open_store(place, create=True).close()
    return [named]


def _language(session: Session) -> Language:
    """The language of who makes the workspace; Chinese where nothing says otherwise, as the settings are China's."""
    from salespm_flow.cli.language import locale_language

    asked = session.choices.lang
    return Language(asked) if asked else locale_language(session.environment) or Language.ZH


def _files_of(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if path.is_file()]


COMMAND: Final = BilingualCommand(
    "init",
    Bilingual(
        "建立工作区：写入 salespm.yaml，复制随附的流程定义和 schema，新建数据库。已有的文件一律不动。",
        "Makes a workspace: writes salespm.yaml, copies the shipped definitions and schemas, makes the store. "
        "Files that exist are never touched.",
    ),
    (
        argument(
            "directory", Bilingual("文件夹，默认为当前文件夹", "The folder; by default this one"), is_required=False
        ),
        option(
            "template",
            "--template",
            Bilingual(
                f"只取一种做法所需的定义：{'、'.join(TEMPLATES)}",
                f"Only what one way of working takes: {', '.join(TEMPLATES)}",
            ),
            metavar="NAME",
        ),
        option(
            "example", "--example", Bilingual("改用随附示例，如 crm", "A shipped example instead: crm"), metavar="NAME"
        ),
        dry_run_option(),
        *shared_options(),
    ),
    run,
)
