"""`migrate`: plans and carries out the way of running projects to another version of their workflow, and back."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, count_option, dry_run_option, flag, option, shared_options
from salespm_flow.cli.usage import BilingualUsageError
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.cli.migrations import Meant
    from salespm_flow.evolve.migrating import Job, Tally


def run(
    session: Session,
    migration: str,
    *,
    plan: bool,
    apply: bool,
    rollback: bool,
    from_version: int | None,
    draft: str | None,
    comment: str | None,
    batch: int | None,
) -> int:
    """What would happen, or has happened, is told; 1 where a project stays."""
    from salespm_flow.cli.migrations import job_of, migration_named

    _refuse_contradictions(plan=plan, apply=apply, rollback=rollback, draft=draft)
    meant = migration_named(session, migration, from_version)
    if plan:
        from salespm_flow.cli.commands.planning import tell_plan

        return tell_plan(session, meant, draft)
    job = job_of(session, meant, comment=comment or "", is_back=rollback)
    is_dry = session.choices.dry_run or not apply
    tally = _run(session, job, is_dry=is_dry, batch=batch)
    _tell(session, meant, tally, is_dry=is_dry, is_back=rollback)
    return 1 if tally.stayed else 0


def _refuse_contradictions(*, plan: bool, apply: bool, rollback: bool, draft: str | None) -> None:
    if plan and (apply or rollback):
        raise BilingualUsageError(
            Bilingual(
                "--plan 只看不做，不能和 --apply、--rollback 同用", "--plan only looks: not with --apply, --rollback"
            )
        )
    if draft is not None and not plan:
        raise BilingualUsageError(Bilingual("--draft 要和 --plan 一起用", "--draft goes with --plan"))


def _run(session: Session, job: "Job", *, is_dry: bool, batch: int | None) -> "Tally":
    from salespm_flow.cli.collector import spare_the_collector
    from salespm_flow.cli.progress import bar
    from salespm_flow.evolve.migrating import BATCH, Migrating

    migrating = Migrating(session.runner, job, is_dry=is_dry, batch=batch or BATCH)
    spare_the_collector()
    with bar(session.text("迁移", "Migrating"), session) as shown:
        return migrating.run(None if shown is None else _counting(shown))


def _counting(shown: Callable[[int, int], None]) -> Callable[[int], None]:
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        shown(done, done)

    return count


def _tell(session: Session, meant: "Meant", tally: "Tally", *, is_dry: bool, is_back: bool) -> None:
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.tallies import tally_answer, tally_lines

    versions = meant.migration.from_version, meant.migration.to_version
    old, new = reversed(versions) if is_back else versions
    if session.is_json:
        write_json(
            {
                "status": "partial" if tally.stayed else "ok",
                "dry_run": is_dry,
                "rollback": is_back,
                "workflow": meant.migration.workflow,
                "from": old,
                "to": new,
                **tally_answer(tally),
            }
        )
        return
    head = f"{meant.migration.workflow} {old} → {new}"
    write_text("\n".join((head, *tally_lines(session, tally, is_dry=is_dry), *_next(session, tally, is_dry=is_dry))))


def _next(session: Session, tally: "Tally", *, is_dry: bool) -> Iterator[str]:
    if is_dry and tally.moved:
        yield session.text("未写入；加 --apply 执行", "nothing was written; --apply does it")


COMMAND: Final = BilingualCommand(
    "migrate",
    Bilingual(
        "把运行中的项目迁移到流程的另一个版本，或退回。默认只预演；--apply 才写入，中断后再运行一次即可。\n"
        "可写：迁移文件或其 id；只写流程则迁移到最新版。先用 --plan 查看影响并得到迁移草稿。",
        "Takes running projects to another version of their workflow, or back. A dry run unless --apply is given; "
        "after an interruption simply run it again.\n"
        "Name a migration file or its id, or a workflow for its newest version. Begin with --plan.",
    ),
    (
        argument("migration", Bilingual("迁移文件、其 id 或流程", "A migration, by file or id, or a workflow")),
        flag("plan", "--plan", Bilingual("查看影响并起草迁移", "Show what it meets, and draft it")),
        flag("apply", "--apply", Bilingual("写入", "Write it")),
        flag("rollback", "--rollback", Bilingual("退回到旧版本", "Take the projects back")),
        count_option("from_version", "--from", Bilingual("从哪个版本", "The version to come from")),
        option("draft", "--draft", Bilingual("把迁移草稿写入文件", "Write the draft into a file"), metavar="FILE"),
        option("comment", "--comment", Bilingual("说明，记入历史", "A remark, kept in the history"), metavar="TEXT"),
        count_option("batch", "--batch", Bilingual("每批多少个项目", "Projects in a batch")),
        *shared_options(),
        dry_run_option(),
    ),
    run,
)
