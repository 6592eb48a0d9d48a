"""Migrations as documents: read, written again the same, held to the workflow they lead to."""

from pathlib import Path

from salespm_flow.definition.build import DocumentKind, Header
from salespm_flow.definition.emit import emit
from salespm_flow.definition.workspace import load
from salespm_flow.expr.values import Value
from salespm_flow.model.migration import Migration

WORKSPACE = "salespm: 1\nkind: workspace\ndefinitions: [flows]\n"
FLOW = """salespm: 1
kind: workflow
id: deals
version: 2
domain: sales
fields: {worth: {type: money, currency: CNY}, reason: {type: enum, values: {cost: 价格}}, tier: {type: text}}
initial: lead
states: {lead: {}, talk: {initial: desk, states: {desk: {}, board: {}}}, won: {final: true, outcome: won}}
transitions: {start: {from: lead, to: talk}, win: {from: talk, to: won}}
timers: {nudge: {in: lead, every: 7d, do: {tell: {action: notify, title: T, who: owner}}}}
"""
MIGRATION = """salespm: 1
kind: migration
id: deals_2
version: 1
title: {zh: 商机第二版, en: Second deals}
workflow: deals
from: 1
to: 2
states:
  first: lead
  negotiation: {when: amount > 100000, to: board, else: {when: tier = "key", to: board, else: desk}}
  frozen: null
fields:
  amount: worth
  why: {to: reason, values: {price: cost}}
  note: null
  size: {to: tier, value: string(size)}
transitions: {close: win}
timers: {nag: nudge}
defaults: {tier: plain, worth: {value: amount * 2}}
"""


def migration_in(folder: Path, text: str) -> tuple[Migration | None, list[tuple[str, str]]]:
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "salespm.yaml").write_text(WORKSPACE, "utf-8")
    (folder / "flows/deals.yaml").write_text(FLOW, "utf-8")
    (folder / "flows/deals_2.yaml").write_text(text, "utf-8")
    loaded = load(folder, check_shape=True)
    return loaded.library.migrations.get("deals_2"), [(one.code, one.message.en) for one in loaded.errors]


def said(migration: Migration) -> dict[str, object]:
    def text(value: "object | Value") -> object:
        return getattr(value, "text", value)

    return {
        "states": {
            name: [(None if one.when is None else one.when.text, one.to) for one in branches]
            for name, branches in migration.states.items()
        },
        "fields": {name: (one.to, dict(one.values), text(one.value)) for name, one in migration.fields.items()},
        "transitions": dict(migration.transitions),
        "timers": dict(migration.timers),
        "defaults": {name: text(one.value) for name, one in migration.defaults.items()},
    }


def test_migration_is_read_and_written_the_same(tmp_path: Path) -> None:
    migration, errors = migration_in(tmp_path, MIGRATION)

    assert errors == []
    assert migration is not None
    assert (migration.workflow, migration.from_version, migration.to_version) == ("deals", 1, 2)
    assert said(migration) == {
        "states": {
            "first": [(None, "lead")],
            "negotiation": [("amount > 100000", "board"), ('tier = "key"', "board"), (None, "desk")],
            "frozen": [(None, None)],
        },
        "fields": {
            "amount": ("worth", {}, None),
            "why": ("reason", {"price": "cost"}, None),
            "note": (None, {}, None),
            "size": ("tier", {}, "string(size)"),
        },
        "transitions": {"close": "win"},
        "timers": {"nag": "nudge"},
        "defaults": {"tier": "plain", "worth": "amount * 2"},
    }
    text = emit(migration, Header(kind=DocumentKind.MIGRATION, id="deals_2", version=1))
    again, errors = migration_in(tmp_path, text)
    assert errors == []
    assert again is not None
    assert said(again) == said(migration)


def test_what_it_leads_to_must_exist(tmp_path: Path) -> None:
    text = (
        MIGRATION.replace("first: lead", "first: leed")
        .replace("amount: worth", "amount: wort")
        .replace("{tier: plain", "{teir: plain")
        .replace("close: win", "close: wine")
        .replace("nag: nudge", "nag: nugde")
    )

    _, errors = migration_in(tmp_path, text)

    assert errors == [
        ("SF301", "There is no state `leed`"),
        ("SF303", "There is no field `wort`"),
        ("SF395", "There is no transition `wine`"),
        ("SF395", "There is no timer `nugde`"),
        ("SF303", "There is no field `teir`"),
    ]


def test_other_version_is_not_judged_by_this_one(tmp_path: Path) -> None:
    _, errors = migration_in(tmp_path, MIGRATION.replace("to: 2", "to: 3").replace("first: lead", "first: leed"))

    assert errors == []
