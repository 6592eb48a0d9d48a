"""What a move waits for and who may set its rules aside, in words for a handbook. Knows no sections."""

from collections.abc import Iterator

from salespm_flow.draw.phrases import Phrases
from salespm_flow.model.workflow import Approval, Quorum, Transition


def approval_lines(transition: Transition, phrases: Phrases) -> Iterator[str]:
    """One line for each approval, then one for the override."""
    pick = phrases.pick
    for approval in transition.approvals.values():
        words = pick("；", "; ").join(_parts(approval, transition, phrases))
        yield pick(f"- 须审批：{words}", f"- Approval: {words}")
    override = transition.override
    if override is not None:
        who = phrases.listed(tuple(map(phrases.party, override.by)))
        comment = pick("，须写明说明", ", with a comment") if override.needs_comment else ""
        yield pick(f"- 可以越权：{who}{comment}", f"- May override: {who}{comment}")


def _parts(approval: Approval, transition: Transition, phrases: Phrases) -> Iterator[str]:
    pick = phrases.pick
    yield f"*{phrases.of(approval.title)}*"
    if approval.when is not None:
        words = phrases.expression(approval.when)
        yield pick(f"当 {words}（不能判断时也须审批）", f"when {words}, or when that is unknown")
    who = phrases.listed(tuple(map(phrases.party, approval.by)))
    yield pick(f"由 {who} {_quorum(approval, phrases)}", f"by {who}, {_quorum(approval, phrases)}")
    if approval.excepted:
        excepted = phrases.listed(tuple(map(phrases.party, approval.excepted)))
        yield pick(f"{excepted}须回避", f"not by {excepted}")
    if approval.after is not None:
        first = phrases.of(transition.approvals[approval.after].title)
        yield pick(f"在*{first}*通过之后", f"after *{first}*")
    if approval.due is not None:
        yield pick(f"{phrases.duration(approval.due)}内", f"within {phrases.duration(approval.due)}")
    if approval.escalate is not None:
        to = phrases.party(approval.escalate)
        yield pick(f"逾期转给 {to}", f"then it goes to {to} too")


def _quorum(approval: Approval, phrases: Phrases) -> str:
    match approval.quorum:
        case Quorum.ANY:
            return phrases.pick("或签（一人同意即可）", "any one of them")
        case Quorum.ALL:
            return phrases.pick("会签（全部同意）", "all of them")
        case number:
            return phrases.pick(f"{number} 人同意", f"{number} of them")
