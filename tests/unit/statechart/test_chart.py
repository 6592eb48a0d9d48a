import pytest

from salespm_flow.errors import UnknownNameError
from salespm_flow.model.workflow import StateKind
from salespm_flow.statechart.chart import build_chart, matches
from tests.unit.statechart.charts import atomic, compound, move, workflow_of


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ("sign", "sign", True),
        ("sign", "signed", False),
        ("delivery", "delivery.returned", False),
        ("delivery.*", "delivery.returned", True),
        ("delivery.*", "delivery.returned.late", True),
        ("delivery.*", "delivery", True),
        ("delivery.*", "deliveries.returned", False),
        ("*", "done.monitoring", True),
    ],
)
def test_event_descriptor_covers_as_in_scxml_but_a_plain_name_only_itself(
    pattern: str, event: str, expected: bool
) -> None:
    assert matches(pattern, event) is expected


def test_nodes_are_numbered_in_document_order_and_hold_a_contiguous_range() -> None:
    chart = build_chart(workflow_of([atomic("a"), compound("b", atomic("c"), compound("d", atomic("e"))), atomic("f")]))
    assert [(node.path, node.index, node.last) for node in chart.nodes] == [
        ("", 0, 6),
        ("a", 1, 1),
        ("b", 2, 5),
        ("b.c", 3, 3),
        ("b.d", 4, 5),
        ("b.d.e", 5, 5),
        ("f", 6, 6),
    ]
    assert chart.nodes[5].ancestors == (4, 2, 0)


def test_parallel_root_regions_get_one_virtual_parent() -> None:
    chart = build_chart(workflow_of([compound("r", atomic("a")), compound("s", atomic("b"))], is_parallel=True))
    assert [(node.path, node.kind, node.children) for node in chart.nodes[:3]] == [
        ("", StateKind.COMPOUND, (1,)),
        ("", StateKind.PARALLEL, (2, 4)),
        ("r", StateKind.COMPOUND, (3,)),
    ]
    assert chart.top == 1


def test_a_transition_has_one_arrow_for_each_source() -> None:
    chart = build_chart(workflow_of([atomic("a"), atomic("b"), atomic("c")], [move("lose", "a b", "c")]))
    assert [(arrow.id, arrow.source) for arrows in chart.arrows for arrow in arrows] == [("lose", "a"), ("lose", "b")]


def test_an_unknown_state_is_named_in_the_error() -> None:
    chart = build_chart(workflow_of([atomic("a")]))
    with pytest.raises(UnknownNameError, match='the workflow has no state "gone"'):
        chart.number("gone")
