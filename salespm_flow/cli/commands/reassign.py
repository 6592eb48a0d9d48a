"""`reassign`: hands over what is one person's in all open projects, or in one, to another."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import dry_run_option, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.engine.requests.handover import Holdings
    from salespm_flow.engine.running.runner import Answered
    from salespm_flow.model.decision import Reason
    from salespm_flow.model.project import Project

    Refused = tuple[list[str], tuple[Reason, ...]]
    Told = tuple[str, Holdings, Answered]

# As many refused projects as one line names.
NAMED: Final = 5


def run(session: Session, *, leaver: str | None, successor: str | None, reason: str | None, project: str | None) -> int:
    """What was the leaver's is the successor's, project by project, and told; 1 where one was refused.

    Each project is a decision of its own: asked again after a stop, the rest is done.
    """
    from salespm_flow.cli.lookup import require_known
    from salespm_flow.engine.requests.handover import holdings
    from salespm_flow.model.decision import Reassign

    if leaver is None or successor is None or reason is None:
        raise BilingualUsageError(
            Bilingual("需要 --from、--to 和 --reason", "--from, --to and --reason are needed"),
            Bilingual("例如 --from wang --to he --reason 离职", "for example --from wang --to he --reason left"),
        )
    request = Reassign(leaver=leaver, successor=successor, actor=session.actor, comment=reason)
    held = {}
    for found in _projects(session, project):
        if not (mine := holdings(found, leaver)).is_empty:
            held[found.id] = mine
    if not held:
        require_known(session, leaver)
        require_known(session, successor)
    answers = [
        (name, mine, session.runner.apply(name, request, at=session.at, dry_run=session.choices.dry_run))
        for name, mine in held.items()
    ]
    _tell(session, (leaver, successor), answers)
    return 0 if all(answered.is_accepted for _, _, answered in answers) else 1


def _projects(session: Session, project: str | None) -> "Iterable[Project]":
    from salespm_flow.cli.lookup import find_project

    return session.store.projects(is_open=True) if project is None else (find_project(session, project),)


def _tell(session: Session, people: tuple[str, str], answers: "list[Told]") -> None:
    from salespm_flow.cli.output import write_json, write_message, write_text
    from salespm_flow.model.decision import Rejected

    if session.is_json:
        write_json(_answer(session, people, answers))
        return
    if not answers:
        write_message(session.text(f"没有 {people[0]} 的未完事项", f"nothing open is {people[0]}'s"))
        return
    refused: dict[tuple[Bilingual, ...], Refused] = {}
    for name, mine, answered in answers:
        if isinstance(answered.decision, Rejected):
            reasons = answered.decision.reasons
            refused.setdefault(tuple(one.message for one in reasons), ([], reasons))[0].append(name)
        else:
            write_text(_moved_line(session, people, name, mine))
    for names, reasons in refused.values():
        write_message("\n".join(_refused_lines(session, names, reasons)))
    moved = [mine for _, mine, answered in answers if answered.is_accepted]
    write_text(_total(session, moved, len(answers) - len(moved)))


def _moved_line(session: Session, people: tuple[str, str], name: str, mine: "Holdings") -> str:
    from salespm_flow.cli.render import Ink

    what = session.text("、", ", ").join(_parts(session, mine))
    mark, shown = session.palette.paint("✓", Ink.GOOD), session.palette.paint(name, Ink.NAME)
    return f"{mark} {shown}{session.colon}{people[0]} → {people[1]}  {what}"


def _refused_lines(session: Session, names: list[str], reasons: "tuple[Reason, ...]") -> Iterator[str]:
    """The projects that were refused for the same reasons, which are told once."""
    from salespm_flow.cli.answer import reason_lines
    from salespm_flow.cli.render import Ink

    comma, more = session.text("、", ", "), len(names) - NAMED
    shown = comma.join(session.palette.paint(name, Ink.NAME) for name in names[:NAMED])
    if more > 0:
        shown += session.text(f" 等 {len(names)} 个项目", f" and {more} more")
    yield f"{session.palette.paint('✗', Ink.BAD)} {shown}"
    yield from reason_lines(session, reasons, session.palette)


def _parts(session: Session, mine: "Holdings") -> Iterator[str]:
    if mine.owns:
        yield session.text("负责人", "owner")
    for zh, en, ids in (
        ("任务", "task", mine.tasks),
        ("审批", "approval", mine.approvals),
        ("风险", "risk", mine.risks),
    ):
        if ids:
            yield session.text(f"{zh} {'、'.join(ids)}", f"{en}{'s' if len(ids) > 1 else ''} {', '.join(ids)}")


def _total(session: Session, moved: "list[Holdings]", refused: int) -> str:
    owned, tasks = sum(mine.owns for mine in moved), sum(len(mine.tasks) for mine in moved)
    approvals, risks = sum(len(mine.approvals) for mine in moved), sum(len(mine.risks) for mine in moved)
    zh = f"共移交：项目 {owned}，任务 {tasks}，审批 {approvals}，风险 {risks}"
    en = f"handed over: {owned} project(s), {tasks} task(s), {approvals} approval(s), {risks} risk(s)"
    if refused:
        zh, en = f"{zh}；{refused} 个项目被拒绝", f"{en}; {refused} project(s) refused"
    if session.choices.dry_run:
        zh, en = f"{zh}（试运行，未写入）", f"{en} (dry run, nothing was written)"
    return session.text(zh, en)


def _answer(session: Session, people: tuple[str, str], answers: "list[Told]") -> dict[str, object]:
    return {
        "status": "ok" if all(answered.is_accepted for _, _, answered in answers) else "refused",
        "dry_run": session.choices.dry_run,
        "from": people[0],
        "to": people[1],
        "projects": [
            {
                "project": name,
                "status": answered.result["status"],
                "owner": mine.owns,
                "tasks": list(mine.tasks),
                "approvals": list(mine.approvals),
                "risks": list(mine.risks),
                "reasons": answered.result.get("reasons", []),
            }
            for name, mine, answered in answers
        ],
    }


COMMAND: Final = BilingualCommand(
    "reassign",
    Bilingual(
        "把一个人负责的未完项目、任务、审批和风险移交给另一个人，写入每个项目的历史；中断后可重复执行。\n"
        '例：salespm-flow reassign --from wang --to he --reason "离职" --as zhao',
        "Hands one person's open projects, tasks, approvals and risks over to another, on record in each project; "
        "stopped half-way, run it again.\n"
        'Example: salespm-flow reassign --from wang --to he --reason "has left" --as zhao',
    ),
    (
        option("leaver", "--from", Bilingual("移交人", "Whose they are"), metavar="PERSON"),
        option("successor", "--to", Bilingual("接手人", "Who takes over"), metavar="PERSON"),
        option("reason", "--reason", Bilingual("原因，记入历史", "Why, kept in the history"), metavar="TEXT"),
        option("project", "--project", Bilingual("只移交这个项目", "Only in this project"), metavar="ID"),
        dry_run_option(),
        *shared_options(),
    ),
    run,
)
