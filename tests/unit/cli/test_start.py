"""Help and completion are answered from the table alone."""

import os
import subprocess
import sys

import pytest

from salespm_flow.cli.main import COMMANDS, group

HEAVY = ("yaml", "jsonschema", "rich", "transitions", "holidays", "sqlite3")
PROBE = f"""
import sys
from salespm_flow.cli.main import main
code = main(sys.argv[1:])
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )


@pytest.mark.parametrize(
    "words", [("--help",), ("--lang", "zh", "--help"), ("advance", "--help"), ("import", "csv", "--help")]
)
def test_help_imports_nothing_heavy(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_completion_imports_nothing_heavy_and_no_command() -> None:
    environment = {"_SALESPM_FLOW_COMPLETE": "bash_complete", "COMP_WORDS": "salespm-flow va", "COMP_CWORD": "1"}
    done = run(**environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "plain,validate\n", "[]\n")


def test_every_command_of_the_table_exists_under_its_name() -> None:
    program = group()
    assert {name: program.find(name).name for name in COMMANDS} == {name: name for name in COMMANDS}


def test_help_lists_every_command_in_both_languages() -> None:
    for language in ("zh", "en"):
        shown = run("--lang", language, "--help").stdout
        assert all(f"\n  {name} " in shown for name in COMMANDS)
    assert run("--lang", "zh", "--help").stdout.startswith("用法：salespm-flow ")


def test_no_arguments_show_the_help_as_a_usage_error() -> None:
    done = run()
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage: salespm-flow" in done.stderr or "用法：salespm-flow" in done.stderr
