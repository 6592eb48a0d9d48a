"""What came of a migration, for people and as JSON. Shared by planning and migrating."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from salespm_flow.cli.context import Session

if TYPE_CHECKING:
    from salespm_flow.evolve.migrating import Stayed, Tally

# So many projects are named of those that stay for the same reasons.
SHOWN: Final = 3


def tally_answer(tally: "Tally") -> dict[str, object]:
    """What came of a run, as JSON."""
    return {
        "moved": tally.moved,
        "passed": tally.passed,
        "ways": [{"from": old, "to": new, "projects": count} for (old, new), count in tally.ways.items() if count],
        "stayed": [_stayed_answer(one) for one in tally.stayed],
    }


def _stayed_answer(one: "Stayed") -> dict[str, object]:
    from salespm_flow.engine.answers import reason_answer

    return {"project": one.project, "state": one.state, "reasons": [reason_answer(reason) for reason in one.reasons]}


def tally_lines(session: Session, tally: "Tally", *, is_dry: bool) -> Iterator[str]:
    """What came of a run, for people: counts, the ways taken, who stays and why."""
    from salespm_flow.cli.render import Ink

    verb = session.text("将迁移", "would move") if is_dry else session.text("已迁移", "moved")
    yield f"  {verb} {tally.moved}"
    for (old, new), count in tally.ways.items():
        if count:
            yield f"    {old} → {new}: {count}"
    if tally.passed:
        yield f"  {session.text('已在目标版本', 'there already')} {tally.passed}"
    if not tally.stayed:
        return
    yield session.palette.paint(f"  {session.text('不能迁移', 'stay')} {len(tally.stayed)}", Ink.WARNING)
    alike: dict[str, list[str]] = {}
    for one in tally.stayed:
        why = session.text("；", "; ").join(session.of(reason.message) for reason in one.reasons)
        alike.setdefault(f"{one.state}: {why}", []).append(one.project)
    for told, projects in alike.items():
        names = ", ".join(projects[:SHOWN]) + (" …" if len(projects) > SHOWN else "")
        yield f"    {len(projects)} × {told}  {session.palette.paint(names, Ink.NAME)}"
