"""Timers that cannot lead on: what they raise is not heard while their state is active."""

from collections.abc import Iterator

from salespm_flow.definition.findings import shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.engine.places import active_paths
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.model.actions import RaiseEvent
from salespm_flow.model.workflow import Timer
from salespm_flow.statechart import kernel


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What is wrong with each timer."""
    if inspection.space.is_whole:
        for timer in inspection.workflow.timers.values():
            yield from _unheard(inspection, timer)


def _unheard(inspection: Inspection, timer: Timer) -> Iterator[Diagnostic]:
    """Events that some transition hears, but none while the timer runs."""
    chart = inspection.openness.chart
    here = [one.leaves for one in inspection.space.configurations if timer.state in active_paths(one.leaves)]
    heard = {event for one in inspection.workflow.transitions.values() for event in one.events}
    for action in timer.do:
        if not isinstance(action, RaiseEvent) or not here or action.event not in heard:
            continue  # what nothing hears anywhere is told already
        if not any(kernel.candidates(chart, leaves, action.event) for leaves in here):
            state, event = shown(inspection.state(timer.state).name), shown(action.event)
            message = Bilingual(
                f"计时器 {shown(timer.id)} 在 {state} 发出 {event}，但那里没有转移监听它",
                f"The timer {shown(timer.id)} raises {event} in {state}, where no transition listens to it",
            )
            hint = Bilingual(
                f"给监听 {event} 的转移加上 from: {state}", f"let a transition that hears {event} start from {state}"
            )
            yield finding("SF616", action.span, message, hint)
