"""A row of a reference is kept by its key, whichever of its names it was given by."""

from collections.abc import Callable

import pytest

from salespm_flow.model.project import Project
from tests.unit.engine.conftest import World

DEAL = """
domain: sales
fields:
  account: {type: ref, to: accounts}
  rivals:  {type: list, of: ref, to: accounts}
records:
  contacts: {fields: {account: {type: ref, to: accounts}}}
initial: a
states: {a: {}, z: {final: true}}
transitions: {go: {from: a, to: z}}
"""
ACCOUNTS = """
key: name
fields: {name: {type: text}, short: {type: text}}
aliases: {苏州华兴: 华兴制造}
alias_columns: [short]
source: accounts.csv
"""
TABLE = "name,short\n华兴制造,华兴\n明德医疗,明德\n"


@pytest.fixture
def world(world_of: Callable[[dict[str, str]], World]) -> World:
    return world_of({"workflow/deal": DEAL, "reference/accounts": ACCOUNTS, "table/accounts": TABLE})


def kept(project: Project) -> dict[str, object]:
    return {**project.fields, "contacts": [dict(row.values) for row in project.records.get("contacts", ())]}


def test_every_door_keeps_the_key_of_the_row(world: World) -> None:
    assert world.open("deal", account="苏州华兴", rivals=("明德", "华兴制造")).is_accepted
    assert world.add("contacts", account="华兴").is_accepted
    assert kept(world.project()) == {
        "account": "华兴制造",
        "rivals": ("明德医疗", "华兴制造"),
        "contacts": [{"account": "华兴制造"}],
    }
    assert world.set(account="明德").is_accepted
    assert world.project().fields["account"] == "明德医疗"
    assert world.advance("go", account="华兴").is_accepted
    assert world.project().fields["account"] == "华兴制造"


def test_name_that_no_row_has_is_refused(world: World, reasons_of: Callable[[object], list[str]]) -> None:
    assert reasons_of(world.open("deal", account="新客户", rivals=("明德", "无"))) == ["account", "rivals"]
