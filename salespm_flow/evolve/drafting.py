"""Drafts a migration from a comparison: what can be guessed is filled in, what a designer must decide is asked."""

from collections.abc import Iterator

from salespm_flow.definition.build import DocumentKind, Header
from salespm_flow.definition.emit import emit
from salespm_flow.diagnostics import Bilingual, Language, Span
from salespm_flow.evolve.comparison import Comparison
from salespm_flow.evolve.configuration import counterpart
from salespm_flow.evolve.versions import Versions
from salespm_flow.evolve.words import enum_ids
from salespm_flow.model.migration import Branch, FieldCourse, Migration
from salespm_flow.model.source import Source
from salespm_flow.model.workflow import Workflow

_NOWHERE = Span(file="", line=1, column=1, end_line=1, end_column=1)
_MODELINE = "# yaml-language-server: $schema=../schemas/migration.schema.json"


def drafted(comparison: Comparison) -> Migration:
    """The migration as far as it can be guessed: renamed states and fields, initial parts, removed things as null."""
    versions = comparison.versions
    id_ = f"{versions.new.id}_{versions.old.version}_to_{versions.new.version}"
    source = Source(kind="migration", id=id_, version=1, path="", text="", digest="")
    title = Bilingual(
        f"{versions.new.title.zh}：第 {versions.old.version} 版到第 {versions.new.version} 版",
        f"{versions.new.title.en}: version {versions.old.version} to {versions.new.version}",
    )
    return Migration(
        id=id_,
        version=1,
        title=title,
        source=source,
        workflow=versions.new.id,
        from_version=versions.old.version,
        to_version=versions.new.version,
        states=dict(_states(versions)),
        fields=dict(_fields(versions)),
        transitions=versions.transitions.renamed,
        timers=versions.timers.renamed,
        defaults={},
        span=_NOWHERE,
    )


def draft_text(comparison: Comparison, migration: Migration, language: Language) -> str:
    """The draft as a file, with what is to be decided as comments at its head."""
    header = Header(kind=DocumentKind.MIGRATION, id=migration.id, version=1)
    asked = [f"# {question.of(language)}" for question in questions(comparison)]
    return "\n".join((_MODELINE, *asked, emit(migration, header)))


def questions(comparison: Comparison) -> Iterator[Bilingual]:
    """What only a person can decide."""
    versions = comparison.versions
    for path in versions.states.removed:
        if counterpart(path, versions.new, {}) is None:
            name = versions.old.states[path].name
            zh = f"状态 {name} 的项目去哪里？null 表示留在旧版本"
            yield Bilingual(zh, f"Where do projects in {name} go? With null they stay on the older version")
    for path, parts in _split(versions):
        name, names = versions.old.states[path].name, ", ".join(versions.new.states[part].name for part in parts)
        zh = f"状态 {name} 分成了 {names}：可按条件分流，写成 {{when: 表达式, to: 状态, else: 状态}}"
        yield Bilingual(zh, f"{name} became {names}: split it with {{when: expression, to: state, else: state}}")
    for old, new in versions.fields.kept.items():
        now = enum_ids(versions.new.fields[new].type)
        lost = [one for one in enum_ids(versions.old.fields[old].type) if now and one not in now]
        if lost:
            names = ", ".join(lost)
            zh = f"字段 {old} 不再有取值 {names}：写 values: {{旧值: 新值}}"
            yield Bilingual(zh, f"{old} has no value {names} any more: write values: {{older: newer}}")
    for name in versions.fields.added:
        field = versions.new.fields[name]
        if field.is_required and field.default is None and field.formula is None:
            zh = f"新的必填字段 {name} 填什么？写在 defaults 里"
            yield Bilingual(zh, f"What does the required {name} get? Say it in defaults")


def _states(versions: Versions) -> Iterator[tuple[str, tuple[Branch, ...]]]:
    moved: dict[str, str | None] = {}
    split = dict(_split(versions))
    for path, state in versions.old.states.items():
        wanted = split[path][0] if path in split else versions.states.kept.get(path)
        if path not in split and counterpart(path, versions.new, moved) == wanted and wanted is not None:
            continue
        if wanted is None:
            wanted = counterpart(path, versions.new, moved)
            if wanted is not None:
                continue
        moved[path] = wanted
        to = None if wanted is None else versions.new.states[wanted].name
        yield state.name, (Branch(to=to, span=_NOWHERE),)


def _split(versions: Versions) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each older state without parts that has parts now, the initial one first."""
    for old, new in versions.states.kept.items():
        state = versions.new.states[new]
        if state.children and not versions.old.states[old].children:
            parts = _first_leaf(state.initial or state.children, versions.new)
            yield old, (parts, *(child for child in state.children if child != parts))


def _first_leaf(paths: tuple[str, ...], workflow: Workflow) -> str:
    state = workflow.states[paths[0]]
    return _first_leaf(state.initial or state.children, workflow) if state.children else state.path


def _fields(versions: Versions) -> Iterator[tuple[str, FieldCourse]]:
    for name, field in versions.old.fields.items():
        if field.formula is not None:
            continue
        to = versions.fields.kept.get(name)
        if to is not None and versions.new.fields[to].formula is not None:
            to = None
        if to != name:
            yield name, FieldCourse(field=name, to=to, span=_NOWHERE, values={})
