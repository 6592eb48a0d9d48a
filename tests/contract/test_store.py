"""What every store promises, over each entry of STORES."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from salespm_flow.engine.ports import (
    AlreadyDeliveredError,
    Answer,
    DueClock,
    KpiValue,
    StaleWriteError,
    Store,
)
from salespm_flow.errors import StoreError
from salespm_flow.expr.values import Money
from salespm_flow.model.history import ClockCleared, ClockSet, Closed, FieldSet, Moved, TaskChanged
from salespm_flow.model.project import ParentLink, Pin
from salespm_flow.store import open_store
from tests.contract import writers
from tests.contract.tales import (
    PIN,
    SOURCES,
    START,
    TASK,
    clock,
    moved,
    notice,
    opened,
    rich_tale,
    source,
)

spawn = multiprocessing.get_context("spawn")


def test_project_is_read_back_whole(store: Store, reopened: Callable[[], Store]) -> None:
    tale = rich_tale("p")
    store.commit([tale.write()])
    other = reopened()
    assert other.project("p") == tale.project
    assert tuple(other.history("p")) == tale.entries
    assert list(other.verify()) == []


def test_project_written_step_by_step_is_the_project_written_at_once(store: Store) -> None:
    whole = rich_tale("p")
    steps = [type(whole)(whole.entries[:count]) for count in (1, 2, 3)]
    store.commit([steps[0].write()])
    store.commit([steps[1].write(steps[0])])
    store.commit([steps[2].write(steps[1])])
    assert store.project("p") == whole.project
    assert list(store.verify()) == []


def test_registers_keep_the_order_in_which_they_came(store: Store) -> None:
    first = opened("p", *(TaskChanged(task=replace(TASK, id=name)) for name in "zya"), ClockSet(clock=clock("z", 1)))
    second = first.told(
        TaskChanged(task=replace(TASK, id="z", who="role:boss")), ClockSet(clock=clock("a", 1)), ClockCleared(id="z")
    )
    third = second.told(ClockSet(clock=clock("z", 3)))
    store.commit([first.write()])
    store.commit([third.write(first)])
    project = store.project("p")
    assert project is not None
    assert (list(project.tasks), list(project.clocks)) == (["z", "y", "a"], ["a", "z"])


def test_unknown_project_is_absent(store: Store) -> None:
    assert store.project("p") is None
    assert tuple(store.history("p")) == ()
    assert store.children("p") == {}
    assert store.answer("p", "key") is None


def test_write_on_an_old_revision_is_refused(store: Store, reopened: Callable[[], Store]) -> None:
    first = opened("p")
    store.commit([first.write()])
    other = reopened()
    mine, theirs = first.told(moved("won")), first.told(moved("lost"))
    other.commit([theirs.write(first)])
    with pytest.raises(StaleWriteError):
        store.commit([mine.write(first)])
    assert store.project("p") == theirs.project


def test_project_is_opened_once(store: Store) -> None:
    store.commit([opened("p").write()])
    with pytest.raises(StaleWriteError):
        store.commit([opened("p").write()])


def test_write_to_a_project_that_was_never_opened_is_refused(store: Store) -> None:
    first = opened("p")
    with pytest.raises(StaleWriteError):
        store.commit([first.told(moved("won")).write(first)])


def test_one_stale_write_undoes_all_writes(store: Store) -> None:
    tale = opened("p")
    store.commit([tale.write()])
    longer = tale.told(moved("won"))
    with pytest.raises(StaleWriteError):
        store.commit([longer.write(tale, outbox=(notice("p#2.0", 0),)), opened("q").write(), opened("p").write()])
    assert (store.project("p"), store.project("q")) == (tale.project, None)
    assert store.outbox(START, 9) == ()


def test_two_writes_of_one_project_follow_each_other(store: Store) -> None:
    first = opened("p")
    second = first.told(moved("won"))
    store.commit([first.write(), second.write(first)])
    assert store.project("p") == second.project
    assert list(store.verify()) == []


def test_entries_that_skip_a_number_are_no_write(store: Store) -> None:
    first = opened("p")
    third = first.told(moved("won")).told(moved("lost"))
    with pytest.raises(ValueError, match="stands where 2 of p must"):
        store.commit([first.write(), replace(third.write(first), entries=third.entries[2:])])
    assert store.project("p") is None


def test_answer_is_kept_with_its_write(store: Store, reopened: Callable[[], Store]) -> None:
    tale = opened("p")
    answer = Answer(key="k1", fingerprint="f", result='{"状态": "ok"}')
    store.commit([tale.write(answer=answer)])
    assert (reopened().answer("p", "k1"), store.answer("p", "k2"), store.answer("q", "k1")) == (answer, None, None)


def test_second_answer_under_a_key_is_refused(store: Store) -> None:
    first = opened("p")
    answer = Answer(key="k", fingerprint="f", result="1")
    store.commit([first.write(answer=answer)])
    with pytest.raises(StaleWriteError):
        store.commit([first.told(moved("won")).write(first, answer=replace(answer, result="2"))])
    assert (store.project("p"), store.answer("p", "k")) == (first.project, answer)


def test_clocks_are_due_in_order_of_time_then_project(store: Store) -> None:
    one = opened("b", ClockSet(clock=clock("late", 3)), ClockSet(clock=clock("soon", 1)))
    two = opened("a", ClockSet(clock=clock("late", 3)), ClockSet(clock=clock("paused", None)))
    refused = opened("c", ClockSet(clock=clock("refused", 1, is_refused=True)), ClockSet(clock=clock("never", 9)))
    store.commit([one.write(), two.write(), refused.write()])

    def due(project: str, name: str, days: int) -> DueClock:
        return DueClock(project=project, clock=name, due_at=START + timedelta(days=days))

    in_order = (due("b", "soon", 1), due("a", "late", 3), due("b", "late", 3))
    assert store.due(START + timedelta(days=3), 9) == in_order
    assert store.due(START + timedelta(days=3), 2) == in_order[:2]
    assert store.due(START + timedelta(days=3, microseconds=-1), 9) == in_order[:1]
    store.commit([one.told(ClockCleared(id="soon"), ClockSet(clock=clock("late", 5))).write(one)])
    assert store.due(START + timedelta(days=3), 9) == (due("a", "late", 3),)


def test_outbox_gives_what_is_due_until_it_is_delivered(store: Store) -> None:
    items = (notice("p#1.0", 2), notice("p#1.1", 1), replace(notice("p#1.2", 1), title=None, hops=3))
    store.commit([opened("p").write(outbox=items)])
    assert store.outbox(START, 9) == ()
    assert store.outbox(START + timedelta(days=2), 9) == (items[1], items[2], items[0])
    assert store.outbox(START + timedelta(days=2), 1) == (items[1],)
    store.deliver(["p#1.1", "unknown"])
    store.deliver(["p#1.1"])
    assert store.outbox(START + timedelta(days=2), 9) == (items[2], items[0])


def test_all_that_a_project_sent_is_told_by_entry_delivered_or_not(store: Store) -> None:
    first, second = (notice("p#1.0", 2), notice("p#1.1", 1)), (notice("p#2.0", 0),)
    sender = opened("p")
    store.commit([sender.write(outbox=first), opened("q").write()])
    store.deliver(["p#1.1"])
    store.commit([sender.told(moved("won")).write(sender, outbox=second)])
    assert store.outbox_of("p") == {1: first, 2: second}
    assert store.outbox_of("q") == store.outbox_of("nobody") == {}


def test_write_consumes_an_outbox_item_once(store: Store) -> None:
    sender, hearer = opened("p"), opened("q")
    store.commit([sender.write(outbox=(notice("p#1.0", 0),)), hearer.write()])
    heard = hearer.told(moved("won"))
    store.commit([heard.write(hearer, delivered=("p#1.0",))])
    assert store.outbox(START, 9) == ()
    with pytest.raises(AlreadyDeliveredError):
        store.commit([heard.told(moved("lost")).write(heard, delivered=("p#1.0",))])
    assert store.project("q") == heard.project


def test_item_sent_and_consumed_by_one_commit_is_delivered(store: Store) -> None:
    store.commit([opened("p").write(outbox=(notice("p#1.0", 0),)), opened("q").write(delivered=("p#1.0",))])
    assert store.outbox(START, 9) == ()


def test_children_are_oldest_first_by_link(store: Store) -> None:
    def child(name: str, link: str) -> ParentLink:
        return ParentLink(project="p", link=link, is_many=name != "z")

    parent = opened("p")
    store.commit([opened("z", parent=child("z", "delivery")).write(), parent.write()])
    children = [opened(name, parent=child(name, "deals")) for name in ("y", "x")]
    store.commit([one.write() for one in children])
    assert store.children("p") == {
        "delivery": (opened("z", parent=child("z", "delivery")).project,),
        "deals": tuple(one.project for one in children),
    }
    assert store.children("z") == {}
    assert list(store.verify()) == []


@pytest.mark.parametrize("is_batch", [False, True])
def test_link_has_one_live_child_unless_many(store: Store, *, is_batch: bool) -> None:
    link = ParentLink(project="p", link="delivery")
    many = ParentLink(project="p", link="deals", is_many=True)
    first = opened("c1", parent=link)

    def play() -> None:
        store.commit([opened("p").write(), first.write()])
        with pytest.raises(StaleWriteError):
            store.commit([opened("c2", parent=link).write()])
        with pytest.raises(StaleWriteError):
            store.commit([opened("o").write(), opened("c2", parent=link).write()])
        store.commit([first.told(Closed()).write(first), opened("c2", parent=link).write()])
        store.commit([opened("d1", parent=many).write(), opened("d2", parent=many).write()])

    if is_batch:
        with store.batch():
            play()
    else:
        play()
    assert [project.id for project in store.projects()] == ["c1", "c2", "d1", "d2", "p"]
    assert list(store.verify()) == []


def test_projects_are_streamed_by_id_and_filtered(store: Store) -> None:
    other = Pin(workflow="other", version=1, digest="0b" * 32)
    store.keep_definitions(other, SOURCES[:1])
    tales = [rich_tale("d"), opened("c"), opened("b", pin=other), rich_tale("a")]
    store.commit([tale.write() for tale in tales])
    a, b, c, d = (tale.project for tale in reversed(tales))
    assert list(store.projects()) == [a, b, c, d]
    assert list(store.projects(is_open=True)) == [b, c]
    assert list(store.projects(is_open=False)) == [a, d]
    assert list(store.projects(workflow="sales")) == [a, c, d]
    assert list(store.projects(workflow="sales", is_open=True)) == [c]
    assert list(store.projects(workflow="nothing")) == []


def test_ids_are_found_by_how_they_begin(store: Store) -> None:
    names = ["D", "D1", "D10", "D2", "E", "d1", "项目", "项目一"]
    store.commit([opened(name).write() for name in names])
    found = {prefix: list(store.ids(prefix=prefix)) for prefix in ("", "D", "D1", "项", "x")}
    assert found == {"": names, "D": names[:4], "D1": ["D1", "D10"], "项": names[6:], "x": []}


def test_ids_of_an_open_batch_are_found(store: Store) -> None:
    with store.batch():
        store.commit([opened("D1").write()])
        assert list(store.ids(prefix="D")) == ["D1"]


def test_streams_go_on_while_the_caller_writes(store: Store) -> None:
    tales = [opened(f"p{number:04}") for number in range(1_100)]
    with store.batch():
        for tale in tales:
            store.commit([tale.write()])
    seen = []
    for number, project in enumerate(store.projects()):
        seen.append(project.id)
        if number % 100 == 0:
            store.commit([tales[number].told(moved("won")).write(tales[number])])
    assert seen == [tale.project.id for tale in tales]
    assert [entry.project for entry in store.histories()] == sorted(
        [tale.project.id for tale in tales] + [f"p{number:04}" for number in range(0, 1_100, 100)]
    )


def test_histories_are_grouped_by_project_oldest_first(store: Store) -> None:
    first, second = rich_tale("b"), rich_tale("a")
    store.commit([first.write(), second.write()])
    assert tuple(store.histories()) == (*second.entries, *first.entries)


def test_long_history_is_streamed_whole(store: Store) -> None:
    tale = opened("p")
    for number in range(2_100):
        tale = type(tale)((*tale.entries, replace(tale.entries[0], number=number + 2, changes=())))
    store.commit([tale.write()])
    assert tuple(store.history("p")) == tale.entries
    assert tuple(store.histories()) == tale.entries


def test_batch_sees_its_own_writes_before_they_are_durable(store: Store, reopened: Callable[[], Store]) -> None:
    other = reopened()
    first = rich_tale("p")
    second = first.told(moved("again"), ClockSet(clock=clock("c", 1)))
    answer = Answer(key="k", fingerprint="f", result="r")
    with store.batch():
        store.commit([first.write()])
        assert (store.project("p"), store.project("q"), other.project("p")) == (first.project, None, None)
        store.commit([second.write(first, answer=answer, outbox=(notice("p#4.0", 0),))])
        assert (store.project("p"), store.answer("p", "k")) == (second.project, answer)
        assert tuple(store.history("p")) == second.entries
        assert [due.clock for due in store.due(START + timedelta(days=9), 9)] == ["c"]
        assert store.outbox(START, 9) == (notice("p#4.0", 0),)
        with pytest.raises(StaleWriteError):
            store.commit([second.write(first)])
        third = second.told(moved("third"))
        store.commit([third.write(second, delivered=("p#4.0",))])
        assert store.outbox(START, 9) == ()
        assert list(store.projects()) == [third.project]
        assert other.project("p") is None
    assert other.project("p") == third.project
    assert list(other.verify()) == []


def test_batch_left_by_an_error_keeps_nothing_of_its_last_transaction(store: Store) -> None:
    def play() -> None:
        with store.batch():
            store.commit([opened("p").write()])
            list(store.projects())
            raise KeyError

    with pytest.raises(KeyError):
        play()
    assert store.project("p") is None
    store.commit([opened("p").write()])
    assert list(store.verify()) == []


def test_batch_of_many_projects_is_what_single_commits_make(store: Store) -> None:
    tales = [rich_tale(f"p{number:04}") for number in range(600)]
    with store.batch():
        for tale in tales:
            first = type(tale)(tale.entries[:1])
            store.commit([first.write()])
            store.commit([tale.write(first)])
    assert list(store.projects()) == [tale.project for tale in tales]
    assert list(store.verify()) == []


def test_definitions_are_kept_once_and_in_order(store: Store) -> None:
    changed = (source("sales", "salespm: 1\n", path="moved/sales.yaml"), SOURCES[1])
    newer = replace(PIN, digest="77" * 32)
    store.keep_definitions(newer, changed)
    store.keep_definitions(PIN, changed)
    assert (store.definitions(PIN.digest), store.definitions(newer.digest)) == (SOURCES, changed)
    assert store.definitions("unknown") == ()
    assert store.digests("sales", 3) == ()
    store.commit([opened("b", pin=newer).write()])
    store.commit([opened("a").write()])
    assert (store.digests("sales", 3), store.digests("sales", 4)) == ((PIN.digest, newer.digest), ())


def test_project_without_its_definitions_is_refused(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        store.commit([opened("p", pin=replace(PIN, digest="00" * 32)).write()])
    assert caught.value.code == "SF510"
    assert store.project("p") is None


def test_text_that_is_no_unicode_is_refused(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        store.commit([opened("p", FieldSet(field="name", value="\udcff")).write()])
    assert caught.value.code == "SF510"
    assert store.project("p") is None


def test_newest_figure_of_each_kpi_is_given(store: Store) -> None:
    won = KpiValue(kpi="won", value=Decimal(4238), population=8800, at=START)
    none = KpiValue(kpi="none", value=None, population=0, at=START)
    revenue = KpiValue(kpi="won", value=Money(Decimal("1.50"), "USD"), population=1, at=START + timedelta(days=1))
    store.keep_kpis([won, none])
    assert store.kpis() == {"won": won, "none": none}
    store.keep_kpis([revenue])
    assert store.kpis() == {"won": revenue, "none": none}


def test_processes_advancing_the_same_projects_lose_and_double_nothing(store: Store, url: str) -> None:
    names = ("a", "b", "c")
    store.commit([opened(name).write() for name in names])
    processes = [spawn.Process(target=writers.advance, args=(url, names, f"w{one}", 15)) for one in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    for name in names:
        told = [change for entry in store.history(name) for change in entry.changes if isinstance(change, FieldSet)]
        turns = {worker: [change.value for change in told if change.field == worker] for worker in ("w0", "w1")}
        in_order = [f"turn {turn}" for turn in range(15)]
        assert turns == {"w0": in_order, "w1": in_order}
    assert list(store.verify()) == []


def test_processes_may_make_the_same_store_at_once(url: str) -> None:
    names = ("a", "b", "c", "d")
    processes = [spawn.Process(target=writers.create, args=(url, name)) for name in names]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    store = open_store(url)
    assert [project.id for project in store.projects()] == list(names)
    assert list(store.verify()) == []
    store.close()


def test_killed_writer_loses_nothing_it_acknowledged(store: Store, url: str, tmp_path: Path) -> None:
    store.commit([opened("p").write()])
    journal = tmp_path / "journal"
    for _ in range(3):
        before = len(journal.read_text(encoding="utf-8")) if journal.exists() else 0
        process = spawn.Process(target=writers.advance_for_ever, args=(url, "p", journal))
        process.start()
        while not journal.exists() or len(journal.read_text(encoding="utf-8")) < before + 400:
            assert process.is_alive()
            time.sleep(0.01)
        process.kill()
        process.join()
    notes = [line.split() for line in journal.read_text(encoding="utf-8").splitlines()]
    intended = [note[1] for note in notes if note[0] == "intent" and len(note) == 2]
    done = {note[1] for note in notes if note[0] == "done" and len(note) == 2}
    kept = [
        str(change.value) for entry in store.history("p") for change in entry.changes if isinstance(change, FieldSet)
    ]
    assert len(set(kept)) == len(kept)
    assert done <= set(kept) <= set(intended)
    assert all(store.answer("p", key) is not None for key in kept)
    assert list(store.verify()) == []


def test_store_held_by_another_process_is_said_to_be_locked(store: Store, url: str, tmp_path: Path) -> None:
    tale = opened("p")
    store.commit([tale.write()])
    ready = tmp_path / "ready"
    process = spawn.Process(target=writers.hold, args=(url, ready))
    process.start()
    while not ready.exists():
        assert process.is_alive()
        time.sleep(0.01)
    waiting = open_store(url, wait_seconds=0)
    try:
        with pytest.raises(StoreError) as caught:
            waiting.commit([opened("q").write()])
        assert (caught.value.code, list(waiting.projects())) == ("SF515", [tale.project])
    finally:
        process.kill()
        process.join()
        waiting.close()


def test_missing_store_is_said_to_be_missing(url: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(url)
    assert caught.value.code == "SF511"


def test_unknown_kind_of_store_names_the_known_ones() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("oracle://x")
    assert caught.value.hint is not None
    assert "sqlite" in caught.value.hint.en


def test_move_keeps_its_whole_content(store: Store) -> None:
    step = Moved(
        transitions=("a", "b"),
        event="e",
        exited=("x",),
        entered=("y", "y.z"),
        leaves=("y.z",),
        memory={"h": ("x", "w")},
        state="y",
        is_forward=False,
    )
    tale = opened("p").told(step)
    store.commit([tale.write()])
    assert tuple(store.history("p"))[1].changes == (step,)


def test_newest_entries_of_several_projects_are_read_together(store: Store) -> None:
    tales = {name: rich_tale(name) for name in ("a", "b", "c")}
    store.commit([tale.write() for tale in tales.values()])

    found = store.newest_entries(("c", "a", "none"))

    assert found == {name: tales[name].entries[-1] for name in ("a", "c")}
