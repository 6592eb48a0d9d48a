"""Coverage as a heat map: what was never seen, seen once or often, and seen one way only."""

from salespm_flow.diagnostics import Language
from salespm_flow.draw.marks import Marks
from salespm_flow.scenario.heat import heat_map
from tests.unit.scenario.texts import DEAL, library, ran

BODY = """\
asked:
  given: {state: open}
  table: {columns: [amount], rows: [[1 CNY], [2 CNY], [3 CNY]]}
  steps:
    - {append: {calls: {note: rang}}}
    - {set: {amount: $amount}}
    - {advance: propose, expect: {state: offer}}
sold:
  given: {state: offer}
  steps:
    - {advance: close, expect: {state: sold}}
"""


def marks() -> Marks:
    found = ran(BODY)
    assert found.is_passed, [failure for result in found.results for failure in result.failures]
    workflow = library(DEAL).workflows["deal"]
    return heat_map(workflow, found.coverage["deal"], Language.ZH).marks


def test_states_are_classed_by_how_often_they_were_entered() -> None:
    found = marks()
    assert found.states == {"open": "seen_seldom", "offer": "seen_seldom", "sold": "seen_once", "lost": "unseen"}
    assert found.state_notes == {"open": "×3", "offer": "×4", "sold": "×1", "lost": "×0"}


def test_moves_are_marked_where_unseen_or_judged_one_way_only() -> None:
    found = marks()
    assert found.transitions == {"close": "half_seen", "lose": "unseen"}
    assert found.transition_notes == {"propose": "×3", "close": "×1 ½", "lose": "×0"}


def test_the_title_says_how_much_is_covered() -> None:
    coverage = ran(BODY).coverage["deal"]
    drawing = heat_map(library(DEAL).workflows["deal"], coverage, Language.EN)
    whole = coverage.whole
    assert drawing.workflow.title.en == (f"deal: scenarios cover {whole.covered} of {whole.total} ({whole.percent}%)")
    assert next(name for name, _ in drawing.marks.legend) == "unseen"
