"""What the tests of this room share: a workspace written inline, judged."""

from datetime import date
from pathlib import Path
from textwrap import dedent

from salespm_flow.definition.workspace import load
from salespm_flow.lint.baseline import Baseline
from salespm_flow.lint.judgement import Judgement, Standard, judge

SETTINGS = "salespm: 1\nkind: workspace\ndefinitions: [workflows]\n"
HEAD = """\
salespm: 1
kind: workflow
id: deal
version: 1
domain: sales
fields:
  amount: {type: integer}
initial: open
states: {open: {}, closed: {final: true}}
"""
# Two warnings: events that nothing hears.
UNHEARD = """\
transitions:
  close: {from: open, to: closed}
  note: {from: open, do: {x: {action: raise, event: told}}}
  tell: {from: open, do: {x: {action: raise, event: said}}}
"""
TODAY = date(2026, 6, 1)


def write(root: Path, *, settings: str = "", **texts: str) -> Path:
    """A workspace with the definitions `workflows/<name>.yaml`."""
    (root / "salespm.yaml").write_text(SETTINGS + dedent(settings), encoding="utf-8")
    (root / "workflows").mkdir(exist_ok=True)
    for name, text in texts.items():
        (root / "workflows" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return root


def judged(root: Path, baseline: Baseline | None = None, today: date = TODAY) -> Judgement:
    """What there is to say about the workspace."""
    return judge(load(root, check_shape=True), Standard(today=today, baseline=baseline))


def told(judgement: Judgement) -> list[str]:
    """The reported findings as `file:line severity code message`, the folder left out."""
    return [
        f"{one.span.file.removeprefix('workflows/')}:{one.span.line} {one.severity} {one.code} {one.message.en}"
        for one in judgement.findings
    ]
