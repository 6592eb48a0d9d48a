"""Soundness again, where guards ask in which states a project is: what no longer fires then, and who waits for whom."""

from collections.abc import Iterator

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.lint.completion import trap_finding, traps
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.lint.space import MOST_CONFIGURATIONS
from salespm_flow.solve.cases import Verdict, Wish


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """Transitions that never fire because of where they may; where there are none, traps that only guards make."""
    space, decided = inspection.space, inspection.decided
    if decided is space or not space.is_whole:
        return
    if not decided.is_whole:
        message = Bilingual(
            f"按 in_state(…) 的条件，配置超过 {MOST_CONFIGURATIONS} 种，没有查完：转移能否发生、项目能否结束都没有证明",
            f"More than {MOST_CONFIGURATIONS} configurations where in_state(…) is asked: "
            "not proven that every transition fires and every project ends",
        )
        hint = Bilingual("减少并行区域，或少问 in_state(…)", "use fewer parallel regions, or ask in_state(…) less")
        yield finding("SF618", inspection.workflow.span, message, hint)
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
        from salespm_flow.lint.attempts import refusal_of  # noqa: PLC0415 - the engine only where it is to be tried

        yield finding("SF611", when.place, message, hint, witness=refusal_of(inspection, transition, decided))
    if not dead and not traps(space):
        yield from (trap_finding(inspection, decided, trap) for trap in traps(decided))
