"""`diff`: versions from files, git and the store, in every form, with its exit codes."""

import json
import subprocess
from pathlib import Path

import pytest

from salespm_flow.store import open_store
from tests.acceptance.terminal import Terminal

FLOW = """salespm: 1
kind: workflow
id: deals
version: 1
domain: sales
title: {zh: 商机, en: Deals}
fields: {amount: {type: money, currency: CNY}}
initial: lead
states: {lead: {}, won: {final: true, outcome: won}}
transitions: {win: {from: lead, to: won, when: amount > 100}}
"""


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A workspace of one workflow, under git, whose second version is not committed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "salespm.yaml").write_text(
        "salespm: 1\nkind: workspace\nlanguage: en\ndefinitions: [flows]\n", encoding="utf-8"
    )
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/deals.yaml").write_text(FLOW, encoding="utf-8")
    author = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    for words in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *words], check=True)
    (tmp_path / "flows/deals.yaml").write_text(FLOW.replace("version: 1", "version: 2").replace("100", "200"), "utf-8")
    open_store(str(tmp_path / "salespm.db"), create=True).close()
    return Terminal()


def test_git_revision_is_compared_with_a_file(terminal: Terminal) -> None:
    told = terminal.type("diff HEAD:flows/deals.yaml flows/deals.yaml")

    assert told.code == 0
    assert told.text.splitlines() == [
        "deals 1 → 2",
        "",
        "breaking",
        "  ~ Condition of Transition win is tighter, for example amount = 100.01 CNY: was let through, is refused now",
        "      flows/deals.yaml:10  transitions.win.when",
        "      amount > 100  →  amount > 200",
        "",
        "1 breaking, 0 needs mapping, 0 safe",
    ]


@pytest.mark.parametrize(("level", "code"), [("safe", 1), ("mapping", 1), ("breaking", 1)])
def test_difference_as_bad_as_asked_fails(terminal: Terminal, level: str, code: int) -> None:
    assert terminal.type(f"diff HEAD:./flows/deals.yaml deals --fail-on {level}").code == code
    assert terminal.type(f"diff deals flows/deals.yaml --fail-on {level}").code == 0


def test_version_that_only_projects_run_on_is_compared(terminal: Terminal) -> None:
    terminal.done("new deals --id d1", "diff deals@2 deals")
    Path("flows/deals.yaml").write_text(FLOW.replace("version: 1", "version: 3"), "utf-8")

    told = Terminal().data("diff deals@2 deals")

    assert told["status"] == "safe"
    assert (told["old"], told["new"]) == ({"workflow": "deals", "version": 2}, {"workflow": "deals", "version": 3})
    (found,) = told["differences"]
    assert (found["path"], found["nature"], found["impact"]) == ("transitions.win.when", "loosened", "safe")
    assert found["examples"] == [
        {
            "values": {"amount": {"amount": "100.01", "currency": "CNY"}},
            "was_allowed": False,
            "is_allowed": True,
            "partial": False,
        }
    ]
    assert told["mermaid"].startswith("stateDiagram-v2\n")


def test_page_is_written_into_a_file(terminal: Terminal) -> None:
    terminal.done("diff HEAD:flows/deals.yaml deals --format markdown --output page.md --lang zh")
    terminal.done("diff HEAD:flows/deals.yaml deals --format json --output diff.json")

    lines = Path("page.md").read_text("utf-8").splitlines()
    assert lines[:3] == ["## deals 1 → 2", "", "1 处不兼容，0 处需要映射，0 处安全"]
    assert json.loads(Path("diff.json").read_text("utf-8"))["status"] == "breaking"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("diff HEAD:flows/none.yaml deals", "git has no `HEAD:flows/none.yaml`"),
        ("diff -- --output=x:flows/deals.yaml deals", "there is no revision `--output=x`"),
        ("diff none.yaml deals", "there is no file `none.yaml`"),
        ("diff salespm.yaml deals", "`salespm.yaml` is no definition that can be compared"),
        ("diff deals@7 deals", "neither the workspace nor the store has version 7 of `deals`"),
        ("diff nothing deals", 'there is no workflow "nothing"'),
    ],
)
def test_what_is_not_there_is_named(terminal: Terminal, line: str, said: str) -> None:
    terminal.done("new deals --id d1")

    told = terminal.type(line)

    assert told.code == 1
    assert said in told.text
