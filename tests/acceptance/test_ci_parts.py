"""The parts for CI do what they say: the hooks at a real commit, the scripts of GitHub and GitLab in a real shell."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.broken_workflow import BROKEN, SOUND

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"
GITHUB = ROOT / ".github" / "workflows" / "validate.yml"
GITLAB = ROOT / "ci" / "gitlab-validate.yml"
PAGES = sorted((ROOT / "docs" / "how-to").glob("validate-in-ci*.md"))
BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOLD = "SF301"


def read(path: Path) -> Any:  # noqa: ANN401 -- whatever YAML it is
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, whose workspace has one sound definition; the program is on the path."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "wang")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "wang@example.com")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\n", encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "deal.yaml").write_text(SOUND, encoding="utf-8")
    shell("git init --quiet && git add --all && git commit --quiet --message=first", tmp_path)
    return tmp_path


def shell(script: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a script of the CI's shell did."""
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def deal(repository: Path) -> Path:
    return repository / "workflows" / "deal.yaml"


# ----------------------------------------------------------------------------------------------------------- hooks


@pytest.mark.parametrize("hook", read(HOOKS), ids=lambda hook: hook["id"])
def test_a_hook_lets_a_sound_commit_through_and_stops_a_broken_one(hook: Mapping[str, Any], repository: Path) -> None:
    script = repository / ".git" / "hooks" / "pre-commit"
    # As pre-commit does: only where a file of the commit is meant, and without their names.
    assert hook["pass_filenames"] is False
    assert all(re.search(hook["files"], name) for name in ("salespm.yaml", "workflows/deal.yml", "workflows/rates.csv"))
    script.write_text(f"#!/bin/sh\nexec {hook['entry']}\n", encoding="utf-8")
    script.chmod(0o755)
    deal(repository).write_text(SOUND.replace("version: 1", "version: 2"), encoding="utf-8")
    assert shell("git commit --quiet --all --message=sound", repository).returncode == 0
    deal(repository).write_text(BROKEN, encoding="utf-8")
    stopped = shell("git commit --quiet --all --message=broken", repository)
    assert (stopped.returncode, TOLD in stopped.stderr + stopped.stdout) == (1, True)
    assert shell("git log --format=%s", repository).stdout.split() == ["sound", "first"]


# ---------------------------------------------------------------------------------------------------------- GitHub


def workflow_inputs() -> Mapping[str, Mapping[str, Any]]:
    # YAML 1.1, which this parser reads, takes `on` for true.
    inputs: Mapping[str, Mapping[str, Any]] = read(GITHUB)[True]["workflow_call"]["inputs"]
    return inputs


def step(name: str) -> Mapping[str, Any]:
    steps = read(GITHUB)["jobs"]["validate"]["steps"]
    found: Mapping[str, Any] = next(one for one in steps if one.get("name", "").startswith(name))
    return found


def variables(**given: str) -> dict[str, str]:
    """The environment of the job, its inputs as given or as they are by default."""
    defaults = {name: str(one["default"]).lower() for name, one in workflow_inputs().items()}
    values = {**defaults, **{name.replace("_", "-"): value for name, value in given.items()}}
    environment = read(GITHUB)["jobs"]["validate"]["env"]
    return {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m[1]], text)
        for name, text in environment.items()
    }


def test_no_input_becomes_part_of_a_script() -> None:
    scripts = [one["run"] for one in read(GITHUB)["jobs"]["validate"]["steps"] if "run" in one]
    assert scripts
    assert [script for script in scripts if "${{" in script] == []


def test_every_input_is_described_and_used() -> None:
    text = GITHUB.read_text(encoding="utf-8")
    assert set(re.findall(r"\binputs\.([\w-]+)", text)) == workflow_inputs().keys()
    assert all(one["description"] and "default" in one for one in workflow_inputs().values())


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"paths": "workflows/deal.yaml salespm.yaml", "strict": "true"},
        {"changed_since": "HEAD", "fail_on": "info", "language": "zh"},
    ],
)
def test_the_github_job_fails_with_annotations_where_something_is_wrong(
    repository: Path, given: Mapping[str, str]
) -> None:
    script = step("Validate")["run"]
    deal(repository).write_text(BROKEN, encoding="utf-8")
    done = shell(script, repository, **variables(**given))
    assert (done.returncode, done.stdout.startswith("::error file=workflows/deal.yaml,line=8")) == (1, True), (
        done.stderr
    )


def test_the_github_job_passes_where_nothing_is_wrong(repository: Path) -> None:
    below = repository / "sales"
    below.mkdir()
    shutil.move(repository / "salespm.yaml", below)
    shutil.move(repository / "workflows", below)
    done = shell(step("Validate")["run"], repository, **variables(workspace="sales"))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_report_for_code_scanning_is_written_whatever_it_says(repository: Path) -> None:
    for text in (SOUND, BROKEN):
        deal(repository).write_text(text, encoding="utf-8")
        assert shell(step("Write the findings")["run"], repository, **variables()).returncode == 0
        report = (repository / step("Send the findings")["with"]["sarif_file"]).read_text(encoding="utf-8")
        assert (TOLD in report) is (text == BROKEN)


# ---------------------------------------------------------------------------------------------------------- GitLab


def gitlab_job() -> Mapping[str, Any]:
    (job,) = read(GITLAB).values()
    found: Mapping[str, Any] = job
    return found


@pytest.mark.parametrize("given", [{}, {"SALESPM_CHANGED_SINCE": "HEAD"}, {"SALESPM_PATHS": "workflows salespm.yaml"}])
@pytest.mark.parametrize(("text", "code"), [(SOUND, 0), (BROKEN, 1)])
def test_the_gitlab_job_writes_its_report_and_fails_where_something_is_wrong(
    repository: Path, given: Mapping[str, str], text: str, code: int
) -> None:
    job = gitlab_job()
    deal(repository).write_text(text, encoding="utf-8")
    done = shell("\n".join(job["script"]), repository, **{**job["variables"], **given})
    report = (repository / job["artifacts"]["reports"]["codequality"]).read_text(encoding="utf-8")
    assert (done.returncode, TOLD in done.stdout, TOLD in report) == (code, code == 1, code == 1), done.stderr


def test_both_install_what_is_locked() -> None:
    for text in (step("Install")["run"], "\n".join(gitlab_job()["before_script"])):
        locks = re.findall(r"-r \.salespm_flow/(\S+)", text)
        assert "--require-hashes" in text
        assert locks
        assert all((ROOT / lock).is_file() for lock in locks)


# ------------------------------------------------------------------------------------------------------------ pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_hooks_inputs_and_variables_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    blocks = [block for block in map(yaml.safe_load, BLOCK.findall(text)) if isinstance(block, dict)]
    jobs = [job for block in blocks for job in block.get("jobs", {}).values() if "validate.yml" in job["uses"]]
    named = {name for block in blocks if "include" in block for name in block["variables"]}
    assert set(re.findall(r"- id: (\S+)", text)) == {hook["id"] for hook in read(HOOKS)}
    assert [job["with"].keys() <= workflow_inputs().keys() for job in jobs] == [True]
    assert named
    assert named <= gitlab_job()["variables"].keys()
    unnamed = [name for name in workflow_inputs() if not re.search(rf"[`\s]{name}[`:]", text)]
    assert unnamed == []
