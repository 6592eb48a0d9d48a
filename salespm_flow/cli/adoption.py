"""Adopts a lesson's rule: tries it out on a copy of the workspace, shows what it changes, then writes the files."""

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from salespm_flow.cli.context import Session
from salespm_flow.cli.files import write_file
from salespm_flow.definition.learning import FOLDER, LearnedRule, Patch, patch_of
from salespm_flow.definition.vocabulary import Vocabulary
from salespm_flow.definition.workspace import Loaded, load
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import InputError
from salespm_flow.model.workflow import Workflow
from salespm_flow.nouns import dataclass
from salespm_flow.scenario.results import CaseResult, Failure
from salespm_flow.scenario.suites import run_documents

SETTINGS: Final = "salespm.yaml"
_NAMES: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A rule that has been tried out: the files that make it, and its scenario without them and with them."""

    patch: Patch
    folder: Path
    before: Mapping[str, str]
    without: CaseResult
    within: CaseResult
    version: int

    @property
    def changed(self) -> tuple[str, ...]:
        """The files that are new or other than before."""
        return tuple(name for name, text in self.patch.texts.items() if self.before.get(name) != text)


def tried(session: Session, workflow: Workflow, rule: LearnedRule) -> Trial:
    """The rule holds on a copy of the workspace, and its scenario tells it from what was before.

    Raises:
        InputError: there is no workspace to write into, the definitions have errors with the rule in them, or it does
            not show in its scenario.
    """
    library = session.library
    root = Path(library.workspace.root)
    if not (root / SETTINGS).is_file():
        raise InputError(
            Bilingual("没有工作区，规则无处写入", "there is no workspace to write the rule into"),
            Bilingual("用 init 建立工作区", "make one with init"),
        )
    folder = root / library.workspace.definitions[0] / FOLDER
    before = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml"))}
    owner = Vocabulary(workflow=workflow, library=library).some_owner
    patch = patch_of(workflow, rule, owner, before)
    loaded, within = _played(root, folder, patch)
    asked = _all_reasons(within, rule)
    if asked:
        patch = patch_of(workflow, rule, owner, before, refused=asked)
        loaded, within = _played(root, folder, patch)
    without = _run(loaded, patch, workflow.id)
    if not within.is_passed or without.is_passed:
        raise _silent(rule)
    version = loaded.library.workflows[patch.workflow].version
    return Trial(patch=patch, folder=folder, before=before, without=without, within=within, version=version)


def write(trial: Trial) -> None:
    """The files of the trial are in the workspace; all of them, or what was there before.

    Raises:
        ConflictError: somebody has changed one of them meanwhile.
    """
    trial.folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    try:
        for name in trial.changed:
            was = trial.before.get(name)
            data = trial.patch.texts[name].encode()
            write_file(trial.folder / name, data, was=None if was is None else was.encode())
            written.append(name)
    except BaseException:
        restore(trial, tuple(written))
        raise


def restore(trial: Trial, names: tuple[str, ...]) -> None:
    """These files are as they were before the trial was written."""
    for name in names:
        was = trial.before.get(name)
        if was is None:
            (trial.folder / name).unlink(missing_ok=True)
        else:
            write_file(trial.folder / name, was.encode())


def _played(root: Path, folder: Path, patch: Patch) -> tuple[Loaded, CaseResult]:
    with tempfile.TemporaryDirectory(prefix="salespm-flow-") as place:
        copy = Path(place)
        shutil.copy(root / SETTINGS, copy / SETTINGS)
        shutil.copytree(folder.parent, copy / folder.parent.relative_to(root))
        learned = copy / folder.relative_to(root)
        learned.mkdir(exist_ok=True)
        for name, text in patch.texts.items():
            (learned / name).write_text(text, encoding="utf-8")
        loaded = load(copy, check_shape=True)
    errors = tuple(one for one in loaded.errors if Path(one.span.file).name in patch.texts)
    if errors:
        first = errors[0]
        zh, en = first.message.zh, first.message.en
        raise InputError(
            Bilingual(f"规则有误，没有写入：{zh}", f"the rule is wrong, nothing was written: {en}"), first.hint
        )
    return loaded, _run(loaded, patch, patch.workflow)


def _run(loaded: Loaded, patch: Patch, workflow: str) -> CaseResult:
    document = replace(loaded.library.scenarios[patch.document], workflow=workflow)
    run = run_documents([document], loaded.library, lambda _, case: case.scenario == patch.scenario)
    return next(iter(run.results))


def _all_reasons(result: CaseResult, rule: LearnedRule) -> tuple[str, ...]:
    """Everything that is refused or at risk beside the rule, where the rule is among it; none where nothing is."""
    told: list[Failure] = [one for one in result.failures if one.key == ("risks" if rule.is_risk else "refused")]
    names = tuple(_NAMES.findall(told[0].rewritten or "")) if told else ()
    return names if rule.name in names else ()


def _silent(rule: LearnedRule) -> InputError:
    return InputError(
        Bilingual(
            f"规则“{rule.name}”在它的情景中没有起作用：空白项目已经满足条件",
            f'the rule "{rule.name}" does not show in its scenario: an empty project meets it already',
        ),
        Bilingual(
            "登记教训时用 --example 给出会触发规则的值，例如 --example 'interfaces name=ERP tested=false'",
            "record it with values that make it bite, such as --example 'interfaces name=ERP tested=false'",
        ),
    )
