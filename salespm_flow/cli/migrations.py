"""Which migration a command means, between which versions. Shared by planning and migrating."""

from dataclasses import replace
from pathlib import Path

from salespm_flow.cli.context import Session
from salespm_flow.cli.lookup import find_workflow
from salespm_flow.cli.revisions import compiled_version
from salespm_flow.definition.findings import shown
from salespm_flow.definition.workspace import validate_paths
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled
from salespm_flow.errors import DefinitionError, InputError
from salespm_flow.evolve.comparison import Comparison, compare_workflows
from salespm_flow.evolve.drafting import drafted
from salespm_flow.evolve.migrating import Job
from salespm_flow.evolve.versions import Known
from salespm_flow.model.migration import Migration
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """A migration with both of its versions; `is_written` says that a document writes it."""

    migration: Migration
    old: Compiled
    new: Compiled
    is_written: bool


def migration_named(session: Session, named: str, from_version: int | None) -> Meant:
    """The migration in a file or of an id; of a workflow, the one that says nothing, to its newest version.

    Raises:
        UnknownNameError, InputError: there is none of that name, or it is not clear from which version.
        DefinitionError: what is named has errors.
    """
    found = _written(session, named)
    if found is None:
        return _unwritten(session, named, from_version)
    if found.from_version == found.to_version:
        raise InputError(
            Bilingual(f"迁移 {shown(found.id)} 的 from 和 to 相同", f"from and to of {shown(found.id)} are the same")
        )
    old = compiled_version(session, found.workflow, found.from_version)
    new = compiled_version(session, found.workflow, found.to_version)
    return Meant(migration=found, old=old, new=new, is_written=True)


def comparison_of(session: Session, meant: Meant) -> Comparison:
    """How the versions differ, with what the migration says of their states and fields."""
    old, new = meant.old.workflow, meant.new.workflow
    paths = {state.name: path for path, state in old.states.items()} | {path: path for path in old.states}
    places = {state.name: path for path, state in new.states.items()} | {path: path for path in new.states}
    states = {
        paths[name]: places[branches[0].to]
        for name, branches in meant.migration.states.items()
        if name in paths and len(branches) == 1 and branches[0].to in places
    }
    migration = meant.migration
    fields = {name: course.to for name, course in migration.fields.items() if course.to is not None}
    known = Known(states=states, fields=fields, transitions=migration.transitions, timers=migration.timers)
    return compare_workflows(old, new, session.library, known)


def job_of(session: Session, meant: Meant, *, comment: str, is_back: bool) -> Job:
    """What is to be done, by whom and when.

    Raises:
        PinnedDefinitionError: projects run on other texts of the same version.
    """
    new = meant.new
    if not is_back and session.library.workflows.get(new.workflow.id) is new.workflow:
        session.runner.definitions.openable(new.workflow.id)
    return Job(
        migration=meant.migration,
        target=meant.old if is_back else new,
        actor=session.actor,
        comment=comment,
        now=session.now,
        is_back=is_back,
    )


def _written(session: Session, named: str) -> Migration | None:
    path = Path(named)
    if path.is_file():
        loaded = validate_paths([path])
        if loaded.errors:
            raise DefinitionError(Bilingual(f"{shown(named)} 有错误", f"{shown(named)} has errors"), loaded.errors)
        found = [one for one in loaded.library.migrations.values() if one.source.path in loaded.paths]
        if not found:
            raise InputError(Bilingual(f"{shown(named)} 不是迁移", f"{shown(named)} is no migration"))
        return found[0]
    return session.library.migrations.get(named)


def _unwritten(session: Session, named: str, from_version: int | None) -> Meant:
    workflow = find_workflow(session, named)
    new = session.runner.definitions.newest(named)
    if from_version is None:
        from_version = _only_older(session, named, workflow.version)
    old = compiled_version(session, named, from_version)
    guessed = drafted(compare_workflows(old.workflow, new.workflow, session.library))
    silent = replace(guessed, states={}, fields={}, transitions={}, timers={}, defaults={})
    return Meant(migration=silent, old=old, new=new, is_written=False)


def _only_older(session: Session, workflow: str, version: int) -> int:
    """The one other version that open projects run on."""
    known = dict.fromkeys(pin.version for pin in session.store.pins(workflow))
    older = [one for one in known if one != version and session.store.digests(workflow, one)]
    if len(older) == 1:
        return older[0]
    if not older:
        raise InputError(
            Bilingual(
                f"流程 {workflow} 没有项目在第 {version} 版以外运行",
                f"no project of {workflow} runs on another version than {version}",
            )
        )
    listed = ", ".join(map(str, older))
    raise InputError(
        Bilingual(f"有项目在多个版本上运行：{listed}", f"projects run on several versions: {listed}"),
        Bilingual("用 --from 指定一个", "name one with --from"),
    )
