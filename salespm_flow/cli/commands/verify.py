"""`verify`: checks every hash chain, stored state and definition text of the store."""

from typing import Final

from salespm_flow.cli.command import BilingualCommand
from salespm_flow.cli.context import Session
from salespm_flow.cli.options import shared_options
from salespm_flow.diagnostics import Bilingual


def run(session: Session) -> int:
    """Every break is told; 1 where there is one."""
    from salespm_flow.cli.output import write_json, write_text
    from salespm_flow.cli.progress import busy
    from salespm_flow.cli.render import Ink

    with busy(session.text("核对", "verifying"), session):
        broken = tuple(session.store.verify())
    if session.is_json:
        findings = [{"project": one.project, "number": one.number, "what": one.what} for one in broken]
        write_json({"status": "broken" if broken else "intact", "findings": findings})
    elif broken:
        for one in broken:
            place = f"{one.project} #{one.number}" if one.project else session.text("数据库", "store")
            write_text(f"{session.palette.paint('✗', Ink.BAD)} {place}{session.colon}{_words(session, one.what)}")
    else:
        mark = session.palette.paint("✓", Ink.GOOD)
        whole = session.text("历史、状态、消息和定义都完好", "history, states, messages and definitions are intact")
        write_text(f"{mark} {whole}")
    return 1 if broken else 0


def _words(session: Session, what: str) -> str:
    from salespm_flow.store.chain import BREAKS, Break

    return session.of(BREAKS[Break(what)]) if what in {known.value for known in Break} else what


COMMAND: Final = BilingualCommand(
    "verify",
    Bilingual(
        "核对每个项目的哈希链、由历史重算的状态，以及保存的定义文本。发现问题时退出码为 1。",
        "Checks the hash chain of every project, its state against its history, and the kept definition texts. "
        "Exits with 1 where anything is wrong.",
    ),
    shared_options(),
    run,
)
