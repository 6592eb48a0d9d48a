"""Decision tables as Markdown."""

from salespm_flow.diagnostics import Language
from salespm_flow.draw.tables import table_page, width
from tests.unit.rules.tables import library_of

TABLE = """
title: {zh: 折扣 | 上限, en: Limit}
hit: first
inputs:
  amount: {type: money, currency: CNY, title: {zh: 金额, en: Amount}}
  tier: {type: enum, title: {zh: 等级, en: Tier}, values: {key: {title: {zh: 重点, en: Key}}}}
  double: {formula: amount * 2}
outputs: {limit: {type: percent, default: 1%, title: {zh: 上限, en: Limit}}, fee: {type: number}}
rules:
  small: {amount: "< 100", tier: key, limit: 10%, fee: {formula: amount.amount}, message: 小, annotations: {why: 试}}
  other: {double: "> 100", limit: 5%, fee: 1000}
"""


def test_a_table_is_aligned_by_what_a_terminal_shows() -> None:
    page = table_page(library_of(t=TABLE).decision_tables["t"], Language.ZH)
    assert page == (
        "# 折扣 \\| 上限\n"
        "\n"
        "决策表 `t` · 第 1 版 · 取第一条匹配的规则 (`first`)\n"
        "\n"
        "| 规则    | 金额    | 等级 | double  | **上限** | **fee**         | 说明        |\n"
        "|---------|---------|------|---------|----------|-----------------|-------------|\n"
        "| `small` | `< 100` | 重点 | –       | 10%      | `amount.amount` | 小; why: 试 |\n"
        "| `other` | –       | –    | `> 100` | 5%       | 1,000           |             |\n"
        "\n"
        "- double = `amount * 2`\n"
        "\n"
        "没有规则匹配时：上限 = 1%\n"
    )
    rows = [line for line in page.splitlines() if line.startswith("|")]
    assert len({width(row) for row in rows}) == 1


def test_a_page_speaks_english_too() -> None:
    page = table_page(library_of(t=TABLE).decision_tables["t"], Language.EN)
    assert "Table `t` · version 1 · the first rule that matches (`first`)" in page
    assert "Where no rule matches: Limit = 1%" in page
