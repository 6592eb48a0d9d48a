"""What a project has taught is kept, found again, shown to the next one, and becomes a rule that is proven to bite."""

import json
from pathlib import Path

import pytest

from tests.acceptance.terminal import Scene, Terminal, enter, scene

AT = "--now 2026-03-02T09:00"
INTERFACES = (
    "lesson add 'went live with an interface untested' --polarity avoid --advice 'list the interfaces while planning' "
    "--cause 'nobody asked' --tag interface --tag sector=制造 --workflow software_implementation --stage planning "
    f"--check 'count(interfaces) > 0' --name interfaces_listed --id L1 --as qian {AT}"
)
TRIAL = f"lesson add 'two weeks of trial' --polarity keep --advice 'try for two weeks' --tag 物流 --id L2 --as sun {AT}"
SCOPE = (
    "lesson add 'the customer changed its manager' --polarity avoid --advice 'confirm the scope anew' "
    "--workflow software_implementation --risk 'count(changes) > 0' --category customer --probability 4 --impact 3 "
    f"--name scope_moves --example 'changes what=scope reason=manager' --id L3 --as qian {AT}"
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    def prepare(cli: Terminal) -> None:
        cli.done(INTERFACES, TRIAL, SCOPE)

    return scene(tmp_path_factory.mktemp("lessons") / "place", prepare)


@pytest.fixture
def cli(told: Scene, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    for path in (told.folder / "workflows" / "learned").glob("*"):
        path.unlink()
    told.again(monkeypatch)
    return Terminal(is_reading_again=True)


def test_lessons_are_listed_by_tag_polarity_and_state(cli: Terminal) -> None:
    assert [one["id"] for one in cli.data("lesson list")["lessons"]] == ["L1", "L2", "L3"]
    assert [one["id"] for one in cli.data("lesson list --tag INTERFACE")["lessons"]] == ["L1"]
    assert [one["id"] for one in cli.data("lesson list --polarity keep")["lessons"]] == ["L2"]
    assert cli.data("lesson list --state adopted")["lessons"] == []


def test_lessons_are_found_by_words_in_any_part(cli: Terminal) -> None:
    assert [one["id"] for one in cli.data("lesson search Interface asked")["lessons"]] == ["L1"]
    assert cli.done("lesson search nowhere --lang zh") == "没有符合的经验教训\n"


def test_a_new_project_is_shown_the_lessons_of_its_tags_fields_and_workflow(cli: Terminal) -> None:
    fields = "scope=MES budget=1 deadline=2026-09-01"
    cli.done(f"new software_implementation --id P1 account=华兴制造 {fields} --as qian {AT}")
    cli.done(f"new pm_lifecycle --id P2 account=远航物流 {fields} --as qian {AT}")
    cli.done(f"new pm_lifecycle --id P3 {fields} --as qian {AT}")
    found = {
        project: [(one["id"], one["matched"]) for one in cli.data(f"guide {project} --as qian {AT}")["lessons"]]
        for project in ("P1", "P2", "P3")
    }
    assert found == {
        "P1": [("L1", ["sector=制造", "software_implementation"]), ("L3", ["software_implementation"])],
        "P2": [("L2", ["物流"])],
        "P3": [],
    }
    assert "Earlier lessons\n  L2  keep: two weeks of trial" in cli.done(f"guide P2 --as qian {AT}")
    cli.done(f"advance L2 retire -m 'no longer so' --as sun {AT}")
    assert cli.data(f"guide P2 --as qian {AT}")["lessons"] == []


def test_an_adopted_check_fails_without_the_rule_and_passes_with_it(cli: Terminal, told: Scene) -> None:
    shown = cli.done(f"lesson adopt L1 --as qian {AT}")
    assert (
        "fails without the rule: wanted [milestones, deliverables, interfaces_listed], got [milestones, deliverables]"
        in shown
    )
    assert "passes with the rule" in shown
    learned = told.folder / "workflows" / "learned"
    assert sorted(path.name for path in learned.iterdir()) == [
        "software_implementation_learned.yaml",
        "software_implementation_learned_tests.yaml",
    ]
    assert cli.type("validate --strict").text == "no findings\n"
    assert cli.type("test software_implementation_learned").code == 0
    kept = cli.data("lesson show L1")
    assert kept["lesson"]["adopted_in"] == "software_implementation_learned@1"
    assert [(one["doing"], one["actor"]) for one in kept["history"]] == [("lesson", "qian"), ("adopt", "qian")]
    assert cli.refused(f"advance L1 adopt --as qian {AT}") == ["state"]


def test_what_people_wrote_into_the_files_stays_when_more_is_adopted(cli: Terminal, told: Scene) -> None:
    cli.done(f"lesson adopt L1 --as qian {AT}")
    overlay = told.folder / "workflows" / "learned" / "software_implementation_learned.yaml"
    text = overlay.read_text("utf-8")
    marked = text.replace("\nextends", "\n# ours\nextends").replace("planning}\n", "planning}  # agreed in March\n")
    overlay.write_text(marked, "utf-8")
    cli.done(f"lesson adopt L3 --as qian {AT}")
    after = overlay.read_text("utf-8")
    assert after == marked.replace("version: 1", "version: 2") + (
        "uses: {risks: {add: [software_implementation_risks_learned], remove: [delivery_risks]}}\n"
    )
    assert cli.data("lesson show L3")["lesson"]["adopted_in"] == "software_implementation_learned@2"
    assert cli.type("validate --strict").text == "no findings\n"
    assert cli.type("test software_implementation_learned").code == 0


def test_who_may_not_adopt_changes_no_file(cli: Terminal, told: Scene) -> None:
    assert set(cli.refused(f"lesson adopt L1 --as sun {AT}")) >= {"role"}
    assert list((told.folder / "workflows" / "learned").glob("*")) == []


def test_a_dry_run_shows_the_proof_and_writes_nothing(cli: Terminal, told: Scene) -> None:
    assert "passes with the rule" in cli.done(f"lesson adopt L1 --as qian --dry-run {AT}")
    assert list((told.folder / "workflows" / "learned").glob("*")) == []
    assert cli.data("lesson show L1")["lesson"]["state"] == "recorded"


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("true", "does not show in its scenario"),
        ("count(interfaces) >", "the rule is wrong, nothing was written"),
        ("count(nothing) > 0", "the rule is wrong, nothing was written"),
    ],
)
def test_a_rule_that_cannot_bite_or_be_read_is_not_adopted(
    condition: str, said: str, cli: Terminal, told: Scene
) -> None:
    cli.done(INTERFACES.replace("count(interfaces) > 0", condition).replace("L1", "L9"))
    refused = cli.type(f"lesson adopt L9 --as qian {AT}")
    assert (refused.code, said in refused.err) == (1, True)
    assert list((told.folder / "workflows" / "learned").glob("*")) == []


def test_a_lesson_without_a_rule_and_a_project_that_is_none_are_told(cli: Terminal) -> None:
    assert "carries no rule" in cli.type(f"lesson adopt L2 --as qian {AT}").err
    cli.done(f"new kanban --id K1 purpose=x --as sun {AT}")
    assert "K1 is no lesson" in cli.type("lesson show K1").err


@pytest.mark.parametrize(
    "words",
    ["", "--polarity keep", "--polarity keep --advice x --check true", "--advice x --polarity keep --risk true"],
)
def test_an_incomplete_lesson_is_asked_for_what_it_lacks(words: str, cli: Terminal) -> None:
    told = cli.type(f"lesson add something {words} --lang zh")
    assert told.code == 2
    assert told.err.startswith("用法错误")


def test_lessons_are_exported_as_any_project(cli: Terminal) -> None:
    rows = [json.loads(line) for line in cli.done("export projects --workflow lesson --format jsonl").splitlines()]
    assert [one["project"] for one in rows] == ["L1", "L2", "L3"]


def test_without_a_workspace_nothing_is_adopted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(tmp_path, monkeypatch)
    assert Terminal().type("lesson list --lang en").code == 1


def test_an_adopted_rule_speaks_both_languages(cli: Terminal, told: Scene) -> None:
    both = "--advice-zh '签约前先验资' --advice-en 'prove the funds before signing'"
    rule = "--workflow software_implementation --stage planning --check 'budget > 0' --name funded --example budget=0"
    cli.done(f"lesson add 'no money' --polarity avoid --advice 'prove the funds' {both} {rule} --id L9 --as qian {AT}")
    cli.done(f"lesson adopt L9 --as qian {AT}")
    texts = "".join(
        path.read_text(encoding="utf-8") for path in sorted((told.folder / "workflows" / "learned").glob("*.yaml"))
    )
    assert "zh: 签约前先验资" in texts
    assert "en: prove the funds before signing" in texts


def test_advice_is_told_in_the_readers_language_and_one_language_is_enough(cli: Terminal) -> None:
    cli.done(
        f"lesson add 'price war' --polarity avoid --advice-zh 先问对手 --advice-en 'ask first' --id R1 --as qian {AT}"
    )
    cli.done(f"lesson add 'late samples' --polarity avoid --advice-en 'order early' --id R2 --as qian {AT}")
    for line in ("lesson show R1", "lesson search war"):
        assert "先问对手" in cli.done(f"{line} --lang zh")
        assert "ask first" in cli.done(f"{line} --lang en")
    assert "order early" in cli.done("lesson show R2 --lang zh")
    without = cli.type("lesson add 'no advice' --lang en --as qian")
    assert (without.code, without.err.splitlines()[0]) == (2, "Usage error: give --polarity --advice")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("lesson show L9", 'Error SF502: there is no lesson "L9"'),
        ("lesson adopt L", 'Error SF502: 3 lessons begin with "L"'),
        ("lesson show P", "Error SF503: P is no lesson"),
    ],
)
def test_what_is_no_lesson_is_said_to_be_none(cli: Terminal, line: str, message: str) -> None:
    cli.done(f"new kanban --id P purpose=MES --as qian {AT}")
    told = cli.type(f"{line} --lang en --as qian")
    assert (told.code, told.err.splitlines()[0]) == (1, message)
