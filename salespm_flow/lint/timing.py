"""Timers that cannot lead on: what they raise is not heard while their state is active, or they only go round.

A circle is told where time alone moves the project: nobody may step in anywhere, and what would lead out is always
overtaken by a timer that comes first. The engine has gone the whole round before it is told.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from salespm_flow.definition.findings import listed, shown
from salespm_flow.diagnostics import Bilingual, Diagnostic
from salespm_flow.engine.places import active_paths
from salespm_flow.lint.inspection import Inspection, finding
from salespm_flow.lint.space import AUTOMATIC, Move, components
from salespm_flow.model.actions import RaiseEvent
from salespm_flow.model.workflow import Timer
from salespm_flow.statechart import kernel

if TYPE_CHECKING:
    from salespm_flow.lint.timer_rounds import Round


def findings(inspection: Inspection) -> Iterator[Diagnostic]:
    """What is wrong with each timer, then with all of them together."""
    if inspection.space.is_whole:
        for timer in inspection.workflow.timers.values():
            yield from _unheard(inspection, timer)
        yield from _rounds(inspection)


def happens_by_itself(inspection: Inspection, number: int, move: Move) -> bool:
    """Whether the move needs nobody where the project stands: an auto, a completion, a time limit or a timer."""
    if move.event == AUTOMATIC or move.event.startswith(("done.", "sla.")):
        return True
    active = active_paths(inspection.space.configurations[number].leaves)
    return any(
        timer.state in active and any(isinstance(one, RaiseEvent) and one.event == move.event for one in timer.do)
        for timer in inspection.workflow.timers.values()
    )


def _unheard(inspection: Inspection, timer: Timer) -> Iterator[Diagnostic]:
    """Events that some transition hears, but none while the timer runs."""
    chart, space = inspection.openness.chart, inspection.space
    here = [number for number, one in enumerate(space.configurations) if timer.state in active_paths(one.leaves)]
    heard = {event for one in inspection.workflow.transitions.values() for event in one.events}
    for action in timer.do:
        if not isinstance(action, RaiseEvent) or not here or action.event not in heard:
            continue  # what nothing hears anywhere is told already
        if not any(kernel.candidates(chart, space.configurations[one].leaves, action.event) for one in here):
            state, event = shown(inspection.state(timer.state).name), shown(action.event)
            message = Bilingual(
                f"计时器 {shown(timer.id)} 在 {state} 发出 {event}，但那里没有转移监听它",
                f"The timer {shown(timer.id)} raises {event} in {state}, where no transition listens to it",
            )
            hint = Bilingual(
                f"给监听 {event} 的转移加上 from: {state}", f"let a transition that hears {event} start from {state}"
            )
            witness = inspection.stage.witness(space.way(here[0]), space)
            yield finding("SF616", action.span, message, hint, witness=witness)


def _rounds(inspection: Inspection) -> Iterator[Diagnostic]:
    """The circles that time alone keeps a project in, though something would lead out of them."""
    space = inspection.space
    restless = {
        number: [move.target for move in moves]
        for number, moves in enumerate(space.moves)
        if moves and all(_is_timed(inspection, number, move) for move in moves)
    }
    fine = space.can_reach(number for number, one in enumerate(space.configurations) if one.is_done)
    edges = {number: [one for one in targets if one in restless] for number, targets in restless.items()}
    spinning = space.spinning()
    for part in components(edges):
        is_circle = len(part) > 1 or any(one in edges[one] for one in part)
        # What leads nowhere at all, and autos that never rest, are told as such.
        if not is_circle or not part <= fine or not spinning.isdisjoint(part):
            continue
        from salespm_flow.lint.timer_rounds import round_from  # noqa: PLC0415 - the engine only where needed

        gone = round_from(inspection, min(part), frozenset(space.configurations[one].leaves for one in part))
        if gone is not None:
            yield _round(inspection, gone, part)


def _round(inspection: Inspection, gone: "Round", part: frozenset[int]) -> Diagnostic:
    hint = Bilingual(
        "加一个由人推动的转移，或让通往外面的计时器先到期",
        "add a transition that somebody takes, or let the timer that leads out come first",
    )
    timers = inspection.workflow.timers
    if gone.witness is None:
        configurations = inspection.space.configurations
        leaves = dict.fromkeys(leaf for number in sorted(part) for leaf in configurations[number].leaves)
        states = listed(inspection.state(path).name for path in leaves)
        message = Bilingual(
            f"没有证明时间会把项目带出 {states.zh}：那里只有计时器和时限推动项目",
            f"It is not proven that time leads out of {states.en}, where only timers and time limits move a project",
        )
        return finding("SF618", inspection.state(next(iter(leaves))).span, message, hint)
    names = listed(gone.timers)
    message = Bilingual(
        f"计时器 {names.zh} 会让项目一直循环下去：没有人能介入，别的出路总是来不及",
        f"The timers {names.en} keep a project going round: nobody can step in, and no way out comes in time",
    )
    first = min((timers[one].span for one in gone.timers), key=lambda span: span.line)
    return finding("SF617", first, message, hint, witness=gone.witness)


def _is_timed(inspection: Inspection, number: int, move: Move) -> bool:
    """Whether the move comes by itself and nothing that people fill in decides about it."""
    return happens_by_itself(inspection, number, move) and inspection.openness.surely_fires(
        inspection.space.configurations[number], move.event
    )
