"""What the demonstration does, as data: a deal is won and delivered, another one lost. Runs nothing."""

from typing import Final

from salespm_flow.cli.commands.steps import Chapter, Who, do, refused, rows, show
from salespm_flow.diagnostics import Bilingual

B: Final = Bilingual
CHILD: Final = "D1.delivery.1"

SELLING: Final = Chapter(
    B("一、销售：从市场调研到签约", "1. Selling: from market research to the signature"),
    (
        show(
            "init",
            zh="建立工作区：两个流程、风险模型、指标、数据库。",
            en="A workspace: workflows, risks, KPIs, a store.",
        ),
        show("new sales_pipeline --id D1", "account=华兴制造", "product=ERP", at="2026-03-02T09:00", who=Who.WANG),
        refused(
            "advance D1 qualify",
            at="2026-03-04T10:00",
            who=Who.WANG,
            zh="调研还没做完：一次列出全部原因，以及规则在定义文件里的位置。",
            en="The research is not done. Every reason is told at once, with the place of each rule.",
        ),
        *rows(
            "D1",
            "market_notes",
            [
                (
                    B("trend=制造业上云加快", "trend=manufacturers move to the cloud"),
                    B("source=行业协会", "source=trade body"),
                )
            ],
            at="2026-03-04T10:20",
            who=Who.WANG,
        ),
        show(
            "advance D1 qualify",
            "market_size=80000000",
            B("target_segment=长三角离散制造", "target_segment=discrete manufacturers"),
            at="2026-03-04T10:30",
            who=Who.WANG,
            zh="字段可以随推进一起填写。",
            en="Fields can be filled in with the move.",
        ),
        do("task done D1 brief", at="2026-03-04T11:00", who=Who.WANG),
        refused(
            "advance D1 contact channel=referral fit_score=45",
            at="2026-03-06T09:00",
            who=Who.WANG,
            zh="检查未通过时，会给出使它为假的值。",
            en="A failed check shows the values that made it false.",
        ),
        do("advance D1 contact channel=referral fit_score=82", at="2026-03-06T15:00", who=Who.WANG),
        *rows(
            "D1",
            "contacts",
            [(B("name=陈总", "name=Chen"), B("position=总经理", "position=CEO"), "decides=true", "trust=4")],
            at="2026-03-09T14:00",
            who=Who.WANG,
        ),
        *rows("D1", "activities", [("sort=visit",)], at="2026-03-09T17:00", who=Who.WANG),
        do("advance D1 discover", at="2026-03-10T09:00", who=Who.WANG),
        *rows(
            "D1",
            "needs",
            [
                ("ref=N1", B("need=生产排程", "need=production scheduling"), "priority=5"),
                ("ref=N2", B("need=对接财务系统", "need=link to finance"), "priority=4"),
            ],
            at="2026-03-12T10:00",
            who=Who.WANG,
        ),
        *rows(
            "D1",
            "bant",
            [
                ("element=budget", "score=3", B("evidence=预算批文", "evidence=approved budget"), "seen_on=2026-03-12"),
                (
                    "element=authority",
                    "score=3",
                    B("evidence=组织架构图", "evidence=organisation chart"),
                    "seen_on=2026-03-12",
                ),
                ("element=need", "score=3", B("evidence=访谈纪要", "evidence=interview notes"), "seen_on=2026-03-12"),
                ("element=timeline", "score=2", B("evidence=上线计划", "evidence=go-live plan"), "seen_on=2026-03-12"),
            ],
            at="2026-03-13T10:00",
            who=Who.WANG,
        ),
        do("advance D1 propose", at="2026-03-16T09:00", who=Who.WANG),
        *rows(
            "D1",
            "solution",
            [(B("item=排程模块", "item=scheduler"), "need=N1", "price=560000")],
            at="2026-03-18T10:00",
            who=Who.WANG,
        ),
        do(
            "set D1 amount=860000 cost=600000 decision_on=2026-04-10",
            B("scope=排程与财务对接", "scope=scheduling and finance"),
            at="2026-03-18T11:00",
            who=Who.WANG,
        ),
        refused(
            "advance D1 negotiate",
            at="2026-03-19T09:00",
            who=Who.WANG,
            zh="每个需求都要有方案对应。",
            en="Every need must be met by a solution item.",
        ),
        *rows(
            "D1",
            "solution",
            [(B("item=财务接口", "item=finance link"), "need=N2", "price=300000")],
            at="2026-03-19T10:00",
            who=Who.WANG,
        ),
        do("advance D1 negotiate", at="2026-03-20T09:00", who=Who.WANG),
        show(
            "record add D1 rivals",
            B("name=远图软件", "name=Yuantu"),
            "price=700000",
            at="2026-03-25T15:00",
            who=Who.WANG,
            zh="竞争对手报出低价：风险规则在每一步自动评估，登记风险、责任人和应对措施。",
            en="A rival undercuts us: risk rules run at every step and open risks with owner and response.",
        ),
        show(
            "tick",
            at="2026-04-13T09:00",
            zh="时间流逝：按工作日计算的时限预警、决策日的提醒，以及消息投递。",
            en="Time passes: SLA warnings in working days, the reminder of the decision date, messages.",
        ),
        do(
            "set D1 promised_on=2026-09-30",
            B("payment_terms=三期付款", "payment_terms=three instalments"),
            at="2026-04-14T09:30",
            who=Who.WANG,
        ),
        show(
            "advance D1 agree discount=20%",
            "--comment",
            B("战略客户", "a strategic customer"),
            at="2026-04-14T10:00",
            who=Who.WANG,
            zh="折扣超出销售的权限：转移等待经理审批。",
            en="The discount is beyond a salesperson's limit: the move waits for the manager's approval.",
        ),
        show(
            "approve D1",
            "--comment",
            B("同意，下不为例", "this once"),
            at="2026-04-14T16:00",
            who=Who.ZHAO,
            zh="经理同意后，转移替申请人进行，一切重新判断。",
            en="Once the manager approves, the move is made for who asked, everything judged afresh.",
        ),
        show(
            "advance D1 sign contract_no=HT-2026-018 signed_on=2026-04-20",
            at="2026-04-20T10:00",
            who=Who.LI,
            zh="签约即赢单，同一事务里启动交付项目，只启动一次。",
            en="Signing wins the deal and, in the same transaction, starts the delivery project, exactly once.",
        ),
    ),
)

DELIVERING: Final = Chapter(
    B(
        "二、交付：启动、规划、执行与监控、收尾",
        "2. Delivering: initiation, planning, execution with monitoring, closing",
    ),
    (
        show("tick", at="2026-04-20T11:00"),
        refused(
            f"why {CHILD} accept",
            at="2026-04-21T09:00",
            who=Who.QIAN,
            zh="项目经理先问：为什么还不能立项？",
            en="The project manager asks first: why can it not be accepted yet?",
        ),
        do(
            f"set {CHILD} start_on=2026-05-06",
            B("objective=三季度上线排程", "objective=scheduling live in the third quarter"),
            at="2026-04-22T09:00",
            who=Who.QIAN,
        ),
        *rows(
            CHILD,
            "feasibility",
            [
                ("aspect=technical", "feasible=true"),
                ("aspect=economic", "feasible=true"),
                ("aspect=schedule", "feasible=true"),
            ],
            at="2026-04-22T10:00",
            who=Who.QIAN,
        ),
        *rows(
            CHILD,
            "milestones",
            [(B("name=上线", "name=go-live"), "due=2026-09-15")],
            at="2026-04-22T11:00",
            who=Who.QIAN,
        ),
        do(f"task done {CHILD} charter", at="2026-04-22T15:00", who=Who.QIAN),
        show(
            f"advance {CHILD} accept",
            at="2026-04-23T09:00",
            who=Who.QIAN,
            zh="预算超过五十万：是否立项由总监决定。",
            en="With a budget above half a million the director decides whether the project begins.",
        ),
        show(f"approve {CHILD}", at="2026-04-23T09:02", who=Who.ZHOU),
        show(
            "tick",
            at="2026-04-23T09:05",
            zh="接收的消息送回销售项目，那里自动开出一个任务。",
            en="The acceptance is told to the deal, which opens a task.",
        ),
        *rows(CHILD, "deliverables", [(B("name=排程系统", "name=scheduler"),)], at="2026-04-27T09:00", who=Who.QIAN),
        do(f"task done {CHILD} breakdown", at="2026-04-28T09:00", who=Who.SUN),
        do(f"task done {CHILD} schedule", at="2026-04-28T10:00", who=Who.QIAN),
        show(
            f"advance {CHILD} baseline",
            at="2026-04-29T09:00",
            who=Who.QIAN,
            zh="实施阶段有两个并行区域：执行与监控。",
            en="Delivery has two parallel regions: execution and monitoring.",
        ),
        show(
            f"record add {CHILD} spending category=labour amount=560000",
            at="2026-05-06T09:00",
            who=Who.QIAN,
            zh="支出达到预算的 93%：风险升高，监控自动转黄。",
            en="Spending reaches 93 % of the budget: a risk opens and monitoring turns amber by itself.",
        ),
        show(
            f"record add {CHILD} spending category=equipment amount=60000",
            at="2026-05-06T15:00",
            who=Who.QIAN,
            zh="超出预算：转红，并通知总监。",
            en="Over budget: red, and the director is told.",
        ),
        refused(
            f"advance {CHILD} correct",
            at="2026-05-06T16:00",
            who=Who.QIAN,
            zh="没有纠正措施，就不能开始纠正。",
            en="No correction without a corrective action on record.",
        ),
        *rows(
            CHILD,
            "corrections",
            [
                (
                    B("cause=设备涨价", "cause=dearer equipment"),
                    B("measure=追加预算", "measure=raise the budget"),
                    "due=2026-05-08",
                )
            ],
            at="2026-05-06T17:00",
            who=Who.QIAN,
        ),
        do(f"advance {CHILD} correct", at="2026-05-06T17:30", who=Who.QIAN),
        show(
            f"set {CHILD} budget=800000",
            at="2026-05-07T10:00",
            who=Who.ZHOU,
            zh="总监追加预算：风险解除，监控自动转绿。",
            en="The director raises the budget: the risk closes and monitoring turns green by itself.",
        ),
        do(f"advance {CHILD} submit", at="2026-05-08T10:00", who=Who.SUN),
        *rows(
            CHILD,
            "inspections",
            [(B("deliverable=排程系统", "deliverable=scheduler"), "round=1", "passed=true")],
            at="2026-05-11T09:00",
            who=Who.QIAN,
        ),
        show(
            f"advance {CHILD} pass",
            at="2026-05-11T10:00",
            who=Who.QIAN,
            zh="执行区域完成，项目自动进入收尾。",
            en="Execution is complete, and the project goes on to closing by itself.",
        ),
        *rows(
            CHILD,
            "deliverables",
            [
                (
                    B("name=排程系统", "name=scheduler"),
                    B("accepted_by=陈总", "accepted_by=Chen"),
                    "accepted_on=2026-05-12",
                )
            ],
            at="2026-05-12T09:00",
            who=Who.QIAN,
        ),
        *rows(
            CHILD,
            "lessons",
            [
                (
                    B("context=设备采购", "context=buying equipment"),
                    B("advice=提前锁定价格", "advice=fix prices early"),
                    "success=false",
                )
            ],
            at="2026-05-12T10:00",
            who=Who.QIAN,
        ),
        show(
            f"advance {CHILD} close",
            B("acceptance_report=客户签字验收", "acceptance_report=signed by the customer"),
            B("summary=按期交付", "summary=delivered in time"),
            at="2026-05-13T09:00",
            who=Who.QIAN,
        ),
    ),
)

SETTLING: Final = Chapter(
    B("三、售后与评估", "3. After-sales and evaluation"),
    (
        show("tick", at="2026-05-13T09:05"),
        *rows("D1", "surveys", [("score=5",)], at="2026-05-14T09:00", who=Who.WANG),
        do("advance D1 settle", at="2026-05-14T10:00", who=Who.WANG),
        show("advance D1 finish", at="2026-05-15T09:00", who=Who.ZHAO, lines=3),
        do("new sales_pipeline --id D2", "account=北岸零售", "amount=240000", at="2026-05-18T09:00", who=Who.WANG),
        refused(
            "advance D2 lose",
            at="2026-05-25T09:00",
            who=Who.WANG,
            zh="丢单必须说明原因。",
            en="A loss must be explained.",
        ),
        do("advance D2 lose lost_reason=no_decision", at="2026-05-25T09:10", who=Who.WANG),
        show("list sales_pipeline --where", 'outcome = "won" and amount > 500000', at="2026-05-31T18:00"),
        show(
            "status D1 --as-of 2026-04-14T12:00",
            zh="查看过去任何时刻的状态。",
            en="The state at any past moment.",
            lines=14,
        ),
        show("evaluate", at="2026-05-31T18:00"),
        show("verify"),
    ),
)

CHAPTERS: Final = (SELLING, DELIVERING, SETTLING)
