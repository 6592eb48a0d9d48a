"""The words of states, statuses and doings that reports and the terminal share, in both languages."""

from collections.abc import Mapping
from typing import Final

from salespm_flow.diagnostics import Bilingual

PROGRESS: Final[Mapping[str, Bilingual]] = {
    "unknown": Bilingual("无数据", "no data"),
    "not_started": Bilingual("未开始", "not started"),
    "on_pace": Bilingual("进度正常", "on pace"),
    "behind": Bilingual("落后", "behind"),
    "reached": Bilingual("已达成", "reached"),
    "missed": Bilingual("未达成", "missed"),
}
DOINGS: Final[Mapping[str, Bilingual]] = {
    "open": Bilingual("新建", "opened"),
    "advance": Bilingual("推进", "advance"),
    "set": Bilingual("修改字段", "set"),
    "record": Bilingual("登记", "record"),
    "task": Bilingual("完成任务", "task done"),
    "add_task": Bilingual("添加任务", "task added"),
    "add_risk": Bilingual("登记风险", "risk added"),
    "respond_risk": Bilingual("应对风险", "risk answered"),
    "review_risk": Bilingual("复核风险", "risk reviewed"),
    "risk_occurred": Bilingual("风险发生", "risk occurred"),
    "raise_issue": Bilingual("登记问题", "issue raised"),
    "close_risk": Bilingual("关闭风险", "risk closed"),
    "resolve_issue": Bilingual("解决问题", "issue resolved"),
    "edit_task": Bilingual("修改任务", "task changed"),
    "tick_items": Bilingual("勾选清单", "checklist ticked"),
    "block_task": Bilingual("任务受阻", "task blocked"),
    "unblock_task": Bilingual("解除受阻", "task unblocked"),
    "cancel_task": Bilingual("取消任务", "task cancelled"),
    "note": Bilingual("备注", "note"),
    "timer": Bilingual("计时触发", "timer"),
    "message": Bilingual("收到消息", "message"),
    "import": Bilingual("导入", "import"),
    "approve": Bilingual("审批", "approval"),
    "migrate": Bilingual("迁移到", "migrated to"),
    "roll_back": Bilingual("退回到", "rolled back to"),
    "reassign": Bilingual("移交", "handed over from"),
}
RISK_STATUSES: Final[Mapping[str, Bilingual]] = {
    "open": Bilingual("未发生", "open"),
    "occurred": Bilingual("已发生", "occurred"),
    "closed": Bilingual("已关闭", "closed"),
}
OUTCOMES: Final[Mapping[str, Bilingual]] = {
    "won": Bilingual("赢单", "won"),
    "delivered": Bilingual("已交付", "delivered"),
    "lost": Bilingual("丢单", "lost"),
    "cancelled": Bilingual("已取消", "cancelled"),
    "returned": Bilingual("已退回", "returned"),
}
TASK_STATUSES: Final[Mapping[str, Bilingual]] = {
    "open": Bilingual("待办", "open"),
    "blocked": Bilingual("受阻", "blocked"),
    "done": Bilingual("完成", "done"),
    "void": Bilingual("取消", "void"),
}
APPROVAL_STATUSES: Final[Mapping[str, Bilingual]] = {
    "pending": Bilingual("待审批", "pending"),
    "approved": Bilingual("已批准", "approved"),
    "rejected": Bilingual("已驳回", "rejected"),
    "void": Bilingual("已失效", "void"),
    "used": Bilingual("已批准并推进", "approved and used"),
}
POPULATIONS: Final[Mapping[str, Bilingual]] = {
    "projects": Bilingual("项目", "the projects"),
    "visits": Bilingual("状态停留", "the stays in states"),
    "moves": Bilingual("推进", "the moves"),
    "revisions": Bilingual("修改", "the revisions"),
    "approvals": Bilingual("审批", "the approvals"),
    "tasks": Bilingual("任务", "the tasks"),
    "risks": Bilingual("风险", "the risks"),
    "issues": Bilingual("问题", "the issues"),
}
