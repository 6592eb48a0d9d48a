"""Each item of the mission is made real by a definition, and a check fails without it; `mission.yaml` says which.

For every item each definition node is taken out of a copy of the shipped definitions; the check that the item names
holds over the whole and must fail over what is left. What still waits is counted and printed.
"""

import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from salespm_flow.definition.nodes import ListNode, MapNode, Node, ScalarNode
from salespm_flow.definition.source import parse
from salespm_flow.definition.workspace import shipped_definitions
from salespm_flow.model.library import Library
from tests.acceptance.mission.definitions import Shipped, without
from tests.acceptance.mission.world import World, set_whole

FILE: Final = Path(__file__).with_name("mission.yaml")
ITEMS: Final = 268
MOST_ITEMS_A_TEST: Final = 5
# What an item may still wait for.
WAITS: Final = frozenset({"plan", "event log", "forecast", "report", "API", "import"})
# What the engine acts on: for these a node must also be missed by the check alone, while all documents still stand.
ACTED_ON: Final = ("stage", "criterion", "rule", "engine", "KPI")

Check = Callable[[World], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the mission."""

    number: str
    titles: tuple[str, ...]
    kind: str
    test: str
    nodes: tuple[str, ...]
    pending: str
    partly: str = ""
    refused: frozenset[str] = frozenset()

    @property
    def is_acted_on(self) -> bool:
        """Whether it is a stage, a criterion, a rule, a figure or a deed of the engine."""
        return any(word in self.kind for word in ACTED_ON)


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, ScalarNode) else ""


def _child(node: Node | None, key: str) -> Node | None:
    return node.entries[key].value if isinstance(node, MapNode) and key in node.entries else None


def _texts_of(node: Node | None) -> tuple[str, ...]:
    return tuple(map(_text, node.items)) if isinstance(node, ListNode) else ()


def _items(text: str) -> Iterator[Item]:
    root = parse(text, FILE.name).root
    assert root is not None
    for number, entry in root.entries.items():
        title = _child(entry.value, "title")
        yield Item(
            number=number,
            titles=tuple(_text(_child(title, language)) for language in ("zh", "en")),
            kind=_text(_child(entry.value, "kind")),
            test=_text(_child(entry.value, "test")),
            nodes=_texts_of(_child(entry.value, "definition")),
            pending=_text(_child(entry.value, "pending")),
            partly=_text(_child(entry.value, "partly")),
            refused=frozenset(_texts_of(_child(entry.value, "refused"))),
        )


MISSION: Final = tuple(_items(FILE.read_text(encoding="utf-8")))
REAL: Final = tuple(item for item in MISSION if not item.pending)
TESTS: Final = tuple(dict.fromkeys(item.test for item in REAL))


@dataclass(frozen=True, slots=True)
class Named:
    """A check by its name, and the documents that it is about."""

    check: Check
    documents: tuple[str, ...]


def named(test: str) -> Named:
    module_name, _, function = test.partition(".")
    module = importlib.import_module(f"tests.acceptance.mission.{module_name}")
    return Named(getattr(module, function), module.DOCUMENTS)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    found = Shipped(tmp_path_factory.mktemp("mission"))
    set_whole(found.definitions(tuple(found.drafts)).library)
    return found


@cache
def _texts() -> Mapping[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in shipped_definitions().rglob("*.yaml")}


def faults(items: Iterable[Item]) -> list[str]:
    """What is wrong in how items say what makes them real."""
    told: list[str] = []
    for item in items:
        if item.pending:
            told += [f"{item.number}: waits for nothing known"] * (item.pending.partition(":")[0] not in WAITS)
            told += [f"{item.number}: pending, and yet real"] * bool(item.test or item.nodes)
            continue
        waits = not item.partly or item.partly.partition(":")[0] in WAITS
        told += [f"{item.number}: a part of it waits for nothing known"] * (not waits)
        told += [f"{item.number}: names no definition"] * (not item.nodes)
        told += [f"{item.number}: names no test"] * (not item.test)
    crowds = Counter(item.test for item in items if item.test)
    told += [f"{test}: carries {count} items" for test, count in crowds.items() if count > MOST_ITEMS_A_TEST]
    return told


def test_every_item_of_the_mission_says_what_makes_it_real(capsys: pytest.CaptureFixture[str]) -> None:
    assert [item.number for item in MISSION] == [str(number) for number in range(1, ITEMS + 1)]
    assert all(all(item.titles) and item.kind for item in MISSION)
    assert faults(MISSION) == []
    waiting, partly = _waits(item.pending for item in MISSION), _waits(item.partly for item in MISSION)
    with capsys.disabled():
        told = (
            f"{len(REAL)} of {ITEMS} items are real by {len(TESTS)} checks, {partly.total()} of them partly: "
            f"{_counted(partly)}; {waiting.total()} are pending: {_counted(waiting)}"
        )
        sys.stdout.write(f"\n{told}\n")


def _waits(reasons: Iterable[str]) -> Counter[str]:
    return Counter(reason.partition(":")[0] for reason in reasons if reason)


def _counted(waits: Counter[str]) -> str:
    return ", ".join(f"{what} {count}" for what, count in waits.items())


def test_an_item_without_a_definition_or_a_test_or_in_a_crowd_is_told() -> None:
    bare = Item(number="1", titles=("", ""), kind="rule", test="", nodes=(), pending="")
    idle = Item(number="2", titles=("", ""), kind="rule", test="", nodes=(), pending="laziness: none")
    crowd = [
        Item(number=str(number), titles=("", ""), kind="rule", test="a.b", nodes=("x/y",), pending="")
        for number in range(3, 9)
    ]
    assert faults([bare, idle, *crowd]) == [
        "1: names no definition",
        "1: names no test",
        "2: waits for nothing known",
        "a.b: carries 6 items",
    ]


@pytest.mark.parametrize("test", TESTS)
def test_a_check_holds_over_what_ships_and_fails_without_any_node_of_its_items(test: str, shipped: Shipped) -> None:
    found = named(test)
    whole = shipped.definitions(found.documents)
    assert whole.errors == ()
    found.check(World(whole.library))

    # Each node with the errors that keep a document from standing without it.
    missed: dict[str, frozenset[str]] = {}
    for node in dict.fromkeys(node for item in REAL if item.test == test for node in item.nodes):
        left = shipped.definitions(found.documents, without=node)
        if holds(found.check, World(left.library, left.errors)):
            pytest.fail(f"{test} does not notice that {node} is gone")
        missed[node] = frozenset(error.code for error in left.errors)
        lifted = lifted_out(whole.library, node)
        if lifted is not None:
            if holds(found.check, World(lifted)):
                pytest.fail(f"{test} does not notice that {node} alone is gone")
            # Nothing else fell with it, so that it alone was missed.
            missed[node] = frozenset()
    acted_on = (item for item in REAL if item.test == test and item.is_acted_on)
    # Where the rest no longer stands, the check may have failed for that alone, unless that is the rule.
    assert [item.number for item in acted_on if not any(missed[node] <= item.refused for node in item.nodes)] == []


def lifted_out(library: Library, node: str) -> Library | None:
    """The library without that KPI or criterion while all documents still stand; None for a node of another kind."""
    match node.split("/"):
        case [name, "kpis", kpi]:
            kpis = library.kpi_sets[name]
            left = replace(kpis, kpis={one: found for one, found in kpis.kpis.items() if one != kpi})
            return replace(library, kpi_sets={**library.kpi_sets, name: left})
        case [name, "criteria", criterion]:
            card = library.scorecards[name]
            kept = replace(card, criteria={one: found for one, found in card.criteria.items() if one != criterion})
            return replace(library, scorecards={**library.scorecards, name: kept})
        case _:
            return None


def holds(check: Check, world: World) -> bool:
    """Whether the check finds nothing; whatever it stumbles over, it does not hold."""
    try:
        check(world)
    except Exception:  # noqa: BLE001 -- a check over mutilated definitions may end in any way
        return False
    return True


def test_a_node_leaves_with_its_comma_its_line_and_an_empty_parent() -> None:
    text = "a: {x: 1, y: 2, z: [p, q]}\nb:\n  c: {only: 1}\n  d:\n    - e\nf: 3\n"
    for path, left in (
        ("a/x", "a: {y: 2, z: [p, q]}\nb:\n  c: {only: 1}\n  d:\n    - e\nf: 3\n"),
        ("a/z", "a: {x: 1, y: 2}\nb:\n  c: {only: 1}\n  d:\n    - e\nf: 3\n"),
        ("a/z/q", "a: {x: 1, y: 2, z: [p]}\nb:\n  c: {only: 1}\n  d:\n    - e\nf: 3\n"),
        ("b/c/only", "a: {x: 1, y: 2, z: [p, q]}\nb:\n  d:\n    - e\nf: 3\n"),
        ("b", "a: {x: 1, y: 2, z: [p, q]}\nf: 3\n"),
    ):
        assert without(text, path.split("/")) == left
    with pytest.raises(KeyError):
        without(text, ["a", "nothing"])


def test_every_node_named_stands_in_the_shipped_definitions() -> None:
    texts = _texts()
    for item in REAL:
        for node in item.nodes:
            document, *keys = node.split("/")
            assert without(texts[document], keys) != texts[document], node
