"""An import and approvals: what nobody has approved does not come in by a file."""

from pathlib import Path

from tests.unit.interop.world import DEALS, HEADER, WON, world

APPROVED = DEALS.replace(
    "win:   {from: met, to: won,", "win:   {from: met, to: won, approve: {big: {when: size > 2, by: [boss]}},"
)


def test_a_row_whose_move_needs_approval_is_refused_with_it(tmp_path: Path) -> None:
    deals = world(tmp_path, definitions=[("deals", APPROVED)])

    report = deals.take(HEADER + WON + WON.replace("A1", "A2").replace(",3,", ",1,"))

    assert (report.created, report.refused) == (1, 1)
    assert [(one.id, one.examples[0].message.en) for one in report.refusals] == [
        ("big", 'it takes the approval "big", which an import cannot give')
    ]
    assert deals.store.project("A1") is None
    assert deals.history("A2")[-1].endswith("won_on, value, ->won")
    deals.store.close()
