"""`import dmn`: the decisions of a DMN file become decision tables, one definition file each."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, dry_run_option, option, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.interop.dmn import Imported


def run(session: Session, file: str, *, out: str | None) -> int:
    """The tables are written, none over a file with another text; 1 where a decision was refused."""
    from salespm_flow.cli.output import write_json
    from salespm_flow.interop.dmn import import_dmn

    path = Path(file)
    imported = import_dmn(path.read_bytes(), path.name)
    folder = Path(out or ".")
    is_dry_run = session.choices.dry_run
    texts = {folder / f"{id_}.yaml": text.encode() for id_, text in imported.documents.items()}
    kept = [place for place, data in texts.items() if place.exists() and place.read_bytes() != data]
    fresh = {place: data for place, data in texts.items() if not place.exists()}
    if not is_dry_run:
        _write(fresh)
    if session.is_json:
        write_json(_answer(imported, fresh, kept, dry_run=is_dry_run))
    else:
        _tell(session, imported, fresh, kept)
    return 1 if imported.refused or kept else 0


def _write(files: dict[Path, bytes]) -> None:
    from salespm_flow.cli.files import write_file

    for place, data in files.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, data)


def _answer(imported: "Imported", fresh: dict[Path, bytes], kept: list[Path], *, dry_run: bool) -> dict[str, object]:
    return {
        "status": "incomplete" if imported.refused or kept else "ok",
        "dry_run": dry_run,
        "created": [place.as_posix() for place in fresh],
        "unchanged": len(imported.documents) - len(fresh) - len(kept),
        "kept": [place.as_posix() for place in kept],
        "names": {name: id_ for name, id_ in imported.names.items() if id_ in imported.documents},
        "refused": [
            {"code": one.code, "message": {"zh": one.message.zh, "en": one.message.en}, "line": one.span.line}
            for one in imported.refused
        ],
    }


def _tell(session: Session, imported: "Imported", fresh: dict[Path, bytes], kept: list[Path]) -> None:
    from salespm_flow.cli.output import write_text
    from salespm_flow.cli.render import Ink

    paint = session.palette.paint
    if session.choices.dry_run:
        write_text(session.text("试运行，未写入；将会新建：", "dry run, nothing was written; these would be made:"))
    for place in fresh:
        write_text(f"  {paint('+', Ink.GOOD)} {place.as_posix()}")
    unchanged = len(imported.documents) - len(fresh) - len(kept)
    if unchanged:
        write_text(session.text(f"  {unchanged} 个文件已是最新", f"  {unchanged} file(s) are as they should be"))
    for place in kept:
        told = session.text("已有不同内容，没有覆盖", "holds another text and was left as it is")
        write_text(f"  {paint('!', Ink.BAD)} {place.as_posix()} {told}")
    for one in imported.refused:
        write_text(f"{paint(one.code, Ink.BAD)} {one.span.file}:{one.span.line} {session.of(one.message)}")
    if not imported.documents and not imported.refused:
        write_text(session.text("文件里没有决策", "the file holds no decisions"))


COMMAND: Final = BilingualCommand(
    "dmn",
    Bilingual(
        "把 DMN 1.3 及以上文件中的决策变成决策表文件；原名保留为标题，不支持的逐项说明。\n"
        "例：salespm-flow import dmn discount.dmn --out workflows",
        "Turns the decisions of a DMN file (1.3 or later) into decision tables, one file each; original names stay as "
        "titles, what is not supported is named.\n"
        "Example: salespm-flow import dmn discount.dmn --out workflows",
    ),
    (
        argument("file", Bilingual("DMN 文件", "The DMN file")),
        option(
            "out",
            "--out",
            Bilingual("写到哪个文件夹，默认当前文件夹", "The folder to write to, by default this one"),
            metavar="DIR",
        ),
        dry_run_option(),
        *shared_options(),
    ),
    run,
)
