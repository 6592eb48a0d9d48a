"""`validate`: everything that is wrong in definition files, in one go."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import arguments, shared_options
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, render_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from salespm_flow.definition.workspace import Loaded


def run(session: Session, paths: tuple[str, ...]) -> int:
    """Every finding is told; 1 where one is an error."""
    from salespm_flow.cli.output import write_json, write_message, write_piece

    loaded = _loaded(session, paths)
    found = loaded.diagnostics
    if session.is_json:
        write_json(
            {"status": "invalid" if loaded.errors else "valid", "findings": [finding_answer(one) for one in found]}
        )
    else:
        # A finding is data here: `validate | less` is how it is read.
        write_piece(render_text(found, loaded.texts, session.language))
        write_message(_summary(session, loaded))
    return 1 if loaded.errors else 0


def _loaded(session: Session, paths: tuple[str, ...]) -> "Loaded":
    from pathlib import Path

    from salespm_flow.definition.workspace import load, validate_paths

    if paths:
        # A file named twice is one file, and no duplicate of itself.
        distinct = {path.resolve(): path for path in map(Path, reversed(paths))}
        return validate_paths(path for place, path in reversed(distinct.items()) if not _is_within(place, distinct))
    return load(session.root, check_shape=True)


def _is_within(place: "Path", others: "Iterable[Path]") -> bool:
    """Whether one of the folders given holds the definition file or folder anyway."""
    if place.is_file() and (place.suffix not in {".yaml", ".yml"} or place.name.startswith(".")):
        return False
    return any(other in place.parents for other in others)


def finding_answer(found: Diagnostic) -> dict[str, object]:
    """A finding as stable JSON; lines and columns count from 1, the end is exclusive."""
    hint = found.hint
    return {
        "code": found.code,
        "severity": found.severity.value,
        "message": {"zh": found.message.zh, "en": found.message.en},
        "hint": None if hint is None else {"zh": hint.zh, "en": hint.en},
        "file": found.span.file,
        "line": found.span.line,
        "column": found.span.column,
        "end_line": found.span.end_line,
        "end_column": found.span.end_column,
    }


def _summary(session: Session, loaded: "Loaded") -> str:
    errors = len(loaded.errors)
    warnings = sum(found.severity is Severity.WARNING for found in loaded.diagnostics)
    if not errors and not warnings:
        return session.text("没有问题", "no findings")
    return session.text(f"{errors} 个错误，{warnings} 个警告", f"{errors} error(s), {warnings} warning(s)")


COMMAND: Final = BilingualCommand(
    "validate",
    Bilingual(
        "检查定义文件，一次列出全部问题：位置、原文、编号和建议。有错误时退出码为 1。\n不写路径则检查整个工作区。",
        "Checks definition files and lists everything at once: place, excerpt, code and hint. Exits with 1 on errors.\n"
        "Without a path, checks the whole workspace.",
    ),
    (arguments("paths", "[PATH]...", Bilingual("文件或文件夹", "Files or folders")), *shared_options()),
    run,
)
