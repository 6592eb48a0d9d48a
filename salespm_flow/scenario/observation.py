"""What can be seen of a project after a step, by the names that expectations use. Changes nothing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from salespm_flow.engine.context import Names, View, scope_over
from salespm_flow.engine.draft import draft_of
from salespm_flow.engine.limits import TIMER
from salespm_flow.expr.values import Reference, Value
from salespm_flow.model.actions import Action
from salespm_flow.model.decision import Actor, Reason
from salespm_flow.model.history import Doing, Entry, Moved, Noted
from salespm_flow.model.project import Project
from salespm_flow.model.scenarios import Status
from salespm_flow.model.statuses import ApprovalStatus, RiskStatus
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Claim
from salespm_flow.scenario.stage import Stage

_SLA: Final = "sla."


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A project after a step: what came of it, what it said and what it did. `entries` are those of the step."""

    stage: Stage
    project: Project
    status: Status
    actor: Actor
    reasons: tuple[Reason, ...] = ()
    entries: tuple[Entry, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def workflow(self) -> Workflow:
        """The definition of the project."""
        return self.stage.compiled_for(self.project).workflow

    def states(self) -> tuple[str, ...]:
        """The active states without those around them."""
        return tuple(self.workflow.states[leaf].name for leaf in self.project.leaves)

    def refused(self) -> tuple[str, ...]:
        """The ids of every reason."""
        return tuple(dict.fromkeys(reason.id for reason in self.reasons))

    def waiting(self) -> tuple[str, ...]:
        """The approvals that are asked for and not decided."""
        pending = (one for one in self.project.approvals.values() if one.status is ApprovalStatus.PENDING)
        return tuple(one.approval for one in pending)

    def effects(self) -> tuple[str, ...]:
        """The actions that were done and the tasks that were made, in order."""
        return tuple(name for entry in self.entries for name in _effects_of(entry, self.workflow))

    def fired(self) -> tuple[str, ...]:
        """The timers and time limits that fired."""
        timed = (entry for entry in self.entries if entry.doing is Doing.TIMER and not _is_refused(entry))
        names = (entry.name.removeprefix(TIMER) for entry in timed if entry.name.startswith((TIMER, _SLA)))
        return tuple(names)

    def risks(self) -> tuple[str, ...]:
        """The rules and actions whose risks are open."""
        return tuple(dict.fromkeys(one.rule for one in self.project.risks.values() if one.status is RiskStatus.OPEN))

    def limit(self, state: str) -> str:
        """How far the time limit of the state's latest stay has come: ok, warn or breach."""
        reached = "ok"
        for entry in self.stage.entries_of(self.project.id):
            for change in entry.changes:
                if isinstance(change, Moved) and any(self.workflow.states[p].name == state for p in change.entered):
                    reached = "ok"
                elif isinstance(change, Noted) and change.topic.startswith(_SLA) and change.name == state:
                    reached = change.topic.removeprefix(_SLA)
        return reached

    def view(self) -> View:
        """What the project's expressions see now."""
        snapshot, compiled = self.stage.runner.snapshot(self.project.id)
        now = max(self.stage.now, self.project.updated_at)
        draft = draft_of(self.project, now)
        return View(compiled=compiled, draft=draft, snapshot=snapshot, actor=self.actor, now=now)

    def value(self, name: str) -> Value:
        """The value of a field, computed ones included; of a reference its key."""
        value = Names(self.view())[name]
        return value.key if isinstance(value, Reference) else value

    def worst_risk(self) -> Mapping[str, Value]:
        """The score and level of the worst risk."""
        risk = Names(self.view())["risk"]
        return risk if isinstance(risk, Mapping) else {}

    def holds(self, test: Claim) -> Value:
        """What the expression says of the project."""
        view = self.view()
        return test.run(scope_over(Names(view), view))

    def read_by(self, test: Claim) -> Iterator[tuple[str, Value]]:
        """The values behind an expression, by dotted name."""
        names = Names(self.view())
        for path in sorted(test.reads):
            value: Value = names[path[0]]
            for part in path[1:]:
                row = value.row if isinstance(value, Reference) else value
                value = row.get(part) if isinstance(row, Mapping) else None
            if not isinstance(value, Mapping):
                yield ".".join(path), value.key if isinstance(value, Reference) else value


def _is_refused(entry: Entry) -> bool:
    return any(isinstance(change, Noted) and change.topic == "refused" for change in entry.changes)


def _effects_of(entry: Entry, workflow: Workflow) -> Iterator[str]:
    """All actions of what happened have been done: one that cannot be refuses the whole decision."""
    if entry.doing is Doing.TIMER and entry.name.startswith(TIMER) and not _is_refused(entry):
        yield from _ids(workflow.timers[entry.name.removeprefix(TIMER)].do)
    for change in entry.changes:
        if not isinstance(change, Moved):
            continue
        for path in change.exited:
            yield from _ids(workflow.states[path].exit.do)
        for name in change.transitions:
            yield from _ids(workflow.transitions[name].gate.do)
        for path in change.entered:
            yield from _ids(workflow.states[path].entry.do)
            yield from (task.id for task in workflow.states[path].tasks)


def _ids(actions: Iterable[Action]) -> Iterator[str]:
    return (action.id for action in actions)
