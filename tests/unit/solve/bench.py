"""A workflow with one guarded move, made ready to run with any guard; and what `decide` says of any values."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from salespm_flow.definition.workspace import load
from salespm_flow.engine.compiled import Compiled, compile_workflow
from salespm_flow.engine.decide import decide
from salespm_flow.expr.parse import parse
from salespm_flow.expr.values import Value
from salespm_flow.model.decision import Accepted, Actor, Advance, Open
from salespm_flow.model.expression import Expression
from salespm_flow.model.library import Library
from salespm_flow.model.project import Pin, Project, Snapshot
from salespm_flow.model.zones import zone_named
from salespm_flow.working_time import plain_calendar

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
WANG = Actor(id="wang")
FLOW = """
salespm: 1
kind: workflow
id: flow
version: 1
domain: sales
title: {zh: 测试, en: Test}
parameters: {floor: 6, limit: 15%}
fields:
  a: {type: integer, min: 0, max: 12}
  b: {type: integer, min: 0, max: 12}
  n: {type: number}
  p: {type: percent, min: 0%, max: 100%}
  m: {type: money, currency: CNY, min: 0}
  c: {type: money, currency: CNY, min: 0}
  share: {type: percent, formula: (m - c) / m}
  d: {type: date}
  until: {type: date}
  at: {type: datetime}
  span: {type: duration}
  e: {type: enum, values: {x: X, y: Y, z: Z}}
  f: {type: boolean}
  t: {type: text}
  locked: {type: integer, editable_in: [over]}
records:
  needs: {key: ref, fields: {ref: {type: text}, size: {type: integer, min: 1, max: 5, required: true}}}
  parts: {fields: {need: {type: text, required: true}, good: {type: boolean, default: false}}}
  rounds: {key: number, fields: {number: {type: integer, min: 1}, passed: {type: boolean, required: true}}}
conditions:
  big: p > limit
initial: open
states:
  open: {}
  over: {final: true}
transitions:
  go: {from: open, to: over, check: {guard: 'true'}}
"""
WORKSPACE = "salespm: 1\nkind: workspace\ntimezone: Asia/Shanghai\ncurrency: CNY\ndefinitions: [flows]\n"


@lru_cache(maxsize=1)
def library() -> Library:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "flows").mkdir()
        (folder / "salespm.yaml").write_text(WORKSPACE, "utf-8")
        (folder / "flows" / "flow.yaml").write_text(FLOW, "utf-8")
        loaded = load(folder)
    assert [found.message.en for found in loaded.diagnostics if found.severity == "error"] == []
    return loaded.library


def guarded(guard: str) -> Compiled:
    """The workflow whose only move needs the guard."""
    workflow = library().workflows["flow"]
    parsed = parse(guard)
    assert parsed.node is not None, parsed.problems
    go = workflow.transitions["go"]
    (check,) = go.gate.check
    that = Expression(text=guard, node=parsed.node, place=check.that.place)
    gate = replace(go.gate, check=(replace(check, that=that),))
    workflow = replace(workflow, transitions={"go": replace(go, gate=gate)})
    zone = zone_named("Asia/Shanghai")
    pin = Pin(workflow="flow", version=1, digest="")
    return compile_workflow(workflow, (), library(), pin=pin, calendar=plain_calendar(zone), zone=zone)


def project(compiled: Compiled, fields: Mapping[str, Value]) -> Snapshot:
    """A project that has these values."""
    if not fields:
        return Snapshot(project=_empty(), children={}, parent=None, kpis={})
    given = {name: value for name, value in fields.items() if value is not None}
    opened = decide(compiled, None, Open(project="P", owner="wang", fields=given, actor=WANG), NOW)
    assert isinstance(opened, Accepted)
    return Snapshot(project=opened.project, children={}, parent=None, kpis={})


@lru_cache(maxsize=1)
def _empty() -> Project:
    opened = decide(guarded("true"), None, Open(project="P", owner="wang", fields={}, actor=WANG), NOW)
    assert isinstance(opened, Accepted)
    return opened.project


def passes(compiled: Compiled, fields: Mapping[str, Value]) -> bool:
    """Whether the move is accepted for a project with these values, which are given with it."""
    given = {name: value for name, value in fields.items() if value is not None}
    request = Advance(trigger="go", actor=WANG, fields=given)
    return isinstance(decide(compiled, project(compiled, {}), request, NOW), Accepted)
