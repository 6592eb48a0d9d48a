"""What is said about the shape of a document."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salespm_flow.definition import source
from salespm_flow.definition.nodes import MapNode
from salespm_flow.definition.schema import KINDS, check_shape, kind_of
from salespm_flow.diagnostics import Language, render_text

SHIPPED = tuple(sorted((Path(__file__).parents[3] / "workflows").rglob("*.yaml")))
HEADER = "salespm: 1\nkind: workflow\nid: w\nversion: 1\ndomain: sales\n"

IDENTIFIERS = "letters (Chinese included), digits and underscores, not beginning with a digit, such as `proposal`"
DURATIONS = "a duration such as `5wd` (working days), `30d` or `2h`; units: ms s min h d wd w mo y (min or mo, never m)"
PARTIES = "a party: `owner`, `manager`, `requester`, `actor`, a role, or `person:<id>`"


def root_of(text: str) -> MapNode:
    """The document of a text without findings."""
    result = source.parse(text, "a.yaml")
    assert result.diagnostics == ()
    assert result.root is not None
    return result.root


def told(text: str, kind: str = "workflow") -> list[str]:
    """The findings about a workflow's body or a whole document of another kind: `line:column code message (hint)`."""
    whole = HEADER + text if kind == "workflow" else text
    first = HEADER.count("\n") if kind == "workflow" else 0
    return [
        f"{found.span.line - first}:{found.span.column} {found.code} {found.message.en}"
        + (f" ({found.hint.en})" if found.hint else "")
        for found in check_shape(root_of(whole), kind)
    ]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_shipped_definitions_have_the_right_shape(path: Path) -> None:
    root = root_of(path.read_text(encoding="utf-8"))
    kind, findings = kind_of(root)
    assert findings == ()
    assert kind is not None
    assert check_shape(root, kind) == ()


def test_a_misspelt_key_is_one_finding_even_where_the_right_one_is_required() -> None:
    text = "fields:\n  amount: {tipe: text}\ntransitions:\n  go: {form: a, to: b}\n"
    assert told(text) == [
        "2:12 SF140 unknown key `tipe` (did you mean `type`?)",
        "4:8 SF140 unknown key `form` (did you mean `from`?)",
    ]


def test_an_unknown_key_like_no_other_lists_the_keys_left() -> None:
    assert told("timers:\n  t: {in: a, after: 1d, do: {}, zzzzz: 1}\n") == [
        "2:33 SF140 unknown key `zzzzz` (accepted here: `every`, `at`)"
    ]


def test_a_missing_key_points_at_the_key_of_its_map() -> None:
    assert told("transitions:\n  go: {to: b}\n  back:\n    to: a\n") == [
        "2:3 SF141 `go` has no `from`",
        "3:3 SF141 `back` has no `from`",
    ]


def test_a_wrong_tag_is_not_followed_by_findings_about_the_keys_that_depend_on_it() -> None:
    text = (
        "fields:\n  amount: {type: moneyy, currency: CNY}\nstates:\n  s:\n    entry:\n      do:\n"
        "        a: {action: tsk, who: owner, colour: 5m}\n        b: {who: owner}\n"
    )
    assert told(text) == [
        "2:18 SF143 `type` cannot be `moneyy` (did you mean `money`?)",
        "7:21 SF143 `action` cannot be `tsk` (did you mean `task`?)",
        "8:9 SF141 `b` has no `action`",
    ]


def test_each_action_has_its_own_keys() -> None:
    text = (
        "transitions:\n  go:\n    from: a\n    do:\n      a: {action: set, field: x}\n"
        "      b: {action: spawn, link: l, who: owner}\n      c: {action: send, event: e, to: parent, after: 1d}\n"
    )
    assert told(text) == [
        "5:7 SF141 `a` has no `value`",
        "6:35 SF140 unknown key `who` (accepted here: `action`, `link`)",
    ]


def test_what_a_field_needs_depends_on_its_type() -> None:
    text = (
        "fields:\n  a: {type: money}\n  b: {type: text, currency: CNY}\n  c: {type: enum}\n  d: {type: list, of: ref}\n"
        "  e: {type: list, of: enum, values: {x: X}}\n  f: {type: list}\n"
    )
    assert told(text) == [
        "2:3 SF141 `a` has no `currency`",
        "3:19 SF148 `currency` does not belong here (only a field of `type: money` has `currency`)",
        "4:3 SF141 `c` has no `values`",
        "5:3 SF141 `d` has no `to`",
        "7:3 SF141 `f` has no `of`",
    ]


def test_wrong_types_say_what_is_expected_and_what_is_there() -> None:
    text = (
        "records: []\nfields:\n  a:\n  b: text\n  c: {type: text, title: 7, required: yes}\n"
        "conditions: {x: {a: 1}}\nstates:\n  s: {probability: 0.5, tools: CRM}\n"
    )
    assert told(text) == [
        "1:1 SF142 `records` must be a map of `key: value`, not a list",
        "3:3 SF142 `a` has no value",
        "4:6 SF142 `b` must be a map of `key: value`, not the text `text`",
        '5:26 SF142 `title` must be text or a map of `key: value`, not the number `7` (quote it if it is text: `"7"`)',
        "5:39 SF142 `required` must be true or false, not the text `yes`",
        "6:14 SF142 `x` must be one value, not a map (quote an expression or text that has `{` or `[`)",
        "8:20 SF142 `probability` must be text, not the number `0.5` (a percent such as `15%`)",
        "8:32 SF142 `tools` must be a list, not the text `CRM` (write it as a list: `[CRM]`)",
    ]


def test_forms_bounds_and_counts_are_checked() -> None:
    text = (
        "fields:\n  my-name: {type: text}\nstates:\n  s: {sla: {warn: 5m}, skills: {x: 9}}\n  t: {sla: {}}\n"
        "transitions:\n  go: {from: s, by: [a, a, 'x y']}\n"
    )
    assert told(text) == [
        f"2:3 SF149 `my-name` cannot be used as a name ({IDENTIFIERS})",
        f"4:19 SF144 `warn` cannot be written `5m` ({DURATIONS})",
        "4:36 SF145 `x` must be at most 5",
        "5:7 SF146 `sla` must not be empty",
        "7:25 SF147 `a` is given twice",
        f"7:28 SF144 item 3 of `by` cannot be written `x y` ({PARTIES})",
    ]


def test_messages_exist_in_chinese() -> None:
    root = root_of("salespm: 1\nkind: calendar\nid: 日历\nversion: 0\nweek: [mon, funday]\nhoure: []\n")
    assert render_text(check_shape(root, "calendar"), {}, Language.ZH) == (
        "a.yaml:4:10: 错误 SF145 `version` 至少是 1\n"
        "a.yaml:5:13: 错误 SF143 `week` 第 2 项不能是 `funday`\n"
        "  建议：这里可用：`mon`、`tue`、`wed`、`thu`、`fri`、`sat`、`sun`\n"
        "a.yaml:6:1: 错误 SF140 不认识的键 `houre`\n"
        "  建议：是否想写 `hours`？\n"
    )


def test_a_numerator_needs_its_denominator() -> None:
    text = (
        "salespm: 1\nkind: kpi_set\nid: k\nversion: 1\nkpis:\n"
        "  a: {unit: percent, better: higher, of: projects, basis: created, numerator: count(projects), source: us}\n"
    )
    assert told(text, "kpi_set") == ["6:3 SF141 `a` has no `denominator`"]


def test_other_kinds_check_their_own_maps() -> None:
    risks = (
        "salespm: 1\nkind: risk_model\nid: r\nversion: 1\nscales: {probability: {1: 10%, x: 20%}, impact: {1: low}}\n"
        "levels: {low: [1], high: [2, 3, 4]}\nrules: {}\n"
    )
    assert told(risks, "risk_model") == [
        "5:32 SF149 `x` cannot be used as a name (a whole number from 1, such as `3`)",
        "6:10 SF146 `low` must have at least 2 items",
        "6:20 SF146 `high` must have at most 2 items",
    ]
    mapping = (
        "salespm: 1\nkind: mapping\nid: m\nversion: 1\nworkflow: w\nformat: ods\nkey: id\nstate: {from: s}\n"
        "fields: {a: {values: {}}}\nas_of: 2026-13-01\n"
    )
    assert told(mapping, "mapping") == [
        "6:9 SF143 `format` cannot be `ods` (accepted here: `csv`, `xlsx`)",
        "8:1 SF141 `state` has no `values`",
        "9:10 SF141 `a` has no `from`",
        "10:8 SF144 `as_of` cannot be written `2026-13-01` (a date such as `2026-03-02`)",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kind: workflow\n", ("workflow", [])),
        ("id: x\n", (None, [("SF141", 1, 1)])),
        ("id: x\nkind: workflo\n", (None, [("SF150", 2, 7)])),
        ("kind: [a]\n", (None, [("SF150", 1, 7)])),
        ("kind:\n", (None, [("SF150", 1, 6)])),
    ],
)
def test_the_kind_decides_which_schema_applies(
    text: str, expected: tuple[str | None, list[tuple[str, int, int]]]
) -> None:
    kind, findings = kind_of(root_of(text))
    assert (kind, [(found.code, found.span.line, found.span.column) for found in findings]) == expected


VALUES = st.recursive(
    st.sampled_from(["x", "1", "true", "null", "5wd", "'a b'", "0.5", "15%", ""]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(item or "''" for item in items) + "]"),
        st.dictionaries(
            st.sampled_from(["type", "from", "action", "title", "zh", "x", "of", "states"]), inner, max_size=3
        ).map(lambda items: "{" + ", ".join(f"{key}: {value or 'null'}" for key, value in items.items()) + "}"),
    ),
    max_leaves=8,
)
KEYS = ("fields", "records", "states", "transitions", "timers", "links", "uses", "kpis", "rules", "scales", "criteria")


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
def test_any_document_gets_findings_never_an_exception(kind: str, body: dict[str, str]) -> None:
    root = root_of(f"kind: {kind}\n" + "".join(f"{key}: {value}\n" for key, value in body.items()))
    for found in check_shape(root, kind):
        assert found.message.zh
        assert found.message.en
        assert found.span.line >= 1
        assert found.code != "SF159"
