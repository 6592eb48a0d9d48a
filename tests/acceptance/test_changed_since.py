"""`validate --changed-since`: what git says has changed, and what depends on it; in real repositories."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from salespm_flow.cli.main import main
from salespm_flow.definition.dependents import Change, affected, definition_files
from salespm_flow.definition.workspace import load, shipped_definitions
from tests.acceptance.terminal import Told

Run = Callable[..., Told]
DEAL = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
uses: {risks: [deal_risks]}
fields: {amount: {type: number}}
initial: open
states: {open: {}, closed: {final: true}}
transitions: {close: {from: open, to: closed}}
"""
RISKS = """\
salespm: 1
kind: risk_model
id: deal_risks
version: 1
scales: {probability: {1: 10%}, impact: {1: Low}}
levels: {low: [1, 1]}
rules: {small: {category: customer, when: amount < 5, probability: 1, impact: 1, who: owner}}
"""
OTHER = """\
salespm: 1
kind: workflow
id: other
version: 1
domain: sales
initial: open
states: {open: {}, closed: {final: true}}
transitions: {close: {from: opn, to: closed}}
"""
TABLE = """\
salespm: 1
kind: reference
id: customers
version: 1
key: code
fields: {code: {type: text}}
source: customers.csv
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `validate` in a repository whose workspace has three sound documents and a broken one, in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "wang")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "wang@example.com")
    write("salespm.yaml", "salespm: 1\nkind: workspace\n")
    write("workflows/deal.yaml", DEAL)
    write("workflows/deal_risks.yaml", RISKS)
    write("workflows/other.yaml", OTHER)
    write("workflows/customers.yaml", TABLE)
    write("workflows/customers.csv", "code\nA1\n")
    git("init", "--quiet", "--initial-branch=main")
    commit()

    def answered(*words: str) -> Told:
        code = main(("validate", "--format", "concise", "--lang", "en", *words))
        said = capsys.readouterr()
        return Told(code, said.out, said.err)

    return answered


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


def git(*words: str) -> None:
    subprocess.run(["git", *words], check=True, capture_output=True)


def commit() -> None:
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message=more")


def codes(told: Told) -> list[tuple[str, str]]:
    """The file and the code of each finding."""
    return [(line.partition(":")[0], line.split()[1]) for line in told.out.splitlines()]


def test_what_has_not_changed_is_not_told(run: Run) -> None:
    assert [code for _, code in codes(run())] == ["SF301"]
    assert run("--changed-since", "HEAD") == Told(0, "", "0 definition file(s) changed since HEAD; checking 0\n")


def test_files_that_git_does_not_know_yet_are_checked(run: Run) -> None:
    write("workflows/fresh.yaml", OTHER.replace("id: other", "id: fresh"))
    told = run("--changed-since", "HEAD")
    assert (told.code, codes(told)) == (1, [("workflows/fresh.yaml", "SF301")])


def test_what_depends_on_a_change_is_checked_too(run: Run) -> None:
    write("workflows/deal.yaml", DEAL.replace("amount:", "value:"))
    told = run("--changed-since", "HEAD")
    assert codes(told) == [("workflows/deal_risks.yaml", "SF202")]
    assert told.err == "1 definition file(s) changed since HEAD; checking 2\n"


def test_who_mentions_a_deleted_document_is_checked(run: Run) -> None:
    Path("workflows/deal_risks.yaml").unlink()
    assert codes(run("--changed-since", "HEAD")) == [("workflows/deal.yaml", "SF307")]


def test_who_mentions_the_former_name_of_a_document_is_checked(run: Run) -> None:
    write("workflows/deal_risks.yaml", RISKS.replace("id: deal_risks", "id: risks_of_deals"))
    assert ("workflows/deal.yaml", "SF307") in codes(run("--changed-since", "HEAD"))


def test_a_changed_table_has_the_reference_checked_that_reads_it(run: Run) -> None:
    write("workflows/customers.csv", "code\nA1\nA1\n")
    told = run("--changed-since", "HEAD")
    assert [file for file, _ in codes(told)] == ["workflows/customers.csv"]


def test_changed_settings_have_everything_checked(run: Run) -> None:
    write("salespm.yaml", "salespm: 1\nkind: workspace\nlanguage: en\n")
    told = run("--changed-since", "HEAD")
    assert (codes(told), told.err) == (
        [("workflows/other.yaml", "SF301")],
        "1 definition file(s) changed since HEAD; checking 5\n",
    )


def test_a_branch_is_compared_with_where_it_began(run: Run) -> None:
    git("switch", "--quiet", "--create", "mine")
    write("workflows/deal.yaml", DEAL.replace("amount:", "value:"))
    commit()
    git("switch", "--quiet", "main")
    write("workflows/other.yaml", OTHER + "# theirs\n")
    commit()
    git("switch", "--quiet", "mine")
    assert codes(run("--changed-since", "main")) == [("workflows/deal_risks.yaml", "SF202")]


def test_paths_narrow_what_is_checked(run: Run) -> None:
    write("workflows/deal.yaml", DEAL.replace("amount:", "value:"))
    assert codes(run("workflows/deal.yaml", "--changed-since", "HEAD")) == []
    assert codes(run("workflows", "--changed-since", "HEAD")) == [("workflows/deal_risks.yaml", "SF202")]


def test_names_are_told_as_seen_from_the_current_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write("workflows/deal.yaml", DEAL.replace("from: open", "from: opn"))
    monkeypatch.chdir("workflows")
    assert ("deal.yaml", "SF301") in codes(run("--changed-since", "HEAD"))


def test_an_unknown_revision_is_told_with_what_would_do(run: Run) -> None:
    for revision in ("none", "--all", "HEAD:workflows"):
        told = run(f"--changed-since={revision}")
        assert (told.code, told.out) == (1, "")
        assert told.err.splitlines() == [
            f"Error SF503: git knows no revision `{revision}`",
            "  → accepted: a commit, tag or branch such as HEAD, v1, origin/main; in CI, fetch it all (fetch-depth: 0)",
        ]


def test_outside_of_a_repository_it_says_so(run: Run) -> None:
    shutil.rmtree(".git")
    told = run("--changed-since", "HEAD")
    assert (told.code, told.err.splitlines()[0]) == (1, f"Error SF503: {Path.cwd()} is in no git repository")


def test_without_git_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert run("--changed-since", "HEAD").err.splitlines()[0] == "Error SF503: git cannot be found"


def test_whoever_suffers_when_a_shipped_document_goes_is_among_the_affected(tmp_path: Path) -> None:
    shutil.copytree(shipped_definitions(), tmp_path / "workflows", ignore=shutil.ignore_patterns("crm"))
    settings = "salespm: 1\nkind: workspace\nrates: exchange_rates\norganisation: company\n"
    (tmp_path / "salespm.yaml").write_text(settings, encoding="utf-8")
    before = findings(tmp_path)
    missed = {}
    # Every third: each costs reading all the others.
    for file in definition_files(tmp_path)[1::3]:
        text = file.read_text(encoding="utf-8")
        file.unlink()
        reached = {
            path.name for path in affected([Change(path=file.resolve(), before=text)], definition_files(tmp_path))
        }
        missed[file.name] = {name for name, _ in findings(tmp_path) - before} - reached - {"salespm.yaml"}
        file.write_text(text, encoding="utf-8")
    assert {name: files for name, files in missed.items() if files} == {}


def findings(root: Path) -> set[tuple[str, str]]:
    return {(one.span.file.rpartition("/")[2], one.message.en) for one in load(root).diagnostics}
