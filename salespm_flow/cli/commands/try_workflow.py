"""`try`: steps through a workflow without a store, by hand on a terminal or by lines from standard input."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, fields_arguments, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual
from salespm_flow.errors import SalesPMFlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from salespm_flow.cli.commands.rehearsal import Rehearsal
    from salespm_flow.model.organisation import Organisation
    from salespm_flow.model.workflow import Workflow

MISUNDERSTOOD: Final = 2


def run(session: Session, workflow: str, assignments: tuple[str, ...]) -> int:
    """The lines were done: 0, 1 where one was refused, 2 where one of a script could not be understood."""
    from salespm_flow.cli.commands import new
    from salespm_flow.cli.commands.rehearsal import PROJECT, Rehearsal
    from salespm_flow.cli.lookup import find_workflow

    _cast(session, find_workflow(session, workflow))
    rehearsal = Rehearsal(session)
    try:
        _greet(session)
        code = new.run(session, workflow, assignments, project=PROJECT, owner=None, is_draft=True)
        if code:
            return code
        rehearsal.tell_moves()
        return _rehearse(rehearsal)
    finally:
        rehearsal.close()


def _cast(session: Session, workflow: "Workflow") -> None:
    """Where nobody was named and the organisation does not know the user, somebody who may start acts, and it is told.

    That is the first to hold the role that owns the initial state, else the first person of all. Nothing is written, so
    that nobody's name stands under anything.
    """
    from salespm_flow.cli.context import actor_named
    from salespm_flow.cli.output import write_text
    from salespm_flow.cli.render import Ink
    from salespm_flow.model.library import organisation_of

    organisation = organisation_of(workflow, session.library)
    if session.choices.actor is not None or organisation is None or session.actor.id in organisation.people:
        return
    found = _first_in_charge(workflow, organisation, session)
    if found is None:
        return
    session.actor = actor_named(*found)
    if not session.is_json:
        name, role = found
        who = f"{name}:{role}" if role else name
        zh = f"没有写 --as，由 {who} 操作；换人：as 姓名[:角色]。"
        en = f"Without --as, {who} acts; to change: as NAME[:ROLE]."
        write_text(session.palette.paint(session.text(zh, en), Ink.FAINT))


def _first_in_charge(workflow: "Workflow", organisation: "Organisation", session: Session) -> "tuple[str, str] | None":
    """A person of the organisation and the role in which that person acts; None where nobody is left."""
    from salespm_flow.model.organisation import has_left, holders

    today = session.now.astimezone(session.zone).date()
    entered = workflow.roots if workflow.is_parallel else workflow.initial
    roles: list[str] = [session.actor.role] if session.actor.role else []
    while entered:
        state = workflow.states[entered[0]]
        if state.owner_role is not None and not session.actor.role:
            roles.insert(0, state.owner_role)
        entered = state.initial or state.children
    choices = [(person.id, role) for role in roles for person in holders(organisation, role)]
    choices += [(person, session.actor.role) for person in organisation.people]
    return next((found for found in choices if not has_left(organisation, found[0], today)), None)


def _greet(session: Session) -> None:
    from salespm_flow.cli.output import write_text
    from salespm_flow.cli.render import Ink

    if not session.is_json:
        zh = "试走流程：只在内存中进行，什么也不写入。help 列出可用的命令。"
        en = "A rehearsal in memory: nothing is written. help lists what can be said."
        write_text(session.palette.paint(session.text(zh, en), Ink.FAINT))


def _rehearse(rehearsal: "Rehearsal") -> int:
    import sys

    code = 0
    is_script = not sys.stdin.isatty()
    for number, line in enumerate(_lines(rehearsal, is_script=is_script), 1):
        try:
            done = rehearsal.perform(line)
        except (SalesPMFlowError, BilingualUsageError) as error:
            _tell(rehearsal.session, error, number if is_script else None)
            if is_script:
                return MISUNDERSTOOD
            continue
        finally:
            # What is refused stands on the error stream, and belongs between its neighbours.
            sys.stdout.flush()
        if done is None:
            break
        code = max(code, done)
    return code if is_script else 0


def _lines(rehearsal: "Rehearsal", *, is_script: bool) -> "Iterator[str]":
    """The lines of standard input; those of a script are shown as they are read."""
    import sys

    from salespm_flow.cli.output import write_text
    from salespm_flow.cli.render import Ink

    session = rehearsal.session
    if is_script:
        for line in sys.stdin:
            if line.partition("#")[0].strip() and not session.is_json:
                write_text("\n" + session.palette.paint(f"> {line.strip()}", Ink.STRONG))
            yield line
        return
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 -- gives `input` a history and editing
    while True:
        try:
            yield input(rehearsal.prompt())
        except EOFError:
            write_text("")
            return


def _tell(session: Session, error: SalesPMFlowError | BilingualUsageError, number: int | None) -> None:
    """What could not be understood is told, with its line in a script."""
    from salespm_flow.cli.failures import tell_error, tell_usage_error
    from salespm_flow.cli.output import write_message

    if number is not None:
        write_message(session.text(f"第 {number} 行，到此为止：", f"line {number}, stopped here:"))
    if isinstance(error, SalesPMFlowError):
        tell_error(error, session)
    else:
        tell_usage_error(error, session)


COMMAND: Final = BilingualCommand(
    "try",
    Bilingual(
        "在内存中试走流程：与真实运行同一个引擎，但什么也不写入。逐行输入命令，help 列出全部；也可由标准输入给出脚本，"
        "一行一条：有被拒绝的步骤则退出码为 1，有看不懂的行则在该行停下，退出码为 2。"
        "不写 --as 而组织中没有当前用户时，由初始状态负责角色的第一人操作。\n"
        "例：salespm-flow try sales_pipeline --as wang --role sales_rep",
        "Steps through a workflow in memory: by the same engine as in earnest, but nothing is written. It takes a "
        "command a line, help lists them; or a script from standard input: exits with 1 where a step was refused, and "
        "stops with 2 at a line that cannot be understood. Without --as, where the organisation does not know the "
        "user, the first person in the initial state's owner role acts.\n"
        "Example: salespm-flow try sales_pipeline --as wang --role sales_rep",
    ),
    (argument("workflow", Bilingual("流程", "The workflow")), fields_arguments(), *shared_options()),
    run,
)
