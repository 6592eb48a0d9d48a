"""What a migration would meet in a live store: how many projects stand where, what would not fit or be lost."""

from collections import Counter
from collections.abc import Iterator, Mapping

from salespm_flow.engine.places import active_paths
from salespm_flow.engine.running.runner import Runner
from salespm_flow.evolve.comparison import Comparison
from salespm_flow.evolve.migrating import Job, Migrating, Tally
from salespm_flow.evolve.narrowing import Narrowed, Narrowing
from salespm_flow.evolve.registers import is_known
from salespm_flow.model.project import ApprovalRequest, Project
from salespm_flow.nouns import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphans:
    """What has no counterpart in the newer version, each with how many projects have it running or open."""

    clocks: Mapping[str, int]
    approvals: Mapping[str, int]
    links: Mapping[str, int]
    risks: Mapping[str, int]
    fields: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The differences, how many projects stand in each older state (by path), what is lost, and a dry run.

    `narrowed` are moves that projects have now and would be refused.
    """

    comparison: Comparison
    states: Mapping[str, int]
    orphans: Orphans
    narrowed: tuple[Narrowed, ...]
    tally: Tally


def plan(runner: Runner, comparison: Comparison, job: Job) -> Plan:
    """The plan of the job over all running projects of its older version; nothing is written.

    Raises:
        InputError: the migration does not fit the versions.
    """
    states: Counter[str] = Counter()
    clocks: Counter[str] = Counter()
    approvals: Counter[str] = Counter()
    links: Counter[str] = Counter()
    risks: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    gone = {link for link in comparison.versions.old.links if link not in comparison.versions.new.links}
    rules = {f"{one.model.id}.{rule}" for one in job.target.risks for rule in one.model.rules}
    for project in runner.store.projects(workflow=job.migration.workflow, is_open=True):
        if project.pin.version != job.from_version or project.pin.digest == job.target.pin.digest:
            continue
        states.update(project.leaves)
        clocks.update(_lost_clocks(project, comparison))
        approvals.update(f"{one.transition}.{one.approval}" for one in _lost_approvals(project, job))
        risks.update(one.rule for one in project.risks.values() if one.is_standing and _is_lost(one.rule, rules))
        fields.update(name for name in project.fields if name in comparison.versions.fields.removed)
        if gone:
            children = runner.store.children(project.id)
            links.update(link for link in gone if any(child.is_open for child in children.get(link, ())))
    narrowing = Narrowing(runner, comparison, job.target, job.now)
    tally = Migrating(runner, job, is_dry=True, heard=narrowing.heard).run()
    return Plan(
        comparison=comparison,
        states={path: states[path] for path in comparison.versions.old.states if states[path]},
        orphans=Orphans(clocks=clocks, approvals=approvals, links=links, risks=risks, fields=fields),
        narrowed=narrowing.narrowed,
        tally=tally,
    )


def _is_lost(rule: str, rules: set[str]) -> bool:
    """Whether a risk was found by a rule that is gone; what a person or an action found is nobody's rule."""
    return ":" not in rule and "." in rule and rule not in rules


def _lost_clocks(project: Project, comparison: Comparison) -> Iterator[str]:
    """The clocks of states and timers that the newer version does not have under any name."""
    versions = comparison.versions
    known = {f"timer.{name}" for name in versions.timers.kept}
    for path in versions.states.kept:
        state, now = versions.old.states[path], versions.new.states[versions.states.kept[path]]
        for key in ("warn", "breach"):
            if now.sla is not None and getattr(now.sla, key) is not None:
                known.add(f"sla.{key}.{state.name}")
    active = frozenset(active_paths(project.leaves))
    for clock in project.clocks.values():
        is_of_state = clock.id.startswith(("sla.", "timer."))
        if is_of_state and clock.id not in known and clock.state in active:
            yield clock.id


def _lost_approvals(project: Project, job: Job) -> Iterator[ApprovalRequest]:
    renamed = job.migration.transitions
    yield from (one for one in project.approvals.values() if one.is_live and not is_known(one, job.target, renamed))
