"""Starting the program, against a bare click program and against importing the same libraries."""

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from benchmarks.measure import Result, result, seconds

RUNS = 15
BARE = """\
import click


@click.group(help="A bare program.")
def main():
    pass


@main.command(help="Does nothing.")
@click.option("--name", help="A name.")
def nothing(name):
    pass


main()
"""
SMALL = """\
salespm: 1
kind: workflow
id: visit
version: 1
domain: sales
title: Visit
fields:
  note: {type: text, title: Note}
initial: planned
states:
  planned: {title: Planned}
  made: {title: Made, final: true}
transitions:
  finish: {title: Finish, from: planned, to: made, require: [note]}
"""
IMPORTS = "import click, yaml, jsonschema"


def run(folder: Path) -> tuple[Result, ...]:
    """The ratios of our time to the peer's."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        root = Path(name)
        bare, small = root / "bare.py", root / "visit.yaml"
        bare.write_text(BARE, encoding="utf-8")
        small.write_text(SMALL, encoding="utf-8")
        program = str(Path(sysconfig.get_path("scripts")) / "salespm-flow")
        shown = _interleaved([program, "--help"], [sys.executable, str(bare), "--help"], root)
        checked = _interleaved([program, "validate", str(small)], [sys.executable, "-c", IMPORTS], root)
    return (
        result("`salespm-flow --help`", "a bare click program", shown, limit=1.3),
        result("`salespm-flow validate` of one small file", f"`python -c '{IMPORTS}'`", checked, limit=2.0),
    )


def _interleaved(ours: list[str], peer: list[str], folder: Path) -> list[tuple[float, float]]:
    for command in (ours, peer):  # bytecode is written and files are in memory
        _run(command, folder)
    return [(seconds(lambda: _run(ours, folder)), seconds(lambda: _run(peer, folder))) for _ in range(RUNS)]


def _run(command: list[str], folder: Path) -> None:
    # Bytecode as an installed program has it, whatever this shell forbids.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
