"""`compose`: the whole document that an overlay makes with what it extends."""

from typing import TYPE_CHECKING, Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import argument, flag, shared_options
from salespm_flow.diagnostics import Bilingual, render_text

if TYPE_CHECKING:
    from salespm_flow.model.source import Source


def run(session: Session, definition: str, *, is_printed: bool) -> int:
    """The composed document is on standard output; where it has errors they are, and the answer is 1."""
    from salespm_flow.cli.output import Data, write_json, write_message, write_piece
    from salespm_flow.definition.workspace import compose_definition
    from salespm_flow.report.answer import finding_answer

    composed = compose_definition(definition, session.root)
    found = composed.loaded.diagnostics
    if session.is_json:
        write_json({**_answer(composed.source), "findings": [finding_answer(one) for one in found]})
    elif composed.source is None:
        write_piece(render_text(found, composed.loaded.texts, session.language))
    elif is_printed:
        Data().write(composed.source.text)
    else:
        write_message(_summary(session, composed.source))
    return 1 if composed.source is None else 0


def _answer(source: "Source | None") -> dict[str, object]:
    if source is None:
        return {"status": "invalid", "kind": None, "id": None, "version": None, "text": None}
    return {"status": "ok", "kind": source.kind, "id": source.id, "version": source.version, "text": source.text}


def _summary(session: Session, source: "Source") -> str:
    return session.text(
        f"{source.kind} {source.id} 第 {source.version} 版，没有错误；--print 输出全文",
        f"{source.kind} {source.id} version {source.version}, no errors; --print shows it whole",
    )


COMMAND: Final = BilingualCommand(
    "compose",
    Bilingual(
        "检查覆盖层与其所扩展文档合成的完整文档；--print 输出合成后的 YAML。",
        "Checks the whole document that an overlay makes with what it extends; --print shows its YAML.",
    ),
    (
        argument("definition", Bilingual("文件，或文档的 id", "A file, or a document's id")),
        flag("is_printed", "--print", Bilingual("输出合成后的完整 YAML", "Print the composed YAML")),
        *shared_options(),
    ),
    run,
)
