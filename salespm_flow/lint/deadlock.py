"""Soundness again, where guards ask in which states a project is: what no longer fires then, and who waits for whom."""

from collections.abc import Iterator

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.completion import trap_finding, traps
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.solve.cases import Verdict, Wish


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Transitions that never fire because of where they may; where there are none, traps that only guards make."""
    space, decided = inspection.space, inspection.decided
    if decided is space or not space.is_whole or not decided.is_whole:
        return
    dead = [one for one in inspection.workflow.transitions.values() if one.id in space.fired - decided.fired]
    for transition in dead:
        when = transition.when
        if when is None or inspection.cases.together([Wish(when.node)]).verdict is Verdict.NEVER:
            continue  # the effect of another one, or told as a condition that never holds
        name = shown(transition.id)
        message = Bilingual(
            f"转移 {name} 永远不会发生：它的条件在起始状态里不会成立",
            f"The transition {name} never fires: its condition never holds in the states that it leaves",
        )
        hint = Bilingual("in_state(…) 问的状态与起始状态不能同时处于", "look at what in_state(…) asks for there")
        yield finding("SF611", when.place, message, hint)
    if not dead and not traps(space):
        yield from (trap_finding(inspection, decided, trap) for trap in traps(decided))
