"""`reference`: looks into reference tables, and finds what projects hold that no row has."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand, BilingualGroup, group_of
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, shared_options
from salespm_flow.diagnostics import Bilingual

if TYPE_CHECKING:
    from salespm_flow.interop.unresolved import UnresolvedKey
    from salespm_flow.model.library import Reference

REFERENCE: Final = Bilingual("参照表", "reference")


def show(session: Session, reference: str, name: str) -> int:
    """The row that the name means is told.

    Raises:
        UnknownNameError: there is no such reference, or no row of that key or alias.
    """
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.render import pairs
    from salespm_flow.definition.literals import write_value
    from salespm_flow.engine.answers import plain

    table = known(reference, session.library.references, REFERENCE)
    key = table.key_of(name)
    row = known(name if key is None else key, table.rows, Bilingual("行", "row"))
    others = _aliases(table, str(key))
    if session.is_json:
        values = {column: plain(value) for column, value in row.items()}
        write_json({"status": "ok", "reference": table.id, "key": key, "aliases": others, "row": values})
        return 0
    lines = [(session.of(field.title), write_value(row[field.id], field.type)) for field in table.fields.values()]
    if others:
        lines.append((session.text("别名", "Also called"), session.text("、", ", ").join(others)))
    write_text(pairs(lines, session.palette))
    return 0


def _aliases(table: "Reference", key: str) -> list[str]:
    return [alias for alias, meant in table.keys.items() if meant == key]


def unresolved(session: Session, reference: str | None) -> int:
    """The keys that no row has are told with the projects that hold them; 1 where there is one."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.interop.unresolved import unresolved_keys

    if reference is not None:
        known(reference, session.library.references, REFERENCE)
    found = unresolved_keys(session.runner, reference)
    if session.is_json:
        write_json({"status": "findings" if found else "ok", "unresolved": [_answer(one) for one in found]})
    elif found:
        write_text("\n".join(_line(session, one) for one in found))
    else:
        write_text(session.text("所有引用都能在参照表中找到", "every key has its row"))
    return 1 if found else 0


def _answer(one: "UnresolvedKey") -> dict[str, object]:
    return {
        "reference": one.reference,
        "workflow": one.workflow,
        "field": one.field,
        "key": one.key,
        "projects": one.projects,
        "examples": list(one.examples),
        "alias_of": one.meant if one.is_alias else None,
        "nearest": None if one.is_alias else one.meant,
    }


def _line(session: Session, one: "UnresolvedKey") -> str:
    examples = ", ".join(one.examples) + (" …" if one.projects > len(one.examples) else "")
    head = session.text(
        f"{one.reference}：没有“{one.key}”，见于 {one.workflow} 的 {one.field}，{one.projects} 个项目：{examples}",
        f'{one.reference} has no "{one.key}": in {one.field} of {one.projects} {one.workflow}: {examples}',
    )
    if one.meant is None:
        return head
    hint = (
        session.text(f"它是“{one.meant}”的别名", f'it is an alias of "{one.meant}"')
        if one.is_alias
        else session.text(f"是否指“{one.meant}”？", f'did they mean "{one.meant}"?')
    )
    return f"{head}\n  → {hint}"


COMMAND: Final[BilingualGroup] = group_of(
    "reference",
    Bilingual("查看参照表。", "Sees references."),
    {
        "show": BilingualCommand(
            "show",
            Bilingual(
                "按主键或别名查看一行。\n例：salespm-flow reference show accounts 华兴制造",
                "Shows a row by its key or an alias.\nExample: salespm-flow reference show accounts 华兴制造",
            ),
            (
                argument("reference", Bilingual("参照表的标识", "The reference's id")),
                argument("name", Bilingual("主键或别名", "A key or an alias")),
                *shared_options(),
            ),
            show,
        ),
        "unresolved": BilingualCommand(
            "unresolved",
            Bilingual(
                "列出项目中有、而参照表中没有的值；有则退出码为 1。\n例：salespm-flow reference unresolved accounts",
                "Lists what projects hold and no row of a reference has; exit code 1 where there is something.\n"
                "Example: salespm-flow reference unresolved accounts",
            ),
            (
                argument("reference", Bilingual("只看这个参照表", "Only this reference"), is_required=False),
                *shared_options(),
            ),
            unresolved,
        ),
    },
)
