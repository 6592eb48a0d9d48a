"""The permanent codes of what can be wrong with what documents and tables say (SF3xx)."""

from collections.abc import Mapping
from types import MappingProxyType

from salespm_flow.diagnostics import Bilingual

DOCUMENT_CODES: Mapping[str, Bilingual] = MappingProxyType(
    {
        # Names
        "SF301": Bilingual("未知的状态", "an unknown state"),
        "SF302": Bilingual("状态名不唯一", "an ambiguous state name"),
        "SF303": Bilingual("未知的字段", "an unknown field"),
        "SF304": Bilingual("未知的记录表", "an unknown record"),
        "SF305": Bilingual("未知的链接", "an unknown link"),
        "SF306": Bilingual("要求的名称不存在", "a required name that is no field or record"),
        "SF307": Bilingual("引用的文档不存在", "a document that does not exist"),
        "SF308": Bilingual("引用的指标不存在", "a KPI that does not exist"),
        "SF309": Bilingual("未知的级别、类别或等级", "an unknown level, category, grade or step"),
        "SF310": Bilingual("不能作标识符", "a name that is no id"),
        "SF311": Bilingual("保留名", "a reserved name"),
        # Fields and literals
        "SF312": Bilingual("值与类型不符", "a value that is not of its type"),
        "SF313": Bilingual("值超出范围或上下界颠倒", "a value out of bounds, or bounds the wrong way round"),
        "SF314": Bilingual("字段类型缺少或多出键", "a field type with too few or too many keys"),
        "SF315": Bilingual("键列不存在", "a key column that does not exist"),
        "SF316": Bilingual("币种、单位、国家或时区无效", "no currency, unit, country or time zone"),
        "SF317": Bilingual("计算字段不能赋值", "a computed field that is given a value"),
        "SF318": Bilingual("没有人监听或发出的事件", "an event that nothing hears or raises"),
        "SF319": Bilingual("同名", "a name used twice"),
        # States, transitions, timers
        "SF320": Bilingual("缺少初始状态", "no initial state"),
        "SF321": Bilingual("初始状态不在这一层", "an initial state that is no child"),
        "SF322": Bilingual("终止状态不能有的键", "a key that a final state cannot have"),
        "SF323": Bilingual("状态的结构矛盾", "keys of a state that contradict each other"),
        "SF324": Bilingual("目标不能同时进入", "targets that exclude each other"),
        "SF325": Bilingual("离开终止状态", "a transition from a final state"),
        "SF326": Bilingual("没有历史可恢复", "a history that is not kept"),
        "SF327": Bilingual("转移的键互相矛盾", "keys of a transition that contradict each other"),
        "SF328": Bilingual("计时器须恰好一个时间", "a timer without exactly one moment"),
        "SF329": Bilingual("没有终止状态", "no final state"),
        # Rules and calendars
        "SF330": Bilingual("权重之和不是 100%", "weights that do not sum to 100%"),
        "SF331": Bilingual("级别有空缺或重叠", "levels with gaps or overlaps"),
        "SF332": Bilingual("指标缺少公式", "a KPI without the formulas of its unit"),
        "SF333": Bilingual("指标没有流程", "a KPI without a workflow"),
        "SF334": Bilingual("未知的总体", "an unknown population"),
        "SF335": Bilingual("有分数没有等级", "scores without a grade"),
        "SF336": Bilingual("工作时段重叠或颠倒", "hours that overlap or are out of order"),
        "SF337": Bilingual("应对证明不了它所说的", "a response that does not prove what it claims"),
        "SF338": Bilingual("风险量表次序颠倒或没有基数", "a scale that does not rise, or is a share of nothing"),
        "SF339": Bilingual("风险的币种不一致", "risks counted in different currencies"),
        # Documents against each other
        "SF340": Bilingual("不能传入的字段", "a field that cannot be carried"),
        "SF341": Bilingual("没有风险模型", "no risk model to score on"),
        "SF342": Bilingual("必填字段没有传入", "a required field that is not carried"),
        "SF343": Bilingual("循环引用", "a definition that comes back to itself"),
        "SF344": Bilingual("指标定义了两次", "a KPI defined twice"),
        "SF345": Bilingual("考核值与指标单位不符", "a criterion of another unit than its KPI"),
        "SF346": Bilingual("表达式结果的类型不对", "an expression of the wrong kind"),
        "SF347": Bilingual("行与记录表不符", "a row that does not fit its record"),
        "SF348": Bilingual("同一版本出现两次", "the same version twice"),
        "SF349": Bilingual("定义文件夹不存在", "a definitions folder that does not exist"),
        # Tables
        "SF350": Bilingual("表格文件无法读取", "a table that cannot be read"),
        "SF351": Bilingual("表格编码或格式错误", "a table in another encoding or form"),
        "SF352": Bilingual("表格缺少列", "a table without a column"),
        "SF353": Bilingual("单元格的值不对", "cells with wrong values"),
        "SF354": Bilingual("行的格数不对", "a line with too few or too many cells"),
        "SF355": Bilingual("表格中键重复", "a key that stands twice in a table"),
        "SF356": Bilingual("引用了有几个键列的参照表", "a field that refers to a table with several key columns"),
        "SF357": Bilingual("不能作汇率表", "a reference that cannot serve as exchange rates"),
        "SF358": Bilingual("没有汇率表", "a conversion without exchange rates"),
        "SF359": Bilingual("别名无效", "an alias that means no row, or two"),
        # Overlays
        "SF360": Bilingual("被扩展的文档不存在", "an extended document that does not exist"),
        "SF361": Bilingual("被扩展的文档有错误", "an extended document with errors"),
        "SF362": Bilingual("互相扩展", "documents that extend each other"),
        "SF363": Bilingual("要删除的不存在", "nothing there to remove"),
        "SF364": Bilingual("`after` 的状态不在这一层", "an `after` that names no sibling"),
        "SF365": Bilingual("不能扩展的文档", "a document that cannot be extended"),
        "SF366": Bilingual("合成的文档太大或层数太多", "a composed document that is too large, or of too many layers"),
        # Organisations, and the people, roles and skills that documents name
        "SF370": Bilingual("未知的部门", "an unknown unit"),
        "SF371": Bilingual("未知的人员", "an unknown person"),
        "SF372": Bilingual("未知的角色", "an unknown role"),
        "SF373": Bilingual("未知的技能", "an unknown skill"),
        "SF374": Bilingual("部门属于自己，或代理人是本人", "a unit that belongs to itself, or one's own deputy"),
        "SF375": Bilingual("技能级别不在 1 到 5 之间", "a skill level outside 1 to 5"),
        "SF376": Bilingual("没有人担任的角色", "a role that nobody holds"),
        "SF377": Bilingual("不在的日子首尾颠倒或重叠", "absences that end before they begin, or overlap"),
        "SF378": Bilingual("没有组织，经理不指任何人", "a manager without an organisation"),
        "SF379": Bilingual("角色像是写错的保留词", "a role that looks like a mistyped reserved word"),
        # Tasks
        "SF380": Bilingual("未知的任务", "an unknown task"),
        "SF381": Bilingual("任务互相等待", "tasks that wait for each other"),
        # Approvals
        "SF385": Bilingual("`after` 的审批不存在或成环", "an approval after one that does not exist, or after itself"),
        "SF386": Bilingual("达不到的会签人数", "a quorum that cannot be reached"),
        "SF387": Bilingual("审批或越权的键互相矛盾", "keys of an approval or override that contradict each other"),
        # KPIs
        "SF388": Bilingual("总体没有这个时间", "a basis that the population has no moment for"),
        "SF389": Bilingual("指标的键互相矛盾", "keys of a KPI that contradict each other"),
        # Goals
        "SF391": Bilingual("未知的目标", "an unknown goal"),
        "SF392": Bilingual("目标的日期颠倒或越界", "dates of a goal that are reversed or leave its period"),
        "SF393": Bilingual("目标与指标的单位或币种不符", "a goal in another unit or currency than its KPI"),
        "SF394": Bilingual("目标定义了两次", "a goal defined twice"),
        # Scenarios
        "SF395": Bilingual("流程里没有情景或迁移所写的名称", "a scenario or migration naming what its workflow lacks"),
        # Shapes; the schema's finding is shown instead where it has one
        "SF390": Bilingual("无法读取", "a shape that cannot be read"),
    }
)
