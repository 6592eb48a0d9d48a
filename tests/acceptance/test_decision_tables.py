"""Decision tables from the command line: the shipped one, what validation says, what becomes of a DMN file."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.cli.main import main
from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.expr.values import Money
from salespm_flow.rules.decision_table import compile_tables
from salespm_flow.rules.table_findings import table_findings
from salespm_flow.rules.table_run import some_scope

MODEL = """\
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" id="m" namespace="x">
  <inputData id="i" name="Order Size"><variable name="Order Size" typeRef="number"/></inputData>
  <decision id="d" name="Discount"><variable name="Discount" typeRef="number"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input><inputExpression typeRef="number"><text>Order Size</text></inputExpression></input>
      <output name="Discount" typeRef="number"/>
      <rule><inputEntry><text>&lt; 10</text></inputEntry><outputEntry><text>0.05</text></outputEntry></rule>
      <rule><inputEntry><text>&gt; 10</text></inputEntry><outputEntry><text>0.10</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <decision id="t" name="Clock"><variable name="Clock" typeRef="time"/>
    <literalExpression><text>1</text></literalExpression>
  </decision>
</definitions>
"""
TABLE = """\
salespm: 1
kind: decision_table
id: Discount
version: 1
hit: unique
inputs:
  Order_Size: {type: number, title: Order Size}
outputs:
  Discount: {type: number}
rules:
  rule_1: {Order_Size: '< 10', Discount: 0.05}
  rule_2: {Order_Size: '> 10', Discount: 0.1}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with a DMN file."""
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\nlanguage: en\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "m.dmn").write_text(MODEL, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("amount", "tier", "limit"),
    [
        (99_999, "standard", "0.05"),
        (99_999, "key", "0.10"),
        (100_000, "standard", "0.10"),
        (999_999, "key", "0.15"),
        (1_000_000, "standard", "0.15"),
    ],
)
def test_the_shipped_limit_depends_on_amount_and_tier(amount: int, tier: str, limit: str) -> None:
    library = load().library
    tables = compile_tables(library.decision_tables.values(), library)
    assert tables["discount_limit"](some_scope({}), (Money(Decimal(amount), "CNY"), tier)) == Decimal(limit)


def test_the_shipped_table_has_neither_gaps_nor_overlaps(capsys: pytest.CaptureFixture[str]) -> None:
    library = load().library
    assert table_findings(library.decision_tables["discount_limit"], library) == ()
    assert main(["describe", "discount_limit", "--lang", "zh"]) == 0
    assert capsys.readouterr().out == (
        "# 折扣上限\n"
        "\n"
        "决策表 `discount_limit` · 第 1 版 · 至多一条匹配 (`unique`)\n"
        "\n"
        "| 规则              | 金额                | 客户等级 | **上限** |\n"
        "|-------------------|---------------------|----------|----------|\n"
        "| `small_standard`  | `< 100000`          | 普通     | 5%       |\n"
        "| `small_key`       | `< 100000`          | 重点     | 10%      |\n"
        "| `medium_standard` | `[100000..1000000)` | 普通     | 10%      |\n"
        "| `medium_key`      | `[100000..1000000)` | 重点     | 15%      |\n"
        "| `large`           | `>= 1000000`        | –        | 15%      |\n"
    )
    assert (shipped_definitions() / "discount_limit.yaml").is_file()


def test_a_dmn_file_becomes_tables_once_and_never_over_another_text(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["import", "dmn", "m.dmn", "--out", "workflows", "--format", "json"]
    assert main([*command, "--dry-run"]) == 1
    assert list((folder / "workflows").iterdir()) == []
    capsys.readouterr()
    assert main(command) == 1
    answer = json.loads(capsys.readouterr().out)
    assert {key: answer[key] for key in ("status", "created", "names", "kept")} == {
        "status": "incomplete",
        "created": ["workflows/Discount.yaml"],
        "names": {"Discount": "Discount"},
        "kept": [],
    }
    assert [(one["code"], one["line"], one["message"]["en"]) for one in answer["refused"]] == [
        ("SF420", 12, "Clock: the type time is not supported")
    ]
    file = folder / "workflows" / "Discount.yaml"
    assert file.read_text(encoding="utf-8") == TABLE
    file.write_text(TABLE.replace("0.05", "0.06"), encoding="utf-8")
    assert main(command) == 1
    assert json.loads(capsys.readouterr().out)["kept"] == ["workflows/Discount.yaml"]
    assert "0.06" in file.read_text(encoding="utf-8")


def test_validation_tells_the_gap_of_an_imported_table(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "workflows" / "Discount.yaml").write_text(TABLE, encoding="utf-8")
    assert main(["validate"]) == 0
    told = capsys.readouterr().out
    assert "workflows/Discount.yaml:5:1: warning SF410 No rule matches Order_Size = 10" in told


def test_a_hostile_model_is_told_in_a_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bomb.dmn").write_text('<!DOCTYPE d [<!ENTITY a "b">]><definitions>&a;</definitions>', encoding="utf-8")
    assert main(["import", "dmn", "bomb.dmn"]) == 1
    assert "Error SF523: bomb.dmn:1: a document type with entities is not accepted" in capsys.readouterr().err
