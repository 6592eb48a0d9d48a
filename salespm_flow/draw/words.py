"""Words for reading: units, parties, outcomes, signs and functions, and how a text and a ratio stand in Markdown.

Knows no workflow.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.syntax import BooleanLiteral, Operator, Unit
from salespm_flow.model.expression import PartyKind
from salespm_flow.model.workflow import Outcome

UNITS: Final[Mapping[Unit, tuple[str, str]]] = {
    Unit.MILLISECOND: ("毫秒", "millisecond"),
    Unit.SECOND: ("秒", "second"),
    Unit.MINUTE: ("分钟", "minute"),
    Unit.HOUR: ("小时", "hour"),
    Unit.DAY: ("天", "day"),
    Unit.WORKING_DAY: ("个工作日", "working day"),
    Unit.WEEK: ("周", "week"),
    Unit.MONTH: ("个月", "month"),
    Unit.YEAR: ("年", "year"),
}
LENGTHS: Final = (
    (timedelta(days=1), Unit.DAY),
    (timedelta(hours=1), Unit.HOUR),
    (timedelta(minutes=1), Unit.MINUTE),
    (timedelta(seconds=1), Unit.SECOND),
)
PARTIES: Final[Mapping[PartyKind, Bilingual]] = {
    PartyKind.OWNER: Bilingual("项目负责人", "the owner"),
    PartyKind.MANAGER: Bilingual("负责人的经理", "the owner's manager"),
    PartyKind.REQUESTER: Bilingual("申请人", "the requester"),
    PartyKind.ACTOR: Bilingual("操作人", "whoever acts"),
}
OUTCOMES: Final[Mapping[Outcome, Bilingual]] = {
    Outcome.WON: Bilingual("赢单", "won"),
    Outcome.DELIVERED: Bilingual("已交付", "delivered"),
    Outcome.LOST: Bilingual("丢单", "lost"),
    Outcome.CANCELLED: Bilingual("已取消", "cancelled"),
    Outcome.RETURNED: Bilingual("已退回", "returned"),
}
RISK_LEVELS: Final = frozenset({"risk.level", 'default(risk.level, "low")'})
# The second half of `default(x, false)`.
NO: Final = BooleanLiteral(value=False, start=0, end=0)
SIGNS: Final[Mapping[Operator, str]] = {
    Operator.UNEQUAL: "≠",
    Operator.LESS_EQUAL: "≤",
    Operator.GREATER_EQUAL: "≥",
    Operator.MULTIPLY: "×",
    Operator.DIVIDE: "÷",
}
# On their right, operators of the same power must stay together.
GROUPING: Final = frozenset({Operator.SUBTRACT, Operator.DIVIDE})
OPPOSITES: Final[Mapping[Operator, Operator]] = {
    Operator.EQUAL: Operator.UNEQUAL,
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.LESS: Operator.GREATER_EQUAL,
    Operator.GREATER_EQUAL: Operator.LESS,
    Operator.GREATER: Operator.LESS_EQUAL,
    Operator.LESS_EQUAL: Operator.GREATER,
}
# `{}` stands for the arguments, in order.
CALLS: Final[Mapping[tuple[str, int], Bilingual]] = {
    ("count", 1): Bilingual("{}的条数", "the number of {}"),
    ("sum", 1): Bilingual("{}合计", "the sum of {}"),
    ("mean", 1): Bilingual("{}平均值", "the mean of {}"),
    ("min", 1): Bilingual("{}最低值", "the lowest {}"),
    ("max", 1): Bilingual("{}最高值", "the highest {}"),
    ("default", 2): Bilingual("{}（未填按 {} 计）", "{} (if empty, {})"),
    ("working days", 2): Bilingual("从{}到{}的工作日数", "the working days from {} to {}"),
    ("date", 1): Bilingual("{}", "{}"),
    ("today", 0): Bilingual("今天", "today"),
    ("now", 0): Bilingual("此刻", "now"),
    ("entered", 1): Bilingual("进入{}的时间", "the entry into {}"),
    ("time_in", 1): Bilingual("在{}停留的时间", "the time in {}"),
    ("in_state", 1): Bilingual("正处于{}", "it stands in {}"),
    ("changed", 1): Bilingual("{}有变动", "{} changed"),
    ("changed", 2): Bilingual("{}自{}以来有变动", "{} changed since {}"),
}
NAMES_STATES: Final = frozenset({"entered", "time_in", "in_state"})
PATHS: Final[Mapping[str, Bilingual]] = {
    "risk.level": Bilingual("风险等级", "the risk level"),
    "risk.score": Bilingual("风险分", "the risk score"),
    "task.overdue": Bilingual("逾期任务数", "the number of overdue tasks"),
    "task.open": Bilingual("未完成任务数", "the number of open tasks"),
    "outcome": Bilingual("结果", "outcome"),
    "at": Bilingual("登记时间", "time of entry"),
    "first_at": Bilingual("首次登记时间", "time of first entry"),
}
# What formulas read of a goal.
GOAL_PATHS: Final[Mapping[str, Bilingual]] = {
    "smart": Bilingual("目标“{}”符合 SMART 原则", "the goal “{}” is SMART"),
    "pace": Bilingual("目标“{}”的进度", "the pace of the goal “{}”"),
    "attainment": Bilingual("目标“{}”的达成率", "the attainment of the goal “{}”"),
    "actual": Bilingual("目标“{}”的实际值", "the actual value of the goal “{}”"),
    "target": Bilingual("目标“{}”的目标值", "the target of the goal “{}”"),
    "starts_on": Bilingual("目标“{}”的开始日期", "the first day of the goal “{}”"),
    "ends_on": Bilingual("目标“{}”的结束日期", "the last day of the goal “{}”"),
}


def escaped(text: str) -> str:
    """The text on one line, its characters kept from being read as Markdown."""
    return "".join(f"\\{one}" if one in "\\`*<>|[]" else one for one in " ".join(text.split()))


def ratio(value: Decimal) -> str:
    """A ratio as percent, without trailing zeros."""
    text = f"{value * 100:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
