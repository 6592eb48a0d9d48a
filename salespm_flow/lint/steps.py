"""The kernel's steps of single transitions, each worked out once for the part of the chart that it changes.

Parallel regions have very many configurations, but a transition inside one of them does the same in all: it leaves and
enters only states of its own range (`kernel.left_range`). What lies outside matters only to whether a parallel state
above has completed, so a step that enters a final state is taken over only where something outside has not finished.
Knows no guards and no events.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.model.workflow import StateKind
from salespm_flow.statechart import kernel
from salespm_flow.statechart.chart import Arrow, Chart
from salespm_flow.statechart.kernel import Step

_NOTHING: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Steps:
    """The steps of one chart whose histories nobody asks for."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._ranges: dict[Arrow, tuple[int, int] | None] = {}
        self._known: dict[tuple[Arrow, tuple[str, ...]], tuple[Step, tuple[str, ...], bool]] = {}
        self._finals = frozenset(node.index for node in chart.nodes if node.kind is StateKind.FINAL)

    def step(self, leaves: tuple[str, ...], numbers: tuple[int, ...], arrow: Arrow) -> Step:
        """What the kernel answers for the arrow alone; `numbers` are those of the leaves, and rise."""
        if arrow not in self._ranges:
            self._ranges[arrow] = kernel.left_range(self._chart, arrow, _NOTHING)
        span = self._ranges[arrow]
        if span is None:
            return kernel.step(self._chart, leaves, _NOTHING, (arrow,))
        begin, end = bisect_left(numbers, span[0]), bisect_right(numbers, span[1])
        key = (arrow, leaves[begin:end])
        known = self._known.get(key)
        if known is not None and (not known[2] or self._is_unfinished_beside(numbers, (begin, end), span)):
            part, inside, _ = known
            return Step(
                exited=part.exited,
                entered=part.entered,
                leaves=(*leaves[:begin], *inside, *leaves[end:]),
                memory=_NOTHING,
                completions=part.completions,
                is_done=part.is_done,
                arrows=part.arrows,
            )
        step = kernel.step(self._chart, leaves, _NOTHING, (arrow,))
        finishes = any(self._chart.numbers[path] in self._finals for path in step.entered)
        if not finishes or self._is_unfinished_beside(numbers, (begin, end), span):
            self._known[key] = (step, step.leaves[begin : len(step.leaves) - len(leaves) + end], finishes)
        return step

    def _is_unfinished_beside(self, numbers: tuple[int, ...], inside: tuple[int, int], span: tuple[int, int]) -> bool:
        """Whether an active leaf beside the range keeps the parallel state above from completing, or there is none."""
        nodes = self._chart.nodes
        above = (nodes[one] for one in nodes[span[0]].ancestors)
        parallel = next((node for node in above if node.kind is StateKind.PARALLEL), None)
        if parallel is None:
            return True
        beside = (*numbers[: inside[0]], *numbers[inside[1] :])
        return any(parallel.holds(one) and one not in self._finals for one in beside)
