"""Finds one version of a definition: in a file, a git revision or the store, or the newest of the workspace."""

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.context import Session
from salespm_flow.definition.findings import shown
from salespm_flow.definition.workspace import Loaded, validate_paths
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import DefinitionError, InputError, UnknownNameError
from salespm_flow.model.library import Library
from salespm_flow.model.workflow import Workflow

if TYPE_CHECKING:
    from salespm_flow.engine.compiled import Compiled
    from salespm_flow.evolve.documents import Versioned

FORMS = Bilingual(
    "可写：文件、REV:文件（git）、流程@版本、流程或其他定义的 id",
    "accepted: a file, REV:file (git), workflow@version, the id of a workflow or another definition",
)


# Where a library keeps the documents of each kind; workflows first, since they may share an id with others.
GROUPS: Final = {
    "workflow": "workflows",
    "risk_model": "risk_models",
    "kpi_set": "kpi_sets",
    "scorecard": "scorecards",
    "decision_table": "decision_tables",
    "goal_set": "goal_sets",
    "organisation": "organisations",
    "calendar": "calendars",
    "reference": "references",
    "mapping": "mappings",
    "migration": "migrations",
    "scenarios": "scenarios",
}


def version_at(session: Session, named: str) -> "Workflow | Versioned":
    """What a file, `REV:path`, `id@version` of a workflow or an id names.

    Raises:
        UnknownNameError, InputError: nothing is named so.
        DefinitionError: what is named has errors.
    """
    path = Path(named)
    if path.is_file():
        return _only_document(validate_paths([path]), path, path.read_text("utf-8", "replace"))
    revision, colon, inner = named.partition(":")
    if colon and inner and revision:
        return _in_git(revision, inner)
    name, sign, version = named.rpartition("@")
    if sign and version.isascii() and version.isdigit():
        return compiled_version(session, name, int(version)).workflow
    if path.suffix in {".yaml", ".yml"}:
        raise InputError(Bilingual(f"没有文件 {shown(named)}", f"there is no file {shown(named)}"), FORMS)
    if named not in session.library.workflows:
        for kind, group in GROUPS.items():
            if named in getattr(session.library, group):
                return _version(kind, named, session.library)
    from salespm_flow.cli.lookup import find_workflow

    return find_workflow(session, named)


def compiled_version(session: Session, name: str, version: int) -> "Compiled":
    """That version of the workflow: the workspace's where it has it, else as projects in the store run on it.

    Raises:
        UnknownNameError: neither has it.
    """
    definitions = session.runner.definitions
    known = session.library.workflows.get(name)
    if known is not None and known.version == version:
        return definitions.newest(name)
    pin = definitions.pin_of(name, version)
    if pin is None:
        raise UnknownNameError(
            Bilingual(
                f"工作区和存储里都没有流程 {shown(name)} 的第 {version} 版",
                f"neither the workspace nor the store has version {version} of {shown(name)}",
            ),
            FORMS,
        )
    return definitions.pinned(pin)


def _in_git(revision: str, inner: str) -> "Workflow | Versioned":
    """The definition as the file at the path was in that revision; what it refers to is today's."""
    # Not for a program of that name in the current folder.
    git = shutil.which("git")
    if git is None:
        raise InputError(Bilingual("找不到 git", "git cannot be found"), FORMS)
    if revision.startswith("-"):
        raise InputError(Bilingual(f"没有修订 {shown(revision)}", f"there is no revision {shown(revision)}"), FORMS)
    asked = subprocess.run(  # noqa: S603 -- a revision cannot be read as an option, nothing goes through a shell
        [git, "show", "--end-of-options", f"{revision}:{inner}"], capture_output=True, check=False
    )
    if asked.returncode:
        said = asked.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(
            Bilingual(f"git 里没有 {shown(f'{revision}:{inner}')}", f"git has no {shown(f'{revision}:{inner}')}"),
            Bilingual(said[0], said[0]) if said else FORMS,
        )
    root = subprocess.run([git, "rev-parse", "--show-toplevel"], capture_output=True, check=True)  # noqa: S603
    base = Path.cwd() if inner.startswith(("./", "../")) else Path(root.stdout.decode().strip())
    path = base / inner
    text = asked.stdout.decode("utf-8", "replace")
    return _only_document(validate_paths([path], unsaved={path.resolve(): text}), path, text)


def _only_document(loaded: Loaded, path: Path, text: str) -> "Workflow | Versioned":
    """What the file holds; of an overlay, what it makes with its base."""
    name = shown(path.name)
    if loaded.errors:
        raise DefinitionError(Bilingual(f"{name} 有错误", f"{name} has errors"), loaded.errors)
    from salespm_flow.definition.build.header import read_header
    from salespm_flow.definition.source import parse

    composed = next((loaded.compositions[file] for file in loaded.paths if file in loaded.compositions), None)
    root = parse(text, path.name).root if composed is None else composed.root
    header = None if root is None else read_header(root)
    if header is not None and header.id in getattr(loaded.library, GROUPS.get(header.kind, ""), {}):
        workflow = loaded.library.workflows.get(header.id) if header.kind == "workflow" else None
        return workflow or _version(header.kind, header.id, loaded.library, header.version)
    raise InputError(Bilingual(f"{name} 不是可比较的定义", f"{name} is no definition that can be compared"), FORMS)


def _version(kind: str, id_: str, library: Library, version: int = 0) -> "Versioned":
    from salespm_flow.definition.build import DocumentKind
    from salespm_flow.evolve.documents import Versioned

    document = getattr(library, GROUPS[kind])[id_]
    number = version or getattr(document, "version", 1)
    return Versioned(kind=DocumentKind(kind), id=id_, version=number, document=document, library=library)
