"""Writes scenarios by itself: few and short ones that take every transition and hold every guard both ways.

Nothing is kept that the engine has not played, and that does not show something that the others do not.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from salespm_flow.definition.cases import suite_of
from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.limits import TIMER
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.expr.parse import parse
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Value, WorkingDays
from salespm_flow.model.cases import Case
from salespm_flow.model.decision import Actor
from salespm_flow.model.expression import Duration, Expression, is_positive
from salespm_flow.model.scenarios import Doing, Scenario, Scenarios
from salespm_flow.model.statuses import ApprovalStatus
from salespm_flow.model.workflow import StateKind, Transition
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.bench import Bench
from salespm_flow.scenario.coverage import Coverage, Item, Kind, Watcher, guards_of
from salespm_flow.scenario.running import run_case
from salespm_flow.scenario.scribe import Scribe, Told, readable
from salespm_flow.scenario.watching import seen_by, watched
from salespm_flow.scenario.ways import Way, ways_of
from salespm_flow.scenario.writing import document_of, scenario_of, text_of
from salespm_flow.solve.domain import domain_of, sample_of
from salespm_flow.solve.world import Goal

_MOST_SLUG: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The file that was written, and what it covers together with what was there before."""

    document: Scenarios
    text: str
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a scenario is for; with an item, it is kept only if it shows just that."""

    id: str
    title: Bilingual
    item: Item | None = None


class Generator:
    """Collects scenarios for one workflow, each of which shows something new."""

    def __init__(self, bench: Bench, case: Case, existing: Sequence[Case] = ()) -> None:
        self.bench = bench
        self.workflow = bench.workflow
        self.case = replace(case, fields={**required_values(bench, case), **case.fields})
        self.watcher = Watcher(workflow=bench.workflow.id)
        self.watched = watched(bench, self.watcher)
        self.scenarios: dict[str, Scenario] = {}
        self.told: set[Told] = set()
        self.ways: dict[str, tuple[Way, ...]] = dict(ways_of(bench.workflow))
        for one in existing:
            run_case(self.watched, one, self.watcher.saw)

    def generate(self) -> Generated:
        """Everything that could be shown is."""
        for name in self.ways:
            if not self.watcher.transitions[name]:
                self._take(name)
        for transition in self.workflow.transitions.values():
            self._refuse_empty(transition)
        for item in self.missed(Kind.GUARDS):
            self._decide(item)
        for item in self.missed(Kind.CRITERIA):
            self._lack(item)
        for item in self.missed(Kind.APPROVALS):
            self._vote(item)
        for path in self.workflow.states:
            self._let_pass(path)
        document = document_of(self.workflow, self.case, self.scenarios.values(), self.bench.tested.zone)
        return Generated(document=document, text=text_of(document), coverage=seen_by(self.watcher, self.bench))

    def missed(self, kind: Kind) -> tuple[Item, ...]:
        """What of that kind was not seen yet."""
        return tuple(item for item in seen_by(self.watcher, self.bench).missed if item.kind is kind)

    # ------------------------------------------------------------------------------------------------ what is shown

    def _take(self, name: str) -> None:
        """The shortest way that the engine lets go, to its last move."""
        title = self.workflow.transitions[name].title
        for way in self.ways[name]:

            def play(scribe: Scribe, way: Way = way) -> bool:
                return scribe.take(way[-1])

            if self._near(Shown(id=name, title=title), way, play):
                return

    def _near(self, shown: Shown, way: Way, play: Callable[[Scribe], bool]) -> bool:
        """Whether it is shown: from the state itself where others have shown how to come there, else from the start."""
        source = way[-1].arrows[0].source
        known = bool(self.watcher.states[source]) and self._is_place(source) and len(way) > 1
        if known and self._played(shown, self._at(source), play):
            return True

        def walk(scribe: Scribe) -> bool:
            return self._go(scribe, way[:-1]) and play(scribe)

        return self._played(shown, self.case, walk)

    def _go(self, scribe: Scribe, way: Way) -> bool:
        return all(scribe.take(move) for move in way)

    def _refuse_empty(self, transition: Transition) -> None:
        """The move is asked for from its state while nothing has been given."""
        source = next((path for path in transition.sources if self._is_place(path)), None)
        trigger = next((event for event in transition.events if "." not in event and "*" not in event), None)
        if source is None or trigger is None:
            return
        title = Bilingual(f"{transition.title.zh}：什么都没有填", f"{transition.title.en}: nothing is given")

        def play(scribe: Scribe) -> bool:
            scribe.do(Doing.ADVANCE, trigger, actor=Actor(id=self.case.owner), comment="")
            return True

        self._played(Shown(id=f"{transition.id}_empty", title=title), self._at(source), play)

    def _decide(self, item: Item) -> None:
        """The guard gives the answer that it has not given yet, where everything else lets the move."""
        owner = item.id.rpartition(".")[0].removesuffix(".entry").removesuffix(".exit")
        guard = next((one for one in guards_of(self.workflow) if one.place == item.place), None)
        goal = None if guard is None else guard.that.node if item.way == "true" else _negated(guard.that)
        words = Bilingual("成立", "holds") if item.way == "true" else Bilingual("不成立", "does not hold")
        if goal is None:
            return
        for name, way in self._ways_through(owner):
            transition = self.workflow.transitions[name]
            move = transition.title
            title = Bilingual(f"{move.zh}：{item.id} {words.zh}", f"{move.en}: {item.id} {words.en}")

            def play(scribe: Scribe, way: Way = way, wanted: Node = goal, asked: Transition = transition) -> bool:
                return self._ask_with(scribe, way, asked, wanted)

            shown = Shown(id=f"{item.id.replace('.', '_')}_{item.way}", title=title, item=item)
            if self._near(shown, way, play):
                return

    def _ask_with(self, scribe: Scribe, way: Way, transition: Transition, goal: Node) -> bool:
        """The last move of the way is asked for once the goal holds and, as far as can be, all else too."""
        event = way[-1].event
        if not event or "." in event:
            return scribe.demand([Goal(goal)]) and scribe.take(way[-1])
        owner = Actor(id=self.case.owner)
        scribe.prepare(event, owner, "见会议纪要" if transition.needs_comment else "")
        if not scribe.demand([Goal(goal)]):
            return False
        scribe.do(Doing.ADVANCE, event, actor=owner, comment="见会议纪要" if transition.needs_comment else "")
        return True

    def _ways_through(self, owner: str) -> Iterator[tuple[str, Way]]:
        """The ways whose last move is the transition, or leaves or enters the state, of that name."""
        paths = {path for path, state in self.workflow.states.items() if state.name == owner}
        for name, ways in self.ways.items():
            transition = self.workflow.transitions[name]
            targets = {target.path for target in transition.to}
            near = paths & ({*transition.sources} | targets)
            inside = any(source.startswith(f"{path}.") for path in paths for source in transition.sources)
            if (name == owner or near or inside) and ways:
                yield name, ways[0]

    def _lack(self, item: Item) -> None:
        """A requirement that was always met is asked for while nothing has been given, by each way out."""
        owner, _, _ = item.id.rpartition(".")
        for name, way in self._ways_through(owner):
            transition = self.workflow.transitions[name]
            title = Bilingual(f"{transition.title.zh}：缺 {item.id}", f"{transition.title.en}: without {item.id}")
            event = way[-1].event

            def play(scribe: Scribe, event: str = event) -> bool:
                scribe.do(Doing.ADVANCE, event, actor=Actor(id=self.case.owner))
                return True

            source = next((path for path in transition.sources if self._is_place(path)), None)
            if source is None or not event or "." in event:
                continue
            shown = Shown(id=f"{name}_without_{item.id.rpartition('.')[2]}", title=title, item=item)
            if self._played(shown, self._at(source), play):
                return

    def _vote(self, item: Item) -> None:
        """The approval is given or refused."""
        name, _, approval = item.id.partition(".")
        transition = self.workflow.transitions[name]
        rule = transition.approvals[approval]
        doing = Doing.APPROVE if item.way == ApprovalStatus.APPROVED.value else Doing.REJECT
        words = Bilingual("同意", "approved") if doing is Doing.APPROVE else Bilingual("拒绝", "rejected")
        title = Bilingual(f"{rule.title.zh}：{words.zh}", f"{rule.title.en}: {words.en}")
        for way in self.ways.get(name, ())[:1]:

            def play(scribe: Scribe, way: Way = way) -> bool:
                scribe.prepare(way[-1].event, Actor(id=self.case.owner))
                if rule.when is not None and not scribe.demand([Goal(rule.when.node)]):
                    return False
                if not scribe.advance(way[-1].event, transition, through=False):
                    return False
                return _vote_on(scribe, approval, doing)

            self._near(Shown(id=f"{name}_{approval}_{item.way}", title=title, item=item), way, play)

    def _let_pass(self, path: str) -> None:
        """In the state, so much time passes that its limits and timers fire, one after the other."""
        state = self.workflow.states[path]
        if not self._is_place(path):
            return
        title = Bilingual(f"{state.title.zh}：时间到了", f"{state.title.en}: time passes")
        shown = Shown(id=f"{state.name.replace('.', '_')}_in_time", title=title)
        self._played(shown, self._at(path), self._wait)

    def _wait(self, scribe: Scribe) -> bool:
        project = scribe.stage.project()
        if project is None:
            return False
        lengths = {name: one for limits in self.bench.tested.limits.values() for name, one in limits.items()}
        due = sorted((one.due_at, one.id) for one in project.clocks.values() if one.due_at is not None)
        waited: Duration | None = None
        for _, clock in due:
            length = lengths.get(clock)
            if length is None or self.watcher.timers[clock.removeprefix(TIMER)]:
                continue
            rest = length if waited is None else _less(length, waited)
            if rest is None or not is_positive(rest):
                continue
            scribe.do(Doing.WAIT, "", length=rest)
            waited = length
        return bool(scribe.steps)

    # ------------------------------------------------------------------------------------------------- what is kept

    def _played(self, shown: Shown, case: Case, play: Callable[[Scribe], bool]) -> bool:
        """Whether what was played is kept: it came to its end, and shows what was not seen before."""
        told = set(self.told)
        scribe = Scribe(self.bench, case, told)
        try:
            if scribe.reasons or not play(scribe) or not scribe.steps:
                return False
            scenario = scenario_of(self._slug(shown.id), shown.title, case, scribe.steps, around=self.case)
        except SalesPMFlowError:
            return False
        finally:
            scribe.close()
        if not self._is_new(scenario, shown.item):
            return False
        self.told = told
        self.scenarios[scenario.id] = scenario
        return True

    def _is_new(self, scenario: Scenario, item: Item | None) -> bool:
        """Whether the scenario passes as it is written, and covers something that no other does: the item, if any."""
        before = seen_by(self.watcher, self.bench).whole.covered
        document = document_of(self.workflow, self.case, (scenario,), self.bench.tested.zone)
        suite, found = suite_of(document, self.bench.library)
        trial = Watcher(workflow=self.workflow.id)
        results = [run_case(watched(self.bench, trial), case, trial.saw) for case in suite.cases]
        if found or not all(result.is_passed for result in results):
            return False
        kept = self.watcher.merged(trial)
        after = seen_by(kept, self.bench)
        still = {(one.place, one.way) for one in after.missed}
        if after.whole.covered <= before or (item is not None and (item.place, item.way) in still):
            return False
        self.watcher = kept
        return True

    def _slug(self, id_: str) -> str:
        name = id_[:_MOST_SLUG]
        number = 2
        while name in self.scenarios:
            name, number = f"{id_[:_MOST_SLUG]}_{number}", number + 1
        return name

    def _at(self, path: str) -> Case:
        return replace(self.case, states=(self.workflow.states[path].name,))

    def _is_place(self, path: str) -> bool:
        """Whether a project can be put there: a state that is neither final nor a mere region."""
        state = self.workflow.states[path]
        return state.kind is not StateKind.FINAL and not state.is_region


_MOST_CLOCKS: Final = 12


def _vote_on(scribe: Scribe, approval: str, doing: Doing) -> bool:
    """The approval is voted on so; others that come first are given."""
    for _ in range(_MOST_CLOCKS):
        project = scribe.stage.project()
        if project is None:
            return False
        waiting = [one for one in project.approvals.values() if one.status is ApprovalStatus.PENDING]
        meant = next((one for one in waiting if one.approval == approval), None)
        if meant is not None:
            return scribe.vote(doing, approval, meant.approvers)
        if not waiting or not scribe.vote(Doing.APPROVE, waiting[0].approval, waiting[0].approvers):
            return False
    return False


def _less(length: Duration, waited: Duration) -> Duration | None:
    """What is left to wait of a length; None where the two are not of a kind."""
    match length, waited:
        case timedelta(), timedelta():
            return length - waited
        case WorkingDays(days=days), WorkingDays(days=before):
            return WorkingDays(days - before)
        case _:
            return None


def required_values(bench: Bench, case: Case) -> dict[str, Value]:
    """Some value of each field without which no project begins."""
    workflow, today = bench.workflow, case.now.astimezone(bench.tested.zone).date()
    needed = (one for one in workflow.fields.values() if one.is_required and one.default is None)
    return {
        one.id: readable(sample_of(domain_of(one, bench.library.references, workflow.roles), today)) for one in needed
    }


def _negated(expression: Expression) -> Node | None:
    return parse(f"not({expression.text})").node
