"""`init`: makes a workspace that works at once: settings, the shipped definitions with their schemas, a store."""

import shutil
from pathlib import Path
from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, option, shared_options
from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.errors import InputError

SETTINGS: Final = "salespm.yaml"
STORE: Final = "salespm.db"
TEXT: Final = """\
# yaml-language-server: $schema=schemas/workspace.schema.json
salespm: 1
kind: workspace
language: {language}                # zh | en
currency: CNY
timezone: Asia/Shanghai
calendar: cn_office
store: {store}
definitions: [{folder}]
"""


def run(session: Session, directory: str | None, *, example: str | None) -> int:
    """The folder is a workspace; what was there is as it was."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import Ink

    root = Path(directory or session.choices.workspace or ".")
    made = _make(root, session, example)
    if session.is_json:
        write_json({"status": "ok", "workspace": str(root), "created": [path.as_posix() for path in made]})
        return 0
    mark = session.palette.paint("✓", Ink.GOOD)
    write_text(f"{mark} {session.text(f'工作区已就绪：{root}', f'the workspace is ready: {root}')}")
    for path in made:
        write_text(f"  + {path.as_posix()}")
    if not made:
        write_text(session.text("  一切都已存在，没有改动", "  everything was there already; nothing was changed"))
    return 0


def _make(root: Path, session: Session, example: str | None) -> list[Path]:
    from salespm_flow.definition.workspace import shipped_definitions
    from salespm_flow.store import open_store

    source = shipped_definitions()
    if example is not None:
        source = _example(source, example)
    folder = "workflows" if example is None else f"workflows/{example}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        text = TEXT.format(language=_language(session), store=STORE, folder=folder)
        if example is not None:
            # An example stands alone: it has no calendar of its own.
            text = text.replace("calendar: cn_office\n", "")
        made = [] if (root / SETTINGS).exists() else [_write(root / SETTINGS, text)]
        made += _copied(source, root / folder)
        made += _copied(shipped_definitions().parent / "schemas", root / "schemas")
    except OSError as error:
        place = error.filename or root
        raise InputError(
            Bilingual(f"无法写入 {place}：{error.strerror}", f"cannot write {place}: {error.strerror}")
        ) from error
    store = Path(session.choices.store or root / STORE)
    if not store.exists():
        open_store(str(store), create=True).close()
        made.append(store)
    return [path.relative_to(root) if path.is_relative_to(root) else path for path in made]


def _language(session: Session) -> Language:
    """The language of who makes the workspace; Chinese where nothing says otherwise, as the settings are China's."""
    from salespm_flow.cli.language import locale_language

    asked = session.choices.lang
    return Language(asked) if asked else locale_language(session.environment) or Language.ZH


def _example(source: Path, example: str) -> Path:
    from salespm_flow.cli.lookup import known

    examples = {path.name: path for path in sorted(source.iterdir()) if path.is_dir()}
    return known(example, examples, Bilingual("示例", "example"))


def _copied(source: Path, target: Path) -> list[Path]:
    """The files of one folder that were not there yet; existing ones are never touched."""
    target.mkdir(parents=True, exist_ok=True)
    made = []
    for path in sorted(source.iterdir()):
        if path.is_file() and not (target / path.name).exists():
            shutil.copyfile(path, target / path.name)
            made.append(target / path.name)
    return made


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


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
            "example", "--example", Bilingual("改用随附示例，如 crm", "A shipped example instead: crm"), metavar="NAME"
        ),
        *shared_options(),
    ),
    run,
)
