"""BANT, SPIN and MEDDPICC hold a deal back until their evidence is there and recent."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.engine.context import row_of
from salespm_flow.expr.values import Money
from salespm_flow.model.library import Library
from salespm_flow.store.sqlite import open_in_memory, open_sqlite
from tests.acceptance.test_shipped_workflows import SELLER, Desk, cny

DAY = date(2026, 3, 2)
ELEMENTS = (
    "metrics",
    "economic_buyer",
    "decision_criteria",
    "decision_process",
    "paper_process",
    "pain",
    "champion",
    "competition",
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_sqlite(str(tmp_path / "store.db"), create=True, wait_seconds=5)
    yield Desk(store)
    store.close()


def discovered(desk: Desk, workflow: str) -> None:
    """A deal in discovery with needs and a trusted contact, not qualified yet."""
    desk.open("D", workflow, market_size=cny(5_000_000), target_segment="装备制造")
    desk.row("D", "market_notes", trend="数字化", source="行业报告")
    assert desk.move("D", "qualify") == "prospecting"
    desk.move("D", "contact", account="华兴制造", channel="referral", fit_score=Decimal(80))
    desk.row("D", "contacts", name="李总", decides=True, trust=Decimal(4))
    desk.row("D", "activities", sort="visit")
    assert desk.move("D", "discover") == "discovery"
    desk.row("D", "needs", ref="N1", need="生产排程")


def bant(desk: Desk, score: int = 2, day: date = DAY) -> None:
    for element in ("budget", "authority", "need", "timeline"):
        desk.row("D", "bant", SELLER, element=element, score=Decimal(score), evidence="预算批文", seen_on=day)


def meddpicc(desk: Desk, day: date = DAY, **scores: int) -> None:
    for element in ELEMENTS:
        score = Decimal(scores.get(element, 2))
        desk.row("D", "meddpicc", element=element, score=score, evidence="会议纪要", seen_on=day)


def spin(desk: Desk, day: date = DAY) -> None:
    for sort in ("situation", "problem", "problem", "implication", "need_payoff"):
        desk.row("D", "spin", sort=sort, evidence="客户原话", seen_on=day)


def test_bant_alone_qualifies_the_plain_pipeline(desk: Desk) -> None:
    discovered(desk, "sales_pipeline")
    assert desk.move("D", "propose") == {"qualified"}
    bant(desk)
    assert desk.move("D", "propose") == "proposal"


def test_old_bant_evidence_counts_half_until_it_is_confirmed(desk: Desk) -> None:
    discovered(desk, "sales_pipeline")
    bant(desk, day=DAY - timedelta(days=91))
    assert desk.move("D", "propose") == {"fresh"}
    bant(desk, day=DAY - timedelta(days=90))
    assert desk.move("D", "propose") == "proposal"


def test_bant_evidence_ages_while_the_deal_waits(desk: Desk) -> None:
    discovered(desk, "sales_pipeline")
    bant(desk, 3)
    desk.wait(91)
    assert desk.move("D", "propose") == {"fresh"}


def test_bant_evidence_of_a_day_to_come_is_none(desk: Desk) -> None:
    discovered(desk, "sales_pipeline")
    bant(desk, day=DAY + timedelta(days=1))
    assert desk.move("D", "propose") == {"dated"}


def test_what_the_methods_score_is_a_field_of_the_deal_with_a_grade(desk: Desk) -> None:
    discovered(desk, "sales_pipeline")

    def scored() -> tuple[object, ...]:
        snapshot, compiled = desk.runner.snapshot("D")
        row = row_of(snapshot.project, compiled, desk.clock.moment)
        return row["bant_score"], row["bant_grade"], row["meddpicc_score"]

    assert scored() == (None, None, None)
    for element, score in (("budget", 3), ("authority", 3), ("need", 2), ("timeline", 2)):
        desk.row("D", "bant", element=element, score=Decimal(score), evidence="预算批文", seen_on=DAY)
    meddpicc(desk)
    # 25 % of 3, twice, 30 % and 20 % of 2; eight times 2.
    assert scored() == (Decimal("2.5"), "A", Decimal(16))
    desk.wait(91)
    assert scored() == (Decimal("1.25"), "D", Decimal(8))


def test_large_deals_need_spin_and_meddpicc_beside_bant(desk: Desk) -> None:
    discovered(desk, "enterprise_sales")
    bant(desk)
    assert desk.move("D", "propose") == {"spin", "meddpicc"}
    spin(desk)
    meddpicc(desk)
    assert desk.move("D", "propose") == "proposal"


def test_old_spin_answers_do_not_count(desk: Desk) -> None:
    discovered(desk, "enterprise_sales")
    bant(desk)
    meddpicc(desk)
    spin(desk, DAY - timedelta(days=91))
    assert desk.move("D", "propose") == {"spin"}


def test_spin_counts_answers_by_kind(desk: Desk) -> None:
    discovered(desk, "enterprise_sales")
    bant(desk)
    meddpicc(desk)
    for sort in ("situation", "problem", "implication", "need_payoff"):
        desk.row("D", "spin", sort=sort, evidence="客户原话", seen_on=DAY)
    assert desk.move("D", "propose") == {"spin"}


def test_evidence_and_its_date_are_mandatory(desk: Desk) -> None:
    discovered(desk, "enterprise_sales")
    for refused in (
        desk.row("D", "bant", element="need", score=Decimal(0)),
        desk.row("D", "meddpicc", element="pain", score=Decimal(1)),
        desk.row("D", "spin", sort="problem"),
    ):
        assert isinstance(refused, set)
        assert {"evidence", "seen_on"} <= refused


def test_meddpicc_gates_negotiation_and_contract(desk: Desk) -> None:
    discovered(desk, "enterprise_sales")
    bant(desk)
    spin(desk)
    meddpicc(desk, champion=1, paper_process=1, pain=3, metrics=3)
    desk.move("D", "propose")
    desk.row("D", "solution", item="MES", need="N1", price=cny(300_000))
    desk.fill("D", amount=cny(300_000), cost=cny(200_000), scope="MES 上线")
    assert desk.move("D", "negotiate", decision_on=date(2026, 3, 20)) == {"buyer"}
    desk.row("D", "meddpicc", element="champion", score=Decimal(2), evidence="内部邮件", seen_on=DAY)
    assert desk.move("D", "negotiate", decision_on=date(2026, 3, 20)) == "negotiation"
    desk.fill("D", payment_terms="30/60/10", promised_on=date(2026, 9, 30))
    assert desk.move("D", "agree") == {"paper"}
    desk.row("D", "meddpicc", element="paper_process", score=Decimal(2), evidence="采购流程", seen_on=DAY)
    assert desk.move("D", "agree") == "contract"


def test_old_meddpicc_evidence_no_longer_opens_a_gate(desk: Desk) -> None:
    discovered(desk, "enterprise_sales")
    bant(desk)
    spin(desk)
    meddpicc(desk, day=DAY - timedelta(days=91))
    assert desk.move("D", "propose") == {"meddpicc"}


SETTINGS = """\
salespm: 1
kind: workspace
id: own
version: 1
currency: CNY
timezone: Asia/Shanghai
calendar: cn_office
rates: exchange_rates
definitions: ["{folder}", own]
"""
OVERLAY = """\
salespm: 1
kind: overlay
id: {name}
version: 1
extends: sales_pipeline@1
title: {{zh: 自定, en: Own}}
parameters: {parameters}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The shipped definitions with a pipeline for each choice of methods."""
    root = tmp_path_factory.mktemp("own")
    (root / "salespm.yaml").write_text(SETTINGS.format(folder=shipped_definitions().as_posix()), encoding="utf-8")
    (root / "own").mkdir()
    for name, parameters in (
        ("spin_alone", "{uses_bant: false, uses_spin: true}"),
        ("meddicc_alone", "{uses_bant: false, uses_meddpicc: true, uses_paper_process: false}"),
        ("nothing", "{uses_bant: false, large_deal: 999999999 CNY}"),
    ):
        text = OVERLAY.format(name=name, parameters=parameters)
        (root / "own" / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = load(root)
    assert loaded.errors == ()
    return loaded.library


@pytest.fixture
def own_desk(own: Library) -> Iterator[Desk]:
    store = open_in_memory()
    yield Desk(store, own)
    store.close()


def offered(desk: Desk) -> object:
    """The deal with an offer, on its way to the negotiation."""
    desk.row("D", "solution", item="MES", need="N1", price=cny(300_000))
    desk.fill("D", amount=cny(300_000), cost=cny(200_000), scope="MES 上线")
    return desk.move("D", "negotiate", decision_on=date(2026, 3, 20))


def test_spin_may_stand_alone(own_desk: Desk) -> None:
    discovered(own_desk, "spin_alone")
    assert own_desk.move("D", "propose") == {"spin"}
    spin(own_desk)
    assert own_desk.move("D", "propose") == "proposal"
    assert offered(own_desk) == "negotiation"


def test_meddicc_is_meddpicc_without_the_paper_process(own_desk: Desk) -> None:
    discovered(own_desk, "meddicc_alone")
    assert own_desk.move("D", "propose") == {"meddpicc"}
    # Three points on paper do not count: 3 + 2 + 2 + 2 + 2 are eleven without them.
    for element, score in (("metrics", 3), ("economic_buyer", 2), ("champion", 2), ("pain", 2), ("competition", 2)):
        own_desk.row("D", "meddpicc", element=element, score=Decimal(score), evidence="会议纪要", seen_on=DAY)
    own_desk.row("D", "meddpicc", element="paper_process", score=Decimal(3), evidence="会议纪要", seen_on=DAY)
    assert own_desk.move("D", "propose") == {"meddpicc"}
    own_desk.row("D", "meddpicc", element="pain", score=Decimal(3), evidence="会议纪要", seen_on=DAY)
    assert own_desk.move("D", "propose") == "proposal"
    assert offered(own_desk) == "negotiation"
    own_desk.row("D", "meddpicc", element="paper_process", score=Decimal(0), evidence="尚不清楚", seen_on=DAY)
    own_desk.fill("D", payment_terms="30/60/10", promised_on=date(2026, 9, 30))
    assert own_desk.move("D", "agree") == "contract"


def test_a_company_may_do_without_any_method(own_desk: Desk) -> None:
    discovered(own_desk, "nothing")
    assert own_desk.move("D", "propose") == "proposal"


def test_a_large_deal_of_the_plain_pipeline_needs_buyer_champion_and_paper(desk: Desk) -> None:
    discovered(desk, "sales_pipeline")
    bant(desk)
    desk.move("D", "propose")
    desk.row("D", "solution", item="MES", need="N1", price=cny(5_000_000))
    desk.fill("D", amount=cny(5_000_000), cost=cny(3_000_000), scope="MES 上线")
    assert desk.move("D", "negotiate", decision_on=date(2026, 3, 20)) == {"buyer"}
    desk.fill("D", amount=Money(Decimal("4999999.99"), "CNY"))
    assert desk.move("D", "negotiate", decision_on=date(2026, 3, 20)) == "negotiation"
