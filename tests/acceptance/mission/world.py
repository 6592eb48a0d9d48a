"""What a check of the mission works with: a set of definitions, whole or mutilated, and desks at which they act."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from salespm_flow.diagnostics import Diagnostic
from salespm_flow.engine.measure.evaluation import Question, evaluate_many
from salespm_flow.engine.measure.subjects import EVERYTHING, Subject
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.system_clock import SystemClock
from salespm_flow.model.library import Library
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.workflow import State, Workflow
from salespm_flow.rules.scorecard import Score
from salespm_flow.store.sqlite import SqliteStore, open_in_memory
from tests.acceptance.kpi_world import at, written
from tests.acceptance.test_kpis import QUARTER, deals, projects
from tests.acceptance.test_shipped_workflows import Desk


@dataclass(frozen=True, slots=True)
class World:
    """The definitions that a check is about, and the errors that keep some of them from standing."""

    library: Library
    errors: tuple[Diagnostic, ...] = ()

    @contextmanager
    def desk(self, now: datetime = datetime(2026, 3, 2, 2, tzinfo=UTC)) -> Iterator[Desk]:
        """A desk over an empty store, on a Monday morning."""
        store = open_in_memory()
        desk = Desk(store, self.library)
        desk.clock.moment = now
        yield desk
        store.close()

    def workflow(self, name: str) -> Workflow:
        return self.library.workflows[name]

    def state(self, workflow: str, path: str) -> State:
        return self.library.workflows[workflow].states[path]

    @property
    def company(self) -> Organisation:
        return self.library.organisations["company"]

    def figures(self, *names: str, subject: Subject = EVERYTHING) -> Mapping[str, str]:
        """The KPIs over the quarter of `test_kpis`, as they are written there; one that is not defined is not there."""
        known = {kpi for kpis in self.library.kpi_sets.values() for kpi in kpis.kpis}
        question = Question(period=QUARTER, subject=subject)
        only = set(names) & known
        if not only:
            return {}
        library = replace(self.library, workflows=_quarter()[1].workflows)
        (answer,) = evaluate_many(_quarter()[0], library, (question,), at=at("07-10"), only=only)
        return written({name: answer.kpis[name].value for name in names if name in answer.kpis})

    def card(self, name: str, subject: Subject = EVERYTHING) -> Score:
        """The scorecard over that quarter."""
        library = replace(self.library, workflows=_quarter()[1].workflows)
        question = Question(period=QUARTER, subject=subject)
        (answer,) = evaluate_many(_quarter()[0], library, (question,), at=at("07-10"))
        return answer.scores[name]

    def quarter(self) -> Runner:
        """A runner over that quarter."""
        return Runner(_quarter()[0], replace(self.library, workflows=_quarter()[1].workflows), SystemClock())


_WHOLE: list[Library] = []


def set_whole(library: Library) -> None:
    """The intact definitions, on which the told quarter stands."""
    _WHOLE[:] = [library]


@cache
def _quarter() -> tuple[SqliteStore, Library]:
    """The quarter that `test_kpis` tells, once for all checks: a KPI that is taken out leaves it as it was."""
    store = open_in_memory()
    runner = Runner(store, _WHOLE[0], SystemClock())
    deals(runner)
    projects(runner)
    return store, _WHOLE[0]


def names(found: Collection[object]) -> set[str]:
    """The ids in the answers of a desk that is to refuse."""
    assert isinstance(found, set), found
    return {str(one) for one in found}
