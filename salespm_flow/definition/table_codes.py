"""The permanent codes of what decision tables say, and of DMN files that become some (SF4xx)."""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual

TABLE_CODES: Mapping[str, Bilingual] = MappingProxyType(
    {
        # Columns and cells
        "SF401": Bilingual("列定义矛盾", "columns that contradict each other"),
        "SF402": Bilingual("决策表没有这一列", "a cell in a column that does not exist"),
        "SF403": Bilingual("规则缺少输出", "a rule without an output"),
        "SF404": Bilingual("单元格写成了列表", "a cell written as a list"),
        "SF405": Bilingual("命中策略与列不配", "a hit policy that the columns do not bear"),
        "SF406": Bilingual("决策表循环调用", "a decision table that calls itself"),
        # All rules together
        "SF410": Bilingual("没有规则匹配的输入", "inputs that no rule matches"),
        "SF411": Bilingual("unique 的规则重叠", "rules of a unique table that overlap"),
        "SF412": Bilingual("any 的规则答案不同", "rules of an any table that contradict each other"),
        "SF413": Bilingual("规则被其他规则遮住", "a rule that others always come before"),
        "SF414": Bilingual("规则永远不会匹配", "a rule that never matches"),
        "SF415": Bilingual("规则没有比较完，不能证明", "not proven: rules that were not all compared"),
        # DMN files
        "SF420": Bilingual("DMN 中不支持的内容", "something in a DMN file that is not supported"),
        "SF421": Bilingual("DMN 的表达式无法检查通过", "a decision whose expressions do not pass our checks"),
    }
)
