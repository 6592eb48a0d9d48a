"""Coverage as a heat map: every state and move of a workflow by how often scenarios have come there. Draws nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.forms import Drawing
from salespm_flow.draw.marks import Marks
from salespm_flow.draw.mermaid import Direction
from salespm_flow.model.workflow import Workflow
from salespm_flow.scenario.coverage import Coverage, Kind

_UNSEEN: Final = "unseen"
_HALF_SEEN: Final = "half_seen"
# From how many times on a state is painted so, most first.
_STEPS: Final[tuple[tuple[int, str], ...]] = (
    (20, "seen_most"),
    (5, "seen_often"),
    (2, "seen_seldom"),
    (1, "seen_once"),
    (0, _UNSEEN),
)
_LEGEND: Final[tuple[tuple[str, Bilingual], ...]] = (
    (_UNSEEN, Bilingual("从未经过", "never")),
    ("seen_once", Bilingual("1 次", "once")),
    ("seen_seldom", Bilingual("2–4 次", "2–4 times")),
    ("seen_often", Bilingual("5–19 次", "5–19 times")),
    ("seen_most", Bilingual("20 次以上", "20 times or more")),
    (_HALF_SEEN, Bilingual("½ 条件或审批只见过一面", "½ a guard or approval seen one way only")),
)
# What a move is judged by, of which both answers are wanted.
_JUDGED: Final = frozenset({Kind.GUARDS, Kind.APPROVALS})


def heat_map(
    workflow: Workflow, coverage: Coverage, language: Language, *, direction: Direction | None = None
) -> Drawing:
    """The workflow with how often each state and move was seen behind its title, coloured by that."""
    states, moves = coverage.heat(Kind.STATES), coverage.heat(Kind.TRANSITIONS)
    painted = dict(_move_marks(workflow, coverage, moves))
    tally = coverage.whole
    shown = replace(
        workflow,
        title=Bilingual(
            f"{workflow.title.zh}：情景覆盖 {tally.covered}/{tally.total}（{tally.percent}%）",
            f"{workflow.title.en}: scenarios cover {tally.covered} of {tally.total} ({tally.percent}%)",
        ),
    )
    marks = Marks(
        states={path: next(name for least, name in _STEPS if seen >= least) for path, seen in states.items()},
        transitions=painted,
        state_notes={path: f"×{seen}" for path, seen in states.items()},
        # Where arrows have no colours, the sign alone tells.
        transition_notes={
            name: f"×{seen} ½" if painted.get(name) == _HALF_SEEN else f"×{seen}" for name, seen in moves.items()
        },
        legend=_LEGEND,
    )
    return Drawing(workflow=shown, language=language, marks=marks, direction=direction)


def _move_marks(workflow: Workflow, coverage: Coverage, moves: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    missed = tuple(item.id for item in coverage.missed if item.kind in _JUDGED)
    for name in workflow.transitions:
        if not moves[name]:
            yield name, _UNSEEN
        elif any(id_.startswith(f"{name}.") for id_ in missed):
            yield name, _HALF_SEEN
