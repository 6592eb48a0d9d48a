"""The permanent codes of analyses (SF61x to SF68x), and which of their findings are no errors. Knows no findings."""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual, Severity

ANALYSIS_CODES: Mapping[str, Bilingual] = MappingProxyType(
    {
        # How a project can move
        "SF610": Bilingual("到不了的状态", "a state that cannot be reached"),
        "SF611": Bilingual("永远不会发生的转移", "a transition that never fires"),
        "SF612": Bilingual("走不出去的状态", "a dead end"),
        "SF613": Bilingual("到不了终止状态的循环", "a circle that never ends"),
        "SF614": Bilingual("完成后无人理会，或永远不能完成", "regions that complete in vain, or never"),
        "SF615": Bilingual("停不下来的自动转移", "automatic transitions that never rest"),
        "SF616": Bilingual("计时器发出的事件在该状态无人监听", "a timer whose event is not heard"),
        "SF617": Bilingual("计时器循环不止", "timers that go round for ever"),
        "SF618": Bilingual("没有查完，不能证明", "not proven: there was too much to look at"),
        # Conditions
        "SF620": Bilingual("总是成立的条件", "a guard that always holds"),
        "SF621": Bilingual("永远不成立的条件", "a guard that never holds"),
        "SF622": Bilingual("无法满足的关卡", "a gate that nothing satisfies"),
        "SF623": Bilingual("重叠的条件", "guards that overlap"),
        "SF624": Bilingual("条件之间有空缺", "a gap between guards"),
        "SF625": Bilingual("条件是否互斥没有证明", "not proven: guards may overlap"),
        # Fields and names
        "SF630": Bilingual("来不及填写的必填项", "a requirement that cannot be met in time"),
        "SF631": Bilingual("没有用到的参数或条件", "a parameter or condition that nothing reads"),
        "SF632": Bilingual("没有标题也没有用到的字段", "a field without a title that nothing reads"),
        # People
        "SF640": Bilingual("什么也不能做的角色", "a role that may do nothing"),
        "SF641": Bilingual("没有人能移出的状态", "a state that nobody can move a project out of"),
        "SF642": Bilingual("同一角色既申请又审批", "one role both requests and approves"),
        "SF643": Bilingual("没有别人可以审批", "nobody else may approve"),
        "SF644": Bilingual("没有写谁可以操作", "a transition that anybody may take"),
        # Families of projects
        "SF650": Bilingual("对方不监听的消息", "a message that the other side does not hear"),
        "SF651": Bilingual("对方不会发的消息", "a message that the other side does not send"),
        "SF652": Bilingual("无尽地建立子项目", "projects that start each other for ever"),
        # Rules and completeness
        "SF660": Bilingual("风险量表有空缺", "a risk scale with holes"),
        "SF665": Bilingual("缺少中文或英文标题", "a title in one language only"),
        "SF666": Bilingual("销售项目五要素不全", "an element of a sales project is missing"),
        # Overlays
        "SF670": Bilingual("没有作用的覆盖", "an overlay entry without effect"),
        "SF671": Bilingual("同一项又加又删", "an entry both added and removed"),
        # Goals
        "SF680": Bilingual("目标不符合 SMART", "a goal that is not SMART"),
        "SF681": Bilingual("分解之和不等于目标", "parts of a goal that do not add up to it"),
        "SF682": Bilingual("目标的任务没有负责人或期限", "a task of a goal without owner or due date"),
    }
)

_INFO = ("SF618", "SF625", "SF632", "SF640", "SF644", "SF665", "SF666")
_ERRORS = ("SF612", "SF613", "SF614", "SF615", "SF622")

ANALYSIS_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {code: Severity.INFO if code in _INFO else Severity.WARNING for code in ANALYSIS_CODES if code not in _ERRORS}
)
# What is looked for only where all is to be heard.
STRICT_CODES = frozenset({"SF632", "SF640", "SF644", "SF665", "SF666"})
