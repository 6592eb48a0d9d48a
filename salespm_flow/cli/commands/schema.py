"""`schema`: the JSON Schema of a kind of document, or the list of kinds."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, shared_options
from salespm_flow.diagnostics import Bilingual


def run(session: Session, kind: str | None) -> int:
    """The schema's text, or the kinds one a line, are on standard output."""
    from salespm_flow.cli.lookup import known
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.definition.schema import KINDS, schema_text

    if kind is not None:
        known(kind, dict.fromkeys(KINDS, kind), Bilingual("文档种类", "kind of document"))
        # Already JSON, whatever the format asked for.
        write_text(schema_text(kind))
    elif session.is_json:
        write_json({"status": "ok", "kinds": list(KINDS)})
    else:
        write_text("\n".join(KINDS))
    return 0


COMMAND: Final = BilingualCommand(
    "schema",
    Bilingual(
        "输出某类文档的 JSON Schema，供编辑器补全和检查；不写种类则列出所有种类。",
        "Prints the JSON Schema of a kind of document, for editors; without a kind, lists the kinds.",
    ),
    (argument("kind", Bilingual("文档种类", "The kind of document"), is_required=False), *shared_options()),
    run,
)
