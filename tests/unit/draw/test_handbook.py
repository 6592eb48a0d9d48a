"""Workflows as handbooks: the whole text of a small one, and nothing of the shipped ones left out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.handbook import handbook
from salespm_flow.draw.phrases import Phrases
from salespm_flow.draw.words import escaped
from salespm_flow.expr.parse import parse
from salespm_flow.model.library import Library, organisation_of
from salespm_flow.model.workflow import Workflow

FLOW = """
salespm: 1
kind: workflow
id: flow
version: 1
domain: sales
title: {zh: 流程, en: Flow}
uses: {risks: [dangers]}
parameters: {limit: 15%}
fields:
  amount: {type: integer, by: [sales_manager], title: {zh: 金额, en: Amount}}
  discount: {type: percent, title: {zh: 折扣, en: Discount}}
records:
  deals: {title: {zh: 交易, en: Deals}, fields: {done: {type: boolean, title: {zh: 完成, en: Done}}}}
conditions: {large: discount > limit}
initial: open
states:
  open:
    title: {zh: 进行中, en: Open}
    probability: 12.5%
    owner_role: sales_rep
    skills: {listening: 2}
    tools: [CRM]
    sla: {warn: 1wd, breach: 3wd}
    tasks:
      call: {title: {zh: 致电, en: Call}, accountable: owner, due: 1d}
      visit:
        {title: {zh: 拜访, en: Visit}, accountable: owner, effort: 6h, priority: high, needs: [call], checklist: [a]}
    exit:
      require: [amount]
      check: {small: {that: not(large), message: {zh: 折扣过大, en: Too much discount}}}
  won: {title: {zh: 成交, en: Won}, final: true, outcome: won}
transitions:
  win: {title: {zh: 赢下, en: Win}, from: open, to: won, by: [sales_rep], when: amount > 0 or discount = null}
timers:
  stale: {in: open, after: 30d, do: {tell: {action: notify, title: {zh: 停滞, en: Stale}, who: owner}}}
"""
RISKS = """
salespm: 1
kind: risk_model
id: dangers
version: 1
title: {zh: 风险, en: Dangers}
scales:
  probability: {1: 10%, 2: 90%}
  impact: {1: {title: {zh: 低, en: Low}}, 2: {title: {zh: 高, en: High}}}
levels: {low: [1, 2], high: [3, 4]}
rules:
  cheap:
    title: {zh: 太便宜, en: Too cheap}
    category: customer
    when: amount < 10
    probability: 2
    impact: 2
    who: owner
    response: {strategy: avoid, title: {zh: 提价, en: Raise the price}, due: 2wd, residual: {probability: 0, impact: 2}}
"""
IN_ENGLISH = """\
# Flow

Workflow `flow` · version 1 · domain: sales

## The stages at a glance

| Stage | Probability | Owner role | Time limit | Outcome |
|---|---|---|---|---|
| Open | 12.5% | `sales_rep` | 3 working days |  |
| Won | 100% |  |  | won |

## Stage by stage

“Before leaving” does not bind a move back, a move aside, or an end without success.

### Open `open`

- Probability: 12.5%
- Owner role: `sales_rep`
- Skills: `listening` level 2
- Tools: CRM
- Time limit: a warning after 1 working day, overdue after 3 working days

**Tasks**

- **Call**: done by: the owner; within 1 day
- **Visit**: done by: the owner; effort: 6 hours; priority: high; after: Call; checklist: a

**Before leaving**

- Fill in: Amount
- Must hold: Discount ≤ 15%. If not: *Too much discount*

**Moves**

- **Win** → Won (`win`)
  - Who may: `sales_rep`
  - Only when: Amount > 0 or Discount is empty

### Won `won`

- Probability: 100%
- The end
- Outcome: won

## Roles

**The owner**

- Tasks: Call, Visit
- Is notified: Stale

**`sales_manager`**

- May fill in: Amount

**`sales_rep`**

- Owns the stages: Open
- May: Win

## Risks: Dangers

- **Too cheap** (`cheap`)
  - When: Amount < 10
  - Score: probability × impact 2 × 2 = 4 (high)
  - Owner: the owner
  - Response: avoid – Raise the price, within 2 working days

## Timers

- **Open**: after 30 days (`stale`)
  - tell the owner: *Stale*

## Outcomes

- Won: won, the end
"""
IN_CHINESE = """\
# 流程

流程 `flow` · 第 1 版 · 领域：销售

## 阶段一览

| 阶段 | 成功率 | 负责角色 | 时限 | 结果 |
|---|---|---|---|---|
| 进行中 | 12.5% | `sales_rep` | 3 个工作日 |  |
| 成交 | 100% |  |  | 赢单 |

## 各阶段

退回较早的阶段、暂停，或以不成功的结果收场时，“离开前”的要求不适用。

### 进行中 `open`

- 成功率：12.5%
- 负责角色：`sales_rep`
- 所需技能：`listening` 2 级
- 工具：CRM
- 时限：1 个工作日后提醒、3 个工作日后超时

**任务**

- **致电**：执行：项目负责人；1 天内完成
- **拜访**：执行：项目负责人；工作量：6 小时；优先级：高；须先完成：致电；清单：a

**离开前**

- 须填写：金额
- 须满足：折扣 ≤ 15%。否则提示：*折扣过大*

**可以做的事**

- **赢下** → 成交 (`win`)
  - 谁可以做：`sales_rep`
  - 前提：金额 > 0，或未填写折扣

### 成交 `won`

- 成功率：100%
- 到此结束
- 结果：赢单

## 各角色

**项目负责人**

- 任务：致电、拜访
- 收到通知：停滞

**`sales_manager`**

- 可以填写：金额

**`sales_rep`**

- 负责阶段：进行中
- 可以做：赢下

## 风险：风险

- **太便宜** (`cheap`)
  - 何时：金额 < 10
  - 评分：概率 × 影响 2 × 2 = 4（高）
  - 责任人：项目负责人
  - 应对：规避——提价，2 个工作日内

## 自动计时

- **进行中**：进入满 30 天 (`stale`)
  - 通知 项目负责人：*停滞*

## 结果

- 成交：赢单、到此结束
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "flow.yaml").write_text(FLOW, encoding="utf-8")
    (tmp_path / "workflows" / "dangers.yaml").write_text(RISKS, encoding="utf-8")
    loaded = load(tmp_path)
    assert [found.message.en for found in loaded.errors] == []
    return loaded.library


@pytest.mark.parametrize("language", Language)
def test_small_workflow_reads_as_a_whole_page(library: Library, language: Language) -> None:
    text = handbook(library.workflows["flow"], (library.risk_models["dangers"],), language)
    assert text == {Language.EN: IN_ENGLISH, Language.ZH: IN_CHINESE}[language]


def told(workflow: Workflow) -> Iterator[Bilingual]:
    """What the handbook must name: states, transitions, and what their checks say."""
    gates = [one.gate for one in workflow.transitions.values()]
    for state in workflow.states.values():
        yield state.title
        gates += [state.entry, state.exit]
    for transition in workflow.transitions.values():
        yield transition.title
    for gate in gates:
        yield from (check.message for check in gate.check if check.message is not None)


@pytest.mark.parametrize("language", Language)
def test_shipped_workflows_are_told_whole(language: Language) -> None:
    shipped = load(shipped_definitions()).library
    # The CRM example is a workspace of its own.
    assert set(shipped.workflows) >= {"sales_pipeline", "pm_lifecycle", "software_sales"}
    for workflow in shipped.workflows.values():
        models = tuple(shipped.risk_models[name] for name in workflow.uses.risks)
        text = handbook(workflow, models, language)
        assert [one for one in told(workflow) if escaped(one.of(language)) not in text] == []
        assert [role for role in workflow.roles if f"**`{role}`**" not in text] == []
        assert [rule.id for model in models for rule in model.rules.values() if f"(`{rule.id}`)" not in text] == []


def test_roles_skills_and_people_bear_the_titles_of_the_organisation() -> None:
    shipped = load(shipped_definitions()).library
    workflow = shipped.workflows["sales_pipeline"]
    chinese = handbook(workflow, (), Language.ZH, organisation=organisation_of(workflow, shipped)).splitlines()
    assert "| 市场调研 | 5% | 销售人员 | 10 个工作日 |  |" in chinese
    assert "- 所需技能：市场洞察力 3 级" in chinese
    assert "**销售人员 (`sales_rep`)**" in chinese
    assert [line for line in chinese if "`legal`" in line] == ["**法务 (`legal`)**"]


def test_goals_stand_first_with_their_steps_and_parts() -> None:
    shipped = load(shipped_definitions()).library
    workflow = shipped.workflows["sales_project"]
    goals = shipped.goal_sets["quarter_goals"]
    company = organisation_of(workflow, shipped)
    chinese = handbook(workflow, (), Language.ZH, goals=(goals,), organisation=company).splitlines()
    english = handbook(workflow, (), Language.EN, goals=(goals,), organisation=company).splitlines()
    start = chinese.index("## 目标")
    assert chinese[start + 2 : start + 12] == [
        "- **在季度内实现 100 万美元的销售额** (`quarter_revenue`)",
        "  - 指标：`revenue_usd`",
        "  - 目标值：1,000,000 USD",
        "  - 基线：850,000 USD",
        "  - 范围：华东区全部产品，新老客户",
        "  - 责任人：销售经理",
        "  - 期间：2026-04-01 – 2026-06-30",
        "  - 步骤：老客户续约与增购（销售人员、2026-06-30 前、600,000 USD）",
        "  - 步骤：签下新客户（销售人员、2026-06-30 前、300,000 USD）",
        "  - 步骤：展会成交（售前顾问、2026-05-29 前、100,000 USD）",
    ]
    assert chinese[start + 12] == "  - **四月销售额** (`april_revenue`)"
    assert "  - Step: Win new customers (Salesperson, by 2026-06-30, 300,000 USD)" in english
    assert "## 目标" not in handbook(workflow, (), Language.ZH).splitlines()


def test_markup_in_titles_is_no_markup() -> None:
    assert escaped("a | b\n*c* <d>") == "a \\| b \\*c\\* \\<d\\>"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("amount - (amount - 1)", "Amount - (Amount - 1)"),
        ("(amount - amount) - 1", "Amount - Amount - 1"),
        ("not(large) and (amount = 1 or large)", "Discount ≤ 15% and (Amount = 1 or Discount > 15%)"),
        ("(some x in deals satisfies x.done) or large", "(at least one of Deals such that Done) or Discount > 15%"),
        ("count(deals[done]) in [1..3]", "the number of Deals (those where Done) is from 1 to 3"),
        ('upper case("a")', "upper case(“a”)"),
    ],
)
def test_rules_keep_their_meaning_in_words(library: Library, text: str, words: str) -> None:
    workflow = library.workflows["flow"]
    phrases = Phrases(workflow=workflow, language=Language.EN, parameters=workflow.parameters)
    node = parse(text).node
    assert node is not None
    assert phrases.words(node) == words
