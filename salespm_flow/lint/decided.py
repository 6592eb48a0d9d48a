"""The moves of a workflow where guards are decided as far as their text and the states at hand decide them."""

from collections.abc import Mapping

from salespm_flow.engine.places import active_paths
from salespm_flow.expr.syntax import Call, Name, Node, TextLiteral, walk
from salespm_flow.lint.space import Answer, Configuration, Openness, Space, explore
from salespm_flow.model.workflow import Transition
from salespm_flow.solve.cases import Cases, Verdict, Wish
from salespm_flow.solve.comparisons import Want


def decided_space(openness: Openness, space: Space, cases: Cases) -> Space:
    """What is still reached; the open space itself where no guard asks where the project stands."""
    decided = Decided(openness, cases)
    return explore(decided) if decided.says_more else space


class Decided(Openness):
    """As with open guards, but for those that can be decided."""

    def __init__(self, openness: Openness, cases: Cases) -> None:
        super().__init__(openness.workflow, openness.chart)
        self._cases = cases
        transitions = openness.workflow.transitions.values()
        self._asked = {
            one.id: asked for one in transitions if one.when is not None and (asked := self._states_in(one.when.node))
        }
        self._answers: dict[tuple[str, tuple[tuple[str, bool], ...]], Answer] = {}
        self.says_more = bool(self._asked)

    def answer(self, transition: Transition, configuration: Configuration) -> Answer:
        """What is known of the transition's `when` where the project stands so."""
        if transition.id not in self._asked or transition.when is None:
            return super().answer(transition, configuration)
        states = self.states(transition.id, configuration)
        key = (transition.id, states)
        if key not in self._answers:
            self._answers[key] = self._judged(transition.when.node, states)
        return self._answers[key]

    def states(self, transition: str, configuration: Configuration) -> tuple[tuple[str, bool], ...]:
        """Which of the states that the guard asks about are active."""
        active = {self.workflow.states[path].name for path in active_paths(configuration.leaves)}
        return tuple((name, name in active) for name in sorted(self._asked.get(transition, ())))

    def _judged(self, node: Node, states: tuple[tuple[str, bool], ...]) -> Answer:
        if self._cases.together([Wish(node, Want.TRUE, states)]).verdict is Verdict.NEVER:
            return Answer.NEVER
        if self._cases.together([Wish(node, Want.NOT_TRUE, states)]).verdict is Verdict.NEVER:
            return Answer.ALWAYS
        return Answer.MAYBE

    def _states_in(self, node: Node) -> frozenset[str]:
        """The states that an expression asks about, through the conditions that it reads."""
        found: set[str] = set()
        seen: set[str] = set()
        conditions: Mapping[str, Node] = {name: condition.node for name, condition in self.workflow.conditions.items()}
        pending = [node]
        while pending:
            for one, _ in walk(pending.pop()):
                match one:
                    case Call(function="in_state", arguments=(TextLiteral(value=state),)):
                        found.add(state)
                    case Name(name=name) if name in conditions and name not in seen:
                        seen.add(name)
                        pending.append(conditions[name])
                    case _:
                        pass
        return frozenset(found)
