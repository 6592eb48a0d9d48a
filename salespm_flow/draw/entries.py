"""The entries of a handbook: what a stage, move, task, action or risk says in a line or two. Knows no sections."""

from collections.abc import Iterable, Iterator
from typing import Final

from salespm_flow.diagnostics import Bilingual
from salespm_flow.draw.approvals import approval_lines
from salespm_flow.draw.phrases import Phrases
from salespm_flow.draw.tools import tool_title
from salespm_flow.draw.words import OUTCOMES, escaped, ratio
from salespm_flow.expr.syntax import BooleanLiteral, NullLiteral
from salespm_flow.model.actions import (
    Action,
    AppendRow,
    Notify,
    OpenRisk,
    OpenTask,
    RaiseEvent,
    ReturnToParent,
    SendEvent,
    SetField,
    SpawnChild,
)
from salespm_flow.model.priority import Priority
from salespm_flow.model.rules import LEVEL_TITLES, RiskModel, RiskRule, Strategy
from salespm_flow.model.workflow import Function, Gate, Link, State, StateKind, StateTask, Timer, Transition, Workflow
from salespm_flow.nouns import dataclass

FUNCTIONS: Final = {
    Function.PLAN: Bilingual("计划", "plan"),
    Function.ORGANISE: Bilingual("组织", "organise"),
    Function.IMPLEMENT: Bilingual("实施", "implement"),
    Function.CONTROL: Bilingual("控制", "control"),
    Function.EVALUATE: Bilingual("评价", "evaluate"),
}
PRIORITIES: Final = {
    Priority.LOW: Bilingual("低", "low"),
    Priority.NORMAL: Bilingual("普通", "normal"),
    Priority.HIGH: Bilingual("高", "high"),
    Priority.URGENT: Bilingual("紧急", "urgent"),
}
STRATEGIES: Final = {
    Strategy.AVOID: Bilingual("规避", "avoid"),
    Strategy.TRANSFER: Bilingual("转移", "transfer"),
    Strategy.MITIGATE: Bilingual("减轻", "mitigate"),
    Strategy.ACCEPT: Bilingual("接受", "accept"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """The lines of one handbook, by what they tell of."""

    workflow: Workflow
    phrases: Phrases

    def colon(self) -> str:
        """What stands between a name and its value."""
        return self.phrases.pick("：", ": ")

    def fact(self, zh: str, en: str, value: str) -> str:
        """A name with its value."""
        return self.phrases.pick(zh, en) + self.colon() + value

    def title(self, path: str) -> str:
        """The title of a state."""
        return self.phrases.of(self.workflow.states[path].title)

    def titles(self, paths: Iterable[str]) -> str:
        """The titles of the states."""
        return self.phrases.listed(tuple(self.title(path) for path in paths))

    def facts(self, state: State) -> Iterator[str]:
        """What there is to know of a state before its criteria."""
        phrases = self.phrases
        if state.function is not None:
            yield f"- {self.fact('管理职能', 'Management function', FUNCTIONS[state.function].of(phrases.language))}"
        if state.probability is not None:
            yield f"- {self.fact('成功率', 'Probability', ratio(state.probability))}"
        if state.owner_role is not None:
            yield f"- {self.fact('负责角色', 'Owner role', phrases.role(state.owner_role))}"
        if state.skills:
            skills = tuple(
                phrases.pick(f"{phrases.skill(one)} {level} 级", f"{phrases.skill(one)} level {level}")
                for one, level in state.skills.items()
            )
            yield f"- {self.fact('所需技能', 'Skills', phrases.listed(skills))}"
        if state.tools:
            named = tuple(escaped(tool_title(tool, phrases.language)) for tool in state.tools)
            yield f"- {self.fact('工具', 'Tools', phrases.listed(named))}"
        yield from self._limits(state)

    def _limits(self, state: State) -> Iterator[str]:
        phrases = self.phrases
        if state.sla is not None:
            warn, breach = state.sla.warn, state.sla.breach
            parts = (
                phrases.pick(f"{phrases.duration(warn)}后提醒", f"a warning after {phrases.duration(warn)}")
                if warn
                else "",
                phrases.pick(f"{phrases.duration(breach)}后超时", f"overdue after {phrases.duration(breach)}")
                if breach
                else "",
            )
            yield f"- {self.fact('时限', 'Time limit', phrases.listed(tuple(part for part in parts if part)))}"
        if state.is_aside:
            yield phrases.pick(
                "- 暂停阶段：原阶段的计时停下，恢复后继续", "- Set aside: the clocks of the stage left stand still"
            )
        if state.kind is StateKind.FINAL:
            yield phrases.pick("- 到此结束", "- The end")
        if state.outcome is not None:
            yield f"- {self.fact('结果', 'Outcome', OUTCOMES[state.outcome].of(phrases.language))}"
        if state.initial:
            yield f"- {self.fact('从这里开始', 'Starts with', self.titles(state.initial))}"
        if state.kind is StateKind.PARALLEL:
            yield f"- {self.fact('同时进行', 'All at once', self.titles(state.children))}"

    def task(self, task: StateTask) -> str:
        """A task made at entry: who, and by when."""
        phrases = self.phrases
        parts = [self.fact("执行", "done by", phrases.party(task.responsible))]
        if task.accountable != task.responsible:
            parts.append(self.fact("负责", "answered for by", phrases.party(task.accountable)))
        if task.consulted:
            parts.append(self.fact("咨询", "consulted", phrases.listed(tuple(map(phrases.party, task.consulted)))))
        if task.informed:
            parts.append(self.fact("知会", "informed", phrases.listed(tuple(map(phrases.party, task.informed)))))
        if task.due is not None:
            parts.append(phrases.pick(f"{phrases.duration(task.due)}内完成", f"within {phrases.duration(task.due)}"))
        parts += self._work(task)
        return f"- **{phrases.of(task.title)}**{self.colon()}{phrases.pick('；', '; ').join(parts)}"

    def _work(self, task: StateTask | OpenTask) -> Iterator[str]:
        """What else a task says of the work: what it takes, how urgent it is, what comes first, its checklist."""
        phrases = self.phrases
        if task.effort is not None:
            yield self.fact("工作量", "effort", phrases.duration(task.effort))
        if task.priority is not Priority.NORMAL:
            yield self.fact("优先级", "priority", PRIORITIES[task.priority].of(phrases.language))
        if isinstance(task, StateTask) and task.needs:
            yield self.fact("须先完成", "after", phrases.listed(tuple(map(self._task_title, task.needs))))
        if task.checklist:
            yield self.fact("清单", "checklist", phrases.listed(tuple(map(phrases.of, task.checklist))))

    def _task_title(self, name: str) -> str:
        states = self.workflow.states.values()
        return next((self.phrases.of(one.title) for state in states for one in state.tasks if one.id == name), name)

    def gate(self, gate: Gate) -> Iterator[str]:
        """What a gate asks for and does; a check with what it says when it fails."""
        phrases = self.phrases
        if gate.require:
            names = phrases.listed(tuple(self._field(one.name) for one in gate.require))
            yield f"- {self.fact('须填写', 'Fill in', names)}"
        for check in gate.check:
            if isinstance(known := phrases.settled(check.that), BooleanLiteral) and known.value and check.message:
                message = phrases.of(check.message)
                yield phrases.pick(f"- 此处不检查：*{message}*", f"- Not checked here: *{message}*")
                continue
            text = f"- {self.fact('须满足', 'Must hold', phrases.expression(check.that))}"
            if check.message is not None:
                text += phrases.pick(
                    f"。否则提示：*{phrases.of(check.message)}*", f". If not: *{phrases.of(check.message)}*"
                )
            yield text
        yield from (f"- {self.fact('自动', 'Done for you', self.action(one))}" for one in gate.do)

    def _field(self, name: str) -> str:
        found = self.workflow.fields.get(name) or self.workflow.records.get(name)
        return self.phrases.of(found.title) if found else f"`{escaped(name)}`"

    def transition(self, transition: Transition) -> Iterator[str]:
        """A move: where it leads, who may, what it asks for and does."""
        phrases = self.phrases
        arrow = f" → {self.titles(one.path for one in transition.to)}" if transition.to else ""
        if any(one.is_history for one in transition.to):
            arrow += phrases.pick("（回到离开时的地方）", " (where it was left)")
        yield f"- **{phrases.of(transition.title)}**{arrow} (`{transition.id}`)"
        yield f"  - {self._allowed(transition)}"
        if transition.when is not None:
            yield f"  - {self.fact('前提', 'Only when', phrases.expression(transition.when))}"
        if transition.needs_comment:
            yield phrases.pick("  - 须写明说明", "  - A comment is needed")
        yield from (f"  {line}" for line in self.gate(transition.gate))
        yield from (f"  {line}" for line in approval_lines(transition, phrases))

    def _allowed(self, transition: Transition) -> str:
        if transition.is_auto:
            return self.phrases.pick("自动发生", "Happens by itself")
        if transition.events != (transition.id,):
            heard = self.phrases.listed(tuple(f"`{one}`" for one in transition.events))
            return self.phrases.pick(f"收到 {heard} 时发生", f"Happens on {heard}")
        if transition.by is None:
            return self.fact("谁可以做", "Who may", self.phrases.pick("任何人", "anyone"))
        return self.fact("谁可以做", "Who may", self.phrases.listed(tuple(map(self.phrases.party, transition.by))))

    def action(self, action: Action) -> str:
        """What is done, as a phrase."""
        phrases, pick = self.phrases, self.phrases.pick
        match action:
            case SetField(field=field, value=value):
                if isinstance(value.node, NullLiteral):
                    return pick(f"清空{self._field(field)}", f"empty {self._field(field)}")
                words = phrases.assigned(field, value)
                return pick(f"把{self._field(field)}设为 {words}", f"set {self._field(field)} to {words}")
            case AppendRow(record=record, value=value):
                return pick(f"登记一条{self._field(record)}", f"add to {self._field(record)}") + f" (`{value.text}`)"
            case OpenTask(title=title, who=who, due=due):
                limit = (
                    "" if due is None else pick(f"，{phrases.duration(due)}内完成", f", within {phrases.duration(due)}")
                )
                limit += "".join(pick("；", "; ") + part for part in self._work(action))
                return (
                    pick("新建任务", "open the task")
                    + f" *{phrases.of(title)}*{self.colon()}{phrases.party(who)}{limit}"
                )
            case Notify(title=title, who=who):
                return pick(f"通知 {phrases.party(who)}：", f"tell {phrases.party(who)}: ") + f"*{phrases.of(title)}*"
            case OpenRisk(title=title, who=who):
                return pick("登记风险", "open the risk") + f" *{phrases.of(title)}*{self.colon()}{phrases.party(who)}"
            case _:
                return self._told(action)

    def _told(self, action: RaiseEvent | SendEvent | SpawnChild | ReturnToParent) -> str:
        """What passes between projects, or within one, as a phrase."""
        phrases, pick = self.phrases, self.phrases.pick
        match action:
            case SpawnChild(link=link):
                return pick("启动", "start ") + phrases.of(self.workflow.links[link].title)
            case ReturnToParent():
                return pick("退回给启动它的项目，并说明原因", "give the project back, saying why")
            case RaiseEvent(event=event):
                return pick("触发", "raise ") + self._event(event)
            case SendEvent(event=event, to=to, after=after):
                wait = (
                    ""
                    if after is None
                    else pick(f"，{phrases.duration(after)}后", f", after {phrases.duration(after)}")
                )
                return pick(f"把 `{event}` 告知{self._hearer(to)}", f"tell {self._hearer(to)} `{event}`") + wait

    def _hearer(self, to: str) -> str:
        """Whom an event is sent to: this project, the one that started it, or the projects of a link."""
        link = self.workflow.links.get(to)
        if link is not None:
            return f"“{self.phrases.of(link.title)}”"
        known = {"self": ("本项目", "this project"), "parent": ("启动它的项目", "the project that started it")}
        zh, en = known.get(to, (f"`{to}`", f"`{to}`"))
        return self.phrases.pick(zh, en)

    def _event(self, event: str) -> str:
        found = self.workflow.transitions.get(event)
        return f"`{event}`" if found is None else f"“{self.phrases.of(found.title)}”"

    def score(self, rule: RiskRule, model: RiskModel) -> str:
        """Where a risk stands on the scales of its model."""
        score = rule.probability * rule.impact
        level = next((one.id for one in model.levels if one.lowest <= score <= one.highest), "")
        product = f"{rule.probability} × {rule.impact} = {score}"
        level = LEVEL_TITLES[level].of(self.phrases.language) if level in LEVEL_TITLES else f"`{level}`"
        return self.phrases.pick(f"概率 × 影响 {product}（{level}）", f"probability × impact {product} ({level})")

    def response(self, rule: RiskRule) -> str:
        """What is done about a risk."""
        response, phrases = rule.response, self.phrases
        if response is None:
            return ""
        strategy = STRATEGIES[response.strategy].of(phrases.language)
        text = strategy + phrases.pick("——", " – ") + phrases.of(response.title)
        if response.due is not None:
            text += phrases.pick(f"，{phrases.duration(response.due)}内", f", within {phrases.duration(response.due)}")
        return text

    def moment(self, timer: Timer) -> str:
        """When a timer is due."""
        phrases = self.phrases
        if timer.after is not None:
            return phrases.pick(f"进入满 {phrases.duration(timer.after)}", f"after {phrases.duration(timer.after)}")
        if timer.every is not None:
            return phrases.pick(f"每隔 {phrases.duration(timer.every)}", f"every {phrases.duration(timer.every)}")
        return (
            ""
            if timer.at is None
            else phrases.pick(f"到{phrases.expression(timer.at)}", f"on {phrases.expression(timer.at)}")
        )

    def link(self, link: Link) -> Iterator[str]:
        """The child workflow and what goes to it."""
        many = self.phrases.pick("，可有多个", ", any number") if link.is_many else ""
        yield f"- **{self.phrases.of(link.title)}**{self.colon()}`{link.workflow}`{many}"
        if link.carry:
            carried = tuple(f"`{field}` ← {self.phrases.expression(value)}" for field, value in link.carry.items())
            yield f"  - {self.fact('带去', 'Carries', self.phrases.listed(carried))}"
