"""Loads all that a workspace defines, and rebuilds what projects are pinned to; the whole story on one page.

The schema library is only asked where a document cannot be read, or where its shape is to be checked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from salespm_flow.definition.build import build, default_workspace
from salespm_flow.definition.collection import Collected, collect, table_of
from salespm_flow.definition.compose import Composition
from salespm_flow.definition.drafts import SETTINGS, Draft, find_files, holds_scenarios, read_draft, real_path
from salespm_flow.definition.elsewhere import with_owners
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.source import parse
from salespm_flow.definition.suggest import suggestion
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, in_source_order
from salespm_flow.errors import PinnedDefinitionError, UnknownNameError
from salespm_flow.model.library import Library, Workspace
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.source import Source
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.nouns import dataclass

# The wheel carries the folder inside the package; in a checkout it lies beside it.
_PACKAGE = Path(__file__).resolve().parent.parent
_SHIPPED = (_PACKAGE / "_shipped" / "workflows", _PACKAGE.parent / "workflows")

# Where another document might give what is missing: names, enum values, states, tables.
_LOOKED_FOR: Final = frozenset({"SF202", "SF204", "SF211", "SF212"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a workspace defines. The library holds the documents without errors; findings are in source order.

    `texts` are the files that findings may show, by the name that spans give; `paths` are the files that were to be
    judged, by the same names; `compositions` are what overlays among all files make, by the overlay's file. `tables`
    are the files of rows that references name, whether they are there or not.
    """

    library: Library
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    paths: Mapping[str, Path]
    compositions: Mapping[str, Composition] = field(default_factory=lambda: MappingProxyType({}))
    tables: tuple[Path, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The findings that stop a definition from running."""
        return tuple(found for found in self.diagnostics if found.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A document's own text, for an overlay the whole that it makes with its base; None where findings forbid it."""

    source: Source | None
    loaded: Loaded


def shipped_definitions() -> Path:
    """The folder of the definitions that come with the program."""
    return next((folder for folder in _SHIPPED if folder.is_dir()), _SHIPPED[0])


def find_workspace(start: Path) -> Path | None:
    """The nearest folder from `start` upwards that holds `salespm.yaml`, None where there is none."""
    here = real_path(start)
    return next((folder for folder in (here, *here.parents) if (folder / SETTINGS).is_file()), None)


def load(
    root: Path | str | None = None,
    *,
    shipped: Path | None = None,
    check_shape: bool = False,
    with_scenarios: bool = False,
    unsaved: Mapping[Path, str] | None = None,
) -> Loaded:
    """Everything that the workspace at `root` defines; without a workspace file the shipped definitions.

    `check_shape` holds every document against its schema, also where it could be read without. Files of scenarios,
    which nothing runs on, are read where shapes are checked or `with_scenarios`. `unsaved` are texts that stand in
    place of what is in the files, by resolved path.
    """
    root = None if root is None else Path(root)
    with_scenarios = with_scenarios or check_shape
    reading = _Reading(shipped=shipped, with_shape=check_shape, with_scenarios=with_scenarios, unsaved=unsaved)
    workspace, settings = _read_settings(root, reading)
    drafts, missing = _read_folders(workspace, settings, reading)
    every = (*settings, *drafts)
    collected = collect(every, workspace, zone_named(workspace.timezone))
    return Loaded(
        library=collected.library,
        diagnostics=with_owners(
            in_source_order((*missing, *collected.diagnostics)), collected.texts, collected.library
        ),
        texts=collected.texts,
        paths=_paths(every),
        compositions=_compositions(collected),
        tables=_tables(every),
    )


def read_settings(root: Path | None) -> Workspace:
    """The settings of the workspace at `root` without its definitions; the defaults where they cannot be read."""
    workspace, _ = _read_settings(root, _Reading())
    return workspace


def validate_paths(
    paths: Iterable[Path], *, shipped: Path | None = None, unsaved: Mapping[Path, str] | None = None
) -> Loaded:
    """The findings of the given files and folders; what they refer to is looked up in the workspace around them."""
    given = tuple(paths)
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in given)
    root = next((found for folder in folders if (found := find_workspace(folder))), None)
    reading = _Reading(shipped=shipped, with_shape=True, unsaved=unsaved)
    workspace, settings = _read_settings(root, reading)
    zone = zone_named(workspace.timezone)
    files = [file for path in given for file in _files_of(path)]
    wanted = tuple(read_draft(file, file.as_posix(), zone, with_shape=True, unsaved=unsaved) for file in files)
    alone = collect(wanted, workspace, zone)
    is_settled = all(_stands_alone(draft) for draft in wanted) and all(
        _is_textual(found) for found in alone.diagnostics
    )
    # The roles of a workflow are judged by the organisation, which the settings may name.
    if is_settled and workspace.organisation is None:
        return _speaking_of(wanted, alone)
    around, _ = _read_folders(workspace, settings, replace(reading, with_shape=False))
    collected = collect((*wanted, *_others((*settings, *around), wanted)), workspace, zone)
    return _speaking_of(wanted, collected)


def compose_definition(named: str, root: Path | None = None, *, shipped: Path | None = None) -> Composed:
    """The text that a definition file, or the newest document of an id in the workspace at `root`, stands for.

    Raises:
        UnknownNameError: There is neither a file nor a document of that name.
    """
    path = Path(named)
    is_file = path.is_file()
    reading = _Reading(shipped=shipped, with_shape=True)
    workspace, settings = _read_settings((find_workspace(path.parent) or root) if is_file else root, reading)
    zone = zone_named(workspace.timezone)
    around, _ = _read_folders(workspace, settings, replace(reading, with_shape=False))
    wanted = (read_draft(path, path.as_posix(), zone, with_shape=True),) if is_file else ()
    collected = collect((*wanted, *_others(around, wanted)), workspace, zone)
    claims = {draft.claim[1]: draft for draft in sorted(collected.drafts, key=_version) if draft.claim is not None}
    meant = collected.drafts[0] if is_file else claims.get(named)
    if meant is None:
        raise UnknownNameError(
            Bilingual(f"没有文件或文档 {shown(named)}", f"There is no file or document {shown(named)}"),
            suggestion(named, claims),
        )
    told = _speaking_of((meant,), collected)
    return Composed(source=None if meant.built is None or told.errors else meant.built.source, loaded=told)


def _version(draft: Draft) -> int:
    return 0 if draft.built is None else draft.built.source.version


def _paths(drafts: Iterable[Draft]) -> Mapping[str, Path]:
    return {draft.file: draft.path for draft in drafts}


def _speaking_of(drafts: Iterable[Draft], collected: Collected) -> Loaded:
    """What was collected, with the findings about some files, their tables, and what stands in none."""
    drafts = tuple(drafts)
    files = _paths(drafts)
    spoken = {*files, *(table for draft in drafts if (table := table_of(draft)) is not None)}
    return Loaded(
        library=collected.library,
        diagnostics=with_owners(
            (
                found
                for found in collected.diagnostics
                if found.span.file in spoken or found.span.file not in collected.texts
            ),
            collected.texts,
            collected.library,
        ),
        texts=collected.texts,
        paths=files,
        compositions=_compositions(collected),
        tables=_tables(drafts),
    )


def _tables(drafts: Iterable[Draft]) -> tuple[Path, ...]:
    built = ((draft.path, draft.built) for draft in drafts if draft.built is not None)
    return tuple(path.parent / one.table.path for path, one in built if one.table is not None)


def _compositions(collected: Collected) -> Mapping[str, Composition]:
    return {draft.file: draft.composition for draft in collected.drafts if draft.composition is not None}


def _files_of(path: Path) -> Iterator[Path]:
    """The file itself, or all definitions in a folder with the settings where it has some."""
    if not path.is_dir():
        yield path
        return
    if (path / SETTINGS).is_file():
        yield path / SETTINGS
    yield from find_files(path)


def _stands_alone(draft: Draft) -> bool:
    """Whether a document is judged the same wherever it stands; rules are judged by the workflows they serve."""
    if draft.built is None:
        return draft.claim is None or draft.claim[0] != "overlay"
    return draft.claim is not None and draft.claim[0] in {"workflow", "organisation", "calendar", "reference"}


def _is_textual(found: Diagnostic) -> bool:
    """Whether the finding is about a text or its types alone: a name that was not found is told beside it."""
    return found.code.startswith(("SF1", "SF2")) and found.code not in _LOOKED_FOR


def _others(around: Iterable[Draft], wanted: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts of the workspace that are neither the wanted files nor other versions of their documents."""
    claims = {draft.claim for draft in wanted if draft.claim is not None}
    paths = {real_path(draft.path) for draft in wanted}
    return tuple(draft for draft in around if real_path(draft.path) not in paths and draft.claim not in claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """What a project runs on, as it was when it began."""

    workflow: Workflow
    models: tuple[RiskModel, ...]
    tables: tuple[DecisionTable, ...]


def read_pinned(sources: Sequence[Source], library: Library) -> Pinned:
    """The workflow, risk models and decision tables that stored texts write; references and calendars stay live.

    The texts were checked when they were stored, so neither schema nor types are checked again.

    Raises:
        PinnedDefinitionError: A text cannot be built any more.
    """
    zone = zone_named(library.workspace.timezone)
    workflow: Workflow | None = None
    models: list[RiskModel] = []
    tables: list[DecisionTable] = []
    for source in sources:
        root = parse(source.text, source.path).root
        built = None if root is None else build(root, source, zone)
        if built is None or not built.is_whole:
            raise _lost(source)
        match built.document:
            case Workflow() as found:
                workflow = found
            case RiskModel() as model:
                models.append(model)
            case DecisionTable() as table:
                tables.append(table)
            case _:
                raise _lost(source)
    if workflow is None:
        raise PinnedDefinitionError(
            Bilingual("存储中没有流程的定义", "The store holds no workflow text for this project")
        )
    return Pinned(workflow=workflow, models=tuple(models), tables=tuple(tables))


def _lost(source: Source) -> PinnedDefinitionError:
    return PinnedDefinitionError(
        Bilingual(
            f"存储的 {source.kind} {shown(source.id)} 版本 {source.version} 已无法读取",
            f"The stored text of version {source.version} of the {source.kind} {shown(source.id)} cannot be read",
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """How files are read: over which shipped definitions, whether against their schemas, in place of which texts."""

    shipped: Path | None = None
    with_shape: bool = False
    with_scenarios: bool = False
    unsaved: Mapping[Path, str] | None = None


def _read_settings(root: Path | None, reading: _Reading) -> tuple[Workspace, tuple[Draft, ...]]:
    """The settings with the file they stand in; the defaults over the shipped definitions where there is no file."""
    folder = str(root) if root is not None else "."
    if root is None or not (root / SETTINGS).is_file():
        return default_workspace(folder, (str(reading.shipped or shipped_definitions()),)), ()
    zone = zone_named("UTC")
    draft = read_draft(root / SETTINGS, SETTINGS, zone, with_shape=reading.with_shape, unsaved=reading.unsaved)
    document = None if draft.built is None else draft.built.document
    if not isinstance(document, Workspace):
        # Which definitions are meant is unknown, so none are judged.
        return default_workspace(folder, ()), (draft,)
    return replace(document, root=folder), (draft,)


def _read_folders(
    workspace: Workspace, settings: tuple[Draft, ...], reading: _Reading
) -> tuple[tuple[Draft, ...], tuple[Diagnostic, ...]]:
    root, zone = Path(workspace.root), zone_named(workspace.timezone)
    drafts: dict[Path, Draft] = {}
    missing: list[Diagnostic] = []
    for name in workspace.definitions:
        folder = root / name
        if not folder.is_dir():
            missing += _missing_folder(name, settings)
            continue
        for path in find_files(folder):
            if path not in drafts and (reading.with_scenarios or not holds_scenarios(path)):
                shown_path = _shown_path(path, root, folder)
                drafts[path] = read_draft(
                    path, shown_path, zone, with_shape=reading.with_shape, unsaved=reading.unsaved
                )
    return tuple(drafts.values()), tuple(missing)


def _shown_path(path: Path, root: Path, folder: Path) -> str:
    """The path as findings show it: from the workspace's folder, so that it is the same on every machine."""
    base = root if path.is_relative_to(root) else folder.parent
    return path.relative_to(base).as_posix()


def _missing_folder(name: str, settings: tuple[Draft, ...]) -> Iterable[Diagnostic]:
    for draft in settings:
        if draft.built is not None:
            place = draft.built.places.get(f"definitions.{name}")
            message = Bilingual(f"没有定义文件夹 {shown(name)}", f"There is no definitions folder {shown(name)}")
            yield error("SF349", draft.built.header_place if place is None else place.span, message)
