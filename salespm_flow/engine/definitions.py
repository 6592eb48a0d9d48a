"""Which compiled definition a project runs on: the newest for a new one, the pinned texts for a running one."""

from hashlib import sha256

from salespm_flow.definition.workspace import read_pinned
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.compiled import Compiled, compile_workflow
from salespm_flow.engine.ports import Store
from salespm_flow.errors import LiveDefinitionError, PinnedDefinitionError, UnknownNameError
from salespm_flow.model.library import Library
from salespm_flow.model.project import Pin
from salespm_flow.model.rules import RiskModel
from salespm_flow.model.tables import DecisionTable, called_tables, tables_behind
from salespm_flow.model.workflow import Workflow
from salespm_flow.model.zones import zone_named
from salespm_flow.suggest import nearest_names
from salespm_flow.working_time import plain_calendar


class Definitions:
    """Compiled definitions by pin, each made once; the texts of a pin are in the store before a project uses it."""

    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self.library = library
        self._newest: dict[str, Compiled] = {}
        self._by_digest: dict[str, Compiled] = {}
        self._kept: set[str] = set()

    def adopt(self, compiled: Compiled) -> None:
        """The compiled definition stands for its workflow and its pin, so that it is not made again."""
        self._newest[compiled.pin.workflow] = compiled
        self._by_digest[compiled.pin.digest] = compiled

    def newest(self, workflow: str) -> Compiled:
        """The workflow as the workspace defines it now.

        Raises:
            UnknownNameError: the workspace has no such workflow.
        """
        found = self._newest.get(workflow)
        if found is None:
            defined = self.library.workflows.get(workflow)
            if defined is None:
                raise _unknown(workflow, self.library)
            found = self._compile(*_parts(defined, self.library))
            self._newest[workflow] = found
        return found

    def openable(self, workflow: str, *, is_draft: bool = False) -> Compiled:
        """The newest definition, on which a new project may stand; nothing is written.

        Raises:
            UnknownNameError: the workspace has no such workflow.
            PinnedDefinitionError: projects of the same version run on other texts, and this is no draft.
        """
        compiled = self.newest(workflow)
        pin = compiled.pin
        if pin.digest not in self._kept and not is_draft:
            known = self._store.digests(pin.workflow, pin.version)
            if known and pin.digest not in known:
                raise _changed(compiled)
        return compiled

    def keep(self, compiled: Compiled) -> None:
        """The texts of the definition are in the store, as they must be before a project stands on it."""
        if compiled.pin.digest not in self._kept:
            self._store.keep_definitions(compiled.pin, compiled.sources)
            self._kept.add(compiled.pin.digest)

    def pinned(self, pin: Pin) -> Compiled:
        """The definition that a running project is pinned to.

        Raises:
            PinnedDefinitionError: the store does not hold the texts, or they cannot be read any more.
        """
        found = self._by_digest.get(pin.digest)
        if found is not None:
            return found
        if pin.workflow in self.library.workflows and (newest := self.newest(pin.workflow)).pin.digest == pin.digest:
            return newest
        sources = self._store.definitions(pin.digest)
        if not sources:
            raise _lost(pin)
        pinned = read_pinned(sources, self.library)
        return self._compile(pinned.workflow, pinned.models, pinned.tables)

    def pin_of(self, workflow: str, version: int) -> Pin | None:
        """The newest texts of that version that the store keeps; None where it keeps none."""
        kept = [pin for pin in self._store.pins(workflow) if pin.version == version]
        return kept[-1] if kept else None

    def _compile(
        self, workflow: Workflow, models: tuple[RiskModel, ...], tables: tuple[DecisionTable, ...]
    ) -> Compiled:
        digest = _digest(workflow, models, tables)
        found = self._by_digest.get(digest)
        if found is None:
            found = _compiled(self.library, workflow, models, tables=tables)
            self._by_digest[digest] = found
        return found


def compile_newest(workflow: Workflow, library: Library) -> Compiled:
    """A workflow of the library ready to run, apart from any store."""
    defined, models, tables = _parts(workflow, library)
    return _compiled(library, defined, models, tables=tables)


def _parts(workflow: Workflow, library: Library) -> tuple[Workflow, tuple[RiskModel, ...], tuple[DecisionTable, ...]]:
    """The workflow with its risk models and the decision tables that they call, with those called in turn."""
    models = tuple(library.risk_models[name] for name in workflow.uses.risks)
    documents: tuple[Workflow | RiskModel, ...] = (workflow, *models)
    called = (name for document in documents for name in called_tables(document, document.source))
    return workflow, models, tables_behind(tuple(called), library.decision_tables)


def _digest(workflow: Workflow, models: tuple[RiskModel, ...], tables: tuple[DecisionTable, ...]) -> str:
    documents: tuple[Workflow | RiskModel | DecisionTable, ...] = (workflow, *models, *tables)
    return sha256("\n".join(document.source.digest for document in documents).encode()).hexdigest()


def _compiled(
    library: Library, workflow: Workflow, models: tuple[RiskModel, ...], *, tables: tuple[DecisionTable, ...]
) -> Compiled:
    zone = zone_named(library.workspace.timezone)
    name = workflow.uses.calendar or library.workspace.calendar
    calendar = None if name is None else library.calendars.get(name)
    pin = Pin(workflow=workflow.id, version=workflow.version, digest=_digest(workflow, models, tables))
    return compile_workflow(
        workflow,
        models,
        library,
        pin=pin,
        calendar=calendar or plain_calendar(zone),
        zone=zone,
        tables=tables,
    )


def _unknown(workflow: str, library: Library) -> UnknownNameError:
    close = nearest_names(workflow, library.workflows) or sorted(library.workflows)
    return UnknownNameError(
        Bilingual(f"没有流程“{workflow}”", f'there is no workflow "{workflow}"'),
        Bilingual(f"可用的流程：{'、'.join(close)}", f"available: {', '.join(close)}"),
    )


def _changed(compiled: Compiled) -> PinnedDefinitionError:
    name, version = compiled.pin.workflow, compiled.pin.version
    return PinnedDefinitionError(
        Bilingual(
            f"流程 {name} 第 {version} 版已有项目在运行，但它（或所用的风险模型、决策表）的内容已经改变",
            f"projects already run on version {version} of {name}, but its text has changed, "
            "or that of a risk model or decision table it uses",
        ),
        Bilingual("请提高 version，或用 --draft 试用", "raise its version, or try it with --draft"),
    )


def _lost(pin: Pin) -> PinnedDefinitionError:
    return PinnedDefinitionError(
        Bilingual(
            f"存储中没有流程 {pin.workflow} 第 {pin.version} 版的定义（{pin.digest[:12]}）",
            f"the store does not hold the definition of {pin.workflow} version {pin.version} ({pin.digest[:12]})",
        ),
        Bilingual("请用 verify 检查存储", "check the store with verify"),
    )


def require_live(compiled: Compiled) -> None:
    """All live documents that the definition stands on are there.

    Raises:
        LiveDefinitionError: one cannot be loaded; going on would mean other people, days or rows than it names.
    """
    if not compiled.missing:
        return
    names = ", ".join(compiled.missing)
    workflow = compiled.workflow.id
    raise LiveDefinitionError(
        Bilingual(
            f"流程 {workflow} 所用的组织、日历或参照表无法加载：{names}；没有写入",
            f"an organisation, calendar or reference of {workflow} cannot be loaded: {names}; nothing was written",
        ),
        Bilingual("用 validate 查看原因", "see why with validate"),
    )
