"""Puts drafts together into one library: newest versions, tables, checks against each other."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import TypeVar

from salespm_flow.definition.build import Built, Document
from salespm_flow.definition.check import check_document
from salespm_flow.definition.drafts import Draft
from salespm_flow.definition.echoes import without_echoes
from salespm_flow.definition.findings import error, shown
from salespm_flow.definition.inherited import pointed
from salespm_flow.definition.overlays import with_overlays
from salespm_flow.definition.world import World
from salespm_flow.diagnostics import Bilingual, Diagnostic, Severity, in_source_order
from salespm_flow.model.fields import RefTo
from salespm_flow.model.goals import GoalSet
from salespm_flow.model.library import ImportMapping, Library, Reference, Workspace
from salespm_flow.model.migration import Migration
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.rules import KpiSet, RiskModel, Scorecard
from salespm_flow.model.scenarios import Scenarios
from salespm_flow.model.tables import DecisionTable, called_tables
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.working_time import Calendar

Identity = tuple[str, str]
Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The library of all sound documents, every finding in source order, and the texts they stand in by file.

    `drafts` are the given ones, overlays composed.
    """

    library: Library
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, str]
    drafts: tuple[Draft, ...]


def collect(drafts: Sequence[Draft], workspace: Workspace, zone: tzinfo) -> Collected:
    """The library that the drafts make together; a document with errors, or that needs one, is left out of it."""
    composed = with_overlays(drafts, zone)
    newest, doubled = _newest(composed)
    texts = {draft.file: draft.text for draft in composed if draft.text is not None}
    documents: dict[Identity, Document] = {}
    tables: list[Diagnostic] = []
    unusable = {draft.claim for draft in composed if draft.claim is not None and not draft.is_whole}
    for identity, draft in newest.items():
        document, found, more = _with_rows(draft, zone)
        documents[identity] = document
        tables += found
        texts |= more
        if found:
            unusable.add(identity)
    poisoned = {
        name
        for draft in composed
        if draft.built is not None and isinstance(draft.built.document, KpiSet | Workflow | Reference)
        for name in draft.built.poisoned
    }
    poisoned |= {id_ for kind, id_ in unusable if kind == "decision_table"}
    whole = _library(documents, workspace)
    world = World(library=whole, unusable=frozenset(unusable), poisoned=frozenset(poisoned))
    checked = [found for draft in composed if draft.composition is None for found in _check(draft, world)]
    told = {*checked, *(found for draft in composed for found in draft.diagnostics)}
    # What a base has anyway is told there, and makes what stands on it unusable too.
    wholes = {id(draft): _check(draft, world) for draft in composed if draft.composition is not None}
    unusable |= {identity for identity, draft in newest.items() if _has_error(wholes.get(id(draft), ()))}
    checked += [found for draft in composed for found in _brought_about(draft, wholes.get(id(draft), ()), told)]
    files = {found.span.file for found in checked if found.severity is Severity.ERROR}
    unusable |= {identity for identity, draft in newest.items() if draft.file in files}
    sound = _sound(documents, frozenset(unusable))
    every = (*(found for draft in composed for found in draft.diagnostics), *doubled, *tables, *checked)
    return Collected(
        library=_library(sound, workspace),
        diagnostics=in_source_order(without_echoes(every, texts)),
        texts=texts,
        drafts=composed,
    )


def _check(draft: Draft, world: World) -> tuple[Diagnostic, ...]:
    return () if draft.built is None else check_document(draft.built, world)


def _brought_about(draft: Draft, found: Iterable[Diagnostic], told: Collection[Diagnostic]) -> tuple[Diagnostic, ...]:
    """What the overlay brings about, at its own lines."""
    if draft.composition is None:
        return ()
    return tuple(pointed(draft.composition, (one for one in found if one not in told)))


def _has_error(findings: Iterable[Diagnostic]) -> bool:
    return any(found.severity is Severity.ERROR for found in findings)


def _newest(drafts: Sequence[Draft]) -> tuple[Mapping[Identity, Draft], tuple[Diagnostic, ...]]:
    """The draft of the highest version of each document; the same version in two files is an error in the second."""
    newest: dict[Identity, Draft] = {}
    versions: dict[tuple[str, str, int], Draft] = {}
    doubled: list[Diagnostic] = []
    for draft in drafts:
        if draft.built is None:
            continue
        source = draft.built.source
        first = versions.setdefault((source.kind, source.id, source.version), draft)
        if first is not draft:
            doubled.append(_double(draft.built, first))
            continue
        present = newest.get((source.kind, source.id))
        if present is None or present.built is None or present.built.source.version < source.version:
            newest[source.kind, source.id] = draft
    return newest, tuple(doubled)


def _double(built: Built, first: Draft) -> Diagnostic:
    source = built.source
    message = Bilingual(
        f"{source.kind} {shown(source.id)} 的版本 {source.version} 已在 {shown(first.file)} 中",
        f"Version {source.version} of the {source.kind} {shown(source.id)} already stands in {shown(first.file)}",
    )
    return error(
        "SF348", built.header_place, message, Bilingual("请提高 version 或改 id", "raise its version or rename it")
    )


def _with_rows(draft: Draft, zone: tzinfo) -> tuple[Document, tuple[Diagnostic, ...], Mapping[str, str]]:
    """The document, a reference with its rows."""
    built = draft.built
    if built is None:
        raise ValueError("only built drafts are collected")
    if not isinstance(built.document, Reference) or built.table is None or not draft.is_whole:
        return built.document, (), {}
    # Reading tables takes a fifth of the time that validating a small file takes, and most files have none.
    from salespm_flow.definition.tables import TableSource, read_table  # noqa: PLC0415 -- as just said

    file = table_of(draft) or ""
    source = TableSource(
        path=draft.path.parent / built.table.path, file=file, said_at=built.table.span, aliases=built.table.aliases
    )
    table = read_table(built.document, source, zone)
    texts = {} if table.text is None else {file: table.text}
    return replace(built.document, rows=table.rows, keys=table.keys), table.diagnostics, texts


def table_of(draft: Draft) -> str | None:
    """The file of the rows of a reference, as findings show it; None where there is none."""
    if draft.built is None or draft.built.table is None:
        return None
    return (Path(draft.file).parent / draft.built.table.path).as_posix()


def _library(documents: Mapping[Identity, Document], workspace: Workspace) -> Library:
    return Library(
        workspace=workspace,
        workflows=_of(documents, Workflow),
        organisations=_of(documents, Organisation),
        calendars=_of(documents, Calendar),
        risk_models=_of(documents, RiskModel),
        kpi_sets=_of(documents, KpiSet),
        scorecards=_of(documents, Scorecard),
        goal_sets=_of(documents, GoalSet),
        references=_of(documents, Reference),
        decision_tables=_of(documents, DecisionTable),
        mappings=_of(documents, ImportMapping),
        migrations=_of(documents, Migration),
        scenarios=_of(documents, Scenarios),
    )


def _of(documents: Mapping[Identity, Document], kind: type[Kind]) -> Mapping[str, Kind]:
    return {id_: document for (_, id_), document in documents.items() if isinstance(document, kind)}


def _sound(documents: Mapping[Identity, Document], unusable: frozenset[Identity]) -> Mapping[Identity, Document]:
    """The documents that neither are unusable nor need one that is: nothing runs without its risk model."""
    bad = set(unusable)
    while True:
        more = {
            identity
            for identity, document in documents.items()
            if identity not in bad and not bad.isdisjoint(_needs(document))
        }
        if not more:
            return {identity: document for identity, document in documents.items() if identity not in bad}
        bad |= more


def _needs(document: Document) -> Iterator[Identity]:
    if isinstance(document, Workflow | RiskModel | KpiSet | DecisionTable):
        yield from (("decision_table", name) for name in called_tables(document, document.source))
    match document:
        case Workflow(uses=uses):
            yield from (("risk_model", name) for name in uses.risks)
            yield from (("goal_set", name) for name in uses.goals)
            if uses.organisation is not None:
                yield ("organisation", uses.organisation)
            if uses.calendar is not None:
                yield ("calendar", uses.calendar)
            for field in document.fields.values():
                if isinstance(field.type, RefTo):
                    yield ("reference", field.type.reference)
        case ImportMapping() | Migration() | Scenarios():
            yield ("workflow", document.workflow)
        case KpiSet():
            yield from (("workflow", kpi.workflow) for kpi in document.kpis.values() if kpi.workflow is not None)
        case _:
            return
