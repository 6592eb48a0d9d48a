"""Rows in, projects and a full account out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import islice
from pathlib import Path

import pytest

from salespm_flow.diagnostics import Bilingual
from salespm_flow.engine.running.ticking import Ticked, tick
from salespm_flow.interop.cells import Meaning
from salespm_flow.interop.import_report import ImportReport, Refusals, RefusedRow, Unresolved, UnresolvedValue
from salespm_flow.interop.import_row import check_file, read_rows
from salespm_flow.interop.table_import import file_of, run_import
from salespm_flow.interop.twins import Twins
from salespm_flow.model.decision import Actor, Advance, Open, SetFields
from tests.unit.interop.world import AT, DEALS, HEADER, MAPPING, WON, World, world

NOTHING = ImportReport(
    rows=0,
    created=0,
    revised=0,
    unchanged=0,
    refused=0,
    entries=0,
    assumed=0,
    unresolved=(),
    refusals=(),
    unread=(),
)
ONE = replace(NOTHING, rows=1)


@pytest.fixture
def deals(tmp_path: Path) -> Iterator[World]:
    made = world(tmp_path)
    yield made
    made.store.close()


def refusal(name: str, line: int, project: str, zh: str, en: str) -> Refusals:
    return Refusals(id=name, count=1, examples=(RefusedRow(line=line, project=project, message=Bilingual(zh, en)),))


def test_row_walks_to_its_state_at_its_own_dates(deals: World) -> None:
    assert deals.take(HEADER + WON) == replace(ONE, created=1, entries=3)
    # Days begin at midnight of the workspace's zone, eight hours before UTC.
    assert deals.history("A1") == [
        "2025-01-05T16:00 open Ann: product, size, sort",
        "2025-01-19T16:00 advance Ann: met_on, ->met",
        "2025-02-02T16:00 advance Ann: won_on, value, ->won",
    ]


def test_row_whose_dates_are_yet_to_come_is_refused_whole(deals: World) -> None:
    zh = "进入 won 的时间还没有到，历史不能写到将来"
    en = "the time of entering won is yet to come; a history does not run ahead"
    row = "A1,Ann,Desk,3,new,Won,2025-01-06,2025-01-20,2199-02-03,500\n"
    assert deals.take(HEADER + row) == replace(ONE, refused=1, refusals=(refusal("future", 2, "A1", zh, en),))
    assert deals.store.project("A1") is None


def test_date_of_a_state_that_the_row_has_not_reached_may_be_yet_to_come(deals: World) -> None:
    assert deals.take(HEADER + "A1,Ann,Desk,3,new,Open,2025-01-06,,2199-02-03,\n").created == 1


def test_lost_row_passes_over_the_other_final_state(deals: World) -> None:
    assert deals.take(HEADER + "A1,Ann,Desk,3,new,Lost,2025-01-06,2025-01-20,2025-02-03,0\n").created == 1
    assert deals.history("A1")[-1] == "2025-02-02T16:00 advance Ann: won_on, value, ->lost"


def test_row_that_skips_a_state_takes_the_direct_way(deals: World) -> None:
    assert deals.take(HEADER + "A1,Ann,Desk,3,new,Lost,2025-01-06,,2025-02-03,\n").assumed == 0
    assert deals.history("A1") == [
        "2025-01-05T16:00 open Ann: product, size, sort",
        "2025-02-02T16:00 advance Ann: won_on, ->lost",
    ]


def test_row_without_dates_opens_as_of_and_says_so(deals: World) -> None:
    assert deals.take(HEADER + "A1,Ann,Desk,3,new,Open,,,,\n") == replace(ONE, created=1, entries=2, assumed=1)
    assert deals.history("A1") == [
        "2025-06-29T16:00 open Ann: product, size, sort",
        "2025-06-29T16:00 import Ann: assumed open",
    ]


def test_row_without_dates_opens_at_the_import_where_the_mapping_says_nothing(tmp_path: Path) -> None:
    deals = world(tmp_path, definitions=[("mapping", MAPPING.replace("as_of: 2025-06-30\n", ""))])
    deals.take(HEADER + "A1,Ann,Desk,3,new,Open,,,,\n")
    assert deals.history("A1")[0] == "2026-01-05T09:00 open Ann: product, size, sort"
    # The moment of the import is no part of what the row says.
    assert deals.take(HEADER + "A1,Ann,Desk,3,new,Open,,,,\n", at=AT + timedelta(days=9)) == replace(ONE, unchanged=1)
    deals.store.close()


def test_missing_first_date_is_the_next_one_and_noted(deals: World) -> None:
    deals.take(HEADER + "A1,Ann,Desk,3,new,Met,,2025-01-20,,\n")
    assert deals.history("A1") == [
        "2025-01-19T16:00 open Ann: product, size, sort",
        "2025-01-19T16:00 advance Ann: met_on, ->met",
        "2025-01-19T16:00 import Ann: assumed open",
    ]


def test_date_before_the_one_that_precedes_it_is_not_taken(deals: World) -> None:
    deals.take(HEADER + "A1,Ann,Desk,3,new,Won,2025-01-06,2025-01-20,2025-01-10,1500\n")
    assert deals.history("A1")[2:] == [
        "2025-01-19T16:00 advance Ann: won_on, value, ->won",
        "2025-01-19T16:00 import Ann: assumed won",
    ]


def test_text_that_cannot_be_resolved_leaves_its_field_empty(deals: World) -> None:
    report = deals.take(HEADER + WON.replace("Desk", "desks").replace("new", "used"))
    assert report == replace(
        ONE,
        created=1,
        entries=4,
        unresolved=(
            Unresolved(
                field="product",
                count=1,
                distinct=1,
                examples=(UnresolvedValue(text="desks", count=1, line=2, nearest="Desk"),),
            ),
            Unresolved(
                field="sort",
                count=1,
                distinct=1,
                examples=(UnresolvedValue(text="used", count=1, line=2, nearest=None),),
            ),
        ),
    )
    assert deals.history("A1")[-1] == "2025-02-02T16:00 import Ann: unresolved product, unresolved sort"


def test_alias_resolves_a_text(tmp_path: Path) -> None:
    aliased = MAPPING.replace("product: product", "product: {from: product, values: {desks: Desk}}")
    deals = world(tmp_path, definitions=[("mapping", aliased)])
    assert deals.take(HEADER + WON.replace("Desk", "desks")) == replace(ONE, created=1, entries=3)
    deals.store.close()


def test_row_with_an_unresolved_text_is_refused_where_the_mapping_says_so(tmp_path: Path) -> None:
    deals = world(tmp_path, definitions=[("mapping", MAPPING + "unmapped: refuse\n")])
    report = deals.take(HEADER + WON.replace("Desk", "desks"))
    assert (report.refused, deals.count()) == (1, 0)
    assert report.refusals == (
        refusal("product", 2, "A1", "“desks”不是 product 的可选值", '"desks" is no value of product'),
    )
    deals.store.close()


def test_refused_row_is_written_not_at_all(deals: World) -> None:
    # The first two steps hold; only the last one asks for the value.
    report = deals.take(HEADER + WON.replace("1500", "") + WON.replace("A1", "A2"))
    assert report == replace(
        NOTHING,
        rows=2,
        created=1,
        refused=1,
        entries=3,
        refusals=(refusal("value", 2, "A1", "缺少“Worth”（value）", "Worth (value) is missing"),),
    )
    assert deals.store.project("A1") is None


def test_second_row_of_a_key_is_refused(deals: World) -> None:
    report = deals.take(HEADER + WON + WON)
    assert report.refusals == (
        refusal("duplicate", 3, "A1", "第 2 行的主键已是 A1", "line 2 of the file has the key A1 already"),
    )
    assert deals.take(HEADER + WON + WON) == replace(report, created=0, unchanged=1, entries=0)


def test_row_owned_by_the_engine_is_refused(deals: World) -> None:
    report = deals.take(HEADER + WON.replace("Ann", "system"))
    assert report.refusals == (refusal("owner", 2, "A1", "负责人不能是“system”", 'the owner must not be "system"'),)


def test_row_without_owner_belongs_to_the_import(deals: World) -> None:
    deals.take(HEADER + WON.replace("Ann", ""))
    project = deals.store.project("A1")
    assert project is not None
    assert project.owner == "import"


def test_row_that_no_transition_serves_is_refused(tmp_path: Path) -> None:
    doubled = DEALS.replace(
        "  meet:  {from: open, to: met}\n", "  meet:  {from: open, to: met}\n  call: {from: open, to: met}\n"
    )
    deals = world(
        tmp_path, definitions=[("deals", doubled.replace("from: [open, met], to: lost", "from: met, to: lost"))]
    )
    report = deals.take(
        HEADER + "A1,Ann,Desk,3,new,Met,2025-01-06,2025-01-20,,\n" + "A2,Ann,Desk,3,new,Lost,2025-01-06,,2025-02-03,\n"
    )
    assert report.refusals == (
        Refusals(
            id="way",
            count=2,
            examples=(
                RefusedRow(
                    line=2,
                    project="A1",
                    message=Bilingual(
                        "从 open 到 met 有多个转移：meet、call", "from open to met, several lead there: meet, call"
                    ),
                ),
                RefusedRow(
                    line=3,
                    project="A2",
                    message=Bilingual("没有从 open 到 lost 的转移", "no transition leads from open to lost"),
                ),
            ),
        ),
    )
    deals.store.close()


def test_project_of_another_workflow_is_left_alone(tmp_path: Path) -> None:
    other = DEALS.replace("id: deals", "id: others")
    deals = world(tmp_path, definitions=[("others", other)])
    opened = Open(project="A1", owner="Ann", fields={}, actor=Actor(id="Ann"))
    deals.runner.open("others", opened, at=AT)
    report = deals.take(HEADER + WON)
    assert report.refusals == (
        refusal(
            "workflow",
            2,
            "A1",
            "已有同名项目，属于流程 others，不是 deals",
            "a project of that name exists in the workflow others, not deals",
        ),
    )
    deals.store.close()


def test_no_past_timer_fires_and_nobody_is_told_of_the_past(deals: World) -> None:
    rows = WON + "A2,Ann,Desk,3,new,Met,2025-01-06,2025-01-20,,\n"
    deals.take(HEADER + rows)
    assert tick(deals.runner, AT, lambda _: None) == Ticked(fired=(), reassessed=(), heard=(), notices=())
    project = deals.store.project("A2")
    assert project is not None
    # The breach of the past is dropped; what repeats goes on from now.
    assert {clock.id: clock.due_at for clock in project.clocks.values()} == {"timer.weekly": AT + timedelta(days=7)}


def test_clock_of_a_running_project_is_left_to_tick(deals: World) -> None:
    row = "A2,Ann,Desk,3,new,Met,2025-12-01,2026-01-01,,\n"
    deals.take(HEADER + row)
    # The breach was due three days before this second import, which only sets a field.
    deals.take(HEADER + row.replace(",3,", ",4,"), at=AT + timedelta(days=9))
    project = deals.store.project("A2")
    assert project is not None
    assert set(project.clocks) == {"sla.breach.met", "timer.weekly"}


def test_clock_that_is_not_due_yet_keeps_running(deals: World) -> None:
    deals.take(HEADER + "A2,Ann,Desk,3,new,Met,2025-12-01,2026-01-01,,\n")
    project = deals.store.project("A2")
    assert project is not None
    assert set(project.clocks) == {"sla.breach.met", "timer.weekly"}
    assert [entry.doing.value for entry in deals.store.history("A2")] == ["open", "advance"]


def test_import_again_changes_nothing(deals: World) -> None:
    deals.take(HEADER + WON)
    assert deals.take(HEADER + WON) == replace(ONE, unchanged=1)
    # What stands in the cells counts, not how they are written.
    assert deals.take(HEADER + WON.replace("Desk", " Desk ").replace("1500", "1500 EUR")) == replace(ONE, unchanged=1)


def test_row_that_has_moved_on_moves_its_project(deals: World) -> None:
    deals.take(HEADER + "A1,Ann,Desk,3,new,Open,2025-01-06,,,\n")
    assert deals.take(HEADER + WON) == replace(ONE, revised=1, entries=2)
    assert deals.history("A1")[1:] == [
        "2025-01-19T16:00 advance Ann: met_on, ->met",
        "2025-02-02T16:00 advance Ann: won_on, value, ->won",
    ]
    assert deals.take(HEADER + WON) == replace(ONE, unchanged=1)


def test_row_that_says_something_new_sets_its_field(deals: World) -> None:
    row = "A1,Ann,Desk,3,new,Open,2025-01-06,,,\n"
    deals.take(HEADER + row)
    assert deals.take(HEADER + row.replace(",3,", ",4,")) == replace(ONE, revised=1, entries=1)
    assert deals.history("A1")[-1] == "2026-01-05T09:00 set Ann: size"
    # Back again is a change too, though the file said it once before.
    assert deals.take(HEADER + row) == replace(ONE, revised=1, entries=1)
    assert deals.take(HEADER + row) == replace(ONE, unchanged=1)


def test_blank_cell_empties_nothing(deals: World) -> None:
    row = "A1,Ann,Desk,3,new,Open,2025-01-06,,,\n"
    deals.take(HEADER + row)
    assert deals.take(HEADER + row.replace(",3,", ",,")) == replace(ONE, unchanged=1)
    project = deals.store.project("A1")
    assert project is not None
    assert "size" in project.fields


def test_closed_project_is_not_revised(deals: World) -> None:
    deals.take(HEADER + WON)
    report = deals.take(HEADER + WON.replace(",3,", ",4,"))
    assert report.refusals == (refusal("size", 2, "A1", "项目已关闭", "the project is closed"),)


def test_owner_is_not_changed_by_an_import(deals: World) -> None:
    deals.take(HEADER + WON)
    report = deals.take(HEADER + WON.replace("Ann", "Bob"))
    assert report.refusals == (
        refusal(
            "owner",
            2,
            "A1",
            "负责人已是 Ann，文件中为 Bob：导入不能更换负责人",
            "the owner is Ann, the file says Bob: an import does not change an owner",
        ),
    )


def test_what_people_did_since_is_kept(deals: World) -> None:
    row = "A1,Ann,Desk,3,new,Open,2025-01-06,,,\n"
    deals.take(HEADER + row)
    ann = Actor(id="Ann")
    deals.runner.apply("A1", SetFields(fields={"product": "Chair"}, actor=ann), at=AT)
    deals.runner.apply("A1", Advance(trigger="meet", actor=ann, fields={}), at=AT)
    assert deals.take(HEADER + row) == replace(ONE, unchanged=1)
    # A row that changes is compared with the project as it stands: it cannot be moved back.
    report = deals.take(HEADER + row.replace(",3,", ",4,"))
    assert report.refusals == (
        refusal("way", 2, "A1", "没有从 met 到 open 的转移", "no transition leads from met to open"),
    )


def test_project_from_another_door_is_revised(deals: World) -> None:
    opened = Open(project="A1", owner="Ann", fields={}, actor=Actor(id="Ann"))
    deals.runner.open("deals", opened, at=AT - timedelta(days=900))
    for dry_run in (True, False):
        assert deals.take(HEADER + WON, dry_run=dry_run) == replace(ONE, revised=1, entries=2)
    assert deals.take(HEADER + WON) == replace(ONE, unchanged=1)


def test_dry_run_tells_the_same_and_writes_nothing(deals: World) -> None:
    assert deals.take(HEADER + WON, dry_run=True) == replace(ONE, created=1, entries=3)
    assert deals.count() == 0
    assert deals.store.digests("deals", 1) == ()


def test_child_is_born_once_at_the_date_of_its_parent(tmp_path: Path) -> None:
    parent = DEALS.replace(
        "initial: open", "links: {work: {workflow: work, carry: {size: size}}}\ninitial: open"
    ).replace("do: {tell: {action: notify, title: Won a deal, who: owner}}", "do: {start: {action: spawn, link: work}}")
    child = """\
salespm: 1
kind: workflow
id: work
version: 1
domain: delivery
title: Work
fields: {size: {type: integer, required: true}}
initial: todo
states: {todo: {title: To do}, ready: {title: Ready, final: true}}
transitions: {finish: {from: todo, to: ready}}
"""
    deals = world(tmp_path, definitions=[("deals", parent), ("work", child)])
    assert deals.take(HEADER + WON) == replace(ONE, created=1, entries=4)
    assert deals.take(HEADER + WON) == replace(ONE, unchanged=1)
    (born,) = deals.store.children("A1")["work"]
    assert (born.state, born.opened_at.isoformat()) == ("todo", "2025-02-02T16:00:00+00:00")
    assert tuple(deals.store.verify()) == ()
    # Without the size that the child asks for, the parent cannot be won: nothing of the row is kept.
    report = deals.take(HEADER + WON.replace("A1", "A2").replace(",3,", ",,"))
    assert (report.refused, deals.store.project("A2")) == (1, None)
    deals.store.close()


def test_progress_ends_at_the_number_of_rows(deals: World) -> None:
    heard: list[tuple[int, int]] = []
    rows = "".join(WON.replace("A1", f"A{number}") for number in range(150))
    mapping = deals.runner.library.mappings["deals_import"]
    run_import(
        deals.runner,
        mapping,
        deals.file(HEADER + rows),
        at=AT,
        progress=lambda done, total: heard.append((done, total)),
    )
    assert heard == [(100, 150), (150, 150)]


def test_columns_that_nobody_reads_are_told(deals: World) -> None:
    report = deals.take(HEADER.replace("\n", ",phone,fax\n") + WON.replace("\n", ",1,2\n"))
    assert report.unread == ("phone", "fax")


def test_ten_thousand_lines_are_streamed(deals: World) -> None:
    _, _, rest = WON.partition(",")
    path = deals.file(HEADER + "".join(f"A{number},{rest}" for number in range(10_000)))
    (mapping,) = deals.runner.library.mappings.values()
    workflow = deals.runner.definitions.openable("deals").workflow
    meaning = Meaning(mapping=mapping, workflow=workflow, references=deals.runner.library.references, zone=UTC)
    file = file_of(mapping, path)
    assert check_file(file, meaning, Twins(0)) == 10_000
    assert [row.key for row in islice(read_rows(file, meaning), 9_998, None)] == ["A9998", "A9999"]
