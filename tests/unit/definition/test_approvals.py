"""Approvals and overrides of a transition become the model, come back as text, and may be changed by an overlay."""

from datetime import timedelta
from decimal import Decimal

import pytest

from salespm_flow.diagnostics import Bilingual
from salespm_flow.expr.values import WorkingDays
from salespm_flow.model.expression import Party, PartyKind
from salespm_flow.model.workflow import Approval, Quorum, Workflow
from tests.unit.definition.test_emit import assert_round_trip
from tests.unit.definition.texts import collected, document

FLOW = """\
salespm: 1
kind: workflow
id: small
version: 1
domain: sales
fields: {discount: {type: percent}}
initial: open
states: {open: {}, closed: {final: true}}
transitions:
  close:
    from: open
    to: closed
    approve:
      price:
        {title: 价格, when: discount > 15%, by: [owner, 'person:li'], except: [requester], due: 2wd, escalate: boss}
      review: {by: [finance, legal], quorum: all, after: price, due: 36h}
      pair: {by: [lead], quorum: 2}
    override: {by: [boss], comment: optional}
"""


def role(name: str) -> Party:
    return Party(PartyKind.ROLE, name)


def workflow(text: str = FLOW) -> Workflow:
    built = document(text)
    assert isinstance(built, Workflow)
    return built


def facts(approval: Approval) -> tuple[object, ...]:
    when = None if approval.when is None else approval.when.text
    return (approval.title, when, approval.by, approval.quorum, approval.excepted, approval.due, approval.after)


def test_approvals_are_read_with_their_defaults() -> None:
    close = workflow().transitions["close"]

    assert {name: facts(approval) for name, approval in close.approvals.items()} == {
        "price": (
            Bilingual("价格", "价格"),
            "discount > 15%",
            (Party(PartyKind.OWNER), Party(PartyKind.PERSON, "li")),
            Quorum.ANY,
            (Party(PartyKind.REQUESTER),),
            WorkingDays(Decimal(2)),
            None,
        ),
        "review": (
            Bilingual("review", "review"),
            None,
            (role("finance"), role("legal")),
            Quorum.ALL,
            (),
            timedelta(hours=36),
            "price",
        ),
        "pair": (Bilingual("pair", "pair"), None, (role("lead"),), 2, (), None, None),
    }
    assert close.approvals["price"].escalate == role("boss")
    assert close.override is not None
    assert (close.override.by, close.override.needs_comment) == ((role("boss"),), False)


def test_an_override_asks_for_a_comment_unless_it_says_otherwise() -> None:
    close = workflow(FLOW.replace(", comment: optional", "")).transitions["close"]

    assert close.override is not None
    assert close.override.needs_comment


def test_approvals_come_back_as_they_were_written() -> None:
    assert_round_trip(FLOW)


OVERLAY = """\
salespm: 1
kind: overlay
id: larger
version: 1
extends: small@1
transitions: {{close: {{approve: {approve}}}}}
"""


@pytest.mark.parametrize(
    ("approve", "expected"),
    [
        ("{review: null}", ["price", "pair"]),
        ("{price: null, review: null, pair: null}", []),
        ("null", []),
        ("{seal: {by: [boss]}}", ["price", "review", "pair", "seal"]),
    ],
)
def test_an_overlay_adds_and_removes_approvals(approve: str, expected: list[str]) -> None:
    found = collected(FLOW, OVERLAY.format(approve=approve))

    assert [one.code for one in found.diagnostics] == []
    assert list(found.library.workflows["larger"].transitions["close"].approvals) == expected
