"""What the page of the kinds says of each: what it is for, the smallest one that loads, and one in real use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from salespm_flow.diagnostics import Bilingual

SMALLEST: Final = Path(__file__).resolve().parent / "reference" / "smallest"
IN_USE: Final = SMALLEST.parent / "in_use"  # of kinds that no shipped definition is of
SHIPPED: Final = Path(__file__).resolve().parent.parent / "workflows"
LINES: Final = 24
MODELINE: Final = "# yaml-language-server:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of document: its purpose, and the file that shows it in use: a shipped definition, or one in IN_USE."""

    purpose: Bilingual
    real: str


ABOUT: Final[Mapping[str, Kind]] = {
    "workflow": Kind(
        purpose=Bilingual(
            "流程：项目经过哪些状态，谁在什么条件下推进，进入时发生什么。",
            "Which states a project goes through, who moves it on under which conditions, and what happens then.",
        ),
        real="sales_pipeline.yaml",
    ),
    "organisation": Kind(
        purpose=Bilingual(
            "组织：单位、角色、人员、技能。角色从此有人核对，不再只凭自称。",
            "Units, roles, people and skills: roles are checked against people instead of claimed.",
        ),
        real="company.yaml",
    ),
    "calendar": Kind(
        purpose=Bilingual(
            "工作日历：哪些天、哪些时段上班；`5wd` 和时限按它计算。",
            "On which days and hours work goes on: `5wd` and time limits count by it.",
        ),
        real="cn_office.yaml",
    ),
    "risk_model": Kind(
        purpose=Bilingual(
            "风险模型：概率与影响的量表、级别，以及何时出现风险、由谁应对的规则。",
            "Scales of probability and impact, levels, and the rules that open risks and say who responds.",
        ),
        real="sales_risks.yaml",
    ),
    "kpi_set": Kind(
        purpose=Bilingual(
            "指标集：从项目、记录等算出的指标，定义一次，到处引用。",
            "Figures worked out from projects and their records, defined once and read everywhere.",
        ),
        real="sales_kpis.yaml",
    ),
    "scorecard": Kind(
        purpose=Bilingual(
            "计分卡：把几个指标按权重合成分数和等级，可设一票否决。",
            "Several KPIs weighed into a score and a grade, with vetoes.",
        ),
        real="sales_scorecard.yaml",
    ),
    "goal_set": Kind(
        purpose=Bilingual(
            "目标集：指标要在什么时间达到多少、由谁负责、分解成什么；逐项检查 SMART。",
            "What a KPI is to come to, by when and by whom, and what it is broken down into; checked for SMART.",
        ),
        real="quarter_goals.yaml",
    ),
    "decision_table": Kind(
        purpose=Bilingual(
            "决策表：一行一条规则的表格，规则里用 `table.<id>(..)` 查。",
            "Rules one a row; expressions ask it as `table.<id>(..)`.",
        ),
        real="discount_limit.yaml",
    ),
    "reference": Kind(
        purpose=Bilingual(
            "参照表：CSV 中的客户、产品、汇率等；字段可以引用它的行。",
            "Accounts, products or exchange rates from a CSV file; fields refer to its rows.",
        ),
        real="exchange_rates.yaml",
    ),
    "mapping": Kind(
        purpose=Bilingual(
            "导入映射：别的系统导出的表，每一列去往哪个字段、哪个状态。",
            "Where each column of another system's export goes: fields, states, dates.",
        ),
        real="crm/crm_import.yaml",
    ),
    "migration": Kind(
        purpose=Bilingual(
            "迁移：流程旧版本的状态和字段在新版本里成为什么；`migrate` 据此迁移运行中的项目。",
            "What of an older version of a workflow becomes what of a newer one; `migrate` goes by it.",
        ),
        real="migration.yaml",
    ),
    "scenarios": Kind(
        purpose=Bilingual(
            "情景：对流程的测试。给出起点，走几步，写明每一步之后须成立的事；`test` 用真正的引擎运行它们。",
            "Tests of a workflow: where a project starts, the steps, and what must hold after each; `test` runs them.",
        ),
        real="crm/crm_deals_tests.yaml",
    ),
    "workspace": Kind(
        purpose=Bilingual(
            "工作区设置，文件名 `salespm.yaml`：语言、货币、时区、日历、汇率、数据库、定义文件夹。",
            "The settings of a folder, in `salespm.yaml`: language, currency, time zone, calendar, rates, store.",
        ),
        real="workspace.yaml",
    ),
    "overlay": Kind(
        purpose=Bilingual(
            "覆盖层：不复制原文，只写与另一份定义不同的地方。",
            "What differs from another definition, without copying it.",
        ),
        real="software_sales.yaml",
    ),
}


def kind_lines(kind: str) -> Iterator[str]:
    """The section of the kind.

    Raises:
        KeyError: the page names a kind that nothing is said of.
    """
    about = ABOUT[kind]
    yield about.purpose.en
    yield ""
    yield about.purpose.zh
    yield ""
    yield "The smallest · 最小的："
    yield ""
    folder = "" if kind == "workspace" else "workflows/"
    yield from _block("yaml", SMALLEST / f"{kind}.yaml", f"{folder}{'salespm' if folder == '' else kind}.yaml")
    if kind == "reference":
        yield ""
        yield from _block("csv", SMALLEST / "customers.csv", "workflows/customers.csv")
    yield ""
    yield from _real(about.real)


def _block(tag: str, path: Path, name: str) -> Iterator[str]:
    yield f"<!-- file: {name} -->"
    yield f"```{tag}"
    yield path.read_text(encoding="utf-8").rstrip("\n")
    yield "```"


def _real(name: str) -> Iterator[str]:
    """The beginning of a definition in use, as a block that no test takes for a whole one."""
    path, link = SHIPPED / name, f"../../workflows/{name}"
    if not path.exists():
        path, link = IN_USE / name, f"in_use/{name}"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(MODELINE)]
    more = len(lines) - LINES
    yield f"In use · 实际的：[{name}]({link})" + (
        f", its first {LINES} lines of {len(lines)} · 共 {len(lines)} 行，这里是前 {LINES} 行" if more > 0 else ""
    )
    yield ""
    yield "```yml"
    yield from lines[:LINES] if more > 0 else lines
    yield "```"
