"""Random conditions over a few fields: "never" is true of every value there is, and values that are given hold."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.expr.evaluate import compile_node
from salespm_flow.expr.parse import parse
from salespm_flow.expr.scope import Scope
from salespm_flow.expr.syntax import Node
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.names import workflow_names
from salespm_flow.model.workflow import Workflow
from salespm_flow.solve.cases import Cases, NoStays, Verdict, Wish
from salespm_flow.solve.comparisons import Want
from salespm_flow.working_time import plain_calendar
from tests.unit.definition.texts import collected

TEXT = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
parameters: {limit: 3}
fields:
  count_of: {type: integer, min: 0, max: 5}
  other: {type: integer, min: 0, max: 5}
  amount: {type: money, currency: CNY, min: 0 CNY, max: 5 CNY}
  share: {type: percent, default: 10%, min: 0%, max: 50%}
  tier: {type: enum, values: {low: Low, mid: Mid, top: Top}}
  ready: {type: boolean}
conditions:
  some_left: count_of < limit
initial: open
states: {open: {}, closed: {final: true}}
transitions: {close: {from: open, to: closed}}
"""
LIBRARY: Final = collected(TEXT).library
WORKFLOW: Final[Workflow] = LIBRARY.workflows["deal"]
NAMES: Final = workflow_names(WORKFLOW, LIBRARY)
ATOMS: Final = (
    "count_of > 2",
    "count_of <= limit",
    "count_of = null",
    "count_of != 4",
    "count_of between 1 and 3",
    "count_of in (1, 5)",
    "count_of in [2..4]",
    "default(count_of, 9) > 4",
    "other >= 3",
    "other > count_of",
    "count_of >= other",
    "amount > 2",
    "2 >= amount",
    "amount = 3",
    "share > 10%",
    "share <= 10%",
    'tier = "low"',
    'tier != "top"',
    'tier in ("mid", "top")',
    'default(tier, "low") = "low"',
    "ready",
    "ready = false",
    "some_left",
    "count_of + other > 7",
)
CONDITIONS: Final = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    ),
    max_leaves=5,
)
NUMBERS: Final = (None, *(Decimal(number) for number in range(6)))
VALUES: Final[Mapping[str, tuple[Value, ...]]] = {
    "count_of": NUMBERS,
    "other": NUMBERS,
    "amount": (None, *(Money(Decimal(number) / 2, "CNY") for number in (0, 3, 4, 5, 6, 7, 10))),
    "share": tuple(Decimal(number) / 100 for number in (0, 5, 10, 11, 50)),
    "tier": (None, "low", "mid", "top"),
    "ready": (None, True, False),
}


def node_of(text: str) -> Node:
    node = parse(text).node
    assert node is not None
    return node


def value_of(node: Node, values: Mapping[str, Value]) -> Value:
    given_values = {"limit": Decimal(3), **dict.fromkeys(VALUES), **values}
    names = {**given_values, "some_left": _less(given_values["count_of"])}
    zone = ZoneInfo("UTC")
    now = datetime(2026, 1, 5, tzinfo=UTC)
    scope = Scope(names=names, now=now, zone=zone, calendar=plain_calendar(zone), stays=NoStays())
    return compile_node(node, NAMES)(scope)


def _less(count: Value) -> Value:
    return None if not isinstance(count, Decimal) else count < 3


def meets(value: Value, want: Want) -> bool:
    expected = {
        Want.TRUE: value is True,
        Want.FALSE: value is False,
        Want.NOT_TRUE: value is not True,
        Want.NOT_FALSE: value is not False,
    }
    return expected[want]


def everything(texts: tuple[str, ...]) -> Iterator[dict[str, Value]]:
    read = [
        name
        for name in VALUES
        if any(name in text for text in texts) or (name == "count_of" and "some_left" in str(texts))
    ]
    for values in product(*(VALUES[name] for name in read)):
        yield dict(zip(read, values, strict=True))


@given(st.lists(st.tuples(CONDITIONS, st.sampled_from(list(Want))), min_size=1, max_size=2))
def test_never_is_so_of_all_values_and_values_given_are_an_example(drawn: list[tuple[str, Want]]) -> None:
    nodes = [(node_of(text), want) for text, want in drawn]
    found = Cases(WORKFLOW, NAMES, LIBRARY.references).together([Wish(node, want) for node, want in nodes])
    if found.verdict is Verdict.SURE:
        values = dict(found.values)
        defaults: dict[str, Value] = {"share": Decimal("0.1")}
        assert all(meets(value_of(node, {**defaults, **values}), want) for node, want in nodes), (drawn, found)
    if found.verdict is Verdict.NEVER:
        for values in everything(tuple(text for text, _ in drawn)):
            assert not all(meets(value_of(node, values), want) for node, want in nodes), (drawn, values)


def test_a_condition_and_its_opposite_exclude_each_other_whatever_they_say() -> None:
    node = node_of("(other > count_of or count_of + other > 7) and ready")
    cases = Cases(WORKFLOW, NAMES, LIBRARY.references)
    assert cases.together([Wish(node), Wish(node, Want.NOT_TRUE)]).verdict is Verdict.NEVER
    assert cases.together([Wish(node)]).verdict is Verdict.MAYBE
