"""What an overlay makes with the document that it extends: nodes by rule, then the whole through the library."""

from datetime import UTC
from pathlib import Path
from textwrap import dedent

import pytest

from salespm_flow.definition.build import build, default_workspace
from salespm_flow.definition.collection import Collected, collect
from salespm_flow.definition.compose import compose
from salespm_flow.definition.drafts import find_files, read_draft
from salespm_flow.definition.source import parse
from salespm_flow.definition.workspace import Composed, compose_definition, load, read_pinned, shipped_definitions
from salespm_flow.definition.writer import write
from salespm_flow.errors import UnknownNameError
from salespm_flow.model.workflow import Workflow
from tests.unit.definition.texts import collected


def composed(base: str, overlay: str) -> str:
    """The composed document without its header."""
    documents = [parse(dedent(text), file).root for text, file in ((base, "base.yaml"), (overlay, "overlay.yaml"))]
    assert documents[0] is not None
    assert documents[1] is not None
    return write(compose(documents[0], documents[1]).root)


@pytest.mark.parametrize(
    ("base", "overlay", "made"),
    [
        # Maps merge by key, in the base's order; what is new comes last.
        ("a: {x: 1, y: 2}", "a: {z: 3, x: 4}", "a: {x: 4, y: 2, z: 3}\n"),
        ("a: 1\nb: {c: {d: 1}}", "b: {c: {d: 2}}", "a: 1\nb:\n  c: {d: 2}\n"),
        # Null removes.
        ("a: {x: 1, y: 2}", "a: {x: null}", "a: {y: 2}\n"),
        ("a: {x: 1}", "a: {x: ~, y: }", "a: {}\n"),
        # Lists replace, or take what to add and what to remove.
        ("a: [x, y]", "a: [z]", "a: [z]\n"),
        ("a: [x, y]", "a: {add: [z, y], remove: [x]}", "a: [y, z]\n"),
        ("a: x", "a: {add: [z]}", "a: [x, z]\n"),
        ("b: 1", "a: {add: [z]}", "b: 1\na: [z]\n"),
        ("b: 1", "c: {a: {add: [z]}}", "b: 1\nc: {a: [z]}\n"),
        # A map of things that have these names is no such list.
        (
            "t: {add: {from: x}}",
            "t: {add: {from: y}, remove: {from: z}}",
            "t:\n  add: {from: y}\n  remove: {from: z}\n",
        ),
        # What is written short stands for the long form.
        ("check: {fit: x > 1}", "check: {fit: {message: no}}", "check:\n  fit: {that: x > 1, message: no}\n"),
        ("check: {fit: {that: x, message: no}}", "check: {fit: y}", "check:\n  fit: {that: y, message: no}\n"),
        ("title: 销售", "title: {en: Sales}", "title: {zh: 销售, en: Sales}\n"),
        ("title: {zh: 销售, en: Sales}", "title: X", "title: X\n"),
        # States come behind the sibling that they name, several in the order of the file.
        (
            "states: {a: {}, b: {}, c: {}}",
            "states: {x: {after: a}, y: {after: a}, z: {after: x}, c: {after: a}, last: {}}",
            "states:\n  a: {}\n  x: {}\n  z: {}\n  y: {}\n  c: {}\n  b: {}\n  last: {}\n",
        ),
        (
            "states: {a: {}, b: {}}",
            "states: {x: {after: y}, y: {after: a}}",
            "states:\n  a: {}\n  y: {}\n  x: {}\n  b: {}\n",
        ),
        (
            "states: {a: {states: {b: {}, c: {}}}}",
            "states: {a: {states: {x: {after: b}}}}",
            "states:\n  a: {states: {b: {}, x: {}, c: {}}}\n",
        ),
        ("timers: {states: {after: 3d}}", "timers: {states: {after: 4d}}", "timers:\n  states: {after: 4d}\n"),
        # Who it is comes from the overlay, what it is from the base.
        (
            "salespm: 1\nkind: calendar\nid: a\nversion: 1",
            "salespm: 1\nkind: overlay\nid: b\nversion: 2\nextends: a@1",
            "salespm: 1\nkind: calendar\nid: b\nversion: 2\n",
        ),
    ],
)
def test_documents_merge_by_rule(base: str, overlay: str, made: str) -> None:
    assert composed(base, overlay) == made


BASE = """\
    salespm: 1
    kind: workflow
    id: small
    version: 1
    domain: sales
    fields: {size: {type: integer}}
    initial: work
    states:
      work:
        regions:
          one: {initial: red, states: {red: {}, done_with: {final: true}}}
          two: {initial: idle, states: {idle: {}, over: {final: true}}}
      closed: {final: true}
    transitions:
      stop: {from: red, to: done_with, when: in_state("red") or in_state("idle")}
      end: {event: done.work, from: work, to: closed}
    timers:
      late: {in: red, after: 3d, do: {go: {action: raise, event: stop}}}
    """


def workflow(made: Collected, id_: str) -> Workflow:
    """The workflow of a library without findings."""
    assert [one.message.en for one in made.diagnostics] == []
    return made.library.workflows[id_]


def test_names_of_the_base_mean_what_they_meant_beside_new_states_of_the_same_name() -> None:
    overlay = """\
        salespm: 1
        kind: overlay
        id: larger
        version: 3
        extends: small@1
        states: {work: {regions: {two: {states: {red: {after: idle}}}}}}
        transitions: {warn: {from: idle, to: two.red}}
        """
    made = workflow(collected(BASE, overlay), "larger")
    stop, late = made.transitions["stop"], made.timers["late"]
    assert (stop.sources, late.state) == (("work.one.red",), "work.one.red")
    assert stop.when is not None
    assert stop.when.text == 'in_state("one.red") or in_state("idle")'
    assert made.transitions["warn"].to[0].path == "work.two.red"
    assert (made.id, made.version, made.source.kind) == ("larger", 3, "workflow")


def test_an_overlay_of_an_overlay_is_laid_over_both() -> None:
    first = """\
        {salespm: 1, kind: overlay, id: larger, version: 1, extends: small@1, fields: {weight: {type: number}}}
        """
    second = """\
        {salespm: 1, kind: overlay, id: largest, version: 1, extends: larger@1, fields: {size: null}}
        """
    made = collected(second, BASE, first)
    assert tuple(workflow(made, "largest").fields) == ("weight",)
    assert tuple(workflow(made, "larger").fields) == ("size", "weight")
    assert tuple(workflow(made, "small").fields) == ("size",)


KPI = "{unit: count, better: higher, of: projects, workflow: flow, basis: created, formula: count(projects), source: x}"
RISKS = """\
kind: risk_model
id: small
version: 1
scales: {probability: {1: 10%}, impact: {1: low}}
levels: {low: [1, 1]}
rules: {}
"""
SCORES = """\
kind: scorecard
id: small
version: 1
for: person
criteria: {a: {kpi: number, weight: 100%, floor: 1, target: 2}}
grades: {bad: 0}
"""


@pytest.mark.parametrize(
    ("base", "change", "kind"),
    [
        ("kind: calendar\nid: small\nversion: 1\nweek: [mon]\n", "week: {add: [tue]}", "calendars"),
        (
            "kind: kpi_set\nid: small\nversion: 1\nkpis: {}\n",
            f"kpis: {{deals: {KPI}}}",
            "kpi_sets",
        ),
        (
            RISKS,
            "scales: {impact: {2: high}}\nlevels: {high: [2, 2]}",
            "risk_models",
        ),
        (SCORES, "grades: {good: 80}", "scorecards"),
    ],
)
def test_other_kinds_are_extended_too(base: str, change: str, kind: str) -> None:
    overlay = f"salespm: 1\nkind: overlay\nid: larger\nversion: 2\nextends: small@1\n{change}\n"
    numbers = f"salespm: 1\nkind: kpi_set\nid: numbers\nversion: 1\nkpis: {{number: {KPI}}}\n"
    made = collected(f"salespm: 1\n{base}", overlay, numbers, BASE.replace("id: small", "id: flow"))
    assert [one.message.en for one in made.diagnostics] == []
    assert {"small", "larger"} <= set(getattr(made.library, kind))


def test_a_newer_version_of_its_own_base_stands_in_its_place() -> None:
    base = f"salespm: 1\nkind: kpi_set\nid: small\nversion: 1\nkpis: {{deals: {KPI}}}\n"
    overlay = "salespm: 1\nkind: overlay\nid: small\nversion: 2\nextends: small@1\nkpis: {deals: {better: lower}}\n"
    made = collected(base, overlay, BASE.replace("id: small", "id: flow"))
    assert [one.message.en for one in made.diagnostics] == []
    kpis = made.library.kpi_sets["small"]
    assert (kpis.version, kpis.kpis["deals"].better.value) == (2, "lower")


def test_the_pinned_text_stands_without_the_base() -> None:
    library = load().library
    made = library.workflows["software_sales"]
    again = read_pinned([made.source], library).workflow
    root = parse(made.source.text, made.source.path).root
    assert root is not None
    assert write(root) == made.source.text
    assert (again.states.keys(), again.fields.keys()) == (made.states.keys(), made.fields.keys())
    assert [transition.sources for transition in again.transitions.values()] == [
        transition.sources for transition in made.transitions.values()
    ]


def test_every_shipped_definition_is_written_so_that_it_reads_back() -> None:
    for path in find_files(shipped_definitions()):
        draft = read_draft(path, path.name, UTC)
        if draft.built is None or draft.text is None:
            continue
        root = parse(draft.text, path.name).root
        assert root is not None
        text = write(root)
        again = parse(text, path.name)
        assert again.diagnostics == ()
        assert again.root is not None
        assert write(again.root) == text
        assert build(again.root, draft.built.source).diagnostics == draft.built.diagnostics


def test_compose_gives_the_text_of_a_file_or_an_id(tmp_path: Path) -> None:
    (tmp_path / "salespm.yaml").write_text("salespm: 1\nkind: workspace\ndefinitions: [.]\n", encoding="utf-8")
    (tmp_path / "small.yaml").write_text(dedent(BASE), encoding="utf-8")
    overlay = tmp_path / "larger.yaml"
    overlay.write_text(
        "salespm: 1\nkind: overlay\nid: larger\nversion: 1\nextends: small@1\nfields: {size: null}\n", encoding="utf-8"
    )
    by_id, by_file = compose_definition("larger", tmp_path), compose_definition(str(overlay), None)
    assert text_of(by_id) == text_of(by_file)
    assert text_of(by_id).startswith("salespm: 1\nkind: workflow\nid: larger\nversion: 1\ndomain: sales\nfields: {}\n")
    assert text_of(compose_definition("small", tmp_path)) == dedent(BASE)
    overlay.write_text(overlay.read_text(encoding="utf-8").replace("size", "sise"), encoding="utf-8")
    broken = compose_definition("larger", tmp_path)
    assert broken.source is None
    assert [one.code for one in broken.loaded.diagnostics] == ["SF363"]
    with pytest.raises(UnknownNameError, match="There is no file or document `large`"):
        compose_definition("large", tmp_path)


def text_of(composed_: Composed) -> str:
    """The text of a definition without findings."""
    assert composed_.source is not None
    return composed_.source.text


def test_an_overlay_alone_is_no_library() -> None:
    overlay = "{salespm: 1, kind: overlay, id: larger, version: 1, extends: small@1}\n"
    draft_only = collect([], default_workspace(".", ()), UTC)
    assert draft_only.library.workflows == {}
    assert [one.code for one in collected(overlay).diagnostics] == ["SF360"]
