"""The plan of a migration, told: what differs, where projects stand, what is lost, who would stay, and a draft."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.context import Session
from salespm_flow.cli.tallies import SHOWN, tally_answer, tally_lines
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.cli.migrations import Meant
    from salespm_flow.evolve.plan import Plan

ORPHANS: Final = {
    "clocks": Bilingual("计时没有对应", "timers without a counterpart"),
    "approvals": Bilingual("审批将作废", "approvals that become void"),
    "links": Bilingual("子项目失去关联", "child projects that lose their link"),
    "risks": Bilingual("风险的规则已移除", "risks whose rule is gone"),
    "fields": Bilingual("字段值只留在历史里", "field values that only the history keeps"),
}


def tell_plan(session: Session, meant: "Meant", draft: str | None) -> int:
    """The plan is told, and its draft written where that is asked; nothing is done to any project."""
    from dataclasses import replace

    from salespm_flow.cli.migrations import comparison_of, job_of
    from salespm_flow.cli.output import write_json, write_message, write_text
    from salespm_flow.evolve.drafting import draft_text, drafted
    from salespm_flow.evolve.plan import plan

    comparison = comparison_of(session, meant)
    migration = meant.migration if meant.is_written else drafted(comparison)
    job = job_of(session, replace(meant, migration=migration), comment="", is_back=False)
    found = plan(session.runner, comparison, job)
    text = "" if meant.is_written else draft_text(comparison, migration, session.language)
    if session.is_json:
        write_json(_answer(found, text))
    else:
        write_text("\n".join(_lines(session, found)))
    if draft is not None and text:
        from salespm_flow.cli.files import write_file

        write_file(draft, text.encode("utf-8"))
        write_message(session.text(f"草稿写入 {draft}", f"the draft is in {draft}"))
    elif text and not session.is_json:
        write_text(f"\n{text}")
    return 0


def _answer(found: "Plan", draft: str) -> dict[str, object]:
    from salespm_flow.engine.answers import reason_answer

    versions = found.comparison.versions
    return {
        "status": found.comparison.worst.value,
        "workflow": versions.new.id,
        "from": versions.old.version,
        "to": versions.new.version,
        "states": [
            {
                "state": versions.old.states[path].name,
                "becomes": _becomes(found, path),
                "projects": count,
            }
            for path, count in found.states.items()
        ],
        "narrowed": [
            {
                "transition": one.transition,
                "title": {"zh": one.title.zh, "en": one.title.en},
                "reasons": [reason_answer(reason) for reason in one.reasons],
                "projects": list(one.projects),
            }
            for one in found.narrowed
        ],
        "orphans": {name: dict(_orphans(found, name)) for name in ORPHANS},
        **tally_answer(found.tally),
        "draft": draft or None,
    }


def _becomes(found: "Plan", path: str) -> str | None:
    versions = found.comparison.versions
    now = versions.states.kept.get(path)
    return None if now is None else versions.new.states[now].name


def _orphans(found: "Plan", name: str) -> Mapping[str, int]:
    orphans: Mapping[str, int] = getattr(found.orphans, name)
    return orphans


def _lines(session: Session, found: "Plan") -> Iterator[str]:
    from salespm_flow.cli.render import Ink
    from salespm_flow.evolve.markdown import heading_of, summary_of

    palette, versions = session.palette, found.comparison.versions
    yield palette.paint(session.of(heading_of(found.comparison)), Ink.STRONG)
    yield f"  {session.of(summary_of(found.comparison))}"
    yield session.text("项目所在状态", "Where projects stand")
    for path, count in found.states.items():
        now = _becomes(found, path)
        own = versions.old.states[path].name
        if now is None:
            yield palette.paint(f"  - {own}: {count}", Ink.BAD)
        else:
            yield f"  {'>' if now != own else ' '} {own}{f' → {now}' if now != own else ''}: {count}"
    for name, words in ORPHANS.items():
        lost = _orphans(found, name)
        if lost:
            yield palette.paint(session.of(words), Ink.WARNING)
            yield from (f"  {one}: {count}" for one, count in lost.items())
    yield from _narrowed(session, found)
    yield session.text("按此迁移", "With this migration")
    yield from tally_lines(session, found.tally, is_dry=True)


def _narrowed(session: Session, found: "Plan") -> Iterator[str]:
    """The moves that projects have now and would be refused, with the reasons."""
    from salespm_flow.cli.render import Ink
    from salespm_flow.engine.values import label
    from salespm_flow.evolve.narrowing import projects_in

    if not found.narrowed:
        return
    count = projects_in(found.narrowed)
    words = session.text(
        f"现在能走、迁移后会被拒绝的转移（{count} 个项目）", f"moves possible now and refused then ({count} projects)"
    )
    yield session.palette.paint(words, Ink.WARNING)
    for one in found.narrowed:
        names = ", ".join(one.projects[:SHOWN]) + (" …" if len(one.projects) > SHOWN else "")
        why = session.text("；", "; ").join(session.of(reason.message) for reason in one.reasons)
        titled = session.of(label(one.transition, one.title))
        yield f"  {titled}: {len(one.projects)} × {why}  {session.palette.paint(names, Ink.NAME)}"
