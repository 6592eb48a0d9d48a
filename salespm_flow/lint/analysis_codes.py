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
        "SF618": Bilingual("没有查完，不能证明", "not proven: too many configurations"),
        # Conditions
        # Fields and names
        # People
        # Families of projects
        # Rules and completeness
        # Overlays
        "SF670": Bilingual("没有作用的覆盖", "an overlay entry without effect"),
        "SF671": Bilingual("同一项又加又删", "an entry both added and removed"),
        # Goals
        "SF680": Bilingual("目标不符合 SMART", "a goal that is not SMART"),
        "SF681": Bilingual("分解之和不等于目标", "parts of a goal that do not add up to it"),
        "SF682": Bilingual("目标的任务没有负责人或期限", "a task of a goal without owner or due date"),
    }
)

_INFO = ("SF618",)
_ERRORS = ("SF612", "SF613", "SF614")

ANALYSIS_SEVERITIES: Mapping[str, Severity] = MappingProxyType(
    {code: Severity.INFO if code in _INFO else Severity.WARNING for code in ANALYSIS_CODES if code not in _ERRORS}
)
# What is looked for only where all is to be heard.
STRICT_CODES: frozenset[str] = frozenset()
