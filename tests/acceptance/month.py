"""A month of a ten-person team, made up by a seed: what they do to two hundred deals and to what is delivered of them.

Nothing is counted here; what happened stands in the histories.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from salespm_flow.engine.ports import Store
from salespm_flow.engine.running.runner import Runner
from salespm_flow.engine.running.ticking import tick
from salespm_flow.expr.values import Money, Value
from salespm_flow.model.decision import (
    Actor,
    AddRow,
    Advance,
    BlockTask,
    CastVote,
    CompleteTask,
    Open,
    Reassign,
    Request,
    SetFields,
    UnblockTask,
)
from salespm_flow.model.library import Library
from salespm_flow.model.project import Project, Task, Verdict
from salespm_flow.model.statuses import ApprovalStatus, TaskStatus

ZONE: Final = ZoneInfo("Asia/Shanghai")
FIRST_DAY: Final = date(2026, 3, 2)
LAST_DAY: Final = date(2026, 3, 31)
DEALS: Final = 200
NEW_A_DAY: Final = 11
HANDOVER_DAY: Final = date(2026, 3, 20)
# Beside the company's own people; who is away on the last day has a deputy.
NEWCOMERS: Final = """\
  chen: {unit: east, roles: [sales_rep], deputy: lin, away: ["2026-03-30..2026-04-01"]}
  lin:  {unit: east, roles: [sales_rep]}
"""
SELLERS: Final = ("wang", "he", "chen", "lin")
HOLDERS: Final = {
    "presales": "he",
    "legal": "li",
    "finance": "wu",
    "director": "zhou",
    "project_manager": "qian",
    "project_member": "sun",
    "sales_manager": "zhao",
}
VOTERS: Final = {"discount": "zhao", "margin": "wu", "go": "zhou"}
ACCOUNTS: Final = ("华兴制造", "明德医疗", "远航物流", "天成软件", "北岸零售")
CHANNELS: Final = ("referral", "event", "web", "cold_call")


def hire(folder: Path) -> None:
    """The shipped company of the workspace has ten people."""
    company = folder / "workflows" / "company.yaml"
    company.write_text(company.read_text(encoding="utf-8") + NEWCOMERS, encoding="utf-8")


def cny(amount: int) -> Money:
    return Money(Decimal(amount), "CNY")


def add(who: str, record: str, **values: Value) -> Request:
    return AddRow(record=record, values=values, actor=Actor(id=who))


def go(who: str, trigger: str, **fields: Value) -> Request:
    return Advance(trigger=trigger, actor=Actor(id=who), fields=fields)


def say(who: str, trigger: str, comment: str) -> Request:
    return Advance(trigger=trigger, actor=Actor(id=who), comment=comment)


@dataclass(slots=True)
class TeamClock:
    """A clock that goes on a little with everything that anybody does."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class Team:
    """The ten people at work; every choice is made by the seed."""

    def __init__(self, store: Store, library: Library, seed: int) -> None:
        self.clock = TeamClock(datetime.combine(FIRST_DAY, datetime.min.time(), ZONE).astimezone(UTC))
        self.runner = Runner(store, library, self.clock)
        self.store = store
        self.rng = Random(seed)  # noqa: S311 -- a made-up month, no secret
        self.opened = 0

    def work(self) -> None:
        """The month has passed, to the evening of its last day."""
        day = FIRST_DAY
        while day <= LAST_DAY:
            if day.weekday() < 5:
                self._work_a_day(day)
            day += timedelta(days=1)

    def _work_a_day(self, day: date) -> None:
        self._let_time_pass(day, hour=9)
        if day == HANDOVER_DAY:
            self._hand_over("he", "chen")
        for _ in range(min(NEW_A_DAY, DEALS - self.opened)):
            self._open(self.rng.choice([one for one in SELLERS if one != "he" or day < HANDOVER_DAY]))
        for project in list(self.store.projects(is_open=True)):
            # Those who deliver look at each of their fewer projects more often.
            for _ in range(1 if project.parent is None else 3):
                if self.rng.random() < 0.7:
                    self._look_at(project.id)
        self._let_time_pass(day, hour=18)

    def _let_time_pass(self, day: date, hour: int) -> None:
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC)
        assert self.clock.moment <= moment
        self.clock.moment = moment
        tick(self.runner, moment, lambda _notice: None)

    def _open(self, owner: str) -> None:
        self.opened += 1
        self.clock.moment += timedelta(seconds=7)
        fields: dict[str, Value] = {"account": self.rng.choice(ACCOUNTS)}
        request = Open(project=f"D{self.opened:03}", owner=owner, fields=fields, actor=Actor(id=owner))
        assert self.runner.open("sales_pipeline", request).is_accepted

    def _hand_over(self, leaver: str, successor: str) -> None:
        request = Reassign(leaver=leaver, successor=successor, actor=Actor(id="zhao"), comment="调岗")
        for project in list(self.store.projects(is_open=True)):
            self.ask(project.id, request)

    # ------------------------------------------------------------------------------------------------------- asking

    def ask(self, project: str, request: Request) -> bool:
        """The request is made a few seconds later; whether it holds."""
        self.clock.moment += timedelta(seconds=7)
        return self.runner.apply(project, request).is_accepted

    def move(self, project: str, trigger: str, who: str, **fields: Value) -> bool:
        return self.ask(project, go(who, trigger, **fields))

    def fill(self, project: str, who: str, **fields: Value) -> bool:
        return self.ask(project, SetFields(fields=fields, actor=Actor(id=who)))

    def row(self, project: str, record: str, who: str, **values: Value) -> bool:
        return self.ask(project, add(who, record, **values))

    def read(self, project: str) -> Project:
        found = self.store.project(project)
        assert found is not None
        return found

    # --------------------------------------------------------------------------------------------- a project's turn

    def _look_at(self, name: str) -> None:
        """Somebody works on the project: tasks, approvals, the next step."""
        project = self.read(name)
        if not project.is_open:
            return
        for task in project.tasks.values():
            if task.is_open and self.rng.random() < 0.3:
                self._work_on(name, project.owner, task)
        if any(request.status is ApprovalStatus.PENDING for request in project.approvals.values()):
            self._decide(name)
            return
        if project.pin.workflow == "sales_pipeline":
            self._sell(self.read(name))
        else:
            self._deliver(self.read(name))

    def _work_on(self, name: str, owner: str, task: Task) -> None:
        kind, _, party = task.who.partition(":")
        who = party if kind == "person" else HOLDERS.get(party, owner)
        if task.status is TaskStatus.BLOCKED:
            self.ask(name, UnblockTask(task=task.id, actor=Actor(id=who)))
        elif self.rng.random() < 0.08:
            self.ask(name, BlockTask(task=task.id, actor=Actor(id=who), comment="客户没有答复"))
        else:
            self.ask(name, CompleteTask(task=task.id, actor=Actor(id=who)))

    def _decide(self, name: str) -> None:
        """The approvers approve, reject, let it lie until it escalates, or the owner changes what was asked for."""
        project = self.read(name)
        for request in project.approvals.values():
            if request.status is not ApprovalStatus.PENDING:
                continue
            luck = self.rng.random()
            if luck < 0.1 and request.approval == "discount":
                self.fill(name, project.owner, discount=Decimal(self.rng.randint(16, 30)) / 100)
                return
            if luck < 0.6:
                continue
            voter = (
                "zhou" if request.escalated_at else {"discount": "zhao", "margin": "wu"}.get(request.approval, "zhou")
            )
            verdict = Verdict.REJECT if luck < 0.72 else Verdict.APPROVE
            comment = "折扣太高" if verdict is Verdict.REJECT else ""
            self.ask(name, CastVote(approval=request.id, verdict=verdict, actor=Actor(id=voter), comment=comment))

    # ------------------------------------------------------------------------------------------------------ selling

    def _sell(self, project: Project) -> None:
        who, name, rng = project.owner, project.id, self.rng
        if project.state not in {"market_research", "follow_up", "care"} and rng.random() < 0.06:
            self._lose(name, who)
            return
        for request in self._selling(project):
            if not self.ask(name, request):
                return

    def _lose(self, name: str, who: str) -> None:
        reason = self.rng.choice(("price", "product_fit", "timing", "rival", "no_decision"))
        fields: dict[str, Value] = {"lost_reason": reason}
        if reason == "rival":
            fields["lost_to"] = "远图软件"
        self.ask(name, go(who, "lose", **fields))

    def _selling(self, project: Project) -> Iterator[Request]:
        """What brings the deal to its next state; most of it succeeds."""
        if project.state in {"market_research", "prospecting", "first_contact", "discovery", "proposal"}:
            return self._winning_over(project)
        return self._concluding(project)

    def _winning_over(self, project: Project) -> Iterator[Request]:
        rng, who = self.rng, project.owner
        match project.state:
            case "market_research":
                yield add(who, "market_notes", trend="上云", source="协会")
                yield go(who, "qualify", market_size=cny(rng.randint(1, 90) * 1_000_000), target_segment="制造")
            case "prospecting":
                yield go(who, "contact", channel=rng.choice(CHANNELS), fit_score=Decimal(rng.randint(50, 100)))
            case "first_contact":
                yield add(who, "contacts", name="陈总", decides=True, trust=Decimal(4))
                yield add(who, "activities", sort="visit")
                yield go(who, "discover")
            case "discovery":
                yield add(who, "needs", ref="N1", need="生产排程")
                for element in ("budget", "authority", "need", "timeline"):
                    seen: dict[str, Value] = {"evidence": "会议纪要", "seen_on": self._today()}
                    yield add(who, "bant", element=element, score=Decimal(rng.randint(1, 3)), **seen)
                yield go(who, "propose")
            case _:
                amount = rng.randint(5, 120) * 10_000
                offer: dict[str, Value] = {"amount": cny(amount), "cost": cny(amount * rng.randint(50, 90) // 100)}
                yield add(who, "solution", item="排程", need="N1")
                yield go(who, "negotiate", scope="排程", decision_on=date(2026, 4, 10), **offer)

    def _concluding(self, project: Project) -> Iterator[Request]:
        rng, who = self.rng, project.owner
        match project.state:
            case "negotiation":
                promised_on = date(2026, 9, rng.randint(1, 30))
                discount = Decimal(rng.randint(0, 30)) / 100
                yield go(who, "agree", discount=discount, payment_terms="三期", promised_on=promised_on)
            case "contract" if project.fields.get("contract_no") is None:
                yield go("li", "sign", contract_no=f"HT-{project.id}", signed_on=self._today())
            case "contract":
                yield go("li", "sign")
            case "follow_up":
                yield add(who, "surveys", score=Decimal(rng.randint(1, 5)))
                yield go(who, "settle")
            case _:
                yield go("zhao", "finish")

    def _today(self) -> date:
        return self.clock.now().astimezone(ZONE).date()

    # --------------------------------------------------------------------------------------------------- delivering

    def _deliver(self, project: Project) -> None:
        match project.state:
            case "initiation":
                self._begin(project)
            case "planning" if self.rng.random() < 0.5:
                self.row(project.id, "deliverables", "qian", name="系统")
                self.move(project.id, "baseline", "qian")
            case "delivery":
                self._execute(project)
            case "on_hold" if self.rng.random() < 0.1:
                self.move(project.id, "resume", "qian")
            case "closing":
                self.row(project.id, "deliverables", "qian", name="系统", accepted_on=self._today())
                self.row(project.id, "lessons", "qian", context="排程", advice="早试运行", success=True)
                self.fill(project.id, "qian", cost_cause="设备涨价")
                self.move(project.id, "close", "qian", acceptance_report="签字", summary="完成")
            case _:
                return

    def _begin(self, project: Project) -> None:
        name = project.id
        if name.endswith(".1") and self.rng.random() < 0.25:
            self.ask(name, say("qian", "give_back", "范围没有写明接口"))
            return
        if not project.records.get("feasibility"):
            for aspect in ("technical", "economic", "schedule"):
                self.row(name, "feasibility", "qian", aspect=aspect, feasible=True)
            self.row(name, "milestones", "qian", name="上线", due=date(2026, 8, 31))
        self.move(name, "accept", "qian", objective="上线", start_on=date(2026, 4, 1))

    def _execute(self, project: Project) -> None:
        name, rng = project.id, self.rng
        if rng.random() < 0.15:
            self.ask(name, say("qian", "hold", "客户要求"))
            return
        budget = project.fields["budget"]
        assert isinstance(budget, Money)
        spent = int(budget.amount) * rng.randint(5, 60) // 100
        self.row(name, "spending", "qian", category="labour", amount=cny(spent))
        leaves = {leaf.rpartition(".")[2] for leaf in self.read(name).leaves}
        if "analysing" in leaves and rng.random() < 0.7:
            self.row(name, "corrections", "qian", cause="超支", measure="追加预算", due=date(2026, 4, 30))
            self.move(name, "correct", "qian")
        if "working" in leaves:
            self.move(name, "submit", "sun")
        elif "review" in leaves:
            self.row(name, "inspections", "qian", deliverable="系统", round=Decimal(1), passed=rng.random() < 0.8)
            self.move(name, "pass", "qian")
