"""Finds what a person names: projects, triggers, roles, fields, records, tasks; guesses where the name is wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from salespm_flow.cli.context import Session
from salespm_flow.definition.literals import parse_value
from salespm_flow.definition.suggest import suggestion, with_more
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import DefinitionError, InputError, UnknownNameError
from salespm_flow.expr.values import Value
from salespm_flow.model.fields import Field
from salespm_flow.model.library import organisation_of
from salespm_flow.model.project import Project
from salespm_flow.model.workflow import Workflow

CANDIDATES_SHOWN: Final = 5
NAMES_SHOWN: Final = 12
Thing = TypeVar("Thing")


def find_project(session: Session, named: str) -> Project:
    """The project of that id, else the only one whose id begins so.

    Raises:
        UnknownNameError: there is none, or several begin so.
    """
    found = session.store.project(named)
    if found is not None:
        return found
    begun = list(session.store.ids(prefix=named))
    if len(begun) == 1:
        only = session.store.project(begun[0])
        if only is not None:
            return only
    if begun:
        shown = ", ".join(begun[:CANDIDATES_SHOWN]) + (" …" if len(begun) > CANDIDATES_SHOWN else "")
        raise UnknownNameError(
            Bilingual(f"有 {len(begun)} 个项目以“{named}”开头", f'{len(begun)} projects begin with "{named}"'),
            Bilingual(f"请多写几位：{shown}", f"write more of the id: {shown}"),
        )
    raise UnknownNameError(
        Bilingual(f"没有项目“{named}”", f'there is no project "{named}"'),
        suggestion(named, tuple(session.store.ids()))
        or Bilingual("用 list 查看所有项目", "see all projects with list"),
    )


def find_workflow(session: Session, named: str) -> Workflow:
    """The newest definition of the workflow.

    Raises:
        UnknownNameError: there is none of that name.
        DefinitionError: there is none, and some definitions have errors: it may be one of them.
    """
    workflows = session.library.workflows
    errors = session.loaded.errors
    if named not in workflows and errors:
        raise DefinitionError(
            Bilingual(
                f"没有可用的流程“{named}”；定义文件有 {len(errors)} 个错误",
                f'no workflow "{named}" can be used; the definition files have {len(errors)} error(s)',
            ),
            errors,
        )
    return known(named, workflows, Bilingual("流程", "workflow"))


def workflow_of(session: Session, project: Project) -> Workflow:
    """The definition that the project runs on."""
    return session.runner.definitions.pinned(project.pin).workflow


def known(named: str, mapping: Mapping[str, Thing], noun: Bilingual) -> Thing:
    """What stands under the name.

    Raises:
        UnknownNameError: nothing does.
    """
    found = mapping.get(named)
    if found is None:
        raise _unknown(named, mapping, noun)
    return found


def known_document(session: Session, named: str, mapping: Mapping[str, Thing], noun: Bilingual) -> Thing:
    """The document of that name.

    Raises:
        DefinitionError: it stands in a file with errors, which are told.
        UnknownNameError: there is none.
    """
    if named not in mapping:
        says_so = re.compile(rf"^\s*[\"']?id[\"']?\s*:\s*[\"']?{re.escape(named)}[\"']?\s*(#.*)?$", re.MULTILINE)
        loaded = session.loaded
        own = tuple(error for error in loaded.errors if says_so.search(loaded.texts.get(error.span.file, "")))
        if own:
            files = ", ".join(dict.fromkeys(error.span.file for error in own))
            zh, en = (
                f"{noun.zh}“{named}”所在的文件有错误：{files}",
                f'the file of the {noun.en} "{named}" has errors: {files}',
            )
            raise DefinitionError(Bilingual(zh, en), own)
    return known(named, mapping, noun)


def check_role(session: Session, workflow: Workflow) -> None:
    """The role that the actor claims is one of the organisation's, or without one of the workflow's.

    Raises:
        UnknownNameError: it is not.
    """
    role = session.actor.role
    organisation = organisation_of(workflow, session.library)
    roles = workflow.roles if organisation is None else tuple(organisation.roles)
    if role and role not in roles:
        error = _unknown(role, roles, Bilingual("角色", "role"))
        raise error if organisation is not None else UnknownNameError(error.message, _unused(session, workflow, error))


def _unused(session: Session, workflow: Workflow, error: UnknownNameError) -> Bilingual:
    """That the workflow asks no organisation who holds a role, and which it could ask."""
    named = ", ".join(session.library.organisations) or Bilingual("<标识>", "<id>")
    id_zh, id_en = (named, named) if isinstance(named, str) else (named.zh, named.en)
    zh = f"流程 {workflow.id} 没有使用组织，只认自己写到的角色；uses: {{organisation: {id_zh}}} 启用组织"
    en = (
        f"{workflow.id} uses no organisation and knows only the roles that it names; "
        f"uses: {{organisation: {id_en}}} brings one in"
    )
    return with_more(error.hint, Bilingual(zh, en))


def require_known(session: Session, person: str) -> None:
    """The person is known to an organisation, where there is any: whoever has nothing to do is perhaps misspelt.

    Workflows without an organisation may stand beside those with one: whom something belongs to is known by that.

    Raises:
        UnknownNameError: no organisation knows him.
    """
    organisations = session.library.organisations.values()
    people = [known for organisation in organisations for known in organisation.people]
    if organisations and person not in people:
        raise _unknown(person, people, Bilingual("人员", "person"))


def check_trigger(workflow: Workflow, trigger: str) -> None:
    """Some transition of the workflow listens to the trigger.

    Raises:
        UnknownNameError: none does.
    """
    heard = [event for transition in workflow.transitions.values() for event in transition.events]
    if any(_matches(pattern, trigger) for pattern in heard):
        return
    mine = tuple(dict.fromkeys(event for event in heard if "." not in event and event != "*"))
    listed = ", ".join(mine)
    near = suggestion(trigger, mine)
    zh, en = f"流程 {workflow.id} 有：{listed}", f"{workflow.id} has: {listed}"
    hint = with_more(near if near is None or listed not in near.en else None, Bilingual(zh, en))
    raise UnknownNameError(Bilingual(f"没有转移“{trigger}”", f'there is no transition "{trigger}"'), hint)


def find_open_task(project: Project, named: str) -> str:
    """The id of the task, named by its id or by the action it comes from where only one such is open.

    Raises:
        UnknownNameError: the project has no such task.
    """
    if named in project.tasks and project.tasks[named].is_open:
        return named
    alike = [task.id for task in project.tasks.values() if task.origin == named and task.is_open]
    if len(alike) == 1:
        return alike[0]
    if named in project.tasks:
        return named  # the engine says that it is done already
    still_open = [task.id for task in project.tasks.values() if task.is_open]
    raise _unknown(named, alike or still_open, Bilingual("任务", "task"))


def find_task(project: Project, named: str) -> str:
    """The id of the task, open or not.

    Raises:
        UnknownNameError: the project has no such task.
    """
    return named if named in project.tasks else find_open_task(project, named)


def read_assignments(
    session: Session, assignments: Sequence[str], fields: Mapping[str, Field], whose: Bilingual
) -> Mapping[str, Value]:
    """The values that `field=value` words give, by field; a blank value is None. `whose` names what has the fields.

    Raises:
        UnknownNameError: no such field.
        InputError: a value is not of its field's type.
    """
    values: dict[str, Value] = {}
    for word in assignments:
        name, text = _split(word)
        field = fields.get(name)
        if field is None:
            nothing = Bilingual(f"{whose.zh}没有字段“{name}”", f'{whose.en} has no field "{name}"')
            raise UnknownNameError(nothing, _known_names(name, tuple(fields), Bilingual("字段", "field")))
        if name in values:
            raise InputError(Bilingual(f"“{name}”给了两次", f'"{name}" is given twice'))
        try:
            values[name] = parse_value(text, field.type, session.zone)
        except InputError as error:
            message = Bilingual(
                f"“{field.title.zh}”（{name}）：{error.message.zh}", f"{field.title.en} ({name}): {error.message.en}"
            )
            raise InputError(message, error.hint) from error
    return values


def _split(word: str) -> tuple[str, str]:
    from salespm_flow.cli.usage import BilingualUsageError

    name, sign, text = word.partition("=")
    # The full-width sign is what a Chinese keyboard types.
    if not sign or "＝" in name:
        name, sign, text = re.sub("＝", "=", word, count=1).partition("=")
    if not sign or not name:
        raise BilingualUsageError(
            Bilingual(f"“{word}”应写成 字段=值", f'"{word}" should be written field=value'),
            Bilingual("例如 amount=300000", "for example amount=300000"),
        )
    return name.strip(), text


def _matches(pattern: str, event: str) -> bool:
    if pattern == "*":
        return True
    stem = pattern.removesuffix(".*")
    return event == stem or event.startswith(f"{stem}.")


def _unknown(named: str, names: Iterable[str], noun: Bilingual) -> UnknownNameError:
    hint = _known_names(named, tuple(names), noun)
    return UnknownNameError(Bilingual(f"没有{noun.zh}“{named}”", f'there is no {noun.en} "{named}"'), hint)


def _known_names(named: str, every: Sequence[str], noun: Bilingual) -> Bilingual | None:
    """What was probably meant, else what there is."""
    if not every:
        return Bilingual(f"这里没有任何{noun.zh}", f"there is no {noun.en} here at all")
    return suggestion(named, every) or _first_names(every)


def _first_names(names: Sequence[str]) -> Bilingual | None:
    """What there is, where nothing is like the name and there is more than one line holds."""
    shown, more = ", ".join(names[:NAMES_SHOWN]), len(names) - NAMES_SHOWN
    return Bilingual(f"可用：{shown} ……还有 {more} 个", f"known: {shown} … and {more} more") if more > 0 else None
