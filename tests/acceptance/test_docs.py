"""What the documentation shows is what the program does: examples load, sessions play, tables and links are right."""

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

import salespm_flow
from docs.console import BLOCK, matches, shortened
from docs.generate import FOLDER, ROOT, command_names, pages, up_to_date, with_tables
from docs.kinds import IN_USE, SMALLEST
from salespm_flow import load_workspace
from salespm_flow.definition.schema import KINDS, properties
from salespm_flow.diagnostics import Language, render_text
from salespm_flow.errors import SalesPMFlowError
from salespm_flow.expr.functions import FUNCTIONS
from salespm_flow.store import faults

PAGES = {str(page.relative_to(ROOT)): page for page in pages()}
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ +(?P<title>.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
DEFINITION = re.compile(r"^salespm: 1$", re.MULTILINE)
CODE = re.compile(r"\bSF[1-6][0-9]{2}\b")
# The examples on the pages of codes are wrong on purpose; they have a test of their own.
CODES = "docs/reference/codes/"


@pytest.mark.parametrize("name", PAGES)
def test_page_is_what_its_generator_makes(name: str) -> None:
    page = PAGES[name]

    # `python -m docs.generate` writes what is wanted here.
    assert page.read_text(encoding="utf-8").splitlines() == up_to_date(page).splitlines()


@pytest.mark.parametrize(
    "name",
    [name for name, page in PAGES.items() if DEFINITION.search(page.read_text("utf-8")) and not name.startswith(CODES)],
)
def test_definitions_on_a_page_load_without_findings(name: str, tmp_path: Path) -> None:
    _write_examples(PAGES[name].read_text(encoding="utf-8"), tmp_path)

    loaded = load_workspace(tmp_path, check_shape=True)

    assert render_text(loaded.diagnostics, loaded.texts, Language.EN) == ""


def _write_examples(text: str, folder: Path) -> None:
    """Writes every definition of the page, and the tables beside it, under the names that the page gives them."""
    for number, block in enumerate(BLOCK.finditer(text)):
        body = block["body"]
        if block["tag"] == "csv" and block["file"]:
            name = block["file"]
        elif block["tag"] == "yaml" and DEFINITION.search(body):
            is_workspace = "kind: workspace" in body
            name = block["file"] or ("salespm.yaml" if is_workspace else f"workflows/example_{number}.yaml")
        else:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    page = PAGES[name]
    text = FENCE.sub("", page.read_text(encoding="utf-8"))

    dead = [link["target"] for link in LINK.finditer(text) if not _is_there(page, link["target"])]

    assert dead == []


def _is_there(page: Path, target: str) -> bool:
    if target.startswith("https://"):
        return True
    place, _, anchor = target.partition("#")
    file = (page.parent / place).resolve() if place else page
    if not file.exists():
        return False
    return not anchor or anchor in _anchors(file.read_text(encoding="utf-8"))


def _anchors(text: str) -> set[str]:
    """The anchors that a Markdown viewer gives the headings."""
    titles = (heading["title"] for heading in HEADING.finditer(FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_every_command_has_its_section() -> None:
    text = PAGES["docs/reference/cli.md"].read_text(encoding="utf-8")

    assert re.findall(r"<!-- generated: command (.+) -->", text) == sorted(
        command_names(), key=lambda name: text.index(f"### {name}\n")
    )


def test_every_kind_of_document_has_its_table_and_an_example() -> None:
    text = PAGES["docs/reference/language.md"].read_text(encoding="utf-8")

    assert set(re.findall(r"<!-- generated: keys (.+) -->", text)) == set(KINDS)
    assert {kind for kind in KINDS if f"\nkind: {kind}\n" in text} == set(KINDS)


def test_every_kind_has_its_smallest_and_its_real_example() -> None:
    text = PAGES["docs/reference/kinds.md"].read_text(encoding="utf-8")

    assert re.findall(r"<!-- generated: kind (.+) -->", text) == list(KINDS)
    assert {path.stem for path in SMALLEST.glob("*.yaml")} == set(KINDS)
    parts = re.split(r"<!-- generated: kind (.+) -->", text)[1:]
    for kind, body in zip(parts[::2], parts[1::2], strict=True):
        assert f"kind: {kind}\n" in body.split("In use · 实际的：")[0], kind
        assert f"kind: {kind}\n" in body.split("In use · 实际的：")[1], kind


def test_the_examples_in_use_stand_beside_the_shipped_definitions(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    shutil.copy(IN_USE / "workspace.yaml", tmp_path / "salespm.yaml")
    shutil.copy(IN_USE / "migration.yaml", tmp_path / "workflows")

    loaded = load_workspace(tmp_path)
    found = [one for one in loaded.diagnostics if one.span.file.endswith(("migration.yaml", "salespm.yaml"))]
    assert found == []


def test_every_code_in_the_program_is_documented() -> None:
    documented = set(CODE.findall(PAGES["docs/reference/diagnostics.md"].read_text(encoding="utf-8")))
    package = Path(salespm_flow.__file__).parent
    used = {code for file in package.rglob("*.py") for code in CODE.findall(file.read_text(encoding="utf-8"))}

    assert used - documented == set()
    assert faults.MissingStoreError.code in documented
    assert SalesPMFlowError.code in documented


def test_python_programs_on_the_pages_run(tmp_path: Path) -> None:
    programs = [
        (name, block["body"])
        for name, page in PAGES.items()
        for block in BLOCK.finditer(page.read_text(encoding="utf-8"))
        if block["tag"] == "python"
    ]

    assert programs
    for number, (name, program) in enumerate(programs):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "program.py").write_text(program, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert (name, done.returncode, done.stderr) == (name, 0, "")
        shown = _shown_output(PAGES[name].read_text(encoding="utf-8"), program)
        assert shown is None or matches(shown, done.stdout.splitlines())


def _shown_output(text: str, program: str) -> list[str] | None:
    """The lines of the text block that follows the program on its page, if one does."""
    for block, following in pairwise(BLOCK.finditer(text)):
        if block["body"] == program and following["tag"] == "text":
            return following["body"].splitlines()
    return None


def test_unknown_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        with_tables("<!-- generated: nothing -->\n<!-- end -->")


@pytest.mark.parametrize(
    ("shown", "said", "is_match"),
    [
        (["a", "b"], ["a", "b"], True),
        (["a", "..."], ["a", "b", "c"], True),
        (["...", "c"], ["a", "b", "c"], True),
        (["a", "...", "c"], ["a", "c"], True),
        (["a"], ["a", "b"], False),
        (["a", "...", "d"], ["a", "b", "c"], False),
        ([], ["a"], False),
    ],
)
def test_dots_stand_for_any_lines(shown: list[str], said: list[str], *, is_match: bool) -> None:
    assert matches(shown, said) is is_match


@pytest.mark.parametrize(
    ("shown", "said", "wanted"),
    [
        (["a", "b"], ["a", "c"], ["a", "c"]),
        (["a", "...", "d"], ["a", "b", "c", "e"], ["a", "...", "e"]),
        (["...", "x", "..."], ["a", "b", "y"], ["..."]),
        (["...", "k", "x", "...", "z"], ["a", "k", "y", "b", "z"], ["...", "k", "y", "...", "z"]),
    ],
)
def test_renewed_answer_stays_as_short_as_it_was(shown: list[str], said: list[str], wanted: list[str]) -> None:
    assert shortened(shown, said) == wanted
    assert matches(wanted, said)


def test_both_languages_show_the_same_commands() -> None:
    for english, chinese in (("README.md", "README.zh-CN.md"), ("docs/tutorial.md", "docs/tutorial.zh-CN.md")):
        assert _skeleton(PAGES[english]) == _skeleton(PAGES[chinese])


def _skeleton(page: Path) -> list[tuple[str, ...]]:
    """Each block's kind with, of a session, the command and project of each line: what does not depend on language."""
    text = page.read_text(encoding="utf-8")
    return [
        (block["tag"], *(" ".join(line.split()[2:4]) for line in block["body"].splitlines() if line.startswith("$ ")))
        for block in BLOCK.finditer(text)
    ]


def test_index_lists_every_page() -> None:
    listed = {
        (index.parent / link["target"]).resolve()
        for index in (FOLDER / "README.md", FOLDER / "reference" / "diagnostics.md")
        for link in LINK.finditer(index.read_text(encoding="utf-8"))
    }

    assert {page for page in FOLDER.rglob("*.md") if page.name != "README.md"} - listed == set()


def test_what_is_said_to_be_missing_is_missing() -> None:
    text = PAGES["docs/reference/language.md"].read_text(encoding="utf-8")
    bullets = dict(
        re.findall(r"^- \*\*(\w+)\*\*:(.+?)(?=^- |^$)", text.partition("## Not there yet")[2], re.MULTILINE | re.DOTALL)
    )
    missing = {subject: set(re.findall(r"`(\w+)", said)) for subject, said in bullets.items()}

    assert missing["Kinds"] & set(KINDS) == set()
    assert missing["Workflow"] & set(properties("workflow")["workflow.transition"]) == set()
    assert missing["Expressions"] & set(FUNCTIONS) == set()
