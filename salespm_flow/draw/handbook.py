"""A workflow as a handbook in Markdown, for the people who work by it. Knows no projects and no terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from salespm_flow.diagnostics import Bilingual, Language
from salespm_flow.draw.entries import Entries
from salespm_flow.draw.goal_pages import goal_section
from salespm_flow.draw.indicator_section import indicator_section
from salespm_flow.draw.phrases import Phrases
from salespm_flow.draw.tables import table_section
from salespm_flow.draw.words import OUTCOMES, ratio
from salespm_flow.model.actions import Action, Notify, OpenTask
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.fields import Field, Record
from salespm_flow.model.goals import GoalSet
from salespm_flow.model.organisation import Organisation
from salespm_flow.model.rules import Kpi, RiskModel, Scorecard
from salespm_flow.model.tables import DecisionTable
from salespm_flow.model.workflow import (
    Domain,
    State,
    StateKind,
    Transition,
    Workflow,
)
from salespm_flow.nouns import dataclass

# A transition from more places than this is told once, not at each of them.
SHARED_FROM: Final = 4
DOMAINS: Final = {Domain.SALES: Bilingual("销售", "sales"), Domain.DELIVERY: Bilingual("交付", "delivery")}


def handbook(
    workflow: Workflow,
    models: Iterable[RiskModel],
    language: Language,
    tables: Iterable[DecisionTable] = (),
    *,
    goals: Iterable[GoalSet] = (),
    organisation: Organisation | None = None,
    titles: Mapping[str, Bilingual] | None = None,
    cards: Sequence[Scorecard] = (),
    kpis: Sequence[Kpi] = (),
) -> str:
    """The whole handbook; `models`, `tables` and `goals` are the risk models, decision tables and goals it uses.

    `cards` are the scorecards that rate its people, `kpis` those counted over its projects. Roles, skills and people
    bear the titles that the organisation gives them; `titles` are those of KPIs, goals, tables and columns of
    references. Ends with a line feed.
    """
    phrases = Phrases(
        workflow=workflow,
        language=language,
        parameters=workflow.parameters,
        organisation=organisation,
        titles=titles or {},
    )
    page = _Page(workflow=workflow, phrases=phrases, entries=Entries(workflow=workflow, phrases=phrases))
    lines = [
        *page.head(),
        *goal_section(goals, phrases),
        *page.overview(),
        *page.stages(),
        *page.shared(),
        *page.roles(),
    ]
    for model in models:
        lines += page.risks(model)
    lines += indicator_section(cards, kpis, phrases)
    lines += page.tables(tuple(tables))
    lines += [*page.timers(), *page.links(), *page.outcomes()]
    return "\n".join(lines).rstrip("\n") + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The sections of one handbook, each a list of lines that ends with an empty one."""

    workflow: Workflow
    phrases: Phrases
    entries: Entries

    def head(self) -> Iterator[str]:
        workflow, pick = self.workflow, self.phrases.pick
        domain = DOMAINS[workflow.domain].of(self.phrases.language)
        yield f"# {self.phrases.of(workflow.title)}"
        yield ""
        version = pick(
            f"流程 `{workflow.id}` · 第 {workflow.version} 版", f"Workflow `{workflow.id}` · version {workflow.version}"
        )
        yield version + pick(f" · 领域：{domain}", f" · domain: {domain}")
        yield ""
        if workflow.purpose is not None:
            yield self.phrases.of(workflow.purpose)
            yield ""

    def overview(self) -> Iterator[str]:
        yield from self._section("阶段一览", "The stages at a glance")
        yield self.phrases.pick(
            "| 阶段 | 成功率 | 负责角色 | 时限 | 结果 |",
            "| Stage | Probability | Owner role | Time limit | Outcome |",
        )
        yield "|---|---|---|---|---|"
        for state in self.workflow.states.values():
            indent = "— " * (_depth(state, self.workflow) - 1)
            probability = "" if state.probability is None else ratio(state.probability)
            role = "" if state.owner_role is None else self.phrases.role(state.owner_role)
            limit = "" if state.sla is None or state.sla.breach is None else self.phrases.duration(state.sla.breach)
            outcome = "" if state.outcome is None else OUTCOMES[state.outcome].of(self.phrases.language)
            yield f"| {indent}{self.phrases.of(state.title)} | {probability} | {role} | {limit} | {outcome} |"
        yield ""

    def stages(self) -> Iterator[str]:
        yield from self._section("各阶段", "Stage by stage")
        yield self.phrases.pick(
            "退回较早的阶段、暂停，或以不成功的结果收场时，“离开前”的要求不适用。",
            "“Before leaving” does not bind a move back, a move aside, or an end without success.",
        )
        yield ""
        for state in self.workflow.states.values():
            yield f"{'#' * min(2 + _depth(state, self.workflow), 6)} {self.phrases.of(state.title)} `{state.name}`"
            yield ""
            yield from _block("", self.entries.facts(state))
            yield from _block(self.phrases.pick("任务", "Tasks"), map(self.entries.task, state.tasks))
            yield from _block(self.phrases.pick("进入时", "On entry"), self.entries.gate(state.entry))
            yield from _block(self.phrases.pick("离开前", "Before leaving"), self.entries.gate(state.exit))
            moves = [one for one in self.workflow.transitions.values() if state.path in self._sources(one)]
            own = [line for one in moves if not self._is_shared(one) for line in self.entries.transition(one)]
            others = [self.phrases.of(one.title) for one in moves if self._is_shared(one)]
            if others:
                listed = self.phrases.listed(tuple(others))
                note = self.phrases.pick("（见“多个阶段都可做的事”）", " (see “Moves from several stages”)")
                own.append(f"- {self.phrases.pick('另可', 'Also')}{self.entries.colon()}{listed}{note}")
            yield from _block(self.phrases.pick("可以做的事", "Moves"), own)

    def shared(self) -> Iterator[str]:
        found = [one for one in self.workflow.transitions.values() if self._is_shared(one)]
        if found:
            yield from self._section("多个阶段都可做的事", "Moves from several stages")
            for transition in found:
                yield from self.entries.transition(transition)
                places = (self.entries.title(path) for path in self._sources(transition))
                yield f"  - {self.entries.fact('起点', 'From', self.phrases.listed(tuple(places)))}"
            yield ""

    def roles(self) -> Iterator[str]:
        pick = self.phrases.pick
        yield from self._section("各角色", "Roles")
        owner = Party(PartyKind.OWNER)
        parties = (owner, *(Party(PartyKind.ROLE, role) for role in self.workflow.roles))
        for party in parties:
            title = self.phrases.party(party)
            named = title if title == f"`{party.name}`" else f"{title} (`{party.name}`)"
            name = pick("项目负责人", "The owner") if party == owner else named
            none = pick("- 没有直接职责", "- No duty of its own")
            yield from _block(name, list(self._duties(party)) or (none,))
        free = tuple(self.phrases.of(one.title) for one in self.workflow.transitions.values() if _is_free(one))
        if free:
            yield pick("任何人都可以：", "Anyone may: ") + self.phrases.listed(free)
            yield ""

    def risks(self, model: RiskModel) -> Iterator[str]:
        phrases = replace(self.phrases, parameters={**self.workflow.parameters, **model.parameters})
        yield from self._section(f"风险：{phrases.of(model.title)}", f"Risks: {phrases.of(model.title)}")
        for rule in model.rules.values():
            yield f"- **{phrases.of(rule.title)}** (`{rule.id}`)"
            yield f"  - {self.entries.fact('何时', 'When', phrases.expression(rule.when))}"
            yield f"  - {self.entries.fact('评分', 'Score', self.entries.score(rule, model))}"
            yield f"  - {self.entries.fact('责任人', 'Owner', phrases.party(rule.who))}"
            if rule.response is not None:
                yield f"  - {self.entries.fact('应对', 'Response', self.entries.response(rule))}"
        yield ""

    def tables(self, tables: tuple[DecisionTable, ...]) -> Iterator[str]:
        if tables:
            yield from self._section("决策表", "Decision tables")
            for table in tables:
                yield from table_section(table, self.phrases.language)

    def timers(self) -> Iterator[str]:
        if self.workflow.timers:
            yield from self._section("自动计时", "Timers")
            for timer in self.workflow.timers.values():
                place = f"**{self.entries.title(timer.state)}**{self.entries.colon()}"
                yield f"- {place}{self.entries.moment(timer)} (`{timer.id}`)"
                yield from (f"  - {self.entries.action(one)}" for one in timer.do)
            yield ""

    def links(self) -> Iterator[str]:
        if self.workflow.links:
            yield from self._section("关联流程", "Linked workflows")
            for link in self.workflow.links.values():
                yield from self.entries.link(link)
            yield ""

    def outcomes(self) -> Iterator[str]:
        ends = [one for one in self.workflow.states.values() if one.outcome or one.kind is StateKind.FINAL]
        yield from self._section("结果", "Outcomes")
        for state in ends:
            outcome = OUTCOMES[state.outcome].of(self.phrases.language) if state.outcome else ""
            closes = state.kind is StateKind.FINAL and state.parent is None
            end = self.phrases.pick("到此结束", "the end") if closes else ""
            words = self.phrases.listed(tuple(one for one in (outcome, end) if one))
            yield f"- {self.phrases.of(state.title)}" + (f"{self.entries.colon()}{words}" if words else "")
        yield ""

    def _section(self, zh: str, en: str) -> tuple[str, str]:
        return (f"## {self.phrases.pick(zh, en)}", "")

    def _sources(self, transition: Transition) -> tuple[str, ...]:
        """The sources that no other source holds."""
        every = transition.sources
        return tuple(path for path in every if not any(path.startswith(f"{one}.") for one in every))

    def _is_shared(self, transition: Transition) -> bool:
        return len(self._sources(transition)) >= SHARED_FROM

    def _duties(self, party: Party) -> Iterator[str]:
        workflow, phrases = self.workflow, self.phrases
        states = tuple(workflow.states.values())
        editable: tuple[Field | Record, ...] = (*workflow.fields.values(), *workflow.records.values())
        mine = tuple(one for one in states if party.name and one.owner_role == party.name)
        moves = tuple(one for one in workflow.transitions.values() if one.by is not None and party in one.by)
        approvals = tuple(
            rule
            for one in workflow.transitions.values()
            for rule in one.approvals.values()
            if party in {*rule.by, rule.escalate}
        )
        overrides = tuple(
            one for one in workflow.transitions.values() if one.override is not None and party in one.override.by
        )
        tasks = tuple(task for one in states for task in one.tasks if party in {task.responsible, task.accountable})
        aware = tuple(task for one in states for task in one.tasks if party in {*task.consulted, *task.informed})
        done = tuple(one for one in _actions(workflow) if isinstance(one, OpenTask | Notify) and one.who == party)
        fields = tuple(one for one in editable if one.by is not None and party in one.by)
        duties: tuple[tuple[str, str, tuple[Bilingual, ...]], ...] = (
            ("负责阶段", "Owns the stages", tuple(one.title for one in mine)),
            ("可以做", "May", tuple(one.title for one in moves)),
            ("可以审批", "May approve", tuple(one.title for one in approvals)),
            ("可以越权", "May override", tuple(one.title for one in overrides)),
            ("任务", "Tasks", tuple(one.title for one in tasks)),
            ("随流程分到的任务", "Gets the tasks", tuple(one.title for one in done if isinstance(one, OpenTask))),
            ("被咨询或知会", "Is consulted or told", tuple(one.title for one in aware)),
            ("收到通知", "Is notified", tuple(one.title for one in done if isinstance(one, Notify))),
            ("可以填写", "May fill in", tuple(one.title for one in fields)),
        )
        for zh, en, titles in duties:
            if titles:
                # Several transitions may bear one title.
                names = tuple(dict.fromkeys(map(phrases.of, titles)))
                yield f"- {self.entries.fact(zh, en, phrases.listed(names))}"


def _depth(state: State, workflow: Workflow) -> int:
    """1 for a root, one more for each state that holds it."""
    depth = 1
    while state.parent is not None:
        state, depth = workflow.states[state.parent], depth + 1
    return depth


def _actions(workflow: Workflow) -> Iterator[Action]:
    """Everything that the workflow does by itself."""
    for state in workflow.states.values():
        yield from (*state.entry.do, *state.exit.do)
    for transition in workflow.transitions.values():
        yield from transition.gate.do
    for timer in workflow.timers.values():
        yield from timer.do


def _is_free(transition: Transition) -> bool:
    return transition.by is None and not transition.is_auto and transition.events == (transition.id,)


def _block(title: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines under a bold title, nothing when there are none."""
    found = list(lines)
    if found:
        if title:
            yield f"**{title}**"
            yield ""
        yield from found
        yield ""
