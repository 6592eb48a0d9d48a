"""Validation with every analysis on, against tools that look at less, in wall and in processor time.

`--strict` asks for the analyses that are told on request only, too.
"""

import sys
import sysconfig
from pathlib import Path

from benchmarks.measure import Result, Spent, result, spent
from benchmarks.texts import large, write_small

FILES = 1000
RUNS = 3
RUNS_OF_ONE = 15
IMPORTS = "import click, yaml, jsonschema"
# The program as it runs where the extra is not installed.
WITHOUT_FAST = """\
import sys
sys.modules["jsonschema_rs"] = None
from salespm_flow.cli.main import main
sys.exit(main())
"""
SCHEMA = Path(__file__).parents[1] / "schemas" / "workflow.schema.json"
SCRIPTS = Path(sysconfig.get_path("scripts"))


def run(folder: Path) -> tuple[Result, ...]:
    """The ratios of our time to the peers'; a peer that is not installed is left out."""
    return (*_many(folder), *_one(folder), *_large(folder))


def _many(folder: Path) -> tuple[Result, ...]:
    peer = SCRIPTS / "check-jsonschema"
    if not peer.is_file():
        return ()
    small = write_small(folder / "many", FILES)
    files = sorted(map(str, small.iterdir()))
    checked = [str(peer), "--schemafile", str(SCHEMA)]
    plain = [sys.executable, "-c", WITHOUT_FAST, "validate", "--strict"]
    fast = [str(SCRIPTS / "salespm-flow"), "validate", "--strict"]
    for command in (checked, plain, fast):  # bytecode is written
        spent([*command, files[0]], folder)
    what, against = f"`validate --strict` of {FILES:,} small workflows", "`check-jsonschema`, the same files and schema"
    times = _interleaved([[*plain, str(small)], [*fast, str(small)], [*checked, *files]], folder, RUNS)
    return (
        *_both(what, against, [(ours, theirs) for ours, _, theirs in times], 0.5),
        *_both(f"{what}, with `[fast]`", against, [(ours, theirs) for _, ours, theirs in times], 0.25),
    )


def _one(folder: Path) -> tuple[Result, ...]:
    file = str(next(write_small(folder / "one", 1).iterdir()))
    ours = [str(SCRIPTS / "salespm-flow"), "validate", "--strict", file]
    peers = [[sys.executable, "-c", IMPORTS]]
    lint = SCRIPTS / "yamllint"
    if lint.is_file():
        peers.append([str(lint), file])
    for command in (ours, *peers):  # as above, and files are in memory
        spent(command, folder)
    times = _interleaved([ours, *peers], folder, RUNS_OF_ONE)
    what = "`validate --strict` of one small workflow"
    lines = _both(what, f"`python -c '{IMPORTS}'`", [(one[0], one[1]) for one in times], 2.0)
    if lint.is_file():
        lines += _both(f"{what}, with `[fast]`", "`yamllint`", [(one[0], one[2]) for one in times], 2.5)
    return lines


def _large(folder: Path) -> tuple[Result, ...]:
    text = large()
    file = folder / "large.yaml"
    file.write_text(text, encoding="utf-8")
    times = _interleaved([[str(SCRIPTS / "salespm-flow"), "validate", "--strict", str(file)]], folder, RUNS)
    what = f"`validate --strict` of one workflow of {text.count(chr(10)):,} lines"
    return _both(what, "2 s", [(ours, Spent(wall=2, processor=2)) for (ours,) in times], 1.0)


def _interleaved(commands: list[list[str]], folder: Path, runs: int) -> list[tuple[Spent, ...]]:
    return [tuple(spent(command, folder) for command in commands) for _ in range(runs)]


def _both(what: str, against: str, times: list[tuple[Spent, Spent]], limit: float) -> tuple[Result, ...]:
    walls = [(ours.wall, theirs.wall) for ours, theirs in times]
    processors = [(ours.processor, theirs.processor) for ours, theirs in times]
    return (
        result(what, against, walls, limit=limit),
        result(f"{what}: processor time", against, processors, limit=limit),
    )
