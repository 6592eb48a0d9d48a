"""Every template is a way of working, whole: clean, tested by its scenarios, walked by one project to its end."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from salespm_flow.definition.templates import TEMPLATES
from salespm_flow.definition.workspace import load, shipped_definitions
from salespm_flow.diagnostics import Language
from salespm_flow.model.library import Library
from salespm_flow.model.scenarios import Doing, Given, Scenario, Scenarios, Step, Word, Written, WrittenRow
from tests.acceptance.terminal import Terminal, enter

# The scenario that takes one project from its beginning to its end, and where that is.
WALKS = {
    "sales": ("sales_pipeline_tests", "handed_over"),
    "delivery": ("pm_lifecycle_tests", "close"),
    "sales-project": ("sales_project_tests", "walk"),
    "scrum": ("scrum_tests", "walk"),
    "kanban": ("kanban_tests", "walk"),
    "hybrid": ("hybrid_sales_tests", "walk"),
    "software-implementation": ("software_implementation_tests", "walk"),
    "engineering-bid": ("engineering_bid_tests", "walk"),
}


# What tells that a check speaks of risk, of a figure of the goal, or of a limit of the method.
GUARDING = ("risk.", "goal.", "most_points", "task.open")


@dataclass(frozen=True, slots=True)
class Place:
    """A template's workspace, with what stands in it."""

    template: str
    folder: Path
    library: Library
    terminal: Terminal

    @property
    def walk(self) -> tuple[Scenarios, Scenario]:
        """The scenario that goes all the way."""
        file, scenario = WALKS[self.template]
        tests = self.library.scenarios[file]
        return tests, tests.scenarios[scenario]


@pytest.fixture(scope="module", params=list(TEMPLATES))
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("template")
    terminal = Terminal()
    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
        terminal.done(f"init --template {request.param} --lang zh")
    return Place(request.param, folder, load(folder, with_scenarios=True).library, terminal)


@pytest.fixture
def cli(place: Place, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    enter(place.folder, monkeypatch)
    return place.terminal


def test_a_new_workspace_has_no_finding_however_strict(cli: Terminal) -> None:
    told = cli.type("validate --strict --lang en")
    assert (told.code, told.text) == (0, "no findings\n")


def test_the_scenarios_hold_and_see_every_state(cli: Terminal, place: Place) -> None:
    told = cli.type(f"test {TEMPLATES[place.template].workflow} --fail-under states=90")
    assert told.code == 0, told.text


def test_the_workflow_has_a_purpose_risks_figures_and_scenarios(place: Place) -> None:
    library = place.library
    workflow = library.workflows[TEMPLATES[place.template].workflow]
    assert workflow.purpose is not None
    assert workflow.purpose.zh != workflow.purpose.en
    assert [library.risk_models[name].rules for name in workflow.uses.risks]
    assert [kpis for kpis in library.kpi_sets.values() if kpis.workflow == workflow.id]
    assert [tests for tests in library.scenarios.values() if tests.workflow == workflow.id]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_handbook_opens_with_the_purpose(cli: Terminal, place: Place, language: str) -> None:
    workflow = place.library.workflows[TEMPLATES[place.template].workflow]
    assert workflow.purpose is not None
    told = cli.done(f"describe {workflow.id} --lang {language}").splitlines()
    assert told[4] == (workflow.purpose.zh if language == "zh" else workflow.purpose.en)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_handbook_tells_every_risk_and_what_people_are_judged_by(
    cli: Terminal, place: Place, language: str
) -> None:
    library, which = place.library, Language(language)
    workflow = library.workflows[TEMPLATES[place.template].workflow]
    told = cli.done(f"describe {workflow.id} --lang {language}")
    risks = [rule for name in workflow.uses.risks for rule in library.risk_models[name].rules.values()]
    assert [rule.id for rule in risks if f"**{rule.title.of(which)}** (`{rule.id}`)" not in told] == []
    indicators = told.partition("## 考核指标" if language == "zh" else "## Indicators")[2].partition("\n## ")[0]
    kpis = [kpi for one in library.kpi_sets.values() for kpi in one.kpis.values()]
    assert [kpi.id for kpi in kpis if f"{kpi.title.of(which)} (`{kpi.id}`)" in indicators]
    # Names of the program's own stay out of a handbook's sentences.
    assert [line for line in told.splitlines() if " of goal" in line or "的first_at" in line] == []


def test_a_risk_or_a_limit_keeps_projects_from_going_on(place: Place) -> None:
    workflow = place.library.workflows[TEMPLATES[place.template].workflow]
    states, moves = workflow.states.values(), workflow.transitions.values()
    gates = [gate for one in states for gate in (one.entry, one.exit)] + [one.gate for one in moves]
    checks = {check.id: check.that.text for gate in gates for check in gate.check}
    assert [name for name, text in checks.items() if any(word in text for word in GUARDING)], checks


def test_one_project_is_taken_from_beginning_to_end_by_commands(cli: Terminal, place: Place) -> None:
    tests, scenario = place.walk
    Walk(cli, tests, scenario).take()


def test_the_shipped_files_named_by_templates_are_there() -> None:
    named = {name for template in TEMPLATES.values() for name in template.files}
    assert sorted(name for name in named if not (shipped_definitions() / name).is_file()) == []


def test_template_and_example_exclude_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(tmp_path, monkeypatch)
    cli = Terminal()
    assert cli.type("init --template scrum --example crm --lang en").code == 2
    unknown = cli.type("init --template scrm --lang en")
    assert (unknown.code, unknown.out) == (1, "")
    assert 'did you mean "scrum"?' in unknown.err or "scrum" in unknown.err
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------- scenarios as commands


class Walk:
    """A scenario, typed: each step is the command that a person would give."""

    def __init__(self, cli: Terminal, tests: Scenarios, scenario: Scenario) -> None:
        self.cli, self.tests, self.scenario = cli, tests, scenario
        self.given = _merged(tests.given, scenario.given)

    def take(self) -> None:
        """Every step of the scenario has been typed and answered as it says."""
        owner = self._owner()
        fields = " ".join(_assigned(self.given.fields))
        self.cli.done(f"new {self.tests.workflow} --id W --owner {owner} --as {owner} {self._now()} {fields}")
        for step in self.scenario.steps:
            if step.doing in {Doing.RECEIVE, Doing.WAIT}:  # what children and the clock do by themselves
                continue
            told = self.cli.type(f"{self._command(step)} --format json")
            wanted = _word(step, "status") or "accepted"
            assert told.code == (1 if wanted == "refused" else 0), f"{step.span.line}: {told.text}"
            if "state" in (step.expect.texts if step.expect else {}):
                assert step.expect is not None
                state = step.expect.texts["state"]
                states = [state.text] if isinstance(state, Word) else [one.text for one in state.items]
                assert self._status(self._project(step))["states"] == states, step.span.line

    def _owner(self) -> str:
        assert self.given.owner is not None
        return self.given.owner.text

    def _now(self) -> str:
        assert self.given.now is not None
        return f"--now {self.given.now.text}"

    def _status(self, project: str) -> dict[str, object]:
        status: dict[str, object] = self.cli.data(f"status {project} {self._now()}")
        return status

    def _project(self, step: Step) -> str:
        return "W" if step.on is None else f"W.{step.on.text}.1"

    def _command(self, step: Step) -> str:
        if step.doing is Doing.TICK and step.named is not None:  # of all projects: no one's in particular
            return f"tick --now {step.named.text}"
        actor = self._owner() if step.actor is None else step.actor.text
        role = "" if step.role is None else f" --role {step.role.text}"
        comment = "" if step.comment is None else f" -m {shlex.quote(step.comment.text)}"
        return f"{self._deed(step)} --as {actor}{role}{comment} {self._now()}"

    def _deed(self, step: Step) -> str:
        project = self._project(step)
        fields = " ".join(_assigned(step.values))
        name = "" if step.named is None else step.named.text
        match step.doing:
            case Doing.SET:
                return f"set {project} {fields}"
            case Doing.APPEND:
                assert step.record is not None
                return f"record add {project} {step.record.text} {fields}"
            case Doing.DONE:
                return f"task done {project} {self._open_task(project, name)}"
            case _:
                return f"{step.doing.value} {project} {name}"

    def _open_task(self, project: str, name: str) -> str:
        tasks = self.cli.data(f"task list {project} {self._now()}")["tasks"]
        return str(next(one["id"] for one in tasks if str(one["id"]).startswith(name)))


def _merged(outer: Given, inner: Given) -> Given:
    return Given(now=inner.now or outer.now, owner=inner.owner or outer.owner, fields={**outer.fields, **inner.fields})


def _assigned(row: WrittenRow) -> Iterator[str]:
    for name, written in row.items():
        yield shlex.quote(f"{name}={_text(written)}")


def _text(written: Written) -> str:
    return written.text if isinstance(written, Word) else ",".join(one.text for one in written.items)


def _word(step: Step, key: str) -> str | None:
    found = None if step.expect is None else step.expect.texts.get(key)
    return found.text if isinstance(found, Word) else None
